"""Every timer of a connection has its name in the help."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.view.help import glossary


@pytest.mark.parametrize("kind", TimerKind)
def test_every_timer_is_in_the_help(kind: TimerKind) -> None:
    assert kind.label in {term for section in glossary() for term, _ in section.entries}
