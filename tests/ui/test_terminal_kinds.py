"""What is drawn in which terminal, before it has been asked anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tcptui.ui.terminal_kinds import draws_only_ascii, may_ask, palette_of


def palette_in(**environment: str) -> str:
    """In a process of its own: terminfo is read once in each."""
    code = "import os; from tcptui.ui.terminal_kinds import palette_of; print(palette_of(os.environ))"
    finished = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return finished.stdout.strip()


@pytest.mark.parametrize(
    ("terminal", "palette"),
    [("xterm", "16"), ("screen", "16"), ("linux", "16"), ("vt100", "mono"), ("vt220", "mono"),
     ("xterm-256color", "any"), ("tmux-256color", "any"), ("screen-256color", "any"), ("xterm-kitty", "any"),
     ("no-such-terminal", "16")],
)  # fmt: skip
def test_the_number_of_colours_chooses_the_palette(terminal: str, palette: str) -> None:
    assert palette_in(TERM=terminal) == palette


def test_what_a_terminal_says_of_its_colours_counts() -> None:
    assert palette_of({"TERM": "xterm", "COLORTERM": "truecolor"}) == "any"
    assert palette_of({"TERM": "xterm-256color", "COLORFGBG": "15;0"}) == "dark"
    assert palette_of({"TERM": "xterm-256color", "COLORFGBG": "0;default;15"}) == "light"
    assert palette_of({"TERM": "xterm-256color", "COLORFGBG": "default;default"}) == "any"


def test_no_color_is_mono_if_it_says_anything() -> None:
    assert palette_of({"TERM": "xterm-256color", "NO_COLOR": "1"}) == "mono"
    assert palette_of({"TERM": "xterm-256color", "NO_COLOR": ""}) == "any"


@pytest.mark.parametrize("terminal", ["linux", "vt100", "dumb", "screen", "screen-256color"])
def test_who_would_not_answer_is_not_asked(terminal: str) -> None:
    assert not may_ask({"TERM": terminal})


@pytest.mark.parametrize("terminal", ["xterm", "xterm-256color", "tmux-256color", "foot"])
def test_others_are_asked(terminal: str) -> None:
    assert may_ask({"TERM": terminal})


def test_tmux_answers_whatever_it_calls_itself() -> None:
    assert may_ask({"TERM": "screen", "TMUX": "/tmp/tmux-0/default,1,0"})


@pytest.mark.parametrize(
    ("terminal", "encoding", "only_ascii"),
    [("xterm", "utf-8", False), ("xterm", "ISO-8859-1", True), ("xterm", "ascii", True),
     ("xterm", "euc_jp", True), ("xterm", "no-such-encoding", True), ("xterm", None, True),
     ("linux", "utf-8", True), ("vt100", "utf-8", True), ("tmux-256color", "utf-8", False)],
)  # fmt: skip
def test_ascii_where_the_encoding_or_the_terminal_knows_no_more(
    terminal: str, encoding: str | None, only_ascii: bool
) -> None:
    assert draws_only_ascii({"TERM": terminal}, encoding) is only_ascii
