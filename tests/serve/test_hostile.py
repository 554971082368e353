"""Whatever the other side sends, or does not read: its session goes on or ends, and no other notices."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections import Counter

import pytest
from textual.message_pump import MessagePump

from tcptui.serve.limits import ENOUGH_FED, MOST_FED, Limits
from tcptui.serve.reader import Client, Served, Start
from tcptui.serve.terminal import ReaderTerminal
from tests.serve.reading import LAST_SEQUENCE, Reading, run, run_each

SERVED = Served()
FAST = Served(limits=Limits(keys=1e6, burst=1e6))
"""One whose keys need not wait."""


def terminal_of(reading: Reading) -> ReaderTerminal:
    terminal = reading.reader._terminal
    assert terminal is not None
    return terminal


def size_of(reading: Reading) -> tuple[int, int]:
    app = reading.reader._app
    assert app is not None
    return app.screen.size.width, app.screen.size.height


# The window.


@pytest.mark.parametrize(
    ("asked", "given"),
    [((0, 0), (20, 5)), ((1, 1), (20, 5)), ((2**32 - 1, 2**32 - 1), (500, 200)), ((-5, 24), (20, 24))],
)
def test_a_window_has_a_least_and_a_most_size(asked: tuple[int, int], given: tuple[int, int]) -> None:
    async def test() -> None:
        client = Client.of(term="xterm", columns=asked[0], rows=asked[1])
        async with Reading(served=SERVED, client=client) as reading:
            assert size_of(reading) == given
            reading.reader.resize(90, 28)
            await reading.until(lambda: size_of(reading) == (90, 28))
            reading.reader.resize(*asked)
            await reading.until(lambda: size_of(reading) == given)
            reading.reader.resize(100, 30)
            await reading.shows("step 0")
            await reading.press(b" ")
            await reading.shows("step 1")

    run(test)


def test_of_50_000_sizes_the_last_counts_and_none_waits() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            app = reading.reader._app
            assert app is not None
            frames = reading.sink.octets.count(b"\x1b[1;1H")
            loop = asyncio.get_running_loop()
            begun = time.monotonic()
            for count in range(50_000):
                reading.reader.resize(80 + count % 100, 24 + count % 30)
                if count % 5_000 == 4_999:
                    waiting = [one for one in loop._scheduled if not one.cancelled()]  # type: ignore[attr-defined]
                    assert len(waiting) < 20
                    assert app.message_queue_size <= 2
                    await asyncio.sleep(0)
            reading.reader.resize(123, 45)
            took = time.monotonic() - begun
            await reading.until(lambda: size_of(reading) == (123, 45))
            await reading.settle()
            assert reading.sink.octets.count(b"\x1b[1;1H") - frames < 20 + took * 40

    run(test)


def test_a_size_that_the_terminal_reports_itself_has_the_same_limits() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            reading.reader.feed(b"\x1b[48;99999;99999;1;1t" * 50)
            await reading.until(lambda: size_of(reading) == (500, 200))

    run(test)


def test_a_new_size_waits_for_a_turn() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading, Reading(served=SERVED) as other:
            busy, turns = terminal_of(other), SERVED.turns
            turns._taker = busy  # It does not end: nothing looks at it.
            reading.reader.resize(90, 28)
            await asyncio.sleep(0.3)
            assert size_of(reading) != (90, 28)
            turns.leave(busy)
            await reading.until(lambda: size_of(reading) == (90, 28))

    run(test)


def test_a_new_size_counts_as_a_key() -> None:
    async def test() -> None:
        async with Reading(served=Served(limits=Limits(keys=0.1, burst=5))) as reading:
            sizes = set()
            for columns in range(80, 90):
                reading.reader.resize(columns, 28)
                await asyncio.sleep(0.1)
                sizes.add(size_of(reading))
            assert len(sizes) <= 6

    run(test)


# What is typed.


ODD = (
    b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x1b[M\xff\xff\xff", b"\x1b[1114112u", b"\x1b[97;1;55296u",
    b"\x1b[<999999999;1;1M", b"\x1b[<0;0;0M", b"\x1b[<35;-1;9M", b"\x1bP" + b"x" * 200 + b"\x1b\\",
    b"\x1b]11;rgb:" + b"f" * 200, b"\x1b]52;c;?\x07", b"\x1b[?2026;99$y", b"\x1b[?2048;1$y", b"\x9b31m",
    bytes(range(128, 256)), b"\x1b[" + b"9" * 500 + b"m", b"\x1b[I\x1b[O" * 20, b"\x00" * 50,
)  # fmt: skip


def test_odd_octets_end_nothing_and_the_next_key_is_read() -> None:
    async def test(octets: bytes) -> None:
        async with Reading(served=FAST) as reading:
            for piece in (octets, b"\x1b\x1b", b"\x1b"):
                await reading.takes_all(piece)
            reading.reader.resize(100, 30)
            reading.reader.feed(b"o")
            await reading.shows("type to search")

    run_each(test, ODD)


def test_what_are_no_keys_is_read_in_pieces_and_at_the_rate_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have turns meanwhile."""
    pieces = [0]
    """In turns, and between two."""
    hand_on, parse = ReaderTerminal.hand_on, ReaderTerminal._parse

    def handed(self: ReaderTerminal, may_more: bool) -> bool:
        pieces.append(0)
        goes_on = hand_on(self, may_more)
        pieces.append(0)
        return goes_on

    def parsed(self: ReaderTerminal) -> None:
        pieces[-1] += 1
        parse(self)

    monkeypatch.setattr(ReaderTerminal, "hand_on", handed)
    monkeypatch.setattr(ReaderTerminal, "_parse", parsed)

    async def test() -> None:
        async with Reading(served=Served()) as reading:
            terminal = terminal_of(reading)
            begun = time.monotonic()
            no_keys = b"".join(b"\x1b[%d;7u" % (1_200_000 + number) for number in range(5_000))
            assert len(no_keys) <= MOST_FED
            reading.reader.feed(no_keys)
            await reading.until(lambda: not terminal._fed)
            took = time.monotonic() - begun
            assert max(pieces[1::2]) < sum(pieces) / 4
            limits = reading.served.limits
            assert took >= (sum(pieces) - limits.burst - 5) / limits.keys > 1
            reading.reader.feed(b" ")
            await reading.shows("step 1")

    run(test)


