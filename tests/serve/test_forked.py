"""Sessions in processes of their own: what passes, what they can't reach, and how each of them can end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tcptui.core.message import Message, MessageError
from tcptui.explain.catalogue import say
from tcptui.serve.forked import reader as forked_reader
from tcptui.serve.forked.messages import MOST, BadFrame, Frames, frame, size_frame, size_of, table_of
from tcptui.serve.forked.reader import ChildError
from tcptui.serve.limits import MOST_FED
from tcptui.serve.reader import Ended
from tcptui.serve.terminal import given_back
from tests.serve.forking import Forked, begun, forking, pid_of
from tests.serve.reading import run
from tests.serve.ssh_server import children


def test_what_passes() -> None:
    async def test() -> None:
        async with begun() as (sessions, one):
            await one.says(b"hello", to="echo hello")
            assert one.sink.octets == b"ann tale hello"
            one.reader.resize(4_294_967_295, -1)
            await one.until(lambda: b"65535x0 " in one.sink.octets)
            one.reader.feed(b"leave")
            ended = await one.ended()
            assert (ended.reason, ended.seconds, ended.error) == ("left", 0.5, None)
            two = Forked(sessions)
            await two.says(b"tale ", to="")
            two.reader.say_good_bye("it ends")
            assert (await two.ended()).reason == "server"
            assert two.sink.octets.endswith(b"good-bye: it ends")
            three = Forked(sessions)
            await three.says(b"tale", to="")
            three.reader.hang_up()
            assert (await three.ended()).reason == "gone"

    run(test)


def test_who_hangs_up_or_is_said_good_bye_before_it_began() -> None:
    async def test() -> None:
        async with forking() as sessions:
            one, two = Forked(sessions), Forked(sessions)
            one.reader.hang_up()
            two.reader.say_good_bye("now")
            assert [(await one.ended()).reason, (await two.ended()).reason] == ["gone", "server"]
            assert one.sink.octets == b""

    run(test)


REFUSED = {
    "read": {"OSError", "PermissionError"}, "list": {"OSError", "PermissionError"},
    "write": {"OSError", "PermissionError"}, "remove": {"PermissionError"}, "exec": {"PermissionError"},
    "fork": {"BlockingIOError"}, "socket": {"OSError"}, "kill": {"PermissionError"},
    "limit": {"ValueError"}, "import": {"OSError"},
}  # fmt: skip


def test_nothing_outside_is_reached(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tmp_path.chmod(0o777)

    async def test() -> None:
        async with begun() as (sessions, one):
            for what, errors in REFUSED.items():
                assert await one.answer(f"{what} {tmp_path}") in errors, what
            # Standard ones lead nowhere; the socket; an epoll and a pair of sockets of the event loop.
            assert await one.answer("descriptors") == "[0, 1, 2, 3, 4, 5, 6]"
            assert await one.answer("group") == "True"
            textual = sorted(name for name in os.environ if name.startswith("TEXTUAL_"))
            assert await one.answer("environment") == repr(["LANG", "PYTHONPATH", *textual])
            (child,) = children(pid_of(sessions))
            assert Path(f"/proc/{child}/oom_score_adj").read_text() == "500\n"
            if os.geteuid() == 0:
                assert await one.answer("user") == "(65534, 65534, [])"

    run(test)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("exit", "exit status 3"), ("die", "SIGKILL"), ("loop", "serve.forked.turn"), ("garble", "BadFrame"),
        ("eat", "MemoryError"), ("raise", "ZeroDivisionError on purpose (misbehaving.py:"),
    ],
)  # fmt: skip
def test_a_session_that_goes_wrong_ends_alone(what: str, why: str) -> None:
    async def test() -> None:
        async with forking() as sessions:
            other = Forked(sessions)
            await other.says(b"tale", to="")
            one = Forked(sessions)
            one.reader.feed(what.encode())
            ended = await one.ended()
            assert ended.reason == "error"
            assert isinstance(ended.error, (MessageError, ChildError))
            assert why in str(ended.error)
            assert one.sink.octets.endswith(given_back(say("ui.served.died")))
            assert ended.steps is None
            await other.says(b"still here", to="echo still here")
            await other.until(lambda: len(children(pid_of(sessions))) == 1)

    run(test)


@pytest.mark.parametrize("how", ["hang_up", "good_bye", "cancel"])
def test_who_does_not_end_when_told_to_is_killed(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_reader, "PATIENCE", 0.2)

    async def test() -> None:
        async with begun() as (sessions, one):
            await one.goes_deaf()
            if how == "hang_up":
                one.reader.hang_up()
                assert (await one.ended()).reason == "gone"
            elif how == "good_bye":
                one.reader.say_good_bye("it ends")
                ended = await one.ended()
                assert (ended.reason, ended.error) == ("server", None)
                assert one.sink.octets.endswith(given_back("it ends"))
            else:
                one.task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await one.task
            await one.until_no_child(sessions)

    run(test)


def test_who_was_told_to_end_before_it_was_there_is_killed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_reader, "PATIENCE", 0.2)

    async def test() -> None:
        async with forking() as sessions:
            await sessions.start()
            sent, send = asyncio.Event(), sessions._send

            async def late(*told: Any) -> None:
                await sent.wait()
                await send(*told)

            monkeypatch.setattr(sessions, "_send", late)
            one = Forked(sessions)
            await one.goes_deaf()
            one.reader.say_good_bye("it ends")
            await asyncio.sleep(0.3)  # It would have been killed by now.
            sent.set()
            await one.ended()
            await one.until_no_child(sessions)

    run(test)


def test_a_child_is_killed_even_if_the_fork_server_is_slow_to_hear_of_it() -> None:
    async def test() -> None:
        async with begun() as (sessions, one):
            await one.goes_deaf()
            os.kill(pid_of(sessions), signal.SIGSTOP)
            assert sessions._control is not None
            with suppress(BlockingIOError):
                while True:
                    sessions._control.send(b"kill 12345")
            sessions.kill(1)
            await asyncio.sleep(0.05)
            os.kill(pid_of(sessions), signal.SIGCONT)
            assert (await one.ended()).reason == "error"
            await one.until_no_child(sessions)

    run(test)


def test_an_error_that_nothing_has_ended_of_is_told_at_the_end() -> None:
    async def test() -> None:
        async with begun() as (_, one):
            one.reader.feed(b"stumble")
            await one.says(b"still here", to="echo still here")
            one.reader.feed(b"leave")
            ended = await one.ended()
            assert ended.reason == "left"
            assert "ZeroDivisionError aside" in str(ended.error)
            assert "misbehaving.py" in str(ended.error)

    run(test)


def test_the_event_loop_goes_on_while_the_fork_server_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    popen = subprocess.Popen

    def slow(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        time.sleep(0.5)
        return popen(*arguments, **options)

    monkeypatch.setattr("subprocess.Popen", slow)

    async def test() -> None:
        async with forking() as sessions:
            task = asyncio.create_task(sessions.start())
            turns = 0
            while not task.done():
                await asyncio.sleep(0.01)
                turns += sessions._process is None
            assert turns > 10

    run(test)


def test_who_says_that_it_has_ended_and_does_not_is_killed() -> None:
    async def test() -> None:
        async with begun() as (sessions, one):
            one.reader.feed(b"linger")
            assert await one.ended() == Ended("left", 1, 2)
            assert one.sink.octets == b"ann tale "
            await one.until_no_child(sessions)

    run(test)


def test_a_terminal_that_takes_nothing_fills_the_outlet_of_the_child() -> None:
    async def test() -> None:
        async with begun() as (_, one):
            one.sink.is_full = True
            one.reader.feed(b"echo full")  # From here on nothing is read.
            await one.until(lambda: b"full" in one.sink.octets)
            one.reader.feed(b"many")
            await asyncio.sleep(0.2)
            assert b"x" not in one.sink.octets
            one.sink.is_full = False
            one.reader.drained()
            await one.until(lambda: one.sink.octets.endswith(b"drained"))
            one.reader.feed(b"leave")
            written = (await one.ended()).steps or 0
            assert one.sink.octets.count(b"x") == written - len(b"leave")
            assert written < 500_000

    run(test)


def test_a_child_that_takes_nothing_holds_up_its_terminal() -> None:
    async def test() -> None:
        async with begun() as (_, one):
            await one.goes_deaf()
            for width in range(50_000):
                one.reader.resize(width, 24)
            for _ in range(100):
                one.reader.feed(b"y" * 100_000)
            assert one.sink.is_paused
            assert len(one.reader._input) == MOST_FED
            assert one.reader._transport is not None
            assert one.reader._transport.get_write_buffer_size() <= MOST_FED
            one.reader.hang_up()

    run(test)


def test_a_child_that_wants_no_input_hears_nevertheless_that_its_terminal_is_gone() -> None:
    async def test() -> None:
        async with begun() as (_, one):
            one.reader.feed(b"pause")
            await one.until(lambda: one.sink.is_paused)
            one.reader.feed(b"resume")
            await one.until(lambda: not one.sink.is_paused)
            one.reader.feed(b"pause")
            await one.until(lambda: one.sink.is_paused)
            for _ in range(20):
                one.reader.feed(b"y" * 100_000)
            one.reader.hang_up()
            ended = await one.ended()
            assert (ended.reason, ended.seconds, ended.error) == ("gone", 0.5, None)

    run(test)


def test_the_fork_server_dies_and_another_is_started() -> None:
    async def test() -> None:
        told: list[Message] = []
        async with forking(told) as sessions:
            one = Forked(sessions)
            await one.says(b"tale", to="")
            pid = pid_of(sessions)
            (child,) = children(pid)
            os.kill(pid, signal.SIGKILL)
            assert (await one.ended()).reason == "error"
            assert one.sink.octets.endswith(given_back(say("ui.served.died")))
            await one.until(lambda: not Path(f"/proc/{child}").exists())
            await one.until(lambda: told)
            assert told == [Message.of("serve.forked.lost", how="SIGKILL")]
            two = Forked(sessions)
            await two.says(b"tale", to="")
            assert pid_of(sessions) != pid

    run(test)


def test_a_fork_server_that_does_not_start_is_told() -> None:
    async def test() -> None:
        async with forking(module="tests.serve.reading") as sessions:  # It ends at once.
            one = Forked(sessions)
            ended = await one.ended()
            assert ended.reason == "error"
            assert one.sink.octets.endswith(given_back(say("ui.served.not_begun")))
            assert isinstance(ended.error, MessageError)
            assert ended.error.message == Message.of("error.serve.forked", why="exit status 0")

    run(test)


def test_a_fork_that_can_t_be_asked_for_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with forking() as sessions:
            await sessions.start()

            async def fail(*_: object) -> None:
                raise BrokenPipeError

            monkeypatch.setattr(sessions, "_send", fail)
            ended = await Forked(sessions).ended()
            assert isinstance(ended.error, BrokenPipeError)
            assert not sessions._deaths

    run(test)


def test_nothing_is_left_behind() -> None:
    async def test() -> None:
        async with forking() as sessions:
            await sessions.start()
            before = os.listdir("/proc/self/fd"), os.listdir(f"/proc/{pid_of(sessions)}/fd")
            some = [Forked(sessions) for _ in range(20)]
            for place, one in enumerate(some):
                one.reader.feed((b"leave", b"die", b"exit")[place % 3])
            for one in some:
                await one.ended()
            await some[0].until_no_child(sessions)
            await asyncio.sleep(0)
            after = os.listdir("/proc/self/fd"), os.listdir(f"/proc/{pid_of(sessions)}/fd")
            assert [len(those) for those in after] == [len(those) for those in before]
            assert not sessions._deaths
            one = Forked(sessions)
            await one.says(b"tale", to="")
            pid = pid_of(sessions)
            (child,) = children(pid)
        assert not Path(f"/proc/{pid}").exists()
        assert not Path(f"/proc/{child}").exists()
        assert (await one.ended()).reason == "error"

    run(test)


def test_signals_for_the_group_are_the_servers() -> None:
    async def test() -> None:
        async with begun() as (sessions, one):
            pid = pid_of(sessions)
            for process in (pid, *children(pid)):
                for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    os.kill(process, number)
            await one.says(b"still here", to="echo still here")

    run(test)


# Messages.


def test_messages_are_put_together_from_pieces() -> None:
    octets = frame(b"i", b"ab" * MOST) + frame(b"g", b"") + size_frame(80, 24)
    frames = Frames((b"i", b"g", b"z"))
    found = [one for place in range(0, len(octets), 999) for one in frames.feed(octets[place : place + 999])]
    assert b"".join(data for kind, data in found if kind == b"i") == b"ab" * MOST
    assert max(len(data) for _, data in found) == MOST
    assert found[-2] == (b"g", b"")
    assert size_of(found[-1][1]) == (80, 24)


@pytest.mark.parametrize("octets", [b"x\x00\x00\x00\x01a", b"i\x00\x01\x00\x01", b"i\xff\xff\xff\xff"])
def test_what_is_no_message_is_refused(octets: bytes) -> None:
    with pytest.raises(BadFrame):
        list(Frames((b"i",)).feed(octets))


@pytest.mark.parametrize("octets", [b"", b"[1]", b"{", b"\xff", b"[" * 50_000])
def test_what_is_no_table_is_refused(octets: bytes) -> None:
    with pytest.raises(BadFrame):
        table_of(octets)
