"""The pane of a host with sockets: what its programs' last calls returned."""

from __future__ import annotations

import pytest

from tcptui.lab.history import History
from tcptui.lab.wire import Side
from tcptui.view.endpoint import EndView
from tests.lab.worlds import history_of, scenario

SERVER = 'B.program = ["s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)", "recv(c, 99)"]\n'
CLIENT = 'A.program = ["s = socket()", "connect(s)", "send(s, \'hello\')"]\n'


def shown(history: History, side: Side = "B", width: int = 36) -> list[str]:
    now, before = history.moment, history.moment_before
    lines = EndView(side).lines(now, before, width, 40, at=now.world.now, raw=False)
    texts = ["".join(text for text, _ in line).rstrip() for line in lines]
    first = next(index for index, text in enumerate(texts) if text.strip(" ▸").startswith("app "))
    assert all(len(text) <= width for text in texts)
    return [text.strip(" ▸") for text in texts[first : first + 3]]


def test_the_last_two_calls_of_a_program_stand_there_with_what_they_returned() -> None:
    history = history_of(scenario(SERVER + CLIENT), "s6")
    assert shown(history) == ["app   listen(s, 5) = 0", "accept(s) ...", ""]
    while history.world.next_event() is not None:
        history.apply()
    assert shown(history)[:2] == ["app   accept(s) = 4", "recv(c, 'hello', 99) = 5"]
    assert shown(history)[2] == "got   5 'hello'"


def test_a_call_that_does_not_fit_stands_without_its_arguments() -> None:
    history = history_of(scenario(SERVER + CLIENT))
    while history.world.next_event() is not None:
        history.apply()
    assert shown(history, width=18)[:2] == ["app accept(s) = 4", "recv() = 5"]


def test_of_several_programs_each_has_its_last_call() -> None:
    two = 'A.programs = { one = ["s = socket()", "connect(s)"], two = ["s = socket()", "connect(s, 81)"] }\n'
    history = history_of(scenario(SERVER + two))
    while history.world.next_event() is not None:
        history.apply()
    assert sorted(shown(history, "A")[:2]) == [
        "app   one: connect(s) = 0",
        "two: connect() = -1 ECONNREFUSED",
    ]


@pytest.mark.parametrize("width", [18, 28, 36])
def test_a_link_that_is_down_is_told_beside_the_last_call(width: int) -> None:
    history = history_of(scenario(SERVER + CLIENT), "s6 b:unplug")
    assert shown(history, width=width)[1] == "cable pulled"


@pytest.mark.parametrize(
    ("width", "call"),
    [
        (28, "connect() = -1 ECONNREFUSED"),
        (26, "connect()=-1 ECONNREFUSED"),
        (22, "connect ECONNREFUSED"),
        (18, "-1 ECONNREFUSED"),
    ],
)
def test_the_error_of_a_call_is_whole_at_every_width(width: int, call: str) -> None:
    history = history_of(scenario(CLIENT), "s4")
    assert shown(history, "A", width)[1] == call
