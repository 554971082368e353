"""One test for each knob of `profile` that is on or off or a choice: what it decides, either way.

Those of text, windows and options are in `test_knobs_of_text`; those of listeners, errors and probes stand
with their subjects.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptui.core.events import Response, Sent, Signal
from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, RST, SYN, flag_text
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Ecn, StackName
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.calls import Abort, Close, Configure, Open, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import SECOND
from tests.core.build import (
    IRS,
    ISS,
    PEER,
    PROMPT,
    US,
    WINDOW,
    Site,
    briefs,
    connected,
    delivered,
    reach,
    responses,
    sent,
    signals,
)

S = State
BOTH = pytest.mark.parametrize("on", [True, False])


def test_every_knob_that_is_on_or_off_or_a_choice_has_its_test() -> None:
    knobs = {
        name
        for name, field in all_knobs().items()
        if field.choices or isinstance(getattr(RFC9293, name), bool)
    }
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    tested = {name for text in texts for name in re.findall(r"^def test_knob_(\w+)", text, re.MULTILINE)}
    assert knobs - tested == set()


# Opening and protection


@BOTH
def test_knob_rfc1337(on: bool) -> None:
    site = reach(S.TIME_WAIT, RFC9293._replace(rfc1337=on))
    site.receives(site.peer(RST, 2))
    assert site.state() is (S.TIME_WAIT if on else S.CLOSED)


@BOTH
def test_knob_acks_carry_fin(on: bool) -> None:
    site = reach(S.CLOSING, RFC9293._replace(acks_carry_fin=on))
    events = site.receives(site.peer(FIN | ACK, 1, 1))
    assert briefs(events) == [("FIN,ACK", 1001, 5002) if on else ("ACK", 1002, 5002)]


@BOTH
def test_knob_listen_ignores_syn_ack(on: bool) -> None:
    site = reach(S.LISTEN, RFC9293._replace(listen_ignores_syn_ack=on))
    assert briefs(site.receives(site.peer(SYN | ACK, 0, 1))) == ([] if on else [("RST", 1001, 0)])
    assert briefs(site.receives(site.peer(ACK, 0, 1))) == [("RST", 1001, 0)]


@BOTH
def test_knob_repeated_syn_draws_syn_ack(on: bool) -> None:
    site = reach(S.SYN_RECEIVED, RFC9293._replace(repeated_syn_draws_syn_ack=on))
    events = site.receives(site.peer(SYN, 0))
    assert briefs(events) == [("SYN,ACK", 1000, 5001) if on else ("ACK", 1001, 5001)]


def test_a_repeated_syn_starts_the_timer_of_the_syn_ack_anew() -> None:
    """Linux tcp_check_req(), FreeBSD syncache_add()."""
    site = reach(S.SYN_RECEIVED, LINUX)
    site.wait(SECOND // 2)
    site.receives(site.peer(SYN, 0))
    assert briefs(site.wait(SECOND - 1)) == []
    assert [name for name, *_ in briefs(site.wait(1))] == ["SYN,ACK"]


def test_repeated_syns_do_not_wear_out_the_patience_with_a_syn_ack() -> None:
    """Linux gives up at 63 s, after five timeouts: SYN,ACKs that SYNs have drawn are no timeouts."""
    site = reach(S.SYN_RECEIVED, LINUX)
    for _ in range(5):
        site.receives(site.peer(SYN, 0))
    site.wait(63 * SECOND - 1)
    assert site.state() is S.SYN_RECEIVED


@BOTH
def test_knob_syn_returns_to_listen(on: bool) -> None:
    site = reach(S.SYN_RECEIVED, RFC9293._replace(syn_returns_to_listen=on))
    assert briefs(site.receives(site.peer(SYN, 9))) == ([] if on else [("ACK", 1001, 5001)])
    assert site.state() is (S.LISTEN if on else S.SYN_RECEIVED)


@BOTH
def test_knob_refused_in_syn_received(on: bool) -> None:
    site = reach(S.SYN_RECEIVED, RFC9293._replace(refused_in_syn_received=on), simultaneous=True)
    assert signals(site.receives(site.peer(RST, 1))) == [Signal.REFUSED if on else Signal.RESET]
    assert site.state() is S.CLOSED


@BOTH
def test_knob_drop_syn_fin(on: bool) -> None:
    site = reach(S.LISTEN, RFC9293._replace(drop_syn_fin=on))
    site.receives(site.peer(SYN | FIN, 0))
    assert site.state() is (S.LISTEN if on else S.SYN_RECEIVED)
    if not on:
        site.receives(site.peer(ACK, 2, 1))
        assert site.state() is S.CLOSE_WAIT


@BOTH
@pytest.mark.parametrize("state", [S.LISTEN, S.SYN_SENT])
def test_knob_queue_data_on_syn(on: bool, state: State) -> None:
    """Queued or not, only the SYN is acknowledged before ESTABLISHED, and nothing is delivered."""
    site = reach(state, RFC9293._replace(queue_data_on_syn=on))
    site.call(Receive(1))
    events = site.receives(site.peer(SYN, 0, 0, b"abc"))
    assert briefs(events) == [("SYN,ACK", 1000, 5001)]
    assert delivered(events) == b""
    events = site.receives(site.peer(ACK, 1, 1))
    assert delivered(events) == (b"abc" if on else b"")
    assert briefs(events) == ([("ACK", 1001, 5004)] if on else [])


@BOTH
def test_knob_simultaneous_open_trims_syn(on: bool) -> None:
    """Figure 7, line 6; without the knob Table 6 answers it, and that ACK completes the peer's open."""
    site = reach(S.SYN_RECEIVED, RFC9293._replace(simultaneous_open_trims_syn=on), simultaneous=True)
    events = site.receives(site.peer(SYN | ACK, 0, 1))
    assert site.state() is (S.ESTABLISHED if on else S.SYN_RECEIVED)
    assert briefs(events) == ([] if on else [("ACK", 1001, 5001)])


