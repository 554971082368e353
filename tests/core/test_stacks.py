"""The hooks by themselves: each is a question, and here are the answers of the three stacks.

What they bring about in a connection is tested where that is: the state x segment oracle, windows, closing.
"""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import mss_option, read_offer
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import StackName
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.stacks.verdict import Paws
from tcptui.core.tcp.tcb import ReceiveMemory, Tcb
from tcptui.core.tcp.timers import RtoEstimate
from tcptui.core.units import DAY, SECOND
from tests.core.build import PEER, PROMPT, US, Site, briefs, reach, rules, sent

S = State
EVERY = pytest.mark.parametrize("stack", list(STACKS))


def block(state: State = S.ESTABLISHED, **variables: object) -> Tcb:
    """A block with RCV.NXT 5001, a window of 1000 octets, and 1001 to 1010 in flight."""
    tcb = Tcb(1, US, PEER, state, iss=1_000, snd_una=1_001, snd_nxt=1_011, snd_wnd=100, max_snd_wnd=100)
    tcb.irs, tcb.rcv_nxt, tcb.rcv_wnd, tcb.rcv_buff, tcb.snd_mss = 5_000, 5_001, 1_000, 1_000, 100
    tcb.snd_wl1, tcb.snd_wl2 = 5_001, 1_001
    for name, value in variables.items():
        setattr(tcb, name, value)
    return tcb


def segment(flags: int = ACK, seq: int = 5_001, ack: int = 1_001, data: bytes = b"") -> Segment:
    return Segment(PEER, US, seq, ack if flags & ACK else 0, flags, 100, data)


def states(answer: object) -> set[State]:
    assert isinstance(answer, list)
    return {state for state, holds in answer if holds}


BEFORE_ESTABLISHED = {S.LISTEN, S.SYN_SENT}


@pytest.mark.parametrize(("stack", "deletes", "half_duplex", "waits"), [
    ("rfc9293", BEFORE_ESTABLISHED, BEFORE_ESTABLISHED, set()),
    ("linux", BEFORE_ESTABLISHED, BEFORE_ESTABLISHED, {S.SYN_RECEIVED}),
    ("freebsd", BEFORE_ESTABLISHED, BEFORE_ESTABLISHED | {S.SYN_RECEIVED}, {S.SYN_SENT, S.SYN_RECEIVED}),
])  # fmt: skip
def test_close_before_established(
    stack: StackName, deletes: set[State], half_duplex: set[State], waits: set[State]
) -> None:
    """3.10.4; Linux' tcp_shutdown(), FreeBSD's tcp_usrclosed() and tcp_disconnect()."""
    hooks = STACKS[stack]
    assert states([(state, hooks.close_deletes(block(state), False)) for state in S]) == deletes
    assert states([(state, hooks.close_deletes(block(state), True)) for state in S]) == half_duplex
    assert states([(state, hooks.close_waits(block(state), False)) for state in S]) == waits
    assert states([(state, hooks.close_waits(block(state), True)) for state in S]) == set()


@pytest.mark.parametrize(("stack", "silent"), [
    ("rfc9293", {S.LISTEN, S.SYN_SENT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT}),
    ("linux", {S.LISTEN, S.SYN_SENT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT}),
    ("freebsd", {S.LISTEN, S.SYN_SENT, S.SYN_RECEIVED, S.TIME_WAIT}),
])  # fmt: skip
def test_abort_without_a_reset(stack: StackName, silent: set[State]) -> None:
    """3.10.5; FreeBSD's tcp_drop()."""
    deletes = STACKS[stack].abort_deletes
    assert states([(state, deletes(block(state, fin_sent=True))) for state in S]) == silent
    # __tcp_close(): "Unread data was tossed"; tcp_disconnect(): snd_nxt != write_seq.
    closing = {S.CLOSING, S.LAST_ACK} if stack == "linux" else set()
    assert states([(state, deletes(block(state, fin_sent=True), True)) for state in S]) == silent - closing
    assert states([(state, deletes(block(state))) for state in S]) == silent - closing


@EVERY
def test_a_close_in_syn_received_sends_its_fin_at_once_or_when_established(stack: StackName) -> None:
    site = reach(S.SYN_RECEIVED, PROMPT._replace(stack=stack))
    site.call(Close(1))
    later = site.receives(site.peer(ACK, 1, 2 if stack == "rfc9293" else 1))
    assert ("FIN,ACK", 1_001, 5_001) in briefs(event for _, event in site.log)
    assert (("FIN,ACK", 1_001, 5_001) in briefs(later)) == (stack != "rfc9293")


