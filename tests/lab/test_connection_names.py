"""A host with many connections: which one stands for it, what calls are about, what programs are told."""

from __future__ import annotations

import pytest

from tcptui.core.events import Delivered, Signal, Signalled
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Call, Open, Send
from tcptui.lab.ends.host import HostEnd, HostSetup
from tcptui.lab.moves import Do
from tcptui.lab.program import ScriptedCall
from tcptui.lab.report import Report
from tcptui.lab.run import play as whole_run
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.sockets.requests import UserCall
from tests.lab.worlds import OPEN, play, to_the_end, world

A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
SECOND = 1_000_000
LINUX = "A.profile = 'linux'\nB.profile = 'linux'\nA.isn = 1000\nB.isn = 5000\n"
THIRD_ALWAYS_LOST = LINUX + 'wire.faults = "l3 l5 l7 l9 l11 l13 l15"\n'


def told(reports: list[Report], side: str) -> list[Signal]:
    return [
        event.signal
        for report in reports
        for event in report.events
        if report.side == side and isinstance(event, Signalled)
    ]


def read(reports: list[Report], side: str) -> list[bytes]:
    return [
        event.data
        for report in reports
        for event in report.events
        if report.side == side and isinstance(event, Delivered)
    ]


def timers_run(host: HostEnd) -> list[int]:
    return [status.connection for status in host.statuses() if host.timers_of(host.tcb_of(status.connection))]


def test_a_listener_whose_child_has_given_up_stands_for_the_host_again_and_no_program_is_told() -> None:
    made = world(THIRD_ALWAYS_LOST, "b:listen:1 a:connect")
    seen: list[tuple[int, State]] = []
    reports = []
    for report in to_the_end(made):
        reports.append(report)
        host = made.host("B")
        if not seen or seen[-1] != (host.connection, host.state):
            seen.append((host.connection, host.state))
    assert seen == [(2, State.SYN_RECEIVED), (1, State.LISTEN)]
    assert told(reports, "B") == []
    assert made.host("B").opened == 1, "no call was about the child"


def test_a_new_listener_stands_beside_a_connection_in_time_wait_whose_timer_still_runs() -> None:
    made = world(OPEN, "a:close s2 b:close s2 a:listen")
    host = made.host("A")
    assert [status.state for status in host.statuses()] == [State.TIME_WAIT, State.LISTEN]
    assert (host.connection, host.state, host.opened) == (2, State.LISTEN, 2)
    assert timers_run(host) == [1]
    for _ in to_the_end(made):
        assert made.host("A").state is State.LISTEN
    assert timers_run(made.host("A")) == []


def test_the_newest_that_is_not_closed_stands_for_the_host_until_nothing_is_left() -> None:
    made = world("", "b:listen:2 a:connect s3 b:accept")
    host = made.host("B")
    assert (host.connection, host.opened, host.listener) == (2, 2, 1)
    play(made, "b:abort s")
    host = made.host("B")
    assert (host.connection, host.state) == (1, State.LISTEN)
    assert host.opened == 2, "a call about what is closed fails"
    made = world(OPEN, "a:abort s")
    for side in ("A", "B"):
        host = made.host("A" if side == "A" else "B")
        assert (host.state, host.connection, host.opened) == (State.CLOSED, 1, 1)


def test_strangers_do_not_stand_for_a_host_that_has_anything_else() -> None:
    made = world("", "b:listen:4")
    host = made.host("B")
    stack = host.stack
    own = host.setup.socket
    stack.call(Open(own._replace(port=9), Socket("192.0.2.1", 7)), made.now)
    play(made, "a:connect s")
    host = made.host("B")
    assert [status.connection for status in host.statuses()] == [1, 2, 3]
    assert host.connection == 3
    stranger = world()
    stranger.host("A").stack.call(Open(own, Socket("192.0.2.1", 7)), 0)
    play(stranger, "a:listen a:abort")
    assert stranger.host("A").state is State.SYN_SENT, "there is nothing else"


def test_a_connection_through_a_nat_is_shown_once_it_is_open() -> None:
    """Its peer's address is the NAT's, not A's."""
    made = world(f"{LINUX}wire.box = [{{ kind = 'nat' }}]\n", "b:listen:1 a:connect s2")
    assert made.host("B").state is State.LISTEN
    play(made, "s")
    assert made.host("B").state is State.ESTABLISHED


