"""What a transmission is called: its number and kind, and the label of its arrow in the ladder.

Everything in a label is a protocol's word or a number, but for the marks that say what was done to the
segment.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from rich.cells import cell_len

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.options import read_offer, read_sack
from tcptui.core.packet.segment import ACK, PSH, RST, SYN, Segment, Socket, flag_text
from tcptui.core.packet.seq import seq_add
from tcptui.core.udp import for_many
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, seq_text
from tcptui.lab.wire import Transmission

SPELLED_OUT, WITH_WINDOW, WITH_OPTIONS = 24, 36, 50
"""Cells from which on a label has the names of its numbers, the window, and what a SYN offers."""


def name_of(transmission: Transmission) -> str:
    """Number and kind: ``#2 SYN,ACK``, ``#3 UDP``."""
    payload = transmission.payload
    if isinstance(payload, Segment):
        return f"#{transmission.number} {flag_text(payload.flags)}"
    return f"#{transmission.number} {'UDP' if isinstance(payload, Datagram) else 'ICMP'}"


def sockets_texts(sockets: tuple[Socket, Socket], hosts: Container[str]) -> tuple[str, ...]:
    """From where to where a segment goes: by ports, and before that with the address of one that is none of
    `hosts`. ``203.0.113.1:1024>80``, ``1024>80``"""
    src, dst = sockets
    ports = f"{src.port}>{dst.port}"
    if src.host in hosts and dst.host in hosts:
        return (ports,)
    left, right = (str(one.port) if one.host in hosts else str(one) for one in sockets)
    return f"{left}>{right}", ports


def label_of(transmission: Transmission, raw: bool, room: int, sockets: tuple[str, ...] = ()) -> str:
    """What travels there, in at most `room` cells: the first wording that fits. `sockets`: wordings of the
    sockets that a segment goes between; the first for which there is room is used."""
    if isinstance(transmission.payload, Segment):
        return _segment_label(transmission, transmission.payload, raw, room, sockets)
    name, text = name_of(transmission), f"#{transmission.number} {transmission.payload}"
    target = ""
    if isinstance(transmission.payload, Datagram) and for_many(transmission.payload.dst.host):
        target = f" → {transmission.payload.dst}"
    marks, brief = _marks(transmission), _marks(transmission, brief=True)
    for label in (f"{text}{target}{marks}", f"{text}{marks}", f"{text}{brief}", f"{name}{brief}", name):
        if cell_len(label) <= room:
            return label
    return name[:room]


def _segment_label(
    transmission: Transmission, segment: Segment, raw: bool, room: int, sockets: tuple[str, ...]
) -> str:
    name = f"#{transmission.number}"
    names = [*(f"{name} {words}" for words in sockets), name]
    for begin in names:
        for label in _segment_labels(transmission, segment, raw, room, begin):
            if cell_len(label) <= room:
                return label
    return f"{name} {flag_text(segment.flags & ~PSH)}"[:room]


def _segment_labels(
    transmission: Transmission, segment: Segment, raw: bool, room: int, begin: str
) -> Iterator[str]:
    """The wordings of a label, the fullest first; each begins with `begin`."""
    seq_base, ack_base = transmission.bases
    seq = seq_text(segment.seq, seq_base, raw)
    ack = seq_text(segment.ack, ack_base, raw)
    short = flag_text(segment.flags & ~PSH)
    length = len(segment.data)
    end = seq_text(seq_add(segment.seq, length), seq_base, raw)
    has_ack = bool(segment.flags & ACK)
    marks, brief = _marks(transmission), _marks(transmission, brief=True)
    sack = _sack_words(segment, ack_base, raw)
    octets = f"{seq}:{end}" if length else seq
    dense = f"{octets},{ack}" if has_ack else octets
    if room >= SPELLED_OUT:
        words = f"seq={seq}" + (f" ack={ack}" if has_ack else "") + (f" len={length}" if length else "")
        compact = octets + (f" ack {ack}" if has_ack else "")
        full = f"{begin} {flag_text(segment.flags)} {words}"
        window = f" win={segment.wnd}" if room >= WITH_WINDOW and not segment.flags & RST else ""
        options = _syn_options(segment) if room >= WITH_OPTIONS else ""
        if options:
            yield f"{full}{window}{options}{marks}"
        if sack:
            yield f"{full}{window}{sack}{marks}"
            yield f"{full}{sack}{marks}"
            yield f"{begin} {short} {compact}{sack}{marks}"
        if window:
            yield f"{full}{window}{marks}"
        yield full + marks
        yield f"{begin} {short} {words}{marks}"
        yield f"{begin} {short} {compact}{marks}"
    elif sack:
        yield f"{begin} {short} {dense}{sack}{marks}"
    yield f"{begin} {short} {dense}{marks}"
    yield f"{begin} {short} {dense}{brief}"
    yield f"{begin} {short} {octets}{brief}"
    if begin != f"#{transmission.number}":
        return  # What was done to it, and that it has data, is told rather than its sockets.
    yield f"{begin} {short} {seq}{brief}"
    yield f"{begin} {short} {dense}"
    yield f"{begin} {short} {octets}"
    yield f"{begin} {short} {seq}"


def _syn_options(segment: Segment) -> str:
    """What a SYN offers: `` MSS 1460 WS 7 SACK``."""
    if not segment.flags & SYN or not segment.options:
        return ""
    offer = read_offer(segment)
    words = [
        f"MSS {offer.mss}" if offer.mss is not None else "",
        f"WS {offer.window_scale}" if offer.window_scale is not None else "",
        "SACK" if offer.sack else "",
    ]
    return "".join(f" {word}" for word in words if word)


def _sack_words(segment: Segment, base: int | None, raw: bool) -> str:
    """The blocks of a selective acknowledgment: `` sack=61:81,101:121``."""
    blocks = read_sack(segment) if segment.options else ()
    if not blocks:
        return ""
    edges = (":".join(seq_text(edge, base, raw) for edge in block) for block in blocks)
    return f" sack={','.join(edges)}"


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
