"""What a scenario expects of its run is compared with it, and what differs is told with what came nearest."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.explain.catalogue import text
from tcptui.lab.run import play
from tcptui.trace.expectations import (
    MOST_FAILURES,
    Failure,
    failed_events,
    failed_labels,
    failed_never,
    labels_of,
)
from tcptui.trace.facts import facts_of
from tests.trace.facts import names_of

LIFE = facts_of(play(library.find("life")))
LATE = facts_of(play(library.find("late-syn")))


def told(failures: list[Failure]) -> list[str]:
    return [f"{one.where}: {text(one.message)}" for one in failures]


def events(*texts: str, strict: bool = False) -> list[str]:
    return told(list(failed_events(texts, LIFE, strict)))


def test_events_in_their_order_hold_whatever_stands_between() -> None:
    assert events("A SYN", "A told connection established", "B reads *", "A fires TIME_WAIT") == []


def test_two_of_a_kind_are_two_events() -> None:
    assert events("A enters ESTABLISHED", "A enters ESTABLISHED") == [
        "expect.events[2]: 'A enters ESTABLISHED' does not happen after 'A enters ESTABLISHED';"
        " the last: 200ms A enters ESTABLISHED"
    ]


def test_an_event_in_the_wrong_place_is_told_and_those_behind_it_are_looked_for() -> None:
    assert events("B SYN,ACK", "A SYN", "A FIN") == [
        "expect.events[2]: 'A SYN' does not happen after 'B SYN,ACK';"
        " the last: 100ms A SYN seq=0 win=65535 mss=1460"
    ]


@pytest.mark.parametrize(
    ("event", "nearest"),
    [
        ("A SYN mss=536", "nearest: 100ms A SYN seq=0 win=65535 mss=1460"),
        ("101ms A SYN", "nearest: 100ms A SYN seq=0"),
        ("A DATA len=8", "nearest: 200ms A PSH,ACK seq=1 ack=1 win=65535 len=7"),
        ("B reads 'GET'", "nearest: 250ms B reads 'GET /\\r\\n'"),
        ("A told error: connection reset", "nearest: 200ms A told connection established"),
        ("A send = error*", "nearest: 200ms A send = ok"),
        ("A sets TIME_WAIT 1min", "nearest: 620ms A sets TIME_WAIT 4min"),
        ("A SYN lost", "nor anything like it"),
        ("B fires TIME_WAIT", "nor anything like it"),
    ],
)
def test_what_does_not_happen_is_told_with_what_comes_nearest(event: str, nearest: str) -> None:
    (failure,) = events(event)
    assert nearest in failure


def test_places_count_from_the_beginning_of_the_run() -> None:
    assert events("A told *", "A ACK 2", "A ACK 3") == []
    assert len(events("A ACK 2", "A ACK 1")) == 1


def test_strict_takes_nothing_else_of_the_kinds_that_are_named() -> None:
    reads = ("B reads 'GET /\\r\\n'", "A reads '200 OK\\r\\nhello\\n'")
    assert events(*reads, strict=True) == []
    assert events(reads[1], strict=True) == [
        "expect.events[1]: is strict, and this is not in the list: 250ms B reads 'GET /\\r\\n'"
    ]
    assert events(reads[0], strict=True) == [
        "expect.events: is strict, and this is not in the list: 320ms A reads '200 OK\\r\\nhello\\n'"
    ]


def test_strict_takes_what_comes_nearest_for_what_was_expected() -> None:
    (failure,) = events("B reads 'GET'", "A reads '200 OK\\r\\nhello\\n'", strict=True)
    assert failure.startswith("expect.events[1]: \"B reads 'GET'\"")


def test_strict_counts_copies_but_no_rules() -> None:
    left = [str(fact) for fact in LATE if fact.verb == "leaves"]
    assert list(failed_events(left, LATE, True)) == []
    without = [one for one in left if not one.endswith("copy")]
    assert len(list(failed_events(without, LATE, True))) == 1
    assert events("A rule FIN_ACKED", strict=True) == []


def test_all_facts_of_a_run_are_what_it_expects_strictly() -> None:
    assert list(failed_events([str(fact) for fact in LIFE], LIFE, True)) == []


def test_what_never_happens() -> None:
    assert list(failed_never(["A RST", "B rule GIVE_UP", "A told connection established 2"], LIFE)) == []
    assert told(list(failed_never(["B RST", "A told connection clos*"], LIFE))) == [
        "expect.never[2]: 'A told connection clos*' must not happen, but does (2 times);"
        " first: 620ms A told connection closing"
    ]


def test_labels_of_the_frames_of_a_capture() -> None:
    run = play(library.find("lost-third"))
    assert labels_of(run) == list(run.scenario.expected.labels)
    assert list(failed_labels(labels_of(run), run)) == []
    assert told(list(failed_labels(["A: 4 TCP Dup ACK 3#1", "B: 1 TCP Retransmission"], run))) == [
        "expect.labels[1]: 'A: 4 TCP Dup ACK 3#1' is not so: that frame of 5 has TCP Retransmission",
        "expect.labels[2]: 'B: 1 TCP Retransmission' is not so: that frame of 4 has no label",
    ]
    assert "has no label" in told(list(failed_labels(["wire: 99 x"], run)))[0]


def test_the_names_of_the_facts_of_an_end() -> None:
    run = play(library.find("lost-syn"))
    assert names_of(run, "A", "enters") == ["SYN-SENT", "ESTABLISHED"]
    assert names_of(run, "A", "fires") == ["RETRANSMISSION"]


def test_a_run_that_has_gone_another_way_is_told_in_bounds() -> None:
    assert MOST_FAILURES < 100
