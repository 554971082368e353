"""The user calls of RFC 9293 section 3.9.1 as values; what each does is in `user_calls`.

A module of values alone, so that whoever writes programs down (a scenario, a request to a socket) loads no
TCP to do so.
"""

from __future__ import annotations

from typing import TypeAlias

from tcptui.core.packet.segment import Socket
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.named_tuple import NamedTuple


class Open(NamedTuple):
    """OPEN: active to `remote`, or passive, for any peer if `remote` is None (3.9.1.1)."""

    local: Socket
    remote: Socket | None = None
    passive: bool = False
    backlog: int | None = None
    """With a number, a passive OPEN stays in LISTEN, and every peer gets a connection of its own, to be taken
    by ACCEPT; so many may wait. None: the OPEN's own block becomes the connection."""
    settings: Settings = NO_SETTINGS


class Accept(NamedTuple):
    """Takes the connection that has waited longest at a listener; its name is in `Returned`."""

    connection: int


class Configure(NamedTuple):
    """Other settings for a connection from here on."""

    connection: int
    settings: Settings
    backlog: int | None = None
    """Of a listener that was opened with one: another; None: as it is."""
    quickack: int | None = None
    """TCP_QUICKACK of a connection: 0, ACKs wait for data; odd, they do not; another even number: only one
    that waits now does not; None: as it is."""


class Send(NamedTuple):
    """SEND: `data` is put in order behind what was given before (3.9.1.2)."""

    connection: int
    data: bytes
    urgent: bool = False
    """The data up to its end is urgent (MUST-30)."""
    more: bool = False
    """MSG_MORE: the next SEND follows soon, and less than a full segment waits for it."""


class Receive(NamedTuple):
    """RECEIVE: up to so many octets; it waits until there are any (3.9.1.3)."""

    connection: int
    octets: int = 65_535


class Close(NamedTuple):
    """ "I have no more to send"; with `half_duplex` also "nor shall I read" (3.6.1, MAY-1)."""

    connection: int
    half_duplex: bool = False


class Abort(NamedTuple):
    """ABORT: everything is given up at once, and the peer gets a RST (3.9.1.6)."""

    connection: int


class Status(NamedTuple):
    """STATUS: only whether there is such a connection. What 3.9.1.5 has it return is in `Stack.status`."""

    connection: int


Call: TypeAlias = Open | Accept | Configure | Send | Receive | Close | Abort | Status
"""A call of RFC 9293 section 3.9.1; `connection` is the local connection name."""
