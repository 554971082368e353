"""What both kinds of end do alike, and what a script in the place of a host does not do."""

from __future__ import annotations

import pytest

from tcptui.core.events import Signal, Signalled
from tcptui.core.packet.segment import ACK, SYN, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.state import State
from tcptui.core.tcp.icmp import IcmpError, Unreachable
from tcptui.lab.ends import End, EndSetup
from tcptui.lab.ends.host import HostEnd, HostSetup
from tcptui.lab.ends.script import ScriptEnd, ScriptLine, ScriptSetup
from tcptui.lab.moves import Do
from tcptui.lab.prelude import begin
from tcptui.lab.program import ScriptedCall
from tcptui.lab.scenario import Injection, Scenario
from tcptui.lab.variant import variant
from tcptui.lab.wire import BadMove, Outcome
from tcptui.sockets.semantics import semantics_of
from tests.lab.worlds import everything, to_the_end
from tests.messages import refused

A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
LINES = (ScriptLine(0, "+0 < S. 0:0(0) ack 1"),)
HOST = HostSetup("client", A, isns=(0,), script=(ScriptedCall("connect"),))
SCRIPT = ScriptSetup("script", B, LINUX, LINES)
ANSWER = Injection(60_000, Segment(B, A, 7_000, 1, SYN | ACK, 1_000))
STAGED = Scenario("test", "t", "q", (HOST, SCRIPT), injections=(ANSWER,))


@pytest.mark.parametrize(("setup", "kind"), [(HOST, HostEnd), (SCRIPT, ScriptEnd)])
def test_a_setup_makes_its_own_kind_of_end(setup: EndSetup, kind: type[End]) -> None:
    end = setup.end("B", A)
    assert type(end) is kind
    assert (end.side, end.setup) == ("B", setup)
    assert (end.state, end.link_up, end.connection, end.isn) == (State.CLOSED, True, 0, None)


def test_what_a_script_sends_is_in_the_story_and_what_reaches_it_has_arrived() -> None:
    state, _ = begin(STAGED)
    reports = list(to_the_end(state))
    assert [(report.cause, report.side, report.call) for report in reports] == [
        ("call", "A", "connect"), ("arrival", "B", ""), ("call", "B", "send"), ("arrival", "A", ""),
        ("arrival", "B", ""),
    ]  # fmt: skip
    assert {one.outcome for report in reports for one in report.ended} == {Outcome.ARRIVED}
    assert state.states == (State.ESTABLISHED, State.CLOSED)
    assert state.wire.past[-1].bases == (0, 7_000), "numbers are relative to the script's SYN"
    assert [one.receiver_state for one in state.wire.past] == [None, State.ESTABLISHED, None]


def test_an_icmp_error_reaches_the_end_that_it_is_about() -> None:
    error = IcmpError(Unreachable.NETWORK, A, B, 0)
    state, _ = begin(STAGED._replace(injections=(Injection(10_000, error),)))
    reports = list(to_the_end(state))
    (told,) = (report for report in reports if report.cause == "third party")
    assert (told.at, told.side) == (10_000, "A")
    assert Signalled(1, Signal.SOFT_ERROR) in told.events


def test_nobody_calls_at_a_script() -> None:
    state, _ = begin(STAGED)
    before = everything(state)
    with refused(BadMove, match="^B is a script and has no program that calls$"):
        state.apply(Do("B", "listen"))
    assert everything(state) == before
    assert state.end("B").possible_calls == ()
    with pytest.raises(TypeError, match="B is no host"):
        state.host("B")


def test_a_script_has_no_future_of_its_own_and_is_copied() -> None:
    end = SCRIPT.end("B", A)
    end.isn = 5
    copy = end.copy()
    assert (copy.isn, copy.setup, copy.side) == (5, SCRIPT, "B")
    assert copy.key(0) == SCRIPT.end("B", A).key(9)
    assert (end.act_due, end.next_deadline(), end.take_results()) == (None, None, ())
    assert SCRIPT.without_programs() == SCRIPT


def test_a_profile_with_a_name_of_its_own_is_its_stacks() -> None:
    """Who changes Linux and calls it otherwise has Linux' sockets, and can be told to run as FreeBSD."""
    mine = LINUX._replace(name="mine", mss=500)
    host = HostSetup("client", Socket("192.0.2.1", 1), mine, reads=False)
    end = HostEnd("A", host, Socket("192.0.2.2", 2))
    assert end.sockets.semantics == semantics_of("linux")
    two = Scenario("two", "t", "q", (host, host._replace(socket=Socket("192.0.2.2", 2))))
    changed = variant(two, FREEBSD, ()).hosts[0].profile
    assert changed == FREEBSD._replace(mss=500)
