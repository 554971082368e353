"""The pane of one end: what the last move changed is marked and nothing else; every line fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import product

import pytest

from tcptui import library
from tcptui.core.events import TimerKind
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import Timer
from tcptui.explain.numbers import duration_text
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.history import History, Moment
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side
from tcptui.view.endpoint import EndView, plan_of
from tcptui.view.lines import MARK, Line, line_width, plain_text
from tcptui.view.timer_lines import FULL, SPENT
from tests.explain.wide import LANGUAGE, read_wide
from tests.lab.worlds import OPEN, history_of, scenario

PANES = (18, 28, 42)
"""The widths inside the borders of the screen's panes."""
FAR = scenario(OPEN.replace("1000", "3000000000").replace("5000", "4294967290"), "far")
FIELD = re.compile(r"(UNA|NXT|WND) ?(\d+)")


def lines_of(
    now: Moment, before: Moment, side: Side, width: int = 28, height: int = 40, raw: bool = False
) -> list[Line]:
    return EndView(side).lines(now, before, width, height, at=now.world.now, raw=raw)


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def rows_of_direction(width: int, height: int) -> int:
    """How many rows one of the two sequence spaces has, with its heading."""
    plan = plan_of(width, height)
    return 3 + plan.above + plan.tall


def fields(lines: list[Line]) -> dict[tuple[str, str], tuple[str, bool]]:
    """Each variable's value and whether it is marked, by direction and name; each direction has its rows."""
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    width, height = line_width(lines[0]), len(lines)
    each = rows_of_direction(width, height)
    for way, rows in (("send", lines[4 : 4 + each]), ("receive", lines[4 + each : 4 + 2 * each])):
        for text, style in (span for row in rows for span in row):
            for name, value in FIELD.findall(text):
                assert (way, name) not in found
                found[way, name] = (value, style == "changed")
    return found


MOVES = {
    "text both ways": (FAR, "a:send:hello s2 b:send:hello%20you s2 a:send:x l5 s2"),
    "both close": (FAR, "a:close s2 b:close s3"),
    "out of order": (FAR, "a:send:1 a:send:2 r1 s4"),
    "from nothing": (scenario(), "b:listen a:connect s3 a:abort s b:listen a:connect l5 s4"),
    "crash": (FAR, "b:send:x a:reboot s2 a:connect s2"),
    "refused": (scenario(), "a:connect s2 a:close a:send:x"),
}


def steps(scenario: Scenario, moves: str) -> list[History]:
    """The history after each move."""
    made = []
    parsed = parse_moves(moves)
    for count in range(len(parsed) + 1):
        history = History(scenario)
        for move in parsed[:count]:
            history.apply(move)
        made.append(history)
    return made


ALL = (*MOVES, *library.names())


@cache
def moments(name: str) -> list[tuple[Moment, Moment]]:
    """Each moment with the one before it."""
    if name in MOVES:
        return [(one.moment, one.moment_before) for one in steps(*MOVES[name])]
    history = History(library.find(name))
    made = [(history.moment, history.moment_before)]
    while history.world.next_event() is not None:
        history.apply()
        made.append((history.moment, history.moment_before))
    return made


def drawn(
    name: str, side: Side, width: int = 28, height: int = 40, raw: bool = False
) -> Iterator[tuple[list[Line], Moment, Moment]]:
    """The pane at each moment, with that and the one before, drawn by one view as on the screen: what has not
    changed is not made anew."""
    view = EndView(side)
    for now, before in moments(name):
        yield view.lines(now, before, width, height, at=now.world.now, raw=raw), now, before


@pytest.mark.parametrize("name", ALL)
def test_every_line_is_exactly_as_wide_and_there_are_as_many_as_asked(name: str) -> None:
    """Of the sizes, and numbers raw or not, each run has a third, in turn."""
    sizes = [*product((17, 18, 19, 22, 25, 26, 28, 36, 60), (9, 40))]
    sizes += [(17, 1), (60, 1)]  # The first line of those of a height of 9.
    again, turn = divmod(ALL.index(name), 3)
    for place, (side, (width, height)) in enumerate([*product(SIDES, sizes)][turn::3]):
        distinct = set()
        for lines, _, _ in drawn(name, side, width, height, raw=(place + again) % 2 == 1):
            assert len(lines) == height
            distinct |= {tuple(line) for line in lines}
        assert {line_width(line) for line in distinct} == {width}


def variables(tcb: Tcb | None, raw: bool) -> dict[tuple[str, str], str]:
    """What is to stand there: nothing that is not known yet."""
    if tcb is None or tcb.state is State.LISTEN:
        return {}

    def text(number: int, first: int) -> str:
        return str(number if raw else (number - first) % (1 << 32))

    known = {
        ("send", "UNA"): text(tcb.snd_una, tcb.iss),
        ("send", "NXT"): text(tcb.snd_nxt, tcb.iss),
        ("receive", "WND"): str(tcb.rcv_wnd),
    }
    if tcb.state is not State.SYN_SENT:
        known["send", "WND"] = str(tcb.snd_wnd)
        known["receive", "NXT"] = text(tcb.rcv_nxt, tcb.irs)
    return known


