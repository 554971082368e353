"""What every format has to say of a run beside the run itself."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.lab.run import MOST_STEPS, Run


def cut_note(run: Run) -> str:
    """That the run went on after what is told; empty if it did not."""
    return "" if run.complete else say("run.cut", steps=MOST_STEPS)
