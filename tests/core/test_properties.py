"""Two stacks and a network that loses, duplicates and reorders: what holds whatever happens.

`Pair` plays a list of moves. Nothing in it knows TCP but what an application knows: calls, responses, states.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.events import Delivered, Event, Response, Returned, Sent, Signal, Signalled, StateChanged
from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import HALF, MODULUS, le
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import ARROWS, State
from tcptui.core.tcp.calls import Abort, Call, Close, Open, Receive, Send
from tcptui.core.tcp.stack import Stack
from tests.core.build import PEER, US

S = State
MAX_ROUNDS = 3_000
FAULTS = ("lose", "duplicate", "reorder")
CALLS = ("open", "listen", "send", "receive", "close", "abort")
MOVES = (*("deliver",) * 14, *FAULTS, *("time",) * 3, "pause", *CALLS, "send", "receive", "receive")

Move = tuple[str, int]
"""What, and a number that chooses the side, the segment or the size."""

moves = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 63)), min_size=25, max_size=80)
isns = st.one_of(st.integers(0, MODULUS - 1), st.integers(MODULUS - 9, MODULUS - 1), st.just(HALF - 3))
knobs = [name for name in Profile._fields if isinstance(getattr(RFC9293, name), bool)]
profiles = st.builds(
    lambda preset, changed, mss, room: preset._replace(mss=mss, receive_buffer=room, **changed),
    st.sampled_from([RFC9293, LINUX]),
    st.dictionaries(st.sampled_from(knobs), st.booleans(), max_size=3),
    st.sampled_from([3, 1460]),
    st.sampled_from([5, 65_535]),
)
FAST = settings(max_examples=120)


class End:
    """One application and its stack. It opens once; the octets it sends tell their places."""

    def __init__(self, profile: Profile, iss: int, local: int) -> None:
        self.stack = Stack(profile, (iss,))
        self.local, self.remote = ((US, PEER), (PEER, US))[local]
        self.opened = False
        self.sent = b""
        self.delivered = b""
        self.receive_buffer = b""
        """What no RECEIVE had asked for when the connection was last seen."""
        self.signals: list[Signal] = []
        self.aborted = False

    @property
    def state(self) -> State:
        tcb = self.stack.tcb(1)
        return S.CLOSED if tcb is None else tcb.state

    def chosen(self, name: str, number: int) -> Call | None:
        tcb = self.stack.tcb(1)
        if name in ("open", "listen"):
            allowed = not self.opened or (name == "open" and tcb is not None)
            self.opened = True
            return (
                Open(self.local, self.remote if name == "open" else None, name == "listen")
                if allowed
                else None
            )
        if name == "send":
            first = len(self.sent)
            return Send(1, bytes(place % 251 for place in range(first, first + number)))
        if name == "receive":
            return Receive(1, number + 1)
        # Rare, or few connections would get anywhere.
        if name == "close":
            return Close(1) if number > 15 else None
        return Abort(1) if number > 28 else None


class Pair:
    """Two ends, the segments between them in the order they were sent, and the clock."""

    def __init__(self, profiles: tuple[Profile, Profile], isns: tuple[int, int]) -> None:
        self.ends = (End(profiles[0], isns[0], 0), End(profiles[1], isns[1], 1))
        self.wire: list[tuple[int, Segment]] = []
        self.now = 0

    def play(self, moves: list[Move]) -> None:
        for name, number in moves:
            at = number % len(self.wire) if self.wire else None
            if name == "time":
                self.time(self.deadline())
            elif name == "pause":
                self.time(self.now + number * 40_000)
            elif name in CALLS:
                self.call(number % 2, self.ends[number % 2].chosen(name, number // 2))
            elif at is None:
                continue
            elif name == "deliver":
                self.deliver(0)
            elif name == "lose":
                del self.wire[at]
            elif name == "duplicate":
                self.wire.append(self.wire[at])
            else:
                self.deliver(at)

    def close_and_run(self) -> None:
        """No more faults: both close and keep reading until both are CLOSED or nothing happens any more."""
        for _ in range(MAX_ROUNDS):
            for side, end in enumerate(self.ends):
                tcb = end.stack.tcb(1)
                if tcb is not None and not tcb.close_called:
                    self.call(side, Close(1))
                while (status := end.stack.status(1)) and (status.rcv_queue or not status.receives):
                    if self.call(side, Receive(1)) not in ([Response.OK], [Response.QUEUED]):
                        break
            if self.wire:
                self.deliver(0)
            elif (deadline := self.deadline()) is not None:
                self.time(deadline)
            else:
                return
        raise AssertionError(f"not over after {MAX_ROUNDS} rounds: {[end.state for end in self.ends]}")

    def deadline(self) -> int | None:
        deadlines = [due for end in self.ends if (due := end.stack.next_deadline()) is not None]
        return min(deadlines, default=None)

    def time(self, until: int | None) -> None:
        if until is not None:
            self.now = until
            for side, end in enumerate(self.ends):
                self.noted(side, end.stack.expire(until))
        assert (self.deadline() or self.now + 1) > self.now, "a timer that was due has not been served"

    def deliver(self, at: int) -> None:
        side, segment = self.wire.pop(at)
        self.noted(side, self.ends[side].stack.arrives(segment, self.now))

    def call(self, side: int, call: Call | None) -> list[Response]:
        if call is None:
            return []
        end = self.ends[side]
        events = end.stack.call(call, self.now)
        got = [event.response for event in events if isinstance(event, Returned)]
        if isinstance(call, Send) and got == [Response.OK]:
            end.sent += call.data
        if isinstance(call, Abort) and got == [Response.OK]:
            end.aborted = True
        self.noted(side, events)
        return got

    def noted(self, side: int, events: list[Event]) -> None:
        """Puts what was sent on the wire, and checks what must hold after every step."""
        end, other = self.ends[side], self.ends[1 - side]
        for event in events:
            if isinstance(event, Sent):
                assert (event.segment.src, event.segment.dst) == (end.local, end.remote)
                self.wire.append((1 - side, event.segment))
            elif isinstance(event, StateChanged):
                assert (event.old, event.new) in ARROWS
                if event.new is S.LISTEN:
                    end.sent = b""  # What was queued for the peer that is given up is flushed.
            elif isinstance(event, Delivered):
                end.delivered += event.data
            elif isinstance(event, Signalled):
                end.signals.append(event.signal)
        assert other.sent.startswith(end.delivered)
        tcb = end.stack.tcb(1)
        if tcb is not None:
            end.receive_buffer = tcb.receive_buffer
            assert le(tcb.snd_una, tcb.snd_nxt)
            unit = 1 << tcb.rcv_shift  # Rounding up may promise so much more.
            assert 0 <= tcb.rcv_wnd < end.stack.profile.receive_buffer + unit
            assert other.sent.startswith(end.delivered + tcb.receive_buffer)


def _gone_without_a_word(end: End) -> bool:
    """Its TCB was deleted otherwise than by a close of both directions."""
    errors = {Signal.RESET, Signal.REFUSED, Signal.USER_TIMEOUT, Signal.TIMED_OUT}
    return end.aborted or not errors.isdisjoint(end.signals)


def _ends_well(pair: Pair) -> None:
    pair.close_and_run()
    for end, other in (pair.ends, pair.ends[::-1]):
        # 3.10.8 has no timeout for FIN-WAIT-2: it waits for ever if the other end has vanished.
        waits_for_ever = end.state is S.FIN_WAIT_2 and other.state is S.CLOSED and _gone_without_a_word(other)
        assert end.state is S.CLOSED or waits_for_ever
        # The peer's FIN counts only when all before it has come.
        assert Signal.CLOSING not in end.signals or end.delivered + end.receive_buffer == other.sent


@FAST
@given(st.tuples(profiles, profiles), st.tuples(isns, isns), moves)
def test_nothing_breaks_whatever_happens(
    profiles: tuple[Profile, Profile], isns: tuple[int, int], moves: list[Move]
) -> None:
    """No exception, SND.UNA =< SND.NXT, only the arrows of `state`, text in order and without gaps."""
    Pair(profiles, isns).play(moves)


@FAST
@given(moves, st.tuples(isns, isns))
def test_without_faults_both_ends_close_and_everything_arrives(
    moves: list[Move], isns: tuple[int, int]
) -> None:
    calm = [move for move in moves if move[0] not in (*FAULTS, *CALLS[:2], "time", "abort")]
    pair = Pair((RFC9293, LINUX), isns)
    pair.play([("listen", 1), ("open", 0), ("deliver", 0), ("deliver", 0), ("deliver", 0), *calm])
    _ends_well(pair)
    assert all(Signal.CLOSING in end.signals and not _gone_without_a_word(end) for end in pair.ends)


@pytest.mark.parametrize("profile", [RFC9293, LINUX], ids=["rfc9293", "linux"])
def test_after_faults_both_ends_come_to_closed(profile: Profile) -> None:
    @FAST
    @given(moves, st.tuples(isns, isns))
    def run(moves: list[Move], isns: tuple[int, int]) -> None:
        pair = Pair((profile, profile), isns)
        pair.play([("listen", 1), ("open", 0), *moves])
        _ends_well(pair)

    run()


@FAST
@given(moves, st.tuples(isns, isns))
def test_a_simultaneous_open_with_faults_ends_well_too(moves: list[Move], isns: tuple[int, int]) -> None:
    """MUST-10."""
    pair = Pair((RFC9293, RFC9293), isns)
    pair.play([("open", 0), ("open", 1), *moves])
    _ends_well(pair)


@pytest.mark.parametrize("profile", [RFC9293, LINUX], ids=["rfc9293", "linux"])
def test_acknowledgments_do_not_answer_each_other_for_ever(profile: Profile) -> None:
    """Each end fills the other's window, which nobody reads, and closes. With a FIN sent behind the window,
    SEQ = SND.NXT is unacceptable to the peer, and so is the ACK that this draws, and so on."""
    profile = profile._replace(receive_buffer=5, window_scale=None)
    pair = Pair((profile, profile), (1000, 5000))
    pair.play([("listen", 1), ("open", 0), *[("deliver", 0)] * 3])
    for side in (0, 1):
        pair.call(side, Send(1, b"\0\1\2\3\4"))
        pair.call(side, Close(1))
    for _ in range(50):
        if pair.wire:
            pair.deliver(0)
    assert pair.wire == []
