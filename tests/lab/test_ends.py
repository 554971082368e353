"""What a host is at its place on the wire: its setup, its own clock, and what is done to the whole of it."""

from __future__ import annotations

import pytest

from tcptui.core.events import Sent, TimerKind
from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.state import State
from tcptui.lab.ends.host import HostEnd, HostSetup
from tcptui.lab.program import ScriptedCall
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import variant
from tcptui.sockets.semantics import semantics_of

A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
HOST = HostSetup("client", A, LINUX, isns=(0,), script=(ScriptedCall("connect"),))


def sent_timestamp(end: HostEnd, now: int) -> int:
    """TSval of the SYN that the host sends when it connects."""
    (event,) = (event for event in end.call(ScriptedCall("connect"), now) if isinstance(event, Sent))
    times = read_timestamps(event.segment)
    assert times is not None
    return times[0]


def test_a_setup_makes_its_own_kind_of_end() -> None:
    end = HOST.end("B", A)
    assert type(end) is HostEnd
    assert (end.side, end.setup) == ("B", HOST)
    assert (end.state, end.link_up, end.connection, end.connections) == (State.CLOSED, True, 0, {})
    assert (end.observes, end.script) == (False, None)
    assert HOST.with_profile(FREEBSD).end("A", B).stack.profile is FREEBSD


def test_a_host_to_which_nothing_has_happened_is_like_one_whose_sockets_are_made() -> None:
    fresh, made = HOST.end("A", B), HOST.end("A", B)
    assert made.stack.statuses() == []
    for end in (fresh, fresh.copy(), made, made.copy()):
        assert (end.state, end.state_of(1), end.tcb, end.timers, end.status_of(0)) == (
            State.CLOSED, State.CLOSED, None, {}, None,
        )  # fmt: skip
        assert (end.initial_numbers(0), end.next_deadline()) == (None, None)
        assert end.possible_calls == made.possible_calls
        assert end.key(7) == made.key(7)
    copy = fresh.copy()
    assert sent_timestamp(fresh, 1_000_000) == sent_timestamp(made, 1_000_000)
    assert (fresh.state, copy.state) == (State.SYN_SENT, State.CLOSED)


def test_the_clock_of_a_host_may_be_ahead() -> None:
    ahead = HOST._replace(clock=5_000_000)
    one, other = HOST.end("A", B), ahead.end("A", B)
    assert sent_timestamp(other, 1_000_000) - sent_timestamp(one, 1_000_000) == 5_000
    assert one.next_deadline() == other.next_deadline() == 2_000_000
    for end in (one, other, other.copy()):
        timer = end.timers[TimerKind.RETRANSMISSION]
        assert (timer.set_at, timer.due) == (1_000_000, 2_000_000), "by the world's clock"
    assert [type(event) for event in other.expire(1_999_999)] == []
    assert any(isinstance(event, Sent) for event in other.copy().expire(2_000_000))
    assert other.key(1_500_000)[1] != other.key(1_600_000)[1]


def test_a_sysctl_changes_how_the_stack_behaves_from_then_on() -> None:
    end = HOST.end("A", B)
    copy = end.copy()
    later = LINUX._replace(mss=700)
    assert end.call(ScriptedCall("sysctl", profile=later), 0) == []
    assert (end.stack.profile, copy.stack.profile) == (later, LINUX)
    assert end.link_up
    (result,) = end.take_results()
    assert (result.name, result.done) == ("sysctl", (0, "", None))


def test_a_host_observes_nothing() -> None:
    with pytest.raises(AssertionError, match="observes nothing"):
        HOST.end("A", B).observe(None, HOST.end("B", A))  # type: ignore[arg-type]


def test_a_profile_with_a_name_of_its_own_is_its_stacks() -> None:
    """Who changes Linux and calls it otherwise has Linux' sockets, and can be told to run as FreeBSD."""
    mine = LINUX._replace(name="mine", mss=500)
    host = HostSetup("client", Socket("192.0.2.1", 1), mine, reads=False)
    end = HostEnd("A", host, Socket("192.0.2.2", 2))
    assert end.sockets.semantics == semantics_of("linux")
    two = Scenario("two", "t", "q", (host, host._replace(socket=Socket("192.0.2.2", 2))))
    changed = variant(two, FREEBSD, ()).hosts[0].profile
    assert changed == FREEBSD._replace(mss=500)
