"""Mermaid's own parser reads the sequence diagrams."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tcptui import library
from tcptui.formats import mermaid
from tcptui.formats.mermaid import MOST_CHARACTERS, escaped, mermaid_text, write
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.lab.wire import Outcome
from tests.lab.worlds import OPEN, scenario
from tests.messages import refused
from tests.skips import unavailable

PARSER = Path(__file__).parent / "mermaid"
HOSTILE = (
    "end", "wrap: a; b", "%%{init: {'theme': 'x'}}%% #59; #quot;", "<img src=x onerror=alert(1)>", "$$x^2$$",
    "A->>B: x", "a\\nb\tc", "ﬂ°°35¶ß `x` \"q\" & ] } )", "\x1b[31m \u202e",
)  # fmt: skip
NOTE = 2
LOST = 3
"""The parser's numbers of the kinds of messages; the others are arrows with heads."""


def read(texts: list[str]) -> list[dict[str, Any]]:
    """What the parser makes of them."""
    node = shutil.which("node")
    if node is None or not (PARSER / "node_modules" / "mermaid").is_dir():
        unavailable(f"Mermaid is not installed: npm install --prefix {PARSER}")
    done = subprocess.run(
        [node, "parse.js"],
        cwd=PARSER,
        input=json.dumps(texts),
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def drawn(text: str) -> str:
    """A text as the parser gives it, its entity codes as the signs that are drawn."""
    return re.sub(r"ﬂ°°(\d+)¶ß", lambda found: chr(int(found[1])), text)


def test_the_parser_finds_every_segment_of_every_story() -> None:
    stories = [listed.load() for listed in library.all_scenarios()]
    stories += [scenario_of_variant(story, one.name) for story in stories for one in story.variants]
    runs = [play(story) for story in stories]
    for run, found in zip(runs, read([mermaid_text(run) for run in runs]), strict=True):
        assert "error" not in found, (run.scenario.name, found)
        assert drawn(found["title"]) == run.scenario.title
        arrows = [one for one in found["messages"] if one[2] != NOTE]
        assert sorted((one.sender, one.receiver) for one in run.transmissions) == sorted(
            (one[0], one[1]) for one in arrows
        )
        lost = [one for one in run.transmissions if one.outcome is Outcome.LOST]
        assert len(lost) == sum(one[2] == LOST for one in arrows)
        numbers = {int(drawn(one[3])[1:].split()[0]) for one in arrows}
        assert numbers == {one.number for one in run.transmissions}


def test_no_text_means_anything_to_the_parser() -> None:
    texts = [f"sequenceDiagram\n    title {escaped(one)}\n    Note over A: {escaped(one)}" for one in HOSTILE]
    for hostile, found in zip(HOSTILE, read(texts), strict=True):
        assert "error" not in found, (hostile, found)
        note = found["messages"][0][3]
        assert (
            drawn(found["title"])
            == drawn(note)
            == hostile.replace("\t", "\\t").replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
        )


def test_a_message_stands_where_its_segment_arrives_or_is_lost() -> None:
    text = mermaid_text(play(scenario(OPEN), parse_moves("a:send:one a:send:two d1+100ms l2")))
    labels = re.findall(r"(A\S+B): #35;(\d+) .*\((.*)\)", text)
    assert labels[:2] == [("A-xB", "2", "0.000, lost"), ("A->>B", "1", "0.000 → 0.150")]


def test_a_run_that_would_not_be_drawn_is_refused() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:x s s " * 500))
    size = len(mermaid_text(run))
    assert size > MOST_CHARACTERS
    told = f"^Mermaid draws at most 50000 characters, and this run of {len(run.reports)} steps takes {size}$"
    with refused(Unsuitable, match=told):
        write(run, "wire")


def test_its_characters_are_counted_as_mermaid_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In code units of UTF-16: this letter has two."""
    run = play(scenario(OPEN)._replace(title="\U0001d49c"))
    size = len(mermaid_text(run)) + 1
    monkeypatch.setattr(mermaid, "MOST_CHARACTERS", size)
    assert write(run, "wire") == mermaid_text(run)
    monkeypatch.setattr(mermaid, "MOST_CHARACTERS", size - 1)
    with refused(Unsuitable, match=f"takes {size}$"):
        write(run, "wire")
