"""The record: folded from reports, a value, bounded at a position and whole for a run."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.core.events import Response, Signal
from tcptui.core.state import State
from tcptui.lab import run as run_module
from tcptui.lab.connection_record import EMPTY_RECORD, LATEST, LONGEST_PATH, Entered
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import first_record
from tcptui.lab.record import Called, Record
from tcptui.lab.run import play
from tcptui.lab.wire import SIDES, BadMove
from tests.lab.worlds import OPEN, everything, history_of, of_shown, record_of, scenario
from tests.messages import refused


def test_states_calls_notifications_and_data_are_in_it_in_their_order() -> None:
    record = history_of(library.find("life"), "s18").record
    assert [entered.state.value for entered in record.a.states] == [
        "CLOSED", "SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED",
    ]  # fmt: skip
    assert [called.name for called in record.a.calls] == ["connect", "send", "close"]
    assert {called.response for called in record.a.calls} == {Response.OK}
    assert of_shown(record.a).notified == (
        Signal.OPENED, Signal.CLOSE_ACKNOWLEDGED, Signal.CLOSING, Signal.CLOSED,
    )  # fmt: skip
    assert of_shown(record.b).delivered == (b"GET /\r\n",)
    assert [one.number for one in record.transmissions] == list(range(1, 12))


def test_a_path_of_states_keeps_the_last_ones() -> None:
    states = record_of(scenario(), "b:listen b:close " * LONGEST_PATH).states
    assert len(states) == LONGEST_PATH
    assert [entered.state for entered in states[-2:]] == [State.LISTEN, State.CLOSED]


def test_the_latest_few_of_everything_else_are_kept() -> None:
    sends = " ".join(f"a:send:{number}" for number in range(LATEST + 2))
    history = history_of(scenario(OPEN), f"{sends} s{LATEST + 2}")
    assert history.record.a.calls == (Called("send", Response.OK),) * LATEST
    assert of_shown(history.record.b).delivered == tuple(b"%d" % number for number in range(2, LATEST + 2))


def test_a_new_open_begins_anew_what_a_program_knows_but_not_the_path_and_the_calls() -> None:
    record = record_of(scenario(OPEN), "a:send:x s b:abort b:listen")
    assert of_shown(record)[1:] == EMPTY_RECORD[1:]
    assert record.connections[1].delivered == (b"x",), "it is still known of the connection before"
    assert [entered.state for entered in record.states] == [State.ESTABLISHED, State.CLOSED, State.LISTEN]
    assert record.calls[-2:] == (Called("abort", Response.OK), Called("listen", Response.OK))


def test_an_open_that_is_refused_begins_nothing_anew() -> None:
    record = record_of(scenario(), "b:listen a:connect s3 a:close s b:connect")
    assert of_shown(record).notified == (Signal.OPENED, Signal.CLOSING)
    record = record_of(scenario(), "b:listen b:listen")
    assert record.last_call == Called("listen", Response.EXISTS)


def test_a_reboot_is_a_state_and_a_call_without_a_response() -> None:
    record = record_of(scenario(OPEN), "a:send:x s b:reboot")
    assert record.last_call == Called("reboot", "")
    assert record.states[-1][0] is State.CLOSED
    assert (of_shown(record).delivered, of_shown(record).notified) == ((), ())


def test_of_older_connections_nothing_is_noted() -> None:
    record = record_of(scenario(OPEN), "a:close s2 b:close s2 a:listen s", "A")
    assert record.states[-1][0] is State.LISTEN
    assert Signal.CLOSED not in of_shown(record).notified


def test_what_the_prelude_made_known_is_known_when_the_story_begins() -> None:
    story = scenario(OPEN.replace("s3", "s3 a:send:x s2"))
    record = first_record(story)[1]
    assert of_shown(record.b).delivered == (b"x",)
    assert record.a.states == record.b.states == (Entered(State.ESTABLISHED, 0, 0),)
    assert [report.at for report in record.prelude][-1] == 0


@pytest.mark.parametrize("name", library.names())
def test_the_record_of_a_position_is_the_same_wherever_one_comes_from(name: str) -> None:
    stepping = History(library.find(name))
    records = [stepping.record]
    while stepping.world.next_event() is not None:
        stepping.apply()
        records.append(stepping.record)
    for position in (len(records) - 1, 0, len(records) // 2, 1):
        stepping.go_to(position)
        assert stepping.record == records[position]
        assert stepping.moment_before.record == records[max(0, position - 1)]._replace(transmissions=())


@pytest.mark.parametrize("name", library.names())
def test_a_whole_run_ends_with_the_record_of_its_last_position(name: str) -> None:
    history = History(library.find(name))
    while history.world.next_event() is not None:
        history.apply()
    run = play(library.find(name))
    assert (run.a, run.b) == (history.record.a, history.record.b)
    assert run.end == history.world.states
    assert run.ended_at == history.world.now
    for side in SIDES:
        assert run.path(side)[-LONGEST_PATH:] == list(run.of(side).states)


def test_beyond_many_checkpoints_it_is_the_same_too() -> None:
    sends = "a:send:x s2 " * INTERVAL
    stepping = history_of(scenario(OPEN), sends + "a:close s2")
    there = stepping.record
    stepping.go_to(3)
    stepping.go_to(stepping.length)
    assert (stepping.record.a, stepping.record.b) == (there.a, there.b)
    assert [entered.state for entered in there.a.states] == [
        State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2,
    ]  # fmt: skip


def test_an_earlier_record_does_not_change() -> None:
    state, record = first_record(scenario(OPEN))
    before = everything(record)
    later: Record = record
    for move in parse_moves("a:send:x s2"):
        later = later.after(state.apply(move))
    assert everything(record) == before
    assert later != record


# Limits.


def test_moves_and_steps_together_have_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_STEPS", 5)
    run = play(library.find("life"), parse_moves("s3"))
    assert (len(run.reports), run.complete) == (5, False)
    with refused(BadMove, match="6 moves are too many for a whole run: at most 5"):
        play(library.find("life"), parse_moves("s6"))


def test_a_run_of_exactly_so_many_steps_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_STEPS", 18)
    assert play(library.find("life")).complete
