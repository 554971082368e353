"""Runs as a program inside a network namespace and opens there what others use from outside.

A socket or a TUN device belongs for ever to the namespace in which it was opened, whoever holds it; so the
tests stay in their own process, with the `Namespace` that started this one, and get file descriptors here.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import sys

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.send(b"ready")
    while request := control.recv(1000):
        try:
            fd = _opened(*json.loads(request))
        except OSError as error:
            control.send(str(error).encode())
            continue
        socket.send_fds(control, [b"ok"], [fd])
        os.close(fd)
        control.send(b"closed")  # From here on it is the receiver's alone, who may close it for good.


def _opened(what: str, *arguments: int | str) -> int:
    if what == "tun":
        fd = os.open("/dev/net/tun", os.O_RDWR)
        device = str(arguments[0]).encode()
        fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", device, _IFF_TUN | _IFF_NO_PI))
        return fd
    family, kind, protocol = (int(argument) for argument in arguments)
    return socket.socket(family, kind, protocol).detach()


if __name__ == "__main__":
    main()
