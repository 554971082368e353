"""Every scenario of the library, and every variant of one, plays as its file says that it does."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.events import StateChanged
from tcptui.core.state import ARROWS, State
from tcptui.explain.catalogue import text
from tcptui.explain.story import failures
from tcptui.lab.history import History
from tcptui.lab.loader import document_of, scenario_of_variant
from tcptui.lab.loader.problems import problems
from tcptui.lab.report import Report
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, Side

NAMES = library.names()
STORIES = [
    pytest.param(one.name, variant, id=f"{one.name} {variant}".strip())
    for one in library.all_scenarios()
    if one.name != library.LAB
    for variant in ("", *one.variants)
]


def story(name: str, variant: str) -> Scenario:
    return scenario_of_variant(library.find(name), variant)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_the_text_of_a_file(name: str) -> None:
    assert problems(library.text_of(name), name, name)[1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_story_and_its_variants_read_apart_are_those_of_the_whole_file(name: str) -> None:
    whole = document_of(library.text_of(name), name)
    variants = [{"name": one.name, **one.document} for one in library.find(name).variants]
    assert {**library.find(name).document, **({"variant": variants} if variants else {})} == whole


@pytest.mark.parametrize(("name", "variant"), STORIES)
def test_what_is_expected_happens(name: str, variant: str) -> None:
    assert [f"{one.where}: {text(one.message)}" for one in failures(story(name, variant))] == []


@pytest.mark.parametrize(("name", "variant"), STORIES)
def test_it_asks_answers_and_expects_something_that_a_person_has_read(name: str, variant: str) -> None:
    scenario = story(name, variant)
    assert scenario.title
    assert scenario.question.endswith("?")
    assert scenario.answer.endswith(".")
    assert scenario.chapter
    assert scenario.expected.events
    assert scenario.expected.end
    assert not scenario.expected.draft


@pytest.mark.parametrize(("name", "variant"), STORIES)
def test_it_comes_to_an_end(name: str, variant: str) -> None:
    run = play(story(name, variant))
    assert run.complete
    assert not run.moved
    assert [transmission.number for transmission in run.transmissions] == list(
        range(1, len(run.transmissions) + 1)
    )


@pytest.mark.parametrize(("name", "variant"), STORIES)
def test_states_follow_the_arrows_of_the_diagram_and_a_reboot_ends_in_the_first(
    name: str, variant: str
) -> None:
    """Each connection by itself, a listener's children from LISTEN on, as far as the end of the story."""
    history = History(story(name, variant))
    states: dict[Side, dict[int, State]] = {"A": {}, "B": {}}
    for report in history.record.prelude:
        follow(states, report)
    while history.world.next_event() is not None:
        follow(states, history.apply())
    for side in SIDES:
        host = history.world.host(side)
        alive = {connection: state for connection, state in states[side].items() if state is not State.CLOSED}
        assert alive == {one.connection: one.state for one in host.statuses()}


def follow(states: dict[Side, dict[int, State]], report: Report) -> None:
    if report.side == "X":
        return
    if report.call == "reboot":
        states[report.side].clear()
    for event in report.events:
        if isinstance(event, StateChanged):
            assert (event.old, event.new) in ARROWS
            assert states[report.side].get(event.connection, event.old) is event.old
            states[report.side][event.connection] = event.new
