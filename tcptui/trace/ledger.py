"""Who knows what: of which facts about a connection each of its ends has proof, after each step of a run.

What proof is. An end sees nothing but the segments that come. Let X be an end of a connection, Y its peer. A
segment that Y sent and that came to X implies, for X:

- that what Y sends can reach X, for this segment has (`REACHED`); with FIN, that Y's FIN has come
  (`FIN_REACHED`);
- where it acknowledges: that everything of X's below its acknowledgment number had come to Y (RFC 9293
  section 3.4: an acknowledgment is cumulative). Numbers stand for SYN, data and FIN, and nothing else has
  any. So X has proof that something of its own has come to Y (`REACHES`), and once its FIN is below that
  number, of that too (`FIN_REACHES`);
- what Y has proof of by then, as far as X's own segments can have told it. An octet of X's that came to Y
  came in some segment that carried it; X may have sent several, with other acknowledgment numbers, and can't
  know which of them it was. But it was one of them, so Y has seen at least the lowest of those numbers, which
  is that of the first. So X has proof that Y has proof that its SYN, or its FIN, has come to X (`PEER_KNOWS`,
  `PEER_KNOWS_FIN`), once Y has acknowledged an octet of X's that X has never sent without acknowledging
  that SYN or FIN.

And nothing else is proof. So a segment that takes no sequence number (a bare ACK, a RST) is never proven to
have come, for nothing acknowledges it; and of two segments that carry the same octets neither is, for the
acknowledgment may be of the other. This is why the last ACK of a closing can't be known to have come, by
however many segments the closing has (the two generals).

What is left out makes the proofs fewer, never wrong: what a peer would only do in some state (a stack may be
broken), SACK blocks (RFC 2018 section 8: data that they report may be discarded again), echoed timestamps.
Whether the end's TCP makes use of the segment does not matter: it has come. A forged segment, and one of an
earlier incarnation, may look to the end like a true one; who has the record can tell, and here they prove
nothing, nor does an acknowledgment of numbers that came to the peer in such a segment. So all that an end has
proof of is true; what it believes may be more.

How it is folded. For each end of each connection an `EndLedger` is kept, a value: the proofs with the segment
that gave them, and of the segments that it has sent those whose numbers are not acknowledged yet. That is as
much as is in flight, however long the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tcptui.core.events import StateChanged
from tcptui.core.packet.segment import ACK, FIN, Segment, flag_text
from tcptui.core.packet.seq import HALF, distance
from tcptui.core.state import State
from tcptui.enumeration import Enum
from tcptui.lab.connection import Connection, Connections
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.named_tuple import NamedTuple


class Provable(Enum):
    """What an end can have proof of."""

    REACHES = "reaches"
    """What it sends has reached the peer."""
    REACHED = "reached"
    """What the peer sends has reached it."""
    PEER_KNOWS = "peer knows"
    """The peer has proof that what the peer sends has reached this end."""
    FIN_REACHES = "FIN reaches"
    """Its FIN has reached the peer."""
    FIN_REACHED = "FIN reached"
    """The peer's FIN has reached it."""
    PEER_KNOWS_FIN = "peer knows FIN"
    """The peer has proof that the peer's FIN has reached this end."""


OPENING = (Provable.REACHES, Provable.REACHED, Provable.PEER_KNOWS)
CLOSING = (Provable.FIN_REACHES, Provable.FIN_REACHED, Provable.PEER_KNOWS_FIN)


class Proof(NamedTuple):
    """The segment that came and proved it."""

    number: int
    step: int
    """The step in which it came; 0 and below: in the prelude, whose segments have numbers of their own."""


class SentSegment(NamedTuple):
    """A segment of an end's own. Numbers are relative to its initial one, 0 that of its SYN."""

    number: int
    step: int
    flags: int
    start: int
    end: int
    """The number after its last one."""
    first: int
    """Of its numbers those from here on were in no segment before it."""
    ack: int
    """Up to where it acknowledges the peer's, relative to the peer's initial number; 0: nothing that the peer
    has sent."""
    proven: bool = False
    """The end has proof that it has come."""

    @property
    def name(self) -> str:
        """``#3 ACK``; of the prelude, which has numbers of its own, ``ACK``."""
        bits = flag_text(self.flags)
        return f"#{self.number} {bits}" if self.step > 0 else bits


