"""The core as a host on a real link: packets in and out, and the machine's clock for its time.

Nothing runs by itself. Whoever waits, in `until`, drives it; until then what the kernel has sent lies unread
on the link, and so a test decides which segments cross.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tcptui.core.events import Delivered, Event, Returned, RuleApplied, Sent, Signal, Signalled
from tcptui.core.packet.ip_header import TCP, Packet, decode_packet, encode_packet
from tcptui.core.packet.segment import PSH, Segment
from tcptui.core.packet.tcp_format import decode, encode
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Call
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.core.tcp.tcb import Tcb
from tests.kernel.links import Link

POLL = 0.02
"""Seconds after which a condition is looked at again though nothing has arrived."""


class Passage(NamedTuple):
    """A segment as it passed between the core and the link."""

    at: int
    """Microseconds of the machine's clock."""
    from_core: bool
    segment: Segment
    lost: bool

    def __str__(self) -> str:
        sender = "core  " if self.from_core else "kernel"
        options = " ".join(f"{kind}:{data.hex()}" for kind, data in self.segment.options)
        return f"{sender} {self.segment} {f'<{options}>' if options else ''}{' LOST' if self.lost else ''}"


class Once:
    """Loses the first segment of one sender that has just these control bits, PSH apart."""

    def __init__(self, from_core: bool, flags: int) -> None:
        self.done = False
        self._wanted = (from_core, flags)

    def __call__(self, passage: Passage) -> bool:
        if self.done or (passage.from_core, passage.segment.flags & ~PSH) != self._wanted:
            return False
        self.done = True
        return True


class Core:
    """A `Stack` on a link, and all that passed and happened there."""

    def __init__(self, link: Link, profile: Profile = LINUX) -> None:
        self.stack = Stack(profile)
        self.wire: list[Passage] = []
        self.events: list[Event] = []
        self.lose: Callable[[Passage], bool] = _nothing
        """Which segments the wire loses, in either direction."""
        self._link = link

    # What a test does.

    def call(self, call: Call) -> list[Event]:
        return self._happened(self.stack.call(call, _now()))

    def named(self, call: Call) -> int:
        """The connection that a call's response names: OPEN's and ACCEPT's are new."""
        return next(event.connection for event in self.call(call) if isinstance(event, Returned))

    def put(self, segment: Segment) -> None:
        """Puts a segment on the wire that the core knows nothing of."""
        self._send(segment)

    def until(self, condition: Callable[[], bool], within: float = 5.0) -> None:
        """Takes packets, one at a time, and serves timers, until `condition` holds, for so many seconds."""
        deadline = _now() + int(within * 1e6)
        while not condition():
            assert _now() < deadline, f"not within {within} s; what passed:\n{self.story()}"
            self._once(deadline)

    def pause(self, seconds: float) -> None:
        """Takes packets and serves timers for so long."""
        end = _now() + int(seconds * 1e6)
        while _now() < end:
            self._once(end)

    # What it asks.

    def state(self, connection: int) -> State:
        return self.stack.state(connection)

    def status(self, connection: int) -> ConnectionStatus:
        status = self.stack.status(connection)
        assert status is not None, f"connection {connection} is CLOSED"
        return status

    def waiting(self, listener: int) -> tuple[int, ...]:
        """The connections that wait for ACCEPT."""
        status = self.stack.status(listener)
        return () if status is None else status.accept_queue

    def delivered(self, connection: int) -> bytes:
        """All that the connection's RECEIVEs have brought."""
        return b"".join(
            event.data
            for event in self.events
            if isinstance(event, Delivered) and event.connection == connection
        )

    def tcb(self, connection: int) -> Tcb:
        tcb = self.stack.tcb(connection)
        assert tcb is not None, f"connection {connection} is CLOSED"
        return tcb

    def rules(self, connection: int) -> list[Rule]:
        """The rules that have decided about the connection."""
        return [e.rule for e in self.events if isinstance(e, RuleApplied) and e.connection == connection]

    def signals(self, connection: int) -> list[Signal]:
        return [
            event.signal
            for event in self.events
            if isinstance(event, Signalled) and event.connection == connection
        ]

    def passed(self, from_core: bool, flags: int) -> list[Passage]:
        """What one side has sent with just these control bits, PSH apart."""
        return [p for p in self.wire if p.from_core == from_core and p.segment.flags & ~PSH == flags]

    def story(self, last: int = 40) -> str:
        """The last segments that passed, one a line, in seconds from the first."""
        if not self.wire:
            return "nothing"
        zero = self.wire[0].at
        lines = [f"{(p.at - zero) / 1e6:9.6f} {p}" for p in self.wire[-last:]]
        return "\n".join(lines)

    # Inside.

    def _once(self, deadline: int) -> None:
        """Waits for one packet, one timer, or a little while."""
        due = self.stack.next_deadline()
        wait = min(deadline, deadline if due is None else due) - _now()
        if select.select([self._link], [], [], max(0.0, min(wait / 1e6, POLL)))[0]:
            self._take(self._link.read())
        due = self.stack.next_deadline()
        now = _now()
        if due is not None and due <= now:
            self._happened(self.stack.expire(now))

    def _take(self, octets: bytes) -> None:
        packet = decode_packet(octets)
        if packet.protocol != TCP:
            return  # IPv6 looks for routers on every link.
        segment = decode(packet.payload, packet.src, packet.dst, verify=self._link.sums_by_kernel)
        if not self._passes(False, segment):
            return
        self._happened(self.stack.arrives(segment, _now()))

    def _happened(self, events: Iterable[Event]) -> list[Event]:
        happened = list(events)
        self.events += happened
        for event in happened:
            if isinstance(event, Sent):
                self._send(event.segment)
        return happened

    def _send(self, segment: Segment) -> None:
        if self._passes(True, segment):
            packet = Packet(segment.src.host, segment.dst.host, TCP, encode(segment))
            self._link.write(encode_packet(packet))

    def _passes(self, from_core: bool, segment: Segment) -> bool:
        passage = Passage(_now(), from_core, segment, False)
        lost = self.lose(passage)
        self.wire.append(passage._replace(lost=lost))
        return not lost


def _nothing(passage: Passage) -> bool:
    return False


def _now() -> int:
    """The machine's clock: the one place where the core's time is not virtual."""
    return time.monotonic_ns() // 1000
