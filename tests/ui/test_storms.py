"""Nothing that is typed, clicked or resized ends the program, in whatever order and however fast it comes."""

from __future__ import annotations

import pytest

from tests.ui.storm import storm

KEYS = 5_000
"""For each seed."""
SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_input_does_not_end_the_program(seed: int) -> None:
    """Even seeds at a fixed size, odd ones with resizes to any."""
    seen = storm(seed, KEYS, (100, 30), (140, 50) if seed % 2 else None)
    assert len(seen) >= 4, seen
