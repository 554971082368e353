"""The note that a format adds to a run that was cut."""

from __future__ import annotations

from tcptui.explain.words import tr
from tcptui.lab.run import MOST_STEPS, Run


def cut_note(run: Run) -> str:
    """The note that a run was cut; empty if it was not."""
    return "" if run.complete else tr("... cut after {steps} steps").format(steps=MOST_STEPS)
