"""The wire: every segment that is on it, and what became of the last ones that were.

UDP's datagrams and ICMP's messages are on it beside TCP's segments, and the same is done to them: "segment"
stands for all of them. Faults live here and nowhere else. A `Wire` changes in place; what it holds is
immutable.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from tcptui.core.message import Message, MessageError
from tcptui.core.packet.datagram import Datagram, IcmpMessage, PortUnreachable
from tcptui.core.packet.segment import HOP_LIMIT, Segment
from tcptui.enumeration import Enum
from tcptui.lab.connection import UNKNOWN, Bases, Connection
from tcptui.named_tuple import NamedTuple, tuple_of

Side: TypeAlias = Literal["A", "B"]
Party: TypeAlias = Literal["A", "B", "X"]
"""Who can put a segment on the wire: an end, or a third party X."""
Payload: TypeAlias = Segment | Datagram | PortUnreachable | IcmpMessage
"""What travels over the wire: the payload of an IP packet."""

WireActName: TypeAlias = Literal[
    "lost", "delayed", "duplicated", "overtaken", "old", "third party", "not sent", "no host",
    "expired", "too long", "dropped", "refused", "no mapping", "mapped", "mapped late", "answer",
]  # fmt: skip
"""By a fault of the scenario: lost, delayed, duplicated, overtaken. A third party's segment: an old one, one
with an address of its own, or not sent. Any: there is no host at its destination. At a box: its Time to Live
has expired, it is too long for the next link, a firewall drops or refuses it, a NAT has no mapping for it,
has made one, or has made one in the middle of a connection, and what a box has sent in answer."""

SIDES: tuple[Side, Side] = ("A", "B")
MEMORY = 6
"""How many segments the network keeps after their end, and can still deliver again."""
COPY_AFTER = 10_000
"""How long after a segment its copy arrives, in microseconds, if nothing else is said."""
OVERTAKEN_BY = 1_000
"""How long after the one that overtakes it a reordered segment arrives, in microseconds."""


class BadMove(MessageError):
    """A move that can't be made as things are."""


class WireAct(NamedTuple):
    """What became of a segment on the wire in a step, and by what, where no move from outside did it."""

    number: int
    """The segment's; 0: none was sent."""
    what: WireActName
    by: int = 0
    """How long it is delayed, in microseconds; what overtakes it; of which connection an old segment is."""
    name: str = ""
    """Of a fault the rule; empty: it names the segment by its number. Of a third party, and where there is no
    host, the address; at a box, an address or what the firewall's pattern is."""


class Outcome(Enum):
    """What has become of a segment on the wire."""

    IN_FLIGHT = "in flight"
    ARRIVED = "arrived"
    LOST = "lost"


OLD = "old"
"""The origin of an old segment of a connection, which the network has kept."""


class NetworkPath(NamedTuple):
    """The way of a segment through boxes (`boxes`), or with another Time to Live than hosts give it."""

    ttl: int = HOP_LIMIT
    """As its sender has set it."""
    hops: int = 0
    """How many routers have counted it down."""
    payload: Payload | None = None
    """What comes out where it is to arrive; None: what was sent."""
    box: str = ""
    """What kind of box it has ended at, as that one's text; empty: at none."""
    origin: str = ""
    """What has put it on the wire, where neither an end nor a stranger has: `OLD`, or a box."""


class Transmission(NamedTuple):
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
    outcome: Outcome = Outcome.IN_FLIGHT
    ended_at: int = 0
    """When it arrived or was lost."""
    sent_in: int = 0
    """The step in which it left."""
    steps: int = 0
    """How many steps later it arrived or was lost."""
    connection: Connection | None = None
    """The connection that it belongs to, as its sender has it; None of what is no segment."""
    path: NetworkPath | None = None
    """What there is to say of its way beside that; None: as it is said to be everywhere."""

    @property
    def arrives_as(self) -> Payload:
        """What comes out where it is to arrive."""
        return self.payload if self.path is None else self.path.payload or self.payload

    @property
    def connection_as_arrives(self) -> Connection | None:
        """The connection as the receiver has it, seen from the sender's end: a NAT gives it other sockets."""
        if self.path is None or self.connection is None or not isinstance(self.path.payload, Segment):
            return self.connection
        payload = self.path.payload
        return self.connection._replace(local=payload.src, remote=payload.dst)

    @property
    def ended_in(self) -> int:
        """The step in which it arrived or was lost."""
        return self.sent_in + self.steps

    @property
    def bases(self) -> Bases:
        """What makes `seq` and `ack` relative."""
        return UNKNOWN if self.connection is None else self.connection.bases

    def at_end(self, outcome: Outcome, now: int, step: int) -> Transmission:
        """The same once it has arrived, or is lost."""
        sent_in = self.sent_in
        ended = (outcome, now, sent_in, step - sent_in, self.connection, self.path)
        return tuple_of(Transmission, (*self[:9], *ended))


