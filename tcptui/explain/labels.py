"""What a transmission is called: its number and kind, and the label of its arrow in the ladder.

Everything in a label is a protocol's word or a number, but for the marks that say what was done to the
segment.
"""

from __future__ import annotations

from rich.cells import cell_len

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import ACK, PSH, RST, Segment, flag_text
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.udp import for_many
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, seq_text
from tcptui.lab.wire import Transmission


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
    end = seq_text(seq_add(segment.seq, length), transmission.bases[0], raw)
    has_ack = bool(segment.flags & ACK)
    marks = _marks(transmission)
    words = f"seq={seq}" + (f" ack={ack}" if has_ack else "") + (f" len={length}" if length else "")
    compact = (f"{seq}:{end}" if length else seq) + (f" ack {ack}" if has_ack else "")
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
    if transmission.copy_of and brief:
        marks += f" =#{transmission.copy_of}"
    elif transmission.copy_of:
        marks += f" {say('label.copy_of', number=transmission.copy_of)}"
    elif transmission.attempt > 1:
        marks += f" {say('label.again')}"
    if transmission.delayed_by:
        marks += f" +{duration_text(transmission.delayed_by)}"
    return marks
