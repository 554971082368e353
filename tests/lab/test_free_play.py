"""An empty lab: its settings, by table and by words."""

from __future__ import annotations

import pytest

from tcptui.lab.ends.host import HostSetup
from tcptui.lab.free_play import LINK, SETTINGS, USUAL, BadSetting, chosen_of, empty_lab, words_of
from tcptui.lab.loader import BadScenario
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tests.messages import refused


@pytest.mark.parametrize(
    ("name", "value"), [(setting.name, value) for setting in SETTINGS for value in setting.values]
)
def test_every_value_of_the_list_can_be_chosen(name: str, value: str) -> None:
    chosen = chosen_of([f"{name}={value}"])
    assert words_of(chosen) == (() if value == USUAL[name] else (f"{name}={value}",))
    scenario = empty_lab(chosen, "t", "q")
    assert play(scenario).complete or name.endswith("program")
    a, b = scenario.hosts
    assert isinstance(a, HostSetup)
    assert isinstance(b, HostSetup)
    host = b if name.startswith("B") else a
    if name.endswith("stack"):
        assert host.profile.name == value
    if name.endswith(("mss", "receive_buffer")) and value != LINK:
        assert getattr(host.profile, name[2:]) == int(value)


def test_programs_meet() -> None:
    run = play(empty_lab(chosen_of(["A.program=client", "B.program=echo", "B.stack=linux"]), "t", "q"))
    read = [
        result.text for report in run.reports for result in report.results if result.text.startswith("recv(s")
    ]
    assert read[-1].endswith("= 5"), "what A has sent comes back"
    assert [state.value for state in run.end] == ["CLOSED", "LISTEN"]


def test_without_programs_nothing_happens_but_moves_do() -> None:
    scenario = empty_lab(USUAL, "t", "q")
    assert play(scenario).reports == ()
    assert play(scenario, parse_moves("b:listen a:connect")).end[0].value == "ESTABLISHED"


@pytest.mark.parametrize("word", ["A.stack", "colour=1", "=", "A.stac=linux", "C.mss=1"])
def test_what_is_no_setting_is_refused(word: str) -> None:
    with pytest.raises(BadSetting):
        chosen_of([word])


def test_a_stack_that_there_is_not_is_named_as_it_was_typed() -> None:
    with refused(BadSetting, match=r"^A\.stack: must be one of rfc9293, linux, freebsd$"):
        empty_lab(chosen_of(["A.stack=windows"]), "t", "q")


@pytest.mark.parametrize(
    "word",
    [
        "A.stack=windows",
        "delay=0ms",
        "delay=soon",
        "A.mss=0",
        "A.mss=many",
        "B.mss=-1",
        'B.mss=1 }"',
        "B.program=x",
    ],
)
def test_what_is_no_value_is_refused(word: str) -> None:
    with pytest.raises(BadScenario):
        empty_lab(chosen_of([word]), "t", "q")
