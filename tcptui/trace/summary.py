"""A frame in one line, as the last column of Wireshark's list has it."""

from __future__ import annotations

from tcptui.core.packet.datagram import Datagram, IcmpKind, IcmpMessage, PortUnreachable
from tcptui.core.packet.options import read_offer, read_timestamps
from tcptui.core.packet.segment import (
    ACK,
    FLAG_NAMES,
    OPTION_MSS,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    URG,
    Segment,
)
from tcptui.lab.wire import Payload
from tcptui.trace.sequence_analysis import Analysis

_ICMP: dict[IcmpKind, tuple[str, str]] = {
    "time exceeded": (
        "Time-to-live exceeded (Time to live exceeded in transit)",
        "Time Exceeded (hop limit exceeded in transit)",
    ),
    "administratively prohibited": (
        "Destination unreachable (Communication administratively filtered)",
        "Destination Unreachable (Administratively prohibited)",
    ),
    "fragmentation needed": ("Destination unreachable (Fragmentation needed)", "Packet Too Big"),
    "source quench": ("Source quench (flow control)", ""),
}
"""Over IPv4 and over IPv6."""


def summary(payload: Payload, analysis: Analysis | None) -> str:
    """The last column: ``[TCP Retransmission] 49152 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460``."""
    if isinstance(payload, PortUnreachable):
        v6 = ":" in payload.about.src.host
        return f"Destination {'U' if v6 else 'u'}nreachable (Port unreachable)"
    if isinstance(payload, IcmpMessage):
        return _ICMP[payload.kind][":" in payload.src]
    ports = f"{payload.src.port} → {payload.dst.port}"
    if analysis is None or isinstance(payload, Datagram):
        return f"{ports} Len={len(payload.data)}"
    labels = [f"[{text}]" for text in analysis.texts()]
    flags = ", ".join(name for bit, name in reversed(FLAG_NAMES) if payload.flags & bit) or "<None>"
    numbers = [f"Seq={analysis.seq}"]
    if payload.flags & ACK:
        numbers.append(f"Ack={analysis.ack}")
    numbers.append(f"Win={analysis.window}")
    if payload.flags & URG:
        numbers.append(f"Urg={payload.up}")
    numbers.append(f"Len={len(payload.data)}")
    return " ".join([*labels, ports, f"[{flags}]", *numbers, *_options(payload, analysis)])


def _options(segment: Segment, analysis: Analysis) -> list[str]:
    """The options in their order, as far as Wireshark has a word for them here."""
    offer, times = read_offer(segment), read_timestamps(segment)
    words = {
        OPTION_MSS: [f"MSS={offer.mss}"] if offer.mss is not None else [],
        OPTION_WINDOW_SCALE: [f"WS={1 << offer.window_scale}"] if offer.window_scale is not None else [],
        OPTION_SACK_PERMITTED: ["SACK_PERM"],
        OPTION_SACK: [f"SLE={left} SRE={right}" for left, right in analysis.sack],
        OPTION_TIMESTAMPS: [f"TSval={times[0]} TSecr={times[1]}"] if times is not None else [],
    }
    return [word for option in segment.options for word in words.get(option.kind, [])]
