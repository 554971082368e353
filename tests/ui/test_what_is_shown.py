"""Keys that change what is shown and nothing of the run: a connection, all of the texts, colours, help."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tcptui import library
from tcptui.explain.filled import answer_text
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.help import HelpScreen
from tcptui.ui.screens.picker import Picker
from tcptui.ui.screens.reader import Reader
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.palette import PALETTES, PaletteName
from tests.ui.drive import Screenshot, drive

TWO = "s5 b:close s2 a:close s2 b:listen"
"""B closes first, and listens again while its first connection is in TIME-WAIT."""


def rows(screenshot: Screenshot) -> list[str]:
    return screenshot.text.splitlines()


def told(app: TcptuiApp) -> str:
    told = app.screen.parts if isinstance(app.screen, Reader) else ()
    return "\n".join(f"{part.heading}\n{part.text}" for part in told)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_a_key_goes_through_the_connections_of_an_end(size: tuple[int, int]) -> None:
    newest, _ = drive("handshake", (), size=size, moves=TWO)
    older, app = drive("handshake", ("x",), size=size, moves=TWO)
    again, _ = drive("handshake", ("x", "x"), size=size, moves=TWO)
    assert "2 of 2" in rows(newest)[1]
    assert "LISTEN" in rows(newest)[2].rpartition("││")[2]
    assert "1 of 2 :49152" in rows(older)[1]
    assert "TIME-WAIT" in rows(older)[2].rpartition("││")[2]
    assert again.text == newest.text
    assert app.session is not None
    assert app.session.history.text() == TWO, "nothing of the run has changed"


def test_the_keys_of_use_stand_in_the_line_of_keys_only_while_they_are() -> None:
    one, _ = drive("handshake", (), moves="s5")
    two, _ = drive("handshake", (), moves=TWO)
    assert "x B conn" not in rows(one)[-1]
    assert "x B conn" in rows(two)[-1]
    assert "w A conn" not in rows(two)[-1]


def test_an_end_with_one_connection_says_so() -> None:
    screenshot, _ = drive("handshake", ("w",), moves="s5")
    assert "A has no other connection to be shown." in screenshot


def opened(session: Session | None, keys: Sequence[str]) -> tuple[type, str, bool]:
    """The screen after these keys, what it tells, and whether the program still runs."""
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> tuple[type, str, bool]:
        async with app.run_test(size=(80, 24)) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            return type(app.screen), told(app), app.is_running and app._exit is False

    return asyncio.run(run())


def test_the_first_menu_has_help_and_escape_does_not_leave_it() -> None:
    assert opened(None, ["question_mark"])[0] is HelpScreen
    assert opened(None, ["question_mark", "escape"])[0] is Picker
    screen, _, runs = opened(None, ["escape", "escape"])
    assert (screen, runs) == (Picker, True)
    assert opened(None, ["escape", "enter"])[0] is RunScreen
    assert opened(Session(library.find("life")), ["o", "escape"])[0] is RunScreen


def test_what_is_cut_can_be_read_whole() -> None:
    life = library.find("life")
    screen, text, _ = opened(Session(life, "s3"), ["e"])
    assert screen is Reader
    assert life.question in text
    assert "RFC 9293" in text
    assert opened(Session(life, "s3"), ["e", "escape"])[0] is RunScreen
    assert opened(Session(life, "s3"), ["e", "e"])[0] is RunScreen


def test_at_the_end_the_answer_is_among_it_and_of_a_script_every_line() -> None:
    life = library.find("life")
    assert answer_text(life) in opened(Session(life), ["end", "e"])[1]
    script = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 connect(3, ..., ...) = 0\n"
    text = opened(Session(script_scenario(script, "x.pkt", "x"), "s"), ["e"])[1]
    assert "▸+0 connect(3, ..., ...) = 0" in text
    assert " 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3" in text


def test_a_key_takes_the_colours_for_another_ground() -> None:
    names: tuple[PaletteName, ...] = ("any", "dark", "light", "contrast", "16", "mono", "any")
    for presses, name in enumerate(names):
        screenshot, app = drive("life", ["t"] * presses, moves="s6")
        assert app.palette == name
        if name in ("any", "dark", "light", "contrast"):
            assert PALETTES[name].a in screenshot.svg
            others = {one.a for other, one in PALETTES.items() if other != name and one.a.startswith("#")}
            assert not any(other in screenshot.svg for other in others)
        assert not presses or "Colours: " in screenshot


def test_behind_the_help_nothing_is_drawn() -> None:
    """To dim what stands there takes Textual longer than the help itself, and the help covers nearly all."""
    screenshot, _ = drive("life", ["space", "question_mark"], size=(200, 50))
    assert "Keys: the run" in screenshot
    assert "Wire" not in screenshot
    assert "step 1" not in screenshot
