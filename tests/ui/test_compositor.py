"""What is sent of a screen that has changed in parts: those cells, from where they begin."""

from __future__ import annotations

import asyncio
import re

from rich.console import Console
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.compositor import PartsUpdate
from tcptui.ui.session import Session

CONSOLE = Console(color_system=None, width=80)


def strip(text: str) -> Strip:
    return Strip([Segment(text)])


def test_a_part_is_sent_from_its_own_first_cell_and_over_the_edge_of_a_widget() -> None:
    chops: list[dict[int, Strip | None]] = [
        {0: strip("hello"), 5: strip("world")},
        {0: strip("second"), 6: None},
    ]
    ends = [[5, 10], [6, 10]]
    sent = PartsUpdate(chops, [(0, 2, 7), (1, 4, 6)], ends).render_segments(CONSOLE)
    assert sent == "\x1b[1;3Hllowo\x1b[2;5Hnd"
    assert PartsUpdate(chops, [(1, 6, 9)], ends).render_segments(CONSOLE) == ""


def test_what_is_sent_after_steps_makes_the_screen_that_is_drawn_whole() -> None:
    async def run() -> tuple[list[str], list[str]]:
        app = TcptuiApp(Session(library.find("lost-syn-ack")), list)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            screen = app.screen
            compositor = screen._compositor
            seen = texts(compositor.render_strips())
            for _ in range(9):
                app.session.step()  # type: ignore[union-attr]
                parts: list[Region] = []
                for pane in [*screen._panes, screen.backdrop]:  # type: ignore[attr-defined]
                    parts += pane.update()
                compositor._dirty_regions.update(parts)
                update = compositor.render_partial_update()
                if update is not None:
                    apply(seen, update.render_segments(CONSOLE))
            return seen, texts(compositor.render_strips())

    seen, whole = asyncio.run(run())
    assert seen == whole


def texts(strips: list[Strip]) -> list[str]:
    return ["".join(segment.text for segment in one) for one in strips]


def apply(seen: list[str], sent: str) -> None:
    """Writes what was sent over the lines of a screen."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", sent)
    for row, column, text in re.findall(r"\x1b\[(\d+);(\d+)H([^\x1b]*)", plain):
        line, at = seen[int(row) - 1], int(column) - 1
        seen[int(row) - 1] = line[:at] + text + line[at + len(text) :]
