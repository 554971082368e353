"""A prelude is short and is played once."""

from __future__ import annotations

import pytest

from tcptui.lab.loader import MOST_OF_PRELUDE, BadScenario
from tcptui.lab.moves import Move
from tcptui.lab.prelude import begin
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.variant import variant, with_setting
from tests.lab.worlds import OPEN, scenario
from tests.messages import refused

ENDLESS = "A.set = { keep_alive_always = true }\nB.set = { keep_alive_always = true }\n"


@pytest.mark.parametrize(
    ("prelude", "message"),
    [
        ("b:listen a:connect " + "s100000 " * 9, "prelude: 900002 moves are too many; at most 300"),
        ("s90000", "prelude: 90000 moves are too many; at most 300"),
        (f"s{MOST_OF_PRELUDE + 1}", "prelude: 301 moves are too many; at most 300"),
    ],
)
def test_a_long_one_is_refused_before_it_is_played(
    prelude: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorldState, "step", None)
    with refused(BadScenario, match=f"^test.toml: {message}$"):
        scenario(f'{ENDLESS}prelude = "{prelude}"\n')


def test_one_of_so_many_moves_is_none_too_long() -> None:
    waits = " ".join(["w1us"] * MOST_OF_PRELUDE)
    assert scenario(f'prelude = "{waits}"\n').prelude_length == MOST_OF_PRELUDE


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[Move]:
    """The moves that are made from now on."""
    moves: list[Move] = []
    apply = WorldState.apply

    def counted(state: WorldState, move: Move) -> Report:
        moves.append(move)
        return apply(state, move)

    monkeypatch.setattr(WorldState, "apply", counted)
    return moves


def test_it_is_played_once_when_it_is_loaded_and_once_whenever_it_begins(applied: list[Move]) -> None:
    story = scenario(OPEN)
    assert len(applied) == len(story.prelude)
    state, reports = begin(story)
    assert len(applied) == 2 * len(story.prelude)
    assert (state.now, reports[0].at) == (0, -story.prelude_length)


def test_one_that_takes_another_time_under_other_knobs_still_ends_at_0(applied: list[Move]) -> None:
    """The SYN goes again after another time."""
    story = scenario('prelude = "a:connect l1 s l2"\n')
    other = variant(story, None, ["first_rto=3s"])
    assert with_setting(other.hosts[0].profile, "first_rto=3s") == other.hosts[0].profile
    applied.clear()
    state, reports = begin(other)
    assert (state.now, reports[0].at) == (0, -3_000_000)
    assert len(applied) == 2 * len(story.prelude)
