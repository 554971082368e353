"""A moment of a run as the screen shows it, as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.message import MessageError
from tcptui.formats.cells_svg import cells_svg
from tcptui.ui.session import Session
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH
from tcptui.view.lines import Line, line_width
from tcptui.view.palette import PaletteName

MOST_WIDTH, MOST_HEIGHT = 500, 200


class BadSize(MessageError):
    """A size that no screen has."""


def screen_svg(session: Session, size: tuple[int, int], palette: PaletteName) -> str:
    """What a screen of so many columns and rows shows of a session; no terminal is needed. Raises BadSize."""
    columns, rows = size
    if not (LEAST_WIDTH <= columns <= MOST_WIDTH and LEAST_HEIGHT <= rows <= MOST_HEIGHT):
        raise BadSize(
            "error.picture.size", columns=columns, rows=rows, least_columns=LEAST_WIDTH,
            least_rows=LEAST_HEIGHT, most_columns=MOST_WIDTH, most_rows=MOST_HEIGHT,
        )  # fmt: skip
    from tcptui.ui.app import TcptuiApp  # Late: who saves has a screen already.
    from tcptui.ui.screens.run_screen import RunScreen

    lines: list[Line] = []

    def take() -> None:
        if isinstance(app.screen, RunScreen):
            lines.extend(app.screen.picture())
        app.exit()

    app = TcptuiApp(session, list, after_first_frame=take)
    app.run(headless=True, size=size)
    if app.error is not None:
        raise app.error
    return picture_svg(session, lines, palette)


def picture_svg(session: Session, lines: Sequence[Line], palette: PaletteName) -> str:
    """The lines that a screen shows of a session."""
    return cells_svg(lines, line_width(lines[0]), session.history.scenario.title, palette)
