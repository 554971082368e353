"""Every scenario of the library, and every variant of one, plays as its file says that it does."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.events import StateChanged
from tcptui.core.state import ARROWS, State
from tcptui.explain.catalogue import text
from tcptui.explain.story import failures
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.loader.problems import problems
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES

NAMES = library.names()
STORIES = [
    pytest.param(name, variant, id=f"{name} {variant}".strip())
    for name in NAMES
    for variant in ("", *(one.name for one in library.load_named(name).variants))
]


def story(name: str, variant: str) -> Scenario:
    return scenario_of_variant(library.find(name), variant)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_the_text_of_a_file(name: str) -> None:
    assert problems(library.text_of(name), name, name)[1] == []


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
    run = play(story(name, variant))
    arrows = {*ARROWS, *((state, State.CLOSED) for state in State)}
    for index, side in enumerate(SIDES):
        states: dict[int, State] = {}
        for report in (*run.prelude, *run.reports):
            if report.side != side:
                continue
            if report.call == "reboot":
                states = {}
            for event in report.events:
                if isinstance(event, StateChanged):
                    before = states.get(event.connection, State.CLOSED)
                    assert event.old is before or (
                        event.connection not in states and event.old is State.LISTEN
                    )
                    assert (event.old, event.new) in arrows
                    states[event.connection] = event.new
        assert run.path(side)[-1].state is run.end[index]
        assert run.end[index] in (states.values() or {State.CLOSED})
