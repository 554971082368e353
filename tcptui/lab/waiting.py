"""Which programs still wait for what: at the end of a run, triggers that never came true.

A call that blocks is no such thing: a server that waits in accept() when its story is over is as it should
be. A call whose trigger has not come true, when nothing more will happen, is a story that does not play as it
was meant.
"""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.lab.ends import End
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.program import item_of
from tcptui.lab.program_state import ProgramState
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side
from tcptui.named_tuple import NamedTuple


class StillWaiting(NamedTuple):
    """A call that has not been made, because its trigger has not come true."""

    side: Side
    program: str
    """Its name; "": the host has one."""
    call: str
    """As it is written."""
    when: str
    """The trigger, as it is written."""
    where: str
    """The key of a file where it stands: ``B.program[2]``."""
    so_far: int | None
    """How many octets were received, or how many of the facts there were; None: it counts nothing."""

    @property
    def message(self) -> Message:
        who = (
            Message.of("waiting.program", side=self.side)
            if not self.program
            else Message.of("waiting.named", side=self.side, name=self.program)
        )
        key = "waiting.for" if self.so_far is None else "waiting.so_far"
        count = 0 if self.so_far is None else self.so_far
        return Message.of(key, who=who, call=self.call, when=self.when, count=count)


def still_waiting(world: WorldState) -> tuple[StillWaiting, ...]:
    """The programs that wait at this moment for a trigger that has not come true."""
    return tuple(one for side in SIDES for one in _of_end(side, world.end(side)))


def _where(side: Side, host: HostEnd, program: ProgramState) -> str:
    if program.is_thread_of(host.programs[0]):
        return "prelude"
    names = [one.name for one in host.setup.programs]
    key = "script" if not names else "program" if len(names) == 1 else f"programs.{program.name}"
    fork = ".fork" if program.forked else ""
    return f"{side}.{key}{fork or f'[{item_of(program.script, program.position)}]'}"


def _of_end(side: Side, end: End) -> list[StillWaiting]:
    if not isinstance(end, HostEnd):
        return []
    waiting = []
    for program in end.programs:
        call = program.call
        if program.blocked or program.due is not None or call is None or call.trigger == "at":
            continue
        so_far = None
        if call.trigger == "received":
            so_far = end.application.received
        elif call.pattern is not None and call.pattern.first > 1:
            so_far = dict(program.seen).get(program.position, 0)
        name = f"{call.name}()" if call.written is None else str(call.written)
        waiting.append(
            StillWaiting(side, program.name, name, call.waits_for, _where(side, end, program), so_far)
        )
    return waiting
