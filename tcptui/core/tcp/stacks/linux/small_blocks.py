"""The small blocks in which Linux keeps a connection that has no socket yet, or none any more: the request
socket of SYN-RECEIVED, and the one of TIME-WAIT. Its net/ipv4/tcp_minisocks.c."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stacks.verdict import Action, Verdict
from tcptui.core.tcp.tcb import Tcb


def time_wait(tcb: Tcb, segment: Segment, profile: Profile) -> Verdict:
    """tcp_timewait_state_process(), "Now real TIME-WAIT state"."""
    flags = segment.flags
    old = _paws_rejects(tcb, segment)
    if segment.seq == tcb.rcv_nxt and not old and (flags & RST or not segment.length):
        if not flags & RST:
            return Verdict(Action.IGNORE, restart=True, update_ts_recent=True)
        return Verdict(Action.IGNORE_RST if profile.rfc1337 else Action.DELETE)
    if flags & RST:
        return Verdict(Action.IGNORE)
    fin_again = flags & (FIN | ACK) == FIN | ACK and segment.end == tcb.rcv_nxt and not old
    return Verdict(Action.ACK, old or bool(flags & ACK), fin_again)


def fin_wait_2(tcb: Tcb, segment: Segment) -> Action:
    """tcp_timewait_state_process(), tw_substate TCP_FIN_WAIT2: no ACK number is looked at."""
    flags, end = segment.flags, segment.end
    if _paws_rejects(tcb, segment) or not in_window(tcb, segment):
        return Action.ACK
    if flags & RST:
        return Action.DELETE
    if flags & SYN and le(tcb.rcv_nxt, segment.seq):
        return Action.RESET
    if not flags & ACK or not segment.length:
        return Action.IGNORE
    if not flags & FIN or end != seq_add(tcb.rcv_nxt, 1):
        return Action.RESET
    return Action.TAKE_FIN


def _paws_rejects(tcb: Tcb, segment: Segment) -> bool:
    """tcp_paws_reject(); a RST is not tested."""
    if segment.flags & RST or not tcb.timestamps:
        return False
    times = read_timestamps(segment)
    return times is not None and lt(times[0], tcb.ts_recent)


def in_window(tcb: Tcb, segment: Segment) -> bool:
    """tcpin_window()"""
    right = seq_add(tcb.rcv_nxt, tcb.rcv_wnd)
    if segment.seq == tcb.rcv_nxt or (segment.seq == right and not segment.length):
        return True
    return lt(tcb.rcv_nxt, segment.end) and lt(segment.seq, right)
