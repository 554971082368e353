"""The programs of a host: what each calls next and when, and the calls to sockets that they have written.

A base of `host.HostEnd`, which has the sockets, the connections and the link; here stands only what concerns
programs. The calls of the RFC's interface, UDP's and host events are made there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.core.tcp.calls import Abort, Accept, Call, Close, Open, Receive, Send
from tcptui.lab.ends import EndSetup
from tcptui.lab.program import ASKS_HOST, ApplicationState, NamedScript, ScriptedCall, Step, Trigger
from tcptui.lab.program_state import ProgramState
from tcptui.lab.results import CallResult
from tcptui.lab.wire import BadMove
from tcptui.sockets.answers import Blocked, Done

if TYPE_CHECKING:
    from tcptui.core.packet.segment import Socket
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.lab.calls import SocketCall
    from tcptui.lab.facts import Fact
    from tcptui.lab.patterns import Pattern
    from tcptui.sockets.driver import Sockets
    from tcptui.sockets.requests import Completed, Request

MOST_PROCESSES = 50
"""Programs that a host may have at once, as RLIMIT_NPROC sets (setrlimit(2)): then fork() fails."""


class RunsPrograms:
    """What a host has because programs run on it."""

    __slots__ = ("act_due", "application", "asks_host", "programs", "results", "typed", "waits_for_facts")

    setup: EndSetup
    peer: Socket
    clock: int
    programs: tuple[ProgramState, ...]
    typed: tuple[tuple[int, SocketCall], ...]
    """Calls that somebody at the keyboard has made and that block, by number."""
    results: tuple[CallResult, ...]
    """What came of calls and was not asked for yet: nothing that the future depends on."""
    application: ApplicationState
    asks_host: bool
    """Whether a program has a trigger that only a look at the sockets tells."""
    waits_for_facts: bool
    """Whether one has a trigger that is a pattern."""
    act_due: int | None
    """When the next program makes a call."""

    @property
    def sockets(self) -> Sockets:
        """The host's sockets over its TCP."""
        raise NotImplementedError

    @property
    def connection(self) -> int:
        """The name of the connection that stands for the host."""
        raise NotImplementedError

    def status_of(self, connection: int) -> ConnectionStatus | None:
        """What a program may know of a connection or a listener; None: CLOSED."""
        raise NotImplementedError

    def patterns_to_come(self) -> list[Pattern]:
        """Those that calls of its programs may still wait for."""
        return [
            call.pattern
            for program in self.programs
            for call in program.to_come()
            if call.pattern is not None
        ]

    def learns(self, facts: Sequence[Fact], now: int) -> None:
        self.programs = tuple([program.met(facts) for program in self.programs])
        self._look(now)

    def _begin_programs(self, programs: tuple[ProgramState, ...]) -> None:
        """The prelude is over: what was typed in it the first program knows, what was started goes on."""
        typed = self.programs
        last = max(one.process for one in typed)
        others = [one._replace(process=one.process + last) if one.process else one for one in programs[1:]]
        first = programs[0]._replace(variables=typed[0].variables)
        self.programs = (first, *others, *(one for one in typed if one.forked and not one.over))

    def start(self, script: tuple[Step, ...], now: int) -> None:
        """Somebody at the keyboard starts a program, a thread of the first. BadMove: a name in it stands for
        nothing, or there are too many."""
        from tcptui.lab.program_text import check_names

        first = self.programs[0]
        names = tuple(one.name for one in self.programs if one.name and not one.forked)
        try:
            check_names(script, "program", dict(first.variables), self.setup.socket, self.peer, names)
        except MessageError as error:
            raise BadMove("error.move.call", why=error.message) from None
        programs = [one for one in self.programs if not (one.is_thread_of(first) and one.over)]
        if len(programs) >= MOST_PROCESSES:
            raise BadMove("error.move.programs", most=MOST_PROCESSES)
        started = ProgramState(script, process=first.process, variables=first.variables, forked=True)
        self.programs = (*programs, started)
        self.waits_for_facts |= has_trigger(script, ("pattern",))
        self.asks_host |= has_trigger(script, ASKS_HOST)
        self._look(now)

    def _as_written(self, call: ScriptedCall, index: int | None) -> SocketCall:
        """A call that is written, with what the names in it stand for to the program that makes it."""
        if call.written is not None:
            return call.written.resolved(dict(self.programs[index or 0].variables))
        from tcptui.lab.calls import SocketCall

        return SocketCall("fork")

    def _socket_call(self, call: ScriptedCall, now: int, index: int | None) -> Done | Blocked:
        """Makes a call that is written with names: of a program, or of who sits at the keyboard, in the name
        of the first."""
        written, at = call.written, index or 0
        program = self.programs[at]
        process = program.process
        if written is None:
            if len(self.programs) >= MOST_PROCESSES:
                return Done(-1, "EAGAIN")
            from tcptui.sockets import requests  # Late, as below: the first frame has no calls.

            child = 1 + max(one.process for one in self.programs)
            done = self.sockets.call(requests.Fork(child), now + self.clock, process)
            self.programs += (
                ProgramState(
                    call.child, process=child, name=program.name, variables=program.variables, forked=True
                ),
            )
            return done
        if written.name in ("exit", "kill"):
            self._end_program(at if written.name == "exit" else self._named(written, index is not None), now)
            return Done(0)
        request = self._request(written, program, index is not None)
        done = self.sockets.call(request, now + self.clock, process)
        if isinstance(done, Done):
            if written.into:
                self._set_program(at, self.programs[at].with_variable(written.into, written.noted(done)))
        elif index is None:
            self.typed += ((done.number, written),)
        else:
            self._set_program(at, self.programs[at]._replace(blocked=done.number))
        return done

    def _request(self, written: SocketCall, program: ProgramState, by_program: bool) -> Request:
        """BadMove: somebody at the keyboard names what there is not. To a program that can happen only where
        somebody has given its names another meaning; it gets EBADF."""
        from tcptui.lab.calls import BadCall, request_of

        try:
            return request_of(written, dict(program.variables), self.setup.socket, self.peer)
        except BadCall as error:
            if by_program:
                from tcptui.sockets import requests

                return requests.CloseDescriptor(-1)
            raise BadMove("error.move.call", why=error.message) from None

    def _named(self, kill: SocketCall, by_program: bool) -> int:
        """The program that is to be killed; BadMove: there is none of that name."""
        if by_program and not self.programs[0].name:
            return 0  # The only one of a story, which can name none but itself.
        (name,) = kill.names
        for index, program in enumerate(self.programs):
            if program.name == name and not program.forked:
                return index
        names = tuple(dict.fromkeys(program.name for program in self.programs if program.name))
        key = "error.call.program" if names else "error.call.no_programs"
        raise BadMove(key, name=name, allowed=names)

    def _end_program(self, index: int, now: int) -> None:
        """A program exits or is killed: the kernel closes what descriptors it has."""
        from tcptui.sockets import requests

        ends = self.programs[index].process
        self.sockets.call(requests.Exit(), now + self.clock, ends)
        if not ends:
            self.typed = ()
        programs = [one.ended() if one.process == ends else one for one in self.programs]
        self.programs = tuple([one for one in programs if not (one.forked and one.process == ends)])

    def _complete(self, completed: tuple[Completed, ...]) -> None:
        """Calls that had blocked have returned, and the programs that made them go on."""
        if not completed:
            return
        from tcptui.sockets.requests import call_name

        for one in completed:
            call, name = None, ""
            for index, program in enumerate(self.programs):
                if program.blocked == one.number:
                    self._set_program(index, program._replace(blocked=0))
                    step = program.script[program.position - 1]
                    call, name = step.written if isinstance(step, ScriptedCall) else None, program.name
                    if call is not None:
                        call = call.resolved(dict(program.variables))
                    self._note(index, call, one.done)
            for typed in self.typed:
                if typed[0] == one.number:
                    self.typed = tuple([other for other in self.typed if other is not typed])
                    call = typed[1]
                    self._note(0, call, one.done)
            function = call_name(one.request) if call is None else call.name
            self.results += (CallResult(function, one.done, one.number, call, name),)

    def _note(self, index: int, call: SocketCall | None, done: Done) -> None:
        """The variable of a call stands for what the call has returned."""
        if call is not None and call.into:
            self._set_program(index, self.programs[index].with_variable(call.into, call.noted(done)))

    def _look(self, now: int) -> None:
        """Sets when the next program acts, once a trigger has come true."""
        first = None
        for index, program in enumerate(self.programs):
            due = program.due
            if due is None and not program.over:
                due = self._next_due(index, program, now)
            if due is not None and (first is None or due < first):
                first = due
        self.act_due = first

    def _next_due(self, index: int, program: ProgramState, now: int) -> int | None:
        """When a program makes its next call, if its last has returned and that one's trigger has come
        true."""
        if program.blocked:
            return None
        program = program.ready()
        call = program.call
        due = None
        if call is not None:
            sees = call.trigger in ASKS_HOST and self._sees(call, program)
            due = program.next_due(call, self.application, now, sees)
        if due is not None:
            program = program.due_at(due)
        if program is not self.programs[index]:
            self._set_program(index, program)
        return due

    def _sees(self, call: ScriptedCall, program: ProgramState) -> bool:
        """Whether a connection waits to be accepted, or data, the end of the data or an error to be read."""
        if call.trigger == "waiting":
            return any(status.accept_queue for status in self.sockets.stack.statuses())
        if not call.variable:
            status = self.status_of(self.connection)
            return self.application.peer_closed or bool(status is not None and status.rcv_queue)
        number = dict(program.variables).get(call.variable)
        if not isinstance(number, int):
            return False
        return self.sockets.readable(number, program.process)

    def _set_program(self, index: int, program: ProgramState) -> None:
        programs = self.programs
        self.programs = (
            (*programs[:index], program, *programs[index + 1 :]) if len(programs) > 1 else (program,)
        )


