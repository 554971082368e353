"""`tcptui serve`: what is wrong is one line, with exit status 2, and the audit of what it serves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import pytest

from tcptui.cli import main
from tcptui.files import BadFile
from tcptui.serve.listening import CantListen, close, is_loopback, listen, told_address
from tcptui.serve.passwords import read_passwords
from tests.command import COMMAND, ENVIRONMENT, python
from tests.serve.ssh_server import ServerProcess

Refused = Callable[..., str]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        yield one.getsockname()[1]


@pytest.fixture
def refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """What says in one line why it does not start."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def told(*arguments: str) -> str:
        assert main(["serve", *arguments]) == 2
        printed = capfd.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1, printed.err
        return printed.err.removeprefix("tcptui: ").strip().replace(str(tmp_path), "")

    return told


def test_where_it_can_not_listen(tmp_path: Path, taken: int, refused: Refused) -> None:
    assert refused("ssh", "--port", str(taken)) == (
        f"can't listen on 127.0.0.1 port {taken}: Address already in use"
    )
    assert "Cannot assign requested address" in refused("ssh", "--host", "192.0.2.1", "--port", "0")
    assert refused("ssh", "--host", "no such host").startswith("no such host: ")
    assert refused("ssh", "--host", "x" * 300).startswith("x" * 200 + ": ")
    assert refused("ssh", "--port", "65536") == "--port 65536: must be 0 to 65535"
    assert refused("ssh", "--port", "ssh") == "--port ssh: must be 0 to 65535"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_port_that_is_not_for_everybody() -> None:
    """Linux: below net.ipv4.ip_unprivileged_port_start."""
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 22:
        pytest.skip("every port is for everybody")
    close(listen("127.0.0.1", 0))  # What it imports is not there for everybody.
    os.seteuid(65534)
    try:
        with pytest.raises(CantListen) as caught:
            listen("127.0.0.1", 22)
    finally:
        os.seteuid(0)
    assert "Permission denied" in str(caught.value.message)


