"""The facts of a run: which states are entered, and who is told."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tests.lab.worlds import OPEN, scenario
from tests.trace.facts import names_of

BOTH_CLOSE = "a:shutdown s l2 b:shutdown s"
"""B's FIN acknowledges that of A: its own ACK is lost."""
CALLS = '"s = socket()", "connect(s)", "close(s)"'
SERVER = '"s = socket()", "bind(s)", "listen(s, 1)", "c = accept(s)", "recv(c, 9)"'


def test_a_state_that_is_left_in_the_same_step_is_not_entered() -> None:
    """RFC 9293 section 3.3.2, note 2 of Figure 5: from FIN-WAIT-1 straight to TIME-WAIT."""
    straight = play(scenario(OPEN), parse_moves(BOTH_CLOSE))
    assert names_of(straight, "A", "enters") == ["FIN-WAIT-1", "TIME-WAIT", "CLOSED"]
    stays = play(scenario(OPEN), parse_moves("a:shutdown s b:shutdown s"))
    assert names_of(stays, "A", "enters") == ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED"]


@pytest.mark.parametrize(("state", "calls"), [("FIN-WAIT-2", 0), ("TIME-WAIT", 1)])
def test_no_trigger_waits_for_a_state_that_is_left_at_once(state: str, calls: int) -> None:
    story = f'{OPEN}B.script = [{{ call = "unplug", when = "A enters {state}" }}]\n'
    run = play(scenario(story), parse_moves(BOTH_CLOSE))
    assert names_of(run, "B", "calls").count("unplug") == calls
    assert bool(run.waiting) == (not calls)


@pytest.mark.parametrize("name", library.names())
def test_the_states_that_are_entered_are_those_of_the_path(name: str) -> None:
    """Of an end with one connection; with others beside it, the path may be of another one."""
    story = library.find(name)
    for one in (story, *(scenario_of_variant(story, variant.name) for variant in story.variants)):
        run = play(one)
        for side in ("A", "B"):
            if len(run.of(side).connections) > 1 or any(report.call == "reboot" for report in run.reports):
                continue
            path = [entered.state.value for entered in run.path(side)[1:]]
            assert names_of(run, side, "enters") == path


def test_programs_with_sockets_are_told_by_what_their_calls_return() -> None:
    run = play(scenario(f"A.program = [{CALLS}]\nB.program = [{SERVER}]\n"))
    assert names_of(run, "A", "told") == names_of(run, "B", "told") == []
    assert names_of(run, "A", "returns") == ["socket", "connect", "close"]
    words = names_of(play(scenario(OPEN), parse_moves(BOTH_CLOSE)), "A", "told")
    assert words == ["ok (CLOSE)", "connection closing", "connection closed"]


def test_a_call_to_a_socket_that_somebody_types_makes_it_so() -> None:
    moves = "b:listen a:connect s a:s=socket() s"
    story = scenario(OPEN.replace('prelude = "b:listen a:connect s3"', ""))
    run = play(story, parse_moves(moves))
    assert names_of(run, "A", "told") == []
    assert names_of(run, "B", "told") == ["connection established"]
