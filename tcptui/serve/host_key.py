"""The key by which those who come know this server again.

Why it is so. A host key that changes is what an attack looks like to every client, so it is made once and
kept. Two servers that start at once must not make one each (`files.make_private`). It is Ed25519 and nothing
else: every client of the last ten years knows that, and the others (NIST's curves, short RSA keys) are what
audits object to.

A key that others can read, or have put there, is no secret: it is refused, as OpenSSH refuses it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tcptui.files import BadFile, is_there, make_private, read_octets

if TYPE_CHECKING:
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
    name = str(path)
    if not is_there(name):
        if not (makes_folder or path.parent.exists()):
            raise BadFile("error.host_key.folder", name=str(path.parent))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadFile("error.file.unwritable", name=name, why=str(error.strerror)) from None
        make_private(name, _new)
    return _read(path)


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


def _new() -> bytes:
    from asyncssh import generate_private_key

    return generate_private_key(_ALGORITHM, comment="tcptui").export_private_key("openssh")
