"""Timers: the retransmission timeout of RFC 6298, its backoff, R1 and R2, the user timeout, 2 MSL.

Times are seconds after the connection's first segment, which goes out at 0.
"""

from __future__ import annotations

import pytest

from tcptui.core.events import Sent, Signal
from tcptui.core.packet.options import timestamps_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Configure, Open, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.timers import backed_off, first_estimate, sampled
from tcptui.core.units import SECOND
from tests.core.build import (
    IRS,
    ISS,
    PEER,
    US,
    Site,
    brief,
    briefs,
    connected,
    numbers,
    reach,
    rules,
    sent,
    signals,
)
from tests.core.stamps import STAMPS, with_stamps

S = State
MS = 1_000
HOUR = 3_600 * SECOND


# RFC 6298


def test_the_estimate_follows_rfc_6298() -> None:
    profile = RFC9293._replace(min_rto=0)
    # 2.1: no sample, 1 s.
    estimate = first_estimate(profile)
    assert estimate.rto == SECOND
    # 2.2, R = 400 ms: SRTT = 400, RTTVAR = 400/2 = 200, RTO = 400 + 4*200 = 1200.
    estimate = sampled(estimate, 400 * MS, profile)
    assert estimate[:3] == (400 * MS, 200 * MS, 1_200 * MS)
    # 2.3, R' = 800 ms: RTTVAR = 3/4*200 + 1/4*|400-800| = 250, SRTT = 7/8*400 + 1/8*800 = 450,
    # RTO = 450 + 4*250 = 1450.
    estimate = sampled(estimate, 800 * MS, profile)
    assert estimate[:3] == (450 * MS, 250 * MS, 1_450 * MS)
    # R' = 450 ms: RTTVAR = 3/4*250 + 0 = 187.5, SRTT = 450, RTO = 450 + 4*187.5 = 1200.
    estimate = sampled(estimate, 450 * MS, profile)
    assert estimate[:3] == (450 * MS, 187_500, 1_200 * MS)


def test_the_variation_counts_at_least_as_one_tick_of_the_clock() -> None:
    """2.3: RTO = SRTT + max(G, 4*RTTVAR), with G = 1 ms; a steady 100 ms leaves only G."""
    profile = RFC9293._replace(min_rto=0)
    estimate = first_estimate(profile)
    for _ in range(60):
        estimate = sampled(estimate, 100 * MS, profile)
    assert estimate.rto == 101 * MS


@pytest.mark.parametrize(
    ("profile", "floor", "ceiling"),
    [(RFC9293, 1_000, 60_000), (LINUX, 201, 120_000)],
    ids=["rfc9293", "linux"],
)
def test_the_rto_stays_between_its_bounds(profile: Profile, floor: int, ceiling: int) -> None:
    """2.4 and 2.5: R = 1 ms gives RTO = 3 ms, R = 100 s gives 300 s, unbounded. Linux adds 200 ms."""
    assert sampled(first_estimate(profile), 1 * MS, profile).rto == floor * MS
    assert sampled(first_estimate(profile), 100 * SECOND, profile).rto == ceiling * MS
    estimate = first_estimate(profile)
    for _ in range(20):
        estimate = backed_off(estimate, profile)
    assert estimate.rto == ceiling * MS


def test_a_slop_above_the_greatest_rto_is_cut_to_that_time_and_again() -> None:
    """FreeBSD's TCPT_RANGESET adds tcp_rexmit_slop and then cuts to tcp_rexmit_max."""
    profile = FREEBSD._replace(rto_slop=100 * SECOND)
    estimate = sampled(first_estimate(profile), 100 * MS, profile)
    for _ in range(3):
        assert estimate.rto == 64 * SECOND
        estimate = backed_off(estimate, profile)


def _established_after(rtt: int, profile: Profile = RFC9293) -> Site:
    """An active open whose SYN,ACK came after `rtt`: one sample."""
    site = reach(S.SYN_SENT, profile)
    site.wait(rtt)
    site.receives(site.peer(SYN | ACK, 0, 1))
    return site


def test_the_handshake_gives_the_first_sample() -> None:
    # R = 600 ms: RTO = 600 + 4*300 = 1800 ms, so text sent at 0.6 s goes again at 2.4 s.
    site = _established_after(600 * MS)
    site.call(Send(1, b"abc"))
    site.wait(3 * SECOND)
    assert site.times(ACK) == [0.6, 0.6, 2.4]