@EVERY
def test_the_syn_ack_of_a_simultaneous_open_has_what_both_have_or_all(stack: StackName) -> None:
    """Linux sends the SYN of its queue again with ACK set: tcp_send_synack()."""
    site = Site(PRESETS[stack]._replace(sack=True, window_scale=7))
    site.call(Open(US, PEER))
    [answer] = sent(site.receives(site.peer(SYN, 0)._replace(options=(mss_option(1_460),))))
    offer = read_offer(answer)
    assert (offer.sack, offer.window_scale) == ((True, 7) if stack == "linux" else (False, None))


@pytest.mark.parametrize(("passive", "oldest"), [(False, 1_000), (True, 1_001)])
def test_nothing_counts_that_was_never_sent(passive: bool, oldest: int) -> None:
    """tcp_ack(): max_window is at most bytes_acked; a listener's SYN,ACK is not among them."""
    tcb = block(passive=passive)
    assert STACKS["linux"].oldest_ack(tcb) == oldest
    assert STACKS["rfc9293"].oldest_ack(tcb) == 901
    assert STACKS["freebsd"].oldest_ack(tcb) == 1_001  # tcp_do_segment(): "ghost ACKs" before ISS+1.
    tcb.snd_una = 1_500
    assert STACKS["linux"].oldest_ack(tcb) == STACKS["freebsd"].oldest_ack(tcb) == 1_400


@EVERY
def test_an_ack_that_may_have_been_overtaken_is_no_old_duplicate(stack: StackName) -> None:
    """RFC 7323 5.3, R1; Linux' tcp_disordered_ack_check(); FreeBSD drops what has no data."""

    def paws(tcb: Tcb, old: Segment, tsval: int = 900, now: int = 0) -> Paws:
        tcb.ts_recent = 1_000
        return STACKS[stack].check_timestamp(tcb, old, tsval, now)

    bare = Paws.SILENT if stack == "freebsd" else Paws.ANSWERED
    second = RtoEstimate(None, 0, SECOND)
    assert paws(block(), segment(data=b"a")) is Paws.ANSWERED
    assert paws(block(estimate=second), segment()) is (Paws.PASSES if stack == "linux" else bare)
    assert paws(block(), segment(FIN | ACK)) is bare
    assert paws(block(estimate=second), segment(ack=1_005)) is bare
    assert paws(block(estimate=second, snd_wl1=4_000), segment()) is bare
    # "Is this not in the replay window": 1.2 RTO.
    assert paws(block(estimate=RtoEstimate(None, 0, 80_000)), segment()) is bare
    # TCP_PAWS_WINDOW: 1 below is not old.
    assert paws(block(), segment(data=b"a"), 999) is (Paws.PASSES if stack == "linux" else Paws.ANSWERED)
    assert paws(block(), segment(data=b"a"), 998) is Paws.ANSWERED
    # Left of RCV.NXT it is a common thing, and no answer is of use (since 6.14).
    assert paws(block(), segment(seq=5_000)) is (Paws.ANSWERED if stack == "rfc9293" else Paws.SILENT)
    assert paws(block(), segment(seq=5_002)) is bare
    # TS.Recent is good for 24 days (RFC 7323 5.5), or for TCP_PAWS_WRAP.
    for_long = Paws.PASSES if stack == "linux" else Paws.ANSWERED
    assert paws(block(), segment(data=b"a"), now=2_148 * SECOND) is for_long
    assert paws(block(), segment(data=b"a"), now=2_147 * SECOND) is Paws.ANSWERED
    assert paws(block(), segment(data=b"a"), now=25 * DAY) is Paws.PASSES


@EVERY
def test_a_window_may_shrink(stack: StackName) -> None:
    """3.10.7.4, fifth; tcp_may_update_window(): not with the same SEQ and ACK, but to zero; FreeBSD's
    tcp_do_segment(), step6: not with the same."""
    may = STACKS[stack].may_update_window
    assert may(block(), segment(), 50) == (stack == "rfc9293")
    assert may(block(), segment(), 0) == (stack != "freebsd")
    assert may(block(), segment(ack=1_002), 50)
    assert may(block(), segment(seq=5_002), 50)


