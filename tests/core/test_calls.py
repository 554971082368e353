"""Every user call in every state: its response, what it sends, where it leads (RFC 9293 3.10.1 to 3.10.6)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tcptui.core.events import Response, Signal
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Socket
from tcptui.core.profile.presets import RFC9293
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Call, Close, Open, Receive, Send, Status
from tcptui.core.tcp.stack import Stack
from tests.core.build import (
    ISS,
    PEER,
    PROMPT,
    US,
    Brief,
    Site,
    briefs,
    delivered,
    reach,
    responses,
    sent,
    signals,
)

S = State
R = Response

OPEN_ACTIVE = Open(US, PEER)
OPEN_PASSIVE = Open(US, passive=True)
OPEN_NOBODY = Open(US)
SEND = Send(1, b"abc")
RECEIVE = Receive(1)

CALL_NAMES = {
    OPEN_ACTIVE: "OPEN active",
    OPEN_PASSIVE: "OPEN passive",
    OPEN_NOBODY: "OPEN active, remote unspecified",
    SEND: "SEND",
    RECEIVE: "RECEIVE",
    Close(1): "CLOSE",
    Abort(1): "ABORT",
    Status(1): "STATUS",
}


class Row(NamedTuple):
    """`call` in each of `states` returns `response`, sends `segments` and leads to `after` (None: stays)."""

    call: Call
    states: tuple[State, ...]
    response: Response
    after: State | None = None
    segments: tuple[Brief, ...] = ()


AFTER_CLOSE = (S.FIN_WAIT_1, S.FIN_WAIT_2, S.CLOSING, S.LAST_ACK, S.TIME_WAIT)
IN_USE = (S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED, S.CLOSE_WAIT, *AFTER_CLOSE)
EVERY = (S.LISTEN, *IN_USE)

TABLE = (
    # 3.10.1
    Row(OPEN_ACTIVE, (S.CLOSED,), R.OK, S.SYN_SENT, (("SYN", ISS, 0),)),
    Row(OPEN_PASSIVE, (S.CLOSED,), R.OK, S.LISTEN),
    Row(OPEN_NOBODY, (S.CLOSED,), R.REMOTE_UNSPECIFIED, S.CLOSED),
    Row(OPEN_ACTIVE, (S.LISTEN,), R.OK, S.SYN_SENT, (("SYN", ISS, 0),)),
    Row(OPEN_NOBODY, (S.LISTEN,), R.REMOTE_UNSPECIFIED),
    Row(OPEN_PASSIVE, (S.LISTEN,), R.EXISTS),
    Row(OPEN_ACTIVE, IN_USE, R.EXISTS),
    # 3.10.2; our SYN is 1000, the peer's 5000, FINs are 1001 and 5001.
    Row(SEND, (S.CLOSED,), R.NO_CONNECTION),
    Row(SEND, (S.LISTEN,), R.REMOTE_UNSPECIFIED),
    Row(SEND, (S.SYN_SENT, S.SYN_RECEIVED), R.OK),
    Row(SEND, (S.ESTABLISHED,), R.OK, None, (("PSH,ACK", 1001, 5001),)),
    Row(SEND, (S.CLOSE_WAIT,), R.OK, None, (("PSH,ACK", 1001, 5002),)),
    Row(SEND, AFTER_CLOSE, R.CLOSING),
    # 3.10.3
    Row(RECEIVE, (S.CLOSED,), R.NO_CONNECTION),
    Row(RECEIVE, (S.LISTEN, S.SYN_SENT, S.SYN_RECEIVED), R.QUEUED),
    Row(RECEIVE, (S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2), R.QUEUED),
    Row(RECEIVE, (S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT), R.CLOSING),
    # 3.10.4
    Row(Close(1), (S.CLOSED,), R.NO_CONNECTION),
    Row(Close(1), (S.LISTEN, S.SYN_SENT), R.OK, S.CLOSED),
    Row(Close(1), (S.SYN_RECEIVED, S.ESTABLISHED), R.OK, S.FIN_WAIT_1, (("FIN,ACK", 1001, 5001),)),
    Row(Close(1), (S.CLOSE_WAIT,), R.OK, S.LAST_ACK, (("FIN,ACK", 1001, 5002),)),
    Row(Close(1), AFTER_CLOSE, R.CLOSING),
    # 3.10.5
    Row(Abort(1), (S.CLOSED,), R.NO_CONNECTION),
    Row(Abort(1), (S.LISTEN, S.SYN_SENT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT), R.OK, S.CLOSED),
    Row(Abort(1), (S.SYN_RECEIVED, S.ESTABLISHED, S.CLOSE_WAIT), R.OK, S.CLOSED, (("RST", 1001, 0),)),
    Row(Abort(1), (S.FIN_WAIT_1, S.FIN_WAIT_2), R.OK, S.CLOSED, (("RST", 1002, 0),)),
    # 3.10.6
    Row(Status(1), (S.CLOSED,), R.NO_CONNECTION),
    Row(Status(1), EVERY, R.OK),
)
CASES = [(state, row) for row in TABLE for state in row.states]
CASE_NAMES = [f"{CALL_NAMES[row.call]} in {state}" for state, row in CASES]


@pytest.mark.parametrize(("state", "row"), CASES, ids=CASE_NAMES)
def test_a_call_does_what_the_rfc_says(state: State, row: Row) -> None:
    site = reach(state)
    events = site.call(row.call)
    assert [response for _, response in responses(events)] == [row.response]
    assert tuple(briefs(events)) == row.segments
    assert site.state() is (state if row.after is None else row.after)


def test_the_table_has_every_call_in_every_state() -> None:
    # A passive OPEN beside a connection in use makes a second one (MUST-42), an OPEN of nobody is an error.
    wanted = {(call, state) for call in CALL_NAMES for state in S}
    wanted -= {(call, state) for call in (OPEN_PASSIVE, OPEN_NOBODY) for state in IN_USE}
    assert {(row.call, state) for state, row in CASES} == wanted


@pytest.mark.parametrize("state", IN_USE)
def test_a_passive_open_leaves_other_connections_alone(state: State) -> None:
    """MUST-41, MUST-42."""
    site = reach(state)
    before = site.tcb.copy()
    assert responses(site.call(OPEN_PASSIVE)) == [("OPEN", R.OK)]
    assert site.tcb == before
    second = site.stack.tcb(2)
    assert second is not None
    assert second.state is S.LISTEN


def test_a_refused_call_changes_nothing() -> None:
    for state, row in CASES:
        if row.response in (R.CLOSING, R.EXISTS, R.REMOTE_UNSPECIFIED) and state is not S.CLOSED:
            site = reach(state)
            before = site.tcb.copy()
            site.call(row.call)
            assert site.tcb == before


# OPEN


def test_a_passive_open_for_a_named_remote_takes_no_other() -> None:
    site = Site()
    site.call(Open(US, PEER, passive=True))
    stranger = site.peer(SYN, 0)._replace(src=Socket("192.0.2.9", 80))
    assert briefs(site.receives(stranger)) == [("RST,ACK", 0, 5001)]
    assert briefs(site.receives(site.peer(SYN, 0))) == [("SYN,ACK", 1000, 5001)]


@pytest.mark.parametrize("host", ["224.0.0.1", "255.255.255.255", "ff02::1"])
@pytest.mark.parametrize("listening", [False, True])
def test_open_rejects_a_remote_that_is_no_single_host(host: str, listening: bool) -> None:
    """MUST-46, whether the OPEN makes a connection or turns a listening one around."""
    site = reach(S.LISTEN if listening else S.CLOSED)
    events = site.call(Open(US, Socket(host, 80)))
    assert responses(events) == [("OPEN", R.REMOTE_INVALID)]
    assert sent(events) == []


# SEND


def test_send_in_listen_with_a_named_remote_opens_actively_and_the_text_follows_the_handshake() -> None:
    site = Site()
    site.call(Open(US, PEER, passive=True))
    events = site.call(SEND)
    assert briefs(events) == [("SYN", 1000, 0)]
    assert responses(events) == [("SEND", R.OK)]
    assert site.state() is S.SYN_SENT
    events = site.receives(site.peer(SYN | ACK, 0, 1))
    assert [(s.seq, s.ack, s.data) for s in sent(events)] == [(1001, 5001, b"abc")]


@pytest.mark.parametrize("simultaneous", [False, True])
def test_text_sent_in_syn_received_waits_for_established(simultaneous: bool) -> None:
    site = reach(S.SYN_RECEIVED, simultaneous=simultaneous)
    assert sent(site.call(SEND)) == []
    events = site.receives(site.peer(ACK, 1, 1))
    assert [(s.seq, s.data) for s in sent(events)] == [(1001, b"abc")]


def test_send_beyond_the_buffer_is_refused() -> None:
    site = reach(S.ESTABLISHED, RFC9293._replace(send_buffer=4))
    assert responses(site.call(Send(1, b"abcde"))) == [("SEND", R.RESOURCES)]


def test_send_fills_segments_of_the_peers_mss_and_pushes_the_last() -> None:
    """MUST-15: the peer named no MSS, so 536. MUST-61: PSH on the last segment of a SEND, which Nagle's
    algorithm would else hold back."""
    site = reach(S.ESTABLISHED, PROMPT._replace(nagle=False))
    site.receives(site.peer(ACK, 1, 1, wnd=5000))
    events = site.call(Send(1, bytes(1200)))
    assert [(s.seq, len(s.data)) for s in sent(events)] == [(1001, 536), (1537, 536), (2073, 128)]
    assert [name for name, _, _ in briefs(events)] == ["ACK", "ACK", "PSH,ACK"]


def test_the_peers_window_holds_text_back_until_it_opens() -> None:
    site = reach(S.ESTABLISHED)
    assert [len(s.data) for s in sent(site.call(Send(1, bytes(150))))] == [100]
    assert [len(s.data) for s in sent(site.receives(site.peer(ACK, 1, 101)))] == [50]


# RECEIVE


def test_queued_receives_get_text_in_their_order_and_no_more_than_asked_for() -> None:
    site = reach(S.SYN_SENT)
    site.call(Receive(1, 2))
    site.call(Receive(1, 9))
    events = site.receives(site.peer(SYN | ACK, 0, 1, b"abcde"))
    assert delivered(events) == b"abcde"
    assert site.tcb.receives == ()


def test_text_without_a_receive_closes_the_window_and_a_receive_opens_it_again() -> None:
    """3.10.7.4, seventh: "adjusts RCV.WND as appropriate to the current buffer availability"."""
    site = reach(S.ESTABLISHED, PROMPT._replace(receive_buffer=5))
    [ack] = sent(site.receives(site.peer(ACK, 1, 1, b"abcde")))
    assert (ack.ack, ack.wnd) == (5006, 0)
    events = site.call(Receive(1, 3))
    assert delivered(events) == b"abc"
    assert [(s.ack, s.wnd) for s in sent(events)] == [(5006, 3)]


def test_receive_in_close_wait_gets_what_is_on_hand_and_then_an_error() -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(FIN | ACK, 1, 1, b"abc"))
    assert delivered(site.call(RECEIVE)) == b"abc"
    assert responses(site.call(RECEIVE)) == [("RECEIVE", R.CLOSING)]


@pytest.mark.parametrize(
    ("ending", "response"),
    [
        ("CLOSE", R.CLOSING),
        ("ABORT", R.RESET),
        ("RST", R.RESET),
        ("FIN", R.CLOSING),
        ("user timeout", R.TIMED_OUT),
    ],
)
def test_an_outstanding_receive_is_answered_when_the_connection_ends(ending: str, response: Response) -> None:
    """3.10.4 (LISTEN, SYN-SENT), 3.10.5, 3.10.7.3 second, 3.10.7.4 eighth, 3.10.8."""
    site = reach(S.ESTABLISHED if ending in ("FIN", "user timeout") else S.SYN_SENT)
    site.call(RECEIVE)
    if ending == "CLOSE":
        events = site.call(Close(1))
    elif ending == "ABORT":
        events = site.call(Abort(1))
    elif ending == "RST":
        events = site.receives(site.peer(RST | ACK, 0, 1))
    elif ending == "FIN":
        events = site.receives(site.peer(FIN | ACK, 1, 1))
    else:
        site = reach(S.ESTABLISHED, RFC9293._replace(user_timeout=2_000_000))
        site.call(RECEIVE)
        site.call(SEND)
        events = site.wait(3_000_000)
    assert ("RECEIVE", response) in responses(events)


# CLOSE


def test_close_behind_text_that_the_window_holds_back_sends_the_fin_after_it() -> None:
    """3.10.4, ESTABLISHED: "In any case, enter FIN-WAIT-1 state"; the FIN waits for the text."""
    site = reach(S.ESTABLISHED)
    site.call(Send(1, bytes(150)))
    assert sent(site.call(Close(1))) == []
    assert site.state() is S.FIN_WAIT_1
    events = site.receives(site.peer(ACK, 1, 101))
    assert [(s.seq, len(s.data), bool(s.flags & FIN)) for s in sent(events)] == [(1101, 50, True)]
    site.receives(site.peer(ACK, 1, 152))
    assert site.state() is S.FIN_WAIT_2


def test_close_in_close_wait_behind_text_stays_until_the_fin_is_sent() -> None:
    """3.10.4, CLOSE-WAIT."""
    site = reach(S.CLOSE_WAIT)
    site.call(Send(1, bytes(150)))
    site.call(Close(1))
    assert site.state() is S.CLOSE_WAIT
    events = site.receives(site.peer(ACK, 2, 101))
    assert [(s.seq, len(s.data), bool(s.flags & FIN)) for s in sent(events)] == [(1101, 50, True)]
    assert site.state() is S.LAST_ACK


@pytest.mark.parametrize("simultaneous", [False, True])
def test_close_in_syn_received_behind_a_send_waits_for_established(simultaneous: bool) -> None:
    """3.10.4, SYN-RECEIVED: "otherwise, queue for processing after entering ESTABLISHED state"."""
    site = reach(S.SYN_RECEIVED, simultaneous=simultaneous)
    site.call(SEND)
    assert responses(site.call(Close(1))) == [("CLOSE", R.OK)]
    assert site.state() is S.SYN_RECEIVED
    assert responses(site.call(SEND)) == [("SEND", R.CLOSING)]
    events = site.receives(site.peer(ACK, 1, 1))
    assert [(s.seq, s.data, bool(s.flags & FIN)) for s in sent(events)] == [(1001, b"abc", True)]
    assert site.state() is S.FIN_WAIT_1


@pytest.mark.parametrize("irs", [5000, (1 << 32) - 2000])
def test_close_in_syn_received_with_nothing_to_send_goes_on_to_time_wait(irs: int) -> None:
    """3.10.4, SYN-RECEIVED; what follows must not depend on where the peer's numbers begin."""
    site = reach(S.SYN_RECEIVED, irs=irs)
    assert briefs(site.call(Close(1))) == [("FIN,ACK", 1001, irs + 1)]
    assert site.state() is S.FIN_WAIT_1
    site.receives(site.peer(ACK, 1, 1))
    assert site.tcb.snd_wnd == 100
    site.receives(site.peer(ACK, 1, 2))
    assert site.state() is S.FIN_WAIT_2
    # Text sent before our FIN came, overtaken by the ACK of it: its ACK is old, but within MAX.SND.WND.
    assert briefs(site.receives(site.peer(ACK, 1, 1, b"abc"))) == [("ACK", 1002, irs + 4)]
    site.receives(site.peer(FIN | ACK, 4, 2))
    assert site.state() is S.TIME_WAIT


