"""Panes are functions of a session: any number of them stands on a screen, and only what differs is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tcptui import library
from tcptui.lab.wire import SIDES, Side
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes.clock import ClockPane
from tcptui.ui.panes.endpoint import EndpointPane
from tcptui.ui.panes.inspector import InspectorPane
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.pane import FramedPane, Pane, _differences
from tcptui.ui.panes.update import PiecesUpdate
from tcptui.ui.panes.why import WhyPane
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.screens.pane_screen import PaneScreen
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.cells import clusters
from tcptui.view.inspectors import INSPECTORS, Inspected, Inspector
from tcptui.view.inspectors.parts import Part
from tcptui.view.layout import Place, Room
from tcptui.view.lines import Line, fit, part

SIZE = (160, 40)


class Columns(PaneScreen):
    """Framed panes side by side, each of the same width."""

    def __init__(self, panes: list[FramedPane], session: Session) -> None:
        super().__init__()
        self.framed = [self.add(pane) for pane in panes]
        self._why = self.add(WhyPane(session))

    def place_panes(self, width: int, height: int) -> None:
        each = width // len(self.framed)
        frames = [
            pane.fill_frame(Place(number * each, 1, each, height - 4))
            for number, pane in enumerate(self.framed)
        ]
        self._why.fill(Place(0, height - 3, width, 2))
        self.backdrop.fill_screen(width, height, "Columns", frames, 36)


def columns(screen: PaneScreen) -> list[list[str]]:
    """What is on the screen, without frames, column by column."""
    framed = cast(Columns, screen).framed
    each = SIZE[0] // len(framed)
    rows = [strip.text for strip in screen._compositor.render_strips()][2 : SIZE[1] - 4]
    return [
        [row[number * each + 1 : (number + 1) * each - 1] for row in rows] for number in range(len(framed))
    ]


def on_screen(screen: PaneScreen, act: Callable[[PaneScreen], None]) -> list[list[str]]:
    """The columns of the screen after an act."""

    class Test(App[None]):
        def get_default_screen(self) -> PaneScreen:
            return screen

    async def run() -> list[list[str]]:
        app = Test(ansi_color=True)
        async with app.run_test(size=SIZE) as pilot:
            act(screen)
            await pilot.pause()
            return columns(screen)

    return asyncio.run(run())


def test_two_ladders_and_two_panes_of_an_end_stand_over_one_session() -> None:
    session = Session(library.find("life"))

    def act(screen: PaneScreen) -> None:
        for _ in range(9):
            session.step()
            screen.show()

    panes: list[FramedPane] = [
        WirePane(session), EndpointPane(session, "A"), WirePane(session), EndpointPane(session, "A"),
    ]  # fmt: skip
    first, a, second, again = on_screen(Columns(panes, session), act)
    assert first == second
    assert a == again
    assert any("#1 SYN" in row for row in first)
    assert any("ESTABLISHED" in row for row in a)


def test_two_sessions_stand_side_by_side() -> None:
    left, right = Session(library.find("handshake")), Session(library.find("lost-syn"))

    def act(screen: PaneScreen) -> None:
        for _ in range(4):
            left.step()
            screen.show()
        for _ in range(2):
            right.step()
            screen.show()

    panes: list[FramedPane] = [
        WirePane(left), EndpointPane(left, "B"), WirePane(right), EndpointPane(right, "B"),
    ]  # fmt: skip
    one, _, other, b = on_screen(Columns(panes, left), act)
    assert any("SYN,ACK" in row for row in one)
    assert not any("SYN,ACK" in row for row in other)
    assert b[0].split()[0] == "LISTEN"
    assert (left.history.position, right.history.position) == (4, 2)


def test_a_click_on_either_ladder_selects_in_its_session() -> None:
    left, right = Session(library.find("life"), "s8"), Session(library.find("life"), "s8")
    screen = Columns([WirePane(left), WirePane(left), WirePane(right)], left)

    class Test(App[None]):
        def get_default_screen(self) -> PaneScreen:
            return screen

    async def run() -> list[list[str]]:
        app = Test(ansi_color=True)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.click(screen.framed[1], offset=(20, 1))
            await pilot.pause()
            return columns(screen)

    first, second, other = asyncio.run(run())
    assert left.selected == left.history.transmissions()[0]
    assert right.selected == right.history.transmissions()[-1]
    assert first == second
    assert first[0].startswith("▸")
    assert not other[0].startswith("▸")


def test_a_key_repaints_only_the_lines_that_differ() -> None:
    session = Session(library.find("life"), "s8")
    pane = EndpointPane(session, "A")

    async def run() -> tuple[int, int]:
        app = TcptuiApp(None, library.all_scenarios)
        async with app.run_test(size=(80, 24)):
            await app.mount(pane)
            pane.fill(Place(0, 0, 20, 18))
            nothing = len(pane.update())
            session.step()
            return nothing, len(pane.update())

    nothing, some = asyncio.run(run())
    assert nothing == 0
    assert 0 < some < 18


STYLES = st.sampled_from(["plain", "dim", "a"])
LINES = st.lists(st.tuples(st.text("ab ─▓·中é\u0301", min_size=1, max_size=6), STYLES), max_size=4).map(tuple)


@given(LINES, LINES, st.integers(1, 16))
def test_what_is_repainted_of_a_line_makes_the_old_one_the_new_one(old: Line, new: Line, width: int) -> None:
    """A wide character that is cut in two would leave a blank."""
    old, new = fit(old, width), fit(new, width)
    differences = _differences(old, new)
    assert [edge for part in differences for edge in part] == sorted(
        edge for part in differences for edge in part
    )
    assert all(0 <= start < end <= width for start, end in differences)

    def cells(line: Line) -> list[tuple[str, str]]:
        return [(cluster, style) for text, style in line for cluster, _ in clusters(text)]

    assert bool(differences) == (cells(old) != cells(new))

    at, parts = 0, []
    for start, end in differences:
        parts += [*cells(part(old, at, start)), *cells(part(new, start, end))]
        at = end
    assert parts + cells(part(old, at, width)) == cells(new)


def test_of_a_line_in_which_one_figure_changes_one_cell_is_repainted() -> None:
    before, after = fit((("RTX ━━━─ 900 ms", "plain"),), 20), fit((("RTX ━━━─ 800 ms", "plain"),), 20)
    assert _differences(before, after) == [(9, 10)]
    assert _differences((("ab", "a"), ("c", "dim")), (("ab", "a"), ("d", "dim"))) == [(2, 3)]


def test_parts_of_a_line_that_lie_far_apart_are_repainted_apart() -> None:
    def line(time: str, number: str) -> Line:
        return ((time, "dim"), ("┃───────────────── #", "a"), (f"{number} ACK", "b"), (" " * 5, "plain"))

    assert _differences(line("1.250", "12"), line("1.350", "14")) == [(2, 3), (26, 27)]
    assert _differences(line("1.250", "12"), line("11.250", "2")) == [(1, 7), (23, 26)]


KEYS = """space space space space space space b space up up l space space space n full_stop escape space comma
    x w space space G space space space space space space
    home space space space space space i space i i space I backslash backslash space backslash backslash space
    home backslash backslash backslash backslash"""


@pytest.mark.parametrize("story", ["reordered", "handshake"])
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 50)])
def test_the_pieces_that_are_written_make_the_whole_screen(
    size: tuple[int, int], story: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written over what was there, they leave what the compositor would draw: also where what the story says
    takes or gives lines, and where inspectors come and go."""
    app = TcptuiApp(Session(library.find(story)), library.all_scenarios)
    written: list[PiecesUpdate] = []

    def display(self: TcptuiApp, screen: Screen[object], update: object) -> None:
        if isinstance(update, PiecesUpdate):
            written.append(update)

    def cells() -> list[list[str]]:
        strips = app.screen._compositor.render_strips()
        return [list(strip.text) for strip in strips]

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            monkeypatch.setattr(TcptuiApp, "_display", display)
            seen, direct = cells(), 0
            for key in KEYS.split():
                await pilot.press(key)
                await pilot.pause()
                direct += bool(written)
                seen = seen if written else cells()  # All of it was laid out anew.
                for update in written:
                    for x, y, width, text, _ in update.pieces:
                        assert cell_len(text) == width
                        seen[y][x : x + width] = text
                written.clear()
                assert ["".join(row) for row in seen] == ["".join(row) for row in cells()]
                assert_as_drawn_anew(app.screen)
            assert direct > 45

    asyncio.run(run())


