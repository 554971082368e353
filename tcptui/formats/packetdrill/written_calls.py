"""A socket call in packetdrill's words: ``setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0``."""

from __future__ import annotations

from ipaddress import ip_address

from tcptui.core.packet.segment import Socket
from tcptui.formats.packetdrill.setup import SCRIPT_ADDRESSES
from tcptui.formats.packetdrill.written_numbers import Ports
from tcptui.lab.addresses import parse_socket
from tcptui.lab.calls import Constants, SocketCall, Text
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Done, Linger

_LEVELS = {"SO": "SOL_SOCKET", "TCP": "SOL_TCP", "IP": "SOL_IP", "IPV6": "SOL_IPV6"}
"""Of an option, by how its name begins."""
_UNSPECIFIED = ("0.0.0.0", "::")


class CallWriter(NamedTuple):
    """Calls of a host with the usual socket `own`, whose peer has `peer`, with a script's addresses."""

    own: Socket
    peer: Socket
    ports: Ports

    def call(self, call: SocketCall, fd: int, done: Done) -> str:
        """A call about a descriptor, with what it returned; both are the script's."""
        name, arguments = self._arguments(call, done)
        words = ", ".join(map(str, [*([] if call.name == "socket" else [fd]), *arguments]))
        return f"{name}({words}) = {f'{done.value} {done.errno}'.rstrip()}"

    def begins_to_connect(self, fd: int, call: SocketCall) -> list[str]:
        """A call of connect() that does not block."""
        return [
            f"fcntl({fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
            f"connect({fd}, {self._address(call, self.peer)}) = -1 EINPROGRESS",
        ]

    def has_connected(self, fd: int, done: Done) -> list[str]:
        """How it has ended."""
        return [
            f"getsockopt({fd}, SOL_SOCKET, SO_ERROR, [{done.errno or 0}], [4]) = 0",
            f"fcntl({fd}, F_SETFL, O_RDWR) = 0",
        ]

    def _arguments(self, call: SocketCall, done: Done) -> tuple[str, list[str | int]]:
        """The name of the call, and its arguments behind the descriptor."""
        name, given = call.name, call.arguments
        match name:
            case "socket":
                flags = _flags(call, 0)
                kind = "SOCK_STREAM|SOCK_NONBLOCK" if "SOCK_NONBLOCK" in flags else "SOCK_STREAM"
                return name, ["...", kind, "IPPROTO_TCP"]
            case "bind":
                return name, [self._address(call, self.own)]
            case "connect":
                return name, [self._address(call, self.peer)]
            case "accept" if len(given) > 1:
                return "accept4", ["...", "...", _flags(call, 1)]
            case "accept":
                return name, ["...", "..."]
            case "send" | "recv":
                return name, ["...", _octets(call), _flags(call, 2)]
            case "write" | "read" if len(given) == 2:
                return name, ["...", _octets(call)]
            case "write" | "read":
                return {"write": "send", "read": "recv"}[name], ["...", _octets(call), _flags(call, 2)]
            case "setsockopt":
                return name, [*_option(call), *_value(call)]
            case "getsockopt":
                return name, [*_option(call), f"[{_answer(done)}]", "[4]"]
            case "fcntl":
                flags = "O_RDWR|O_NONBLOCK" if "O_NONBLOCK" in _flags(call, 2) else "O_RDWR"
                return name, ["F_SETFL", flags]
            case "shutdown":
                return name, [_flags(call, 1)]
            case "listen":
                return name, [int(str(given[1]))]
        return name, []

    def _address(self, call: SocketCall, usual: Socket) -> str:
        """The arguments that are an address and its length."""
        socket = address_of(call, usual)
        if socket == usual:
            return "..., ..."
        local = usual == self.own
        host = SCRIPT_ADDRESSES[":" in usual.host][0 if local else 1]
        if socket.host in _UNSPECIFIED:
            host = socket.host
        port = socket.port if local else self.ports.of(socket)
        if ":" in host:
            words = f'sin6_port = htons({port}), inet_pton(AF_INET6, "{host}", &sin6_addr)'
            return f"{{sa_family = AF_INET6, {words}}}, 28"
        return f'{{sa_family = AF_INET, sin_port = htons({port}), sin_addr = inet_addr("{host}")}}, 16'


def address_of(call: SocketCall, usual: Socket) -> Socket:
    """The address that a call of bind() or connect() gives."""
    given = call.arguments[1] if len(call.arguments) > 1 else None
    if isinstance(given, int):
        return Socket(usual.host, given)
    if isinstance(given, Text) and isinstance(given.parts[0], bytes):
        socket = parse_socket(given.parts[0].decode())
        return Socket(str(ip_address(socket.host)), socket.port)
    return usual


def _flags(call: SocketCall, index: int) -> str:
    """Constants as they are written; 0 where there are none."""
    given = call.arguments[index] if index < len(call.arguments) else 0
    return "|".join(given.names) if isinstance(given, Constants) else "0"


def _octets(call: SocketCall) -> int:
    """How much is to be written or read."""
    given = call.arguments[1]
    if isinstance(given, int):
        return given
    parts = given.parts if isinstance(given, Text) else ()
    return sum(len(part) for part in parts if isinstance(part, bytes))


def _option(call: SocketCall) -> list[str]:
    name = _flags(call, 1)
    return [_LEVELS[name.partition("_")[0]], name]


def _value(call: SocketCall) -> list[str | int]:
    """The value of setsockopt() and its length."""
    value = int(str(call.arguments[2]))
    if _flags(call, 1) == "SO_LINGER":
        return [f"{{onoff={int(value >= 0)}, linger={max(0, value)}}}", 8]
    return [f"[{value}]", 4]


def _answer(done: Done) -> str:
    answer = done.answer
    if isinstance(answer, Linger):
        return f"{{onoff={int(answer.on)}, linger={answer.seconds}}}"
    return "..." if answer is None or isinstance(answer, dict) else str(answer or 0)
