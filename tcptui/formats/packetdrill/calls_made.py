"""The calls that a script makes at the host under test: those that block, and whether each returned what it
should, when it should."""

from __future__ import annotations

from typing import Any

from tcptui.core.message import Message
from tcptui.core.state import State
from tcptui.formats.packetdrill.call_arguments import Addresses, Arguments
from tcptui.formats.packetdrill.constants import Constants
from tcptui.formats.packetdrill.epoll import (
    CALLS,
    Interests,
    Readiness,
    found_no_room,
    handed_over,
    prepare_epoll,
    woken,
)
from tcptui.formats.packetdrill.flows import Flows
from tcptui.formats.packetdrill.matching import Tolerance, Window, at_time, later
from tcptui.formats.packetdrill.outcome import Mismatch
from tcptui.formats.packetdrill.reasons import Reasons
from tcptui.formats.packetdrill.script_calls import (
    Difference,
    Prepared,
    call_text,
    prepare_call,
    wrong_result,
)
from tcptui.formats.packetdrill.syntax import CallEvent
from tcptui.formats.packetdrill.text import seconds_text
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.program import ScriptedCall
from tcptui.lab.report import Report
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Done
from tcptui.sockets.requests import Accept, Bind, Connect, Listen, Read, Write, call_name


class _Calling(NamedTuple):
    """A call that is being made, or blocks."""

    event: CallEvent
    prepared: Prepared
    window: Window
    """When it may be made, or, if it blocks, when it may return."""
    number: int = 0
    """Of a call that blocks."""


