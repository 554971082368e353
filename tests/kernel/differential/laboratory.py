"""Scripts are played by both and compared; what differs is played again, for a machine may be busy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tests.kernel.differential.comparison import Difference, compare
from tests.kernel.differential.core_player import CorePlayer
from tests.kernel.differential.kernel_player import KernelPlayer
from tests.kernel.differential.not_modelled import name_of
from tests.kernel.differential.record import Record
from tests.kernel.differential.script import STEP_TEXT, Script


class Outcome(NamedTuple):
    """A script, what both did, and in what they differ."""

    script: Script
    kernel: Record
    core: Record
    difference: Difference | None
    left_out: str | None = None
    """The name under which it is not modelled (`not_modelled`), where it differs."""


def once(player: KernelPlayer, scripts: Sequence[Script], profile: Profile = LINUX) -> list[Outcome]:
    """What both did, each script played once."""
    outcomes = []
    for script, kernel in zip(scripts, player.play(scripts), strict=True):
        core = CorePlayer(script, kernel, profile).play()
        difference = compare(script, kernel, core)
        left_out = name_of(script, kernel) if difference is not None else None
        outcomes.append(Outcome(script, kernel, core, difference, left_out))
    return outcomes


def settled(
    player: KernelPlayer, scripts: Sequence[Script], times: int = 2, profile: Profile = LINUX
) -> list[Outcome]:
    """As `once`; what differs is played up to `times` times more, and differs only if it always does."""
    outcomes = once(player, scripts, profile)
    for _ in range(times):
        again = [n for n, outcome in enumerate(outcomes) if outcome.difference or outcome.kernel.spoiled]
        for number, outcome in zip(again, once(player, [scripts[n] for n in again], profile), strict=True):
            outcomes[number] = outcome
    return outcomes


def told(outcome: Outcome) -> str:
    """A script and what both did, each in the order of time."""
    lines = [str(outcome.script)]
    for name, record in (("kernel", outcome.kernel), ("core", outcome.core)):
        events = [(sent.high, f"      {sent}") for sent in record.sent]
        for number, (at, step) in enumerate(zip(record.begun, outcome.script.steps, strict=True)):
            what = str(step)[STEP_TEXT:]
            looked, result = record.looked[number], record.returned.get(number, "")
            events.append((at - 1, f"{at / 1000:9.3f}   [{looked}] {number}: {what} {result}"))
        lines += ["", f"{name}, in the end {record.looked[-1]} at {record.end / 1000:.3f}"]
        lines += [text for _, text in sorted(events, key=lambda event: event[0])]
    difference = outcome.difference
    if difference is not None:
        lines += ["", difference.kind, f"kernel {difference.kernel}", f"core   {difference.core}"]
    return "\n".join(lines)
