"""Ladders of runs, and of segments that no run has brought about."""

from __future__ import annotations

from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.lab.history import History
from tcptui.lab.wire import Outcome, Transmission
from tcptui.view.ladder import Ladder, draw_ladder
from tcptui.view.ladder_rows import Row, RunRows
from tcptui.view.ladder_window import Window, window_at_end
from tcptui.view.subject import States

ALL = 1_000_000
"""Rows enough for all of a run of a few intervals."""
BOTH = (State.ESTABLISHED, State.ESTABLISHED)


def window_of(history: History, height: int = ALL, selected: int = 0) -> Window:
    """The window that follows a run."""
    return window_at_end(RunRows(history), history.world.now, height, selected)


def drawn(
    history: History, width: int = 80, raw: bool = False, selected: int = 0, height: int = ALL,
    sockets: tuple[Socket, ...] = (),
) -> Ladder:  # fmt: skip
    """It, drawn."""
    return drawn_window(window_of(history, height, selected), history, width, raw, selected, sockets)


def drawn_window(
    window: Window, history: History, width: int, raw: bool = False, selected: int = 0,
    sockets: tuple[Socket, ...] = (),
) -> Ladder:  # fmt: skip
    """A window of a run, drawn."""
    return draw_ladder(
        window, history.transmission, history.world.now, width, raw=raw, selected=selected, sockets=sockets
    )


def window_of_segments(segments: list[Transmission], states: States = BOTH) -> Window:
    """The rows of segments, none of which brings anything about."""
    keyed = [(one.sent_in, one.number, Row(one.sent_at, one.sent_in, states, one.number)) for one in segments]
    keyed += [
        (one.ended_in, 0, Row(one.ended_at, one.ended_in, states, one.number, True))
        for one in segments
        if one.outcome is Outcome.ARRIVED
    ]
    keyed.sort(key=lambda one: one[:2])
    return Window([row for _, _, row in keyed], states)


def drawn_segments(
    segments: list[Transmission], now: int, width: int = 80, sockets: tuple[Socket, ...] = ()
) -> Ladder:
    """Them, drawn."""
    known = {one.number: one for one in segments}
    return draw_ladder(window_of_segments(segments), known.get, now, width, sockets=sockets)
