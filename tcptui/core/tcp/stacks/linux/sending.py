"""How Linux cuts data into segments and decides what may go: net/ipv4/tcp_output.c.

Linux has no rule for silly windows of its own. A segment is never longer than half of the largest window, so
that two of them fill it; the write queue consists of buffers of whole segments, as long as segmentation
offload takes them; and only from a buffer of which one whole segment has gone is the rest cut to the window.
"""

from __future__ import annotations

from tcptui.core.packet.segment import PSH, Segment
from tcptui.core.packet.seq import distance, lt
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stacks.linux.header_prediction import is_expected
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.tcb import Tcb

_TCP_MSS_DEFAULT = 536
_GSO_LEGACY_MAX_SIZE = 65_536
_MAX_TCP_HEADER = 320
"""Octets of a buffer that sk_setup_caps() leaves for headers; how many depends on how a kernel was built."""
_SK_BUFF = 832
"""Octets of memory that a buffer takes beside its data: sk_buff, skb_shared_info and MAX_TCP_HEADER."""


class LinuxSending(Rfc9293):
    """What goes, and how much of it in one segment."""

    __slots__ = ()

    def full_segment(self, tcb: Tcb) -> int:
        """tcp_bound_to_half_wnd(), called by tcp_sync_mss(): half of the largest window, or all of it if that
        is no more than TCP_MSS_DEFAULT."""
        largest = tcb.max_snd_wnd
        most = largest >> 1 if largest > _TCP_MSS_DEFAULT else largest
        return tcb.snd_mss if tcb.snd_mss <= most or not most else most

    def handshake_window_counts(self) -> bool:
        """tcp_create_openreq_child(): max_window begins with the ACK that ends the handshake."""
        return False

    def fills_window(self, tcb: Tcb, octets: int, full: int, sent: int, held: bool) -> bool:
        """tcp_snd_wnd_test(), tcp_mss_split_point(): behind one whole segment of the same buffer the rest of
        the window is filled, unless Nagle's algorithm forbids it; alone, too little room waits."""
        return not held and sent % _size_goal(tcb, full) >= full

    def fin_fits(self, tcb: Tcb, octets: int) -> bool:
        """tcp_snd_wnd_test(): a FIN's number has to lie in the window; tcp_send_fin() has put it on the last
        buffer of the write queue, which goes with it or waits with it."""
        return tcb.usable_window > octets

    def ack_restarts_probes(self, tcb: Tcb, segment: Segment) -> bool:
        """tcp_ack_probe(), with nothing in flight: the interval counts from the answer. Expected data that
        acknowledges nothing new goes the fast path, past tcp_ack(): there is memory beside what waits."""
        return not (tcb.retransmission_queue or (segment.length and is_expected(tcb, segment)))

    def pushes(self, tcb: Tcb, octets: int) -> bool:
        """forced_push(): once more than half of the largest window has gone without PSH. For urgent data
        tcp_sendmsg_locked() does not ask."""
        if tcb.snd_up is not None and lt(tcb.snd_nxt, tcb.snd_up):
            return False
        return distance(tcb.pushed_seq, tcb.snd_nxt) + octets > tcb.max_snd_wnd >> 1

    def pushes_override(self) -> bool:
        """tcp_write_wakeup()"""
        return True

    def restarted(self, tcb: Tcb, idle: int, least: int) -> tuple[int, int]:
        """tcp_cwnd_restart(): half for each RTO, in whole segments; tcp_current_ssthresh(): three quarters of
        what was had are kept in mind."""
        mss, cwnd = tcb.snd_mss, tcb.cwnd // tcb.snd_mss
        ssthresh = max(tcb.ssthresh, ((cwnd >> 1) + (cwnd >> 2)) * mss)
        while (idle := idle - tcb.estimate.rto) > 0 and cwnd * mss > least:
            cwnd >>= 1
        return max(cwnd * mss, least), ssthresh

    def write_room(self, tcb: Tcb, profile: Profile) -> tuple[int, bool]:
        """tcp_sendmsg_locked(): the last buffer of the write queue is filled in any case; another is begun
        while sk_stream_memory_free(), and what cwnd and window have room for goes meanwhile. How a buffer
        that the application has not sized grows (tcp_sndbuf_expand()) is left out."""
        wanted, lowat = tcb.settings.send_buffer, tcb.settings.notsent_lowat
        if wanted is None and not lowat:
            return super().write_room(tcb, profile)
        full = self.full_segment(tcb)
        goal, unsent = _size_goal(tcb, full), len(tcb.send_buffer)
        together = profile.min_tso_segs
        memory = _memory(tcb, goal, together)
        writable = self._is_writable(tcb, memory, profile)
        limit, going = self._memory_limit(tcb, profile), 0
        if not unsent:
            going = max(0, min(tcb.usable_window, tcb.cwnd - distance(tcb.snd_una, tcb.snd_nxt)))
        room = -unsent % goal
        memory, unsent = memory + room, unsent + room
        while memory < limit and not 0 < lowat <= unsent:
            room, unsent, memory = room + goal, unsent + goal, memory + goal + _SK_BUFF
            if going:  # Of the first buffer that goes at once, while the copying goes on.
                memory += going + -(-going // (together * full)) * _SK_BUFF
                room, going = room + going, 0
        return room, writable

    def _is_writable(self, tcb: Tcb, memory: int, profile: Profile) -> bool:
        """__sk_stream_is_writeable(): a third is free, and of TCP_NOTSENT_LOWAT less than half is unsent."""
        lowat = tcb.settings.notsent_lowat
        if lowat and 2 * len(tcb.send_buffer) >= lowat:
            return False
        return self._memory_limit(tcb, profile) - memory >= memory >> 1

    def _memory_limit(self, tcb: Tcb, profile: Profile) -> int:
        """sk_sndbuf"""
        return 2 * tcb.send_buffer_size(profile)


def _size_goal(tcb: Tcb, full: int) -> int:
    """tcp_xmit_size_goal(): octets of data in one buffer of the write queue, whole segments of `full`."""
    most = min(tcb.max_snd_wnd >> 1, _GSO_LEGACY_MAX_SIZE - 1 - _MAX_TCP_HEADER)
    return max(full, most // full * full)


def _memory(tcb: Tcb, goal: int, together: int) -> int:
    """sk_wmem_queued: what was not acknowledged, so many segments of one write `together` in a buffer
    (tcp_tso_autosize()), and what was not sent."""
    memory, more = 0, 0
    for entry in tcb.retransmission_queue:
        memory += len(entry.data) + (0 if more else _SK_BUFF)
        more = 0 if entry.flags & PSH else (more or together) - 1
    unsent = len(tcb.send_buffer)
    return memory + unsent + -(-unsent // goal) * _SK_BUFF
