"""A third party's segment: any header, any option, from any address, as often as is wanted.

A third party is neither of the two hosts: an attacker with a forged source address (RFC 5961), another host,
or the network itself, which delivers an old duplicate (RFC 9293 section 3.4.1). Its numbers are raw, or
relative to one of the connections that have been (`connection.opened_after`). `third_party_text` has the
syntax.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from tcptui.core.packet.options import Block, Offer, data_options, syn_layout
from tcptui.core.packet.segment import HOP_LIMIT, SYN, Option, Segment, Socket
from tcptui.core.packet.seq import seq_add
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.lab.connection import Connection
from tcptui.lab.wire import BadMove, Side, WireAct
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.tcp.stack import Stack

LONGEST_DATA = 65_495
"""Octets of data that one ``send``, or a third party's segment, may carry."""
MOST_TIMES = 1_000
"""How often one segment may be repeated."""


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
    """The connection between these sockets that its numbers are of, 1 for the first; 0: the latest."""
    old: bool = False
    """The network has kept it: it is no forged one."""

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
    options = options_of(move.flags, move.offer, blocks)
    segment = Segment(src, dst, seq, ack, move.flags, move.wnd, move.data, options, move.up)
    return segment, connection if connection is not None and connection.holds(segment) else None


def is_within(syn: Segment, stack: Stack) -> bool:
    """Whether a SYN begins no connection, for at the receiver, which has `stack`, there is one between these
    sockets (RFC 5961 section 4)."""
    pair = (syn.dst, syn.src)
    open_pairs = {
        (tcb.local, tcb.remote)
        for tcb in stack.tcbs()
        if tcb.state in SYNCHRONIZED and tcb.state is not State.TIME_WAIT
    }
    return pair in open_pairs


def check_sockets(move: Inject, own: Socket, other: Socket) -> None:
    """BadMove if the receiver, whose socket is `own`, can get nothing from where it is to come."""
    src = move.src or other
    if src.host == own.host or ip_address(src.host).version != ip_address(own.host).version:
        raise BadMove("error.move.from", src=str(src), host=own.host)


def acts_of(move: Inject, number: int, other: Socket) -> tuple[WireAct, ...]:
    """What there is to say of #`number`, which it is, beside its header: neither of a segment in the name of
    the other end, whose socket is `other`."""
    if move.old:
        return (WireAct(number, "old", move.of),)
    src = move.src or other
    return () if src == other else (WireAct(number, "third party", 0, str(src)),)


def options_of(flags: int, offer: Offer, blocks: Iterable[Block]) -> tuple[Option, ...]:
    """In the order in which Linux writes them."""
    if flags & SYN or offer[:3] != Offer()[:3]:
        return (*syn_layout(offer, "linux"), *data_options(None, blocks))
    return data_options(offer.timestamps, blocks)
