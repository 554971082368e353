"""TCP options as a script names them, and as a segment carries them: the one made from the other.

The script's text is read in `options` and written in `text`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from tcptui.core.message import MessageError
from tcptui.core.packet.segment import (
    OPTION_END,
    OPTION_MSS,
    OPTION_NOP,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    Option,
)
from tcptui.core.packet.seq import MASK, seq_add
from tcptui.core.packet.tcp_format import MAX_OPTIONS
from tcptui.formats.packetdrill.syntax import TcpOption

# RFC 7413 section 4.1.1.
_FAST_OPEN = 34
# RFC 6994: an experiment's own number stands in front of its data; this is TCP Fast Open's.
_EXPERIMENT, _FAST_OPEN_NUMBER = 254, b"\xf9\x89"

_NUMBERED = {
    "nop": (OPTION_NOP, "!"),
    "eol": (OPTION_END, "!"),
    "mss": (OPTION_MSS, "!H"),
    "wscale": (OPTION_WINDOW_SCALE, "!B"),
    "sackOK": (OPTION_SACK_PERMITTED, "!"),
    "TS": (OPTION_TIMESTAMPS, "!II"),
}
"""Options whose data is a fixed row of numbers: kind and layout."""
SEEN_OPTIONS = frozenset((*_NUMBERED, "sack", "FO", "FOEXP"))
"""What `from_wire` calls the options that it has names for."""
_NAMES = {kind: (name, layout) for name, (kind, layout) in _NUMBERED.items()}


class BadOptions(MessageError):
    """Options that no segment can carry."""


def to_wire(options: Iterable[TcpOption], sack_base: int) -> tuple[Option, ...]:
    """The options of a segment; `sack_base` is the raw sequence number that is 0 for the edges of ``sack``.

    Raises BadOptions: an option has no octets that we know, leaves a number open, or there are too many.
    """
    wired = tuple(_to_wire(option, sack_base) for option in options)
    octets = sum(1 if option.kind in (OPTION_END, OPTION_NOP) else 2 + len(option.data) for option in wired)
    if octets > MAX_OPTIONS:
        raise BadOptions("needs.options_too_long", octets=octets, most=MAX_OPTIONS)
    return wired


def from_wire(options: Iterable[Option], sack_base: int) -> tuple[TcpOption, ...]:
    """What a script calls the options of a segment; one it has no name for is ``unknown-KIND``."""
    return tuple([_from_wire(option, sack_base) for option in options])


def _to_wire(option: TcpOption, sack_base: int) -> Option:
    name = option.name
    numbers = tuple(number for number in option.numbers if number is not None)
    if len(numbers) != len(option.numbers):
        raise BadOptions("needs.option_open", name=name)
    if name in _NUMBERED:
        kind, layout = _NUMBERED[name]
        return Option(kind, struct.pack(layout, *numbers))
    if name == "sack":
        return Option(
            OPTION_SACK, struct.pack(f"!{len(numbers)}I", *(seq_add(sack_base, edge) for edge in numbers))
        )
    if name == "FO":
        return Option(_FAST_OPEN, _octets(option))
    if name == "FOEXP":
        return Option(_EXPERIMENT, _FAST_OPEN_NUMBER + _octets(option))
    if name.startswith("unknown-"):
        return Option(int(name.removeprefix("unknown-")), _octets(option))
    raise BadOptions("needs.option_unknown", name=name)


def _octets(option: TcpOption) -> bytes:
    try:
        return bytes.fromhex(option.text.removeprefix("0x"))
    except ValueError:
        raise BadOptions("needs.option_octets", name=option.name, text=option.text) from None


def _from_wire(option: Option, sack_base: int) -> TcpOption:
    kind, data = option
    if kind in _NAMES:
        name, layout = _NAMES[kind]
        if len(data) == struct.calcsize(layout):
            return TcpOption(name, struct.unpack(layout, data))
    if kind == OPTION_SACK and data and len(data) % 8 == 0:
        edges = struct.unpack(f"!{len(data) // 4}I", data)
        return TcpOption("sack", tuple((edge - sack_base) & MASK for edge in edges))
    if kind == _FAST_OPEN:
        return TcpOption("FO", text=data.hex())
    if kind == _EXPERIMENT and data.startswith(_FAST_OPEN_NUMBER):
        return TcpOption("FOEXP", text=data[2:].hex())
    return TcpOption(f"unknown-{kind}", text=f"0x{data.hex()}" if data else "")
