"""One host's TCP: connections by name and by sockets, calls and segments to the right one.

A `Stack` is driven from outside and never acts by itself: `call`, `arrives` and `expire` each do one step
and return its events; `next_deadline` says when `expire` is wanted. Time is microseconds, handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, TypeAlias

from tcptui.core.events import Event, Response
from tcptui.core.packet.segment import SYN, Segment, Socket
from tcptui.core.packet.seq import le
from tcptui.core.profile.presets import PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.arrives import no_connection, segment_arrives
from tcptui.core.tcp.icmp import IcmpError, error_arrives
from tcptui.core.tcp.isn import rfc6528_isn
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.time_wait import is_newer
from tcptui.core.tcp.timeouts import expire

_Key: TypeAlias = tuple[Socket, Socket | None]
EPHEMERAL = range(49_152, 65_536)
"""The ports that an OPEN without a local one is given (RFC 6335 section 6)."""
_PRESETS = frozenset(id(preset) for preset in PRESETS.values())
"""The profiles that are known to be good: they last as long as the program, and so do their identities."""


class Stack:
    """The TCP of one host. A profile with a value that its knob can't have is a ValueError.

    `isns` are the initial sequence numbers of its first connections, in order; after them, and by default,
    they come from `isn.rfc6528_isn` with `secret`.
    """

    __slots__ = ("_by_sockets", "_connections", "_isns", "profile", "secret")

    def __init__(
        self,
        profile: Profile = RFC9293,
        isns: Iterable[int] = (),
        secret: bytes = b"tcptui",
    ) -> None:
        if id(profile) not in _PRESETS:
            from tcptui.core.profile.knobs import check_profile  # A run with presets needs no table of knobs.

            check_profile(profile)
        self.profile = profile
        self._isns = tuple(isns)
        self.secret = secret
        self._connections = 0
        self._by_sockets: dict[_Key, list[Tcb]] = {}
        """By local and remote socket; several only where several listen, and then the oldest serves."""

    # What drives it.

    def call(self, call: calls.Call, now: int) -> list[Event]:
        """A user call; its `Returned` is among the events. OPEN's carries the new connection's name."""
        step = self._step(now)
        if isinstance(call, calls.Open):
            self._open(call, step)
            return step.events
        tcb = self.tcb(call.connection)
        if tcb is None:
            name = type(call).__name__.upper()
            step.rule(None, Rule[f"{name}_REFUSED"])
            step.returned(call.connection, name, Response.NO_CONNECTION)
            return step.events
        key = tcb.key
        if isinstance(call, calls.Accept):
            _accept(tcb, step)
        else:
            _serve(tcb, call, step)
        self._reindex(tcb, key)
        if tcb.state is State.CLOSED and tcb.backlog is not None:
            self._close_listener(tcb, step)
        return step.events

    def arrives(self, segment: Segment, now: int) -> list[Event]:
        """A segment for this host, its checksum found good (MUST-3)."""
        step = self._step(now)
        key: _Key = (segment.dst, segment.src)
        tcbs = self._by_sockets.get(key)
        if tcbs is not None and tcbs[0].state is State.TIME_WAIT and segment.flags & SYN:
            tcbs = self._reopened(tcbs, segment, step)
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
            self._reindex(tcb, key)
            if tcb.backlog is not None:
                for child in self._by_sockets.get((segment.dst, segment.src), ()):
                    self._reindex(child, child.key)
        return step.events

    def error(self, error: IcmpError, now: int) -> list[Event]:
        """An ICMP error about a segment that this host has sent (MUST-54)."""
        step = self._step(now)
        for tcb in self._by_sockets.get((error.local, error.remote), [])[:1]:
            error_arrives(tcb, error, step)
            self._reindex(tcb, tcb.key)
        return step.events

    def expire(self, now: int) -> list[Event]:
        """Serves every timer that is due at `now`."""
        step = self._step(now)
        for tcb in self.tcbs():
            due = tcb.next_due()
            if due is not None and due <= now:
                key = tcb.key
                expire(tcb, step)
                self._reindex(tcb, key)
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

    @property
    def isns_left(self) -> tuple[int, ...]:
        """The given initial sequence numbers that are left, in order."""
        return self._isns

    @property
    def connections(self) -> int:
        """How many connections there have been: the name of the latest."""
        return self._connections

    def copy(self) -> Stack:
        """A stack of its own that begins where this one stands."""
        copy = Stack.__new__(Stack)
        copy.profile = self.profile
        copy._isns = self._isns
        copy.secret = self.secret
        copy._connections = self._connections
        copy._by_sockets = {key: [tcb.copy() for tcb in tcbs] for key, tcbs in self._by_sockets.items()}
        return copy

    def rebooted(self) -> Stack:
        """The same host after a crash: every connection forgotten, its ISNs going on."""
        return Stack(self.profile, self._isns, self.secret)

    def values(self) -> tuple[Any, ...]:
        """Everything that the future depends on: hashable, equal if the stacks are."""
        blocks = tuple(tcb.values() for tcb in self.tcbs())
        return self.profile, self._isns, self.secret, self._connections, blocks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stack) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    # What a step may ask of it.

    def spawn(self, listener: Tcb, remote: Socket) -> Tcb:
        """A new block in LISTEN for one peer of `listener`."""
        self._connections += 1
        tcb = Tcb(self._connections, listener.local, remote, State.LISTEN, True)
        tcb.user_timeout, tcb.settings, tcb.listener = (
            listener.user_timeout,
            listener.settings,
            listener.connection,
        )
        self._by_sockets[tcb.key] = [tcb]
        return tcb

    def half_open(self, listener: Tcb) -> int:
        """How many connections of `listener` are in SYN-RECEIVED."""
        return sum(
            tcb.listener == listener.connection and tcb.state is State.SYN_RECEIVED
            for tcbs in self._by_sockets.values()
            for tcb in tcbs
        )

    def choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        """The initial sequence number of a connection that begins: a given one, or RFC 6528's."""
        if self._isns:
            iss, *rest = self._isns
            self._isns = tuple(rest)
            return iss
        return rfc6528_isn(local, remote, now, self.secret)

    # Inside.

    def _step(self, now: int) -> Step:
        return Step(now, self.profile, self)

    def _open(self, call: calls.Open, step: Step) -> None:
        if call.remote is not None and not _single_host(call.remote):
            step.rule(None, Rule.OPEN_REFUSED)
            step.returned(0, "OPEN", Response.REMOTE_INVALID)  # MUST-46
            return
        if call.local.port == 0:
            port = self._free_port(call)
            if port is None:
                step.rule(None, Rule.OPEN_REFUSED)
                step.returned(0, "OPEN", Response.NO_PORT)
                return
            call = call._replace(local=Socket(call.local.host, port))
        there = self._by_sockets.get((call.local, call.remote))
        if there is None and not call.passive and call.remote is not None:
            # An active OPEN turns a passive one of the same local socket around (3.10.1, LISTEN).
            there = self._by_sockets.get((call.local, None))
            if there is not None and there[0].backlog is not None:
                there = None  # That one stays in LISTEN; there may be both (MUST-42).
        if there is None:
            self._connections += 1
            tcb = Tcb(self._connections, call.local, call.remote)
            self._by_sockets[tcb.key] = [tcb]
        else:
            tcb = there[0]
        key = tcb.key
        calls.open_connection(tcb, call, step)
        self._reindex(tcb, key)

    def _free_port(self, call: calls.Open) -> int | None:
        """The first ephemeral port that makes a pair of sockets of its own; None: all are taken."""
        host, remote = call.local.host, call.remote
        taken = {key[0].port for key in self._by_sockets if key[0].host == host and key[1] in (None, remote)}
        return next((port for port in EPHEMERAL if port not in taken), None)

    def _reopened(self, tcbs: list[Tcb], syn: Segment, step: Step) -> list[Tcb] | None:
        """A SYN meets TIME-WAIT: if it can only be a new one, and somebody listens, the old block makes way
        (MAY-2, RFC 6191). Otherwise the old block is left to answer."""
        old = tcbs[0]
        if (
            not step.profile.time_wait_reopens
            or not self._by_sockets.get((syn.dst, None))
            or not is_newer(old, syn)
        ):
            return tcbs
        step.rule(old, Rule.TIME_WAIT_REOPENED, seq=syn.seq, rcv_nxt=old.rcv_nxt)
        iss = self._isns[0] if self._isns else rfc6528_isn(old.local, syn.src, step.now, self.secret)
        if not le(old.snd_nxt, iss):
            # 3.6.1, (1): the new numbers lie beyond those that the old connection has used.
            self._isns = (old.snd_nxt, *self._isns[1:])
        step.delete(old, Response.CLOSING)
        self._reindex(old, old.key)
        return None

    def _close_listener(self, listener: Tcb, step: Step) -> None:
        """The listener has been closed: those that waited for ACCEPT are reset, the half-open forgotten."""
        for tcb in self.tcbs():
            if tcb.listener == listener.connection:
                key = tcb.key
                if tcb.connection in listener.accept_queue:
                    calls.reset(tcb, step)
                elif tcb.state is State.SYN_RECEIVED:
                    step.delete(tcb, Response.CLOSING)
                self._reindex(tcb, key)

    def _reindex(self, tcb: Tcb, key: _Key) -> None:
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
            calls.close(tcb, call, step)
        case calls.Configure():
            calls.configure(tcb, call, step)
        case calls.Abort():
            calls.abort(tcb, step)
        case calls.Status():
            calls.status(tcb, step)


def _accept(listener: Tcb, step: Step) -> None:
    """ACCEPT: the connection that has waited longest, by name in the response."""
    if listener.backlog is None:
        step.rule(listener, Rule.ACCEPT_REFUSED)
        step.returned(listener.connection, "ACCEPT", Response.NOT_LISTENING)
    elif not listener.accept_queue:
        step.returned(listener.connection, "ACCEPT", Response.NOTHING_TO_ACCEPT)
    else:
        name, *rest = listener.accept_queue
        listener.accept_queue = tuple(rest)
        step.rule(listener, Rule.ACCEPTED, waiting=len(rest))
        step.returned(name, "ACCEPT", Response.OK)


def _single_host(remote: Socket) -> bool:
    address = ip_address(remote.host)
    return not (address.is_multicast or address.is_unspecified or remote.host == "255.255.255.255")