def assert_as_drawn_anew(screen: object) -> None:
    """What panes have kept from the keys before is what they would find now."""
    assert isinstance(screen, RunScreen)
    session = screen.session
    sides: tuple[Side, Side] = SIDES
    anew: list[tuple[Pane, Pane]] = [
        *zip(screen._ends, [EndpointPane(session, side) for side in sides], strict=True),
        (screen._keys, KeysPane(session, screen._of_use_here)),
    ]
    for pane, fresh in anew:
        if pane.display:
            fresh._place = pane._place
            assert fresh._asked() == pane._lines
            if isinstance(pane, FramedPane) and isinstance(fresh, FramedPane):
                assert fresh.heading() == pane.heading()


def _dummy(inspected: Inspected, width: int, height: int) -> list[list[Part]]:
    number = inspected.transmission.number if inspected.transmission else 0
    return [[Part(f"selected: {number}")]]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_a_second_inspector_is_one_more_entry(size: tuple[int, int]) -> None:
    inspectors = (INSPECTORS[0], Inspector("dummy", "ui.wire", _dummy, Room(rows=5)))
    screen = RunScreen(Session(library.find("life"), "s8"), inspectors)

    class Test(App[None]):
        def get_default_screen(self) -> RunScreen:
            return screen

    async def run() -> list[str]:
        app = Test(ansi_color=True)
        seen = []
        async with app.run_test(size=size) as pilot:
            for _ in range(4):
                await pilot.pause()
                text = "\n".join(strip.text for strip in screen._compositor.render_strips())
                seen.append("header" if "─ Header " in text else "second" if "selected: " in text else "none")
                await pilot.press("i")
        return seen

    walk = ["none", "header", "second"]
    start = 0 if size == (80, 24) else 1
    assert asyncio.run(run()) == [walk[(start + step) % 3] for step in range(4)]


