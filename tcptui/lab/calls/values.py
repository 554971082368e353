"""A socket call as a value, how it is written, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tcptui.core.message import MessageError
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked, Done, Linger

READS = ("recv", "read")
"""The calls that hand over data."""
_SENDS = ("send", "write")
MOST_OCTETS = 1_000_000
"""Octets that one call may send or ask for. Of longer data it sends so many, as write(2) does."""


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

    def resolved(self, variables: Variables) -> SocketCall:
        """The call with the data that its names stand for in their place."""
        return self._replace(
            arguments=tuple(
                _resolved(argument, variables) if self._is_data(index) else argument
                for index, argument in enumerate(self.arguments)
            )
        )

    def _is_data(self, index: int) -> bool:
        return self.name in _SENDS and index == 1

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
    return Text((joined(data),)) if len(data) == len(values) else argument


def joined(parts: Iterable[bytes]) -> bytes:
    """The data of parts, as much of it as one call sends."""
    data = bytearray()
    for part in parts:
        data += part[: MOST_OCTETS - len(data)]
    return bytes(data)


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
