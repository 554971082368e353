"""Programs: any number a host, calls that block and go on, and results that stand in the record."""

from __future__ import annotations

from tcptui.core.events import Delivered
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Receive
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.history import History
from tcptui.lab.program import ScriptedCall
from tcptui.lab.record import Called
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.sockets.answers import Blocked, Done
from tcptui.sockets.requests import (
    Accept,
    Bind,
    CloseDescriptor,
    Connect,
    Listen,
    NewSocket,
    Read,
    Request,
    UserCall,
    Write,
)
from tests.lab.search import alike, explore
from tests.lab.worlds import everything, of_shown, scenario, to_the_end

A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)


def program(*requests: Request, at: int = 0) -> tuple[ScriptedCall, ...]:
    """These requests one after the other, each as soon as the one before it has returned."""
    return tuple(ScriptedCall("request", amount=at, request=request) for request in requests)


def story(client: HostSetup, server: HostSetup) -> Scenario:
    return Scenario("test", "t", "q", (client, server))


SERVER = program(NewSocket(), Bind(3, B), Listen(3, 5), Accept(3), Read(4, 100), CloseDescriptor(4))
CLIENT = program(NewSocket(), Connect(3, B), Write(3, b"hello"), Read(3, 100), CloseDescriptor(3))
TALK = story(
    HostSetup("client", A, isns=(1000, 2000), script=CLIENT, reads=False),
    HostSetup("server", B, isns=(5000, 6000), script=SERVER, reads=False),
)


def test_a_program_is_blocked_in_a_call_and_goes_on_when_it_returns() -> None:
    history = History(TALK)
    seen = []
    while history.world.next_event() is not None:
        report = history.apply()
        seen += [
            (report.at, report.side, name, done.value if isinstance(done, Done) else "blocks")
            for name, done, *_ in report.results
        ]
    assert seen == [
        (0, "A", "socket", 3), (0, "A", "connect", "blocks"),
        (0, "B", "socket", 3), (0, "B", "bind", 0), (0, "B", "listen", 0), (0, "B", "accept", "blocks"),
        (100_000, "A", "connect", 0), (100_000, "A", "write", 5), (100_000, "A", "read", "blocks"),
        (150_000, "B", "accept", 4), (150_000, "B", "read", "blocks"),
        (150_000, "B", "read", 5), (150_000, "B", "close", 0),
        (200_000, "A", "read", 0), (200_000, "A", "close", 0),
    ]  # fmt: skip
    assert history.record.b.calls[-1] == Called("close")
    assert history.world.states[1] is State.LISTEN, "its child is gone"


def test_a_call_that_blocks_has_the_number_under_which_it_returns() -> None:
    run = play(TALK)
    results = [(report.side, one) for report in run.reports for one in report.results]
    blocked = [(side, one.name, one.number) for side, one in results if isinstance(one.done, Blocked)]
    returned = [
        (side, one.name, one.number) for side, one in results if one.number and isinstance(one.done, Done)
    ]
    assert ("B", "accept", 1) in blocked
    assert sorted(blocked) == sorted(returned)


def test_an_error_is_an_errno_in_the_record() -> None:
    alone = story(HostSetup("client", A, script=CLIENT[:2]), HostSetup("server", B))
    history = History(alone)
    while history.world.next_event() is not None:
        history.apply()
    assert history.record.a.last_call == Called("connect", "ECONNREFUSED")


def test_no_program_waits_for_another_that_is_blocked() -> None:
    """Two clients on one host: the second connects while the first is blocked in read()."""
    other = program(NewSocket(), Connect(4, B), Write(4, b"second"), at=500_000)
    twice = story(
        HostSetup("client", A, script=CLIENT[:4], more=(other,), reads=False),
        HostSetup("server", B, script=SERVER[:4], more=(program(Accept(3), at=400_000),), reads=False),
    )
    run = play(twice)
    returned = [
        (report.side, name)
        for report in run.reports
        for name, done, *_ in report.results
        if isinstance(done, Done) and not done.errno
    ]
    assert returned.count(("A", "connect")) == 2
    assert returned.count(("B", "accept")) == 2
    assert ("A", "read") not in returned, "nobody answers"


def test_user_calls_and_socket_calls_are_made_by_the_same_program() -> None:
    mixed = (*program(UserCall(Open(A, B))), ScriptedCall("send", "established", data=b"by name"))
    both = story(HostSetup("client", A, script=mixed), HostSetup("server", B, script=SERVER[:5]))
    run = play(both)
    results = [
        (name, done.value)
        for report in run.reports
        for name, done, *_ in report.results
        if isinstance(done, Done)
    ]
    assert ("open", 0) in results
    assert ("send", 0) in results
    assert ("read", 7) in results


def test_a_second_program_has_its_own_position() -> None:
    setup = scenario('A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]\n').hosts[0]
    assert isinstance(setup, HostSetup)
    sends = (ScriptedCall("send", "established", after=5_000, data=b"x"),)
    other = scenario('B.script = [{ call = "listen" }]\n')
    run = play(other._replace(hosts=(setup._replace(more=(sends,)), other.hosts[1])))
    assert [(report.at, report.call) for report in run.reports if report.side == "A" and report.call] == [
        (0, "connect"),
        (105_000, "send"),
    ]


def test_a_program_that_always_reads_is_one_more_and_can_be_left_out() -> None:
    toml = 'A.script = [{ call = "connect" }, { call = "send", when = "established", text = "x" }]\n'
    for reads, delivered in (("true", (b"x",)), ("false", ())):
        history = History(scenario(f'{toml}B.script = [{{ call = "listen" }}]\nB.reads = {reads}\n'))
        while history.world.next_event() is not None:
            history.apply()
        assert of_shown(history.record.b).delivered == delivered


def test_a_receive_that_waits_returns_with_its_data() -> None:
    server = (ScriptedCall("listen"), ScriptedCall("request", "established", request=UserCall(Receive(1, 3))))
    client = (ScriptedCall("connect"), ScriptedCall("send", "established", data=b"hello"))
    run = play(
        story(HostSetup("client", A, script=client), HostSetup("server", B, script=server, reads=False))
    )
    events = [event for report in run.reports for event in report.events]
    assert [event.data for event in events if isinstance(event, Delivered)] == [b"hel"]


def test_a_blocked_program_is_copied_and_searched_with_everything_else() -> None:
    history = History(TALK)
    for _ in range(7):
        history.apply()
    blocked = history.world.copy()
    before = everything(history.world)
    for _ in to_the_end(blocked):
        pass
    assert everything(history.world) == before
    again = history.world.copy()
    for _ in to_the_end(again):
        pass
    assert again == blocked

    def met(one: WorldState, other: WorldState) -> None:
        alike(one, other)

    assert explore(TALK, 16, 1, met) > 100
