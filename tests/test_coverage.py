"""Every transition of Figure 5, every rule, timer and knob that is on or off is shown by a story."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tcptui.cli import main
from tcptui.core.events import RuleApplied
from tcptui.core.state import State
from tcptui.core.tcp.calls import Configure, Status
from tcptui.core.tcp.settings import NO_SETTINGS
from tcptui.core.tcp.stack import Stack
from tcptui.explain.coverage import NOT_IN_THE_LAB, Coverage, coverage
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Scenario
from tcptui.library import SHIPPED


@pytest.fixture(scope="module")
def shown() -> Coverage:
    return coverage(SHIPPED.stories())


def test_everything_is_shown_by_a_story(shown: Coverage) -> None:
    assert shown.missing == []


def test_without_a_story_nothing_is_shown() -> None:
    none = coverage([])
    assert len(none.missing) == sum(len(things) for things in none)


def test_a_knob_is_shown_where_it_changes_the_run(shown: Coverage) -> None:
    assert shown.knobs["rfc1337"] is not None
    handshake = coverage([SHIPPED.find("handshake")])
    assert handshake.knobs["two_way_handshake"] == ("handshake", "")
    assert handshake.knobs["rfc1337"] is None, "nothing comes in TIME-WAIT"


def test_a_state_that_is_left_within_a_step_is_passed_by() -> None:
    run = coverage([scenario_of_variant(SHIPPED.find("assassination"), "Linux")])
    assert run.transitions[State.FIN_WAIT_1, State.TIME_WAIT] == ("assassination", "Linux")
    assert run.transitions[State.FIN_WAIT_1, State.FIN_WAIT_2] == ("assassination", "Linux")


def test_what_no_story_can_show_a_program_on_the_core_can() -> None:
    applied = [
        event.rule
        for call in (Status(1), Configure(1, NO_SETTINGS))
        for event in Stack().call(call, 0)
        if isinstance(event, RuleApplied)
    ]
    assert tuple(applied) == NOT_IN_THE_LAB


def test_the_command_says_what_is_shown(
    shown: Coverage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_the_library(stories: Iterable[Scenario]) -> Coverage:
        names = [(one.name, one.variant) for one in stories]
        assert names == [(one.name, one.variant) for one in SHIPPED.stories()]
        return shown

    monkeypatch.setattr("tcptui.explain.coverage.coverage", of_the_library)
    status = main(["list", "--coverage"])
    told = capsys.readouterr().out
    assert status == 0
    assert "  CLOSED > LISTEN " in told
    assert not [line for line in told.splitlines() if line.endswith(" -")]
