"""Lectures: their files, those of the package, marked stories as a lecture, and `tcptui lecture --save`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptui import lecture, library
from tcptui.cli import main
from tcptui.lab.history import History
from tcptui.lab.loader import BadScenario, scenario_of_variant
from tcptui.lab.moves import NEXT
from tcptui.lecture import Item, Lecture, find, lecture_text, of_stories, read_lecture
from tcptui.ui.story import Story
from tcptui.view.lines import plain_text
from tcptui.view.story import NOTHING, story_lines, story_rows
from tests.messages import said

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
FILE = """\
title = "Mine"

[[item]]
story = "handshake"
variant = "who knows what"
step = "A SYN"
until = 4
minutes = 2
say = [{ text = "First." }, { text = "Both.", when = "A enters ESTABLISHED", pause = true }]

[[item]]
story = "lost-syn"
moves = "s2 s"
say = "Once more."
"""


def items(text: str) -> tuple[Item, ...]:
    return read_lecture(text, "mine.toml").items


def test_an_item_is_a_part_of_a_story_with_words() -> None:
    found = read_lecture(FILE, "mine.toml")
    first, second = found.items
    assert (found.title, found.minutes) == ("Mine", 2)
    assert (first.scenario.name, first.scenario.variant) == ("handshake", "who knows what")
    assert (first.first, first.last, first.minutes, first.words) == (2, 4, 2, "First.")
    assert (first.scenario.say[0].text, first.scenario.say[0].pause) == ("Both.", True)
    story = scenario_of_variant(library.find("handshake"), "who knows what")
    assert first.scenario.say[1:] == story.say
    assert (second.first, second.last, second.words, len(second.moves)) == (3, 6, "Once more.", 3)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Mine"\n', "", "mine.toml: title: is missing"),
        ("[[item]]", "[[items]]", "mine.toml: item: is missing"),
        ('story = "handshake"', 'story = "handshak"', "mine.toml: item[1].story: no scenario 'handshak'"),
        ('"who knows what"', '"x"', "mine.toml: item[1].variant: handshake has no variant 'x': allowed: "),
        ('step = "A SYN"', "step = 6", "mine.toml: item[1].step: must be a whole number from 0 to 5"),
        ('step = "A SYN"', 'step = "A RST"', "mine.toml: item[1].step: 'A RST' does not happen in this run"),
        ('step = "A SYN"', 'step = "A SYM"', "mine.toml: item[1].step: "),
        ("until = 4", "until = 1", "mine.toml: item[1].until: must be a whole number from 2 to 5"),
        ("until = 4", 'until = "B calls listen"', "mine.toml: item[1].until: 'B calls listen' does not"),
        ("minutes = 2", "minutes = 0", "mine.toml: item[1].minutes: must be a whole number from 1 to 600"),
        ("A enters ESTABLISHED", "B enters ESTABLISHED", "mine.toml: item[1].say[2].when: 'B enters EST"),
        ("A enters ESTABLISHED", "A enters", "mine.toml: item[1].say[2].when: "),
        ('"Both."', '"Both {."', "mine.toml: item[1].say[2].text: '{.': a brace that belongs to no number"),
        ('"Both."', '"{A SYM seq}"', "mine.toml: item[1].say[2].text: "),
        ("pause = true", "pause = 1", "mine.toml: item[1].say[2].pause: must be true or false"),
        ("pause = true", "at = 1", "mine.toml: item[1].say[2].at: is unknown; allowed: text, when, pause"),
        ('say = "Once more."', "say = 3", "mine.toml: item[2].say: must be a text, or a list of tables"),
        ('"s2 s"', '"s2 q"', "mine.toml: item[2].moves: "),
        ('"s2 s"', '"s2 l9"', "mine.toml: item[2].moves: "),
        ('moves = "s2 s"', 'moves = "s2"\nstep = 1', "mine.toml: item[2].step: either step or moves"),
        ('moves = "s2 s"', 'move = "s2"', "mine.toml: item[2].move: is unknown; allowed: story, var"),
        ('title = "Mine"', "title = ", "mine.toml: no valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_what_is_allowed(old: str, new: str, told: str) -> None:
    with pytest.raises(BadScenario) as refused:
        read_lecture(FILE.replace(old, new), "mine.toml")
    assert told in said(refused.value)


def test_those_of_the_package_are_found_by_name_and_others_by_path(tmp_path: Path) -> None:
    assert {"first-lesson", "connections"} <= set(lecture.names())
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    assert find(str(path)).title == "Mine"
    with pytest.raises(BadScenario) as refused:
        find("lesson")
    assert "there is no lecture 'lesson': allowed: connections, first-lesson, or the path" in said(
        refused.value
    )
    with pytest.raises(BadScenario):
        find(str(tmp_path / "gone.toml"))


@pytest.mark.parametrize(("name", "minutes"), [("first-lesson", 10), ("connections", 45)])
def test_a_lecture_of_the_package_takes_so_long_and_all_of_its_words_have_room(
    name: str, minutes: int
) -> None:
    """On the smallest screen, with what the story says and claims at the same step."""
    found = find(name)
    assert found.minutes == minutes
    assert all(item.minutes and item.words for item in found.items)
    for item in found.items:
        history = History(item.scenario)
        story = Story(history)
        story.words = item.first, item.words
        told = scenario_of_variant(library.find(item.scenario.name), item.scenario.variant).say
        own = {item.words, *(one.text for one in item.scenario.say)} - {one.text for one in told}
        for position in range(item.last + 1):
            if position >= item.first and own & set(story.said):
                rows = story_rows(story.told, NOTHING, 80, 24, 0)
                lines = [plain_text(line) for line in story_lines(story.told, NOTHING, 80, rows)]
                assert not [line for line in lines if "…" in line], (item.scenario.name, position, lines)
            if position < item.last:
                history.apply(NEXT)


def test_the_words_of_the_package_are_plain() -> None:
    for name in lecture.names():
        for item in find(name).items:
            told = (item.words, *(one.text for one in item.scenario.say))
            assert not [text for text in told if re.search(r"\b(you|your|we|our|us)\b", text)]


def test_marked_stories_are_a_lecture_in_the_librarys_order() -> None:
    marked = ["lost-syn", "handshake:who knows what", "gone", "handshake", "handshake:gone"]
    found = of_stories(marked)
    assert found is not None
    assert [(one.scenario.name, one.scenario.variant) for one in found.items] == [
        ("handshake", ""), ("handshake", "who knows what"), ("lost-syn", ""),
    ]  # fmt: skip
    assert [(one.first, one.last) for one in found.items] == [(0, 5), (0, 5), (0, 6)]
    assert found.minutes == 0
    assert of_stories(["gone"]) is None


def test_what_is_marked_can_be_written_as_a_file_and_read() -> None:
    found = of_stories(["handshake:who knows what", "lost-syn"])
    assert found is not None
    again = read_lecture(lecture_text(found, "Mine"), "mine.toml")
    assert [one.scenario.variant for one in again.items] == ["who knows what", ""]
    assert [one.last for one in again.items] == [5, 6]
    assert again == Lecture("Mine", tuple(one._replace(minutes=3, words="...") for one in found.items))


def test_the_command_writes_the_file_that_is_to_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tcptui.commands.local import Kept

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["lecture", "--save", "-"]) == 2
    assert capsys.readouterr().err.startswith("tcptui: no story is marked: space marks one in the list")
    Kept().marked.add("lost-syn")
    assert main(["lecture", "--save", "mine.toml"]) == 0
    assert [one.scenario.name for one in find("./mine.toml").items] == ["lost-syn"]
    assert main(["lecture", "first-lesson", "--save", "-"]) == 0
    assert capsys.readouterr().out == lecture.text_of("first-lesson")
    assert main(["lecture", "./gone.toml"]) == 2
    assert capsys.readouterr().err == "tcptui: ./gone.toml: there is no such file\n"
    Path("bad.toml").write_text(FILE.replace("until = 4", "until = 9"))
    assert main(["lecture", "bad.toml"]) == 2
    errors = capsys.readouterr().err
    assert errors == "tcptui: bad.toml: item[1].until: must be a whole number from 2 to 5\n"
    assert main(["lecture", "first-lesson"]) == 2, "there is no terminal"
    assert "tcptui lecture NAME --save -" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["first-lesson", "connections"])
def test_the_readme_has_the_table_of_what_is_given(name: str) -> None:
    table = README.split(f"<!-- {name} -->\n")[1].split("\n\n")[0]
    rows = [row.split(" | ") for row in table.splitlines()[2:]]
    items = find(name).items
    assert [row[0] for row in rows] == [f"| {item.minutes}" for item in items]
    for row, item in zip(rows, items, strict=True):
        variant = f", `--variant '{item.scenario.variant}'`" if item.scenario.variant else ""
        assert row[1] == f"`{item.scenario.name}`{variant}"


def test_the_example_of_the_readme_is_a_lecture() -> None:
    text = README.split("## A lecture of your own")[1].split("```toml\n")[1].split("```")[0]
    first, second, third = read_lecture(text, "README.md").items
    assert (first.words, first.minutes, first.last) == ("What can A do if its SYN is lost?", 3, 6)
    assert (second.scenario.variant, second.last) == ("two segments", 20)
    assert (len(third.moves), third.first) == (4, 4)
