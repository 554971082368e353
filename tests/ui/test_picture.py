"""A moment on the screen as a picture: what the screen shows, of whoever looks at it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.ui.app import TcptuiApp
from tcptui.ui.picture import BadSize, screen_svg
from tcptui.ui.session import Session
from tcptui.view.palette import GROUNDS
from tests.formats.cells_picture import cells_of
from tests.messages import refused
from tests.ui.drive import Screenshot, drive
from tests.ui.test_take_away import Remembered


@pytest.mark.parametrize(
    ("name", "moves", "size"),
    [
        ("late-syn", "s20", (120, 36)),
        ("life", "s12", (200, 50)),
        ("udp", "s13", (80, 24)),
        ("nat", "", (80, 24)),
    ],
)
def test_it_is_what_the_screen_shows(name: str, moves: str, size: tuple[int, int]) -> None:
    shown, _ = drive(name, size=size, moves=moves)
    picture = screen_svg(Session(library.find(name), moves), size, "dark")
    assert cells_of(picture) == shown.text


def test_s_saves_the_readers_own_screen() -> None:
    files = Remembered()
    session = Session(library.find("life"), "s10")
    app = TcptuiApp(session, library.all_scenarios, files=files)

    async def run() -> str:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("up", "up", "i", "n")
            await pilot.pause()
            shown = Screenshot(app).text
            await pilot.press("s", "ctrl+u", *"x.svg-screen.svg", "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            return shown

    shown = asyncio.run(run())
    assert "States" in shown
    picture = files.files["x.svg-screen.svg"].decode()
    assert cells_of(picture) == shown
    assert f'fill="{GROUNDS["light"][0]}"' in picture


def test_the_command_line_draws_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.svg"
    command = ["play", "late-syn", "--moves", "s20", "--format", "svg-screen"]
    assert main([*command, "--theme", "dark", "-o", str(path)]) == 0
    shown, _ = drive("late-syn", size=(120, 36), moves="s20")
    assert cells_of(path.read_text("utf-8")) == shown.text
    assert f'fill="{GROUNDS["dark"][0]}"' in path.read_text("utf-8")
    assert main([*command, "--size", "90x30"]) == 0
    shown, _ = drive("late-syn", size=(90, 30), moves="s20")
    assert cells_of(capsys.readouterr().out) == shown.text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["svg-screen", "--size", "80"], "--size '80': it is columns and rows, as in 120x36"),
        (["svg-screen", "--size", "80x24x3"], "--size '80x24x3': it is columns and rows"),
        (["svg-screen", "--size", "80x20"], "a screen of 80x20: it has at least 80x24, and at most 500x200"),
        (["svg-screen", "--size", "80x99999999"], "--size '80x99999999': it is"),
        (["svg", "--size", "80x24"], "--size goes with --format svg-screen only"),
        (["svg-ladder", "--theme", "pink"], "pink"),
        (["svg-screen", "--moves", "s2 l9"], "after 2 moves: there is no segment #9"),
    ],
)
def test_what_can_not_be_drawn_is_refused(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", "life", "--format", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_size_that_no_screen_has_is_refused() -> None:
    with refused(BadSize, match=r"^a screen of 501x50: "):
        screen_svg(Session(library.find("life")), (501, 50), "light")
