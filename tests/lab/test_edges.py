"""Where the lab's values meet their limits.

Branches that share a move but not a past, a host that listens again after a crash, a wire's least delay, and
which of several things at one moment comes first.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.events import RuleApplied
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.loader import BadScenario
from tcptui.lab.moves import NEXT, Do, Lose, Move, Wait
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.wire import BadMove
from tests.lab.worlds import OPEN, play, record_of, scenario, sends, to_the_end, transmission, world
from tests.messages import refused

A1, A2 = Do("A", "send", b"a1"), Do("A", "send", b"a2")
B1, B2 = Do("B", "send", b"b1"), Do("B", "send", b"b2")
STEP = st.tuples(st.integers(0, 6), st.integers(0, 9), st.sampled_from((A1, A2, B1)))
"""A position to go to, the branch, and a move."""


# Branches


def branching() -> History:
    """A history with the branches a1 a2 and b1 b2, at the end of the second."""
    history = History(scenario(OPEN))
    for move in (A1, A2):
        history.apply(move)
    history.go_to(0)
    for move in (B1, B2):
        history.apply(move)
    assert (history.branches, history.branch) == (2, 1)
    return history


def test_a_branch_with_the_same_move_and_another_past_is_not_gone_on_with() -> None:
    history = branching()
    history.go_to(1)
    history.apply(A2)
    assert (history.branches, history.branch) == (3, 2)
    assert history.text() == "b:send:b1 a:send:a2"


def test_a_branch_with_the_same_past_and_the_same_move_is_gone_on_with() -> None:
    history = branching()
    history.go_to(0)
    history.apply(A1)
    assert (history.branches, history.branch, history.length) == (2, 0, 2)
    history.apply(B2)
    assert (history.branches, history.branch) == (3, 2)
    history.go_to(1)
    history.apply(A2)
    assert (history.branches, history.branch) == (3, 0)


def test_a_branch_that_ends_here_is_not_gone_on_with() -> None:
    """It has the same past, and no move that could be the same."""
    history = branching()
    history.go_to(1)
    history.apply(NEXT)
    assert (history.branches, history.length) == (3, 2)
    history.go_to(1)
    history.apply(B2)
    assert (history.branches, history.branch) == (3, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_a_move_leads_to_the_branch_with_those_moves(steps: list[tuple[int, int, Do]]) -> None:
    history = History(scenario(OPEN))
    known: list[tuple[Move, ...]] = []
    for position, branch, move in steps:
        history.switch(branch)
        history.go_to(min(position, history.length))
        made = (*parse_moves(history.text()), move)
        length = history.length
        history.apply(move)
        with_those = [index for index, moves in enumerate(known) if moves[: len(made)] == made]
        if with_those:
            assert history.branch in with_those
        elif known and length > len(made) - 1:
            assert history.branch == len(known)
        assert tuple(parse_moves(history.text())) == made
        at = history.position
        history.go_to(history.length)
        known[history.branch : history.branch + 1] = [tuple(parse_moves(history.text()))]
        history.go_to(at)


class Counted(dict[int, Move]):
    """Moves of a branch that count how often one is looked at."""

    looked_at = 0

    def get(self, *arguments: Any) -> Any:
        self.looked_at += 1
        return super().get(*arguments)


def test_a_fork_looks_at_few_moves_of_each_branch_however_long_they_are() -> None:
    history = History(scenario(OPEN))
    for _ in range(50):
        history.apply(Wait(1))
    for number in range(20):
        history.go_to(49)
        history.apply(Wait(number + 2))
    branches = history._branches
    for branch in branches:
        branch.others = Counted(branch.others)
    history.go_to(0)
    history.go_to(49)
    history.apply(Wait(5))
    assert (history.branches, history.branch) == (21, 4)
    looked_at = [branch.others.looked_at for branch in branches if isinstance(branch.others, Counted)]
    assert 50 < sum(looked_at) < 50 + 30, "50 are made again to come to where it is"


@pytest.mark.parametrize("position", [INTERVAL - 1, INTERVAL, INTERVAL + 1, 2 * INTERVAL])
def test_a_branch_from_a_checkpoint_or_beside_one_has_its_own_worlds(position: int) -> None:
    """The worlds of the branch that is left are those before its own first move, and that at its root."""
    history = History(scenario(OPEN))
    for number in range(2 * INTERVAL + 5):
        history.apply(Do("A", "send", b"%d" % number))
    history.go_to(position)
    root = history.world.copy()
    for number in range(INTERVAL + 5):
        history.apply(Do("B", "send", b"%d" % number))
    end = history.world.copy()
    history.go_to(position)
    assert history.world == root
    history.go_to(history.length)
    assert history.world == end


# A crash


def test_after_a_crash_a_host_has_no_listener_until_it_listens_again() -> None:
    """RFC 9293 3.4.2: all that it remembered is lost, also who listened, and who waited for ACCEPT."""
    made = world("B.isn = 5000\n", "b:listen:2 a:connect s3")
    host = made.host("B")
    assert host.stack.tcb(host.listener) is not None
    assert "accept" in host.possible_calls
    play(made, "b:reboot")
    assert (host.listener, host.state, host.stack.tcbs()) == (0, State.CLOSED, [])
    assert "accept" not in host.possible_calls
    play(made, "a:abort s b:listen:2")
    assert (host.listener, host.state) == (1, State.LISTEN)
    play(made, "a:connect s3")
    assert "accept" in host.possible_calls
    play(made, "b:accept")
    assert host.state is State.ESTABLISHED


def test_a_host_that_listens_again_after_a_reboot_has_the_same_future_and_another_record() -> None:
    listening, again = "b:listen:1", "b:listen:1 b:reboot b:listen:1"
    assert world("", again) == world("", listening)
    assert record_of(scenario(), again) != record_of(scenario(), listening)


@pytest.mark.parametrize("moves", ["a:unplug", "b:unplug"])
def test_a_world_with_a_link_down_is_another_until_it_is_up_again(moves: str) -> None:
    assert world(OPEN, moves) != world(OPEN)
    assert world(OPEN, f"{moves} {moves.replace('unplug', 'plug')}") == world(OPEN)


def test_a_third_party_still_to_come_makes_another_world() -> None:
    story = scenario(OPEN + 'third_party = [{ at = "1ms", segment = "x>b:RST:seq=99" }]\n')
    before, after = begin(story)[0], begin(story)[0]
    after.step()
    after.wire, after.now = before.wire.copy(), before.now
    assert after != before


# A wire


@pytest.mark.parametrize("key", ["delay", "a_to_b", "b_to_a"])
def test_a_wire_takes_a_millisecond_at_least(key: str) -> None:
    """On each of its two ways, whether they are set together or one by one."""
    with refused(BadScenario, match="must be at least 1ms"):
        scenario(f'wire = {{ {key} = "999us" }}\n')
    a_to_b, b_to_a = scenario(f'wire = {{ {key} = "1ms" }}\n').delays
    assert min(a_to_b, b_to_a) == 1_000


def test_each_way_has_its_own_delay_and_a_third_party_is_half_as_far() -> None:
    made = world(
        'wire = { a_to_b = "10ms", b_to_a = "30ms" }\n', "a:connect x>a:ACK:seq=1:ack=1 x>b:SYN:seq=1"
    )
    assert [one.due for one in made.wire.transmissions] == [10_000, 15_000, 5_000]


# What comes first


def test_at_one_moment_a_call_comes_before_a_third_party_before_an_arrival_before_a_timer() -> None:
    """As `world` says; and A before B, the lower number before the higher."""
    made = world(
        'wire = { delay = "100ms", faults = "d1+900ms" }\n'
        'A.script = [{ call = "connect" }, { call = "send", text = "x", at = "1s" }]\n'
        'B.script = [{ call = "listen" }, { call = "send", text = "y", at = "1s" }]\n'
        'third_party = [{ at = "1s", segment = "x>b:ACK:seq=1" }]\n'
    )
    seen = []
    while (next_event := made.next_event()) is not None and next_event.at <= 1_000_000:
        if next_event.at == 1_000_000:
            seen.append((next_event.cause, next_event.side))
        made.step()
    assert seen == [("call", "A"), ("call", "B"), ("third party", "X"), ("arrival", "B"), ("timer", "A")]


def test_no_wait_reaches_beyond_what_comes_next_and_one_may_end_with_it() -> None:
    made = world(OPEN)
    sends(made, b"one")
    with refused(BadMove, match="something happens in 50ms"):
        play(made, "w50.001ms")
    play(made, "w50ms")
    assert made.now == transmission(made, 1).due


def test_a_lost_segment_can_be_duplicated_as_long_as_it_is_remembered() -> None:
    made = world(OPEN)
    sends(made, b"one")
    made.apply(Lose(1))
    play(made, "u1")
    assert [one.copy_of for one in made.wire.transmissions] == [1]
    assert list(to_the_end(made))


# A program that reads


def test_a_program_asks_for_more_only_while_there_may_be_more() -> None:
    """RFC 9293 3.10.3: after the peer's FIN a RECEIVE is an error, and a listener has nothing to receive."""
    made = world("", "b:listen:1 a:connect s3 b:accept a:send:x s a:shutdown")
    listener = made.host("B").stack.tcb(made.host("B").listener)
    assert listener is not None
    assert listener.receives == ()
    reports = play(made, "s2 b:shutdown s2")
    applied = [event for report in reports for event in report.events if isinstance(event, RuleApplied)]
    assert applied
    assert Rule.RECEIVE_REFUSED not in {event.rule for event in applied}
