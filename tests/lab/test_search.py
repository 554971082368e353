"""A search over what the wire can do: states that have the same future are one, and no others."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.profile.presets import PRESETS
from tcptui.lab.state import WorldState
from tcptui.lab.variant import variant
from tests.lab.search import alike, explore
from tests.lab.worlds import everything, scenario

MOVES, FAULTS = 16, 2
BY_ALL_THAT_IS_HELD = 4_976
"""How many states of `life` there are if also what was makes a difference, and the clock."""


def test_a_search_visits_at_most_half_as_many_states_as_there_are_pasts() -> None:
    assert explore(library.find("life"), MOVES, FAULTS) <= BY_ALL_THAT_IS_HELD // 2


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["life", "handshake", "udp-no-port", "late-syn"])
def test_states_with_equal_keys_go_on_alike(name: str, preset: str) -> None:
    story = variant(library.find(name), PRESETS[preset], ())
    pasts = [0]

    def met(one: WorldState, other: WorldState) -> None:
        pasts[0] += everything(one) != everything(other)
        alike(one, other)

    explore(story, 12, 1, met)
    assert pasts[0] or name == "handshake", "no state is reached in two ways"


TALK = """
[A]
isn = [1000, 2000]
set = {{ {knobs} }}
script = [
    {{ call = "connect" }},
    {{ call = "send", when = "established", text = "hello, this is in three pieces" }},
    {{ call = "send", when = "received 3", after = "50ms", text = "more" }},
    {{ call = "{end}", when = "received 6" }},
]
[B]
isn = [5000, 6000]
set = {{ {knobs} }}
script = [
    {{ call = "listen"{backlog} }},
    {{ call = "{accept}", when = "{when}"{text} }},
    {{ call = "send", when = "received 30", text = "def" }},
    {{ call = "close", when = "peer closed" }},
]
"""


@pytest.mark.parametrize("end", ["close", "abort", "reboot", "unplug"])
@pytest.mark.parametrize(
    "knobs",
    [
        "mss = 12",
        "mss = 12, delayed_ack = '0ms', nagle = false, initial_window = 2",
        "mss = 12, receive_buffer = 20, sack = true",
        "timestamps = true, mss = 24",
        "keep_alive_always = true, keep_idle = '1s', keep_interval = '1s'",
    ],
)
def test_so_they_do_whatever_the_profile_and_the_programs(knobs: str, end: str) -> None:
    parts = {"backlog": "", "accept": "send", "when": "established", "text": ', text = "abc"'}
    explore(scenario(TALK.format(knobs=knobs, end=end, **parts)), 15, 1, alike)


def test_so_they_do_behind_a_listener() -> None:
    parts = {"backlog": ", backlog = 1", "accept": "accept", "when": "at", "text": ""}
    story = TALK.format(knobs="mss = 12", end="close", **parts).replace('when = "at"', 'at = "300ms"')
    explore(scenario(story), 15, 1, alike)


@pytest.mark.parametrize(
    "wire",
    [
        'faults = ["lose B ACK 2-3", "reorder A DATA 1", "duplicate A FIN by 5ms"]',
        'faults = ["r4 l6", "delay A DATA len=12 by 70ms"]',
        'box = [{ kind = "nat", idle = "100ms", answers = "rst" }]',
        'box = [{ kind = "router", hops = 2 }, { kind = "firewall", refuse = "B DATA 2", until = "400ms" }]',
    ],
)
def test_so_they_do_whatever_is_on_the_wire(wire: str) -> None:
    parts = {"backlog": "", "accept": "send", "when": "established", "text": ', text = "abc"'}
    story = TALK.format(knobs="mss = 12, delayed_ack = '0ms', nagle = false", end="close", **parts)
    explore(scenario(f"[wire]\n{wire}\n{story}"), 13, 1, alike)


def test_so_they_do_with_a_third_party_that_repeats_itself() -> None:
    parts = {"backlog": "", "accept": "send", "when": "established", "text": ', text = "abc"'}
    story = TALK.format(knobs="mss = 12", end="close", **parts)
    lines = '[[third_party]]\nat = "160ms"\nsegment = "x>b:ACK:seq=+1:ack=+1:times=3:every=20ms"\n'
    explore(scenario(story + lines), 13, 1, alike)
