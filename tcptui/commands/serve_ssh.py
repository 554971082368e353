"""`tcptui serve ssh`: a session for each who comes over SSH."""

from __future__ import annotations

import argparse
import socket
from functools import partial
from pathlib import Path

from tcptui.commands import serve
from tcptui.commands.serve_rooms import Opened, rooms, tell_room
from tcptui.commands.shared import Commands, Unusable

PORT = 2222


def add(ways: Commands) -> None:
    """Adds the sub-command."""
    parser = ways.add_parser(
        "ssh", help="over SSH: ssh -p 2222 HOST", allow_abbrev=False,
        description="Serves over SSH: whoever comes has the program at his own terminal, and nothing else: no"
        " shell, no commands, no files, no forwarding. On an address that other machines reach it must be"
        " said who may come.",
    )  # fmt: skip
    serve.add_shared(parser, PORT)
    parser.add_argument(
        "--host-key", metavar="FILE",
        help="the server's private key (Ed25519), made if there is none; if left out, one in the folder"
        " of what programs of this user remember",
    )  # fmt: skip
    parser.add_argument(
        "--behind-proxy", action="store_true",
        help="each connection comes through a proxy, which says from where in a header of the PROXY protocol",
    )  # fmt: skip
    who = parser.add_argument_group("who may come")
    who.add_argument("--open", action="store_true", help="anybody who reaches it, without a login")
    who.add_argument(
        "--authorized-keys", metavar="FILE", help="who has a key of this file, in OpenSSH's format"
    )
    who.add_argument(
        "--password-file", metavar="FILE",
        help="who has a password of this file, whose lines tcptui serve password makes",
    )  # fmt: skip
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    serve.need("asyncssh")
    serve.port_of(options)
    named = [
        name
        for name, value in (
            ("--authorized-keys", options.authorized_keys), ("--password-file", options.password_file)
        )
        if value is not None
    ]  # fmt: skip
    if options.open and named:
        raise Unusable("error.serve.open", other=named[0])
    from tcptui.files import BadFile

    try:
        with serve.listening(options) as sockets:
            return _serve(options, sockets, is_guarded=bool(named))
    except BadFile as error:
        raise Unusable(error.message) from None


def _serve(options: argparse.Namespace, sockets: list[socket.socket], is_guarded: bool) -> int:
    """Raises Unusable and BadFile."""
    from tcptui.commands.local import state_folder
    from tcptui.core.message import Message
    from tcptui.serve import listening
    from tcptui.serve.access import read_access

    is_own = listening.is_loopback(sockets)
    if not (is_own or is_guarded or options.open):
        raise Unusable("error.serve.access", host=options.host or "*")
    reads = partial(read_access, options.authorized_keys, options.password_file)
    reads()
    serve.set_up_process()
    from tcptui.explain.catalogue import say
    from tcptui.serve.admission import Admission
    from tcptui.serve.host_key import NAME, host_key
    from tcptui.serve.ssh import SshServer, SshSettings

    named = options.host_key
    key = host_key(state_folder() / NAME, makes_folder=True) if named is None else host_key(Path(named))
    log = serve.log_of(options)

    def begin(opened: Opened) -> None:
        host, port = listening.told_address(sockets[0])
        whom = "serve.who.guarded" if is_guarded else "serve.who.own" if is_own else "serve.who.open"
        begins = "serve.begins.proxied" if options.behind_proxy else "serve.begins"
        serve.tell(say(begins, host=host, port=port, who=Message.of(whom), key=key.get_fingerprint()))
        ssh, at = ("ssh", "HOST") if options.behind_proxy else (f"ssh -p {port}", host)
        login = "NAME/" if options.password_file is not None else ""
        tell_room(opened, f"{ssh} {login}watch/{{}}@{at}", f"{ssh} {login}present/{{}}@{at}")

    async def run() -> None:
        async with rooms(options, log) as opened:
            server = SshServer(
                SshSettings(key, reads, behind_proxy=options.behind_proxy),
                serve.served_of(options, log, opened),
                Admission(serve.admission_limits(options)), log,
            )  # fmt: skip
            await server.run(sockets, partial(begin, opened))

    serve.run(run())
    log.close()
    return 0
