"""`--share` and `tcptui watch`, each in a terminal and a process of its own."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tcptui.commands.watch import user_name
from tcptui.rooms.in_process import RoomInProcess
from tcptui.rooms.unix_socket import Place, RoomServer, own_directory
from tests.command import python, tcptui
from tests.ui.pseudo_terminal import PseudoTerminal


@pytest.fixture
def runtime(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with a runtime directory of his own."""
    tmp_path.chmod(0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path)}


def test_each_step_is_seen_in_another_terminal_at_its_size_until_the_presenter_leaves(
    runtime: dict[str, str], tmp_path: Path
) -> None:
    with PseudoTerminal("play", "life", "--share", "my-room", env=runtime) as presenter:
        presenter.until("tcptui watch my-room")
        with PseudoTerminal("watch", size=(80, 24), env=runtime) as watcher:
            watcher.until("following")
            presenter.settle(0.5)
            presenter.send(b"   l")
            watcher.until("The wire loses #2")
            watcher.send(b" ")
            watcher.until("comes back")
            presenter.send(b"q")
            assert presenter.ends() == 0
            # That it has ended may come before a frame has the first; it is told in both lines.
            watcher.until("no presenter", "room ended", "room has ended")
            watcher.send(b"q")
            assert watcher.ends() == 0
            assert watcher.printed() == ["tcptui play life --moves 's3 l2 s'"]
    assert list((tmp_path / "tcptui").iterdir()) == []


def test_a_presenter_that_is_killed_leaves_a_socket_that_the_next_replaces(
    runtime: dict[str, str], tmp_path: Path
) -> None:
    with PseudoTerminal("lecture", "first-lesson", "--share", env=runtime) as presenter:
        presenter.until("tcptui watch first-lesson")
        with PseudoTerminal("watch", "first-lesson", env=runtime) as watcher:
            watcher.until("following")
            watcher.until("Two computers, A and B.")
            os.kill(presenter.pid, signal.SIGKILL)
            watcher.until("room has ended")
    result = tcptui("watch", env=runtime)
    assert (result.returncode, result.stdout) == (2, "")
    assert "terminal" in result.stderr
    with PseudoTerminal("lab", "--share", "first-lesson", env=runtime) as presenter:
        presenter.until("tcptui watch first-lesson")


def test_rooms_are_listed_where_there_are_several_and_errors_take_a_line(
    runtime: dict[str, str], tmp_path: Path
) -> None:
    nobody = tcptui("watch", env=runtime)
    assert nobody.stderr == "tcptui: nobody presents on this host: tcptui play NAME --share opens a room\n"
    directory = own_directory(str(tmp_path), os.getuid())
    servers = [RoomServer(RoomInProcess(name), directory) for name in ("one", "two")]
    for server in servers:
        server.bind(for_others=False)
        assert server._socket is not None
        server._socket.listen()
    me = user_name(Place("", directory, os.getuid()))
    several = tcptui("watch", env=runtime)
    assert (several.returncode, several.stdout) == (2, f"{me}/one\n{me}/two\n")
    assert several.stderr == f"tcptui: several present; name one, as in tcptui watch {me}/one\n"
    unknown = tcptui("watch", "x\x1b/three", env=runtime)
    assert (unknown.returncode, unknown.stderr) == (2, "tcptui: there is no room 'x\\x1b/three'\n")
    servers[1].close()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(servers[1].path))
    one = tcptui("watch", env=runtime)
    assert (one.returncode, one.stdout) == (2, "")
    assert "terminal" in one.stderr
    servers[0].close()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(servers[0].path))
    assert tcptui("watch", env=runtime).stderr == nobody.stderr


@pytest.mark.parametrize("name", ["A", "a/b", "../x"])
def test_a_name_that_is_none_opens_no_room(runtime: dict[str, str], name: str) -> None:
    with PseudoTerminal("play", "life", "--share", name, env=runtime) as terminal:
        assert terminal.ends() == 2
        assert f"'{name}' is no name of a room" in terminal.all.decode()


def test_what_does_not_go_with_sharing_is_said(tmp_path: Path) -> None:
    for option in (["--share"], ["--share-with", "all"]):
        result = tcptui("play", "life", *option, "--format", "ladder")
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == "tcptui: --share is for the screen: it does not go with --format\n"
    long = {"XDG_RUNTIME_DIR": str(tmp_path / ("x" * 100))}
    with PseudoTerminal("play", "life", "--share", env=long) as terminal:
        assert terminal.ends() == 2
        assert "life.room: AF_UNIX path too long" in terminal.all.decode()


def test_nothing_of_rooms_is_loaded_where_there_is_none() -> None:
    code = (
        "import asyncio, sys\n"
        "import tcptui.commands.screen, tcptui.commands.play, tcptui.cli\n"
        "from tcptui import library\n"
        "from tcptui.ui.app import TcptuiApp\n"
        "from tcptui.ui.session import Session\n"
        "async def show():\n"
        "    app = TcptuiApp(Session(library.find('handshake'), ''), list)\n"
        "    async with app.run_test(size=(160, 48)) as pilot:\n"
        "        await pilot.press('space', 'l', 'P', 'space', 'V', 'enter', 'f', 'F', 'escape')\n"
        "        print([name for name in sys.modules if name.startswith(('tcptui.rooms', 'tcptui.serve'))])\n"
        "asyncio.run(show())"
    )
    assert python(code).stdout == "[]\n"
