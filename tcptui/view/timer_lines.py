"""The timers of a host as lines of its pane: none that runs is hidden, whichever connection it belongs to.

Each timer has a line, which some share, so that nothing moves when one starts or stops. The line has a bar
for the timer of the shown connection that fires first, or, where that one has none there, for the first of
another connection, and says of which. What else runs there is named or counted at the end of the line.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from rich.cells import cell_len

from tcptui.core.events import TimerKind
from tcptui.core.tcp.timers import Timer
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.view.cells import align_right
from tcptui.view.lines import Line, marked
from tcptui.view.subject import Host

TIMER_ROWS = (
    (TimerKind.RETRANSMISSION, TimerKind.LOSS_PROBE, TimerKind.PERSIST),
    (TimerKind.TIME_WAIT, TimerKind.FIN_WAIT_2, TimerKind.KEEP_ALIVE),
    (TimerKind.USER, TimerKind.DELAYED_ACK),
)
"""Timers that share a line: the one that fires first has a bar, the others are named or counted behind it."""
if {kind for row in TIMER_ROWS for kind in row} != set(TimerKind):
    raise TypeError("a timer has no line in the pane of an end")


class _Running(NamedTuple):
    """A timer that runs."""

    connection: int
    kind: TimerKind
    timer: Timer
    whose: str
    """Which of the host's connections has it, if not the one that is shown."""


def timer_lines(end: Host, was: Host, at: int, width: int) -> list[Line]:
    """One line for each group of timers, whether one runs or not."""
    return [_timer_line(row[0], _running(end, row), _running(was, row), at, width) for row in TIMER_ROWS]


def _running(end: Host, row: tuple[TimerKind, ...]) -> list[_Running]:
    """The timers of one line: of the connection that is shown, then of others, the first due first."""
    own = [_Running(end.connection, kind, timer, "") for kind, timer in end.timers.items() if kind in row]
    others = [
        _Running(other.connection, kind, timer, f" {other.place}/{end.total}")
        for other in end.others
        for kind, timer in other.timers.items()
        if kind in row
    ]
    return [running for part in (own, others) for running in sorted(part, key=lambda one: one.timer.due)]


def _timer_line(default: TimerKind, now: list[_Running], before: list[_Running], at: int, width: int) -> Line:
    """A bar that runs down, how long it has to run, and which others run."""
    changed = [one[:3] for one in now] != [one[:3] for one in before]
    if not now:
        return marked(f"{default.label:<4} -", changed, "dim")
    first, *rest = now
    left = max(0, first.timer.due - at)
    name, time = first.kind.label, duration_text(left)
    own = "".join(f" +{one.kind.label}" for one in rest if not one.whose)
    count = sum(1 for one in rest if one.whose)
    tails = (
        f"{first.whose}{own}{f' +{count}' if count else ''}",
        f"{first.whose}{f' +{len(rest)}' if rest else ''}",
    )
    for tail, (before_bar, after_bar) in product(
        tails, ((f"{name:<4} ", f" {time:>7}"), (f"{name:<4} ", time), (f"{name} ", time))
    ):
        room = width - 1 - cell_len(before_bar) - cell_len(after_bar) - cell_len(tail)
        if room >= 0:
            full = -(-room * left // max(1, first.timer.due - first.timer.set_at))
            bar = "━" * full + "─" * (room - full)
            text = f"{before_bar}{bar}{after_bar}{tail}"
            return marked(text, changed, "dim" if first.whose else "plain")
    return marked(f"{default.label:<4} +{len(now)}", changed, "dim")


def other_lines(end: Host, was: Host, at: int, width: int) -> list[Line]:
    """The other connections of the host, each with its state and the timer that fires first."""
    if not end.others:
        return []
    known = {other.connection: other.state for other in was.others}
    lines: list[Line] = [((f" {say('ui.end.others')}", "label"),)]
    for other in end.others:
        text = f"{other.place}/{end.total} {other.state.value}"
        first = min(other.timers.items(), key=lambda one: one[1].due, default=None)
        if first is not None:
            kind, timer = first
            time = f"{kind.label} {duration_text(max(0, timer.due - at))}"
            text += align_right(time, width - 1 - cell_len(text))
        lines.append(marked(text, known.get(other.connection) is not other.state, "dim"))
    return lines
