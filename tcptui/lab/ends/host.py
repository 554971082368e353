"""A host: sockets over one stack, UDP, and any number of programs that call them.

A program's calls go to the sockets, which go to the stack; what the stack reports comes back the same way,
and the programs learn from it what a program can learn. A call without a descriptor is about the connection
that OPEN or ACCEPT returned last (`opened`), and so is what triggers wait for; which one stands for the host
where one is shown (`connection`) is another matter: see `connection_names`.

UDP and host events have no blocking calls and no connection. They stand beside the sockets, not in them: UDP
has no TCB, and a link that goes down or a reboot is a matter of the host, not of its stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tcptui.core.events import Delivered, Event, Response, Returned, Signalled, StateChanged, TimerKind
from tcptui.core.packet.datagram import IcmpMessage
from tcptui.core.packet.segment import HOP_LIMIT, Segment, Socket
from tcptui.core.profile.presets import RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Receive
from tcptui.core.tcp.timers import Timer
from tcptui.core.udp import UdpSockets
from tcptui.lab.addresses import socket_of
from tcptui.lab.connection import NO_CONNECTIONS
from tcptui.lab.ends import Act, End, EndSetup
from tcptui.lab.ends.connection_names import ConnectionNames, changes, gives_connection
from tcptui.lab.ends.programs import RunsPrograms, core_call, first_programs, has_trigger
from tcptui.lab.program import (
    ASKS_HOST,
    HOST_EVENTS,
    POSSIBLE_CALLS,
    UDP_CALLS,
    ApplicationState,
    CallName,
    GivenRequest,
    NamedScript,
    ScriptedCall,
    Step,
)
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.wire import Payload, Side
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked, Done

if TYPE_CHECKING:
    from tcptui.core.tcp.icmp import IcmpError
    from tcptui.core.tcp.stack import Stack
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb
    from tcptui.sockets.driver import Sockets

_NOTED = {StateChanged, Delivered, Signalled, Returned}


class HostSetup(NamedTuple):
    """A host before anything has happened."""

    role: str
    socket: Socket
    profile: Profile = RFC9293
    isns: tuple[int, ...] = ()
    """Its first initial sequence numbers; after them they come from RFC 6528 with `secret`."""
    secret: bytes = b"tcptui"
    script: tuple[Step, ...] = ()
    """Its first program."""
    reads: bool = True
    """One more program always has a RECEIVE outstanding at every connection that was opened or accepted;
    without it data waits until somebody calls "read"."""
    more: tuple[tuple[Step, ...], ...] = ()
    """Its other programs, which are threads of the first: its descriptors are theirs."""
    clock: int = 0
    """What its own clock says when the story begins, in microseconds: what timestamps are made of."""
    programs: tuple[NamedScript, ...] = ()
    """In the place of `script` and `more`: programs that are processes of their own."""
    ttl: int = HOP_LIMIT
    """The Time to Live of what it sends (RFC 9293 MUST-49)."""

    @property
    def has_sockets(self) -> bool:
        scripts = (self.script, *self.more, *(program.script for program in self.programs))
        return any(call.of_socket for script in scripts for call in script if isinstance(call, ScriptedCall))

    def end(self, side: Side, peer: Socket) -> HostEnd:
        return HostEnd(side, self, peer)

    def without_programs(self) -> HostSetup:
        return self._replace(script=(), more=(), programs=())

    def with_profile(self, profile: Profile) -> HostSetup:
        return self._replace(profile=profile)


class HostEnd(RunsPrograms):
    """A host at one moment; it changes in place, and a copy is a whole one."""

    __slots__ = (
        "_sockets",
        "clock",
        "connection_names",
        "connections",
        "link_up",
        "peer",
        "setup",
        "side",
        "udp",
        "used_sockets",
    )  # fmt: skip

    setup: HostSetup
    observes = False
    script = None

    def __init__(self, side: Side, setup: HostSetup, peer: Socket) -> None:
        self.side: Side = side
        self.setup = setup
        self.clock = setup.clock
        """How far its own clock, which sockets and stack go by, is ahead of the world's. Nothing is added
        where it is 0: `now` is then one object for all that a history keeps."""
        self.peer = peer
        """The other end's socket, which "connect" and "sendto" mean if nothing else is said."""
        self._sockets: Sockets | None = None
        self.udp = UdpSockets()
        self.connection_names = ConnectionNames()
        """Those that its programs have, and the one that stands for it."""
        self.link_up = True
        self.used_sockets = False
        """Whether somebody has made a call to a socket: for readers."""
        self.connections = NO_CONNECTIONS
        self.application = ApplicationState()
        self.programs = first_programs(setup.script, setup.more, setup.programs)
        self.typed = ()
        self.waits_for_facts = False
        self.asks_host = False
        self.act_due: int | None = None
        self.results: tuple[CallResult, ...] = ()
        """What came of calls and was not asked for yet: nothing that the future depends on."""

    # What is known of it.

    @property
    def sockets(self) -> Sockets:
        """Its sockets over its TCP. To make them loads all of TCP: they are made at the first need."""
        sockets = self._sockets
        if sockets is None:
            sockets = self._sockets = _first_sockets(self.setup)
        return sockets

    @property
    def profile(self) -> Profile:
        """The profile that its TCP goes by now."""
        return self.setup.profile if self._sockets is None else self._sockets.stack.profile

    @property
    def stack(self) -> Stack:
        return self.sockets.stack

    @property
    def tcb(self) -> Tcb | None:
        """The block of the connection that stands for it; None: CLOSED."""
        return self.tcb_of(self.connection)

    def tcb_of(self, connection: int) -> Tcb | None:
        """The block of a connection or a listener; None: CLOSED."""
        return None if self._sockets is None else self._sockets.stack.tcb(connection)

    @property
    def connection(self) -> int:
        """The name of the connection or listener that stands for it."""
        return self.connection_names.shown

    @property
    def opened(self) -> int:
        """The name of the connection or listener that calls without a name are about: what OPEN or ACCEPT
        returned last, open or closed."""
        return self.connection_names.opened

    @property
    def listener(self) -> int:
        """The name of its latest listener; 0: it has none."""
        return self.connection_names.listener

    def statuses(self) -> list[ConnectionStatus]:
        """What a program may know of every connection and listener that is not CLOSED, the oldest first."""
        return [] if self._sockets is None else self._sockets.stack.statuses()

    @property
    def blocks(self) -> list[Tcb]:
        """Copies of all its blocks, a listener's as one in LISTEN, the oldest first."""
        return [] if self._sockets is None else self._sockets.stack.tcbs()

    @property
    def has_sockets(self) -> bool:
        return self.used_sockets or self.setup.has_sockets

    def status_of(self, connection: int) -> ConnectionStatus | None:
        """What a program may know of a connection or a listener; None: CLOSED."""
        return None if self._sockets is None else self._sockets.stack.status(connection)

    @property
    def timers(self) -> dict[TimerKind, Timer]:
        """The running timers of the connection that stands for it, by the world's clock."""
        return self.timers_of(self.tcb)

    def timers_of(self, tcb: Tcb | None) -> dict[TimerKind, Timer]:
        """The running timers of a block, by the world's clock."""
        running, ahead = [] if tcb is None else tcb.timers(), self.clock
        return {kind: Timer(timer.set_at - ahead, timer.due - ahead) for kind, timer in running}

    @property
    def state(self) -> State:
        return self.state_of(self.connection)

    def state_of(self, connection: int) -> State:
        return State.CLOSED if self._sockets is None else self._sockets.stack.state(connection)

    def initial_numbers(self, connection: int) -> tuple[int, int | None] | None:
        return None if self._sockets is None else self._sockets.stack.initial_numbers(connection)

    @property
    def possible_calls(self) -> tuple[CallName, ...]:
        calls = POSSIBLE_CALLS[self.state_of(self.opened)]
        status, listener = self.status_of(self.opened), self.status_of(self.listener)
        if listener is not None and listener.accept_queue:
            calls = ("accept", *calls)
        if status is not None and not status.half_duplex:
            calls = ("close", *calls) if "close" not in calls else calls
            calls = ("read", *calls) if status.rcv_queue else calls
        return tuple(call for call in calls if call != ("plug" if self.link_up else "unplug"))

    # What drives it.

    def next_deadline(self) -> int | None:
        deadline = None if self._sockets is None else self._sockets.next_deadline()
        return None if deadline is None else deadline - self.clock

    def begin(self, setup: EndSetup) -> None:
        assert isinstance(setup, HostSetup)
        self.setup = setup
        self._begin_programs(first_programs(setup.script, setup.more, setup.programs))
        self.waits_for_facts = any(has_trigger(program.script, ("pattern",)) for program in self.programs)
        self.asks_host = any(has_trigger(program.script, ASKS_HOST) for program in self.programs)
        self._look(0)

    def act(self, now: int, peer: End) -> Act:
        index = [program.due for program in self.programs].index(self.act_due)
        program = self.programs[index]
        call = program.call
        assert call is not None
        self._set_program(index, program.made(now))
        return Act(call, self._call(call, now, index))

    def observe(self, report: Report, peer: End) -> None:
        raise AssertionError("a host observes nothing")

    def call(self, call: ScriptedCall, now: int) -> list[Event]:
        return self._call(call, now, None)

    def arrives(self, payload: Payload, now: int) -> list[Event]:
        if isinstance(payload, Segment):
            sockets = self.sockets
            sockets.arrives(payload, now + self.clock if self.clock else now)
            return self._settle(sockets, now)
        if isinstance(payload, IcmpMessage):
            return self._told_by_router(payload, now)
        self.udp, events = self.udp.arrives(payload)
        for number in range(len(self.udp.endpoints)):  # A program waits at every one and receives at once.
            self.udp, received = self.udp.receive(number)
            events += received
        self.application = self.application.after(events)
        self._look(now)
        return events

    def _told_by_router(self, message: IcmpMessage, now: int) -> list[Event]:
        """An ICMP error of a router or a firewall; one about a datagram no socket of UDP here asks for."""
        from tcptui.core.tcp.icmp import IcmpError
        from tcptui.core.tcp.unreachable import Unreachable

        about = message.about
        if not isinstance(about, Segment):
            return []
        kind = next(one for one in Unreachable if one.text == message.kind)
        return self.error(IcmpError(kind, about.src, about.dst, about.seq, message.mtu), now)

    def error(self, error: IcmpError, now: int) -> list[Event]:
        sockets = self.sockets
        sockets.error(error, now + self.clock)
        return self._settle(sockets, now)

    def expire(self, now: int) -> list[Event]:
        sockets = self.sockets
        sockets.expire(now + self.clock)
        return self._settle(sockets, now)

    def take_results(self) -> tuple[CallResult, ...]:
        results, self.results = self.results, ()
        return results

    def copy(self) -> HostEnd:
        copy = HostEnd.__new__(HostEnd)
        copy.side, copy.setup, copy.peer, copy.clock = self.side, self.setup, self.peer, self.clock
        copy._sockets = None if self._sockets is None else self._sockets.copy()
        copy.udp = self.udp
        copy.connection_names, copy.connections = self.connection_names, self.connections
        copy.link_up, copy.used_sockets, copy.application = self.link_up, self.used_sockets, self.application
        copy.programs, copy.act_due, copy.results = self.programs, self.act_due, ()
        copy.typed, copy.waits_for_facts, copy.asks_host = self.typed, self.waits_for_facts, self.asks_host
        return copy

    def key(self, now: int) -> tuple[Any, ...]:
        to_come = [call for program in self.programs for call in program.to_come()]
        listens = any(call.listens for call in to_come)
        opens = sum(call.connects for call in to_come)
        if opens and any(program.loops for program in self.programs):
            opens = len(self.setup.isns) + 1  # More than are given.
        sockets = self._sockets or _first_sockets(self.setup)  # To be asked for a key changes nothing.
        return (
            now if listens or sockets.stack.shows_clock(opens) else None,
            sockets.key(now + self.clock),
            self.udp,
            self.connection_names.key,
            self.link_up,
            tuple(program.key(self.application, now) for program in self.programs),
            self.typed,
        )

    # Inside.

    def _call(self, call: ScriptedCall, now: int, program: int | None) -> list[Event]:
        """Makes a call: of a program, by its index, or of whoever sits there."""
        done: Done | Blocked
        events: list[Event]
        name, written = "" if program is None else self.programs[program].name, None
        what = call.call
        if what in HOST_EVENTS or what == "sysctl":
            self._host_event(call, program)
            done, events = Done(0), []
        elif what in UDP_CALLS:
            done, events = self._udp_call(call)
        elif what == "written" or what == "fork":
            written = self._as_written(call, program)
            done = self._socket_call(call, now, program)
            self.used_sockets = True
            events = self._settle(self.sockets, now, "request")
        else:
            sockets, at = self.sockets, now + self.clock if self.clock else now
            request = call.request
            if request is None:
                asked = core_call(call, self.opened, self.listener, self.setup.socket, self.peer)
                done = sockets.user_call(asked, at)
            else:
                self.used_sockets = True
                done = sockets.call(request, at)
            if isinstance(done, Blocked) and program is not None:
                self._set_program(program, self.programs[program]._replace(blocked=done.number))
            events = self._settle(sockets, now, what)
        number = done.number if isinstance(done, Blocked) else 0
        self.results += (CallResult(call.name, done, number, written, name),)
        self._look(now)
        return events

    def _host_event(self, event: ScriptedCall, caller: int | None) -> None:
        """Link down, link up, a reboot, or another profile: no matter of its TCP, which sends nothing."""
        if event.profile is not None:
            self.stack.profile = event.profile
            return
        if event.call != "reboot":
            self.link_up = event.call == "plug"
            return
        self._sockets = self.sockets.rebooted()
        self.udp = UdpSockets()
        self.connection_names = ConnectionNames()
        self.application = ApplicationState(closed=True)
        self.typed = ()
        self.programs = tuple(
            program.ended()
            if self.setup.programs and program.position and index != caller
            else program._replace(blocked=0)
            for index, program in enumerate(self.programs)
            if not program.forked or index == caller
        )

    def _udp_call(self, call: ScriptedCall) -> tuple[Done, list[Event]]:
        own = self.setup.socket
        target = socket_of(call.call, call.address, own, self.peer)
        if call.call == "bind":
            self.udp, events = self.udp.bind(target)
        else:
            # From the first socket that can be answered, which no group's address can.
            bound = (endpoint.local for endpoint in self.udp.endpoints if endpoint.local.host == own.host)
            self.udp, events = self.udp.send(next(bound, own), target, call.data)
        returned = next(event for event in events if isinstance(event, Returned))
        return Done(0 if returned.response is Response.OK else -1, "", returned), events

    def _settle(self, sockets: Sockets, now: int, call: CallName | GivenRequest | None = None) -> list[Event]:
        """What follows from a step of the sockets at once: which connections the programs have, what they
        learn of them, and that the program which always reads does so again."""
        events = sockets.take_events()
        noted = [event for event in events if type(event) in _NOTED]
        if noted and changes(noted):
            self._settle_names(sockets, events, noted)
            noted = [event for event in events if type(event) in _NOTED]
        elif self.setup.reads and self._receive_again(sockets, self.connection_names, events):
            noted = [event for event in events if type(event) in _NOTED]
        if noted:  # Of the connection that calls are about: the end of an older one is not this one's.
            opened = self.connection_names.opened
            noted = [event for event in noted if event.connection == opened]
            self.application = self.application.after(noted)
        completed = sockets.take_completed() if sockets.table.completed else ()
        if completed:
            self._complete(completed)
        if (noted or completed or self.asks_host) and call is None:  # After a call, `_call` does so.
            self._look(now)
        return events

    def _settle_names(self, sockets: Sockets, events: list[Event], noted: list[Event]) -> None:
        """There may be other connections than before, or somebody who can be told of one: by those of
        `events` that are `noted`."""
        stack = sockets.stack
        known, later = self.connection_names.after(events, stack)
        given = [event.call for event in noted if type(event) is Returned and gives_connection(event)]
        if given:
            accepted = "ACCEPT" in given
            self.application = ApplicationState(accepted=accepted or self.application.accepted)
        if self.setup.reads:
            self._receive_again(sockets, known, events)
        events += later
        self.connection_names = known.settled(stack, self.peer.host)

    def _receive_again(self, sockets: Sockets, known: ConnectionNames, events: list[Event]) -> bool:
        """The program that always has a RECEIVE outstanding; that it is renewed is not reported. What a
        socket has, is for those who read from it. Whether anything else came of it."""
        stack, count = sockets.stack, len(events)
        for connection in known.names:
            if stack.wants_receive(connection) and connection not in sockets.table.owners:
                renewed = stack.call(Receive(connection), sockets.now)
                if len(renewed) > 1:  # Else it has only been queued.
                    events += [event for event in renewed if not isinstance(event, Returned)]
        return len(events) != count


def _first_sockets(setup: HostSetup) -> Sockets:
    """The sockets of a host to which nothing has happened."""
    from tcptui.sockets.driver import first_sockets

    return first_sockets(setup.profile, setup.isns, setup.secret, setup.socket.host)
