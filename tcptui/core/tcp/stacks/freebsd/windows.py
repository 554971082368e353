"""How FreeBSD selects the window that it announces: tcp_output() in sys/netinet/tcp_output.c."""

from __future__ import annotations

from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.window import UNSCALED, free_space


def maxseg(tcb: Tcb) -> int:
    """t_maxseg: the MSS with the room for options."""
    return tcb.snd_mss + (TIMESTAMPS_SPACE if tcb.timestamps else 0)


def announced_window(tcb: Tcb) -> int:
    """ "Calculate receive window. Don't shrink window, but avoid silly window syndrome": what is free, unless
    that is little, or what has been announced; rounded up to what the field can say, since 13."""
    free, window = free_space(tcb), tcb.rcv_wnd
    silly = free < tcb.rcv_buff // 4 and free < maxseg(tcb)
    selected = window if free <= window or silly else free
    unit = 1 << tcb.rcv_shift
    return -(-selected // unit) * unit


def update_is_due(tcb: Tcb) -> bool:
    """ "Compare available window to amount of window known to peer": at least two segments that are a part of
    the buffer worth naming, or half of the buffer, and more than the scale hides."""
    free, window, buffer = free_space(tcb), tcb.rcv_wnd, tcb.rcv_buff
    gain = free - window
    if gain <= 0 or free >> tcb.rcv_shift <= window >> tcb.rcv_shift:
        return False
    segment = maxseg(tcb)
    worth_it = gain >= buffer // 4 or free <= buffer // 8 or gain >= UNSCALED << tcb.rcv_shift
    return (gain >= 2 * segment and worth_it) or 2 * gain >= buffer
