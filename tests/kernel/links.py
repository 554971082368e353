"""What carries IP packets between the core and the kernel of a namespace: a TUN device, or a veth pair.

The kernel has the device `KERNEL` with `KERNEL_HOST`; of `CORE_HOST`, at the other end, it knows only that it
lies behind that device.
"""

from __future__ import annotations

import os
import socket
from typing import Protocol

from tests.kernel.namespace import Namespace

KERNEL_HOST, CORE_HOST = "10.9.0.1", "10.9.0.2"
KERNEL_HOST_6, CORE_HOST_6 = "fd09::1", "fd09::2"

KERNEL = "kernel0"
_CORE = "core0"
_KERNEL_MAC, _CORE_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"

# linux/if_ether.h and linux/if_packet.h.
_ETH_P_ALL, _ETH_P_IP, _ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23

_VETH = f"""
link add {KERNEL} address {_KERNEL_MAC} gso_max_segs 1 type veth peer name {_CORE} address {_CORE_MAC}
link set {_CORE} up
"""
_ADDRESSES = f"""
addr add {KERNEL_HOST}/24 dev {KERNEL}
addr add {KERNEL_HOST_6}/64 dev {KERNEL} nodad
link set {KERNEL} up
"""
_NEIGHBOURS = f"""
neigh add {CORE_HOST} lladdr {_CORE_MAC} dev {KERNEL}
neigh add {CORE_HOST_6} lladdr {_CORE_MAC} dev {KERNEL}
"""


class Link(Protocol):
    """One IP packet at a time, in and out."""

    sums_by_kernel: bool
    """Whether what the kernel sends has its TCP checksum filled in."""

    def fileno(self) -> int: ...

    def read(self) -> bytes:
        """The next packet; BlockingIOError if there is none."""

    def write(self, packet: bytes) -> None: ...

    def close(self) -> None: ...


class Tun:
    """A TUN device: what the kernel routes to it is read here. OSError if there is no such device."""

    sums_by_kernel = True

    def __init__(self, namespace: Namespace) -> None:
        self._fd = namespace.tun(KERNEL)
        os.set_blocking(self._fd, False)
        namespace.run("ip", "-batch", "-", text=_ADDRESSES)

    def fileno(self) -> int:
        return self._fd

    def read(self) -> bytes:
        return os.read(self._fd, 0xFFFF)

    def write(self, packet: bytes) -> None:
        os.write(self._fd, packet)

    def close(self) -> None:
        os.close(self._fd)


class Veth:
    """A veth pair: a packet socket stands at the end that the kernel has no address for."""

    sums_by_kernel = False  # A veth device leaves them to hardware that it does not have.

    def __init__(self, namespace: Namespace) -> None:
        namespace.run("ip", "-batch", "-", text=_VETH + _ADDRESSES + _NEIGHBOURS)
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self._socket.bind((_CORE, _ETH_P_ALL))

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bytes:
        return self._socket.recv(0xFFFF)

    def write(self, packet: bytes) -> None:
        protocol = _ETH_P_IP if packet[0] >> 4 == 4 else _ETH_P_IPV6
        self._socket.sendto(packet, (_CORE, protocol, 0, 0, bytes.fromhex(_KERNEL_MAC.replace(":", ""))))

    def close(self) -> None:
        self._socket.close()
