"""What will happen next in a world, and what one move brought about."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tcptui.core.events import Event
from tcptui.core.message import Message
from tcptui.core.state import State
from tcptui.lab.connection import NO_CONNECTIONS, Connections
from tcptui.lab.results import CallResult
from tcptui.lab.wire import Party, Transmission, WireAct
from tcptui.named_tuple import NamedTuple

Cause: TypeAlias = Literal["call", "third party", "arrival", "timer", "program", "fault", "wait"]
"""A program's call, a third party's segment, an arrival, a timer, a program that starts; of the wire, a fault
or a box; and that time passes."""


class NextEvent(NamedTuple):
    """The next thing that will happen."""

    at: int
    cause: Cause
    side: Party
    """Where: the caller, the receiver, the owner of the timer."""
    number: int = 0
    """The segment that arrives."""


class Report(NamedTuple):
    """What one move brought about."""

    at: int
    cause: Cause
    side: Party
    call: str = ""
    """The program's call, if it was one; of a program that starts, a fault or a box its text."""
    transmission: int = 0
    """The segment that arrived, or that a fault changed."""
    by: int = 0
    """For how long it was delayed, or how long nothing happened, in microseconds."""
    events: tuple[Event, ...] = ()
    launched: tuple[int, ...] = ()
    """The numbers of the segments that went onto the wire."""
    ended: tuple[Transmission, ...] = ()
    """The segments that arrived or were lost."""
    backlog: int | None = None
    """What "listen" was given; None: the connection itself listens."""
    results: tuple[CallResult, ...] = ()
    """The calls that returned, others that had blocked before this one; or this one, that it blocks."""
    connection: int = 0
    """The connection that is looked at, at this end, since this step."""
    told: Message | None = None
    """What an end that observes has to say: the verdict of a script."""
    step: int = 0
    """Which step of the story it was, 1 for the first; 0 and below in the prelude. A label for readers."""
    state: State | None = None
    """The state, at the end of the step, of the connection that is looked at; None where no end acted."""
    connections: Connections = NO_CONNECTIONS
    """The connections of this end by name: what the numbers in the events are relative to. Those that have
    ended in this step are among them."""
    acts: tuple[WireAct, ...] = ()
    """What the wire did of itself."""
