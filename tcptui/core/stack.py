"""One host's TCP: connections by name and by sockets, calls and segments to the right one.

A `Stack` is driven from outside and never acts by itself: `call`, `arrives` and `expire` each do one step
and return its events; `next_deadline` says when `expire` is wanted. Time is microseconds, handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, TypeAlias

from tcptui.core import calls
from tcptui.core.arrives import no_connection, segment_arrives
from tcptui.core.events import Event, Response
from tcptui.core.isn import rfc6528_isn
from tcptui.core.profile import RFC9293, Profile
from tcptui.core.rules import Rule
from tcptui.core.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.core.step import Step
from tcptui.core.tcb import Tcb
from tcptui.core.timeouts import expire

_Key: TypeAlias = tuple[Socket, Socket | None]


class Stack:
    """The TCP of one host.

    `isns` are the initial sequence numbers of its first connections, in order; after them, and by default,
    they come from `isn.rfc6528_isn` with `secret`.
    """

    __slots__ = ("_by_sockets", "_connections", "_isns", "_secret", "profile")

    def __init__(
        self,
        profile: Profile = RFC9293,
        isns: Iterable[int] = (),
        secret: bytes = b"tcptui",
    ) -> None:
        self.profile = profile
        self._isns = tuple(isns)
        self._secret = secret
        self._connections = 0
        self._by_sockets: dict[_Key, list[Tcb]] = {}
        """By local and remote socket; several only where several listen, and then the oldest serves."""

    # What drives it.

    def call(self, call: calls.Call, now: int) -> list[Event]:
        """A user call; its `Returned` is among the events. OPEN's carries the new connection's name."""
        step = self._step(now)
        if isinstance(call, calls.Open):
            self._open(call, step)
        else:
            tcb = self.tcb(call.connection)
            if tcb is None:
                name = type(call).__name__.upper()
                step.rule(None, Rule[f"{name}_REFUSED"])
                step.returned(call.connection, name, Response.NO_CONNECTION)
            else:
                key = tcb.key
                _serve(tcb, call, step)
                self._file(tcb, key)
        return step.events

    def arrives(self, segment: Segment, now: int) -> list[Event]:
        """A segment for this host, its checksum found good (MUST-3)."""
        step = self._step(now)
        key: _Key = (segment.dst, segment.src)
        tcbs = self._by_sockets.get(key)
        if tcbs is None:
            if not (_single_host(segment.src) and _single_host(segment.dst)):
                step.rule(None, Rule.NOT_A_SINGLE_HOST)
                step.drop(None, segment)
                return step.events
            key = (segment.dst, None)
            tcbs = self._by_sockets.get(key)
        if tcbs is None:
            no_connection(segment, step)
        else:
            tcb = tcbs[0]
            segment_arrives(tcb, segment, step)
            self._file(tcb, key)
        return step.events

    def expire(self, now: int) -> list[Event]:
        """Serves every timer that is due at `now`."""
        step = self._step(now)
        for tcb in self.tcbs():
            due = tcb.next_due()
            if due is not None and due <= now:
                key = tcb.key
                expire(tcb, step)
                self._file(tcb, key)
        return step.events

    def next_deadline(self) -> int | None:
        """When `expire` is wanted next; None: not at all, as things are."""
        deadline = None
        for tcbs in self._by_sockets.values():
            for tcb in tcbs:
                due = tcb.next_due()
                if due is not None and (deadline is None or due < deadline):
                    deadline = due
        return deadline

    # What it knows.

    def tcb(self, connection: int) -> Tcb | None:
        """The block of that name, as it is now (STATUS, 3.10.6); None: CLOSED."""
        for tcbs in self._by_sockets.values():
            for tcb in tcbs:
                if tcb.connection == connection:
                    return tcb
        return None

    def tcbs(self) -> list[Tcb]:
        """Every connection that is not CLOSED, the oldest first."""
        every = (tcb for tcbs in self._by_sockets.values() for tcb in tcbs)
        return sorted(every, key=lambda tcb: tcb.connection)

    def copy(self) -> Stack:
        """A stack of its own that begins where this one stands."""
        copy = Stack.__new__(Stack)
        copy.profile = self.profile
        copy._isns = self._isns
        copy._secret = self._secret
        copy._connections = self._connections
        copy._by_sockets = {key: [tcb.copy() for tcb in tcbs] for key, tcbs in self._by_sockets.items()}
        return copy

    def rebooted(self) -> Stack:
        """The same host after a crash: every connection forgotten, its ISNs going on."""
        return Stack(self.profile, self._isns, self._secret)

    def values(self) -> tuple[Any, ...]:
        """Everything that the future depends on: hashable, equal if the stacks are."""
        blocks = tuple(tcb.values() for tcb in self.tcbs())
        return self.profile, self._isns, self._secret, self._connections, blocks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stack) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    # Inside.

    def _step(self, now: int) -> Step:
        return Step(now, self.profile, self._choose_iss)

    def _choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        if self._isns:
            iss, *rest = self._isns
            self._isns = tuple(rest)
            return iss
        return rfc6528_isn(local, remote, now, self._secret)

    def _open(self, call: calls.Open, step: Step) -> None:
        if call.remote is not None and not _single_host(call.remote):
            step.rule(None, Rule.OPEN_REFUSED)
            step.returned(0, "OPEN", Response.REMOTE_INVALID)  # MUST-46
            return
        there = self._by_sockets.get((call.local, call.remote))
        if there is None and not call.passive and call.remote is not None:
            # An active OPEN turns a passive one of the same local socket around (3.10.1, LISTEN).
            there = self._by_sockets.get((call.local, None))
        if there is None:
            self._connections += 1
            tcb = Tcb(self._connections, call.local, call.remote)
            self._by_sockets[tcb.key] = [tcb]
        else:
            tcb = there[0]
        key = tcb.key
        calls.open_connection(tcb, call, step)
        self._file(tcb, key)

    def _file(self, tcb: Tcb, key: _Key) -> None:
        """Keeps `tcb`, which was found under `key`, where its sockets say, or, once CLOSED, not at all."""
        if tcb.state is not State.CLOSED and tcb.remote == key[1]:
            return
        others = [other for other in self._by_sockets.pop(key) if other is not tcb]
        if others:
            self._by_sockets[key] = others
        if tcb.state is not State.CLOSED:
            there = self._by_sockets.get(tcb.key, [])
            self._by_sockets[tcb.key] = sorted([*there, tcb], key=lambda one: one.connection)


def _serve(tcb: Tcb, call: calls.Call, step: Step) -> None:
    match call:
        case calls.Send():
            calls.send(tcb, call, step)
        case calls.Receive():
            calls.receive(tcb, call, step)
        case calls.Close():
            calls.close(tcb, step)
        case calls.Abort():
            calls.abort(tcb, step)
        case calls.Status():
            calls.status(tcb, step)


def _single_host(remote: Socket) -> bool:
    address = ip_address(remote.host)
    return not (address.is_multicast or address.is_unspecified or remote.host == "255.255.255.255")