class EndLedger(NamedTuple):
    """One end of one connection."""

    connection: Connection
    proofs: Mapping[Provable, Proof] = {}
    pending: tuple[SentSegment, ...] = ()
    """Its own segments, by the order in which they left, some of whose numbers are not acknowledged."""
    unproven: SentSegment | None = None
    """The latest of its other segments of which nothing can prove that it has come."""
    next: int = 0
    """After the last number that it has sent."""
    acknowledged: int = 0
    """All its numbers below are."""
    foreign: int = 0
    """The number after the last that has come to the peer in a segment that is not this connection's."""
    foreign_in: int = 0
    """The same of the peer's numbers, and this end."""
    shown: int = 0
    """The peer is proven to have seen this acknowledgment number, relative to the peer's initial one."""
    fin: SentSegment | None = None
    """The first that had its FIN."""
    peer_fin: int | None = None
    """The number after the peer's FIN, relative; None: it has not come."""
    over: bool = False
    """The end has no such connection any more."""

    @property
    def unknown(self) -> SentSegment | None:
        """The last segment that it has sent without having proof that it has come; None: it has of all."""
        open_ones = [one for one in (self.unproven, *self.pending) if one is not None and not one.proven]
        return max(open_ones, key=_order, default=None)

    def is_never(self, fact: Provable) -> bool:
        """Whether it has no proof of that, and nothing that can still happen gives it one."""
        if fact in self.proofs:
            return False
        if self.over:
            return True
        # Nothing that it sends after its FIN has a number, so what the FIN did not acknowledge is too late.
        if fact is not Provable.PEER_KNOWS_FIN or self.fin is None:
            return False
        return self.peer_fin is None or self.fin.ack < self.peer_fin

    def after_sending(self, one: Transmission, segment: Segment) -> EndLedger:
        """After it has sent a segment."""
        iss, irs = self.connection.iss, self.connection.irs
        assert iss is not None
        start = distance(iss, segment.seq)
        end = start + segment.length
        ack = 0 if irs is None or not segment.flags & ACK else distance(irs, segment.ack)
        if ack <= self.foreign_in:
            ack = 0
        first = min(max(start, self.next), end)
        sent = SentSegment(one.number, one.sent_in, segment.flags, start, end, first, ack)
        if end <= self.acknowledged or start == end:
            return self._replace(unproven=sent)
        fin = sent if segment.flags & FIN and self.fin is None else self.fin
        return self._replace(pending=(*self.pending, sent), next=max(self.next, end), fin=fin)

    def after_arrival(self, one: Transmission, segment: Segment) -> EndLedger:
        """After a segment of the peer's has come."""
        proof = Proof(one.number, one.ended_in)
        new = {Provable.REACHED}
        ledger = self
        if segment.flags & FIN:
            new.add(Provable.FIN_REACHED)
            if self.connection.irs is not None:
                ledger = ledger._replace(peer_fin=distance(self.connection.irs, segment.end))
        if segment.flags & ACK and self.connection.iss is not None:
            ledger = ledger._acknowledged(distance(self.connection.iss, segment.ack))
        if ledger.acknowledged:
            new.add(Provable.REACHES)
        if ledger.fin is not None and ledger.acknowledged >= ledger.fin.end:
            new.add(Provable.FIN_REACHES)
        if ledger.shown:
            new.add(Provable.PEER_KNOWS)
        if ledger.peer_fin is not None and ledger.shown >= ledger.peer_fin:
            new.add(Provable.PEER_KNOWS_FIN)
        proofs = {**dict.fromkeys((fact for fact in Provable if fact in new), proof), **self.proofs}
        return ledger._replace(proofs=proofs)

    def _acknowledged(self, number: int) -> EndLedger:
        """After all its numbers below this one have been acknowledged."""
        if not self.next and number == 1:  # A cookie's SYN,ACK, which the listener has sent, and nobody kept.
            return self._replace(next=1, acknowledged=1, shown=1)
        before = max(self.acknowledged, self.foreign)
        if not before < number <= self.next:
            return self
        shown = [one.ack for one in self.pending if max(one.first, before) < min(one.end, number)]
        pending = tuple(
            one._replace(proven=True) if not one.proven and self._is_alone(one, before, number) else one
            for one in self.pending
        )
        done = [one for one in pending if one.end <= number and not one.proven]
        if self.unproven is not None:
            done.append(self.unproven)
        return self._replace(
            acknowledged=number,
            shown=max(self.shown, *shown),
            pending=tuple(one for one in pending if one.end > number),
            unproven=max(done, key=_order, default=None),
        )

    def _is_alone(self, one: SentSegment, start: int, end: int) -> bool:
        """Whether one of its numbers from `start` up to `end` was in no other segment."""
        at, end = max(one.start, start), min(one.end, end)
        others = sorted((other.start, other.end) for other in self.pending if other is not one)
        for low, high in others:
            if low > at:
                break
            at = max(at, high)
        return at < end


def _order(one: SentSegment) -> tuple[int, int]:
    """In which order segments have left."""
    return one.step, one.number


