"""Two runs that are stepped together, and the same moment of two histories: without a screen."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeVar

import pytest

from tcptui import library
from tcptui.lab.history import History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.trace.first_difference import Difference, first_differences
from tcptui.ui.comparison import Comparison
from tcptui.ui.moments import BEGINNING, Moment, moment_of, next_moment, to_moment
from tcptui.ui.panes.beside import BesidePane, ToldPane
from tcptui.ui.session import Session
from tcptui.ui.versions import Version, Versions, version_of
from tcptui.view.beside import told_rows
from tcptui.view.lines import line_width, plain_text
from tests.formats.random_runs import random_run
from tests.ui.test_session import LONGEST_HOLD, endless

T = TypeVar("T")
PAIRS = [(one.name, variant) for one in library.all_scenarios() for variant in one.variants[:2]]


def compared(story: Scenario, other: Scenario, moves: str = "") -> Comparison:
    here, there = Session(story, moves), Session(other)
    comparison = Comparison(here, there, here)
    finish(comparison)
    return comparison


def finish(comparison: Comparison) -> None:
    while comparison.working:
        comparison.work()


def work_off(session: Session) -> None:
    while session.working:
        session.work()


def first_of(comparison: Comparison) -> Difference | None:
    return comparison.found.first


def places(comparison: Comparison) -> tuple[int, int]:
    return comparison.here.history.position, comparison.there.history.position


@pytest.mark.parametrize(("name", "variant"), PAIRS)
def test_stepping_back_goes_the_way_that_stepping_came(name: str, variant: str) -> None:
    story = library.find(name)
    comparison = compared(story, scenario_of_variant(story, variant))
    way = [places(comparison)]
    times = [comparison.now]
    while not comparison.over:
        comparison.step()
        finish(comparison)
        way.append(places(comparison))
        times.append(comparison.now)
    assert way[0] == (0, 0)
    assert times == sorted(times)
    assert all(0 <= b[side] - a[side] <= 1 for a, b in pairwise(way) for side in (0, 1))
    assert all(a != b for a, b in pairwise(way))
    lengths = len(play(story).reports), len(play(scenario_of_variant(story, variant)).reports)
    assert way[-1] == lengths
    back = [places(comparison)]
    while comparison.moment != BEGINNING:
        comparison.back()
        finish(comparison)
        back.append(places(comparison))
    assert back == way[::-1]
    comparison.end()
    finish(comparison)
    assert places(comparison) == lengths
    comparison.home()
    finish(comparison)
    assert places(comparison) == (0, 0)


@pytest.mark.parametrize(("name", "variant"), PAIRS)
def test_where_they_differ_is_found_as_in_whole_runs_and_told_once_it_has_come(
    name: str, variant: str
) -> None:
    story = library.find(name)
    other = scenario_of_variant(story, variant)
    expected = first_differences(play(story), play(other))
    comparison = compared(story, other)
    if expected.first is not None and expected.first.at:
        assert first_of(comparison) is None
        comparison.to_difference()
        finish(comparison)
        assert first_of(comparison) == expected.first
        assert comparison.now == expected.first.at
    else:  # At the beginning, or never.
        assert first_of(comparison) == expected.first
    comparison.swap()
    assert first_of(comparison) == (None if expected.first is None else expected.first.swapped())
    comparison.end()
    finish(comparison)
    assert comparison.found == expected.swapped()
    end = comparison.now
    comparison.to_last_difference()
    finish(comparison)
    before = [one.at for one in expected if one is not None and one.at < end]
    assert comparison.now == max(before, default=0)


@pytest.mark.parametrize("seed", range(20))
def test_a_history_comes_to_any_moment_of_its_own_and_back(seed: int) -> None:
    story, moves = random_run(seed)
    history = History(story)
    moments = [moment_of(history)]
    for move in moves:
        coming = next_moment(history)
        history.apply(move)
        moments.append(moment_of(history))
        if move == parse_moves("s")[0]:
            assert coming == moments[-1]
    assert moments == sorted(set(moments))
    for position in (len(moves), 0, len(moves) // 2, len(moves) // 3, len(moves)):
        for _ in to_moment(history, moments[position], 0):
            pass
        assert history.position == position
        for _ in to_moment(history, Moment(moments[position].at, 10**6), 0):
            pass
        assert moments[history.position].at == moments[position].at
        assert moments[history.position] == max(one for one in moments if one.at == moments[position].at)


def test_moves_of_the_reader_are_of_one_run_and_both_are_stepped_through_them() -> None:
    story = library.find("late-syn")
    comparison = compared(story, scenario_of_variant(story, "two segments"), "s6 l1 s3")
    assert comparison.here.history.position == 10
    assert moment_of(comparison.there.history).at <= comparison.now
    comparison.home()
    finish(comparison)
    comparison.end()
    finish(comparison)
    assert comparison.here.history.text().startswith("s6 l1 s")
    assert "l" not in comparison.there.history.text()


@pytest.mark.parametrize(("name", "variant"), [("late-syn", "two segments"), ("syn-flood", "SYN cookies")])
def test_on_every_screen_each_line_is_as_wide_as_that_and_a_larger_one_shows_no_less(
    name: str, variant: str
) -> None:
    story = library.find(name)
    comparison = compared(story, scenario_of_variant(story, variant))
    comparison.end()
    finish(comparison)
    for scrolled in (0, 5):
        shown = 0
        for width, height in (
            (80, 24),
            (80, 25),
            (99, 30),
            (100, 31),
            (120, 36),
            (199, 49),
            (200, 50),
            (300, 80),
        ):
            comparison.scrolled = scrolled
            rows = height - 2 - told_rows(width)
            lines = BesidePane(comparison).lines(width - 2, rows)
            told = ToldPane(comparison).lines(width, told_rows(width))
            assert len(lines) == rows
            assert len(told) <= told_rows(width)
            assert {line_width(line) for line in lines} == {width - 2}
            assert {line_width(line) for line in told} == {width}
            ladder = [line for line in lines[1:-1] if plain_text(line)]
            assert len(ladder) >= shown
            shown = len(ladder)


@pytest.fixture
def without_collection() -> Iterator[None]:
    """What the whole test run has left is not looked through meanwhile."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collection")
