"""How Linux selects the window that it announces: __tcp_select_window() in net/ipv4/tcp_output.c."""

from __future__ import annotations

from tcptui.core.packet.seq import distance
from tcptui.core.tcp.tcb import Tcb


def window_of_free_space(tcb: Tcb, free: int) -> int:
    """__tcp_select_window(): whole segments, or what is free where the window is scaled."""
    mss = min(tcb.snd_mss, tcb.rcv_buff)
    if free < tcb.rcv_buff // 2 and free < mss:
        return 0
    if tcb.rcv_shift:
        return free
    offered = tcb.rcv_wnd + distance(tcb.last_ack_sent, tcb.rcv_nxt)
    return offered if free - mss < offered <= free else free - free % mss
