"""How Linux counts what is in flight, duplicate ACKs and what is acknowledged: in segments.

See net/ipv4/tcp_input.c and tcp_output.c.

cwnd, sacked_out and packets_out are numbers of segments. `Tcb.cwnd` is in octets, so here each segment counts
as much as a full one, however short it is.
"""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import lt
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stacks.linux.round_trips import estimated
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.timers import RtoEstimate


class LinuxRetransmitting(Rfc9293):
    """The congestion window, duplicate ACKs, and what goes again."""

    __slots__ = ()

    def estimated(self, tcb: Tcb, rtt: int, profile: Profile) -> RtoEstimate:
        """tcp_rtt_estimator(), tcp_set_rto(). The least RTO is one of the deviation (tcp_rto_min()); a
        profile that makes it one of the sum has RFC 6298's RTO."""
        if not profile.min_rto_is_variance:
            return super().estimated(tcb, rtt, profile)
        return estimated(tcb, rtt, profile)

    def timed(self, acknowledged: tuple[RetransmissionEntry, ...]) -> RetransmissionEntry:
        """tcp_clean_rtx_queue(): first_ackt, of what no SACK block has reported before."""
        return next((one for one in acknowledged if not one.sacked), acknowledged[-1])

    def in_flight(self, tcb: Tcb) -> int:
        """tcp_packets_in_flight()"""
        return len(tcb.retransmission_queue) * tcb.snd_mss

    def congestion_room(self, tcb: Tcb) -> int:
        """tcp_cwnd_test()"""
        return (tcb.cwnd // tcb.snd_mss - len(tcb.retransmission_queue)) * tcb.snd_mss

    def reduced(self, tcb: Tcb, flight: int) -> int:
        """tcp_reno_ssthresh(): half of cwnd, used or not."""
        return max(tcb.cwnd // tcb.snd_mss >> 1, 2) * tcb.snd_mss

    def grown(self, tcb: Tcb, acknowledged: int) -> int:
        """tcp_slow_start() up to ssthresh, and with what is left tcp_cong_avoid_ai(): a segment more for so
        many as cwnd has, however many ACKs they take."""
        cwnd, left = tcb.cwnd, acknowledged
        if cwnd < tcb.ssthresh:
            cwnd = min(cwnd + left, tcb.ssthresh)
            left -= cwnd - tcb.cwnd
        return cwnd + -(-left // max(1, cwnd // tcb.snd_mss))

    def counts_for_cwnd(self, tcb: Tcb, octets: int, segments: int) -> int:
        """tcp_clean_rtx_queue(): only whole segments are taken off; tcp_xmit_retransmit_queue()."""
        return segments * tcb.snd_mss

    def fin_waits_for_cwnd(self) -> bool:
        """tcp_cwnd_test(), which once was not "strict about the congestion window for the final FIN"."""
        return True

    def repeats(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_ack(): not with FLAG_WIN_UPDATE, which tcp_may_update_window() gives also to an ACK whose SEQ
        is beyond SND.WL1, be the window the same, and not to one with a smaller window."""
        window = segment.wnd << tcb.snd_shift
        same = segment.seq == tcb.snd_wl1
        return not (lt(tcb.snd_wl1, segment.seq) or (same and (not window or window > tcb.snd_wnd)))

    def is_duplicate(self, tcb: Tcb, segment: Segment, news: bool) -> bool:
        """tcp_fastretrans_alert(): with SACK only what is reported counts, for tcp_add_reno_sack() is not
        called."""
        return news if tcb.sack else self.repeats(tcb, segment)

    def counted_duplicates(self, tcb: Tcb) -> int:
        """tp->sacked_out. tcp_limit_reno_sacked(): without SACK one segment less than there are in flight,
        for one is missing."""
        if tcb.sack:
            return sum(entry.sacked for entry in tcb.retransmission_queue)
        return min(tcb.duplicate_acks + 1, len(tcb.retransmission_queue) - 1)

    def part_restarts_timer(self) -> bool:
        """tcp_clean_rtx_queue(): FLAG_SET_XMIT_TIMER needs a whole segment."""
        return False

    def retransmits_first(self) -> bool:
        """tcp_ack() ends with tcp_xmit_recovery()."""
        return True

    def cuts_retransmissions_anew(self) -> bool:
        """__tcp_retransmit_skb(): tcp_fragment(), tcp_retrans_try_collapse()"""
        return True

    def probes_with_data_in_flight(self) -> bool:
        """tcp_check_probe_timer() asks for packets_out to be 0; tcp_retransmit_timer(): "Our retransmits
        become zero probes"."""
        return False
