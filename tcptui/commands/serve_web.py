"""`tcptui serve web`: a session for each who comes with a browser."""

from __future__ import annotations

import argparse
import socket
from functools import partial
from typing import TYPE_CHECKING

from tcptui.commands import serve
from tcptui.commands.serve_rooms import Opened, rooms, tell_room
from tcptui.commands.shared import Commands, Unusable

if TYPE_CHECKING:
    from tcptui.serve.admission import AdmissionLimits

PORT = 8000
_PER_SESSION = 8
"""Connections that a browser opens at most for one session: six for the page and its files (HTTP/1.1), one
that is its socket, and one more."""
_LEAST_WITHOUT_SESSION = 400
"""Connections without a session that are taken at least, however few sessions there may be: of as many as
come at once and are told that there is no room, each has the page and its files."""


def add(ways: Commands) -> None:
    """Adds the sub-command."""
    parser = ways.add_parser(
        "web", help="in a browser: http://HOST:8000/", allow_abbrev=False,
        description="Serves in a browser: whoever comes has the program in a page, which needs nothing from"
        " elsewhere. A link can name a story and moves: /play/late-syn?moves=s12. It speaks HTTP: for HTTPS,"
        " or a login, put a proxy before it.",
    )  # fmt: skip
    serve.add_shared(parser, PORT)
    parser.add_argument("--open", action="store_true", help="anybody who reaches it may come")
    parser.add_argument(
        "--behind-proxy", action="store_true",
        help="those who come are told apart by what a proxy adds to X-Forwarded-For",
    )  # fmt: skip
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    serve.need("aiohttp")
    serve.port_of(options)
    with serve.listening(options) as sockets:
        return _serve(options, sockets)


def _serve(options: argparse.Namespace, sockets: list[socket.socket]) -> int:
    """Raises Unusable."""
    from tcptui.core.message import Message
    from tcptui.serve import listening

    is_own = listening.is_loopback(sockets)
    if not (is_own or options.open):
        raise Unusable("error.web.open", host=options.host or "*")
    serve.set_up_process()
    from tcptui.explain.catalogue import say
    from tcptui.serve.admission import Admission
    from tcptui.serve.web.server import WebServer

    log = serve.log_of(options)

    def begin(opened: Opened) -> None:
        host, port = listening.told_address(sockets[0])
        who = (
            "serve.who.web_open" if not is_own
            else "serve.who.web_proxy" if options.behind_proxy else "serve.who.web"
        )  # fmt: skip
        host = f"[{host}]" if ":" in host else host
        begins = "serve.begins.web_proxied" if options.behind_proxy else "serve.begins.web"
        serve.tell(say(begins, host=host, port=port, who=Message.of(who)))
        at = "" if options.behind_proxy else f"http://{host}:{port}"
        tell_room(opened, f"{at}/watch/{{}}", f"{at}/present/{{}}")

    async def run() -> None:
        limits = serve.admission_limits(options)
        async with rooms(options, log) as opened:
            server = WebServer(
                serve.served_of(options, log, opened), Admission(limits),
                Admission(_connections(limits, options.behind_proxy)), log,
                behind_proxy=options.behind_proxy, only_local=is_own and not options.behind_proxy,
            )  # fmt: skip
            await server.run(sockets, partial(begin, opened))

    serve.run(run())
    log.close()
    return 0


def _connections(sessions: AdmissionLimits, behind_proxy: bool) -> AdmissionLimits:
    """How many connections are taken for so many sessions; those of a proxy have all one address."""
    from tcptui.serve.running import most_connections

    without = max(sessions.total, _LEAST_WITHOUT_SESSION)
    total, burst, rate = most_connections(sessions.total + without), sessions.burst, sessions.rate
    whole = sessions._replace(
        total=total, not_logged_in=max(total - sessions.total, min(without, total // 2), 1),
        burst=_PER_SESSION * burst, rate=_PER_SESSION * rate,
    )  # fmt: skip
    if behind_proxy:
        return whole._replace(per_address=total, address_rate=whole.rate, address_burst=whole.burst)
    return whole._replace(
        per_address=_PER_SESSION * sessions.per_address, address_rate=_PER_SESSION * sessions.address_rate,
        address_burst=_PER_SESSION * sessions.address_burst,
    )  # fmt: skip
