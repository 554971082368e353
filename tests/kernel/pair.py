"""One connection between a program's socket in the kernel and the core, and how the two see it."""

from __future__ import annotations

import errno
import socket

from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Receive, Send
from tests.kernel.adapter import Core
from tests.kernel.links import CORE_HOST, CORE_HOST_6, KERNEL_HOST, KERNEL_HOST_6
from tests.kernel.namespace import Namespace

KERNEL_PORT, CORE_PORT = 4000, 80


class Pair:
    """The core's connection 1 and the kernel's `sock`, each at a port that nobody else has."""

    def __init__(self, namespace: Namespace, core: Core, ipv6: bool = False) -> None:
        self.namespace = namespace
        self.core = core
        self.connection = 1
        self.kernel_end = Socket(KERNEL_HOST_6 if ipv6 else KERNEL_HOST, KERNEL_PORT)
        self.core_end = Socket(CORE_HOST_6 if ipv6 else CORE_HOST, CORE_PORT)
        self._family = socket.AF_INET6 if ipv6 else socket.AF_INET
        self.sock = self._bound()
        self._listener: socket.socket | None = None

    def close(self) -> None:
        self.sock.close()
        if self._listener is not None:
            self._listener.close()

    # Opening.

    def kernel_connects(self) -> None:
        """The kernel's SYN is on its way to a core that listens."""
        self.core.call(Open(self.core_end, passive=True))
        self.connect()

    def connect(self) -> None:
        assert self.sock.connect_ex(self.core_end) == errno.EINPROGRESS

    def kernel_listens(self) -> None:
        self.sock.listen()
        self._listener = self.sock

    def core_connects(self) -> None:
        """The core's SYN has reached a kernel that listens."""
        self.kernel_listens()
        self.core.call(Open(self.core_end, self.kernel_end))

    def accept(self) -> None:
        """`sock` becomes the connection that the listener has accepted."""
        assert self._listener is not None
        self.sock, _ = self._listener.accept()
        self.sock.setblocking(False)

    def again(self) -> None:
        """The kernel's program closes its connection and takes another socket for the same port."""
        self.sock.close()
        self.sock = self._bound()

    def _bound(self) -> socket.socket:
        sock = self.namespace.socket(self._family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(self.kernel_end)
        return sock

    def established(self, kernel_is_client: bool = True) -> Pair:
        """Both ends ESTABLISHED."""
        if kernel_is_client:
            self.kernel_connects()
        else:
            self.core_connects()
        self.until(State.ESTABLISHED, "ESTAB", within=10)
        if not kernel_is_client:
            self.accept()
        return self

    # What the two ends say.

    def states(self) -> tuple[State, str]:
        """The core's state, and the kernel's from `ss`: its listener's where it has no connection."""
        states = self.namespace.ss(KERNEL_PORT).splitlines()
        words = sorted((line.split()[0] for line in states), key=lambda word: word == "LISTEN")
        return self.core.state(self.connection), words[0] if words else ""

    def until(self, core: State, kernel: str, within: float = 5.0) -> None:
        """Takes what arrives until the core and the kernel are in these states."""

        def both() -> bool:  # ss(8) is asked last: it is a process of its own.
            return self.core.state(self.connection) is core and self.states()[1] == kernel

        self.core.until(both, within)

    def segment(self, flags: int, offset: int = 0) -> Segment:
        """A segment from the core's end as the core itself would number it, `offset` further on."""
        tcb = self.core.tcb(self.connection)
        seq = (tcb.snd_nxt + offset) % 2**32
        return Segment(self.core_end, self.kernel_end, seq, tcb.rcv_nxt, flags, 1000)

    # Data.

    def exchange(self, to_core: bytes, to_kernel: bytes, within: float = 10.0) -> None:
        """Both programs send and read at the same time, until each has what the other sent, and the core the
        acknowledgment of it."""
        core, connection = self.core, self.connection
        already = len(core.delivered(connection))
        read = b""
        unsent, queued = to_core, 0

        def progress() -> bool:
            nonlocal read, unsent, queued
            unsent = unsent[self.write(unsent) :]
            status = core.status(connection)
            if room := min(status.snd_room, len(to_kernel) - queued):
                core.call(Send(connection, to_kernel[queued : queued + room]))
                queued += room
                return False
            read += self.read()
            if not core.tcb(connection).receives:
                core.call(Receive(connection))
            if status.snd_queue:
                return False
            return len(read) >= len(to_kernel) and len(core.delivered(connection)) - already >= len(to_core)

        core.until(progress, within)
        assert read == to_kernel
        assert core.delivered(connection)[already:] == to_core

    def write(self, data: bytes) -> int:
        """How many octets of `data` the kernel takes now."""
        try:
            return self.sock.send(data) if data else 0
        except BlockingIOError:
            return 0

    def read(self, octets: int = 1 << 20) -> bytes:
        """What the kernel has for its program now; b"" also where that is the end."""
        try:
            return self.sock.recv(octets)
        except BlockingIOError:
            return b""

    def error(self) -> str:
        """The name of the error that the kernel has for its program: ``ECONNRESET``."""
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return errno.errorcode.get(code, "") if code else ""


def ended(sock: socket.socket) -> bool:
    """Whether the program at `sock` reads the end of the stream."""
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
