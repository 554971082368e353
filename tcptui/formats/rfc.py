"""A run in the form of RFC 9293's figures (section 3.5): states left and right, segments between.

A scenario may bring the layout of its figure, with the RFC's own comments; states and segments are always
those of the run. Without a layout, or once moves have changed the story, one line stands for a segment that
nothing comes between, and two for any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tcptui.core.message import Message
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment, flag_text
from tcptui.core.packet.seq import relative, seq_add
from tcptui.explain.catalogue import say
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.record import Record
from tcptui.lab.scenario import FigureRow
from tcptui.lab.segment_states import SegmentStates
from tcptui.lab.wire import SIDES, Outcome, Transmission
from tcptui.view.cells import fill

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

_SHOWN_BITS = SYN | FIN | RST | ACK
"""The figures leave out all else, PSH among it."""


def write(run: Record, _point: Point) -> str:
    """The format ``rfc`` of `registry`. Raises Unsuitable."""
    return rfc_figure(run)


def rfc_figure(run: Record) -> str:
    """The figure as text, every line ended. Raises Unsuitable: its layout asks for a segment that is not
    there."""
    rows = run.scenario.figure if not run.moved else ()
    rows = rows or _plain_rows(run)
    texts = _segment_texts(run)
    width = max(map(cell_len, texts), default=0)
    states = SegmentStates(run)
    cells = [_cells(row, run, texts, width, states) for row in rows]
    left_width = max([len("TCP Peer A"), *(cell_len(left) for _, left, _, _ in cells)])
    middle_width = max(cell_len(middle) for _, _, middle, _ in cells)
    lines = [f"       {'TCP Peer A':<{left_width}} {'':<{middle_width}} TCP Peer B"]
    for number, left, middle, right in cells:
        if number:
            lines.append("")
        lines.append(f"   {number:<3} {fill(left, left_width)} {fill(middle, middle_width)} {right}")
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cells(
    row: FigureRow, run: Record, texts: Sequence[str], width: int, states: SegmentStates
) -> tuple[str, str, str, str]:
    """The columns of a row; the text of a segment, of `texts`, takes `width` cells."""
    middle = ""
    if row.segment:
        number, _, part = row.segment.partition(" ")
        transmission = _transmission(int(number), run)
        text = fill(texts[transmission.number - 1], width)
        leaves, arrives = part != "arrives", part != "leaves"
        if transmission.receiver == "B":
            middle = f"{'-->' if leaves else '...'} {text} {'-->' if arrives else '...'}"
        else:
            middle = f"{'<--' if arrives else '...'} {text} {'<--' if leaves else '...'}"
    return row.number, _side(row.left, 0, run, states), middle, _side(row.right, 1, run, states)


def _side(text: str, index: int, run: Record, states: SegmentStates) -> str:
    """A comment as it is; after ``=`` the state that is asked for."""
    if not text.startswith("="):
        return text
    if text in ("=start", "=end"):
        return (run.start if text == "=start" else run.end)[index].value
    transmission = _transmission(int(text[1:]), run)
    state = states.beside(transmission, SIDES[index])
    return state.value if state is not None else ""


def _transmission(number: int, run: Record) -> Transmission:
    if not 1 <= number <= len(run.transmissions):
        why = Message.of("error.figure.segment", number=number, count=len(run.transmissions))
        raise Unsuitable("error.at", where=run.scenario.name, why=why)
    return run.transmissions[number - 1]


def _segment_texts(run: Record) -> list[str]:
    """What stands between the arrows, by the segments' numbers: with its sockets before it where there are
    segments between others too, which the RFC's figures never have."""
    segments = [one.payload for one in run.transmissions if isinstance(one.payload, Segment)]
    several = len({frozenset((segment.src, segment.dst)) for segment in segments}) > 1
    hosts = [host.socket.host for host in run.scenario.hosts]
    return [_segment_text(transmission, run, hosts if several else ()) for transmission in run.transmissions]


def _segment_text(transmission: Transmission, run: Record, hosts: Sequence[str]) -> str:
    """``<SEQ=100><ACK=301><CTL=SYN,ACK>``; what is no segment stands there in a word."""
    segment = transmission.payload
    if not isinstance(segment, Segment):
        return f"<{segment}>"
    sockets = f"{_between(segment, hosts)} " if hosts else ""
    seq_base, ack_base = (None, None) if run.scenario.raw_numbers else transmission.bases
    parts = [f"<SEQ={_number(segment.seq, seq_base, run)}>"]
    if segment.flags & ACK:
        parts.append(f"<ACK={_number(segment.ack, ack_base, run)}>")
    if segment.data and run.scenario.counts_data:
        parts.append(f"<DATA={len(segment.data)}>")
    parts.append(f"<CTL={_control(segment)}>")
    if segment.data and not run.scenario.counts_data:
        parts.append("<DATA>")
    return sockets + "".join(parts)


def _between(segment: Segment, hosts: Sequence[str]) -> str:
    """The sockets of a segment by their ports, and by its address where one is at another host than `hosts`:
    ``80>203.0.113.1:1024``."""
    ends = segment.src, segment.dst
    return ">".join(str(socket.port) if socket.host in hosts else str(socket) for socket in ends)


def _control(segment: Segment) -> str:
    return flag_text(segment.flags & _SHOWN_BITS or segment.flags)


def _number(number: int, base: int | None, run: Record) -> str:
    for name, value in run.scenario.symbols:
        if number == value:
            return name
        if number == seq_add(value, 1):
            return f"{name}+1"
    return str(relative(number, base))


def _plain_rows(run: Record) -> tuple[FigureRow, ...]:
    """A layout for any run: in the order in which things happened."""
    happenings: list[tuple[int, str]] = []
    for report in run.reports:
        if report.cause == "arrival":
            happenings.append((report.transmission, "arrives"))
        happenings += [(number, "leaves") for number in report.launched]
    rows = [("=start", "", "=start")]
    index = 0
    while index < len(happenings):
        number, part = happenings[index]
        transmission = run.transmissions[number - 1]
        here = f"={number}"
        made_by, lost = _made_by(transmission), _lost(transmission)
        if lost:
            if part == "leaves":
                rows.append(_row(transmission, f"{number} leaves", made_by or here, lost))
        elif happenings[index + 1 : index + 2] == [(number, "arrives")] and not made_by:
            rows.append((here, str(number), here))
            index += 1
        elif part == "arrives":
            rows.append(_row(transmission, f"{number} arrives", made_by, here))
        elif not made_by or transmission.outcome is Outcome.IN_FLIGHT:
            rows.append(_row(transmission, f"{number} leaves", made_by or here, ""))
        index += 1
    rows.append(("=end", "", "=end"))
    return tuple(FigureRow(f"{line}.", *row) for line, row in enumerate(rows, 1))


def _row(transmission: Transmission, segment: str, sender: str, receiver: str) -> tuple[str, str, str]:
    """A row with what stands at the sender's side and at the receiver's."""
    return (sender, segment, receiver) if transmission.receiver == "B" else (receiver, segment, sender)


def _made_by(transmission: Transmission) -> str:
    """Who has made a segment, if that is neither end."""
    if transmission.copy_of:
        return say("figure.duplicate")
    return say("figure.third_party") if transmission.sender == "X" else ""


def _lost(transmission: Transmission) -> str:
    """What became of a segment that was lost; "": it was not."""
    if transmission.outcome is not Outcome.LOST:
        return ""
    path = transmission.path
    return f"({path.box})" if path is not None and path.box else say("figure.lost")
