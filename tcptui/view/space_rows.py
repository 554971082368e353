"""Both directions of a connection as rows of its pane: variables, the picture, and what stands below it.

A narrow pane has the variables around the picture, a wide one in a row of their own below a heading that says
how much is in flight, waits or is held. Numbers that are too long for that move to the row beside, never to
one that was not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.packet.segment import SYN
from tcptui.core.packet.seq import distance, seq_add, signed_distance
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text
from tcptui.lab.wire import Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, shorten
from tcptui.view.end_rows import NEVER, Field, Row, fitting
from tcptui.view.lines import Line
from tcptui.view.sequence_parts import receive_space, send_space
from tcptui.view.sequence_space import (
    Picture,
    Space,
    draw_space,
    labels_below,
    most_before,
    numbers_above,
)
from tcptui.view.subject import Host, Seen

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

WIDE = 26
"""The width from which on a part has a heading of its own."""
_ISS_BESIDE = 44
"""The width from which on an initial number has room in a heading."""
_LEAST_DATA = 8
"""Cells in which data that is cut still says something."""
MADE, LEFT = "●", "○"
"""Times that something was sent, and that it may still be sent."""


class SpaceRows(NamedTuple):
    """The picture of one direction and the row that it stands on."""

    row: int
    space: Space
    base: int
    """The raw number that the picture's numbers are counted from."""
    width: int
    tall: int
    """On so many rows."""
    spots: list[tuple[int, int, int]]
    """From which cell on up to which stands which segment."""

    def with_selected(self, line: Line, selected: Transmission, *, arrived: bool) -> Line:
        """The line of the picture with the octets of a segment reversed."""
        payload = selected.arrives_as if arrived else selected.payload
        start = signed_distance(self.base, payload.seq)  # type: ignore[union-attr]
        chosen = (start, start + payload.length)  # type: ignore[union-attr]
        return (line[0], *draw_space(self.space, self.width, chosen).line, line[-1])


class DirectionRows(NamedTuple):
    """The rows of one direction."""

    made_of: tuple[object, ...]
    """What they tell; where that is the same they are."""
    rows: tuple[Row, ...]
    picture: SpaceRows | None
    space: Space | None


class Spaces(NamedTuple):
    """The rows of both directions."""

    send: DirectionRows
    receive: DirectionRows
    retries: str
    """How often has been sent again what is in flight; empty: it was not."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Those of its own direction, then those of the peer's."""
        return self.send.rows + self.receive.rows


def space_rows(
    host: Host,
    tcb: Tcb,
    raw: bool,
    width: int,
    size: tuple[bool, int],
    seen: Seen,
    known: Spaces | None = None,
) -> Spaces:
    """The spaces of the connection that is shown, `tcb`, which is not in LISTEN. As many rows in every state:
    three for each direction and those of its picture, and one more with numbers above. `size`: whether there
    are such numbers, and how many rows a picture has. `known`: what was found before, at this size: most
    steps change one direction."""
    above, tall = size
    tries = _tries(host, tcb)
    made_of: tuple[object, ...] = (
        tcb.connection, tcb.state, tcb.iss, tcb.snd_una, tcb.snd_nxt, tcb.snd_wnd, tcb.max_snd_wnd,
        tcb.retransmission_queue, len(tcb.send_buffer), tcb.close_called, tcb.fin_sent, tries,
    )  # fmt: skip
    if known is None or known.send.made_of != made_of:
        own = _send_rows(tcb, made_of, _Room(width, raw, above, tall), seen, tries.pips)
    else:
        own = known.send
    made_of = (
        tcb.connection, tcb.state, tcb.irs, tcb.rcv_nxt, tcb.rcv_wnd, tcb.out_of_order,
        len(tcb.receive_buffer), tcb.rcv_buff,
    )  # fmt: skip
    if known is None or known.receive.made_of != made_of:
        peers = _receive_rows(tcb, made_of, _Room(width, raw, above, tall), seen)
    else:
        peers = known.receive
    return Spaces(own, peers, tries.words)


class _Room(NamedTuple):
    """How the rows are to be made."""

    width: int
    raw: bool
    above: bool
    tall: int


def _send_rows(
    tcb: Tcb,
    made_of: tuple[object, ...],
    room: _Room,
    seen: Seen,
    pips: list[str],
) -> DirectionRows:
    space = send_space(tcb, seen, most_before(room.width - 2))
    direction = _Direction(space, tcb.snd_una, tcb.iss, room)
    rows = direction.rows(
        say("ui.end.send"),
        [("UNA", direction.text(tcb.snd_una)), ("NXT", direction.text(tcb.snd_nxt))],
        str(tcb.snd_wnd) if tcb.max_snd_wnd else "",
        ("ISS", tcb.iss),
        _in_flight(tcb),
        pips or _data(tcb, room.width),
    )
    return DirectionRows(made_of, tuple(rows), direction.placed(), space)


