"""Socket calls as C, packetdrill and strace write them: ``c = accept(s)``, ``send(c, 'hi ' + d, MSG_OOB)``.

Why it is so. A program of a scenario, a move at the keyboard, a result in the record: each is a call to a
socket, and people know how such a call is written. So one small language serves all of them. A call is parsed
into a value (`SocketCall`), which is written back by `str`; it is turned into a request of
`sockets.requests` only when it is made, for what its names stand for is known only then. Nothing is
evaluated but names, numbers, texts and constants.

A name in lower case is a variable of the program. ``c = accept(s)`` notes the descriptor, ``d = recv(c, 99)``
the data, every other call the number that it returned. What a call takes is in the table `FUNCTIONS`, each
with one line that shows how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from tcptui.core.message import MessageError
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import BadSocket, parse_socket
from tcptui.sockets import requests
from tcptui.sockets.requests import Blocked, Done, How, Linger, Request

LONGEST = 70_000
"""Characters of a call."""
MOST_OCTETS = 1_000_000
"""Octets that one call may send or ask for."""


class BadCall(MessageError):
    """A text that is no call, or a call that can't be made."""


class Name(NamedTuple):
    """A variable of the program."""

    name: str


class Constants(NamedTuple):
    """Names of <sys/socket.h> and its relatives, joined by ``|``."""

    names: tuple[str, ...]


class Text(NamedTuple):
    """Data: texts and variables, joined by ``+``."""

    parts: tuple[bytes | Name, ...]


Argument: TypeAlias = Name | Constants | Text | int
Variables: TypeAlias = Mapping[str, int | bytes]
"""What the names of a program stand for: descriptors and numbers, or data."""


class SocketCall(NamedTuple):
    """One call, as it is written."""

    name: str
    arguments: tuple[Argument, ...] = ()
    into: str = ""
    """The variable that notes what it returns."""

    def __str__(self) -> str:
        return self.text()

    def text(self, blank: str = " ") -> str:
        """As it is written, with `blank` between its parts."""
        arguments = f",{blank}".join(_written(argument, blank=blank) for argument in self.arguments)
        noted = f"{self.into}{blank}={blank}" if self.into else ""
        return f"{noted}{self.name}({arguments})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are its arguments."""
        return tuple(argument.name for argument in self.arguments if isinstance(argument, Name))

    @property
    def uses(self) -> tuple[str, ...]:
        """The variables that it reads."""
        names: list[str] = []
        for argument in () if self.name == "kill" else self.arguments:
            if isinstance(argument, Name):
                names.append(argument.name)
            elif isinstance(argument, Text):
                names += [part.name for part in argument.parts if isinstance(part, Name)]
        return tuple(names)

    def request(self, variables: Variables, own: Socket, peer: Socket) -> Request:
        """The request that it makes, of a host at `own` whose peer is `peer`. Raises BadCall."""
        return FUNCTIONS[self.name].make(_Arguments(self, variables, own, peer))

    def resolved(self, variables: Variables) -> SocketCall:
        """The call with the data that its names stand for in their place."""
        return self._replace(
            arguments=tuple(
                _resolved(argument, variables) if self._is_data(index) else argument
                for index, argument in enumerate(self.arguments)
            )
        )

    def _is_data(self, index: int) -> bool:
        return self.name in ("send", "write") and index == 1

    def noted(self, done: Done) -> int | bytes:
        """What its variable stands for once it has returned."""
        if self.name in READS:
            return done.answer if isinstance(done.answer, bytes) else b""
        return done.value


def _resolved(argument: Argument, variables: Variables) -> Argument:
    if not isinstance(argument, Name | Text):
        return argument
    parts = argument.parts if isinstance(argument, Text) else (argument,)
    values = [part if isinstance(part, bytes) else variables.get(part.name) for part in parts]
    data = [value for value in values if isinstance(value, bytes)]
    return Text((b"".join(data),)) if len(data) == len(values) else argument


def result_text(call: SocketCall, done: Done | Blocked) -> str:
    """A call with what came of it, as strace writes it: ``recv(c, 'hi', 99) = 2``, ``accept(s) = -1 EINVAL``;
    ``accept(s) ...`` for one that blocks."""
    arguments = [_written(argument, _SHOWN) for argument in call.arguments]
    if isinstance(done, Blocked):
        return f"{call.name}({', '.join(arguments)}) ..."
    if isinstance(done.answer, bytes) and call.name in READS and not done.errno:
        arguments.insert(1, _quoted(done.answer, _SHOWN))
    elif call.name == "getsockopt" and not done.errno:
        arguments.append(_answer_text(done))
    value = f"{done.value} {done.errno}".rstrip()
    return f"{call.name}({', '.join(arguments)}) = {value}"


