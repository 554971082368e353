"""The format ``ledger``: a row for each segment, a column for each fact and end."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.formats.registry import export
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tests.lab.worlds import OPEN, scenario


def rows_of(text: str) -> list[list[str]]:
    """The cells of the rows, from the number of the segment on."""
    return [line.split()[1:] for line in text.splitlines() if " ▸ " in line]


def test_the_handshake() -> None:
    text = export(play(library.find("handshake")), "ledger")
    assert isinstance(text, str)
    assert "  3  the peer knows that\n" in text
    assert rows_of(text) == [
        ["#1", "SYN", "▸", "B", "-", "-", "-", "-", "-", "-", "-", "#1", "-", "-", "-", "-"],
        ["#2", "SYN,ACK", "▸", "A", "#2", "#2", "-", "-", "-", "-", "-", "#1", "-", "-", "-", "-"],
        ["#3", "ACK", "▸", "B", "#2", "#2", "-", "-", "-", "-", "#3", "#1", "#3", "-", "-", "-"],
    ]
    assert text.endswith("\n\nfate not known of: A #3 ACK, B none\n")


def test_what_is_lost_proves_nothing_and_what_the_prelude_proved_is_known() -> None:
    text = export(play(scenario(OPEN), parse_moves("a:shutdown l1")), "ledger")
    assert isinstance(text, str)
    assert " ".join(rows_of(text)[0]) == "#1 FIN,ACK ▸ lost yes yes - - - never yes yes yes - - -"


def test_what_is_lost_comes_after_what_has_drawn_it() -> None:
    story = scenario(f"{OPEN}wire.faults = 'lose B ACK'\n")
    text = export(play(story, parse_moves("a:send:x")), "ledger")
    assert isinstance(text, str)
    assert [row[0] for row in rows_of(text)[:2]] == ["#1", "#2"]


@pytest.mark.parametrize("name", library.names())
def test_every_story_has_one_of_a_hundred_columns(name: str) -> None:
    text = export(play(library.find(name)), "ledger")
    assert isinstance(text, str)
    assert max(map(len, text.splitlines())) <= 100