def test_the_timer_starts_again_with_every_new_ack_and_stops_with_the_last() -> None:
    """RFC 6298 5.1 to 5.3."""
    site = _established_after(600 * MS)
    site.call(Send(1, b"abc"))
    site.call(Send(1, b"def"))
    site.wait(500 * MS)
    site.receives(site.peer(ACK, 1, 4))
    # R' = 500 ms: RTTVAR = 3/4*300 + 1/4*100 = 250, SRTT = 7/8*600 + 1/8*500 = 587.5, RTO = 1587.5 ms.
    assert site.tcb.retransmission_timer == (1_100 * MS, 2_687_500)
    site.receives(site.peer(ACK, 1, 4))
    assert site.tcb.retransmission_timer == (1_100 * MS, 2_687_500)
    site.receives(site.peer(ACK, 1, 7))
    assert site.tcb.retransmission_timer is None


def test_on_expiry_only_the_earliest_segment_goes_again_and_the_rto_doubles() -> None:
    """RFC 6298 5.4 to 5.6."""
    site = _established_after(600 * MS)
    site.call(Send(1, b"abc"))
    site.call(Send(1, b"def"))
    events = site.wait(1_800 * MS)
    assert [(s.seq, s.data) for s in sent(events)] == [(1001, b"abc")]
    assert site.tcb.estimate.rto == 3_600 * MS


def test_karn_a_retransmitted_segment_gives_no_sample_and_the_backoff_stays() -> None:
    """MUST-18; RFC 9293 3.8.2: the backed-off value is kept until new text is acknowledged at once."""
    site = _established_after(600 * MS)
    site.call(Send(1, b"abc"))
    site.wait(1_800 * MS)
    events = site.receives(site.peer(ACK, 1, 4))
    assert Rule.RTT_AMBIGUOUS in rules(events)
    assert site.tcb.estimate[:3] == (600 * MS, 300 * MS, 3_600 * MS)
    site.call(Send(1, b"def"))
    site.wait(600 * MS)
    # R' = 600 ms: RTTVAR = 3/4*300 = 225, SRTT = 600, RTO = 600 + 900 = 1500 ms.
    site.receives(site.peer(ACK, 1, 7))
    assert site.tcb.estimate[:3] == (600 * MS, 225 * MS, 1_500 * MS)


@pytest.mark.parametrize(
    ("echo", "rtt"), [(1_100, 100), (1_200, 0), (1_201, None), (1 << 31, None), (0, None)]
)
def test_an_echo_of_what_was_not_sent_yet_is_no_sample(echo: int, rtt: int | None) -> None:
    """RFC 7323 4.1: TSecr is a TSval that we have sent. At 1.2 s our clock says 1200; one of 1201 would be a
    round trip of 49 days. Only what has been sent again is measured by it (section 4.3; MUST-18)."""
    site = with_stamps(RFC9293._replace(timestamps=True))
    before = site.tcb.estimate
    site.call(Send(1, b"abc"))
    site.wait(1_200 * MS)
    ack = site.peer(ACK, 1, 4)._replace(options=(timestamps_option(STAMPS, echo),))
    events = site.receives(ack)
    if rtt is None:
        assert Rule.RTT_AMBIGUOUS in rules(events)
        assert site.tcb.estimate.srtt == before.srtt
    else:
        assert numbers(events, Rule.RTT_SAMPLED)["rtt"] == rtt * MS


@pytest.mark.parametrize(
    ("profile", "ends"),
    [(RFC9293, 3_600), (LINUX, 3_600), (FREEBSD, None)],
    ids=str,
)
def test_r2_of_a_connection_can_be_longer_than_the_hosts(profile: Profile, ends: float | None) -> None:
    """MUST-21: "an interactive application might set R2 to "infinity"". Linux' TCP_USER_TIMEOUT does it, too
    (tcp_write_timeout()); FreeBSD counts on (tcp_timer_rexmt())."""
    site = connected(profile._replace(keep_alive_always=False), settings=Settings(user_timeout=HOUR))
    site.call(Send(1, b"abc"))
    site.wait(2 * HOUR)
    assert site.state() is S.CLOSED
    assert site.times(Signal.USER_TIMEOUT) == ([] if ends is None else [ends])


