"""Errors in two languages: what RFC 9293 says to a user, and the errno that a program with sockets gets.

A program of socket calls gets the errno, and beside it stand the RFC's words. A program of the RFC's calls on
a host that behaves like Linux or FreeBSD is told in the RFC's words, and beside them stands the errno.
"""

from __future__ import annotations

from tcptui.core.events import Response, Returned, Signal, StateChanged
from tcptui.core.message import Message
from tcptui.core.state import State
from tcptui.lab.ends import End
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.sockets.answers import Blocked, Errno

BLOCKS, RETURNS = "happened.socket_blocks", "happened.socket_returns"
FAILS, FAILS_WITH_WORDS = "happened.socket_fails", "happened.socket_fails_rfc"

_WORDS: dict[Errno, Response] = {
    "EADDRNOTAVAIL": Response.EXISTS,
    "ECONNREFUSED": Response.RESET,  # Section 3.10.7.3, second: so it is called also in SYN-SENT.
    "ECONNRESET": Response.RESET,
    "EHOSTUNREACH": Response.UNREACHABLE,
    "ENOBUFS": Response.RESOURCES,
    "ENOTCONN": Response.NO_CONNECTION,
    "ETIMEDOUT": Response.TIMED_OUT,
}
"""What the RFC's user would be told, where that is one thing."""
_BY_CALL: dict[tuple[str, Response], Errno] = {
    ("listen", Response.EXISTS): "EADDRINUSE",
    ("accept", Response.NO_CONNECTION): "EINVAL",
    ("close", Response.NO_CONNECTION): "EBADF",
    ("abort", Response.NO_CONNECTION): "EBADF",
}
"""What a socket's call of that name returns where another, that is the same to the RFC, returns another
errno: bind() of a taken port, accept() of what does not listen, close() of a descriptor that is closed."""


def socket_call(result: CallResult) -> Message:
    """A call as it is written, with what came of it; beside it `brief`, for `without_arguments`."""
    done, call, brief = result.done, result.text, result.brief
    if isinstance(done, Blocked):
        return Message.of(BLOCKS, call=call.removesuffix(" ..."), brief=brief.removesuffix(" ..."))
    if not done.errno:
        return Message.of(RETURNS, call=call, brief=brief)
    meaning = Message.of(f"errno.{done.errno.lower()}")
    response = _WORDS.get(done.errno)
    if response is None:
        return Message.of(FAILS, call=call, meaning=meaning, brief=brief)
    words = Message.of(f"response.{response.name.lower()}")
    return Message.of(FAILS_WITH_WORDS, call=call, meaning=meaning, words=words, brief=brief)


def without_arguments(call: Message) -> Message:
    """What `socket_call` has made, without the call's arguments, an errno alone."""
    key = BLOCKS if call.key == BLOCKS else RETURNS
    return Message.of(key, call=dict(call.numbers)["brief"])


def signal_message(signal: Signal, connection: int, report: Report, end: End) -> Message:
    """A notification in the RFC's words, and beside them the errno of a host that is like a real one."""
    old = State.CLOSED
    for event in report.events:
        if isinstance(event, StateChanged) and event.connection == connection:
            old = event.old
            break
    words = Message.of(f"signal.{signal.name.lower()}")
    if end.setup.profile.stack == "rfc9293":
        return words
    from tcptui.sockets.errors import errno_of_signal
    from tcptui.sockets.semantics import semantics_of

    return _with_errno(words, errno_of_signal(signal, old, semantics_of(end.setup.profile.stack)))


def response_message(returned: Returned, end: End, call: str) -> Message:
    """What a user call returned, likewise; `call` is its name in a script, where the RFC has one name for
    several."""
    words = Message.of(f"response.{returned.response.name.lower()}")
    if end.setup.profile.stack == "rfc9293":
        return words
    from tcptui.sockets.errors import errno_of_response
    from tcptui.sockets.semantics import semantics_of

    errno = _BY_CALL.get((call, returned.response))
    if errno is None:
        semantics = semantics_of(end.setup.profile.stack)
        errno = errno_of_response(returned.response, returned.call, semantics)
    return _with_errno(words, errno)


def _with_errno(words: Message, errno: Errno) -> Message:
    return Message.of("happened.told_with_errno", words=words, errno=errno) if errno else words