def _receive_rows(tcb: Tcb, made_of: tuple[object, ...], room: _Room, seen: Seen) -> DirectionRows:
    space = receive_space(tcb, seen, most_before(room.width - 2))
    direction = _Direction(space, tcb.rcv_nxt, tcb.irs, room)
    rows = direction.rows(
        say("ui.end.receive") if room.width >= WIDE else say("ui.end.receive_brief"),
        [] if space is None else [("NXT", direction.text(tcb.rcv_nxt))],
        str(tcb.rcv_wnd),
        ("IRS", tcb.irs),
        _come(tcb, direction),
        [],
    )
    return DirectionRows(made_of, tuple(rows), direction.placed(), space)


class _Direction:
    """One direction on a pane of a width."""

    def __init__(self, space: Space | None, base: int, first: int, room: _Room) -> None:
        self._space, self._base, self._first = space, base, first
        self._width, self._raw, self._above, self._tall = room
        self._wide = room.width >= WIDE
        self._picture: Picture | None = None if space is None else draw_space(space, room.width - 2)

    def text(self, number: int) -> str:
        """A sequence number."""
        return seq_text(number, self._first, self._raw)

    def placed(self) -> SpaceRows | None:
        """Where the picture stands among the rows."""
        if self._space is None or self._picture is None:
            return None
        spots = [(x + 1, x + 1 + cells, part.number) for part, x, cells in self._picture.cells if part.number]
        at = (2 if self._wide else 1) + self._above
        return SpaceRows(at, self._space, self._base, self._width - 2, self._tall, spots)

    def rows(
        self,
        name: str,
        numbers: list[tuple[str, str]],
        window: str,
        first: tuple[str, int],
        told: list[str],
        below: list[str],
    ) -> list[Row]:
        """Its rows: `told` is what there is to say of it, `below` what can stand below the picture."""
        fields = [Field(f"{what} {number}", key=(name, what, number)) for what, number in numbers]
        if window:
            fields.append(Field(f"WND {window}", key=(name, "WND", window)))
        initial = Field(f"{first[0]} {first[1]}", "dim", NEVER) if self._raw else None
        above = [self._above_row(name, initial)] if self._above else []
        pictures = self._picture_rows(name)
        if self._wide:
            heading, variables = self._heading(name, fields, told, initial)
            return [heading, variables, *above, *pictures, self._below(below)]
        head = fields.pop(0)._replace(label=f"{name} ") if fields else Field(name, "label", NEVER)
        if 1 + cell_len(head.label) + len(head.text) > self._width:
            head = head._replace(label="")
        notes = [text for text in (*below, *told) if text]
        variables, rest = _spread(fields, self._width)
        return [(head,), *above, *pictures, variables, rest or self._below(notes)]

    def _heading(
        self, name: str, fields: list[Field], told: list[str], initial: Field | None
    ) -> tuple[Row, Row]:
        """The heading with what there is to say, and the variables; one that has no room goes up."""
        variables, rest = _spread(fields, self._width)
        beside: tuple[Field, ...] = ()
        if rest:
            beside = (fields[0],)
            variables, _ = _spread(fields[1:], self._width)
        elif initial is not None and self._width >= _ISS_BESIDE:
            beside = (initial,)
        used = 1 + cell_len(name) + 1 + sum(2 + cell_len(field.text) for field in beside)
        text = next((one for one in told if used + cell_len(one) + 3 <= self._width), "")
        line = "─" * (self._width - used - (cell_len(text) + 2 if text else 0) - (1 if beside else 0))
        if beside:
            first = beside[0]._replace(label=f"{name} ")
            last = Field(text, key=NEVER, label=f"{line} " if text else line)
            return (first, last), variables
        label = f"{name} {line} " if text else f"{name} {line}"
        return (Field(text, key=NEVER, label=label),), variables

    def _above_row(self, name: str, initial: Field | None) -> Row:
        if initial is not None and self._width < _ISS_BESIDE:
            return (initial,)
        if self._picture is None or self._raw:
            return ()
        edges = [self._picture.edges[0], *self._picture.edges[:0:-1]]
        starts = [(x, part.start) for part, x, _ in self._picture.cells]
        texts = [(x, self.text(seq_add(self._base, at))) for x, at in (*edges, *starts)]
        text = numbers_above(self._width - 2, texts)
        return (Field(text, "dim", NEVER),) if text else ()

    def _picture_rows(self, name: str) -> list[Row]:
        if self._picture is None:
            return [()] * self._tall
        first = Field("", key=(name, self._base, self._space), drawn=self._picture.line)
        return [(first,), *[(first._replace(key=NEVER),)] * (self._tall - 1)]

    def _below(self, texts: list[str]) -> Row:
        room = self._width - 2
        text = fitting(texts, room) if texts else ""
        if self._picture is None:
            return (Field(text, key=NEVER),) if text else ()
        left = room - cell_len(labels_below(self._picture, room)) - 1
        if texts and cell_len(texts[-1]) > room and left >= _LEAST_DATA:
            text = shorten(texts[-1], left)  # It is cut in any case, and the numbers are not.
        line = labels_below(self._picture, room, text)
        return (Field(line, "dim", NEVER),) if line else ()


