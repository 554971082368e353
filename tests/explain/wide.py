"""A language for tests: English in letters that are two cells wide, so that what is still English shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import copy_context
from string import Formatter
from typing import TypeVar, get_args

from tcptui.core.events import TimerKind
from tcptui.core.packet.datagram import IcmpKind
from tcptui.core.packet.segment import FLAG_NAMES
from tcptui.core.rules import Rule
from tcptui.explain.catalogue import use_language
from tcptui.explain.english import sentences
from tcptui.explain.variables import VARIABLES
from tcptui.lab.calls import FUNCTIONS
from tcptui.lab.program import CALLS
from tcptui.sockets.answers import Errno

T = TypeVar("T")
_LETTERS = {code: code + 0xFEE0 for code in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))}


def wide(sentence: str) -> str:
    """The sentence with its placeholders as they are and all other letters wide."""
    parts = []
    for literal, name, _, conversion in Formatter().parse(sentence):
        parts.append(literal.translate(_LETTERS).replace("{", "{{").replace("}", "}}"))
        if name is not None:
            parts.append(f"{{{name}!{conversion}}}" if conversion else f"{{{name}}}")
    return "".join(parts)


LANGUAGE = {key: wide(sentence) for key, sentence in sentences().items()}


def read_wide(function: Callable[[], T]) -> T:
    """What the function gives to a reader of that language."""

    def reader() -> T:
        use_language(LANGUAGE)
        return function()

    return copy_context().run(reader)


def words(text: str) -> set[str]:
    """The words of two letters and more that are not wide."""
    return set(re.findall(r"[A-Za-z]{2,}", text))


PROTOCOL = words(
    "SYN ACK FIN RST PSH URG UDP ICMP RFC MUST SHLD MAY sec OPEN SEND RECEIVE CLOSE ABORT STATUS ACCEPT"
    " CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT CLOSE-WAIT LAST-ACK CLOSING TIME-WAIT ms min"
    " TCP IP IPv4 IPv6 MSS MTU SACK PAWS WS win mss"
) | words(
    " ".join(
        (
            *CALLS,
            *FUNCTIONS,
            *get_args(Errno),
            *get_args(IcmpKind),
            *(name for _, name in FLAG_NAMES),
            *(rule.source for rule in Rule),
            *(variable.name for variable in VARIABLES),
            *(kind.label for kind in TimerKind),
        )
    )
)
"""What stays as it is: control bits, states, calls, errnos, header fields, variables, timers, units, what
ICMP reports, where a rule is written."""
