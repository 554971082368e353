"""The note that a format adds to a run that was cut."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.lab.record import Record
from tcptui.lab.run import MOST_STEPS


def cut_note(run: Record) -> str:
    """The note that a run was cut; empty if it was not."""
    return "" if run.complete else say("run.cut", steps=MOST_STEPS)


def with_note(lines: list[str], run: Record) -> str:
    """The lines of a run as text, behind them the note if it was cut; every line ended."""
    return "".join(f"{line}\n" for line in (*lines, *filter(None, [cut_note(run)])))
