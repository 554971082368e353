"""Graphviz reads the state diagrams, and they show the way of the run."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tcptui import library
from tcptui.formats.dot import dot_text, quoted
from tcptui.formats.state_way import way_of
from tcptui.lab.run import play
from tcptui.view.inspectors.state_figure import FIGURE
from tests.skips import unavailable


def read(text: str, form: str = "dot_json") -> Any:
    """The graph as Graphviz has read it."""
    program = shutil.which("dot")
    if program is None:
        unavailable("graphviz is not installed")
    done = subprocess.run(
        [program, f"-T{form}"], input=text.encode(), capture_output=True, check=True, timeout=60
    )
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["life", "late-syn", "both-open", "lost-syns"])
def test_the_ways_of_both_ends_are_numbered(name: str) -> None:
    run = play(library.load_named(name))
    graph = read(dot_text(run))
    names = {one["_gvid"]: one["name"] for one in graph["objects"]}
    assert len(names) == 11
    visits: dict[tuple[str, str], list[str]] = {}
    for edge in graph["edges"]:
        arrow = names[edge["tail"]], names[edge["head"]]
        is_taken = "bold" in edge.get("style", "")
        visits.setdefault(arrow, []).extend(edge["label"].split("\\n")[0].split() if is_taken else [])
    assert {(one.old.value, one.new.value) for one in FIGURE} <= set(visits)
    for side in ("A", "B"):
        way = way_of(run, side)
        assert len(way) > 1
        for change in way:
            assert change.name in visits[change.old.value, change.new.value]
        entered = iter([change.new for change in way])
        assert all(seen.state in entered for seen in run.path_with_prelude(side)[1:])


def test_an_arrow_of_the_figure_is_bold_only_for_its_own_cause() -> None:
    """TIME-WAIT that a RST ends does not end by its timeout."""
    text = dot_text(play(library.load_named("late-syn")))
    assert '"TIME-WAIT" -> "CLOSED" [label="2 MSL timeout"]' in text
    assert '"TIME-WAIT" -> "CLOSED" [label="A6\\nrcv RST", style="bold,dashed"' in text


def test_every_story_and_any_title_is_read() -> None:
    graphs = [dot_text(play(listed.load())) for listed in library.all_scenarios()]
    titles = ('a"]; b [c="', "\\N \\", "<b>&lt;", "a\x1b\0b", "\\")
    graphs += [f"digraph {{ a [label={quoted(title)}] }}" for title in titles]
    program = shutil.which("dot")
    if program is None:
        unavailable("graphviz is not installed")
    done = subprocess.run(
        [program, "-Tcanon"], input="".join(graphs).encode(), capture_output=True, check=True, timeout=60
    )
    assert not done.stderr
    assert done.stdout.count(b"digraph") == len(graphs)
    assert done.stdout.count(b"\ta\t") == 5
    assert b"\tb" not in done.stdout


def test_a_connection_that_ends_goes_to_closed_before_another_stands_for_its_end() -> None:
    text = dot_text(play(library.load_named("late-syn")))
    assert '"LAST-ACK" -> "CLOSED" [label="B6\\nrcv ACK of FIN", style=bold' in text
    assert '"CLOSED" -> "LISTEN" [label="B7", style="bold,dashed"' in text
