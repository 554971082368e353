"""Opening the screen: with `tcptui` alone on the list of scenarios, with `tcptui play` on a run.

What the program needs of the process is done here: garbage collection, signals, the terminal.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from tcptui.commands.shared import Unusable, complain, discard, library_of, write

if TYPE_CHECKING:
    from tcptui.commands.rooms import Company
    from tcptui.ui.app import TcptuiApp
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.palette import Choice
    from tcptui.ui.preferences import Preferences
    from tcptui.ui.session import Session

COLLECT_EVERY = 30
"""Seconds between two collections of young garbage."""


def show(
    prepare: Callable[[], Session] | None,
    options: argparse.Namespace,
    instead: str,
    lecturing: Lecturing | None = None,
    company: Callable[[], Company] | None = None,
) -> int:
    """Shows the run that `prepare` makes, or, without it, the scenarios to choose from; the exit status.

    `instead` says what works without a terminal; the run may be the first item of a lecture; `company` makes
    the other side of a screen that is shared.
    """
    environment = dict(os.environ)
    set_up_textual()
    # A collection while the first frame is made, or a key is answered, is what a reader feels most.
    gc.disable()
    library = library_of(options)
    session = prepare() if prepare is not None else None
    _need_terminal(instead)
    import asyncio

    from tcptui.commands.local import Kept, LocalFiles
    from tcptui.ui.app import TcptuiApp
    from tcptui.ui.driver import TerminalDriver
    from tcptui.ui.screens.run_screen import RunScreen

    def settle() -> None:
        """After the first frame: what there is by then stays, the rest is collected between key presses."""
        _load_first_step()
        gc.freeze()
        kept.tell_with(app.tell)
        app.ask_ground()
        app.set_interval(COLLECT_EVERY, lambda: gc.collect(1))

    other = None if company is None else company()
    kept = Kept()
    scenarios = cache(library.all_scenarios)  # Read when the list is opened for the first time.
    app = TcptuiApp(
        session, scenarios, preferences=_preferences(options, environment, kept.theme.read()),
        seen=kept.seen, marked=kept.marked, scores=kept.scores, keep_theme=kept.theme.write,
        files=LocalFiles(), after_first_frame=settle, driver=TerminalDriver, lecturing=lecturing,
        folders=options.folders, run_screen=RunScreen if other is None else other.run_screen,
    )  # fmt: skip
    try:
        asyncio.run(_run(app, other))
    except Exception as error:
        app.fail(error)
    return _end(app, options.folders)


async def _run(app: TcptuiApp, other: Company | None) -> None:
    """A signal gives the terminal back."""
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, app.exit, None, 128 + number)
    if other is not None:
        await other.start()
    try:
        await app.run_async()
    finally:
        if other is not None:
            other.close()


def _end(app: TcptuiApp, folders: Sequence[str]) -> int:
    """Tells how it ended; the exit status."""
    import signal

    if app.return_code == 128 + signal.SIGHUP:
        for descriptor in (1, 2):  # The terminal is gone: what is left would end the process as an error.
            discard(descriptor)
    if app.error is not None:
        from tcptui.commands.local import report_crash

        complain(report_crash(app.error))
    _tell_replay(app.session, folders, app.error is not None)
    return app.return_code or int(app.error is not None)


def _load_first_step() -> None:
    """Loads what the first step needs, so that the first key does not wait for it."""
    import tcptui.explain.happened
    import tcptui.lab.patterns
    import tcptui.sockets.driver
    import tcptui.ui.panes.ladder
    import tcptui.view.end_log
    import tcptui.view.space_rows  # noqa: F401
    from tcptui.explain import english

    english.sentences()


def set_up_textual() -> None:
    """Leaves nothing to the environment of what Textual takes from there."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
        # They name modules to import and files to write; what comes with an SSH login must not choose them.
        del os.environ[name]
    # A palette has no colours but those that the terminal knows: none are converted to fewer. Without colours
    # from the beginning, Textual would have none when the reader chooses some.
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "256"
    # A dialog is drawn in two or three steps, and Textual waits for the next frame before each.
    os.environ["TEXTUAL_FPS"] = "250"
    os.environ.pop("NO_COLOR", None)


def _preferences(options: argparse.Namespace, environment: Mapping[str, str], kept: str) -> Preferences:
    """What the options want, else the environment, else the configuration, else what was `kept` from the
    last start; what suits the terminal where none of them says anything."""
    from tcptui.commands.local import local_config
    from tcptui.explain.catalogue import say
    from tcptui.ui import terminal_kinds
    from tcptui.ui.palette import CHOICES
    from tcptui.ui.preferences import Preferences

    config, notes = local_config()
    suits = terminal_kinds.palette_of(environment)
    named = environment.get("TCPTUI_THEME", "")
    if named and named not in CHOICES:
        notes.append(say("setting.theme", where="TCPTUI_THEME", name=named, known=CHOICES))
    # What was chosen in another terminal is not for one with few colours, or whose reader wants none.
    kept = kept if suits not in ("16", "mono") else ""
    wanted = (options.theme, named, config.theme if config is not None else "auto", kept)
    ascii_only = options.ascii
    if ascii_only is None:
        ascii_only = config.ascii if config is not None else None
    if ascii_only is None:
        ascii_only = terminal_kinds.draws_only_ascii(environment, sys.stdout.encoding)
    preferences = Preferences(
        theme=_first(wanted), suits=suits, ascii_only=ascii_only, notes=tuple(notes),
        may_ask=terminal_kinds.may_ask(environment),
    )  # fmt: skip
    if config is None:
        return preferences
    return preferences._replace(speed=config.speed, delay=config.delay, keys=config.keys)


def _first(wanted: Iterable[str | None]) -> Choice:
    """The first that is a choice other than to leave it to the terminal; "auto" ends the list if it was
    said on the command line or in the environment."""
    from tcptui.ui.palette import CHOICES

    for place, name in enumerate(wanted):
        for choice in CHOICES:
            if name == choice and (choice != "auto" or place < 2):
                return choice
    return "auto"


def _tell_replay(session: Session | None, folders: Sequence[str], failed: bool) -> None:
    """Prints the command that plays again what was on the screen, if anything was done there, or if it
    failed."""
    from tcptui.ui.replay import replay_command

    command = "tcptui" if failed else ""
    with suppress(Exception):  # After an error it may be in any state.
        if session is not None and (failed or session.moved):
            command = replay_command(session, folders)
    if command:
        write(f"{command}\n")


def _need_terminal(instead: str) -> None:
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Unusable("error.terminal.none", instead=instead)
    if os.environ.get("TERM", "dumb") == "dumb":
        raise Unusable("error.terminal.dumb", instead=instead)
