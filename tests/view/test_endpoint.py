"""The pane of one end: what the last move changed is marked and nothing else; every line fits."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest

from tcptui import library
from tcptui.core.events import TimerKind
from tcptui.core.state import State
from tcptui.core.tcp.timers import Timer
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.history import History, Moment
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side
from tcptui.view.endpoint import endpoint_lines
from tcptui.view.lines import MARK, Line, line_width, plain_text
from tests.explain.wide import LANGUAGE, read_wide
from tests.lab.worlds import OPEN, history_of, scenario

PANES = (18, 28, 36)
"""The widths inside the borders of the screen's panes."""
FAR = scenario(OPEN.replace("1000", "3000000000").replace("5000", "4294967290"), "far")
FIELD = re.compile(rf"([{MARK} ])(ISS|IRS|UNA|NXT|WND) *([-\d]+)")
VARIABLES = {
    *(("send", name) for name in ("ISS", "UNA", "NXT", "WND")),
    *(("receive", name) for name in ("IRS", "NXT", "WND")),
}
TIMERS = (
    {TimerKind.RETRANSMISSION: "RTX", TimerKind.LOSS_PROBE: "TLP", TimerKind.PERSIST: "PERS"},
    {TimerKind.TIME_WAIT: "2MSL", TimerKind.FIN_WAIT_2: "FIN2", TimerKind.KEEP_ALIVE: "KEEP"},
    {TimerKind.USER: "USER", TimerKind.DELAYED_ACK: "DACK"},
)
"""Those that share a line."""


def lines_of(
    now: Moment, before: Moment, side: Side, width: int = 28, height: int = 40, raw: bool = False
) -> list[Line]:
    return endpoint_lines(now, before, side, width, height, at=now.world.now, raw=raw)


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def fields(lines: list[Line]) -> dict[tuple[str, str], tuple[str, bool]]:
    """Each variable's value and whether it is marked, by direction and name.

    A variable belongs to the heading above it: both stand side by side, or one below the other.
    """
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    ways: list[str] = []
    for text in texts(lines):
        if set(text.split()) in ({"send", "receive"}, {"send"}, {"receive"}):
            ways = text.split()
        for way, match in zip(ways, FIELD.finditer(text), strict=False):
            mark, name, value = match.groups()
            assert (way, name) not in found
            found[way, name] = (value, mark == MARK)
        assert len(FIELD.findall(text)) <= len(ways)
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


@pytest.mark.parametrize("name", ALL)
def test_every_line_is_exactly_as_wide_and_there_are_as_many_as_asked(name: str) -> None:
    sizes = tuple(product((17, 18, 19, 22, 25, 26, 28, 36, 60), (1, 9, 40), (False, True)))
    for made, before in moments(name):
        for side in SIDES:
            for width, height, raw in sizes:
                lines = lines_of(made, before, side, width, height, raw)
                assert len(lines) == height
                assert {line_width(line) for line in lines} == {width}


@pytest.mark.parametrize("name", ALL)
def test_a_variable_is_marked_if_its_value_changed_and_only_then(name: str) -> None:
    for (made, before), side, width, raw in product(moments(name), SIDES, PANES, (False, True)):
        now = fields(lines_of(made, before, side, width, raw=raw))
        then = fields(lines_of(before, before, side, width, raw=raw))
        assert set(now) == set(then) == VARIABLES
        for variable, (value, marked) in now.items():
            assert marked == (value != then[variable][0]), (variable, width, raw)