@pytest.mark.parametrize("name", ALL)
def test_the_variables_are_those_of_the_block_none_is_cut_and_one_that_has_changed_is_marked(
    name: str,
) -> None:
    for side, width, raw in product(SIDES, PANES, (False, True)):
        for lines, made, before in drawn(name, side, width, 40, raw):
            shown = fields(lines)
            now, then = (variables(one.world.host(side).tcb, raw) for one in (made, before))
            assert {key: value for key, (value, _) in shown.items()} == now, (width, raw)
            for key, (value, marked) in shown.items():
                assert marked == (value != then.get(key)), (key, width, raw)


@pytest.mark.parametrize("width", PANES)
@pytest.mark.parametrize("raw", [False, True])
def test_in_the_smallest_pane_too_no_variable_is_hidden(width: int, raw: bool) -> None:
    for made, before in (*moments("text both ways"), *moments("both close")):
        shown = fields(lines_of(made, before, "A", width, 17, raw))
        assert {key: value for key, (value, _) in shown.items()} == variables(made.world.host("A").tcb, raw)


def state_name(host: HostEnd) -> str:
    """A host with UDP's sockets and no connection has no state; ``ss`` says UNCONN."""
    return "UDP UNCONN" if host.tcb is None and host.udp.endpoints else host.state.value


@pytest.mark.parametrize("name", ALL)
def test_the_state_is_marked_if_it_changed_and_only_then(name: str) -> None:
    for side in SIDES:
        for lines, made, before in drawn(name, side):
            (first, *_) = texts(lines)
            state, was = (state_name(one.world.host(side)) for one in (made, before))
            assert first[1:].startswith(f"{state} ")
            assert (first[0] == MARK) == (state != was)


@pytest.mark.parametrize("name", ALL)
def test_the_timer_that_fires_first_has_the_bar_the_others_are_named_and_any_change_of_them_is_marked(
    name: str,
) -> None:
    shown = (
        (one, side, width) for side, width in product(SIDES, (28, 42)) for one in drawn(name, side, width)
    )
    for (lines, made, before), side, width in shown:
        told, bar = texts(lines)[2:4]
        now, was = running(made.world, side), running(before.world, side)
        if made.world.host(side).tcb is None and not made.world.host(side).statuses():
            assert not now
            continue
        if now:
            (owner, kind, timer), *others = now
            left = duration_text(timer.due - made.world.now)
            assert f"{kind.label} in {left}" in told or f"{kind.label} {left}" in told
            assert re.findall(r"\+([A-Z0-9]+)", told) == [
                other.label for whose, other, _ in others if whose == owner
            ] + [str(count) for count in [sum(whose != owner for whose, _, _ in others)] if count]
            assert set(bar[1:]) <= {FULL, SPENT}
            assert len(bar.strip()) == width - 1
            share = (timer.due - made.world.now) / (timer.due - timer.set_at)
            assert abs(bar.count(FULL) - share * (width - 1)) <= 1
        else:
            assert not bar.strip()
            assert told.strip(f" {MARK}") in ("", "no timer runs")
        assert (told[0] == MARK) == (now != was)


def running(world: WorldState, side: Side) -> list[tuple[int, TimerKind, Timer]]:
    """The timers of the connection that is shown, then of the others, the first due first."""
    host = world.host(side)
    found = [
        (tcb.connection, kind, timer) for tcb in host.blocks for kind, timer in host.timers_of(tcb).items()
    ]
    return sorted(found, key=lambda one: (one[0] != host.connection, one[2].due))


def test_a_timer_that_fires_later_waits_behind_the_one_that_fires_first() -> None:
    """A SEND starts the user timer, for minutes; text that comes meanwhile delays an ACK for a moment."""
    patient = scenario('A.isn = 1\nprelude = "b:listen a:connect s3"\nB.set.delayed_ack = "0ms"\n')
    lines = [
        re.findall(r"(?:else +|\+)([A-Z]+)", texts(lines_of(one.moment, one.moment_before, "A", 42))[2])
        for one in steps(patient, "a:send:x l1 b:send:y s s")
    ]
    assert lines == [
        [],
        ["RTX", "USER"],
        ["RTX", "USER"],
        ["RTX", "USER"],
        ["DACK", "RTX", "USER"],
        ["RTX", "USER"],
    ]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_marked_where_nothing_changed(name: str) -> None:
    for side in SIDES:
        view = EndView(side)
        for made, _ in moments(name):
            lines = view.lines(made, made, 28, 40, at=made.world.now, raw=False)
            assert not any(MARK in text for text in texts(lines))
            assert not any(style == "changed" for line in lines for _, style in line)


