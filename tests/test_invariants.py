"""The invariants hold at every step of every story, conformance script and random run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.core.profile.presets import PRESETS
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import variant
from tcptui.lab.wire import BadMove
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
    [(one.name, variant) for one in library.all_scenarios() for variant in one.variants],
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


HOSTS = """
A.isn = [1000, 3000, 9000]
B.isn = [5000, 7000, 2000]
B.profile = "{profile}"
A.programs.one = ["s = socket()", "connect(s)", {{ call = "send(s, 'abcde')", times = 5, every = "40ms" }},
    "recv(s, 99)", "close(s)"]
A.programs.two = [{{ call = "s = socket()", at = "60ms" }}, "connect(s)", "send(s, 700)",
    {{ call = "shutdown(s, SHUT_WR)", when = "B ACK 3 arrives" }}, "recv(s, 9)", "exit()"]
B.program = ["s = socket()", "setsockopt(s, SO_REUSEADDR, 1)", "bind(s, 80)", "listen(s, 1)",
    {{ loop = ["c = accept(s)",
    {{ fork = [{{ loop = ["d = recv(c, 9)", "send(c, d)"], while = "d" }}, "exit()"] }},
    {{ call = "close(c)", after = "5ms" }}] }}]
wire.faults = ["lose A DATA 2", "duplicate B ACK 3 by 200ms"]
{wire}
third_party = [
    {{ at = "200ms", segment = "x>b:SYN:seq=77:mss=1000:from=203.0.113.1:1024:times=3:every=9ms" }},
    {{ at = "400ms", segment = "x>b:RST:seq=+30" }}]
"""
WIRES = (
    "",
    "wire.box = [{ kind = 'router', hops = 2 }, { kind = 'firewall', drop = 'B ACK 6' }]",
    "wire.box = [{ kind = 'nat', idle = '1s' }]",
)
TYPED = (
    "b:t=socket() b:bind(t,81) b:listen(t,0) b:u=accept(t)", "a:q=socket() a:connect(q,81)",
    "a:send(q,'x',MSG_OOB)",
    "b:recv(u,9)", "a:kill(one)", "b:close(c)", "x>b:ACK:seq=+1:ack=+1:data=z", "x>a:RST,ACK:seq=+1:ack=+9",
    "lose:A:*:1", "box:firewall:drop=A+DATA", "a:unplug", "a:plug", "b:reboot",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(18))
def test_they_hold_with_sockets_third_parties_and_boxes_whatever_is_typed(seed: int) -> None:
    chance = Random(seed)
    profile, wire = chance.choice(("rfc9293", "linux", "freebsd")), WIRES[seed % len(WIRES)]
    watch = Watch(scenario(HOSTS.format(profile=profile, wire=wire), f"seed {seed}"))
    for _ in range(60):
        kind = chance.choice(("step",) * 9 + ("lose", "delay", "duplicate", "typed"))
        moves = (
            parse_moves(chance.choice(TYPED))
            if kind == "typed"
            else [chosen(watch.history.world, kind, seed)]
        )
        for move in moves:
            if move is not None:
                with suppress(BadMove):  # As things are it can't be made.
                    watch.apply(move)
    assert watch.steps > 30
