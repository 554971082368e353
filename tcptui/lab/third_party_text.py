"""A third party's segment as one word of moves, field by field.

As in ``x>b:SYN:seq=1:mss=1460:from=203.0.113.1:1024``.

| field | what it says |
|---|---|
| ``seq=90``, ``ack=1`` | raw numbers; ``seq=+10``, ``ack=+1``: from the initial number of that direction |
| ``wnd=``, ``up=``, ``data=`` | window, urgent pointer, data (percent-encoded) |
| ``mss=1460``, ``wscale=7``, ``sack=ok``, ``tsval=1``, ``tsecr=2`` | options |
| ``sack=1:9,20:30``, ``sack=+1:+9`` | SACK blocks, raw or from the receiver's initial number |
| ``from=203.0.113.1:1024``, ``to=8080`` | its socket, and the port at the receiver; else both ends' own |
| ``ttl=3`` | its Time to Live; else 64 |
| ``times=5``, ``every=10ms`` | four more follow, each from the next address, or, in a host's name, port |
| ``of=1`` | it is of the first connection between these sockets: ``+`` is from its numbers |
| ``old=1`` | likewise, and an old segment: the network has kept it |

The first connection is the first of this run, prelude included, that had a SYN between the two sockets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tcptui.core.packet.options import MOST_SHIFT
from tcptui.core.packet.segment import FLAG_NAMES, flag_text
from tcptui.core.packet.seq import MASK
from tcptui.lab.addresses import parse_socket
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.third_party import LONGEST_DATA, MOST_TIMES, Inject, options_of
from tcptui.lab.wire import BadMove

MOST_OPTIONS = 40
"""Octets of options that a header has room for (RFC 9293 section 3.1)."""

_FLAGS = {name: bit for bit, name in FLAG_NAMES}
_FIELDS = (
    "seq", "ack", "wnd", "up", "mss", "wscale", "sack", "tsval", "tsecr", "ttl", "from", "to", "times",
    "every", "of", "old", "data",
)  # fmt: skip
_BETWEEN_FIELDS = r":(?=[A-Za-z]+=)"
"""A colon with no name behind it is one of a SACK block or of an address."""
_MOST: dict[str, int] = {
    "seq": MASK, "ack": MASK, "wnd": 0xFFFF, "up": 0xFFFF, "mss": 0xFFFF, "wscale": MOST_SHIFT, "tsval": MASK,
    "tsecr": MASK, "ttl": 255, "to": 0xFFFF, "times": MOST_TIMES, "of": 1_000,
    "old": 1_000,
}  # fmt: skip
_LEAST = {"ttl": 1, "to": 1, "times": 1, "of": 1, "old": 1}


def inject_word(move: Inject) -> str:
    """The word that `parse_inject` reads back as the same."""
    plain = Inject(move.receiver, 0, 0)
    offer = move.offer
    times = offer.timestamps or (0, 0)
    sign = {name: "+" if name in move.relative else "" for name in ("seq", "ack", "sack")}
    blocks = ",".join(f"{sign['sack']}{start}:{sign['sack']}{end}" for start, end in move.sack)
    fields: tuple[tuple[str, object, bool], ...] = (
        ("seq", f"{sign['seq']}{move.seq}", True),
        ("ack", f"{sign['ack']}{move.ack}", bool(move.ack or sign["ack"])),
        ("wnd", move.wnd, move.wnd != plain.wnd),
        ("up", move.up, bool(move.up)),
        ("mss", offer.mss, offer.mss is not None),
        ("wscale", offer.window_scale, offer.window_scale is not None),
        ("sack", "ok", offer.sack),
        ("sack", blocks, bool(blocks)),
        ("tsval", times[0], offer.timestamps is not None),
        ("tsecr", times[1], offer.timestamps is not None and bool(times[1])),
        ("ttl", move.ttl, move.ttl != plain.ttl),
        ("from", move.src, move.src is not None),
        ("to", move.port, move.port is not None),
        ("times", move.times, move.times != 1),
        ("every", exact_duration(move.every), bool(move.every)),
        ("old" if move.old else "of", move.of, bool(move.of)),
        ("data", quote_from_bytes(move.data), bool(move.data)),
    )
    head = f"x>{move.receiver.lower()}:{flag_text(move.flags)}"
    return "".join([head, *(f":{name}={value}" for name, value, written in fields if written)])


def parse_inject(word: str) -> Inject:
    """Raises BadMove, and others of their kind for a socket or a duration."""
    target, flags, *rest = word.split(":", 2)
    fields = re.split(_BETWEEN_FIELDS, rest[0]) if rest else []
    move = Inject("A" if target[-1] in "aA" else "B", _flags_of(flags), -1)
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name not in _FIELDS or not value:
            raise BadMove("error.move.field", field=field[:20])
        move = (_READERS.get(name) or _number_field)(move, name, value)
    if move.seq < 0:
        raise BadMove("error.move.seq_missing")
    options = options_of(move.flags, move.offer, move.sack)
    octets = sum(1 if kind < 2 else 2 + len(data) for kind, data in options)
    if octets > MOST_OPTIONS:
        raise BadMove("error.move.options", octets=octets, most=MOST_OPTIONS)
    order = tuple(name for name in ("seq", "ack", "sack") if name in move.relative)
    return move._replace(relative=order)


def _flags_of(text: str) -> int:
    bits = 0
    for name in () if text.lower() == "none" else text.split(","):
        bit = _FLAGS.get(name.upper()) if name.isascii() else None
        if bit is None:
            raise BadMove("error.move.control_bit", name=name[:20], allowed=tuple(_FLAGS))
        bits |= bit
    return bits


def _number_field(move: Inject, name: str, value: str) -> Inject:
    sign = value.startswith("+") and name in ("seq", "ack")
    number = _number(name, value.removeprefix("+") if sign else value)
    if sign:
        move = move._replace(relative=(*move.relative, name))
    offer, times = move.offer, move.offer.timestamps or (0, 0)
    match name:
        case "mss":
            return move._replace(offer=offer._replace(mss=number))
        case "wscale":
            return move._replace(offer=offer._replace(window_scale=number))
        case "tsval":
            return move._replace(offer=offer._replace(timestamps=(number, times[1])))
        case "tsecr":
            return move._replace(offer=offer._replace(timestamps=(times[0], number)))
        case "to":
            return move._replace(port=number)
        case "old":
            return move._replace(of=number, old=True)
        case _:
            changed: dict[str, Any] = {name: number}
            return move._replace(**changed)


def _sack_field(move: Inject, name: str, value: str) -> Inject:
    if value == "ok":
        return move._replace(offer=move.offer._replace(sack=True))
    if not re.fullmatch(r"\+?\d+:\+?\d+(,\+?\d+:\+?\d+)*", value, re.ASCII):
        raise BadMove("error.move.sack", text=value[:20])
    edges = [block.partition(":")[::2] for block in value.split(",")]
    signs = {edge.startswith("+") for block in edges for edge in block}
    if len(signs) > 1:
        raise BadMove("error.move.sack", text=value[:20])
    blocks = tuple((_number("ack", one.lstrip("+")), _number("ack", two.lstrip("+"))) for one, two in edges)
    relative = (*move.relative, "sack") if True in signs else move.relative
    return move._replace(sack=blocks, relative=relative)


def _data_field(move: Inject, name: str, value: str) -> Inject:
    data = unquote_to_bytes(value)
    if len(data) > LONGEST_DATA:
        raise BadMove("error.move.data_too_long", octets=len(data), most=LONGEST_DATA)
    return move._replace(data=data)


_READERS: dict[str, Callable[[Inject, str, str], Inject]] = {
    "sack": _sack_field,
    "data": _data_field,
    "from": lambda move, _, value: move._replace(src=parse_socket(value)),
    "every": lambda move, _, value: move._replace(every=parse_duration(value)),
}


def _number(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]+", text):
        raise BadMove("error.move.field", field=f"{name}={text}"[:20])
    number = int(text) if len(text) <= 10 else MASK + 1
    if not _LEAST.get(name, 0) <= number <= _MOST[name]:
        raise BadMove("error.move.out_of_range", name=name, least=_LEAST.get(name, 0), most=_MOST[name])
    return number