def _answer_text(done: Done) -> str:
    answer = done.answer
    if isinstance(answer, Linger):
        return str(answer.seconds) if answer.on else "off"
    return "..." if isinstance(answer, dict) else str(answer if answer != "" else 0)


# Reading a call.

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[a-z_][a-z0-9_]*)|(?P<constant>[A-Z][A-Z0-9_]*)|(?P<number>-?[0-9]+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<sign>[(),=+|]))",
    re.ASCII | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", "'": "'", '"': '"'}


def parse_call(text: str) -> SocketCall:
    """The call that a text writes. Raises BadCall."""
    tokens = _Tokens(text)
    into = ""
    name = tokens.take("name")
    if tokens.at("="):
        into = name
        name = tokens.take("name")
    function = FUNCTIONS.get(name)
    if function is None:
        raise BadCall("error.call.unknown", call=name[:40], allowed=tuple(FUNCTIONS))
    if not tokens.at("("):
        raise tokens.wrong()
    arguments: list[Argument] = []
    if not tokens.at(")"):
        arguments.append(_argument(tokens))
        while tokens.at(","):
            arguments.append(_argument(tokens))
        if not tokens.at(")"):
            raise tokens.wrong()
    if not tokens.over:
        raise tokens.wrong()
    call = SocketCall(name, tuple(arguments), into)
    if into and not function.returns:
        raise BadCall("error.call.no_value", call=name)
    call.request(_Anything(), _SOME, _SOME)
    return call


