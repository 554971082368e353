"""What a stack gives to those who drive it: copies, states, statuses, and events for programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tcptui.core.tcp
from tcptui.core.events import AcceptReady, Event, Flushed, Response, Returned, SendRoom, TimerKind
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, URG, Segment, Socket
from tcptui.core.profile.presets import PRESETS
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Accept, Close, Configure, Open, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.core.tcp.timeouts import TIMERS, timer_table
from tests.core.build import PEER, PROMPT, US, connected, reach, sent

S = State


def listening(backlog: int = 5) -> Stack:
    stack = Stack(PROMPT, (1_000, 2_000, 3_000))
    stack.call(Open(US, passive=True, backlog=backlog), 0)
    return stack


def syn(stack: Stack, port: int) -> Segment:
    """The SYN,ACK that a peer at `port` gets."""
    [answer] = sent(stack.arrives(Segment(Socket(PEER.host, port), US, 5_000, 0, SYN, 100), 0))
    return answer


def last_ack(stack: Stack, answer: Segment) -> list[Event]:
    return stack.arrives(Segment(answer.dst, US, 5_001, answer.seq + 1, ACK, 100), 0)


def test_a_block_that_was_given_does_not_change() -> None:
    site = reach(S.ESTABLISHED)
    taken, every = site.stack.tcb(1), site.stack.tcbs()
    assert taken is not None
    before = taken.values()
    site.receives(site.peer(ACK, 1, 1, b"abc"))
    site.call(Abort(1))
    assert taken.values() == every[0].values() == before


def test_a_block_that_was_given_is_not_the_stacks() -> None:
    site = reach(S.ESTABLISHED)
    site.tcb.snd_nxt = 5
    site.stack.tcbs()[0].snd_nxt = 5
    assert site.tcb.snd_nxt == 1_001


def test_the_state_of_what_is_not_there_is_closed() -> None:
    stack = listening()
    assert [stack.state(name) for name in (0, 1, 2)] == [S.CLOSED, S.LISTEN, S.CLOSED]
    assert (stack.status(2), stack.tcb(2)) == (None, None)


def test_the_status_of_a_connection() -> None:
    site = connected(settings=Settings(send_buffer=30))
    site.call(Send(1, b"0123456789"))
    site.receives(site.peer(ACK | URG, 1, 1, b"abc")._replace(up=3))
    site.receives(site.peer(ACK, 4, 1, b"", wnd=0))
    site.call(Send(1, b"xy"))
    assert site.stack.status(1) == ConnectionStatus(
        1, S.ESTABLISHED, US, PEER, iss=1_000, irs=5_000, rcv_nxt=5_004, rcv_up=5_004, urgent=3, rcv_queue=3,
        snd_queue=12, snd_room=28, snd_buff=30,
    )  # fmt: skip
    site.call(Receive(1))
    site.call(Receive(1))
    site.call(Close(1, half_duplex=True))
    status = site.stack.status(1)
    assert status is not None
    assert (status.receives, status.rcv_queue, status.half_duplex) == (1, 0, True)


def test_the_status_of_a_listener_counts_its_connections() -> None:
    stack = listening(backlog=3)
    answers = [syn(stack, port) for port in (1, 2, 3)]
    assert [stack.status(1), stack.status(2)] == [
        ConnectionStatus(1, S.LISTEN, US, None, backlog=3, half_open=3, places=3,
               syn_places=PROMPT.syn_queue),
        ConnectionStatus(2, S.SYN_RECEIVED, US, Socket(PEER.host, 1), 1, 1_000, 5_000, 5_001, snd_queue=1,
               snd_room=PROMPT.send_buffer, snd_buff=PROMPT.send_buffer),
    ]  # fmt: skip
    last_ack(stack, answers[1])
    stack.arrives(Segment(answers[0].dst, US, 5_001, 0, RST, 0), 0)
    status = stack.status(1)
    assert status is not None
    assert (status.half_open, status.accept_queue) == (1, (3,))
    stack.call(Accept(1), 0)
    copy = stack.copy()
    stack.call(Close(1), 0)
    assert [tcb.connection for tcb in stack.tcbs()] == [3]
    assert [tcb.connection for tcb in copy.tcbs()] == [1, 3, 4]
    assert copy != stack


def test_a_listener_for_one_peer_stays_beside_its_connection() -> None:
    stack = Stack(PROMPT, (1_000,))
    stack.call(Open(US, PEER, passive=True, backlog=1), 0)
    [answer] = sent(stack.arrives(Segment(PEER, US, 5_000, 0, SYN, 100), 0))
    last_ack(stack, answer)
    assert [(tcb.state, tcb.remote) for tcb in stack.tcbs()] == [(S.LISTEN, PEER), (S.ESTABLISHED, PEER)]
    other = stack.arrives(Segment(Socket(PEER.host, 9), US, 5_000, 0, SYN, 100), 0)
    assert [segment.flags for segment in sent(other)] == [RST | ACK]


def test_a_connection_that_waits_for_accept_is_reported_to_its_listener() -> None:
    stack = listening()
    answer = syn(stack, 1)
    events = last_ack(stack, answer)
    assert [event for event in events if isinstance(event, AcceptReady)] == [AcceptReady(1, child=2)]


def rooms(events: list[Event]) -> int:
    return sum(isinstance(event, SendRoom) for event in events)


def test_room_to_send_is_reported_once_after_a_send_has_found_or_left_none() -> None:
    site = connected(wnd=0, settings=Settings(send_buffer=10, no_delay=True))
    assert rooms(site.call(Send(1, b"01234567"))) == 0
    assert rooms(site.receives(site.peer(ACK, 1, 1, wnd=2))) == 0  # Nobody has been refused.
    assert rooms(site.call(Send(1, b"0123456789"))) == 0
    assert rooms(site.receives(site.peer(ACK, 1, 1, wnd=20_000))) == 1
    assert rooms(site.receives(site.peer(ACK, 1, 9))) == 0
    assert rooms(site.call(Send(1, b"0123456789"))) == 1  # It has filled the buffer, and gone at once.


def test_a_larger_send_buffer_is_room() -> None:
    site = connected(wnd=0, settings=Settings(send_buffer=4))
    site.call(Send(1, b"0123"))
    assert rooms(site.call(Configure(1, Settings(send_buffer=4)))) == 0
    assert rooms(site.call(Configure(1, Settings(send_buffer=5)))) == 1


def test_what_was_not_read_is_reported_when_the_block_is_deleted() -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(ACK, 1, 1, b"abc"))
    events = site.call(Abort(1))
    assert [event for event in events if isinstance(event, Flushed)] == [Flushed(1, b"abc", 0, 0)]
    events = reach(S.ESTABLISHED).call(Abort(1))
    assert not [event for event in events if isinstance(event, Flushed)]


def test_a_timer_without_an_entry_is_found() -> None:
    entries = dict(TIMERS)
    del entries[TimerKind.PERSIST]
    with pytest.raises(TypeError, match=r"TIMERS has no entry for \['PERSIST'\]"):
        timer_table(entries)


def test_labels_and_words_of_timers_tell_them_apart() -> None:
    for names in ([kind.label for kind in TimerKind], [kind.words for kind in TimerKind]):
        assert len(set(names)) == len(TimerKind)
    assert max(len(kind.label) for kind in TimerKind) <= 4


def test_every_preset_has_the_hooks_of_its_name() -> None:
    assert [profile.stack for profile in PRESETS.values()] == list(PRESETS) == list(STACKS)


OF_A_STEP = ("Sent", "StateChanged", "TimerSet", "TimerStopped", "TimerFired", "Returned", "RuleApplied")


@pytest.mark.parametrize("event", OF_A_STEP)
def test_only_a_step_makes_the_events_that_its_methods_are_for(event: str) -> None:
    makers = {
        path.name
        for path in Path(tcptui.core.tcp.__file__).parent.rglob("*.py")
        if re.search(rf"\b{event}(, )?\(", path.read_text("utf-8"))
    }
    assert makers == {"step.py"}


def test_only_a_step_sets_a_timer() -> None:
    for path in Path(tcptui.core.tcp.__file__).parent.rglob("*.py"):
        if path.name != "step.py":
            assert not re.search(r"setattr\(tcb|tcb\.\w+_timer = ", path.read_text("utf-8")), path.name


@pytest.mark.parametrize("state", [S.LISTEN, S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED])
def test_what_is_asked_in_every_step_is_as_in_the_status(state: State) -> None:
    stack = reach(state).stack
    for receives in range(3):
        status = stack.status(1)
        assert status is not None
        irs = None if state is S.SYN_SENT else status.irs
        assert stack.initial_numbers(1) == (None if state is S.LISTEN else (status.iss, irs))
        assert stack.wants_receive(1) is (status.receives == 0)
        assert status.receives == receives
        stack.call(Receive(1), 1_000_000)


@pytest.mark.parametrize("state", list(State))
def test_a_receive_is_wanted_where_it_is_queued(state: State) -> None:
    site = reach(state)
    wanted = site.stack.wants_receive(1)
    returned = [event.response for event in site.call(Receive(1)) if isinstance(event, Returned)]
    assert wanted is (returned == [Response.QUEUED])


def test_after_the_peers_fin_a_receive_is_wanted_for_what_is_unread_alone() -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(FIN | ACK, 1, 1, data=b"last"))
    assert site.stack.state(1) is S.CLOSE_WAIT
    assert site.stack.wants_receive(1)
    site.call(Receive(1))
    assert not site.stack.wants_receive(1)


def test_who_has_closed_both_ways_wants_no_receive() -> None:
    site = reach(S.ESTABLISHED)
    site.call(Close(1, half_duplex=True))
    assert site.stack.state(1) is S.FIN_WAIT_1
    assert not site.stack.wants_receive(1)


def test_a_name_without_a_connection_has_no_numbers_and_wants_no_receive() -> None:
    for name in (1, 9):
        assert listening().initial_numbers(name) is None
        assert not listening().wants_receive(name)
