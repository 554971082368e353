"""The wire: every segment that is on it, and what became of the last ones that were.

UDP's datagrams and ICMP's messages are on it beside TCP's segments, and meet the same: "segment" stands for
all of them. Faults live here and nowhere else. A `Wire` changes in place; what it holds is immutable.
"""

from enum import Enum
from typing import Any, Literal, NamedTuple, TypeAlias

from tcptui.core.datagram import Datagram, PortUnreachable
from tcptui.core.segment import Segment
from tcptui.core.state import State

Side: TypeAlias = Literal["A", "B"]
Party: TypeAlias = Literal["A", "B", "X"]
"""Who can put a segment on the wire: an end, or a third party X."""
Payload: TypeAlias = Segment | Datagram | PortUnreachable
"""What travels over the wire: the payload of an IP packet."""

SIDES: tuple[Side, Side] = ("A", "B")
MEMORY = 6
"""How many segments the network remembers after their end, and can still deliver again."""
COPY_AFTER = 10_000
"""How long after a segment its copy arrives, in microseconds, if nothing else is said."""
OVERTAKEN_BY = 1_000
"""How long after the one that overtakes it a reordered segment arrives, in microseconds."""


class BadMove(ValueError):
    """A move that can't be made as things are; its text says why, in one line."""


class Fate(Enum):
    """What has become of a segment on the wire."""

    IN_FLIGHT = "in flight"
    ARRIVED = "arrived"
    LOST = "lost"


class Flight(NamedTuple):
    """One segment's way over the wire. Times are microseconds of the world's clock."""

    number: int
    """Its name in moves and on the screen: 1 for the first."""
    sender: Party
    receiver: Side
    payload: Payload
    sent_at: int
    due: int
    """When it arrives, or would have."""
    attempt: int = 1
    """2 for the first retransmission."""
    copy_of: int = 0
    """The number of the segment that this is a duplicate of, 0 if none."""
    delayed_by: int = 0
    fate: Fate = Fate.IN_FLIGHT
    ended_at: int = 0
    """When it arrived or was lost."""
    left_before_end: int = 0
    """The number of the last segment that had left when it arrived: their order at one moment."""
    bases: tuple[int | None, int | None] = (None, None)
    """What makes `seq` and `ack` relative: the initial sequence numbers of both directions, if known."""
    left_in: State | None = None
    """The sender's state after it had left; None where no connection sent it."""
    met: State | None = None
    """The receiver's state after it had arrived; None where that is no matter of a connection."""


class Wire:
    """All segments between two hosts, in flight or remembered.

    `flights` are in flight, in the order of their numbers; `past` are the last that arrived or were lost.
    """

    __slots__ = ("flights", "launched", "past")

    def __init__(self) -> None:
        self.flights: tuple[Flight, ...] = ()
        self.past: tuple[Flight, ...] = ()
        self.launched = 0

    def launch(
        self,
        sender: Party,
        receiver: Side,
        payload: Payload,
        sent_at: int,
        due: int,
        attempt: int = 1,
        copy_of: int = 0,
        bases: tuple[int | None, int | None] = (None, None),
        left_in: State | None = None,
    ) -> int:
        """Puts a segment on the wire; its number."""
        self.launched += 1
        flight = Flight(
            self.launched,
            sender,
            receiver,
            payload,
            sent_at,
            due,
            attempt,
            copy_of,
            bases=bases,
            left_in=left_in,
        )
        self.flights += (flight,)
        return self.launched

    def next_arrival(self) -> Flight | None:
        """The segment that arrives next: the first due, among equals the first sent."""
        first = None
        for flight in self.flights:
            if first is None or flight.due < first.due:
                first = flight
        return first

    def take(self, number: int) -> Flight:
        """Takes a segment off the wire at its receiver; `ended` puts it on record."""
        flight = self._in_flight(number, "deliver")
        self.flights = tuple(other for other in self.flights if other.number != number)
        return flight

    def ended(self, flight: Flight) -> None:
        """Remembers a segment that has arrived or was lost."""
        self.past = (*self.past[1 - MEMORY :], flight)

    def lose(self, number: int, now: int) -> Flight:
        """It dies half way between where it is and its receiver."""
        flight = self._in_flight(number, "lose")
        self.take(number)
        lost = flight._replace(fate=Fate.LOST, ended_at=(now + flight.due) // 2)
        self.ended(lost)
        return lost

    def delay(self, number: int, by: int) -> Flight:
        flight = self._in_flight(number, "delay")
        late = flight._replace(due=flight.due + by, delayed_by=flight.delayed_by + by)
        self._replace(late)
        return late

    def duplicate(self, number: int, after: int, now: int) -> int:
        """A copy that arrives `after` the original, or, if that is no longer in flight, as long after now as
        its way takes, and `after` more; the copy's number."""
        flight = self._find(number)
        if flight.fate is Fate.IN_FLIGHT:
            due = flight.due + after
        else:
            due = now + (flight.due - flight.delayed_by - flight.sent_at) + after
        return self.launch(
            flight.sender,
            flight.receiver,
            flight.payload,
            now,
            due,
            flight.attempt,
            number,
            flight.bases,
            flight.left_in,
        )

    def reorder(self, number: int) -> Flight:
        """Lets the next segment of the same direction overtake this one."""
        flight = self._in_flight(number, "reorder")
        followers = [
            other
            for other in self.flights
            if other.receiver == flight.receiver and (other.due, other.number) > (flight.due, number)
        ]
        if not followers:
            raise BadMove(f"can't reorder #{number}: no segment to {flight.receiver} follows it yet")
        follower = min(followers, key=lambda other: (other.due, other.number))
        return self.delay(number, follower.due - flight.due + OVERTAKEN_BY)

    def copy(self) -> "Wire":
        copy = Wire.__new__(Wire)
        copy.flights = self.flights
        copy.past = self.past
        copy.launched = self.launched
        return copy

    def values(self) -> tuple[Any, ...]:
        return self.flights, self.past, self.launched

    def _find(self, number: int) -> Flight:
        for flight in (*self.flights, *self.past):
            if flight.number == number:
                return flight
        if 0 < number <= self.launched:
            raise BadMove(f"#{number} is forgotten: the wire remembers the last {MEMORY} that ended")
        on_wire = f"segments so far: #1 to #{self.launched}" if self.launched else "no segment yet"
        raise BadMove(f"there is no segment #{number} ({on_wire})")

    def _in_flight(self, number: int, verb: str) -> Flight:
        flight = self._find(number)
        if flight.fate is not Fate.IN_FLIGHT:
            fate = "has arrived" if flight.fate is Fate.ARRIVED else "is lost"
            raise BadMove(f"can't {verb} #{number}: it {fate} already")
        return flight

    def _replace(self, flight: Flight) -> None:
        self.flights = tuple(flight if other.number == flight.number else other for other in self.flights)
