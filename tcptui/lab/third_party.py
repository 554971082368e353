"""A third party's segment: any header, any option, from any address, as often as is wanted.

A third party is whoever is neither of the two hosts: an attacker who forges, a stranger who knocks, or nobody
at all, where a segment of long ago comes out of the network. What it sends is written by hand, field by
field, as one word: ``x>b:SYN:seq=1:mss=1460:from=203.0.113.1:1024``.

| field | what it says |
|---|---|
| ``seq=90``, ``ack=1`` | raw numbers; ``seq=+10``, ``ack=+1``: from the initial number of that direction |
| ``wnd=``, ``up=``, ``data=`` | window, urgent pointer, data (percent-encoded) |
| ``mss=1460``, ``wscale=7``, ``sack=ok``, ``tsval=1``, ``tsecr=2`` | options |
| ``sack=1:9,20:30``, ``sack=+1:+9`` | SACK blocks, raw or from the receiver's initial number |
| ``from=203.0.113.1:1024``, ``to=8080`` | its socket, and the port at the receiver; else both ends' own |
| ``ttl=3`` | its Time to Live; else 64 |
| ``times=5``, ``every=10ms`` | four more follow, each from the next address, or, in a host's name, port |
| ``of=1`` | it is an old one, of the first connection between these sockets: ``+`` is from its numbers |

The first connection is the first of this run, prelude included, that had a SYN between the two sockets; for
that the state keeps what it has seen open (`opened_after`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tcptui.core.packet.options import MOST_SHIFT, Block, Offer, data_options, syn_layout
from tcptui.core.packet.segment import ACK, FLAG_NAMES, HOP_LIMIT, SYN, Option, Segment, Socket, flag_text
from tcptui.core.packet.seq import MASK, seq_add
from tcptui.lab.addresses import parse_socket
from tcptui.lab.connection import Connection, first_of
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.wire import BadMove, Side, WireAct

LONGEST_DATA = 65_495
"""Octets of data that one ``send``, or a third party's segment, may carry."""
MOST_TIMES = 1_000
"""How often one segment may be repeated."""
MOST_OPTIONS = 40
"""Octets of options that a header has room for (RFC 9293 section 3.1)."""

_FLAGS = {name: bit for bit, name in FLAG_NAMES}
_FIELDS = (
    "seq", "ack", "wnd", "up", "mss", "wscale", "sack", "tsval", "tsecr", "ttl", "from", "to", "times",
    "every", "of", "data",
)  # fmt: skip
_BETWEEN_FIELDS = re.compile(r":(?=[A-Za-z]+=)")
"""A colon with no name behind it is one of a SACK block or of an address."""
_MOST: dict[str, int] = {
    "seq": MASK, "ack": MASK, "wnd": 0xFFFF, "up": 0xFFFF, "mss": 0xFFFF, "wscale": MOST_SHIFT, "tsval": MASK,
    "tsecr": MASK, "ttl": 255, "to": 0xFFFF, "times": MOST_TIMES, "of": 1_000,
}  # fmt: skip
_LEAST = {"ttl": 1, "to": 1, "times": 1, "of": 1}


class Inject(NamedTuple):
    """A third party's segment for `receiver`."""

    receiver: Side
    flags: int
    seq: int
    ack: int = 0
    wnd: int = 65_535
    data: bytes = b""
    up: int = 0
    offer: Offer = Offer()
    sack: tuple[Block, ...] = ()
    relative: tuple[str, ...] = ()
    """Which of "seq", "ack" and "sack" are from the initial number of their direction, in this order."""
    src: Socket | None = None
    """Whose segment it is; None: the other end's."""
    port: int | None = None
    """Of the receiver; None: its own."""
    ttl: int = HOP_LIMIT
    times: int = 1
    """So often it comes, this time included."""
    every: int = 0
    """After how long, in microseconds."""
    of: int = 0
    """Of which connection between these sockets it is, 1 for the first; 0: it is no old one."""

    def next(self, other: Socket) -> Inject:
        """The one that follows it, of the next address; `other` is the other end's socket: in the name of
        that host it has the next port."""
        src = self.src or other
        if src.host == other.host:
            src = Socket(src.host, src.port % 0xFFFF + 1)
        else:
            address = ip_address(src.host)
            number = (int(address) + 1) % (1 << address.max_prefixlen)
            src = Socket(str(type(address)(number)), src.port)
        return self._replace(times=self.times - 1, src=src)


