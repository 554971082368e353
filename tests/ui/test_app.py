"""What the keys do: asked of the session first, of the screen last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tcptui import library
from tcptui.core.state import State
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.wire import Outcome
from tcptui.ui.actions import ACTIONS
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes.pane import Pane
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.replay import Origin, replay_command
from tcptui.ui.screens import pane_screen
from tcptui.ui.screens.dialogs import CallMenu
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.picker import Picker
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.screens.too_small import TooSmall
from tcptui.ui.screens.typed_line import TypedLine
from tcptui.ui.session import Session
from tests.ui.drive import drive
from tests.ui.test_session import Clock, endless

CONFORMANCE = Path(__file__).parents[1] / "conformance"


def seq_text(app: TcptuiApp) -> Session:
    assert app.session is not None
    return app.session


def after(scenario: str, keys: Sequence[str], moves: str = "") -> Session:
    """The session once the keys have been pressed."""
    _, app = drive(scenario, keys, moves=moves)
    return seq_text(app)


def states(session: Session) -> tuple[State, State]:
    return session.world.host("A").state, session.world.host("B").state


def test_space_steps_and_b_goes_back() -> None:
    session = after("handshake", ["space"] * 5)
    assert states(session) == (State.ESTABLISHED, State.ESTABLISHED)
    session = after("handshake", ["space"] * 5 + ["b", "left"])
    assert session.history.position == 3


def test_home_and_end_and_the_arrow_walk_the_history() -> None:
    session = after("life", ["end", "home", "right", "right"])
    assert session.history.position == 2
    assert session.history.branches == 1
    session = after("life", ["end"])
    assert states(session) == (State.CLOSED, State.CLOSED)
    assert session.world.next_event() is None


def test_a_step_beyond_the_end_says_why_it_is_none() -> None:
    screenshot, _ = drive("handshake", ["end", "space"])
    assert "Nothing more will happen by itself" in screenshot


@pytest.mark.parametrize(("key", "outcome"), [("l", Outcome.LOST), ("d", Outcome.IN_FLIGHT)])
def test_the_wire_is_tampered_with(key: str, outcome: Outcome) -> None:
    session = after("handshake", ["space", "space", key])
    transmission = session.selected
    assert transmission is not None
    assert transmission.outcome is outcome
    assert transmission.delayed_by == (200_000 if key == "d" else 0)


def test_a_duplicate_is_a_segment_of_its_own() -> None:
    session = after("handshake", ["space", "space", "u"])
    assert [transmission.copy_of for transmission in session.history.transmissions()] == [0, 1]


def test_reorder_needs_a_follower_and_says_so() -> None:
    screenshot, _ = drive("handshake", ["space", "space", "r"])
    assert "Can't reorder #1: no segment to B follows it yet" in screenshot


def test_up_and_down_select() -> None:
    session = after("life", ["up", "up", "down"], moves="s8")
    transmissions = session.history.transmissions()
    assert session.selected == transmissions[-2]


def test_another_future_is_a_branch_and_v_leads_back() -> None:
    keys = ["space", "space", "l", "b", "space", "space"]
    session = after("handshake", keys)
    assert (session.history.branch, session.history.branches) == (1, 2)
    screenshot, _ = drive("handshake", [*keys, "v"])
    assert "1  the first  3 moves" in screenshot
    assert "▸ 2  as 1 up to step 2, without: #1 is lost  4 moves" in screenshot
    session = after("handshake", [*keys, "v", "up", "enter"])
    assert session.history.branch == 0
    assert session.history.text() == "s2 l1"


def test_a_call_is_chosen_from_those_that_the_state_allows() -> None:
    screenshot, _ = drive("handshake", ["a"])
    assert "A is in CLOSED and calls" in screenshot
    assert "listen" in screenshot
    assert "abort  " not in screenshot.text.split("calls")[1].split("reboot")[0]
    session = after("handshake", [*["space"] * 5, "a", "down", "enter"])
    assert states(session)[0] is State.FIN_WAIT_1
    session = after("handshake", [*["space"] * 5, "z", "enter", "enter", "space", "space"])
    assert session.world.host("A").application.received == len("hello")


def test_a_script_in_the_place_of_a_host_has_no_menu_of_calls() -> None:
    script = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n"
    session = Session(script_scenario(script, "a.pkt", "a"))
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("z")
            assert session.message == "B is a script and has no program that calls"
            assert isinstance(app.screen, RunScreen)

    asyncio.run(run())


def test_a_datagram_is_sent_from_the_menu_unless_its_text_is_given_up() -> None:
    to_sendto = ["a", *["down"] * 3, "enter"]
    session = after("udp", ["space", *to_sendto, "enter", "space"])
    assert session.history.text() == "s a:sendto:hello s"
    session = after("udp", [*to_sendto, "escape"])
    assert session.history.text() == ""


def test_moves_are_typed() -> None:
    async def run() -> Session:
        app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("m")
            app.screen.query_one(TypedLine).value = "s2 l1 s nonsense"
            await pilot.press("enter")
            assert seq_text(app).history.position == 0, "all or nothing"
            assert app.screen.query_one(TypedLine).value == "s2 l1 s nonsense", "nothing typed is lost"
            app.screen.query_one(TypedLine).value = "s2 l1 s"
            await pilot.press("enter")
        return seq_text(app)

    session = asyncio.run(run())
    assert session.history.text() == "s2 l1 s"


def test_numbers_raw_and_relative() -> None:
    relative, _ = drive("handshake", ["space"] * 2)
    raw, _ = drive("handshake", ["space", "space", "n"])
    assert "UNA 0 " in relative
    assert "UNA 1000 " in raw


def test_the_header_takes_the_ladders_place_where_there_is_no_room() -> None:
    screenshot, _ = drive("handshake", ["space", "space", "i"])
    assert "─ Header " in screenshot
    assert "─ Wire " not in screenshot
    screenshot, _ = drive("handshake", ["space", "space", "i", "I"])
    assert "─ Wire " in screenshot


def test_the_header_can_be_put_away_where_there_is_room() -> None:
    for size in ((120, 50), (200, 50)):
        screenshot, _ = drive("handshake", ["space"], size=size)
        assert "─ Header " in screenshot
        screenshot, _ = drive("handshake", ["space", "i"], size=size)
        assert "─ Header " not in screenshot


def test_the_header_takes_none_of_the_rows_that_the_smallest_screen_has_for_the_ladder() -> None:
    for size, header in (((120, 26), False), ((120, 27), True), ((160, 40), True), ((195, 36), True)):
        # A story has lines of its own, which the header makes room for.
        screenshot, _ = drive("lab", moves="b:listen a:connect", size=size)
        assert ("─ Header " in screenshot) == header
        assert "─ Wire " in screenshot


def test_playing_goes_on_to_the_end_and_stops() -> None:
    session = Session(library.find("handshake")._replace(say=()))  # It would pause at what is said.
    session.toggle_playing()
    ticks = 0
    while session.playing:
        session.tick(1 / 15)
        ticks += 1
        assert ticks < 1000
    assert states(session) == (State.ESTABLISHED, State.ESTABLISHED)
    assert session.at == session.world.now


def test_playing_shows_a_segment_on_its_way() -> None:
    session = Session(library.find("handshake"), "s2")
    session.toggle_playing()
    session.tick(0.1)
    assert session.world.now < session.at < session.world.now + 50_000
    session.toggle_playing()
    assert session.at > session.world.now, "a pause leaves the segment where it is"


def test_losing_while_playing_loses_it_where_it_is() -> None:
    session = Session(library.find("handshake"), "s2")
    session.toggle_playing()
    session.tick(0.2)
    at = session.at
    session.tamper("lose")
    assert session.world.now == at
    transmission = session.selected
    assert transmission is not None
    assert at < transmission.ended_at < transmission.due


def test_speed_changes_and_has_an_end() -> None:
    session = Session(library.find("handshake"))
    for _ in range(20):
        session.change_speed(1)
    assert session.speed == 8
    for _ in range(20):
        session.change_speed(-1)
    assert session.speed == 0.25


def test_the_picker_plays_what_is_chosen_and_opens_again() -> None:
    screenshot, app = drive(None, ["down", "enter"])
    assert library.all_scenarios()[1].title in screenshot
    screenshot, app = drive("handshake", ["o", *"lost-syn-ack", "enter", "space"])
    assert "The SYN,ACK is lost" in screenshot
    assert app.session is not None
    assert app.session.history.scenario.name == "lost-syn-ack"


def test_escape_leaves_dialogs() -> None:
    for key in ("a", "m", "question_mark", "o"):
        screenshot, _ = drive("handshake", [key, "escape"])
        assert "space step" in screenshot, key


def test_a_click_selects_a_segment() -> None:
    async def run() -> int:
        app = TcptuiApp(Session(library.find("life"), "s8"), library.all_scenarios)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.click(WirePane, offset=(20, 1))
            selected = seq_text(app).selected
        return selected.number if selected is not None else 0

    assert asyncio.run(run()) == 1


def test_a_terminal_that_shrinks_is_told_what_is_needed_and_recovers() -> None:
    async def run() -> list[bool]:
        app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)
        seen = []
        async with app.run_test(size=(100, 30)) as pilot:
            for size in ((70, 20), (120, 36), (80, 23), (80, 24)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                seen.append(isinstance(app.screen, RunScreen))
        return seen

    assert asyncio.run(run()) == [False, True, False, True]


def test_every_action_is_in_the_palette_and_does_something() -> None:
    async def run() -> None:
        app = TcptuiApp(Session(library.find("life"), "s4"), library.all_scenarios)
        async with app.run_test(size=(80, 24)) as pilot:
            for action in ACTIONS:
                owner = app.screen if hasattr(app.screen, f"action_{action.id}") else app
                assert hasattr(owner, f"action_{action.id}"), action.id
            await pilot.press("colon")
            options = app.screen.query_one(Options).options
            assert [str(option.prompt).split("  ")[0] for option in options] == [
                action.label for action in ACTIONS if action.id != "palette"
            ]

    asyncio.run(run())


@pytest.mark.parametrize("keys", ["step", "ste", "tep"])
def test_an_action_is_found_by_its_name(keys: str) -> None:
    assert after("handshake", ["colon", *keys, "enter"]).history.position == 1


def test_the_palette_opens() -> None:
    screenshot, _ = drive("handshake", ["colon"])
    assert "Search for commands" in screenshot


@pytest.mark.parametrize(("size", "first", "every"), [((80, 24), 0, 1), ((120, 36), 0, 2), ((200, 50), 1, 2)])
def test_every_scenario_can_be_stepped_in_a_small_window_and_a_larger_one(
    size: tuple[int, int], first: int, every: int
) -> None:
    async def run() -> None:
        app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)
        async with app.run_test(size=size):
            screen = app.screen
            assert isinstance(screen, RunScreen)
            for name in library.names()[first::every]:
                screen.open(Session(library.find(name)))
                while screen.session.world.next_event() is not None:
                    screen.action_step()
                assert screen.session.history.position > 2

    asyncio.run(run())


def test_without_colours_no_colour_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def run() -> set[object]:
        app = TcptuiApp(Session(library.find("life"), "s9"), library.all_scenarios)
        async with app.run_test(size=(80, 24)):
            strips = app.screen._compositor.render_strips()
            return {s.style.color for strip in strips for s in strip if s.style and s.style.color}

    assert all(getattr(color, "is_default", False) for color in asyncio.run(run()))


@pytest.mark.parametrize("scenario", [None, "handshake"])
def test_a_terminal_that_is_too_small_at_the_start_can_grow(scenario: str | None) -> None:
    async def run() -> tuple[bool, bool]:
        session = Session(library.find(scenario)) if scenario is not None else None
        app = TcptuiApp(session, library.all_scenarios)
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            small = isinstance(app.screen, TooSmall)
            await pilot.resize_terminal(100, 30)
            await pilot.pause()
            return small, isinstance(app.screen, TooSmall)

    assert asyncio.run(run()) == (True, False)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((40, 3), ["tcptui needs 80x24 cells;", "this terminal has 40x3.", "q leaves."]),
        ((40, 2), ["needs 80x24", "q leaves."]),
        ((24, 9), ["needs 80x24", "q leaves."]),
        ((12, 4), ["needs 80x24", "q leaves."]),
    ],
)
def test_what_a_small_terminal_says_is_not_cut(size: tuple[int, int], told: list[str]) -> None:
    screenshot, _ = drive("handshake", size=size)
    assert [line.strip() for line in screenshot.text.splitlines() if line] == told


def test_a_terminal_that_is_too_small_can_be_left() -> None:
    async def run() -> bool:
        app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.press("q")
            await pilot.pause()
            return app.is_running

    assert asyncio.run(run()) is False


def test_nothing_goes_on_beneath_a_dialog() -> None:
    for key in ("a", "m", "question_mark"):
        screenshot, app = drive("handshake", ["p", key])
        assert not seq_text(app).playing, key
        assert "▶ x1" not in screenshot, key


def test_what_has_been_done_before_is_no_new_branch() -> None:
    keys = ["space", "space", "l", "b", "space", "b", "l", "b", "space"]
    session = after("handshake", keys)
    assert session.history.branches == 2


def test_the_end_of_a_story_tells_its_answer() -> None:
    screenshot, _ = drive("handshake", ["end", "space"], size=(120, 36))
    assert "Each sends a number and has it acknowledged" in screenshot


def test_a_run_that_was_changed_has_no_answer() -> None:
    """The answer is about what the scenario does by itself."""
    screenshot, _ = drive("handshake", ["space", "space", "l", "end", "space"], size=(120, 36))
    assert "nothing more will happen by itself" in screenshot
    assert "Each sends a number" not in screenshot


def test_a_script_that_fails_does_not_pass_at_its_end() -> None:
    """It passes as it is; here the SYN,ACK that it sends is lost."""
    text = (CONFORMANCE / "open-active.pkt").read_text("utf-8")
    scenario = script_scenario(text, "open-active.pkt", "open-active")._replace(answer="The script passes.")
    session = Session(scenario, "s5 l2 s")
    session.end()
    while session.working:
        session.work()
    session.step()
    assert session.message == "nothing more will happen by itself"


def test_long_work_is_drawn_no_more_often_than_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the drawing stands still: no second frame is due, until the work is done."""

    async def run() -> None:
        session = Session(endless(), clock=Clock())
        app = TcptuiApp(session, library.all_scenarios)
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            slices: list[int] = []
            drawn: list[bool] = []
            work, draw = session.work, RunScreen._draw

            def counted_work() -> None:
                slices.append(session.history.position)
                work()

            def counted_draw(screen: RunScreen) -> None:
                drawn.append(session.working)
                draw(screen)

            monkeypatch.setattr(session, "work", counted_work)
            monkeypatch.setattr(RunScreen, "_draw", counted_draw)
            monkeypatch.setattr(pane_screen, "perf_counter", lambda: app.screen._shown_at)  # type: ignore[attr-defined]
            session.type_moves("s200")
            app.screen._go_on()  # type: ignore[attr-defined]
            while session.working or not drawn:
                await pilot.pause(0.01)
            assert len(slices) > 5
            assert drawn == [False]

    asyncio.run(run())


