"""The inspectors on the screen: turned by keys and by a click on their title, a cursor in each, a mark."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from textual.pilot import Pilot

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes.inspector import InspectorPane
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.inspectors import INSPECTORS
from tests.lab.worlds import OPEN, scenario

Clicks = Sequence[tuple[int, int]]


def see(
    session: Session, keys: Sequence[str] = (), clicks: Clicks = (), size: tuple[int, int] = (120, 36)
) -> tuple[list[str], list[InspectorPane]]:
    """The rows of the screen after keys and clicks, and the inspectors that are shown."""

    async def run() -> tuple[list[str], list[InspectorPane]]:
        app = TcptuiApp(session, library.all_scenarios)
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            for x, y in clicks:
                await pilot.click(offset=(x, y))
            await pilot.pause()
            await _at_rest(pilot)
            front = app.screen
            assert isinstance(front, RunScreen)
            rows = [strip.text for strip in front._compositor.render_strips()]
            return rows, [pane for pane in front._inspector_panes if pane.display]

    return asyncio.run(run())


async def _at_rest(pilot: Pilot[None]) -> None:
    for _ in range(200):
        front = pilot.app.screen
        panes = front._inspector_panes if isinstance(front, RunScreen) else []
        if not any(pane._captures is not None and pane._captures.behind for pane in panes):
            return
        await pilot.pause(0.01)


def life() -> Session:
    return Session(library.find("life"), "s8")


def test_the_key_and_its_opposite_go_through_all_of_them_and_none() -> None:
    names = [one.name for one in INSPECTORS]
    for number in range(len(names) + 1):
        _, panes = see(life(), ["i"] * number)
        expected = ["", *names][(number + 1) % (len(names) + 1)]
        assert [pane.inspector.name for pane in panes][:1] == ([expected] if expected else [])
    _, panes = see(life(), ["i", "i", "I"])
    assert panes[0].inspector.name == names[1]


def test_a_click_on_its_title_is_the_key() -> None:
    rows, _ = see(life())
    y = next(y for y, row in enumerate(rows) if "─ Header " in row)
    after, panes = see(life(), clicks=[(rows[y].index("Header"), y)])
    assert "─ States " in after[y]
    assert panes[0].inspector.name == "states"


def test_two_stand_beside_each_other_where_there_is_room() -> None:
    rows, panes = see(life(), size=(200, 50))
    assert [pane.inspector.name for pane in panes] == ["header", "states"]
    assert any("─ Header " in row and "─ States " in row for row in rows)
    _, panes = see(life(), ["i"], size=(200, 50))
    assert [pane.inspector.name for pane in panes] == ["states", "segments"]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["tab"], "source port 80 (octets 0 to 1): names the program"),
        (["tab"] * 3, "seq 1 (5001) (octets 4 to 7): "),
        (["tab", "tab", "shift+tab"], "source port 80 (octets 0 to 1): "),
        (["shift+tab"], "octets 20 to 33: what the sender's program"),
    ],
)
def test_tab_goes_through_the_fields_and_tells_what_each_is_for(keys: list[str], told: str) -> None:
    rows, _ = see(life(), keys)
    assert any(told in row for row in rows)


def test_a_click_on_an_octet_is_a_click_on_its_field() -> None:
    rows, _ = see(life(), size=(200, 50))
    y = next(y for y, row in enumerate(rows) if "c1 77 00 00" in row)
    rows, panes = see(life(), clicks=[(rows[y].index("c1 77"), y)], size=(200, 50))
    assert panes[0]._places["header"] == "checksum"
    assert any("checksum 0xc177 (octets 16 to 17): " in row for row in rows)


def test_the_cursor_of_the_list_of_segments_is_the_point_of_capture() -> None:
    session = life()
    keys = ["i"] * [one.name for one in INSPECTORS].index("segments")
    rows, panes = see(session, keys)
    assert panes[0].inspector.name == "segments"
    assert any("─ Segments  captured at A ─" in row for row in rows)
    rows, _ = see(life(), [*keys, "tab"])
    assert any("─ Segments  captured at B ─" in row for row in rows)


def test_a_click_on_a_row_of_the_list_selects_its_segment() -> None:
    session = life()
    keys = ["i"] * [one.name for one in INSPECTORS].index("segments")
    rows, _ = see(life(), keys)
    y = next(y for y, row in enumerate(rows) if "A→B" in row and "[SYN]" in row)
    see(session, keys, [(rows[y].index("[SYN]"), y)])
    assert session.selection == 1


def test_what_was_marked_is_compared_with_where_one_is() -> None:
    keys = ["i"] * [one.name for one in INSPECTORS].index("compare")
    session = life()
    rows, _ = see(session, [*keys, "M", "space", "space"])
    assert session.marked is not None
    assert any("step 8, 0.270 s ▸ step 10, 0.320 s" in row for row in rows)
    see(session, ["b", "b", "M"])
    assert session.marked is None


def test_what_was_visited_is_kept_when_another_story_is_opened() -> None:
    session = life()
    other = Session(library.find("handshake"))
    other.begin_like(session)
    assert other.visited() == session.visited() != set()


def test_a_long_run_is_listed_once_it_has_been_gone_through() -> None:
    """More intervals than are gone through at a time."""
    session = Session(scenario(OPEN), "a:send:x s2 " * 200)
    keys = ["i"] * [one.name for one in INSPECTORS].index("segments")
    rows, _ = see(session, keys)
    last = session.world.wire.launched + 3  # Three are of the prelude.
    assert any(f" {last} " in row for row in rows if "→" in row)
