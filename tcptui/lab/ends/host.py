"""A host: sockets over one stack, UDP, and any number of programs that call them.

A program's calls go to the sockets, which go to the stack; what the stack reports comes back the same way,
and the programs learn from it what a program can learn. The connection that is looked at is the one that was
opened last, or a listener's newest: it is what calls without a descriptor are about, and what is shown large.
The others are in the sockets like it.

UDP and host events have no blocking calls and no connection. They stand beside the sockets, not in them: UDP
has no TCB, and a link that goes down or a reboot is a matter of the host, not of its stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tcptui.core.events import Delivered, Event, Response, Returned, Signalled, StateChanged, TimerKind
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.profile.presets import RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Accept, Call, Close, Open, Receive, Send
from tcptui.core.tcp.timers import Timer
from tcptui.core.udp import UdpSockets
from tcptui.lab.addresses import socket_of
from tcptui.lab.connection import NO_CONNECTIONS
from tcptui.lab.ends import Act, End, EndSetup
from tcptui.lab.program import (
    OPENS,
    POSSIBLE_CALLS,
    ApplicationState,
    CallName,
    CallResult,
    GivenRequest,
    Program,
    ScriptedCall,
)
from tcptui.lab.report import Report
from tcptui.lab.wire import Payload, Side
from tcptui.sockets.requests import Blocked, Completed, Done, UserCall, call_name

if TYPE_CHECKING:
    from tcptui.core.tcp.icmp import IcmpError
    from tcptui.core.tcp.stack import Stack
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb
    from tcptui.sockets.driver import Sockets

_NOTED = {StateChanged, Delivered, Signalled, Returned}
_UNUSED = (State.CLOSED, State.LISTEN)
_RECEIVES_IN = (
    State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED,
    State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2,
)  # fmt: skip


class HostSetup(NamedTuple):
    """A host before anything has happened."""

    role: str
    socket: Socket
    profile: Profile = RFC9293
    isns: tuple[int, ...] = ()
    """Its first initial sequence numbers; after them they come from RFC 6528 with `secret`."""
    secret: bytes = b"tcptui"
    script: tuple[ScriptedCall, ...] = ()
    """Its first program."""
    reads: bool = True
    """One more program always has a RECEIVE outstanding; without it data waits until somebody calls
    "read"."""
    more: tuple[tuple[ScriptedCall, ...], ...] = ()
    """Its other programs."""
    clock: int = 0
    """What its own clock says when the story begins, in microseconds: what timestamps are made of."""

    def end(self, side: Side, peer: Socket) -> HostEnd:
        return HostEnd(side, self, peer)

    def without_programs(self) -> HostSetup:
        return self._replace(script=(), more=())

    def with_profile(self, profile: Profile) -> HostSetup:
        return self._replace(profile=profile)


class HostEnd:
    """A host at one moment; it changes in place, and a copy is a whole one."""

    __slots__ = (
        "_sockets",
        "act_due",
        "application",
        "clock",
        "connection",
        "connections",
        "link_up",
        "listener",
        "peer",
        "programs",
        "results",
        "setup",
        "side",
        "udp",
    )  # fmt: skip

    observes = False
    script = None

    def __init__(self, side: Side, setup: HostSetup, peer: Socket) -> None:
        self.side: Side = side
        self.setup = setup
        self.clock = setup.clock
        """How far its own clock, which sockets and stack go by, is ahead of the world's."""
        self.peer = peer
        """The other end's socket, which "connect" and "sendto" mean if nothing else is said."""
        self._sockets: Sockets | None = None
        self.udp = UdpSockets()
        self.connection = 0
        """The name of its latest connection."""
        self.listener = 0
        """The name of its listener; 0: it has none."""
        self.link_up = True
        self.connections = NO_CONNECTIONS
        self.application = ApplicationState()
        self.programs = tuple(Program(script) for script in (setup.script, *setup.more))
        self.act_due: int | None = None
        self.results: tuple[CallResult, ...] = ()
        """What came of calls and was not asked for yet: nothing that the future depends on."""

    # What is known of it.

    @property
    def sockets(self) -> Sockets:
        """Its sockets over its TCP. They are made when something happens to the host for the first time, for
        to make them loads all of TCP: what a screen shows before the first step needs nothing of it."""
        sockets = self._sockets
        if sockets is None:
            sockets = self._sockets = _first_sockets(self.setup)
        return sockets

    @property
    def stack(self) -> Stack:
        return self.sockets.stack

    @property
    def tcb(self) -> Tcb | None:
        """The block of the connection that is looked at; None: CLOSED."""
        return None if self._sockets is None else self._sockets.stack.tcb(self.connection)

    def status_of(self, connection: int) -> ConnectionStatus | None:
        """What a program may know of a connection or a listener; None: CLOSED."""
        return None if self._sockets is None else self._sockets.stack.status(connection)

    @property
    def timers(self) -> dict[TimerKind, Timer]:
        """The running timers of that connection, by the world's clock."""
        tcb, ahead = self.tcb, self.clock
        running = [] if tcb is None else tcb.timers()
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
        calls = POSSIBLE_CALLS[self.state]
        status, listener = self.status_of(self.connection), self.status_of(self.listener)
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
        self.programs = tuple(Program(script) for script in (setup.script, *setup.more))
        self._look(0)

    def act(self, now: int, peer: End) -> Act:
        index = next(index for index, program in enumerate(self.programs) if program.due == self.act_due)
        program = self.programs[index]
        self._set_program(index, Program(program.script, program.position + 1, None, program.blocked))
        call = program.script[program.position]
        return Act(call, self._call(call, now, index))

    def observe(self, report: Report, peer: End) -> None:
        raise AssertionError("a host observes nothing")

    def call(self, call: ScriptedCall, now: int) -> list[Event]:
        return self._call(call, now, None)

    def arrives(self, payload: Payload, now: int) -> list[Event]:
        if isinstance(payload, Segment):
            self.sockets.arrives(payload, now + self.clock)
            return self._settle(now)
        self.udp, events = self.udp.arrives(payload)
        for number in range(len(self.udp.endpoints)):  # A program waits at every one and receives at once.
            self.udp, received = self.udp.receive(number)
            events += received
        self.application = self.application.after(events)
        self._look(now)
        return events

    def error(self, error: IcmpError, now: int) -> list[Event]:
        self.sockets.error(error, now + self.clock)
        return self._settle(now)

    def expire(self, now: int) -> list[Event]:
        self.sockets.expire(now + self.clock)
        return self._settle(now)

    def take_results(self) -> tuple[CallResult, ...]:
        results, self.results = self.results, ()
        return results

    def copy(self) -> HostEnd:
        copy = HostEnd.__new__(HostEnd)
        copy.side, copy.setup, copy.peer, copy.clock = self.side, self.setup, self.peer, self.clock
        copy._sockets = None if self._sockets is None else self._sockets.copy()
        copy.udp = self.udp
        copy.connection, copy.listener, copy.connections = self.connection, self.listener, self.connections
        copy.link_up, copy.application = self.link_up, self.application
        copy.programs, copy.act_due, copy.results = self.programs, self.act_due, ()
        return copy

    def key(self, now: int) -> tuple[Any, ...]:
        to_come = [call for program in self.programs for call in program.to_come()]
        listens = any(call.listens for call in to_come)
        opens = sum(call.connects for call in to_come)
        sockets = self._sockets or _first_sockets(self.setup)  # To be asked for a key changes nothing.
        return (
            now if listens or sockets.stack.shows_clock(opens) else None,
            sockets.key(now + self.clock),
            self.udp,
            self.connection,
            self.listener,
            self.link_up,
            tuple(program.key(self.application, now) for program in self.programs),
        )

    # Inside.

    def _call(self, call: ScriptedCall, now: int, program: int | None) -> list[Event]:
        """Makes a call: of a program, by its index, or of whoever sits there."""
        done: Done | Blocked
        events: list[Event]
        if call.is_host_event:
            self._host_event(call)
            done, events = Done(0), []
        elif call.is_udp:
            done, events = self._udp_call(call)
        else:
            request = call.request or UserCall(self._user_call(call))
            done = self.sockets.call(request, now + self.clock)
            if isinstance(done, Blocked) and program is not None:
                self._set_program(program, self.programs[program]._replace(blocked=done.number))
            events = self._settle(now, call.call)
        number = done.number if isinstance(done, Blocked) else 0
        self.results += (CallResult(call.name, done, number),)
        self._look(now)
        return events

    def _user_call(self, call: ScriptedCall) -> Call:
        """The call of RFC 9293 section 3.9.1 that `call` makes."""
        connection = self.connection
        match call.call:
            case "listen":
                return Open(self.setup.socket, passive=True, backlog=call.backlog)
            case "accept":
                return Accept(self.listener or connection)
            case "connect":
                return Open(self.setup.socket, self.peer)
            case "send":
                return Send(connection, call.data)
            case "read":
                return Receive(connection)
            case "shutdown":
                return Close(connection)
            case "close":
                return Close(connection, half_duplex=True)
            case _:
                return Abort(connection)

    def _host_event(self, event: ScriptedCall) -> None:
        """Link down, link up, a reboot, or another profile: no matter of its TCP, which sends nothing."""
        if event.profile is not None:
            self.stack.profile = event.profile
            return
        if event.call != "reboot":
            self.link_up = event.call == "plug"
            return
        self._sockets = self.sockets.rebooted()
        self.udp = UdpSockets()
        self.listener = 0
        self.application = ApplicationState(closed=True)
        self.programs = tuple(program._replace(blocked=0) for program in self.programs)

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

    def _settle(self, now: int, call: CallName | GivenRequest | None = None) -> list[Event]:
        """What follows from a step of the sockets at once: which connection is looked at, what the programs
        learn, and that the one which always reads does so again."""
        sockets = self.sockets
        events = sockets.take_events()
        if call is not None:
            self._look_at_opened(events, call)
        if self.listener and events:
            self._look_at_newest(events[0].connection)
        if self.setup.reads:
            self._receive_again(events, now)
        current = self.connection
        noteworthy = [event for event in events if type(event) in _NOTED and event.connection == current]
        completed = sockets.take_completed()
        if completed:
            self._complete(completed)
        if noteworthy:  # Of the connection that is looked at: the end of an older one is not this one's.
            self.application = self.application.after(noteworthy)
        if (noteworthy or completed) and call is None:  # After a call, `_call` does so.
            self._look(now)
        return events

    def _complete(self, completed: tuple[Completed, ...]) -> None:
        """Calls that had blocked have returned, and the programs that made them go on."""
        for one in completed:
            self.results += (CallResult(call_name(one.request), one.done, one.number),)
            for index, program in enumerate(self.programs):
                if program.blocked == one.number:
                    self._set_program(index, program._replace(blocked=0))

    def _look_at_opened(self, events: list[Event], call: CallName | GivenRequest) -> None:
        """The connection that a call has opened, or accepted, is the one to look at."""
        for event in events:
            opened = call == "request" and isinstance(event, StateChanged) and event.old is State.CLOSED
            returned = isinstance(event, Returned) and event.response is Response.OK
            if returned and call == "accept":
                self.connection = event.connection
                self.application = self.application._replace(established=True)
            elif opened or (returned and call in OPENS):
                self.connection = event.connection
                self.application = ApplicationState()
                status = self.stack.status(event.connection)
                listens = status is not None and status.backlog is not None
                self.listener = event.connection if listens else 0

    def _look_at_newest(self, connection: int) -> None:
        """A listener's newest connection is the one to look at, if the present one is not in use."""
        if self.state not in _UNUSED:
            return
        status = self.stack.status(connection)
        if status is not None and status.listener and status.listener == self.listener:
            self.connection = connection

    def _receive_again(self, events: list[Event], now: int) -> None:
        """The program that always has a RECEIVE outstanding; that it is renewed is not reported. What a
        socket has, is for those who read from it."""
        sockets, connection = self.sockets, self.connection
        stack = sockets.stack
        if (
            stack.receives(connection)  # As nearly always.
            or stack.state(connection) not in _RECEIVES_IN
            or connection in sockets.table.owners
        ):
            return
        status = stack.status(connection)
        if status is None or status.half_duplex or status.backlog is not None:
            return
        sockets.call(UserCall(Receive(connection)), now + self.clock)
        renewed = sockets.take_events()
        if len(renewed) > 1:  # Else it has only been queued.
            events += [event for event in renewed if not isinstance(event, Returned)]

    def _look(self, now: int) -> None:
        """Sets when the next program acts, once a trigger has come true."""
        first = None
        for index, program in enumerate(self.programs):
            due = program.due
            if due is None:
                due = program.next_due(self.application, now)
                if due is not None:
                    self._set_program(index, Program(program.script, program.position, due))
            if due is not None and (first is None or due < first):
                first = due
        self.act_due = first

    def _set_program(self, index: int, program: Program) -> None:
        programs = self.programs
        self.programs = (
            (*programs[:index], program, *programs[index + 1 :]) if len(programs) > 1 else (program,)
        )


def _first_sockets(setup: HostSetup) -> Sockets:
    """The sockets of a host to which nothing has happened."""
    from tcptui.core.tcp.stack import Stack
    from tcptui.sockets.driver import Sockets
    from tcptui.sockets.semantics import semantics_of

    stack = Stack(setup.profile, setup.isns, setup.secret)
    return Sockets(stack, setup.socket.host, semantics_of(setup.profile.stack))
