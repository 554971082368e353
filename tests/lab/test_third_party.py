"""Third parties: every field of their segments, from whom and how often they come, whom they are answered."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import Offer, read_offer, read_sack, read_timestamps
from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.state import State
from tcptui.lab.run import play as play_run
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove, Outcome, Transmission, WireAct
from tests.lab.search import alike
from tests.lab.worlds import OPEN, everything, play, scenario, segment_of, to_the_end, transmission, world
from tests.messages import refused

LISTENS = "B.isn = 5000\nA.isn = 1000\nB.script = [{ call = 'listen', backlog = 4 }]\n"
STRANGER = Socket("203.0.113.1", 1024)


def sent(moves: str, toml: str = OPEN) -> Segment:
    return segment_of(world(toml, moves).wire.transmissions[-1])


def run(toml: str) -> list[Transmission]:
    return list(play_run(scenario(toml)).transmissions)


def test_every_option_is_as_it_was_asked_for() -> None:
    made = sent("x>b:SYN:seq=1:mss=1460:wscale=7:sack=ok:tsval=5:tsecr=6:up=9:wnd=7")
    assert read_offer(made) == Offer(1460, 7, True, (5, 6))
    assert (made.up, made.wnd) == (9, 7)
    made = sent("x>b:ACK:seq=1001:ack=5001:sack=5003:5005,5010:5020:tsval=1")
    assert read_sack(made) == [(5003, 5005), (5010, 5020)]
    assert read_timestamps(made) == (1, 0)


def test_a_number_may_be_from_the_initial_one_of_its_direction() -> None:
    made = sent("x>b:ACK:seq=+10:ack=+1:sack=+3:+5")
    assert (made.seq, made.ack, read_sack(made)) == (1010, 5001, [(5003, 5005)])
    made = sent("x>a:ACK:seq=+10:ack=+1")
    assert (made.seq, made.ack) == (5010, 1001)


def test_it_comes_from_the_other_ends_socket_or_from_its_own_and_for_any_port() -> None:
    assert (sent("x>b:SYN:seq=1").src, sent("x>b:SYN:seq=1").dst) == (
        Socket("10.0.0.1", 49152),
        Socket("10.0.0.2", 80),
    )
    made = sent("x>b:SYN:seq=1:from=203.0.113.1:1024:to=8080")
    assert (made.src, made.dst) == (STRANGER, Socket("10.0.0.2", 8080))


def test_numbers_of_no_connection_are_refused() -> None:
    with refused(BadMove, match=r"no connection 1 between 10.0.0.1:49152 and 10.0.0.2:80 yet"):
        world("", "x>b:ACK:seq=+1")
    with refused(BadMove, match=r"no connection 2 between"):
        world(OPEN, "x>b:ACK:seq=1:of=2")
    with refused(BadMove, match=r"10.0.0.2:9 can't send to 10.0.0.2"):
        world(OPEN, "x>b:ACK:seq=1:from=10.0.0.2:9")


def test_a_scenarios_segment_of_no_connection_is_not_sent_and_that_is_told() -> None:
    made = world("third_party = [{ segment = 'x>b:ACK:seq=+1', of = 2 }]\n")
    report = play(made, "s")[0]
    assert (report.acts, report.launched) == ((WireAct(0, "not sent", 2),), ())


# Who answers whom.


def test_what_answers_a_stranger_who_does_not_exist_is_lost_where_its_way_ends() -> None:
    made = world(LISTENS, "s x>b:SYN:seq=1:from=203.0.113.1:1024 s")
    answer = transmission(made, 2)
    assert segment_of(answer).flags == SYN | ACK
    assert (answer.outcome, answer.ended_at) == (Outcome.LOST, 75_000)
    assert made.states[0] is State.CLOSED
    assert made.wire.transmissions == ()


def test_what_answers_another_port_of_the_other_end_reaches_it() -> None:
    made = world(LISTENS, "s x>b:SYN:seq=1:from=10.0.0.1:7 s3")
    rst = transmission(made, 3)
    assert segment_of(rst).flags & RST
    assert (rst.sender, rst.outcome) == ("A", Outcome.ARRIVED)


def test_a_stranger_can_complete_a_handshake() -> None:
    src = "from=203.0.113.1:1024"
    made = world(LISTENS, f"s x>b:SYN:seq=7:{src} s x>b:ACK:seq=+1:ack=+1:{src} s")
    assert [tcb.state for tcb in made.host("B").stack.tcbs()] == [State.LISTEN, State.ESTABLISHED]
    assert segment_of(transmission(made, 3)).seq == 8


def test_a_copy_of_what_goes_to_nobody_goes_to_nobody_too() -> None:
    made = world(LISTENS, "s x>b:SYN:seq=1:from=203.0.113.1:1024 s u2")
    assert transmission(made, 3).outcome is Outcome.LOST


# How often.

FLOOD = f"""{LISTENS}
third_party = [
  {{ at = "100ms", segment = "x>b:SYN:seq=1", from = "203.0.113.1:1024", times = 5, every = "10ms" }},
]
"""


def test_five_strangers_come_each_from_the_next_address() -> None:
    made = [one for one in run(FLOOD) if one.sender == "X"]
    assert [(one.sent_at, str(segment_of(one).src)) for one in made] == [
        (100_000 + 10_000 * n, f"203.0.113.{n + 1}:1024") for n in range(5)
    ]


def test_in_the_name_of_a_host_it_is_the_next_port() -> None:
    story = 'third_party = [{ segment = "x>b:SYN:seq=1", times = 3, every = "1ms" }]\n'
    made = [one for one in run(LISTENS + story) if one.sender == "X"]
    assert [segment_of(one).src.port for one in made] == [49152, 49153, 49154]


def test_a_move_repeats_itself_as_a_line_of_a_scenario_does() -> None:
    made = world(LISTENS, "s x>b:SYN:seq=1:from=203.0.113.1:1024:times=3:every=10ms")
    seen = [report.at for report in to_the_end(made) if report.cause == "third party"]
    assert seen == [10_000, 20_000]


def test_repetitions_stand_between_other_lines_by_time() -> None:
    story = """third_party = [
      { segment = "x>b:RST:seq=1:times=3:every=10ms" }, { at = "15ms", segment = "x>b:RST:seq=2" } ]\n"""
    made = [one for one in run(story) if one.sender == "X"]
    assert [(one.sent_at, segment_of(one).seq) for one in made] == [
        (0, 1), (10_000, 1), (15_000, 2), (20_000, 1)
    ]  # fmt: skip


# Old segments.

TWICE = """A.isn = [1000, 2000]
B.isn = [5000, 6000]
prelude = "b:listen a:connect s3 b:reboot a:abort s b:listen a:connect s3"
"""


@pytest.mark.parametrize("which", ["of=1", "old=1"])
def test_a_segment_has_the_numbers_of_its_connection(which: str) -> None:
    made = world(TWICE, f"x>b:ACK:seq=+10:ack=+1:{which}")
    old = made.wire.transmissions[-1]
    assert (segment_of(old).seq, segment_of(old).ack, old.bases) == (1010, 5001, (1000, 5000))
    made = world(TWICE, "x>b:ACK:seq=+10:ack=+1")
    new = made.wire.transmissions[-1]
    assert (segment_of(new).seq, segment_of(new).ack, new.bases) == (2010, 6001, (2000, 6000))


@pytest.mark.parametrize(
    ("key", "acts"),
    [
        ("old = true", (WireAct(1, "old", 1),)),
        ("old = true, of = 1", (WireAct(1, "old", 1),)),
        ("of = 1", ()),
    ],
)
def test_an_old_segment_is_called_so(key: str, acts: tuple[WireAct, ...]) -> None:
    story = f'{TWICE}third_party = [{{ segment = "x>b:ACK:seq=+10:ack=+1", {key} }}]\n'
    made = world(story)
    report = play(made, "s")[0]
    assert report.acts == acts
    assert segment_of(transmission(made, 1)).seq == 1010


# What the future depends on.


def test_repetitions_still_to_come_and_when_count() -> None:
    def state(times: int, wait: str) -> WorldState:
        return world(OPEN, f"w5s x>b:RST:seq=1:times={times}:every=10ms l1 w{wait}")

    assert state(2, "1ms") != state(3, "1ms")
    assert state(2, "1ms") != state(2, "2ms")
    one, other = world(OPEN, "w2s x>b:RST:seq=1:times=2:every=10ms l1"), state(2, "0ms")
    assert (one.now, other.now) == (2_000_000, 5_000_000)
    assert one._injections != other._injections
    assert one == other
    alike(one, other)


def test_what_was_opened_counts_only_where_a_segment_to_come_is_relative_to_it() -> None:
    def state(number: int, segment: str) -> WorldState:
        made = world(f'third_party = [{{ at = "1s", segment = "{segment}" }}]\n')
        made._opened = made._opened[:0]
        play(made, f"x>b:SYN:seq={number} l1")
        return made

    assert state(1, "x>b:ACK:seq=+1") != state(2, "x>b:ACK:seq=+1")
    assert state(1, "x>b:ACK:seq=1") == state(2, "x>b:ACK:seq=1")


def test_a_copy_is_independent() -> None:
    one = world(FLOOD, "s4")
    before = everything(one)
    other = one.copy()
    for _ in to_the_end(other):
        pass
    assert everything(one) == before
