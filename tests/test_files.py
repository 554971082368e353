"""Files that are read and written: no old content is lost, and what can't be used is told."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tcptui.files import BadFile, check_target, create, read_text, same_file, write_octets
from tcptui.scripts import find
from tests.command import ENVIRONMENT, tcptui
from tests.lab.worlds import HEAD
from tests.messages import refused


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_octets(str(tmp_path / "new"), b"new")
    assert content(tmp_path) == {"usual": b"", "new": b"new"}
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_a_file_that_is_replaced_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"something longer")
    path.chmod(mode)
    write_octets(str(path), b"new")
    assert content(tmp_path) == {"file": b"new"}
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_file_that_another_process_replaces_meanwhile_is_never_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """stat(2) tells of a file that has lost its name: it is no file of several names, written as it is."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        lost = os.stat_result((*path.stat()[:3], 0, *path.stat()[4:]))
        monkeypatch.setattr("tcptui.files._status", lambda _: lost)
        write_octets(str(path), b"new")
        assert reader.read() == b"old"
    assert content(tmp_path) == {"file": b"new"}


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to("in/file")
    (tmp_path / "empty").symlink_to("in/none")
    for link in ("link", "empty"):
        write_octets(str(tmp_path / link), b"new")
        assert (tmp_path / link).is_symlink()
    assert content(tmp_path / "in") == {"file": b"new", "none": b"new"}


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_if_writing_fails_the_old_content_stays_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "file").write_bytes(b"old")
    monkeypatch.setattr(os, step, fail)
    with refused(BadFile, match=r"file: can't be written: No space left on device$"):
        write_octets(str(tmp_path / "file"), b"new")
    assert content(tmp_path) == {"file": b"old"}


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on the size of a file stands for it."""
    (tmp_path / "keep").write_bytes(b"old" * 1_000)
    line = f"ulimit -f 1; {sys.executable} -m tcptui play life --format ladder -o {tmp_path}/keep"
    result = subprocess.run(
        ["bash", "-c", line], env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert result.returncode == 2
    assert result.stderr == f"tcptui: {tmp_path}/keep: can't be written: File too large\n"
    assert content(tmp_path) == {"keep": b"old" * 1_000}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "file").chmod(0o444)
    with refused(BadFile, match="can't be written: Permission denied"):
        write_octets(str(tmp_path / "file"), b"new")
    assert content(tmp_path) == {"file": b"old"}


def test_a_file_in_a_directory_that_takes_no_other_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root, who may write everywhere, only a directory that is made to refuse shows it."""
    opened = os.open

    def refusing(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, mode)

    (tmp_path / "file").write_bytes(b"something longer")
    monkeypatch.setattr(os, "open", refusing)
    write_octets(str(tmp_path / "file"), b"new")
    with refused(BadFile, match="other: can't be written: Permission denied"):
        write_octets(str(tmp_path / "other"), b"new")
    monkeypatch.undo()
    assert content(tmp_path) == {"file": b"new"}