def test_of_a_ground_that_changes_all_the_time_the_last_colour_counts() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            app = reading.reader._app
            assert app is not None
            told: list[object] = []
            terminal_of(reading).ask_ground(told.append)
            for _ in range(20):
                for colour in (b"ffff", b"0000"):
                    reading.reader.feed(b"\x1b]11;rgb:" + b"/".join([colour] * 3) + b"\x1b\\")
                    await asyncio.sleep(0.01)
            await reading.settle(0.6)
            assert len(told) <= 3
            assert told[-1] == (0, 0, 0)

    run(test)


def test_random_octets_are_no_error() -> None:
    async def test(seed: int) -> None:
        source = random.Random(seed)
        async with Reading(served=FAST) as reading:
            for _ in range(20):
                reading.reader.feed(source.randbytes(200).translate(None, b"\x03q"))
                await asyncio.sleep(0.005)
            await reading.settle()
            assert reading.ended is None or reading.ended.error is None

    run_each(test, range(8))


def test_keys_that_come_before_a_screen_or_after_the_end_are_no_error() -> None:
    async def test(keys: bytes) -> None:
        async with Reading(served=FAST) as reading:
            reading.reader.feed(keys)
            await reading.settle()
            reading.reader.hang_up()
            assert (await reading.ends()).error is None

    run_each(test, [b"?1", b"q?", b"qV", b"q\\", b"qm5", b":q", b"oq" + b"?1" * 20])


