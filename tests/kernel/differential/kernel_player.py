"""The running kernel plays scripts, many at a time, over one TUN device in a namespace.

Each script has a port of the kernel's and an address of the peer's for itself, so that nothing that the
kernel remembers of a host passes from one to another. The steps are made by one loop, as they become due.
"""

from __future__ import annotations

import errno
import heapq
import select
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress

from tcptui.core.packet.ip_header import TCP, MalformedPacket, Packet, decode_packet, encode_packet
from tcptui.core.packet.segment import Socket
from tcptui.core.packet.tcp_format import decode, encode
from tests.kernel.differential.core_player import POLLED
from tests.kernel.differential.peer import Peer
from tests.kernel.differential.record import Looked, Record, Returned, sent_of
from tests.kernel.differential.script import Do, Put, Role, Script
from tests.kernel.differential.sock_diag import SockDiag
from tests.kernel.links import KERNEL, KERNEL_HOST, Tun
from tests.kernel.namespace import Namespace

TOGETHER = 100
"""Scripts that are played at a time."""
START_GAP = 3_000
"""Microseconds from the start of one script to that of the next."""
SYSCTLS = (("ipv4/tcp_rmem", "4096 131072 6291456"), ("ipv4/tcp_congestion_control", "reno"))
"""The kernel's own defaults, whatever this machine was set to; and the one congestion control beside bbr that
a namespace may always choose."""
_SPOILED = 3_000
"""Microseconds that writing one segment may take; the kernel's timers may have fired in between."""
_OPTIONS = {
    "TCP_NODELAY": (socket.IPPROTO_TCP, socket.TCP_NODELAY),
    "TCP_CORK": (socket.IPPROTO_TCP, socket.TCP_CORK),
    "TCP_QUICKACK": (socket.IPPROTO_TCP, socket.TCP_QUICKACK),
    "TCP_MAXSEG": (socket.IPPROTO_TCP, socket.TCP_MAXSEG),
    "TCP_DEFER_ACCEPT": (socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT),
    "TCP_USER_TIMEOUT": (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
    "SO_RCVBUF": (socket.SOL_SOCKET, socket.SO_RCVBUF),
    "SO_SNDBUF": (socket.SOL_SOCKET, socket.SO_SNDBUF),
    "SO_KEEPALIVE": (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    "SO_OOBINLINE": (socket.SOL_SOCKET, socket.SO_OOBINLINE),
}


class _Run:
    """One script that is being played."""

    def __init__(self, script: Script, here: Socket, there: Socket) -> None:
        self.script = script
        self.peer = Peer(there, here, script.irs)
        self.record = Record()
        self.zero = 0
        self.planned = 0
        self.position = 0
        self.listener: socket.socket | None = None
        self.sock: socket.socket | None = None
        self.connecting = False


class KernelPlayer:
    """A namespace in which scripts are played; OSError, or `Unavailable`, where there can be none."""

    def __init__(self) -> None:
        self.namespace = Namespace()
        self.link = Tun(self.namespace)
        # One segment a packet: __tcp_transmit_skb() sets PSH on whatever is cut up later.
        self.namespace.run("ip", "link", "set", KERNEL, "txqueuelen", "10000", "gso_max_segs", "1")
        self.namespace.run("ip", "route", "add", "10.128.0.0/9", "dev", KERNEL)
        for name, value in SYSCTLS:
            self.namespace.sysctl(name, value)
        self.diag = SockDiag(self.namespace)
        self._used = 0
        self._runs: dict[str, _Run] = {}
        self._empty = 0
        """When the link was last found empty."""

    def close(self) -> None:
        self.diag.close()
        self.link.close()
        self.namespace.close()

    def play(self, scripts: Sequence[Script]) -> list[Record]:
        """The records of the scripts, in their order."""
        runs = [self._run(script) for script in scripts]
        waiting = list(reversed(runs))
        due: list[tuple[int, int, _Run]] = []
        active = 0
        start = _now()
        while waiting or due:
            now = _now()
            if waiting and active < TOGETHER and now >= start:
                run = waiting.pop()
                active += 1
                self._start(run)
                self._next(due, run)
                start = _now() + START_GAP
                continue
            moment = due[0][0] if due else start
            if waiting and active < TOGETHER:
                moment = min(moment, start)
            if moment > now:
                select.select([self.link], [], [], (moment - now) / 1e6)
                self._drain()
                continue
            _, _, run = heapq.heappop(due)
            self._drain()
            if run.position == len(run.script.steps):
                self._finish(run)
                active -= 1
            else:
                self._step(run)
                self._next(due, run)
        return [run.record for run in runs]

    # Inside.

    def _run(self, script: Script) -> _Run:
        number = self._used
        self._used += 1
        host = f"10.{128 + (number >> 14)}.{(number >> 7) & 127}.{(number & 127) + 1}"
        return _Run(script, Socket(KERNEL_HOST, 2_000 + number % 60_000), Socket(host, 80))

    def _start(self, run: _Run) -> None:
        sock = self.namespace.socket()
        for option, value in run.script.options:
            _set_option(sock, option, value)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(run.peer.there)
        self._runs[run.peer.here.host] = run
        self._drain()
        run.zero = _now()
        if run.script.role is Role.SERVER:
            sock.listen(1)
            run.listener = sock
        else:
            with suppress(BlockingIOError):
                sock.connect(run.peer.here)
            run.sock = sock
        self._drain()

    def _next(self, due: list[tuple[int, int, _Run]], run: _Run) -> None:
        steps, position = run.script.steps, run.position
        gap = steps[position].gap if position < len(steps) else run.script.tail
        heapq.heappush(due, (_now() + gap, id(run), run))

    def _finish(self, run: _Run) -> None:
        run.record.looked.append(self._look(run))
        run.record.end = _now() - run.zero
        del self._runs[run.peer.here.host]
        for sock in (run.sock, run.listener):
            if sock is not None:
                with suppress(OSError):
                    _set_option(sock, "SO_LINGER", 0)
                sock.close()

    def _step(self, run: _Run) -> None:
        step = run.script.steps[run.position]
        run.planned += step.gap
        run.record.looked.append(self._look(run))
        packet = b""
        if isinstance(step, Put):
            segment = run.peer.segment(step, run.planned)
            packet = encode_packet(Packet(segment.src.host, segment.dst.host, TCP, encode(segment)))
            self._drain()
        begun = _now()
        run.record.begun.append(begun - run.zero)
        if isinstance(step, Put):
            self.link.write(packet)
        else:
            run.record.returned[run.position] = self._call(run, step)
        run.record.spoiled |= _now() - begun > _SPOILED
        run.position += 1
        self._drain()

    def _call(self, run: _Run, step: Do) -> Returned:
        try:
            return self._called(run, step)
        except OSError as error:
            return Returned(errno.errorcode[error.errno or 0])

    def _called(self, run: _Run, step: Do) -> Returned:
        if step.call == "accept":
            if run.listener is None or run.sock is not None:
                return Returned("-")
            run.sock, _ = run.listener.accept()
            run.sock.setblocking(False)
            return Returned(0)
        sock = run.sock
        if sock is None:
            return Returned("-")
        match step.call:
            case "write":
                return Returned(sock.send(bytes(step.argument)))
            case "urgent":
                return Returned(sock.send(bytes(step.argument), socket.MSG_OOB))
            case "read":
                data = sock.recv(step.argument)
                return Returned(len(data), data)
            case "shutdown":
                sock.shutdown(step.argument)
                return Returned(0)
            case "close":
                run.sock = None
                sock.close()
                return Returned(0)
            case "set":
                _set_option(sock, step.option, step.argument)
                return Returned(0)
        raise ValueError(step)

    def _look(self, run: _Run) -> Looked:
        state = self.diag.state(run.peer.there, run.peer.here)
        poll = None
        if run.sock is not None:
            poller = select.poll()
            poller.register(run.sock, POLLED)
            poll = sum(bits for _, bits in poller.poll(0))
        return Looked(state, poll)

    def _drain(self) -> None:
        """Takes what the kernel has sent."""
        while True:
            try:
                octets = self.link.read()
            except BlockingIOError:
                self._empty = _now()
                return
            try:
                packet = decode_packet(octets)
            except MalformedPacket:
                continue
            run = self._runs.get(packet.dst)
            if packet.protocol != TCP or run is None:
                continue
            segment = decode(packet.payload, packet.src, packet.dst, verify=False)
            if segment.dst.port == run.peer.here.port:
                run.peer.takes(segment)
                low, high = self._empty - run.zero, _now() - run.zero
                run.record.sent.append(sent_of(segment, run.peer, low, high))


def _set_option(sock: socket.socket, option: str, value: int) -> None:
    if option == "SO_LINGER":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, value))
    else:
        sock.setsockopt(*_OPTIONS[option], value)


def _now() -> int:
    return time.monotonic_ns() // 1000
