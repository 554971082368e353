"""Boxes on the wire: routers that count down the Time to Live, firewalls, and a NAT.

Why it is so. A path does more than lose and delay: it has a number of hops, and a packet whose Time to Live
does not suffice is answered with ICMP; a firewall filters; a NAT translates addresses, and removes a mapping
that was idle for too long, which is why programs send keep-alives of their own. Each is a middlebox (RFC
3234) with a place on the wire, between A and B in the order of the list.

A box is a value, its state (`BoxState`) is another, and `pass_box` is a pure function of both and of the
packet. So a state that has boxes is copied and compared as any other. What boxes do with a segment is
computed when it leaves its sender: the wire's delay is known then, and so is when it is at each box.

| kind | what it does |
|---|---|
| ``router`` | each of its `hops` takes one from the Time to Live; at 0 it discards and answers with ICMP |
| ``firewall`` | what a pattern describes it drops, or refuses with a RST or with ICMP |
| ``nat`` | it puts an address and port of its own in the place of those of one side |
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tcptui.core.packet.datagram import Datagram, IcmpKind, IcmpMessage, PortUnreachable
from tcptui.core.packet.ip_header import encode_packet
from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.lab.packets import packet_of
from tcptui.lab.wire import Payload, Side, WireActName
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact
    from tcptui.lab.patterns import Pattern

ROUTER_ADDRESSES = "192.0.2.{}", "2001:db8:0:1::{}"
"""Of the first hop (RFC 5737, RFC 3849), if nothing else is said."""
NAT_ADDRESSES = "198.51.100.1", "2001:db8:0:2::1"
NAT_FIRST_PORT = 40_000
MOST_HOPS = 30
"""Of one router."""
MOST_BOXES = 7
"""Boxes that may stand on the wire."""
MOST_HOPS_APART = 32
"""Between the addresses of two boxes that are given none."""


class Router(NamedTuple):
    """Some routers in a row."""

    hops: int = 1
    address: str = ""
    """Of the first; each further one has the next."""
    mtu: int = 0
    """Octets of the longest packet that the link behind the last one takes; 0: any. What is longer is
    discarded and answered with ICMP: TCP's packets must not be fragmented (RFC 1191)."""

    def __str__(self) -> str:
        return "router"


class Firewall(NamedTuple):
    """It lets through all but what a pattern describes."""

    pattern: Pattern
    text: str
    """The pattern as it is written."""
    refuses: Literal["", "rst", "icmp", "source quench"] = ""
    """How it answers; empty: not at all."""
    begins: int | None = None
    """From when on, in microseconds; None: from the beginning of the story, not of its prelude."""
    ends: int | None = None
    address: str = ""

    def __str__(self) -> str:
        return "firewall"


class Nat(NamedTuple):
    """It gives what comes from one side an address and port of its own, and back."""

    inside: Side = "A"
    address: str = ""
    idle: int | None = None
    """It forgets a mapping that has not been used for so long, in microseconds; None: never."""
    answers: Literal["", "rst"] = ""
    """How it answers what comes from outside for no mapping."""

    def __str__(self) -> str:
        return "NAT"


Box: TypeAlias = Router | Firewall | Nat
_NEVER = -(1 << 62)


def asleep(box: Box) -> Box:
    """The box as it is in a prelude: a firewall does nothing yet."""
    return box._replace(ends=_NEVER) if isinstance(box, Firewall) else box


def placed(box: Box, place: int, v6: bool) -> Box:
    """The box with an address, if it has none yet; `place` is 0 for the one next to A."""
    if box.address:
        return box
    if isinstance(box, Nat):
        return box._replace(address=NAT_ADDRESSES[v6])
    return box._replace(address=ROUTER_ADDRESSES[v6].format(1 + place * MOST_HOPS_APART))


class Mapping(NamedTuple):
    """One of a NAT's: it is for one connection."""

    inside: Socket
    remote: Socket
    port: int
    """Of the NAT's own address."""
    used: int
    """When it was used last."""


class BoxState(NamedTuple):
    """The state of a box: a firewall's count, a NAT's mappings."""

    matched: int = 0
    """How many segments a firewall's pattern has described."""
    mappings: tuple[Mapping, ...] = ()
    next_port: int = NAT_FIRST_PORT


class PacketAtBox(NamedTuple):
    """A packet at a box."""

    payload: Payload
    ttl: int
    towards: Side
    at: int
    """When, in microseconds."""
    own: bool
    """Whether it has the address of the host on that side."""
    fact: Callable[[], Fact]
    """It as it has left its sender, for a pattern."""


class Verdict(NamedTuple):
    """What a box does with it."""

    payload: Payload | None
    """What goes on; None: nothing does."""
    ttl: int
    act: WireActName | None = None
    name: str = ""
    """For the act: an address, or what was written."""
    answer: Payload | None = None
    """What goes back to where it came from."""


def pass_box(box: Box, state: BoxState, passing: PacketAtBox) -> tuple[Verdict, BoxState]:
    """What a box does with a packet, and its state after that."""
    if isinstance(box, Router):
        return _routed(box, passing), state
    if isinstance(box, Firewall):
        return _filtered(box, state, passing)
    return _translated(box, state, passing)


def box_key(box: Box, state: BoxState, now: int) -> tuple[Any, ...]:
    """What the future depends on: times from now, and no mapping that is forgotten."""
    if isinstance(box, Router):
        return (box,)
    if isinstance(box, Firewall):
        pattern = box.pattern
        times = tuple(None if one is None else max(0, one - now) for one in (box.begins, box.ends))
        at = None if pattern.at is None else max(-1, pattern.at - now)
        return box.text, box.refuses, times, at, pattern.counted(state.matched)
    mappings = tuple(
        (*one[:3], one.used - now if box.idle is not None else 0)
        for one in state.mappings
        if not _is_idle(box, one, now)
    )
    return box, mappings, state.next_port