@pytest.mark.parametrize("octets", [b"\x1b" * 100_000, b" " * 100_000, b"\x1b[A" * 50_000, b"\x1b[" * 50_000])
def test_a_flood_of_keys_is_answered_at_a_bounded_rate_and_ctrl_c_is_not_behind_it(octets: bytes) -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            for place in range(0, len(octets), 32_768):
                reading.reader.feed(octets[place : place + 32_768])
            terminal, app = terminal_of(reading), reading.reader._app
            assert app is not None
            assert reading.sink.is_paused
            assert len(terminal._fed) <= MOST_FED
            other = Reading(served=SERVED)
            longest = 0.0
            async with other:
                for _ in range(5):
                    begun = time.monotonic()
                    other.reader.feed(b" ")
                    before = len(other.sink.octets)
                    await other.until(lambda before=before: len(other.sink.octets) > before)  # type: ignore[misc]
                    longest = max(longest, time.monotonic() - begun)
                    assert app.message_queue_size < 200
            assert longest < 5.0
            reading.reader.feed(b"\x03")
            assert (await reading.ends()).reason == "left"
        assert reading.sink.octets.endswith(LAST_SEQUENCE)

    run(test)


def test_who_goes_on_sending_is_bounded_and_is_read_again_when_that_has_been_taken() -> None:
    async def test() -> None:
        async with Reading(served=FAST) as reading:
            paste = b"\x1b[200~" + b"x" * 300_000
            reading.reader.feed(paste)
            assert len(terminal_of(reading)._fed) <= MOST_FED
            assert reading.sink.is_paused
            await reading.until(lambda: not reading.sink.is_paused)
            assert len(terminal_of(reading)._fed) < ENOUGH_FED

    run(test)


def test_a_paste_of_a_megabyte_is_cut_and_the_next_key_is_read() -> None:
    async def test() -> None:
        async with Reading(served=FAST) as reading:
            await reading.press(b"/")
            paste = b"\x1b[200~" + b"s" * 1_000_000 + b"\x1b[201~"
            for place in range(0, len(paste), 32_768):
                reading.reader.feed(paste[place : place + 32_768])
                await reading.until(lambda: not reading.sink.is_paused)
            app = reading.reader._app
            assert app is not None
            await reading.until(lambda: len(app.screen.line.value) == 4_096)  # type: ignore[attr-defined]
            await reading.press(b"\x1b")
            await asyncio.sleep(0.2)
            await reading.press(b" ")
            await reading.shows("step 1")

    run(test)


def test_a_paste_that_never_ends_ends() -> None:
    async def test() -> None:
        async with Reading(served=FAST) as reading:
            reading.reader.feed(b"\x1b[200~sss")
            await asyncio.sleep(0.8)
            await reading.press(b" ")
            await reading.shows("step 1")

    run(test)


def test_a_mouse_storm_is_no_more_than_its_clicks() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            moves = b"".join(b"\x1b[<35;%d;%dM" % (count % 90 + 1, count % 28 + 1) for count in range(4_000))
            reading.reader.feed(moves)
            await reading.settle(0.3)
            assert "step 0" in reading.screen

    run(test)


# What is not read.


def test_for_a_reader_who_stops_frames_are_dropped_and_later_all_is_drawn() -> None:
    async def test() -> None:
        async with Reading(served=FAST) as reading:
            reading.sink.is_full = True
            before = len(reading.sink.octets)
            for _ in range(5):
                await reading.press(b" ")
            assert len(reading.sink.octets) == before
            assert terminal_of(reading)._written == []
            reading.sink.is_full = False
            await reading.press(b"b")
            assert len(reading.sink.octets) == before  # Not before all of it is drawn.
            reading.reader.drained()
            await reading.settle()
            drawn = reading.sink.octets[before:].decode()
            assert all(
                word in drawn for word in ("The three-way handshake", "step 4", "client", "help", "╰─")
            )

    run(test)


def test_a_reader_who_stops_can_be_told_good_bye() -> None:
    async def test() -> None:
        async with Reading(served=FAST) as reading:
            reading.sink.is_full = True
            await reading.press(b"   ")
            reading.reader.say_good_bye("bye")
            assert (await reading.ends()).reason == "server"
        assert reading.sink.octets.endswith(LAST_SEQUENCE + b"bye\r\n")

    run(test)


# Its life.

