"""Boxes as they are written: in a scenario's table, or as one word of moves, ``box:nat:idle=5min``.

In a word a ``+`` stands for a blank and everything else may be percent-encoded, as in a query string.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Literal, TypeVar
from urllib.parse import quote_plus, unquote_plus

from tcptui.core.message import Message, MessageError
from tcptui.lab.boxes import MOST_HOPS, Box, Firewall, Nat, Router
from tcptui.lab.durations import parse_duration

KINDS = ("router", "firewall", "nat")
KEYS: dict[str, tuple[str, ...]] = {
    "router": ("hops", "mtu", "address"),
    "firewall": ("drop", "refuse", "with", "from", "until", "address"),
    "nat": ("inside", "idle", "answers", "address"),
}
WORD = "box:"
LEAST_MTU, MOST_MTU = 68, 65_535
"""Of a link (RFC 791 section 3.2)."""
_ANSWERS: dict[str, Literal["rst", "icmp", "source quench"]] = {
    "rst": "rst", "icmp": "icmp", "source quench": "source quench",
}  # fmt: skip

T = TypeVar("T")
D = TypeVar("D")


class BadBox(MessageError):
    """What describes no box; `field` is what is wrong in it."""

    def __init__(self, field: str, key: str | Message, /, **numbers: int | str | tuple[str, ...]) -> None:
        super().__init__(key, **numbers)
        self.field = field


def make_box(kind: str, fields: Mapping[str, str], v6: bool | None = None) -> Box:
    """The box of a kind with these fields as texts; `v6` says which version of IP the wire has, if that is
    known. Raises BadBox."""
    if kind not in KEYS:
        raise BadBox("kind", "error.box.kind", kind=kind[:20], allowed=KINDS)
    for name, value in fields.items():
        if name not in KEYS[kind] or not value:
            raise BadBox(name[:20], "error.box.field", field=name[:20], kind=kind, allowed=KEYS[kind])
    address = _read(fields, "address", lambda text: str(ip_address(text)), "")
    if address and v6 not in (None, ":" in address):
        raise BadBox("address", "error.scenario.two_versions")
    if kind == "router":
        hops = _read(fields, "hops", _hops, 1)
        if address:  # Each hop has the next one.
            _read(fields, "address", lambda text: ip_address(text) + (hops - 1), None)
        return Router(hops, address, _read(fields, "mtu", _mtu, 0))
    if kind == "nat":
        inside = _choice(fields, "inside", ("A", "B"), "A")
        idle = _read(fields, "idle", parse_duration, None)
        answers = _choice(fields, "answers", ("rst", "nothing"), "nothing")
        return Nat("A" if inside == "A" else "B", address, idle, "rst" if answers == "rst" else "")
    return _firewall(fields, address, v6)


def _firewall(fields: Mapping[str, str], address: str, v6: bool | None) -> Firewall:
    from tcptui.lab.patterns import parse_pattern

    if ("drop" in fields) == ("refuse" in fields):
        raise BadBox("drop", "error.box.drop_or_refuse")
    which = "drop" if "drop" in fields else "refuse"
    text = " ".join(fields[which].split())
    pattern = _read(fields, which, parse_pattern, None)
    assert pattern is not None
    if pattern.verb != "leaves":
        raise BadBox(which, "error.box.leaves")
    if "with" in fields and which == "drop":
        raise BadBox("with", "error.box.with")
    answer = _choice(fields, "with", ("rst", "icmp", "source quench"), "rst")
    if answer == "source quench" and v6:  # ICMPv6 has none.
        raise BadBox("with", "error.value.unknown_choice", value=answer, allowed=("rst", "icmp"))
    begins, ends = (_read(fields, name, parse_duration, None) for name in ("from", "until"))
    refuses = "" if which == "drop" else _ANSWERS[answer]
    return Firewall(pattern, text, refuses, begins, ends, address)


def box_word(kind: str, fields: tuple[tuple[str, str], ...]) -> str:
    """The word that `parse_box_word` reads back as the same."""
    return WORD + ":".join([kind, *(f"{name}={quote_plus(value, safe=',=#*')}" for name, value in fields)])


def parse_box_word(word: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The kind of a box and its fields. Raises BadBox."""
    kind, *rest = word.removeprefix(WORD).split(":")
    pairs = (field.partition("=") for field in rest)
    fields = {name: unquote_plus(value) for name, _, value in pairs}
    make_box(kind, fields)
    return kind, tuple(fields.items())


def _mtu(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and LEAST_MTU <= int(text) <= MOST_MTU):
        raise ValueError
    return int(text)


def _hops(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_HOPS):
        raise ValueError
    return int(text)


def _choice(fields: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = fields.get(name, default)
    if value not in allowed:
        raise BadBox(name, "error.value.unknown_choice", value=value[:20], allowed=allowed)
    return value


def _read(fields: Mapping[str, str], name: str, read: Callable[[str], T], default: D) -> T | D:
    if name not in fields:
        return default
    try:
        return read(fields[name])
    except MessageError as error:
        raise BadBox(name, error.message) from None
    except ValueError:
        if name == "hops":
            raise BadBox(name, "error.value.number", least=1, most=MOST_HOPS) from None
        if name == "mtu":
            raise BadBox(name, "error.value.number", least=LEAST_MTU, most=MOST_MTU) from None
        raise BadBox(name, "error.value.no_address", text=fields[name][:50]) from None
