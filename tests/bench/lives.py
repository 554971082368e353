"""Whole lives of connections in a second: handshake, 100 octets and the same back, close.

Two cores without a wire stand beside Linux over its loopback device; the core stands beside scapy's automaton
on a TUN device, with Linux as the server. The server closes first everywhere.
"""

from __future__ import annotations

import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tcptui.core.events import Delivered, Event, Returned, Sent
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import LINUX
from tcptui.core.state import State
from tcptui.core.tcp.calls import Call, Close, Open, Receive, Send
from tcptui.core.tcp.stack import Stack
from tests.bench.loopback import DATA
from tests.kernel.adapter import Core
from tests.kernel.links import CORE_HOST, KERNEL_HOST, Link, Tun
from tests.kernel.namespace import Namespace

LOOPBACK = Path(__file__).with_name("loopback.py")
ROUNDS = 5
IN_MEMORY = 400
ON_A_LINK = 40
"""Lives in a round."""

FIRST_PORT = 10_000
"""Every life has a port of its own: the kernel's TIME-WAITs outlive the benchmark."""

SERVER = Socket(KERNEL_HOST, 80)

_LifeOnLink: TypeAlias = Callable[[Link, Socket, Socket, bytes], None]


class Rates(NamedTuple):
    """Medians, in lives per second."""

    core: float
    loopback: float
    core_on_link: float
    scapy_on_link: float | None
    """None where scapy is not installed."""


def rates() -> Rates:
    """Taken in turns. Unavailable if there is no namespace to be had, OSError if there is no TUN device."""
    with Namespace() as namespace, closing(Tun(namespace)) as link, _served(namespace):
        ports = count(FIRST_PORT)

        def on_link(life: _LifeOnLink) -> float:
            return _timed(ON_A_LINK, lambda: life(link, Socket(CORE_HOST, next(ports)), SERVER, DATA))

        def on_loopback() -> float:
            command = (sys.executable, "-I", str(LOOPBACK), str(IN_MEMORY))
            return IN_MEMORY / float(namespace.run(*command))

        kinds: list[Callable[[], float]] = [_in_memory, on_loopback, lambda: on_link(_life_on_link)]
        try:
            from tests.bench.scapy_client import life as scapy_life
        except ImportError:
            pass
        else:
            kinds.append(lambda: on_link(scapy_life))
        rounds = [[kind() for kind in kinds] for _ in range(ROUNDS)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    return Rates(medians[0], medians[1], medians[2], medians[3] if len(medians) > 3 else None)


def _timed(number: int, life: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(number):
        life()
    return number / (time.perf_counter() - began)


class _Joined:
    """Two stacks and no wire: what one sends is there at once. Time passes only for the timers."""

    def __init__(self) -> None:
        self.stacks = (Stack(LINUX), Stack(LINUX))
        self.now = 0

    def call(self, who: int, call: Call) -> list[Event]:
        events = self.stacks[who].call(call, self.now)
        self._carry(who, events)
        return events

    def outlive_timers(self) -> None:
        """Lets TIME-WAIT pass."""
        for who, stack in enumerate(self.stacks):
            while (due := stack.next_deadline()) is not None:
                self.now = due
                self._carry(who, stack.expire(due))

    def _carry(self, who: int, events: Sequence[Event]) -> None:
        while segments := [event.segment for event in events if isinstance(event, Sent)]:
            who = 1 - who
            stack = self.stacks[who]
            events = [event for segment in segments for event in stack.arrives(segment, self.now)]


def _in_memory() -> float:
    two = _Joined()
    ports = count(FIRST_PORT)
    rate = _timed(IN_MEMORY, lambda: _life_in_memory(two, next(ports)))
    assert not two.stacks[0].tcbs()
    assert not two.stacks[1].tcbs()
    return rate


def _life_in_memory(two: _Joined, port: int) -> None:
    there = _opened(two.call(1, Open(SERVER, passive=True)))
    here = _opened(two.call(0, Open(Socket(CORE_HOST, port), SERVER)))
    two.call(0, Send(here, DATA))
    two.call(1, Send(there, _delivered(two.call(1, Receive(there)))))
    two.call(1, Close(there))
    assert _delivered(two.call(0, Receive(here))) == DATA
    two.call(0, Close(here))
    two.outlive_timers()


def _life_on_link(link: Link, local: Socket, server: Socket, data: bytes) -> None:
    core = Core(link)
    name = _opened(core.call(Open(local, server)))
    core.call(Send(name, data))
    core.call(Receive(name))
    core.until(lambda: core.state(name) is State.CLOSE_WAIT)
    assert core.delivered(name) == data
    core.call(Close(name))
    core.until(lambda: core.state(name) is State.CLOSED)


@contextmanager
def _served(namespace: Namespace) -> Iterator[None]:
    """A program of the kernel's that sends back what it gets, and closes."""
    with namespace.socket() as listener:
        listener.setblocking(True)
        listener.bind(SERVER)
        listener.listen()
        thread = threading.Thread(target=_serve, args=[listener])
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            server, _ = listener.accept()
        except OSError:
            return  # It has been shut down.
        with server:
            server.send(server.recv(len(DATA)))


def _opened(events: Sequence[Event]) -> int:
    """The name of the connection that OPEN returned."""
    return next(event.connection for event in events if isinstance(event, Returned))


def _delivered(events: Sequence[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Delivered))
