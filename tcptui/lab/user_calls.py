"""The sockets of a host of the lab: user calls of RFC 9293 section 3.9.1 on its stack."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from tcptui.core.events import Event, Response, Returned
from tcptui.core.packet.segment import Segment
from tcptui.core.tcp.calls import Call
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.keys import stack_key
from tcptui.core.tcp.stack import Stack
from tcptui.sockets.semantics import SocketSemantics


class UserCall(NamedTuple):
    """A user call, made on the stack as it is; the answer is its `Returned`."""

    call: Call


Request: TypeAlias = UserCall


class Done(NamedTuple):
    """What a call returned."""

    value: int
    errno: str = ""
    answer: Returned | None = None


class Blocked(NamedTuple):
    """A call that blocks; `Completed` with the same number follows when it returns."""

    number: int


class Completed(NamedTuple):
    """A call that had blocked has returned."""

    number: int
    request: Request
    done: Done


class Sockets:
    """The sockets of one host over its stack."""

    __slots__ = ("_events", "host", "semantics", "stack")

    def __init__(self, stack: Stack, host: str, semantics: SocketSemantics) -> None:
        self.stack = stack
        self.host = host
        self.semantics = semantics
        self._events: list[Event] = []

    def call(self, request: Request, now: int) -> Done | Blocked:
        events = self.stack.call(request.call, now)
        self._events += events
        name = type(request.call).__name__.upper()
        returned = next(event for event in events if isinstance(event, Returned) and event.call == name)
        refused = returned.response not in (Response.OK, Response.QUEUED)
        return Done(-1 if refused else 0, "", returned)

    def arrives(self, segment: Segment, now: int) -> None:
        self._events += self.stack.arrives(segment, now)

    def error(self, error: IcmpError, now: int) -> None:
        self._events += self.stack.error(error, now)

    def expire(self, now: int) -> None:
        self._events += self.stack.expire(now)

    def next_deadline(self) -> int | None:
        return self.stack.next_deadline()

    def take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def take_completed(self) -> list[Completed]:
        return []

    def copy(self) -> Sockets:
        copy = Sockets.__new__(Sockets)
        copy.stack, copy._events = self.stack.copy(), []
        copy.host, copy.semantics = self.host, self.semantics
        return copy

    def key(self, now: int) -> tuple[Any, ...]:
        return stack_key(self.stack, now)
