"""What is remembered from one start to the next, by many processes at once, and where that can't be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tcptui.core.message import Message
from tcptui.remembered import RememberedCounts, RememberedNames, RememberedWord
from tests.ui.pseudo_terminal import PseudoTerminal


def never(message: Message) -> None:
    raise AssertionError(message)


def test_names_are_there_at_the_next_start(tmp_path: Path) -> None:
    first = RememberedNames(tmp_path / "a" / "seen", never)
    assert first.names == frozenset()
    for name in ("life", "late-syn:with all options", "../x", "a/b", "é", ".", ".."):
        first.add(name)
        first.add(name)
    first.discard("life")
    first.discard("never there")
    expected = {"late-syn:with all options", "../x", "a/b", "é", ".", ".."}
    assert first.names == expected
    assert RememberedNames(tmp_path / "a" / "seen", never).names == expected
    assert sorted(os.listdir(tmp_path)) == ["a"]


def test_a_word_is_there_at_the_next_start(tmp_path: Path) -> None:
    word = RememberedWord(tmp_path / "state" / "theme", never)
    assert word.read() == ""
    word.write("dark")
    word.write("light")
    assert RememberedWord(tmp_path / "state" / "theme", never).read() == "light"
    assert os.listdir(tmp_path / "state") == ["theme"]


def test_counts_are_there_at_the_next_start_until_they_are_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "predicted"
    first = RememberedCounts(folder, never)
    assert first.counts == {}
    for name in ("Opening/right", "Opening/right", "../x", ".", "é"):
        first.add(name)
    expected = {"Opening/right": 2, "../x": 1, ".": 1, "é": 1}
    assert first.counts == expected
    assert RememberedCounts(folder, never).counts == expected
    RememberedCounts(folder, never).forget()
    assert RememberedCounts(folder, never).counts == {}
    assert os.listdir(folder) == []


def test_a_count_that_can_not_be_kept_is_told_and_counted_all_the_same(tmp_path: Path) -> None:
    told: list[Message] = []
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        counts = RememberedCounts(folder, told.append)
        counts.add("x")
        assert counts.counts == {"x": 1}
    assert {message.key for message in told} == {"remembered.unwritable", "remembered.unreadable"}


def test_many_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tcptui.remembered import RememberedCounts, RememberedNames, RememberedWord\n"
        "folder, own = Path(sys.argv[1]), sys.argv[2]\n"
        "names = RememberedNames(folder / 'seen', print)\n"
        "for number in range(50):\n"
        "    names.add(f'{own}-{number}')\n"
        "    RememberedCounts(folder / 'counts', print).add('all')\n"
        "    RememberedWord(folder / 'theme', print).write(own)\n"
        "    assert RememberedWord(folder / 'theme', print).read() in set('01234')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(own)], stdout=subprocess.PIPE)
        for own in range(5)
    ]
    for process in running:
        assert process.communicate(timeout=60)[0] == b""
        assert process.returncode == 0
    everything = {f"{own}-{number}" for own in range(5) for number in range(50)}
    assert RememberedNames(tmp_path / "seen", never).names == everything
    assert RememberedCounts(tmp_path / "counts", never).counts == {"all": 250}


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/x"])
def test_where_nothing_can_be_written_it_is_told_and_kept_until_the_end(place: str) -> None:
    told: list[Message] = []
    names = RememberedNames(Path(place) / "seen", told.append)
    names.add("life")
    assert names.names == {"life"}
    RememberedWord(Path(place) / "theme", told.append).write("dark")
    assert {message.key for message in told} <= {"remembered.unwritable", "remembered.unreadable"}
    assert told


def test_what_is_broken_is_no_word(tmp_path: Path) -> None:
    (tmp_path / "theme").write_bytes(b"\xff\x00" * 1000)
    assert "dark" not in RememberedWord(tmp_path / "theme", never).read()
    (tmp_path / "folder").mkdir()
    told: list[Message] = []
    assert RememberedWord(tmp_path / "folder", told.append).read() == ""
    assert told


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "theme")
    assert RememberedWord(tmp_path / "theme", never).read() == ""
    reader = os.open(tmp_path / "theme", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(tmp_path / "theme", os.O_WRONLY)
    assert RememberedWord(tmp_path / "theme", never).read() == ""  # It is empty, and may be written yet.
    os.close(reader)
    os.close(writer)


# In a real terminal.


def test_the_theme_is_that_of_the_last_time(tmp_path: Path) -> None:
    with PseudoTerminal("play", "handshake", home=tmp_path) as terminal:
        terminal.until(" help")
        terminal.send(b"tt")
        terminal.until("for a light ground")
        terminal.send(b"q")
        assert terminal.ends() == 0
    with PseudoTerminal("play", "handshake", home=tmp_path) as terminal:
        terminal.until("38;5;94m")
        terminal.send(b"q")
        assert terminal.ends() == 0
    with PseudoTerminal("play", "handshake", home=tmp_path, env={"NO_COLOR": "1"}) as terminal:
        terminal.until(" help")
        assert b"38;5;" not in terminal.all
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_a_story_that_was_played_to_its_end_is_remembered(tmp_path: Path) -> None:
    with PseudoTerminal("play", "handshake", home=tmp_path) as terminal:
        terminal.until(" help")
        terminal.send(b"\x1b[F")
        terminal.until("#3 ACK")
        terminal.settle()
        terminal.send(b"q")
        assert terminal.ends() == 0
    assert os.listdir(f"{tmp_path}/state/tcptui/seen") == ["handshake"]


def test_where_nothing_can_be_remembered_it_is_told_on_the_screen() -> None:
    nowhere = {"XDG_STATE_HOME": "/dev/null"}
    with PseudoTerminal("play", "handshake", size=(140, 40), env=nowhere) as terminal:
        terminal.until("hat is remembered can't be read: /dev/null")
        terminal.send(b"t")
        terminal.until("for a dark ground")
        terminal.send(b"q")
        assert terminal.ends() == 0
