"""A few processes that share all sessions: who is where, and that what one session does is its own affair."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tcptui.core.message import Message, MessageError
from tcptui.explain.catalogue import say, text
from tcptui.serve.first import Start
from tcptui.serve.forked import processes
from tcptui.serve.forked import reader as forked_reader
from tcptui.serve.forked.processes import _Process
from tcptui.serve.forked.reader import ChildError
from tcptui.serve.forked.sessions import ForkedSessions, Shared
from tcptui.serve.reader import Client, Ended, Served
from tcptui.serve.terminal import given_back
from tests.serve.forking import Forked, forking, pid_of
from tests.serve.reading import Sink, run
from tests.serve.ssh_server import children, until

EACH = 8
DIED = given_back(say("ui.served.died"))


@asynccontextmanager
async def sharing(
    count: int, in_processes: int = 1, told: list[Message] | None = None
) -> AsyncIterator[tuple[ForkedSessions, list[Forked]]]:
    """So many sessions that have told their story, in as many processes."""
    async with forking(told, shared=Shared(in_processes, EACH)) as sessions:
        yield sessions, [await begun(sessions) for _ in range(count)]


async def begun(sessions: ForkedSessions) -> Forked:
    one = Forked(sessions)
    await one.says(b"tale ", to="")
    return one


async def process_of(one: Forked) -> int:
    return int(await one.answer("process"))


async def leaves(one: Forked) -> None:
    one.reader.feed(b"leave")
    assert (await one.ended()).reason == "left"


async def still_there(*those: Forked) -> None:
    for one in those:
        await one.says(b"still here", to="echo still here")


def test_sessions_are_spread_over_the_processes() -> None:
    async def test() -> None:
        async with sharing(7, in_processes=3) as (sessions, those):
            places = [await process_of(one) for one in those]
            assert sorted(Counter(places).values()) == [2, 2, 3]
            assert sorted(children(pid_of(sessions))) == sorted(set(places))
            gone = places[0]
            for one, place in zip(those, places, strict=True):
                if place == gone:
                    await leaves(one)
            await until(lambda: any(not process.sessions for process in _processes(sessions)))
            assert [await process_of(await begun(sessions)) for _ in range(2)] == [gone, gone]

    run(test)


def test_what_passes_is_told_apart() -> None:
    async def test() -> None:
        async with sharing(3) as (sessions, those):
            assert len(children(pid_of(sessions))) == 1
            for place, one in enumerate(those):
                one.sink.octets = b""
                one.reader.resize(100 + place, 30)
                one.reader.feed(f"echo {place}.".encode())
            await until(lambda: all(one.sink.octets.endswith(b".") for one in those))
            assert [one.sink.octets for one in those] == [b"100x30 0.", b"101x30 1.", b"102x30 2."]
            one, two, three = those
            one.reader.say_good_bye("it ends")
            two.reader.hang_up()
            assert [(await one.ended()).reason, (await two.ended()).reason] == ["server", "gone"]
            assert one.sink.octets.endswith(b"good-bye: it ends")
            await still_there(three)

    run(test)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("garble", "BadFrame"), ("eat", "MemoryError"), ("say_ended", None),
        ("raise", "ZeroDivisionError on purpose (misbehaving.py:"), ("hang_up", "serve.forked.silent"),
    ],
)  # fmt: skip
def test_a_session_that_goes_wrong_ends_alone(what: str, why: str | None) -> None:
    async def test() -> None:
        async with sharing(2) as (sessions, (one, other)):
            process = await process_of(one)
            before = _descriptors(process)
            one.reader.feed(what.encode())
            ended = await one.ended()
            if why is None:
                assert ended == Ended("left", 1, 2)
                assert b"more" not in one.sink.octets
            else:
                assert isinstance(ended.error, ChildError | MessageError)
                assert why in str(ended.error)
            assert one.sink.octets.endswith(DIED) == (why is not None)
            await still_there(other)
            await other.until(lambda: _descriptors(process) == before - 1)
            assert children(pid_of(sessions)) == [process]

    run(test)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("exit", "exit status 3"), ("die", "SIGKILL"), ("loop", "serve.forked.turn"),
        ("tell_server nonsense", "serve.forked.died"),
    ],
)  # fmt: skip
def test_a_process_that_goes_wrong_takes_its_sessions_with_it_and_no_others(what: str, why: str) -> None:
    async def test() -> None:
        async with sharing(4, in_processes=2) as (sessions, those):
            places = [await process_of(one) for one in those]
            those[0].reader.feed(what.encode())
            for one, place in zip(those, places, strict=True):
                if place == places[0]:
                    ended = await one.ended()
                    assert (ended.reason, ended.steps) == ("error", None)
                    assert isinstance(ended.error, MessageError)
                    assert why in str(ended.error)
                    assert one.sink.octets.endswith(DIED)
                else:
                    await still_there(one)
            assert await process_of(await begun(sessions)) not in places
            assert len(children(pid_of(sessions))) == 2

    run(test)


def test_a_long_collection_of_garbage_is_no_long_turn() -> None:
    async def test() -> None:
        async with sharing(1) as (_, (one,)):
            await one.says(b"collected", to="collect")
            one.reader.feed(b"loop")
            assert "serve.forked.turn" in str((await one.ended()).error)

    run(test)


@pytest.mark.parametrize("how", ["hang_up", "good_bye", "cancel"])
def test_who_does_not_end_when_told_to_is_cut_off_alone(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_reader, "PATIENCE", 0.2)

    async def test() -> None:
        async with sharing(2) as (_, (one, other)):
            process = await process_of(one)
            before, tasks = _descriptors(process), int(await one.answer("tasks"))
            one.reader.feed(b"stay")
            if how == "hang_up":
                one.reader.hang_up()
                assert (await one.ended()).reason == "gone"
            elif how == "good_bye":
                one.reader.say_good_bye("it ends")
                ended = await one.ended()
                assert (ended.reason, ended.error) == ("server", None)
            else:
                one.task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await one.task
            await other.until(lambda: _descriptors(process) == before - 1)
            assert int(await other.answer("tasks")) == tasks - 2

    run(test)


def test_a_process_that_answers_nobody_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_reader, "PATIENCE", 0.2)
    monkeypatch.setattr(processes, "ANSWERS_WITHIN", 0.5)

    async def test() -> None:
        async with sharing(2) as (sessions, (one, other)):
            process = await process_of(one)
            await one.goes_deaf()
            one.reader.hang_up()
            assert (await one.ended()).reason == "gone"
            assert not other.task.done()
            ended = await other.ended()
            assert isinstance(ended.error, MessageError)
            assert ended.error.message == Message.of("serve.forked.died", how="SIGKILL")
            await other.until(lambda: process not in children(pid_of(sessions)))
            await begun(sessions)

    run(test)


def test_a_process_that_tells_that_a_session_is_over_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ANSWERS_WITHIN", 0.2)

    async def test() -> None:
        async with sharing(3) as (_, (one, two, three)):
            await leaves(one)
            await leaves(two)
            await asyncio.sleep(0.5)
            await still_there(three)

    run(test)


def test_an_error_that_nothing_has_ended_of_is_told() -> None:
    """Of its session, where Python tells whose it is."""

    async def test() -> None:
        told: list[Message] = []
        async with sharing(2, told=told) as (_, (one, other)):
            one.reader.feed(b"stumble")
            await still_there(one, other)
            await leaves(other)
            one.reader.feed(b"leave")
            error = (await one.ended()).error
            lines = [str(error)] if sys.version_info >= (3, 12) else [text(message) for message in told]
            assert ["ZeroDivisionError aside" in line for line in lines] == [True]

    run(test)


REFUSED = {
    "read": {"OSError", "PermissionError"}, "list": {"OSError", "PermissionError"},
    "write": {"OSError", "PermissionError"}, "remove": {"PermissionError"}, "exec": {"PermissionError"},
    "fork": {"BlockingIOError"}, "socket": {"OSError"}, "kill": {"PermissionError"}, "import": {"OSError"},
}  # fmt: skip


def test_nothing_outside_is_reached(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tmp_path.chmod(0o777)

    async def test() -> None:
        async with sharing(3) as (_, (one, *_)):
            for what, errors in REFUSED.items():
                assert await one.answer(f"{what} {tmp_path}") in errors, what
            # Standard ones lead nowhere; the socket that brings sessions; an epoll and a pair of sockets of
            # the event loop; how much memory there is; three sessions.
            assert await one.answer("descriptors") == str(list(range(11)))

    run(test)
    assert os.listdir(tmp_path) == ["file"]


def test_work_in_a_thread_holds_up_nobody_and_reaches_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tmp_path.chmod(0o777)

    async def test() -> None:
        async with sharing(2) as (_, (one, other)):
            one.reader.feed(b"work")
            await asyncio.sleep(0.1)
            await still_there(other)
            assert b"done" not in one.sink.octets
            await one.until(lambda: b"done" in one.sink.octets)
            for what in ("remove", "exec", "kill", "read", "fork", "socket"):
                one.sink.octets = b""
                await one.says(b" done", to=f"thread {what} {tmp_path}")
                assert one.sink.octets.removesuffix(b" done").decode() in REFUSED[what], what

    run(test)
    assert os.listdir(tmp_path) == ["file"]


def test_nothing_is_left_behind() -> None:
    async def test() -> None:
        async with sharing(1) as (sessions, (first,)):
            process = await process_of(first)
            looked_at = "self", str(pid_of(sessions)), str(process)
            before = [_descriptors(one) for one in looked_at]
            for _ in range(3):
                some = [Forked(sessions) for _ in range(EACH - 1)]
                for place, one in enumerate(some):
                    if place == 0:
                        one.reader.hang_up()
                    one.reader.feed((b"leave", b"raise", b"garble")[place % 3])
                for one in some:
                    await one.ended()
            await first.until(lambda: [_descriptors(one) for one in looked_at] == before)
            (there,) = _processes(sessions)
            await until(lambda: (there.sessions, there.killed) == ({1}, {}))
            assert sessions._processes is not None
            assert list(sessions._processes._of) == [1]
            sessions._processes.kill(2)  # It is over, and forgotten.
            await still_there(first)
            pid = pid_of(sessions)
        assert not Path(f"/proc/{pid}").exists()
        assert not Path(f"/proc/{process}").exists()
        assert not sessions._deaths
        assert (await first.ended()).reason == "error"

    run(test)


def test_the_fork_server_dies_and_others_are_started() -> None:
    async def test() -> None:
        told: list[Message] = []
        async with sharing(2, in_processes=2, told=told) as (sessions, those):
            places = [await process_of(one) for one in those]
            os.kill(pid_of(sessions), signal.SIGKILL)
            for one in those:
                assert (await one.ended()).reason == "error"
                assert one.sink.octets.endswith(DIED)
            await those[0].until(lambda: told)
            assert told == [Message.of("serve.forked.lost", how="SIGKILL")]
            await those[0].until(lambda: not any(Path(f"/proc/{one}").exists() for one in places))
            await begun(sessions)

    run(test)


def test_one_who_holds_a_key_down_does_not_hold_up_another() -> None:
    """In one process the turns of its sessions are the same as in the server's own."""

    async def test() -> None:
        sessions = ForkedSessions(Served(), lambda message: None, shared=Shared(1, EACH))
        client = Client.of(term="xterm-256color", columns=120, rows=36)
        sinks = [Sink() for _ in range(4)]
        readers = [sessions.reader(client, sink, Start("late-syn")) for sink in sinks]
        running = [asyncio.create_task(reader.run()) for reader in readers]
        await until(lambda: all(len(sink.octets) > 2000 for sink in sinks))
        await asyncio.sleep(0.5)
        (other, *others), (sink, *eager) = readers, sinks
        before = len(sink.octets)
        for reader in others:
            reader.feed(b"ij" * 100)
        other.feed(b"?")
        await until(lambda: len(sink.octets) > before + 500)
        by_then = sum(len(one.octets) for one in eager)
        await asyncio.sleep(2)
        assert by_then < sum(len(one.octets) for one in eager) / 2
        for reader in readers:
            reader.hang_up()
        assert {(await one).reason for one in running} == {"gone"}
        await sessions.close()

    run(test)


def _processes(sessions: ForkedSessions) -> list[_Process]:
    assert sessions._processes is not None
    return sessions._processes._processes


def _descriptors(process: int | str) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))