def opened_after(known: tuple[Connection, ...], segment: Segment, step: int) -> tuple[Connection, ...]:
    """What has been opened, once this SYN has left in that step."""
    src, dst, seq = segment.src, segment.dst, segment.seq
    for place in range(len(known) - 1, -1, -1):
        one = known[place]
        if (one[:3] == (src, dst, seq)) or (one[:2] == (dst, src) and one.irs == seq):
            return known  # Again.
        answers = segment.flags & ACK and one.iss == seq_add(segment.ack, -1)
        crosses = not segment.flags & ACK and place == len(known) - 1 and one[:2] == (dst, src)
        if one.irs is None and (answers or crosses):
            return (*known[:place], one._replace(irs=seq), *known[place + 1 :])
    new = first_of(segment, step)
    return (*known, new.reversed() if segment.flags & ACK else new)


def opened_key(known: tuple[Connection, ...], to_come: Iterable[Inject]) -> tuple[Any, ...]:
    """What of it the future depends on, if these segments are to come."""
    if any(move.of or move.relative for move in to_come):
        return tuple(one[:4] for one in known)
    return ()


def _find(known: tuple[Connection, ...], src: Socket, dst: Socket, of: int) -> Connection | None:
    """The connection between two sockets as the first has it: the `of`th from 1, the latest for 0."""
    found = [one if one[:2] == (src, dst) else one.reversed() for one in known if {*one[:2]} == {src, dst}]
    return None if len(found) < max(of, 1) else found[of - 1]


def segment_of(
    move: Inject, own: Socket, other: Socket, known: tuple[Connection, ...]
) -> tuple[Segment, Connection | None]:
    """The segment, for the receiver whose socket is `own`, and the connection whose it says to be: None if
    that is for its numbers to tell. BadMove: there is no such connection."""
    check_sockets(move, own, other)
    src = move.src or other
    dst = own if move.port is None else Socket(own.host, move.port)
    connection = _find(known, src, dst, move.of) if move.of or move.relative else None
    if connection is None and (move.of or move.relative):
        raise BadMove("error.move.no_connection", number=max(move.of, 1), src=str(src), dst=str(dst))
    iss, irs = connection.bases if connection is not None else (0, 0)
    seq = seq_add(iss or 0, move.seq) if "seq" in move.relative else move.seq
    ack = seq_add(irs or 0, move.ack) if "ack" in move.relative else move.ack
    blocks: Iterable[Block] = move.sack
    if "sack" in move.relative:
        blocks = [(seq_add(irs or 0, start), seq_add(irs or 0, end)) for start, end in blocks]
    options = _options(move.flags, move.offer, blocks)
    segment = Segment(src, dst, seq, ack, move.flags, move.wnd, move.data, options, move.up)
    return segment, connection if connection is not None and connection.holds(segment) else None


def check_sockets(move: Inject, own: Socket, other: Socket) -> None:
    """BadMove if the receiver, whose socket is `own`, can get nothing from where it is to come."""
    src = move.src or other
    if src.host == own.host or ip_address(src.host).version != ip_address(own.host).version:
        raise BadMove("error.move.from", src=str(src), host=own.host)


def acts_of(move: Inject, number: int, other: Socket) -> tuple[WireAct, ...]:
    """What there is to say of #`number`, which it is, beside its header: neither of a segment in the name of
    the other end, whose socket is `other`."""
    if move.of:
        return (WireAct(number, "old", move.of),)
    src = move.src or other
    return () if src == other else (WireAct(number, "stranger", 0, str(src)),)


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
        ("of", move.of, bool(move.of)),
        ("data", quote_from_bytes(move.data), bool(move.data)),
    )
    head = f"x>{move.receiver.lower()}:{flag_text(move.flags)}"
    return "".join([head, *(f":{name}={value}" for name, value, written in fields if written)])


def parse_inject(word: str) -> Inject:
    """Raises BadMove, and others of their kind for a socket or a duration."""
    target, flags, *rest = word.split(":", 2)
    fields = _BETWEEN_FIELDS.split(rest[0]) if rest else []
    move = Inject("A" if target[-1] in "aA" else "B", _flags_of(flags), -1)
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name not in _FIELDS or not value:
            raise BadMove("error.move.field", field=field[:20])
        move = (_READERS.get(name) or _number_field)(move, name, value)
    if move.seq < 0:
        raise BadMove("error.move.seq_missing")
    options = _options(move.flags, move.offer, move.sack)
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


def _options(flags: int, offer: Offer, blocks: Iterable[Block]) -> tuple[Option, ...]:
    """In the order in which Linux writes them."""
    if flags & SYN or offer[:3] != Offer()[:3]:
        return (*syn_layout(offer, "linux"), *data_options(None, blocks))
    return data_options(offer.timestamps, blocks)
