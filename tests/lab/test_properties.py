"""What holds in the world whatever wire and programs do; and that all ends well when the faults end."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.events import Delivered, Response, Returned, StateChanged
from tcptui.core.packet.seq import HALF, MODULUS, le
from tcptui.core.state import ARROWS, State
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT, Delay, Do, Duplicate, Lose, Move, Reorder, Wait
from tcptui.lab.moves_text import moves_text, parse_moves
from tcptui.lab.prelude import begin, first_record
from tcptui.lab.program import POSSIBLE_CALLS, CallName
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, BadMove, Outcome, Side, Transmission
from tests.lab.worlds import everything, scenario
from tests.messages import said

FAST = settings(max_examples=450)
MOST_STEPS = 2_000
FAULTS = ("lose", "delay", "duplicate", "reorder")
CALLS: dict[str, tuple[CallName, ...]] = {
    "open": ("listen", "connect"),
    "send": ("send",),
    "close": ("shutdown",),
    "end": ("close", "abort", "reboot"),
}
GENTLE = (*("step",) * 12, *FAULTS, "wait", "open", "open", "send", "send", "close", "close", "close")
ROUGH = (*GENTLE, "end")

Intent = tuple[str, int]
"""What kind of move, and a number that chooses among the possible ones."""


def intents(kinds: tuple[str, ...]) -> st.SearchStrategy[list[Intent]]:
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(0, 255)), min_size=10, max_size=80)


isns = st.integers(0, MODULUS - 1) | st.sampled_from([MODULUS - 1, MODULUS - 9, HALF - 3, 0])
PROMPT = ', delayed_ack = "0ms"'
AT_ONCE = ', set = { delayed_ack = "0ms" }'
"""A prelude that ends with an acknowledgment must not leave it waiting."""
setups = st.builds(
    lambda profiles, a, b, ways, window, prelude: scenario(
        f'prelude = "{prelude}"\n'
        f'A = {{ isn = {a}, profile = "{profiles[0]}"{AT_ONCE if "shutdown" in prelude else ""} }}\n'
        f'B.isn = {b}\nB.profile = "{profiles[1]}"\n'
        f"B.set = {{ receive_buffer = {window}, mss = 20{PROMPT if 'send' in prelude else ''} }}\n"
        f'wire = {{ a_to_b = "{ways[0]}ms", b_to_a = "{ways[1]}ms" }}\n'
    ),
    st.tuples(*[st.sampled_from(["rfc9293", "linux"])] * 2),
    isns,
    isns,
    st.tuples(st.integers(1, 80), st.integers(1, 80)),
    st.sampled_from([30, 65_535]),
    st.sampled_from(
        [
            "",
            "a:listen b:listen",
            *(f"b:listen a:connect s3 {more}" for more in ("", "a:send:x s2", "b:shutdown s2")),
        ]
    ),
)


def chosen(world: WorldState, kind: str, number: int) -> Move | None:
    """A move of this kind that is possible now, as a screen would offer it."""
    if kind == "step":
        return NEXT if world.next_event() is not None else None
    if kind == "wait":
        next_event = world.next_event()
        return Wait(number * 1_000 if next_event is None else (next_event.at - world.now) * number // 255)
    if kind in CALLS:
        side: Side = SIDES[number % 2]
        possible = [call for call in CALLS[kind] if call in POSSIBLE_CALLS[world.host(side).state]]
        tcb = world.host(side).tcb
        if not possible or (tcb is not None and tcb.close_called and kind in ("send", "close")):
            return None
        call = possible[number // 2 % len(possible)]
        data = bytes((number + place) % 251 for place in range(number % 60 + 1)) if call == "send" else b""
        return Do(side, call, data)
    arrived = tuple(one for one in world.wire.past if one.outcome is Outcome.ARRIVED)
    transmissions = world.wire.transmissions + (arrived if kind == "duplicate" else ())
    if not transmissions:
        return None
    transmission = transmissions[number % len(transmissions)]
    match kind:
        case "lose":
            return Lose(transmission.number)
        case "delay":
            return Delay(transmission.number, number * 3_000)
        case "duplicate":
            return Duplicate(transmission.number, number * 1_000)
        case _:
            followed = any(
                other.sender == transmission.sender and other.due > transmission.due
                for other in world.wire.transmissions
            )
            return Reorder(transmission.number) if followed else None


class Observer:
    """Plays moves and looks after each at all that must hold."""

    def __init__(self, scenario: Scenario) -> None:
        self.world, self.record = first_record(scenario)
        self.moves: list[Move] = []
        self.sent: dict[tuple[Side, int], bytes] = defaultdict(bytes)
        """The octets that each connection's program has sent, by its end and its initial number."""
        self.delivered: dict[tuple[Side, int, int], bytes] = defaultdict(bytes)
        """Those that each connection has delivered: by its end, its name and the peer's initial number."""
        self.life = dict.fromkeys(SIDES, 0)
        """How often each host was rebooted: names of connections begin anew."""

    def play(self, intents: list[Intent]) -> None:
        for kind, number in intents:
            move = chosen(self.world, kind, number)
            if move is not None:
                self.apply(move)

    def apply(self, move: Move) -> None:
        before = {side: self.world.host(side).tcb for side in SIDES}
        copies = {side: tcb and tcb.copy() for side, tcb in before.items()}
        report = self.world.apply(move)
        self.record = self.record.after(report)
        self.moves.append(move)
        if isinstance(move, Do):
            self._note_call(move, report)
        if report.side != "X":
            tcb = self.world.host(report.side).tcb or copies[report.side]
            for event in report.events:
                if isinstance(event, Delivered):
                    assert tcb is not None
                    self._note_delivery(report.side, event, tcb.irs)
        self._check(report)

    def finish(self) -> None:
        """No more faults: both close, and whatever has to happen happens."""
        for _ in range(MOST_STEPS):
            for side in SIDES:
                host = self.world.host(side)
                tcb = host.tcb
                if tcb is not None and host.state is not State.LISTEN and not tcb.close_called:
                    self.apply(Do(side, "shutdown"))
            if self.world.next_event() is None:
                return
            self.apply(NEXT)
        raise AssertionError("it never ends")

    def _note_call(self, move: Do, report: Report) -> None:
        tcb = self.world.host(move.side).tcb
        taken = any(
            isinstance(e, Returned) and e.call == "SEND" and e.response is Response.OK for e in report.events
        )
        if move.call == "send" and taken and tcb is not None:
            self.sent[move.side, tcb.iss] += move.data
        if move.call == "reboot":
            self.life[move.side] += 1

    def _note_delivery(self, side: Side, event: Delivered, irs: int) -> None:
        peer: Side = "B" if side == "A" else "A"
        key = (side, event.connection + 1_000 * self.life[side], irs)
        self.delivered[key] += event.data
        assert self.sent[peer, irs].startswith(self.delivered[key])

    def _check(self, report: Report) -> None:
        for event in report.events:
            if isinstance(event, StateChanged):
                assert (event.old, event.new) in ARROWS
        for side in SIDES:
            host = self.world.host(side)
            assert self.record.of(side).states[-1][0] is host.state
            deadline = host.next_deadline()
            assert deadline is None or deadline >= self.world.now, "a timer is overdue"
            for tcb in host.stack.tcbs():
                assert le(tcb.snd_una, tcb.snd_nxt)
                unit = 1 << tcb.rcv_shift  # A scaled window is a whole number of these.
                assert 0 <= tcb.rcv_wnd < host.setup.profile.receive_buffer + unit
        transmissions = self.world.wire.transmissions
        numbers = [transmission.number for transmission in transmissions]
        assert numbers == sorted(set(numbers))
        assert all(transmission.due >= transmission.sent_at for transmission in transmissions)
        next_event = self.world.next_event()
        assert next_event is None or next_event.at >= self.world.now


