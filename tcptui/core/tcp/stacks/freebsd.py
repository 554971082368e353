"""What FreeBSD does differently. The functions named are those of its sys/netinet/tcp_*.c."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293, is_new_data
from tcptui.core.tcp.stacks.verdict import Action, Paws, Verdict
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.window import free_space


class FreeBSD(Rfc9293):
    """FreeBSD 14."""

    __slots__ = ()

    # Opening.

    def takes_net_0(self) -> bool:
        """tcp_input(), "Do not respond to multicast or broadcast": no more is asked of a source."""
        return True

    def known_syn_draws_ack(self) -> bool:
        """tcp_do_segment(): in SYN-RECEIVED the SYN is trimmed off with TF_ACKNOW set."""
        return True

    def drops_syn_fin(self, state: State, profile: Profile) -> bool:
        """tcp_input(): net.inet.tcp.drop_synfin is asked before the state."""
        return profile.drop_syn_fin

    def drops_rst(self, tcb: Tcb, rst: Segment) -> bool:
        """syncache_chkrst(): one that answers a SYN,ACK has no ACK."""
        return tcb.half_open and bool(rst.flags & ACK)

    # Closing.

    def close_waits(self, tcb: Tcb, half_duplex: bool) -> bool:
        """tcp_usrclosed(): before ESTABLISHED it sets TF_NEEDFIN."""
        return tcb.state in (State.SYN_SENT, State.SYN_RECEIVED) and not half_duplex

    def close_deletes(self, tcb: Tcb, half_duplex: bool) -> bool:
        """tcp_disconnect(): before ESTABLISHED, close() calls tcp_close()."""
        forgotten = tcb.state is State.SYN_RECEIVED and half_duplex
        return forgotten or super().close_deletes(tcb, half_duplex)

    def abort_deletes(self, tcb: Tcb, unread: bool = False) -> bool:
        """tcp_drop(): TCPS_HAVERCVDSYN() draws a RST, but a half-open connection is in the syncache."""
        return tcb.state in (State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED, State.TIME_WAIT)

    def syn_ends_time_wait(self) -> bool:
        """tcp_twcheck(): tcp_twclose(), and then tcp_input() looks for who listens (findpcb)."""
        return True

    def time_wait_input(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> Verdict | None:
        """tcp_twcheck(): what has no ACK is dropped, and only the ACK that is expected has no answer."""
        if tcb.state is not State.TIME_WAIT:
            return None
        flags = segment.flags
        if flags & RST and profile.rfc1337:
            return Verdict(Action.IGNORE_RST)
        if flags & RST and segment.seq == tcb.rcv_nxt:
            return Verdict(Action.DELETE)
        if flags & RST or not flags & ACK:
            return Verdict(Action.IGNORE)
        if tcb.timestamps and profile.missing_timestamp_drops and read_timestamps(segment) is None:
            return Verdict(Action.NO_TIMESTAMP)
        fin_again = bool(flags & FIN) and segment.end == tcb.rcv_nxt
        expected = (ACK, tcb.rcv_nxt, tcb.snd_nxt, b"")
        met = (flags, segment.seq, segment.ack, segment.data) == expected
        return Verdict(Action.IGNORE if met else Action.ACK, fin_again, fin_again)

    def refuses_data_first(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_do_segment(): "If new data are received on a connection after the user processes are gone, then
        RST the other end", in every closing state and before the window is looked at."""
        synchronized = not segment.flags & (SYN | RST) and tcb.state is not State.SYN_RECEIVED
        return synchronized and is_new_data(tcb, segment)

    def urgent_passes_nagle(self) -> bool:
        """tcp_output(): "Send if we owe the peer an ACK, RST, SYN, or urgent data"."""
        return True

    def acknowledges_fin_again(self) -> bool:
        """tcp_do_segment(): TF_ACKNOW is set only where TCPS_HAVERCVDFIN() does not hold."""
        return False

    # Old duplicates.

    def check_timestamp(self, tcb: Tcb, segment: Segment, tsval: int, now: int) -> Paws:
        """tcp_do_segment(), RFC 1323 PAWS: dropafterack with data, drop without."""
        paws = super().check_timestamp(tcb, segment, tsval, now)
        return Paws.SILENT if paws is Paws.ANSWERED and not segment.data else paws

    def duplicate_length(self, segment: Segment) -> int:
        """tcp_update_sack_list() gets th_seq and tlen: control bits do not count."""
        return len(segment.data)

    # Window selection.

    def select_window(self, tcb: Tcb) -> int:
        """tcp_output(), "Calculate receive window": what is free, unless that is silly."""
        free, window = free_space(tcb), tcb.rcv_wnd
        silly = free < tcb.rcv_buff // 4 and free < tcb.snd_mss
        return window if free <= window or silly else free

    def window_update_due(self, tcb: Tcb) -> bool:
        """tcp_output(), "Compare available window to amount of window known to peer": two segments and a
        quarter of the buffer, or half of it."""
        window, buffer = tcb.rcv_wnd, tcb.rcv_buff
        gain = self.select_window(tcb) - window
        whole = gain >= 2 * tcb.snd_mss and (gain >= buffer // 4 or window <= buffer // 8)
        return gain > 0 and (whole or 2 * gain >= buffer)
