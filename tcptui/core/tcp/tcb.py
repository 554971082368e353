"""The transmission control block: everything that one connection remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from tcptui.core.events import TimerKind
from tcptui.core.packet.options import Block
from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import MASK, distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.timers import NO_ESTIMATE, RtoEstimate, Timer, first_estimate
from tcptui.named_tuple import NamedTuple

_RECEIVES = (
    State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED,
    State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2,
)  # fmt: skip
"""The states in which a RECEIVE waits for data (3.10.3)."""


class RetransmissionEntry(NamedTuple):
    """One segment on the retransmission queue."""

    seq: int
    end: int
    """The sequence number after its last one."""
    flags: int
    """Of SYN, FIN and PSH, those it was sent with."""
    data: bytes
    sent_at: int
    """When it was last sent, a SYN when it was first sent; in microseconds."""
    transmissions: int
    timeouts: int = 0
    """How often its timer has fired: what R1 and R2 count (3.8.3)."""
    sacked: bool = False
    """A SACK block has covered it (RFC 2018 section 5)."""


class LossProbe(NamedTuple):
    """A tail loss probe that is out (RFC 8985 section 7.1)."""

    end: int
    """TLP.end_seq: the number after all that had been sent then."""
    again: bool
    """TLP.is_retrans: it was sent before."""


class ReceiveMemory(NamedTuple):
    """What Linux has learned of the segments that it receives, under its own names; all but the ratio in
    octets of data."""

    rcv_ssthresh: int
    """The largest window that is announced for now."""
    window_clamp: int
    """What it can grow to."""
    advmss: int
    rcv_mss: int
    """The size of the peer's full segments, as it is estimated."""
    last_seg_size: int
    """That of the last segment, if it may have been a full one; 0: no."""
    scaling_ratio: int
    """How much data is in the memory that its segments take, in 256ths."""
    grown: int = 0
    """What the buffer has grown to, counted as `Tcb.rcv_buff`; 0: it has not."""
    overhead: int = 0
    """By how much what was unread when data last came is worth more than its octets (sk_rmem_alloc)."""
    tailroom: int = 0
    """Octets of data for which the last segment of it has room."""


class DelayedAck(NamedTuple):
    """What decides whether an ACK waits, and how long: Linux' ``icsk_ack`` (`delayed_ack`)."""

    ato: int = 0
    """Microseconds that it waits; 0: no data has come."""
    pingpong: bool = False
    """The program answers data with data, or the peer has closed."""
    pushed: int = 0
    """Segments since the last ACK that seem to end what the peer had to send; 2: two or more."""


NO_DATA_YET = DelayedAck()


class OutOfOrderData(NamedTuple):
    """Data that arrived out of order (SHLD-31), or on a SYN: beginning at `seq`."""

    seq: int
    data: bytes
    fin: bool

    @property
    def end(self) -> int:
        return (self.seq + len(self.data) + self.fin) & MASK


