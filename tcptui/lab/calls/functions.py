"""What can be called: the functions of sockets, how each is written, and the request that it makes."""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.packet.segment import Socket
from tcptui.lab.calls.arguments import Arguments
from tcptui.lab.calls.values import SocketCall, Variables
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import requests
from tcptui.sockets.answers import Linger
from tcptui.sockets.requests import How, Request


class Function(NamedTuple):
    """What can be called."""

    usage: str
    make: Callable[[Arguments], Request]
    returns: bool = False
    """Whether there is something for a variable to note."""


def _socket(args: Arguments) -> Request:
    args.count(0, 1)
    return requests.NewSocket("SOCK_NONBLOCK" in args.constants(0, ("SOCK_STREAM", "SOCK_NONBLOCK")))


def _bind(args: Arguments) -> Request:
    args.count(1, 2)
    return requests.Bind(args.descriptor(), args.address(1, args.own))


def _listen(args: Arguments) -> Request:
    args.count(2, 2)
    return requests.Listen(args.descriptor(), args.number(1, 99_999, -1))


def _accept(args: Arguments) -> Request:
    args.count(1, 2)
    return requests.Accept(args.descriptor(), "SOCK_NONBLOCK" in args.constants(1, ("SOCK_NONBLOCK",)))


def _connect(args: Arguments) -> Request:
    args.count(1, 2)
    return requests.Connect(args.descriptor(), args.address(1, args.peer))


def _send(args: Arguments) -> Request:
    args.count(2, 3)
    flags = args.constants(2, ("MSG_OOB", "MSG_DONTWAIT", "MSG_MORE", "MSG_NOSIGNAL"))
    names = ("MSG_DONTWAIT", "MSG_OOB", "MSG_MORE")
    return requests.Write(args.descriptor(), args.data(1), *[name in flags for name in names])


def _recv(args: Arguments) -> Request:
    args.count(2, 3)
    flags = args.constants(2, ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL"))
    octets = args.number(1)
    return requests.Read(args.descriptor(), octets, *(flag in flags for flag in _READ_FLAGS))


_READ_FLAGS = ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL")
"""In the order of `requests.Read`."""


def _shutdown(args: Arguments) -> Request:
    args.count(2, 2)
    return requests.Shutdown(args.descriptor(), How(args.constant(1, tuple(how.value for how in How))))


def _close(args: Arguments) -> Request:
    args.count(1, 1)
    return requests.CloseDescriptor(args.descriptor())


def _dup(args: Arguments) -> Request:
    args.count(1, 1)
    return requests.Duplicate(args.descriptor())


def _setsockopt(args: Arguments) -> Request:
    from tcptui.sockets.options import SETTABLE

    args.count(3, 3)
    option = args.constant(1, tuple(sorted(SETTABLE)))
    value = args.number(2, (1 << 31) - 1, -(1 << 31))
    if option == "SO_LINGER":  # The seconds of a struct linger that is on; below 0, one that is off.
        return requests.SetOption(args.descriptor(), option, Linger(value >= 0, max(0, value)))
    return requests.SetOption(args.descriptor(), option, value)


def _getsockopt(args: Arguments) -> Request:
    from tcptui.sockets.options import READABLE

    args.count(2, 2)
    return requests.GetOption(args.descriptor(), args.constant(1, tuple(sorted(READABLE))))


def _fcntl(args: Arguments) -> Request:
    args.count(3, 3)
    args.constant(1, ("F_SETFL",))
    return requests.SetFlags(args.descriptor(), "O_NONBLOCK" in args.constants(2, ("O_NONBLOCK",)))


def _exit(args: Arguments) -> Request:
    args.count(0, 1)
    return requests.Exit()


def _kill(args: Arguments) -> Request:
    args.count(1, 1)
    args.name(0)  # Of a program, which the host knows.
    return requests.Exit()


FUNCTIONS: dict[str, Function] = {
    "socket": Function("s = socket()", _socket, True),
    "setsockopt": Function("setsockopt(s, SO_REUSEADDR, 1)", _setsockopt),
    "getsockopt": Function("getsockopt(s, SO_ERROR)", _getsockopt),
    "bind": Function("bind(s), bind(s, 80) or bind(s, '10.0.0.2:80')", _bind),
    "listen": Function("listen(s, 5)", _listen),
    "accept": Function("c = accept(s)", _accept, True),
    "connect": Function("connect(s), connect(s, 80) or connect(s, '10.0.0.2:80')", _connect, True),
    "send": Function("send(s, 'text'), send(s, 4000) or send(s, 'x', MSG_OOB)", _send, True),
    "write": Function("write(s, 'text') or write(s, 4000)", _send, True),
    "recv": Function("d = recv(s, 1024) or recv(s, 1024, MSG_WAITALL)", _recv, True),
    "read": Function("d = read(s, 1024)", _recv, True),
    "shutdown": Function("shutdown(s, SHUT_WR)", _shutdown),
    "close": Function("close(s)", _close),
    "dup": Function("t = dup(s)", _dup, True),
    "fcntl": Function("fcntl(s, F_SETFL, O_NONBLOCK)", _fcntl),
    "exit": Function("exit()", _exit),
    "kill": Function("kill(web), with the name of a program of the same host", _kill),
}
"""What a program can call, by name."""
WAITS = ("accept", "connect", "recv", "read", "send", "write")
"""Those that can block."""


def request_of(call: SocketCall, variables: Variables, own: Socket, peer: Socket) -> Request:
    """The request that a call makes, of a host at `own` whose peer is `peer`. Raises BadCall."""
    function = FUNCTIONS[call.name]
    return function.make(Arguments(call, function.usage, variables, own, peer))
