"""The header of what travels over the wire, and its octets: a segment's as in RFC 9293 Figure 1, UDP's as in
RFC 768, ICMP's as in RFC 792."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len

from tcptui.core.packet.datagram import Datagram, IcmpMessage, PortUnreachable
from tcptui.core.packet.options import read_sack, read_timestamps
from tcptui.core.packet.segment import (
    ACK,
    FLAG_NAMES,
    OPTION_END,
    OPTION_MSS,
    OPTION_NOP,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    Segment,
)
from tcptui.explain.catalogue import say
from tcptui.explain.labels import label_of
from tcptui.explain.numbers import seq_text
from tcptui.lab.packets import packet_of
from tcptui.lab.wire import Transmission
from tcptui.view.cells import align_right, wrap
from tcptui.view.lines import EMPTY, Line, Style, fit

_CONTROL_BITS = "CEUAPRSF"
Row: TypeAlias = list[tuple[int, str]]
"""Fields side by side: of how many cells, and what stands there."""


def header_lines(
    transmission: Transmission | None, width: int, height: int, *, raw: bool, labels: Sequence[Line] = ()
) -> list[Line]:
    """`height` lines of `width` cells: what it is, the header in boxes, Wireshark's `labels`, the octets as
    far as they fit. The labels have their place even if the boxes must give way."""
    if transmission is None:
        lines: list[Line] = [EMPTY, ((f"  {say('ui.header.none')}", "dim"),)]
    else:
        octets = packet_of(transmission.payload).payload
        style: Style = "a" if transmission.sender == "A" else "b" if transmission.sender == "B" else "copy"
        ends = f"{transmission.sender} → {transmission.receiver}"
        boxes: list[Line] = [
            ((f" {label_of(transmission, raw, width - cell_len(ends) - 4)}", style), (f"  {ends}", "dim")),
            *_boxes(transmission, octets, width, raw),
        ]
        rest = [*labels, *_octet_lines(octets, _header_size(transmission, octets), width)]
        lines = boxes[: max(0, height - len(labels))] + rest
    return [fit(line, width) for line in [*lines, *[EMPTY] * height][:height]]


def _header_size(transmission: Transmission, octets: bytes) -> int:
    """How many octets stand before the text; an ICMP message has none, but quotes."""
    payload = transmission.payload
    return 8 if isinstance(payload, PortUnreachable | IcmpMessage) else len(octets) - len(payload.data)


def _boxes(transmission: Transmission, octets: bytes, width: int, raw: bool) -> list[Line]:
    """Rows of fields between rules; the columns are bits 0, 16 and, for some rows, 8."""
    payload = transmission.payload
    inner = min(width, 66) - 2
    half = inner // 2
    if isinstance(payload, Segment):
        rows = _segment_rows(transmission, payload, octets, inner, raw)
    elif isinstance(payload, Datagram):
        rows = _datagram_rows(payload, octets, inner)
    else:
        rows = _unreachable_rows(payload, octets, inner)
    lines: list[Line] = [((_ruler(inner, half), "dim"),)]
    for index, row in enumerate(rows):
        above = _edges(rows[index - 1]) if index else set()
        lines.append(((_rule(inner, above, _edges(row), index == 0), "dim"),))
        lines.append(_box_row(row))
    lines.append(((_rule(inner, _edges(rows[-1]), set(), False, last=True), "dim"),))
    return lines


def _datagram_rows(datagram: Datagram, octets: bytes, inner: int) -> list[Row]:
    half = inner // 2
    rows = [
        _port_row(datagram, inner),
        [
            (half, f"{say('ui.header.length')} {int.from_bytes(octets[4:6], 'big')}"),
            (inner - half - 1, f"{say('ui.header.checksum')} 0x{octets[6:8].hex()}"),
        ],
    ]
    return rows + _data_rows(datagram.data, inner)


def _unreachable_rows(message: PortUnreachable | IcmpMessage, octets: bytes, inner: int) -> list[Row]:
    half = inner // 2
    src, dst = message.about.src, message.about.dst
    protocol = "TCP" if isinstance(message.about, Segment) else "UDP"
    about = f"{protocol} {src} → {dst}"
    if cell_len(about) > inner - 8:
        about = f"{protocol} {src.port} → {dst.port}"
    return [
        [
            (half // 2, f"{say('ui.header.type')} {octets[0]}"),
            (half - half // 2 - 1, f"{say('ui.header.code')} {octets[1]}"),
            (inner - half - 1, f"{say('ui.header.checksum')} 0x{octets[2:4].hex()}"),
        ],
        [(inner, say("ui.header.unused"))],
        [(inner, f"{say('ui.header.about')} {about}")],
    ]


def _port_row(payload: Segment | Datagram, inner: int) -> Row:
    half = inner // 2
    wide = inner >= 50
    source = say("ui.header.source_port" if wide else "ui.header.source")
    destination = say("ui.header.destination_port" if wide else "ui.header.destination")
    return [
        (half, f"{source} {payload.src.port}"),
        (inner - half - 1, f"{destination} {payload.dst.port}"),
    ]


def _data_rows(data: bytes, inner: int) -> list[Row]:
    text = ascii(data.decode(errors="replace"))
    return [[(inner, f"{say('ui.header.data')} {len(data)}: {text}")]] if data else []


def _segment_rows(
    transmission: Transmission, segment: Segment, octets: bytes, inner: int, raw: bool
) -> list[Row]:
    half = inner // 2
    seq = seq_text(segment.seq, transmission.bases[0], raw)
    # Without its control bit the field means nothing; it is shown as it stands.
    has_ack = bool(segment.flags & ACK)
    ack = seq_text(segment.ack, transmission.bases[1], raw) if has_ack else str(segment.ack)
    wide = inner >= 50
    bits = _control_bits(segment.flags, wide)
    # As much of the name as leaves room for two digits and the bits.
    room = half - cell_len(bits) - 2
    names = (say("ui.header.data_offset"), say("ui.header.offset"), "")
    offset = next(name for name in names if cell_len(name) + 4 <= room or not name)
    offset_cells = cell_len(offset) + 4
    rows = [
        _port_row(segment, inner),
        [(inner, _both(say("ui.header.seq"), seq, segment.seq, inner))],
        [
            (
                inner,
                _both(
                    say("ui.header.ack") if has_ack else say("ui.header.ack_unused"), ack, segment.ack, inner
                ),
            )
        ],
        [
            (offset_cells, f"{offset} {octets[12] >> 4}".lstrip()),
            (half - offset_cells - 1, bits),
            (inner - half - 1, f"{say('ui.header.window')} {segment.wnd}"),
        ],
        [
            (half, f"{say('ui.header.checksum')} 0x{octets[16:18].hex()}"),
            (
                inner - half - 1,
                f"{say('ui.header.urgent_pointer') if wide else say('ui.header.urgent')} {segment.up}",
            ),
        ],
    ]
    options = " · ".join(_option_texts(transmission, segment, raw))
    rows += [[(inner, line)] for line in wrap(options, inner - 2)]
    return rows + _data_rows(segment.data, inner)


def _ruler(inner: int, half: int) -> str:
    """The bit numbers over the boxes."""
    return f" 0{'16':>{half + 1}}{'31':>{inner - half - 1}}"


def _edges(row: Row) -> set[int]:
    """Where a row's fields are divided."""
    edges = set()
    column = 0
    for cells, _ in row[:-1]:
        column += cells
        edges.add(column)
        column += 1
    return edges


