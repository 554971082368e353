"""The base of all stacks: RFC 9293's letter, one method for each behaviour in which stacks differ."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import in_window, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.rfc5681 import Rfc5681
from tcptui.core.tcp.stacks.sending import Sending
from tcptui.core.tcp.stacks.verdict import ErrorEffect, HalfOpen, Paws, Verdict
from tcptui.core.tcp.tcb import OutOfOrderData, ReceiveMemory, RetransmissionEntry, Tcb
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.tcp.window import UNSCALED, free_space
from tcptui.core.units import DAY

TS_RECENT_LIFETIME = 24 * DAY
"""After that a peer's clock of milliseconds may have gone half of its way round (RFC 7323 5.5)."""


def is_new_data(tcb: Tcb, segment: Segment) -> bool:
    """Whether there is data in the segment, or before it, that has not been received."""
    return lt(tcb.rcv_nxt, seq_add(segment.seq, len(segment.data)))


def is_in_table_6(tcb: Tcb, segment: Segment, window: int) -> bool:
    """Whether a segment is acceptable by one of the four cases of Table 6, RCV.WND being `window`."""
    if in_window(segment.seq, tcb.rcv_nxt, window):
        return True  # RCV.WND > 0, whatever the length.
    length = segment.length
    if length == 0:
        return window == 0 and segment.seq == tcb.rcv_nxt
    return in_window(seq_add(segment.seq, length - 1), tcb.rcv_nxt, window)  # Never, if RCV.WND is 0.


