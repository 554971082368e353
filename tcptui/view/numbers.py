"""Numbers as a reader sees them: relative or raw sequence numbers, times, labels of segments."""

from __future__ import annotations

from rich.cells import cell_len

from tcptui.core.datagram import Datagram
from tcptui.core.segment import ACK, PSH, RST, Segment, flag_text
from tcptui.core.seq import relative
from tcptui.core.udp import for_many
from tcptui.lab.wire import Flight
from tcptui.view.words import tr


def shown(number: int, base: int | None, raw: bool) -> int:
    """A sequence number as the reader wants it."""
    return number if raw else relative(number, base)


def clock(now: int, cells: int = 8) -> str:
    """Seconds, to the millisecond if there are `cells` enough: ``1.080``."""
    seconds = now / 1_000_000
    for decimals in (3, 2, 1):
        text = f"{seconds:.{decimals}f}"
        if len(text) <= cells:
            return text
    return f"{seconds:.0f}"


def span(microseconds: int) -> str:
    """A duration in the unit that suits it: ``20 ms``, ``1.92 s``, ``3.9 min``."""
    if microseconds < 10_000:
        return f"{round(microseconds / 1_000, 2):g} ms"
    if microseconds < 1_000_000:
        return f"{microseconds / 1_000:.0f} ms"
    if microseconds < 10_000_000:
        return f"{microseconds / 1_000_000:.2f} s"
    if microseconds < 120_000_000:
        return f"{microseconds / 1_000_000:.1f} s"
    return f"{microseconds / 60_000_000:.1f} min"


def name_of(flight: Flight) -> str:
    """Number and kind: ``#2 SYN,ACK``, ``#3 UDP``."""
    payload = flight.payload
    if isinstance(payload, Segment):
        return f"#{flight.number} {flag_text(payload.flags)}"
    return f"#{flight.number} {'UDP' if isinstance(payload, Datagram) else 'ICMP'}"


def label_of(flight: Flight, raw: bool, room: int) -> str:
    """What travels there, in at most `room` cells: the first wording that fits."""
    if isinstance(flight.payload, Segment):
        return _segment_label(flight, flight.payload, raw, room)
    name, text = name_of(flight), f"#{flight.number} {flight.payload}"
    target = ""
    if isinstance(flight.payload, Datagram) and for_many(flight.payload.dst.host):
        target = f" → {flight.payload.dst}"
    marks, brief = _marks(flight), _marks(flight, brief=True)
    for label in (f"{text}{target}{marks}", f"{text}{marks}", f"{text}{brief}", f"{name}{brief}", name):
        if cell_len(label) <= room:
            return label
    return name[:room]


def _segment_label(flight: Flight, segment: Segment, raw: bool, room: int) -> str:
    seq = shown(segment.seq, flight.bases[0], raw)
    ack = shown(segment.ack, flight.bases[1], raw)
    flags = flag_text(segment.flags)
    short = flag_text(segment.flags & ~PSH)
    length = len(segment.data)
    has_ack = bool(segment.flags & ACK)
    marks = _marks(flight)
    words = f"seq={seq}" + (f" ack={ack}" if has_ack else "") + (f" len={length}" if length else "")
    compact = (f"{seq}:{seq + length}" if length else f"{seq}") + (f" ack {ack}" if has_ack else "")
    full = f"#{flight.number} {flags} {words}"
    for label in (
        f"{full} win={segment.wnd}{marks}" if room >= 40 and not segment.flags & RST else "",
        full + marks,
        f"#{flight.number} {short} {words}{marks}",
        f"#{flight.number} {short} {compact}{marks}",
        f"#{flight.number} {short} {compact}{_marks(flight, brief=True)}",
        f"#{flight.number} {short} {seq}{_marks(flight, brief=True)}",
        f"#{flight.number} {short} {compact}",
        f"#{flight.number} {short} {seq}",
    ):
        if label and cell_len(label) <= room:
            return label
    return f"#{flight.number} {short}"[:room]


def _marks(flight: Flight, brief: bool = False) -> str:
    """What the wire or its sender has done to a segment."""
    marks = ""
    if flight.copy_of:
        marks += f" =#{flight.copy_of}" if brief else f" {tr('copy of')} #{flight.copy_of}"
    elif flight.attempt > 1:
        marks += f" {tr('again')}"
    if flight.delayed_by:
        marks += f" +{span(flight.delayed_by)}"
    return marks
