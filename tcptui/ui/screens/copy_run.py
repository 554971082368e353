"""A whole run as a copy in the reader's clipboard, where no files can be written: in a served session.

Why it is so. The terminal is told to take a text (OSC 52), which xterm and others cut at some 75,000 octets
of base64; so only runs that are not long can be taken along, and a longer one need not be played to its end.
It is played in slices of time, and counts as work and as steps of the reader's: one process serves many
readers.
"""

from __future__ import annotations

import asyncio
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.formats.registry import export
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import playing
from tcptui.ui.screens.menu import Menu
from tcptui.ui.screens.save import Choice, OnScreen, choices
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.ui.app import TcptuiApp
    from tcptui.ui.screens.pane_screen import PaneScreen

MOST_COPIED = 74_994 // 4 * 3
"""Octets: so many base64 characters are what xterm takes."""
MOST_COPIED_IN_BROWSER = 1 << 20
"""Octets that a page takes."""
MOST_STEPS = 1_000
"""Of a run; a longer one would not be as short in any format."""
SLICE, BREATH = 0.005, 0.001
"""Seconds of work, and between two slices of it."""


def choose_copy(app: TcptuiApp, screen: PaneScreen, session: Session, seen: OnScreen) -> None:
    """One of the formats that are text; but a page is for a browser, and long before it is longer than what
    can be copied it takes longer to write than others can wait for."""
    if not app.may_copy:
        session.message = say("ui.copy.none")
        return
    offered = [one for one in choices() if not (one.form.binary or one.form.ending == "html")]

    def chosen(place: int | None) -> None:
        if place is not None:
            session.saved_as = offered[place]
            screen.run_worker(_copy(app, screen, session, seen, offered[place]), exclusive=True)

    last = offered.index(session.saved_as) if session.saved_as in offered else 0
    title = say("ui.copy.title", most=_most_copied(app))
    app.push_screen(_Formats(title, [one.text for one in offered], -1, last), chosen)


def _most_copied(app: TcptuiApp) -> int:
    """Octets that the reader's clipboard takes."""
    return MOST_COPIED_IN_BROWSER if app.in_browser else MOST_COPIED


class _Formats(Menu):
    """A line for each, however wide it would be."""

    IN_ONE_LINE = True


async def _copy(app: TcptuiApp, screen: PaneScreen, session: Session, seen: OnScreen, choice: Choice) -> None:
    try:
        content = await _content(session, seen, choice)
    except MessageError as error:
        session.message = text_of(error.message)
    else:
        name, octets = choice.file_name(seen.scenario.name), len(content.encode())
        if octets > (most := _most_copied(app)):
            key = "ui.copy.too_long_page" if app.in_browser else "ui.copy.too_long"
            session.message = say(key, name=name, octets=octets, most=most)
        else:
            app.copy(content)
            session.notice = say("ui.copy.done", name=name, octets=octets)
    screen.show()


async def _content(session: Session, seen: OnScreen, choice: Choice) -> str:
    if choice.form.write is None:
        return seen.picture()
    run = await _played(session, seen)
    write = partial(export, run, choice.form.name, choice.point, seen.palette)
    content = write() if session.budget is None else await session.budget.in_thread(write)
    return content if isinstance(content, str) else ""


async def _played(session: Session, seen: OnScreen) -> Record:
    """The whole run. Raises MessageError."""
    walk, budget = playing(seen.scenario, parse_moves(seen.moves)), session.budget
    begun = perf_counter()
    for _ in range(MOST_STEPS):
        while (now := perf_counter()) >= begun + SLICE or (budget is not None and budget.wait > 0):
            if budget is not None:
                budget.worked(min(now - begun, SLICE))
            await asyncio.sleep(BREATH if budget is None else max(BREATH, budget.wait))
            begun = perf_counter()
        if budget is not None:
            if budget.is_spent:
                raise MessageError("ui.budget.spent", most=budget.most)
            budget.step()
        try:
            next(walk)
        except StopIteration as end:
            run: Record = end.value[0]
            return run
    raise MessageError("ui.copy.too_many", most=MOST_STEPS)
