"""The sentences on where two runs first differ."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.explain.catalogue import paragraph, text
from tcptui.explain.first_difference import difference_messages, fact_message
from tcptui.lab.facts import Fact
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.run import play
from tcptui.lab.variant import preset, variant
from tcptui.trace.facts import facts_of
from tcptui.trace.first_difference import Differences, first_differences


def told(name: str, other: str, *, stack: bool = False) -> str:
    story = library.find(name)
    second = variant(story, preset(other), []) if stack else scenario_of_variant(story, other)
    return paragraph(difference_messages(first_differences(play(story), play(second)), over=True))


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("late-syn", "two segments", "0.150 s: here B enters SYN-RECEIVED, there B enters ESTABLISHED."),
        ("assassination", "RFC 1337", "2.400 s: here A enters CLOSED, there not."),
        ("nat", "a heartbeat", "240.000 s: there A calls send(), here not."),
        ("reordered", "an ACK is lost", "0.205 s: here A's PSH,ACK len=8 is lost, there not."),
        ("two-way", "how it ends", "15.100 s: there A's retransmission timer fires, here not."),
    ],
)
def test_one_sentence_says_when_and_what_each_does(name: str, other: str, expected: str) -> None:
    assert told(name, other) == f"They first differ at {expected}"


def test_of_the_same_segment_only_the_fields_that_differ_are_told() -> None:
    assert told("blind-reset", "linux", stack=True) == (
        "They first differ at 0.100 s: here A's SYN has win=65535, there A's SYN has win=64240, wscale=7,"
        " sackOK, tsval=100, tsecr=0. From then on they take the same course."
    )
    assert "here A's SYN has no tsval, no tsecr, there" in told("old-segment", "timestamps")


def test_under_another_stack_the_course_is_told_beside_the_header() -> None:
    assert told("urgent", "linux", stack=True).endswith(
        " Their course differs from 1.000 s on: here B's program reads 'abc!def',"
        " there B's program reads 'abc'."
    )


def test_where_nothing_differs_it_says_so() -> None:
    assert paragraph(difference_messages(Differences(), over=True)) == "Both do the same to the end."
    assert paragraph(difference_messages(Differences(), over=False)) == "Up to here both do the same."


def test_every_fact_of_the_library_has_words() -> None:
    for name in library.names():
        for fact in facts_of(play(library.find(name))):
            if fact.verb != "rule":
                assert text(fact_message(fact))


def test_a_third_party_is_called_so() -> None:
    fact = Fact(0, "X", "leaves", "RST", (("seq", "1"),))
    assert text(fact_message(fact)) == "a third party sends RST"