class Rfc9293(Rfc5681, Sending):
    """What a TCP does that follows the text of RFC 9293.

    Every method is a question of the procedure. It gets the block as it stands, changes nothing, and
    depends on its arguments alone.
    """

    __slots__ = ()

    # Opening.

    def takes_net_0(self) -> bool:
        """Whether addresses of 0.0.0.0/8, but for 0.0.0.0, are hosts'. By RFC 1122 3.2.1.3, (b), one may be a
        source address only while its host does not know its own (MUST-63)."""
        return False

    def simultaneous_open_offers_all(self) -> bool:
        """Whether the SYN,ACK of a simultaneous open has all options of the SYN, not only those that the
        peer's SYN had too."""
        return False

    def simultaneous_open_keeps_scale(self) -> bool:
        """Whether our windows are scaled after a simultaneous open with a peer that has offered no window
        scale (RFC 7323 2.2: they are not)."""
        return False

    def echoes_no_syn(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> bool:
        """Whether an acceptable ACK in SYN-SENT is bad all the same: its TSecr is of none of our SYNs."""
        return False

    def times_crossing_syn_ack(self) -> bool:
        """Whether the ACK of the SYN,ACK of a simultaneous open is a sample of the round trip. It may be
        meant for the SYN as well, and gives none then, as after a retransmission (RFC 6298 section 3)."""
        return False

    def known_syn_draws_ack(self) -> bool:
        """Whether the SYN,ACK of a simultaneous open, whose SYN is known already, draws an ACK (A.2)."""
        return False

    def drops_syn_fin(self, profile: Profile) -> bool:
        """Whether a segment with SYN and FIN is dropped before a connection is looked for; else only the
        third check of LISTEN does so (3.10.7.2)."""
        return False

    def queues_data_on_syn(self, tcb: Tcb, profile: Profile) -> bool:
        """Whether data on a SYN waits for ESTABLISHED (3.10.7.2, third, and 3.10.7.3, fourth)."""
        return profile.queue_data_on_syn

    def queues_fin_on_syn(self) -> bool:
        """Whether a FIN on a SYN waits for ESTABLISHED with the data (3.10.7.3, fourth)."""
        return True

    def acknowledges_data_on_syn(self) -> bool:
        """Whether data that came on a SYN draws an ACK of its own on entering ESTABLISHED."""
        return True

    def half_open_input(self, tcb: Tcb, segment: Segment, now: int) -> HalfOpen:
        """What becomes of a segment in SYN-RECEIVED, before the eight checks."""
        return HalfOpen.CHECKS

    def throttles_syn_ack(self) -> bool:
        """Whether the SYN,ACK for a SYN again is one of the answers that are limited (RFC 5961 7)."""
        return False

    def opens_by_ack_of_iss(self, tcb: Tcb) -> bool:
        """Whether a segment opens a connection in SYN-RECEIVED though it does not acknowledge our SYN, but
        nothing (3.10.7.4, fifth: SND.UNA < SEG.ACK)."""
        return False

    def drops_without_ack(self, tcb: Tcb) -> bool:
        """Whether a segment with none of ACK, RST and SYN is dropped before it is found unacceptable."""
        return False

    def known_syn_passes(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether the SYN,ACK of a simultaneous open, whose SYN is known already, is accepted behind its SYN
        (A.2)."""
        return True

    # Closing.

    def close_waits(self, tcb: Tcb, half_duplex: bool) -> bool:
        """Whether a CLOSE before ESTABLISHED is put off until then (3.10.4 forms the FIN at once)."""
        return False

    def sends_waiting_fin_first(self) -> bool:
        """Whether the FIN of a CLOSE that was put off goes before the data of the segment that brings
        ESTABLISHED is looked at, and so does not acknowledge it (3.10.4 leaves that open)."""
        return False

    def close_deletes(self, tcb: Tcb, half_duplex: bool) -> bool:
        """Whether a CLOSE deletes the block (3.10.4, LISTEN and SYN-SENT)."""
        return tcb.state in (State.LISTEN, State.SYN_SENT)

    def abort_deletes(self, tcb: Tcb, unread: bool = False) -> bool:
        """Whether an ABORT deletes the block without a RST (3.10.5). `unread`: data is unread (3.6.1)."""
        return tcb.state in (State.LISTEN, State.SYN_SENT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)

    def close_wait_ends_at_close(self) -> bool:
        """Whether a CLOSE in CLOSE-WAIT enters LAST-ACK though data has to go before the FIN (3.10.4: once
        the FIN is sent)."""
        return False

    def syn_ends_time_wait(self) -> bool:
        """Whether a SYN that proves to be newer ends TIME-WAIT also where there is no listener (MAY-2)."""
        return False

    def open_ends_time_wait(self, old: Tcb) -> bool:
        """Whether an active OPEN between the sockets of a TIME-WAIT ends that (3.10.1: it is refused)."""
        return False

    def is_newer_syn(self, old: Tcb, syn: Segment, profile: Profile) -> bool:
        """Whether a SYN proves by timestamp or number that it was sent after all of a connection in TIME-WAIT
        (MAY-2), or that only the new one will have timestamps: old segments have none (RFC 6191, 2)."""
        times = read_timestamps(syn) if profile.timestamps else None
        if times is None or (old.timestamps and times[0] == old.ts_recent):
            return lt(old.rcv_nxt, syn.seq)
        return not old.timestamps or lt(old.ts_recent, times[0])

    def returns_to_time_wait(self) -> bool:
        """Whether TIME-WAIT lasts until a newer SYN has led to a connection, and goes on if none comes of it
        (MAY-2, (2))."""
        return True

    def time_wait_input(self, tcb: Tcb, segment: Segment, profile: Profile, now: int) -> Verdict | None:
        """What is done with a segment in TIME-WAIT, or in a FIN-WAIT-2 that the application has closed both
        ways; None: the eight checks decide (3.10.7.4)."""
        return None

    def refuses_data_first(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether data for an application that has closed both ways resets before the first check."""
        return False

    def refuses_data(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether data for an application that has closed both ways resets after the fifth check: in the two
        states in which data may still come (3.6.1, SHLD-3)."""
        waits = tcb.receive_shutdown and tcb.state in (State.FIN_WAIT_1, State.FIN_WAIT_2)
        return waits and bool(segment.data) and is_new_data(tcb, segment)

    def user_timeout_is_r2(self, front: RetransmissionEntry | None) -> bool:
        """Whether a user timeout that the application has named is R2 of its connection (3.8.3 (a), (d)), for
        the `front` of the retransmission queue, or, where that is None, for zero-window probes."""
        return True

    def abandons_orphan(self, tcb: Tcb, profile: Profile) -> bool:
        """Whether a connection that no program holds ends, at the moment of a zero-window probe, though its
        probes are answered. By 3.8.6.1 it does not (MUST-37)."""
        return False

    def nagle_waits(self, tcb: Tcb, octets: int, sent: int) -> bool:
        """Whether Nagle's algorithm holds back less than a full segment, `octets`, `sent` having just gone:
        while anything is unacknowledged (3.7.4)."""
        return tcb.snd_una != tcb.snd_nxt

    def urgent_passes_nagle(self) -> bool:
        """Whether Nagle's algorithm lets urgent data go. By 3.7.4 that makes no difference."""
        return False

    def acknowledges_fin_first(self, tcb: Tcb) -> bool:
        """Whether the ACK of the peer's FIN goes alone, before data for which the segment has made room
        (3.10.7.4, eighth, leaves that open)."""
        return False

    def acknowledges_fin_again(self) -> bool:
        """Whether a FIN that lies beyond the peer's first one is acknowledged (3.10.7.4, eighth)."""
        return True

    def reset_has_window(self) -> bool:
        """Whether the RST of an ABORT carries the receive window. It means nothing there."""
        return False

    def reset_seq(self, tcb: Tcb) -> int:
        """SEG.SEQ of the RST of an ABORT (3.10.5)."""
        return tcb.snd_nxt

    def acceptable_seq(self, tcb: Tcb) -> int:
        """SEG.SEQ of an ACK where the peer's window ends before SND.NXT: its end, for beyond it the peer
        would not accept the ACK, and two ends in that situation would answer each other without end (A.2)."""
        return seq_add(tcb.snd_una, tcb.snd_wnd)

    # Urgent data.

    def urgent_end(self, segment: Segment) -> int:
        """SEG.UP: the number after the urgent data of a segment (3.8.5)."""
        return seq_add(segment.seq, segment.up)

    def urgent_from(self, tcb: Tcb) -> int:
        """The number from which urgent data is told: the first that has not been read (MUST-32)."""
        return seq_add(tcb.rcv_nxt, -len(tcb.receive_buffer))

    # Old duplicates, and the edges of the window.

    def acceptable(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether the first check lets a segment pass: the four cases of Table 6 (3.10.7.4)."""
        return is_in_table_6(tcb, segment, tcb.rcv_wnd)

    def zero_window_allowance(self) -> bool:
        """Whether ACK and RST count of a segment at RCV.NXT whose data a window of zero has no room for
        (3.10.7.4, first, MUST-66)."""
        return True

    def trims_to_window(self) -> bool:
        """Whether of a segment only what lies in the window is looked at (3.10.7.4, first). Else data is
        taken also beyond the right edge, and what has come before is acknowledged in every state."""
        return True

    def challenges_rst_outside(self) -> bool:
        """Whether a RST that the first check took draws a challenge ACK though its number is outside the
        window (3.10.7.4, second, 1: silently dropped)."""
        return False

    def rst_as_judged(self, tcb: Tcb, rst: Segment) -> Segment:
        """The RST with the number that the second check compares with RCV.NXT."""
        return rst

    def check_timestamp(self, tcb: Tcb, segment: Segment, tsval: int, now: int) -> Paws:
        """What PAWS does with a segment (RFC 7323 5.3, R1)."""
        old = lt(tsval, tcb.ts_recent) and now - tcb.ts_recent_at <= TS_RECENT_LIFETIME
        return Paws.ANSWERED if old else Paws.PASSES

    def updates_ts_recent(self, tcb: Tcb, segment: Segment, counts: bool) -> bool:
        """Whether a segment that does not begin after Last.ACK.sent sets TS.Recent (RFC 7323 4.3): what is
        acceptable does; `counts`: it is, or its ACK counts all the same."""
        return counts

    def throttles_answers(self) -> bool:
        """Whether ACKs that answer what is not acceptable and has no data are limited (RFC 5961 7)."""
        return True

    def answers_apart(self) -> bool:
        """Whether a challenge ACK, a keep-alive probe and an ACK in TIME-WAIT are formed apart from others:
        they tell the free space as it is, have no SACK blocks and leave a delayed ACK to come."""
        return False

    def reset_has_sack(self) -> bool:
        """Whether a RST that acknowledges has SACK blocks."""
        return True

    def resets_with_timestamps(self, tcb: Tcb) -> bool:
        """Whether the RST that answers a segment of a connection has a timestamp (RFC 7323 3.2: it may)."""
        return False

    def reports_old_timestamp(self) -> bool:
        """Whether D-SACK reports what PAWS drops (RFC 2883 section 4 speaks of duplicates alone)."""
        return False

    def ts_recent_waits_for_ack(self) -> bool:
        """Whether TS.Recent is set only once the ACK field has been found good, not right behind the first
        check (RFC 7323 5.3, R3)."""
        return False

    def is_predicted(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether the segment is so much what is expected that its timestamp counts before its ACK field is
        looked at."""
        return False

    def challenges_unsent_ack(self) -> bool:
        """Whether the answer to an ACK of something not sent is one of those that are limited, also where the
        segment has data (RFC 5961 7)."""
        return False

    def counts_answers_anew(self) -> bool:
        """Whether ESTABLISHED after a passive OPEN, TIME-WAIT, and FIN-WAIT-2 closed both ways begin with no
        answers counted (RFC 5961 7)."""
        return False

    def takes_only_ack(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether nothing else is looked at in the segment whose ACK has brought a connection that is closed
        both ways to FIN-WAIT-2."""
        return False

    def oldest_ack(self, tcb: Tcb) -> int:
        """The lowest SEG.ACK that the fifth check takes: SND.UNA - MAX.SND.WND (RFC 5961 5.2)."""
        return seq_add(tcb.snd_una, -tcb.max_snd_wnd)

    def ack_may_wait(
        self, tcb: Tcb, arrived: OutOfOrderData, piece: OutOfOrderData, profile: Profile
    ) -> bool:
        """Whether the ACK of data or a FIN may be delayed, `piece` being what of it fits into the window:
        only of data in order that leaves nothing missing (RFC 5681 4.2) and has all been taken, for what did
        not fit will come again (3.10.7.4, first)."""
        if tcb.out_of_order or arrived.seq != tcb.rcv_nxt or len(piece.data) < len(arrived.data):
            return False
        return not arrived.fin or (profile.pingpong and tcb.state is State.ESTABLISHED)

    def sack_covers_fin(self) -> bool:
        """Whether a SACK block has the number of a FIN that is out of order."""
        return True

    def receive_window(self, tcb: Tcb) -> int:
        """RCV.WND as the checks of an arriving segment count it, in octets from RCV.NXT, at least what has
        been announced."""
        return tcb.rcv_wnd

    def fin_takes_room(self) -> bool:
        """Whether a FIN has to lie in the window with the data before it (3.10.7.4, first)."""
        return True

    def duplicate_length(self, segment: Segment) -> int:
        """The sequence numbers of a duplicate that D-SACK reports (RFC 2883 section 4)."""
        return segment.length

    def may_update_window(self, tcb: Tcb, segment: Segment, window: int) -> bool:
        """Whether a segment that is not older than the one which set SND.WND may set it to `window`
        (3.10.7.4, fifth, ESTABLISHED)."""
        return True

    def new_ack_sets_window(self) -> bool:
        """Whether an ACK of new data sets SND.WND though a later SEQ has set it (3.10.7.4, fifth: not)."""
        return False

    def dropped_restarts_keep_alive(self) -> bool:
        """Whether a segment that is dropped begins the idle time anew: 3.8.4 asks for what is received
        (MUST-26)."""
        return True

    # Errors from below.

    def error_effect(self, tcb: Tcb, kind: Unreachable, profile: Profile) -> ErrorEffect:
        """What an ICMP error about a segment in flight does (3.9.2.2, SHLD-26 and MUST-56)."""
        opening = tcb.state in (State.SYN_SENT, State.SYN_RECEIVED)
        if kind.hard:
            ends = profile.hard_error_aborts == "any" or (opening and profile.hard_error_aborts == "opening")
        else:
            ends = opening and profile.soft_error_aborts_open
        return ErrorEffect.ENDS if ends else ErrorEffect.NOTED

    def takes_path_mtu(self, tcb: Tcb, mtu: int, headers: int) -> bool:
        """Whether "fragmentation needed" counts, `headers` being IP's and TCP's (3.7.2)."""
        return True

    def offers_path_mss(self) -> bool:
        """Whether the MSS that a SYN offers is limited by the path; by 3.7.1 it says what is received."""
        return False

    # Sending.

    def probe_interval(self, tcb: Tcb, profile: Profile) -> int:
        """Time to the next zero-window probe, but for the longest: one RTO, then exponentially longer
        (SHLD-29, SHLD-30)."""
        return max(tcb.estimate.rto << tcb.persist_backoff, profile.persist_min)

    # Window selection.

    def initial_rcv_wnd(self, buffer: int, profile: Profile, mss: int) -> int:
        """The window that a SYN announces, in octets, with a receive buffer of `buffer`; `mss` is the data
        that we take in one segment. It is never scaled (RFC 7323 2.2)."""
        return min(buffer, UNSCALED if profile.first_window is None else profile.first_window)

    def window_shift(self, buffer: int | None, shift: int) -> int:
        """The shift that a SYN offers (RFC 7323 2.2), `shift` being the profile's and `buffer` the octets
        that the application has asked for, None if it has not."""
        return shift

    def initial_receive_memory(self, tcb: Tcb, advmss: int) -> ReceiveMemory | None:
        """What limits the window beside the buffer, when a connection begins; None: nothing ever does. The
        MSS that our SYN announces is `advmss`."""
        return None

    def opened_receive_memory(self, tcb: Tcb) -> ReceiveMemory | None:
        """`Tcb.receive_memory` in ESTABLISHED."""
        return tcb.receive_memory

    def receive_memory_after(self, tcb: Tcb, segment: Segment, grows: bool) -> ReceiveMemory | None:
        """`Tcb.receive_memory` once the segment has been received; `grows`: the window may."""
        return tcb.receive_memory

    def fin_ends_dsack(self, tcb: Tcb) -> bool:
        """Whether what has come twice is not reported any more, once a FIN has come (not in RFC 2883)."""
        return False

    def window_after_fin(self, tcb: Tcb) -> int:
        """RCV.WND once the peer's FIN has moved RCV.NXT, in the state in which it came."""
        return tcb.rcv_wnd

    def little_is_free(self, tcb: Tcb) -> bool:
        """Whether so little of the receive buffer is free that ACKs without delay end (knob `pingpong`)."""
        return False

    def select_window(self, tcb: Tcb) -> int:
        """RCV.WND as the next ACK announces it, in octets. Its right edge is never moved left (SHLD-14).

        3.8.6.2.2: the edge stays until RCV.BUFF - RCV.USER - RCV.WND >= min(Fr * RCV.BUFF, Eff.snd.MSS).
        """
        window, buffer = tcb.rcv_wnd, tcb.rcv_buff
        if buffer - len(tcb.receive_buffer) <= window:
            return window
        gain = free_space(tcb) - window
        return window + gain if gain > 0 and (gain >= tcb.snd_mss or 2 * gain >= buffer - 1) else window

    def keeps_right_edge(self, tcb: Tcb, acknowledged: int) -> bool:
        """Whether the window's right edge, until now as far as it can be, stays where it is with the ACK of
        so many numbers, though all data has been read: there is little to gain (3.8.6.2.2)."""
        if tcb.receive_buffer:
            return False
        return min(tcb.rcv_buff, UNSCALED << tcb.rcv_shift) - tcb.rcv_wnd == acknowledged

    def window_update_due(self, tcb: Tcb) -> bool:
        """Whether reading has opened the window so far that the peer is told at once (3.8.6.2.2)."""
        gain = self.select_window(tcb) - tcb.rcv_wnd
        return gain > 0 and (tcb.rcv_wnd < tcb.snd_mss or 2 * gain >= tcb.rcv_buff)