def test_r2_can_be_infinite() -> None:
    """MUST-21: so long that nobody waits for it, also for a SYN and before a closed window."""
    for_ever = Settings(user_timeout=1_000_000 * HOUR)
    site = Site()
    site.call(Open(US, PEER, settings=for_ever))
    site.wait(24 * HOUR)
    assert site.state() is S.SYN_SENT
    for window in (100, 0):
        site = connected(settings=for_ever)
        site.receives(site.peer(ACK, 1, 1, wnd=window))
        site.call(Send(1, b"abc"))
        site.wait(24 * HOUR)
        assert site.state() is S.ESTABLISHED


@pytest.mark.parametrize(("timeout", "ends"), [(60, 60), (20, 20), (5, 10), (None, 600)])
def test_a_timeout_that_is_changed_holds_for_what_waits(timeout: int | None, ends: int) -> None:
    """3.9.1.2: "the current user timeout for this connection is changed to the new one", from when the wait
    began; after 10 s one of 5 is over. None: the host's own, 600 s here."""
    site = connected(
        RFC9293._replace(user_timeout=600 * SECOND, data_retries=20),
        settings=Settings(user_timeout=300 * SECOND),
    )
    site.call(Send(1, b"abc"))
    site.wait(10 * SECOND)
    for _ in range(2):  # The second changes nothing.
        site.call(Configure(1, Settings(user_timeout=None if timeout is None else timeout * SECOND)))
    site.wait(HOUR)
    assert site.times(Signal.USER_TIMEOUT) == [ends]


def test_a_timeout_named_late_begins_with_what_was_sent_last() -> None:
    """There was none before, and none is kept when it is taken back. Sent at 5, 6, 8 and 12 s."""
    site = connected(RFC9293._replace(user_timeout=None, data_retries=20))
    site.wait(5 * SECOND)
    site.call(Send(1, b"abc"))
    site.wait(10 * SECOND)
    site.call(Configure(1, Settings(user_timeout=60 * SECOND)))
    site.call(Configure(1, Settings()))
    assert site.tcb.user_timer is None
    site.call(Configure(1, Settings(user_timeout=60 * SECOND)))
    site.wait(HOUR)
    assert site.times(Signal.USER_TIMEOUT) == [72]


def test_a_timeout_that_is_named_while_nothing_waits_starts_no_timer() -> None:
    site = connected()
    site.call(Configure(1, Settings(user_timeout=60 * SECOND)))
    assert site.tcb.user_timer is None


def test_a_simultaneous_open_gives_no_sample() -> None:
    """Its ACK may be for the SYN or for the SYN,ACK."""
    site = reach(S.SYN_RECEIVED, simultaneous=True)
    site.wait(300 * MS)
    assert Rule.RTT_AMBIGUOUS in rules(site.receives(site.peer(SYN | ACK, 0, 1)))


@pytest.mark.parametrize("timeouts", [1, 2, 3])
def test_after_a_syn_that_timed_out_data_starts_with_three_seconds(timeouts: int) -> None:
    """RFC 6298 5.7, however often the SYN's own RTO of 1 s had doubled."""
    site = reach(S.SYN_SENT)
    site.wait(((1 << timeouts) - 1) * SECOND)
    assert len(site.times(SYN)) == 1 + timeouts
    site.receives(site.peer(SYN | ACK, 0, 1))
    assert site.tcb.estimate.rto == 3 * SECOND


def test_linux_does_not_start_again_with_three_seconds() -> None:
    site = reach(S.SYN_SENT, LINUX)
    site.wait(1 * SECOND)
    site.receives(site.peer(SYN | ACK, 0, 1))
    assert site.tcb.estimate.rto == 1 * SECOND


# R1 and R2


@pytest.mark.parametrize(
    ("profile", "resent", "fails"),
    [
        # 1+2+4+8+16+32 = 63, then the RTO stays at 60 s: 123, 183, and fails at 243 (MUST-23: 3 minutes).
        (RFC9293, [1, 3, 7, 15, 31, 63, 123, 183], 243),
        # Four at 1 s each, the fifth too (the RTO has not backed off yet), then 2, 4 ... 64 s.
        (LINUX, [1, 2, 3, 4, 5, 7, 11, 19, 35, 67], 131),
        (LINUX._replace(syn_linear_timeouts=0), [1, 3, 7, 15, 31, 63], 127),
    ],
    ids=["rfc9293", "linux", "linux before 6.5"],
)
def test_an_unanswered_syn(profile: Profile, resent: list[float], fails: float) -> None:
    site = reach(S.SYN_SENT, profile)
    site.wait(HOUR)
    assert site.times(SYN) == [0, *resent]
    assert site.times(Signal.TIMED_OUT) == [fails]
    assert site.times(Signal.DELIVERY_PROBLEM) == [resent[2]]  # R1 = 3 retransmissions (SHLD-9, SHLD-10).
    assert site.state() is S.CLOSED


