"""What may go, in segments of which size, by RFC 9293's letter: one method for each behaviour in which stacks
differ (3.7.1, 3.7.4, 3.8.6.1, 3.8.6.2.1)."""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import distance
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.tcb import Tcb


class Sending:
    """The part of the hooks that `send` asks."""

    __slots__ = ()

    def full_segment(self, tcb: Tcb) -> int:
        """Octets of data in a full segment, options beside the timestamps left out: Eff.snd.MSS (3.7.1)."""
        return tcb.snd_mss

    def handshake_window_counts(self) -> bool:
        """Whether the window of a SYN counts for Max(SND.WND) after a passive OPEN (3.8.6.2.1)."""
        return True

    def fills_window(self, tcb: Tcb, octets: int, full: int, sent: int, held: bool) -> bool:
        """Whether `octets` that fill the window go, though more data waits and `full` would be a whole
        segment: 3.8.6.2.1, (3). `sent`: the data that has just gone before them; `held`: Nagle's algorithm
        holds less than a full segment back."""
        return not held and 2 * octets >= tcb.max_snd_wnd

    def fin_fits(self, tcb: Tcb, octets: int) -> bool:
        """Whether the window has room for a FIN behind the last `octets` of data; if not, both wait. A FIN
        takes a number, but with nothing in flight it goes all the same: what it draws tells when the window
        has opened (3.8.6.1)."""
        return octets > 0 or tcb.usable_window > 0 or tcb.snd_una == tcb.snd_nxt

    def pushes(self, tcb: Tcb, octets: int) -> bool:
        """Whether the next `octets` of data go with PSH though more data waits behind them."""
        return False

    def ack_restarts_probes(self, tcb: Tcb, segment: Segment) -> bool:
        """Whether an ACK that leaves the window closed puts the next probe of it off."""
        return False

    def pushes_override(self) -> bool:
        """Whether what goes at last, however little (3.8.6.2.1, (4)), has PSH though more data waits."""
        return False

    def restarted(self, tcb: Tcb, idle: int, least: int) -> tuple[int, int]:
        """cwnd and ssthresh in octets after `idle` microseconds, longer than an RTO, in which nothing was
        sent; `least`: the restart window (RFC 5681 4.1)."""
        return least, tcb.ssthresh

    def write_room(self, tcb: Tcb, profile: Profile) -> tuple[int, bool]:
        """Octets that a write() takes now, what was not sent and not acknowledged filling the buffer, and
        whether poll() has POLLOUT."""
        queued = len(tcb.send_buffer) + distance(tcb.snd_una, tcb.snd_nxt)
        room = max(0, tcb.send_buffer_size(profile) - queued)
        return room, room > 0