def test_the_close_of_either_end_is_told_to_its_user() -> None:
    """MUST-12, 3.10.7.4: CLOSE is acknowledged in FIN-WAIT-2, the peer's FIN is signalled, the end too."""
    site = reach(S.FIN_WAIT_1)
    assert signals(site.receives(site.peer(ACK, 1, 2))) == [Signal.CLOSE_ACKNOWLEDGED]
    assert signals(site.receives(site.peer(FIN | ACK, 1, 2))) == [Signal.CLOSING]
    assert signals(site.wait(240_000_000)) == [Signal.CLOSED]


# Two connections


def test_names_stay_with_their_connections() -> None:
    stack = Stack(isns=(1000, 2000))
    stack.call(Open(US, PEER), 0)
    stack.call(Open(US, Socket("192.0.2.3", 80)), 0)
    stack.call(Close(1), 0)
    assert [tcb.connection for tcb in stack.tcbs()] == [2]
    assert responses(stack.call(Send(1, b"x"), 0)) == [("SEND", R.NO_CONNECTION)]
    assert responses(stack.call(OPEN_ACTIVE, 0)) == [("OPEN", R.OK)]
    assert [tcb.connection for tcb in stack.tcbs()] == [2, 3]


def test_a_connection_that_returns_to_listen_leaves_another_listener_alone() -> None:
    """MUST-41, MUST-42: both were opened, and no call or segment has ended either of them."""
    site = reach(S.SYN_RECEIVED)
    site.call(OPEN_PASSIVE)
    site.receives(site.peer(RST, 1))
    assert [(tcb.connection, tcb.state) for tcb in site.stack.tcbs()] == [(1, S.LISTEN), (2, S.LISTEN)]


def test_equal_stacks_go_on_equally_whoever_made_the_segments() -> None:
    """Determinism: a `Socket` that is equal but another object must not change the order of what follows."""
    runs = []
    for source in (PEER, Socket(*PEER)):
        stack = Stack(isns=(1000, 2000))
        stack.call(Open(US, PEER), 0)
        stack.call(Open(US, Socket("192.0.2.3", 80)), 0)
        stack.arrives(Site().peer(ACK, 0)._replace(src=source, ack=7), 0)
        runs.append((stack, stack.expire(1_000_000)))
    assert runs[0] == runs[1]
