"""Wrong arguments of a `Stack` are refused before anything changes: ValueError or TypeError, in one line.

What a peer may do wrong is no matter of this module: a segment whose numbers fit their fields is answered or
dropped, whatever stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import get_args

from tcptui.core.packet.segment import Option, Segment, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.calls import Call, Configure, Open, Receive, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.unreachable import Unreachable

_CALLS = get_args(Call)
_LONGEST_SECRET = 64
"""Octets that BLAKE2b takes as a key."""
_LARGEST_INT = (1 << 31) - 1
"""What setsockopt() can pass."""
_SETTINGS = (
    ("receive_buffer", 1, _LARGEST_INT),
    ("send_buffer", 1, _LARGEST_INT),
    ("mss", 1, 0xFFFF),
    ("keep_idle", 1, None),
    ("keep_interval", 1, None),
    ("keep_count", 1, None),
    ("user_timeout", 0, None),
    ("fin_wait_2_timeout", 0, None),
    ("open_timeout", 1, None),
    ("syn_retries", 0, None),
    ("defer_accept", 0, 0xFF),
    ("notsent_lowat", 0, None),
)
"""The settings that are numbers, and the least and the most of each."""
_SWITCHES = ("no_delay", "cork", "keep_alive", "no_options", "pingpong", "reads_no_more")
"""The settings that are on or off."""


def is_single_host(remote: Socket, net_0: bool = True) -> bool:
    """Whether an address is one host's (MUST-46, MUST-57): no multicast, broadcast or unspecified one. Of
    0.0.0.0/8, which `net_0` allows, a host has one only until it knows its own (RFC 1122 3.2.1.3)."""
    return _is_single(remote.host) and (net_0 or not remote.host.startswith("0."))


def may_arrive(segment: Segment, net_0: bool) -> bool:
    """Whether a segment that is for no connection has two hosts' addresses (MUST-57, MUST-63), the source
    none of 127.0.0.0/8 but within a host (RFC 1122 3.2.1.3)."""
    remote, local = segment.src, segment.dst
    if not (is_single_host(remote, net_0) and is_single_host(local)):
        return False
    return not _is_loopback(remote.host) or _is_loopback(local.host)


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


@lru_cache(maxsize=256)
def _is_single(host: str) -> bool:
    """Cached: each segment for no connection asks for both its addresses, and they are few."""
    address = ip_address(host)
    return not (address.is_multicast or address.is_unspecified or host == "255.255.255.255")


def check_stack(profile: Profile, isns: Iterable[int], secret: bytes) -> tuple[int, ...]:
    """The initial sequence numbers, if these can be a stack's."""
    if not isinstance(profile, Profile):
        raise TypeError(f"profile: {_shown(profile)} is no Profile")
    numbers = tuple(isns)
    for number in numbers:
        _check_number("isns", number, MASK)
    if not isinstance(secret, bytes):
        raise TypeError(f"secret: {_shown(secret)} is no bytes")
    if not 1 <= len(secret) <= _LONGEST_SECRET:
        raise ValueError(f"secret: {len(secret)} octets are not 1 to {_LONGEST_SECRET}")
    return numbers


def refuse_now(now: int, before: int | None) -> None:
    """Time is a whole number of microseconds, and does not go back."""
    if type(now) is not int:
        raise TypeError(f"now: {_shown(now)} is no whole number of microseconds")
    raise ValueError(f"now: {now} is before {before}, when the last step was")


def check_call(call: Call) -> None:
    """A user call whose fields can be what they are called."""
    if type(call) not in _CALLS:
        raise TypeError(f"call: {_shown(call)} is none of calls.Open, calls.Send and the others")
    if isinstance(call, Open):
        _check_open(call)
        return
    if type(call.connection) is not int:
        raise TypeError(f"connection: {_shown(call.connection)} is no local connection name")
    if isinstance(call, Send):
        if not isinstance(call.data, bytes):
            raise TypeError(f"data: {_shown(call.data)} is no bytes")
    elif isinstance(call, Receive):
        _check_number("octets", call.octets, None)
    elif isinstance(call, Configure):
        _check_settings(call.settings)
        _check_backlog(call.backlog)
        _check_number("quickack", call.quickack or 0, MASK)


