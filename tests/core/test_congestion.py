"""The congestion window: RFC 5681, 6582 (NewReno), 3042 (limited transmit), 2018 and 6675 (SACK).

Segments of 1000 octets, so that cwnd can be counted in them; the peer's window is 65,535 octets.
"""

from __future__ import annotations

import struct

import pytest

from tcptui.core.events import Event
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, OPTION_SACK, SYN, Option
from tcptui.core.packet.seq import lt, seq_add
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.tcp.congestion import grow
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, PROMPT, US, Site, connected, rules, sent, texts

SACKS = PROMPT._replace(sack=True)
SACK_PERMITTED = Option(4)
WINDOW_65535 = 65_535


def sender(profile: Profile = PROMPT, *options: Option, segments: int = 0, text: int = 60_000) -> Site:
    """A connection with much to send; `segments` is how many of 1000 it may have in flight at first."""
    profile = profile if not segments else profile._replace(initial_window=segments)
    site = connected(profile, *options, wnd=WINDOW_65535)
    site.call(Send(1, bytes(text)))
    return site


def ack(site: Site, number: int, *blocks: tuple[int, int]) -> list[Event]:
    """The peer acknowledges all before `number`; both are counted from ISS."""
    segment = site.peer(ACK, 1, number, wnd=WINDOW_65535)
    if blocks:
        edges = [ISS + edge for block in blocks for edge in block]
        segment = segment._replace(options=(Option(5, struct.pack(f"!{len(edges)}I", *edges)),))
    return site.receives(segment)


def starts(events: list[Event]) -> list[int]:
    """Where the segments with text begin that were sent."""
    return [first for first, _ in texts(events)]


# How much at first


@pytest.mark.parametrize(
    ("mss", "segments"), [(536, 4), (1_095, 4), (1_096, 3), (1_460, 3), (2_190, 3), (2_191, 2), (9_000, 2)]
)
def test_the_initial_window_is_two_to_four_segments(mss: int, segments: int) -> None:
    """RFC 5681 3.1: 4 of at most 1095 octets, 3 of at most 2190, 2 of more."""
    site = connected(PROMPT._replace(mss=9_000), mss=mss, wnd=WINDOW_65535)
    assert len(sent(site.call(Send(1, bytes(60_000))))) == segments


def test_after_a_lost_syn_one_segment_goes_at_first() -> None:
    """RFC 5681 3.1: "If the SYN or SYN/ACK is lost, the initial window ... MUST be one segment"."""
    site = Site(PROMPT)
    site.call(Open(US, PEER))
    site.wait(SECOND)
    site.receives(site.peer(SYN | ACK, 0, 1, wnd=WINDOW_65535)._replace(options=(mss_option(1_000),)))
    assert starts(site.call(Send(1, bytes(60_000)))) == [1]


def test_linux_begins_with_ten() -> None:
    """RFC 6928."""
    site = connected(LINUX, wnd=WINDOW_65535)
    assert len(sent(site.call(Send(1, bytes(60_000))))) == 10


# Growing


@pytest.mark.parametrize(("acked", "grown"), [(500, 500), (1_000, 1_000), (2_000, 1_000)])
def test_slow_start_grows_by_what_is_acknowledged_but_a_segment_at_most(acked: int, grown: int) -> None:
    """RFC 5681 3.1: cwnd += min(N, SMSS)."""
    site = sender(segments=4)
    ack(site, 1 + acked)
    assert site.tcb.cwnd == 4_000 + grown


def test_the_handshake_grows_nothing() -> None:
    """RFC 5681 3.1: SYN/ACK and its acknowledgment "MUST NOT increase the size of the congestion window"."""
    assert connected().tcb.cwnd == 4_000


def test_above_the_threshold_it_grows_by_a_segment_a_round_trip() -> None:
    """RFC 5681 3.1, (3): cwnd += SMSS*SMSS/cwnd for every ACK."""
    site = sender(segments=10)
    site.block.ssthresh = 10_000
    ack(site, 1_001)
    assert site.tcb.cwnd == 10_000 + 100
    ack(site, 2_001)
    assert site.tcb.cwnd == 10_100 + 1_000_000 // 10_100


def test_a_duplicate_grows_nothing() -> None:
    site = sender(segments=4)
    ack(site, 1)
    assert site.tcb.cwnd == 4_000


def test_what_the_path_has_not_seen_for_an_rto_is_forgotten() -> None:
    """RFC 5681 4.1: after more than an RTO without sending, no more than the restart window."""
    site = sender(text=40_000)
    for number in range(2, 42):
        ack(site, number * 1_000 - 999)
    assert site.tcb.cwnd == 44_000
    site.wait(2 * SECOND)
    assert len(sent(site.call(Send(1, bytes(40_000))))) == 4


