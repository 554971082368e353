"""What the arguments of a script's calls say: descriptors, addresses, sizes and texts, structs."""

from __future__ import annotations

from ipaddress import ip_address

from tcptui.core.packet.segment import Socket
from tcptui.formats.packetdrill.constants import Constants
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.syntax import (
    Applied,
    Array,
    CallEvent,
    Expression,
    Field,
    Mark,
    Name,
    Number,
    String,
    Struct,
)
from tcptui.named_tuple import NamedTuple

_UNNAMED = 1 << 30
"""From here on descriptors get numbers that a script does not speak of."""
MOST_OCTETS = 1 << 24
"""Octets that one call may write or read."""


class Addresses(NamedTuple):
    """What a script's ``...`` stands for where an address is wanted."""

    local: Socket
    """bind()'s"""
    remote: Socket
    """connect()'s"""


class Arguments:
    """The arguments of one call. Everything raises NotSupported where there is no such argument, or where it
    says what can't be done here."""

    def __init__(self, event: CallEvent, constants: Constants, addresses: Addresses) -> None:
        self._event = event
        self._constants = constants
        self._addresses = addresses

    def __len__(self) -> int:
        return len(self._event.args)

    def at(self, index: int) -> Expression:
        args = self._event.args
        if index >= len(args):
            raise NotSupported("needs.arguments", call=self._event.name, count=len(args))
        return args[index]

    def number(self, index: int, default: int | None = None) -> int:
        """A number; where the script leaves it open, the default, if there is one."""
        if default is not None and (index >= len(self) or self.at(index) is Mark.NOT_GIVEN):
            return default
        return self._constants.number(self.at(index))

    def name(self, index: int) -> str:
        """The name of a constant, where the name matters and not the number."""
        expression = self.at(index)
        if not isinstance(expression, Name):
            raise NotSupported("needs.name", call=self._event.name)
        return expression.name

    def names(self, index: int, allowed: tuple[str, ...]) -> set[str]:
        """Which of some flags are set."""
        bits = self.number(index, 0)
        names: set[str] = set()
        if not bits:
            return names
        for name in allowed:
            bit = self._constants.numbers.get(name, 0)
            if bits & bit:
                names.add(name)
                bits &= ~bit
        if bits:
            raise NotSupported("needs.flags", call=self._event.name, flags=f"{bits:#x}")
        return names

    def new_descriptor(self) -> int | None:
        """The number of the descriptor that the call makes: the one that the script expects, or, where any
        will do, one that it does not use for another; None where the call is to fail."""
        result = self._event.result
        if isinstance(result, Mark):
            return _UNNAMED + self._event.line
        expected = self._constants.number(result)
        return expected if expected >= 0 else None

    def local(self, index: int) -> Socket:
        return self._address(self.at(index), self._addresses.local)

    def remote(self, index: int) -> Socket:
        return self._address(self.at(index), self._addresses.remote)

    def octets(self, index: int) -> int:
        """How much is to be written or read."""
        return self._size(self.number(index))

    def text(self, index: int, octets: int) -> bytes:
        """What is to be written: the script's own text, and zeros. Memory at an address of the script's own,
        which write() can't read (EFAULT), is not there."""
        expression = self.at(index)
        if octets and isinstance(expression, Number | Name):
            raise NotSupported("needs.call_with", call=self._event.name, what="a pointer")
        given = expression.octets if isinstance(expression, String) else b""
        return given[:octets].ljust(octets, b"\0")

    def vector(self, index: int) -> int:
        """The octets of an array of struct iovec, or of the one in a struct msghdr."""
        return self._size(self._vector(self.at(index)))

    def inq(self, index: int) -> int | None:
        """The octets of which a struct msghdr's control message TCP_CM_INQ is to tell; None: it has none."""
        message = self.at(index)
        fields = message.fields if isinstance(message, Struct) else ()
        told = [octets for field in fields if (octets := _inq(field)) is not None]
        return self._constants.number(told[0]) if told else None

    def struct(self, index: int) -> Struct | None:
        """A struct, with or without brackets around it; None: the argument is something else."""
        expression = self._unwrapped(index)
        return expression if isinstance(expression, Struct) else None

    def item(self, index: int) -> Expression:
        """A value, with or without brackets around it."""
        return self._unwrapped(index)

    def field(self, struct: Struct, names: tuple[str, ...], position: int) -> int:
        """A number of a struct, by one of its names or by its place."""
        for place, field in enumerate(struct.fields):
            if field.name in names or (field.name is None and place == position):
                return self._constants.number(field.value)
        raise NotSupported("needs.field", name=names[0])

    def value(self, expression: Expression) -> int:
        return self._constants.number(expression)

    def array(self, index: int) -> tuple[Expression, ...]:
        expression = self.at(index)
        if not isinstance(expression, Array):
            raise NotSupported("needs.array", call=self._event.name)
        return expression.items

    def _unwrapped(self, index: int) -> Expression:
        expression = self.at(index)
        if isinstance(expression, Array) and len(expression.items) == 1:
            return expression.items[0]
        return expression

    def _size(self, octets: int) -> int:
        if not 0 <= octets <= MOST_OCTETS:
            raise NotSupported("needs.octets", call=self._event.name, octets=octets, most=MOST_OCTETS)
        return octets

    def _vector(self, expression: Expression) -> int:
        if isinstance(expression, Array):
            return sum(map(self._vector, expression.items))
        if not isinstance(expression, Struct) or not expression.fields:
            raise NotSupported("needs.vector", call=self._event.name)
        if any((field.name or "").startswith("msg_") for field in expression.fields):
            return self._message(expression)
        return self._constants.number(expression.fields[-1].value)

    def _message(self, message: Struct) -> int:
        """A struct msghdr: its vector counts, and nothing else may be in it."""
        octets = 0
        for field in message.fields:
            if field.name == "msg_iov":
                octets = self._vector(field.value)
            elif field.name in ("msg_control", "msg_flags") and not _is_empty(field) and _inq(field) is None:
                raise NotSupported("needs.call_with", call=self._event.name, what=field.name)
        return octets

    def _address(self, expression: Expression, default: Socket) -> Socket:
        """A struct sockaddr_in or sockaddr_in6."""
        if expression is Mark.NOT_GIVEN:
            return default
        if not isinstance(expression, Struct):
            raise NotSupported("needs.address", call=self._event.name)
        host, port = default
        for field in expression.fields:
            if field.name in ("sin_port", "sin6_port"):
                port = port if field.value is Mark.NOT_GIVEN else self._constants.number(field.value)
            elif field.name in ("sin_addr", "sin6_addr"):
                host = self._host(field.value, host)
            elif field.name is None:
                host = self._host(field.value, host)  # inet_pton(AF_INET6, "::1", &sin6_addr)
        return Socket(host, port)

    def _host(self, expression: Expression, default: str) -> str:
        if expression is Mark.NOT_GIVEN:
            return default
        if isinstance(expression, Applied) and expression.name in ("inet_addr", "inet_pton"):
            texts = [one for one in expression.args if isinstance(one, String)]
            try:
                return str(ip_address(texts[0].octets.decode("ascii")))
            except (IndexError, ValueError):
                raise NotSupported("needs.address", call=expression.name) from None
        if isinstance(expression, Name) and expression.name == "in6addr_any":
            return "::"
        number = self._constants.number(expression)
        try:
            return str(ip_address(number))
        except ValueError:
            raise NotSupported("needs.valid_address") from None


def _inq(field: Field) -> Expression | None:
    """``msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=N}]``: N."""
    items = field.value.items if field.name == "msg_control" and isinstance(field.value, Array) else ()
    if len(items) != 1 or not isinstance(items[0], Struct):
        return None
    values = {one.name: one.value for one in items[0].fields}
    return values.get("cmsg_data") if values.get("cmsg_type") == Name("TCP_CM_INQ") else None


def _is_empty(field: Field) -> bool:
    return field.value in (Mark.NOT_GIVEN, Number(0), Array(()))
