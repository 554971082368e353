"""The two lines of keys: only what does something now stands there, and a click on a key is the key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.moves import Delay, Duplicate, Lose, Move, Reorder
from tcptui.lab.wire import BadMove
from tcptui.ui import session as session_module
from tcptui.ui.actions import ACTIONS
from tcptui.ui.app import TcptuiApp
from tcptui.ui.key_lines import ENTRIES, ActsLine, KeyLine, key_line
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.screens.help import HelpScreen
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.acts import acts
from tcptui.view.lines import line_width, plain_text
from tests.ui.drive import Screenshot, drive

IDS = [action.id for action in ACTIONS]
FAULTS: dict[str, Callable[[int], Move]] = {
    "lose": Lose, "delay": lambda number: Delay(number, 1000), "duplicate": Duplicate, "reorder": Reorder,
}  # fmt: skip


def bottom(screenshot: Screenshot) -> tuple[str, str]:
    """The line of acts and that of keys."""
    *_, first, second = screenshot.text.splitlines()
    return first, second


@given(st.integers(20, 300), st.sets(st.sampled_from(IDS)))
def test_a_line_is_as_wide_as_the_screen_and_each_zone_has_its_key(width: int, useful: set[str]) -> None:
    found = key_line(width, useful)
    assert line_width(found.line) == width
    assert {zone.action for zone in found.zones} <= useful
    assert [zone.start for zone in found.zones] == sorted(zone.start for zone in found.zones)
    assert all(zone.stop <= width + 1 for zone in found.zones)
    for zone in found.zones:
        assert found.action_at(zone.start) == zone.action


@given(st.integers(20, 200), st.sets(st.sampled_from(IDS)))
def test_a_wider_line_shows_no_key_less(width: int, useful: set[str]) -> None:
    narrow, wide = ({zone.action for zone in key_line(cells, useful).zones} for cells in (width, width + 25))
    assert len(narrow) <= len(wide)


def test_every_entry_is_of_actions_that_there_are_and_has_a_place() -> None:
    named = [action for entry in ENTRIES for action in entry.actions]
    assert set(named) <= set(IDS)
    assert len(named) == len(set(named))
    assert {zone.action for zone in key_line(1000, set(IDS)).zones} == set(named)


@pytest.mark.parametrize("name", ["lost-syn-ack", "life", "reordered", "slow-reader", "udp"])
def test_what_is_offered_can_be_done_and_what_is_not_is_refused(name: str) -> None:
    session = Session(library.find(name))
    while session.world.next_event() is not None:
        session.step()
        for number in range(1, session.world.wire.launched + 1):
            session.selection = number
            one = session.selected
            assert one is not None
            found = acts(one, session.world.wire, session.history.position, True)
            offered = {act.action for act in found if act.can_be_done}
            for fault in FAULTS:
                world = session.world.copy()
                try:
                    world.apply(FAULTS[fault](number))
                    assert fault in offered
                except BadMove:
                    assert fault not in offered, (fault, number)


def test_words_give_way_to_fewer_before_acts_do() -> None:
    session = Session(library.find("handshake"), "s3")
    one, wire, line = session.selected, session.world.wire, ActsLine()
    lines = {width: plain_text(line.line(one, wire, 3, 0, width).line) for width in (20, 61, 76, 120)}
    assert "l lose  d delay  u double" in lines[61]
    assert "enter go to where it arrives" in lines[120]
    assert "enter to arrival" in lines[76]
    assert all(len(text) <= width for width, text in lines.items())
    assert line.line(None, wire, 0, 0, 80) == KeyLine(((" " * 80, "plain"),))


def test_the_key_for_going_to_the_segment_says_where_it_leads() -> None:
    session = Session(library.find("handshake"), "s3", clock=lambda: 0.0)
    session.select_number(1)
    for where in ("sent", "arrival", "sent"):
        one, wire = session.selected, session.world.wire
        assert one is not None
        found = {act.action: act.words.key for act in acts(one, wire, session.history.position, True)}
        assert found["go_to"] == f"ui.act.to_{where}"
        session.go_to_selected()


def test_of_a_segment_that_was_lost_where_it_was_sent_there_is_no_other_step_to_go_to() -> None:
    session = Session(library.find("reordered"), "s10", clock=lambda: 0.0)
    for selected, can_be_done in ((5, False), (1, True)):
        one = session.history.transmission(selected)
        assert one is not None
        found = {act.action: act.can_be_done for act in acts(one, session.world.wire, 10, True)}
        assert found["go_to"] is can_be_done


def test_an_act_that_can_not_be_done_keeps_its_place_free() -> None:
    line = ActsLine()
    session = Session(library.find("handshake"), "s2")
    shown = []
    for _ in range(3):
        one, wire = session.selected, session.world.wire
        shown.append(plain_text(line.line(one, wire, session.history.position, 1, 120).line))
        session.step()
        session.select_number(1)
    assert "in flight" in shown[0]
    assert "arrived" in shown[2]
    assert "l lose" in shown[0]
    assert "l lose" not in shown[2]
    assert shown[0].index("u duplicate") == shown[2].index("u duplicate")


def test_only_keys_that_do_something_stand_there() -> None:
    start, _ = drive("handshake", size=(160, 40))
    later, _ = drive("handshake", ("space", "space", "l"), size=(160, 40))
    over, _ = drive("handshake", ("end",), size=(160, 40))
    assert "b back" not in bottom(start)[1]
    assert "step" in bottom(start)[1]
    assert "b back" in bottom(later)[1]
    assert "U undo" in bottom(later)[1]
    assert "step" not in bottom(over)[1]
    assert "#1 SYN lost:" in bottom(later)[0]
    assert "p play" in bottom(later)[1]
    assert "p play" not in bottom(over)[1]


@pytest.mark.parametrize("name", ["figure-9", "reordered", "life", "accept-queue"])
def test_at_the_end_the_next_story_is_offered_on_the_smallest_screen(name: str) -> None:
    over, _ = drive(name, ("end",), size=(80, 24))
    assert "[ ] story" in bottom(over)[1]


def clicked(keys: tuple[str, ...], row_from_below: int, text: str) -> Session:
    """The session after a click on a text in the last rows, `text` with the key that stands first in it."""
    session = Session(library.find("handshake"))
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(120, 30)) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            rows = Screenshot(app).text.splitlines()
            row = len(rows) - row_from_below
            await pilot.click(offset=(rows[row].index(text) + 1, row))
            await pilot.pause()
            if text == "? help":
                assert isinstance(app.screen, HelpScreen)

    asyncio.run(run())
    assert app.session is not None
    return app.session


def test_a_click_on_a_key_is_the_key() -> None:
    assert clicked((), 1, "space step").history.position == 1
    assert clicked(("space",), 1, "b back").history.position == 0
    assert clicked(("space", "space"), 2, "l lose").history.text() == "s2 l1"
    assert clicked(("space", "space", "space", "up"), 2, "enter go to").history.position == 2
    assert clicked((), 1, "? help").history.position == 0


def test_a_click_is_the_key_that_is_seen_while_long_work_is_done_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The keys are not drawn anew on the way."""
    monkeypatch.setattr(session_module, "SLICE", 0.0)
    monkeypatch.setattr(RunScreen, "_later", lambda *_: None)
    pressed: list[str] = []
    monkeypatch.setattr(RunScreen, "on_keys_pane_pressed", lambda _, event: pressed.append(event.action))

    async def run() -> None:
        app = TcptuiApp(Session(library.find("web")), library.all_scenarios)
        async with app.run_test(size=(100, 30)) as pilot:
            screen = app.screen
            assert isinstance(screen, RunScreen)
            (pane,) = (one for one in screen.drawn if isinstance(one, KeysPane))
            screen.type_moves("s30")
            assert screen.session.working
            seen = plain_text(pane.shown.lines[1])
            place, _, _, _ = pane.shown.place
            for words in ("p play", "V variant", "q quit"):
                await pilot.click(offset=(place + seen.index(words), pane.shown.place.y + 1))
            assert pressed == ["play", "variant", "quit"]

    asyncio.run(run())
