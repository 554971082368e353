"""The states that the ladder tells, row by row, are those in which the steps left the ends."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.lab.connection_record import Entered
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, BadMove, Side
from tcptui.view.ladder import STATE_WIDTH, TIME_WIDTH, WITH_STATES
from tcptui.view.lines import plain_text
from tests.lab.test_properties import FAST, ROUGH, Intent, chosen, intents, setups
from tests.lab.worlds import OPEN, history_of, scenario
from tests.view.ladders import drawn, window_of


def check(history: History, moves: list[Move]) -> None:
    """Plays moves, and compares the ladder with what the ends were in after each."""
    states = [history.world.states]
    paths: dict[Side, list[Entered]] = {
        side: [Entered(history.world.end(side).state, 0, 0)] for side in SIDES
    }
    for move in moves:
        with suppress(BadMove):
            report = history.apply(move)
            if history.world.wire.launched == len(report.launched):
                states = states[-1:]  # The ladder begins with the first segment.
            states.append(history.world.states)
            for path, state in zip(paths.values(), history.world.states, strict=True):
                if state is not path[-1].state:
                    path.append(Entered(state, history.world.now, report.step))
    if history.transmissions():
        window = window_of(history)
        told = [pair for pair, _ in groupby([window.before, *(row.states for row in window.rows)])]
        assert told == [pair for pair, _ in groupby(states)]
    for side in SIDES:
        known = history.record.of(side).states
        assert list(known) == paths[side][-len(known) :]


@pytest.mark.parametrize("name", library.names())
def test_the_states_down_the_ladder_are_those_after_each_step(name: str) -> None:
    check(History(library.find(name)), [NEXT] * 60)


@settings(FAST, max_examples=200)
@given(setups, intents(ROUGH))
def test_whatever_happens_the_states_down_the_ladder_are_those_after_each_step(
    story: Scenario, made: list[Intent]
) -> None:
    moves: list[Move] = []
    world = History(story).world
    for kind, number in made:
        move = chosen(world, kind, number)
        if move is not None:
            world.apply(move)
            moves.append(move)
    check(History(story), moves)


CLOSES_AT_ONCE = """
B.script = [{ call = "send", text = "y", at = "0s" }, { call = "close", at = "0s" }]
A.script = [{ call = "close", when = "received 1" }]
"""


def test_the_rows_of_one_instant_are_in_the_order_of_the_steps() -> None:
    """A acknowledges B's data and closes at the moment at which B's FIN arrives, which it acknowledges."""
    history = history_of(scenario(OPEN + CLOSES_AT_ONCE), "s5")
    assert [row for row in rows(history) if row[0] in ("", "0.050")][-5:] == [
        ("0.050", "", "┃", "║", ""),
        ("", "", "┃", "║", ""),
        ("", "FIN-WAIT-1", "║", "║", ""),
        ("", "CLOSING", "║", "║", ""),
        ("", "", "║", "║", ""),
    ]


def rows(history: History, width: int = 110) -> list[tuple[str, str, str, str, str]]:
    """Of each row the time, and of A and of B the state where it is told and the life line."""
    ladder = drawn(history, width)
    side = STATE_WIDTH if width >= WITH_STATES else 0
    left, right = TIME_WIDTH + side, width - side
    return [
        (
            line[1:TIME_WIDTH].strip(),
            line[TIME_WIDTH:left].strip(),
            line[left],
            line[right - 1],
            line[right:].strip(),
        )
        for line in map(plain_text, ladder.lines)
    ]


def test_a_change_of_state_without_a_segment_has_a_row_and_is_told_once() -> None:
    history = history_of(library.find("life"), "s18")
    assert rows(history)[-1] == ("240.62", "CLOSED", "┊", "┊", "")
    for width in (80, 110):
        ladder = drawn(history, width)
        assert plain_text(ladder.lines[-1]).count("CLOSED") == 1
