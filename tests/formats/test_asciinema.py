"""The recording: lines of JSON, each screen within its size, and at the end the ladder."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from tcptui import library
from tcptui.explain.filled import said_now
from tcptui.explain.why import why
from tcptui.formats.asciinema import CLEAR, HEIGHT, LADDER, LEAST, WIDTH, write
from tcptui.formats.ladder import ladder_lines
from tcptui.formats.replayed import told_of
from tcptui.lab.run import play
from tcptui.view.ascii import to_ascii
from tcptui.view.cells import cell_len
from tcptui.view.ladder import whole_window
from tests.lab.worlds import scenario

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
BEFORE = 8 + 13 + 1
"""Columns up to the life line of A."""


def read(text: str) -> tuple[dict[str, Any], list[tuple[float, str, str]]]:
    """The header and the events."""
    header, *events = [json.loads(line) for line in text.splitlines()]
    return header, [(at, code, data) for at, code, data in events]


@pytest.mark.parametrize("name", library.names())
def test_each_step_is_a_screen_and_the_last_is_the_ladder(name: str) -> None:
    run = play(library.load_named(name))
    header, events = read(write(run, "wire"))
    assert (header["version"], header["width"], header["height"]) == (2, WIDTH, HEIGHT)
    assert header["title"] == run.scenario.title
    times = [at for at, _, _ in events]
    assert all(later - earlier >= LEAST - 0.02 for earlier, later in pairwise(times))
    assert {code for _, code, _ in events} == {"o"}
    screens = [data for _, _, data in events[:-1]]
    assert events[-1][2] == ""
    assert len(screens) == 1 + len(run.reports) + (not run.complete)
    for screen in screens:
        assert screen.startswith(CLEAR)
        rows = COLOURS.sub("", screen.removeprefix(CLEAR)).split("\r\n")
        assert len(rows) <= HEIGHT
        assert all(cell_len(row) <= WIDTH for row in rows)
        assert not any("\x1b" in row or row.endswith(" ") for row in rows)
    ladder = ladder_lines(run, whole_window(run.reports, run.first), WIDTH)
    drawn = [row for row in rows[3 : 3 + LADDER] if row]
    if "⋮" in drawn[-1]:
        drawn.pop()  # Nothing has happened since.
    if len(ladder) <= len(drawn):
        assert drawn == ladder
    else:  # In a window that is cut a segment may turn at another column: times and states are the same.
        assert len(drawn) >= LADDER // 2
        assert [row[:BEFORE] for row in drawn[1:]] == [row[:BEFORE] for row in ladder[1 - len(drawn) :]]


def test_the_sentence_of_the_step_stands_below() -> None:
    run = play(library.load_named("handshake"))
    _, events = read(write(run, "wire"))
    for (_, _, screen), (history, told) in zip(events[1:], told_of(run), strict=False):
        assert told == why(history.report, history.world, history.transmissions(), run.scenario.raw_numbers)
        below = " ".join(COLOURS.sub("", screen).split("\r\n")[3 + LADDER :])
        assert told.what.split(".")[0] in below
        if history.narration is not None:
            for said in said_now(history.narration, history.world):
                assert f"\x1b[1m{said[:40]}" in screen


def test_no_text_of_a_story_reaches_the_terminal_as_more_than_text() -> None:
    run = play(scenario()._replace(title="\x1b]0;x\x07\u202e", question="\x1b[2J"))
    header, events = read(write(run, "wire"))
    assert "\x1b" not in header["title"]
    for _, _, screen in events:
        assert not {"\x1b", "\x07", "\u202e"} & set(COLOURS.sub("", screen.removeprefix(CLEAR)))


def test_it_can_be_ascii() -> None:
    """Escaped, the signs of the screen would be there all the same when it is played."""
    run = play(library.load_named("handshake"))
    _, events = read(to_ascii(write(run, "wire")))
    assert all(data.isascii() for _, _, data in events)
