"""The window that a connection announces: how it follows the buffer, and when a change is worth an ACK.

RFC 9293 section 3.8.6, with the receiver's side of silly window avoidance (MUST-39). What the peer's window
lets us send is `output`'s.
"""

from __future__ import annotations

from tcptui.core.packet.seq import distance
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.tcb import Tcb

UNSCALED = 65_535
"""The largest window that the header's field can say."""
_WORTH_GROWING = 128
"""Octets of text that make Linux announce more."""


def first_window(tcb: Tcb, profile: Profile, mss: int) -> int:
    """What a SYN announces; it is never scaled (RFC 7323 2.2). `mss` is the text we take in a segment."""
    window = tcb.rcv_buff
    if profile.window_style == "linux" and window > mss:
        window -= window % mss  # tcp_select_initial_window()
    return min(window, UNSCALED if profile.first_window is None else profile.first_window)


def grow(tcb: Tcb, octets: int, profile: Profile) -> None:
    """Linux's tcp_grow_window(): with what arrives, more may be announced."""
    if profile.window_style == "linux" and octets >= _WORTH_GROWING and tcb.rcv_ssthresh < tcb.rcv_buff:
        tcb.rcv_ssthresh = min(tcb.rcv_ssthresh + 2 * tcb.snd_mss, tcb.rcv_buff)


def next_window(tcb: Tcb, profile: Profile) -> int:
    """RCV.WND as the next ACK may announce it. Its right edge is never taken back (SHLD-14).

    Linux rounds a scaled one up to what the field can say, others say less than they would take.
    """
    free = tcb.rcv_buff - len(tcb.receive_buffer)
    most = UNSCALED << tcb.rcv_shift
    if tcb.rcv_ssthresh < most:
        most = tcb.rcv_ssthresh
    if free > most:
        free = most
    window = tcb.rcv_wnd
    if free > window:
        window = _unrounded(tcb, profile, free)
    if not tcb.rcv_shift or profile.window_style != "linux":
        return window
    unit = 1 << tcb.rcv_shift
    rounded = -(-window // unit) * unit
    # Not beyond the room there is, or it would creep on with every octet that nobody reads.
    return rounded if rounded - unit < free else window


def _unrounded(tcb: Tcb, profile: Profile, free: int) -> int:
    """The next window where `free` octets of the buffer are more than the window takes."""
    window = tcb.rcv_wnd
    style = profile.window_style
    if style == "sws":
        # 3.8.6.2.2: the edge stays until RCV.BUFF - RCV.USER - RCV.WND >= min(Fr * RCV.BUFF, Eff.snd.MSS).
        gain = free - window
        return free if gain >= tcb.snd_mss or 2 * gain >= tcb.rcv_buff - 1 else window
    if style == "bsd":
        silly = free < tcb.rcv_buff // 4 and free < tcb.snd_mss
        return window if silly else free
    return max(window, _linux_window(tcb, free))


def field(tcb: Tcb) -> int:
    """RCV.WND as the 16 bits of a segment without SYN say it (RFC 7323 2.3)."""
    return min(tcb.rcv_wnd >> tcb.rcv_shift, UNSCALED)


def window_update_due(tcb: Tcb, profile: Profile) -> bool:
    """Whether the application's reading has opened the window so far that the peer should hear of it."""
    window, opened = tcb.rcv_wnd, next_window(tcb, profile)
    gain = opened - window
    if gain <= 0:
        return False
    buffer = tcb.rcv_buff
    if profile.window_style == "linux":
        return 2 * window <= buffer and opened >= 2 * window
    if profile.window_style == "bsd":
        whole = gain >= 2 * tcb.snd_mss and (gain >= buffer // 4 or window <= buffer // 8)
        return whole or 2 * gain >= buffer
    return window < tcb.snd_mss or 2 * gain >= buffer


def _linux_window(tcb: Tcb, free: int) -> int:
    """__tcp_select_window() of Linux: whole segments, or what is free where the window is scaled."""
    mss = min(tcb.snd_mss, tcb.rcv_buff)
    if free < tcb.rcv_buff // 2 and free < mss:
        return 0
    if tcb.rcv_shift:
        return free
    offered = tcb.rcv_wnd + distance(tcb.last_ack_sent, tcb.rcv_nxt)
    return offered if free - mss < offered <= free else free - free % mss
