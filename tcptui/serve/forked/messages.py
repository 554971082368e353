"""The messages between a server and the child that runs a session: a kind, a length, octets.

To the child: `START`, once, and then what comes from the terminal. To the server: octets for the terminal,
whether it is to send what the terminal sends, and at last how it ended. The end of the stream is a message
too: to the child, that the terminal is gone. So the child reads on also while it wants no input: behind what
waits in the socket it would see that end late.
Both sides take the other's messages for a stranger's: a length beyond `MOST`, or a kind that is none, is
`BadFrame`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

START, INPUT, SIZE, GOOD_BYE = b"s", b"i", b"z", b"g"
"""To the child: what is to be shown (JSON), octets from the terminal, columns and rows, a line (UTF-8)."""
OUTPUT, ENDED, PAUSE, RESUME = b"o", b"e", b"p", b"r"
"""To the server: octets for the terminal; why it ended (JSON); no more input for now; input again."""

MOST = 65_536
"""Octets of a message; output and input that have more are divided."""
_HEAD = struct.Struct("!cI")
_SIZE = struct.Struct("!II")


class BadFrame(ValueError):
    """What has come is no message."""


def frame(kind: bytes, octets: bytes) -> bytes:
    """A message, or as many of that kind as its octets need."""
    if len(octets) <= MOST:
        return _HEAD.pack(kind, len(octets)) + octets
    return b"".join(frame(kind, octets[place : place + MOST]) for place in range(0, len(octets), MOST))


def size_frame(columns: int, rows: int) -> bytes:
    """The message of a new size of the terminal, in cells; any number may come from a client."""
    return frame(SIZE, _SIZE.pack(min(max(columns, 0), 0xFFFF), min(max(rows, 0), 0xFFFF)))


def size_of(octets: bytes) -> tuple[int, int]:
    """Columns and rows."""
    try:
        columns, rows = _SIZE.unpack(octets)
    except struct.error:
        raise BadFrame("size") from None
    return columns, rows


def table_frame(kind: bytes, table: dict[str, object]) -> bytes:
    """A message that is a JSON object."""
    octets = json.dumps(table).encode()
    if len(octets) > MOST:
        raise BadFrame("too long")
    return frame(kind, octets)


def table_of(octets: bytes) -> dict[str, object]:
    """The JSON object that a message is."""
    try:
        table = json.loads(octets)
    except (ValueError, RecursionError):
        raise BadFrame("no JSON") from None
    if not isinstance(table, dict):
        raise BadFrame("no object")
    return table


class Frames:
    """Puts messages together from the pieces of a stream."""

    def __init__(self, kinds: tuple[bytes, ...]) -> None:
        """`kinds` are those that may come."""
        self._kinds = kinds
        self._octets = bytearray()

    def feed(self, octets: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The messages that are whole now: kinds and octets. Raises BadFrame."""
        self._octets += octets
        while len(self._octets) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._octets)
            if kind not in self._kinds or length > MOST:
                raise BadFrame("kind or length")
            end = _HEAD.size + length
            if len(self._octets) < end:
                return
            message = bytes(self._octets[_HEAD.size : end])
            del self._octets[:end]
            yield kind, message