def test_the_moves_drawn_lead_through_all_eleven_states_and_deliver_text() -> None:
    """Else the other tests here would show little."""
    states: set[State] = set()
    texts: set[bytes] = set()

    @settings(FAST, max_examples=400)
    @given(setups, intents(GENTLE))
    def play(scenario: Scenario, made: list[Intent]) -> None:
        observer = Observer(scenario)
        observer.play(made)
        states.update(entered.state for side in SIDES for entered in observer.record.of(side).states)
        texts.update(observer.delivered.values())

    play()
    assert states == set(State)
    assert len(texts) > 10


@FAST
@given(setups, intents(ROUGH))
def test_whatever_happens_octets_arrive_in_order_and_states_change_by_the_diagram(
    scenario: Scenario, made: list[Intent]
) -> None:
    Observer(scenario).play(made)


@FAST
@given(setups, intents(GENTLE))
def test_when_the_faults_end_and_both_close_both_come_to_rest(scenario: Scenario, made: list[Intent]) -> None:
    observer = Observer(scenario)
    observer.play(made)
    observer.finish()
    world = observer.world
    assert {world.host(side).state for side in SIDES} <= {State.CLOSED, State.LISTEN}
    assert world.wire.transmissions == ()


@settings(FAST, max_examples=100)
@given(setups, intents(ROUGH))
def test_the_same_moves_give_the_same_world(scenario: Scenario, made: list[Intent]) -> None:
    observer = Observer(scenario)
    observer.play(made)
    again = begin(scenario)[0]
    for move in parse_moves(moves_text(observer.moves)):
        again.apply(move)
    assert again == observer.world
    assert everything(again) == everything(observer.world)


