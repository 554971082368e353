"""Every timer of a connection has its place in the pane of an end, and its sign in the help."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.view.help import glossary
from tcptui.view.timer_lines import TIMER_ROWS


@pytest.mark.parametrize("kind", TimerKind)
def test_every_timer_has_a_row_and_is_in_the_help(kind: TimerKind) -> None:
    assert [kind in row for row in TIMER_ROWS].count(True) == 1
    assert kind.label in {term for section in glossary() for term, _ in section.entries}
