"""Files that a command line names: texts read, and content written in place of what was there.

What a text means is not known here; scenarios are found by `library`, scripts by `scripts`. Errors are one
line.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tcptui.core.message import MessageError

_MOST_LINKS = 40
"""As many as Linux follows (MAXSYMLINKS)."""
LARGEST = 1 << 20
"""Octets that a file may have, where its reader does not ask for less."""


class BadFile(MessageError):
    """A file that can't be used; the message names it."""


def read_text(name: str, most: int = LARGEST) -> str:
    """The UTF-8 text of the file at this path, without the byte order mark that some editors begin it with.
    Raises BadFile: as `read_octets`, or it is no text."""
    octets = read_octets(name, most)
    try:
        return octets.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadFile("error.file.no_utf8", name=name, octet=error.start) from None


def read_octets(name: str, most: int = LARGEST) -> bytes:
    """What is in the file at this path.

    Only a regular file is opened, for a pipe may never end.

    Raises:
        BadFile: there is none, it can't be read, or it has more than `most` octets.
    """
    _check_name(name)
    path = Path(name)
    try:
        if path.is_dir():
            raise BadFile("error.file.directory", name=name)
        if path.exists() and not path.is_file():
            raise BadFile("error.file.not_regular", name=name)
        # Not to wait for a device that a link leads to.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            octets = file.read(most + 1)
        if octets is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    except BadFile:
        raise
    except FileNotFoundError:
        raise BadFile("error.file.missing", name=name) from None
    except OSError as error:
        raise BadFile("error.file.unreadable", name=name, why=str(error.strerror)) from None
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None
    if len(octets) > most:
        raise BadFile("error.file.too_large", name=name, most=most)
    return octets


def check_target(name: str) -> None:
    """That a file of that name may be written, as far as the name tells: before what is to be in it is made.
    Raises BadFile."""
    _check_name(name)
    if not name.strip():  # The system takes blanks for a name; nobody would find the file again.
        raise BadFile("error.file.blank")
    if os.path.isdir(name):
        raise BadFile("error.file.unwritable", name=name, why=os.strerror(errno.EISDIR))
    if name.endswith("/"):
        raise BadFile("error.file.folder_name", name=name)


def write_octets(name: str, octets: bytes) -> None:
    """Puts `octets` in the file of that name, which is made, or keeps its permissions and owner.

    A regular file has either its old content or all of the new: this is written beside it, and takes its
    place once it is on the disk. A symbolic link stays one. What is no regular file, such as a pipe or a
    device, or has several names, is written as it is; so is what this process has open under the name, such
    as /dev/stdout.

    Raises:
        BadFile: it can't be written.
    """
    check_target(name)
    try:
        before, own = _status(name), _own_descriptor(name)
        if own is not None:
            with open(os.dup(own), "wb") as file:
                file.write(octets)
        # It has no name any more if another process puts its own in place just now.
        elif before is None or (stat.S_ISREG(before.st_mode) and before.st_nlink < 2):
            _replace(os.path.realpath(name), octets, before)
        else:
            _overwrite(name, octets)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise BadFile("error.file.no_reader", name=name) from None
        raise BadFile("error.file.unwritable", name=name, why=str(error.strerror)) from None
    except BadFile:
        raise
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None


def create(name: str, octets: bytes) -> None:
    """Makes a file with this in it. Raises BadFile: there is something of that name, or it can't be
    written."""
    check_target(name)
    try:
        with open(name, "xb") as file:
            file.write(octets)
    except FileExistsError:
        raise BadFile("error.file.exists", name=name) from None
    except OSError as error:
        raise BadFile("error.file.unwritable", name=name, why=str(error.strerror)) from None
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None


def make_private(name: str, content: Callable[[], bytes]) -> None:
    """Makes a file that nobody else can read, if there is none, in a folder that is there. Of processes that
    start at once one makes it, and whole: whoever holds the lock of the folder looks whether it is there.

    Raises:
        BadFile: it can't be made, or it can't be known whether it is there.
    """
    import fcntl  # Late: a start makes no such file.

    try:
        if is_there(name):
            return
        folder = os.open(os.path.dirname(name) or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if not is_there(name):
                _put_in_place(*_open_beside(name, 0o600), name, content())
        finally:
            os.close(folder)
    except OSError as error:
        raise BadFile("error.file.unwritable", name=name, why=str(error.strerror)) from None


def is_there(name: str) -> bool:
    """Also a link that leads nowhere. Raises BadFile: that can't be known."""
    try:
        Path(name).lstat()
    except PermissionError as error:
        raise BadFile("error.file.unreadable", name=name, why=str(error.strerror)) from None
    except OSError:
        return False
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None
    return True


def same_file(name: str, other: str | Path) -> bool:
    """Whether both are there and are one file, however they are named."""
    try:
        return os.path.samefile(name, other)
    except (OSError, ValueError):
        return False


def _check_name(name: str) -> None:
    if not name:
        raise BadFile("error.file.no_name", name=name)


def _status(name: str) -> os.stat_result | None:
    try:
        return os.stat(name)
    except FileNotFoundError:
        return None


def _own_descriptor(name: str) -> int | None:
    """The descriptor of this process that a name such as /dev/stdout stands for."""
    for _ in range(_MOST_LINKS):
        folder, last = os.path.split(os.path.abspath(name))
        if os.path.realpath(folder) == f"/proc/{os.getpid()}/fd":
            return int(last) if last.isdecimal() else None
        if not os.path.islink(name):
            break
        name = os.path.join(folder, os.readlink(name))
    return None


def _replace(path: str, octets: bytes, before: os.stat_result | None) -> None:
    if before is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    try:
        descriptor, beside = _open_beside(path, 0o666)
    except PermissionError:
        if before is None:
            raise
        _overwrite(path, octets)  # A directory that takes no new file may have one that can be written.
        return
    _put_in_place(descriptor, beside, path, octets, before)


def _open_beside(path: str, mode: int) -> tuple[int, str]:
    """A new file in the same folder, and its name."""
    beside = os.path.join(os.path.dirname(path), f".tcptui-{os.urandom(8).hex()}")
    return os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), beside


def _put_in_place(
    descriptor: int, beside: str, path: str, octets: bytes, before: os.stat_result | None = None
) -> None:
    """Whole, or not at all, once it is on the disk; with owner and permissions of what was there before."""
    try:
        with open(descriptor, "wb") as file:
            if before is not None:
                with suppress(PermissionError):  # Only root may give a file to another.
                    os.chown(descriptor, before.st_uid, before.st_gid)
                os.chmod(descriptor, stat.S_IMODE(before.st_mode))
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _overwrite(name: str, octets: bytes) -> None:
    # Not to wait for the reader of a pipe: without one, this fails with ENXIO.
    descriptor = os.open(name, os.O_WRONLY | os.O_TRUNC | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as file:
        file.write(octets)
