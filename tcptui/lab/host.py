"""One end of the wire: a host with its TCP and UDP, its program, and how far that one's script has come."""

from __future__ import annotations

from typing import Any

from tcptui.core.state import State
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.udp import UdpSockets
from tcptui.lab.application import POSSIBLE_CALLS, ApplicationState, CallName
from tcptui.lab.scenario import HostSetup
from tcptui.lab.wire import Side

_UNUSED = (State.CLOSED, State.LISTEN)
LONGEST_PATH = 12
"""How many states of its path a host remembers."""


class Host:
    """One end at one moment; it changes in place, and a copy is a whole one."""

    __slots__ = (
        "act_due",
        "application",
        "connection",
        "isn",
        "listener",
        "next_act",
        "path",
        "plugged",
        "setup",
        "side",
        "stack",
        "udp",
    )  # fmt: skip

    def __init__(self, side: Side, setup: HostSetup) -> None:
        self.side = side
        self.setup = setup
        self.stack = Stack(setup.profile, setup.isns, setup.secret)
        self.udp = UdpSockets()
        self.connection = 0
        """The name of its latest connection."""
        self.listener = 0
        """The name of its listener; 0: it has none."""
        self.plugged = True
        """False while its cable is pulled."""
        self.isn: int | None = None
        """The initial sequence number it used last."""
        self.application = ApplicationState()
        self.path: tuple[tuple[State, int], ...] = ((State.CLOSED, 0),)
        """The states it has been in and since when, the latest last."""
        self.next_act = 0
        self.act_due: int | None = None
        """When its program makes its next call; None if that waits for something or there is none."""

    @property
    def tcb(self) -> Tcb | None:
        """The block of its latest connection; None: CLOSED."""
        return self.stack.tcb(self.connection)

    @property
    def state(self) -> State:
        return self.state_of(self.connection)

    def state_of(self, connection: int) -> State:
        """The state of any of its connections."""
        return self.stack.state(connection)

    @property
    def possible_calls(self) -> tuple[CallName, ...]:
        """The calls that make sense for its program now; none of a script, which has no program."""
        if self.setup.lines:
            return ()
        calls = POSSIBLE_CALLS[self.state]
        status, listener = self.stack.status(self.connection), self.stack.status(self.listener)
        if listener is not None and listener.accept_queue:
            calls = ("accept", *calls)
        if status is not None and not status.half_duplex:
            calls = ("close", *calls) if "close" not in calls else calls
            calls = ("read", *calls) if status.rcv_queue else calls
        return tuple(call for call in calls if call != ("plug" if self.plugged else "unplug"))

    def follow(self, connection: int) -> None:
        """The listener's newest connection is the one to look at, if that is not in use."""
        status = self.stack.status(connection)
        ours = status is not None and status.listener != 0 and status.listener == self.listener
        if ours and self.state in _UNUSED:
            self.connection = connection

    def enters(self, state: State, now: int) -> None:
        """Notes a state on the path."""
        self.path = (*self.path[1 - LONGEST_PATH :], (state, now))

    def look_at_script(self, now: int) -> None:
        """Sets the time of the next call, once its trigger is met."""
        script = self.setup.script
        if self.act_due is None and self.next_act < len(script):
            act = script[self.next_act]
            if self.application.met(act):
                start = max(now, act.amount) if act.trigger == "at" else now
                self.act_due = start + act.after

    def copy(self) -> Host:
        copy = Host.__new__(Host)
        copy.side, copy.setup = self.side, self.setup
        copy.stack, copy.udp = self.stack.copy(), self.udp
        copy.connection, copy.isn = self.connection, self.isn
        copy.listener, copy.plugged = self.listener, self.plugged
        copy.application, copy.path = self.application, self.path
        copy.next_act, copy.act_due = self.next_act, self.act_due
        return copy

    def values(self) -> tuple[Any, ...]:
        return (
            self.stack.values(), self.udp, self.connection, self.isn, self.application, self.path,
            self.next_act, self.act_due, self.listener, self.plugged,
        )  # fmt: skip