def reset_of(segment: Segment) -> Segment | None:
    """The RST that refuses a segment, in its receiver's name (RFC 9293 section 3.10.7.1); None for a RST."""
    if segment.flags & RST:
        return None
    if segment.flags & ACK:
        return Segment(segment.dst, segment.src, segment.ack, 0, RST, 0)
    return Segment(segment.dst, segment.src, 0, segment.end, RST | ACK, 0)


def _routed(box: Router, passing: PacketAtBox) -> Verdict:
    first = ip_address(box.address)
    if passing.ttl > box.hops:
        if not box.mtu or len(encode_packet(packet_of(passing.payload))) <= box.mtu:
            return Verdict(passing.payload, passing.ttl - box.hops)
        last = str(type(first)(int(first) + box.hops - 1))
        answer = _icmp("fragmentation needed", last, passing.payload, box.mtu)
        return Verdict(None, 0, "too long", last, answer)
    address = str(type(first)(int(first) + passing.ttl - 1))
    return Verdict(None, 0, "expired", address, _icmp("time exceeded", address, passing.payload))


def _icmp(kind: IcmpKind, address: str, about: Payload, mtu: int = 0) -> Payload | None:
    """No ICMP error is sent about an ICMP error (RFC 1122 section 3.2.2)."""
    return IcmpMessage(kind, address, about, mtu) if isinstance(about, Segment | Datagram) else None


def _filtered(box: Firewall, state: BoxState, passing: PacketAtBox) -> tuple[Verdict, BoxState]:
    at, payload = passing.at, passing.payload
    lets_pass = Verdict(payload, passing.ttl)
    if at < (box.begins or 0) or (box.ends is not None and at >= box.ends):
        return lets_pass, state
    matched, is_meant = box.pattern.count_if(passing.fact(), state.matched)
    state = state._replace(matched=matched)
    if not is_meant:
        return lets_pass, state
    if box.refuses in ("icmp", "source quench"):
        kind: IcmpKind = "source quench" if box.refuses == "source quench" else "administratively prohibited"
        answer = _icmp(kind, box.address, payload)
        return Verdict(None, 0, "refused", box.text, answer), state
    if box.refuses == "rst" and isinstance(payload, Segment):
        return Verdict(None, 0, "refused", box.text, reset_of(payload)), state
    return Verdict(None, 0, "dropped", box.text), state


def _is_idle(box: Nat, mapping: Mapping, at: int) -> bool:
    return box.idle is not None and at - mapping.used > box.idle


def _translated(box: Nat, state: BoxState, passing: PacketAtBox) -> tuple[Verdict, BoxState]:
    mappings = tuple(one for one in state.mappings if not _is_idle(box, one, passing.at))
    state = state._replace(mappings=mappings)
    if passing.towards == box.inside:
        return _from_outside(box, state, passing)
    return _from_inside(box, state, passing)


def _from_inside(box: Nat, state: BoxState, passing: PacketAtBox) -> tuple[Verdict, BoxState]:
    payload = passing.payload
    if not passing.own or not isinstance(payload, Segment | Datagram):
        return Verdict(payload, passing.ttl), state
    inside, remote = payload.src, payload.dst
    known = next((one for one in state.mappings if one[:2] == (inside, remote)), None)
    act: WireActName | None = None
    if known is None:
        known = Mapping(inside, remote, state.next_port, passing.at)
        opens = not isinstance(payload, Segment) or bool(payload.flags & SYN)
        act = "mapped" if opens else "mapped late"
        state = state._replace(mappings=(*state.mappings, known), next_port=state.next_port % 0xFFFF + 1)
    own = Socket(box.address, known.port)
    return (
        Verdict(payload._replace(src=own), passing.ttl, act, str(own)),
        _used(state, known, passing.at),
    )


def _from_outside(box: Nat, state: BoxState, passing: PacketAtBox) -> tuple[Verdict, BoxState]:
    payload = passing.payload
    if not isinstance(payload, Segment | Datagram):
        return _error_from_outside(box, state, passing, payload)
    if payload.dst.host != box.address:
        return Verdict(payload, passing.ttl), state
    for known in state.mappings:
        if known.port == payload.dst.port and known.remote == payload.src:
            verdict = Verdict(payload._replace(dst=known.inside), passing.ttl)
            return verdict, _used(state, known, passing.at)
    answer = reset_of(payload) if box.answers == "rst" and isinstance(payload, Segment) else None
    return Verdict(None, 0, "no mapping", str(payload.dst), answer), state


def _error_from_outside(
    box: Nat, state: BoxState, passing: PacketAtBox, message: IcmpMessage | PortUnreachable
) -> tuple[Verdict, BoxState]:
    """An ICMP error quotes what was translated (RFC 5508 section 4.2)."""
    about = message.about
    for known in state.mappings:
        if about.src == Socket(box.address, known.port) and about.dst == known.remote:
            inner = about._replace(src=known.inside)
            if isinstance(message, IcmpMessage):
                return Verdict(message._replace(about=inner), passing.ttl), state
            if isinstance(inner, Datagram):
                return Verdict(message._replace(about=inner), passing.ttl), state
    return Verdict(message, passing.ttl), state


def _used(state: BoxState, mapping: Mapping, at: int) -> BoxState:
    mappings = tuple(one._replace(used=at) if one == mapping else one for one in state.mappings)
    return state._replace(mappings=mappings)