def check_error(error: IcmpError) -> None:
    """An ICMP error whose fields can be what they are called; the MTU is of 32 bits (RFC 4443 3.2)."""
    if not isinstance(error, IcmpError):
        raise TypeError(f"error: {type(error).__name__} is no IcmpError")
    if not isinstance(error.kind, Unreachable):
        raise TypeError(f"kind: {_shown(error.kind)} is no Unreachable")
    _check_socket("local", error.local)
    _check_socket("remote", error.remote)
    _check_number("seq", error.seq, MASK)
    _check_number("mtu", error.mtu, MASK)


def check_numbers(segment: Segment) -> None:
    """A segment whose numbers fit the fields of a header. Every one that arrives is asked, so all in one."""
    try:
        _, _, seq, ack, flags, wnd, data, options, up = segment
        fit = not ((seq | ack) >> 32 or (wnd | up) >> 16 or flags >> 8) and type(data) is bytes
        if fit and (not options or _are_options(options)):
            return
    except (TypeError, ValueError):
        pass
    _refuse_numbers(segment)


def check_sockets(segment: Segment) -> None:
    """A segment whose sockets are two; those of a connection are known to be."""
    _check_socket("src", segment.src)
    _check_socket("dst", segment.dst)
    if (":" in segment.src.host) != (":" in segment.dst.host):
        raise ValueError(f"src: {segment.src} and {segment.dst} are not of one IP version")


def _refuse_numbers(segment: Segment) -> None:
    if not isinstance(segment, Segment):
        raise TypeError(f"segment: {_shown(segment)} is no Segment")
    for name, most in (("seq", MASK), ("ack", MASK), ("flags", 0xFF), ("wnd", 0xFFFF), ("up", 0xFFFF)):
        _check_number(name, getattr(segment, name), most)
    if type(segment.data) is not bytes:
        raise TypeError(f"data: {_shown(segment.data)} is no bytes")
    raise TypeError(f"options: {_shown(segment.options)} are no tuple of Option")


def _are_options(options: object) -> bool:
    """Whether these can stand in a segment: whatever is in their octets is a matter of who reads them."""
    if not isinstance(options, tuple):
        return False
    for one in options:
        if not isinstance(one, Option):
            return False
        kind, data = one
        if type(kind) is not int or kind >> 8 or type(data) is not bytes:
            return False
    return True


def _check_open(call: Open) -> None:
    _check_socket("local", call.local)
    if call.remote is not None:
        _check_socket("remote", call.remote)
        mixed = (":" in call.local.host) != (":" in call.remote.host)
        if mixed and is_single_host(call.remote):
            raise ValueError(f"remote: {call.remote} and {call.local} are not of one IP version")
    _check_backlog(call.backlog)
    _check_settings(call.settings)


def _check_socket(name: str, socket: Socket) -> None:
    if not isinstance(socket, Socket):
        raise TypeError(f"{name}: {_shown(socket)} is no Socket")
    if not isinstance(socket.host, str):
        raise TypeError(f"{name}.host: {_shown(socket.host)} is no text")
    try:
        _is_single(socket.host)
    except ValueError:
        raise ValueError(f"{name}.host: {_shown(socket.host)} is no IPv4 or IPv6 address") from None
    _check_number(f"{name}.port", socket.port, 0xFFFF)


def _check_settings(settings: Settings) -> None:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings: {_shown(settings)} is no Settings")
    if settings is NO_SETTINGS:
        return
    for name, least, most in _SETTINGS:
        number = getattr(settings, name)
        if number is not None:
            _check_number(f"settings.{name}", number, most, least)
    for name in _SWITCHES:
        if type(getattr(settings, name)) is not bool:
            raise TypeError(f"settings.{name}: {_shown(getattr(settings, name))} is no True or False")


def _check_backlog(backlog: int | None) -> None:
    """Any number will do: POSIX' listen() takes less than 0, too."""
    if backlog is not None and type(backlog) is not int:
        raise TypeError(f"backlog: {_shown(backlog)} is no whole number")


def _check_number(name: str, number: int, most: int | None, least: int = 0) -> None:
    if type(number) is not int:
        raise TypeError(f"{name}: {_shown(number)} is no whole number")
    if number < least or (most is not None and number > most):
        limit = f"{least} or more" if most is None else f"{least} to {most}"
        raise ValueError(f"{name}: {number} is not {limit}")


def _shown(value: object) -> str:
    """A value as a message quotes it: not the whole of a long one."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
