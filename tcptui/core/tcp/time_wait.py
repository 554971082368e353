"""When a SYN that meets TIME-WAIT can only belong to a new connection (RFC 9293 MAY-2, RFC 6191)."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, RST, SYN, Segment
from tcptui.core.packet.seq import lt
from tcptui.core.tcp.tcb import Tcb


def is_newer(old: Tcb, syn: Segment) -> bool:
    """Whether timestamp or sequence number prove that `syn` was sent after all of the old connection."""
    if syn.flags & (SYN | ACK | RST) != SYN:
        return False
    times = read_timestamps(syn)
    if old.timestamps and times is not None and times[0] != old.ts_recent:
        return lt(old.ts_recent, times[0])
    return lt(old.rcv_nxt, syn.seq)
