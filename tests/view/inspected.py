"""What the tests of inspectors look at: a run and a segment of it, without a screen."""

from __future__ import annotations

from tcptui import library
from tcptui.lab.history import History
from tcptui.lab.wire import Transmission
from tcptui.view.inspectors import INSPECTORS, Inspected, Inspector
from tcptui.view.inspectors.captured import Captures
from tcptui.view.lines import line_width, plain_text
from tests.lab.worlds import history_of, scenario


def inspector_of(name: str) -> Inspector:
    """The inspector of that name."""
    return next(one for one in INSPECTORS if one.name == name)


def inspected_of(history: History, number: int = 0, *, raw: bool = False, place: str = "") -> Inspected:
    """A segment of a run, by its number, at the position of the run; 0: the newest."""
    captures = Captures(history)
    chosen = history.transmission(number or history.world.wire.launched)
    return Inspected(
        history.moment, chosen, raw, place, history.report_of,
        position=history.position, captures=lambda: captures,
    )  # fmt: skip


def alone(one: Transmission | None, *, raw: bool = False) -> Inspected:
    """A segment without the run that it is of."""
    return Inspected(history_of(scenario()).moment, one, raw)


def story(name: str, steps: int) -> History:
    """A story of the library after so many steps, or at its end."""
    history = History(library.find(name))
    for _ in range(steps):
        if history.world.next_event() is None:
            break
        history.apply()
    return history


def shown(name: str, inspected: Inspected, width: int, height: int) -> list[str]:
    """What an inspector shows, as texts; every line is exactly as wide as asked, and there are not more."""
    lines = inspector_of(name).lines(inspected, width, height)
    assert len(lines) <= height
    assert {line_width(line) for line in lines} <= {width}
    return [plain_text(line) for line in lines]
