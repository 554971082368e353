"""A run as the lines that ``tcpdump -n`` prints of its capture.

tcpdump makes the numbers of a connection relative from its second segment with ACK on: the first one, mostly
the SYN,ACK, it prints as it is and takes for the beginning of both directions; a SYN with ACK begins anew. So
a number before the beginning is one near 2^32. What protocol it takes the data of a datagram for is left out:
it guesses by either port, and from the client's port 49152 it reads every datagram as Broadcom's BCM-LI-SHIM.
Source: tcpdump 4.99, print-tcp.c, print-udp.c, print-icmp.c, print-icmp6.c.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TypeAlias

from tcptui.core.packet.datagram import Datagram, IcmpKind, IcmpMessage, PortUnreachable
from tcptui.core.packet.options import read_sack
from tcptui.core.packet.segment import (
    ACK,
    FIN,
    OPTION_END,
    OPTION_MSS,
    OPTION_NOP,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    RST,
    SYN,
    URG,
    Option,
    Segment,
    Socket,
)
from tcptui.core.packet.seq import MASK
from tcptui.formats.notes import with_note
from tcptui.formats.tcpdump_payload import payload_text
from tcptui.lab.packets import packet_of
from tcptui.lab.record import Record
from tcptui.lab.wire import Payload
from tcptui.trace.capture import Frame, Point, capture_of

_Begun: TypeAlias = dict[frozenset[Socket], dict[Socket, int]]
"""By both sockets of a connection: the number from which each end's are counted."""
_DAY = 86_400_000_000
_FLAGS = "FSRP.UEW"
"""Of the control bits from the right of the header to the left."""
_OPTIONS = {
    OPTION_END: "eol",
    OPTION_NOP: "nop",
    OPTION_MSS: "mss",
    OPTION_WINDOW_SCALE: "wscale",
    OPTION_SACK_PERMITTED: "sackOK",
    OPTION_SACK: "sack",
    OPTION_TIMESTAMPS: "TS",
}
_ICMP: dict[IcmpKind, tuple[str, str]] = {
    "time exceeded": ("time exceeded in-transit", "time exceeded in-transit for {dst}"),
    "administratively prohibited": (
        "host {dst} unreachable - admin prohibited filter",
        "destination unreachable, unreachable prohibited {dst}",
    ),
    "fragmentation needed": ("{dst} unreachable - need to frag (mtu {mtu})", "packet too big, mtu {mtu}"),
    "source quench": ("source quench", ""),
}
"""Over IPv4 and over IPv6; `dst` is the destination of the packet that it is about."""


def write(run: Record, point: Point) -> str:
    """The format ``tcpdump`` of `registry`."""
    return tcpdump_text(run, point)


def tcpdump_text(run: Record, point: Point) -> str:
    """The lines of the capture at `point`, every line ended."""
    return with_note(tcpdump_lines(capture_of(run, point)), run)


def tcpdump_lines(frames: Iterable[Frame]) -> list[str]:
    """A line for each frame of one capture. Times are of the lab's clock, as time of day: the prelude is
    before midnight."""
    begun: _Begun = {}
    lines = []
    for frame in frames:
        payload = frame.transmission.payload
        lines.append(f"{_clock(frame.at)} {_ends(payload)}: {_text(payload, begun)}")
    return lines


def _clock(at: int) -> str:
    seconds, microseconds = divmod(at % _DAY, 1_000_000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{microseconds:06}"


def _ends(payload: Payload) -> str:
    packet = packet_of(payload)
    ends = [packet.src, packet.dst]
    if isinstance(payload, Segment | Datagram):
        ends = [f"{one.host}.{one.port}" for one in (payload.src, payload.dst)]
    return f"{'IP6' if ':' in packet.src else 'IP'} {' > '.join(ends)}"


def _text(payload: Payload, begun: _Begun) -> str:
    if isinstance(payload, Segment):
        return _segment(payload, begun)
    if isinstance(payload, Datagram):
        return f"UDP, length {len(payload.data)}"
    return f"{_icmp(payload)}, length {len(packet_of(payload).payload)}"


def _segment(segment: Segment, begun: _Begun) -> str:
    flags, octets = segment.flags, len(segment.data)
    own, peer, seq, ack = 0, 0, segment.seq, segment.ack
    if flags & ACK:
        pair = frozenset((segment.src, segment.dst))
        if pair not in begun or flags & SYN:
            begun[pair] = {segment.src: seq, segment.dst: ack - 1}
            own, peer = 0, ack - 1
        else:
            own, peer = begun[pair][segment.src], begun[pair][segment.dst]
            ack = (ack - peer) & MASK
    words = [f"Flags [{_flag_text(flags)}]"]
    if octets or flags & (SYN | FIN | RST):
        first = (seq - own) & MASK
        words.append(f"seq {first}" + (f":{(first + octets) & MASK}" if octets else ""))
    if flags & ACK:
        words.append(f"ack {ack}")
    words.append(f"win {segment.wnd}")
    if flags & URG:
        words.append(f"urg {segment.up}")
    if segment.options:
        blocks = [((left - peer) & MASK, (right - peer) & MASK) for left, right in read_sack(segment)]
        words.append(f"options [{','.join(_option(one, blocks) for one in _as_read(segment.options))}]")
    return ", ".join([*words, f"length {octets}"]) + payload_text(segment)


def _flag_text(flags: int) -> str:
    return "".join(sign for bit, sign in enumerate(_FLAGS) if flags >> bit & 1) or "none"


def _as_read(options: tuple[Option, ...]) -> list[Option]:
    """What is read of the options: nothing behind the end of the list, which pads a header if they do not."""
    octets = sum(1 if one.kind in (OPTION_END, OPTION_NOP) else 2 + len(one.data) for one in options)
    padded = [*options, Option(OPTION_END)] if octets % 4 else list(options)
    kinds = [one.kind for one in padded]
    return padded[: kinds.index(OPTION_END) + 1] if OPTION_END in kinds else padded


def _option(option: Option, blocks: list[tuple[int, int]]) -> str:
    kind, data = option
    name = _OPTIONS.get(kind, f"unknown-{kind}")
    if kind in (OPTION_MSS, OPTION_WINDOW_SCALE):
        return f"{name} {int.from_bytes(data)}"
    if kind == OPTION_SACK:
        return f"{name} {len(blocks)} {''.join(f'{{{left}:{right}}}' for left, right in blocks)}"
    if kind == OPTION_TIMESTAMPS:
        return f"{name} val {int.from_bytes(data[:4])} ecr {int.from_bytes(data[4:])}"
    return f"{name} 0x{data.hex()}" if data else name


def _icmp(payload: PortUnreachable | IcmpMessage) -> str:
    about = payload.about
    v6 = ip_address(about.dst.host).version == 6
    if isinstance(payload, PortUnreachable):
        port = f"udp port {about.dst.port}"
        if v6:
            return f"ICMP6, destination unreachable, unreachable port, {about.dst.host} {port}"
        return f"ICMP {about.dst.host} {port} unreachable"
    text = _ICMP[payload.kind][v6].format(dst=about.dst.host, mtu=payload.mtu)
    return f"ICMP6, {text}" if v6 else f"ICMP {text}"
