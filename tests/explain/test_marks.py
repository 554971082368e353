"""The state in which a step leaves its end, as it is told below the panes."""

import pytest

from tcptui import library
from tcptui.core.events import StateChanged
from tcptui.explain.catalogue import text
from tcptui.explain.marks import state_mark
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT
from tcptui.lab.wire import BadMove


def marks_of(name: str, steps: int) -> list[str]:
    history = History(library.find(name))
    told = []
    for _ in range(steps):
        try:
            history.apply(NEXT)
        except BadMove:
            break
        assert history.report is not None
        found = state_mark(history.report, history.before, history.world)
        told.append("" if found is None else text(found[0]))
    return told


def test_a_connection_that_ends_does_not_turn_into_the_listener() -> None:
    assert marks_of("never-closes", 18)[-1] == "B: CLOSE-WAIT > CLOSED"


def test_a_new_connection_does_not_begin_in_the_state_of_the_last_one() -> None:
    assert marks_of("accept-queue", 26)[-1] == "B: LISTEN > SYN-RECEIVED"
    assert marks_of("accept-queue", 13)[-1] == "A: CLOSED > SYN-SENT"


def test_the_change_of_another_connection_is_told() -> None:
    assert marks_of("accept-queue", 27)[-1] == "A: SYN-SENT > ESTABLISHED"


def test_a_reboot_has_no_events_and_is_told_all_the_same() -> None:
    assert marks_of("figure-10", 1) == ["A: ESTABLISHED > CLOSED"]


def test_udp_has_no_state() -> None:
    assert set(marks_of("udp-no-port", 6)) == {""}


@pytest.mark.parametrize("name", ["echo", "restart", "syn-flood", "late-syn", "figure-8"])
def test_what_is_told_to_have_changed_has(name: str) -> None:
    history = History(library.find(name))
    for _ in range(60):
        try:
            history.apply(NEXT)
        except BadMove:
            break
        report = history.report
        assert report is not None
        found = state_mark(report, history.before, history.world)
        if found is not None and found[1]:
            steps = [(one.old.value, one.new.value) for one in report.events if type(one) is StateChanged]
            old, new = text(found[0])[3:].split(" > ")
            assert not steps or (old in dict(steps) and new in dict(steps).values())
