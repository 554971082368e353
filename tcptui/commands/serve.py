"""`tcptui serve`: for those who have the program not at their own terminal. What all ways of serving
share."""

from __future__ import annotations

import argparse
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tcptui.commands.serve_rooms import add_rooms
from tcptui.commands.shared import Commands, Unusable, add_library, library_of, write
from tcptui.whole_number import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tcptui.commands.serve_rooms import Opened
    from tcptui.serve.admission import AdmissionLimits
    from tcptui.serve.any_reader import Serves
    from tcptui.serve.log import Log


def add(commands: Commands) -> None:
    """Adds the command, with a sub-command for each way of serving."""
    from tcptui.commands import serve_password, serve_ssh, serve_web

    parser = commands.add_parser(
        "serve", help="let others use it: over SSH, in a browser", allow_abbrev=False,
        description="Serves the program to others, each with a session of his own. They can read and write no"
        " file of this machine. Needs what pip install 'tcptui[serve]' installs.",
    )  # fmt: skip
    ways = parser.add_subparsers(metavar="WAY", required=True)
    serve_ssh.add(ways)
    serve_web.add(ways)
    serve_password.add(ways)


def add_shared(parser: argparse.ArgumentParser, port: int) -> None:
    """The options that all ways of serving have; `port`: where this one listens if nothing is said."""
    parser.add_argument(
        "--host", metavar="HOST", default="127.0.0.1",
        help="the address or name to listen on; if left out, 127.0.0.1, which this machine alone can reach",
    )  # fmt: skip
    parser.add_argument(
        "--port",
        metavar="PORT",
        default=str(port),
        help=f"the port; if left out, {port}; 0: any that is free",
    )
    parser.add_argument("--log", metavar="FILE", help="log to this file, not to standard error")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--forked", action="store_true",
        help="a process for each session, which can open no file and reach nothing, for some 15 MiB each"
        " (Linux)",
    )  # fmt: skip
    where.add_argument(
        "--processes", metavar="N", type=_number("processes", 1),
        help="so many processes share all sessions, one for each core, say (Linux); if left out, they are in"
        " the server's own",
    )  # fmt: skip
    add_library(parser, again=True)
    add_rooms(parser)
    parser.set_defaults(own=False)
    limits = parser.add_argument_group("limits")
    for option, least, default, text in _LIMITS:
        limits.add_argument(
            f"--{option}", metavar="N", default=str(default), type=_number(option, least),
            help=f"{text}; if left out, {default}",
        )  # fmt: skip


_LIMITS = (
    ("most", 1, 500, "so many connections at once"),
    ("most-per-address", 1, 20, "so many of one address at once"),
    ("rate-per-address", 1, 2, "so many new ones of one address in a second, after a few at once"),
    ("idle", 1, 15, "minutes without a key after which a session ends"),
    ("longest", 1, 240, "minutes after which a session ends"),
)
"""Options with the least that each takes, what it is if nothing is said, and its help."""


_MOST = 999_999


def _number(option: str, least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = whole_number(text, _MOST)
        if value is None or value < least:
            raise Unusable(
                "error.serve.number", option=f"--{option}", text=text[:20], least=least, most=_MOST
            )  # fmt: skip
        return value

    return number


def need(*modules: str) -> None:
    """Raises Unusable if one of these, of the extra, is not installed."""
    from importlib.util import find_spec

    if any(find_spec(module) is None for module in modules):
        raise Unusable("error.serve.extra")


def port_of(options: argparse.Namespace) -> int:
    """The port to listen on."""
    port = whole_number(options.port, 65535)
    if port is None:
        raise Unusable("error.serve.port", port=options.port[:20])
    return port


@contextmanager
def listening(options: argparse.Namespace) -> Iterator[list[socket.socket]]:
    """The sockets that the options want; they are closed behind."""
    from tcptui.serve.listening import CantListen, close, listen

    try:
        sockets = listen(options.host, port_of(options))
    except CantListen as error:
        raise Unusable(error.message) from None
    try:
        yield sockets
    finally:
        close(sockets)


def admission_limits(options: argparse.Namespace) -> AdmissionLimits:
    """How many connections are taken."""
    from tcptui.serve.admission import AdmissionLimits
    from tcptui.serve.running import most_connections

    least = AdmissionLimits()
    # A session in another process has a socket that leads there.
    most = most_connections(options.most, 2 if options.forked or options.processes else 1)
    return least._replace(
        total=most, per_address=options.most_per_address, address_rate=float(options.rate_per_address),
        address_burst=max(least.address_burst, 5 * options.rate_per_address),
        rate=max(least.rate, options.rate_per_address), burst=max(least.burst, 5 * options.rate_per_address),
        not_logged_in=max(least.not_logged_in, most // 5),
    )  # fmt: skip


def log_of(options: argparse.Namespace) -> Log:
    """Where is logged."""
    from tcptui.files import BadFile
    from tcptui.serve.log import Log

    try:
        return Log(options.log)
    except BadFile as error:
        raise Unusable(error.message) from None


def served_of(options: argparse.Namespace, log: Log, opened: Opened) -> Serves:
    """What all sessions have in common."""
    is_own = not (options.forked or options.processes)
    if not is_own and sys.platform != "linux":
        raise Unusable("error.serve.forked_where", option="--forked" if options.forked else "--processes")
    from tcptui.serve.limits import Limits
    from tcptui.serve.reader import Served
    from tcptui.serve.warm import load_modules, load_stories

    limits = Limits(idle=options.idle * 60, longest=options.longest * 60)
    served = Served(library_of(options), limits, opened.rooms, opened.lecture)
    if is_own or opened.rooms is not None:
        load_modules()
        load_stories(served)
    if is_own:
        return served
    from tcptui.serve.forked.sessions import ForkedSessions, Shared

    shared = None
    if options.processes:
        shared = Shared(options.processes, -(-admission_limits(options).total // options.processes))
    return ForkedSessions(served, log.write, shared=shared)


def run(server: Coroutine[Any, Any, None]) -> None:
    """Runs a server to its end; what keeps it from beginning is told."""
    import asyncio

    from tcptui.core.message import MessageError

    try:
        asyncio.run(server)
    except MessageError as error:
        raise Unusable(error.message) from None


def set_up_process() -> None:
    """Before anything of Textual is imported."""
    from tcptui.commands.screen import set_up_textual

    set_up_textual()


def tell(line: str) -> None:
    """Where it listens and how to get there, on standard output."""
    write(f"{line}\n")
