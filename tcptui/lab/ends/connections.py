"""Which connection an end sends a segment on, and what it knows of its connections: who shows the numbers.

An end has its connections by name, from the step in which one begins to the step in which it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tcptui.core.events import DatagramDelivered, DatagramSent, Event, Sent, StateChanged
from tcptui.core.packet.segment import RST, Socket
from tcptui.core.state import State
from tcptui.lab.connection import Connection, of_answer, opened

if TYPE_CHECKING:
    from tcptui.lab.ends import End

ENDED = (State.CLOSED, State.LISTEN)
"""The states in which an end no longer has a connection."""


def connection_of(end: End, sent: Sent, arrived: Connection | None, step: int) -> Connection | None:
    """The connection of a segment that an end sends, perhaps in answer to one of `arrived`; None if it is no
    connection's that is known there."""
    segment = sent.segment
    known = note_connection(end, sent.connection, (segment.src, segment.dst), arrived, step)
    if known is not None and not segment.flags & RST:
        return known
    return of_answer(segment, known, arrived)


def note_connection(
    end: End, name: int, sockets: tuple[Socket, Socket], arrived: Connection | None, step: int
) -> Connection | None:
    """A connection of an end as it is now, or as it was if it has just ended; the end has it from now on."""
    known = end.connections.get(name)
    if known is not None and known.irs is not None:
        return known
    numbers = end.initial_numbers(name)
    if numbers is None:
        return known
    connection = opened(numbers, sockets, known, arrived, step)
    if connection is not known:
        end.connections = {**end.connections, name: connection}
    return connection


def met_by(events: Sequence[Event]) -> int:
    """The name of the connection or listener that an arriving segment has met, by what came of that: the one
    that answers, else the one that has looked at it. 0: there is none."""
    for event in events:
        if type(event) is Sent and event.connection:
            return event.connection
    first = events[0] if events else None
    return 0 if first is None or isinstance(first, DatagramSent | DatagramDelivered) else first.connection


def drop_ended(end: End, events: Iterable[Event], *, all_of_them: bool) -> list[Connection]:
    """Takes from an end the connections that have ended in a step with these events: those that it had."""
    connections = end.connections
    ended = [
        event.connection
        for event in events
        if type(event) is StateChanged and event.new in ENDED and event.connection in connections
    ]
    if all_of_them:
        ended = list(connections)
    if ended:
        end.connections = {name: one for name, one in connections.items() if name not in ended}
    return [connections[name] for name in ended]
