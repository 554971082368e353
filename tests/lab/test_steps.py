"""Steps are counted: reports, segments and paths tell in which step something was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.core.events import StateChanged
from tcptui.core.state import State
from tcptui.lab.connection_record import Entered
from tcptui.lab.history import History
from tcptui.lab.moves import Delay, Lose, Move, Next, Wait
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import first_record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, BadMove
from tests.lab.test_properties import FAST, ROUGH, Intent, Observer, intents, setups
from tests.lab.worlds import OPEN, scenario, world
from tests.messages import refused


def test_the_prelude_ends_with_step_0_as_it_ends_at_time_0() -> None:
    state, record = first_record(scenario(OPEN))
    assert [report.step for report in record.prelude] == [-4, -3, -2, -1, 0]
    assert state.steps == 0
    assert state.apply(Wait(1)).step == 1


@pytest.mark.parametrize("name", library.names())
def test_a_step_is_the_position_that_it_leads_to(name: str) -> None:
    history = History(library.find(name))
    while history.world.next_event() is not None:
        report = history.apply()
        assert (report.step, history.world.steps) == (history.position, history.position)
    history.go_to(2)
    assert history.world.steps == 2
    assert history.apply().step == 3


def test_a_segment_has_the_steps_in_which_it_left_and_ended() -> None:
    made = world("A.isn = 1\n", "b:listen a:connect u1 l2 w1ms s")
    steps = {one.number: (one.sent_in, one.ended_in) for one in (*made.wire.past, *made.wire.transmissions)}
    assert steps == {1: (2, 6), 2: (3, 4), 3: (6, 6)}


def test_what_leaves_while_the_link_is_down_is_lost_in_the_step_in_which_it_left() -> None:
    made = world("", "a:unplug a:connect")
    assert (made.wire.past[0].sent_in, made.wire.past[0].ended_in) == (2, 2)


@pytest.mark.parametrize("move", [Lose(9), Next()])
def test_a_move_that_cannot_be_made_is_no_step(move: Move) -> None:
    made = world("", "b:listen")
    with refused(BadMove):
        made.apply(move)
    assert made.steps == 1


def test_a_state_that_is_left_within_its_step_is_not_in_the_path() -> None:
    """RFC 9293 section 3.3.2, note 2 of Figure 5: from FIN-WAIT-1 straight to TIME-WAIT."""
    run = play(scenario(OPEN), parse_moves("a:shutdown s l2 b:shutdown s"))
    changes = [
        event.new
        for report in run.reports
        if report.side == "A"
        for event in report.events
        if isinstance(event, StateChanged)
    ]
    assert State.FIN_WAIT_2 in changes
    assert [entered.state for entered in run.path("A")] == [
        State.ESTABLISHED, State.FIN_WAIT_1, State.TIME_WAIT, State.CLOSED,
    ]  # fmt: skip
    assert run.a.states == tuple(run.path("A"))


@settings(FAST, max_examples=150)
@given(setups, intents(ROUGH))
def test_the_path_is_what_the_ends_were_in_after_each_step(scenario: Scenario, made: list[Intent]) -> None:
    observer = Observer(scenario)
    seen = {side: [Entered(observer.world.end(side).state, 0, 0)] for side in SIDES}
    for intent in made:
        observer.play([intent])
        for side in SIDES:
            state = observer.world.end(side).state
            if state is not seen[side][-1].state:
                seen[side].append(Entered(state, observer.world.now, observer.world.steps))
    for side in SIDES:
        path = observer.record.of(side).states
        assert list(path) == seen[side][-len(path) :]


def test_a_report_of_a_fault_has_its_delay_and_none_where_the_segment_is_lost() -> None:
    made = world("", "b:listen a:connect")
    assert made.copy().apply(Delay(1, 70)).by == 70
    assert made.copy().apply(Lose(1)).by == 0
