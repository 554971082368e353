"""The world: its total order, what each move does, and that a refused move changes nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tcptui.core.events import Delivered, Returned, Sent, Signal, Signalled
from tcptui.core.packet.segment import RST, SYN
from tcptui.core.state import State
from tcptui.lab.connection_record import Entered
from tcptui.lab.loader import MOST_FAULTS, BadScenario, load_scenario
from tcptui.lab.moves import NEXT, Do
from tcptui.lab.prelude import begin, first_record
from tcptui.lab.program import CALLS, POSSIBLE_CALLS
from tcptui.lab.state import WorldState
from tcptui.lab.wire import MEMORY, SIDES, BadMove, Outcome, Side
from tests.lab.worlds import (
    OPEN,
    everything,
    history_of,
    of_shown,
    play,
    record_of,
    scenario,
    segment_of,
    sends,
    to_the_end,
    transmission,
    world,
)
from tests.messages import refused, said

# The order.

ALL_AT_ONCE = (
    OPEN
    + """
wire.faults = "d1+950ms d2+950ms"
A.script = [{ call = "send", text = "a" }, { call = "send", at = "1s", text = "b" }]
B.script = [{ call = "send", text = "c" }, { call = "send", at = "1s", text = "d" }]
third_party = [
    { at = "1s", segment = "x>b:RST:seq=1" },
    { at = "1s", segment = "x>a:RST:seq=2" },
]
"""
)


def test_at_the_same_time_calls_come_first_then_third_parties_arrivals_timers_and_a_before_b() -> None:
    made = world(ALL_AT_ONCE, "s2")
    seen = []
    while (next_event := made.next_event()) is not None and next_event.at == 1_000_000:
        seen.append((next_event.cause, next_event.side, next_event.number))
        made.step()
    assert seen == [
        ("call", "A", 0), ("call", "B", 0),
        ("third party", "X", 0), ("third party", "X", 0),
        ("arrival", "B", 1), ("arrival", "A", 2),
        ("timer", "A", 0), ("timer", "B", 0),
    ]  # fmt: skip


def test_of_arrivals_at_the_same_time_the_lower_number_comes_first_whoever_receives() -> None:
    made = world(OPEN)
    sends(made, b"1", side="B")
    sends(made, b"2")
    assert [report.transmission for report in play(made, "s2")] == [1, 2]


def test_third_parties_come_by_time_not_by_line() -> None:
    lines = """third_party = [{ at = "2s", segment = "x>b:RST:seq=2" }, { segment = "x>b:RST:seq=1" }]"""
    made = world(lines)
    assert [(report.at, report.cause) for report in to_the_end(made)] == [
        (0, "third party"), (25_000, "arrival"), (2_000_000, "third party"), (2_025_000, "arrival"),
    ]  # fmt: skip


def test_the_clock_never_runs_back() -> None:
    made = world(ALL_AT_ONCE)
    times = [report.at for report in to_the_end(made)]
    assert times == sorted(times)


def test_nothing_more_happens_by_itself_in_an_empty_world() -> None:
    made = world()
    assert made.next_event() is None
    assert made.step() is None
    with refused(BadMove, match="nothing more will happen by itself"):
        made.apply(NEXT)


# What moves do.


def test_a_lost_segment_is_reported_and_never_arrives() -> None:
    made = world(OPEN)
    sends(made, b"x")
    (report,) = play(made, "l1")
    assert [(one.number, one.outcome) for one in report.ended] == [(1, Outcome.LOST)]
    assert (report.cause, report.side, report.transmission) == ("fault", "X", 1)
    assert all(report.transmission != 1 for report in to_the_end(made))


def test_a_delayed_segment_is_overtaken_and_its_text_waits_for_it() -> None:
    made = world(OPEN)
    sends(made, b"first ", b"second")
    play(made, "d1+20ms")
    arrivals = [(report.transmission, report.events) for report in play(made, "s4") if report.side == "B"]
    assert [number for number, _ in arrivals] == [2, 1]
    assert [e.data for e in arrivals[0][1] if isinstance(e, Delivered)] == []
    assert b"".join(e.data for e in arrivals[1][1] if isinstance(e, Delivered)) == b"first second"


@pytest.mark.parametrize("ended", [False, True], ids=["in flight", "remembered"])
def test_a_duplicate_arrives_beside_its_original_and_is_delivered_once(ended: bool) -> None:
    made = world(OPEN)
    sends(made, b"once")
    reports = play(made, "s u1+5ms" if ended else "u1+5ms s")
    reports += to_the_end(made)
    copies = [report for report in reports if report.cause == "fault"]
    number = copies[0].launched[0]
    assert (transmission(made, number).copy_of, copies[0].transmission) == (1, 1)
    arrivals = [report.transmission for report in reports if report.cause == "arrival" and report.side == "B"]
    assert arrivals == [1, number]
    texts = [event.data for report in reports for event in report.events if isinstance(event, Delivered)]
    assert texts == [b"once"]


def test_a_reordered_segment_is_overtaken_by_the_next_of_its_direction() -> None:
    made = world(OPEN)
    sends(made, b"1", b"2")
    sends(made, b"3", side="B")
    play(made, "r1")
    assert [report.transmission for report in play(made, "s5") if report.side == "B"][:2] == [2, 1]


def test_waiting_moves_the_clock_and_nothing_else() -> None:
    made = world(OPEN)
    sends(made, b"x")
    before = everything(made)
    (report,) = play(made, "w20ms")
    assert (report.cause, report.at, report.events, made.now) == ("wait", 20_000, (), 20_000)
    made.now, made.steps = 0, 1
    assert everything(made) == before


def test_one_can_wait_until_the_next_thing_happens_but_not_longer() -> None:
    made = world(OPEN)
    sends(made, b"x")
    with refused(BadMove, match="can't wait 51ms: something happens in 50ms"):
        play(made, "w51ms")
    play(made, "w50ms")
    assert made.now == 50_000
    assert play(made, "s")[0].at == 50_000


def test_a_third_party_speaks_in_the_other_ends_name_and_its_segment_takes_half_the_way() -> None:
    made = world(OPEN)
    (report,) = play(made, "x>b:RST:seq=1001")
    sent = transmission(made, report.launched[0])
    a, b = made.host("A").setup.socket, made.host("B").setup.socket
    assert (sent.sender, sent.receiver, segment_of(sent).src, segment_of(sent).dst) == ("X", "B", a, b)
    assert (sent.sent_at, sent.due, sent.bases) == (0, 25_000, (1000, 5000))
    (arrival,) = play(made, "s")
    assert Signalled(1, Signal.RESET) in arrival.events
    assert (made.host("A").state, made.host("B").state) == (State.ESTABLISHED, State.CLOSED)


def test_a_call_of_a_program_is_made_at_once() -> None:
    made = world()
    (listens, connects) = play(made, "b:listen a:connect")
    assert (listens.cause, listens.side, listens.call, listens.launched) == ("call", "B", "listen", ())
    assert (connects.side, connects.call, connects.launched) == ("A", "connect", (1,))
    assert (made.host("A").state, made.host("B").state) == (State.SYN_SENT, State.LISTEN)


def test_a_reboot_deletes_everything_but_goes_on_with_its_initial_numbers() -> None:
    made = world('A.isn = [7, 8]\nprelude = "b:listen a:connect s3"\n')
    play(made, "a:reboot")
    assert (made.host("A").state, made.host("A").stack.tcbs()) == (State.CLOSED, [])
    assert made.host("B").state is State.ESTABLISHED
    (report,) = play(made, "a:connect")
    (syn,) = (event.segment for event in report.events if isinstance(event, Sent))
    assert (syn.flags, syn.seq) == (SYN, 8)


def test_a_reboot_is_silent_and_leaves_what_is_on_the_wire() -> None:
    made = world(OPEN)
    sends(made, b"x")
    (report,) = play(made, "a:reboot")
    assert (report.events, report.launched, len(made.wire.transmissions)) == ((), (), 1)
    play(made, "s2")
    assert segment_of(transmission(made, 3)).flags & RST, "B's ACK meets no connection"


def test_a_script_goes_on_after_a_reboot() -> None:
    script = (
        'A.script = [{ call = "connect" }, { call = "reboot", at = "1s" }, { call = "connect", at = "2s" }]'
    )
    made = world(script)
    calls = [(report.at, report.call) for report in to_the_end(made) if report.cause == "call"]
    assert calls == [(0, "connect"), (1_000_000, "reboot"), (2_000_000, "connect")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('when = "established"', 200_000),
        ('when = "established", after = "30ms"', 230_000),
        ('at = "3s"', 3_000_000),
        ('at = "0s"', 100_000),
    ],
)
def test_a_call_waits_for_the_one_before_it_and_for_its_trigger(when: str, expected: int) -> None:
    script = f'[{{ call = "connect", at = "100ms" }}, {{ call = "send", text = "x", {when} }}]'
    made = world(f'A.script = {script}\nB.script = [{{ call = "listen" }}]')
    times = [report.at for report in to_the_end(made) if report.call == "send"]
    assert times == [expected]


def test_faults_of_the_story_are_made_to_segments_by_their_numbers() -> None:
    made = world(OPEN + 'wire.faults = "l1 d2+5ms u3"\n')
    sends(made, b"1", b"2", b"3")
    assert [(f.number, f.copy_of, f.delayed_by) for f in made.wire.transmissions] == [
        (2, 0, 5_000),
        (3, 0, 0),
        (4, 3, 0),
    ]


def test_the_prelude_is_over_before_the_story_begins() -> None:
    made = world(OPEN + 'wire.faults = "l1"\n')
    assert (made.now, made.wire.launched, made.wire.past) == (0, 0, ())
    record = first_record(made.scenario)[1]
    assert [record.of(side).states for side in SIDES] == [(Entered(State.ESTABLISHED, 0, 0),)] * 2
    sends(made, b"x")
    assert made.wire.past[0].outcome is Outcome.LOST


def test_a_prelude_must_leave_nothing_behind() -> None:
    message = "the prelude must leave nothing on the wire"
    with refused(BadScenario, match=f"^test.toml: prelude: {message}$"):
        scenario('prelude = "a:connect"')
    with refused(BadMove, match=f"^{message}$"):
        begin(scenario()._replace(prelude=(Do("A", "connect"),)))


def test_a_timer_of_the_prelude_goes_on_in_the_story() -> None:
    """The SYN left 0.1 s before the story; RFC 6298 2.1 resends it 1 s after it had left."""
    made = world('prelude = "a:connect l1 w100ms"')
    report = made.step()
    assert report is not None
    assert (report.cause, report.at) == ("timer", 900_000)


def test_to_timestamps_prelude_and_story_are_one_time() -> None:
    """Else the text of the story would be older than the handshake, and RFC 7323 5.3 R1 would drop it."""
    stamped = "".join(f"{side}.set = {{ timestamps = true }}\n" for side in "AB")
    story = scenario(stamped + 'wire.delay = "300ms"\nprelude = "b:listen a:connect s3"')
    made, prelude = begin(story)
    assert made.now == 0
    assert of_shown(record_of(story, "a:send:x s")).last_data == b"x"
    assert [report.at for report in prelude] == [-900_000, -900_000, -600_000, -300_000, 0]


def test_a_cookie_of_the_prelude_is_good_too() -> None:
    """It was made before the clock's 0; RFC 4987 3.6."""
    made = world('B.set = { syn_cookies = "always" }\nprelude = "b:listen:1 a:connect s3"')
    assert [made.host(side).state for side in SIDES] == [State.ESTABLISHED] * 2