def has_trigger(script: tuple[Step, ...], triggers: tuple[Trigger, ...]) -> bool:
    """Whether a program, or one that it forks, has such a trigger."""
    return any(
        isinstance(step, ScriptedCall) and (step.trigger in triggers or has_trigger(step.child, triggers))
        for step in script
    )


def core_call(call: ScriptedCall, connection: int, listener: int, own: Socket, peer: Socket) -> Call:
    """The call of RFC 9293 section 3.9.1 that `call` makes, about the connection that was opened
    or accepted last, or the listener."""
    match call.call:
        case "listen":
            return Open(own, call.address, passive=True, backlog=call.backlog)
        case "accept":
            return Accept(listener or connection)
        case "connect":
            return Open(own, peer)
        case "send":
            return Send(connection, call.data, call.urgent)
        case "read":
            return Receive(connection) if call.octets is None else Receive(connection, call.octets)
        case "shutdown":
            return Close(connection)
        case "close":
            return Close(connection, half_duplex=True)
        case _:
            return Abort(connection)


def first_programs(
    script: tuple[Step, ...], more: tuple[tuple[Step, ...], ...], named: tuple[NamedScript, ...]
) -> tuple[ProgramState, ...]:
    """The programs of a host, none of which has made a call. There is at least one: who sits at the keyboard
    calls in its name."""
    if not named:
        return tuple(ProgramState(script) for script in (script, *more))
    several = len(named) > 1
    return tuple(
        ProgramState(one.script, process=process, name=one.name if several else "")
        for process, one in enumerate(named)
    )
