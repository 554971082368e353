"""What Linux does differently. The functions named are those of its net/ipv4/tcp*.c."""

from __future__ import annotations

from tcptui.core.packet.segment import FIN, SYN, Segment
from tcptui.core.packet.seq import distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.linux.acceptability import end_of_pieces, is_acceptable
from tcptui.core.tcp.stacks.linux.header_prediction import is_predicted
from tcptui.core.tcp.stacks.linux.receiving import LinuxReceiving
from tcptui.core.tcp.stacks.linux.retransmitting import LinuxRetransmitting
from tcptui.core.tcp.stacks.linux.sending import LinuxSending
from tcptui.core.tcp.stacks.linux.small_blocks import fin_wait_2, in_window, request_socket, time_wait
from tcptui.core.tcp.stacks.linux.timestamps import check_timestamp, echoes_syn
from tcptui.core.tcp.stacks.rfc9293 import is_new_data
from tcptui.core.tcp.stacks.verdict import HalfOpen, Paws, Verdict
from tcptui.core.tcp.tcb import OutOfOrderData, RetransmissionEntry, Tcb

_AFTER_PEERS_FIN = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
_ORPHAN_RETRIES = 8
"""What tcp_orphan_retries() returns while the RTO is not the greatest, if the sysctl of that name is 0."""


