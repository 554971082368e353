"""The record of each connection of one end: its states, its notifications, the data that was read from it.

Folded from the reports of the steps as the rest of the record (`record`), and kept by connection, because a
pane can show any of them: data that was read from one must not be shown with another. Connection 0 has what
belongs to none, as UDP's datagrams.

It is not `program.ApplicationState`, which is part of the state: that one has what the triggers of calls can
ask for, of the connection opened last; this one is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from tcptui.core.events import DatagramDelivered, Delivered, Signal, Signalled, StateChanged
from tcptui.core.state import State
from tcptui.lab.report import Report
from tcptui.named_tuple import NamedTuple

MOST_CLOSED = 4
"""So many connections that are CLOSED are kept."""
LONGEST_PATH = 40
"""How many states of a connection are kept, or of an end: as far back as a screen of segments goes."""
LATEST = 6
"""How many calls of an end are kept, and how many notifications and deliveries of a connection."""


class Entered(NamedTuple):
    """A state in which a step has left a connection. One that is left within the step in which it was entered
    is none (RFC 9293 section 3.3.2, note 2 of Figure 5)."""

    state: State
    at: int
    """When, in microseconds."""
    step: int


class ConnectionRecord(NamedTuple):
    """What was at one connection, the latest last."""

    states: tuple[Entered, ...] = ()
    notified: tuple[Signal, ...] = ()
    received: int = 0
    """Octets that a program has read."""
    delivered: tuple[bytes, ...] = ()
    """The latest of it, as it was delivered."""

    @property
    def state(self) -> State:
        return self.states[-1].state if self.states else State.CLOSED

    @property
    def last_data(self) -> bytes:
        return self.delivered[-1] if self.delivered else b""

    @property
    def last_signal(self) -> Signal | None:
        """What a program was notified of last; None: of nothing."""
        return self.notified[-1] if self.notified else None


ConnectionRecords: TypeAlias = Mapping[int, ConnectionRecord]
EMPTY_RECORD = ConnectionRecord()
NO_RECORDS: ConnectionRecords = MappingProxyType({})


def records_after(known: ConnectionRecords, report: Report) -> ConnectionRecords:
    """After a step of this end; `known` itself if nothing came of it."""
    if report.call == "reboot":
        return NO_RECORDS
    new: dict[int, ConnectionRecord] = {}
    entered: dict[int, State] = {}
    for event in report.events:
        if isinstance(event, StateChanged):
            entered[event.connection] = event.new
        elif isinstance(event, Signalled | Delivered | DatagramDelivered):
            name = event.connection if not isinstance(event, DatagramDelivered) else 0
            new[name] = _with(new.get(name) or known.get(name, EMPTY_RECORD), event)
    for name, state in entered.items():
        one = new.get(name) or known.get(name, EMPTY_RECORD)
        if one.state is not state or not one.states:
            one = one._replace(
                states=(*one.states[1 - LONGEST_PATH :], Entered(state, report.at, report.step))
            )
        new[name] = one
    if not new:
        return known
    after = {**known, **new}
    if State.CLOSED in entered.values():
        _hand_back(after, entered, report.connection)
        _drop_closed(after)
    return after


def _with(one: ConnectionRecord, event: Signalled | Delivered | DatagramDelivered) -> ConnectionRecord:
    if isinstance(event, Signalled):
        return one._replace(notified=(*one.notified[1 - LATEST :], event.signal))
    data = event.data if isinstance(event, Delivered) else event.datagram.data
    delivered = (*one.delivered[1 - LATEST :], data)
    return one._replace(received=one.received + len(data), delivered=delivered)


def _hand_back(known: dict[int, ConnectionRecord], entered: Mapping[int, State], shown: int) -> None:
    """A listener that stands for its host again, its newest connection being CLOSED, has the notifications
    and the data of that one: the pane shows the listener now, and how the connection ended has to be seen."""
    listener = known.get(shown)
    if listener is None or listener.state is not State.LISTEN:
        return
    gone = [name for name, state in entered.items() if state is State.CLOSED and name > shown]
    if gone:
        last = known[max(gone)]
        if last.notified or last.received:
            known[shown] = ConnectionRecord(listener.states, *last[1:])


def _drop_closed(known: dict[int, ConnectionRecord]) -> None:
    closed = [name for name, one in known.items() if one.states and one.state is State.CLOSED]
    for name in sorted(closed)[:-MOST_CLOSED]:
        del known[name]
