"""Segments that nobody would send, into every state, and what must hold after each of them.

Half are drawn by chance around the numbers that matter, half are those of a real peer with something changed.
The same seed gives the same run.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tcptui.core.events import Event, Sent, StateChanged
from tcptui.core.packet.options import mss_option, timestamps_option
from tcptui.core.packet.segment import (
    ACK,
    FIN,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_WINDOW_SCALE,
    PSH,
    RST,
    SYN,
    URG,
    Option,
    Segment,
    Socket,
)  # fmt: skip
from tcptui.core.packet.seq import HALF, MASK, distance, le, seq_add
from tcptui.core.packet.tcp_format import encode
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import ARROWS, State
from tcptui.core.tcp.calls import Abort, Call, Close, Open, Receive, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.unreachable import Unreachable

US, PEER = Socket("192.0.2.1", 1025), Socket("192.0.2.2", 80)
PROFILES: tuple[Profile, ...] = (
    RFC9293,
    LINUX,
    FREEBSD,
    RFC9293._replace(receive_buffer=7, delayed_ack=0),
    LINUX._replace(receive_buffer=3_000, syn_queue=1),
    RFC9293._replace(
        rfc5961_rst=False, rfc5961_syn=False, rfc5961_ack=False, window_scale=14, timestamps=True
    ),
    RFC9293._replace(
        two_way_handshake=True, no_time_wait=True, fin_acked_with_fin_only=True, accept_any_ack=True
    ),
)
FLAGS = (
    ACK,
    ACK,
    ACK,
    ACK | PSH,
    SYN,
    SYN | ACK,
    FIN | ACK,
    FIN,
    RST,
    RST | ACK,
    SYN | FIN,
    0,
    0xFF,
    ACK | URG,
)
WINDOWS = (0, 1, 100, 1_460, 8_000, 65_535)
SENDING = (State.ESTABLISHED, State.FIN_WAIT_1, State.CLOSE_WAIT, State.CLOSING)


class Broken(AssertionError):
    """An invariant does not hold; the text says which, and by what seed and segment to see it again."""


class Fuzz:
    """One host under fire, begun anew whenever its connection has been closed for a while."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.seed = seed
        self.segments = 0
        self.seen: set[State] = set()
        self.last: object = None
        self.begin()

    def begin(self) -> None:
        """A fresh host with a profile drawn by chance, that listens, or connects, or both at once."""
        dice = self.dice
        self.stack = Stack(dice.choice(PROFILES), isns=(dice.choice((1_000, MASK - 2, HALF - 1, HALF)),))
        self.irs = dice.choice((5_000, MASK - 1, HALF))
        self.now = 0
        kind = dice.randrange(3)
        if kind == 0:
            self.call(Open(US, PEER))
        else:
            self.call(Open(US, passive=True, backlog=dice.choice((0, 1, 5)) if kind == 1 else None))

    def run(self, segments: int) -> None:
        """So many segments, with calls, errors and time between them."""
        dice = self.dice
        goal = self.segments + segments
        while self.segments < goal:
            draw = dice.random()
            if draw < 0.80:
                self.segments += 1
                self.arrives(self.segment())
            elif draw < 0.90:
                self.call(self.any_call())
            elif draw < 0.97:
                self.wait()
            elif draw < 0.98:
                self.error()
            elif draw < 0.985 or not self.stack.tcbs():
                self.begin()

    def segment(self) -> Segment:
        """A segment of the peer: right but for a change, or drawn around the edges that matter."""
        dice = self.dice
        tcb = self.target()
        nxt = tcb.rcv_nxt if tcb.rcv_nxt != 0 else self.irs
        seqs = (nxt, nxt, nxt, nxt - 1, nxt + 1, nxt + tcb.rcv_wnd, nxt + tcb.rcv_wnd - 1, tcb.irs, nxt + 10)
        acks = (
            tcb.snd_nxt,
            tcb.snd_nxt,
            tcb.snd_una,
            tcb.snd_una + 1,
            tcb.snd_nxt + 1,
            tcb.iss,
            tcb.snd_una - 70_000,
        )
        right = dice.random() < 0.5
        seq = seqs[0] if right else dice.choice(seqs)
        ack = acks[0] if right else dice.choice(acks)
        flags = dice.choice(FLAGS)
        if right and tcb.state in (State.LISTEN, State.SYN_SENT):
            flags = SYN if tcb.state is State.LISTEN else dice.choice((SYN, SYN | ACK, SYN | ACK))
            seq = self.irs
        if dice.random() < 0.02:
            seq, ack, flags = dice.getrandbits(32), dice.getrandbits(32), dice.getrandbits(8)
        data = bytes(dice.choice((0, 0, 0, 1, 5, 100, 1_460)))
        up = dice.choice((0, 1, 5, 65_535)) if flags & URG else 0
        window = dice.choice(WINDOWS)
        return Segment(PEER, US, seq & MASK, ack & MASK, flags, window, data, self.options(tcb, flags), up)

    def options(self, tcb: Tcb, flags: int) -> tuple[Option, ...]:
        dice = self.dice
        options: list[Option] = []
        if flags & SYN and dice.random() < 0.7:
            options += [mss_option(dice.choice((0, 1, 536, 1_460, 65_535)))]
            if dice.random() < 0.7:
                shift = bytes((dice.choice((0, 2, 14, 255)),))
                options += [Option(OPTION_SACK_PERMITTED), Option(OPTION_WINDOW_SCALE, shift)]
        if dice.random() < (0.9 if tcb.timestamps or flags & SYN else 0.1):
            options.append(
                timestamps_option(self.now // 1_000 + dice.choice((0, 0, 0, 1, -5)), self.now // 1_000)
            )
        if tcb.sack and dice.random() < 0.3:
            start = seq_add(tcb.snd_una, dice.choice((-10, 0, 1, 100, 1_460)))
            end = seq_add(start, dice.choice((0, 1, 1_460, 5_000)))
            options.append(Option(OPTION_SACK, start.to_bytes(4, "big") + end.to_bytes(4, "big")))
        if dice.random() < 0.02:
            options.append(Option(dice.randrange(2, 256), dice.randbytes(dice.randrange(12))))
        return tuple(options)

    def any_call(self) -> Call:
        dice = self.dice
        name = self.target().connection
        draw = dice.random()
        if draw < 0.4:
            return Send(name, bytes(dice.choice((1, 5, 1_460, 5_000))), urgent=draw < 0.03)
        if draw < 0.8:
            return Receive(name, dice.choice((1, 100, 65_535)))
        return Close(name, half_duplex=draw > 0.93) if draw < 0.98 else Abort(name)

    def target(self) -> Tcb:
        tcbs = self.stack.tcbs()
        return tcbs[-1] if tcbs else Tcb(0, US, PEER)

    # One step, and what must hold after it.

    def arrives(self, segment: Segment) -> None:
        self.step(segment, lambda: self.stack.arrives(segment, self.now))

    def call(self, call: Call) -> None:
        self.step(call, lambda: self.stack.call(call, self.now))

    def wait(self) -> None:
        deadline = self.stack.next_deadline()
        if deadline is None or self.dice.random() < 0.5:
            self.now += self.dice.choice((1, 1_000, 500_000))
        if deadline is not None and (self.now >= deadline or self.dice.random() < 0.5):
            self.now = max(self.now, deadline)
            self.step("timer", lambda: self.stack.expire(self.now))

    def error(self) -> None:
        tcb = self.target()
        kind = self.dice.choice(tuple(Unreachable))
        error = IcmpError(
            kind, US, PEER, self.dice.choice((tcb.snd_una, tcb.snd_nxt)), self.dice.choice((68, 600))
        )
        self.step(error, lambda: self.stack.error(error, self.now))

    def step(self, cause: object, act: Callable[[], list[Event]]) -> None:
        self.last = cause
        edges = {tcb.connection: self._edge(tcb) for tcb in self.stack.tcbs()}
        events = act()
        sent = 0
        for event in events:
            if isinstance(event, Sent):
                sent += 1
                encode(event.segment)
            elif isinstance(event, StateChanged):
                self.demand((event.old, event.new) in ARROWS, f"{event.old} to {event.new}")
        for tcb in self.stack.tcbs():
            self.seen.add(tcb.state)
            self.check(tcb)
            old = edges.get(tcb.connection)
            if old is not None and tcb.irs == old[0] and tcb.state not in (State.LISTEN, State.SYN_SENT):
                self.demand(
                    le(old[1], seq_add(tcb.rcv_nxt, tcb.rcv_wnd)), "the window's right edge was taken back"
                )
        listener = self.stack.status(1)
        if listener is not None and listener.backlog is not None:
            half_open = [tcb for tcb in self.stack.tcbs() if tcb.listener and tcb.state is State.SYN_RECEIVED]
            self.demand(listener.half_open == len(half_open), "half-open connections are miscounted")
        if self.stack.next_deadline() is not None and cause == "timer":
            due = self.stack.next_deadline()
            self.demand(due is not None and due > self.now, "a timer that was served is still due")

    @staticmethod
    def _edge(tcb: Tcb) -> tuple[int, int]:
        return tcb.irs, seq_add(tcb.rcv_nxt, tcb.rcv_wnd)

    def check(self, tcb: Tcb) -> None:
        """What holds for every block at every moment."""
        self.demand(tcb.state is not State.CLOSED, "a CLOSED block is kept")
        self.demand(le(tcb.snd_una, tcb.snd_nxt), "SND.UNA > SND.NXT")
        at = tcb.snd_una
        for entry in tcb.retransmission_queue:
            self.demand(entry.seq == at, "the retransmission queue has a hole")
            at = entry.end
        self.demand(at == tcb.snd_nxt, "the retransmission queue does not end at SND.NXT")
        self.demand(tcb.rcv_wnd >= 0, "RCV.WND < 0")
        self.demand(
            len(tcb.receive_buffer) <= max(tcb.rcv_buff, 65_535), "more is unread than there is room for"
        )
        if tcb.out_of_order:
            self.demand(
                all(distance(tcb.rcv_nxt, one.seq) < HALF for one in tcb.out_of_order[1:]), "held text is old"
            )
        timers = tcb.retransmission_timer or tcb.loss_probe_timer or tcb.persist_timer
        self.demand(not tcb.retransmission_queue or timers is not None, "in flight, and no timer runs")
        waiting = tcb.send_buffer or (tcb.close_called and not tcb.fin_sent)
        if waiting and tcb.state in SENDING:
            self.demand(bool(tcb.retransmission_queue) or timers is not None, "text waits, and no timer runs")

    def demand(self, holds: bool, what: str) -> None:
        if not holds:
            raise Broken(f"{what}; seed {self.seed}, segment {self.segments}, after {self.last}")