# A connection that nobody has accepted


def waits_for_accept(moves: str = "") -> WorldState:
    return world(LINUX, f"b:listen:1 a:connect s3 {moves}")


def test_what_waits_for_accept_is_not_read_and_nobody_is_told_of_it() -> None:
    made = world(LINUX, "b:listen:1 a:connect")
    reports = play(made, "s3 a:send:hello s2")
    host = made.host("B")
    assert host.state is State.ESTABLISHED
    assert (told(reports, "B"), read(reports, "B")) == ([], [])
    assert host.application.established is False
    assert host.tcb is not None
    assert host.tcb.receive_buffer == b"hello"
    (accepts,) = play(made, "b:accept")
    assert told([accepts], "B") == [Signal.OPENED]
    assert read([accepts], "B") == [b"hello"]
    assert made.host("B").application[:4] == (True, False, False, 5)


def test_a_fin_that_came_before_accept_is_told_after_the_data_that_waited() -> None:
    made = waits_for_accept("a:send:hello a:close s5")
    assert made.host("B").application == made.host("B").application._replace(peer_closed=False)
    (accepts,) = play(made, "b:accept")
    seen = [event for event in accepts.events if isinstance(event, Signalled | Delivered)]
    assert [event.signal if isinstance(event, Signalled) else event.data for event in seen] == [
        Signal.OPENED, b"hello", Signal.CLOSING,
    ]  # fmt: skip
    assert made.host("B").application[:4] == (True, True, False, 5)
    assert made.host("B").state is State.CLOSE_WAIT


def test_a_call_without_a_name_before_accept_is_about_the_listener() -> None:
    made = waits_for_accept()
    assert made.host("B").opened == 1
    assert "send" not in made.host("B").possible_calls
    (sends,) = play(made, "b:send:hi")
    assert "remote socket unspecified" in str(sends.results[0].done)
    play(made, "b:accept")
    assert made.host("B").opened == 2
    (sends,) = play(made, "b:send:hi")
    assert sends.launched


def test_a_reset_that_came_before_accept_is_told_once_it_is_accepted() -> None:
    made = waits_for_accept("a:abort s")
    assert made.host("B").state is State.LISTEN
    accepts = made.apply(Do("B", "accept"))
    assert told([accepts], "B") == [Signal.OPENED, Signal.RESET]
    assert made.host("B").state is State.LISTEN


def test_every_connection_that_was_accepted_is_read() -> None:
    """Two clients of one host, and a server that accepts both before either sends."""
    calls: tuple[Call, ...] = (Open(A, B), Open(A._replace(port=50_000), B), Send(1, b"one"), Send(2, b"two"))
    client = tuple(
        ScriptedCall("request", amount=at, request=UserCall(call))
        for at, call in zip((0, 0, SECOND, SECOND), calls, strict=True)
    )
    server = (ScriptedCall("listen", backlog=2), *(ScriptedCall("accept", amount=SECOND // 2),) * 2)
    run = whole_run(
        Scenario("two", "t", "q", (HostSetup("c", A, script=client), HostSetup("s", B, script=server)))
    )
    assert read(list(run.reports), "B") == [b"one", b"two"]
    assert [
        event.connection for report in run.reports for event in report.events if isinstance(event, Delivered)
    ] == [2, 3]


@pytest.mark.parametrize("backlog", ["", ":1"])
def test_of_equal_hosts_the_same_connection_is_shown(backlog: str) -> None:
    one, other = (world(LINUX, f"b:listen{backlog} a:connect s3") for _ in range(2))
    assert one == other
    assert one.host("B").connection == other.host("B").connection


def test_a_peer_behind_a_nat_is_shown_once_its_connection_is_open() -> None:
    nat = 'wire.box = [{ kind = "nat", inside = "A", address = "198.51.100.1" }]\n'
    one = world(LINUX + nat, "b:listen:1 a:connect s s")
    assert one.states[1] is State.LISTEN
    list(to_the_end(one))
    assert one.states == (State.ESTABLISHED, State.ESTABLISHED)
