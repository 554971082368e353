"""The part of the base that is about losses: the congestion window, duplicate ACKs, and what goes again, by
the letter of RFC 5681 and RFC 6298."""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import distance
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.timers import RtoEstimate, sampled


class Rfc5681:
    """What a TCP does about losses that follows the text of these two."""

    __slots__ = ()

    def estimated(self, tcb: Tcb, rtt: int, profile: Profile) -> RtoEstimate:
        """The RTO, and what it follows from, after a round trip of `rtt` microseconds (RFC 6298 2.2 to
        2.5)."""
        return sampled(tcb.estimate, rtt, profile)

    def timed(self, acknowledged: tuple[RetransmissionEntry, ...]) -> RetransmissionEntry:
        """Of the segments that one ACK acknowledges, none of them sent again, that whose round trip is
        measured (RFC 6298 section 3 leaves open which)."""
        return acknowledged[-1]

    def in_flight(self, tcb: Tcb) -> int:
        """Octets in flight as cwnd counts them: FlightSize (RFC 5681 section 2)."""
        return distance(tcb.snd_una, tcb.snd_nxt)

    def congestion_room(self, tcb: Tcb) -> int:
        """Octets that cwnd leaves beside what is in flight; negative if it has shrunk."""
        return tcb.cwnd - distance(tcb.snd_una, tcb.snd_nxt)

    def reduced(self, tcb: Tcb, flight: int) -> int:
        """ssthresh after a loss, `flight` octets having been in flight (RFC 5681 3.1, equation 4)."""
        return max(flight // 2, 2 * tcb.snd_mss)

    def grown(self, tcb: Tcb, acknowledged: int) -> int:
        """cwnd after an ACK of so many octets outside recovery: in slow start that much more, then a segment
        more for each cwnd (RFC 5681 3.1, equations 2 and 3)."""
        if tcb.cwnd < tcb.ssthresh:
            return tcb.cwnd + acknowledged
        return tcb.cwnd + max(1, tcb.snd_mss * tcb.snd_mss // max(1, tcb.cwnd))

    def counts_for_cwnd(self, tcb: Tcb, octets: int, segments: int) -> int:
        """What so many `octets`, in so many whole `segments`, count for cwnd (RFC 5681 3.1)."""
        return octets

    def fin_waits_for_cwnd(self) -> bool:
        """Whether a FIN without data waits for cwnd. RFC 5681 limits data."""
        return False

    def repeats(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether an ACK of SND.UNA without data says nothing new, of the window neither (RFC 5681
        section 2)."""
        return segment.wnd << tcb.snd_shift == tcb.snd_wnd

    def is_duplicate(self, tcb: Tcb, segment: Segment, news: bool) -> bool:
        """Whether an ACK of SND.UNA without data, with data in flight, is a duplicate: the window has to be
        the same, but with SACK blocks that are `news` (RFC 5681 section 2, RFC 6675 section 2). One that
        closes the window answers a probe of it (3.8.6.1)."""
        return bool(segment.wnd) and (news or self.repeats(tcb, segment))

    def counted_duplicates(self, tcb: Tcb) -> int:
        """How many duplicate ACKs there are with one more."""
        return tcb.duplicate_acks + 1

    def part_restarts_timer(self) -> bool:
        """Whether the retransmission timer starts again where only part of a segment is acknowledged
        (RFC 6298 5.3: "new data")."""
        return True

    def retransmits_first(self) -> bool:
        """Whether what an ACK has retransmitted goes before the data of that segment is looked at, and so
        does not acknowledge it (3.10.7.4 leaves that open)."""
        return False

    def cuts_retransmissions_anew(self) -> bool:
        """Whether what goes again is cut to what a segment has room for now, and takes along short segments
        behind it (3.8.1 leaves that open)."""
        return False

    def probes_with_data_in_flight(self) -> bool:
        """Whether a closed window is probed, and the retransmission timer stopped, though there is data in
        flight (3.8.6.1)."""
        return True

    def initial_cwnd_after_loss(self) -> bool:
        """Whether a SYN or SYN,ACK that went again makes the initial cwnd one segment also where the profile
        names it."""
        return False