def test_an_old_connection_that_ends_says_nothing_of_the_new_one() -> None:
    """A program may listen again while its last connection is in TIME-WAIT."""
    history = history_of(scenario(OPEN), "a:close s2 b:close s2")
    assert history.world.host("A").state is State.TIME_WAIT
    history.apply(Do("A", "listen"))
    while history.world.next_event() is not None:
        history.apply()
    host = history.world.host("A")
    assert host.state is State.LISTEN
    assert history.record.a.states[-1][0] is State.LISTEN
    assert not host.application.closed


# Refusals.

IMPOSSIBLE = (
    "l9", "l0", "l3", "d3+5ms", "u9", "r9", "r1", "r3", "w2s", "d9+5ms",
)  # fmt: skip


@pytest.mark.parametrize("word", IMPOSSIBLE)
def test_a_move_that_cannot_be_made_changes_nothing(word: str) -> None:
    made = world(OPEN)
    sends(made, b"x")
    sends(made, b"y", side="B")
    play(made, "s")
    play(made, "l3")
    before = everything(made)
    with pytest.raises(BadMove) as error:
        play(made, word)
    assert "\n" not in said(error.value)
    assert everything(made) == before


def test_a_move_that_the_storys_faults_make_impossible_changes_nothing() -> None:
    """What is lost can't be delayed, and what the wire has forgotten can't be doubled: the loader refuses a
    story that asks for it, or the fault has no effect, or the move is refused as a whole."""
    for faults in (
        "l2 d2+5ms",
        "l2 l2",
        f"l2 u2 u2 {' '.join(f'l{n} u{n}' for n in range(3, MEMORY + 3))}",
    ):
        with suppress(BadScenario):
            made = world(OPEN + f'wire.faults = "{faults}"\n', "a:send:x")
            before = everything(made)
            try:
                play(made, "u1")
            except BadMove:
                assert everything(made) == before


