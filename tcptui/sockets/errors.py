"""The errno that a program with sockets would get where one of the RFC's user calls is told something.

RFC 9293 names what a user is told ("connection reset"); POSIX numbers it (ECONNRESET). A program that makes
the RFC's own calls is told the first; which of the second it would have been depends on the system, and on
the state in which the connection was.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.state import State
from tcptui.sockets.answers import Errno
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.semantics import SocketSemantics

_OF_RESPONSE: dict[Response, Errno] = {
    Response.ADDRESS_IN_USE: "EADDRINUSE",
    Response.CLOSING: "EPIPE",
    Response.NOTHING_TO_ACCEPT: "EAGAIN",
    Response.NOT_LISTENING: "EINVAL",
    Response.NO_PORT: "EADDRNOTAVAIL",
    Response.REFUSED: "ECONNREFUSED",
    Response.REMOTE_INVALID: "ENETUNREACH",
    Response.REMOTE_UNSPECIFIED: "ENOTCONN",
    Response.RESET: "ECONNRESET",
    Response.RESOURCES: "ENOBUFS",
    Response.TIMED_OUT: "ETIMEDOUT",
    Response.TIMED_OUT_R2: "ETIMEDOUT",
    Response.UNREACHABLE: "EHOSTUNREACH",
}


def errno_of_signal(signal: Signal, old: State, semantics: SocketSemantics) -> Errno:
    """What SO_ERROR would be after a notification of a connection that was in state `old`; "": nothing."""
    socket = BsdSocket()
    socket.notified(signal, old, semantics)
    return socket.error


def errno_of_response(response: Response, call: str, semantics: SocketSemantics) -> Errno:
    """The errno for what a user call of the core, by its name there, returned; "": it is no error."""
    if response is Response.EXISTS:
        return semantics.connect_on_same_pair
    if response is Response.NO_CONNECTION:
        return "EPIPE" if call == "SEND" else "ENOTCONN"
    return _OF_RESPONSE.get(response, "")
