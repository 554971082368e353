"""Steps that are kept for all histories of a process.

Apart from `tcptui.lab.steps`: the program of one reader shares none, and loads nothing for it. And a process
that may open no file can't load anything when it begins to share.
"""

from __future__ import annotations

from functools import lru_cache

from tcptui.by_identity import ByIdentity
from tcptui.lab.scenario import Scenario
from tcptui.lab.steps import Step, begun, followed, make_steps


def share_steps(most: int) -> None:
    """From here on so many steps are kept for all histories of this process, those that were made last; 0:
    none."""
    if not most:
        make_steps(begun, followed)
        return
    kept = lru_cache(most)(_begun)
    make_steps(lambda scenario: kept(ByIdentity(scenario)), lru_cache(most)(followed))


def _begun(key: ByIdentity[Scenario]) -> Step:
    return begun(key.value)
