"""A screen that others on this host watch, or that watches another: what both need of the process."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tcptui.commands.shared import Unusable

if TYPE_CHECKING:
    from tcptui.rooms.unix_socket import Place
    from tcptui.ui.screens.run_screen import RunScreen


class Company(Protocol):
    """Who is on the other side of a screen."""

    @property
    def run_screen(self) -> Callable[..., RunScreen]:
        """Makes the screen of a run."""

    async def start(self) -> None:
        """When the screen is about to open."""

    def close(self) -> None:
        """When it is closed."""


def add_share(parser: argparse.ArgumentParser) -> None:
    """The options --share and --share-with."""
    parser.add_argument(
        "--share", metavar="ROOM", nargs="?", const="",
        help="others on this host see each step with `tcptui watch ROOM`; if left out, a name is made",
    )  # fmt: skip
    parser.add_argument(
        "--share-with", metavar="WHOM", choices=("me", "all"),
        help="who may watch: me (if left out), in other terminals of my own; or all users of this host",
    )  # fmt: skip


def is_shared(options: argparse.Namespace) -> bool:
    """Whether one of these options was given."""
    return options.share is not None or options.share_with is not None


def sharing(options: argparse.Namespace, name: str, script: str = "") -> Callable[[], Company] | None:
    """What opens the room that --share asks for; None: it is not asked for. `name` is made its name, where it
    has none; `script` is the packetdrill script that is played, if one is."""
    if not is_shared(options):
        return None
    return lambda: _Shared(options, name, script)


class _Shared:
    """A room of this process, on a socket."""

    def __init__(self, options: argparse.Namespace, name: str, script: str) -> None:
        import os
        import re
        from functools import partial

        from tcptui.explain.catalogue import say
        from tcptui.rooms.in_process import Presented, RoomInProcess
        from tcptui.rooms.room import LONGEST_ROOM_NAME, NoRoom, is_room_name
        from tcptui.rooms.unix_socket import RoomServer, own_directory, shared_directory
        from tcptui.ui.presenting import Presenting
        from tcptui.ui.screens.presenter import PresenterScreen
        from tcptui.ui.shown import Texts

        made = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:LONGEST_ROOM_NAME]
        name = options.share or made or "room"
        if not is_room_name(name):
            raise Unusable("error.room.name", name=name[:60])
        room, user = RoomInProcess(name), os.getuid()
        for_others = options.share_with == "all"
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        directory = shared_directory(user) if for_others else own_directory(runtime, user)
        self._server = RoomServer(room, directory)
        try:
            self._server.bind(for_others=for_others)
        except NoRoom as error:
            raise Unusable(error.message) from None
        self.run_screen = partial(
            PresenterScreen, Presenting(Presented(room), Texts(script)),
            welcome=say("room.opened_for_all" if for_others else "room.opened", name=name),
        )  # fmt: skip

    async def start(self) -> None:
        await self._server.start()

    def close(self) -> None:
        self._server.close()


class Watched:
    """A room of another process of this host."""

    def __init__(self, place: Place) -> None:
        from functools import partial

        from tcptui.rooms.room import NoRoom
        from tcptui.rooms.unix_socket import SocketRoom
        from tcptui.ui.following import Following
        from tcptui.ui.screens.watcher import WatcherScreen

        try:
            self._room = SocketRoom(place)
        except NoRoom as error:
            raise Unusable(error.message) from None
        self.run_screen = partial(WatcherScreen, Following(self._room))

    async def start(self) -> None:
        await self._room.start()

    def close(self) -> None:
        self._room.close()
