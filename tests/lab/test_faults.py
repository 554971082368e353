"""Faults by description: what each does and to which segment, what they cost the state, and what was never
made."""

from __future__ import annotations

import pytest

from tcptui.lab.moves_text import parse_moves
from tcptui.lab.network_conditions import unused_faults
from tcptui.lab.run import play as play_run
from tcptui.lab.state import WorldState
from tcptui.lab.wire import OVERTAKEN_BY, Outcome, Transmission, WireAct
from tests.lab.search import alike
from tests.lab.worlds import OPEN, everything, play, scenario, sends, to_the_end, transmission, world

HANDSHAKE = 'A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]\n'


def run(faults: str, toml: str = OPEN, moves: str = "") -> list[Transmission]:
    story = scenario(f"wire.faults = {faults}\n{toml}")
    return list(play_run(story, parse_moves(moves)).transmissions)


def unused(faults: str) -> tuple[str, ...]:
    """The faults that the run of `SENDS` has had no segment for."""
    story = scenario(f"wire.faults = {faults}\n{OPEN}")
    return unused_faults(story, play_run(story, parse_moves(SENDS)).reports)


def lost(transmissions: list[Transmission]) -> list[int]:
    return [one.number for one in transmissions if one.outcome is Outcome.LOST]


SENDS = "a:send:x s2 a:send:y s2 a:send:z s2"
"""#1, #3 and #5 carry data from A, #2, #4 and #6 are B's acknowledgments of them."""


@pytest.mark.parametrize(
    ("faults", "numbers"),
    [
        ('"lose B ACK 2"', [4]),
        ('"lose B ACK 2-3"', [4, 7]),  # #5 is "y" again, #6 is "z".
        ('"lose B ACK ack=2"', [2, 5]),
        ('["lose B ACK 1", "lose B ACK 3"]', [2, 6]),
        ('["l4", "lose B ACK 3"]', [4, 7]),
        ('"lose #2"', [2]),
        ('"lose B DATA"', []),
        ('"lose A SYN"', []),
    ],
)
def test_the_described_segments_are_lost_and_no_others(faults: str, numbers: list[int]) -> None:
    assert lost(run(faults, moves=SENDS)) == numbers


def test_a_pattern_without_a_last_place_describes_all_from_its_first_on() -> None:
    made = run('"lose B ACK 2-"', moves=SENDS)
    acks = [one.outcome for one in made if one.sender == "B"]
    assert acks[0] is Outcome.ARRIVED
    assert len(acks) > 3
    assert set(acks[1:]) == {Outcome.LOST}


def test_a_syn_is_lost_three_times_as_it_is_sent_again() -> None:
    made = run('"lose A SYN 1-3"', HANDSHAKE)
    assert [one.attempt for one in made if one.outcome is Outcome.LOST] == [1, 2, 3]
    assert made[3].outcome is Outcome.ARRIVED


def test_the_others_delay_duplicate_and_reorder() -> None:
    made = world(f'wire.faults = ["delay A DATA 2 by 150ms", "duplicate A DATA 1 by 2s"]\n{OPEN}')
    sends(made, b"x", b"y")
    first, copy, second = made.wire.transmissions
    assert (first.due, copy.due, copy.copy_of, second.due) == (50_000, 2_050_000, 1, 200_000)


@pytest.mark.parametrize("fault", ['"r1"', '"reorder A DATA 1"'])
def test_the_next_segment_in_its_direction_overtakes_the_reordered_one(fault: str) -> None:
    made = world(f"wire.faults = {fault}\n{OPEN}")
    sends(made, b"x")
    sends(made, b"other way", side="B")
    assert transmission(made, 1).due == 50_000
    report = play(made, "w1ms a:send:y")[-1]
    assert transmission(made, 1).due == transmission(made, 3).due + OVERTAKEN_BY
    name = fault.strip('"').removeprefix("r1")
    assert report.acts == (WireAct(1, "overtaken", 3, name),)


