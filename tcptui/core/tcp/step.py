"""One step of one host: the events of one call, one arrival or one timeout, and what may be done in it."""

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
    TimerFired,
    TimerKind,
    TimerSet,
    TimerStopped,
)
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, URG, Option, Segment, Socket
from tcptui.core.packet.seq import MASK, distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.sack import blocks_that_fit, sack_blocks
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import Timer
from tcptui.core.tcp.window import UNSCALED, field, free_space
from tcptui.core.units import MILLISECOND
from tcptui.named_tuple import tuple_of


class StepHost(Protocol):
    """What a step may ask of the stack that it happens in."""

    @property
    def secret(self) -> bytes:
        """The key of initial sequence numbers and cookies."""

    def choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        """An initial sequence number."""

    def listener(self, connection: int) -> Listener | None:
        """The listener of that name."""

    def state(self, connection: int) -> State:
        """The state of a connection or a listener; CLOSED where there is none of that name."""

    def spawn(self, listener: Listener, remote: Socket) -> Tcb:
        """A new block in LISTEN for one peer of `listener`."""


class Step:
    """What one call, arrival or timeout does to one host, collected in `events`.

    Why there is a Step. A function of the procedure changes the block that it is given, and it does a few
    things that others have to learn of: a segment goes out, a state changes, a timer starts, a call
    returns, a rule has decided. All of these are methods here, and nothing of the core does them otherwise:

    * `send` is the one way out for a segment of a connection, so the window, the timestamp and the SACK
      blocks are written in one place, and an ACK that was owed is known to have been paid; what no block
      stands behind goes by `send_reset_for` and `send_cookie`;
    * `set_state` is the one change of state, and `start_timer`, `stop_timer` and `fire_timer` are the only
      changes of a timer;
    * `rule` is the one place where a decision names its rule, with the numbers that decided it.

    So the events of a step, in their order, are a complete account: whoever drives the stack sends the
    segments among them, an explanation names the rules, and a test compares both; no block need be searched
    for what has changed. A step is an object that is passed down, and not a return value, because what a
    segment brings about is decided in many functions, and most of them have nothing to say.

    A step lives as long as its event. It holds what is the same for all of them: the time, the profile, the
    stack's hooks, and the host, of which it asks only what `StepHost` says. What lasts is in `Tcb`.
    """

    __slots__ = ("ack_due", "ack_later", "events", "hooks", "host", "now", "profile")

    def __init__(self, now: int, profile: Profile, hooks: Rfc9293, host: StepHost) -> None:
        self.now = now
        self.profile = profile
        self.hooks = hooks
        """What this stack does its own way: see `stacks`."""
        self.host = host
        self.events: list[Event] = []
        self.ack_due = False
        """An acknowledgment is owed; the next segment that carries one pays it (MUST-58)."""
        self.ack_later = False
        """One is owed that may be delayed (SHLD-18)."""

    def rule(self, block: Tcb | Listener | None, rule: Rule, **numbers: int) -> None:
        """Names the rule that decided, with the numbers it decided by."""
        connection = block.connection if block is not None else 0
        self.events.append(tuple_of(RuleApplied, (connection, rule, tuple(numbers.items()))))

    def rule_at(self, index: int, block: Tcb, rule: Rule, **numbers: int) -> None:
        """Names a rule whose numbers are known only after what it has decided: before the event that stands
        at `index`."""
        self.events.insert(index, RuleApplied(block.connection, rule, tuple(numbers.items())))

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
        elif not flags & RST or self.hooks.reset_has_window():
            tcb.rcv_wnd = self.hooks.select_window(tcb)
            acknowledged = tcb.rcv_nxt - tcb.last_ack_sent & MASK
            if acknowledged and flags == ACK and not data and self.hooks.keeps_right_edge(tcb, acknowledged):
                self.rule(tcb, Rule.WINDOW_EDGE_STAYS, rcv_wnd=tcb.rcv_wnd)
            window = field(tcb)
        if flags & ACK:
            if tcb.quickack or tcb.delack.pushed:
                self._count_quickack(tcb)
            self.ack_due = self.ack_later = False
            tcb.last_ack_sent = ack = tcb.rcv_nxt
            if tcb.delayed_ack_timer is not None:
                self.stop_timer(tcb, TimerKind.DELAYED_ACK)
        if data and self.profile.pingpong:
            self._note_reply(tcb)
        if not flags & SYN and (tcb.timestamps or tcb.sack):
            options = self._data_options(tcb, flags, len(data))
        if tcb.snd_up is not None and lt(seq, tcb.snd_up) and not flags & (SYN | RST):
            flags, up = flags | URG, min(distance(seq, tcb.snd_up), 0xFFFF)
        fields = (tcb.local, tcb.remote, seq, ack, flags, window, data, options, up)
        self.events.append(tuple_of(Sent, (tcb.connection, tuple_of(Segment, fields), attempt)))

    def _count_quickack(self, tcb: Tcb) -> None:
        """tcp_event_ack_sent(): one ACK less to be sent without delay, if it acknowledges something; with the
        last one the time that ACKs wait is the least again."""
        waits = self.ack_due or self.ack_later or tcb.delayed_ack_timer is not None
        if tcb.quickack and self.profile.pingpong and self.hooks.little_is_free(tcb):
            tcb.quickack = 0
        if tcb.quickack and (waits or not self.profile.pingpong):
            tcb.quickack -= 1
            if not tcb.quickack and self.profile.pingpong:
                tcb.delack = tcb.delack._replace(ato=self.profile.delayed_ack)
        if tcb.delack.pushed:
            tcb.delack = tcb.delack._replace(pushed=0)

    def _note_reply(self, tcb: Tcb) -> None:
        """tcp_event_data_sent(): data answers data, and ACKs wait for data that carries them."""
        came, history = tcb.data_received_at, tcb.delack
        if came is not None and not history.pingpong and self.now - came < history.ato:
            tcb.delack = history._replace(pingpong=True)

    def _data_options(self, tcb: Tcb, flags: int, octets: int) -> tuple[Option, ...]:
        """Timestamps (RFC 7323 3.2), and what has come out of order (RFC 2018 section 4), as far as it fits
        beside the data (MUST-16)."""
        times = (self.timestamp, tcb.ts_recent if flags & ACK else 0) if tcb.timestamps else None
        blocks = []
        reports = tcb.sack and flags & ACK and (tcb.out_of_order or tcb.duplicate)
        if reports and (not flags & RST or self.hooks.reset_has_sack()):
            blocks = sack_blocks(tcb, self.hooks.sack_covers_fin())
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

        If the peer's window ends before SND.NXT, the SEQ is the window's end (see `Rfc9293.acceptable_seq`).
        """
        seq = tcb.snd_nxt
        if tcb.fin_sent and seq != tcb.snd_una and self.profile.acks_carry_fin and not bare:
            *others, last = tcb.retransmission_queue
            last = last._replace(transmissions=last.transmissions + 1)
            tcb.retransmission_queue = (*others, last)
            self.send(tcb, FIN | ACK, seq_add(seq, -1), attempt=last.transmissions)
            return
        if seq != tcb.snd_una != tcb.iss and tcb.usable_window < 0:
            seq = self.hooks.acceptable_seq(tcb)
        self.send(tcb, ACK, seq)

    def send_challenge_ack(self, tcb: Tcb) -> None:
        """The bare ACK that asks for proof (RFC 5961 sections 3.2, 4.2), unless there have been too many."""
        if self.may_answer(tcb):
            self.send_bare_ack(tcb)

    def send_bare_ack(self, tcb: Tcb) -> None:
        """An ACK without a FIN that waits for its acknowledgment; some stacks form it apart from others."""
        if self.hooks.answers_apart():
            self._respond(tcb, tcb.snd_nxt)
            tcb.last_ack_sent = tcb.rcv_nxt
        else:
            self.send_ack(tcb, bare=True)

    def send_keep_alive(self, tcb: Tcb) -> None:
        """``<SEQ=SND.NXT-1><ACK=RCV.NXT><CTL=ACK>`` (3.8.4)"""
        if self.hooks.answers_apart():
            self._respond(tcb, seq_add(tcb.snd_nxt, -1))
        else:
            self.send(tcb, ACK, seq_add(tcb.snd_nxt, -1))

    def _respond(self, tcb: Tcb, seq: int) -> None:
        """FreeBSD tcp_respond(), syncache_respond(): the window is scaled once the connection is open."""
        assert tcb.remote is not None
        opening = tcb.state is State.SYN_RECEIVED
        window = min(free_space(tcb) >> (0 if opening else tcb.rcv_shift), UNSCALED)
        options = data_options((self.timestamp, tcb.ts_recent), ()) if tcb.timestamps else ()
        segment = Segment(tcb.local, tcb.remote, seq, tcb.rcv_nxt, ACK, window, b"", options)
        self.events.append(Sent(tcb.connection, segment))

    def send_throttled_ack(self, tcb: Tcb) -> None:
        """An ACK that only tells what is expected, unless there have been too many."""
        if self.may_answer(tcb):
            self.send_ack(tcb)

    def may_answer(self, tcb: Tcb) -> bool:
        """So many ACKs without need in an interval and no more, else two ends could answer each other without
        end, or be made to flood a third (RFC 5961 section 7)."""
        if self.now - tcb.challenged_at >= self.profile.challenge_interval or not tcb.challenges:
            tcb.challenged_at, tcb.challenges = self.now, 0
        if tcb.challenges >= self.profile.challenge_acks:
            self.rule(tcb, Rule.CHALLENGE_THROTTLED, most=self.profile.challenge_acks)
            return False
        tcb.challenges += 1
        if tcb.challenges > 1:
            most, interval = self.profile.challenge_acks, self.profile.challenge_interval
            self.rule(tcb, Rule.ANSWERS_COUNTED, answers=tcb.challenges, most=most, interval=interval)
        return True

    def send_reset_for(self, segment: Segment, block: Tcb | Listener | None = None) -> None:
        """The RST that answers `segment`, acceptable to its sender (RFC 9293 section 3.5.2)."""
        if segment.flags & ACK:
            reset = Segment(segment.dst, segment.src, segment.ack, 0, RST, 0)
        else:
            reset = Segment(segment.dst, segment.src, 0, segment.end, RST | ACK, 0)
        if isinstance(block, Tcb) and self.hooks.resets_with_timestamps(block):
            reset = reset._replace(options=data_options((self.timestamp, block.ts_recent), ()))
        self.events.append(Sent(block.connection if block is not None else 0, reset))

    def send_cookie(self, listener: Listener, syn_ack: Segment) -> None:
        """The SYN,ACK of a listener that keeps no block for it (RFC 4987 section 3.6)."""
        self.events.append(Sent(listener.connection, syn_ack))

    def drop(self, block: Tcb | Listener | None, segment: Segment) -> None:
        """The arriving segment, or what is left of it, goes no further."""
        self.events.append(Dropped(block.connection if block is not None else 0, segment))

    def set_state(self, tcb: Tcb, state: State) -> None:
        """The one change of state; it keeps the number of a listener's half-open connections."""
        self.events.append(StateChanged(tcb.connection, tcb.state, state))
        if tcb.listener and State.SYN_RECEIVED in (tcb.state, state):
            listener = self.host.listener(tcb.listener)
            if listener is not None:
                listener.half_open += 1 if state is State.SYN_RECEIVED else -1
        tcb.state = state

    def set_listening(self, listener: Listener, listening: bool) -> None:
        """A listener begins to listen, or is no more."""
        old, new = (State.CLOSED, State.LISTEN) if listening else (State.LISTEN, State.CLOSED)
        self.events.append(StateChanged(listener.connection, old, new))

    def start_timer(self, tcb: Tcb, kind: TimerKind, after: int, since: int | None = None) -> None:
        """(Re)starts a timer, to fire `after` microseconds from now, or from `since`; not before now."""
        now = self.now
        due = now + after
        if since is not None:
            now, due = since, max(now, since + after)
        setattr(tcb, kind.variable, tuple_of(Timer, (now, due)))
        self.events.append(tuple_of(TimerSet, (tcb.connection, kind, due)))

    def stop_timer(self, tcb: Tcb, kind: TimerKind) -> None:
        """Stops a timer, if it runs."""
        if getattr(tcb, kind.variable) is not None:
            setattr(tcb, kind.variable, None)
            self.events.append(TimerStopped(tcb.connection, kind))

    def fire_timer(self, tcb: Tcb, kind: TimerKind) -> None:
        """A timer is due: it runs no more, and what it is for is to be done now."""
        setattr(tcb, kind.variable, None)
        self.events.append(TimerFired(tcb.connection, kind))

    def signal(self, tcb: Tcb, signal: Signal) -> None:
        """Tells the application what it has not asked."""
        self.events.append(Signalled(tcb.connection, signal))

    def returned(self, connection: int, call: str, response: Response) -> None:
        """A call returns."""
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
