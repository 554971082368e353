"""`tcptui new`: a story that plays as it is, in a file that was not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.cli import main
from tcptui.commands.new import template
from tcptui.explain.story import failures
from tcptui.lab.loader import load_scenario, scenario_of_variant


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_loads_plays_and_holds() -> None:
    story = load_scenario(template("my-first"), "my-first", "my-first.toml")
    assert story.title == "My first"
    assert story.say
    assert story.claims
    assert story.variants
    for name in ("", *(one.name for one in story.variants)):
        assert failures(scenario_of_variant(story, name)) == []


def test_every_part_of_it_has_a_comment() -> None:
    lines = template("x").splitlines()
    tables = [place for place, line in enumerate(lines) if line in ("[wire]", "[A]", "[[say]]", "[[claim]]")]
    assert len(tables) == 5
    assert all(line.isascii() for line in lines)
    assert sum(line.startswith("#") for line in lines) > 10


def test_it_is_written_and_validated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine"]) == 0
    assert capsys.readouterr().out.startswith("mine.toml: written. tcptui play ./mine.toml plays it")
    assert (folder / "mine.toml").read_text() == template("mine")
    assert main(["validate", "./mine.toml"]) == 0
    assert main(["play", "./mine.toml", "--format", "ladder"]) == 0


def test_no_file_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.toml").write_text("mine")
    assert main(["new", "mine"]) == 2
    assert "mine.toml is there already" in capsys.readouterr().err
    (folder / "link.toml").symlink_to(folder / "nothing")
    assert main(["new", "link"]) == 2
    assert (folder / "mine.toml").read_text() == "mine"
    assert not (folder / "nothing").exists()


def test_to_another_file_and_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine", "-o", "sub.toml"]) == 0
    assert (folder / "sub.toml").read_text() == template("mine")
    capsys.readouterr()
    assert main(["new", "mine", "-o", "-"]) == 0
    assert capsys.readouterr().out == template("mine")
    assert main(["new", "mine", "-o", "nowhere/x.toml"]) == 2
    assert "nowhere/x.toml" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "a/b", "../x", "-x", "a b", "ä", "x" * 65, 'a"b'])
def test_what_can_not_be_a_name_is_refused(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "--", name]) == 2
    assert "can't name a story" in capsys.readouterr().err
    assert not list(folder.iterdir())
