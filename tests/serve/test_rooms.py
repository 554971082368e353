"""A presenter and those who watch, each over a connection of his own."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack

import pytest

from tcptui import lecture
from tcptui.rooms.in_process import RoomsInProcess
from tcptui.serve import views
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Client, Served, Start
from tcptui.serve.spectator import Spectator
from tcptui.serve.views import Answer, View
from tests.serve.reading import LAST_SEQUENCE, Reading, run

FAST = Limits(keys=1e6, burst=1e6)
PRESENTS, WATCHES = Start("late-syn", key="key"), Start(room="r")


async def served() -> Served:
    rooms = RoomsInProcess()
    await rooms.open("r", "key")
    return Served(limits=FAST, rooms=rooms)


def sized(columns: int, rows: int) -> Client:
    return Client.of(term="xterm-256color", columns=columns, rows=rows)


def watched(at: Served, columns: int = 100, rows: int = 30) -> Reading:
    return Reading(WATCHES, at, sized(columns, rows))


def spectator_of(reading: Reading) -> Spectator:
    assert reading.reader._spectator is not None
    return reading.reader._spectator


def view_of(reading: Reading) -> View:
    view = spectator_of(reading)._view
    assert view is not None
    return view


def test_a_watcher_sees_each_step_at_his_own_size() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter:
            async with watched(at, 80, 24) as watcher:
                await watcher.shows("the late syn")
                assert len(watcher.screen.splitlines()) == 24
                await presenter.press(b"   ")
                await watcher.shows("step 3")
                await presenter.press(b"b")
                await watcher.shows("step 2")
                watcher.reader.resize(120, 40)
                await watcher.until(lambda: len(watcher.screen.splitlines()) == 40)
                await watcher.shows("step 2")
            await presenter.press(b" ")
            await presenter.shows("step 3")

    run(test)


def test_watchers_of_one_size_see_one_view_and_a_newcomer_gets_all_of_it() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one:
            await presenter.press(b"   ")
            await one.shows("step 3")
            async with watched(at) as other, watched(at, 90) as third:
                assert view_of(one) is view_of(other)
                assert view_of(one) is not view_of(third)
                assert b"step 3" in other.sink.octets
                places = len(one.sink.octets), len(other.sink.octets)
                await presenter.press(b" ")
                await other.shows("step 4")
                await other.settle()
                assert one.sink.octets[places[0] :] == other.sink.octets[places[1] :] != b""
                await presenter.shows("3 watch")

    run(test)


class Slow:
    """A spectator to whom it takes a millisecond to be written to."""

    def __init__(self, clock: list[float]) -> None:
        self.clock, self.octets = clock, b""

    def show(self, octets: bytes) -> None:
        self.clock[0] += 0.001
        self.octets += octets

    def needs_app(self) -> None:
        """He gets none."""


def test_a_class_is_written_to_in_slices_and_each_gets_all_of_it_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    monkeypatch.setattr(views, "perf_counter", lambda: clock[0])

    async def longest_call(view: View) -> float:
        longest, before = 0.0, clock[0]
        while view._waiting:
            await asyncio.sleep(0)
            longest, before = max(longest, clock[0] - before), clock[0]
        return longest

    async def test() -> None:
        at = await served()
        async with watched(at) as one:
            view = view_of(one)
            seats = [Slow(clock) for _ in range(100)]
            for seat in seats:
                view.enter(seat)
            assert await longest_call(view) < 0.015
            assert all(seat.octets == views.CLEAR + view.whole for seat in seats)
            for octets in (b"one", b"two"):
                view.write(octets)
                await asyncio.sleep(0)
            view.enter(late := Slow(clock))
            view.leave(gone := seats.pop())
            view.write(b"three")
            assert await longest_call(view) < 0.015
            assert all(seat.octets.endswith(b"onetwothree") for seat in seats)
            assert late.octets.endswith(b"three")
            assert late.octets.startswith(views.CLEAR)
            assert b"three" not in gone.octets
            for _ in range(20):
                view.write(b"x" * 5_000)
            assert max(map(len, view._waiting.values())) <= views.MOST_WAITING
            await longest_call(view)
            assert all(views.CLEAR + view.whole in seat.octets for seat in seats)

    run(test)


def test_for_a_watcher_who_stops_reading_frames_are_dropped_and_later_all_is_drawn() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one, watched(at) as slow:
            slow.sink.is_full = True
            before = len(slow.sink.octets)
            await presenter.press(b"   ")
            await one.shows("step 3")
            assert len(slow.sink.octets) == before
            slow.sink.is_full = False
            await presenter.press(b" ")
            assert len(slow.sink.octets) == before
            slow.reader.drained()
            await slow.settle()
            drawn = slow.sink.octets[before:].decode()
            assert all(word in drawn for word in ("\x1b[2J", "The late SYN", "step 4", "server", "help"))

    run(test)


def test_a_key_of_his_own_gives_an_app_of_his_own_and_the_key_back_the_view() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one, watched(at) as other:
            await presenter.press(b"     ")
            await one.shows("step 5")
            one.reader.feed(b"\\")
            await one.until(lambda: one.reader._spectator is None and one.reader._terminal is not None)
            await one.shows("step 5")
            assert spectator_of(other)
            await presenter.press(b" ")
            await one.shows("step 6")
            await one.press(b"l")
            await one.shows("copy")
            await presenter.press(b"   ")
            await presenter.shows("step 9")
            await one.shows("presenter at step 9")
            assert "s  step 9" not in one.screen
            await one.press(b"f")
            await one.shows("s  step 9")
            assert one.reader._spectator is None
            one.reader.feed(b"f")
            await one.until(lambda: one.reader._spectator is not None)
            await one.shows("step 9")
            await presenter.press(b" ")
            await one.shows("step 10")
            await presenter.shows("2 watch")
            assert (await presenter.press(b" ")) != b""

    run(test)


def test_a_class_answers_without_apps_of_their_own_and_each_is_told_what_came_of_it() -> None:
    async def test() -> None:
        at = await served()
        async with AsyncExitStack() as stack:
            presenter = await stack.enter_async_context(Reading(PRESENTS, at))
            one, *others, silent = [await stack.enter_async_context(watched(at)) for _ in range(4)]
            await presenter.press(b"  P")
            await one.until(lambda: view_of(one).has(2))
            right = right_choice(one)
            wrong = 3 - right
            for pupil in others:
                pupil.reader.feed(b"%d" % wrong)
            await others[0].shows(f"your answer is {wrong}")
            others[1].reader.feed(b"%d" % right)
            one.reader.feed(b"%d" % wrong)
            await others[1].shows(f"your answer is {right}")
            await one.shows(f"your answer is {wrong}")
            await presenter.shows("3 of 4")
            assert "your answer" not in silent.screen.lower()
            assert view_of(one) is view_of(others[0]) is not view_of(others[1])
            await presenter.press(b" ")
            told = (
                (one, "wrong: "),
                (others[0], "wrong: "),
                (others[1], "right: "),
                (silent, "what comes: "),
            )
            for pupil, words in told:
                await pupil.shows(words)
                assert words.encode() in pupil.sink.octets.lower()
            assert all(one.reader._spectator for one in (one, *others, silent))

    run(test)


def right_choice(reading: Reading) -> int:
    """Of the question that stands, from 1."""
    session = view_of(reading)._app.session
    assert session is not None
    assert session.predicting is not None
    assert session.predicting.question is not None
    return session.predicting.question.right + 1


async def asked_and_answered_right(presenter: Reading, one: Reading) -> None:
    await presenter.press(b"  P")
    await one.until(lambda: view_of(one).has(1))
    one.reader.feed(b"%d" % right_choice(one))
    await one.shows("your answer is")


def test_who_answered_sees_what_all_see_once_another_question_is_over() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one, watched(at) as other:
            await asked_and_answered_right(presenter, one)
            await presenter.press(b" ")
            await one.shows("right: ")
            asked = spectator_of(one).shown.asks
            while spectator_of(one).shown.asks == asked:
                await presenter.press(b" ")
            await one.until(lambda: view_of(one).has(1))
            assert "last answer was right: " in one.screen.lower()
            assert view_of(one) is not view_of(other)
            await presenter.press(b" ")
            await one.shows("what comes: ")
            assert view_of(one) is view_of(other)
            async with watched(at) as late:
                await late.shows("what comes: ")
                assert "answered" not in late.screen
                assert view_of(late) is view_of(other)

    run(test)


def test_who_answered_and_looks_at_something_of_his_own_is_told_when_he_comes_back() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one:
            await asked_and_answered_right(presenter, one)
            one.reader.feed(b"\\")
            await one.until(lambda: one.reader._spectator is None and one.reader._terminal is not None)
            await presenter.press(b" ")
            await one.shows("right: ")
            one.reader.feed(b"f")
            await one.until(lambda: one.reader._spectator is not None)
            await one.shows("right: ")

    run(test)


def test_who_leaves_gets_his_terminal_back_and_the_last_ends_the_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "LINGERS", 0.05)

    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at):
            async with watched(at) as one, watched(at) as other:
                view = view_of(one)
                one.reader.feed(b"q")
                assert (await one.ends()).reason == "left"
                assert one.sink.octets.endswith(LAST_SEQUENCE)
                await asyncio.sleep(0.1)
                assert not view._running.done()
                other.reader.say_good_bye("bye")
                assert (await other.ends()).reason == "server"
                assert other.sink.octets.endswith(LAST_SEQUENCE + b"bye\r\n")
            await asyncio.wait_for(view._running, 5)
            del view
            gc.collect()
            assert not at._audiences
        await asyncio.sleep(0.02)
        assert len(asyncio.all_tasks()) == 1

    run(test)


def test_where_a_view_fails_each_gets_an_app_of_his_own_and_the_presenter_notices_nothing() -> None:
    async def test() -> None:
        at = await served()
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what["exception"]))
        async with Reading(PRESENTS, at) as presenter, watched(at) as one, watched(at) as other:
            view_of(one)._app._handle_exception(RuntimeError("on purpose"))
            for watcher in (one, other):
                await watcher.until(lambda watcher=watcher: watcher.reader._app is not None)  # type: ignore[misc]
            await presenter.press(b" ")
            await one.shows("step 1")
            await other.shows("step 1")
        assert [str(error) for error in told] == ["on purpose"]

    run(test)


def test_there_are_so_many_views_and_later_ones_see_the_largest_that_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "MOST_VIEWS", 2)

    async def test() -> None:
        at = await served()
        async with (
            Reading(PRESENTS, at), watched(at, 90, 24) as small, watched(at, 100, 30) as middle,
            watched(at, 120, 40) as large, watched(at, 95, 50) as narrow, watched(at, 84, 28) as other,
            watched(at, 60, 20) as tiny,
        ):  # fmt: skip
            assert view_of(large) is view_of(middle)
            assert view_of(narrow) is view_of(small)
            assert view_of(other).look[:2] == (80, 24)
            assert view_of(tiny).look[:2] == (60, 20)

    run(test)


def test_small_windows_of_many_sizes_have_few_views() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at), watched(at) as one:
            audience = spectator_of(one)._audience
            for columns in range(20, 80):
                for rows in (5, 10, 15):
                    one.reader.resize(columns, rows)
                    spectator_of(one)._enter()
            assert len(audience.views) <= views.MOST_VIEWS + len(views.STANDARDS)

    run(test)


def test_who_has_answered_goes_away_and_comes_back_counts_once() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one:
            await presenter.press(b"  P")
            for choice in b"1212":
                await one.until(lambda: one.reader._spectator is not None and view_of(one).has(1))
                one.reader.feed(bytes([choice]))
                one.reader.feed(b"\\")
                await one.until(lambda: one.reader._spectator is None and one.reader._terminal is not None)
                await one.settle()
                one.reader.feed(b"f")
                await one.until(lambda: one.reader._spectator is not None)
            await presenter.shows("1 of 1")

    run(test)


def test_who_has_looked_ahead_in_an_app_of_his_own_is_not_asked_in_the_view_either() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one, watched(at) as other:
            await presenter.press(b"  ")
            await one.shows("step 2")
            one.reader.feed(b"  ")
            await one.shows("on a copy")
            await one.shows("step 4")
            await one.press(b"f")
            await one.shows("following")
            one.reader.feed(b"f")
            await one.until(lambda: one.reader._spectator is not None)
            await presenter.press(b"P")
            await other.until(lambda: view_of(other).has(1))
            await one.shows("not asked of you")
            for pupil in (one, other):
                pupil.reader.feed(b"1")
            await presenter.shows("1 of 2")
            assert spectator_of(one).look.answer == Answer(spectator_of(one).shown.asks, has_seen=True)
            asked = spectator_of(one).shown.asks
            while spectator_of(one).shown.asks == asked or not view_of(one).has(1):
                await presenter.press(b" ")
                await one.settle()
            one.reader.feed(b"1")
            await one.shows("your answer is 1")

    run(test)


def test_who_connects_again_and_again_has_one_vote() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter:
            await presenter.press(b"  P")
            for keys in (b"1", b"\\", b"1"):
                async with watched(at) as one:
                    await one.until(lambda one=one: view_of(one).has(1))  # type: ignore[misc]
                    one.reader.feed(b"1")
                    await one.shows("your answer is 1")
                    one.reader.feed(keys)
                    await one.settle()
            async with watched(at) as one:
                await one.until(lambda: view_of(one).has(1))
                one.reader.feed(b"1")
                await presenter.shows("1 of 1")

    run(test)


@pytest.mark.parametrize(
    "octets",
    [b"\xff\xfe" * 50, b"9" * 5_000, b"\x1b[<35;3;3M" * 500, b"\x1b[200~" + b"x" * 5_000, b"\x1b[?1;2c"],
)  # fmt: skip
def test_what_means_nothing_to_a_watcher_ends_nothing(octets: bytes) -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one:
            for _ in range(10):
                one.reader.feed(octets)
                one.reader.resize(0, 0)
                one.reader.resize(100, 30)
            await presenter.press(b" ")
            await one.shows("step 1")
            assert one.ended is None

    run(test)


@pytest.mark.parametrize("start", [Start("late-syn", key="kex"), Start(room="none"), Start(room="../r")])
def test_a_wrong_key_or_room_is_told_and_shows_nothing_of_it(start: Start) -> None:
    async def test() -> None:
        at = await served()
        async with Reading(start, at) as reading:
            await reading.shows("type to search")
            assert "room" in reading.screen.splitlines()[-1] or "key" in reading.screen.splitlines()[-1]
        async with Reading(start, Served(limits=FAST)) as reading:
            await reading.shows("nobody presents anything here")

    run(test)


def test_a_presenter_who_loads_his_page_again_goes_on_where_the_room_is() -> None:
    async def test() -> None:
        at = await served()
        start = Start("late-syn", moves="s3", key="key")
        async with watched(at) as one:
            async with Reading(start, at) as presenter:
                await presenter.shows("step 3")
                await presenter.press(b"    ")
                await one.shows("step 7")
            async with Reading(start, at) as presenter:
                await presenter.press(b" ")
                await presenter.shows("step 8")
                await one.shows("step 8")
            async with Reading(start._replace(variant="two segments"), at) as presenter:
                await presenter.shows("step 3")

    run(test)


def test_who_presents_gives_the_servers_lecture_and_goes_on_with_it_when_he_comes_again() -> None:
    async def test() -> None:
        rooms = RoomsInProcess()
        await rooms.open("r", "key")
        at, start = Served(limits=FAST, rooms=rooms, lecture=lecture.find("first-lesson")), Start(key="key")
        async with watched(at) as one:
            async with Reading(start, at) as presenter:
                await presenter.shows("item 1 of 4")
                await one.shows("two computers, a and b")
                await presenter.press(b"L\x1b[B\r")
                await presenter.shows("item 2 of 4")
                await one.shows("the wire loses a's syn")
                await presenter.press(b"  ")
                await one.shows("step 3")
            async with Reading(start, at) as presenter:
                await presenter.shows("item 2 of 4")
                await presenter.shows("step 3")
                await presenter.press(b"bb")
                await one.shows("the wire loses a's syn")
                await presenter.press(b"b")
                await presenter.shows("item 1 of 4")
            async with Reading(Start("late-syn", key="key"), at) as presenter:
                await one.shows("late syn")
                await presenter.press(b" ")
            async with Reading(start, at) as presenter:
                await presenter.shows("the late syn")
                await presenter.shows("step 1")
                await presenter.press(b"L\r")
                await one.shows("two computers, a and b")

    run(test)


def test_who_leaves_on_a_long_way_to_his_own_view_is_gone_at_once() -> None:
    async def test() -> None:
        at = await served()
        async with Reading(PRESENTS, at) as presenter, watched(at) as one:
            await presenter.press(b"ms6 " + b"u1 " * 900 + b"\r")
            await one.until(lambda: spectator_of(one).shown.position > 900)
            one.reader.feed(b"i")
            await one.until(lambda: one.reader._spectator is None)
            one.reader.hang_up()
            assert (await one.ends()).reason == "gone"

    run(test)