# Timeouts


def test_a_timeout_leaves_one_segment_and_half_of_what_was_in_flight() -> None:
    """RFC 5681 3.1, (4): ssthresh = max(FlightSize/2, 2*SMSS); cwnd = the loss window, 1 (MUST-19)."""
    site = sender(segments=10)
    assert starts(site.wait(SECOND)) == [1]
    assert (site.tcb.cwnd, site.tcb.ssthresh) == (1_000, 5_000)
    site.wait(2 * SECOND)
    # "given segment ... already been retransmitted ... at least once, ssthresh is held constant".
    assert (site.tcb.cwnd, site.tcb.ssthresh) == (1_000, 5_000)


def test_a_threshold_is_two_segments_at_least() -> None:
    site = sender(segments=3)
    site.wait(SECOND)
    assert site.tcb.ssthresh == 2_000


def test_after_a_timeout_all_that_was_in_flight_goes_again_by_slow_start() -> None:
    """RFC 5681 3.1: from one segment on; each ACK of a segment lets two go."""
    site = sender(segments=6)
    assert starts(site.wait(SECOND)) == [1]
    assert starts(ack(site, 1_001)) == [1_001, 2_001]
    assert starts(ack(site, 2_001)) == [3_001, 4_001]
    assert site.tcb.cwnd == 3_000


def test_the_acks_of_what_was_not_lost_after_all_bring_no_fast_retransmit() -> None:
    """RFC 6582 section 3.2, steps 1 and 4: only ACKs beyond what was in flight at the timeout count as three
    duplicates; those before it answer what has been sent twice."""
    site = sender(segments=6)
    site.wait(SECOND)
    ack(site, 1_001)
    ack(site, 6_001)  # Only the first was lost; the second and the third went again in vain.
    assert Rule.FAST_RETRANSMIT not in rules(ack(site, 6_001) + ack(site, 6_001) + ack(site, 6_001))


# Fast retransmit and fast recovery


def test_the_third_duplicate_brings_the_segment_again() -> None:
    """RFC 5681 3.2: "upon the third duplicate ACK", without waiting for the timer."""
    site = sender(segments=10)
    ack(site, 1_001)
    assert starts(ack(site, 1_001)) == [12_001]  # RFC 3042: each of the first two lets a new one go.
    assert starts(ack(site, 1_001)) == [13_001]
    assert starts(ack(site, 1_001)) == [1_001]
    assert starts(ack(site, 1_001)) == []


def test_the_window_while_recovering() -> None:
    """RFC 5681 3.2, 2 to 6: ssthresh = FlightSize/2, what limited transmit has sent not counted; cwnd =
    ssthresh + 3 segments, and one more for each duplicate; new text when it allows."""
    site = sender(segments=10)
    for _ in range(3):
        ack(site, 1)
    assert (site.tcb.ssthresh, site.tcb.cwnd) == (5_000, 8_000)
    # 12 are in flight: the window must grow beyond that before a new one goes.
    assert [starts(ack(site, 1)) for _ in range(5)] == [[], [], [], [], [12_001]]
    assert site.tcb.cwnd == 13_000


def test_recovery_ends_with_the_acknowledgment_of_all_there_was() -> None:
    """RFC 6582 3.2, step 3: cwnd = min(ssthresh, max(FlightSize, SMSS) + SMSS)."""
    site = sender(segments=10, text=10_000)
    for _ in range(3):
        ack(site, 1)
    ack(site, 10_001)
    assert site.tcb.cwnd == min(5_000, 1_000 + 1_000)
    site = sender(segments=10)
    for _ in range(9):
        ack(site, 1)
    sent_then = site.tcb.snd_nxt - ISS
    ack(site, 12_001)
    in_flight = sent_then - 12_001
    assert in_flight == 2_000
    assert site.tcb.cwnd == min(5_000, 2_000 + 1_000)


def test_a_partial_acknowledgment_tells_of_the_next_loss() -> None:
    """RFC 6582 3.2, step 3: the next hole goes again; cwnd loses what is acknowledged, and gains one."""
    site = sender(segments=10)
    for _ in range(3):
        ack(site, 1)
    assert starts(ack(site, 4_001)) == [4_001]
    assert site.tcb.cwnd == 8_000 - 4_000 + 1_000
    assert site.tcb.recovering
    ack(site, 12_001)
    assert not site.tcb.recovering


def test_what_is_no_duplicate_brings_nothing_again() -> None:
    """RFC 5681 section 2: text, another window, or nothing outstanding."""
    site = sender(segments=4, text=4_000)
    for number in range(6):
        site.receives(site.peer(ACK, 1 + number, 1, b"x", wnd=WINDOW_65535))
        site.receives(site.peer(ACK, 7, 1, wnd=WINDOW_65535 - number - 1))
    assert not site.tcb.recovering
    ack(site, 4_001)
    events = [event for _ in range(4) for event in ack(site, 4_001)]
    assert Rule.FAST_RETRANSMIT not in rules(events)