class Linux(LinuxReceiving, LinuxSending, LinuxRetransmitting):
    """Linux 6."""

    __slots__ = ()

    # Opening.

    def takes_net_0(self) -> bool:
        """ip_route_input_slow(): ipv4_is_zeronet() is 0.0.0.0 alone since 5.3."""
        return True

    def simultaneous_open_offers_all(self) -> bool:
        """tcp_send_synack(): it is the SYN of the queue that goes again with ACK set, and tcp_syn_options()
        writes its options."""
        return True

    def simultaneous_open_keeps_scale(self) -> bool:
        """tcp_rcv_synsent_state_process() sets rcv_wscale to 0 only where the SYN has an ACK."""
        return True

    def echoes_no_syn(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> bool:
        """tcp_rcv_synsent_state_process(): one that is not between tp->retrans_stamp and now."""
        return profile.timestamps and bool(segment.options) and not echoes_syn(tcb, segment, now)

    def times_crossing_syn_ack(self) -> bool:
        """tcp_send_synack() sends the SYN of the queue with a time of its own and without TCPCB_RETRANS."""
        return True

    def known_syn_draws_ack(self) -> bool:
        """tcp_validate_incoming(), step4: a SYN that it lets pass in SYN-RECEIVED is still acknowledged."""
        return True

    def half_open_input(self, tcb: Tcb, segment: Segment, now: int) -> HalfOpen:
        """tcp_check_req(): see `small_blocks.request_socket`."""
        return request_socket(tcb, segment, now) if tcb.passive else HalfOpen.CHECKS

    def throttles_syn_ack(self) -> bool:
        """tcp_check_req(), "Check for pure retransmitted SYN": tcp_oow_rate_limited()."""
        return True

    def opens_by_ack_of_iss(self, tcb: Tcb) -> bool:
        """tcp_rcv_state_process(), TCP_SYN_RECV: tcp_ack() finds an ACK of SND.UNA good. Only a simultaneous
        open gets there with it: tcp_check_req() has its own check."""
        return not tcb.passive

    def drops_without_ack(self, tcb: Tcb) -> bool:
        """tcp_rcv_established(), tcp_rcv_state_process(): "if (!th->ack && !th->rst && !th->syn)" comes
        before tcp_validate_incoming(). A request socket has no such line."""
        return not tcb.half_open

    def known_syn_passes(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_validate_incoming(), step4: only a SYN,ACK with nothing behind it that acknowledges all."""
        return segment.length == 1 and segment.ack == tcb.snd_nxt

    # Closing.

    def close_waits(self, tcb: Tcb, half_duplex: bool) -> bool:
        """tcp_shutdown(): in SYN-RECEIVED it only notes SEND_SHUTDOWN; tcp_rcv_state_process() sends the FIN
        on entering ESTABLISHED. tcp_close() sends it at once."""
        return tcb.state is State.SYN_RECEIVED and not half_duplex

    def sends_waiting_fin_first(self) -> bool:
        """tcp_rcv_state_process(), TCP_SYN_RECV: tcp_shutdown()."""
        return True

    def abort_deletes(self, tcb: Tcb, unread: bool = False) -> bool:
        """__tcp_close() resets where "unread data was tossed", whatever the state; tcp_disconnect() in
        CLOSING and LAST-ACK only if not all has been sent, the FIN included."""
        if tcb.state in (State.CLOSING, State.LAST_ACK):
            return not unread and tcb.fin_sent
        return super().abort_deletes(tcb)

    def acknowledges_fin_first(self, tcb: Tcb) -> bool:
        """tcp_fin() calls tcp_send_ack() in FIN-WAIT-1 and FIN-WAIT-2, also before it purges what is out of
        order. With nothing held and nothing left to send that makes no difference to the peer."""
        more = tcb.state is State.FIN_WAIT_1 and not (tcb.fin_sent and tcb.rtx_next is None)
        return more or (tcb.state is not State.ESTABLISHED and bool(tcb.out_of_order))

    def close_wait_ends_at_close(self) -> bool:
        """tcp_close_state(): the state is LAST-ACK before tcp_send_fin() has queued the FIN."""
        return True

    def is_newer_syn(self, old: Tcb, syn: Segment, profile: Profile) -> bool:
        """tcp_timewait_state_process(): a timestamp counts only beside one of the old connection
        (tw_ts_recent_stamp)."""
        return (old.timestamps or lt(old.rcv_nxt, syn.seq)) and super().is_newer_syn(old, syn, profile)

    def returns_to_time_wait(self) -> bool:
        """tcp_v4_rcv(), TCP_TW_SYN: inet_twsk_deschedule_put() before tcp_conn_request()."""
        return False

    def open_ends_time_wait(self, old: Tcb) -> bool:
        """tcp_twsk_unique(), for a port that the program has bound: with timestamps; also the small block of
        FIN-WAIT-2."""
        small_block = old.state is State.TIME_WAIT or old.fin_wait_2_timer is not None
        return small_block and old.timestamps

    def time_wait_input(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> Verdict | None:
        """tcp_timewait_state_process(): the small block of TIME-WAIT, into which tcp_fin() and tcp_close()
        also put a FIN-WAIT-2 that is an orphan."""
        if tcb.state is State.TIME_WAIT:
            return time_wait(tcb, segment, profile, now)
        if tcb.state is State.FIN_WAIT_2 and tcb.fin_wait_2_timer is not None:
            return Verdict(fin_wait_2(tcb, segment, now))
        return None

    def refuses_data(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_rcv_state_process(), step 7, with RCV_SHUTDOWN: whatever ends beyond RCV.NXT, so that a FIN
        ahead of its turn counts, too. tcp_fin() sets it as well: then what begins before the FIN and ends
        behind it."""
        if not is_new_data(tcb, segment):
            return False
        if tcb.state in _AFTER_PEERS_FIN:
            return lt(segment.seq, tcb.rcv_nxt)
        return tcb.receive_shutdown and tcb.state in (State.FIN_WAIT_1, State.FIN_WAIT_2)

    def user_timeout_is_r2(self, front: RetransmissionEntry | None) -> bool:
        """tcp_write_timeout(): retransmits_timed_out() looks at icsk_user_timeout alone; but a SYN and
        the probes of tcp_probe_timer() are counted, too."""
        return front is not None and not front.flags & SYN

    def abandons_orphan(self, tcb: Tcb, profile: Profile) -> bool:
        """tcp_probe_timer(): with SOCK_DEAD, once the RTO with its backoff has reached the greatest one, as
        many probes as tcp_orphan_retries() gives are enough, whatever has been answered. By then that is 0,
        unless the sysctl names a number."""
        if not tcb.half_duplex or tcb.estimate.rto << tcb.persist_backoff < profile.max_rto:
            return False
        retries = profile.orphan_retries
        named = retries is not None and retries != _ORPHAN_RETRIES
        return not named or tcb.persist_backoff >= (retries or 0)

    def dropped_restarts_keep_alive(self) -> bool:
        """keepalive_time_elapsed(): rcv_tstamp is set in tcp_ack(), lrcvtime where data is taken."""
        return False

    def urgent_passes_nagle(self) -> bool:
        """tcp_nagle_test(): "Don't use the nagle rule for urgent data (or for the final FIN)"."""
        return True

    def acknowledges_fin_again(self) -> bool:
        """tcp_fin(): "Remain in the state" without an ACK of its own."""
        return False

    def reset_has_window(self) -> bool:
        """tcp_send_active_reset(): __tcp_transmit_skb() calls tcp_select_window() as ever."""
        return True

    def reset_seq(self, tcb: Tcb) -> int:
        """tcp_send_active_reset(): tcp_acceptable_seq()."""
        return self.acceptable_seq(tcb) if tcb.usable_window < 0 else tcb.snd_nxt

    def acceptable_seq(self, tcb: Tcb) -> int:
        """tcp_acceptable_seq(): SND.NXT, too, if the window is short of it by less than one unit of our own
        window scale (since 4.15)."""
        short = tcb.scaling and -tcb.usable_window < 1 << tcb.rcv_shift
        return tcb.snd_nxt if short else super().acceptable_seq(tcb)

    # Urgent data.

    def urgent_end(self, segment: Segment) -> int:
        """tcp_check_urg(): a pointer of 0 names the first octet, as 1 does."""
        return seq_add(segment.seq, max(segment.up, 1))

    def urgent_from(self, tcb: Tcb) -> int:
        """tcp_check_urg(): "Do not replay urg ptr", which is what lies before RCV.NXT."""
        return tcb.rcv_nxt

    # Old duplicates, and the edges of the window.

    def acceptable(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_sequence(): see `acceptability`. tcp_check_req() asks tcp_in_window() instead."""
        return in_window(tcb, segment) if tcb.half_open else is_acceptable(tcb, segment)

    def zero_window_allowance(self) -> bool:
        """tcp_sequence() has no such exception, but for a bare FIN."""
        return False

    def trims_to_window(self) -> bool:
        """tcp_data_queue(): what tcp_sequence() has let pass is queued as it is, and what is old is "a
        retransmit", also behind the FIN, where tcp_rcv_state_process() "falls through"."""
        return False

    def challenges_rst_outside(self) -> bool:
        """tcp_validate_incoming(): what tcp_sequence() lets pass is reset or challenged."""
        return True

    def rst_as_judged(self, tcb: Tcb, rst: Segment) -> Segment:
        """tcp_reset_check(): after the peer's FIN its RST may have the FIN's number, and counts as if it had
        the next one. tcp_validate_incoming(), "max_sack": so does one at the end of all that SACK reports."""
        on_fin = tcb.state in _AFTER_PEERS_FIN and seq_add(rst.seq, 1) == tcb.rcv_nxt
        behind = tcb.sack and bool(tcb.out_of_order) and rst.seq == end_of_pieces(tcb)
        return rst._replace(seq=tcb.rcv_nxt) if on_fin or behind else rst

    def oldest_ack(self, tcb: Tcb) -> int:
        """tcp_ack(): max_window is at most bytes_acked, so that nothing counts that was never sent."""
        acked = distance(tcb.iss, tcb.snd_una) - tcb.passive
        return seq_add(tcb.snd_una, -min(tcb.max_snd_wnd, acked))

    def check_timestamp(self, tcb: Tcb, segment: Segment, tsval: int, now: int) -> Paws:
        """tcp_validate_incoming(), "Apply PAWS check first": see `timestamps`."""
        return check_timestamp(tcb, segment, tsval, now)

    def reports_old_timestamp(self) -> bool:
        """tcp_validate_incoming(): tcp_send_dupack() calls tcp_dsack_set()."""
        return True

    def ts_recent_waits_for_ack(self) -> bool:
        """tcp_ack() calls tcp_replace_ts_recent() behind its checks, tcp_check_req() behind its own."""
        return True

    def is_predicted(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_rcv_established(), the fast path: see `header_prediction`."""
        return is_predicted(tcb, segment)

    def challenges_unsent_ack(self) -> bool:
        """tcp_ack(): tcp_send_challenge_ack()."""
        return True

    def counts_answers_anew(self) -> bool:
        """tcp_create_openreq_child(): last_oow_ack_time is 0; tcp_time_wait(): tw_last_oow_ack_time."""
        return True

    def takes_only_ack(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_rcv_state_process(), TCP_FIN_WAIT1: with SOCK_DEAD tcp_time_wait(), "goto consume", unless
        there is a FIN, or new data."""
        return tcb.half_duplex and not segment.flags & FIN and not is_new_data(tcb, segment)

    def new_ack_sets_window(self) -> bool:
        """tcp_may_update_window(): after(ack, tp->snd_una)."""
        return True

    def ack_may_wait(
        self, tcb: Tcb, arrived: OutOfOrderData, piece: OutOfOrderData, profile: Profile
    ) -> bool:
        """tcp_data_queue(): tcp_fin() empties the out-of-order queue before it is asked whether that is
        empty."""
        if arrived.fin and arrived.seq == tcb.rcv_nxt:
            return profile.pingpong and tcb.state is State.ESTABLISHED
        return super().ack_may_wait(tcb, arrived, piece, profile)

    def may_update_window(self, tcb: Tcb, segment: Segment, window: int) -> bool:
        """tcp_may_update_window(): with the same SEQ and ACK only a window that is larger, or zero."""
        same = (tcb.snd_wl1, tcb.snd_wl2) == (segment.seq, segment.ack)
        return not (same and 0 < window < tcb.snd_wnd)
