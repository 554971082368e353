"""ASCII keeps every column where it is."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tcptui import library
from tcptui.formats.ladder import ladder_text
from tcptui.lab.run import play
from tcptui.ui.preferences import Preferences
from tcptui.view.ascii import to_ascii
from tests.ui.drive import drive


@pytest.mark.parametrize("text", ["┃── #1 SYN ─╮ │", "你好 ▶", "plain", "é…", ""])
def test_it_is_ascii_and_as_wide(text: str) -> None:
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == cell_len(text)


def test_life_lines_and_heads_stay_apart() -> None:
    assert to_ascii("┊ │ ┃ ║") == ": | # H"
    assert to_ascii("──▶ ◀── ✗ ┼ ┄") == "--> <-- x + ."


@pytest.mark.parametrize("name", library.names())
def test_a_ladder_in_ascii_has_no_unknown_sign(name: str) -> None:
    text = ladder_text(play(library.find(name)))
    assert to_ascii(text).count("?") == text.count("?")


@pytest.mark.parametrize(
    ("scenario", "keys"), [("life", ["i"]), ("life", ["a"]), (None, []), ("life", ["m"])]
)
def test_the_screen_in_ascii_has_no_unknown_sign(scenario: str | None, keys: list[str]) -> None:
    screenshot, _ = drive(
        scenario, keys, moves="s9" if scenario else "", preferences=Preferences(ascii_only=True)
    )
    assert screenshot.text.isascii()
    plain, _ = drive(scenario, keys, moves="s9" if scenario else "")
    assert screenshot.text.split() == to_ascii(plain.text).split()
    assert screenshot.text.count("?") == plain.text.count("?")
