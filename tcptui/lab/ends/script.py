"""A packetdrill script in the place of a host: its lines are shown, what it sends is in the scenario."""

from __future__ import annotations

from typing import Any, NamedTuple

from tcptui.core.events import Event
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.icmp import IcmpError
from tcptui.lab.ends import EndSetup
from tcptui.lab.program import CallName, CallResult, ScriptedCall
from tcptui.lab.wire import BadMove, Payload, Side


class ScriptLine(NamedTuple):
    """A line of the script, and when its turn comes, in microseconds."""

    at: int
    text: str


class ScriptSetup(NamedTuple):
    """An end that is a script: it sends what the scenario injects in its name, and ignores what reaches
    it."""

    role: str
    socket: Socket
    profile: Profile
    lines: tuple[ScriptLine, ...]

    def end(self, side: Side, peer: Socket) -> ScriptEnd:
        return ScriptEnd(side, self)

    def without_programs(self) -> ScriptSetup:
        return self


class ScriptEnd:
    """A script at one moment: which of its lines have had their turn, the clock alone tells."""

    __slots__ = ("isn", "setup", "side")

    act_due = None
    link_up = True
    connection = 0
    state = State.CLOSED
    possible_calls: tuple[CallName, ...] = ()

    def __init__(self, side: Side, setup: ScriptSetup) -> None:
        self.side: Side = side
        self.setup = setup
        self.isn: int | None = None

    def state_of(self, connection: int) -> None:
        return None

    def initial_numbers(self, connection: int) -> None:
        return None

    def next_deadline(self) -> int | None:
        return None

    def begin(self, setup: EndSetup) -> None:
        """It has no program."""

    def act(self, now: int) -> tuple[ScriptedCall, list[Event]]:
        raise AssertionError("a script is never due")

    def call(self, call: ScriptedCall, now: int) -> list[Event]:
        raise BadMove("error.move.script", side=self.side)

    def arrives(self, payload: Payload, now: int) -> list[Event]:
        return []

    def error(self, error: IcmpError, now: int) -> list[Event]:
        return []

    def expire(self, now: int) -> list[Event]:
        return []

    def take_results(self) -> tuple[CallResult, ...]:
        return ()

    def copy(self) -> ScriptEnd:
        copy = ScriptEnd(self.side, self.setup)
        copy.isn = self.isn
        return copy

    def key(self, now: int) -> tuple[Any, ...]:
        """Nothing: what it sends is in the scenario."""
        return ()
