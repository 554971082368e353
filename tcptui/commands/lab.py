"""`tcptui lab`: an empty lab, in which nothing happens by itself."""

from __future__ import annotations

from tcptui.commands import play
from tcptui.commands.shared import Commands


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "lab", help="an empty lab: choose stacks, wire and programs, call anything, break anything",
        allow_abbrev=False,
        description="Two ends and a wire in which nothing happens by itself. Settings: A.stack, B.stack"
        " (rfc9293, linux, freebsd), delay, A.mss, B.mss, A.receive_buffer, B.receive_buffer, A.program,"
        " B.program (none, connect, client, listen, echo, sender, reads nothing). On the screen the key F"
        " chooses them.",
    )  # fmt: skip
    parser.add_argument(
        "lab", metavar="NAME=VALUE", nargs="*", help="a setting, as in A.stack=linux delay=10ms"
    )
    play.add_run(parser)
    parser.set_defaults(scenario="lab", variant="", language="", profile=None, settings=[], defines=[])
