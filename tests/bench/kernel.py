"""Random scripts beside the running kernel: how many differ, in which kinds, and the smallest of each."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing

from tests.kernel.differential.comparison import Difference
from tests.kernel.differential.generator import script
from tests.kernel.differential.kernel_player import KernelPlayer
from tests.kernel.differential.laboratory import Outcome, once, settled, told
from tests.kernel.differential.script import Script
from tests.kernel.differential.shrinking import shrink

SEEDS = 2_000
CHUNK = 500
"""Scripts of one namespace; what they leave behind ends with it."""
SMALLEST = 10
"""Kinds of which the smallest script is told."""


def kernel(first: int = 0, seeds: int = SEEDS, smallest: int = SMALLEST) -> None:
    """Plays so many seeds from `first` on, and prints what differs by kind, the most frequent first."""
    began = time.perf_counter()
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    left_out: Counter[str] = Counter()
    for start in range(first, first + seeds, CHUNK):
        chunk = range(start, min(start + CHUNK, first + seeds))
        with closing(KernelPlayer()) as player:
            for outcome in settled(player, [script(seed) for seed in chunk]):
                if outcome.left_out is not None:
                    left_out[outcome.left_out] += 1
                elif outcome.difference is not None:
                    kinds[outcome.difference.kind].append(outcome)
    differ = sum(map(len, kinds.values()))
    spent = time.perf_counter() - began
    print(f"kernel: {seeds:,} scripts, {differ:,} differ, in {len(kinds)} kinds, {spent:,.0f} s")
    print(f"{left_out.total():,} more differ in what is not modelled:")
    for name, count in left_out.most_common():
        print(f"{count:6,}  {name}")
    ordered = sorted(kinds.items(), key=lambda item: -len(item[1]))
    for kind, outcomes in ordered:
        print(f"{len(outcomes):6,}  {kind}  {[outcome.script.seed for outcome in outcomes[:4]]}")
    with closing(KernelPlayer()) as player:
        for kind, outcomes in ordered[:smallest]:
            print(
                f"\n{kind}, {len(outcomes)} times; the smallest:\n{_smallest(player, outcomes[0])}",
                flush=True,
            )


def _smallest(player: KernelPlayer, outcome: Outcome) -> str:
    def differences(scripts: Sequence[Script]) -> list[Difference | None]:
        return [one.difference for one in settled(player, scripts, times=1)]

    assert outcome.difference is not None
    found, _ = shrink(outcome.script, outcome.difference, differences)
    return told(once(player, [found])[0])
