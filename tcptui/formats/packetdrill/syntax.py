"""What a packetdrill script says, as immutable values: options, commands, events and their parts.

Nothing here reads text or runs anything. Times are microseconds; the tuples compare by value and not by
type, so tell expressions apart with `isinstance`.
"""

from __future__ import annotations

from typing import Literal

from tcptui.core.message import MessageError
from tcptui.enumeration import Enum
from tcptui.named_tuple import NamedTuple


class BadScript(MessageError):
    """A text that is no script; the message begins with ``file:line:column:``."""


# Expressions, in the arguments and the result of a call.


class Mark(Enum):
    """An expression that stands for no value of its own."""

    NOT_GIVEN = "..."
    """An argument left to whoever runs the script, or memory whose content does not matter."""
    ANY = "?"
    """A result that is not checked."""


class Number(NamedTuple):
    """An integer, from -(2^64-1) to 2^64-1."""

    value: int


class Name(NamedTuple):
    """A constant by its name: ``AF_INET``."""

    name: str


class String(NamedTuple):
    """Quoted text, as octets with its escapes resolved."""

    octets: bytes
    more: bool = False
    """Whether ``...`` follows: only the beginning is told."""


class Array(NamedTuple):
    """``[a, b]``"""

    items: tuple[Expression, ...]


class Field(NamedTuple):
    """``name = value`` or ``name(argument) = value`` in a struct; without a name, a value by its position."""

    name: str | None
    value: Expression
    argument: Expression | None = None


class Struct(NamedTuple):
    """``{a = 1, b = 2}``"""

    fields: tuple[Field, ...]


class Applied(NamedTuple):
    """``htons(8080)``"""

    name: str
    args: tuple[Expression, ...]


class Prefixed(NamedTuple):
    """An operator before its operand: ``&sin6_addr``."""

    operator: str
    """``-``, ``~`` or ``&``."""
    operand: Expression


class BitOr(NamedTuple):
    """``A|B|C``: two operands or more."""

    operands: tuple[Expression, ...]


Expression = Mark | Number | Name | String | Array | Struct | Applied | Prefixed | BitOr


# When an event happens.


class TimeKind(Enum):
    """From where an event's time counts."""

    ABSOLUTE = "T"
    """From the start of the script."""
    RELATIVE = "+T"
    """From the event before."""
    ANY = "*"
    """Any time after the event before."""


class EventTime(NamedTuple):
    """A moment, or with `latest` a range, in microseconds; 0 and None where the kind is ANY."""

    kind: TimeKind
    earliest: int = 0
    latest: int | None = None


# Segments.

AE = 0x100
"""The control bit left of CWR: Accurate ECN (RFC 9768 section 3.1). The others are in `core.segment`."""

FLAG_LETTERS = (
    ("F", 0x01), ("S", 0x02), ("R", 0x04), ("P", 0x08), ("U", 0x20), ("E", 0x40), ("W", 0x80), ("A", AE),
    (".", 0x10),
)  # fmt: skip
"""The letters of the control bits, in the order in which they are written."""

Direction = Literal["<", ">"]
INBOUND: Direction = "<"
"""Into the stack under test."""
OUTBOUND: Direction = ">"
"""What the stack under test is expected to send."""


class TcpOption(NamedTuple):
    """One TCP option in the script's words: its name, then its numbers in the order in which they stand.

    ``mss`` octets; ``wscale`` shift count; ``sackOK``; ``sack`` left and right edges by turns; ``TS`` TSval
    and TSecr, with the `text` ``!`` where TSecr is meant as it stands; ``ECN`` the counters named in `text`;
    ``nop``; ``eol``. A number that is None is not checked.
    `text` holds the hexadecimal octets, or the word that stands for them, of ``FO``, ``FOEXP``, ``md5``,
    ``exp-NAME`` and ``unknown-KIND``, and what stands behind the name of an option of Multipath TCP.
    """

    name: str
    numbers: tuple[int | None, ...] = ()
    text: str = ""


class IpItem(NamedTuple):
    """A part of the IP header before a segment: ``ect0``, ``tos 0x10``, ``ttl 64``."""

    name: str
    value: int | None = None


class SegmentSpec(NamedTuple):
    """A TCP segment as a script writes it; sequence numbers are the script's own, modulo 2^32."""

    direction: Direction
    flags: int
    """Control bits as in `core.segment`, and `AE`."""
    seq: int | None
    """None: not checked."""
    length: int
    """Octets of data; SYN and FIN do not count."""
    ack: int | None = None
    window: int | None = None
    """The raw 16-bit field; None: not checked. Never None where the direction is INBOUND."""
    urgent: int | None = None
    options: tuple[TcpOption, ...] | None = ()
    """None: not checked, which is never so where the direction is INBOUND; (): there are none."""
    source_port: int | None = None
    destination_port: int | None = None
    ip: tuple[IpItem, ...] = ()
    encapsulation: tuple[str, ...] = ()
    """Headers around the segment, outermost first, each as its text without the colon."""
    absolute_seq: bool = False
    """``0:0(0)!``: the sequence number is not relative to the initial one."""
    absolute_ack: bool = False
    """``ack 1!``: nor is the acknowledgment number."""
    descriptor: int | None = None
    """``sock(4)``: of the socket whose connection it belongs to."""


# Events.


class SegmentEvent(NamedTuple):
    """A TCP segment goes in, or must come out."""

    line: int
    time: EventTime
    segment: SegmentSpec


class Quoted(NamedTuple):
    """What an ICMP message quotes: ``[1:1461(1460)]`` or ``[udp (1000)]``."""

    protocol: str
    length: int
    seq: int | None = None
    flags: int | None = None


class IcmpEvent(NamedTuple):
    """``icmp type [code] [mtu octets] [quoted]``"""

    line: int
    time: EventTime
    direction: Direction
    type: str
    code: str | None = None
    mtu: int | None = None
    quoted: Quoted | None = None
    ip: tuple[IpItem, ...] = ()


class UdpEvent(NamedTuple):
    """``udp [port > port] (octets)``"""

    line: int
    time: EventTime
    direction: Direction
    length: int
    source_port: int | None = None
    destination_port: int | None = None
    ip: tuple[IpItem, ...] = ()


class OtherPacketEvent(NamedTuple):
    """A packet of a protocol that is only read over: its name and its text."""

    line: int
    time: EventTime
    direction: Direction
    protocol: str
    text: str


class CallEvent(NamedTuple):
    """``name(args) = result [errno] [(note)]``"""

    line: int
    time: EventTime
    name: str
    args: tuple[Expression, ...]
    result: Expression
    errno: str | None = None
    note: str | None = None
    end: int | None = None
    """A call that blocks: until when, counted from where `time` counts from."""


class CommandEvent(NamedTuple):
    """A shell command, between back quotes."""

    line: int
    time: EventTime
    text: str


class AssertEvent(NamedTuple):
    """Python between ``%{`` and ``}%``, as it stands."""

    line: int
    time: EventTime
    text: str


Event = SegmentEvent | IcmpEvent | UdpEvent | OtherPacketEvent | CallEvent | CommandEvent | AssertEvent


class ScriptOption(NamedTuple):
    """``--name=value``, or ``--name`` alone with the value None."""

    line: int
    name: str
    value: str | None


class Command(NamedTuple):
    """A shell command without a time."""

    line: int
    text: str


class Script(NamedTuple):
    """A whole script: what stands before the first event, the events, and the commands after the last."""

    file: str
    options: tuple[ScriptOption, ...]
    init: tuple[Command, ...]
    events: tuple[Event, ...]
    cleanup: tuple[Command, ...]
