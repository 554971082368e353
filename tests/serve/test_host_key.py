"""The key of the server: made once, kept, a secret."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from asyncssh import generate_private_key

from tcptui.files import BadFile
from tcptui.serve.host_key import host_key


def told(path: Path) -> str:
    """The key of the message about it."""
    with pytest.raises(BadFile) as caught:
        host_key(path)
    return caught.value.message.key


def test_it_is_made_with_its_folder_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "key"
    assert told(path) == "error.host_key.folder"
    assert not path.parent.parent.exists()
    first = host_key(path, makes_folder=True)
    assert first.get_algorithm() == "ssh-ed25519"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert host_key(path).export_public_key() == first.export_public_key()
    assert [one.name for one in path.parent.iterdir()] == ["key"]


def test_servers_that_start_at_once_have_one(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from tcptui.serve.host_key import host_key;"
        "sys.stdin.read(1); print(host_key(pathlib.Path(sys.argv[1]), makes_folder=True).get_fingerprint())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "folder" / "key")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for one in started:
        assert one.stdin is not None
        one.stdin.write("x")
        one.stdin.flush()
    printed = {one.communicate()[0] for one in started}
    assert len(printed) == 1
    assert printed.pop().startswith("SHA256:")


def test_one_that_openssh_made_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    assert host_key(path).get_algorithm() == "ssh-ed25519"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_one_that_others_can_use_is_none(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    host_key(path)
    path.chmod(mode)
    assert told(path) == "error.host_key.open"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_one_of_somebody_else_is_none(tmp_path: Path) -> None:
    path = tmp_path / "key"
    host_key(path)
    os.chown(path, 12345, 12345)
    assert told(path) == "error.host_key.foreign"


@pytest.mark.parametrize("content", [b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", b"\xff\x00" * 50])
def test_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    assert told(path) == "error.host_key.none"
    assert path.read_bytes() == content


def test_other_keys(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    ed25519, other = (generate_private_key(name) for name in ("ssh-ed25519", "ecdsa-sha2-nistp256"))
    path.write_bytes(ed25519.export_public_key())
    assert told(path) == "error.host_key.none"
    path.write_bytes(other.export_private_key())
    assert told(path) == "error.host_key.algorithm"
    path.write_bytes(b"x" * 20_000)
    assert told(path) == "error.file.too_large"


def test_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    assert told(tmp_path / "file" / "key") == "error.file.unwritable"
    assert told(tmp_path / "link") == "error.file.missing"
    assert told(tmp_path) == "error.file.directory"
    assert told(tmp_path / "a\0b") == "error.file.no_name"


def test_one_is_taken_from_where_none_could_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it is not known whether there is one, it is told that it can't be read."""
    path = tmp_path / "key"
    first = host_key(path)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert host_key(path).export_public_key() == first.export_public_key()
    monkeypatch.setattr(Path, "lstat", refuse)
    assert told(path) == "error.file.unreadable"