def test_a_pipe_that_nobody_reads_from_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    result = tcptui("play", "life", "--format", "ladder", "-o", "pipe", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "tcptui: pipe: can't be written: it has no reader\n"


def test_a_pipe_is_written_to_as_far_as_its_reader_reads(tmp_path: Path) -> None:
    """More than the pipe holds: writing waits for the reader."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    octets = bytes(1_000_000)
    writer = threading.Thread(target=write_octets, args=(str(path), octets))
    writer.start()
    os.set_blocking(reader, True)
    got = 0
    while got < len(octets):
        got += len(os.read(reader, 100_000))
    writer.join()
    os.close(reader)
    assert path.is_fifo()


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_octets("/dev/null", b"x")
    assert Path("/dev/null").is_char_device()
    with refused(BadFile, match="/dev/full: can't be written: No space left on device"):
        write_octets("/dev/full", b"x")


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_file_name_is_told(name: str) -> None:
    for use in (read_text, lambda name: write_octets(name, b"")):
        with refused(BadFile, match="is no file name"):
            use(name)


@pytest.mark.parametrize("arguments", [("check", ""), ("play", "life", "--format", "ladder", "-o", "")])
def test_an_empty_name_on_the_command_line_is_told(arguments: tuple[str, ...]) -> None:
    result = tcptui(*arguments)
    assert (result.returncode, result.stderr) == (2, "tcptui: '': is no file name\n")


REFUSED = {
    "  ": "a file's name needs more than blanks",
    "\u00a0": "a file's name needs more than blanks",
    "./sub/": "./sub/: ends with a slash, so it names a directory",
    "folder": "folder: can't be written: Is a directory",
    "folder/": "folder/: can't be written: Is a directory",
}
"""Names that no file is written under, and why."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_of_blanks_and_one_of_a_directory_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    for use in (check_target, lambda name: write_octets(name, b"x"), lambda name: create(name, b"x")):
        with refused(BadFile, match=f"^{re.escape(REFUSED[name])}$"):
            use(name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize(
    "arguments",
    [("play", "handshake", "--moves", "s99", "--format", "ladder", "-o"),
     ("play", "handshake", "--moves", "s99", "--format", "svg-screen", "-o"), ("check", "no.pkt", "--junit")],
)  # fmt: skip
def test_such_a_name_is_refused_before_anything_is_played(
    name: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    result = tcptui(*arguments, name, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"tcptui: {REFUSED[name]}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("name", "text"), [("mine.toml", HEAD), ("mine.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n")]
)
def test_what_is_played_is_not_overwritten(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "link").symlink_to(name)
    for output in (name, f"./{name}", "link"):
        result = tcptui("play", f"./{name}", "--format", "ladder", "-o", output, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"tcptui: {output}: is what is to be played, and is not overwritten\n"
    assert content(tmp_path)[name] == text.encode()


def test_a_file_with_the_name_of_a_scenario_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "life").write_text("old")
    assert tcptui("play", "life", "--format", "ladder", "-o", "life", cwd=tmp_path).returncode == 0
    assert (tmp_path / "life").read_text() == tcptui("play", "life", "--format", "ladder").stdout


def test_one_file_is_known_by_all_its_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    (tmp_path / "b").write_text("")
    (tmp_path / "c").hardlink_to(tmp_path / "a")
    assert same_file(str(tmp_path / "a"), tmp_path / "c")
    assert not same_file(str(tmp_path / "a"), tmp_path / "b")
    assert not same_file("", "a\0b")


@pytest.mark.parametrize("name", ["mine.toml", "mine.pkt"])
def test_a_byte_order_mark_is_not_part_of_the_text(name: str, tmp_path: Path) -> None:
    text = HEAD if name == "mine.toml" else "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_text(str(tmp_path / name)) == text
    assert tcptui("play", f"./{name}", "--format", "ladder", cwd=tmp_path).returncode == 0


def test_a_file_with_two_names_keeps_both(tmp_path: Path) -> None:
    """It is written as it is: a new file in its place would have one of them."""
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_bytes(b"old")
    other.hardlink_to(file)
    write_octets(str(file), b"new")
    assert (other.read_bytes(), same_file(str(file), other)) == (b"new", True)


def test_dev_stdout_is_what_the_process_writes_to_and_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = f"{sys.executable} -m tcptui play handshake --format ladder -o /dev/stdout"
    subprocess.run(
        ["sh", "-c", f"(echo before; {command}; echo after) > {out}"], env=ENVIRONMENT, timeout=60, check=True
    )
    first, *_, last = out.read_text("utf-8").splitlines()
    assert (first, last) == ("before", "after")


def test_scripts_are_found_however_deep_and_pipes_are_passed_over(tmp_path: Path) -> None:
    """One directory within another, deeper than Python recurses."""
    code = (
        "import os, sys\n"
        "for _ in range(1_200):\n    os.mkdir('d')\n    os.chdir('d')\n"
        "open('x.pkt', 'w').close()\n"
    )
    os.mkfifo(tmp_path / "a.pkt")
    (tmp_path / "b.pkt").touch()
    try:
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
        found = list(find([str(tmp_path)]))
    finally:  # pytest would recurse into it.
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)
    assert [Path(name).name for name in found] == ["b.pkt", "x.pkt"]


def test_a_device_behind_a_link_is_not_waited_for(tmp_path: Path) -> None:
    """A read of it would block, though it looks like a file."""
    if not os.access("/proc/kmsg", os.R_OK):
        pytest.skip("only root may read it")
    link = tmp_path / "x.toml"
    link.symlink_to("/proc/kmsg")
    with contextlib.suppress(BadFile):
        read_text(str(link))
