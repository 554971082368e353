"""Numbers that somebody else has written: in an option, an address, a setting."""

from __future__ import annotations


def whole_number(text: str, most: int) -> int | None:
    """The number that these decimal digits are, no more of them than `most` has; None: they are none, or more
    than `most`. Python would take digits of other scripts, blanks and underscores too."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
