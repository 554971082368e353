"""A short run of what `python -m tests.bench fuzz` does at length: no segment breaks the core."""

from __future__ import annotations

import pytest

from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tests.core.fuzz import Broken, Fuzz

SEEDS = 12
SEGMENTS = 2_000


def test_no_segment_breaks_an_invariant_and_every_state_is_met() -> None:
    seen: set[State] = set()
    for seed in range(SEEDS):
        fuzz = Fuzz(seed)
        fuzz.run(SEGMENTS)
        seen |= fuzz.seen
    assert seen == set(State) - {State.CLOSED}


def test_a_broken_block_is_found() -> None:
    fuzz = Fuzz(0)
    broken = Tcb(1, *fuzz.target().key, State.ESTABLISHED)
    broken.snd_nxt = 5
    with pytest.raises(Broken, match=r"does not end at SND.NXT; seed 0"):
        fuzz.check(broken)