@pytest.mark.parametrize("faults", ["l2 d2+5ms", "l2 l2", "d2+5ms l2 d2+5ms", "l2 u2 l2"])
def test_a_story_that_does_something_to_a_lost_segment_is_refused(faults: str) -> None:
    with refused(BadScenario, match=r"^test.toml: wire.faults: #2 is lost already$"):
        scenario(f'wire.faults = "{faults}"')


def test_a_long_chain_of_copies_of_copies_is_no_trouble() -> None:
    chain = " ".join(f"u{number}" for number in range(1, 2_000))
    with suppress(BadScenario):  # It may be too long to be a story.
        assert len(world(f'wire.faults = "{chain}"', "a:connect").wire.transmissions) == 2_000
    longest = " ".join(f"u{number}" for number in range(1, MOST_FAULTS + 1))
    assert len(world(f'wire.faults = "{longest}"', "a:connect").wire.transmissions) == MOST_FAULTS + 1


# Copies and values.


def test_a_copy_goes_its_own_way() -> None:
    made = world(ALL_AT_ONCE, "s3")
    value = everything(made)
    copy = made.copy()
    for _ in to_the_end(copy):
        pass
    play(copy, "a:reboot b:reboot")
    assert everything(made) == value
    assert made != copy


def test_the_same_moves_lead_to_equal_worlds_with_equal_keys() -> None:
    one, other = world(ALL_AT_ONCE), world(ALL_AT_ONCE)
    while one.step() is not None:
        other.step()
        assert one == other
        assert one.key() == other.key()
    assert one == one.copy()
    assert len({one.key(), other.key(), one.copy().key()}) == 1


