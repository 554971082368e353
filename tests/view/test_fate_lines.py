"""The lines of a selected segment: why it was sent and what came of it, whole where there is room."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.message import Message
from tcptui.explain.fate import Told, fates
from tcptui.lab.history import History
from tcptui.view.fate_lines import fate_lines
from tcptui.view.lines import line_width, plain_text


@pytest.mark.parametrize("name", ["life", "lost-syn-ack", "udp-no-port", "late-syn", "slow-reader"])
def test_they_have_their_size_and_tell_the_rule_at_every_moment(name: str) -> None:
    history = History(library.find(name))
    while history.world.next_event() is not None:
        history.apply()
        for one in history.transmissions():
            told = fates(one, history.report_of, history.scenario, history.world.now)
            for width, height in ((80, 2), (80, 4), (120, 3), (200, 2)):
                lines = fate_lines(*told, width, height, raw=False)
                assert 2 <= len(lines) <= height
                assert all(line_width(line) == width for line in lines)
                shown = " ".join(plain_text(line) for line in lines)
                for part in told:
                    assert part.source.partition(",")[0] in shown


def told(words: int, source: str = "RFC 9293 3.10.2, ESTABLISHED") -> Told:
    return Told((Message.of("move.written", text=" ".join(["word"] * words)),), source)


def test_the_first_that_is_too_long_has_the_lines_that_are_left() -> None:
    texts = [plain_text(line) for line in fate_lines(told(25), told(25), 80, 3, raw=False)]
    assert texts[0].startswith(" sent because  word")
    assert texts[1].startswith(" " * 15 + "word")
    assert texts[1].endswith("RFC 9293 3.10.2"), "the section has room before the check in it"
    assert texts[2].startswith(" on arrival    word")
    assert "word…" in texts[2]
    assert texts[2].endswith("RFC 9293 3.10.2"), "the section has room before the check in it"


def test_what_has_no_rule_has_the_line_for_itself() -> None:
    texts = [plain_text(line) for line in fate_lines(told(3, ""), told(12, ""), 80, 2, raw=False)]
    assert texts == [" sent because  word word word", " on arrival    " + " ".join(["word"] * 12)]


@pytest.mark.parametrize("height", [2, 3, 4])
def test_in_a_narrow_line_the_rule_gives_way_to_the_sentence(height: int) -> None:
    texts = [plain_text(line) for line in fate_lines(told(40), told(4), 38, height, raw=False)]
    assert texts[height - 2].rstrip().endswith("word…"), "and what is cut says so"
    assert texts[-1].startswith(" on arrival    word word word word")


def test_a_rule_that_would_leave_a_few_words_gives_way_to_them() -> None:
    texts = [plain_text(line) for line in fate_lines(told(3), told(12), 56, 2, raw=False)]
    assert texts[0].endswith("RFC 9293 3.10.2")
    assert texts[1] == " on arrival    word word word word word word word…"
    assert fate_lines(told(12), told(3), 80, 2, raw=False)[0][-1][1] == "rule", "there both have room"