@pytest.mark.parametrize(("stack", "length"), [("rfc9293", 4), ("linux", 4), ("freebsd", 3)])
def test_a_duplicate_is_reported_with_or_without_its_fin(stack: StackName, length: int) -> None:
    assert STACKS[stack].duplicate_length(segment(FIN | ACK, data=b"abc")) == length


@EVERY
def test_syn_with_fin_is_dropped_before_the_state_is_looked_at(stack: StackName) -> None:
    """tcp_input() asks net.inet.tcp.drop_synfin before it looks for a connection; others in LISTEN."""
    for state in (S.CLOSED, S.LISTEN, S.SYN_SENT, S.ESTABLISHED, S.TIME_WAIT):
        site = reach(state, PROMPT._replace(drop_syn_fin=True, stack=stack))
        dropped = Rule.LISTEN_SYN_FIN_DROPPED in rules(site.receives(site.peer(SYN | FIN, 90)))
        assert dropped == (stack == "freebsd" or state is S.LISTEN), state
        site = reach(state, PROMPT._replace(stack=stack))
        assert Rule.LISTEN_SYN_FIN_DROPPED not in rules(site.receives(site.peer(SYN | FIN, 90)))


@EVERY
def test_new_data_after_close_resets_first_of_all(stack: StackName) -> None:
    first = STACKS[stack].refuses_data_first
    assert first(block(S.CLOSING), segment(data=b"a")) == (stack == "freebsd")
    assert not first(block(S.CLOSING), segment(seq=5_000, data=b"a"))
    assert not first(block(S.CLOSING), segment(RST, data=b"a"))
    assert not first(block(S.SYN_RECEIVED), segment(data=b"a"))


@pytest.mark.parametrize(("stack", "taken", "windows"), [
    ("rfc9293", 60, [940, 940]), ("rfc9293", 100, [900, 1_000]),
    ("linux", 60, [940, 940]), ("freebsd", 60, [940, 1_000]), ("freebsd", 999, [1, 1]),
])  # fmt: skip
def test_the_window_follows_the_buffer(stack: StackName, taken: int, windows: list[int]) -> None:
    """Of a buffer of 1000 so many octets were received, and then, but for one, read: what is announced."""
    tcb = block(rcv_wnd=1_000 - taken, receive_buffer=bytes(taken), last_ack_sent=5_001)
    found = [STACKS[stack].select_window(tcb)]
    tcb.receive_buffer = bytes(0 if taken < 999 else 990)
    assert [*found, STACKS[stack].select_window(tcb)] == windows


def test_linux_rounds_a_scaled_window_up() -> None:
    """__tcp_select_window(), ALIGN(): also beyond what is free; less than half of the buffer is cut down."""
    hooks = STACKS["linux"]
    tcb = block(rcv_buff=10_000, rcv_wnd=1_000, rcv_shift=7)
    tcb.receive_memory = ReceiveMemory(5_000, 10_000, 1_460, 536, 0, 128)
    assert hooks.select_window(tcb) == 5_120
    tcb.receive_buffer = bytes(7_001)  # 2999 are free.
    assert hooks.select_window(tcb) == 2_944
    tcb.receive_buffer = bytes(9_500)  # Less than a segment.
    assert hooks.select_window(tcb) == 1_024


@pytest.mark.parametrize(("stack", "window", "gain", "due"), [
    ("rfc9293", 500, 500, True), ("rfc9293", 500, 450, False), ("rfc9293", 99, 100, True),
    ("linux", 500, 500, True), ("linux", 501, 499, False), ("linux", 100, 99, False),
    ("freebsd", 500, 500, True), ("freebsd", 700, 250, True), ("freebsd", 700, 249, False),
    ("freebsd", 100, 200, False), ("freebsd", 0, 125, False), ("freebsd", 0, 250, True),
])  # fmt: skip
def test_when_reading_is_worth_an_ack(stack: StackName, window: int, gain: int, due: bool) -> None:
    """3.8.6.2.2; Linux' __tcp_cleanup_rbuf(): at most half of the buffer, and twice as much as before;
    FreeBSD's tcp_output(): two segments and a quarter, or half, or all but an eighth is taken."""
    buffer = 1_000
    tcb = block(rcv_buff=buffer, rcv_wnd=window, receive_buffer=bytes(buffer - window - gain))
    assert STACKS[stack].window_update_due(tcb) == due


