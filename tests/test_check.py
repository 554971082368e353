"""``tcptui check`` from outside: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Result, tcptui

PASSES = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, 1) = 0\n"
SYN_FIN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < SF 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss SIZE>
"""
"""Passes on the RFC's stack, with SIZE 1460; Linux drops a SYN,FIN."""
RFC = ("--profile", "rfc9293")
NEEDS = "`reboot`\n0 epoll_create(1) = 3\n"
DROPPED = (
    "b.pkt:5: expected > S. 0:0(0) ack 1 <mss 1460> at 0.000; got nothing; why: LISTEN_SYN_FIN_DROPPED, "
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for name, text in (("a", PASSES), ("b", SYN_FIN), ("in/c", NEEDS), ("in/deep/a", PASSES)):
        (tmp_path / f"{name}.pkt").write_text(text)
    (tmp_path / "bad.pkt").write_text("0 close(3) =\n")
    (tmp_path / "latin.pkt").write_bytes(b"// caf\xe9\n0 close(3) = -1\n")
    (tmp_path / "gbk.pkt").write_bytes("0 close(3) = -1 /* 关闭 */ EBADF\n".encode("gbk"))
    (tmp_path / "large.pkt").write_bytes(b" " * ((1 << 20) + 1))
    (tmp_path / "escape.pkt").write_text("0 `\x1b[31m`\n+0 close(3) = -1 EBADF\n")
    (tmp_path / "in" / "other.txt").write_text("no script")
    return tmp_path


def closing(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def test_what_passes(folder: Path) -> None:
    result = tcptui("check", "a.pkt", "b.pkt", "-D", "SIZE=1460", *RFC, cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 passed, 0 failed, 0 unsupported\n", "")


def test_a_comment_in_any_encoding(folder: Path) -> None:
    result = tcptui("check", "latin.pkt", "gbk.pkt", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 passed, 0 failed, 0 unsupported\n", "")


@pytest.mark.parametrize(
    ("arguments", "source", "stack"),
    [
        (("--profile", "linux"), "Linux tcp_rcv_state_process()", "linux, as asked for"),
        ((), "Linux tcp_rcv_state_process()", "linux, by default"),
        ((*RFC, "--set", "drop_syn_fin=true"), "RFC 9293 3.10.7.2, third", "rfc9293, as asked for"),
        ((*RFC, "--set=net.inet.tcp.drop_synfin=1"), "RFC 9293 3.10.7.2, third", "rfc9293, as asked for"),
    ],
)
def test_what_fails(arguments: tuple[str, ...], source: str, stack: str, folder: Path) -> None:
    result = tcptui("check", "b.pkt", "a.pkt", "-DSIZE=1460", *arguments, cwd=folder)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == f"{DROPPED}{source} [{stack}]\n1 passed, 1 failed, 0 unsupported\n"


def test_what_is_unsupported_and_what_is_passed_over(folder: Path) -> None:
    """A directory's scripts are found however deep they are."""
    result = tcptui("check", "in", cwd=folder)
    assert result.returncode == 3
    assert result.stderr == "tcptui: in/c.pkt:1: ignored: reboot\n"
    assert result.stdout == (
        "in/c.pkt:2: unsupported: the call epoll_create()\n1 passed, 0 failed, 1 unsupported\n"
    )


def test_a_failure_weighs_more_than_what_is_unsupported(folder: Path) -> None:
    result = tcptui("check", "in", "b.pkt", "-D", "SIZE=1", cwd=folder)
    assert (result.returncode, closing(result)) == (1, "1 passed, 1 failed, 1 unsupported")


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("bad.pkt", "bad.pkt:2:1: the script ends; allowed: "),
        ("large.pkt", "large.pkt: is too large: at most 1048576 octets\n"),
        ("none.pkt", "none.pkt: there is no such file\n"),
        ("empty", "empty: there is no *.pkt in this directory\n"),
        ("/dev/null", "/dev/null: is no regular file\n"),
    ],
)
def test_a_file_that_can_not_be_used(file: str, complaint: str, folder: Path) -> None:
    result = tcptui("check", "a.pkt", file, cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith(f"tcptui: {complaint}")
    assert result.stderr.count("\n") == 1


def test_the_other_files_are_run_all_the_same(folder: Path) -> None:
    result = tcptui("check", "bad.pkt", "a.pkt", cwd=folder)
    assert (result.returncode, closing(result)) == (2, "1 passed, 0 failed, 0 unsupported")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "the following arguments are required: FILE"),
        (("a.pkt", "--profile", "solaris"), "no profile 'solaris'"),
        (("a.pkt", "--set", "mss=0"), "mss: "),
        (("a.pkt", "-D", "1=2"), "-D '1=2': must be NAME=VALUE"),
    ],
)
def test_a_line_that_can_not_be_used(arguments: tuple[str, ...], complaint: str, folder: Path) -> None:
    result = tcptui("check", *arguments, cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"tcptui: {complaint}")
    assert result.stderr.count("\n") == 1


def test_a_script_can_not_write_to_the_terminal_what_it_likes(folder: Path) -> None:
    result = tcptui("check", "escape.pkt", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "tcptui: escape.pkt:1: ignored: \\x1b[31m\n")


# A script that is played instead.


def test_a_script_is_played_with_its_words_replaced(folder: Path) -> None:
    played = tcptui("play", "b.pkt", "-D", "SIZE=1460", *RFC, "--format", "ladder", cwd=folder)
    assert (played.returncode, played.stderr) == (0, "")
    assert "SYN,ACK seq=0 ack=1" in played.stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("gone.pkt",), "gone.pkt: there is no such file\n"),
        (("in/c.pkt",), "in/c.pkt:2: unsupported: "),
        (("b.pkt",), "b.pkt:5:"),
        (("a.pkt", "-D", "a b"), "-D 'a b': must be NAME=VALUE\n"),
        (("handshake", "-D", "a=b"), "-D goes with packetdrill scripts only\n"),
    ],
)
def test_a_script_that_cannot_be_played_is_one_line(
    folder: Path, arguments: tuple[str, ...], error: str
) -> None:
    result = tcptui("play", *arguments, "--format", "ladder", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(f"tcptui: {error}")