@dataclass(slots=True, eq=False, match_args=False)
class Tcb:
    """One connection; see RFC 9293 Tables 2 and 3 for the variables.

    Why it is one flat record. Section 3.3.1 names the variables of a connection, every other section speaks
    in these names, and so do RFC 5681, 6298 and 7323 in theirs: SND.UNA is `snd_una`, RCV.WND is `rcv_wnd`,
    ssthresh is `ssthresh`. A reader of an RFC finds the same words here, and a pane, a test or a debugger
    finds all that a connection is in one place. Parts of their own (a sender, a receiver, a congestion
    controller) would hide that the checks of an arriving segment read and write all of them.

    Why it changes in place, and its values do not. A step changes a dozen variables, one after the other, as
    the RFC's text does; a new record for each change would cost more than the step. But every value is
    immutable: a queue is a tuple that is replaced. So a shallow copy is a whole one (a microsecond, and a
    branch of the future), two blocks are equal if their values are, and the values are a key for a search.

    Only the functions of `core.tcp` see a living block, and of what they do to it all that others must learn
    goes through `Step`. Sequence numbers are raw, windows and counts in octets, times in microseconds.
    """

    connection: int
    """The local connection name."""
    local: Socket
    remote: Socket | None
    """None in LISTEN, if the passive OPEN left it unspecified."""
    state: State = State.CLOSED
    passive: bool = False
    """Came from LISTEN (MUST-11)."""
    wanted_remote: Socket | None = None
    """The remote socket that a passive OPEN named: what a return to LISTEN restores."""
    user_timeout: int | None = None
    settings: Settings = NO_SETTINGS

    iss: int = 0
    snd_una: int = 0
    snd_nxt: int = 0
    snd_wnd: int = 0
    snd_wl1: int = 0
    snd_wl2: int = 0
    snd_up: int | None = None
    """SND.UP: the number after the urgent data (MUST-62); None: there is none."""
    pushed_seq: int = 0
    """Linux' name for the number after the last segment that went with PSH."""
    snd_sml: int = 0
    """Linux' name for the number after the last segment of data that was sent less than full."""
    max_snd_wnd: int = 0
    """MAX.SND.WND of RFC 5961: the largest window the peer has announced."""
    snd_mss: int = 536
    """Octets of data that one segment may carry to the peer (MUST-15, MUST-16)."""
    path_mss: int = 65_535
    """Octets of options and data in a segment that the path is known to take (3.7.2)."""

    irs: int = 0
    rcv_nxt: int = 0
    rcv_wnd: int = 0
    """RCV.WND: what has been announced, counted from RCV.NXT."""
    rcv_up: int | None = None
    """RCV.UP: the number after the peer's urgent data; None: none has been told."""
    rcv_buff: int = 0
    receive_memory: ReceiveMemory | None = None
    """What limits the window beside the buffer; None: nothing."""
    last_ack_sent: int = 0
    """Last.ACK.sent of RFC 7323."""

    snd_shift: int = 0
    """Snd.Wind.Shift and Rcv.Wind.Shift of RFC 7323."""
    rcv_shift: int = 0
    scaling: bool = False
    timestamps: bool = False
    """Snd.TS.OK: both ends have offered them."""
    ts_recent: int = 0
    ts_recent_at: int = 0
    """When TS.Recent was last set."""
    sack: bool = False
    ecn: bool = False
    offers_options: bool = True
    """False once SYNs went without answer and go with MSS alone."""

    snd_buff: int = 0
    """Octets that the send buffer holds, sent or not; 0: the profile or a setting says it."""
    send_buffer: bytes = b""
    """Taken from SENDs, not yet segmentized."""
    more: bool = False
    """The last SEND has said that more follows: its end goes without PSH."""
    retransmission_queue: tuple[RetransmissionEntry, ...] = ()
    close_called: bool = False
    half_duplex: bool = False
    """Closed both ways by the application (MAY-1)."""
    fin_sent: bool = False

    cwnd: int = 0
    ssthresh: int = 1 << 30
    duplicate_acks: int = 0
    recovering: bool = False
    """In fast recovery (RFC 5681 3.2)."""
    recover: int = 0
    """RFC 6582: the number after all that had been sent when a loss was last noticed. Fast recovery ends with
    its acknowledgment, and duplicates of ACKs up to it begin none."""
    rtx_next: int | None = None
    """What is to be sent again from here on, as cwnd allows; None: nothing."""
    rtx_end: int = 0
    loss_probe: LossProbe | None = None
    """What the probe that is out was; None: none is."""
    most_in_flight: int = 0
    """Octets, until `flight_until` is acknowledged."""
    flight_until: int = 0
    sent_at: int = 0
    """When data was last sent, or sent again (RFC 5681 section 4.1)."""

    out_of_order: tuple[OutOfOrderData, ...] = ()
    """Arrived ahead of RCV.NXT, by sequence number."""
    sack_recency: tuple[int, ...] = ()
    """First numbers of pieces held, the latest first: the order of SACK blocks (RFC 2018 section 4)."""
    duplicate: Block | None = None
    """What arrived twice, to be reported in the next ACK (RFC 2883)."""
    receive_buffer: bytes = b""
    """In order and acknowledged, but no RECEIVE has asked for it yet."""
    receives: tuple[int, ...] = ()
    """Outstanding RECEIVEs: the octets that each asked for."""

    estimate: RtoEstimate = NO_ESTIMATE
    syn_timed_out: bool = False
    error: str = ""
    """What ICMP has said of the path (`icmp.Unreachable`), last."""
    probes: int = 0
    """Zero-window or keep-alive probes that nothing has answered."""
    persist_backoff: int = 0
    data_received_at: int | None = None
    """When the peer last sent data, or, until then, with knob `pingpong`, when the connection was opened
    (Linux: lrcvtime); None: neither."""
    quickack: int = 0
    """Acknowledgments still to be sent without delay."""
    delack: DelayedAck = NO_DATA_YET
    challenges: int = 0
    """ACKs without need sent since `challenged_at` (RFC 5961 section 7)."""
    challenged_at: int = 0

    retransmission_timer: Timer | None = None
    loss_probe_timer: Timer | None = None
    persist_timer: Timer | None = None
    delayed_ack_timer: Timer | None = None
    keep_alive_timer: Timer | None = None
    user_timer: Timer | None = None
    fin_wait_2_timer: Timer | None = None
    time_wait_timer: Timer | None = None

    ack_deferred: bool = False
    """The ACK of the SYN,ACK has come, and waits for data (TCP_DEFER_ACCEPT)."""
    listener: int = 0
    """The name of the `Listener` that this connection came from; 0: none."""
    wants_room: bool = False
    """A SEND has found or left no room: the application is told when there is some (`events.SendRoom`)."""

    @property
    def key(self) -> tuple[Socket, Socket | None]:
        """What segments are matched by: the local and the remote socket."""
        return self.local, self.remote

    @property
    def half_open(self) -> bool:
        """Whether a passive OPEN is in SYN-RECEIVED: Linux' request socket, FreeBSD's syncache entry."""
        return self.state is State.SYN_RECEIVED and self.passive

    @property
    def usable_window(self) -> int:
        """U of 3.8.6.2.1: octets that may be sent now; negative if the peer has shrunk its window."""
        return self.snd_wnd - distance(self.snd_una, self.snd_nxt)

    @property
    def receive_shutdown(self) -> bool:
        """Whether the application takes no more data: close(2), or shutdown(2) with SHUT_RD."""
        return self.half_duplex or self.settings.reads_no_more

    @property
    def wants_receive(self) -> bool:
        """Whether no RECEIVE waits, and one would wait or have data: after the peer's FIN only if there is
        some that was not read."""
        if self.receives or self.half_duplex:
            return False
        return self.state in _RECEIVES or (self.state is State.CLOSE_WAIT and bool(self.receive_buffer))

    def send_room(self, profile: Profile) -> int:
        """Octets that the send buffer takes."""
        return max(0, self.send_buffer_size(profile) - len(self.send_buffer))

    def send_buffer_size(self, profile: Profile) -> int:
        """SO_SNDBUF, in octets: as it has been rounded, else as asked for, else the default."""
        wanted = self.settings.send_buffer
        return self.snd_buff or (profile.send_buffer if wanted is None else wanted)

    @property
    def fin_acknowledged(self) -> bool:
        """Whether our FIN has been sent and acknowledged."""
        return self.fin_sent and self.snd_una == self.snd_nxt

    @property
    def urgent_unread(self) -> int:
        """Octets from the first unread one to the end of the peer's urgent data (3.8.5); 0: there is none."""
        if self.rcv_up is None:
            return 0
        fin = self.state in (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
        first = seq_add(self.rcv_nxt, -len(self.receive_buffer) - fin)
        return distance(first, self.rcv_up) if lt(first, self.rcv_up) else 0

    def reset_to_listen(self, profile: Profile) -> None:
        """Back to what a fresh passive OPEN had: all but the name, the sockets and the RECEIVEs."""
        fresh = Tcb(self.connection, self.local, self.wanted_remote, self.state, True)
        fresh.wanted_remote = self.wanted_remote
        fresh.user_timeout = self.user_timeout
        fresh.settings = self.settings
        fresh.receives = self.receives
        fresh.estimate = first_estimate(profile)
        for name in _NAMES:
            setattr(self, name, getattr(fresh, name))

    def values(self) -> tuple[Any, ...]:
        """Every variable as it is, in the order of declaration: hashable, equal if the blocks are. What the
        future depends on, with times from now, is `keys.tcb_key`."""
        return _values(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tcb) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    def copy(self) -> Tcb:
        return Tcb(*_values(self))

    def timers(self) -> list[tuple[TimerKind, Timer]]:
        """The running timers."""
        return [
            (kind, timer) for kind, timer in zip(TimerKind, _timers(self), strict=True) if timer is not None
        ]

    def next_due(self) -> int | None:
        """When the first timer fires, None if none runs."""
        due = None
        for timer in _timers(self):
            if timer is not None and (due is None or timer.due < due):
                due = timer.due
        return due


_NAMES = tuple(field.name for field in fields(Tcb))
_values = attrgetter(*_NAMES)
_timers: Callable[[Tcb], tuple[Timer | None, ...]] = attrgetter(*(kind.variable for kind in TimerKind))
if missing := [kind.name for kind in TimerKind if kind.variable not in _NAMES]:
    raise TypeError(f"Tcb has no variable for the timers {missing}")
