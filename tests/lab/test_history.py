"""The history: back and forth, anywhere at once, branches, and a text that tells it all."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.events import StateChanged
from tcptui.lab.history import INTERVAL, KEPT, History
from tcptui.lab.moves import NEXT, Do, Lose, Wait
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove, Outcome, Transmission
from tests.lab.worlds import OPEN, scenario
from tests.messages import refused

MANY = 200
SENDS = ", ".join(
    f'{{ call = "send", text = "{number}", at = "{number * 30}ms" }}' for number in range(1, MANY + 1)
)
LONG = scenario(f'{OPEN}wire.faults = "l20 d33+45ms u71 l90 u91+80ms"\nA.script = [{SENDS}]\n', "long")
"""Several checkpoints' worth of moves: a call, two arrivals and some faults for each text."""


class Walk:
    """All worlds and reports of a run, made without a history."""

    def __init__(self, scenario: Scenario, moves: str = "") -> None:
        world = begin(scenario)[0]
        self.worlds = [world.copy()]
        self.reports: list[Report | None] = [None]
        for move in parse_moves(moves):
            self._note(world.apply(move), world)
        while (report := world.step()) is not None:
            self._note(report, world)

    def _note(self, report: Report, world: WorldState) -> None:
        self.reports.append(report)
        self.worlds.append(world.copy())

    def ended(self, start: int, end: int) -> list[Transmission]:
        """The segments that ended in the moves after `start` up to `end`."""
        return [
            transmission
            for report in self.reports[start + 1 : end + 1]
            if report
            for transmission in report.ended
        ]


def to_the_end(history: History) -> History:
    while history.world.next_event() is not None:
        history.apply()
    return history


def check(history: History, walk: Walk, position: int) -> None:
    assert history.position == position
    assert history.world == walk.worlds[position]
    assert history.before == walk.worlds[max(0, position - 1)]
    assert history.report == walk.reports[position]


@pytest.mark.parametrize("name", library.names())
def test_every_position_of_every_scenario_is_the_same_backwards_forwards_and_at_once(name: str) -> None:
    walk = Walk(library.find(name))
    history = to_the_end(History(library.find(name)))
    end = len(walk.worlds) - 1
    assert history.length == end
    for position in range(end, 0, -1):
        check(history, walk, position)
        assert history.back()
    check(history, walk, 0)
    assert not history.back()
    for position in range(1, end + 1):
        assert history.forward() == walk.reports[position]
        check(history, walk, position)
        assert history.back()
        check(history, walk, position - 1)
        history.forward()
    for position in (*range(0, end, 3), end, *range(end, -1, -2)):
        history.go_to(position)
        check(history, walk, position)
    assert history.branches == 1


