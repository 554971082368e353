"""Where two runs first differ: of anything, and of stories and their variants what changes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.facts import Fact
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import preset, variant
from tcptui.trace.first_difference import (
    UNKNOWN,
    Difference,
    Differences,
    Moment,
    compared,
    first_differences,
    moments,
    moments_of,
)
from tests.formats.random_runs import random_run
from tests.lab.worlds import OPEN, scenario

FACTS = st.builds(
    Fact,
    st.just(0),
    st.sampled_from("AB"),
    st.sampled_from(("leaves", "lost", "enters", "sets", "rule", "told", "calls", "returns")),
    st.sampled_from(("SYN", "ACK")),
    st.sampled_from(((), (("win", "1"),), (("win", "2"),), (("len", "1"),))),
    st.integers(1, 3),
)
RUNS = st.dictionaries(st.integers(0, 4), st.lists(FACTS, min_size=1, max_size=3)).map(
    lambda run: [(at, [fact._replace(at=at) for fact in run[at]]) for at in sorted(run)]
)


def of(ours: list[Moment], theirs: list[Moment]) -> Differences:
    found = Differences()
    for found in compared(iter(ours), iter(theirs)):  # noqa: B007
        pass
    return found


def verbs_of(difference: Difference) -> set[str]:
    return {fact.verb for fact in (difference.here, difference.there) if fact is not None}


@given(RUNS)
def test_a_run_does_not_differ_from_itself(run: list[Moment]) -> None:
    again = [(at, [fact._replace(number=9, more_fields=(("sport", "1"),)) for fact in facts[::-1]])
             for at, facts in run]  # fmt: skip
    assert of(run, again) == Differences()


@given(RUNS, RUNS)
def test_seen_from_the_other_run_it_is_the_same(ours: list[Moment], theirs: list[Moment]) -> None:
    assert of(ours, theirs) == of(theirs, ours).swapped()


@given(RUNS, RUNS)
def test_before_it_both_have_done_the_same_and_what_is_told_was_done_by_one_alone(
    ours: list[Moment], theirs: list[Moment]
) -> None:
    found = of(ours, theirs)
    first = found.first
    if first is None:
        assert found.course is None
        return
    assert of([one for one in ours if one[0] < first.at], [one for one in theirs if one[0] < first.at]) == (
        Differences()
    )
    assert first.here is not None or first.there is not None
    here = dict(ours).get(first.at, [])
    assert first.here is None or first.here in here
    assert first.there is None or first.there in dict(theirs).get(first.at, [])
    assert first.here is None or first.here.verb != "rule"
    if found.course is not None:
        assert found.course.at >= first.at
        assert found.course == first or found.course.at > first.at or "calls" in verbs_of(first)


@given(RUNS, RUNS, st.integers(0, 4))
def test_what_comes_after_a_run_was_cut_is_no_difference(
    ours: list[Moment], theirs: list[Moment], cut: int
) -> None:
    known = [one for one in ours if one[0] < cut]
    found = of([*known, (cut, [UNKNOWN])], theirs)
    assert found == of(known, [one for one in theirs if one[0] < cut])


def test_a_window_is_a_difference_and_no_other_course() -> None:
    one = Fact(5, "A", "leaves", "SYN", (("seq", "0"), ("win", "1")))
    other = one._replace(fields=(("seq", "0"), ("win", "2")))
    late = Fact(7, "B", "enters", "CLOSED")
    found = of([(5, [one]), (7, [late])], [(5, [other])])
    assert found.first is not None
    assert found.first == (5, one, other)
    assert found.course == (7, late, None)
    assert found.up_to(4) == Differences()
    assert found.up_to(6) == Differences(Difference(5, one, other))


def test_another_timer_is_told_only_where_nothing_else_differs() -> None:
    def sets(span: str) -> Fact:
        return Fact(1, "A", "sets", "RETRANSMISSION", (("for", span),))

    sends = Fact(1, "A", "leaves", "ACK")
    assert of([(1, [sets("1s")])], [(1, [sets("3s")])]) == ((1, sets("1s"), sets("3s")), None)
    found = of([(1, [sets("1s"), sends])], [(1, [sets("3s")])])
    assert found.first == found.course == (1, sends, None)


def test_steps_of_one_time_are_one_moment() -> None:
    one, two = Fact(3, "A", "told", "x"), Fact(3, "B", "told", "y")
    assert list(moments([(3, (one,)), (3, ()), (3, (two,)), (4, ())])) == [(3, [one, two]), (4, [])]


@pytest.mark.parametrize("seed", range(60))
def test_random_runs(seed: int) -> None:
    story, moves = random_run(seed)
    run, other = play(story, moves), play(story)
    assert first_differences(run, play(story, moves)) == Differences()
    found = first_differences(run, other)
    assert found == first_differences(other, run).swapped()
    if found.first is not None:
        assert all(fact.at == found.first.at for fact in found.first[1:] if fact is not None)


def shown(name: str, other: str) -> str:
    story = library.find(name)
    return of_stories(story, scenario_of_variant(story, other))


def of_stories(story: Scenario, other: Scenario) -> str:
    first = first_differences(play(story), play(other)).first
    return "none" if first is None else f"{first.at / 1_000:g} ms: {first.here} | {first.there}"


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        # A knob acts: the answer to a SYN, what the last FIN leads to, what a RST does.
        ("late-syn", "two segments", "150 ms: B enters SYN-RECEIVED | B enters ESTABLISHED"),
        ("two-way", "three segments", "150 ms: B enters ESTABLISHED | B enters SYN-RECEIVED"),
        ("lost-last-ack", "no TIME-WAIT", "350 ms: A enters TIME-WAIT | A enters CLOSED"),
        ("old-segment", "with TIME-WAIT", "500 ms: A enters CLOSED | A enters TIME-WAIT"),
        ("assassination", "RFC 1337", "2400 ms: A enters CLOSED | None"),
        # The same data is in the window of a connection whose numbers begin where the old ones did.
        ("fixed-isn", "a clock and a keyed hash", "1650 ms: B reads 'OLD!' | None"),
        # A program calls something else.
        ("half-close", "close()", "200 ms: A calls shutdown | A calls close"),
        ("nat", "a heartbeat", "240000 ms: None | A calls send"),
        # A fault: in the story the second segment is lost, in the variant another one.
        ("reordered", "an ACK is lost", "205 ms: A PSH,ACK seq=9 ack=1 win=65535 len=8 lost | None"),
        ("slow-reader", "the window update is lost", "6000 ms: None | B ACK seq=1 ack=4381 win=4380 lost"),
    ],
)  # fmt: skip
def test_it_is_where_a_knob_a_fault_or_a_program_first_acts(name: str, other: str, expected: str) -> None:
    assert shown(name, other) == expected


@pytest.mark.parametrize("name", library.names())
def test_of_each_story_and_each_of_its_variants(name: str) -> None:
    """Before the first difference both have the same facts but for rules; a story is never told twice, but
    for a variant that only says something else."""
    story = library.find(name)
    run = play(story)
    assert first_differences(run, play(story)) == Differences()
    for one in story.variants:
        other = scenario_of_variant(story, one.name)
        found = first_differences(run, play(other))
        assert found == first_differences(play(other), run).swapped()
        if found.first is None:
            assert other.say, one.name
            continue
        at = found.first.at
        before = [dict(moments_of(each)) for each in (run, play(other))]
        done = [
            {
                time: sorted(str(fact) for fact in facts if fact.verb != "rule")
                for time, facts in facts_at.items() if time < at
            }
            for facts_at in before
        ]  # fmt: skip
        assert {time for time in done[0] if done[0][time]} == {time for time in done[1] if done[1][time]}
        assert all(done[0][time] == done[1][time] for time in done[0] if done[0][time])


def test_under_another_stack_the_course_is_told_too() -> None:
    story = library.find("lost-syn-ack")
    found = first_differences(play(story), play(variant(story, preset("linux"), [])))
    assert found.first is not None
    assert found.course is not None
    assert (found.first.at, str(found.first.here)) == (100_000, "A SYN seq=0 win=65535 mss=1460")
    # Linux, RFC 9293: who still is in SYN-RECEIVED answers the SYN that comes again with its SYN,ACK alone.
    assert (found.course.at, found.course.there) == (1_150_000, None)


def test_a_prelude_that_leads_elsewhere_is_the_first_difference() -> None:
    story, other = scenario(OPEN), scenario(OPEN.replace(" a:connect s3", ""))
    first = first_differences(play(story), play(other)).first
    assert first is not None
    assert (first.at, str(first.here), str(first.there)) == (0, "A enters ESTABLISHED", "A enters CLOSED")


def test_numbers_are_relative_where_the_story_shows_them_raw() -> None:
    raw = 'numbers = "raw"\n'
    moves = parse_moves("a:send:x")
    story, other = scenario(raw + OPEN), scenario((raw + OPEN).replace("A.isn = 1000", "A.isn = 2000"))
    assert first_differences(play(story, moves), play(other, moves)) == Differences()