@pytest.mark.parametrize(
    ("profile", "resent", "gives_up"),
    [
        (RFC9293, [1, 3, 7, 15, 31, 63, 123, 183], 243),
        (LINUX, [1, 3, 7, 15, 31], 63),
    ],
    ids=["rfc9293", "linux"],
)
@pytest.mark.parametrize("rst", [False, True])
def test_an_unanswered_syn_ack_ends_in_listen(
    profile: Profile, resent: list[float], gives_up: int, rst: bool
) -> None:
    site = reach(S.SYN_RECEIVED, profile._replace(rst_on_give_up=rst))
    site.wait(gives_up * SECOND - 1)
    assert site.times(SYN) == [0, *resent]
    assert site.state() is S.SYN_RECEIVED
    events = site.wait(1)
    assert site.state() is S.LISTEN
    reset = ("RST,ACK", ISS + 1, IRS + 1) if profile.reset_carries_ack else ("RST", ISS + 1, 0)
    assert briefs(events) == ([reset] if rst else [])
    assert briefs(site.receives(site.peer(SYN, 0)))[0][0] == "SYN,ACK"


def test_a_syn_ack_of_a_simultaneous_open_is_resent_for_three_minutes() -> None:
    """MUST-23: R2 for a SYN is 3 minutes; that the peer's SYN drew it once more is no timeout."""
    site = reach(S.SYN_RECEIVED, simultaneous=True)
    site.wait(HOUR)
    assert site.times(SYN)[-1] >= 180
    assert site.times(Signal.TIMED_OUT) == [243]


@pytest.mark.parametrize(
    ("profile", "resent", "fails"),
    [
        # 1+2+4+8+16+32 = 63; the seventh waits 60 s: 123 s (SHLD-11: at least 100 s).
        (RFC9293, [1, 3, 7, 15, 31, 63], 123),
        # 0.2*(2^10-1) = 204.6 after ten intervals, the last of them 102.4 s; six of 120 s more: 924.6 s.
        (
            LINUX,
            [0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 51, 102.2, 204.6, 324.6, 444.6, 564.6, 684.6, 804.6],
            924.6,
        ),
    ],
    ids=["rfc9293", "linux"],
)
def test_unanswered_text(profile: Profile, resent: list[float], fails: float) -> None:
    """The handshake took no time, so the RTO is the least: 1 s, or 200 ms."""
    site = reach(S.ESTABLISHED, profile._replace(user_timeout=None))
    site.log.clear()
    site.call(Send(1, b"abc"))
    site.wait(HOUR)
    assert site.times(ACK) == [0, *resent]
    assert site.times(Signal.DELIVERY_PROBLEM) == [resent[2]]
    assert site.times(Signal.TIMED_OUT) == [fails]
    assert site.state() is S.CLOSED


def test_an_ack_of_new_text_begins_the_count_anew() -> None:
    """3.8.3 (a): retransmissions of the same segment count."""
    site = reach(S.ESTABLISHED)
    site.call(Send(1, b"abc"))
    site.call(Send(1, b"def"))
    site.wait(63 * SECOND)
    site.receives(site.peer(ACK, 1, 4))
    attempts = [event.attempt for event in site.wait(63 * SECOND) if isinstance(event, Sent)]
    assert attempts == [2]  # The backed-off RTO of 60 s stays: Karn.


@pytest.mark.parametrize("state", [S.FIN_WAIT_1, S.CLOSING, S.LAST_ACK])
def test_an_unanswered_fin_is_resent_and_given_up(state: State) -> None:
    site = reach(state)
    site.wait(HOUR)
    assert site.times(FIN) == [0, 1, 3, 7, 15, 31, 63]
    assert site.times(Signal.TIMED_OUT) == [123]
    assert site.state() is S.CLOSED


# A zero window, 3.8.6.1


@pytest.mark.parametrize(("asked", "ends"), [(None, []), (200 * SECOND, [200])])
def test_a_zero_window_is_waited_for_unless_the_user_has_named_a_timeout(
    asked: int | None, ends: list[int]
) -> None:
    """MUST-37: the connection stays open while probes are answered; 3.9.1.1 has a default for the rest."""
    site = reach(S.ESTABLISHED)
    site.block.user_timeout = asked or site.tcb.user_timeout
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, b"abc"))
    for _ in range(10):  # Probes after 1, 3, 7 ... s are answered, the window stays closed.
        site.wait(60 * SECOND)
        if site.state() is S.CLOSED:
            break
        site.receives(site.peer(ACK, 1, 1, wnd=0))
    assert site.times(Signal.USER_TIMEOUT) == ends


