"""The log of an end."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.run import play
from tcptui.lab.wire import SIDES
from tcptui.view.end_log import _rows_of
from tcptui.view.lines import plain_text


@pytest.mark.parametrize("width", [18, 20, 22, 26, 40])
def test_the_number_of_a_segment_that_has_come_is_never_cut(width: int) -> None:
    seen = 0
    for name in ("late-syn", "life", "reordered", "both-open", "echo", "slow-start"):
        for report in play(library.find(name)).reports:
            for side in SIDES:
                rows = list(_rows_of(report, side, width))
                if rows and report.cause == "arrival":
                    words = plain_text(rows[0].line).split()
                    assert words[1] == f"#{report.transmission}", words
                    assert all(word != "#" for word in words)
                    seen += 1
    assert seen > 50