class CallsMade:
    """The calls of one script that have not returned yet."""

    __slots__ = (
        "_addresses", "_blocked", "_calling", "_constants", "_interests", "_latest", "_tolerance",
    )  # fmt: skip

    def __init__(self, constants: Constants, addresses: Addresses, tolerance: Tolerance) -> None:
        self._constants = constants
        self._addresses = addresses
        self._tolerance = tolerance
        self._calling: _Calling | None = None
        """The one that is made in this step."""
        self._blocked: tuple[_Calling, ...] = ()
        self._interests: Interests = ()
        self._latest = 0
        """The connection whose socket has been connected, or accepted, last."""

    def copy(self) -> CallsMade:
        copy = CallsMade(self._constants, self._addresses, self._tolerance)
        copy._calling, copy._blocked, copy._latest = self._calling, self._blocked, self._latest
        copy._interests = self._interests
        return copy

    def key(self) -> tuple[Any, ...]:
        """What their future depends on, hashable."""
        return (
            self._latest,
            self._interests,
            tuple((one.event.line, one.number, one.window) for one in self._blocked),
        )

    @property
    def return_by(self) -> int | None:
        """When the last of those that block must have returned; None: none does."""
        return max((one.window.end for one in self._blocked), default=None)

    def make(self, event: CallEvent, due: Window) -> ScriptedCall:
        """The call that the script makes now. Raises NotSupported."""
        if event.name in CALLS:
            args = Arguments(event, self._constants, self._addresses)
            prepared, self._interests = prepare_epoll(event, args, self._interests)
        else:
            prepared = prepare_call(event, self._constants, self._addresses)
        self._calling = _Calling(event, prepared, due)
        request = prepared.request
        return ScriptedCall("request", request=request, called=call_name(request))

    def made(self, report: Report, host: HostEnd, flows: Flows, reasons: Reasons) -> None:
        """If a call of the script was made in this step, it has returned or it blocks. Raises Mismatch and
        NotSupported."""
        calling, self._calling = self._calling, None
        if calling is None:
            return
        event, prepared, due, _ = calling
        request = prepared.request
        if isinstance(request, Connect):
            self._look_at(request.fd, host)
        _, done, number, *_ = report.results[-1]  # Calls that it lets return have done so before.
        if self._interests and isinstance(request, Write):
            taken = done.value if isinstance(done, Done) else 0
            if taken < len(request.data):
                self._interests = found_no_room(self._interests, request.fd)
        if isinstance(request, (Bind, Listen)):
            socket = host.sockets.socket(request.fd)
            if socket is not None and socket.local is not None:
                flows.local_port = socket.local.port
                if isinstance(request, Listen) and isinstance(done, Done) and not done.errno:
                    flows.listens()
        end = due
        if event.end is not None:
            gap = event.end - event.time.earliest
            end = Window(due.earliest + gap, due.earliest + gap, self._tolerance.of(gap))
        if isinstance(done, Done):
            self._returned(calling, end, done, report.at, host, reasons)
        elif event.end is None:
            kind = Message.of("difference.blocks", call=event.name)
            raise Mismatch(event.line, call_text(event), Message.of("check.blocks"), reasons.text, kind)
        else:
            self._blocked += (_Calling(event, prepared, end, number),)

    def completed(self, report: Report, host: HostEnd, reasons: Reasons) -> None:
        """Calls that had blocked may have returned in this step. Raises Mismatch and NotSupported."""
        if not self._blocked:
            return
        for _, done, number, *_ in report.results:
            calling = next((one for one in self._blocked if one.number == number), None)
            if isinstance(done, Done) and calling is not None:
                self._blocked = tuple(one for one in self._blocked if one is not calling)
                self._returned(calling, calling.window, done, report.at, host, reasons)

    def wake(self, host: HostEnd) -> None:
        """Something has happened to the host, which an epoll descriptor may tell of."""
        if self._interests:
            self._interests = woken(self._interests, lambda fd: _readiness(host, fd))

    def check(self, now: int, reasons: Reasons) -> None:
        """Raises Mismatch if one should have returned."""
        for one in self._blocked:
            if now > one.window.end:
                expected = at_time(call_text(one.event), one.window.text())
                kind = Message.of("difference.blocks", call=one.event.name)
                got = Message.of("check.still_blocks")
                raise Mismatch(one.event.line, expected, got, reasons.text, kind)

    def tcp_info(self, host: HostEnd) -> dict[str, int]:
        """TCP_INFO as an assertion sees it: before a connection is opened or accepted that of the last
        descriptor, as a listener's. A connection that waits for accept() has none."""
        sockets = [socket for socket in host.sockets.table.sockets.values() if socket.references]
        if not self._latest and not sockets:
            return {}
        return host.sockets.tcp_info(self._latest or sockets[-1].connection)

    def _returned(
        self, calling: _Calling, ends: Window, done: Done, now: int, host: HostEnd, reasons: Reasons
    ) -> None:
        """A call has returned: was it to return that, and now?"""
        event, prepared, _, _ = calling
        if isinstance(prepared.request, Accept) and not done.errno:
            self._look_at(done.value, host)
        if self._interests:
            args = Arguments(event, self._constants, self._addresses)
            self._interests = handed_over(event, args, self._interests, done, lambda fd: _readiness(host, fd))
        wrong = wrong_result(event, prepared, self._constants, done)
        if wrong is None and prepared.inq is not None and isinstance(prepared.request, Read):
            wrong = _wrong_inq(host, prepared.request.fd, prepared.inq)
        if wrong is not None:
            raise Mismatch(event.line, wrong.expected, wrong.got, reasons.text, wrong.kind)
        if not ends.contains(now):
            expected = at_time(call_text(event), seconds_text(ends.earliest))
            raise Mismatch(event.line, expected, later(now), reasons.text, Message.of("difference.time"))

    def _look_at(self, fd: int, host: HostEnd) -> None:
        """TCP_INFO in what follows is that of this descriptor's connection."""
        socket = host.sockets.socket(fd)
        if socket is not None and socket.connection:
            self._latest = socket.connection


def _readiness(host: HostEnd, fd: int) -> Readiness:
    """What an epoll descriptor is woken for."""
    socket = host.sockets.socket(fd)
    status = None if socket is None else host.sockets.stack.status(socket.connection)
    if socket is None or status is None:
        return Readiness(State.CLOSED, (), True)
    listens = status.state is State.LISTEN
    writable = not listens and host.sockets.stack.write_room(status.connection)[1]
    return Readiness(status.state, (status.rcv_nxt, *status.accept_queue), writable)


def _wrong_inq(host: HostEnd, fd: int, expected: int) -> Difference | None:
    """tcp_inq_hint(): what is left to be read, the peer's FIN being an octet of it."""
    socket = host.sockets.socket(fd)
    if socket is None:
        return None
    status = host.sockets.stack.status(socket.connection)
    left = len(socket.receive_buffer) if status is None else status.rcv_queue
    left += socket.peer_closed
    if left == expected:
        return None
    kind = Message.of("difference.value", call="recvmsg")
    return Difference(f"TCP_CM_INQ {expected}", f"TCP_CM_INQ {left}", kind)
