"""Stories in folders of the reader's own: listed beside the others, the broken ones with their reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.cli import main
from tcptui.lab.loader import BadScenario
from tcptui.library import SHIPPED, Library, names
from tcptui.ui.stories import Stories

GOOD = (
    'title = "Mine"\nquestion = "q?"\nchapter = "Opening"\nplace = 15\n[A]\nscript = [{ call = "connect" }]\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(kind, str(tmp_path / "home"))
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mine.toml").write_text(GOOD)
    (folder / "no-toml.toml").write_text("title = \n")
    (folder / "no-key.toml").write_text(GOOD + "colour = 1\n")
    (folder / "no-text.toml").write_bytes(b"\xff\xfe")
    (folder / "esc\x1b[2J.toml").write_text("title = \n")
    (folder / "pipe.toml").symlink_to("/dev/zero")
    return folder


def test_a_folder_is_listed_with_what_is_broken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--library", str(folder)]) == 0
    told = capsys.readouterr().out
    lines = {line.split()[0]: line for line in told.splitlines() if line.strip()}
    assert "Mine" in lines["mine"]
    for name, why in (
        ("no-toml", "no-toml.toml"),
        ("no-key", "colour"),
        ("no-text", "UTF-8"),
        ("esc\\x1b[2J", "TOML"),
        ("pipe", "regular"),
    ):
        assert "can't be used:" in lines[name], name
        assert why in lines[name], lines[name]
    assert set(names()) <= lines.keys()
    assert "\x1b" not in told
    # A chapter stands once, and its stories by their places.
    assert told.count("\nOpening\n") + told.startswith("Opening\n") == 1
    assert told.index("handshake") < told.index("mine") < told.index("lost-syn ")


def test_what_is_no_text_is_no_chapter(folder: Path) -> None:
    (folder / "odd.toml").write_text("title = 3\nquestion = [1]\nplace = true\nchapter = { a = 1 }\n")
    odd = next(one for one in Library((folder,)).all_scenarios() if one.name == "odd")
    assert (odd.title, odd.question, odd.chapter) == ("", "", "")
    assert odd.place > 1


def test_a_folder_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (["list"], ["play", "life"], ["validate"], []):
        assert main([*line, "--library", str(folder / "none")]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "none'" in told


def test_a_story_of_a_folder_is_played_by_its_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "mine", "--library", str(folder), "--format", "ladder"]) == 0
    assert capsys.readouterr().out.startswith("Mine\n")
    assert main(["play", "no-key", "--library", str(folder), "--format", "ladder"]) == 2
    assert "colour" in capsys.readouterr().err


def test_stories_are_kept_where_platformdirs_says(folder: Path, tmp_path: Path) -> None:
    from tcptui.commands.local import stories_folder

    assert stories_folder().is_relative_to(tmp_path / "home")
    stories_folder().mkdir(parents=True)
    (stories_folder() / "kept.toml").write_text(GOOD.replace("Mine", "Kept"))
    assert Library((stories_folder(),)).find("kept").title == "Kept"


def test_a_story_of_the_readers_own_stands_before_one_of_the_package(folder: Path) -> None:
    (folder / "handshake.toml").write_text(GOOD)
    library = Library((folder,))
    assert library.find("handshake").title == "Mine"
    assert not library.ships("handshake")
    assert SHIPPED.ships("handshake")
    assert sum(one.name == "handshake" for one in library.all_scenarios()) == 1


def test_the_list_on_the_screen_says_what_is_broken(folder: Path) -> None:
    stories = Stories(Library((folder,)).all_scenarios())
    assert stories.broken("no-toml") is not None
    assert stories.broken("no-key") is None, "its first lines are right"
    listed = next(one for one in stories.listed if one.name == "no-key")
    list(stories.play(listed))
    assert stories.broken("no-key") is not None
    list(stories.play_all())
    assert stories.all_played
    with pytest.raises(BadScenario):
        listed.load()
