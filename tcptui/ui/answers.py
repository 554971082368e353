r"""What the terminal answers to the question for the colour of its ground (xterm's OSC 11).

The question goes out together with one that every terminal answers, for its kind (DA1); answers come in the
order of the questions, so once that one has come, no other will. Textual's parser would take the first for
typed keys. `Answers` takes both out of what comes in, wherever it is divided, and keeps the rest as it is:
``ESC ] 11 ; rgb:RRRR/GGGG/BBBB ESC \``, each colour in one to four hexadecimal digits, ended by BEL too, and
``ESC [ ? 62 ; 22 c``.
"""

from __future__ import annotations

import re

from tcptui.ui.palette import Rgb

QUESTIONS = "\x1b]11;?\x1b\\\x1b[c"
# Compiled by `re` with the first answer, not before the first frame.
_ANSWER = r"\x1b\]11;([^\x07\x1b]{0,64})(?:\x07|\x1b\\)|\x1b\[\?[\d;]{0,64}c"
_BEGINNING = r"\x1b(\](1(1(;[^\x07\x1b]{0,64}\x1b?)?)?)?|\[(\?[\d;]{0,64})?)?\Z"
"""What an answer may begin with, at the end of what has come."""
_COLOUR = r"(?i)rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})"


class Answers:
    """Takes the answers out. As long as they are `awaited`, what may be the beginning of one is held back."""

    def __init__(self) -> None:
        self.awaited = False
        self.ground: Rgb | None = None
        """The colour that the terminal has told."""
        self._held = ""

    def pass_on(self, data: str) -> str:
        """What is left of `data`, and of what was held back, without answers."""
        if "\x1b" not in data and not self._held:
            return data
        data = re.sub(_ANSWER, self._take, self._held + data)
        self._held = ""
        if self.awaited and (beginning := re.search(_BEGINNING, data)):
            self._held = beginning.group()
            data = data[: beginning.start()]
        return data

    @property
    def is_holding(self) -> bool:
        """Whether something is held back."""
        return bool(self._held)

    def release(self) -> str:
        """What is held back, if nothing has followed it: a key such as Escape begins like an answer."""
        held, self._held = self._held, ""
        return held

    def _take(self, answer: re.Match[str]) -> str:
        if answer.group(1) is None:
            self.awaited = False
        elif colour := re.match(_COLOUR, answer.group(1)):
            red, green, blue = (int(part, 16) * 255 // (16 ** len(part) - 1) for part in colour.groups())
            self.ground = red, green, blue
        return ""
