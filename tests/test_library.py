"""The library's own files and anybody's: found by name or by path, with errors of one line."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from tcptui import library
from tcptui.lab.history import History
from tcptui.lab.loader import BadScenario
from tcptui.lab.prelude import begin
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.toml import LARGEST
from tests.lab.worlds import HEAD
from tests.messages import refused, said

NAMES = library.names()


def test_names_are_sorted_and_there_is_a_file_for_each_figure() -> None:
    assert sorted(NAMES) == NAMES
    assert {f"figure-{number}" for number in range(6, 14)} <= set(NAMES)


def test_the_whole_library_is_listed_once_by_place() -> None:
    listed = library.all_scenarios()
    assert sorted(one.name for one in listed) == sorted((*NAMES, library.LAB))
    assert [one.place for one in listed] == sorted(one.place for one in listed)
    assert len({one.place for one in listed}) == len(listed)


def test_what_a_list_shows_is_what_the_whole_file_says() -> None:
    for one in library.all_scenarios():
        whole = library.listed(library.find(one.name))
        assert one._replace(load=whole.load) == whole
        assert one.load() == whole.load()


def test_chapters_stand_together() -> None:
    chapters = [one.chapter for one in library.all_scenarios()]
    changes = sum(one != other for one, other in pairwise(chapters))
    assert changes == len(set(chapters)) - 1


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_is_found_by_name(name: str) -> None:
    found = library.find(name)
    assert found.name == name
    assert found == library.load_named(name)


def test_a_name_of_the_library_is_not_a_file_nearby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("handshake").write_text(HEAD)
    assert library.find("handshake").title == "The three-way handshake"
    assert library.find("./handshake").title == "t"


@pytest.mark.parametrize("file", ["mine.toml", "./mine.toml", "sub/other", "sub/../mine.toml"])
def test_a_file_is_found_by_path(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    for path in ("mine.toml", "sub/other"):
        Path(path).write_text(HEAD)
    assert library.find(file).name == Path(file).stem
    assert library.find(str(tmp_path / file)).title == "t"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("handshak", "did you mean 'handshake'?"),
        ("figure-14", "did you mean 'figure-1"),
        ("qqq", "tcptui list"),
    ],
)
def test_an_unknown_name_is_answered_with_a_near_one(wrong: str, hint: str) -> None:
    with refused(BadScenario, match=f"no scenario {wrong!r}") as error:
        library.find(wrong)
    assert hint in said(error.value)
    assert "tcptui list names them all" in said(error.value)
    assert "(./FILE)" in said(error.value)


@pytest.mark.parametrize("name", ["", " ", ".", "handshake\n", "HANDSHAKE"])
def test_what_is_no_name_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(BadScenario) as error:
        library.find(name)
    assert len(said(error.value).splitlines()) == 1


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("gone.toml", None, "there is no such file"),
        ("folder.toml", Path.mkdir, "is a directory$"),
        ("latin.toml", lambda path: path.write_bytes(b'title = "caf\xe9"'), r"is no UTF-8 text \(octet 12\)"),
        ("large.toml", _large, "is too large: at most 65536 octets"),
        ("pipe.toml", os.mkfifo, "is no regular file"),
        ("loop.toml", lambda path: path.symlink_to(path), "can't be read|there is no such file"),
        ("f.toml/x", lambda path: path.parent.write_text("x"), "there is no such file|can't be read"),
        ("x" * 300 + ".toml", None, "can't be read: File name too long|there is no such file"),
        ("bad.toml", lambda path: path.write_text("[A"), "no valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    name: str, make: object, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if make is not None:
        assert callable(make)
        make(path)
    with refused(BadScenario, match=reason) as error:
        library.find(str(path))
    assert said(error.value).startswith(str(path))
    assert len(said(error.value).splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.toml"
    path.write_text(HEAD)
    path.chmod(0)
    with refused(BadScenario, match="can't be read: Permission denied"):
        library.find(str(path))


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with refused(BadScenario, match=r"a\\x00b\.toml.*: (there is no such file|is no file name)$") as error:
        library.find("./a\0b.toml")
    assert said(error.value).isprintable()


def test_the_library_is_listed_without_playing_and_each_file_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a world is made")

    read: list[str] = []
    read_text = Path.read_text

    def counted(path: Path, encoding: str | None = None) -> str:
        read.append(path.stem)
        return read_text(path, encoding)

    monkeypatch.setattr(WorldState, "__init__", refuse)
    monkeypatch.setattr(Path, "read_text", counted)
    library.all_scenarios()
    assert sorted(read) == sorted((*NAMES, "empty_lab"))


@pytest.mark.parametrize(("head", "made"), [("", 0), ('prelude = "w1ms"\n', 1)])
def test_only_a_prelude_is_played_when_a_file_is_loaded(
    head: str, made: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = 0
    make = WorldState.__init__

    def counted(self: WorldState, scenario: Scenario, *times: int) -> None:
        nonlocal worlds
        worlds += 1
        make(self, scenario, *times)

    monkeypatch.setattr(WorldState, "__init__", counted)
    (tmp_path / "mine.toml").write_text(f"{head}{HEAD}")
    library.find(str(tmp_path / "mine.toml"))
    assert worlds == made


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_of_the_library_can_begin(name: str) -> None:
    """Loading one of them relies on it."""
    begin(library.load_named(name))[0]


def test_a_scenario_may_have_as_many_octets_as_the_limit_says(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(HEAD + "#" * (LARGEST - len(HEAD)))
    assert library.find(str(path)).title == "t"
    path.write_text(HEAD + "#" * (LARGEST + 1 - len(HEAD)))
    with refused(BadScenario, match="is too large: at most 65536 octets"):
        library.find(str(path))


@pytest.mark.parametrize("name", NAMES)
def test_a_story_names_the_step_that_its_picture_shows(name: str) -> None:
    scenario = library.find(name)
    history = History(scenario)
    for _ in range(scenario.moment):
        history.apply()
    assert 0 < scenario.moment == history.position