@BOTH
def test_knob_rst_on_give_up(on: bool) -> None:
    site = reach(S.SYN_RECEIVED, RFC9293._replace(rst_on_give_up=on, syn_ack_retries=0))
    assert briefs(site.wait(1 * SECOND)) == ([("RST", 1001, 0)] if on else [])
    assert site.state() is S.LISTEN


@BOTH
def test_knob_rfc5961_rst(on: bool) -> None:
    site = reach(S.ESTABLISHED, RFC9293._replace(rfc5961_rst=on))
    events = site.receives(site.peer(RST, 9))
    assert briefs(events) == ([("ACK", 1001, 5001)] if on else [])
    assert site.state() is (S.ESTABLISHED if on else S.CLOSED)


@BOTH
def test_a_rst_left_of_the_window_is_not_made_valid_by_its_text(on: bool) -> None:
    """3.5.3: "A reset is valid if its sequence number is in the window." """
    site = reach(S.ESTABLISHED, RFC9293._replace(rfc5961_rst=on))
    assert sent(site.receives(site.peer(RST, 0, 0, b"why"))) == []
    assert site.state() is S.ESTABLISHED


@BOTH
def test_knob_rfc5961_syn(on: bool) -> None:
    site = reach(S.ESTABLISHED, RFC9293._replace(rfc5961_syn=on))
    events = site.receives(site.peer(SYN, 9))
    assert briefs(events) == [("ACK", 1001, 5001) if on else ("RST,ACK", 0, IRS + 10)]
    assert signals(events) == ([] if on else [Signal.RESET])
    assert site.state() is (S.ESTABLISHED if on else S.CLOSED)


def test_without_rfc5961_a_syn_left_of_the_window_is_trimmed_and_its_text_keeps_its_place() -> None:
    """3.4: "the SYN is considered to occur before the first actual data octet of the segment"."""
    site = reach(S.ESTABLISHED, PROMPT._replace(rfc5961_syn=False))
    site.call(Receive(1))
    events = site.receives(site.peer(SYN | ACK, 0, 1, b"abc"))
    assert delivered(events) == b"abc"
    assert briefs(events) == [("ACK", 1001, 5004)]


@BOTH
def test_knob_rfc5961_ack(on: bool) -> None:
    """MAY-12: SND.UNA - MAX.SND.WND is still good, one less is not; without, any old ACK is a duplicate."""
    site = reach(S.ESTABLISHED, RFC9293._replace(rfc5961_ack=on))
    site.call(Receive(1))
    site.call(Receive(1))
    oldest = 1 - WINDOW
    assert delivered(site.receives(site.peer(ACK, 1, oldest, b"a"))) == b"a"
    events = site.receives(site.peer(ACK, 2, oldest - 1, b"b"))
    assert delivered(events) == (b"" if on else b"b")
    assert briefs(events) == [("ACK", 1001, 5002 if on else 5003)]