def test_a_follower_that_is_lost_overtakes_nothing_and_one_that_is_delayed_does_so_when_it_arrives() -> None:
    made = world(f'wire.faults = "r1 l2 d3+30ms"\n{OPEN}')
    sends(made, b"x", b"y")
    assert transmission(made, 1).due == 50_000
    sends(made, b"z")
    assert transmission(made, 1).due == 80_000 + OVERTAKEN_BY


def test_a_copy_overtakes_nothing() -> None:
    made = world(f'wire.faults = ["reorder A DATA 1", "duplicate A DATA 1"]\n{OPEN}', "a:send:x")
    assert [one.due for one in made.wire.transmissions] == [50_000, 60_000]


def test_a_segment_that_has_arrived_is_overtaken_by_none() -> None:
    made = run('"reorder A DATA 1"', moves=SENDS)
    assert made[0].delayed_by == 0
    assert unused('"reorder A DATA 1"') == ("reorder A DATA 1",)


def test_a_fault_of_the_scenario_says_which_rule_made_it_and_that_of_a_number_has_none() -> None:
    made = world(f'wire.faults = ["l1", "delay A DATA 2 by 1ms"]\n{OPEN}')
    reports = play(made, "a:send:x a:send:y")
    assert [report.acts for report in reports] == [
        (WireAct(1, "lost"),),
        (WireAct(2, "delayed", 1_000, "delay A DATA 2 by 1ms"),),
    ]


def test_faults_that_had_no_segment_are_known_at_the_end() -> None:
    assert unused('["l1 d99+5ms", "lose B ACK 9", "lose A DATA 2"]') == ("d99+5ms", "lose B ACK 9")


def test_a_rule_of_the_keyboard_counts_from_where_it_was_made() -> None:
    made = world(OPEN)
    play(made, f"a:send:x s2 lose:B:ACK:2 {SENDS}")
    assert lost(list(made.wire.past)) == [6]


def test_what_a_link_that_is_down_keeps_counts_as_having_left() -> None:
    """As in the facts of the run."""
    made = world(f'wire.faults = "lose A DATA 2"\n{OPEN}', "a:unplug a:send:x a:plug a:send:y")
    assert lost(list(made.wire.past)) == [1, 2]
    assert made._conditions is not None
    assert made._conditions.watches == ()


# What the future depends on.


def after(faults: str, moves: str) -> WorldState:
    return world(f"wire.faults = {faults}\n{OPEN}", moves)


def test_a_count_that_can_still_be_asked_for_is_part_of_the_state() -> None:
    moves = "x>b:RST:seq=7 l1 w25ms"
    one, other = after('"lose X RST 3"', moves), after('"lose X RST 3"', "w25ms")
    assert one != other
    once = "x>b:RST:seq=7 w25ms"
    assert after('"lose X RST 1"', once) != after('"lose X RST 1"', "w25ms")
    done = after('"lose X RST 1"', once), after('"lose X RST 1"', once + " x>b:RST:seq=7 l2")
    assert done[0] == done[1]
    alike(*done)


def test_a_rule_for_all_from_a_place_on_counts_no_further_than_that() -> None:
    far = "x>b:RST:seq=7 " * 4 + "w25ms"
    farther = "x>b:RST:seq=7 " * 5 + "w25ms"
    one, other = after('"lose X RST 3-"', far), after('"lose X RST 3-"', farther)
    for state in (one, other):
        for _ in to_the_end(state):
            pass
    assert one == other


def test_a_reordered_segment_that_waits_for_its_follower_is_another_state() -> None:
    waiting, plain = after('"r1"', "a:send:x"), after('"r9"', "a:send:x")
    assert waiting.key() != plain.key()


def test_a_copy_has_its_own_counts() -> None:
    one = after('"lose A DATA 2"', "")
    other = one.copy()
    before = everything(one)
    sends(other, b"x", b"y")
    assert everything(one) == before
    sends(one, b"x")
    assert transmission(one, 1).outcome is Outcome.IN_FLIGHT


def test_a_scenario_without_faults_has_nothing_to_ask() -> None:
    assert world(OPEN, "a:send:x s2")._conditions is None
