"""A network namespace of a test's own: sockets of its kernel, programs in it, and what `ss` says there.

Nothing that happens in it can reach the machine's network, and it vanishes with the process inside it. What
joins it to the core is in `links`.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

_INSIDE = Path(__file__).with_name("inside.py")
_WAYS = (
    ("-rn", ("--user", "--net", "--preserve-credentials")),  # Anybody may, if the kernel was told so.
    ("-n", ("--net",)),  # Root may.
)
"""Options of unshare(1) that make a namespace, and those of nsenter(1) that enter it."""


class Unavailable(Exception):
    """There is no namespace to be had here; the message says why, in one line."""


class Namespace:
    """A network namespace with nothing in it but its loopback device. Unavailable if there can't be one."""

    def __init__(self) -> None:
        reasons = []
        for make, enter in _WAYS:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = ["unshare", make, sys.executable, "-IS", str(_INSIDE), str(theirs.fileno())]
            try:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=[theirs.fileno()]
                )
            except FileNotFoundError as error:
                self._control.close()
                raise Unavailable("the program unshare is not installed") from error
            finally:
                theirs.close()
            self._enter = ("nsenter", "--target", str(self._process.pid), *enter)
            if self._control.recv(100) == b"ready":
                self.run("ip", "link", "set", "lo", "up")
                return
            assert self._process.stderr is not None
            reasons.append(self._process.stderr.read().decode().strip())
            self.close()
        raise Unavailable("; ".join(reasons))

    def __enter__(self) -> Namespace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process inside, and so, once nobody holds a socket of it, the namespace."""
        self._control.close()
        self._process.wait(timeout=10)
        assert self._process.stderr is not None
        self._process.stderr.close()

    def run(self, *command: str, text: str = "") -> str:
        """What a program prints that runs inside, `text` being its standard input."""
        try:
            done = subprocess.run(
                [*self._enter, *command], input=text, capture_output=True, text=True, timeout=20
            )
        except FileNotFoundError as error:
            raise Unavailable(f"the program {error.filename} is not installed") from error
        if done.returncode == 127:
            raise Unavailable(done.stderr.strip())  # nsenter found no such program.
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def start(self, *command: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """A program that runs inside, its output in one pipe."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self._enter, *command],
            stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True, cwd=cwd,
        )  # fmt: skip

    def tun(self, device: str) -> int:
        """The file descriptor of a new TUN device; OSError if there are none here."""
        return self._open("tun", device)

    def socket(
        self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM, protocol: int = 0
    ) -> socket.socket:
        """A socket of this namespace's kernel that never blocks."""
        sock = socket.socket(fileno=self._open("socket", family, kind, protocol))
        sock.setblocking(False)
        return sock

    def sysctl(self, name: str, value: int | str) -> None:
        """Sets one of the namespace's own settings: ``ipv4/tcp_syncookies``."""
        self.run("sh", "-c", f"echo {value} >/proc/sys/net/{name}")

    def ss(self, kernel_port: int, options: str = "") -> str:
        """What `ss` prints of the kernel's TCP sockets with that port; more with `options`: ``-io``."""
        return self.run("ss", f"-Htan{options.strip('-')}", f"sport = :{kernel_port}")

    def _open(self, *request: str | int) -> int:
        self._control.send(json.dumps(request).encode())
        answer, fds, _, _ = socket.recv_fds(self._control, 1000, 1)
        if not fds:
            raise OSError(answer.decode())
        assert self._control.recv(100) == b"closed"
        return fds[0]