@BOTH
@pytest.mark.parametrize("state", SYNCHRONIZED)
def test_knob_unsent_ack_is_answered(on: bool, state: State) -> None:
    site = reach(state, RFC9293._replace(unsent_ack_is_answered=on))
    seq = site.tcb.rcv_nxt - IRS
    answer = [("ACK", site.tcb.snd_nxt, site.tcb.rcv_nxt)]
    assert briefs(site.receives(site.peer(ACK, seq, 10, b"abc"))) == (answer if on else [])
    assert site.state() is state


# Opening, more


@pytest.mark.parametrize(
    ("blackhole", "answers"),
    [(0, ["RST,ACK", "RST", "RST"]), (1, ["", "", "RST"]), (2, ["", "", ""])],
)
def test_knob_blackhole(blackhole: int, answers: list[str]) -> None:
    """3.10.7.1 answers everything but a RST; 1: no SYN, 2: nothing at all."""
    site = Site(PROMPT._replace(blackhole=blackhole))
    drawn = [briefs(site.receives(site.peer(flags, 0, 1))) for flags in (SYN, SYN | ACK, ACK)]
    assert [one[0][0] if one else "" for one in drawn] == answers


@pytest.mark.parametrize(
    ("ecn", "syn", "syn_ack"), [("off", 0, 0), ("granted", 0, ECE), ("asked", ECE | CWR, ECE)]
)
def test_knob_ecn(ecn: Ecn, syn: int, syn_ack: int) -> None:
    """RFC 3168 6.1.1: ECE and CWR on a SYN ask, ECE alone on a SYN,ACK grants, if it was asked for."""
    profile = PROMPT._replace(ecn=ecn)
    assert sent(Site(profile).call(Open(US, PEER)))[0].flags == SYN | syn
    site = reach(S.LISTEN, profile)
    assert sent(site.receives(site.peer(SYN | ECE | CWR, 0)))[0].flags == SYN | ACK | syn_ack
    site = reach(S.LISTEN, profile)
    assert sent(site.receives(site.peer(SYN, 0)))[0].flags == SYN | ACK


@pytest.mark.parametrize(("retries", "asked"), [(None, 4), (0, 1), (1, 2), (2, 3)])
def test_knob_ecn_retries(retries: int | None, asked: int) -> None:
    """RFC 3168 6.1.1.1; FreeBSD's tcp_ecn_output_syn_sent() and syncache_timer()."""
    profile = PROMPT._replace(ecn="asked", ecn_retries=retries)
    for state, bits in ((S.SYN_SENT, ECE | CWR), (S.SYN_RECEIVED, ECE)):
        site = Site(profile)
        site.call(Open(US, passive=True) if state is S.SYN_RECEIVED else Open(US, PEER))
        if state is S.SYN_RECEIVED:
            site.receives(site.peer(SYN | ECE | CWR, 0))
        site.wait(8 * SECOND)
        syns = [event.segment.flags for _, event in site.log if isinstance(event, Sent)]
        assert [bool(flags & (ECE | CWR) == bits) for flags in syns] == [n < asked for n in range(4)]


@BOTH
def test_knob_cwnd_stops_at_window(on: bool) -> None:
    """FreeBSD's cc_ack_received(): CCF_CWND_LIMITED is set where snd_cwnd <= snd_wnd."""
    site = reach(S.ESTABLISHED, PROMPT._replace(cwnd_stops_at_window=on))
    for cwnd in (WINDOW + 1, WINDOW):
        site.block.cwnd = cwnd
        acknowledged = site.tcb.snd_nxt - ISS
        site.call(Send(1, b"x"))
        site.receives(site.peer(ACK, 1, acknowledged + 1))
        assert (site.tcb.cwnd == cwnd) == (on and cwnd > WINDOW)


@BOTH
def test_knob_restart_after_idle(on: bool) -> None:
    """RFC 5681 4.1; a connection that kept cwnd is in test_idle_restart."""
    site = reach(S.ESTABLISHED, PROMPT._replace(restart_after_idle=on))
    site.block.cwnd = 50_000
    site.wait(10 * SECOND)
    site.call(Send(1, b"x"))
    assert (site.tcb.cwnd == 50_000) != on


def test_knob_fixed_isn() -> None:
    """MUST-8 would have it driven by a clock."""
    for _ in range(2):
        site = Site(PROMPT._replace(fixed_isn=77))
        assert sent(site.call(Open(US, PEER)))[0].seq == 77


