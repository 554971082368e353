"""What guards SND.WND against segments that were overtaken: SND.WL1 and SND.WL2 (RFC 9293 3.10.7.4, fifth),
and Linux's tcp_may_update_window()."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Send
from tests.core.build import IRS, ISS, PROMPT, WINDOW, briefs, reach
from tests.core.stamps import STAMPS, stamped, with_stamps


def test_both_numbers_follow_a_segment_that_leaves_the_window_as_it_is() -> None:
    """3.10.7.4: "set SND.WL1 <- SEG.SEQ, and set SND.WL2 <- SEG.ACK", whatever SEG.WND is. After 2^31 octets
    without a change of the window an old SND.WL2 would seem to lie ahead of every SEG.ACK."""
    site = reach(State.ESTABLISHED, text=b"0123456789")
    site.receives(site.peer(ACK, 1, 6))
    assert (site.tcb.snd_wnd, site.tcb.snd_wl1, site.tcb.snd_wl2) == (WINDOW, IRS + 1, ISS + 6)
    site.receives(site.peer(ACK, 11, 6, b"x"))
    assert (site.tcb.snd_wnd, site.tcb.snd_wl1, site.tcb.snd_wl2) == (WINDOW, IRS + 11, ISS + 6)


def test_a_segment_overtaken_by_one_with_the_same_window_does_not_set_it() -> None:
    """Two segments came ahead of their turn in the wrong order; the older one's window is no longer true."""
    site = reach(State.ESTABLISHED)
    site.receives(site.peer(ACK, 21, 1, b"newer", wnd=WINDOW))
    site.receives(site.peer(ACK, 11, 1, b"older", wnd=500))
    assert site.tcb.snd_wnd == WINDOW


@pytest.mark.parametrize(("wnd", "window"), [(0, 0), (50, WINDOW), (WINDOW, WINDOW), (500, 500)])
def test_linux_lets_the_same_numbers_close_the_window_or_widen_it_not_shrink_it(
    wnd: int, window: int
) -> None:
    """tcp_may_update_window(): with SEG.SEQ = SND.WL1 and nothing new acknowledged, "nwin > tp->snd_wnd ||
    !nwin"."""
    site = reach(State.ESTABLISHED, PROMPT._replace(stray_style="linux"))
    site.receives(site.peer(ACK, 1, 1))
    site.receives(site.peer(ACK, 1, 1, wnd=wnd))
    assert site.tcb.snd_wnd == window


OLD = 5
"""A timestamp before the peer's latest, which is `STAMPS`."""


@pytest.mark.parametrize(
    ("ahead", "wnd", "answered"),
    [(0, 20_000, False), (0, 10_000, False), (0, 30_000, True), (0, 0, True), (10, 30_000, False)],
    ids=["same", "narrower", "wider", "closed", "wider, but SND.WL1 lies ahead"],
)
def test_linux_takes_an_old_duplicate_ack_for_overtaken_unless_it_sets_the_window(
    ahead: int, wnd: int, answered: bool
) -> None:
    """tcp_disordered_ack(): a pure ACK at RCV.NXT that acknowledges nothing new "and does not update window"
    was overtaken; any other with an old timestamp comes from an old connection and is answered."""
    site = with_stamps(LINUX)
    site.receives(stamped(site.peer(ACK, 1, 1, wnd=20_000), STAMPS))
    if ahead:
        site.receives(stamped(site.peer(ACK, 1 + ahead, 1, b"ahead", wnd=20_000), STAMPS))
    events = site.receives(stamped(site.peer(ACK, 1, 1, wnd=wnd), OLD))
    assert briefs(events) == ([("ACK", ISS + 1, IRS + 1)] if answered else [])
    assert site.tcb.snd_wnd == 20_000


def test_linux_answers_an_old_duplicate_ack_with_a_number_beyond_snd_wl1() -> None:
    """tcp_may_update_window(): "after(ack_seq, tp->snd_wl1)" sets the window, so it was not overtaken."""
    site = with_stamps(LINUX._replace(quickack=0, delayed_ack=0))
    site.receives(stamped(site.peer(ACK, 1, 1, b"0123456789", wnd=20_000), STAMPS))
    assert site.tcb.snd_wl1 == IRS + 1
    events = site.receives(stamped(site.peer(ACK, 11, 1, wnd=20_000), OLD))
    assert briefs(events) == [("ACK", ISS + 1, IRS + 11)]


@pytest.mark.parametrize(("seq", "ack"), [(6, 1), (1, 2)], ids=["beyond RCV.NXT", "new"])
def test_linux_answers_an_old_ack_that_is_no_duplicate(seq: int, ack: int) -> None:
    """tcp_disordered_ack(): "seq == tp->rcv_nxt" and "ack == tp->snd_una"."""
    site = with_stamps(LINUX)
    site.call(Send(1, b"text"))
    site.receives(stamped(site.peer(ACK, 11, 1, b"ahead", wnd=20_000), STAMPS))
    assert len(briefs(site.receives(stamped(site.peer(ACK, seq, ack, wnd=20_000), OLD)))) == 1


@pytest.mark.parametrize(
    ("profile", "answered"), [(PROMPT, True), (PROMPT._replace(stray_style="bsd"), False)]
)
def test_elsewhere_every_old_ack_is_answered_or_none(profile: Profile, answered: bool) -> None:
    """RFC 7323 5.3, R1: "Send an acknowledgment in reply"; FreeBSD's tcp_do_segment() answers only what has
    data."""
    site = with_stamps(profile._replace(timestamps=True))
    assert bool(briefs(site.receives(stamped(site.peer(ACK, 1, 1, wnd=30_000), OLD)))) == answered
