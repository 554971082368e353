"""Nothing that is typed, clicked or resized ends the program, in whatever order and however fast it comes."""

from __future__ import annotations

import pytest

from tests.ui.storm import storm

KEYS = 5_000
"""For each seed."""
SEEDS = range(5)
"""With and without a session, a lecture, ASCII alone, a terminal that may be asked, and resizes."""

ALIKE = 60
"""Seeds that lie so far from each other differ in their dice alone."""


@pytest.mark.parametrize("seed", SEEDS)
def test_random_input_does_not_end_the_program(seed: int) -> None:
    """With resizes to any size, but of one seed that stays at one."""
    seen: set[str] = set()
    for more in range(3):  # What keys meet depends on when they are answered: where that was little, go on.
        seen |= storm(seed + ALIKE * more, KEYS, (100, 30), (200, 60) if seed % 5 else None)
        if len(seen) >= 6:
            break
    assert len(seen) >= 6, seen


BESIDE = (
    *("C",) * 4, "c", "V", "space", "space", "b", "end", "home", "full_stop", "comma", "pagedown", "pageup",
    "g", "G", "up", "down", "n", "l",
)  # fmt: skip


def test_random_keys_to_two_runs_beside_each_other() -> None:
    seen = storm(1, KEYS // 2, (100, 30), (200, 60), BESIDE)
    assert "CompareScreen" in seen, seen
