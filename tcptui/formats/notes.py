"""What every format has to say of a run beside the run itself."""

from __future__ import annotations

from tcptui.explain.words import tr
from tcptui.trace.record import Record
from tcptui.trace.run import MOST_STEPS


def cut_note(run: Record) -> str:
    """That the run went on after what is told; empty if it did not."""
    return "" if run.complete else tr("... cut after {steps} steps").format(steps=MOST_STEPS)
