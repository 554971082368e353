"""The timers of a host as two lines of its pane: the one that fires first, with a bar, and what else runs.

None that runs is hidden, whichever connection it belongs to: a reader who waits has to know for what. The
timers of the connection that is shown come first, then those of others, said whose; behind the first the
others are named, or counted where their names have no room.
"""

from __future__ import annotations

from tcptui.core.events import TimerKind
from tcptui.core.tcp.timers import Timer
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import align_right, cell_len, fill
from tcptui.view.end_rows import fitting
from tcptui.view.lines import EMPTY, MARK, Line, Style, marked
from tcptui.view.subject import Host

COVER = "?"
"""Stands in the place of what a reader is to say."""
FULL, SPENT = "━", "─"
"""The cells of a bar that are left, and those that have passed."""


class _Running(NamedTuple):
    """A timer that runs."""

    connection: int
    kind: TimerKind
    timer: Timer
    whose: str
    """Which of the host's connections has it, if not the one that is shown."""


def timer_lines(
    end: Host, was: Host, at: int, width: int, *, waits: bool, retries: str, covered: bool = False
) -> list[Line]:
    """Two lines: which timer fires first and in how long, and how much of its time is left. `waits`: the
    connection needs something, so it is told if no timer runs. `retries`: how often has been sent again what
    its retransmission timer is for; `covered`: when which of them fires is not told."""
    now, before = _running(end), _running(was)
    changed = now != before
    if not now:
        text = f" {say('ui.end.no_timer')}" if waits else ""
        mark = MARK if changed else " "
        return [((mark, "changed" if changed else "plain"), (text[1:], "dim")), EMPTY]
    if covered:
        return [((f" {fill(say('ui.end.else'), 6)} {COVER}", "dim"),), EMPTY]
    first = now[0]
    left = max(0, first.timer.due - at)
    style: Style = "dim" if first.whose else "plain"
    text = fitting(_texts(now, left, at, width, retries), width - 1)
    room = width - 1
    full = min(room, -(-room * left // max(1, first.timer.due - first.timer.set_at)))
    bar: Line = ((" ", "plain"), (FULL * full, "bar"), (SPENT * (room - full), "dim"))
    return [marked(text, changed, style), bar]


def _running(end: Host) -> list[_Running]:
    """Those of the connection that is shown, then of others, the first due first."""
    running = [_Running(end.connection, kind, timer, "") for kind, timer in end.timers.items()]
    running.sort(key=_due)
    if end.others:
        others = [
            _Running(other.connection, kind, timer, f" {other.place}/{end.total}")
            for other in end.others
            for kind, timer in other.timers.items()
        ]
        running += sorted(others, key=_due)
    return running


def _due(running: _Running) -> int:
    return running.timer.due


def _texts(now: list[_Running], left: int, at: int, width: int, retries: str) -> list[str]:
    """The wordings of a line, the fullest first."""
    first, *rest = now
    name, span = first.kind.label, duration_text(left)
    own = [one for one in rest if not one.whose]
    more = len(rest) - len(own)
    others = f" +{more}" if more else ""
    named = "".join(f" +{one.kind.label}" for one in own) + others
    timed = "".join(f" +{one.kind.label} {duration_text(max(0, one.timer.due - at))}" for one in own) + others
    counted = f" +{len(rest)}" if rest else ""
    words = say("ui.end.in", timer=name, span=span)
    label = fill(say("ui.end.else"), 6) if width >= 26 else say("ui.end.or")
    again = f" ({retries})" if retries and first.kind is TimerKind.RETRANSMISSION and not first.whose else ""
    return [
        f"{label} {words}{again}{first.whose}{timed}",
        f"{label} {words}{again}{first.whose}{named}",
        f"{label} {words}{first.whose}{named}",
        f"{label} {name} {span}{first.whose}{named}",
        f"{words}{first.whose}{named}",
        f"{name} {span}{first.whose}{named}",
        f"{name} {span}{first.whose}{counted}",
        f"{name} {span}{counted}",
        f"{name} +{len(rest)}",
    ]


def other_lines(end: Host, was: Host, at: int, width: int, covered: bool = False) -> list[Line]:
    """The other connections of the host, each with its state and, unless that is `covered`, the timer that
    fires first."""
    if not end.others:
        return []
    known = {other.connection: other.state for other in was.others}
    lines: list[Line] = [((f" {say('ui.end.others')}", "label"),)]
    for other in end.others:
        text = f"{other.place}/{end.total} {other.state.value}"
        first = min(other.timers.items(), key=lambda one: one[1].due, default=None)
        if first is not None and not covered:
            kind, timer = first
            time = f"{kind.label} {duration_text(max(0, timer.due - at))}"
            text += align_right(time, width - 1 - cell_len(text))
        lines.append(marked(text, known.get(other.connection) is not other.state, "dim"))
    return lines
