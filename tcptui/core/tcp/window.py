"""The receive window: the room that there is, and what the header's field says of it (RFC 9293 3.8.6).

Which window is announced is the stack's choice: `stacks`, "Window selection". What the peer's window allows
to be sent is `send`'s.
"""

from __future__ import annotations

from tcptui.core.tcp.tcb import Tcb

UNSCALED = 65_535
"""The largest window that the header's field can say."""


def free_space(tcb: Tcb) -> int:
    """Octets of the receive buffer that are free, at most what the field can say: Linux' tcp_space()."""
    free = tcb.rcv_buff - len(tcb.receive_buffer)
    most = UNSCALED << tcb.rcv_shift
    return most if most < free else free


def field(tcb: Tcb) -> int:
    """RCV.WND as the 16 bits of a segment without SYN say it (RFC 7323 2.3)."""
    # The limit first: where both are equal, as most often, all segments then have the same number.
    return min(UNSCALED, tcb.rcv_wnd >> tcb.rcv_shift)