def test_while_a_run_is_worked_on_only_how_far_it_has_come_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others show is replayed for each frame; they are drawn once the work is done."""
    drawn: dict[bool, set[str]] = {False: set(), True: set()}
    ask = Pane.ask

    async def run() -> None:
        session = Session(endless(), clock=Clock())
        app = TcptuiApp(session, library.all_scenarios)

        def counted(pane: Pane) -> None:
            drawn[session.working].add(type(pane).__name__)
            ask(pane)

        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            monkeypatch.setattr(Pane, "ask", counted)
            monkeypatch.setattr(RunScreen, "_until_due", 0.0)
            session.type_moves("s200")
            app.screen._go_on()  # type: ignore[attr-defined]
            while session.working or "WirePane" not in drawn[False]:
                await pilot.pause(0.01)

    asyncio.run(run())
    assert drawn[True] == {"ClockPane", "WhyPane"}
    assert drawn[False] > drawn[True] | {"WirePane", "EndpointPane"}


@pytest.mark.parametrize(
    ("leave", "come_back", "key"),
    [
        (["right_square_bracket"], ["left_square_bracket"], "["),
        (["left_square_bracket"], ["right_square_bracket"], "]"),
        (["V", "enter"], ["V", "home", "enter"], "V"),
        (["o", "down", "enter"], ["o", "up", "enter"], "o"),
        (["o", "enter"], ["o", "enter"], "o"),
    ],
)  # fmt: skip
def test_a_run_with_moves_of_the_readers_is_kept_when_it_is_left(
    leave: Sequence[str], come_back: Sequence[str], key: str
) -> None:
    work = ["space", "space", "l", "space"]
    left = after("lost-syn-ack", [*work, *leave])
    assert left.notice == f"lost-syn-ack is kept as you have left it: {key} leads back to it"
    assert left.history.text() == ""
    again = after("lost-syn-ack", [*work, *leave, "space", *come_back])
    assert again.history.text() == after("lost-syn-ack", work).history.text() != ""
    assert again.notice == "this is the run as you have left it: home leads to its beginning"


def test_a_run_that_was_only_stepped_through_begins_anew() -> None:
    steps = ["space", "space"]
    again = after("lost-syn-ack", [*steps, "right_square_bracket", "left_square_bracket"])
    assert (again.history.position, again.notice) == (0, "")


def test_a_variant_with_moves_is_come_back_to_from_the_story_beside_it() -> None:
    work = ["V", "enter", "space", "space", "l"]
    again = after("lost-syn-ack", [*work, "right_square_bracket", "left_square_bracket"])
    assert again.history.scenario.variant == library.find("lost-syn-ack").variants[0].name
    assert again.history.text() == after("lost-syn-ack", work).history.text()


def test_a_run_that_was_come_back_to_has_the_command_that_it_began_with() -> None:
    options = ("--profile", "linux")
    session = Session(library.find("lost-syn-ack"), "s2 l1", origin=Origin("lost-syn-ack", options))
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("V", *["V"] * len(library.find("lost-syn-ack").variants))

    asyncio.run(run())
    assert app.session is session
    assert replay_command(session) == "tcptui play lost-syn-ack --profile linux --moves 's2 l1'"


def test_a_key_pressed_twice_leaves_a_screen_once() -> None:
    """The second press is on its way when the first has taken the picker, or a menu, from the screen."""

    async def run() -> None:
        app = TcptuiApp(None, library.all_scenarios)
        async with app.run_test(size=(80, 24)) as pilot:
            picker = app.screen
            assert isinstance(picker, Picker)
            picker.action_choose()
            picker.action_choose()
            await pilot.pause()
            assert isinstance(app.screen, RunScreen)
            await pilot.press("a")
            menu = app.screen
            assert isinstance(menu, CallMenu)
            menu.action_leave()
            menu.action_leave()
            await pilot.pause()
            assert isinstance(app.screen, RunScreen)

    asyncio.run(run())