class Wire:
    """All segments between two hosts, in flight or remembered.

    `transmissions` are in flight, in the order of their numbers; `past` are the last that arrived or were
    lost, which only a duplicate asks for.
    """

    __slots__ = ("launched", "past", "transmissions")

    def __init__(self) -> None:
        self.transmissions: tuple[Transmission, ...] = ()
        self.past: tuple[Transmission, ...] = ()
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
        connection: Connection | None = None,
        step: int = 0,
        path: NetworkPath | None = None,
    ) -> Transmission:
        """Puts a segment on the wire in a step, under the next number."""
        self.launched = number = self.launched + 1
        fields = (
            number, sender, receiver, payload, sent_at, due, attempt, copy_of,
            0, Outcome.IN_FLIGHT, 0, step, 0, connection, path,
        )  # fmt: skip
        transmission = tuple_of(Transmission, fields)
        self.transmissions += (transmission,)
        return transmission

    def next_arrival(self) -> Transmission | None:
        """The segment that arrives next: the first due, among equals the first sent."""
        first = None
        for transmission in self.transmissions:
            if first is None or transmission.due < first.due:
                first = transmission
        return first

    def in_flight(self, number: int) -> Transmission | None:
        """A segment on its way; None if it is not."""
        return next((one for one in self.transmissions if one.number == number), None)

    def due(self, number: int) -> int:
        """When a segment in flight arrives; 0 if it is not in flight."""
        transmission = self.in_flight(number)
        return 0 if transmission is None else transmission.due

    def take(self, number: int) -> Transmission:
        """Takes a segment off the wire at its receiver; `ended` puts it on record."""
        transmissions = self.transmissions
        for place, transmission in enumerate(transmissions):
            if transmission.number == number:
                self.transmissions = transmissions[:place] + transmissions[place + 1 :]
                return transmission
        return self._in_flight(number, "deliver")

    def ended(self, transmission: Transmission) -> None:
        """Keeps a segment that has arrived or was lost."""
        self.past = (*self.past[1 - MEMORY :], transmission)

    def lose(self, number: int, now: int, step: int = 0) -> Transmission:
        """It is lost half way between where it is and its receiver."""
        transmission = self._in_flight(number, "lose")
        self.take(number)
        ended_at = (now + transmission.due) // 2
        steps = step - transmission.sent_in
        lost = transmission._replace(outcome=Outcome.LOST, ended_at=ended_at, steps=steps)
        self.ended(lost)
        return lost

    def delay(self, number: int, by: int) -> Transmission:
        transmission = self._in_flight(number, "delay")
        late = transmission._replace(due=transmission.due + by, delayed_by=transmission.delayed_by + by)
        self.replace(late)
        return late

    def duplicate(self, number: int, after: int, now: int, step: int = 0) -> Transmission:
        """A copy that arrives `after` the original, or, if that is no longer in flight, as long after now as
        its way takes, and `after` more. Of a lost segment too, for the network may have made the copy
        before."""
        transmission = self._find(number)
        if transmission.outcome is Outcome.IN_FLIGHT:
            due = transmission.due + after
        else:
            due = now + (transmission.due - transmission.delayed_by - transmission.sent_at) + after
        return self.launch(
            transmission.sender,
            transmission.receiver,
            transmission.payload,
            now,
            due,
            transmission.attempt,
            number,
            transmission.connection,
            step,
            transmission.path and NetworkPath(transmission.path.ttl),
        )

    def reorder(self, number: int) -> Transmission:
        """Lets the next segment of the same direction overtake this one."""
        transmission = self._in_flight(number, "reorder")
        follower = self.follower(transmission)
        if follower is None:
            raise BadMove("error.wire.no_follower", number=number, side=transmission.receiver)
        return self.delay(number, follower.due - transmission.due + OVERTAKEN_BY)

    def follower(self, transmission: Transmission) -> Transmission | None:
        """The segment in flight that arrives at the same end next after this one; None: there is none."""
        mine = transmission.due, transmission.number
        followers = [
            other
            for other in self.transmissions
            if other.receiver == transmission.receiver and (other.due, other.number) > mine
        ]
        return min(followers, key=lambda other: (other.due, other.number)) if followers else None

    def copy(self) -> Wire:
        copy = Wire.__new__(Wire)
        copy.transmissions = self.transmissions
        copy.past = self.past
        copy.launched = self.launched
        return copy

    def key(self, now: int, numbered: bool) -> tuple[Any, ...]:
        """What its future depends on: what is in flight, in the order of the numbers, and when it arrives.
        The next number counts where a fault is waiting for one, `numbered`."""
        return self.launched if numbered else None, tuple(
            (one.sender, one.receiver, one.payload, one.path, one.due - now) for one in self.transmissions
        )

    def _find(self, number: int) -> Transmission:
        for transmission in (*self.transmissions, *self.past):
            if transmission.number == number:
                return transmission
        if 0 < number <= self.launched:
            raise BadMove("error.wire.forgotten", number=number, memory=MEMORY)
        if self.launched:
            raise BadMove("error.wire.no_segment", number=number, last=self.launched)
        raise BadMove("error.wire.no_segment_yet", number=number)

    def _in_flight(self, number: int, verb: str) -> Transmission:
        transmission = self._find(number)
        if transmission.outcome is not Outcome.IN_FLIGHT:
            arrived = transmission.outcome is Outcome.ARRIVED
            key = "error.wire.arrived" if arrived else "error.wire.lost"
            raise BadMove(key, act=Message.of(f"act.{verb}"), number=number)
        return transmission

    def replace(self, transmission: Transmission) -> None:
        self.transmissions = tuple(
            transmission if other.number == transmission.number else other for other in self.transmissions
        )
