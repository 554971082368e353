"""Every transition of Figure 5, every rule, timer and knob that is on or off is shown by a story."""

from __future__ import annotations

import pytest

from tcptui.cli import main
from tcptui.commands.coverage import stories
from tcptui.core.state import State
from tcptui.explain.coverage import Coverage, coverage
from tcptui.lab.loader import scenario_of_variant
from tcptui.library import SHIPPED

NOT_SHOWN = frozenset(
    {
        "SEND_OPENS",
        "STATUS_REFUSED",
        "CONFIGURE_REFUSED",
        "ERROR_NOT_OURS",
        "ERROR_IGNORED",
        "SOURCE_QUENCH_IGNORED",
        "PATH_MTU",
    }
)
"""What no story shows yet, by name: each is to go."""


@pytest.fixture(scope="module")
def shown() -> Coverage:
    return coverage(stories(SHIPPED))


def test_everything_is_shown_by_a_story(shown: Coverage) -> None:
    assert set(shown.missing) <= NOT_SHOWN


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


def test_the_command_says_what_is_shown_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["list", "--coverage"])
    told = capsys.readouterr().out
    assert status == (1 if NOT_SHOWN else 0)
    assert "  CLOSED > LISTEN " in told
    rows = [line for line in told.splitlines() if line.endswith(" -")]
    assert {line.strip().split("  ")[0] for line in rows} <= NOT_SHOWN