@BOTH
def test_knob_two_way_handshake(on: bool) -> None:
    """3.5: the third segment is what tells an old SYN from a new one."""
    site = reach(S.LISTEN, PROMPT._replace(two_way_handshake=on))
    site.receives(site.peer(SYN, 0))
    assert site.state() is (S.ESTABLISHED if on else S.SYN_RECEIVED)
    site = reach(S.SYN_SENT, PROMPT._replace(two_way_handshake=on))
    assert len(sent(site.receives(site.peer(SYN | ACK, 0, 1)))) == (0 if on else 1)
    assert site.state() is S.ESTABLISHED


@BOTH
def test_knob_accept_any_ack(on: bool) -> None:
    """3.10.7.4, fifth: SND.UNA < SEG.ACK =< SND.NXT, or a RST."""
    site = reach(S.SYN_RECEIVED, PROMPT._replace(accept_any_ack=on))
    assert briefs(site.receives(site.peer(ACK, 1, 500))) == ([] if on else [("RST", ISS + 500, 0)])
    assert site.state() is (S.ESTABLISHED if on else S.SYN_RECEIVED)


# Closing


@BOTH
def test_knob_unread_close_resets(on: bool) -> None:
    """SHLD-3, MAY-1: "issues a CLOSE call while received data is still pending"."""
    site = reach(S.ESTABLISHED, PROMPT._replace(unread_close_resets=on))
    site.receives(site.peer(ACK, 1, 1, b"unread"))
    (segment,) = sent(site.call(Close(1, half_duplex=True)))
    assert flag_text(segment.flags) == ("RST" if on else "FIN,ACK")
    assert site.state() is (S.CLOSED if on else S.FIN_WAIT_1)


@pytest.mark.parametrize("state", [S.FIN_WAIT_1, S.FIN_WAIT_2])
def test_text_for_an_application_that_has_let_go_draws_a_reset(state: State) -> None:
    """SHLD-3: "or if new data is received after CLOSE is called"; what came before does not count again."""
    site = reach(S.ESTABLISHED)
    site.call(Receive(1))
    site.receives(site.peer(ACK, 1, 1, b"read"))
    site.call(Close(1, half_duplex=True))
    if state is S.FIN_WAIT_2:
        site.receives(site.peer(ACK, 5, 2))
    assert responses(site.call(Receive(1))) == [("RECEIVE", Response.CLOSING)]
    assert "RST" not in str(briefs(site.receives(site.peer(ACK, 1, 1, b"read"))))
    assert site.state() is state
    (reset,) = sent(site.receives(site.peer(ACK, 5, 2 if state is S.FIN_WAIT_2 else 1, b"lost")))
    assert reset.flags & RST
    assert site.state() is S.CLOSED


@BOTH
def test_knob_reset_carries_ack(on: bool) -> None:
    """3.10.5: <SEQ=SND.NXT><CTL=RST>"""
    site = reach(S.ESTABLISHED, PROMPT._replace(reset_carries_ack=on))
    assert briefs(site.call(Abort(1))) == [("RST,ACK", ISS + 1, IRS + 1) if on else ("RST", ISS + 1, 0)]


@BOTH
def test_knob_reset_on_timeout(on: bool) -> None:
    """3.8.3 (c) closes the connection and says nothing of a RST."""
    site = reach(S.ESTABLISHED, PROMPT._replace(reset_on_timeout=on), b"text")
    events = site.wait(3_600 * SECOND)
    assert Signal.TIMED_OUT in signals(events)
    assert sum(bool(segment.flags & RST) for segment in sent(events)) == on


@BOTH
def test_knob_no_time_wait(on: bool) -> None:
    """MUST-13; without it a FIN that comes again meets nobody."""
    site = reach(S.FIN_WAIT_2, PROMPT._replace(no_time_wait=on))
    fin = site.peer(FIN | ACK, 1, 2)
    assert briefs(site.receives(fin)) == [("ACK", ISS + 2, IRS + 2)]
    assert site.state() is (S.CLOSED if on else S.TIME_WAIT)
    assert briefs(site.receives(fin)) == [("RST", ISS + 2, 0) if on else ("ACK", ISS + 2, IRS + 2)]


@BOTH
def test_knob_time_wait_1_msl(on: bool) -> None:
    """MUST-13: 2 MSL, of 2 minutes each."""
    site = reach(S.TIME_WAIT, PROMPT._replace(time_wait_1_msl=on))
    lasts = (120 if on else 240) * SECOND
    site.wait(lasts - 1)
    assert site.state() is S.TIME_WAIT
    site.wait(1)
    assert site.state() is S.CLOSED


