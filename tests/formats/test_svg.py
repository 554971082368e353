"""The picture of the ladder: well-formed, with every segment, and no text that means anything."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.explain.labels import label_of
from tcptui.formats.registry import export
from tcptui.formats.svg import LEFT, RIGHT, STEEP_ROOM, write
from tcptui.formats.svg_labels import Label, Labels
from tcptui.formats.svg_places import Straight, overlap
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.wire import Outcome
from tcptui.view.palette import GROUNDS, PALETTES, PaletteName
from tests.lab.worlds import OPEN, scenario

SVG = "{http://www.w3.org/2000/svg}"
WAY = re.compile(r"M(\d+) (\d+)L(\d+) (\d+)$")


def ways(run: Record) -> list[tuple[int, ...]]:
    """The straight lines of segments: from where to where."""
    paths = ElementTree.fromstring(write(run, "light")).iter(f"{SVG}path")
    found = (WAY.match(path.attrib["d"]) for path in paths)
    return [tuple(map(int, way.groups())) for way in found if way]


@pytest.mark.parametrize("name", library.names())
def test_every_segment_is_an_arrow_with_a_head_or_a_cross(name: str) -> None:
    story = library.load_named(name)
    for one in (story, *(scenario_of_variant(story, variant.name) for variant in story.variants)):
        run = play(one)
        root = ElementTree.fromstring(write(run, "light"))
        outcomes = [segment.outcome for segment in run.transmissions]
        assert len(ways(run)) == len(outcomes)
        assert len([*root.iter(f"{SVG}polygon")]) == outcomes.count(Outcome.ARRIVED)
        assert len([*root.iter(f"{SVG}g")]) == len(outcomes)
        height = int(root.attrib["height"])
        assert all(0 < y1 < y2 < height for _, y1, _, y2 in ways(run))


def test_a_late_segment_is_crossed_by_those_that_overtake_it() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:one a:send:two d1+100ms l2"))
    (x1, y1, x2, y2), lost = ways(run)[:2]
    assert (x1, x2) == (LEFT, RIGHT)
    assert lost[0] == LEFT
    assert y1 < lost[1] < lost[3] < y2
    assert lost[2] < RIGHT


def test_a_label_stands_with_each() -> None:
    run = play(library.load_named("handshake"))
    texts = [text.text or "" for text in ElementTree.fromstring(write(run, "light")).iter(f"{SVG}text")]
    assert {label_of(one, False, 60) for one in run.transmissions} <= set(texts)
    late = play(library.load_named("late-syn"))
    assert label_of(late.transmissions[1], False, STEEP_ROOM) in write(late, "light")


def test_an_end_has_the_colour_that_it_has_in_other_pictures() -> None:
    run = play(library.load_named("handshake"))
    texts = [*ElementTree.fromstring(write(run, "light")).iter(f"{SVG}text")]
    fills = {(text.text or "")[:2]: text.attrib["fill"] for text in texts}
    assert (fills["A "], fills["B "]) == (PALETTES["light"].a, PALETTES["light"].b)
    other = [*ElementTree.fromstring(str(export(run, "svg-states"))).iter(f"{SVG}text")]
    assert {text.attrib["fill"] for text in other if (text.text or "").startswith("A ")} == {fills["A "]}


@pytest.mark.parametrize("palette", GROUNDS)
def test_it_has_the_colours_of_the_palette(palette: PaletteName) -> None:
    root = ElementTree.fromstring(write(play(library.load_named("late-syn")), palette))
    ground, ink = GROUNDS[palette]
    colours = PALETTES[palette]
    assert {rect.attrib["fill"] for rect in root.iter(f"{SVG}rect")} == {ground}
    fills = {(text.text or "")[:2]: text.attrib["fill"] for text in root.iter(f"{SVG}text")}
    assert (fills["A "], fills["B "]) == (colours.a or ink, colours.b or ink)
    strokes = {path.attrib["stroke"] for path in root.iter(f"{SVG}path")}
    assert strokes <= {colours.a or ink, colours.b or ink, colours.late or ink, colours.lost or ink}


PLACE = re.compile(r"translate\((\S+) (\S+)\) rotate\((\S+)\)")


def labels_of(run: Record) -> list[Label]:
    found = []
    for group in ElementTree.fromstring(write(run, "light")).iter(f"{SVG}g"):
        place = PLACE.match(group.attrib["transform"])
        assert place is not None
        x, y, turn = map(float, place.groups())
        found.append(Label(group.findtext(f"{SVG}text") or "", x, y, turn))
    return found


@pytest.mark.parametrize("name", library.names())
def test_no_label_lies_on_another(name: str) -> None:
    labels = labels_of(play(library.load_named(name)))
    met = [(a.words, b.words) for a, b in combinations(labels, 2) if overlap(a.corners, b.corners)]
    assert met == []


def test_a_label_with_no_room_anywhere_stands_where_it_would_alone() -> None:
    labels, arrow = Labels(), Straight(0, 0, 100, 10)
    first, second = (labels.place(["x" * 30], arrow, 0.4) for _ in range(2))
    assert first == second
    assert (first.x, first.y) == (40, 4)


def test_a_label_with_room_for_a_short_wording_has_that() -> None:
    labels, arrow = Labels(), Straight(0, 0, 400, 10)
    labels.place(["x" * 30], arrow, 0.3)
    second = labels.place(["y" * 50, "y" * 20], arrow, 0.3)
    assert second.words == "y" * 20


@pytest.mark.parametrize(
    ("x", "turn", "meets"), [(40, 0, True), (41, 0, False), (40, 45, False), (30, 45, True)]
)
def test_labels_meet_as_they_are_turned(x: float, turn: float, meets: bool) -> None:
    """Six signs are 40.8 units wide."""
    one, other = Label("x" * 6, 0, 0, 0), Label("x" * 6, x, 0, turn)
    assert overlap(one.corners, other.corners) == overlap(other.corners, one.corners) == meets


def test_no_text_of_a_story_is_more_than_text() -> None:
    hostile = '</title><script>"&\x1b\0\ud800\ufffe]]>'
    run = play(scenario()._replace(title=hostile, question=hostile))
    text = write(run, "light")
    text.encode()
    root = ElementTree.fromstring(text)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {"svg", "title", "rect", "text", "path"}
    assert root.findtext(f"{SVG}title") == '</title><script>"&\\x1b\\x00\\ud800\\ufffe]]>'
