"""Readers of single values: each takes the value and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from tcptui.core.message import Message
from tcptui.core.packet.seq import MASK
from tcptui.lab.durations import ALLOWED, BadDuration, parse_duration
from tcptui.lab.third_party import LONGEST_DATA
from tcptui.lab.toml_table import bad
from tcptui.printable import is_printable


def line_of(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise bad(where, "error.value.no_text")
    line = " ".join(value.split())
    if not is_printable(line):
        raise bad(where, "error.value.control_characters")
    return line


def title_of(value: object, where: str) -> str:
    line = line_of(value, where)
    if not line:
        raise bad(where, "error.value.empty")
    return line


def lines_of(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise bad(where, "error.value.no_texts")
    return tuple(line_of(item, f"{where}[{place}]") for place, item in enumerate(value, 1))


def text_of(value: object, where: str) -> bytes:
    if not isinstance(value, str):
        raise bad(where, "error.value.no_text")
    data = value.encode()
    if len(data) > LONGEST_DATA:
        raise bad(where, "error.value.too_many_octets", octets=len(data), most=LONGEST_DATA)
    return data


def secret_of(value: object, where: str) -> bytes:
    data = text_of(value, where)
    if not 1 <= len(data) <= 64:
        raise bad(where, "error.value.secret")
    return data


def boolean_of(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise bad(where, "error.value.other", allowed=Message.of("allowed.boolean"))
    return value


def duration_of(value: object, where: str) -> int:
    if not isinstance(value, str):
        raise bad(where, "error.value.must_be_text", allowed=ALLOWED)
    try:
        return parse_duration(value)
    except BadDuration as error:
        raise bad(where, error.message) from None


def number_of(least: int, most: int) -> Callable[[object, str], int]:
    def read(value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise bad(where, "error.value.number", least=least, most=most)
        return value

    return read


def choice_of(*allowed: str) -> Callable[[object, str], str]:
    def read(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            if isinstance(value, str):
                raise bad(where, "error.value.unknown_choice", value=value[:40], allowed=allowed)
            raise bad(where, "error.value.choice", allowed=allowed)
        return value

    return read


def isns_of(value: object, where: str) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [value]
    return tuple(number_of(0, MASK)(number, where) for number in numbers)


def address_of(value: object, where: str) -> str:
    line = line_of(value, where)
    try:
        return str(ip_address(line))
    except ValueError:
        raise bad(where, "error.value.no_address", text=line[:50]) from None
