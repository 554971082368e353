"""Two states are equal exactly if their futures are: what counts, and what only the past knows."""

from __future__ import annotations

import pytest

from tcptui.lab.moves import Do, Duplicate, Wait
from tcptui.lab.prelude import begin
from tcptui.lab.program import ApplicationState, ScriptedCall
from tcptui.lab.program_state import ProgramState
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tests.lab.search import alike
from tests.lab.worlds import OPEN, everything, play, scenario, to_the_end, world

THIRD_PARTY = 'third_party = [{ at = "1s", segment = "x>b:RST:seq=1" }]\n'


def after(moves: str, toml: str = OPEN) -> WorldState:
    return world(toml, moves)


def rested(moves: str, toml: str = OPEN) -> WorldState:
    """The state once nothing more happens by itself."""
    made = world(toml, moves)
    for _ in to_the_end(made):
        pass
    return made


# What only the past knows.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("w2s a:send:x w30ms", "w4s a:send:x w30ms"),
        ("w2s", "w5s"),
        ("w2s a:send:x s2", "w5s a:send:x s2"),
        ("w2s a:send:x u1 l1", "w2s a:send:x d1+10ms"),
    ],
    ids=["later", "idle for longer", "and acknowledged", "a copy in the place of its original"],
)
def test_when_it_came_to_be_and_under_which_number_does_not_count(one: str, other: str) -> None:
    a, b = after(one), after(other)
    assert everything(a) != everything(b)
    assert a == b
    alike(a, b)


def test_a_segment_that_was_sent_again_is_the_same_however_often() -> None:
    """Only the label says whether it is the second or the third; what R1 and R2 count is another variable."""
    early, late = after("a:send:x l1 s"), after("a:send:x l1 s")
    early_wire, late_wire = early.wire, late.wire
    late_wire.transmissions = tuple(
        one._replace(attempt=9, sent_at=1, copy_of=3, delayed_by=7) for one in late_wire.transmissions
    )
    assert early_wire.transmissions != late_wire.transmissions
    assert early == late


def test_a_call_that_was_refused_and_an_injected_segment_that_was_ignored_leave_no_trace() -> None:
    plain = after("w25ms")
    ignored = after("x>b:RST:seq=7 l1 w25ms")
    refused = after("a:connect w25ms")
    assert plain == ignored == refused
    assert len({everything_text(one) for one in (plain, ignored, refused)}) > 1


def everything_text(state: WorldState) -> str:
    return repr(everything(state))


def test_what_the_wire_has_delivered_is_past_though_a_duplicate_may_ask_for_it() -> None:
    """Like a third party's segment, it is a move from outside; what is in flight is not."""
    delivered = rested("a:send:x")
    assert delivered.wire.past
    without = delivered.copy()
    without.wire.past = ()
    assert delivered == without
    delivered.apply(Duplicate(delivered.wire.past[-1].number))
    assert delivered != without


# What counts.


def test_the_order_of_what_is_in_flight_counts_also_where_the_times_are_equal() -> None:
    one, other = after("a:send:x a:send:y"), after("a:send:x a:send:y")
    other.wire.transmissions = other.wire.transmissions[::-1]
    assert one != other


def test_a_link_that_is_down_counts() -> None:
    assert after("a:unplug") != after("")
    assert after("a:unplug a:plug") == after("")


def test_a_third_party_still_to_come_counts_and_so_does_when() -> None:
    toml = OPEN + THIRD_PARTY
    assert after("", toml) != after("w1ms", toml)
    gone = world(toml, "w1s s")
    assert gone != world(toml, "w1s")
    assert gone._injections == ()


def test_third_parties_that_are_over_leave_no_clock() -> None:
    toml = OPEN + THIRD_PARTY
    one, other = after("w1s s l1", toml), after("w1s s l1 w1s", toml)
    assert one == other


def test_a_call_at_a_time_still_to_come_counts_the_time_and_one_that_is_past_does_not() -> None:
    toml = OPEN + 'A.script = [{ call = "send", text = "x", at = "1s" }]\n'
    assert after("", toml) != after("w1ms", toml)
    assert rested("", toml) == rested("w1s", toml)


def test_a_fault_by_number_that_is_still_to_come_counts_the_numbers() -> None:
    """A segment that was lost takes a number: the next is another one."""
    waiting = OPEN + 'wire.faults = "l3"\n'
    moves = "x>b:RST:seq=7 l1 w25ms"
    assert after(moves, waiting) != after("w25ms", waiting)
    over = OPEN + 'wire.faults = "l1"\n'
    assert after("x>b:RST:seq=7 w25ms", over) == after("x>b:RST:seq=7 x>b:RST:seq=7 l2 w25ms", over)