@pytest.mark.parametrize("name", ALL)
def test_what_is_marked_is_coloured_and_what_is_coloured_is_marked(name: str) -> None:
    """Before a label and before a picture the mark stands alone."""
    for side in SIDES:
        for lines, _, _ in drawn(name, side):
            for line in lines:
                for place, (text, style) in enumerate(line):
                    assert (MARK in text) <= text.startswith(MARK)
                    if text.startswith(MARK):
                        assert style == "changed"
                    elif style in ("changed", "entered"):
                        assert line[max(0, place - 2)][0] == MARK or line[place - 1][0] == MARK


def test_an_end_that_a_move_does_not_touch_has_no_mark() -> None:
    history = steps(FAR, "a:send:hello")[-1]
    assert any(MARK in text for text in texts(lines_of(history.moment, history.moment_before, "A")))
    assert not any(MARK in text for text in texts(lines_of(history.moment, history.moment_before, "B")))


def test_a_bar_runs_down_with_the_time() -> None:
    history = steps(FAR, "a:send:hello l1")[-1]
    full = []
    for at in range(0, 1_000_001, 100_000):
        lines = texts(EndView("A").lines(history.moment, history.moment, 36, 40, at=at, raw=False))
        full.append(lines[3].count(FULL))
    assert full == sorted(full, reverse=True)
    assert full[0] == 35
    assert full[-1] == 0


def test_a_call_what_is_in_flight_and_a_path_say_what_happened() -> None:
    history = steps(FAR, "a:send:hello l1 s")[-1]
    lines = EndView("A").lines(history.moment, history.moment_before, 42, 40,
        at=history.world.now, raw=False, transmissions=history.transmissions(),
    )  # fmt: skip
    shown = "\n".join(texts(lines))
    assert f"{MARK}needs an ACK of 6, for #2" in shown, "it was #1"
    assert "(again 1 of 6)" in shown
    assert "5 in flight" in shown
    assert "▒▒▒" in shown, "it was sent again"
    assert "#2" in shown
    assert "app   send()" in shown
    assert "ESTABLISHED  0.000" in shown


@pytest.mark.parametrize("width", PANES)
def test_what_is_not_so_any_more_is_not_said_and_a_pulled_cable_is(width: int) -> None:
    told = {}
    for moves in (
        "",
        "a:close",
        "a:close s2",
        "b:close s",
        "a:abort",
        "a:unplug",
        "a:unplug a:send:x",
        "a:unplug a:plug",
    ):
        history = steps(scenario(OPEN), moves)[-1]
        told[moves] = program(history, "A", width)[1]
    assert told[""] == told["a:unplug a:plug"] == "established"
    assert told["a:close"] == "", "FIN-WAIT-1: it was established, and what comes of the CLOSE is not known"
    assert told["a:close s2"] == "close done"
    assert told["b:close s"] == ("the peer has closed" if width > 18 else "peer closed")
    assert told["a:abort"] == ""
    assert told["a:unplug"] == told["a:unplug a:send:x"] == "cable pulled"


def program(history: History, side: Side, width: int = 28) -> list[str]:
    """What stands beside "app", "told" and "got"."""
    lines = texts(lines_of(history.moment, history.moment_before, side, width))
    first = 4 + 2 * rows_of_direction(width, len(lines))
    return [re.sub(rf"^[ {MARK}](app|told|got)? *", "", line).rstrip() for line in lines[first : first + 3]]


def test_what_a_call_came_to_is_told_in_the_readers_language() -> None:
    told = {}
    for moves, side in (("b:listen b:listen", SIDES[1]), ("b:listen a:connect s3", SIDES[0])):
        last = steps(scenario(), moves)[-1]
        told[moves] = "".join(read_wide(partial(program, last, side)))
    for text, key in zip(told.values(), ("response.brief.exists", "signal.opened"), strict=True):
        assert LANGUAGE[key][:8] in text, "as much of it as there is room for"


def test_received_text_cannot_draw_on_the_screen() -> None:
    history = steps(FAR, "a:send:%1b[2J%0a%00%E4%BD%A0 s")[-1]
    for width in PANES:
        assert all(
            text.isprintable() for text in texts(lines_of(history.moment, history.moment_before, "B", width))
        )


@pytest.mark.parametrize("width", PANES)
def test_a_listener_shows_its_queues_and_a_slow_reader_what_it_has_not_read(width: int) -> None:
    history = history_of(scenario("B.reads = false\n"), "b:listen:3 a:connect s3 a:send:hello s")
    shown = [plain_text(line)[1:] for line in lines_of(history.moment, history.moment, "B", width, 30)]
    (queues,) = (line for line in shown if "accept" in line and "not accepted" not in line)
    assert queues.startswith("SYN ")
    assert "accept ■□□" in queues
    assert any("5 of 65535 unread" in line or "5/65535 unread" in line for line in shown)
    listener = [
        plain_text(line)[1:]
        for line in EndView("B").lines(
            history.moment, history.moment, width, 30, at=history.world.now, raw=False, chosen=1
        )
    ]
    assert listener[1] == "needs a SYN"
    place = listener.index("accept queue")
    assert listener[place + 1 : place + 3] == ["■□□", "1 of 3"]
