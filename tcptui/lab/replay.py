"""What steps of a history brought about, told again by replaying them from the checkpoint before."""

from __future__ import annotations

from tcptui.lab.history import INTERVAL, History
from tcptui.lab.report import Report


def report_of(history: History, step: int) -> Report | None:
    """The report of a step up to the position of a history; None: there is no such step. It replays fewer
    moves than `INTERVAL`."""
    if not 0 < step <= history.position:
        return None
    if step == history.position and history.report is not None:
        return history.report
    world, moves = history.interval((step - 1) // INTERVAL)
    world = world.copy()
    report = None
    for move in moves[: (step - 1) % INTERVAL + 1]:
        report = world.apply(move)
    return report
