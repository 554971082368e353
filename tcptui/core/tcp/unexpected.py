"""Segments that nobody needs, where stacks differ from the letter: duplicates, SYN with FIN, a RST on the
number of the FIN, text for an application that has let go.

The checks that they are exceptions to are in `other_states`; each is a knob of `Profile`.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.packet.seq import le, lt
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb

_S = State
_AFTER_PEERS_FIN = (_S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK)


def drops_syn_fin(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether SYN with FIN has been dropped, as this stack does wherever it comes."""
    profile = step.profile
    if segment.flags & (SYN | FIN) != SYN | FIN or not (
        profile.drop_syn_fin and profile.stray_style == "bsd"
    ):
        return False
    step.rule(tcb, Rule.LISTEN_SYN_FIN_DROPPED)
    step.drop(tcb, segment)
    return True


def drops_rst_with_ack(tcb: Tcb, rst: Segment, step: Step) -> bool:
    """Whether a RST has been dropped: one that answers a SYN,ACK has no ACK (FreeBSD's syncache_chkrst())."""
    half_open = tcb.state is _S.SYN_RECEIVED and tcb.passive
    if not (half_open and rst.flags & ACK and step.profile.stray_style == "bsd"):
        return False
    step.rule(tcb, Rule.TIME_WAIT_IGNORED, seq=rst.seq, len=rst.length, rcv_nxt=tcb.rcv_nxt)
    step.drop(tcb, rst)
    return True


def rst_moved_to_window(tcb: Tcb, rst: Segment, profile: Profile) -> Segment:
    """A RST after the peer's FIN may have the FIN's own number: then it counts as if it had the next one."""
    on_fin = tcb.state in _AFTER_PEERS_FIN and seq_add(rst.seq, 1) == tcb.rcv_nxt
    return rst._replace(seq=tcb.rcv_nxt) if on_fin and profile.closing_style == "linux" else rst


def counts(tcb: Tcb, segment: Segment, profile: Profile) -> bool:
    """Whether ACK and timestamp of a segment left of the window count all the same."""
    if segment.flags & (SYN | RST | ACK) != ACK or not lt(segment.seq, tcb.rcv_nxt):
        return False
    if profile.old_segments_acknowledge and tcb.state is not _S.SYN_RECEIVED:
        return le(segment.end, tcb.rcv_nxt)
    return profile.stray_style == "linux" and segment.end == tcb.rcv_nxt


def note_duplicate(tcb: Tcb, segment: Segment, profile: Profile) -> None:
    """What has come twice, for the next SACK (RFC 2883 4); FreeBSD leaves control bits out."""
    octets = len(segment.data) if profile.stray_style == "bsd" else segment.length
    if octets and tcb.sack and profile.dsack and lt(segment.seq, tcb.rcv_nxt):
        tcb.duplicate = (segment.seq, seq_add(segment.seq, octets))


def answers_old_timestamp(tcb: Tcb, segment: Segment, profile: Profile) -> bool:
    """Whether a segment that PAWS drops (RFC 7323 5.3, R1) draws an ACK."""
    if segment.data or profile.stray_style == "rfc":
        return True
    return profile.stray_style == "linux" and not _is_overtaken_ack(tcb, segment)


def _is_overtaken_ack(tcb: Tcb, segment: Segment) -> bool:
    """Linux's tcp_disordered_ack(): a duplicate ACK that says nothing new, not even of the window, may have
    been overtaken, and is no sign of an old connection."""
    if segment.flags != ACK or (segment.seq, segment.ack) != (tcb.rcv_nxt, tcb.snd_una):
        return False
    window = segment.wnd << tcb.snd_shift
    if segment.seq == tcb.snd_wl1:
        return 0 < window <= tcb.snd_wnd  # tcp_may_update_window()
    return lt(segment.seq, tcb.snd_wl1)


def data_after_close_first(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """FreeBSD asks whether anybody reads in every closing state, and before it asks what fits."""
    if step.profile.closing_style != "bsd" or segment.flags & (SYN | RST) or tcb.state is _S.SYN_RECEIVED:
        return True
    return not _is_new(tcb, segment) or _reset_for_data(tcb, segment, step)


def data_after_close(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """New text for an application that has let go draws a RST: text was lost (3.6.1, SHLD-3)."""
    lost = segment.data or step.profile.closing_style == "linux"
    if not lost or not _is_new(tcb, segment) or tcb.state not in (_S.FIN_WAIT_1, _S.FIN_WAIT_2):
        return True
    return _reset_for_data(tcb, segment, step)


def _is_new(tcb: Tcb, segment: Segment) -> bool:
    """Whether there is text in the segment, or before it, that has not been received."""
    return lt(tcb.rcv_nxt, seq_add(segment.seq, len(segment.data)))


def _reset_for_data(tcb: Tcb, segment: Segment, step: Step) -> bool:
    step.rule(tcb, Rule.DATA_AFTER_CLOSE, len=len(segment.data))
    step.send_reset_for(segment, tcb)
    if not tcb.half_duplex:
        step.signal(tcb, Signal.RESET)
    step.delete(tcb, Response.RESET)
    return False
