"""What is known of the terminal before it is asked: from the environment, terminfo and the encoding."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcptui.view.palette import PaletteName

SIGNS = "─│┃┊╭╯▶◀▸✗…·"
"""Some of what the screen draws; an encoding that has these has the others."""
_ASCII_ONLY = ("linux", "vt", "ansi", "cons25", "sun")
"""Terminals, by the beginning of their names, whose characters are not these: hardware, and consoles whose
fonts have at most 512 signs, no rounded corners and no arrow heads among them."""
_WITHOUT_COLOURS = ("vt", "dumb", "sun")
_SILENT = (*_ASCII_ONLY, "dumb", "screen", "eterm")
"""Those that do not know OSC, or do not pass it on: GNU screen would hand on the answer as typed keys."""
_MANY_COLOURS = ("256color", "direct", "truecolor", "kitty", "alacritty", "ghostty", "wezterm", "foot")


def draws_only_ascii(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Whether the terminal, or the encoding in which is written, can't draw boxes and arrows."""
    if environment.get("TERM", "").startswith(_ASCII_ONLY):
        return True
    try:
        SIGNS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def palette_of(environment: Mapping[str, str], colours_of: Callable[[str], int] | None = None) -> PaletteName:
    """The palette that suits the terminal, as far as can be known without asking it. `colours_of` tells how
    many colours a terminal of that name has; by default terminfo does, which knows that of this process
    alone."""
    if environment.get("NO_COLOR"):  # Not empty: https://no-color.org
        return "mono"
    name = environment.get("TERM", "")
    if environment.get("COLORTERM", "") not in ("truecolor", "24bit") and not any(
        word in name for word in _MANY_COLOURS
    ):
        colours = (colours_of or terminfo_colours)(name)
        if colours < 256:
            return "16" if colours >= 8 else "mono"
    return _ground_palette(environment.get("COLORFGBG", ""))


def may_ask(environment: Mapping[str, str]) -> bool:
    """Whether the terminal may be sent what is not for the screen: questions, and text for the clipboard."""
    return "TMUX" in environment or not environment.get("TERM", "dumb").startswith(_SILENT)


def _ground_palette(hint: str) -> PaletteName:
    """What rxvt, Konsole and others say of their colours: ``15;0``, the number of the ground being last."""
    number = hint.rpartition(";")[2]
    if not number.isdecimal():
        return "any"
    return "light" if number in ("7", "15") else "dark"


def terminfo_colours(name: str) -> int:
    """How many colours terminfo says that it has, -1 for none; 8, if terminfo does not know the terminal."""
    try:
        import curses
    except ImportError:
        return 8
    try:
        with open(os.devnull, "wb") as nowhere:
            curses.setupterm(name, nowhere.fileno())
        return curses.tigetnum("colors")
    except curses.error:
        return 8


def likely_colours(name: str) -> int:
    """How many colours a terminal of that name has, -1 for none, without a look at any file: for one that is
    not here."""
    return -1 if name.startswith(_WITHOUT_COLOURS) else 8