@pytest.mark.parametrize(
    "moves", ["w1us", "d1+1us", "l1", "u1", "s", "a:send:x", "a:reboot", "b:close", "x>b:RST:seq=1"]
)
def test_worlds_that_differ_in_anything_are_not_equal(moves: str) -> None:
    one, other = world(OPEN, "a:send:y"), world(OPEN, "a:send:y")
    play(other, moves)
    assert one != other
    assert one.key() != other.key()


def test_a_world_is_not_equal_to_something_else() -> None:
    assert world() != "world"
    assert world() != begin(scenario(name="other"))[0]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("state", list(State))
def test_a_call_is_possible_where_the_core_does_not_refuse_it(state: State, side: Side) -> None:
    """`POSSIBLE_CALLS` is what a screen offers: it must agree with what the core says."""
    made = in_state(state, side)
    for call in CALLS:
        there = made.copy()
        report = there.apply(Do(side, call, b"x" if call == "send" else b""))
        answers = [event.response.value for event in report.events if isinstance(event, Returned)]
        refused = any(answer.startswith("error") for answer in answers[:1])
        if call in POSSIBLE_CALLS[state]:
            assert not refused, f"{call} in {state}"
        elif call not in ("listen", "read", "close"):  # These three depend on more than the state.
            assert refused, f"{call} in {state}"


