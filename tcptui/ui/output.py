"""What is written to a terminal, in fewer octets that draw the same.

Why it is so. Over SSH a reader feels how many octets the answer to a key has. Textual writes every piece of a
line that has changed with a movement of the cursor before it and a line feed behind it, and each text in a
style between the style and a reset (ECMA-48, SGR). Most of that says what the terminal knows already: where
the cursor is moved at once to somewhere else, or the style that is set is the one that was just reset. A
quarter of the octets of a step are of that kind.

So a movement and a style are kept back until there is a text that needs them. The state at the end of every
write is the one that the whole of it would have left, so that writes are independent of each other. Whatever
is not understood here is a text like any other, before which all that was kept back is written.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SEQUENCE = re.compile(r"(\x1b\[[0-9;]*m|\x1b\[[0-9]+;[0-9]+H|\r\n)")
_ONLY_A_COLOUR = re.compile(r"(?:38;5;[0-9]+|38;2;[0-9]+;[0-9]+;[0-9]+|[39][0-7]|)")
"""The state of a terminal in which blanks look as they do without it."""
_RESET = "\x1b[0m"
"""Ends each style that Rich writes. What has none of it is as short as it can be (`PiecesUpdate`)."""
_LEAST = 64
"""Octets below which there is nothing to be gained."""


def shorter(data: str) -> str:
    """The same on any terminal that knows SGR and CUP, from whatever state it begins with."""
    if len(data) < _LEAST or _RESET not in data:
        return data
    written: list[str] = []
    moves = ""
    actual: str | None = None
    """What the terminal has; None: nobody knows."""
    wanted: str | None = None
    for place, piece in enumerate(_SEQUENCE.split(data)):
        if not piece:
            continue
        if not place % 2:
            if moves:
                written.append(moves)
                moves = ""
            if wanted != actual and not (piece.isspace() and is_blank(actual) and is_blank(wanted)):
                written.append(change(actual, wanted))
                actual = wanted
            written.append(piece)
        elif piece == "\r\n":
            moves += piece
        elif piece[-1] == "H":
            moves = piece
        elif piece in ("\x1b[0m", "\x1b[m"):
            wanted = ""
        elif wanted is None:
            written.append(moves + piece)  # On top of a state that nobody knows.
            moves = ""
        else:
            wanted = f"{wanted};{piece[2:-1]}" if wanted else piece[2:-1]
    if wanted != actual:
        moves += change(actual, wanted)
    return "".join(written) + moves


def is_blank(state: str | None) -> bool:
    """Whether a blank looks in that state as it does without any; it may not in one that nobody knows."""
    return state is not None and _has_only_a_colour(state)


@lru_cache(maxsize=256)
def _has_only_a_colour(state: str) -> bool:
    return _ONLY_A_COLOUR.fullmatch(state) is not None


def change(actual: str | None, wanted: str | None) -> str:
    """From a state of the terminal, as SGR parameters, to another; "" is the one after a reset."""
    if not wanted:
        return "\x1b[m"
    if actual == "" or (is_blank(actual) and _has_only_a_colour(wanted)):
        return f"\x1b[{wanted}m"
    return f"\x1b[0;{wanted}m"