def _rule(inner: int, above: set[int], below: set[int], first: bool, last: bool = False) -> str:
    left, right = ("┌", "┐") if first else ("└", "┘") if last else ("├", "┤")
    middle = "".join(
        "┼" if column in above and column in below
        else "┴" if column in above
        else "┬" if column in below
        else "─"
        for column in range(inner)
    )  # fmt: skip
    return left + middle + right


def _box_row(row: Row) -> Line:
    spans: list[tuple[str, Style]] = [("│", "dim")]
    for cells, text in row:
        spans += fit(((f" {text}", "plain"),), cells)
        spans.append(("│", "dim"))
    return tuple(spans)


def _both(name: str, relative: str, raw: int, inner: int) -> str:
    """A sequence number both ways, the raw one at the right end if it is another."""
    left = f"{name} {relative}"
    right = f"{say('ui.header.raw')} {raw}" if str(raw) != relative else ""
    return left + align_right(right, inner - 2 - cell_len(left))


def _control_bits(flags: int, wide: bool) -> str:
    bits = zip(_CONTROL_BITS, FLAG_NAMES, strict=True)
    return (" " if wide else "").join(letter if flags & bit else "·" for letter, (bit, _) in bits)


def _option_texts(transmission: Transmission, segment: Segment, raw: bool) -> list[str]:
    """The options in words, but for the padding between and behind them; an edge of a SACK block is the other
    end's number, as an acknowledgment is."""
    times = read_timestamps(segment)
    texts = []
    for kind, data in segment.options:
        if kind in (OPTION_NOP, OPTION_END):
            continue
        if kind == OPTION_MSS and len(data) == 2:
            texts.append(f"MSS {int.from_bytes(data, 'big')}")
        elif kind == OPTION_SACK_PERMITTED and not data:
            texts.append(say("ui.header.sack_permitted"))
        elif kind == OPTION_WINDOW_SCALE and len(data) == 1:
            texts.append(say("ui.header.window_scale", shift=data[0]))
        elif kind == OPTION_TIMESTAMPS and times is not None:
            texts.append(f"TSval {times[0]} TSecr {times[1]}")
        elif kind == OPTION_SACK and (blocks := read_sack(segment)):
            edges = [[seq_text(edge, transmission.bases[1], raw) for edge in block] for block in blocks]
            texts.append(" ".join(["SACK", *(f"{start}:{end}" for start, end in edges)]))
        else:
            texts.append(say("ui.header.option", kind=kind) + f" {data.hex()}")
    return texts


def _octet_lines(octets: bytes, header: int, width: int) -> list[Line]:
    """The octets in hexadecimal, header and text in styles of their own."""
    per_line = 16 if width >= 54 else 8 if width < 42 else 12
    lines: list[Line] = []
    for start in range(0, len(octets), per_line):
        chunk = octets[start : start + per_line]
        split = max(0, min(len(chunk), header - start))
        head = " ".join(f"{octet:02x}" for octet in chunk[:split])
        text = " ".join(f"{octet:02x}" for octet in chunk[split:])
        gap = " " if head and text else ""
        lines.append(((f" {start:04x}  ", "dim"), (head + gap, "plain"), (text, "why")))
    return lines
