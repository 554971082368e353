"""Rooms of a server: one reader presents, others follow, on this server or on all that share a Redis."""

from __future__ import annotations

import argparse
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tcptui.commands.shared import Unusable, library_of
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tcptui.lecture import Lecture
    from tcptui.rooms.redis import RoomsOverRedis
    from tcptui.rooms.redis_address import Address
    from tcptui.rooms.room import Rooms
    from tcptui.serve.log import Log

LONGEST_KEY = 200
"""Characters of a presenter's key."""


class Opened(NamedTuple):
    """What a server has of rooms."""

    rooms: Rooms | None = None
    """Where they are found; None: there are none."""
    name: str = ""
    """Of the room that it has opened."""
    key: str = ""
    """The key of that room's presenter; empty: another server has opened it, with a key that only those know
    who were told it there."""
    file: str = ""
    """Where the key is kept, so that it need not be told."""
    lecture: Lecture | None = None
    """What its presenter gives; None: what he chooses."""


def add_rooms(parser: argparse.ArgumentParser) -> None:
    """The options --present, --present-key and --rooms."""
    rooms = parser.add_argument_group("presenting")
    rooms.add_argument(
        "--present", metavar="ROOM", nargs="?", const="class",
        help="open a room, in which whoever has its key presents and all others can watch; if no name is"
        " given, class",
    )  # fmt: skip
    rooms.add_argument(
        "--present-key",
        metavar="FILE",
        help="the presenter's key is in this file, which is made if there is none; if left out, a new one",
    )
    rooms.add_argument(
        "--lecture", metavar="NAME",
        help="who presents gives this lecture: one of the package (first-lesson, connections) or the path of"
        " a file; if left out, he chooses stories",
    )  # fmt: skip
    rooms.add_argument(
        "--rooms", metavar="URL", dest="rooms_at",
        help="servers with the same redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], rediss:// or unix://PATH"
        " share their rooms; a password that no other user of the host sees is TCPTUI_REDIS_PASSWORD in the"
        " environment",
    )  # fmt: skip


@asynccontextmanager
async def rooms(options: argparse.Namespace, log: Log) -> AsyncIterator[Opened]:
    """What the options ask for, while the server runs. Raises Unusable."""
    from tcptui.rooms.in_process import RoomsInProcess
    from tcptui.rooms.room import NoRoom, new_key

    if options.present is None and options.present_key is not None:
        raise Unusable("error.serve.present_key")
    lecture = _lecture_of(options)
    over = None if options.rooms_at is None else await _joined(options.rooms_at, log)
    try:
        found: Rooms | None = over or (None if options.present is None else RoomsInProcess())
        if options.present is None or found is None:
            yield Opened(found)
            return
        file = options.present_key
        key = new_key() if file is None else _key_of(file)
        try:
            await found.open(options.present, key)
        except NoRoom as error:
            if error.message.key != "error.room.taken" or file is not None:
                raise Unusable(error.message) from None
            key = ""
        yield Opened(found, options.present, key, file or "", lecture)
    finally:
        if over is not None:
            await over.close()


def tell_room(opened: Opened, watch: str, present: str) -> None:
    """How others come to the room; `watch` and `present`: with a place for its name and for the key."""
    from tcptui.commands.serve import tell
    from tcptui.explain.catalogue import say

    if opened.name:
        tell(say("serve.room.watch", name=opened.name, how=watch.format(opened.name)))
        if opened.file:
            tell(say("serve.room.present_file", how=present.format("KEY"), file=opened.file))
        elif opened.key:
            tell(say("serve.room.present", how=present.format(opened.key)))
        else:
            tell(say("serve.room.there"))


def _lecture_of(options: argparse.Namespace) -> Lecture | None:
    if options.lecture is None:
        return None
    if options.present is None:
        raise Unusable("error.serve.lecture")
    from tcptui.lab.loader import BadScenario
    from tcptui.lecture import find

    try:
        return find(options.lecture, library_of(options))
    except BadScenario as error:
        raise Unusable(error.message) from None


async def _joined(url: str, log: Log) -> RoomsOverRedis:
    from tcptui.commands.serve import need

    need("redis")
    address = _address(url)
    from tcptui.rooms.redis import RoomsOverRedis
    from tcptui.rooms.redis_link import Unreachable

    made = RoomsOverRedis(address, log.write)
    try:
        await made.connect()
    except Unreachable as error:
        raise Unusable(error.message) from None
    return made


def _address(url: str) -> Address:
    from tcptui.rooms.redis_address import VARIABLE, BadAddress, address_of

    try:
        return address_of(url, os.environ.get(VARIABLE, ""))
    except BadAddress as error:
        raise Unusable(error.message) from None


def _key_of(file: str) -> str:
    """The key in a file; a file that is made nobody else can read."""
    from tcptui.files import BadFile, make_private, read_text
    from tcptui.rooms.room import new_key

    try:
        make_private(file, lambda: f"{new_key()}\n".encode())
        key = read_text(file, LONGEST_KEY).strip()
        is_open = bool(os.stat(file).st_mode & 0o077)
    except BadFile as error:
        raise Unusable(error.message) from None
    except OSError as error:
        raise Unusable("error.file.unreadable", name=file, why=str(error.strerror)) from None
    if is_open:
        raise Unusable("error.host_key.open", name=file)
    if len(key) < 16 or not key.isascii() or not key.replace("-", "").replace("_", "").isalnum():
        raise Unusable("error.serve.key", name=file)
    return key
