"""Every timer of a connection has its name in the help."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.ui.screens.dialogs import _signs


@pytest.mark.parametrize("kind", TimerKind)
def test_every_timer_is_in_the_help(kind: TimerKind) -> None:
    assert kind.label in {word for signs, _ in _signs() for word in signs.split()}
