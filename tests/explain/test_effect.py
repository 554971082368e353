"""What a step changed: every change has its effect, nothing else has, and each is a short mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.profile.presets import PRESETS
from tcptui.explain.catalogue import text
from tcptui.explain.effect import Change, Effect, Kind
from tcptui.explain.marks import marks
from tcptui.lab.history import History
from tcptui.lab.moves import Move
from tcptui.lab.variant import variant
from tcptui.lab.wire import BadMove
from tests.explain.effects import check, of
from tests.explain.keys import MARKS
from tests.lab.test_programs import TALK
from tests.lab.test_properties import ROUGH, chosen, intents
from tests.lab.worlds import OPEN, history_of, scenario

FAST = settings(max_examples=150)


def played(history: History, most: int = 400) -> Iterator[Effect]:
    """The effects of every step up to the end."""
    while history.position < most and history.world.next_event() is not None:
        report = history.apply()
        yield from check(report, history.before, history.world)


@pytest.mark.parametrize("profile", PRESETS)
@pytest.mark.parametrize("name", library.names())
def test_every_change_of_every_scenario_has_its_effect(name: str, profile: str) -> None:
    found = list(played(History(variant(library.find(name), PRESETS[profile], []))))
    assert {one.kind for one in found} >= {"segment", "call"}


def test_a_program_with_sockets_is_told_by_its_calls() -> None:
    found = list(played(History(TALK)))
    assert of(found, "signal") == []
    assert {"returned", "blocks"} == {one.change for one in of(found, "call")}


@pytest.mark.parametrize("profile", ["rfc9293", "linux", "freebsd"])
def test_whatever_happens_every_change_has_its_effect(profile: str) -> None:
    kinds: set[tuple[Kind, Change]] = set()

    @FAST
    @given(st.sampled_from(["", OPEN.splitlines()[-1], 'prelude = "b:listen:1"']), intents(ROUGH))
    def play(prelude: str, made: list[tuple[str, int]]) -> None:
        hosts = "\n".join(f'{side}.profile = "{profile}"' for side in "AB")
        history = History(scenario(f"{prelude}\nA.isn = 3000000000\nB.isn = 1500000000\n{hosts}\n"))
        for kind, number in made:
            move: Move | None = chosen(history.world, kind, number)
            if move is None:
                continue
            try:
                report = history.apply(move)
            except BadMove:
                continue
            found = check(report, history.before, history.world)
            kinds.update((one.kind, one.change) for one in found)

    play()
    assert {kind for kind, _ in kinds} == set(get_args(Kind))
    assert kinds <= {*MARKS}
    calls: set[tuple[Kind, Change]] = {("call", change) for change in ("returned", "failed", "blocks")}
    assert {*MARKS} - kinds <= {*calls, ("variable", "unset"), ("call", "answered")}


# What a reader sees of it.


def last(moves: str, story: str = OPEN) -> list[str]:
    """The marks of the last of these moves."""
    history = history_of(scenario(story), moves)
    assert history.report is not None
    return [text(one) for one in marks(history.report, history.before, history.world)]


def test_marks_are_short_and_the_more_telling_come_first() -> None:
    assert last("b:listen a:connect s2", "A.isn = 1000\nB.isn = 5000\n") == [
        "A: SYN-SENT > ESTABLISHED",
        "#3 ACK sent",
        "SND.UNA 0 > 1",
        "SND.WND 65535",
        "RCV.NXT 1",
        "cwnd 4380",
        "SRTT 100 ms",
        "retransmission queue 1 > 0",
        "RTX timer stopped",
        "USER timer stopped",
        "A told: established",
        "RTTVAR 50 ms",
        "SMSS 1460",
        "IRS 0",
        "SND.WL1 0",
        "SND.WL2 1",
    ]


@pytest.mark.parametrize(
    ("moves", "shown"),
    [
        ("a:send:hello", "A: #1 PSH,ACK sent"),
        ("a:send:hello", "SND.NXT 1 > 6"),
        ("a:send:hello", "retransmission queue 0 > 1"),
        ("a:send:hello", "RTX timer set 1.00 s"),
        ("a:send:hello s", "B reads 5 octets"),
        ("a:send:x s", "B reads 1 octet"),
        ("a:send:hello l1", "#1 PSH,ACK lost"),
        ("a:send:hello u1", "#2 PSH,ACK copied from #1"),
        ("a:send:hello l1 s", "A: #2 PSH,ACK sent"),
        ("a:send:hello l1 s", "RTO 1.00 s > 2.00 s"),
        ("a:send:hello l1 s", "cwnd 4380 > 1460"),
        ("a:send:hello l1 s", "RTX timer fired"),
        ("a:send:hello l1 s", "RTX timer set 2.00 s"),
        ("a:close", "A: ESTABLISHED > FIN-WAIT-1"),
        ("a:close", "close() ok"),
        ("a:close s", "B told: closing"),
        ("a:reboot", "A: ESTABLISHED > CLOSED"),
        ("a:send:hello a:reboot", "RTX timer stopped"),
        ("a:send:hello a:reboot", "retransmission queue 1 > 0"),
        ("x>b:ACK:seq=1001:ack=5001 s", "B: no change"),
        ("b:send:x a:unplug s", "A: #1 PSH,ACK lost"),
        ("a:abort a:send:x", "A: SEND: does not exist"),
    ],
)
def test_a_mark_says_what_became_of_what(moves: str, shown: str) -> None:
    assert shown in last(moves)


def test_what_a_listeners_child_changes_at_the_listener_has_its_name() -> None:
    story = "A.isn = 1000\nB.isn = 5000\n"
    assert "listener: SYN queue 0 > 1" in last("b:listen:1 a:connect s", story)
    assert {"listener: SYN queue 1 > 0", "listener: accept queue 0 > 1"} <= {
        *last("b:listen:1 a:connect s3", story)
    }
    assert "accept queue 1 > 0" in " ".join(last("b:listen:1 a:connect s3 b:accept", story))


def test_what_a_connection_changes_that_the_pane_does_not_show_has_its_sockets() -> None:
    story = 'A.program = ["s = socket()", "connect(s)", "t = socket()", { call = "connect(t)", at = "1s" }]\n'
    moves = "b:listen:2 s7 a:send(s,'x') "
    assert "49152>80: SND.NXT 1 > 2" in last(moves, story)
    rebooted = last(f"{moves} a:reboot", story)
    assert {"49152>80: ESTABLISHED > CLOSED", "49153>80: SYN-SENT > CLOSED"} <= {
        one.removeprefix("A: ") for one in rebooted
    }


def test_raw_numbers_are_shown_to_who_wants_them() -> None:
    history = history_of(scenario(OPEN), "a:send:hello")
    assert history.report is not None
    shown = [text(one, raw=True) for one in marks(history.report, history.before, history.world)]
    assert "SND.NXT 1001 > 1006" in shown


def test_time_that_passes_changes_nothing() -> None:
    history = history_of(scenario(OPEN), "w1s")
    assert history.report is not None
    assert marks(history.report, history.before, history.world) == []
