"""`tcptui watch`: somebody else's screen of this host, step by step, on one's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tcptui.commands.shared import Commands, Unusable, add_library, add_look, write

if TYPE_CHECKING:
    from tcptui.rooms.unix_socket import Place
    from tcptui.ui.session import Session


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "watch", help="follow what somebody on this host presents", allow_abbrev=False,
        description="Shows each step of whoever presents with `tcptui play NAME --share`, at the size of this"
        " terminal. A move of one's own leads to a copy of the moment, the key f back. Without ROOM, where"
        " several present, their rooms are listed.",
    )  # fmt: skip
    parser.add_argument("room", metavar="ROOM", nargs="?", help="the name of a room, or USER/ROOM")
    add_look(parser, again=True)
    add_library(parser, again=True)
    parser.set_defaults(run=_watch)


def _watch(options: argparse.Namespace) -> int:
    import os

    from tcptui.commands import screen
    from tcptui.commands.rooms import Watched
    from tcptui.rooms.unix_socket import is_presented, places

    found = places(os.environ.get("XDG_RUNTIME_DIR", ""), os.getuid())
    if options.room is not None:
        user, _, name = options.room.rpartition("/")
        found = [one for one in found if one.name == name and user in ("", user_name(one))][:1]
        if not found:
            raise Unusable("error.room.unknown", name=options.room[:60])
    elif len(found) > 1:
        found = [one for one in found if is_presented(one)]
    if not found:
        raise Unusable("error.room.none")
    if len(found) > 1:
        write("".join(f"{user_name(one)}/{one.name}\n" for one in found))
        raise Unusable("error.room.which", first=f"{user_name(found[0])}/{found[0].name}")
    return screen.show(
        _session, options, "tcptui play NAME --format ladder", company=lambda: Watched(found[0])
    )


def user_name(place: Place) -> str:
    """Of whose room it is; the number, where there is no name."""
    import pwd

    try:
        return pwd.getpwuid(place.user).pw_name
    except KeyError:
        return str(place.user)


def _session() -> Session:
    """What is seen until something is shown."""
    from tcptui.library import story_of_lab
    from tcptui.ui.session import Session

    return Session(story_of_lab())