@pytest.mark.parametrize("name", ALL)
def test_the_variables_are_those_of_the_block_and_none_is_cut(name: str) -> None:
    for (made, before), side, width in product(moments(name), SIDES, PANES):
        tcb = made.world.host(side).tcb
        raw = fields(lines_of(made, before, side, width, raw=True))
        relative = fields(lines_of(made, before, side, width))
        assert set(raw) == set(relative) == VARIABLES
        if tcb is None or tcb.state is State.LISTEN:
            assert {value for value, _ in (*raw.values(), *relative.values())} == {"-"}
            continue
        assert raw["send", "ISS"][0] == str(tcb.iss)
        assert raw["send", "UNA"][0] == str(tcb.snd_una)
        assert raw["send", "NXT"][0] == str(tcb.snd_nxt)
        assert raw["receive", "WND"][0] == relative["receive", "WND"][0] == str(tcb.rcv_wnd)
        assert relative["send", "ISS"][0] == "0"
        assert relative["send", "UNA"][0] == str((tcb.snd_una - tcb.iss) % (1 << 32))
        assert relative["send", "NXT"][0] == str((tcb.snd_nxt - tcb.iss) % (1 << 32))
        if tcb.state is not State.SYN_SENT:
            assert raw["receive", "IRS"][0] == str(tcb.irs)
            assert raw["receive", "NXT"][0] == str(tcb.rcv_nxt)
            assert raw["send", "WND"][0] == relative["send", "WND"][0] == str(tcb.snd_wnd)
            assert relative["receive", "IRS"][0] == "0"
            assert relative["receive", "NXT"][0] == str((tcb.rcv_nxt - tcb.irs) % (1 << 32))


@pytest.mark.parametrize("width", PANES)
def test_each_variable_stands_below_its_heading(width: int) -> None:
    """Side by side, or, where raw numbers leave no room for that, one below the other."""
    (made, before) = moments("text both ways")[-1]
    for raw in (False, True):
        shown = [text.split() for text in texts(lines_of(made, before, "A", width, raw=raw))]
        if ["send", "receive"] in shown:
            top = shown.index(["send", "receive"])
            names = [[word for word in line if word.isupper()] for line in shown[top + 1 : top + 5]]
            assert names == [["ISS", "IRS"], ["UNA", "NXT"], ["NXT", "WND"], ["WND"]]
        else:
            assert raw
            top = shown.index(["send"])
            names = [line[:1] for line in shown[top + 1 : top + 9]]
            assert names == [["ISS"], ["UNA"], ["NXT"], ["WND"], ["receive"], ["IRS"], ["NXT"], ["WND"]]


def state_name(host: HostEnd) -> str:
    """A host with UDP's sockets and no connection has no state; ``ss`` says UNCONN."""
    return "UDP UNCONN" if host.tcb is None and host.udp.endpoints else host.state.value


@pytest.mark.parametrize("name", ALL)
def test_the_state_is_marked_if_it_changed_and_only_then(name: str) -> None:
    for made, before in moments(name):
        for side in SIDES:
            (first, *_) = texts(lines_of(made, before, side))
            state, was = (state_name(one.world.host(side)) for one in (made, before))
            assert first[1:].startswith(f"{state} ")
            assert (first[0] == MARK) == (state != was)


@pytest.mark.parametrize("name", ALL)
def test_of_the_timers_of_a_line_the_first_due_has_the_bar_and_any_change_of_them_is_marked(
    name: str,
) -> None:
    for made, before in moments(name):
        for side in SIDES:
            shown = [
                (text[1:5].strip(), text[5:7] != " -", text[0] == MARK)
                for text in texts(lines_of(made, before, side, height=60))
                if re.match(rf"[{MARK} ](RTX|TLP|PERS|2MSL|FIN2|KEEP|USER|DACK) ", text)
            ]
            expected = []
            for row in TIMERS:
                now, was = running(made.world, side, row), running(before.world, side, row)
                timer = row[now[0][1]] if now else next(iter(row.values()))
                expected.append((timer, bool(now), now != was))
            assert shown == expected


def running(world: WorldState, side: Side, row: dict[TimerKind, str]) -> list[tuple[int, TimerKind, Timer]]:
    """The timers of a line: of the connection that is shown, then of the others, the first due first."""
    host = world.host(side)
    found = [
        (tcb.connection, kind, timer) for tcb in host.blocks for kind, timer in tcb.timers() if kind in row
    ]
    return sorted(found, key=lambda one: (one[0] != host.connection, one[2].due))


