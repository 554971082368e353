"""The dialog of an empty lab, and what becomes of a run in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.lab.loader import load_scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.replay import replay_command
from tcptui.ui.screens.lab import LabMenu, SettingsList
from tcptui.ui.session import Session
from tests.ui.drive import drive


def session_after(*keys: str, scenario: str = "handshake") -> Session:
    _, app = drive(scenario, keys)
    assert app.session is not None
    return app.session


def test_settings_are_chosen_and_the_command_replays_them() -> None:
    session = session_after("F", "down", "right", "enter")
    assert [host.setup.profile.name for host in (session.world.host("A"), session.world.host("B"))] == [
        "rfc9293",
        "linux",
    ]
    assert replay_command(session) == "tcptui lab B.stack=linux"
    session.type_moves("b:listen a:connect s2")
    while session.working:
        session.work()
    assert replay_command(session) == "tcptui lab B.stack=linux --moves 'b:listen a:connect s2'"


def test_left_goes_back_and_escape_changes_nothing() -> None:
    assert (
        replay_command(session_after("F", "right", "left", "left", "enter")) == "tcptui lab A.stack=freebsd"
    )
    session = session_after("F", "right", "escape")
    assert session.history.scenario.name == "handshake"


def test_a_click_on_a_setting_changes_it() -> None:
    app = TcptuiApp(Session(library.find("lab")), library.all_scenarios)

    async def run() -> dict[str, str]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("F")
            await pilot.pause()
            await pilot.click(SettingsList, offset=(30, 2))
            await pilot.click(SettingsList, offset=(30, 2))
            await pilot.pause()
            assert isinstance(app.screen, LabMenu)
            return app.screen.chosen

    assert asyncio.run(run())["delay"] == "10ms"


def test_what_was_chosen_stands_there_again() -> None:
    session = session_after("F", "right", "enter", "F", "down", "right", "enter")
    assert replay_command(session) == "tcptui lab A.stack=linux B.stack=linux"


def test_under_another_stack_the_command_keeps_what_was_chosen() -> None:
    session = session_after("F", "right", "down", "down", "right", "enter", "V", "down", "enter")
    assert session.origin.stack == "linux"
    assert replay_command(session) == "tcptui lab A.stack=linux B.stack=linux delay=1ms"
    assert [host.profile.stack for host in session.history.scenario.hosts] == ["linux", "linux"]


def test_a_story_of_that_name_is_no_empty_lab(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / "lab.toml").write_text('title = "mine"\nquestion = "q"\n[A]\nscript = [{ call = "x" }]\n')
    assert main(["lab", "A.stack=linux", "--library", str(tmp_path), "--format", "toml"]) == 0
    told = capsys.readouterr().out
    assert 'title = "An empty lab"' in told
    assert 'profile = "linux"' in told

    app = TcptuiApp(Session(library.find("handshake")), library.Library((tmp_path,)).all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("F", "enter")

    asyncio.run(run())
    assert app.session is not None
    assert app.session.history.scenario.title == "An empty lab"


def test_where_nothing_happens_the_keys_that_make_something_happen_stand_first() -> None:
    shot, _ = drive("lab")
    assert "F  stacks, wire and programs" in shot
    assert "the first step" not in shot
    assert " F an empty lab " in shot.text.splitlines()[-1]


def test_a_run_is_written_and_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    line = ["lab", "B.stack=linux", "--moves", "b:listen a:connect l1", "--format"]
    assert main([*line, "toml", "-o", "mine.toml"]) == 0
    made = load_scenario((tmp_path / "mine.toml").read_text(), "mine", "mine.toml")
    assert made.expected.draft
    assert main(["validate", "mine.toml"]) == 0
    capsys.readouterr()
    assert main([*line, "ladder"]) == 0
    lab = capsys.readouterr().out
    assert main(["play", "mine.toml", "--format", "ladder"]) == 0
    # A file loses a segment as it leaves, and what is lost then has no row of its own.
    again = capsys.readouterr().out
    assert again.count("#") == lab.count("#")


@pytest.mark.parametrize("word", ["A.stack=windows", "colour=1", "delay=0ms", "A.mss=many"])
def test_a_setting_that_is_none_is_told_in_one_line(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", word, "--format", "ladder"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("story", ["lab", "handshake"])
def test_a_run_with_moves_of_the_readers_is_kept_when_a_lab_begins(story: str) -> None:
    work = ["a", "down", "enter", "space"]
    left = session_after(*work, "F", "enter", scenario=story)
    assert left.history.length == 0
    assert left.notice == f"{story} is kept as you have left it: o leads back to it"
    back = ["o", "enter"] if story == "lab" else ["o", *story, "enter"]
    again = session_after(*work, "F", "enter", *back, scenario=story)
    assert again.history.text() == session_after(*work, scenario=story).history.text() != ""
