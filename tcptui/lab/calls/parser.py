"""The text of a socket call, read into its value."""

from __future__ import annotations

import re

from tcptui.core.message import brief
from tcptui.core.packet.segment import Socket
from tcptui.lab.calls.arguments import Anything
from tcptui.lab.calls.functions import FUNCTIONS, request_of
from tcptui.lab.calls.values import Argument, BadCall, Constants, Name, SocketCall, Text

LONGEST = 70_000
"""Characters of a call."""
_SOME = Socket("10.0.0.1", 1)
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
    request_of(call, Anything(), _SOME, _SOME)
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
                raise BadCall("error.call.syntax", text=brief(text, 60), at=text[at : at + 20].strip())
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
        return BadCall("error.call.syntax", text=brief(self._text, 60), at=at[:20])


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
