"""One step of one host: what it does is said here, and nowhere else.

The one way out for a segment, the one change of state, the one place where a decision names its
rule. A `Step` lives as long as one call, one arrival or one timeout.
"""

from __future__ import annotations

from typing import Protocol

from tcptui.core.events import (
    Dropped,
    Event,
    Flushed,
    Response,
    Returned,
    RuleApplied,
    Sent,
    Signal,
    Signalled,
    StateChanged,
    TimerKind,
    TimerSet,
    TimerStopped,
)
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, URG, Option, Segment, Socket
from tcptui.core.packet.seq import MASK, distance, lt
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.sack import blocks_that_fit, sack_blocks
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import Timer
from tcptui.core.tcp.window import UNSCALED, field, next_window
from tcptui.core.units import MILLISECOND


class Host(Protocol):
    """What a step may ask of the host it happens on."""

    @property
    def secret(self) -> bytes:
        """The key of initial sequence numbers and cookies."""

    def choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        """An initial sequence number."""

    def tcb(self, connection: int) -> Tcb | None:
        """The block of that name."""

    def spawn(self, listener: Tcb, remote: Socket) -> Tcb:
        """A new block in LISTEN for one peer of `listener`."""

    def half_open(self, listener: Tcb) -> int:
        """How many connections of `listener` are in SYN-RECEIVED."""