LATE, LATER = Start("late-syn"), Start("late-syn", moves="s6")
SCREENS = {
    "picker": (Start(), b""), "looking": (Start(), b"syn"), "run": (LATE, b"     "), "help": (LATE, b"?"),
    "moves": (LATE, b"ms5"), "find": (LATE, b"/FIN"), "call": (LATER, b"a"), "commands": (LATE, b":"),
    "save": (LATE, b"s"), "compare": (LATE, b"C   "), "variant": (LATE, b"V"), "lab": (LATE, b"F"),
    "branches": (LATER, b"u  bbbb v"), "read": (LATER, b"e"), "predicting": (LATE, b"P 1 2"),
    "playing": (LATE, b"p"), "work": (LATE, b"ms100000\r"), "enlarged": (LATE, b"\\\\"),
    "stories": (LATE, b"o"),
}  # fmt: skip


def test_hanging_up_on_any_screen_ends_it_and_writes_no_more() -> None:
    async def test(screen: str) -> None:
        start, keys = SCREENS[screen]
        async with Reading(start, FAST) as reading:
            await reading.takes(keys)
            await asyncio.sleep(0.1)
            reading.reader.hang_up()
            before = len(reading.sink.octets)
            ended = await reading.ends()
            assert (ended.reason, ended.error) == ("gone", None)
            assert len(reading.sink.octets) == before
            reading.reader.feed(b" ")
            reading.reader.resize(80, 24)
            reading.reader.drained()
            reading.reader.hang_up()
            reading.reader.say_good_bye("")
            await asyncio.sleep(0)
            assert len(reading.sink.octets) == before

    run_each(test, SCREENS)


def test_80_sessions_leave_no_task_timer_or_object_behind() -> None:
    async def one(number: int) -> None:
        """Every fourth of them on another screen than that of a run: these take longer."""
        start, keys = (LATE, b"   ")
        if number % 4 == 0:
            start, keys = list(SCREENS.values())[number // 4 % len(SCREENS)]
        reading = Reading(start, FAST)
        running = asyncio.create_task(reading.reader.run())
        while len(reading.sink.octets) < 300:
            await asyncio.sleep(0.001)
        reading.reader.feed(keys)
        await asyncio.sleep(0.02)
        reading.reader.hang_up()
        assert (await running).error is None

    def pumps() -> Counter[str]:
        gc.collect()
        return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, MessagePump))

    async def test() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*map(one, range(0, 4 * len(SCREENS), 4)))
        tasks, objects = len(asyncio.all_tasks()), pumps()
        for first in range(0, 80, 40):
            await asyncio.gather(*map(one, range(first, first + 40)))
        assert len(asyncio.all_tasks()) == tasks
        assert pumps() == objects
        assert [one for one in loop._scheduled if not one.cancelled()] == []  # type: ignore[attr-defined]

    run(test)


@pytest.mark.parametrize("where", ["step", "feed", "draw", "timer", "worker"])
def test_an_error_ends_one_session_and_is_told_and_no_other_notices(where: str) -> None:
    async def test() -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("on purpose\x1b[31m")

        async def fail_later() -> None:
            fail()

        async with Reading(served=FAST) as other, Reading(served=FAST) as reading:
            app, terminal = reading.reader._app, terminal_of(reading)
            assert app is not None
            assert app.session is not None
            if where == "step":
                app.session.step = fail  # type: ignore[method-assign]
            elif where == "feed":
                terminal._input.take = fail  # type: ignore[method-assign, assignment]
            elif where == "draw":
                app.screen._draw = fail  # type: ignore[attr-defined]
            elif where == "timer":
                app.call_later(app.set_timer, 0.01, fail)
            else:
                app.run_worker(fail_later())
            reading.reader.feed(b" ")
            ended = await reading.ends()
            assert ended.reason == "error"
            assert "on purpose" in str(ended.error)
            await other.press(b" ")
            await other.shows("step 1")
        last = reading.sink.octets.rpartition(LAST_SEQUENCE)[2].decode()
        assert "RuntimeError" in last
        assert "\x1b" not in last

    run(test)