@settings(FAST, max_examples=100)
@given(setups, intents(ROUGH), st.data())
def test_a_history_comes_back_to_every_world(
    scenario: Scenario, made: list[Intent], data: st.DataObject
) -> None:
    observer = Observer(scenario)
    observer.play(made)
    world = begin(scenario)[0]
    history = History(scenario)
    position = data.draw(st.integers(0, len(observer.moves)))
    ended: list[Transmission] = []
    for index, move in enumerate(observer.moves):
        if index < position:
            ended += world.apply(move).ended
        history.apply(move)
    history.go_to(position)
    assert everything(history.world) == everything(world)
    assert history.transmissions() == sorted(
        (*ended, *world.wire.transmissions), key=lambda transmission: transmission.number
    )


calls = st.builds(
    Do,
    st.sampled_from(SIDES),
    st.sampled_from(["listen", "connect", "close", "abort", "reboot"]),
    st.just(b""),
)
sends = st.builds(Do, st.sampled_from(SIDES), st.just("send"), st.just(b"text"))
anything = st.one_of(
    st.just(NEXT), st.just(NEXT), st.just(NEXT), calls, sends,
    st.builds(Lose, st.integers(0, 12)),
    st.builds(Reorder, st.integers(0, 12)),
    st.builds(Duplicate, st.integers(0, 12), st.integers(0, 100_000)),
    st.builds(Delay, st.integers(0, 12), st.integers(0, 100_000)),
    st.builds(Wait, st.integers(0, 60_000)),
)  # fmt: skip


@settings(FAST, max_examples=300)
@given(st.lists(anything, max_size=40))
def test_what_is_not_possible_is_refused_and_changes_nothing(made: list[Move]) -> None:
    world = begin(scenario())[0]
    for move in made:
        before = everything(world)
        error = ""
        try:
            world.apply(move)
        except BadMove as caught:
            error = said(caught)
        assert "\n" not in error
        assert not error or everything(world) == before


@settings(FAST, max_examples=300)
@given(st.lists(anything, max_size=40))
def test_a_path_always_ends_in_the_state(made: list[Move]) -> None:
    world, record = first_record(scenario())
    for move in made:
        with suppress(BadMove):
            record = record.after(world.apply(move))
        for side in SIDES:
            assert record.of(side).states[-1][0] is world.host(side).state