def test_what_is_listened_on() -> None:
    for host, is_own in (("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("", False)):
        sockets = listen(host, 0)
        assert is_loopback(sockets) == is_own
        assert told_address(sockets[0])[0] in ("127.0.0.1", "::1", socket.gethostname())
        close(sockets)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::"])
def test_beyond_this_machine_it_must_be_said_who_may_come(
    tmp_path: Path, host: str, refused: Refused
) -> None:
    if host == "::" and not socket.has_ipv6:
        pytest.skip("no IPv6")
    assert refused("ssh", "--host", host, "--port", "0") == (
        f"{host or '*'} can be reached from other machines: say who may come, with --authorized-keys FILE,"
        " --password-file FILE or --open"
    )
    with ServerProcess(tmp_path, "--host", host, "--open") as server:
        assert "(open to anybody, without a login)" in server.line
        assert socket.gethostname() in server.line


def test_files_that_can_not_be_used(tmp_path: Path, refused: Refused) -> None:
    missing = str(tmp_path / "missing")
    for option in ("--authorized-keys", "--password-file"):
        assert refused("ssh", "--port", "0", option, missing) == "/missing: there is no such file"
        assert "does not go with" in refused("ssh", "--port", "0", "--open", option, missing)
    (tmp_path / "key").write_text("x")
    (tmp_path / "key").chmod(0o600)
    assert refused("ssh", "--port", "0", "--host-key", str(tmp_path / "key")) == ("/key: is no private key")
    assert "can't be written" in refused("ssh", "--port", "0", "--log", str(tmp_path))
    assert "--library" in refused("ssh", "--port", "0", "--library", missing)


@pytest.mark.parametrize(
    "option", ["--most", "--most-per-address", "--rate-per-address", "--idle", "--longest", "--processes"]
)
@pytest.mark.parametrize("text", ["0", "-1", "many", "1" * 40])
def test_limits_are_numbers(option: str, text: str, refused: Refused) -> None:
    assert refused("ssh", f"{option}={text}") == f"{option} {text[:20]}: must be 1 to 999999"


@pytest.mark.parametrize("way", ["ssh", "web"])
def test_a_process_for_each_session_or_some_for_all(way: str, refused: Refused) -> None:
    assert refused(way, "--forked", "--processes", "2").startswith(
        "argument --processes: not allowed with argument --forked"
    )


@pytest.mark.parametrize(("way", "missing"), [("ssh", ("asyncssh", "aiohttp")), ("web", ("aiohttp",))])
def test_without_the_extra(way: str, missing: tuple[str, ...]) -> None:
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({missing})); import tcptui.cli;"
        f"sys.exit(tcptui.cli.main(['serve', '{way}', '--port', '0']))"
    )
    result = python(code, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "tcptui: serving needs more than is installed: pip install 'tcptui[serve]'\n"


def test_nothing_of_it_is_loaded_by_the_program_at_a_terminal() -> None:
    code = (
        "import sys, tcptui.cli, tcptui.commands.screen, tcptui.commands.play, tcptui.ui.app;"
        "tcptui.cli.main(['play', 'handshake', '--format', 'ladder']);"
        "names = ('tcptui.serve', 'asyncssh', 'aiohttp', 'redis', 'cryptography');"
        "print([name for name in sys.modules if name.startswith(names)])"
    )
    assert python(code).stdout.splitlines()[-1] == "[]"


def test_at_a_terminal_a_hangup_ends_it(tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, "serve", "ssh", "--port", "0"],
        stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**ENVIRONMENT, "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert process.wait(20) == 0
    os.close(controller)
    os.close(terminal)


def test_as_many_connections_as_there_are_descriptors() -> None:
    code = (
        "import resource; from tcptui.serve.running import most_connections;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200));"
        "print(most_connections(50), most_connections(500), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    assert python(code).stdout == "50 136 200\n"


def test_a_line_for_the_file_of_passwords(tmp_path: Path) -> None:
    def made(name: str, password: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "serve", "password", name], input=password, capture_output=True,
            encoding="utf-8", env=ENVIRONMENT, check=False, timeout=60,
        )  # fmt: skip

    file = tmp_path / "passwords"
    file.write_text(made("anna", "sesame\n").stdout)
    assert read_passwords(str(file)).fits("anna", "sesame")
    assert not read_passwords(str(file)).fits("anna", "sesame\n")
    assert "sesame" not in file.read_text()
    for name, password in (("a b", "x"), ("anna", ""), ("anna", "x" * 257)):
        assert made(name, password).returncode == 2


def test_the_host_key_is_kept_where_it_is_said(tmp_path: Path) -> None:
    key = tmp_path / "its_key"
    with ServerProcess(tmp_path, "--host-key", str(key)) as server:
        first = server.line
    with ServerProcess(tmp_path, "--host-key", str(key)) as server:
        assert server.line.partition("host key")[2] == first.partition("host key")[2]
    assert asyncssh.read_private_key(key).get_fingerprint() in first
    with pytest.raises(BadFile):
        read_passwords(str(key))


def test_an_audit_finds_no_failure(tmp_path: Path) -> None:
    """Its rate test included, for which connections of an address are let in at their usual rate."""
    with ServerProcess(tmp_path, limits=()) as server:
        result = subprocess.run(
            [sys.executable, "-m", "ssh_audit", "-b", "-n", "-p", str(server.port), "127.0.0.1"],
            capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
        assert "[fail]" not in result.stdout
        assert result.returncode in (0, 2), result.stdout + result.stderr  # 2: warnings; 3: failures.
        assert "(kex) curve25519-sha256" in result.stdout
        assert "DHEat" not in result.stdout
        assert "too many a second from its address" not in server.log.read_text()
        server.end()
        assert "too many a second from its address" in server.log.read_text()
