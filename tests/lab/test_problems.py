"""All that is wrong with a story's text is found, each at its key; and the line of each key."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.loader.problems import MOST_PROBLEMS, path_of_lines, problems
from tcptui.lab.toml_lines import key_lines
from tests.lab.test_loader import BAD
from tests.lab.worlds import HEAD
from tests.test_untrusted import SCENARIO, toml

FAST = settings(max_examples=100)


def found(toml: str, head: str = HEAD) -> list[str]:
    return [f"{one.where}: {text_of(one.message)}" for one in problems(head + toml, "x", "x.toml")[1]]


def test_a_story_that_is_right_has_none() -> None:
    scenario, wrong = problems(library.text_of("life"), "life", "life.toml")
    assert wrong == []
    assert scenario == library.load_named("life")


def test_everything_is_told_at_the_place_that_it_has_in_the_file() -> None:
    wrong = found(
        "place = -1\ncolour = 1\n"
        'A.script = [{ call = "x" }, { call = "listen" }, { call = "y" }, { at = "1s" }]\n'
        'B.set = { "net.ipv4.tcp_sakc" = 1, msl = 5 }\nwire.delay = "0ms"\n'
        'expect.events = ["A SYN", "?", 5, "B SYN", "!"]\n'
        'variant = [{ name = "a", B = { port = 0 } }, { set = 1 },'
        ' { name = "c", set = { x = 1 }, say = 1 }]\n'
    )
    assert sorted(one.split(": ")[0] for one in wrong) == [
        "A.script[1].call", "A.script[3].call", "A.script[4].call", "B.set.msl", "B.set.net.ipv4.tcp_sakc",
        "colour", "expect.events[2]", "expect.events[3]", "expect.events[5]", "place", "variant[1].B.port",
        "variant[2].name", "variant[3].say", "variant[3].set.x", "wire.delay",
    ]  # fmt: skip


def test_what_is_missing_is_told_once() -> None:
    assert found("", "") == ["title: is missing", "question: is missing"]
    assert found('A.script = [{ call = "x" }]') == [
        one for one in found('A.script = [{ call = "x" }]') if "is unknown" in one
    ]


def test_no_toml_is_one_problem() -> None:
    (wrong,) = found("[A")
    assert "no valid TOML" in wrong


def test_there_is_an_end_of_problems() -> None:
    assert len(found("\n".join(f"key{one} = 1" for one in range(200)))) <= 2 * MOST_PROBLEMS


@pytest.mark.parametrize("case", BAD)
def test_what_the_loader_refuses_is_found(case: str) -> None:
    assert found(BAD[case].toml, BAD[case].head)


# Lines.

TOML = """\
title = "t" # title = 2
A.isn = 5
"zh".title = 'x'
list = [ # nothing
    "one", "]",
    { a = 1, b = [2,
        3], "net.ipv4" = 4 },
]
text = \"\"\"
x = 1
\"\"\"
date = 1979-05-27 07:32:00
[B]
set.msl = "5s"
script = [{ call = "x" },
  { call = "y" }]
[[variant]]
name = "a"
[variant.expect]
events = ["x"]
[[variant]]
name = "b"
[variant.A]
port = 1
"""


def test_every_key_and_item_has_its_line() -> None:
    assert key_lines(TOML) == {
        ("title",): 1, ("A",): 2, ("A", "isn"): 2, ("zh",): 3, ("zh", "title"): 3, ("list",): 4,
        ("list", 1): 5, ("list", 2): 5, ("list", 3): 6, ("list", 3, "a"): 6, ("list", 3, "b"): 6,
        ("list", 3, "b", 1): 6, ("list", 3, "b", 2): 7, ("list", 3, "net.ipv4"): 7, ("text",): 9,
        ("date",): 12,
        ("B",): 13, ("B", "set"): 14, ("B", "set", "msl"): 14, ("B", "script"): 15, ("B", "script", 1): 15,
        ("B", "script", 1, "call"): 15, ("B", "script", 2): 16, ("B", "script", 2, "call"): 16,
        ("variant",): 17, ("variant", 1): 17, ("variant", 1, "name"): 18, ("variant", 1, "expect"): 19,
        ("variant", 1, "expect", "events"): 20, ("variant", 1, "expect", "events", 1): 20,
        ("variant", 2): 21, ("variant", 2, "name"): 22, ("variant", 2, "A"): 23,
        ("variant", 2, "A", "port"): 24,
    }  # fmt: skip


@pytest.mark.parametrize("name", library.names())
def test_the_lines_are_of_all_that_the_parser_finds(name: str) -> None:
    text = library.text_of(name)
    assert paths(tomllib.loads(text)) == set(key_lines(text))


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Of every key and item."""
    here = {path} if path else set()
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value, 1))
    return here.union(*(paths(item, (*path, key)) for key, item in items))


def test_the_nearest_line_of_a_place_comes_first() -> None:
    lines = key_lines(TOML)
    assert path_of_lines("variant[2].A.port", lines)[0] == ("variant", 2, "A", "port")
    nearest = [path for path in path_of_lines("variant[2].set.x", lines) if path in lines]
    assert nearest[0] == ("variant", 2)
    assert path_of_lines("list[3].net.ipv4", lines)[0] == ("list", 3, "net.ipv4")


@FAST
@given(st.text(alphabet="[]{}=,.\"'#ab1 \n\\", max_size=60))
def test_any_text_has_lines(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


@pytest.mark.parametrize("value", [5, -1, True, "x", "", [], ["x"], {}, {"x": 1}, [{}], 1.5])
def test_whatever_stands_at_a_place_problems_are_found_and_nothing_is_raised(value: object) -> None:
    for path in all_places(SCENARIO):
        document = copy.deepcopy(SCENARIO)
        holder: Any = document
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = value
        text = "\n".join(f"{key} = {toml(item)}" for key, item in document.items())
        scenario, wrong = problems(text, "x", "x.toml")
        assert (scenario is None) == bool(wrong)
        assert len({(one.where, text_of(one.message)) for one in wrong}) == len(wrong), "each once"
        lines = key_lines(text)
        assert all(any(path in lines for path in path_of_lines(one.where, lines)) for one in wrong), wrong


def all_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Of everything that stands in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([path] if path else []) + [one for key, item in items for one in all_places(item, (*path, key))]
