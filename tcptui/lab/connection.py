"""Connections as a reader of the run tells them apart: two sockets, and which incarnation.

Sequence numbers mean something within one incarnation of a connection (RFC 9293 section 3.4.1): two that
follow one another between the same sockets have other initial numbers, or, where those are not unique, the
same. So whoever shows a number must know which incarnation it is of, and nobody on the wire says so. The lab
knows, for it has seen every connection begin: a segment gets its `Connection` once, where it goes onto the
wire, from the connection that sends it, or, where none does, from the segment that it answers.

An end keeps those of its own that are alive. They are made of what the wire has shown: labels for readers, by
which no stack decides anything. Patterns (`patterns`) are written in the numbers that a reader sees, so where
one asks for them the state's key has them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.packet.seq import MASK, distance, le, seq_add
from tcptui.named_tuple import NamedTuple

Bases: TypeAlias = tuple[int | None, int | None]
"""The initial sequence numbers of both directions that make numbers relative, each None where it is not
known: the sender's and the receiver's."""

UNKNOWN: Bases = (None, None)


class Connection(NamedTuple):
    """One incarnation of a connection, from one end of it."""

    local: Socket
    remote: Socket
    iss: int | None
    """Its initial sequence number; None where it is not known."""
    irs: int | None
    """The other end's."""
    begun: int | None = None
    """The step in which its first SYN left: which incarnation it is. None if a third party has sent that."""

    @property
    def bases(self) -> Bases:
        """What makes the numbers of its segments relative."""
        return self[2:4]

    def reversed(self) -> Connection:
        """The same from the other end."""
        local, remote, iss, irs, begun = self
        return Connection(remote, local, irs, iss, begun)

    def holds(self, segment: Segment) -> bool:
        """Whether the numbers of a segment come at or after its initial ones."""
        iss, irs = self.iss, self.irs
        return (iss is None or le(iss, segment.seq)) and (
            irs is None or not segment.flags & ACK or le(irs, segment.ack)
        )

    def differs(self, other: Connection) -> bool:
        """Whether the other is known to be another incarnation; both are seen from the same end."""
        if _differ(self.iss, other.iss) or _differ(self.irs, other.irs):
            return True
        return None not in (*self[2:], *other[2:]) and self.begun != other.begun

    def earlier_than(self, other: Connection) -> bool:
        """Whether this one is known to have begun before the other."""
        return self.begun is not None and other.begun is not None and self.begun < other.begun


Connections: TypeAlias = Mapping[int, Connection]
"""Those of one end by their names. It is replaced, never changed."""

NO_CONNECTIONS: Connections = MappingProxyType({})


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other


def opened(
    numbers: tuple[int, int | None],
    sockets: tuple[Socket, Socket],
    known: Connection | None,
    arrived: Connection | None,
    step: int,
) -> Connection:
    """A connection with these initial numbers: `known` if that is the one, else what has become of it, once
    a SYN has arrived on `arrived`, or a new one."""
    if known is not None and known.bases == numbers:
        return known
    iss, irs = numbers
    if arrived is not None and (arrived.iss != irs or _differ(arrived.irs, iss)):
        arrived = None
    begun: int | None = step
    if known is not None and known.iss == iss:
        begun = known.begun
        if arrived is not None and arrived.earlier_than(known):
            begun = arrived.begun  # Of two SYNs that crossed, the first.
    elif arrived is not None:
        begun = arrived.begun
    return Connection(*sockets, iss, irs, begun)


def of_answer(segment: Segment, known: Connection | None, arrived: Connection | None) -> Connection | None:
    """The connection of a segment that is sent where there is no block for it, or of a RST: `known` is that
    which sends it, `arrived` that of the segment that it answers. None if its numbers belong to neither."""
    answered = None if arrived is None else arrived.reversed()
    if segment.flags & RST and answered is not None and answered.holds(segment):
        return answered  # SEQ is SEG.ACK, or ACK is SEG.SEQ + SEG.LEN (RFC 9293 section 3.5.2).
    if known is not None and known.holds(segment):
        return known
    if answered is None:
        return None
    if segment.flags & SYN:  # That of a cookie, for which there is no block.
        return first_of(segment, answered.begun)
    if answered.holds(segment):
        return answered
    if segment.flags & RST and segment.seq == 0:
        return answered._replace(iss=None)  # Section 3.10.7.1: SEQ is 0 where nothing was acknowledged.
    return None


def of_numbers(segment: Segment, connections: Iterable[Connection], begun: int | None) -> Connection:
    """The connection of a segment that no connection of an end sends: of `connections`, from either end, the
    one whose initial numbers it comes next after. A SYN that is none of theirs has begun one, in the step
    `begun`."""
    src, dst, seq, syn = segment.src, segment.dst, segment.seq, segment.flags & SYN
    nearest: Connection | None = None
    least = 0
    for one in connections:
        if one.local == dst and one.remote == src:
            one = one.reversed()
        elif one.local != src or one.remote != dst:
            continue
        if not one.holds(segment) or (syn and one.iss not in (None, seq)):
            continue
        if syn:
            one = one._replace(iss=seq)
        behind = MASK if one.iss is None else distance(one.iss, seq)
        if nearest is None or behind < least:
            nearest, least = one, behind
    if nearest is not None:
        return nearest
    return first_of(segment, begun) if syn else Connection(src, dst, None, None)


def first_of(segment: Segment, begun: int | None) -> Connection:
    """The connection that a SYN begins, or, with an ACK, answers."""
    irs = seq_add(segment.ack, -1) if segment.flags & ACK else None
    return Connection(segment.src, segment.dst, segment.seq, irs, begun)


def opened_after(known: tuple[Connection, ...], segment: Segment, step: int) -> tuple[Connection, ...]:
    """What has been opened, once this SYN has left in that step."""
    src, dst, seq = segment.src, segment.dst, segment.seq
    for place in range(len(known) - 1, -1, -1):
        one = known[place]
        if (one[:3] == (src, dst, seq)) or (one[:2] == (dst, src) and one.irs == seq):
            return known  # Again.
        answers = segment.flags & ACK and one.iss == seq_add(segment.ack, -1)
        crosses = not segment.flags & ACK and place == len(known) - 1 and one[:2] == (dst, src)
        if one.irs is None and (answers or crosses):
            return (*known[:place], one._replace(irs=seq), *known[place + 1 :])
    new = first_of(segment, step)
    return (*known, new.reversed() if segment.flags & ACK else new)
