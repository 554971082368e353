"""One reader's session: what it starts with, what it answers, how it ends."""

from __future__ import annotations

import sys

import pytest

from tcptui.serve.limits import Limits
from tcptui.serve.reader import Client, Served, Start
from tests.serve.reading import LAST_SEQUENCE, Reading, run

SERVED = Served()


def test_a_key_is_answered_and_q_gives_the_terminal_back() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            await reading.shows("step 0")
            assert await reading.press(b" ")
            await reading.shows("step 1")
            await reading.press(b"q")
            ended = await reading.ends()
        assert (ended.reason, ended.error, ended.steps) == ("left", None, 1)
        assert reading.sink.octets.endswith(LAST_SEQUENCE)

    run(test)


@pytest.mark.parametrize(
    ("start", "shown"),
    [(Start(), "type to search"), (Start("late-syn"), "step 0"), (Start("late-syn", moves="s12"), "step 12"),
     (Start("handshake", "with all options"), "step 0"), (Start("late-sin"), "no story of that name"),
     (Start("late-syn", "none"), "none"), (Start("late-syn", moves="s12 !"), "is no move"),
     (Start("late-syn", moves="l9"), "#9"), (Start("late-syn", moves="s" * 5_000), "4096"),
     (Start("../../../etc/passwd"), "no story of that name"), (Start("/etc/passwd"), "no story"),
     (Start("\x1b[31m"), r"\x1b[31m")],
)  # fmt: skip
def test_what_is_shown_first(start: Start, shown: str) -> None:
    async def test() -> None:
        async with Reading(start, SERVED) as reading:
            await reading.shows(shown)

    run(test)


def test_an_escape_alone_is_one_also_at_a_terminal_that_answers_nothing() -> None:
    async def test() -> None:
        async with Reading(served=SERVED, answer=b"") as reading:
            await reading.press(b"?")
            await reading.until(lambda: "step 0" not in reading.screen)
            await reading.press(b"\x1b")
            await reading.shows("step 0")
            await reading.press(b" ")
            await reading.shows("step 1")

    run(test)


def test_two_readers_do_not_see_each_others_steps_and_stdout_stays_what_it_was() -> None:
    async def test() -> None:
        before = sys.stdout, sys.stderr
        async with Reading(served=SERVED) as one:
            async with Reading(served=SERVED) as other:
                await one.press(b" ")
                await one.shows("step 1")
                assert "step 0" in other.screen
                assert before == (sys.stdout, sys.stderr)
            assert (await other.ends()).reason == "gone"
            assert before == (sys.stdout, sys.stderr)
            await one.press(b" ")
            await one.shows("step 2")

    run(test)


def test_the_server_says_good_bye() -> None:
    async def test() -> None:
        async with Reading(served=SERVED) as reading:
            reading.reader.say_good_bye("the server ends")
            assert (await reading.ends()).reason == "server"
        assert reading.sink.octets.endswith(LAST_SEQUENCE + b"the server ends\r\n")

    run(test)


def test_hanging_up_before_it_has_begun_ends_it_and_writes_nothing() -> None:
    async def test() -> None:
        reading = Reading(served=SERVED)
        reading.reader.hang_up()
        assert (await reading.reader.run()).reason == "gone"
        assert reading.sink.octets == b""

    run(test)


@pytest.mark.parametrize(
    ("limits", "warning", "reason", "line"),
    [(Limits(idle=60.6), b"Without a key this session ends in 60 s", "idle", b"no key for"),
     (Limits(longest=60.6), b"This session ends in 60 s", "longest", b"none lasts longer than")],
)  # fmt: skip
def test_a_limit_of_time_is_told_a_minute_before_and_then_ends_it(
    limits: Limits, warning: bytes, reason: str, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with Reading(served=Served(limits=limits)) as reading:
            await reading.until(lambda: warning[:20].decode() in reading.screen)
            reading.reader._begun -= 60
            reading.reader._active -= 60
            reading.reader._watch()
            assert (await reading.ends()).reason == reason
        assert line in reading.sink.octets.partition(LAST_SEQUENCE)[2]

    run(test)


def test_what_a_client_says_is_cut() -> None:
    client = Client.of(
        address="a" * 999, user="\x1b[31m" * 99, term="x" * 2_000, colorterm="\n", language="../x",
        columns=0, rows=2**32 - 1,
    )  # fmt: skip
    assert client.term == client.colorterm == client.language == ""
    assert (client.columns, client.rows) == (20, 200)
    assert len(client.address) == 64
    assert "\x1b" not in client.user


@pytest.mark.parametrize(
    ("term", "colorterm", "language", "suits", "ascii_only"),
    [("xterm-256color", "", "", "any", False), ("vt100", "", "", "mono", True), ("linux", "", "", "16", True),
     ("xterm", "truecolor", "de_DE.UTF-8", "any", False), ("xterm", "", "C", "16", True),
     ("xterm", "", "de_DE.ISO-8859-1@euro", "16", True), ("", "", "", "16", False)],
)  # fmt: skip
def test_the_clients_terminal_chooses_colours_and_characters(
    term: str, colorterm: str, language: str, suits: str, ascii_only: bool
) -> None:
    client = Client.of(term=term, colorterm=colorterm, language=language)
    preferences = Reading(served=SERVED, client=client).reader._preferences(())
    assert (preferences.suits, preferences.ascii_only) == (suits, ascii_only)


def test_where_only_ascii_can_be_drawn_only_that_is_written() -> None:
    async def test() -> None:
        async with Reading(served=SERVED, client=Client.of(term="vt100")) as reading:
            await reading.press(b"   ")
        assert reading.sink.octets.isascii()

    run(test)
