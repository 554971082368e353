"""The library's own facts notice when the core does something else: each of these changes fails some.

What is changed is what the core's functions give: the segment that a step makes, the response that it
returns, the timer that it starts. So a change of the core's inside need not be made here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tcptui import library
from tcptui.core.events import Delivered, Response, Signal, TimerKind
from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, Segment
from tcptui.core.packet.seq import seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp import reassembly, step, timeouts
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import RtoEstimate
from tcptui.explain.story import failures
from tcptui.lab.loader import scenario_of_variant
from tcptui.named_tuple import tuple_of
from tcptui.sockets import bsd_socket

Patch = pytest.MonkeyPatch
Change = Callable[[Segment], Segment]


def of_segments(change: Change) -> Callable[[Patch], None]:
    """Every segment that the core makes is changed."""

    def apply(patch: Patch) -> None:
        def made(*fields: Any) -> Segment:
            return change(Segment(*fields))

        def made_at_once(kind: type[tuple[Any, ...]], fields: tuple[Any, ...]) -> tuple[Any, ...]:
            return made(*fields) if kind is made else tuple_of(kind, fields)

        patch.setattr(step, "Segment", made)
        patch.setattr(step, "tuple_of", made_at_once)

    return apply


def of_response(call: str) -> Callable[[Patch], None]:
    """A call that succeeds returns an error."""

    def apply(patch: Patch) -> None:
        returned = step.Step.returned

        def refused(self: step.Step, connection: int, name: str, response: Response) -> None:
            returned(self, connection, name, Response.RESOURCES if name == call else response)

        patch.setattr(step.Step, "returned", refused)

    return apply


def not_told(what: Signal) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        signal = step.Step.signal

        def some(self: step.Step, tcb: Tcb, one: Signal) -> None:
            if one is not what:
                signal(self, tcb, one)

        patch.setattr(step.Step, "signal", some)

    return apply


def backoff(factor: int) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        def other(estimate: RtoEstimate, profile: Profile) -> RtoEstimate:
            return estimate._replace(rto=min(factor * estimate.rto, profile.max_rto))

        patch.setattr(timeouts, "backed_off", other)

    return apply


def not_restarted(patch: Patch) -> None:
    start = step.Step.start_timer

    def once(self: step.Step, tcb: Tcb, kind: TimerKind, after: int) -> None:
        if kind is not TimerKind.TIME_WAIT or tcb.time_wait_timer is None:
            start(self, tcb, kind, after)

    patch.setattr(step.Step, "start_timer", once)


def timer_by(kind: TimerKind, factor: int) -> Callable[[Patch], None]:
    """A timer of that kind is set for another time."""

    def apply(patch: Patch) -> None:
        start = step.Step.start_timer

        def other(self: step.Step, tcb: Tcb, one: TimerKind, after: int, since: int | None = None) -> None:
            start(self, tcb, one, after * factor if one is kind else after, since)

        patch.setattr(step.Step, "start_timer", other)

    return apply


def instead_of(state: State, other: State) -> Callable[[Patch], None]:
    """A connection that would enter a state enters another one."""

    def apply(patch: Patch) -> None:
        enter = step.Step.set_state

        def skip(self: step.Step, tcb: Tcb, new: State) -> None:
            enter(self, tcb, other if new is state else new)

        patch.setattr(step.Step, "set_state", skip)

    return apply


def another_errno(patch: Patch) -> None:
    patch.setattr(bsd_socket, "_errno_of_reset", lambda old, semantics: "ETIMEDOUT")


def without(kind: int) -> Change:
    """An option is left out."""
    return lambda one: one._replace(options=tuple(option for option in one.options if option.kind != kind))


def reversed_data(patch: Patch) -> None:
    patch.setattr(reassembly, "Delivered", lambda connection, data: Delivered(connection, data[::-1]))


MUTATIONS: dict[str, Callable[[Patch], None]] = {
    "windows halved": of_segments(lambda one: one._replace(wnd=one.wnd // 2)),
    "a SYN without MSS": of_segments(lambda one: one._replace(options=()) if one.flags & SYN else one),
    "a window of 1 on the SYN": of_segments(lambda one: one._replace(wnd=1) if one.flags & SYN else one),
    "RST with ACK": of_segments(lambda one: one._replace(flags=one.flags | ACK) if one.flags & RST else one),
    "RST with a window": of_segments(lambda one: one._replace(wnd=9_999) if one.flags & RST else one),
    "urgent pointer set": of_segments(lambda one: one._replace(up=7)),
    "data delivered reversed": reversed_data,
    "no backoff": backoff(1),
    "backoff by 8": backoff(8),
    "SEND returns an error": of_response("SEND"),
    "CLOSE returns an error": of_response("CLOSE"),
    "closing not told": not_told(Signal.CLOSING),
    "CLOSE's ok not told": not_told(Signal.CLOSE_ACKNOWLEDGED),
    "2 MSL not restarted": not_restarted,
    "no PSH": of_segments(lambda one: one._replace(flags=one.flags & ~PSH)),
    "a FIN one number too high": of_segments(
        lambda one: one._replace(seq=seq_add(one.seq, 1)) if one.flags & FIN else one
    ),
    "no timestamps": of_segments(without(8)),
    "no SACK blocks": of_segments(without(5)),
    "the persist timer takes twice as long": timer_by(TimerKind.PERSIST, 2),
    "a delayed ACK takes twice as long": timer_by(TimerKind.DELAYED_ACK, 2),
    "keep-alive takes twice as long": timer_by(TimerKind.KEEP_ALIVE, 2),
    "CLOSING is skipped": instead_of(State.CLOSING, State.TIME_WAIT),
    "CLOSE-WAIT is skipped": instead_of(State.CLOSE_WAIT, State.LAST_ACK),
    "calls return another errno": another_errno,
}


def noticed_by() -> Iterator[tuple[str, str]]:
    """The stories of which facts fail, variants among them."""
    stories = [library.load_named(name) for name in library.names()]
    for story in stories:
        for variant in ("", *(one.name for one in story.variants)):
            if failures(scenario_of_variant(story, variant)):
                yield story.name, variant


def test_without_a_change_none_fails() -> None:
    assert list(noticed_by()) == []


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_change_of_the_core_is_noticed(mutation: str, monkeypatch: Patch) -> None:
    with monkeypatch.context() as patch:
        MUTATIONS[mutation](patch)
        noticed = next(noticed_by(), None)
    assert noticed is not None, mutation
    name, variant = noticed
    assert failures(scenario_of_variant(library.load_named(name), variant)) == [], "it has been taken back"