class Step:
    """What one event brings about, collected in `events`."""

    __slots__ = ("ack_due", "ack_later", "events", "host", "now", "profile")

    def __init__(self, now: int, profile: Profile, host: Host) -> None:
        self.now = now
        self.profile = profile
        self.host = host
        self.events: list[Event] = []
        self.ack_due = False
        """An acknowledgment is owed; the next segment that carries one pays it (MUST-58)."""
        self.ack_later = False
        """One is owed that may be delayed (SHLD-18)."""

    def rule(self, tcb: Tcb | None, rule: Rule, **numbers: int) -> None:
        """Names the rule that decided, with the numbers it decided by."""
        connection = tcb.connection if tcb is not None else 0
        self.events.append(RuleApplied(connection, rule, tuple(numbers.items())))

    def send(
        self,
        tcb: Tcb,
        flags: int,
        seq: int,
        data: bytes = b"",
        options: tuple[Option, ...] = (),
        attempt: int = 1,
    ) -> None:
        """Sends a segment of this connection; with ACK in `flags` it acknowledges RCV.NXT."""
        assert tcb.remote is not None
        ack = window = up = 0
        if flags & SYN:
            window = min(tcb.rcv_wnd, UNSCALED)
        elif not flags & RST:  # It means nothing there.
            tcb.rcv_wnd = next_window(tcb, self.profile)
            window = field(tcb)
        if flags & ACK:
            self.ack_due = self.ack_later = False
            tcb.last_ack_sent = ack = tcb.rcv_nxt
            if tcb.delayed_ack_timer is not None:
                self.stop_timer(tcb, TimerKind.DELAYED_ACK)
            if tcb.quickack:
                tcb.quickack -= 1
        if data and tcb.quickack and self._is_reply(tcb):
            tcb.quickack = 0
        if not flags & SYN and (tcb.timestamps or tcb.sack):
            options = self._data_options(tcb, flags, len(data))
        if tcb.snd_up is not None and lt(seq, tcb.snd_up) and not flags & (SYN | RST):
            flags, up = flags | URG, min(distance(seq, tcb.snd_up), 0xFFFF)
        segment = Segment(tcb.local, tcb.remote, seq, ack, flags, window, data, options, up)
        self.events.append(Sent(tcb.connection, segment, attempt))

    def _is_reply(self, tcb: Tcb) -> bool:
        """Whether text answers text: a dialogue, in which ACKs can wait for text that carries them."""
        profile, came = self.profile, tcb.data_received_at
        return profile.pingpong and came is not None and self.now - came < profile.delayed_ack

    def _data_options(self, tcb: Tcb, flags: int, octets: int) -> tuple[Option, ...]:
        """Timestamps (RFC 7323 3.2), and what has come out of order (RFC 2018 section 4): beside so much text
        only what fits (MUST-16)."""
        times = (self.timestamp, tcb.ts_recent if flags & ACK else 0) if tcb.timestamps else None
        blocks = sack_blocks(tcb) if tcb.sack and flags & ACK and (tcb.out_of_order or tcb.duplicate) else []
        if octets and blocks:
            blocks = blocks[: blocks_that_fit(tcb.snd_mss - octets)]
        tcb.duplicate = None
        return data_options(times, blocks)

    @property
    def timestamp(self) -> int:
        """TSval: the clock in milliseconds (RFC 7323 4.3)."""
        return self.now // MILLISECOND & MASK

    def send_ack(self, tcb: Tcb, bare: bool = False) -> None:
        """``<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>``; some stacks put their waiting FIN on it, if not `bare`.

        If the peer's window ends before SND.NXT, the SEQ is the window's end: beyond it the peer would not
        accept the ACK, and if both ends were in that place they would answer each other for ever (A.2).
        """
        seq = tcb.snd_nxt
        if tcb.fin_sent and seq != tcb.snd_una and self.profile.acks_carry_fin and not bare:
            *others, last = tcb.retransmission_queue
            last = last._replace(transmissions=last.transmissions + 1)
            tcb.retransmission_queue = (*others, last)
            self.send(tcb, FIN | ACK, seq_add(seq, -1), attempt=last.transmissions)
            return
        if seq != tcb.snd_una != tcb.iss and tcb.usable_window < 0:
            seq = seq_add(tcb.snd_una, tcb.snd_wnd)
        self.send(tcb, ACK, seq)

    def send_challenge_ack(self, tcb: Tcb) -> None:
        """The bare ACK that asks for proof (RFC 5961 sections 3.2, 4.2), unless there have been too many."""
        if self._may_answer(tcb):
            self.send_ack(tcb, bare=True)

    def send_throttled_ack(self, tcb: Tcb) -> None:
        """An ACK that only tells what is expected, unless there have been too many."""
        if self._may_answer(tcb):
            self.send_ack(tcb)

    def _may_answer(self, tcb: Tcb) -> bool:
        """So many ACKs without need in an interval and no more, else two ends could answer each other for
        ever, or be made to flood a third (RFC 5961 section 7)."""
        if self.now - tcb.challenged_at >= self.profile.challenge_interval or not tcb.challenges:
            tcb.challenged_at, tcb.challenges = self.now, 0
        if tcb.challenges >= self.profile.challenge_acks:
            self.rule(tcb, Rule.CHALLENGE_THROTTLED, most=self.profile.challenge_acks)
            return False
        tcb.challenges += 1
        return True

    def send_reset_for(self, segment: Segment, tcb: Tcb | None = None) -> None:
        """The RST that answers `segment`, believable to its sender (RFC 9293 section 3.5.2)."""
        if segment.flags & ACK:
            reset = Segment(segment.dst, segment.src, segment.ack, 0, RST, 0)
        else:
            reset = Segment(segment.dst, segment.src, 0, segment.end, RST | ACK, 0)
        self.events.append(Sent(tcb.connection if tcb is not None else 0, reset))

    def drop(self, tcb: Tcb | None, segment: Segment) -> None:
        self.events.append(Dropped(tcb.connection if tcb is not None else 0, segment))

    def set_state(self, tcb: Tcb, state: State) -> None:
        self.events.append(StateChanged(tcb.connection, tcb.state, state))
        tcb.state = state

    def start_timer(self, tcb: Tcb, kind: TimerKind, after: int) -> None:
        """(Re)starts a timer, to fire `after` microseconds from now."""
        timer = Timer(self.now, self.now + after)
        setattr(tcb, kind.variable, timer)
        self.events.append(TimerSet(tcb.connection, kind, timer.due))

    def stop_timer(self, tcb: Tcb, kind: TimerKind) -> None:
        if getattr(tcb, kind.variable) is not None:
            setattr(tcb, kind.variable, None)
            self.events.append(TimerStopped(tcb.connection, kind))

    def signal(self, tcb: Tcb, signal: Signal) -> None:
        self.events.append(Signalled(tcb.connection, signal))

    def returned(self, connection: int, call: str, response: Response) -> None:
        self.events.append(Returned(connection, call, response))

    def delete(self, tcb: Tcb, outstanding: Response) -> None:
        """Flushes all queues, answers outstanding RECEIVEs, enters CLOSED (the TCB is deleted)."""
        for _ in tcb.receives:
            self.returned(tcb.connection, "RECEIVE", outstanding)
        tcb.receives = ()
        unacknowledged = len(tcb.send_buffer) + distance(tcb.snd_una, tcb.snd_nxt)
        if tcb.receive_buffer or unacknowledged:
            self.events.append(Flushed(tcb.connection, tcb.receive_buffer, tcb.urgent_unread, unacknowledged))
        tcb.send_buffer = b""
        tcb.retransmission_queue = ()
        tcb.out_of_order = ()
        for kind in TimerKind:
            self.stop_timer(tcb, kind)
        self.set_state(tcb, State.CLOSED)
