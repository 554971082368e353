"""The options of a server's rooms: what is wrong with them is one line, and no password is in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.cli import main
from tests.rooms.redis_server import RedisServer, free_port, is_installed
from tests.serve.ssh_server import ServerProcess
from tests.skips import unavailable

Refused = Callable[..., str]


@pytest.fixture
def refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """What `tcptui serve` says, over SSH and in a browser, why it does not start."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def told(*arguments: str) -> str:
        lines = set()
        for way in ("ssh", "web"):
            assert main(["serve", way, "--port", "0", *arguments]) == 2
            printed = capfd.readouterr()
            assert printed.out == ""
            assert printed.err.count("\n") == 1, printed.err
            lines.add(printed.err.removeprefix("tcptui: ").strip())
        (line,) = lines
        return line

    return told


def test_where_rooms_are(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = (
        "the address of rooms must be redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], rediss:// or unix://PATH"
    )
    for url in ("", "host", "http://:secret@host", "redis://:secret@", "redis://:secret@host/x"):
        assert refused("--rooms", url) == wanted
    port = free_port()
    monkeypatch.setenv("TCPTUI_REDIS_PASSWORD", "secret")
    for password in ("", ":secret@"):
        line = refused("--present", "--rooms", f"redis://{password}127.0.0.1:{port}")
        assert line == f"there is no Redis server at redis://127.0.0.1:{port}"


def test_the_presenters_key(refused: Refused, tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert refused("--present-key", str(file)) == "--present-key is the key of a room: it needs --present"
    assert not file.exists()
    assert refused("--present", "No Name").startswith("'No Name' is no name of a room")
    for content in ("", "short", "with blanks in between", "two-lines-with-a-key\nanother-line-with-a-key"):
        file.write_text(content)
        file.chmod(0o600)
        line = refused("--present", "--present-key", str(file))
        assert line == f"{file}: a presenter's key is one line of 16 or more letters, digits, - and _"
    file.write_text("a-key-of-a-presenter")
    file.chmod(0o644)
    assert "is no secret" in refused("--present", "--present-key", str(file))
    assert "can't be written" in refused("--present", "--present-key", str(tmp_path / "none" / "key"))
    assert refused("--present", "--present-key", str(tmp_path)) == f"{tmp_path}: is a directory"


def test_the_lecture_of_who_presents(refused: Refused, tmp_path: Path) -> None:
    assert refused("--lecture", "first-lesson") == "--lecture is given in a room: it needs --present"
    assert refused("--present", "--lecture", "none").startswith("there is no lecture 'none': allowed: ")
    file = tmp_path / "mine.toml"
    file.write_text('title = "mine"')
    assert refused("--present", "--lecture", str(file)).startswith(f"{file}: item")


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "key"
    told, keys = [], set()
    for _ in range(2):
        with ServerProcess(tmp_path, "--present", "demo", "--present-key", str(file)) as server:
            assert server.process.stdout is not None
            lines = [server.process.stdout.readline().decode() for _ in range(2)]
        assert lines[0] == f"To watch in the room demo: ssh -p {server.port} watch/demo@127.0.0.1\n"
        keys.add(file.read_text())
        told.append(re.sub(r"-p \d+", "-p PORT", lines[1]))
    assert file.stat().st_mode & 0o777 == 0o600
    how = f"To present there: ssh -p PORT present/KEY@127.0.0.1, with the KEY that is in {file}\n"
    assert told == [how] * 2
    assert len(keys) == 1


def test_of_two_servers_without_a_file_the_first_makes_the_key(tmp_path: Path) -> None:
    if not is_installed():
        unavailable("redis-server is not installed")
    with RedisServer(tmp_path) as redis:
        lines = []
        for _ in range(2):
            with ServerProcess(tmp_path, "--present", "--rooms", redis.url) as server:
                assert server.process.stdout is not None
                lines.append([server.process.stdout.readline().decode() for _ in range(2)][1])
        assert re.search(r"present/[\w-]{22}@", lines[0])
        assert lines[1] == "To present there: with the key that the server told that opened it first\n"


def test_another_key_in_a_file_is_no_way_in(refused: Refused, tmp_path: Path) -> None:
    if not is_installed():
        unavailable("redis-server is not installed")
    file = tmp_path / "key"
    file.write_text("a-key-of-a-presenter")
    file.chmod(0o600)
    with RedisServer(tmp_path) as redis:
        with ServerProcess(tmp_path, "--present", "--rooms", redis.url):
            pass
        line = refused("--present", "--present-key", str(file), "--rooms", redis.url)
        assert line == "there is a room 'class' with another presenter already"


def test_who_has_a_name_is_told_where_it_stands_and_who_is_behind_a_proxy_no_address(tmp_path: Path) -> None:
    from tests.serve.test_access import quick

    passwords = tmp_path / "passwords"
    passwords.write_text(f"anna:{quick('sesame')}\n")

    def watches(*options: str, way: str = "ssh") -> tuple[str, str]:
        with ServerProcess(tmp_path, "--present", "demo", *options, way=way) as server:
            assert server.process.stdout is not None
            told = server.process.stdout.readline().decode().partition(": ")[2].strip()
            return server.line, told.replace(str(server.port), "PORT")

    line, told = watches("--password-file", str(passwords))
    assert told == "ssh -p PORT NAME/watch/demo@127.0.0.1"
    assert "To come" in line
    line, told = watches("--behind-proxy", "--open")
    assert told == "ssh watch/demo@HOST"
    assert "To come" not in line
    line, told = watches("--behind-proxy", way="web")
    assert told == "/watch/demo"
    assert "To come" not in line
