"""Errors from below: what an ICMP message about one of our segments does to its connection.

RFC 9293 section 3.9.2.2, with RFC 5927's check that the message is about something that is in flight.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.packet.segment import FIN, PSH, Socket
from tcptui.core.packet.seq import in_window, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.handshake import LEAST_MSS
from tcptui.core.tcp.retransmission import retransmit
from tcptui.core.tcp.send import transmit
from tcptui.core.tcp.stacks.verdict import ErrorEffect
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.named_tuple import NamedTuple

LEAST_MTU, LEAST_MTU_V6 = 68, 1280
"""No path takes less, whatever a message says (RFC 1191 section 3, RFC 8201 section 4)."""


class IcmpError(NamedTuple):
    """An ICMP error, and of the segment that it quotes what tells whose it was."""

    kind: Unreachable
    local: Socket
    remote: Socket
    seq: int
    mtu: int = 0
    """Of the next hop, in octets, with `TOO_BIG`."""


def error_arrives(tcb: Tcb, error: IcmpError, step: Step) -> None:
    """MUST-47, MUST-54 to MUST-56, SHLD-26."""
    if tcb.state is State.LISTEN or not in_window(
        error.seq, tcb.snd_una, (tcb.snd_nxt - tcb.snd_una & 0xFFFFFFFF)
    ):
        step.rule(tcb, Rule.ERROR_NOT_OURS, seq=error.seq, snd_una=tcb.snd_una, snd_nxt=tcb.snd_nxt)
        return
    if error.kind is Unreachable.SOURCE_QUENCH:
        step.rule(tcb, Rule.SOURCE_QUENCH_IGNORED)  # MUST-55
        return
    if error.kind is Unreachable.TOO_BIG:
        _fit_to_path(tcb, error.mtu, step)
        return
    hard = error.kind.hard
    effect = step.hooks.error_effect(tcb, error.kind, step.profile)
    if effect is ErrorEffect.NONE:
        step.rule(tcb, Rule.ERROR_IGNORED)
        return
    tcb.error = error.kind.text
    if effect is ErrorEffect.ENDS:
        step.rule(tcb, Rule.HARD_ERROR if hard else Rule.SOFT_ERROR_ENDS_OPEN)
        step.signal(tcb, Signal.UNREACHABLE)
        step.delete(tcb, Response.UNREACHABLE)
    else:
        step.rule(tcb, Rule.HARD_ERROR_NOTED if hard else Rule.SOFT_ERROR)
        step.signal(tcb, Signal.SOFT_ERROR)


def _fit_to_path(tcb: Tcb, mtu: int, step: Step) -> None:
    """Path MTU discovery (3.7.2, RFC 1191): what is in flight is cut anew and its first piece goes again."""
    headers, least = (60, LEAST_MTU_V6) if ":" in tcb.local.host else (40, LEAST_MTU)
    if not step.hooks.takes_path_mtu(tcb, mtu, headers):
        step.rule(tcb, Rule.PATH_MTU, mtu=mtu, mss=tcb.snd_mss)
        return
    room = max(max(mtu, least) - headers, step.profile.min_snd_mss)
    path_mss = room
    if tcb.timestamps:
        room = max(LEAST_MSS, room - TIMESTAMPS_SPACE)
    step.rule(tcb, Rule.PATH_MTU, mtu=mtu, mss=min(room, tcb.snd_mss))
    if room >= tcb.snd_mss:
        return
    tcb.path_mss, tcb.snd_mss = path_mss, room
    if all(len(entry.data) <= room for entry in tcb.retransmission_queue):
        return  # What is in flight fits, as a SYN does.
    tcb.retransmission_queue = tuple(
        piece for entry in tcb.retransmission_queue for piece in _cut(entry, room)
    )
    retransmit(tcb, step)
    tcb.rtx_next, tcb.rtx_end = tcb.retransmission_queue[0].end, tcb.snd_nxt
    transmit(tcb, step)


def _cut(entry: RetransmissionEntry, octets: int) -> list[RetransmissionEntry]:
    """The same data in pieces; PSH and FIN go with the last."""
    pieces = []
    for at in range(0, max(1, len(entry.data)), octets):
        data = entry.data[at : at + octets]
        last = at + octets >= len(entry.data)
        flags = entry.flags if last else entry.flags & ~(FIN | PSH)
        start = seq_add(entry.seq, at)
        end = entry.end if last else seq_add(start, len(data))
        pieces.append(entry._replace(seq=start, end=end, flags=flags, data=data))
    return pieces
