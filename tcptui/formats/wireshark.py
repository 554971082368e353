"""A run as Wireshark lists it: a line for each frame of a capture, with the labels of its TCP analysis."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.packet.ip_header import ICMP, ICMPV6, TCP, UDP, encode_packet
from tcptui.formats.notes import with_note
from tcptui.lab.packets import packet_of
from tcptui.lab.record import Record
from tcptui.trace.capture import Frame, Point, capture_of
from tcptui.trace.sequence_analysis import analyse
from tcptui.trace.summary import summary

_PROTOCOLS = {TCP: "TCP", UDP: "UDP", ICMP: "ICMP", ICMPV6: "ICMPv6"}


def write(run: Record, point: Point) -> str:
    """The format ``wireshark`` of `registry`."""
    return wireshark_list(run, point)


def wireshark_list(run: Record, point: Point) -> str:
    """The list of the capture at `point`, every line ended."""
    return with_note(wireshark_lines(capture_of(run, point)), run)


def wireshark_lines(frames: Sequence[Frame]) -> list[str]:
    """Number, time in seconds of the lab's clock, addresses, protocol, octets, and Wireshark's summary. The
    prelude is at times below 0."""
    lines = []
    for number, (frame, analysis) in enumerate(zip(frames, analyse(frames), strict=True), 1):
        packet = packet_of(frame.transmission.payload)
        seconds, microseconds = divmod(abs(frame.at), 1_000_000)
        sign = "-" if frame.at < 0 else ""
        columns = [
            f"{number:>5}",
            f"{f'{sign}{seconds}.{microseconds:06}':>10}",
            f"{packet.src:>12} → {packet.dst:<12}",
            _PROTOCOLS[packet.protocol],
            str(len(encode_packet(packet))),
            summary(frame.transmission.payload, analysis),
        ]
        lines.append(" ".join(columns))
    return lines
