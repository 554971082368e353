"""The header of a segment in boxes: options in words, numbers relative or raw, lines as wide as asked."""

from __future__ import annotations

import pytest

from tcptui.view.header import header_lines
from tcptui.view.lines import line_width, plain_text
from tests.lab.worlds import history_of, scenario

LINUX = """
A = { isn = 1000, profile = "linux", set = { nagle = false } }
B = { isn = 5000, profile = "linux" }
"""
WIDTHS = (40, 58, 80)


def boxes(moves: str, number: int, width: int = 80, raw: bool = False) -> list[str]:
    """The header of segment `number` between two Linux stacks; its lines, without what stands around them."""
    history = history_of(scenario(LINUX), f"b:listen a:connect {moves}")
    transmission = next(one for one in history.transmissions() if one.number == number)
    lines = header_lines(transmission, width, 40, raw=raw)
    assert {line_width(line) for line in lines} == {width}
    return [plain_text(line).strip("│ ") for line in lines]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_options_of_a_syn_are_told_in_words_and_none_is_cut(width: int) -> None:
    shown = " ".join(boxes("", 1, width))
    for words in ("MSS 1460", "SACK permitted", "TSval 0 TSecr 0", "window scale 7"):
        assert words in shown.replace("├" + "─" * (min(width, 66) - 2) + "┤ ", "")


@pytest.mark.parametrize("width", range(38, 81))
def test_the_data_offset_and_every_control_bit_are_whole(width: int) -> None:
    """A SYN of Linux has 20 octets of options: 10 words of header in all."""
    (line,) = (one for one in boxes("", 1, width) if "window 64240" in one)
    offset, bits, _ = line.split("│")
    assert offset.split()[1:] == ["10"]
    assert bits.split() in (["······S·"], ["·"] * 6 + ["S", "·"])


def test_padding_is_not_told() -> None:
    shown = boxes("s3", 3)
    assert "TSval 100 TSecr 50" in shown
    assert not any("NOP" in line for line in shown)


@pytest.mark.parametrize(("raw", "block"), [(False, "SACK 2:3"), (True, "SACK 1002:1003")])
def test_a_sack_block_is_relative_to_the_number_that_the_acknowledgment_is_relative_to(
    raw: bool, block: str
) -> None:
    """Of two octets of A the first is lost: B has 2 up to, not including, 3."""
    shown = boxes("s2 a:send:x a:send:y l4 s2", 6, raw=raw)
    assert any(block in line for line in shown), shown
