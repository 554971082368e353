"""The picture of Figure 5: where its parts stand, and the way of a run in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.core.state import State
from tcptui.formats.registry import export
from tcptui.formats.state_way import way_of
from tcptui.formats.svg_states import ARROWS, HALF_HEIGHT, HALF_WIDTH, STATES, WIDTH, Drawn, Point
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.wire import SIDES
from tcptui.library import Library
from tcptui.view.inspectors.state_figure import FIGURE
from tcptui.view.palette import GROUNDS, PALETTES
from tests.lab.worlds import scenario

SVG = "{http://www.w3.org/2000/svg}"
A_SIGN = 7
"""Units that a sign of 12 takes at most, on average."""
CAUSES = {(one.old, one.new): one.cause for one in FIGURE}

Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge."""


def text_box(drawn: Drawn, cause: str) -> Box:
    """Of a cause, and of four numbers above it."""
    x, y = drawn.label
    width = A_SIGN * max(len(cause), len("A1 A2 B1 B2"))
    left = {"start": x, "middle": x - width / 2, "end": x - width}[drawn.anchor]
    return left, y - 26, left + width, y + 4


def boxes() -> Iterator[tuple[State, Box]]:
    for state, (x, y) in STATES:
        yield state, (x - HALF_WIDTH, y - HALF_HEIGHT, x + HALF_WIDTH, y + HALF_HEIGHT)


def pieces(drawn: Drawn) -> Iterator[Box]:
    for (x, y), (to_x, to_y) in pairwise(drawn.points):
        assert x == to_x or y == to_y
        yield min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def test_no_arrow_crosses_another_or_a_text_or_a_state() -> None:
    texts = {arrow: text_box(drawn, CAUSES[arrow]) for arrow, drawn in ARROWS.items()}
    for (one, first), (other, second) in combinations(ARROWS.items(), 2):
        for piece, across in product(pieces(first), pieces(second)):
            assert not meet(wider(piece, 2), wider(across, 2)), (one, other)
        assert not meet(texts[one], texts[other]), (one, other)
    for (arrow, drawn), (other, box) in product(ARROWS.items(), texts.items()):
        assert not any(meet(wider(piece, 1), box) for piece in pieces(drawn)), (arrow, other)
    for box, (state, place) in product(texts.values(), boxes()):
        assert not meet(box, place), state
    for (arrow, drawn), (state, place) in product(ARROWS.items(), boxes()):
        assert not any(meet(piece, wider(place, -1)) for piece in pieces(drawn)), (arrow, state)


def test_every_arrow_begins_and_ends_at_its_states() -> None:
    def at_edge(point: Point, state: State) -> bool:
        x, y = point
        return any(
            (x in (left, right) and up <= y <= down) or (y in (up, down) and left <= x <= right)
            for one, (left, up, right, down) in boxes()
            if one is state
        )

    for (old, new), drawn in ARROWS.items():
        assert at_edge(drawn.points[0], old), (old, new)
        assert at_edge(drawn.points[-1], new), (old, new)


def shown(run: Record) -> list[str]:
    root = ElementTree.fromstring(str(export(run, "svg-states")))
    assert root.attrib["width"] == str(WIDTH)
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_the_way_is_numbered_on_the_arrows_and_below_them() -> None:
    texts = shown(play(library.load_named("late-syn")))
    for cause, names in (
        ("active OPEN", "A1"), ("passive OPEN", "B1"), ("rcv SYN", "B2 B8"), ("rcv RST", "B9"),
        ("rcv SYN,ACK", "A2"), ("rcv ACK of SYN", "B3"), ("rcv ACK of FIN", "B6"),
    ):  # fmt: skip
        assert (cause, names) in pairwise(texts)
    assert texts.count("CLOSED A") == texts.count("CLOSED") == 1
    assert "LISTEN B" in texts
    below = texts[texts.index("A client 10.0.0.1:49152") :]
    last = below.index("A6")
    assert below[last : last + 4] == ["A6", "2.300", "TIME-WAIT → CLOSED", "rcv RST (Figure 5, note 3)"]
    closed = below.index("B6")
    assert below[closed : closed + 8] == [
        "B6", "0.550", "LAST-ACK → CLOSED", "rcv ACK of FIN", "B7", "0.550", "CLOSED → LISTEN",
        "another connection",
    ]  # fmt: skip


def test_a_step_through_two_arrows_is_two_changes() -> None:
    story = scenario_of_variant(library.load_named("close-too-soon"), "in SYN-RECEIVED on Linux")
    names = [(change.old.value, change.new.value) for change in way_of(play(story), "B")]
    assert ("SYN-RECEIVED", "ESTABLISHED") in names
    assert ("ESTABLISHED", "FIN-WAIT-1") in names
    assert ("SYN-RECEIVED", "FIN-WAIT-1") not in names


@pytest.mark.parametrize("name", [*library.names()])
def test_every_way_joins_and_its_causes_are_the_rfcs(name: str) -> None:
    run = play(library.load_named(name))
    for side, end in zip(SIDES, run.end, strict=True):
        way = way_of(run, side)
        assert all(before.new is after.old for before, after in pairwise(way))
        assert [change.name for change in way] == [f"{side}{number}" for number in range(1, len(way) + 1)]
        if way:
            assert way[0].old is State.CLOSED
            assert way[-1].new is end
        for change in way:
            found = change.transition
            assert found is None or (found.old, found.new) == (change.old, change.new)


def test_the_rfc_has_an_arrow_for_nearly_every_change() -> None:
    """But for what ICMP says, for what only Linux does, and where another connection stands for the end."""
    ways = [
        change
        for story in Library().stories(lambda _: False)
        for run in [play(story)]
        for side in SIDES
        for change in way_of(run, side)
    ]
    others = [change for change in ways if not change.is_taken]
    unknown = [change for change in ways if change.is_taken and change.transition is None]
    assert len(ways) > 400
    assert len(others) < len(ways) / 10
    assert {(change.old.value, change.new.value) for change in unknown} <= {
        ("FIN-WAIT-2", "CLOSED"),
        ("SYN-SENT", "CLOSED"),
    }


def test_no_text_is_more_than_text() -> None:
    hostile = '</title><script>"&\x1b\0\ud800]]>'
    svg = str(export(play(scenario()._replace(title=hostile)), "svg-states", palette="dark"))
    svg.encode()
    root = ElementTree.fromstring(svg)
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags == {"svg", "title", "rect", "g", "path", "polygon", "text"}
    colours = {one.attrib[key] for one in root.iter() for key in ("fill", "stroke") if key in one.attrib}
    assert colours <= {*GROUNDS["dark"], *PALETTES["dark"], "none"}