REACHED = {
    State.CLOSED: "",
    State.LISTEN: "m:listen",
    State.SYN_SENT: "m:connect",
    State.SYN_RECEIVED: "m:listen o:connect s",
    State.ESTABLISHED: "m:listen o:connect s3",
    State.FIN_WAIT_1: "m:listen o:connect s3 m:close",
    State.FIN_WAIT_2: "m:listen o:connect s3 m:close s2",
    State.CLOSE_WAIT: "m:listen o:connect s3 o:close s",
    State.CLOSING: "m:listen o:connect s3 m:close o:close s2",
    State.LAST_ACK: "m:listen o:connect s3 o:close s m:close",
    State.TIME_WAIT: "m:listen o:connect s3 m:close s2 o:close s",
}


def in_state(state: State, side: Side) -> WorldState:
    other = "b" if side == "A" else "a"
    made = world("", REACHED[state].replace("m:", f"{side.lower()}:").replace("o:", f"{other}:"))
    assert made.host(side).state is state
    return made


# A listener with a backlog, a reader that is slow, a cable that is pulled


LISTENS = "[[A.script]]\ncall = 'connect'\n[[B.script]]\ncall = 'listen'\nbacklog = 1\n"


def test_accept_takes_the_connection_of_a_listener_that_goes_on_listening() -> None:
    made = begin(load_scenario('title = "t"\nquestion = "q"\n' + LISTENS, "t", "t.toml"))[0]
    play(made, "s5")
    b = made.host("B")
    listener = b.stack.status(b.listener)
    assert listener is not None
    assert (listener.state, listener.accept_queue) == (State.LISTEN, (b.connection,))
    assert b.state is State.ESTABLISHED
    assert "accept" in b.possible_calls
    play(made, "b:accept")
    b = made.host("B")
    listener = b.stack.status(b.listener)
    assert listener is not None
    assert listener.accept_queue == ()
    assert "accept" not in b.possible_calls


def test_a_program_that_does_not_read_lets_its_window_close_until_it_reads() -> None:
    slow = "[B]\nreads = false\nset = { receive_buffer = 5, delayed_ack = '0ms' }\n"
    made = history_of(scenario(slow), "b:listen a:connect s3 a:send:hello s")
    host = made.world.host("B")
    assert host.tcb is not None
    assert (host.tcb.receive_buffer, host.tcb.rcv_wnd) == (b"hello", 0)
    assert "read" in host.possible_calls
    made.apply(Do("B", "read"))
    tcb = made.world.host("B").tcb
    assert tcb is not None
    assert (tcb.receive_buffer, tcb.rcv_wnd) == (b"", 5)
    assert of_shown(made.record.b).last_data == b"hello"


def test_while_a_link_is_down_what_leaves_and_what_reaches_the_host_is_lost() -> None:
    made = begin(load_scenario('title = "t"\nquestion = "q"\n', "t", "t.toml"))[0]
    play(made, "b:listen a:connect s3 a:send:one b:unplug s")
    assert [(transmission.number, transmission.outcome) for transmission in made.wire.past][-1] == (
        4,
        Outcome.LOST,
    )
    play(made, "b:send:two")
    assert made.wire.past[-1].outcome is Outcome.LOST
    assert made.wire.past[-1].ended_at == made.now  # It did not get far.
    play(made, "b:plug")
    assert made.host("B").link_up
    assert "unplug" in made.host("B").possible_calls