class _Tokens:
    """The tokens of a call, one after the other."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadCall("error.call.too_long", most=LONGEST)
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        end = len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at, end)
            if match is None:
                raise BadCall("error.call.syntax", text=_brief(text), at=text[at : at + 20].strip())
            self._tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()
        self._tokens.reverse()

    @property
    def over(self) -> bool:
        return not self._tokens

    def next(self) -> tuple[str, str]:
        if self.over:
            raise self.wrong()
        return self._tokens.pop()

    def take(self, kind: str) -> str:
        """The word that comes next, which must be of this kind."""
        if self.over or self._tokens[-1][0] != kind:
            raise self.wrong()
        return self._tokens.pop()[1]

    def at(self, sign: str) -> bool:
        """Whether this sign comes next; if so, it is taken."""
        if not self.over and self._tokens[-1] == ("sign", sign):
            self._tokens.pop()
            return True
        return False

    def wrong(self) -> BadCall:
        at = self._tokens[-1][1] if self._tokens else ""
        return BadCall("error.call.syntax", text=_brief(self._text), at=at[:20])


def _argument(tokens: _Tokens) -> Argument:
    kind, word = tokens.next()
    if kind == "number":
        return int(word[:12])
    if kind == "constant":
        names = [word]
        while tokens.at("|"):
            names.append(tokens.take("constant"))
        return Constants(tuple(names))
    if kind not in ("name", "text"):
        raise tokens.wrong()
    parts: list[bytes | Name] = [_part(kind, word)]
    while tokens.at("+"):
        parts.append(_part(*tokens.next()))
    first = parts[0]
    return first if len(parts) == 1 and isinstance(first, Name) else Text(tuple(parts))


def _part(kind: str, word: str) -> bytes | Name:
    if kind == "name":
        return Name(word)
    if kind == "text":
        return _unquoted(word[1:-1])
    raise BadCall("error.call.syntax", text=word[:40], at=word[:20])


def _unquoted(body: str) -> bytes:
    def octet(match: re.Match[str]) -> str:
        if match[1] is not None:
            return chr(int(match[1], 16) + _OCTETS)
        if match[2] not in _ESCAPES:
            raise BadCall("error.call.escape", text=f"\\{match[2]}", allowed=tuple(_ESCAPES))
        return _ESCAPES[match[2]]

    text = re.sub(r"\\(?:x([0-9A-Fa-f]{2})|(.))", octet, body, flags=re.DOTALL)
    return b"".join(
        bytes([ord(sign) - _OCTETS]) if _OCTETS <= ord(sign) < _OCTETS + 256 else sign.encode()
        for sign in text
    )


_OCTETS = 0xDC00 - 256
"""Stands, in a text that is being read, before an octet that was written as one; no character is there."""


# Writing a call.


_SHOWN = 32
"""Octets of a text that a result shows, as strace does."""


def _written(argument: Argument, most: int | None = None, blank: str = " ") -> str:
    if isinstance(argument, Name):
        return argument.name
    if isinstance(argument, Constants):
        return "|".join(argument.names)
    if isinstance(argument, Text):
        return f"{blank}+{blank}".join(
            part.name if isinstance(part, Name) else _quoted(part, most) for part in argument.parts
        )
    return str(argument)


def _quoted(data: bytes, most: int | None = None) -> str:
    """In quotes, what is no UTF-8 text as octets; ``...`` after the first `most` octets."""
    text = data[:most].decode(errors="surrogateescape")
    more = "..." if most is not None and len(data) > most else ""
    return "'" + "".join(map(_escaped, text)) + f"'{more}"


def _escaped(sign: str) -> str:
    if 0xDC80 <= ord(sign) <= 0xDCFF:
        return f"\\x{ord(sign) - 0xDC00:02x}"
    escape = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'"}.get(sign)
    if escape is not None:
        return escape
    return sign if sign.isprintable() else "".join(f"\\x{octet:02x}" for octet in sign.encode())


# What calls take.


class _Anything(dict[str, "int | bytes"]):
    """Variables that may stand for anything: a call is tried with them when it is read."""


_SOME = Socket("10.0.0.1", 1)


class _Arguments:
    """The arguments of one call, read as what the call takes there. Every reader raises BadCall."""

    def __init__(self, call: SocketCall, variables: Variables, own: Socket, peer: Socket) -> None:
        self._call, self._variables = call, variables
        self.own, self.peer = own, peer

    def __len__(self) -> int:
        return len(self._call.arguments)

    def wrong(self) -> BadCall:
        return BadCall(
            "error.call.arguments", call=_brief(str(self._call)), usage=FUNCTIONS[self._call.name].usage
        )

    def count(self, least: int, most: int) -> None:
        if not least <= len(self) <= most:
            raise self.wrong()

    def _value(self, name: Name) -> int | bytes | None:
        """What a variable stands for; None: that is not known yet."""
        if isinstance(self._variables, _Anything):
            return None
        value = self._variables.get(name.name)
        if value is None:
            raise BadCall("error.call.name", call=_brief(str(self._call)), name=name.name)
        return value

    def descriptor(self, index: int = 0) -> int:
        argument = self._call.arguments[index] if index < len(self) else None
        if isinstance(argument, int):
            return argument
        if not isinstance(argument, Name):
            raise self.wrong()
        value = self._value(argument)
        if isinstance(value, bytes):
            raise self.wrong()
        return 3 if value is None else value

    def name(self, index: int) -> str:
        argument = self._call.arguments[index]
        if not isinstance(argument, Name):
            raise self.wrong()
        return argument.name

    def number(self, index: int, most: int = MOST_OCTETS, least: int = 0) -> int:
        argument = self._call.arguments[index]
        if not isinstance(argument, int):
            raise self.wrong()
        if not least <= argument <= most:
            raise BadCall("error.call.number", call=_brief(str(self._call)), least=least, most=most)
        return argument

    def data(self, index: int) -> bytes:
        argument = self._call.arguments[index] if index < len(self) else None
        if isinstance(argument, int):
            return filler(self.number(index))
        if isinstance(argument, Name):
            argument = Text((argument,))
        if not isinstance(argument, Text):
            raise self.wrong()
        return b"".join(self._octets(part) for part in argument.parts)

    def _octets(self, part: bytes | Name) -> bytes:
        if isinstance(part, bytes):
            return part
        value = self._value(part)
        return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()

    def constants(self, index: int, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """The constants at a place, none where the call has no such argument."""
        if index >= len(self):
            return ()
        argument = self._call.arguments[index]
        if argument == 0:
            return ()
        if not isinstance(argument, Constants):
            raise self.wrong()
        for name in argument.names:
            if name not in allowed:
                raise BadCall(
                    "error.call.constant", call=_brief(str(self._call)), name=name[:40], allowed=allowed
                )
        return argument.names

    def constant(self, index: int, allowed: tuple[str, ...]) -> str:
        names = self.constants(index, allowed)
        if len(names) != 1:
            raise self.wrong()
        return names[0]

    def address(self, index: int, usual: Socket) -> Socket:
        """An address, or a port of `usual`'s."""
        if index >= len(self):
            return usual
        argument = self._call.arguments[index]
        if isinstance(argument, int):
            return Socket(usual.host, self.number(index, 65_535))
        if not isinstance(argument, Text) or len(argument.parts) != 1 or isinstance(argument.parts[0], Name):
            raise self.wrong()
        try:
            return parse_socket(argument.parts[0].decode(errors="replace"))
        except BadSocket as error:
            raise BadCall("error.call.address", call=_brief(str(self._call)), why=error.message) from None