@pytest.mark.parametrize(("fault", "equal"), [("lose X ACK seq=5", False), ("lose X ACK", True)])
def test_connections_that_have_ended_count_where_a_pattern_asks_for_numbers(fault: str, equal: bool) -> None:
    """A third party's segment is told by the initial numbers of the connection that it comes after."""
    toml = (
        f'wire.faults = "{fault}"\nB.isn = 7\n[[third_party]]\n'
        'at = "10s"\nsegment = "x>b:ACK:seq=10:ack=8"\nfrom = "203.0.113.1:9"\n'
    )
    who = "from=203.0.113.1:9"
    one, other = (
        after(f"b:listen:1 x>b:SYN:seq={seq}:{who} s s x>b:RST:seq={seq + 1}:{who} s", toml) for seq in (5, 9)
    )
    assert (one == other) is equal
    if equal:
        alike(one, other)


def test_the_clock_counts_where_the_next_initial_number_comes_from_it() -> None:
    """RFC 6528's, of whoever listens or will connect; not of who has opened already."""
    assert after("b:listen", "") != after("w1s b:listen", "")
    connect = 'A.script = [{ call = "connect", when = "closed" }]\n'
    assert after("", connect) != after("w1s", connect)
    assert after("", "A.isn = 7\n" + connect) == after("w1s", "A.isn = 7\n" + connect)
    assert after("w2s") == after("w3s")


def test_the_clock_counts_where_timestamps_show_it() -> None:
    stamped = "".join(f"{side}.set = {{ timestamps = true, delayed_ack = '0ms' }}\n" for side in "AB")
    toml = f'A.isn = 1000\nB.isn = 5000\n{stamped}prelude = "b:listen a:connect s3"\n'
    assert after("", toml) != after("w1s", toml)


def test_another_scenario_is_another_future() -> None:
    one = begin(scenario(name="one"))[0]
    assert one.key() == begin(scenario(name="other"))[0].key()
    assert one != begin(scenario(name="other"))[0]
    assert one == WorldState(one.scenario)
    assert one != "state"


# Programs.

CALLS = (
    ScriptedCall("connect"),
    ScriptedCall("send", "established", data=b"x"),
    ScriptedCall("send", "received", 5, data=b"x"),
    ScriptedCall("send", "received", 9, data=b"x"),
    ScriptedCall("send", "peer closed", data=b"x"),
    ScriptedCall("send", "at", 1_000, data=b"x"),
    ScriptedCall("send", "closed", data=b"x"),
)


@pytest.mark.parametrize(
    ("known", "first", "last"),
    [
        (ApplicationState(established=True), 0, 1),
        (ApplicationState(received=3), 0, 3),
        (ApplicationState(peer_closed=True), 0, 4),
        (ApplicationState(closed=True), 0, 6),
    ],
)
def test_what_a_program_knows_counts_while_a_trigger_to_come_asks_for_it(
    known: ApplicationState, first: int, last: int
) -> None:
    nothing = ApplicationState()
    for position in range(len(CALLS) + 1):
        program = ProgramState(CALLS, position)
        differs = program.key(known, 0) != program.key(nothing, 0)
        assert differs == (first <= position <= last), position


def test_octets_beyond_the_last_number_asked_for_do_not_count() -> None:
    program = ProgramState(CALLS)
    assert program.key(ApplicationState(received=9), 0) == program.key(ApplicationState(received=10), 0)
    assert program.key(ApplicationState(received=8), 0) != program.key(ApplicationState(received=9), 0)


def test_when_a_call_is_due_counts_from_now_and_in_which_one_it_is_blocked() -> None:
    known = ApplicationState()
    assert ProgramState(CALLS, 6, 50).key(known, 40) == ProgramState(CALLS, 6, 60).key(known, 50)
    assert ProgramState(CALLS, 6, 50).key(known, 40) != ProgramState(CALLS, 6, 51).key(known, 40)
    assert ProgramState(CALLS, 6).key(known, 40) != ProgramState(CALLS, 6, blocked=1).key(known, 40)
    assert ProgramState(CALLS, 5).key(known, 400) != ProgramState(CALLS, 5).key(known, 401)
    assert ProgramState(CALLS, 5).key(known, 1_000) == ProgramState(CALLS, 5).key(known, 1_001)


def test_a_copy_and_its_original_share_nothing_that_changes() -> None:
    story: Scenario = scenario(OPEN)
    one = begin(story)[0]
    other = one.copy()
    third = other.copy()
    before = everything(one)
    for state in (other, third):
        state.apply(Do("A", "send", b"x"))
        play(state, "s2 b:close s2 a:reboot")
    assert everything(one) == before
    one.apply(Wait(1))
    one.apply(Do("B", "send", b"y"))
    assert everything(other) == everything(third)
