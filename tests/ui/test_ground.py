"""The colour of the ground: asked for after the first frame, never taken for keys, nor left in the shell."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.ui.answers import QUESTIONS, Answers
from tcptui.ui.driver import ANSWER_PATIENCE
from tests.ui.pseudo_terminal import PseudoTerminal

PLAY = ("play", "handshake")
KIND = "\x1b[?62;22c"
DARK, LIGHT = "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]11;rgb:ff/ff/f0\x07"
ORANGE, BROWN = b"38;5;208m", b"38;5;94m"
"""The colours of A in the palettes for a dark ground and for a light one."""


def taken(*pieces: str) -> tuple[str, Answers]:
    answers = Answers()
    answers.awaited = True
    passed = "".join(answers.pass_on(piece) for piece in pieces)
    return passed + answers.release(), answers


@pytest.mark.parametrize(
    ("answer", "ground"),
    [(DARK, (30, 30, 30)), (LIGHT, (255, 255, 240)), ("\x1b]11;rgba:0000/8000/ffff/ffff\x07", (0, 127, 255)),
     ("\x1b]11;rgb:f/0/8\x1b\\", (255, 0, 136)), ("\x1b]11;what?\x07", None)],
)  # fmt: skip
@pytest.mark.parametrize("cut", range(30))
def test_an_answer_is_taken_out_wherever_it_is_divided(
    answer: str, ground: tuple[int, int, int] | None, cut: int
) -> None:
    text = f"a{answer}b{KIND}\x1b[A"
    passed, answers = taken(text[:cut], text[cut:])
    assert passed == "ab\x1b[A"
    assert answers.ground == ground
    assert not answers.awaited


@given(st.lists(st.text("\x1b[]?11;cab\\\x07:/rgb", max_size=12), max_size=6))
def test_nothing_but_answers_is_taken(pieces: list[str]) -> None:
    passed, answers = taken(*pieces)
    whole = "".join(pieces)
    if "\x1b]11;" not in whole and "\x1b[?" not in whole:
        assert passed == whole
        assert answers.ground is None


def test_what_begins_like_an_answer_is_a_key_when_nothing_follows() -> None:
    for key in ("\x1b", "\x1b]", "\x1b[", "\x1b]1"):
        answers = Answers()
        answers.awaited = True
        assert answers.pass_on(f"x{key}") == "x"
        assert answers.release() == key
        answers.awaited = False
        assert answers.pass_on(key) == key


@pytest.mark.parametrize(("ground", "colour"), [(DARK, ORANGE), (LIGHT, BROWN)])
def test_a_terminal_that_answers_has_the_palette_for_its_ground(ground: str, colour: bytes) -> None:
    with PseudoTerminal(*PLAY, answer=(ground + KIND).encode()) as terminal:
        terminal.until(" help")
        terminal.until(colour.decode())
        terminal.send(b" ")
        terminal.until("passive OPEN")  # No key was made of the answer.
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_an_answer_that_comes_late_repaints() -> None:
    with PseudoTerminal(*PLAY, answer=None) as terminal:
        terminal.until(QUESTIONS)
        terminal.settle(ANSWER_PATIENCE + 0.3)
        for octet in (LIGHT + KIND).encode():
            os.write(terminal.fd, bytes((octet,)))
            time.sleep(0.002)
        terminal.until(BROWN.decode())
        terminal.send(b" ")
        terminal.until("passive OPEN")
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_who_leaves_at_once_leaves_no_answer_to_the_shell() -> None:
    with PseudoTerminal(*PLAY, answer=None) as terminal:
        terminal.until(QUESTIONS)
        terminal.send(b"q")
        terminal.settle(0.2)
        assert os.waitpid(terminal.pid, os.WNOHANG) == (0, 0)
        os.write(terminal.fd, (DARK + KIND).encode())
        assert terminal.ends(ANSWER_PATIENCE / 2) == 0
        assert terminal.settings() == terminal.before


def test_who_leaves_does_not_wait_long_for_a_terminal_that_does_not_answer() -> None:
    with PseudoTerminal(*PLAY, answer=None) as terminal:
        terminal.until(QUESTIONS)
        terminal.settle(ANSWER_PATIENCE)
        began = time.monotonic()
        terminal.send(b"q")
        assert terminal.ends() == 0
        assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "linux"}, {"TERM": "vt100"}, {"TERM": "screen"}, {"TERM": "xterm"}, {"NO_COLOR": "1"},
     {"TCPTUI_THEME": "dark"}],
)  # fmt: skip
def test_nothing_is_asked_where_it_would_be_of_no_use(environment: dict[str, str]) -> None:
    with PseudoTerminal(*PLAY, env=environment, answer=None) as terminal:
        terminal.until(" help")
        terminal.settle(0.5)
        assert b"\x1b]11" not in terminal.all
        terminal.send(b"q")
        assert terminal.ends() == 0