@pytest.mark.parametrize("side", SIDES)
def test_a_pane_has_no_id(side: Side) -> None:
    session = Session(library.find("life"))
    for pane in (EndpointPane(session, side), WirePane(session), InspectorPane(session, INSPECTORS[0])):
        assert pane.id is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
@pytest.mark.parametrize("moves", ["", "s5", "s2 l1", "s18"])
def test_every_line_of_every_pane_is_as_wide_as_its_pane(size: tuple[int, int], moves: str) -> None:
    screen = RunScreen(Session(library.find("life"), moves))

    async def run() -> None:
        app = TcptuiApp(screen.session, library.all_scenarios)
        async with app.run_test(size=size):
            front = app.screen
            assert isinstance(front, RunScreen)
            for pane in front._panes:
                if pane.display:
                    assert {sum(cell_len(text) for text, _ in line) for line in pane._lines} == {
                        pane._place.width
                    }

    asyncio.run(run())


def test_the_clock_is_a_line() -> None:
    clock = ClockPane(Session(library.find("life")), tuple)
    assert len(clock.lines(70, 1)) == 1


def test_only_backdrop_and_panes_are_on_the_screen() -> None:
    """Textual looks at each widget for every frame. (`run_test` switches tooltips and notices off itself.)"""
    app = TcptuiApp(Session(library.find("handshake")), list)
    kinds: list[str] = []

    async def look(_: Pilot[object]) -> None:
        kinds.extend(type(widget).__name__ for widget in app.screen.walk_children())
        app.exit()

    asyncio.run(app.run_async(headless=True, size=(80, 24), auto_pilot=look))
    assert sorted(set(kinds)) == [
        "Backdrop",
        "ClockPane",
        "EndpointPane",
        "KeysPane",
        "WhyPane",
        "WirePane",
    ]


def test_a_click_on_a_segment_in_a_sequence_space_selects_it_and_both_ends_show_it() -> None:
    session = Session(library.find("life"), "s8")
    panes: list[FramedPane] = [EndpointPane(session, "A"), EndpointPane(session, "B")]
    screen = Columns(panes, session)

    class Test(App[None]):
        def get_default_screen(self) -> PaneScreen:
            return screen

    async def run() -> None:
        app = Test(ansi_color=True)
        async with app.run_test(size=SIZE) as pilot:
            rows = [[text for text, style in line if style == "space"] for line in panes[0]._lines]
            y = next(place for place, texts in enumerate(rows) if any("▓" in text for text in texts))
            x = "".join(text for text, _ in panes[0]._lines[y]).index("▓")
            await pilot.click(panes[0], offset=(x, y))
            await pilot.pause()
            assert session.selection == 4
            assert any(style == "selected" for line in panes[0]._lines for _, style in line)
            await pilot.click(panes[0], offset=(0, 0))
            assert session.selection == 4

    asyncio.run(run())


def test_a_pane_is_to_textual_what_it_would_be_had_textual_looked_through_its_class() -> None:
    found = list(_kinds(Pane))
    assert {EndpointPane, WirePane, InspectorPane} <= set(found)
    for kind in found:
        before = _of_textual(kind)
        super(Pane, kind).__init_subclass__()
        assert _of_textual(kind) == before, kind


def _kinds(of: type[Pane]) -> Iterator[type[Pane]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _of_textual(kind: type[Pane]) -> list[object]:
    bindings = kind._merged_bindings
    return [
        kind._reactives, kind._computes, bindings and bindings.key_to_bindings, kind.can_focus,
        kind.can_focus_children, kind._css_type_name, kind._css_type_names, kind._get_component_classes(),
    ]  # fmt: skip
