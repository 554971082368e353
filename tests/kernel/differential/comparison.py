"""In what two records of one script differ first, and what kind of a difference that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tests.kernel.differential.core_player import EARLY, LATE
from tests.kernel.differential.record import Record, Sent
from tests.kernel.differential.script import Do, Put, Script

FIELDS = ("flags", "seq", "ack", "length", "window", "up", "options")
_CLOCK = 12
"""Milliseconds by which two TSvals may differ beside what the times of sending do."""


class Difference(NamedTuple):
    """Where a script goes two ways."""

    at: int
    """Microseconds from the beginning."""
    kind: str
    """What differs, without numbers, and what it was an answer to: equal for differences of one cause."""
    kernel: str
    core: str


def compare(
    script: Script, kernel: Record, core: Record, fields: Sequence[str] = FIELDS
) -> Difference | None:
    """The first difference in time; None: there is none."""
    found = [
        _segments(script, kernel, core, fields),
        _calls(script, kernel, core),
        _looks(script, kernel, core),
    ]
    return min((one for one in found if one is not None), default=None)


def _segments(script: Script, kernel: Record, core: Record, names: Sequence[str]) -> Difference | None:
    before = 0
    for position in range(max(len(kernel.sent), len(core.sent))):
        ours = core.sent[position] if position < len(core.sent) else None
        theirs = kernel.sent[position] if position < len(kernel.sent) else None
        if ours is None and theirs is not None and theirs.low > kernel.end - EARLY - LATE:
            return None
        if (
            theirs is None
            and ours is not None
            and ours.high > kernel.end - EARLY - LATE - (ours.high - before) // 8
        ):
            return None
        what = _unlike(theirs, ours, before, names)
        if what:
            at = min(one.high for one in (ours, theirs) if one is not None)
            kind = f"{_context(script, kernel, core, at)}: {what}"
            return Difference(at, kind, str(theirs), str(ours))
        assert theirs is not None
        before = theirs.high
    return None


def _unlike(theirs: Sent | None, ours: Sent | None, before: int, names: Sequence[str]) -> str:
    """What differs in two segments that should be the same."""
    if theirs is None:
        assert ours is not None
        return f"core sends {_what(ours)}"
    if ours is None:
        return f"kernel sends {_what(theirs)}"
    late = LATE + max(0, ours.high - before) // 8
    if theirs.high < ours.low - EARLY:
        return f"kernel sends {_what(theirs)} before core {_what(ours)}"
    if theirs.low > ours.high + late:
        return f"core sends {_what(ours)} before kernel {_what(theirs)}"
    fields = [name for name in names if getattr(theirs, name) != getattr(ours, name)]
    if "flags" in fields or "length" in fields:
        return f"kernel {_what(theirs)}, core {_what(ours)} ({','.join(fields)})"
    if fields:
        return f"{_what(theirs)}: {','.join(fields)}"
    if (theirs.time is None) != (ours.time is None):
        return f"{_what(theirs)}: timestamps"
    if theirs.time is not None and ours.time is not None:
        spread = (max(abs(theirs.high - ours.high), abs(theirs.low - ours.low))) // 1000
        if abs(theirs.time - ours.time) > _CLOCK + spread:
            return f"{_what(theirs)}: TSval"
    return ""


def _what(sent: Sent) -> str:
    return f"{sent.flags}{'+data' if sent.length else ''}"


def _calls(script: Script, kernel: Record, core: Record) -> Difference | None:
    for number, theirs in kernel.returned.items():
        ours = core.returned[number]
        if ours == theirs:
            continue
        step = script.steps[number]
        assert isinstance(step, Do)
        at = kernel.begun[number]
        state = core.looked[number].state
        values = f"kernel {_value(theirs.value)}, core {_value(ours.value)}"
        if ours.value == theirs.value:
            values = "other data"
        return Difference(at, f"{state}, {step.call}: {values}", str(theirs), str(ours))
    return None


def _value(value: int | str) -> str:
    return value if isinstance(value, str) else "n" if value else "0"


def _looks(script: Script, kernel: Record, core: Record) -> Difference | None:
    for number, (theirs, ours) in enumerate(zip(kernel.looked, core.looked, strict=True)):
        if theirs == ours:
            continue
        at = kernel.begun[number] if number < len(kernel.begun) else kernel.end
        context = _context(script, kernel, core, at)
        if theirs.state != ours.state:
            kind = f"kernel in {theirs.state}, core in {ours.state}"
        else:
            kind = f"poll() kernel {_bits(theirs.poll)}, core {_bits(ours.poll)}"
        return Difference(at, f"{context}: {kind}", str(theirs), str(ours))
    return None


def _bits(bits: int | None) -> str:
    return "-" if bits is None else hex(bits)


def _context(script: Script, kernel: Record, core: Record, at: int) -> str:
    """The state in which the last step found the core, and what that step was."""
    number = sum(begun <= at for begun in kernel.begun) - 1
    if number < 0:
        return "beginning"
    step = script.steps[number]
    state = core.looked[number].state
    if isinstance(step, Do):
        return f"{state}, {step.call}{step.option and ' ' + step.option}"
    flags = "".join(
        letter for bit, letter in ((2, "S"), (1, "F"), (4, "R"), (32, "U"), (16, ".")) if step.flags & bit
    )
    place = "" if step.seq.base == "next" and not step.seq.offset else f" at {_place(step)}"
    data = "+data" if step.length else ""
    ack = (
        ""
        if step.ack.base == "all" and not step.ack.offset
        else f" acking {step.ack.base}{_sign(step.ack.offset)}"
    )
    return f"{state}, {flags or '-'}{data}{place}{ack}"


def _place(step: Put) -> str:
    return f"{step.seq.base}{_sign(step.seq.offset)}"


def _sign(offset: int) -> str:
    return "-" if offset < 0 else "+" if offset else ""
