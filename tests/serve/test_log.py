"""The log: lines that are whole, escaped, and hold up nobody."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tcptui.core.message import Message
from tcptui.files import BadFile
from tcptui.serve.log import LONGEST_LINE, Log


def noon() -> datetime:
    return datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def said(what: str) -> Message:
    return Message.of("check.ignored", what=what)


def test_a_line_has_its_time_and_nothing_unescaped(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "log"), noon)
    log.write(said("a\n2026 forged\x1b[31m\u202e"))
    log.close()
    assert (tmp_path / "log").read_text("utf-8") == (
        "2026-03-01T12:00:05Z ignored: a\\n2026 forged\\x1b[31m\\u202e\n"
    )
    assert (tmp_path / "log").stat().st_mode & 0o137 == 0


def test_a_line_is_cut(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "log"), noon)
    log.write(said("\x1b" * 10_000))
    assert len((tmp_path / "log").read_text()) == len("2026-03-01T12:00:05Z \n") + LONGEST_LINE


def test_it_is_appended_to_and_opened_anew(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("before\n")
    log = Log(str(file), noon)
    log.write(said("1"))
    file.rename(tmp_path / "old")
    log.write(said("2"))
    log.open_anew()
    log.write(said("3"))
    assert [line[-1] for line in (tmp_path / "old").read_text().splitlines()] == ["e", "1", "2"]
    assert file.read_text().endswith("ignored: 3\n")
    before = len(os.listdir("/proc/self/fd"))
    log.open_anew()
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_it_can_not_be_opened_anew_it_stays_and_tells_why(tmp_path: Path) -> None:
    file = tmp_path / "log"
    log = Log(str(file), noon)
    file.rename(tmp_path / "old")
    file.mkdir()
    log.open_anew()
    log.write(said("1"))
    first, second = (tmp_path / "old").read_text().splitlines()
    assert "the log stays where it was" in first
    assert "directory" in first
    assert second.endswith("ignored: 1")


def test_a_pipe_that_nobody_reads_holds_up_nobody(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(BadFile):
        Log(str(fifo))
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    log = Log(str(fifo), noon)
    for _ in range(2000):
        log.write(said("x" * 200))
    assert log.lost > 1000
    lost = log.lost
    while len(os.read(reader, 65536)) == 65536:
        pass
    log.write(said("again"))
    assert log.lost == 0
    lines = os.read(reader, 65536).decode().splitlines()
    assert [line[21:] for line in lines[-2:]] == [
        f"lines that could not be written: {lost}",
        "ignored: again",
    ]
    os.close(reader)
    log.write(said("x"))
    assert log.lost == 1


@pytest.mark.parametrize("name", ["", "a\0b", "/nowhere/log"])
def test_where_none_can_be(name: str) -> None:
    with pytest.raises(BadFile):
        Log(name)