def filler(octets: int) -> bytes:
    """So many octets of text, for data that is given by its size."""
    alphabet = b"abcdefghijklmnopqrstuvwxyz"
    return (alphabet * (octets // len(alphabet) + 1))[:octets]


class Function(NamedTuple):
    """What can be called."""

    usage: str
    make: Callable[[_Arguments], Request]
    returns: bool = False
    """Whether there is something for a variable to note."""


def _socket(args: _Arguments) -> Request:
    args.count(0, 1)
    return requests.NewSocket("SOCK_NONBLOCK" in args.constants(0, ("SOCK_STREAM", "SOCK_NONBLOCK")))


def _bind(args: _Arguments) -> Request:
    args.count(1, 2)
    return requests.Bind(args.descriptor(), args.address(1, args.own))


def _listen(args: _Arguments) -> Request:
    args.count(2, 2)
    return requests.Listen(args.descriptor(), args.number(1, 99_999, -1))


def _accept(args: _Arguments) -> Request:
    args.count(1, 2)
    return requests.Accept(args.descriptor(), "SOCK_NONBLOCK" in args.constants(1, ("SOCK_NONBLOCK",)))


def _connect(args: _Arguments) -> Request:
    args.count(1, 2)
    return requests.Connect(args.descriptor(), args.address(1, args.peer))


def _send(args: _Arguments) -> Request:
    args.count(2, 3)
    flags = args.constants(2, ("MSG_OOB", "MSG_DONTWAIT", "MSG_NOSIGNAL"))
    return requests.Write(args.descriptor(), args.data(1), "MSG_DONTWAIT" in flags, "MSG_OOB" in flags)


def _recv(args: _Arguments) -> Request:
    args.count(2, 3)
    flags = args.constants(2, ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL"))
    octets = args.number(1)
    return requests.Read(args.descriptor(), octets, *(flag in flags for flag in _READ_FLAGS))


_READ_FLAGS = ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL")
"""In the order of `requests.Read`."""


def _shutdown(args: _Arguments) -> Request:
    args.count(2, 2)
    return requests.Shutdown(args.descriptor(), How(args.constant(1, tuple(how.value for how in How))))


def _close(args: _Arguments) -> Request:
    args.count(1, 1)
    return requests.CloseDescriptor(args.descriptor())


def _dup(args: _Arguments) -> Request:
    args.count(1, 1)
    return requests.Duplicate(args.descriptor())


def _setsockopt(args: _Arguments) -> Request:
    from tcptui.sockets.options import SETTABLE

    args.count(3, 3)
    option = args.constant(1, tuple(sorted(SETTABLE)))
    value = args.number(2, (1 << 31) - 1, -(1 << 31))
    if option == "SO_LINGER":  # The seconds of a struct linger that is on; below 0, one that is off.
        return requests.SetOption(args.descriptor(), option, Linger(value >= 0, max(0, value)))
    return requests.SetOption(args.descriptor(), option, value)


def _getsockopt(args: _Arguments) -> Request:
    from tcptui.sockets.options import READABLE

    args.count(2, 2)
    return requests.GetOption(args.descriptor(), args.constant(1, tuple(sorted(READABLE))))


def _fcntl(args: _Arguments) -> Request:
    args.count(3, 3)
    args.constant(1, ("F_SETFL",))
    return requests.SetFlags(args.descriptor(), "O_NONBLOCK" in args.constants(2, ("O_NONBLOCK",)))


def _exit(args: _Arguments) -> Request:
    args.count(0, 1)
    return requests.Exit()


def _kill(args: _Arguments) -> Request:
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
READS = ("recv", "read")
"""Those that hand over data."""
WAITS = ("accept", "connect", "recv", "read", "send", "write")
"""Those that can block."""


def _brief(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
