"""What Linux does differently. The functions named are those of its net/ipv4/tcp*.c."""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.linux.acceptability import end_of_pieces, is_acceptable
from tcptui.core.tcp.stacks.linux.small_blocks import fin_wait_2, in_window, request_socket, time_wait
from tcptui.core.tcp.stacks.linux.timestamps import check_timestamp
from tcptui.core.tcp.stacks.linux.windows import window_of_free_space
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293, is_new_data
from tcptui.core.tcp.stacks.verdict import HalfOpen, Paws, Verdict
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.window import free_space

_AFTER_PEERS_FIN = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
_ORPHAN_RETRIES = 8
"""What tcp_orphan_retries() returns while the RTO is not the greatest, if the sysctl of that name is 0."""
_LEAST_TO_GROW = 128
"""Octets of data in a segment below which tcp_event_data_recv() does not call tcp_grow_window()."""


class Linux(Rfc9293):
    """Linux 6."""

    __slots__ = ()

    # Opening.

    def simultaneous_open_offers_all(self) -> bool:
        """tcp_send_synack(): it is the SYN of the queue that goes again with ACK set, and tcp_syn_options()
        writes its options."""
        return True

    def known_syn_draws_ack(self) -> bool:
        """tcp_validate_incoming(), step4: a SYN that it lets pass in SYN-RECEIVED is still acknowledged."""
        return True

    def half_open_input(self, tcb: Tcb, segment: Segment, now: int) -> HalfOpen:
        """tcp_check_req(): see `small_blocks.request_socket`."""
        return request_socket(tcb, segment, now)

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

    def abandons_orphan(self, tcb: Tcb, profile: Profile) -> bool:
        """tcp_probe_timer(): with SOCK_DEAD, once the RTO with its backoff has reached the greatest one, "if
        (!alive && icsk->icsk_backoff >= max_probes) goto abort", whatever has been answered. By then
        tcp_orphan_retries() is 0, unless the sysctl names a number."""
        if not tcb.half_duplex or tcb.estimate.rto << tcb.persist_backoff < profile.max_rto:
            return False
        retries = profile.orphan_retries
        named = retries is not None and retries != _ORPHAN_RETRIES
        return not named or tcb.persist_backoff >= (retries or 0)

    def urgent_passes_nagle(self) -> bool:
        """tcp_nagle_test(): "Don't use the nagle rule for urgent data (or for the final FIN)"."""
        return True

    def acknowledges_fin_again(self) -> bool:
        """tcp_fin(): "Remain in the state" without an ACK of its own."""
        return False

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

    def may_update_window(self, tcb: Tcb, segment: Segment, window: int) -> bool:
        """tcp_may_update_window(): with the same SEQ and ACK only a window that is larger, or zero."""
        same = (tcb.snd_wl1, tcb.snd_wl2) == (segment.seq, segment.ack)
        return not (same and 0 < window < tcb.snd_wnd)

    # Window selection.

    def initial_rcv_wnd(self, buffer: int, profile: Profile, mss: int) -> int:
        """tcp_select_initial_window(): whole segments of the buffer."""
        whole = buffer - buffer % mss if buffer > mss else buffer
        return super().initial_rcv_wnd(whole, profile, mss)

    def initial_rcv_ssthresh(self, tcb: Tcb) -> int:
        """tcp_select_initial_window(), tcp_finish_connect(): what the SYN has announced."""
        return tcb.rcv_wnd

    def grow_window(self, tcb: Tcb, octets: int) -> int:
        """tcp_grow_window(): two segments more for every one of some size."""
        if octets < _LEAST_TO_GROW:
            return tcb.rcv_ssthresh
        return min(tcb.rcv_ssthresh + 2 * tcb.snd_mss, tcb.rcv_buff)

    def select_window(self, tcb: Tcb) -> int:
        """tcp_select_window() with __tcp_select_window(): a scaled window is rounded up to what the field can
        say, but not beyond the room there is, or it would grow with every octet that is not read."""
        window = tcb.rcv_wnd
        free = free_space(tcb)
        if tcb.rcv_ssthresh < free:
            free = tcb.rcv_ssthresh
        if free > window:
            window = max(window, window_of_free_space(tcb, free))
        if not tcb.rcv_shift:
            return window
        unit = 1 << tcb.rcv_shift
        rounded = -(-window // unit) * unit
        return rounded if rounded - unit < free else window

    def keeps_right_edge(self, tcb: Tcb, acknowledged: int) -> bool:
        """__tcp_select_window(), "Get the largest window that is a nice multiple of mss": not where it is
        tp->rcv_ssthresh that limits the window."""
        return tcb.rcv_ssthresh >= tcb.rcv_buff and super().keeps_right_edge(tcb, acknowledged)

    def window_update_due(self, tcb: Tcb) -> bool:
        """__tcp_cleanup_rbuf(): the window has at least doubled."""
        opened = self.select_window(tcb)
        return opened > tcb.rcv_wnd and opened >= 2 * tcb.rcv_wnd
