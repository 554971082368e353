"""Single segments into the kernel's states, beside what the core's Linux answers to the same.

The rows are those of `tests.core.test_matrix` in which Linux departs from the RFC's letter; here the kernel
itself says so, so that the oracle there does not only repeat what its author has read.
"""

from __future__ import annotations

import platform
import select
import socket
import time
from collections.abc import Iterator

import pytest

from tcptui.core.packet.ip_header import TCP, MalformedPacket, Packet, decode_packet, encode_packet
from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, Segment, Socket, flag_text
from tcptui.core.packet.seq import distance, seq_add
from tcptui.core.packet.tcp_format import decode, encode
from tcptui.core.profile.presets import LINUX
from tcptui.core.state import State
from tests.core.build import IRS, ISS, PEER, US, Brief, briefs
from tests.core.test_matrix import RCV_WND, STARTS, TEXT, Start, receives
from tests.kernel.links import CORE_HOST, KERNEL_HOST, Link
from tests.kernel.namespace import Namespace

S = State
SILENCE = 0.06
"""Seconds in which the kernel would have answered; a delayed ACK waits for 40 ms."""
PORT = 4_100
EDGE = RCV_WND["linux"]

KERNEL = (6, 18)
"""Since then tcp_sequence() and tcp_check_req() are as they are followed here."""

ROWS: list[tuple[State, bool, int, int, int, bytes]] = [
    # State, simultaneous, control bits, SEQ from RCV.NXT, ACK from SND.NXT, data.
    (S.SYN_RECEIVED, False, ACK, -20, 3, b""),
    (S.SYN_RECEIVED, False, FIN | ACK, -1, 0, b""),
    (S.SYN_RECEIVED, False, SYN, 7, 0, b""),
    (S.SYN_RECEIVED, False, SYN | ACK, -1, 0, b"abc"),
    (S.SYN_RECEIVED, False, RST, 7, 0, b""),
    (S.SYN_RECEIVED, False, RST | ACK, 7, 3, b""),
    (S.SYN_RECEIVED, False, ACK, -20, -1, b"abc"),
    (S.SYN_RECEIVED, True, ACK, 0, -1, b""),
    (S.SYN_RECEIVED, True, ACK, 7, -1, b"abc"),
    (S.SYN_RECEIVED, True, SYN | ACK, -1, 0, b"abc"),
    (S.SYN_RECEIVED, True, SYN | ACK, -1, 3, b""),
    (S.SYN_RECEIVED, True, FIN | ACK, -1, 3, b""),
    (S.ESTABLISHED, False, FIN, -20, 0, b"abc"),
    (S.ESTABLISHED, False, ACK, 0, -60, b""),
    (S.ESTABLISHED, False, ACK, EDGE, 0, b""),
    (S.ESTABLISHED, False, RST, EDGE, 0, b""),
    (S.ESTABLISHED, False, RST, -1, 0, b"abc"),
    (S.ESTABLISHED, False, FIN | RST, -1, 0, b""),
    (S.ESTABLISHED, False, FIN | ACK, EDGE - 3, 0, b"abc"),
    (S.ESTABLISHED, False, ACK, EDGE - 1, 0, b"abc"),
    (S.ESTABLISHED, False, ACK, EDGE, 0, b"abc"),
    (S.ESTABLISHED, False, ACK, EDGE + 1, 0, b"abc"),
    (S.FIN_WAIT_1, False, FIN | ACK, EDGE, 0, b""),
    (S.CLOSE_WAIT, False, ACK, -1, 0, b"abc"),
    (S.CLOSE_WAIT, False, FIN | ACK, 0, 0, b"abc"),
    (S.CLOSE_WAIT, False, RST, -1, 0, b""),
    (S.CLOSE_WAIT, False, FIN | ACK, -1, 0, b""),
    (S.CLOSING, False, FIN | ACK, -1, 0, b""),
    (S.CLOSING, False, ACK, -1, -7, b"abc"),
    (S.LAST_ACK, False, FIN | ACK, 0, -7, b""),
    (S.TIME_WAIT, False, FIN, 0, 0, b""),
    (S.TIME_WAIT, False, RST, 7, 0, b""),
]


