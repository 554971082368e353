"""Texts of other people, made safe for a terminal.

File names, arguments and what a file says can hold escape sequences, which a terminal obeys, and characters
that change the order or hide the presence of others: bidirectional controls, U+FEFF. Whatever is written to a
terminal goes through `printable`.
"""

from __future__ import annotations

_JOINERS = str.maketrans("", "", "\u200c\u200d")
"""Format characters that words and emoji are spelled with: ZWNJ, ZWJ. They are written as they are."""


def is_printable(text: str) -> bool:
    """Whether every character is one that a terminal shows, a blank, or a joiner."""
    return text.isprintable() or text.translate(_JOINERS).isprintable()


def printable(text: str) -> str:
    r"""The text with each other character escaped as Python does it: ``\x1b``, ``\u202e``, ``\udcff``."""
    if is_printable(text):
        return text
    return "".join(character if is_printable(character) else ascii(character)[1:-1] for character in text)
