"""The small blocks in which Linux keeps a connection that has no socket yet, or none any more: the request
socket of SYN-RECEIVED, and the one of TIME-WAIT. Its net/ipv4/tcp_minisocks.c."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stacks.linux.timestamps import echoes_syn_ack, paws_rejects
from tcptui.core.tcp.stacks.verdict import Action, HalfOpen, Verdict
from tcptui.core.tcp.tcb import Tcb


def request_socket(tcb: Tcb, segment: Segment, now: int) -> HalfOpen:
    """tcp_check_req(): the ACK is looked at first, but that of a RST; then the timestamps, and of a RST too;
    a SYN in the window is the end ("embryonic_reset"). All else is the RFC's checks."""
    flags = segment.flags
    if flags & (RST | ACK) == ACK and segment.ack != tcb.snd_nxt:
        return HalfOpen.BAD_ACK
    times = read_timestamps(segment) if tcb.timestamps else None
    if times is not None:
        if paws_rejects(tcb, times[0], now, bool(flags & RST)):
            return HalfOpen.OLD_TIMESTAMP
        repeated = flags & (SYN | RST | ACK) == SYN and segment.seq == tcb.irs
        if not repeated and not echoes_syn_ack(tcb, times[1]):
            return HalfOpen.WRONG_ECHO
    on_syn = segment.seq == tcb.irs  # "Truncate SYN, it is out of window".
    inside = flags & (SYN | RST) == SYN and not on_syn and in_window(tcb, segment)
    return HalfOpen.RESET if inside else HalfOpen.CHECKS


def time_wait(tcb: Tcb, segment: Segment, profile: Profile, now: int) -> Verdict:
    """tcp_timewait_state_process(), "Now real TIME-WAIT state"."""
    flags = segment.flags
    old = _paws_rejects(tcb, segment, now)
    if segment.seq == tcb.rcv_nxt and not old and (flags & RST or not segment.length):
        if not flags & RST:
            return Verdict(Action.IGNORE, restart=True, update_ts_recent=True)
        return Verdict(Action.IGNORE_RST if profile.rfc1337 else Action.DELETE)
    if flags & RST:
        return Verdict(Action.IGNORE)
    fin_again = flags & (FIN | ACK) == FIN | ACK and segment.end == tcb.rcv_nxt and not old
    # TCP_TW_SYN, and nobody listens: tcp_v4_rcv() goes on to its TCP_TW_ACK.
    newer = flags & (SYN | ACK) == SYN and not old and _is_newer(tcb, segment)
    return Verdict(Action.ACK, old or bool(flags & ACK), fin_again, at_once=newer)


def _is_newer(tcb: Tcb, syn: Segment) -> bool:
    """Whether a SYN is newer than all of the connection, by its number or its timestamp."""
    times = read_timestamps(syn) if tcb.timestamps else None
    return lt(tcb.rcv_nxt, syn.seq) or (times is not None and lt(tcb.ts_recent, times[0]))


def fin_wait_2(tcb: Tcb, segment: Segment, now: int) -> Action:
    """tcp_timewait_state_process(), tw_substate TCP_FIN_WAIT2: no ACK number is looked at."""
    flags, end = segment.flags, segment.end
    if _paws_rejects(tcb, segment, now) or not in_window(tcb, segment):
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


def _paws_rejects(tcb: Tcb, segment: Segment, now: int) -> bool:
    """tcp_paws_reject(), with the RST's exception."""
    times = read_timestamps(segment) if tcb.timestamps else None
    return times is not None and paws_rejects(tcb, times[0], now, bool(segment.flags & RST))


def in_window(tcb: Tcb, segment: Segment) -> bool:
    """tcp_in_window()"""
    right = seq_add(tcb.rcv_nxt, tcb.rcv_wnd)
    if segment.seq == tcb.rcv_nxt or (segment.seq == right and not segment.length):
        return True
    return lt(tcb.rcv_nxt, segment.end) and lt(segment.seq, right)
