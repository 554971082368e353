"""One host's TCP: connections by name and by sockets, calls and segments to the right one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from tcptui.core.events import Event, Response
from tcptui.core.packet.segment import SYN, Segment, Socket
from tcptui.core.packet.seq import le
from tcptui.core.profile.presets import PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import calls, user_calls
from tcptui.core.tcp.arguments import (
    check_call,
    check_error,
    check_numbers,
    check_sockets,
    check_stack,
    is_single_host,
    may_arrive,
    refuse_now,
)
from tcptui.core.tcp.closed import closed, syn_fin_dropped
from tcptui.core.tcp.icmp import IcmpError, error_arrives
from tcptui.core.tcp.isn import rfc6528_isn
from tcptui.core.tcp.keys import listener_key, shows_clock, tcb_key
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.ports import free_port
from tcptui.core.tcp.segment_arrives import segment_arrives, segment_for_listener
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.status import ConnectionStatus, status_of
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.time_wait import ends_for_open, follow, gives_way, settle
from tcptui.core.tcp.timeouts import expire

_Key: TypeAlias = tuple[Socket, Socket | None]
_PRESETS = frozenset(id(preset) for preset in PRESETS.values())
"""The profiles that are known to be good: they last as long as the program, and so do their identities."""


class Stack:
    """The TCP of one host. A profile with a value that its knob can't have is a ValueError.

    Why it is driven from outside. A stack never acts by itself: `call`, `arrives` and `expire` each do one
    step and return its events, and `next_deadline` says when `expire` is wanted. It has no clock, sends no
    segment and has no callbacks. So whoever drives it decides what is lost, what is late and what comes
    twice; two stacks can be stepped side by side; a copy is a branch of the future; and a test needs no
    threads and no waiting. Time is an integer of microseconds that is handed in and never decreases.

    What leaves it are values. `tcb` and `tcbs` give copies, `status` a small record, the events are tuples of
    values: nothing that a caller holds changes under it, and no block is changed past `Step`. Inside, a
    step works on the living block, for all that it does to a block is one thought.

    A stack is one host's connections and listeners under their local connection names, which are counted up
    and never used again; the sockets that a segment names lead to those names. An argument that can't be what
    it is called is refused with ValueError or TypeError before anything changes.

    Blocks and listeners change in place, and a copy has copies of them. Which names and sockets there are
    changes seldom: `_by_sockets` and `_listeners` are replaced then and never written into, so a copy of a
    stack can share the one, and the other as long as it is empty.

    `isns` are the initial sequence numbers of its first connections, in order; after them, and by default,
    they come from `isn.rfc6528_isn` with `secret`, of 1 to 64 octets.
    """

    __slots__ = (
        "_blocks", "_by_sockets", "_deadline", "_hooks", "_isns", "_listeners", "_names", "_now", "profile",
        "secret",
    )  # fmt: skip

    def __init__(
        self,
        profile: Profile = RFC9293,
        isns: Iterable[int] = (),
        secret: bytes = b"tcptui",
    ) -> None:
        self._isns = check_stack(profile, isns, secret)
        if id(profile) not in _PRESETS:
            from tcptui.core.profile.knobs import check_profile  # A run with presets needs no table of knobs.

            check_profile(profile)
        self.profile = profile
        self._hooks = STACKS[profile.stack]
        self.secret = secret
        self._names = 0
        """The local connection name that was given last."""
        self._now: int | None = None
        """When the last step was; None: there was none."""
        self._deadline: int | Literal[False] | None = None
        """What `next_deadline` has found; False: there has been a step since then."""
        self._blocks: dict[int, Tcb] = {}
        """By name, the oldest first."""
        self._by_sockets: Mapping[_Key, tuple[int, ...]] = {}
        """Names of blocks by sockets: in LISTEN several, the oldest first; or a new one, and a TIME-WAIT."""
        self._listeners: Mapping[int, Listener] = {}
        """By name, the oldest first."""

    # What drives it.

    def call(self, call: calls.Call, now: int) -> list[Event]:
        """A user call; its `Returned` is among the events. OPEN's carries the new connection's name."""
        check_call(call)
        step = self._step(now)
        if isinstance(call, calls.Open):
            self._open(call, step)
            return step.events
        tcb = self._blocks.get(call.connection)
        if tcb is not None:
            key = tcb.key
            user_calls.call_connection(tcb, call, step)
            self._reindex(tcb, key)
            return step.events
        listener = self._listeners.get(call.connection)
        if listener is None:
            name = type(call).__name__.upper()
            step.rule(None, Rule[f"{name}_REFUSED"])
            step.returned(call.connection, name, Response.NO_CONNECTION)
        elif not user_calls.call_listener(listener, call, step):
            self._close_listener(listener, step)
        return step.events

    def arrives(self, segment: Segment, now: int) -> list[Event]:
        """A segment for this host, its checksum found good (MUST-3)."""
        check_numbers(segment)
        key: _Key = (segment.dst, segment.src)
        names = self._by_sockets.get(key)
        tcb = None if names is None else self._blocks[names[0]]
        if tcb is None or segment.src is None:  # A passive OPEN's block is found under no remote socket.
            check_sockets(segment)
        step = self._step(now)
        if segment.flags & SYN:
            if syn_fin_dropped(tcb, segment, step):
                return step.events
            if tcb is not None and tcb.state is State.TIME_WAIT and self._reopens(tcb, segment, step):
                return step.events
        if tcb is not None and names is not None:
            segment_arrives(tcb, segment, step)
            if len(names) > 1:
                settle(self._blocks[names[1]], tcb, step)
                self._reindex(self._blocks[names[1]], key)
            self._reindex(tcb, key)
        elif not may_arrive(segment, self._hooks.takes_net_0()):
            step.rule(None, Rule.NOT_A_SINGLE_HOST)
            step.drop(None, segment)
        else:
            self._arrives_at_listener(segment, step)
        return step.events

    def error(self, error: IcmpError, now: int) -> list[Event]:
        """An ICMP error about a segment that this host has sent (MUST-54)."""
        check_error(error)
        step = self._step(now)
        tcb = self._at((error.local, error.remote))
        if tcb is not None:
            error_arrives(tcb, error, step)
            self._reindex(tcb, tcb.key)
        return step.events

    def expire(self, now: int) -> list[Event]:
        """Serves every timer that is due at `now`."""
        step = self._step(now)
        for tcb in list(self._blocks.values()):
            due = tcb.next_due()
            if due is not None and due <= now:
                key = tcb.key
                expire(tcb, step)
                self._reindex(tcb, key)
        return step.events

    def next_deadline(self) -> int | None:
        """When `expire` is wanted next; None: not at all, as things are."""
        deadline = self._deadline
        if deadline is False:
            deadline = None
            for tcb in self._blocks.values():
                if (due := tcb.next_due()) is not None and (deadline is None or due < deadline):
                    deadline = due
            self._deadline = deadline
        return deadline

    # What it knows.

    def state(self, connection: int) -> State:
        """The state of a connection or a listener; CLOSED where there is none of that name."""
        tcb = self._blocks.get(connection)
        if tcb is not None:
            return tcb.state
        return State.LISTEN if connection in self._listeners else State.CLOSED

    def wants_receive(self, connection: int) -> bool:
        """Whether a program that always has a RECEIVE outstanding has to make the next one. Asked often."""
        tcb = self._blocks.get(connection)
        return tcb is not None and tcb.wants_receive

    def state_between(self, local: Socket, remote: Socket) -> State:
        """The state of the connection between two sockets, of two the older one's; CLOSED: there is none."""
        names = self._by_sockets.get((local, remote))
        return State.CLOSED if names is None else self._blocks[min(names)].state

    def write_room(self, connection: int) -> tuple[int, bool]:
        """Octets that a write() takes now, and whether poll() has POLLOUT. KeyError: no connection."""
        return self._hooks.write_room(self._blocks[connection], self.profile)

    def initial_numbers(self, connection: int) -> tuple[int, int | None] | None:
        """ISS and IRS of a connection, IRS None in SYN-SENT; None where there is none of that name, or it is
        in LISTEN. Asked for every segment that is sent, so without a status."""
        tcb = self._blocks.get(connection)
        if tcb is None or tcb.state is State.LISTEN:
            return None
        return tcb.iss, None if tcb.state is State.SYN_SENT else tcb.irs

    def status(self, connection: int) -> ConnectionStatus | None:
        """What an application may know of a connection or a listener (3.9.1.5); None: CLOSED."""
        block = self._blocks.get(connection) or self._listeners.get(connection)
        return None if block is None else status_of(block, self.profile)

    def peers(self) -> list[tuple[int, State, Socket | None]]:
        """Name, state and remote socket of every connection and listener that is not CLOSED, the oldest
        first. Asked after every change of a state, so without a status."""
        peers = [(name, tcb.state, tcb.remote) for name, tcb in self._blocks.items()]
        if self._listeners:
            listeners = self._listeners.items()
            peers = sorted([*peers, *((name, State.LISTEN, one.wanted_remote) for name, one in listeners)])
        return peers

    def statuses(self) -> list[ConnectionStatus]:
        """The status of every connection and listener that is not CLOSED, the oldest first."""
        names = sorted((*self._blocks, *self._listeners))
        return [status for name in names if (status := self.status(name)) is not None]

    def tcb(self, connection: int) -> Tcb | None:
        """A copy of the block of that name, as it is now; None: CLOSED. A listener's is one in LISTEN."""
        tcb = self._blocks.get(connection)
        if tcb is not None:
            return tcb.copy()
        listener = self._listeners.get(connection)
        return None if listener is None else listener.as_block()

    def tcbs(self) -> list[Tcb]:
        """Copies of every block that is not CLOSED, listeners' among them, the oldest first."""
        blocks = [tcb.copy() for tcb in self._blocks.values()]
        blocks += [listener.as_block() for listener in self._listeners.values()]
        return sorted(blocks, key=lambda tcb: tcb.connection)

    def copy(self) -> Stack:
        """A stack of its own that begins where this one stands."""
        copy = Stack.__new__(Stack)
        copy.profile, copy._hooks = self.profile, self._hooks
        copy._isns, copy.secret = self._isns, self.secret
        copy._names, copy._now, copy._deadline = self._names, self._now, self._deadline
        copy._blocks = {name: tcb.copy() for name, tcb in self._blocks.items()}
        copy._by_sockets = self._by_sockets
        copy._listeners = self._listeners and {name: one.copy() for name, one in self._listeners.items()}
        return copy

    def rebooted(self) -> Stack:
        """The same host after a crash: every connection forgotten, its ISNs going on."""
        fresh = Stack(self.profile, self._isns, self.secret)
        fresh._now = self._now
        return fresh

    def values(self) -> tuple[Any, ...]:
        """Everything that is held, times as they are: hashable, equal if the stacks are.

        It is what `==` compares; whether two stacks, each at its own time, have the same future says `key`.
        """
        blocks = tuple([tcb.values() for tcb in self._blocks.values()])
        listeners = tuple([listener.values() for listener in self._listeners.values()])
        return self.profile, self._isns, self.secret, self._names, blocks, listeners

    def key(self, now: int) -> tuple[Any, ...]:
        """What the future depends on but profile and secret: hashable, times from `now`, and without what
        makes no difference any more (see `keys`)."""
        profile = self.profile
        blocks = tuple([tcb_key(tcb, now, profile) for tcb in self._blocks.values()])
        listeners = tuple([listener_key(listener, now) for listener in self._listeners.values()])
        return self._isns, self._names, blocks, listeners

    def shows_clock(self, opens: int) -> bool:
        """Whether the time itself can show in what it will send by itself or in answer, its programs making
        `opens` OPENs more."""
        return shows_clock(self._blocks.values(), bool(self._listeners), opens, len(self._isns), self.profile)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stack) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    # What a step may ask of it.

    def listener(self, connection: int) -> Listener | None:
        """The listener of that name."""
        return self._listeners.get(connection)

    def spawn(self, listener: Listener, remote: Socket) -> Tcb:
        """A new block in LISTEN for one peer of `listener`."""
        tcb = self._new_block(listener.local, remote)
        tcb.state, tcb.passive, tcb.listener = State.LISTEN, True, listener.connection
        tcb.user_timeout, tcb.settings = listener.user_timeout, listener.settings
        return tcb

    def choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        """The initial sequence number of a connection that begins: a given one, or RFC 6528's."""
        if self._isns:
            iss, *rest = self._isns
            self._isns = tuple(rest)
            return iss
        return rfc6528_isn(local, remote, now, self.secret)

    # Inside.

    def _step(self, now: int) -> Step:
        before = self._now
        if type(now) is not int or (before is not None and now < before):
            refuse_now(now, before)
        self._now, self._deadline = now, False
        return Step(now, self.profile, self._hooks, self)

    def _new_block(self, local: Socket, remote: Socket | None) -> Tcb:
        self._names += 1
        tcb = Tcb(self._names, local, remote)
        self._blocks[tcb.connection] = tcb
        others = self._by_sockets.get(tcb.key, ())
        self._by_sockets = {**self._by_sockets, tcb.key: (tcb.connection, *others)}
        return tcb

    def _at(self, key: _Key) -> Tcb | None:
        """The block that serves what is for these sockets."""
        names = self._by_sockets.get(key)
        return None if names is None else self._blocks[names[0]]

    def _listening(self, local: Socket, remote: Socket | None) -> Listener | None:
        """The listener that a passive OPEN with these sockets has made."""
        for listener in self._listeners.values():
            if listener.local == local and listener.wanted_remote == remote:
                return listener
        return None

    def _waiting(self, local: Socket, remote: Socket) -> Tcb | Listener | None:
        """What a segment for no connection is for: who waits for this peer, or else for any; the oldest."""
        listener = self._listening(local, remote)
        if listener is not None:
            return listener
        listener = self._listening(local, None)
        tcb = self._at((local, None))
        if tcb is None or (listener is not None and listener.connection < tcb.connection):
            return listener
        return tcb

    def _arrives_at_listener(self, segment: Segment, step: Step, newer: bool = False) -> None:
        """`newer`: it is a SYN that is newer than a connection in TIME-WAIT."""
        block = self._waiting(segment.dst, segment.src)
        if block is None:
            closed(segment, step)
            return
        key = block.key
        if isinstance(block, Tcb):
            segment_arrives(block, segment, step)
            self._reindex(block, key)
        else:
            segment_for_listener(block, segment, step, newer)
            child = self._at((segment.dst, segment.src))
            if child is not None:
                self._reindex(child, child.key)

    def _open(self, call: calls.Open, step: Step) -> None:
        if call.remote is not None and not is_single_host(call.remote, self._hooks.takes_net_0()):
            step.rule(None, Rule.OPEN_REFUSED)
            step.returned(0, "OPEN", Response.REMOTE_INVALID)  # MUST-46
            return
        if call.local.port == 0:
            taken = [*self._by_sockets, *(listener.key for listener in self._listeners.values())]
            port = free_port(call.local.host, call.remote, taken)
            if port is None:
                step.rule(None, Rule.OPEN_REFUSED)
                step.returned(0, "OPEN", Response.NO_PORT)
                return
            call = call._replace(local=Socket(call.local.host, port))
        there = self._at((call.local, call.remote))
        if there is None and not call.passive and call.remote is not None:
            # An active OPEN turns a passive one of the same local socket around (3.10.1, LISTEN), but a
            # listener stays in LISTEN; there may be both (MUST-42).
            there = self._at((call.local, None))
        if there is None and call.passive:
            listener = self._listening(call.local, call.remote)
            if listener is not None:
                user_calls.refuse(listener, step, "OPEN", Response.EXISTS)
                return
            if call.backlog is not None:
                self._names += 1
                listener = Listener(self._names, call.local, call.remote)
                self._listeners = {**self._listeners, listener.connection: listener}
                user_calls.open_listener(listener, call, step)
                return
        tcb = there or self._new_block(call.local, call.remote)
        if there is not None and not call.passive and ends_for_open(there, step):
            self._reindex(there, there.key)
            tcb = follow(self._new_block(call.local, call.remote), there)
        key = tcb.key
        user_calls.open_connection(tcb, call, step)
        self._reindex(tcb, key)

    def _reopens(self, old: Tcb, syn: Segment, step: Step) -> bool:
        """A SYN meets TIME-WAIT: whether it can only be a new one, and has gone to who listens (MAY-2, RFC
        6191). Otherwise the old block answers."""
        if not gives_way(old, syn, self._waiting(syn.dst, syn.src) is not None, step):
            return False
        self._reindex(old, old.key)
        given = self._isns
        iss = given[0] if given else rfc6528_isn(old.local, syn.src, step.now, self.secret)
        if not le(old.snd_nxt, iss):
            # MAY-2, (1): the new numbers lie beyond those that the old connection has used.
            self._isns = (old.snd_nxt, *given[1:])
        self._arrives_at_listener(syn, step, newer=True)
        if len(self._isns) >= max(1, len(given)):
            self._isns = given  # Nothing has opened, and the number was for this peer.
        return True

    def _close_listener(self, listener: Listener, step: Step) -> None:
        """The listener has been closed: those that waited for ACCEPT are reset, the half-open forgotten."""
        if listener.accept_queue:
            step.rule(listener, Rule.LISTENER_CLOSED_RESETS, count=len(listener.accept_queue))
        for tcb in list(self._blocks.values()):
            if tcb.listener == listener.connection:
                key = tcb.key
                if tcb.connection in listener.accept_queue:
                    user_calls.reset(tcb, None, step)
                elif tcb.state is State.SYN_RECEIVED:
                    step.delete(tcb, Response.CLOSING)
                self._reindex(tcb, key)
        self._listeners = {name: one for name, one in self._listeners.items() if one is not listener}

    def _reindex(self, tcb: Tcb, key: _Key) -> None:
        """Keeps `tcb`, which was found under `key`, where its sockets say, or, once CLOSED, not at all."""
        if tcb.state is not State.CLOSED and tcb.remote == key[1]:
            return
        index = {**self._by_sockets}
        others = tuple(name for name in index.pop(key) if name != tcb.connection)
        if others:
            index[key] = others
        if tcb.state is State.CLOSED:
            del self._blocks[tcb.connection]
        else:
            names = (tcb.connection, *index.get(tcb.key, ()))
            index[tcb.key] = tuple(sorted(names)) if tcb.state is State.LISTEN else names
        self._by_sockets = index
