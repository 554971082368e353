"""The arguments of a socket call, read as what the call takes."""

from __future__ import annotations

from tcptui.core.message import brief
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import BadSocket, parse_socket
from tcptui.lab.calls.values import BadCall, Constants, Name, SocketCall, Text, Variables

MOST_OCTETS = 1_000_000
"""Octets that one call may send or ask for."""


class Anything(dict[str, "int | bytes"]):
    """Variables that may stand for anything: a call is tried with them when it is read."""


class Arguments:
    """The arguments of one call, read as what the call takes there. Every reader raises BadCall."""

    def __init__(self, call: SocketCall, usage: str, variables: Variables, own: Socket, peer: Socket) -> None:
        self._call, self._usage, self._variables = call, usage, variables
        self.own, self.peer = own, peer

    def __len__(self) -> int:
        return len(self._call.arguments)

    def wrong(self) -> BadCall:
        return BadCall("error.call.arguments", call=brief(str(self._call), 60), usage=self._usage)

    def count(self, least: int, most: int) -> None:
        if not least <= len(self) <= most:
            raise self.wrong()

    def _value(self, name: Name) -> int | bytes | None:
        """What a variable stands for; None: that is not known yet."""
        if isinstance(self._variables, Anything):
            return None
        value = self._variables.get(name.name)
        if value is None:
            raise BadCall("error.call.name", call=brief(str(self._call), 60), name=name.name)
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
            raise BadCall("error.call.number", call=brief(str(self._call), 60), least=least, most=most)
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
                    "error.call.constant", call=brief(str(self._call), 60), name=name[:40], allowed=allowed
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
            raise BadCall("error.call.address", call=brief(str(self._call), 60), why=error.message) from None


def filler(octets: int) -> bytes:
    """So many octets of text, for data that is given by its size."""
    alphabet = b"abcdefghijklmnopqrstuvwxyz"
    return (alphabet * (octets // len(alphabet) + 1))[:octets]
