"""Every scenario of the library tells what its file says that it tells."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcptui import library
from tcptui.core.rules import Rule
from tcptui.core.state import ARROWS, State
from tcptui.lab.run import play
from tcptui.lab.scenario import Expected
from tcptui.lab.wire import Outcome
from tcptui.trace.facts import facts_of

NAMES = library.names()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", [field for field in Expected._fields if field != "rules"])
def test_what_is_expected_happens(name: str, field: str) -> None:
    scenario = library.find(name)
    expected = getattr(scenario.expected, field)
    if expected:
        assert getattr(facts_of(play(scenario)), field) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_rules_are_applied(name: str) -> None:
    scenario = library.find(name)
    assert set(scenario.expected.rules) <= set(facts_of(play(scenario)).rules)


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_answers_and_expects_something(name: str) -> None:
    scenario = library.find(name)
    expected = scenario.expected
    assert scenario.title
    assert scenario.question.endswith("?")
    assert scenario.answer.endswith(".")
    assert scenario.chapter
    assert expected.segments or expected.path_a or expected.path_b


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_to_an_end_with_nothing_on_the_wire(name: str) -> None:
    run = play(library.find(name))
    assert run.complete
    assert not run.moved
    assert all(transmission.outcome is not Outcome.IN_FLIGHT for transmission in run.transmissions)
    assert [transmission.number for transmission in run.transmissions] == list(
        range(1, len(run.transmissions) + 1)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_paths_begin_where_the_run_begins_and_end_where_it_ends(name: str) -> None:
    scenario = library.find(name)
    run = play(scenario)
    for index, path in enumerate((scenario.expected.path_a, scenario.expected.path_b)):
        if path:
            assert (path[0], path[-1]) == (run.first[index].value, run.end[index].value)


@pytest.mark.parametrize("name", NAMES)
def test_a_path_leads_over_arrows_of_the_diagram_and_reboots_from_the_first_state_to_the_last(
    name: str,
) -> None:
    run = play(library.find(name))
    facts = facts_of(run)
    arrows = {(old.value, new.value) for old, new in ARROWS} | {(state.value, "CLOSED") for state in State}
    for index, path in enumerate((facts.path_a, facts.path_b)):
        assert (path[0], path[-1]) == (run.first[index].value, run.end[index].value)
        assert set(pairwise(path)) <= arrows


def test_the_facts_name_rules_by_their_names_once_each_in_order() -> None:
    rules = facts_of(play(library.find("life"))).rules
    assert list(rules) == sorted(set(rules))
    assert set(rules) <= set(Rule.__members__)
