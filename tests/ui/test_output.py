"""What is written in fewer octets leaves the same on the screen, and the terminal in the same state."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from tcptui.ui.output import shorter
from tcptui.ui.panes.update import Piece, PiecesUpdate
from tcptui.view.cells import cell_len

_TOKEN = re.compile(r"\x1b\[([0-9;]*)([mHKC])|(\r)|(\n)|(.)", re.DOTALL)


def drawn(data: str) -> tuple[dict[tuple[int, int], tuple[str, str]], tuple[int, int], str]:
    """The cells of a terminal with their styles, the cursor's place and the style that is set.

    A blank has no colour of its own; a style is what has been set since the last reset, of colours the last.
    """
    cells: dict[tuple[int, int], tuple[str, str]] = {}
    row, column = 0, 0
    colour, others = "?", "?"
    for parameters, final, is_return, is_feed, text in _TOKEN.findall(data):
        if final == "m":
            if parameters in ("", "0") or parameters.startswith("0;"):
                colour, others = "", ""
                parameters = parameters[2:]
            for one in re.findall(r"38;5;\d+|\d+", parameters):
                if one.startswith("38"):
                    colour = one
                else:
                    others += f";{one}"
        elif final == "H":
            row, column = (int(number) for number in parameters.split(";"))
        elif final == "C":
            column += int(parameters)
        elif final == "K":
            cells[row, -column] = ("erased", others)
        elif is_return:
            column = 0
        elif is_feed:
            row += 1
        elif text == " " and others == "":
            cells[row, column] = (" ", "")
            column += 1
        elif text:
            cells[row, column] = (text, colour + others)
            column += 1
    return cells, (row, column), colour + others


MOVES = st.builds("\x1b[{};{}H".format, st.integers(1, 5), st.integers(1, 30))
STYLED = st.builds(
    "\x1b[{}m{}\x1b[0m".format,
    st.sampled_from(["1", "7", "38;5;243", "38;5;63", "1;38;5;29", "7;38;5;29"]),
    st.text("ab ─", max_size=6),
)
PIECES = st.lists(
    st.one_of(MOVES, STYLED, st.text("xy ", min_size=1, max_size=6), st.sampled_from(["\r\n", "\x1b[K"])),
    max_size=30,
)


TEXTS = st.sampled_from(["a", "ab", "─", " ", "  ", "b ─ a"])
STYLES = st.sampled_from(["none", "bold", "reverse", "color(243)", "color(63)", "bold color(29)"])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), TEXTS, STYLES)))
def test_pieces_are_drawn_where_they_stand_in_their_styles(pieces: list[tuple[int, int, str, str]]) -> None:
    """None lies on another: one begins at a multiple of eight cells, or right behind the one before."""
    console = Console(color_system="256", force_terminal=True)
    plain: list[str] = []
    placed: list[Piece] = []
    for number, y, text, look in pieces:
        x = 8 * number + sum(one.width for one in placed if (one.y, one.x // 8) == (y, number))
        if x + len(text) <= 8 * number + 8:
            style = Style.parse(look)
            placed.append(Piece(x, y, cell_len(text), text, style))
            plain.append(f"\x1b[{y + 1};{x + 1}H{style.render(text)}")
    written = PiecesUpdate(placed).render_segments(console)
    before = "\x1b[0m"
    assert drawn(before + written)[::2] == drawn(before + "".join(plain) + "\x1b[m")[::2]
    assert shorter(written) == written


@given(PIECES)
def test_the_same_is_drawn(pieces: list[str]) -> None:
    data = "\x1b[0m" + "".join(pieces) + "\x1b[2;2H" + " " * 64
    cells, place, style = drawn(data)
    assert drawn(shorter(data)) == (cells, place, style)
    assert len(shorter(data)) <= len(data)


@given(PIECES)
def test_a_state_that_nobody_knows_is_left_alone(pieces: list[str]) -> None:
    data = "\x1b[1mbold" + "".join(pieces) + "x" * 64
    assert drawn(shorter(data)) == drawn(data)


def test_moves_and_resets_that_nothing_needs_are_left_out() -> None:
    data = "\x1b[0m\x1b[2;3H\x1b[38;5;243mone\x1b[0m\x1b[2;9H\r\n\x1b[3;1H"
    data += "\x1b[38;5;63mtwo\x1b[0m  \x1b[1mthree\x1b[0m"
    written = "\x1b[2;3H\x1b[0;38;5;243mone\x1b[3;1H\x1b[38;5;63mtwo  \x1b[0;1mthree\x1b[m"
    assert shorter(data) == written


def test_what_is_short_or_no_drawing_stays_as_it_is() -> None:
    assert shorter("\x1b[0m\x1b[0mx") == "\x1b[0m\x1b[0mx"
    text = "\x1b]52;c;" + "QUJD" * 40 + "\x07\x1b[?2026h"
    assert shorter(text) == text