class Ledger:
    """Every connection of both ends, up to one step of a run."""

    def __init__(self) -> None:
        self._ends: dict[tuple[Side, int], EndLedger] = {}
        """By end, and the connection's name there; those that were touched last at the end."""

    def copy(self) -> Ledger:
        """Another that goes on from here."""
        copy = Ledger()
        copy._ends = dict(self._ends)
        return copy

    def ends(self) -> Iterator[tuple[Side, int, EndLedger]]:
        """Every connection of each end, with its name there."""
        return ((side, name, one) for (side, name), one in self._ends.items())

    def of(self, side: Side, name: int = 0) -> EndLedger | None:
        """One connection of an end; if it has none of that name, the one that was touched last. None: there
        was none yet."""
        found = self._ends.get((side, name))
        if found is None:
            found = next((one for (at, _), one in reversed(self._ends.items()) if at == side), None)
        return found

    def of_connection(self, side: Side, seen: Connection) -> EndLedger | None:
        """That of a connection, as that end of it has it; None: there is none yet."""
        for (at, _), one in reversed(self._ends.items()):
            if at == side and one.connection[:2] == seen[:2] and not one.connection.differs(seen):
                return one
        return None

    def add(self, report: Report, transmissions: Mapping[int, Transmission]) -> None:
        """Another step. `transmissions` are by number those that left in it."""
        side = report.side
        if side == "X":
            return
        for one in report.ended:
            if one.outcome is Outcome.ARRIVED and isinstance(one.arrives_as, Segment):
                self._arrived(side, one, one.arrives_as, report.connections)
        for number in report.launched:
            one = transmissions[number]
            if one.sender == side and not one.copy_of and isinstance(one.payload, Segment):
                self._sent(side, one, one.payload, report.connections)
        for event in report.events:
            if isinstance(event, StateChanged) and event.new in (State.CLOSED, State.LISTEN):
                self._end(side, event.connection)
        if report.call == "reboot":
            for at, name in list(self._ends):
                if at == side:
                    self._end(side, name)

    def _arrived(self, side: Side, one: Transmission, segment: Segment, known: Connections) -> None:
        seen = one.connection_as_arrives
        name = 0 if seen is None or one.sender == "X" else _name_of(seen.reversed(), known)
        if name:
            self._put(side, name, self._begun(side, name, known[name]).after_arrival(one, segment))
        if segment.length:
            self._note_foreign(side, one, segment, known, bool(name))

    def _note_foreign(
        self, side: Side, one: Transmission, segment: Segment, known: Connections, taken: bool
    ) -> None:
        """Octets have come in the name of the peer: whether they are of the connection that it has there, and
        of the one that this end has, which has `taken` them for its own."""
        for (at, name), ledger in reversed(self._ends.items()):
            connection = ledger.connection
            if at != side and not ledger.over and connection[:2] == (segment.src, segment.dst):
                sent_on = None if one.sender == side or one.sender == "X" else one.connection
                end = distance(connection.iss or 0, segment.end)
                if (sent_on is None or connection.differs(sent_on)) and ledger.foreign < end < HALF:
                    self._ends[at, name] = ledger._replace(foreign=end)
                break
        name = 0 if taken else _name_of(Connection(segment.dst, segment.src, None, None), known)
        irs = known[name].irs if name else None
        if irs is not None:
            ledger, end = self._begun(side, name, known[name]), distance(irs, segment.end)
            if ledger.foreign_in < end < HALF:
                self._put(side, name, ledger._replace(foreign_in=end))

    def _sent(self, side: Side, one: Transmission, segment: Segment, known: Connections) -> None:
        name = 0 if one.connection is None else _name_of(one.connection, known)
        if name and known[name].iss is not None:
            self._put(side, name, self._begun(side, name, known[name]).after_sending(one, segment))

    def _begun(self, side: Side, name: int, connection: Connection) -> EndLedger:
        """The ledger of a connection, a new one if it has none."""
        found = self._ends.get((side, name))
        if found is None or found.over or found.connection.differs(connection):
            return EndLedger(connection)
        return found._replace(connection=connection)

    def _end(self, side: Side, name: int) -> None:
        found = self._ends.get((side, name))
        if found is not None and not found.over:
            self._ends[side, name] = found._replace(over=True)

    def _put(self, side: Side, name: int, ledger: EndLedger) -> None:
        self._ends.pop((side, name), None)
        self._ends[side, name] = ledger


def _name_of(seen: Connection, known: Connections) -> int:
    """The name of a connection among those of an end; 0: it is none of them."""
    mine = [name for name, one in known.items() if one[:2] == seen[:2] and not one.differs(seen)]
    return mine[-1] if mine else 0


class LedgerEntry(NamedTuple):
    """A segment that came or was lost, and both ends' ledgers then, of the connection that it is of."""

    transmission: Transmission
    a: EndLedger | None
    b: EndLedger | None


def entries(run: Record) -> list[LedgerEntry]:
    """Of each segment of a whole run, in the order in which they came or were lost."""
    ledger = Ledger()
    found: list[LedgerEntry] = []
    before = {one.number: one for one in run.prelude_transmissions}
    for report in run.prelude:
        ledger.add(report, before)
    known = {one.number: one for one in run.transmissions}
    for report in run.reports:
        ledger.add(report, known)
        for one in sorted(report.ended, key=lambda one: one.ended_at):  # What is lost is lost on its way.
            if isinstance(one.payload, Segment):
                a, b = (_of_segment(ledger, side, one) for side in SIDES)
                found.append(LedgerEntry(one, a, b))
    return found


def _of_segment(ledger: Ledger, side: Side, one: Transmission) -> EndLedger | None:
    """The ledger of an end of the connection that a segment is of."""
    if one.connection is None or one.sender == "X":
        return ledger.of(side)
    seen = one.connection if one.sender == side else one.connection_as_arrives
    assert seen is not None
    return ledger.of_connection(side, seen if one.sender == side else seen.reversed())
