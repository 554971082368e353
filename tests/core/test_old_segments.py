"""What lies left of the window: whether its ACK and its timestamp count, and whether it is reported as come
twice (RFC 2883). RFC 9293 drops it; Linux and FreeBSD each have a case in which it counts."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import read_sack
from tcptui.core.packet.segment import ACK, FIN, Option
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Send
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.stacks.verdict import Paws
from tcptui.core.units import DAY
from tests.core.build import IRS, ISS, PROMPT, Site, briefs, connected, sent
from tests.core.stamps import STAMPS, stamped, with_stamps

S = State
LINUX_NOW = LINUX._replace(timestamps=False, quickack=0, delayed_ack=0)
FREEBSD_NOW = FREEBSD._replace(timestamps=False, delayed_ack=0)


def after_data(profile: Profile) -> Site:
    """Ten octets have come; four of ours are not acknowledged."""
    site = connected(profile, Option(4))
    site.receives(site.peer(ACK, 1, 1, b"0123456789", wnd=20_000))
    site.call(Send(1, b"text"))
    assert site.tcb.rcv_nxt == IRS + 11
    return site


@pytest.mark.parametrize(
    ("profile", "seq", "length", "counts"),
    [
        (LINUX_NOW, 1, 10, True),
        (LINUX_NOW, 6, 5, True),
        (LINUX_NOW, 1, 9, False),
        (LINUX_NOW, 10, 0, False),
        (FREEBSD_NOW, 1, 10, True),
        (FREEBSD_NOW, 1, 9, True),
        (FREEBSD_NOW, 10, 0, True),
        (PROMPT, 1, 10, False),
        (PROMPT, 10, 0, False),
    ],
)
def test_whose_ack_counts(profile: Profile, seq: int, length: int, counts: bool) -> None:
    """3.10.7.4, first: an unacceptable segment is dropped. Linux's tcp_sequence() drops only what ends before
    RCV.WUP, the number that was acknowledged last; FreeBSD's tcp_do_segment() trims it and goes on."""
    site = after_data(profile)
    site.receives(site.peer(ACK, seq, 5, bytes(length), wnd=20_000))
    assert (site.tcb.snd_una == ISS + 5) == counts


@pytest.mark.parametrize(("profile", "counts"), [(LINUX, True), (FREEBSD, True), (PROMPT, False)])
def test_whose_timestamp_counts(profile: Profile, counts: bool) -> None:
    """RFC 7323 4.3 takes it from acceptable segments; what counts as one is as above."""
    site = with_stamps(profile._replace(timestamps=True))
    site.receives(stamped(site.peer(ACK, 1, 1, b"0123456789"), STAMPS))
    site.wait(1_000_000)
    assert site.tcb.last_ack_sent == IRS + 11
    site.receives(stamped(site.peer(ACK, 1, 1, b"0123456789"), 40))
    assert site.tcb.ts_recent == (40 if counts else STAMPS)


@pytest.mark.parametrize(
    ("profile", "flags", "data", "octets"),
    [
        (LINUX_NOW, ACK, b"0123456789", 10),
        (LINUX_NOW, FIN | ACK, b"012345678", 10),
        (FREEBSD_NOW, ACK, b"0123456789", 10),
        (FREEBSD_NOW, FIN | ACK, b"012345678", 9),
        (LINUX_NOW, ACK, b"", 0),
        (LINUX_NOW._replace(dsack=False), ACK, b"0123456789", 0),
        (LINUX_NOW._replace(sack=False), ACK, b"0123456789", 0),
    ],
)
def test_what_is_reported_as_come_twice(profile: Profile, flags: int, data: bytes, octets: int) -> None:
    """RFC 2883 4: the first block reports the duplicate. Linux counts a FIN's number, FreeBSD does not; what
    has no octets is no duplicate, and without agreement on SACK there is no report."""
    site = after_data(profile)
    answers = sent(site.receives(site.peer(flags, 1, 1, data, wnd=20_000)))
    assert len(answers) == 1
    assert read_sack(answers[0]) == ([(IRS + 1, IRS + 1 + octets)] if octets else [])
    assert site.tcb.duplicate is None


def test_data_leaves_room_for_the_report_of_a_duplicate_beside_it() -> None:
    """MUST-16: Eff.snd.MSS takes the options off, 12 octets for one block."""
    site = connected(LINUX_NOW, Option(4))
    site.receives(site.peer(ACK, 1, 1, b"0123456789", wnd=20_000))
    site.block.duplicate = (IRS + 1, IRS + 11)
    first, second = sent(site.call(Send(1, bytes(2_000 - 12))))
    assert [len(one.data) for one in (first, second)] == [988, 1_000]
    assert read_sack(first) == [(IRS + 1, IRS + 11)]


@pytest.mark.parametrize(("seq", "acked"), [(11, True), (10, False), (12, False)])
def test_with_a_closed_window_only_a_segment_at_rcv_nxt_counts(seq: int, acked: bool) -> None:
    """Table 6: RCV.WND = 0 and SEG.LEN = 0: "SEG.SEQ = RCV.NXT"."""
    site = connected(PROMPT._replace(receive_buffer=10))
    site.receives(site.peer(ACK, 1, 1, b"0123456789", wnd=20_000))
    site.call(Send(1, b"text"))
    assert site.tcb.rcv_wnd == 0
    events = site.receives(site.peer(ACK, seq, 5, wnd=20_000))
    assert (site.tcb.snd_una == ISS + 5) == acked
    assert bool(briefs(events)) != acked


@pytest.mark.parametrize(("idle", "answered"), [(24 * DAY, True), (24 * DAY + 1, False)])
def test_ts_recent_guards_for_24_days_since_it_was_set(idle: int, answered: bool) -> None:
    """RFC 7323 5.5: from then on it is invalid, not from the connection's beginning on."""
    site = with_stamps(PROMPT._replace(timestamps=True))
    site.now = 20 * DAY
    site.receives(stamped(site.peer(ACK, 1, 1, b"data"), STAMPS + 1))
    site.now += idle
    ack = stamped(site.peer(ACK, 5, 1), STAMPS)
    assert bool(sent(site.receives(ack))) == answered


@pytest.mark.parametrize(("window", "passes"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_disordered_ack_passes_unless_it_updates_the_window(window: int, passes: bool) -> None:
    """tcp_disordered_ack_check(): tcp_may_update_window() gives a window that is larger, or 0."""
    site = with_stamps(LINUX)
    tcb = site.block
    tcb.snd_wl1, tcb.snd_wnd, tcb.ts_recent = tcb.rcv_nxt, 100, STAMPS
    found = STACKS["linux"].check_timestamp(tcb, site.peer(ACK, 1, 1, wnd=window), STAMPS - 2, site.now)
    assert found is (Paws.PASSES if passes else Paws.ANSWERED)
