"""What a connection has sent and received, as the parts of its two sequence spaces.

The block of a connection knows what is in flight, what waits and what is held out of order; what has been
acknowledged or taken it has forgotten, and which segment carried an octet it never knew. That is told by the
segments that were on the wire: of this connection, in this direction, and the latest of them only, since no
more can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tcptui.core.packet.segment import FIN, SYN, Segment
from tcptui.core.packet.seq import signed_distance
from tcptui.core.state import State
from tcptui.lab.wire import Outcome
from tcptui.named_tuple import NamedTuple
from tcptui.view.sequence_space import Kind, Part, Space
from tcptui.view.subject import Seen

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb

_NO_MORE = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
"""The peer's FIN has come: nothing can come after it."""


class Carried(NamedTuple):
    """A segment's numbers, from an edge on."""

    start: int
    end: int
    flags: int
    number: int


def sent_by(tcb: Tcb, seen: Seen, most: int) -> list[Carried]:
    """The latest segments of this connection that occupy sequence space, from SND.UNA on, the newest first,
    `most` and as many as are in flight; those of the network and of third parties are none of its own."""
    base, local, remote = tcb.snd_una, tcb.local, tcb.remote
    found: list[Carried] = []
    enough = most + len(tcb.retransmission_queue)
    for one in reversed(seen.transmissions):
        payload = one.payload
        if (
            type(payload) is Segment
            and payload.src == local
            and payload.dst == remote
            and not one.copy_of
            and one.sender != "X"
            and (one.path is None or not one.path.origin)
            and payload.length
            and one.number <= seen.launched
        ):
            start = signed_distance(base, payload.seq)
            found.append(Carried(start, start + payload.length, payload.flags, one.number))
            if len(found) == enough or payload.flags & SYN:
                break  # What went before its SYN was of another connection.
    return found


def received_by(tcb: Tcb, seen: Seen, most: int) -> list[Carried]:
    """The latest segments that have come to this connection and occupy sequence space, from RCV.NXT on, the
    first first: of two that bring the same, that one was taken. `most` and as many as are held."""
    base, local, remote = tcb.rcv_nxt, tcb.local, tcb.remote
    found: dict[tuple[int, int], Carried] = {}
    enough = most + len(tcb.out_of_order)
    for one in reversed(seen.transmissions):
        if one.outcome is not Outcome.ARRIVED or one.ended_in > seen.steps:
            continue
        payload = one.arrives_as
        if type(payload) is Segment and payload.dst == local and payload.src == remote and payload.length:
            start = signed_distance(base, payload.seq)
            if start >= 0 and not tcb.out_of_order:
                continue  # Beyond what was taken, and not held: it was ignored.
            key = start, start + payload.length
            if key not in found and len(found) == enough:
                break
            found.pop(key, None)
            found[key] = Carried(*key, payload.flags, one.number)
    return list(reversed(found.values()))


def send_space(tcb: Tcb, seen: Seen, most: int) -> Space | None:
    """Its own direction, from SND.UNA on, with `most` segments that are acknowledged; None: it has sent
    nothing."""
    if tcb.state in (State.CLOSED, State.LISTEN):
        return None
    base = tcb.snd_una
    carried = sent_by(tcb, seen, most)
    after: list[Part] = []
    by_start = {one.start: one.number for one in reversed(carried)}
    for entry in tcb.retransmission_queue:
        after += _entry_parts(entry, base, by_start, carried)
    following = signed_distance(base, tcb.snd_nxt)
    known = bool(tcb.max_snd_wnd)
    window = tcb.snd_wnd if known and not tcb.fin_sent else None
    waiting = len(tcb.send_buffer)
    if waiting:
        end = following + waiting
        inside = min(end, max(following, window or 0))
        after += [Part("given", *both) for both in ((following, inside), (inside, end)) if both[0] < both[1]]
    if tcb.close_called and not tcb.fin_sent:
        end = following + waiting
        after.append(Part("given", end, end + 1, 0, "FIN"))
    return Space(_known(carried, signed_distance(base, tcb.iss), most), tuple(after), following, window)


def receive_space(tcb: Tcb, seen: Seen, most: int) -> Space | None:
    """The peer's direction, from RCV.NXT on, with `most` segments that were taken; None: its numbers are not
    known yet."""
    if tcb.state in (State.CLOSED, State.LISTEN, State.SYN_SENT):
        return None
    base = tcb.rcv_nxt
    carried = received_by(tcb, seen, most)
    after: list[Part] = []
    edge = 0
    for piece in tcb.out_of_order:
        start, end = signed_distance(base, piece.seq), signed_distance(base, piece.end)
        if start > edge:
            after.append(Part("gap", edge, start))
        number = _number(carried, start)
        after += _parts("sent", max(start, edge), end, FIN if piece.fin else 0, number)
        edge = max(edge, end)
    window = None if tcb.state in _NO_MORE else tcb.rcv_wnd
    return Space(_known(carried, signed_distance(base, tcb.irs), most), tuple(after), 0, window)


def _number(carried: Sequence[Carried], at: int) -> int:
    """The latest segment that has carried this octet."""
    return next((one.number for one in carried if one.start <= at < one.end), 0)


def _entry_parts(
    entry: RetransmissionEntry, base: int, by_start: Mapping[int, int], carried: Sequence[Carried]
) -> Iterator[Part]:
    start = signed_distance(base, entry.seq)
    kind: Kind = "known" if entry.sacked else "again" if entry.transmissions > 1 else "sent"
    number = by_start.get(start) or _number(carried, start)  # A part may be acknowledged.
    return _parts(kind, start, start + signed_distance(entry.seq, entry.end), entry.flags, number)


def _parts(kind: Kind, start: int, end: int, flags: int, number: int) -> Iterator[Part]:
    """Its SYN, its data and its FIN."""
    if flags & SYN:
        yield Part(kind, start, start + 1, number, "SYN")
        start += 1
    last = end - 1 if flags & FIN else end
    if start < last:
        yield Part(kind, start, last, number)
    if flags & FIN:
        yield Part(kind, last, end, number, "FIN")


def _known(carried: Sequence[Carried], first: int, most: int) -> tuple[Part, ...]:
    """What is acknowledged or taken, up to the edge, by the segments that have carried it; what is older is
    one part. `first`: the initial number."""
    by_end = {one.end: one for one in reversed(carried)}  # The first of two.
    parts: list[Part] = []
    edge = 0
    while edge > first and edge in by_end and len(parts) < most:
        one = by_end[edge]
        parts += reversed(list(_parts("known", one.start, one.end, one.flags, one.number)))
        edge = one.start
    if edge > first:
        parts.append(Part("known", first, edge))
    parts.reverse()
    return tuple(parts)
