"""Digits that somebody else has written."""

from __future__ import annotations

import pytest

from tcptui.whole_number import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("80", 80), ("00080", 80), ("65535", 65535), ("65536", None), ("000080", None), ("", None),
     ("-1", None), ("+1", None), (" 1", None), ("1_0", None), ("٣", None), ("²", None), ("0x1", None),
     ("9" * 5000, None)],
)  # fmt: skip
def test_decimal_digits_alone_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text, 65535) == number
