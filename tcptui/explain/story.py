"""Whether a story plays as it says: its facts, what is said at its steps, its own moments.

Here and not in `trace`, for a story may also expect a sentence: that needs the state of each step and the
catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice

from tcptui.core.message import Duration, Message, brief
from tcptui.explain.filled import unknown
from tcptui.explain.why import why
from tcptui.lab.end_facts import end_facts, holds, nearest
from tcptui.lab.facts import Fact
from tcptui.lab.history import History
from tcptui.lab.loader.expect import split_says
from tcptui.lab.narration import narration_of
from tcptui.lab.network_conditions import unused_faults
from tcptui.lab.record import Record
from tcptui.lab.run import MOST_STEPS, play_to_end, steps_to_end
from tcptui.lab.scenario import Claim, Scenario, Told
from tcptui.lab.state import WorldState
from tcptui.lab.waiting import still_waiting
from tcptui.trace.expectations import MOST_FAILURES, Failure, failed_events, failed_labels, failed_never
from tcptui.trace.fact_index import FactIndex
from tcptui.trace.facts import facts_by_step


def failures(scenario: Scenario) -> list[Failure]:
    """What of the story is not so when it is played; its patterns are right in their form."""
    run, world = play_to_end(scenario)
    steps = facts_by_step(run)
    facts = [fact for step in steps for fact in step]
    expected = scenario.expected
    found: list[Failure] = []
    if not run.complete:
        key = "fact.cut" if scenario.until is None else "fact.cut_before_until"
        found.append(Failure("until", Message.of(key, steps=MOST_STEPS, at=Duration(world.now))))
    for some in (
        failed_events(expected.events, facts, expected.strict),
        failed_never(expected.never, facts),
        _failed_end(scenario, world),
        failed_labels(expected.labels, run),
        _failed_says(scenario, steps),
        _never_said(scenario, run, steps),
        _numbers_unknown(scenario),
        _still_waiting(world),
        _faults_unused(scenario, run),
    ):
        found += islice(some, MOST_FAILURES)
    return found


def _failed_end(scenario: Scenario, world: WorldState) -> Iterator[Failure]:
    raw = scenario.raw_numbers
    facts = end_facts(world, raw=raw)
    for index, text in enumerate(scenario.expected.end, 1):
        if holds(text, facts, world, raw=raw):
            continue
        instead = tuple(nearest(text, facts))
        key = "fact.end" if instead else "fact.end_none"
        numbers = {"instead": instead} if instead else {}
        yield Failure(f"expect.end[{index}]", Message.of(key, text=text, **numbers))


def _failed_says(scenario: Scenario, steps: list[tuple[Fact, ...]]) -> Iterator[Failure]:
    """The pieces of sentences that are said at none of the steps that their patterns describe."""
    if not scenario.expected.says:
        return
    index_of = FactIndex([fact for step in steps for fact in step])
    step_of = [number for number, step in enumerate(steps, 1) for _ in step]
    meant: list[list[int]] = []
    for text in scenario.expected.says:
        asked = split_says(text)
        assert asked is not None
        meant.append([step_of[place] for place in index_of.described(asked[0])])
    sentences = _sentences(scenario, {step for some in meant for step in some})
    for index, (text, some) in enumerate(zip(scenario.expected.says, meant, strict=True), 1):
        where, (_, piece) = f"expect.says[{index}]", split_says(text) or ("", "")
        if not some:
            yield Failure(where, Message.of("fact.says_never", pattern=text.removesuffix(f": {piece}")))
        elif not any(piece in sentences[step] for step in some):
            yield Failure(where, Message.of("fact.says_other", piece=piece, sentence=sentences[some[0]]))


def _sentences(scenario: Scenario, steps: AbstractSet[int]) -> dict[int, str]:
    """What is told of some steps, from 1, as the line below the panes tells it."""
    history = History(scenario)
    sentences = {}
    for step in range(1, max(steps, default=0) + 1):
        report = history.apply()
        if step in steps:
            told = why(report, history.world, history.transmissions(), scenario.raw_numbers)
            sentences[step] = told.text
    return sentences


def _never_said(scenario: Scenario, run: Record, steps: list[tuple[Fact, ...]]) -> Iterator[Failure]:
    """What the story says or claims at moments that do not come."""
    narration = narration_of(scenario)
    if narration is None:
        return
    for report, facts in zip(run.reports, steps, strict=True):
        narration = narration.after(facts, report.at)
    for one in narration.to_come:
        where = _place(one, scenario)
        yield Failure(f"{where}.{'when' if one.when else 'at'}", Message.of("fact.say_never"))


def _place(one: Told, scenario: Scenario) -> str:
    """Where it stands in the story's file."""
    if isinstance(one, Claim):
        return f"claim[{scenario.claims.index(one) + 1}]"
    return f"say[{scenario.say.index(one) + 1}]"


def _numbers_unknown(scenario: Scenario) -> Iterator[Failure]:
    """Texts with numbers that are not known when they are shown."""
    told: tuple[Told, ...] = (*scenario.say, *scenario.claims)
    if not any("{" in text for text in (scenario.answer, *(one.filled for one in told))):
        return
    history = History(scenario)
    for _ in steps_to_end(history):
        narration = history.narration
        assert narration is not None
        now: tuple[Told, ...] = (*narration.now, *narration.claims)
        for one in now:
            if unknown(one.filled, narration, history.world):
                yield Failure(
                    _place(one, scenario), Message.of("fact.number_unknown", text=brief(one.filled))
                )
    if unknown(scenario.answer, history.narration, history.world):
        yield Failure("answer", Message.of("fact.number_unknown", text=brief(scenario.answer)))


def _still_waiting(world: WorldState) -> Iterator[Failure]:
    """What of the story still waits when all is over: calls whose trigger has not come."""
    for one in still_waiting(world):
        yield Failure(one.where, one.message)


def _faults_unused(scenario: Scenario, run: Record) -> Iterator[Failure]:
    """Faults for segments that there were not."""
    of_variant = any(one.name == scenario.variant and "faults" in one.document for one in scenario.variants)
    where = "faults" if of_variant else "wire.faults"
    for text in unused_faults(scenario, run.reports):
        yield Failure(where, Message.of("fact.fault_unused", text=text))