def test_a_timer_that_fires_later_than_its_neighbour_waits_behind_it() -> None:
    """A SEND starts the user timer, for minutes; text that comes meanwhile delays an ACK for a moment."""
    patient = scenario('A.isn = 1\nprelude = "b:listen a:connect s3"\nB.set.delayed_ack = "0ms"\n')
    lines = [
        [
            text[:8].strip()
            for text in texts(lines_of(one.moment, one.moment_before, "A"))
            if "USER" in text or "DACK" in text
        ]
        for one in steps(patient, "a:send:x l1 b:send:y s s")
    ]
    assert lines == [
        ["USER -"], [f"{MARK}USER ━━"], ["USER ━━"], ["USER ━━"], [f"{MARK}DACK ━━"], [f"{MARK}USER ━━"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_marked_where_nothing_changed(name: str) -> None:
    for made, _ in moments(name):
        for side in SIDES:
            lines = lines_of(made, made, side)
            assert not any(MARK in text for text in texts(lines))
            assert not any(style == "changed" for line in lines for _, style in line)


@pytest.mark.parametrize("name", ALL)
def test_what_is_marked_is_coloured_and_what_is_coloured_is_marked(name: str) -> None:
    for made, before in moments(name):
        for side in SIDES:
            for line in lines_of(made, before, side):
                for text, style in line:
                    assert text.startswith(MARK) == (style == "changed")


def test_an_end_that_a_move_does_not_touch_has_no_mark() -> None:
    history = steps(FAR, "a:send:hello")[-1]
    assert any(MARK in text for text in texts(lines_of(history.moment, history.moment_before, "A")))
    assert not any(MARK in text for text in texts(lines_of(history.moment, history.moment_before, "B")))


def test_a_bar_runs_down_with_the_time() -> None:
    history = steps(FAR, "a:send:hello l1")[-1]
    full = []
    for at in range(0, 1_000_001, 100_000):
        lines = texts(endpoint_lines(history.moment, history.moment, "A", 36, 40, at=at, raw=False))
        (bar,) = (text for text in lines if "RTX" in text)
        full.append(bar.count("━"))
    assert full == sorted(full, reverse=True)
    assert full[0] > 10
    assert full[-1] == 0


def test_a_call_a_queue_and_a_path_say_what_happened() -> None:
    history = steps(FAR, "a:send:hello l1 s")[-1]
    shown = "\n".join(texts(lines_of(history.moment, history.moment_before, "A")))
    assert "app send()" in shown
    assert f"{MARK} data 1:6 x2" in shown
    assert "ESTABLISHED  0.000" in shown


def test_what_is_not_so_any_more_is_not_said_and_a_pulled_cable_is() -> None:
    told = {}
    for moves in ("a:close", "a:abort", "a:unplug", "a:unplug a:send:x", "a:unplug a:plug"):
        history = steps(scenario(OPEN), moves)[-1]
        told[moves] = texts(lines_of(history.moment, history.moment_before, "A"))[2].strip(f" {MARK}")
    assert told["a:close"] == "established"
    assert told["a:abort"] == ""
    assert told["a:unplug"] == told["a:unplug a:send:x"] == "cable pulled"
    assert told["a:unplug a:plug"] == "established"


def test_what_a_call_came_to_is_told_in_the_readers_language() -> None:
    told = {}
    for moves, side in (("b:listen b:listen", SIDES[1]), ("b:listen a:connect s3", SIDES[0])):
        history = steps(scenario(), moves)[-1]
        lines = texts(read_wide(lambda: lines_of(history.moment, history.moment_before, side)))  # noqa: B023
        told[moves] = lines[2].strip(f" {MARK}")
    exists = LANGUAGE["response.brief.exists"][:-1]
    assert list(told.values()) == [exists, LANGUAGE["signal.opened"]], "as much of it as there is room for"


def test_received_text_cannot_draw_on_the_screen() -> None:
    history = steps(FAR, "a:send:%1b[2J%0a%00%E4%BD%A0 s")[-1]
    for width in PANES:
        assert all(
            text.isprintable() for text in texts(lines_of(history.moment, history.moment_before, "B", width))
        )


def test_a_listener_shows_its_queues_and_a_slow_reader_what_it_has_not_read() -> None:
    history = history_of(scenario("B.reads = false\n"), "b:listen:3 a:connect s3 a:send:hello s")
    shown = "".join(
        plain_text(line)
        for line in endpoint_lines(
            history.moment, history.moment, "B", 28, 30, at=history.world.now, raw=False
        )
    )
    assert "accept ■□□" in shown
    assert "SYN 0" in shown
    assert "5 unread" in shown
