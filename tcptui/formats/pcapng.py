"""A run as a capture file that Wireshark reads: pcapng, raw IP packets, and a comment on each of them.

Three kinds of blocks are all it takes (draft-ietf-opsawg-pcapng): section header, interface description,
enhanced packet. Which segments a capture holds is decided in `trace.capture`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from tcptui.core.packet.ip_header import encode_packet
from tcptui.formats.frame_comment import FrameComments
from tcptui.formats.notes import cut_note
from tcptui.lab.packets import packet_of
from tcptui.lab.record import Record
from tcptui.lab.wire import Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.trace.capture import Frame, Point, capture_of

SECTION_HEADER, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D
LINKTYPE_RAW = 101
"""A packet begins with its IP header, whose first four bits tell the version."""
COMMENT, INTERFACE_NAME, TIME_RESOLUTION = 1, 2, 9
MICROSECONDS = b"\x06"
"""A time resolution of ten to the minus sixth seconds."""
SINCE_1970 = 946_684_800
"""Seconds up to 2000-01-01 00:00 UTC, the lab's time 0: Wireshark takes a time of 0 for none at all, and the
format has no time below it, where a prelude is."""
_PRELUDE = 0x8000
"""From which IP identification on those of the prelude are."""


class CapturedPacket(NamedTuple):
    """An IP packet, when it was captured in microseconds of the lab's clock, and a remark on it."""

    at: int
    octets: bytes
    comment: str


def write(run: Record, point: Point) -> bytes:
    """The format ``pcapng`` of `registry`."""
    return pcapng(run, point)


def pcapng(run: Record, point: Point) -> bytes:
    """The capture at `point` as octets, the same for the same run."""
    comments = FrameComments(run, point)
    packets = [
        CapturedPacket(
            frame.at,
            _octets(frame, run),
            comments.of(frame),
        )
        for frame in capture_of(run, point)
    ]
    return capture_file(packets, point, " ".join([run.scenario.title, cut_note(run)]).rstrip())


def _octets(frame: Frame, run: Record) -> bytes:
    packet = packet_of(frame.transmission.payload, frame.ttl)
    return encode_packet(packet, _identification(frame.transmission, run))


def capture_file(packets: Iterable[CapturedPacket], interface: str, comment: str) -> bytes:
    """A pcapng file, or a section of one: whole files in a row are a file too."""
    magic = struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1)
    link = struct.pack("<HHI", LINKTYPE_RAW, 0, 0)
    names = _options((INTERFACE_NAME, interface.encode()), (TIME_RESOLUTION, MICROSECONDS))
    blocks = [
        _block(SECTION_HEADER, magic + _options((COMMENT, comment.encode()))),
        _block(INTERFACE, link + names),
    ]
    for at, octets, remark in packets:
        high, low = divmod(at + SINCE_1970 * 1_000_000, 1 << 32)
        fixed = struct.pack("<IIIII", 0, high, low, len(octets), len(octets))
        blocks.append(_block(PACKET, fixed + _padded(octets) + _options((COMMENT, remark.encode()))))
    return b"".join(blocks)


def _identification(transmission: Transmission, run: Record) -> int:
    """IP's. The network copies a whole packet with it, so that it tells a duplicate from a retransmission."""
    in_prelude = transmission.sent_in <= 0
    transmissions = run.prelude_transmissions if in_prelude else run.transmissions
    while transmission.copy_of:
        transmission = transmissions[transmission.copy_of - 1]
    return transmission.number + (_PRELUDE if in_prelude else 0)


def _block(kind: int, body: bytes) -> bytes:
    """A block has its length at both ends, so that a file can be read backwards too."""
    length = 12 + len(body)
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def _options(*options: tuple[int, bytes]) -> bytes:
    """A list of options and its end."""
    written = (struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return b"".join(written) + bytes(4)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)