def test_a_jump_over_many_checkpoints_leads_where_steps_lead() -> None:
    walk = Walk(LONG)
    end = len(walk.worlds) - 1
    assert end > 4 * INTERVAL
    history = to_the_end(History(LONG))
    near = [n * INTERVAL + offset for n in range(5) for offset in (-1, 0, 1, 2) if n * INTERVAL + offset >= 0]
    for position in (*near, end, 0, end // 2, end - 1, 1, *reversed(near)):
        history.go_to(position)
        check(history, walk, position)
    for position in (INTERVAL, 2 * INTERVAL + 1):
        history.go_to(position)
        for distance in range(1, 4):
            history.back()
            check(history, walk, position - distance)


def moves_counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has an element for each move that any world makes from now on."""
    applied: list[int] = []
    apply = WorldState.apply

    def counted(world: WorldState, move: object) -> Report:
        applied.append(1)
        return apply(world, move)  # type: ignore[arg-type]

    monkeypatch.setattr(WorldState, "apply", counted)
    return applied


def test_a_jump_replays_fewer_moves_than_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    history = to_the_end(History(LONG))
    applied = moves_counted(monkeypatch)
    for position in (0, 1, INTERVAL, INTERVAL + 1, 2 * INTERVAL - 1, history.length):
        applied.clear()
        history.go_to(position)
        assert len(applied) <= INTERVAL


def test_the_segments_of_the_last_moves_are_all_there_wherever_one_comes_from() -> None:
    walk = Walk(LONG)
    end = len(walk.worlds) - 1
    positions = [*range(0, end + 1, 37), INTERVAL, INTERVAL + 1, 2 * INTERVAL, 3 * INTERVAL - 1, end]
    stepping = History(LONG)
    everything = {transmission.number: transmission for transmission in walk.ended(0, end)}
    for position in range(end + 1):
        if position:
            stepping.apply()
        if position in positions:
            jumping = to_the_end(History(LONG)) if position == end else History(LONG)
            for _ in range(position - jumping.position):
                jumping.apply()
            jumping.go_to(max(0, position - 1))
            if position:
                jumping.forward()
            for history in (stepping, jumping):
                transmissions = history.transmissions()
                in_flight = walk.worlds[position].wire.transmissions
                recent = walk.ended(max(0, position - INTERVAL), position)
                assert {*recent, *in_flight} <= set(transmissions)
                assert [one.number for one in transmissions] == sorted({one.number for one in transmissions})
                assert all(one in in_flight or one == everything[one.number] for one in transmissions)


def test_of_a_short_run_every_segment_is_known() -> None:
    history = to_the_end(History(library.find("life")))
    assert [transmission.number for transmission in history.transmissions()] == list(range(1, 12))


def test_a_move_in_the_past_begins_a_branch_and_the_old_one_stays() -> None:
    history = to_the_end(History(library.find("handshake")))
    world, end = history.world, history.position
    history.go_to(3)
    assert history.world.wire.transmissions
    number = history.world.wire.transmissions[0].number
    history.apply(Lose(number))
    assert (history.branches, history.branch, history.position, history.length) == (2, 1, 4, 4)
    lost = history.world
    history.switch(0)
    assert (history.position, history.length) == (4, end)
    history.go_to(end)
    assert history.world == world
    history.switch(1)
    assert (history.branch, history.position, history.world) == (1, 4, lost)
    history.switch(history.branch + 1)
    assert history.branch == 0


def test_the_same_move_in_the_past_begins_no_branch() -> None:
    history = to_the_end(History(library.find("handshake")))
    end = history.length
    history.go_to(2)
    history.apply(NEXT)
    assert (history.branches, history.position, history.length) == (1, 3, end)


def test_what_follows_is_left_for_a_branch_without_it() -> None:
    history = to_the_end(History(library.find("handshake")))
    history.go_to(2)
    history.apply(Lose(1))
    history.go_to(2)
    history.fork()
    assert (history.branch, history.position, history.length) == (0, 2, 5)
    end = history.length
    lost = History(library.find("handshake"))
    for move in parse_moves("s2 l1"):
        lost.apply(move)
    lost.go_to(2)
    lost.fork()
    assert (lost.branch, lost.position, lost.length) == (1, 2, 2)
    assert lost.world == history.world
    lost.fork()
    assert lost.branches == 2
    to_the_end(lost)
    assert (lost.branch, lost.length) == (1, end)
    lost.go_to(2)
    lost.apply(Lose(1))
    assert (lost.branch, lost.branches, lost.length) == (0, 2, 3)


def test_branches_of_branches_far_along_keep_their_own_pasts() -> None:
    history = to_the_end(History(LONG))
    texts, worlds = {0: history.text()}, {0: history.world}
    for position in (2 * INTERVAL, 2 * INTERVAL - 1, INTERVAL + 5, 3):
        history.go_to(position)
        history.apply(Do("B", "send", b"%d" % position))
        for _ in range(INTERVAL + 10):
            history.apply()
        texts[history.branch], worlds[history.branch] = history.text(), history.world
    assert history.branches == 5
    for branch in (3, 0, 4, 1, 2):
        history.switch(branch)
        history.go_to(history.length)
        assert (history.text(), history.world) == (texts[branch], worlds[branch])


def test_forward_follows_the_branch_and_then_what_happens() -> None:
    history = History(library.find("handshake"))
    history.apply()
    history.apply(Wait(1_000))
    history.apply()
    reached = history.world
    history.go_to(0)
    assert [history.forward().cause for _ in range(3)] == ["call", "wait", "call"]
    assert history.world == reached
    assert history.forward().cause == "arrival"
    assert history.length == 4


@pytest.mark.parametrize("name", library.names())
def test_the_text_of_a_run_replays_to_an_equal_world(name: str) -> None:
    history = History(library.find(name))
    for number in range(6):
        if history.world.next_event() is None:
            break
        history.apply()
        if number == 3 and history.world.wire.transmissions:
            history.apply(Lose(history.world.wire.transmissions[-1].number))
    history.apply(Do("A", "reboot"))
    while (event := history.world.next_event()) is not None and event.at == history.world.now:
        history.apply()
    history.apply(Wait(1))
    world = begin(library.find(name))[0]
    for move in parse_moves(history.text()):
        world.apply(move)
    assert world == history.world


def test_the_text_tells_the_moves_up_to_here_not_those_after() -> None:
    history = History(library.find("handshake"))
    for word in ("s2", "l1", "w1ms", "a:close"):
        for move in parse_moves(word):
            history.apply(move)
    assert history.text() == "s2 l1 w1ms a:close"
    history.go_to(2)
    assert history.text() == "s2"
    history.go_to(0)
    assert history.text() == ""


@pytest.mark.parametrize("move", [Lose(9), Wait(10**9), Lose(0)])
def test_a_move_that_cannot_be_made_changes_nothing(move: Lose | Wait) -> None:
    history = History(library.find("handshake"))
    history.apply()
    history.apply()
    history.back()
    world, before, report = history.world.copy(), history.before.copy(), history.report
    with pytest.raises(BadMove):
        history.apply(move)
    assert (history.world, history.before, history.report) == (world, before, report)
    assert (history.position, history.length, history.branches) == (1, 2, 1)


def test_a_refused_step_at_the_end_of_a_run_changes_nothing() -> None:
    history = to_the_end(History(library.find("handshake")))
    end, world = history.position, history.world
    with refused(BadMove, match="nothing more will happen"):
        history.forward()
    assert (history.position, history.length, history.world) == (end, end, world)


@pytest.mark.parametrize("position", [-1, 3])
def test_only_positions_of_the_branch_can_be_gone_to(position: int) -> None:
    history = History(library.find("handshake"))
    history.apply()
    history.apply()
    with refused(BadMove, match=rf"there is no position {position} \(0 to 2\)"):
        history.go_to(position)
    assert history.position == 2


def test_the_worlds_shown_are_not_those_kept() -> None:
    """A checkpoint must not change with the world on the screen."""
    history = to_the_end(History(LONG))
    history.go_to(INTERVAL)
    before = history.world.copy()
    history.apply(Do("A", "reboot"))
    history.switch(0)
    history.go_to(INTERVAL)
    assert history.world == before


def test_a_record_is_the_same_whether_it_is_asked_for_at_every_move_or_once() -> None:
    asked, folded = History(LONG), begin(LONG)[0]
    record = asked.moment.record
    records = [record]
    while folded.next_event() is not None:
        record = record.after(folded.apply(NEXT))
        records.append(record)
        asked.apply()
        assert asked.moment.record == record
        assert asked.moment_before.record == records[-2]
    unasked = to_the_end(History(LONG))
    assert (unasked.moment.record, unasked.moment_before.record) == (records[-1], records[-2])
    for position in (0, 1, 2, INTERVAL - 1, INTERVAL, INTERVAL + 1, 2 * INTERVAL, 3 * INTERVAL + 7):
        unasked.go_to(position)
        assert unasked.moment_before.record == records[max(0, position - 1)]
        assert unasked.moment.record == records[position]
        for _ in range(INTERVAL + 3):
            unasked.forward()
        assert unasked.moment.record == records[position + INTERVAL + 3]
    for _ in unasked.walk_to(2 * INTERVAL - 5):
        assert unasked.moment.record == records[unasked.position]
    assert unasked.moment_before.record == records[unasked.position - 1]


def test_reports_that_are_kept_do_not_pile_up() -> None:
    history = to_the_end(History(LONG))
    for start in (0, 1, INTERVAL):
        history.go_to(start)
        while history.position < history.length:
            history.forward()
            history.reports(history.position % 7)
            assert len(history._latest) <= INTERVAL
            assert len(history._intervals) <= KEPT


def as_at(walk: Walk, position: int) -> dict[int, Transmission]:
    """Every segment of a run up to a position, as it was then."""
    ended = {one.number: one for one in walk.ended(0, position)}
    return ended | {one.number: one for one in walk.worlds[position].wire.transmissions}


@pytest.mark.parametrize("where", ["stepping", "jumping"])
def test_every_segment_of_a_run_is_found_as_it_was_at_the_position(where: str) -> None:
    walk = Walk(LONG)
    end = len(walk.worlds) - 1
    history = History(LONG) if where == "stepping" else to_the_end(History(LONG))
    near = {n * INTERVAL + offset for n in range(1, 6) for offset in (-1, 0, 1, 40)}
    for position in range(1, end + 1) if where == "stepping" else (*sorted(near, reverse=True), end, 1):
        if where == "stepping":
            history.apply()
        else:
            history.go_to(position)
        if position in near or position == end:
            segments = as_at(walk, position)
            assert list(segments) != []
            for number, segment in segments.items():
                assert history.transmission(number) == segment
            assert history.transmission(0) is None
            assert history.transmission(len(segments) + 1) is None


def test_what_the_moves_of_every_interval_brought_about_is_known_up_to_the_position() -> None:
    walk = Walk(LONG)
    history = to_the_end(History(LONG))
    end = history.length
    for position in (end, INTERVAL, INTERVAL + 1, 2 * INTERVAL - 1, 0, 3 * INTERVAL):
        history.go_to(position)
        for interval in (*range(history.last_interval + 1), history.last_interval + 1):
            start = interval * INTERVAL
            stop = min(start + INTERVAL, position)
            assert history.reports(interval) == walk.reports[start + 1 : stop + 1]
            if interval <= history.last_interval:
                assert history.beginning_of(interval) == walk.worlds[start]
        for number in as_at(walk, position):
            launched = [n for one in history.reports(history.interval_of(number)) for n in one.launched]
            assert number in launched


def test_segments_of_a_branch_that_was_left_are_none_of_this_one() -> None:
    history = to_the_end(History(LONG))
    history.reports(2)
    history.go_to(INTERVAL + 3)
    newest = history.world.wire.transmissions[-1].number
    history.apply(Lose(newest))
    while history.position < 4 * INTERVAL:
        history.apply()
    lost = history.transmission(newest)
    assert lost is not None
    assert lost.outcome is Outcome.LOST
    walk = [report for interval in range(4) for report in history.reports(interval)]
    assert walk[INTERVAL + 3].cause == "fault"
    history.switch(0)
    history.go_to(4 * INTERVAL)
    again = history.transmission(newest)
    assert again is not None
    assert again.outcome is Outcome.ARRIVED
    assert [report.cause for report in history.reports(1)] != [report.cause for report in walk[INTERVAL:]]


def test_an_old_segment_costs_two_intervals_of_replay_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    history = to_the_end(History(LONG))
    applied = moves_counted(monkeypatch)
    for number in (1, 2, 20, 33, 100, 150):
        applied.clear()
        assert history.transmission(number) is not None
        assert len(applied) <= 2 * INTERVAL
        applied.clear()
        history.transmission(number)
        assert not applied


@pytest.mark.parametrize("name", ["lost-syn-ack", "life", "syn-flood"])
def test_the_moves_in_which_something_changes_are_found_forwards_and_backwards(name: str) -> None:
    history = History(library.find(name))
    marked = []
    while history.world.next_event() is not None:
        assert history.next_sign is None
        before, report = history.world.states, history.apply()
        lost = any(one.outcome is Outcome.LOST for one in report.ended)
        if lost or report.cause == "timer" or history.world.states != before:
            marked.append(history.position)
        elif any(isinstance(event, StateChanged) for event in report.events):
            marked.append(history.position)  # Of a connection that does not stand for the end.
    assert marked
    for position in range(history.length + 1):
        history.go_to(position)
        assert history.next_sign == next((one for one in marked if one > position), None)
        assert history.last_sign == max((one for one in marked if one < position), default=0)


def signs(history: History, count: int) -> list[int | None]:
    """What `next_sign` is at the first positions."""
    found = []
    for position in range(count):
        history.go_to(position)
        found.append(history.next_sign)
    return found


def test_a_branch_has_the_changes_of_its_parent_up_to_where_it_begins() -> None:
    history = History(library.find("handshake"))
    for _ in range(5):
        history.apply()
    whole = signs(history, 5)
    history.go_to(4)
    history.apply(Lose(3))
    assert history.branches == 2
    assert signs(history, 5) == [one if one is not None and one < 5 else 5 for one in whole]


def test_the_last_fault_is_the_readers_and_lies_before_the_position() -> None:
    history = History(library.find("lost-syn-ack"))  # Whose own fault is none of these.
    for move in parse_moves("s2 d1+10ms s1"):
        history.apply(move)
    assert history.last_fault == 2
    history.go_to(2)
    assert history.last_fault is None
