"""What a list of the stories that ship plays for its previews is played once for all tests of a process."""

from __future__ import annotations

from functools import cache

import pytest

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.stories import Stories


@cache
def _shared() -> Stories:
    return Stories(library.all_scenarios())


@pytest.fixture(autouse=True)
def _stories_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between apps that are given `library.all_scenarios`, as a server shares them between its sessions. One
    that is given that of another `Library` has its own, of which nothing has been played."""
    own = TcptuiApp._stories

    def stories(app: TcptuiApp) -> Stories:
        if app._listed is None and app._scenarios == library.all_scenarios:
            app._listed = _shared()
        return own(app)

    monkeypatch.setattr(TcptuiApp, "_stories", stories)
