"""TOML of unknown origin, parsed in bounded time and memory.

Why something stands before `tomllib`. It keeps a record of every prefix of a key, so that time and memory
grow with the square of a key's parts: ``a.a.a...`` of 100 KB takes gigabytes. No scenario needs a key of more
than three parts; a longer one is refused before anything is parsed. Strings and comments may hold as many
dots as they like, so they are taken out first. What is left, a file being no longer than `LARGEST`,
takes `tomllib` well below a second; what is nested too deep ends in a RecursionError.
"""

from __future__ import annotations

import re

LARGEST = 64 << 10
"""Octets that a scenario's file may have; whoever reads the file looks at that."""
MOST_KEY_PARTS = 16

STRING = (
    r'"""(?:\\.?|[^\\])*?(?:"{3,5}|\Z)'
    r"|'''.*?(?:'{3,5}|\Z)"
    r'|"(?:\\.?|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
)
_STRING_OR_COMMENT = STRING + r"|#[^\n]*+"
"""A string that is not closed counts as one: `tomllib` refuses it there, whatever follows."""

_LONG_KEY = rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MOST_KEY_PARTS}}}"


def parse_toml(text: str) -> dict[str, object]:
    """The document. ValueError says in one line what is wrong with it."""
    import tomllib

    if _has_long_key(text):
        raise ValueError(f"a key of more than {MOST_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def without_blanks(value: str) -> str:
    """A value without the blanks that stand in none of its strings; a comment in it is taken for none."""
    return re.sub(rf"({STRING})|\s+", lambda match: match[1] or "", value, flags=re.DOTALL)


def _has_long_key(text: str) -> bool:
    if all(line.count(".") < MOST_KEY_PARTS for line in text.split("\n")):
        return False
    bare = re.sub(_STRING_OR_COMMENT, "_", text, flags=re.DOTALL)
    return re.search(_LONG_KEY, bare, flags=re.ASCII) is not None
