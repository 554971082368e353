"""What happens in a run is listed as facts, and a pattern describes the facts that it should."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.facts import Fact, facts_of_step
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.patterns import BadPattern, Pattern, parse_pattern
from tcptui.lab.run import play


def _facts(name: str, moves: str = "") -> list[Fact]:
    run = play(library.find(name), parse_moves(moves))
    by_number = {transmission.number: transmission for transmission in run.transmissions}
    return [
        fact
        for report in run.reports
        for fact in facts_of_step(report, [by_number[number] for number in report.launched])
    ]


LIFE = _facts("life")


def _described(pattern: str, facts: list[Fact] = LIFE) -> list[int]:
    """The places of the facts that a pattern describes."""
    parsed = parse_pattern(pattern)
    places = [place for place, fact in enumerate(facts) if parsed.describes(fact)]
    return [place for count, place in enumerate(places, 1) if parsed.means(count)]


def test_the_facts_of_a_handshake_are_listed_in_their_order() -> None:
    # RFC 9293 sends first and enters the state then (3.10.1, 3.10.7.2).
    facts = [str(fact) for fact in _facts("handshake") if fact.verb not in ("rule", "sets", "stops")]
    assert facts[:12] == [
        "B calls listen",
        "B enters LISTEN",
        "B listen = ok",
        "A calls connect",
        "A SYN seq=0 win=65535 mss=1460",
        "A enters SYN-SENT",
        "A connect = ok",
        "A SYN seq=0 win=65535 mss=1460 arrives",
        "B SYN,ACK seq=0 ack=1 win=65535 mss=1460",
        "B enters SYN-RECEIVED",
        "B SYN,ACK seq=0 ack=1 win=65535 mss=1460 arrives",
        "A enters ESTABLISHED",
    ]


@pytest.mark.parametrize("name", ["life", "udp", "udp-no-port", "lost-syn", "figure-13", "late-syn"])
def test_the_text_of_a_fact_is_a_pattern_that_describes_it(name: str) -> None:
    for fact in _facts(name):
        assert parse_pattern(str(fact)).describes(fact), str(fact)


def test_data_without_psh_is_no_ack_unless_the_pattern_asks_for_its_length() -> None:
    facts = _facts("slow-reader")
    assert len(_described("A ACK seq=1461 ack=1 len=1460", facts)) == 1
    assert not _described("A ACK seq=1461", facts)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("A SYN", 1), ("B SYN", 0), ("B SYN,ACK", 1), ("A FIN", 1), ("A ACK", 3), ("A *", 6), ("A DATA", 1),
        ("A RST", 0), ("A UDP", 0), ("A ACK 2", 1), ("A ACK 2-", 2), ("A ACK 1-3", 3), ("A ACK 4", 0),
        ("B DATA len=14", 1), ("B DATA len=13", 0), ("B SYN,ACK sport=80", 1), ("B SYN,ACK sport=81", 0),
        ("B FIN arrives", 1), ("B FIN lost", 0), ("#3 leaves", 1), ("#3 arrives", 1), ("#3 lost", 0),
        ("A enters TIME-WAIT", 1), ("B enters *", 6), ("A fires TIME_WAIT", 1), ("A sets TIME_WAIT 4min", 1),
        ("A sets TIME_WAIT 2min", 0), ("A calls connect", 1), ("A connect = ok", 1), ("A connect = -1*", 0),
        ("B reads 'GET /\\r\\n'", 1), ("A told connection *", 3), ("A rule FIN_TO_TIME_WAIT", 1),
        ("100ms A calls connect", 1), ("101ms A calls connect", 0),
    ],
)  # fmt: skip
def test_a_pattern_describes_so_many_facts_of_a_whole_life(pattern: str, count: int) -> None:
    assert len(_described(pattern)) == count


def test_a_copy_is_meant_only_where_the_pattern_says_so() -> None:
    facts = _facts("life", "s2 u1")
    assert len(_described("A SYN", facts)) == 1
    assert len(_described("A SYN copy", facts)) == 1
    assert [str(facts[place]) for place in _described("#2 leaves", facts)] == [
        "A SYN seq=0 win=65535 mss=1460 copy"
    ]


def test_a_lost_segment_and_what_is_sent_again() -> None:
    facts = _facts("lost-syn")
    assert len(_described("A SYN lost", facts)) == 1
    assert len(_described("A SYN again", facts)) == 1
    assert len(_described("A SYN", facts)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "C SYN", "A", "A SIN", "A SYN 0", "A SYN 3-2", "A SYN 2 2", "A SYN x=1", "A SYN seq=",
        "A enters", "5xs A SYN", "5ms", "A enters LISTEN twice", "#x leaves", "A SYN" + " " * 300, "a SYN",
    ],
)  # fmt: skip
def test_a_text_that_describes_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadPattern):
        parse_pattern(text)


def test_numbers_count_from_the_first() -> None:
    pattern = parse_pattern("B ACK 2-3")
    assert pattern.counts
    assert [pattern.means(place) for place in (1, 2, 3, 4)] == [False, True, True, False]
    assert not Pattern().counts
    assert parse_pattern("B ACK 2-").means(1_000)