def kernel_version() -> tuple[int, ...]:
    return tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])


class Peer:
    """The peer of one kernel socket, played segment by segment."""

    def __init__(self, namespace: Namespace, link: Link) -> None:
        self._link = link
        self._kernel = Socket(KERNEL_HOST, PORT)
        self._here = Socket(CORE_HOST, 80)
        self.iss = 0
        self.sock = namespace.socket(socket.AF_INET)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(self._kernel)
        self.sock.setblocking(False)

    def put(self, flags: int, seq: int, ack: int = 0, data: bytes = b"") -> None:
        """Sends a segment with numbers as those of `tests.core.build`: IRS 5000, the kernel's ISS 1000."""
        number = seq_add(self.iss, ack - ISS) if flags & ACK else 0
        segment = Segment(self._here, self._kernel, seq, number, flags, 100, data)
        self._link.write(encode_packet(Packet(CORE_HOST, KERNEL_HOST, TCP, encode(segment))))

    def answers(self, within: float) -> Iterator[Segment]:
        """What the kernel sends, until it is silent for so many seconds."""
        deadline = time.monotonic() + within
        while select.select([self._link], [], [], max(0.0, deadline - time.monotonic()))[0]:
            try:
                packet = decode_packet(self._link.read())
            except MalformedPacket:
                continue  # IPv6's router solicitation and the like.
            if packet.protocol == TCP:
                yield decode(packet.payload, packet.src, packet.dst, verify=False)

    def brief(self, segment: Segment) -> Brief:
        flags = segment.flags & ~PSH
        blind = flags & (RST | ACK) == RST | ACK and segment.seq == 0
        seq = 0 if blind else ISS + distance(self.iss, segment.seq)
        return flag_text(flags), seq, segment.ack if flags & ACK else 0

    def brings_to(self, start: Start) -> None:
        """The same way as `tests.core.build.reach`."""
        state = start.state
        if state is S.SYN_RECEIVED and not start.simultaneous:
            self.sock.listen()
            self.put(SYN, IRS)
            self.iss = next(self.answers(1)).seq
            return
        self.sock.connect_ex((CORE_HOST, 80))
        self.iss = next(self.answers(1)).seq
        if state is S.SYN_RECEIVED:
            self._step(SYN, IRS)
            return
        self._step(SYN | ACK, IRS, ISS + 1)
        if state in (S.CLOSE_WAIT, S.LAST_ACK):
            self._step(FIN | ACK, IRS + 1, ISS + 1)
        self.sock.send(TEXT)
        next(self.answers(1))
        if state in (S.ESTABLISHED, S.CLOSE_WAIT):
            return
        self.sock.shutdown(socket.SHUT_WR)
        next(self.answers(1))
        if state is S.CLOSING:
            self._step(FIN | ACK, IRS + 1, ISS + 1)
        elif state is S.TIME_WAIT:
            self._step(FIN | ACK, IRS + 1, ISS + 12)

    def _step(self, flags: int, seq: int, ack: int = 0) -> None:
        self.put(flags, seq, ack)
        next(self.answers(1))


@pytest.mark.parametrize(("state", "simultaneous", "flags", "seq", "ack", "data"), ROWS)
def test_the_kernel_answers_as_the_cores_linux(
    namespace: Namespace,
    link: Link,
    state: State,
    simultaneous: bool,
    flags: int,
    seq: int,
    ack: int,
    data: bytes,
) -> None:
    if kernel_version() < KERNEL:
        # Not `unavailable`: no machine can install another kernel for a test.
        pytest.skip(f"the kernel is older than {KERNEL}, whose answers these are")
    start = next(one for one in STARTS if (one.state, one.simultaneous) == (state, simultaneous))
    numbers = start.rcv_nxt + seq, start.snd_nxt + ack
    peer = Peer(namespace, link)
    try:
        peer.brings_to(start)
        peer.put(flags, *numbers, data)
        kernel = [peer.brief(answer) for answer in peer.answers(SILENCE)]
    finally:
        peer.sock.close()
    site = start.site(LINUX)
    segment = Segment(PEER, US, numbers[0], numbers[1] if flags & ACK else 0, flags, 100, data)
    assert kernel == briefs(receives(site, segment))
