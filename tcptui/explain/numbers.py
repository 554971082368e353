"""Numbers as a reader sees them: relative or raw sequence numbers, times, labels of segments."""

from __future__ import annotations

from rich.cells import cell_len

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import ACK, PSH, RST, Segment, flag_text
from tcptui.core.packet.seq import relative
from tcptui.core.udp import for_many
from tcptui.explain.words import tr
from tcptui.lab.wire import Transmission


def seq_text(number: int, base: int | None, raw: bool) -> int:
    """A sequence number as the reader wants it."""
    return number if raw else relative(number, base)


def time_text(now: int, cells: int = 8) -> str:
    """Seconds, to the millisecond if there are `cells` enough: ``1.080``."""
    seconds = now / 1_000_000
    for decimals in (3, 2, 1):
        text = f"{seconds:.{decimals}f}"
        if len(text) <= cells:
            return text
    return f"{seconds:.0f}"


def duration_text(microseconds: int) -> str:
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


def name_of(transmission: Transmission) -> str:
    """Number and kind: ``#2 SYN,ACK``, ``#3 UDP``."""
    payload = transmission.payload
    if isinstance(payload, Segment):
        return f"#{transmission.number} {flag_text(payload.flags)}"
    return f"#{transmission.number} {'UDP' if isinstance(payload, Datagram) else 'ICMP'}"


def label_of(transmission: Transmission, raw: bool, room: int) -> str:
    """What travels there, in at most `room` cells: the first wording that fits."""
    if isinstance(transmission.payload, Segment):
        return _segment_label(transmission, transmission.payload, raw, room)
    name, text = name_of(transmission), f"#{transmission.number} {transmission.payload}"
    target = ""
    if isinstance(transmission.payload, Datagram) and for_many(transmission.payload.dst.host):
        target = f" → {transmission.payload.dst}"
    marks, brief = _marks(transmission), _marks(transmission, brief=True)
    for label in (f"{text}{target}{marks}", f"{text}{marks}", f"{text}{brief}", f"{name}{brief}", name):
        if cell_len(label) <= room:
            return label
    return name[:room]


def _segment_label(transmission: Transmission, segment: Segment, raw: bool, room: int) -> str:
    seq = seq_text(segment.seq, transmission.bases[0], raw)
    ack = seq_text(segment.ack, transmission.bases[1], raw)
    flags = flag_text(segment.flags)
    short = flag_text(segment.flags & ~PSH)
    length = len(segment.data)
    has_ack = bool(segment.flags & ACK)
    marks = _marks(transmission)
    words = f"seq={seq}" + (f" ack={ack}" if has_ack else "") + (f" len={length}" if length else "")
    compact = (f"{seq}:{seq + length}" if length else f"{seq}") + (f" ack {ack}" if has_ack else "")
    full = f"#{transmission.number} {flags} {words}"
    for label in (
        f"{full} win={segment.wnd}{marks}" if room >= 40 and not segment.flags & RST else "",
        full + marks,
        f"#{transmission.number} {short} {words}{marks}",
        f"#{transmission.number} {short} {compact}{marks}",
        f"#{transmission.number} {short} {compact}{_marks(transmission, brief=True)}",
        f"#{transmission.number} {short} {seq}{_marks(transmission, brief=True)}",
        f"#{transmission.number} {short} {compact}",
        f"#{transmission.number} {short} {seq}",
    ):
        if label and cell_len(label) <= room:
            return label
    return f"#{transmission.number} {short}"[:room]


def _marks(transmission: Transmission, brief: bool = False) -> str:
    """What the wire or its sender has done to a segment."""
    marks = ""
    if transmission.copy_of:
        marks += f" =#{transmission.copy_of}" if brief else f" {tr('copy of')} #{transmission.copy_of}"
    elif transmission.attempt > 1:
        marks += f" {tr('again')}"
    if transmission.delayed_by:
        marks += f" +{duration_text(transmission.delayed_by)}"
    return marks
