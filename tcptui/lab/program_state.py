"""The state of a program: a value.

A program is a list of steps: calls, and the marks between which calls are made again (`program.Loop`,
`program.Again`). Its state has what its next calls depend on and nothing else: the step that comes next,
when it is due, the call in which it is blocked, what its variables stand for, and for each loop that it is in
how often that is still to be gone through. So a copy is a reference, and two states can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tcptui.lab.program import Again, ApplicationState, Leave, Loop, ScriptedCall, Step
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact


class Frame(NamedTuple):
    """A loop that a program is in."""

    start: int
    """Its `Loop`."""
    left: int | None
    """How often its calls are still to be made, this time included; None: without end."""
    next_at: int
    """When they are made again at the earliest: so long after the first of them was made."""


class ProgramState(NamedTuple):
    """How far one program has come."""

    script: tuple[Step, ...]
    position: int = 0
    """The step that comes next."""
    due: int | None = None
    """When it makes the next call; None: its trigger has not come true, or there is none."""
    blocked: int = 0
    """The number of the call in which it is blocked; 0: it is in none."""
    process: int = 0
    """The process whose descriptors it has."""
    name: str = ""
    variables: tuple[tuple[str, int | bytes], ...] = ()
    """What its names stand for, by name in order."""
    frames: tuple[Frame, ...] = ()
    """The loops that it is in, the outermost first."""
    not_before: int = 0
    """When it makes the next call at the earliest: a loop may say so."""
    seen: tuple[tuple[int, int], ...] = ()
    """For calls that wait for what a pattern describes, by their place: how much of it there was."""
    forked: bool = False
    """Another program has made it, or somebody at the keyboard."""

    @property
    def over(self) -> bool:
        """Whether it makes no call any more."""
        return self.position >= len(self.script) and not self.blocked

    @property
    def call(self) -> ScriptedCall | None:
        """The call that comes next; None: there is none, or a mark comes first."""
        step = self.script[self.position] if self.position < len(self.script) else None
        return step if isinstance(step, ScriptedCall) else None

    @property
    def loops(self) -> bool:
        """Whether it is in a loop, or one comes, in what it forks too: how often it calls is not known."""
        return bool(self.frames) or _has_loop(self.script[self.position :])

    def is_thread_of(self, first: ProgramState) -> bool:
        """Whether somebody at the keyboard has made it, beside the first program of the host."""
        return self.forked and self.process == first.process

    def ready(self) -> ProgramState:
        """Where the next call is what comes next, loops entered and gone through again."""
        position, frames, not_before = self.position, self.frames, self.not_before
        if position < len(self.script) and type(self.script[position]) is ScriptedCall:
            return self  # As nearly always.
        while position < len(self.script):
            step = self.script[position]
            if isinstance(step, Loop):
                frames = (*frames, Frame(position, step.times, 0))
            elif isinstance(step, Again):
                frame = frames[-1]
                frames = frames[:-1]
                if frame.left != 1:
                    left = None if frame.left is None else frame.left - 1
                    frames = (*frames, Frame(step.start, left, 0))
                    position, not_before = step.start, frame.next_at
            elif isinstance(step, Leave):
                if self._ends(step.variable):
                    frames = frames[:-1]
                    position = self.script.index(Again(step.start), position)
            else:
                break
            position += 1
        if position == self.position:
            return self
        return self._replace(position=position, frames=frames, not_before=not_before)

    def _ends(self, variable: str) -> bool:
        """Whether there is nothing in it, or the error of a call."""
        value = dict(self.variables).get(variable, b"")
        return value < 0 if isinstance(value, int) else not value

    def made(self, now: int) -> ProgramState:
        """After its next call was made."""
        seen, frames = self.seen, self.frames
        if frames and isinstance(self.script[self.position - 1], Loop):
            frames = tuple([self._begun(frame, now) for frame in frames])
        if seen:  # In a loop it waits for the next such fact, not for the one that was.
            seen = tuple(one for one in seen if one[0] != self.position)
        # Without `_replace`, which takes twice as long: a program makes many calls.
        return ProgramState(
            self.script, self.position + 1, None, *self[3:7], frames, self.not_before, seen, self.forked
        )

    def due_at(self, due: int) -> ProgramState:
        """Once the trigger of its next call has come true."""
        return ProgramState(self.script, self.position, due, *self[3:])

    def _begun(self, frame: Frame, now: int) -> Frame:
        """A loop of which the next call is the first."""
        loop = self.script[frame.start]
        if (
            frame.next_at
            or not isinstance(loop, Loop)
            or any(isinstance(step, ScriptedCall) for step in self.script[frame.start : self.position])
        ):
            return frame
        return frame._replace(next_at=now + loop.every)

    def ended(self) -> ProgramState:
        """After exit(), or once it was killed."""
        return ProgramState(
            self.script, len(self.script), process=self.process, name=self.name, forked=self.forked
        )

    def with_variable(self, name: str, value: int | bytes) -> ProgramState:
        variables = dict(self.variables)
        variables[name] = value
        return self._replace(variables=tuple(sorted(variables.items())))

    def met(self, facts: Iterable[Fact]) -> ProgramState:
        """After facts of a step: those that its triggers wait for are counted."""
        seen = dict(self.seen)
        for place, call in self._to_come():
            pattern = call.pattern
            if pattern is None or (place == self.position and self.due is not None):
                continue
            count = seen.get(place, 0)
            if count < pattern.first:
                count += sum(pattern.describes(fact) for fact in facts)
                if count:
                    seen[place] = min(count, pattern.first)
        now_seen = tuple(sorted(seen.items()))
        return self if now_seen == self.seen else self._replace(seen=now_seen)

    def next_due(self, call: ScriptedCall, known: ApplicationState, now: int, sees: bool) -> int | None:
        """When it makes its next call, which is this, if the trigger has come true by now; `sees` says
        whether that is so of a trigger that asks the host."""
        if call.trigger == "at":
            return max(now, self.not_before, call.amount) + call.after
        if call.pattern is not None:
            if dict(self.seen).get(self.position, 0) < call.pattern.first:
                return None
        elif not (known.triggers(call) or sees):
            return None
        return max(now, self.not_before) + call.after

    def to_come(self) -> list[ScriptedCall]:
        """The calls that it may still make, those of the loops that it is in included."""
        return [call for _, call in self._to_come()]

    def _to_come(self) -> list[tuple[int, ScriptedCall]]:
        first = self.frames[0].start if self.frames else self.position
        return [
            (place, step)
            for place, step in enumerate(self.script[first:], first)
            if isinstance(step, ScriptedCall)
        ]

    def key(self, known: ApplicationState, now: int) -> tuple[Any, ...]:
        """What its future calls depend on: of what it has learned, what a trigger still to come asks for."""
        waiting = [
            call
            for place, call in self._to_come()
            if self.frames or place != self.position or self.due is None
        ]
        triggers = {call.trigger for call in waiting}
        return (
            self.position,
            self.blocked,
            None if self.due is None else self.due - now,
            known.established and "established" in triggers,
            known.peer_closed and ("peer closed" in triggers or "readable" in triggers),
            known.closed and "closed" in triggers,
            known.accepted and "accepted" in triggers,
            tuple(max(0, call.amount - known.received) for call in waiting if call.trigger == "received"),
            tuple(max(0, call.amount - now) for call in waiting if call.trigger == "at"),
            self._own_key(now) if self.frames or self.variables or self.seen or self.forked else None,
        )

    def _own_key(self, now: int) -> tuple[Any, ...]:
        """What only programs of socket calls, and loops, have."""
        calls = self.to_come()
        used = {name for call in calls for name in call.uses}
        used |= {step.variable for step in self.script if isinstance(step, Leave)}
        places = {place for place, _ in self._to_come()}
        return (
            tuple((start, left, max(0, next_at - now)) for start, left, next_at in self.frames),
            max(0, self.not_before - now) if self.due is None else 0,
            tuple((name, value) for name, value in self.variables if name in used),
            tuple(one for one in self.seen if one[0] in places),
            self.process,
            self.script if self.forked else None,
        )


def _has_loop(script: tuple[Step, ...]) -> bool:
    return any(
        isinstance(step, Loop) or (isinstance(step, ScriptedCall) and _has_loop(step.child))
        for step in script
    )