def test_no_slice_holds_the_loop() -> None:
    """Through two runs that do not end, there and back; in the process's own time."""
    here, there = Session(endless()), Session(endless())
    slices = []

    def took(work: Callable[[], T]) -> T:
        began = time.thread_time()
        done = work()
        slices.append(time.thread_time() - began)
        return done

    comparison = took(lambda: Comparison(here, there, here))
    for key in (comparison.end, comparison.back, comparison.home, comparison.to_difference):
        took(key)
        for _ in range(60):
            took(comparison.work)
        if comparison.walking:
            comparison.stop()
            while comparison.walking:
                took(comparison.work)
        assert here.history.position == there.history.position
    assert max(slices) < LONGEST_HOLD


def test_a_story_and_the_way_chosen_last_are_switched_between() -> None:
    session = Session(library.find("late-syn"), "s9")
    versions = Versions(session)
    assert [one.name for one in versions.all] == [
        "the story", "B closes first", "two segments", "two segments, A has reset",
        "two segments, the RST is lost", "under linux", "under freebsd",
    ]  # fmt: skip
    first = versions.other(session)
    assert first is not None
    assert version_of(first) == Version("B closes first")
    assert versions.other(session) is first
    chosen = versions.session_of(Version("", "linux"))
    versions.shows(chosen)
    assert versions.other(chosen) is session
    versions.shows(session)
    assert versions.other(session) is chosen
    assert versions.in_order(chosen, session) == versions.in_order(session, chosen) == (session, chosen)
    versions.shows(chosen)
    versions.shows(first)
    assert versions.other(first) is chosen, "what was shown before"
    assert versions.in_order(chosen, first) == (first, chosen)
    assert chosen.history.scenario.title == "The late SYN: under linux"
    assert {host.profile.name for host in chosen.history.scenario.hosts} == {"linux"}


def test_back_from_the_other_all_is_as_it_was_and_what_was_done_there_stays() -> None:
    session = Session(library.find("late-syn"), "s9")
    session.select_number(1)
    versions = Versions(session)
    other = versions.other(session)
    assert other is not None

    def switch(one: Session, another: Session) -> None:
        another.walk(versions.switch(one, another), 1)
        work_off(another)

    session.history.go_to(8)  # Between two steps at one time.
    switch(session, other)
    assert moment_of(other.history) <= moment_of(session.history)
    assert other.selection == 1
    other.selection = 2
    switch(other, session)
    assert (session.history.position, session.history.length, session.selection) == (8, 9, 1)
    switch(session, other)
    assert other.selection == 2, "nothing was done in the story"
    other.end()
    work_off(other)
    last = other.history.world.now
    other.select_number(99)
    switch(other, session)
    assert session.history.world.now == last == 2_250_000, "at which time both do something"
    assert session.selection == 0, "there is no such segment"
