"""The TCP options of a segment, between ``<`` and ``>``, from their text."""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.message import Message
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.cursor import Cursor
from tcptui.formats.packetdrill.syntax import OUTBOUND, Direction, TcpOption

MOST_SACK_BLOCKS = 4
"""What the 40 octets of options have room for (RFC 2018 section 3)."""

ALLOWED = (
    "mss N, wscale N, sackOK, sack N:N ..., TS val N ecr N, nop, eol, FO COOKIE, FOEXP COOKIE, ECN, md5, "
    "exp-NAME, unknown-KIND OCTETS"
)
_MULTIPATH = (
    "dss", "add_addr", "add_addr4", "add_addr6", "add_address", "remove_addr", "remove_address", "rm_addr",
)  # fmt: skip
"""Options of Multipath TCP (RFC 8684) as the packetdrill for it calls them, besides ``mp_...``."""
_OPENING, _CLOSING = ("[", "(", "{"), ("]", ")", "}")
_OPTION_END = Message.of("allowed.option_end")
_ECN_COUNTERS = ("e0b", "ceb", "e1b")


def parse_options(cursor: Cursor, direction: Direction) -> tuple[TcpOption, ...] | None:
    """``<mss 1460,nop,wscale 7>``, or nothing for (); ``<...>`` is None."""
    if cursor.kind != "<":
        return ()
    cursor.take()
    if cursor.accept(">"):
        return ()
    if cursor.kind == "...":
        if direction != OUTBOUND:
            raise cursor.error(Message.of("script.options_left_open"), Message.of("allowed.open_options"))
        cursor.take()
        cursor.expect(">", ">")
        return None
    options: list[TcpOption] = []
    while True:
        options.append(_option(cursor, direction))
        if cursor.kind != ",":
            cursor.expect(">", _OPTION_END)
            return tuple(options)
        cursor.take()


def _option(cursor: Cursor, direction: Direction) -> TcpOption:
    start = cursor.at
    if cursor.kind != "word":
        raise cursor.unexpected(ALLOWED)
    name = cursor.take_glued(("word", "number", "-"))
    read = _READERS.get(name)
    if read is not None:
        return read(cursor, direction)
    if name.startswith("exp-"):
        return TcpOption(name, text=_octets(cursor))
    if name.startswith("unknown-") and name[8:].isdecimal() and len(name) <= 11 and int(name[8:]) <= 255:
        return TcpOption(name, text=_octets(cursor))
    if name in _MULTIPATH or name.startswith(("mp_", "mpcapable")):
        return TcpOption(name, text=_rest_of_option(cursor))
    raise cursor.error(Message.of("script.unknown_option", name=name[:40]), ALLOWED, start)


def _plain(name: str) -> Callable[[Cursor, Direction], TcpOption]:
    option = TcpOption(name)
    return lambda cursor, direction: option


def _numbered(name: str, most: int, what: str | Message) -> Callable[[Cursor, Direction], TcpOption]:
    return lambda cursor, direction: TcpOption(name, (cursor.number(most, what),))


def _with_octets(name: str) -> Callable[[Cursor, Direction], TcpOption]:
    return lambda cursor, direction: TcpOption(name, text=_octets(cursor))


def _sack(cursor: Cursor, direction: Direction) -> TcpOption:
    """Blocks with spaces between."""
    start = cursor.at
    edges: list[int] = []
    while not edges or cursor.kind in ("number", "-"):
        edges.append(cursor.sequence_number())
        cursor.expect(":", ":")
        edges.append(cursor.sequence_number())
    if len(edges) > 2 * MOST_SACK_BLOCKS:
        blocks = Message.of("script.sack_blocks", count=len(edges) // 2)
        raise cursor.error(blocks, Message.of("allowed.at_most", most=MOST_SACK_BLOCKS), start)
    return TcpOption("sack", tuple(edges))


def _timestamps(cursor: Cursor, direction: Direction) -> TcpOption:
    cursor.expect_word("val")
    value = _timestamp(cursor, direction, "TSval")
    cursor.expect_word("ecr")
    echo = _timestamp(cursor, direction, "TSecr")
    return TcpOption("TS", (value, echo), "!" if cursor.accept("!") else "")


def _timestamp(cursor: Cursor, direction: Direction, what: str) -> int | None:
    """A number; or, for what comes out, a sign that it is not checked."""
    if direction == OUTBOUND and cursor.kind in ("...", ".", "*"):
        cursor.take()
        return None
    return cursor.number(MASK, what)


def _ecn(cursor: Cursor, direction: Direction) -> TcpOption:
    """The counters of the AccECN option (RFC 9768 section 3.2.3), in the order in which they stand."""
    names: list[str] = []
    counters: list[int | None] = []
    while cursor.word in _ECN_COUNTERS and len(names) < len(_ECN_COUNTERS):
        names.append(cursor.take())
        counters.append(cursor.number(0xFFFFFF, Message.of("field.counter", name=names[-1])))
    return TcpOption("ECN", tuple(counters), " ".join(names))


def _rest_of_option(cursor: Cursor) -> str:
    """What stands up to the comma or the ``>`` behind an option; brackets may hold more of both."""
    parts: list[str] = []
    depth = 0
    while cursor.kind != "end" and (depth or cursor.kind not in (",", ">")):
        depth += (cursor.kind in _OPENING) - (cursor.kind in _CLOSING)
        glued, text = cursor.glued, cursor.take()
        parts.append(text if glued else f" {text}")
    return "".join(parts).strip()


def _octets(cursor: Cursor) -> str:
    """Hexadecimal octets, or a word for them; "" if there are none."""
    start = cursor.at
    if cursor.kind not in ("word", "number"):
        return ""
    text = cursor.take_glued(("word", "number"))
    if len(text) > 80:
        raise cursor.error(Message.of("script.option_too_long"), Message.of("allowed.option_octets"), start)
    return text


_READERS: dict[str, Callable[[Cursor, Direction], TcpOption]] = {
    "nop": _plain("nop"),
    "eol": _plain("eol"),
    "sackOK": _plain("sackOK"),
    "mss": _numbered("mss", 0xFFFF, "MSS"),
    "wscale": _numbered("wscale", 0xFF, Message.of("field.shift_count")),
    "sack": _sack,
    "TS": _timestamps,
    "ECN": _ecn,
    "FO": _with_octets("FO"),
    "FOEXP": _with_octets("FOEXP"),
    "md5": _with_octets("md5"),
}
