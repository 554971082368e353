"""The installed program in a real terminal: tmux starts it, types, and reads the screen."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui import library

TMUX = shutil.which("tmux")
PROGRAM = Path(sys.executable).with_name("tcptui")

pytestmark = [
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
    pytest.mark.skipif(not PROGRAM.exists(), reason="tcptui is not installed beside this Python"),
]


class Screen:
    """One tmux session on a server of its own."""

    def __init__(self, socket: Path, command: str, size: tuple[int, int]) -> None:
        self._tmux = [str(TMUX), "-S", str(socket), "-f", "/dev/null"]
        columns, rows = size
        folders = f"XDG_CONFIG_HOME={socket}.config XDG_STATE_HOME={socket}.state"
        self._run(
            "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows),
            f"{folders} TERM=xterm-256color {command}; echo status $?; sleep 60",
        )  # fmt: skip

    def _run(self, *arguments: str) -> str:
        return subprocess.run(
            [*self._tmux, *arguments], check=True, capture_output=True, text=True, timeout=20
        ).stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("send-keys", "-t", "t", key)
            time.sleep(0.15)

    def shows(self, text: str, seconds: float = 15) -> str:
        """The screen once it shows `text`."""
        deadline = time.monotonic() + seconds
        while True:
            screen = self._run("capture-pane", "-p", "-t", "t")
            if text in screen:
                return screen
            assert time.monotonic() < deadline, f"{text!r} is not on the screen:\n{screen}"
            time.sleep(0.1)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, timeout=20)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[list[Screen]]:
    screens: list[Screen] = []
    yield screens
    for screen in screens:
        screen.close()


def test_a_handshake_is_stepped_broken_and_mended(tmp_path: Path, folder: list[Screen]) -> None:
    screen = Screen(tmp_path / "tmux", f"{PROGRAM} play handshake", (80, 24))
    folder.append(screen)
    screen.shows("The three-way handshake")
    screen.press("Space", "Space")
    screen.shows("#1 SYN")
    screen.press("l")
    screen.shows("✗ lost")
    screen.press("b")
    screen.shows("step 2")
    screen.press("Space", "Space", "Space")
    assert "branch 2/2" in screen.shows("#3 ACK")
    screen.press("End")
    screen.press("q")
    assert "status 0" in screen.shows("status")


def test_the_picker_opens_a_scenario_and_help(tmp_path: Path, folder: list[Screen]) -> None:
    screen = Screen(tmp_path / "tmux", str(PROGRAM), (120, 36))
    folder.append(screen)
    screen.shows("lost-syn-ack")
    screen.press("Down", "Enter")
    screen.shows(library.all_scenarios()[1].title)
    screen.press("?")
    screen.shows("back to the beginning")
    screen.press("q", "q")
    screen.shows("status 0")