def _spread(fields: list[Field], width: int) -> tuple[Row, Row]:
    """Fields over a row, the last at its right end; those that have no room for a row beside it."""
    if not fields:
        return (), ()
    *others, last = fields
    each = width // len(fields)
    needed = [1 + len(field.text) for field in fields]
    if sum(needed) <= width:
        placed: list[Field] = []
        left = width - needed[-1]
        for field, cells in zip(others, needed, strict=False):
            wanted = max(cells, each) if max(needed[:-1], default=0) <= each else cells
            placed.append(field._replace(width=wanted))
            left -= wanted
        if left < 0:
            placed = [field._replace(width=cells) for field, cells in zip(others, needed, strict=False)]
            left = width - sum(needed)
        if placed:
            placed[-1] = placed[-1]._replace(width=placed[-1].width + left)
        return (*placed, last), ()
    squeezed = [field._replace(text=field.text.replace(" ", "")) for field in fields]
    if sum(1 + len(field.text) for field in squeezed) <= width:
        return tuple(squeezed), ()
    return tuple(others), (last,)


class _Tries(NamedTuple):
    """How often a segment was sent, and how often it may be."""

    words: str
    pips: list[str]


def _tries(host: Host, tcb: Tcb) -> _Tries:
    """Of the first segment in flight: a SYN from the first time on, what else there is once it was sent
    again."""
    queue = tcb.retransmission_queue
    if not queue or tcb.ack_deferred:
        return _Tries("", [])
    front = queue[0]
    is_syn = bool(front.flags & SYN)
    if not is_syn and not front.timeouts:
        return _Tries("", [])
    from tcptui.core.tcp.stacks import STACKS  # Late: it is loaded once there is a connection.
    from tcptui.core.tcp.timeouts import most_retries

    most = most_retries(tcb, host.profile, STACKS[host.profile.stack])
    if most is None:
        return _Tries("", [])
    made = front.timeouts
    if is_syn:
        words = say("ui.end.try", count=made + 1, most=most + 1)
        pips = MADE * (made + 1) + LEFT * (most - made)
    else:
        words = say("ui.end.again", count=made, most=most)
        pips = MADE * made + LEFT * (most - made)
    return _Tries("" if is_syn and not made else words, [f"{words} {pips}", pips, words])


def _in_flight(tcb: Tcb) -> list[str]:
    """What is in flight and what waits, in several wordings."""
    queue = tcb.retransmission_queue
    data = sum(len(entry.data) for entry in queue)
    syn = "SYN" if queue and queue[0].flags & SYN else ""
    fin = "FIN" if tcb.fin_sent and not tcb.fin_acknowledged else ""
    what = " + ".join(one for one in (syn, str(data) if data else "", fin) if one)
    flight = say("ui.end.in_flight", count=what) if what else ""
    waits = say("ui.end.unsent", count=len(tcb.send_buffer)) if tcb.send_buffer else ""
    fin_waits = say("ui.end.fin_waits") if tcb.close_called and not tcb.fin_sent else ""
    both = ", ".join(one for one in (flight, waits, fin_waits) if one)
    brief = say("ui.end.sent_brief", count=what) if what else ""
    least = f"{waits}, FIN" if waits and fin_waits else ""
    return [text for text in (both, least, waits, fin_waits, flight, brief) if text]


def _come(tcb: Tcb, direction: _Direction) -> list[str]:
    """What has come, in several wordings: what is not read, what is held, what was taken in all."""
    if tcb.state is State.SYN_SENT:
        return [say("ui.end.not_known")]
    texts: list[str] = []
    unread: list[str] = []
    if tcb.receive_buffer:
        count, size = len(tcb.receive_buffer), tcb.rcv_buff
        unread = [
            say("ui.end.unread_of", count=count, room=size),
            say("ui.end.unread_brief", count=count, room=size),
            say("ui.end.unread", count=count),
        ]
    held = sum(len(piece.data) for piece in tcb.out_of_order)
    ranges = _held_ranges(tcb, direction)
    fin = tcb.state in (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
    taken = distance(tcb.irs, tcb.rcv_nxt) - 1 - fin
    if held:
        in_all = say("ui.end.held", count=held)
        texts = [", ".join((*unread[:1], ranges)), ranges, in_all]
    elif unread:
        texts = unread
    elif taken or fin:
        what = " + ".join(one for one in (str(taken) if taken else "", "FIN" if fin else "") if one)
        texts = [say("ui.end.taken", count=what)]
    return texts


def _held_ranges(tcb: Tcb, direction: _Direction) -> str:
    """What has arrived out of order, in ranges without a gap."""
    ranges: list[tuple[int, int]] = []
    for piece in tcb.out_of_order:
        if ranges and ranges[-1][1] == piece.seq:
            ranges[-1] = (ranges[-1][0], piece.end)
        else:
            ranges.append((piece.seq, piece.end))
    texts = [f"{direction.text(first)}:{direction.text(last)}" for first, last in ranges]
    return say("ui.end.held", count=" ".join(texts))


def _data(tcb: Tcb, width: int) -> list[str]:
    """The data of a lone segment in flight."""
    queue = tcb.retransmission_queue
    if width < WIDE or len(queue) != 1 or not queue[0].data:
        return []
    return [f"{queue[0].data[:80].decode(errors='replace')!a}"]
