"""A header in a few rows of words, the field that matters most first.

It stands below the ladder all the time where there are few rows to spare, and is drawn with every key: so a
field is only told when there is room for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import ACK, Segment, flag_text
from tcptui.core.packet.tcp_format import HEADER
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text
from tcptui.lab.packets import packet_of
from tcptui.lab.wire import Transmission
from tcptui.view.cells import cell_len, shorten
from tcptui.view.inspectors.options import option_runs, option_text
from tcptui.view.inspectors.parts import Part, Row

_GAP = "  "


def brief_rows(transmission: Transmission, raw: bool, width: int, most: int, place: str = "") -> list[Row]:
    """At most `most` rows: as many fields as have room, each whole; the first is cut if it has none."""
    rows: list[list[Part]] = []
    left = 0
    for name, text in _fields(transmission, raw):
        needed = cell_len(text) + len(_GAP)
        if needed > left:
            if len(rows) == most:
                if left < 10:
                    break
                continue
            rows.append([])
            left = width + 1
            text = shorten(text, width - 1)
            needed = cell_len(text) + len(_GAP)
        rows[-1] += [
            Part(_GAP if rows[-1] else " "),
            Part(text, "selected" if name == place else "plain", name),
        ]
        left -= needed
    return [*rows]


def _fields(one: Transmission, raw: bool) -> Iterator[tuple[str, str]]:
    """Each field's place and what it says."""
    payload = one.payload
    if not isinstance(payload, Segment):
        if isinstance(payload, Datagram):
            yield "source_port", f"{payload.src.port} → {payload.dst.port}"
            yield "data", say("ui.header.len_of", count=len(payload.data))
        else:
            yield "about", f"{say('ui.header.about')} {payload.about.src.port} → {payload.about.dst.port}"
        return
    yield "ACK", flag_text(payload.flags)
    yield "seq", _number("ui.header.seq", payload.seq, one.bases[0], raw)
    if payload.flags & ACK:
        yield "ack", _number("ui.header.ack", payload.ack, one.bases[1], raw)
    yield "data", say("ui.header.len_of", count=len(payload.data))
    yield "window", say("ui.header.win", count=payload.wnd)
    yield "source_port", f"{payload.src.port} → {payload.dst.port}"
    octets = packet_of(payload).payload
    size = len(octets) - len(payload.data)
    yield "data_offset", say("ui.header.offset_octets", words=size // 4, octets=size)
    for number, (kind, length, data) in enumerate(option_runs(octets[HEADER.size : size]), 1):
        yield f"option {number}", option_text(kind, length, data, one.bases[1], raw)
    yield "checksum", f"{say('ui.header.checksum')} 0x{octets[16:18].hex()}"
    yield "urgent", f"{say('ui.header.urgent')} {payload.up}"
    if payload.data:
        yield "data", say("ui.header.data_of", data=ascii(payload.data[:200].decode(errors="replace")))


def _number(name: str, number: int, base: int | None, raw: bool) -> str:
    """A sequence number both ways, if they differ."""
    shown = seq_text(number, base, raw)
    return f"{say(name)} {shown}" if shown == str(number) else f"{say(name)} {shown} ({number})"
