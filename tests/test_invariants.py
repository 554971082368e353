"""The invariants hold at every step of every story, conformance script and random run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.core.profile.presets import PRESETS
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import parse_moves
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import variant
from tests.invariants import Watch
from tests.lab.test_program_keys import ECHO, FORKS, PATTERNS
from tests.lab.test_properties import ROUGH, Intent, chosen, intents, setups
from tests.lab.worlds import scenario

CONFORMANCE = sorted((Path(__file__).parent / "conformance").glob("*.pkt"))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", library.names())
def test_they_hold_in_every_scenario_under_every_preset(name: str, preset: str) -> None:
    Watch(variant(library.find(name), PRESETS[preset], ())).play([])


@pytest.mark.parametrize(
    ("name", "story"),
    [(name, one.name) for name in library.names() for one in library.load_named(name).variants],
)
def test_they_hold_in_every_variant(name: str, story: str) -> None:
    Watch(scenario_of_variant(library.find(name), story)).play([])


@pytest.mark.parametrize("path", CONFORMANCE, ids=lambda path: path.stem)
def test_they_hold_in_every_conformance_script(path: Path) -> None:
    Watch(script_scenario(path.read_text("utf-8"), path.name, path.stem)).play([], most=2_000)


@pytest.mark.parametrize(
    ("toml", "moves"),
    [
        *((toml, moves) for toml in (ECHO, FORKS) for moves in ("", "s8 l3", "s6 u1 s9 b:close(c)")),
        (PATTERNS, ""),
    ],
)
def test_they_hold_in_programs_of_socket_calls(toml: str, moves: str) -> None:
    Watch(scenario(toml)).play(parse_moves(moves))


@settings(max_examples=250)
@given(setups, intents(ROUGH))
def test_they_hold_in_random_runs(scenario: Scenario, made: list[Intent]) -> None:
    watch = Watch(scenario)
    for kind, number in made:
        move = chosen(watch.history.world, kind, number)
        if move is not None:
            watch.apply(move)
