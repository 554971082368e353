"""The core plays a script, in virtual time, at the times at which the kernel's player made its steps.

Tolerance. A timer of the kernel is served at a jiffy, 4 ms apart where HZ is 250, and the longer it runs, the
coarser is the wheel that it stands in: up to an eighth of its duration (kernel/time/timer.c, LVL_CLK_SHIFT).
So where the kernel sent its next segment not earlier than `EARLY` before a timer of the core is due, and not
later than `LATE` and an eighth of the timer's duration, the timer is served at that moment.
And where it had sent nothing by the time of a step within that tolerance, the step comes first.
"""

from __future__ import annotations

from tcptui.core.events import Sent as SentEvent
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stack import Stack
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Done, Linger
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import How
from tcptui.sockets.semantics import semantics_of
from tests.kernel.differential.peer import Peer
from tests.kernel.differential.record import Looked, Record, Returned, sent_of
from tests.kernel.differential.script import Do, Put, Role, Script

EARLY = 2_500
"""Microseconds by which the core may be later than the kernel: its times are whole milliseconds and more."""
LATE = 9_000
HERE, THERE = Socket("10.9.0.1", 4_000), Socket("10.128.0.1", 80)
HOWS = (How.READ, How.WRITE, How.BOTH)
POLLED = ask.POLLIN | ask.POLLPRI | ask.POLLOUT | ask.POLLRDHUP
_START = 10_000_000
"""The core's clock at the beginning of a script."""


class CorePlayer:
    """One script and the core that plays it."""

    def __init__(self, script: Script, kernel: Record, profile: Profile = LINUX) -> None:
        self.script = script
        self.kernel = kernel
        self.record = Record(begun=kernel.begun, end=kernel.end)
        self.sockets = Sockets(Stack(profile), HERE.host, semantics_of(profile.stack))
        self.peer = Peer(THERE, HERE, script.irs)
        self.now = 0
        self.listener: int | None = None
        self.fd: int | None = None

    def play(self) -> Record:
        self._begin()
        for number, (step, at) in enumerate(zip(self.script.steps, self.kernel.begun, strict=True)):
            self._until(at)
            self._look()
            if isinstance(step, Put):
                segment = self.peer.segment(step, self._planned(number))
                self.sockets.arrives(segment, self._clock)
            else:
                self.record.returned[number] = self._call(step)
            self._take()
        self._until(self.kernel.end)
        self._look()
        return self.record

    # Inside.

    @property
    def _clock(self) -> int:
        return _START + self.now

    def _planned(self, number: int) -> int:
        return sum(step.gap for step in self.script.steps[: number + 1])

    def _begin(self) -> None:
        fd = self._value(ask.NewSocket(nonblocking=True))
        for option, value in self.script.options:
            self._value(_set_option(fd, option, value))
        self._value(ask.SetOption(fd, "SO_REUSEADDR", 1))
        self._value(ask.Bind(fd, HERE))
        if self.script.role is Role.SERVER:
            self._value(ask.Listen(fd, 1))
            self.listener = fd
        else:
            self._value(ask.Connect(fd, THERE))
            self.fd = fd
        self._take()

    def _value(self, request: ask.Request) -> int:
        done = self.sockets.call(request, self._clock)
        assert isinstance(done, Done), request
        return done.value

    def _call(self, step: Do) -> Returned:
        if step.call == "accept":
            if self.listener is None or self.fd is not None:
                return Returned("-")
            done = self.sockets.call(ask.Accept(self.listener, nonblocking=True), self._clock)
            assert isinstance(done, Done)
            if done.value < 0:
                return Returned(done.errno)
            self.fd = done.value
            return Returned(0)
        if self.fd is None:
            return Returned("-")
        done = self.sockets.call(self._request(step, self.fd), self._clock)
        if step.call == "close":
            self.fd = None
        if not isinstance(done, Done):
            return Returned("blocks")
        data = done.answer if isinstance(done.answer, bytes) and step.call == "read" else b""
        return Returned(done.errno or done.value, data)

    def _request(self, step: Do, fd: int) -> ask.Request:
        match step.call:
            case "write":
                return ask.Write(fd, bytes(step.argument))
            case "urgent":
                return ask.Write(fd, bytes(step.argument), urgent=True)
            case "read":
                return ask.Read(fd, step.argument)
            case "shutdown":
                return ask.Shutdown(fd, HOWS[step.argument])
            case "close":
                return ask.CloseDescriptor(fd)
            case "set":
                return _set_option(fd, step.option, step.argument)
        raise ValueError(step)

    def _look(self) -> None:
        states = [one for one in self.sockets.stack.statuses() if one.remote == THERE]
        state = states[-1].state.value if states else State.CLOSED.value
        poll = None
        if self.fd is not None:
            done = self.sockets.call(ask.Poll((ask.Watched(self.fd, POLLED),), 0), self._clock)
            assert isinstance(done, Done)
            assert isinstance(done.answer, tuple)
            poll = int(done.answer[0])
        self.record.looked.append(Looked(state, poll))

    def _until(self, at: int) -> None:
        """Serves the timers that the kernel serves before `at`."""
        while (due := self.sockets.next_deadline()) is not None:
            served = self._served(due - _START, at)
            if served >= at:
                break
            self.now = max(self.now, served)
            self.sockets.expire(self._clock)
            self._take()
        self.now = max(self.now, at)

    def _served(self, due: int, at: int) -> int:
        """When the timer is served that is due at `due`, if the next step is at `at`: what the kernel may
        have sent in answer to that was not the timer's."""
        position = len(self.record.sent)
        late = LATE + self._duration(due) // 8
        if position < len(self.kernel.sent):
            seen = self.kernel.sent[position]
            if seen.high >= due - EARLY and seen.low <= due + late:
                if seen.low <= at <= seen.high:
                    return at
                return max(due, min(max(due, seen.low), seen.high))
        return max(due, at) if at <= due + late else due

    def _duration(self, due: int) -> int:
        """How long the timer runs that is due at `due`."""
        timers = [timer for tcb in self.sockets.stack.tcbs() for _, timer in tcb.timers()]
        return max((timer.due - timer.set_at for timer in timers if timer.due == due + _START), default=0)

    def _take(self) -> None:
        for event in self.sockets.take_events():
            if isinstance(event, SentEvent):
                self.peer.takes(event.segment)
                self.record.sent.append(sent_of(event.segment, self.peer, self.now, self.now))


def _set_option(fd: int, option: str, value: int) -> ask.SetOption:
    if option == "SO_LINGER":
        return ask.SetOption(fd, option, Linger(True, value))
    return ask.SetOption(fd, option, value)
