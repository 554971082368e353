"""One step of one host: what it does is said here, and nowhere else.

The one way out for a segment, the one change of state, the one place where a decision names its
rule. A `Step` lives as long as one call, one arrival or one timeout.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.events import (
    Dropped,
    Event,
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
from tcptui.core.profile import Profile
from tcptui.core.rules import Rule
from tcptui.core.segment import ACK, RST, Option, Segment, Socket
from tcptui.core.seq import add as seq_add
from tcptui.core.state import State
from tcptui.core.tcb import Tcb
from tcptui.core.timers import Timer


class Step:
    """What one event brings about, collected in `events`."""

    __slots__ = ("ack_due", "choose_iss", "events", "now", "profile")

    def __init__(self, now: int, profile: Profile, choose_iss: Callable[[Socket, Socket, int], int]) -> None:
        self.now = now
        self.profile = profile
        self.choose_iss = choose_iss
        """From local socket, remote socket and time to an initial sequence number."""
        self.events: list[Event] = []
        self.ack_due = False
        """An acknowledgment is owed; the next segment that carries one pays it (MUST-58)."""

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
        ack = 0
        if flags & ACK:
            self.ack_due = False
            ack = tcb.rcv_nxt
        window = 0 if flags & RST else tcb.rcv_wnd  # It means nothing on a RST.
        segment = Segment(tcb.local, tcb.remote, seq, ack, flags, window, data, options)
        self.events.append(Sent(tcb.connection, segment, attempt))

    def send_ack(self, tcb: Tcb) -> None:
        """``<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>``

        If the peer's window ends before SND.NXT, the SEQ is the window's end: beyond it the peer would not
        accept the ACK, and if both ends were in that place they would answer each other for ever (A.2).
        """
        seq = tcb.snd_nxt
        if seq != tcb.snd_una != tcb.iss and tcb.usable_window < 0:
            seq = seq_add(tcb.snd_una, tcb.snd_wnd)
        self.send(tcb, ACK, seq)

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
        tcb.unsent = b""
        tcb.retransmission_queue = ()
        tcb.held = ()
        for kind in TimerKind:
            self.stop_timer(tcb, kind)
        self.set_state(tcb, State.CLOSED)