@BOTH
def test_knob_fin_acked_with_fin_only(on: bool) -> None:
    """3.6: who has not closed may go on sending; here text waits for the peer's window."""
    site = connected(PROMPT._replace(fin_acked_with_fin_only=on), wnd=0)
    site.call(Send(1, b"text"))
    (answer,) = sent(site.receives(site.peer(FIN | ACK, 1, 1, wnd=0)))
    assert flag_text(answer.flags) == ("FIN,ACK" if on else "ACK")
    assert site.state() is (S.LAST_ACK if on else S.CLOSE_WAIT)
    assert site.tcb.send_buffer == (b"" if on else b"text")


@pytest.mark.parametrize(("timeout", "lasts"), [(None, None), (60 * SECOND, 60)])
def test_knob_fin_wait_2_timeout(timeout: int | None, lasts: int | None) -> None:
    """Only where the application has let go; who still reads waits for the peer's FIN for ever (3.6)."""
    for half_duplex in (True, False):
        site = reach(S.ESTABLISHED, PROMPT._replace(fin_wait_2_timeout=timeout))
        site.call(Close(1, half_duplex))
        site.receives(site.peer(ACK, 1, 2))
        site.wait(7_200 * SECOND)
        ended = lasts is not None and half_duplex
        assert site.times(Signal.CLOSED) == ([lasts] if ended else [])
        assert site.state() is (S.CLOSED if ended else S.FIN_WAIT_2)


def test_knob_orphan_retries() -> None:
    """R2 for who has let go: two retransmissions, after 1 and 2 s more, and 4 s to wait for an answer."""
    site = reach(S.ESTABLISHED, PROMPT._replace(orphan_retries=2))
    site.call(Close(1, half_duplex=True))
    site.wait(3_600 * SECOND)
    assert site.times(FIN) == [0, 1, 3]
    assert site.times(Signal.TIMED_OUT) == [7]


def test_knob_connect_timeout() -> None:
    """FreeBSD's net.inet.tcp.keepinit: 75 s for an OPEN, whatever R2 says; then it is of no account."""
    site = Site(PROMPT._replace(connect_timeout=75 * SECOND, syn_retries=100))
    site.call(Open(US, PEER))
    site.wait(75 * SECOND - 1)
    assert site.state() is S.SYN_SENT
    site.wait(1)
    assert site.state() is S.CLOSED
    site = Site(PROMPT._replace(connect_timeout=75 * SECOND, user_timeout=None))
    site.call(Open(US, PEER))
    site.receives(site.peer(SYN | ACK, 0, 1))
    site.wait(100 * SECOND)
    assert site.state() is S.ESTABLISHED


def test_knob_challenge_acks() -> None:
    """RFC 5961 section 7: so many in an interval and no more, for each connection."""
    site = reach(S.ESTABLISHED, PROMPT._replace(challenge_acks=3, challenge_interval=5 * SECOND))
    assert [len(sent(site.receives(site.peer(RST, 9)))) for _ in range(5)] == [1, 1, 1, 0, 0]
    site.wait(5 * SECOND - 1)
    assert sent(site.receives(site.peer(RST, 9))) == []
    site.wait(1)
    assert len(sent(site.receives(site.peer(RST, 9)))) == 1


@BOTH
def test_knob_old_segments_acknowledge(on: bool) -> None:
    """3.10.7.4, first: what is not acceptable is answered and dropped, its ACK with it. FreeBSD takes the ACK
    of a FIN that comes again: two of it that close at once have no other."""
    site = reach(S.CLOSING, PROMPT._replace(old_segments_acknowledge=on))
    events = site.receives(site.peer(FIN | ACK, 1, 2))
    assert site.state() is (S.TIME_WAIT if on else S.CLOSING)
    assert briefs(events) == [("ACK", 1002, 5002)]


# What the stacks do with segments that nobody needs


@BOTH
def test_knob_pingpong(on: bool) -> None:
    """In a dialogue the ACKs that Linux does not delay at first may wait for the text that answers."""
    site = reach(S.ESTABLISHED, RFC9293._replace(quickack=16, pingpong=on))
    assert briefs(site.receives(site.peer(ACK, 1, 1, b"ask"))) == [("ACK", 1001, 5004)]
    site.call(Send(1, b"answer"))
    events = site.receives(site.peer(ACK, 4, 7, b"ask"))
    assert briefs(events) == ([] if on else [("ACK", 1007, 5007)])