@pytest.mark.parametrize(("buffer", "window", "free", "mss", "shift", "due"), [
    (1_000, 64, 100, 10, 6, False), (1_000, 63, 100, 10, 6, True),  # What the scale hides.
    (1_000, 0, 125, 50, 0, True), (1_000, 0, 130, 50, 0, False),  # An eighth of the buffer.
    (1_000, 0, 124, 62, 0, True), (1_000, 0, 124, 63, 0, False),  # Two segments.
    (300_000, 0, 300_000, 100, 0, True), (300_000, 1, 300_000, 100, 0, False),  # All that 16 bits can say.
])  # fmt: skip
def test_what_is_worth_a_window_update_to_freebsd(
    buffer: int, window: int, free: int, mss: int, shift: int, due: bool
) -> None:
    tcb = block(rcv_buff=buffer, rcv_wnd=window, snd_mss=mss, rcv_shift=shift)
    tcb.receive_buffer = bytes(buffer - free)
    assert STACKS["freebsd"].window_update_due(tcb) == due


def test_what_is_unread_is_no_room_in_freebsds_window() -> None:
    """tcp_do_segment(): the free space, where that is more than what has been announced."""
    tcb = block(rcv_buff=2_000, rcv_wnd=500, receive_buffer=bytes(700))
    assert STACKS["freebsd"].receive_window(tcb) == 1_300
    tcb.receive_buffer = bytes(1_600)
    assert STACKS["freebsd"].receive_window(tcb) == 500


@pytest.mark.parametrize(("octets", "usable", "fits"), [(1, 0, True), (0, 1, True), (0, 0, False)])
def test_a_fin_goes_beside_data_or_where_there_is_room(octets: int, usable: int, fits: bool) -> None:
    """3.8.6.1, with something in flight."""
    tcb = block(snd_una=1_001, snd_nxt=1_011, snd_wnd=10 + usable)
    assert STACKS["rfc9293"].fin_fits(tcb, octets) == fits


def test_half_of_the_buffer_is_worth_an_ack_to_freebsd_also_in_large_segments() -> None:
    for window, due in ((500, True), (501, False)):
        tcb = block(rcv_wnd=window, snd_mss=400)
        assert STACKS["freebsd"].window_update_due(tcb) == due


def test_the_peers_fin_again_starts_2_msl_anew_in_freebsd() -> None:
    again = segment(FIN | ACK, 5_000, 1_011)
    verdict = STACKS["freebsd"].time_wait_input(block(S.TIME_WAIT), again, FREEBSD, 0)
    assert verdict is not None
    assert (verdict.restart, verdict.fin_again) == (True, True)
    ack = STACKS["freebsd"].time_wait_input(block(S.TIME_WAIT), segment(ACK, 4_990, 1_011), FREEBSD, 0)
    assert ack is not None
    assert (ack.restart, ack.fin_again) == (False, False)


def test_what_a_stack_does_to_a_half_open_connection_is_told_by_a_rule_of_its_own() -> None:
    """tcp_input(): what is neither ACK, RST nor SYN is dropped; tcp_check_req(): a SYN in the window is
    answered by a RST, and the connection is deleted."""
    site = reach(S.SYN_RECEIVED, FREEBSD)
    assert rules(site.receives(site.peer(FIN, 1))) == [Rule.HALF_OPEN_DROPS]
    site = reach(S.SYN_RECEIVED, LINUX)
    events = site.receives(site.peer(SYN, 5))
    assert rules(events) == [Rule.SYN_RESETS_HALF_OPEN]
    assert [name for name, _, _ in briefs(events)] == ["RST,ACK"]
    assert Rule.SYN_RESETS_HALF_OPEN.source == "Linux tcp_check_req()"
    site = reach(S.SYN_RECEIVED, RFC9293)
    assert Rule.SYN_TO_LISTEN in rules(site.receives(site.peer(SYN, 5)))


def test_hooks_change_nothing() -> None:
    for hooks, profile in zip(STACKS.values(), (RFC9293, LINUX, FREEBSD), strict=True):
        tcb = block(S.TIME_WAIT)
        before = tcb.values()
        hooks.time_wait_input(tcb, segment(FIN | ACK), profile, 0)
        hooks.select_window(tcb)
        hooks.receive_memory_after(tcb, segment(data=bytes(500)), True)
        hooks.half_open_input(tcb, segment(SYN), 0)
        assert tcb.values() == before
