"""What a terminal sends does not end the program, or its use, whatever it is."""

from __future__ import annotations

import os
import pty
import signal
import threading
import time
from pathlib import Path

import pytest
from textual import events
from textual.message import Message

from tcptui.ui.driver import TerminalFile
from tcptui.ui.terminal_input import (
    MOST_PASTED,
    PASTE_SILENCE,
    PasteGuard,
    TerminalInput,
    TerminalParser,
    clamped,
)
from tests.ui.pseudo_terminal import PseudoTerminal

START, END = "\x1b[200~", "\x1b[201~"
PLAY = ("play", "handshake")


def parsed(text: str) -> list[object]:
    return [getattr(one, "key", type(one).__name__) for one in TerminalParser().feed(text)]


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[1114112u", "\x1b[99999999999u", "\x1b[999999999999999~", "\x1b[97;1;55296u", "\x1b[97;1;1114112u",
     "\x1b[M\xff\xff\xff", "\x1b[<999999999;1;1M"],
)  # fmt: skip
def test_an_impossible_sequence_is_no_key_and_the_next_key_is_read(sequence: str) -> None:
    *_, last = parsed(sequence + "n")
    assert last == "n"
    assert not any("\ud800" <= str(key)[:1] <= "\udfff" for key in parsed(sequence))


def test_a_single_character_is_the_same_key_without_the_parser() -> None:
    for character in (*map(chr, range(1, 0x250)), "中", "\u200b", "\ufffd", "😀"):
        if character != "\x1b":
            fed, found = (
                [(one.key, one.character) for one in keys if isinstance(one, events.Key)]
                for keys in (TerminalParser().feed(character), TerminalParser().keys_of(character))
            )
            assert fed == found, character


@pytest.mark.parametrize("begun", ["\x1b", "\x1b[", "\x1b[1;", "\x1b[200~", "\x1b[200~pasted"])
def test_a_single_character_after_what_has_begun_belongs_to_it(begun: str) -> None:
    def sent(*pieces: str) -> list[str]:
        messages: list[Message] = []
        read = TerminalInput(None, messages.append)
        for piece in pieces:
            read.take(piece.encode())
        return [str(message) for message in messages]

    assert sent(begun, "A", "\x1b[201~") == sent(f"{begun}A\x1b[201~")


def test_a_window_of_no_pixels_does_not_break_the_mouse() -> None:
    assert parsed("\x1b[48;30;100;0;0t\x1b[<0;1;1Mn")[-1] == "n"
    assert parsed("\x1b[48;0;0;10;10t\x1b[<0;1;1Mn")[-1] == "n"


@pytest.mark.parametrize(
    ("asked", "given"),
    [((65_535, 65_535), (500, 300)), ((99_999, 24), (500, 24)), ((80, 24), (80, 24)), ((0, 0), (1, 1))],
)
def test_a_size_has_limits(asked: tuple[int, int], given: tuple[int, int]) -> None:
    assert clamped(*asked) == given


def guarded(*pieces: str) -> str:
    guard = PasteGuard()
    return "".join("".join(guard.pass_on(piece, 0.0)) for piece in pieces)


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_whole_paste_passes_unchanged_wherever_it_is_divided(cut: int) -> None:
    text = f"a{START}some text{END}bc\x1b[A{START}{END}"
    assert guarded(text[:cut], text[cut:]) == text


@pytest.mark.parametrize("interrupt", ["\x03", "\x1b[99;5u"])
def test_ctrl_c_ends_a_paste(interrupt: str) -> None:
    assert guarded(f"{START}abc", f"d{interrupt}n") == f"{START}abcd{END}{interrupt}n"
    assert guarded(f"x{interrupt}n") == f"x{interrupt}n"


def test_silence_ends_a_paste() -> None:
    guard = PasteGuard()
    list(guard.pass_on(f"{START}abc", 10.0))
    assert guard.expire(10.0 + PASTE_SILENCE - 0.01) == ""
    assert guard.expire(10.0 + PASTE_SILENCE) == END
    assert guard.expire(99.0) == ""
    assert list(guard.pass_on("n", 99.0)) == ["n"]


def test_a_paste_has_a_longest_length_and_its_rest_is_dropped() -> None:
    half = "x" * (MOST_PASTED // 2)
    passed = guarded(START, half, half, half, f"y{END}n")
    assert passed == f"{START}{half}{half}{END}n"


def test_what_a_terminal_has_no_room_for_goes_before_what_comes_later() -> None:
    screen, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as file, os.fdopen(screen, "rb", buffering=0) as seen:
        out = TerminalFile(file)
        data = b"".join(b"%07d " % number for number in range(50_000))
        rest = out.rest_of(data)
        assert 0 < len(rest) < len(data)
        out.left += 1
        assert out.rest_of(b"later") == b"later"
        thread = threading.Thread(target=out.write, args=(rest,))
        thread.start()
        read = b""
        while len(read) < len(data):
            read += seen.read(65_536)
        thread.join()
        assert read == data
        assert out.rest_of(b"later") == b""
        assert seen.read(5) == b"later"


# In a real terminal.


def test_octets_that_are_no_utf_8_are_no_keys_and_q_leaves() -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        for octets in (b"\xff", b"\x80", b"\xc3A", b"\xe9", b"\xed\xa0\x80", b"\x1b[M \xff\xff",
                       b"\x1b[1114112u", b"\x1b[99999999999u", b"\x1b[97;1;55296u"):  # fmt: skip
            terminal.send(octets)
            terminal.settle(0.15)
        terminal.send(b" ")
        terminal.until("passive OPEN")
        terminal.send(b"q")
        assert terminal.ends() == 0
        assert terminal.settings() == terminal.before


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_gives_the_terminal_back(number: int, status: int) -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        os.kill(terminal.pid, number)
        assert terminal.ends() == status
        assert terminal.settings() == terminal.before


@pytest.mark.parametrize("leave", [b"q", b"\x03", signal.SIGTERM])
def test_long_work_is_left_at_once(leave: bytes | signal.Signals, tmp_path: Path) -> None:
    """Three times 100,000 moves of a run that does not end: a closed window is probed for ever."""
    file = tmp_path / "endless.toml"
    file.write_text(
        'title = "t"\nquestion = "q"\nprelude = "b:listen a:connect s3"\n'
        f'A.script = [{{ call = "send", text = "{"w" * 6_000}" }}]\n'
        "B.reads = false\nB.set = { receive_buffer = 4380 }\n"
    )
    with PseudoTerminal("play", str(file)) as terminal:
        terminal.until(" help")
        terminal.send(b"m")
        terminal.until("Moves so far")
        terminal.send(b"s100000 s100000 s100000\r")
        terminal.until("Escape stops")
        began = time.monotonic()
        if isinstance(leave, bytes):
            terminal.send(leave)
            assert terminal.ends() == 0
        else:
            os.kill(terminal.pid, leave)
            assert terminal.ends() == 143
        assert time.monotonic() - began < 3
        assert terminal.settings() == terminal.before


@pytest.mark.parametrize("size", [(65_535, 65_535), (3_000, 3_000)])
def test_a_huge_window_is_drawn_as_a_large_one(size: tuple[int, int]) -> None:
    with PseudoTerminal(*PLAY, size=size) as terminal:
        terminal.until(" help")
        terminal.resize(100, 30)
        os.kill(terminal.pid, signal.SIGWINCH)
        terminal.settle()
        terminal.resize(*size)
        os.kill(terminal.pid, signal.SIGWINCH)
        terminal.settle()
        terminal.send(b"\x1b[48;9999;9999;0;0t")
        terminal.settle()
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_a_huge_size_in_the_environment_is_drawn_as_a_large_one() -> None:
    with PseudoTerminal(*PLAY, env={"LINES": "99999", "COLUMNS": "99999"}) as terminal:
        terminal.until(" help")
        terminal.send(b"q")
        assert terminal.ends() == 0


@pytest.mark.parametrize(
    "variable", [{"TEXTUAL_DRIVER": "foo:bar"}, {"TEXTUAL_COLOR_SYSTEM": "x"}, {"TEXTUAL_PRESS": "q"}]
)
def test_the_environment_does_not_choose_what_textual_does(variable: dict[str, str]) -> None:
    with PseudoTerminal(*PLAY, env=variable) as terminal:
        terminal.until(" help")
        terminal.send(b" ")
        terminal.until("passive OPEN")
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_a_paste_that_does_not_end_swallows_no_later_key() -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.send(b"\x1b[200~abc")
        terminal.send(b"\x03")
        assert terminal.ends() == 0
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.send(b"\x1b[200~abc")
        terminal.settle(PASTE_SILENCE + 0.3)
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_many_keys_at_once_are_answered() -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        began = time.monotonic()
        terminal.send(b"n " * 4_000 + b"q")
        assert terminal.ends(60) == 0
        assert time.monotonic() - began < 30


def test_a_long_line_is_typed_at_once() -> None:
    """90,000 octets that are not marked as pasted."""
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.send(b"m")
        terminal.until("Moves so far")
        began = time.monotonic()
        terminal.send(b"s " * 45_000 + b"\x1b")
        terminal.settle(0.5)
        terminal.send(b"q")
        assert terminal.ends(60) == 0
        assert time.monotonic() - began < 15


def goes_on_and_ends(terminal: PseudoTerminal) -> None:
    """After a stop: SIGCONT, a key that is answered, and the end."""
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.until(" help")
    terminal.settle()  # What is typed while the terminal is set up anew is forgotten.
    terminal.send(b" ")
    terminal.until("passive OPEN")
    terminal.send(b"q")
    assert terminal.ends() == 0
    assert terminal.settings() == terminal.before


def test_ctrl_z_stops_and_sigcont_goes_on() -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.settle()
        terminal.send(b"\x1a")
        deadline = time.monotonic() + 10
        while not terminal.stopped():
            assert time.monotonic() < deadline
            terminal.settle(0.05)
        assert terminal.settings() == terminal.before
        goes_on_and_ends(terminal)


def test_after_a_stop_that_was_not_told_the_terminal_is_left_as_it_was_found() -> None:
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.settle()
        os.kill(terminal.pid, signal.SIGSTOP)
        time.sleep(0.1)
        goes_on_and_ends(terminal)


def test_sigcont_while_it_ends_leaves_the_terminal_as_it_was_found() -> None:
    """Nothing would take back what is set up then, and at last no loop is there that would do it."""
    with PseudoTerminal(*PLAY) as terminal:
        terminal.until(" help")
        terminal.settle()
        terminal.send(b"q")
        for _ in range(200):
            time.sleep(0.001)
            os.kill(terminal.pid, signal.SIGCONT)
        assert terminal.ends() == 0
        assert terminal.settings() == terminal.before


@pytest.mark.parametrize(
    ("module", "method"), [("session", "Session.step"), ("terminal_input", "TerminalInput._send")]
)
def test_a_crash_has_exit_status_1(module: str, method: str, tmp_path: Path) -> None:
    """In an action, or where keys are read: the terminal is given back, and the shell is told."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import tcptui.ui.{module} as module\n"
        "def fail(self, *arguments):\n"
        "    if arguments != ((),) and arguments != ([],):\n"
        "        raise RuntimeError('on purpose')\n"
        f"module.{method} = fail\n"
    )
    with PseudoTerminal(*PLAY, env={"PYTHONPATH": str(tmp_path)}) as terminal:
        terminal.until("on purpose" if module == "terminal_input" else " help")
        if module == "session":
            terminal.send(b" ")
        assert terminal.ends() == 1
        assert terminal.settings() == terminal.before


def test_events_of_the_parser_are_textuals() -> None:
    assert isinstance(next(iter(TerminalParser().feed("n"))), events.Key)