@BOTH
def test_knob_cwnd_validation(on: bool) -> None:
    """RFC 7661 1: what has not been used says nothing of the path. One octet in flight does not fill cwnd."""
    site = reach(S.ESTABLISHED, PROMPT._replace(cwnd_validation=on))
    before = site.tcb.cwnd
    site.call(Send(1, b"x"))
    site.receives(site.peer(ACK, 1, 2))
    assert (site.tcb.cwnd == before) == on


@BOTH
def test_knob_user_timeout_ends_keep_alive(on: bool) -> None:
    """Nine probes 75 s apart would go on for 750 s; the application has said 100 s."""
    site = reach(S.ESTABLISHED, PROMPT._replace(user_timeout_ends_keep_alive=on))
    site.call(Configure(1, Settings(keep_alive=True, user_timeout=100 * SECOND)))
    site.wait((7_200 + 200) * SECOND)
    assert site.state() is (S.CLOSED if on else S.ESTABLISHED)


@BOTH
def test_knob_data_on_syn_ack(on: bool) -> None:
    """3.10.7.3, fourth: "If there are other controls or text in the segment, then continue processing"."""
    site = reach(S.SYN_SENT, PROMPT._replace(data_on_syn_ack=on))
    site.call(Receive(1))
    events = site.receives(site.peer(SYN | ACK, 0, 1, b"abc"))
    assert delivered(events) == (b"abc" if on else b"")
    assert briefs(events) == [("ACK", 1001, 5004 if on else 5001)]


@pytest.mark.parametrize("stack", ["rfc9293", "linux", "freebsd"])
def test_knob_stack_in_a_simultaneous_open(stack: StackName) -> None:
    """3.10.7.4: the SYN,ACK of a simultaneous open is acceptable once its SYN is off, and needs no answer of
    its own; the two stacks send the ACK that a SYN,ACK draws elsewhere."""
    site = reach(S.SYN_RECEIVED, PROMPT._replace(stack=stack), simultaneous=True)
    events = site.receives(site.peer(SYN | ACK, 0, 1))
    assert site.state() is S.ESTABLISHED
    assert briefs(events) == ([] if stack == "rfc9293" else [("ACK", 1001, 5001)])


@pytest.mark.parametrize("stack", ["rfc9293", "linux", "freebsd"])
def test_knob_stack_while_closing(stack: StackName) -> None:
    """3.10.7.4, eighth: a FIN after the FIN is acknowledged; 3.10.5: ABORT in CLOSING sends nothing.
    FreeBSD's tcp_drop() resets there, and neither stack answers the FIN that lies beyond the first."""
    profile = PROMPT._replace(stack=stack)
    site = reach(S.CLOSE_WAIT, profile)
    events = site.receives(site.peer(FIN | ACK, 2, 1))
    assert briefs(events) == ([("ACK", 1001, 5002)] if stack == "rfc9293" else [])
    site = reach(S.CLOSING, profile)
    assert [name for name, _, _ in briefs(site.call(Abort(1)))] == (["RST"] if stack == "freebsd" else [])


@pytest.mark.parametrize("stack", ["rfc9293", "linux", "freebsd"])
def test_knob_stack(stack: StackName) -> None:
    """3.10.7.4, fifth: the same SEQ and ACK may shrink the window; Linux' tcp_may_update_window() believes
    them only if they widen it, and so does FreeBSD's tcp_do_segment(), step6."""
    site = reach(S.ESTABLISHED, PROMPT._replace(stack=stack))
    site.receives(site.peer(ACK, 1, 1, wnd=80))
    site.receives(site.peer(ACK, 1, 1, wnd=50))
    assert site.tcb.snd_wnd == (50 if stack == "rfc9293" else 80)


def test_text_that_waits_goes_when_an_old_segment_acknowledges() -> None:
    """What Linux takes of a segment that ends at RCV.NXT opens the connection: SEND's text is due."""
    site = reach(S.SYN_RECEIVED, PROMPT._replace(stack="linux"), simultaneous=True)
    site.call(Send(1, b"abc"))
    events = site.receives(site.peer(ACK, 0, 1, b"x"))
    assert site.state() is S.ESTABLISHED
    assert [segment.data for segment in sent(events) if segment.data] == [b"abc"]
