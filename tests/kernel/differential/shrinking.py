"""The smallest script that still differs, and in the same kind: all smaller ones at once, round by round.

hypothesis shrinks one example after the other. Here an example takes a second or two of real time, and a
hundred of them take no longer when they are played together; so each round plays every script that is a
little smaller, and the first that still differs is where the next one goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.kernel.differential.comparison import Difference
from tests.kernel.differential.script import ALL, NEXT, Do, Put, Script, Step

ROUNDS = 25


def smaller(script: Script) -> Iterator[Script]:
    """Scripts that are one thing less than this one, the most promising first."""
    steps = script.steps
    half = len(steps) // 2
    if half > 1:
        yield script._replace(steps=steps[: half + 1])
    for number in reversed(range(len(steps))):
        yield script._replace(steps=steps[:number] + steps[number + 1 :])
    if script.options:
        yield script._replace(options=())
    if script.irs:
        yield script._replace(irs=0)
    if any(isinstance(step, Put) and step.times for step in steps):
        yield script._replace(steps=tuple(_without(step, "times", None) for step in steps))
    if any(isinstance(step, Put) and step.sack_permitted for step in steps):
        changed = tuple(_without(_without(step, "sack_permitted", False), "sack", ()) for step in steps)
        yield script._replace(steps=changed)
    if any(isinstance(step, Put) and step.scale is not None for step in steps):
        yield script._replace(steps=tuple(_without(step, "scale", None) for step in steps))
    if any(isinstance(step, Put) and step.mss not in (None, 1460) for step in steps):
        yield script._replace(steps=tuple(_mss(step) for step in steps))
    for number, step in enumerate(steps):
        for other in _simpler(step):
            yield script._replace(steps=(*steps[:number], other, *steps[number + 1 :]))


def _without(step: Step, field: str, value: object) -> Step:
    return step._replace(**{field: value}) if isinstance(step, Put) else step  # type: ignore[arg-type]


def _mss(step: Step) -> Step:
    return step._replace(mss=1460) if isinstance(step, Put) and step.mss is not None else step


def _simpler(step: Step) -> Iterator[Step]:
    if isinstance(step, Do):
        if step.call in ("write", "urgent") and step.argument not in (1, 100):
            yield step._replace(argument=100)
        return
    if step.seq != NEXT and step.seq.base != "irs":
        yield step._replace(seq=NEXT)
    if step.ack != ALL:
        yield step._replace(ack=ALL)
    if step.length:
        yield step._replace(length=0)
        if step.length > 100:
            yield step._replace(length=100)
    if step.window != 30_000:
        yield step._replace(window=30_000)
    if step.sack:
        yield step._replace(sack=step.sack[:-1])


def shrink(
    script: Script,
    difference: Difference,
    differences: Callable[[Sequence[Script]], list[Difference | None]],
) -> tuple[Script, Difference]:
    """The smallest script found with a difference of that kind."""
    for _ in range(ROUNDS):
        candidates = list(smaller(script))
        found = differences(candidates)
        for candidate, other in zip(candidates, found, strict=True):
            if other is not None and other.kind == difference.kind:
                script, difference = candidate, other
                break
        else:
            break
    return script, difference
