"""The key by which those who come know this server again.

Why it is so. A host key that changes is what an attack looks like to every client, so it is made once and
kept. Two servers that start at once must not make one each: whoever holds the lock of the folder looks
whether it is there, and makes it. It is Ed25519 and nothing else: every client of the last ten years knows
that, and the others (NIST's curves, short RSA keys) are what audits object to.

A key that others can read, or have put there, is no secret: it is refused, as OpenSSH refuses it.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tcptui.files import BadFile, read_octets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncssh import SSHKey

LARGEST = 16_384
"""Octets that a file with a key may have."""
NAME = "ssh_host_ed25519_key"
_ALGORITHM = "ssh-ed25519"


def host_key(path: Path, *, makes_folder: bool = False) -> SSHKey:
    """The key that is in this file, which is made if there is none; with its folder, if `makes_folder`: a
    folder that somebody has named and that is not there is an error of typing, and a key that is made there
    would be a new one to all clients.

    Raises:
        BadFile: it can't be read or made, is no private Ed25519 key without a passphrase, or can be read or
            was put there by others.
    """
    if not _is_there(path):
        if not (makes_folder or path.parent.exists()):
            raise BadFile("error.host_key.folder", name=str(path.parent))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(path.parent):
                if not os.path.lexists(path):
                    _make(path)
        except OSError as error:
            raise BadFile("error.file.unwritable", name=str(path), why=str(error.strerror)) from None
    return _read(path)


def _is_there(path: Path) -> bool:
    """Raises BadFile: that can't be known."""
    try:
        path.lstat()
    except PermissionError as error:
        raise BadFile("error.file.unreadable", name=str(path), why=str(error.strerror)) from None
    except OSError:
        return False
    except ValueError:
        raise BadFile("error.file.no_name", name=str(path)) from None
    return True


def _read(path: Path) -> SSHKey:
    from asyncssh import KeyEncryptionError, KeyImportError, import_private_key

    name = str(path)
    octets = read_octets(name, LARGEST)
    status = os.stat(path)
    if status.st_uid not in (0, os.geteuid()):
        raise BadFile("error.host_key.foreign", name=name)
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise BadFile("error.host_key.open", name=name)
    try:
        key = import_private_key(octets)
    except KeyEncryptionError:
        raise BadFile("error.host_key.passphrase", name=name) from None
    except (KeyImportError, ValueError):
        raise BadFile("error.host_key.none", name=name) from None
    if key.get_algorithm() != _ALGORITHM:
        raise BadFile("error.host_key.algorithm", name=name, algorithm=key.get_algorithm())
    return key


def _make(path: Path) -> None:
    """Whole, or not at all: a process that ends in the middle leaves no half of a key under that name."""
    from asyncssh import generate_private_key

    octets = generate_private_key(_ALGORITHM, comment="tcptui").export_private_key("openssh")
    beside = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
        os.rename(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """While nobody else holds this folder's lock."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