# With SACK


def test_all_holes_are_filled_without_a_round_trip_for_each() -> None:
    """RFC 6675 section 4: lost is what has more than two segments' worth above it that has come. Of ten, the
    first, the fourth and the seventh are lost."""
    site = sender(SACKS, SACK_PERMITTED, segments=10, text=10_000)
    ack(site, 1, (1_001, 2_001))
    ack(site, 1, (1_001, 3_001))
    assert starts(ack(site, 1, (4_001, 5_001), (1_001, 3_001))) == [1]
    again = []
    for blocks in (
        ((4_001, 6_001), (1_001, 3_001)),
        ((7_001, 8_001), (4_001, 6_001), (1_001, 3_001)),
        ((7_001, 9_001), (4_001, 6_001), (1_001, 3_001)),
        ((7_001, 10_001), (4_001, 6_001), (1_001, 3_001)),
    ):
        again += starts(ack(site, 1, *blocks))
    assert [start for start in again if start < 10_001] == [3_001, 6_001]
    ack(site, 3_001, (7_001, 10_001), (4_001, 6_001))
    ack(site, 6_001, (7_001, 10_001))
    ack(site, 10_001)
    assert not site.tcb.recovering


def test_blocks_of_what_was_not_sent_or_is_acknowledged_say_nothing() -> None:
    """A block can only be about what is in flight (RFC 2018 section 5)."""
    site = sender(SACKS, SACK_PERMITTED, segments=4, text=4_000)
    ack(site, 1_001, (1, 501), (4_001, 9_001), (3_001, 2_001))
    assert not any(entry.sacked for entry in site.tcb.retransmission_queue)


def test_what_was_reported_is_not_sent_again_after_a_timeout() -> None:
    """RFC 6675 section 5.1 keeps what RFC 2018 would forget: a receiver should not renege."""
    site = sender(SACKS, SACK_PERMITTED, segments=4, text=4_000)
    ack(site, 1, (1_001, 2_001))
    assert starts(site.wait(SECOND)) == [1]
    assert starts(ack(site, 2_001)) == [2_001, 3_001]


def test_losses_are_noticed_however_much_was_sent_since_the_last() -> None:
    """RFC 6582's comparison is modulo 2^32: what lies 2^31 octets back must not seem to lie ahead."""
    tcb = connected().tcb
    tcb.recover = tcb.snd_una
    for _ in range(66):
        tcb.snd_una = seq_add(tcb.snd_una, 1 << 26)
        grow(tcb, 1 << 26, RFC9293, STACKS["rfc9293"].grown)
        assert lt(tcb.recover, tcb.snd_una)


def test_in_every_state_that_has_text_in_flight_losses_are_mended() -> None:
    """Recovery is not ESTABLISHED's alone."""
    site = connected(PROMPT._replace(initial_window=10), wnd=WINDOW_65535)
    site.receives(site.peer(0x11, 1, 1, wnd=WINDOW_65535))  # FIN,ACK
    assert site.state() is State.CLOSE_WAIT
    site.call(Send(1, bytes(8_000)))
    events = [event for _ in range(3) for event in site.receives(site.peer(ACK, 2, 1, wnd=WINDOW_65535))]
    assert starts(events) == [1]


def test_what_the_peer_has_reported_and_taken_back_goes_again() -> None:
    """RFC 2018 section 8: a front that was reported but is not acknowledged tells of it."""
    site = sender(SACKS, SACK_PERMITTED, segments=4, text=4_000)
    ack(site, 1, (1_001, 4_001))
    site.wait(SECOND)
    assert starts(ack(site, 1_001)) == []
    assert starts(site.wait(4 * SECOND)) == [1_001]
    assert starts(ack(site, 2_001)) == [2_001, 3_001]


def test_text_leaves_room_for_the_blocks_beside_it() -> None:
    """MUST-16: of 1000 octets one block's option, padded, takes 2 + 2 + 8. Full segments that are sent again
    go without."""
    site = connected(SACKS, SACK_PERMITTED, wnd=WINDOW_65535)
    site.call(Send(1, bytes(1_000)))
    site.receives(site.peer(ACK, 11, 1, b"ahead", wnd=WINDOW_65535))
    fresh = sent(site.call(Send(1, bytes(1_976))))
    assert [(len(one.data), one.options[-1].kind) for one in fresh] == [(988, OPTION_SACK)] * 2
    (again,) = sent(site.wait(SECOND))
    assert (len(again.data), again.options) == (1_000, ())
