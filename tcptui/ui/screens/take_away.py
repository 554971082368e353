"""What a reader takes along of a run: the command that plays it again, and a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.ui.replay import LONGEST_MOVES, replay_command, replay_link
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.ui.app import TcptuiApp
    from tcptui.ui.screens.pane_screen import PaneScreen


def copy_command(app: TcptuiApp, session: Session) -> None:
    """Into the clipboard, and into the line below the panes: not every terminal has one. In a browser it is
    the path of the run, where it has one."""
    link = replay_link(session) if app.in_browser else ""
    if link and len(session.history.text()) > LONGEST_MOVES:
        session.say_only(message=say("ui.copy.long_link", most=LONGEST_MOVES))
        return
    command = link or replay_command(session, app.folders)
    session.say_only(notice=say("ui.copied" if app.copy(command) else "ui.command", command=command))


def save(app: TcptuiApp, screen: PaneScreen, session: Session) -> None:
    """Opens the dialog for a file, or, where there are no files, for a copy in the clipboard; the screen is
    shown anew when that has been done."""
    session.say_nothing()
    from tcptui.ui.picture import picture_svg
    from tcptui.ui.screens.save import OnScreen, Save, Saved

    def saved(written: Saved | None) -> None:
        if written is not None:
            session.saved_as = written.choice
            session.notice = say("ui.save.saved", name=written.name)
            screen.show()

    history, palette = session.history, app.palette
    draw = partial(picture_svg, session, screen.picture(), palette)
    seen = OnScreen(history.scenario, history.text(), palette, draw)
    if app.files is None:
        from tcptui.ui.screens.copy_run import choose_copy

        choose_copy(app, screen, session, seen)
        return
    app.push_screen(Save(seen, app.files, session.saved_as), saved)
