"""What every format has to say of a run beside the run itself."""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.explain.catalogue import text
from tcptui.lab.run import MOST_STEPS, Run


def cut_note(run: Run) -> str:
    """That the run went on after what is told; empty if it did not."""
    return "" if run.complete else text(Message.of("run.cut", steps=MOST_STEPS))