# The user timeout


@pytest.mark.parametrize(("asked", "fires"), [(None, 300), (5 * SECOND, 5)])
def test_the_user_timeout_ends_what_is_not_delivered(asked: int | None, fires: float) -> None:
    """3.10.8 and 3.9.1.1: 5 minutes unless OPEN names another."""
    peer_address = reach(S.SYN_SENT).tcb
    site = Site(RFC9293._replace(syn_retries=100))
    assert peer_address.remote is not None
    site.call(Open(peer_address.local, peer_address.remote, settings=Settings(user_timeout=asked)))
    site.call(Receive(1))
    site.wait(HOUR)
    assert site.times(Signal.USER_TIMEOUT) == [fires]
    assert site.state() is S.CLOSED


def test_an_idle_connection_and_one_that_is_heard_have_no_user_timeout() -> None:
    site = reach(S.ESTABLISHED, RFC9293._replace(user_timeout=2 * SECOND, data_retries=100))
    site.wait(HOUR)
    assert site.state() is S.ESTABLISHED
    for octet in range(10):
        site.call(Send(1, b"x"))
        site.wait(1_900 * MS)
        site.receives(site.peer(ACK, 1, 2 + octet))
    assert site.state() is S.ESTABLISHED
    site.call(Send(1, b"x"))
    assert signals(site.wait(2 * SECOND)) == [Signal.USER_TIMEOUT]


# TIME-WAIT


@pytest.mark.parametrize(("profile", "seconds"), [(RFC9293, 240), (LINUX, 60)], ids=["rfc9293", "linux"])
@pytest.mark.parametrize("by", [S.FIN_WAIT_2, S.CLOSING])
def test_time_wait_lasts_twice_the_msl(profile: Profile, seconds: int, by: State) -> None:
    """MUST-13."""
    site = reach(by, profile)
    site.receives(site.peer(FIN | ACK, 1, 2) if by is S.FIN_WAIT_2 else site.peer(ACK, 2, 2))
    assert site.state() is S.TIME_WAIT
    assert [kind.value for kind, _ in site.tcb.timers()] == ["time_wait_timer"]
    site.wait(seconds * SECOND - 1)
    assert site.state() is S.TIME_WAIT
    assert signals(site.wait(1)) == [Signal.CLOSED]
    assert site.state() is S.CLOSED


def test_only_a_fin_starts_time_wait_again() -> None:
    """3.10.7.4, fifth and eighth; the other segments don't, or two TIME-WAITs would answer each other."""
    site = reach(S.TIME_WAIT)
    site.wait(100 * SECOND)
    site.receives(site.peer(ACK, 2, 2))
    site.receives(site.peer(ACK, 1, 2, b"x"))
    site.receives(site.peer(SYN, 9))
    assert site.stack.next_deadline() == 240 * SECOND
    assert briefs(site.receives(site.peer(FIN | ACK, 1, 2))) == [("ACK", 1002, 5002)]
    assert site.stack.next_deadline() == 340 * SECOND


def test_fin_wait_2_waits_for_ever() -> None:
    site = reach(S.FIN_WAIT_2)
    assert site.stack.next_deadline() is None


# Resending


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (S.SYN_SENT, ("SYN", 1000, 0)),
        (S.SYN_RECEIVED, ("SYN,ACK", 1000, 5001)),
        (S.FIN_WAIT_1, ("FIN,ACK", 1001, 5001)),
        (S.CLOSING, ("FIN,ACK", 1001, 5002)),
        (S.LAST_ACK, ("FIN,ACK", 1001, 5002)),
    ],
)
def test_what_is_resent_acknowledges_what_has_come_since(state: State, again: tuple[str, int, int]) -> None:
    site = reach(state)
    [segment] = sent(site.wait(1 * SECOND))
    assert brief(segment) == again
    assert bool(segment.options) == bool(segment.flags & SYN)


def test_a_timer_served_late_fires_once() -> None:
    site = reach(S.SYN_SENT)
    assert len(sent(site.stack.expire(100 * SECOND))) == 1
    assert site.stack.next_deadline() == 102 * SECOND
    assert site.times(RST) == []
