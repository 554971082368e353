"""What FreeBSD does differently. The functions named are those of its sys/netinet/tcp_*.c in 14 and 15."""

from __future__ import annotations

from tcptui.core.packet.segment import RST, SYN, Segment
from tcptui.core.packet.seq import distance, le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.freebsd.errors import error_effect
from tcptui.core.tcp.stacks.freebsd.opening import half_open, simultaneous_open
from tcptui.core.tcp.stacks.freebsd.time_wait import time_wait
from tcptui.core.tcp.stacks.freebsd.windows import announced_window, maxseg, update_is_due
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293, is_in_table_6, is_new_data
from tcptui.core.tcp.stacks.verdict import ErrorEffect, HalfOpen, Paws, Verdict
from tcptui.core.tcp.tcb import OutOfOrderData, RetransmissionEntry, Tcb
from tcptui.core.tcp.unreachable import Unreachable


class FreeBSD(Rfc9293):
    """FreeBSD 14 and 15."""

    __slots__ = ()

    # Opening.

    def takes_net_0(self) -> bool:
        """tcp_input(), "Do not respond to multicast or broadcast": no more is asked of a source."""
        return True

    def known_syn_draws_ack(self) -> bool:
        """tcp_do_segment(): in SYN-RECEIVED the SYN is trimmed off with TF_ACKNOW set."""
        return True

    def drops_syn_fin(self, profile: Profile) -> bool:
        """tcp_input(): net.inet.tcp.drop_synfin is asked before a connection is looked for."""
        return profile.drop_syn_fin

    def queues_data_on_syn(self, tcb: Tcb, profile: Profile) -> bool:
        """tcp_do_segment() gives the data of a SYN in SYN-SENT to tcp_reass(); syncache_add() frees it."""
        return profile.queue_data_on_syn or not tcb.passive

    def queues_fin_on_syn(self) -> bool:
        """tcp_do_segment(): on entering ESTABLISHED it calls tcp_reass() without looking at what it returns,
        a FIN."""
        return False

    def acknowledges_data_on_syn(self) -> bool:
        """tcp_do_segment(): on entering ESTABLISHED tcp_reass() presents it, and TF_ACKNOW is not set."""
        return False

    def half_open_input(self, tcb: Tcb, segment: Segment, now: int) -> HalfOpen:
        """tcp_input() with the syncache, which has a half-open connection: since 12 syncache_expand() keeps
        the entry after a wrong ACK, and syncache_chkrst() challenges. tcp_do_segment() after a simultaneous
        open."""
        if tcb.passive:
            return half_open(tcb, segment)
        return simultaneous_open(tcb, segment, self.receive_window(tcb))

    # Closing.

    def close_waits(self, tcb: Tcb, half_duplex: bool) -> bool:
        """tcp_usrclosed(): before ESTABLISHED it sets TF_NEEDFIN."""
        return tcb.state in (State.SYN_SENT, State.SYN_RECEIVED) and not half_duplex

    def close_wait_ends_at_close(self) -> bool:
        """tcp_usrclosed(): LAST_ACK at once, whatever is still to be sent."""
        return True

    def close_deletes(self, tcb: Tcb, half_duplex: bool) -> bool:
        """tcp_disconnect(): before ESTABLISHED, close() calls tcp_close()."""
        forgotten = tcb.state is State.SYN_RECEIVED and half_duplex
        return forgotten or super().close_deletes(tcb, half_duplex)

    def abort_deletes(self, tcb: Tcb, unread: bool = False) -> bool:
        """tcp_drop(): TCPS_HAVERCVDSYN() draws a RST, but a half-open connection is in the syncache."""
        return tcb.state in (State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED, State.TIME_WAIT)

    def syn_ends_time_wait(self) -> bool:
        """tcp_twcheck(): tcp_close(), and then tcp_input() looks for who listens (findpcb)."""
        return True

    def is_newer_syn(self, old: Tcb, syn: Segment, profile: Profile) -> bool:
        """tcp_twcheck(): SEQ_GT(th->th_seq, tp->rcv_nxt); no timestamp is looked at."""
        return lt(old.rcv_nxt, syn.seq)

    def user_timeout_is_r2(self, front: RetransmissionEntry | None) -> bool:
        """tcp_timer_rexmt(): t_rxtshift counts, whatever TCP_MAXUNACKTIME says."""
        return False

    def returns_to_time_wait(self) -> bool:
        """tcp_twcheck(): tcp_twclose() before the SYN is looked at again."""
        return False

    def time_wait_input(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> Verdict | None:
        """tcp_twcheck(), which tcp_input() calls instead of tcp_do_segment(); since 14 on the same block."""
        return time_wait(tcb, segment, profile) if tcb.state is State.TIME_WAIT else None

    def refuses_data_first(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_do_segment(): "If new data are received on a connection after the user processes are gone, then
        RST the other end", in every closing state and before the window is looked at."""
        synchronized = not segment.flags & (SYN | RST) and tcb.state is not State.SYN_RECEIVED
        return synchronized and is_new_data(tcb, segment)

    def nagle_waits(self, tcb: Tcb, octets: int, sent: int) -> bool:
        """tcp_output(): idle is asked once, before the first segment goes, and half of max_sndwnd goes in any
        case."""
        return distance(tcb.snd_una, tcb.snd_nxt) != sent and octets < max(1, tcb.max_snd_wnd // 2)

    def urgent_passes_nagle(self) -> bool:
        """tcp_output(): "Send if we owe the peer an ACK, RST, SYN, or urgent data"."""
        return True

    def acknowledges_fin_again(self) -> bool:
        """tcp_do_segment(): TF_ACKNOW is set only where TCPS_HAVERCVDFIN() does not hold."""
        return False

    # Old duplicates, and the edges of the window.

    def rst_as_judged(self, tcb: Tcb, rst: Segment) -> Segment:
        """tcp_do_segment(): "to take into account delayed ACKs, we should test against last_ack_sent instead
        of rcv_nxt"; it counts as if it had the number that lies as far from RCV.NXT."""
        delayed = 0 if tcb.half_open else distance(tcb.last_ack_sent, tcb.rcv_nxt)
        return rst._replace(seq=seq_add(rst.seq, delayed)) if delayed else rst

    def acceptable(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_do_segment(): what has no data is beyond the window only if todrop > 0, and a FIN does not
        count; the window is what there is room for."""
        window = self.receive_window(tcb)
        at_edge = segment.seq == seq_add(tcb.rcv_nxt, window)
        if at_edge and not segment.data and not segment.flags & (SYN | RST):
            return True
        return is_in_table_6(tcb, segment, window)

    def fin_takes_room(self) -> bool:
        """tcp_do_segment(): a FIN goes only if data has to be trimmed; tlen does not count it."""
        return False

    def check_timestamp(self, tcb: Tcb, segment: Segment, tsval: int, now: int) -> Paws:
        """tcp_do_segment(), RFC 1323 PAWS: dropafterack with data, drop without; the challenge ACK for a SYN
        (RFC 5961 4.2) comes before it."""
        if segment.flags & SYN and tcb.state is not State.SYN_RECEIVED:
            return Paws.PASSES
        paws = super().check_timestamp(tcb, segment, tsval, now)
        return Paws.SILENT if paws is Paws.ANSWERED and not segment.data else paws

    def updates_ts_recent(self, tcb: Tcb, segment: Segment, counts: bool) -> bool:
        """tcp_do_segment(), behind the trimming: Last.ACK.sent <= SEG.SEQ + SEG.LEN, without a FIN that is
        known already."""
        if segment.flags & SYN and tcb.state is not State.SYN_RECEIVED:
            return False  # It is challenged before.
        known = le(segment.end, tcb.rcv_nxt)
        end = seq_add(segment.seq, len(segment.data)) if known else segment.end
        return le(tcb.last_ack_sent, end)

    def resets_with_timestamps(self, tcb: Tcb) -> bool:
        """tcp_respond(): a RST has them where there is a connection: after a simultaneous open, but not in
        the syncache; later tcp_do_segment() calls tcp_close() before."""
        return tcb.timestamps and tcb.state is State.SYN_RECEIVED and not tcb.passive

    def reset_has_sack(self) -> bool:
        """tcp_output(): only where TCPS_HAVEESTABLISHED() holds, and tcp_drop() has set TCPS_CLOSED."""
        return False

    def answers_apart(self) -> bool:
        """tcp_send_challenge_ack(), tcp_twcheck(), tcp_timer_keep(): by tcp_respond(), which tells the free
        space as it is, no SACK blocks, and leaves a delayed ACK to come."""
        return True

    def throttles_answers(self) -> bool:
        """tcp_do_segment(), dropafterack: without limit; tcp_challenge_ack_check(), since 15, is asked for
        RST, SYN and an ACK that is too old."""
        return False

    def oldest_ack(self, tcb: Tcb) -> int:
        """tcp_do_segment(): since 15 also what lies before ISS+1 is challenged, a "ghost ACK", until 2^31
        octets have been sent."""
        oldest = super().oldest_ack(tcb)
        first = seq_add(tcb.iss, 1)
        return first if lt(oldest, first) else oldest

    def duplicate_length(self, segment: Segment) -> int:
        """tcp_update_sack_list() gets th_seq and tlen: control bits do not count."""
        return len(segment.data)

    def sack_covers_fin(self) -> bool:
        """tcp_update_dsack_list(), since 13, gets tlen: a FIN is not part of a block."""
        return False

    def may_update_window(self, tcb: Tcb, segment: Segment, window: int) -> bool:
        """tcp_do_segment(), step6: with the same SEQ and ACK only a window that is larger."""
        return (tcb.snd_wl1, tcb.snd_wl2) != (segment.seq, segment.ack)

    def ack_may_wait(
        self, tcb: Tcb, arrived: OutOfOrderData, piece: OutOfOrderData, profile: Profile
    ) -> bool:
        """DELAY_ACK(): not of more than t_maxseg, nor while the peer knows of no window (TF_RXWIN0SENT). What
        is trimmed at the right makes no difference; at the left it has to be reported, with SACK."""
        if tcb.out_of_order or piece.fin or not piece.data or piece.seq != tcb.rcv_nxt:
            return False
        partly_known = arrived.seq != piece.seq and tcb.sack
        return not partly_known and len(piece.data) <= maxseg(tcb) and tcb.rcv_wnd > 0

    # Errors from below.

    def error_effect(self, tcb: Tcb, kind: Unreachable, profile: Profile) -> ErrorEffect:
        """tcp_ctlinput(), by icmp_errmap() since 14: it may end an OPEN in SYN-SENT, and elsewhere does
        nothing, or takes note."""
        return error_effect(tcb, kind, profile)

    def takes_path_mtu(self, tcb: Tcb, mtu: int, headers: int) -> bool:
        """tcp_ctlinput(): mtu < tp->t_maxseg + sizeof(struct tcpiphdr), which is mssdflt's before the peer's
        SYN; icmp6_mtudisc_update() tells the host cache whatever it is. syncache_unreach() takes none."""
        known = maxseg(tcb) if tcb.state is not State.SYN_SENT else 536
        return not tcb.half_open and (headers == 60 or mtu < known + headers)

    def offers_path_mss(self) -> bool:
        """tcp_mssopt(): what the host cache knows of the path limits the MSS that a SYN offers."""
        return True

    # Sending.

    def initial_cwnd_after_loss(self) -> bool:
        """cc_conn_init(): one segment if a SYN or SYN,ACK went again (snd_cwnd is 1)."""
        return True

    def probe_interval(self, tcb: Tcb, profile: Profile) -> int:
        """tcp_setpersist(): 4 SRTT + 8 RTTVAR, doubled each time, and rexmit_slop."""
        srtt, rttvar = tcb.estimate[:2]
        base = 4 * srtt + 8 * rttvar if srtt is not None else 2 * profile.first_rto
        return max((base << tcb.persist_backoff) + profile.rto_slop, profile.persist_min)

    # Window selection.

    def receive_window(self, tcb: Tcb) -> int:
        """tcp_do_segment(): "Receive window is amount of space in rcv queue, but not less than advertised
        window"; of a half-open connection sc_wnd."""
        free = tcb.rcv_buff - len(tcb.receive_buffer)
        return tcb.rcv_wnd if tcb.half_open or free < tcb.rcv_wnd else free

    def select_window(self, tcb: Tcb) -> int:
        """tcp_output(), "Calculate receive window", and, since 13, roundup2(recwin, 1 << rcv_scale)."""
        return announced_window(tcb)

    def window_update_due(self, tcb: Tcb) -> bool:
        """tcp_output(), "Compare available window to amount of window known to peer"."""
        return update_is_due(tcb)
