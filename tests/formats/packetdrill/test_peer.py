"""A script as an end: it goes on alike in every copy, and what is done to its segments makes it fail or wait
as it would on a real network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.core.packet.segment import SYN, Segment
from tcptui.core.state import State
from tcptui.formats.packetdrill.outcome import Failed, NotSupported, Outcome, Passed, Unsupported, verdict
from tcptui.formats.packetdrill.peer import ScriptPeer
from tcptui.formats.packetdrill.scenario import outcome_of, script_scenario
from tcptui.lab.history import History
from tcptui.lab.moves import Delay, Do, Duplicate, Lose, Wait
from tcptui.lab.prelude import begin
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove
from tcptui.lab.wire import Outcome as Fate
from tcptui.sockets.answers import Done
from tests.lab.search import alike, explore
from tests.messages import refused

CONFORMANCE = sorted((Path(__file__).parents[2] / "conformance").glob("*.pkt"))
SCRIPT = """\
0     socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0    bind(3, ..., ...) = 0
+0    listen(3, 1) = 0
+0    < S 0:0(0) win 65535 <mss 1460>
+0    > S. 0:0(0) ack 1 <mss 1460>
+.1   < . 1:1(0) ack 1 win 65535
+0    accept(3, ..., ...) = 4
+0...0.2 read(4, ..., 100) = 10
+.2   < P. 1:11(10) ack 1 win 65535
+.1   `sysctl -q tcptui.mss=700`
+0    %{ assert tcpi_state == TCP_ESTABLISHED }%
+0    write(4, ..., 20) = 20
+0    > P. 1:21(20) ack 11
+.1   < icmp unreachable net_unreachable [1:21(20)]
+.1   < . 11:11(0) ack 21 win 65535
+0    close(4) = 0
+0    > F. 21:21(0) ack 11
// profile: rfc9293
"""
"""Everything that a script can do; the data that arrives makes a call return that blocks."""


def world_of(text: str = SCRIPT) -> WorldState:
    return begin(script_scenario(text, "x.pkt", "x"))[0]


def peer_of(world: WorldState) -> ScriptPeer:
    peer = world.end("B")
    assert isinstance(peer, ScriptPeer)
    return peer


def ending(world: WorldState, most: int = 1_000) -> Outcome:
    """How the script ends from here."""
    for _ in range(most):
        outcome = peer_of(world).outcome
        if outcome is not None:
            return outcome
        assert world.step() is not None, "nothing more happens, and there is no verdict"
    raise AssertionError("the script does not end")


def at_line(world: WorldState, line: int) -> WorldState:
    """Stepped until the event of this line is over."""
    for _ in range(100):
        if peer_of(world).script.done >= line:
            return world
        world.step()
    raise AssertionError("the script does not come so far")


def number_in_flight(world: WorldState) -> int:
    (transmission,) = world.wire.transmissions
    return transmission.number


def test_a_script_passes_where_nobody_meddles() -> None:
    scenario = script_scenario(SCRIPT, "x.pkt", "x")
    assert outcome_of(scenario) == Passed("x.pkt")
    world = begin(scenario)[0]
    ending(world)
    lines, done, failed, told = peer_of(world).script
    assert (len(lines), done, failed) == (17, 17, None)
    assert lines[6] == "+0 accept(3, ..., ...) = 4"
    assert told is not None
    assert told.key == "verdict.passes"


@pytest.mark.parametrize("path", CONFORMANCE[::8], ids=lambda path: path.stem)
def test_a_copy_goes_on_alike_from_every_step(path: Path) -> None:
    world = world_of(path.read_text("utf-8"))
    for _ in range(200):
        if peer_of(world).outcome is not None:
            break
        copy = world.copy()
        assert copy.key() == world.key()
        assert ending(copy.copy()) == Passed("x.pkt")
        assert copy.step() == world.step()
        assert copy.key() == world.key()
    assert peer_of(world).outcome == Passed("x.pkt")


def test_a_copy_shares_nothing_that_changes() -> None:
    world = at_line(world_of(), 5)
    before = world.copy()
    key = before.key()
    ending(world)
    assert before.key() == key
    assert ending(before) == Passed("x.pkt")


def test_the_scripts_segment_arrives_when_the_script_says_so_and_before_its_next_event() -> None:
    world = world_of()
    seen: list[Report] = []
    while peer_of(world).outcome is None:
        report = world.step()
        assert report is not None
        seen.append(report)
    what = [(report.at, report.cause, report.side, report.call) for report in seen]
    assert what == [
        (0, "call", "A", "socket"), (0, "call", "A", "bind"), (0, "call", "A", "listen"),
        (0, "call", "B", ""), (0, "arrival", "A", ""), (0, "arrival", "B", ""),
        (100_000, "call", "B", ""), (100_000, "arrival", "A", ""),
        (100_000, "call", "A", "accept"), (100_000, "call", "A", "read"),
        (300_000, "call", "B", ""), (300_000, "arrival", "A", ""),
        (400_000, "call", "A", "sysctl"), (400_000, "call", "B", ""), (400_000, "call", "A", "write"),
        (400_000, "arrival", "B", ""),
        (500_000, "third party", "A", ""), (600_000, "call", "B", ""), (600_000, "arrival", "A", ""),
        (600_000, "call", "A", "close"), (600_000, "arrival", "B", ""), (600_001, "call", "B", ""),
    ]  # fmt: skip
    assert [report.told for report in seen[:-1]] == [None] * (len(seen) - 1)
    assert {one.outcome for report in seen for one in report.ended} == {Fate.ARRIVED}


@pytest.mark.parametrize(
    ("line", "move", "fails_at", "expected"),
    [
        (4, "lose", 5, "expected > S. 0:0(0) ack 1 <mss 1460> at 0.000; got nothing."),
        (4, "delay", 5, "expected > S. 0:0(0) ack 1 <mss 1460> at 0.000; got nothing."),
        (9, "lose", 8, "expected read() = 10 at 0.300; got a call that still blocks."),
    ],
)
def test_what_is_done_to_a_segment_makes_the_script_fail_at_its_line(
    line: int, move: str, fails_at: int, expected: str
) -> None:
    world = at_line(world_of(), line)
    number = number_in_flight(world)
    world.apply(Lose(number) if move == "lose" else Delay(number, 500_000))
    outcome = ending(world)
    assert isinstance(outcome, Failed)
    assert outcome.line == fails_at
    assert peer_of(world).script.failed == fails_at - 1
    assert str(outcome).startswith(f"x.pkt:{fails_at}: {expected.removesuffix('.')}")


def test_a_short_delay_is_within_the_tolerance() -> None:
    world = at_line(world_of(), 4)
    world.apply(Delay(number_in_flight(world), 3_000))
    assert ending(world) == Passed("x.pkt")


def test_a_duplicate_of_a_segment_may_be_harmless() -> None:
    world = at_line(world_of(), 9)
    world.apply(Duplicate(number_in_flight(world)))
    outcome = ending(world)
    assert isinstance(outcome, Failed), "it is acknowledged at once"
    assert outcome.line == 13


def test_what_the_stack_sends_is_seen_as_it_leaves() -> None:
    world = at_line(world_of(), 5)
    segment = next(one for one in world.wire.transmissions if one.receiver == "B")
    world.apply(Lose(segment.number))
    assert ending(world) == Passed("x.pkt")


def test_a_call_at_the_keyboard_is_a_segment_too_many() -> None:
    world = at_line(world_of(), 8)
    world.apply(Do("A", "send", b"more"))
    outcome = ending(world)
    assert isinstance(outcome, Failed)
    assert (outcome.line, outcome.expected) == (13, "> P. 1:21(20) ack 11")


def test_time_that_passes_is_not_the_scripts_own() -> None:
    world = at_line(world_of(), 8)
    world.apply(Wait(50_000))
    assert ending(world) == Passed("x.pkt")


def test_a_call_that_blocks_returns_when_its_data_arrives() -> None:
    world = at_line(world_of(), 8)
    (blocked,) = world.host("A").sockets.table.blocked
    copy = world.copy()
    at_line(copy, 9)
    report = copy.step()
    assert report is not None
    (result,) = report.results
    assert (result.name, result.number) == ("read", blocked.number)
    assert isinstance(result.done, Done)
    assert result.done.value == 10
    assert peer_of(copy).outcome is None
    assert world.host("A").sockets.table.blocked == (blocked,), "in the other world it still blocks"


def test_undo_gives_the_same_state_and_the_same_verdict() -> None:
    history = History(script_scenario(SCRIPT, "x.pkt", "x"))
    keys = [history.world.key()]
    while peer_of(history.world).outcome is None:
        history.apply()
        keys.append(history.world.key())
    last = history.length
    for position in (last - 1, 7, 0, 12, last):
        history.go_to(position)
        assert history.world.key() == keys[position]
    assert history.report is not None
    assert history.report.told == verdict(Passed("x.pkt"))
    history.go_to(4)
    history.apply(Lose(number_in_flight(history.world)))
    while peer_of(history.world).outcome is None:
        history.apply()
    assert isinstance(peer_of(history.world).outcome, Failed)
    history.switch(0)
    history.go_to(last)
    assert peer_of(history.world).outcome == Passed("x.pkt")


def test_a_search_goes_through_the_worlds_of_a_script() -> None:
    met = [0]

    def check(one: WorldState, other: WorldState) -> None:
        met[0] += 1
        alike(one, other)
        if peer_of(one).outcome is None:
            assert ending(one.copy()) == ending(other.copy())

    assert explore(script_scenario(SCRIPT, "x.pkt", "x"), 14, 1, check) > 50
    assert met[0]


def test_nobody_calls_at_a_script() -> None:
    world = world_of()
    key = world.key()
    with refused(BadMove, match="^B is a script and has no program that calls$"):
        world.apply(Do("B", "listen"))
    assert world.key() == key
    peer = peer_of(world)
    assert (peer.possible_calls, peer.state) == ((), State.CLOSED)


def test_after_its_verdict_a_script_is_silent() -> None:
    world = world_of()
    ending(world)
    reports = [report for report in iter(world.step, None) if report.side == "B"]
    assert {report.cause for report in reports} <= {"arrival"}
    assert [report.told for report in reports] == [None] * len(reports)


def test_numbers_are_relative_to_the_scripts_syn() -> None:
    world = world_of(SCRIPT.replace("S 0:0", "S 7000:7000").replace("S. 0:0(0) ack 1", "S. 0:0(0) ack 7001"))
    at_line(world, 6)
    payloads = [(one.payload, one.bases) for one in (*world.wire.past, *world.wire.transmissions)]
    for payload, bases in payloads:
        assert isinstance(payload, Segment)
        own = payload.seq if payload.flags & SYN else payload.seq - 1
        assert bases[0] == own


@pytest.mark.parametrize(
    ("text", "line", "done"),
    [
        ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < udp (100)\n", 2, 2),
        ("0 eventfd(5) = 3\n", 1, 1),
        ("0 > [ect0] S 0:0(0)\n", 1, 0),
    ],
)
def test_what_there_is_not_is_said_when_the_script_comes_there(text: str, line: int, done: int) -> None:
    world = world_of(text)
    outcome = ending(world)
    assert isinstance(outcome, Unsupported)
    assert outcome.line == line
    script = peer_of(world).script
    assert (script.done, script.failed) == (done, line - 1)


def test_what_its_head_needs_and_there_is_not_is_said_at_once() -> None:
    with pytest.raises(NotSupported) as missing:
        script_scenario("--ip_version=ipv5\n0 close(3) = -1\n", "x.pkt", "x")
    assert missing.value.line is not None


def test_a_descriptor_has_the_number_that_the_script_expects() -> None:
    text = """\
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 7
+0 dup(7) = 20
+0 close(7) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 7
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = ...
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 close(20) = 0
+0 close(20) = -1 EBADF
+0 close(4) = -1 EBADF
"""
    world = world_of(text)
    assert ending(world) == Passed("x.pkt")
    table = world.host("A").sockets.table
    assert sorted(table.descriptors)[:2] == [(0, 3), (0, 7)]
    assert len(table.sockets) == 3


def test_what_arrives_at_a_moment_does_so_before_the_script_goes_on() -> None:
    head = SCRIPT.splitlines()[:5]
    world = world_of("\n".join([*head, "+0 < . 1:1(0) ack 1 win 65535", "+0 accept(3, ..., ...) = 4", ""]))
    reports = iter(world.step, None)
    seen = [(report.cause, report.side) for report in reports if report.at == 0][3:]
    assert seen == [
        ("call", "B"), ("arrival", "A"), ("arrival", "B"), ("call", "B"), ("arrival", "A"), ("call", "A"),
    ]  # fmt: skip
