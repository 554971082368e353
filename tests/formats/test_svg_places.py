"""Nothing in the picture of the ladder covers anything else that stands there, so a loss is always seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import degrees, hypot
from random import Random
from typing import NamedTuple, TypeAlias
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.formats import svg
from tcptui.formats.svg import LEFT, MARGIN, RIGHT, WIDTH, write
from tcptui.formats.svg_labels import Label, Wanted, labels_for
from tcptui.formats.svg_places import Corners, Places, Straight, overlap, turned
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import BadMove, Outcome
from tcptui.view.cells import cell_len
from tests.lab.worlds import scenario

SVG = "{http://www.w3.org/2000/svg}"
GROUP = re.compile(r"translate\((\S+) (\S+)\) rotate\((\S+)\)")
LINE = re.compile(r"M(\d+) (\d+)L(\d+) (\d+)$")
CROSS = re.compile(r"M(\S+) (\S+)l10 10")
SEEDS = 60

Fault: TypeAlias = Lose | Delay | Duplicate


class Placed(NamedTuple):
    """A label, a mark or a text between the life lines, and its rectangle."""

    kind: str
    what: str
    corners: Corners


def placed(picture: str) -> list[Placed]:
    """In the order in which they are drawn."""
    found = (_placed(one) for one in ElementTree.fromstring(picture))
    return [one for one in found if one is not None]


def _placed(element: ElementTree.Element) -> Placed | None:
    tag, attributes = element.tag.removeprefix(SVG), element.attrib
    if tag == "g":
        group = GROUP.match(attributes["transform"])
        assert group is not None
        words = element.findtext(f"{SVG}text") or ""
        return Placed("label", words, Label(words, *map(float, group.groups())).corners)
    if tag == "polygon":
        tip, one, other = (tuple(map(float, point.split(","))) for point in attributes["points"].split())
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        head = Straight(*middle, *tip)
        half = hypot(one[0] - other[0], one[1] - other[1]) / 2
        edges = (0, -half, head.length, half)
        return Placed("head", attributes["points"], turned(*middle, degrees(head.angle), edges))
    if tag == "path" and (cross := CROSS.match(attributes["d"])):
        x, y = map(float, cross.groups())
        return Placed("cross", "", turned(x, y, 0, (0, 0, 10, 10)))
    x, y = (float(attributes.get(name, 0)) for name in ("x", "y"))
    if tag == "text" and LEFT < x < RIGHT and attributes.get("font-size") is None:
        words = element.text or ""
        width = cell_len(words) * (10.5 if "font-weight" in attributes else 6.5)
        left = x - {"start": 0, "middle": width / 2, "end": width}[attributes["text-anchor"]]
        return Placed("text", words, turned(left, y, 0, (0, -9, width, 2)))
    return None


def clashes(run: Record) -> list[tuple[Placed, Placed]]:
    """What lies on something else. All marks are drawn above the labels."""
    found = placed(write(run, "light"))
    kinds = [one.kind for one in found]
    assert kinds.count("cross") == sum(one.outcome is Outcome.LOST for one in run.transmissions)
    assert "label" not in kinds[kinds.count("label") :]
    return [(one, other) for one, other in _near(found) if overlap(one.corners, other.corners)]


def _near(found: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Those pairs of which each is as far down as the other."""
    edges = sorted((min(ys), max(ys), place) for place, ys in enumerate(_heights(found)))
    for index, (_, lower, place) in enumerate(edges):
        for upper, _, other in edges[index + 1 :]:
            if upper > lower:
                break
            yield found[place], found[other]


def _heights(found: list[Placed]) -> Iterator[list[float]]:
    return ([y for _, y in one.corners] for one in found)


def stories(name: str) -> list[Scenario]:
    """A story with its variants."""
    story = library.load_named(name)
    return [story, *(scenario_of_variant(story, variant.name) for variant in story.variants)]


@pytest.mark.parametrize("name", library.names())
def test_nothing_of_a_story_covers_anything(name: str) -> None:
    for one in stories(name):
        assert clashes(play(one)) == [], one.title


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_covers_anything_where_segments_are_lost_late_and_doubled(seed: int) -> None:
    dice = Random(seed)
    one = dice.choice(stories(dice.choice(library.names())))
    assert clashes(play(one, faulty(one, dice))) == []


def faulty(one: Scenario, dice: Random) -> list[Move]:
    """Moves that can be made in a story: at some moments a segment is lost, late, or there twice."""
    world = begin(one)[0]
    moves: list[Move] = []
    for _ in range(dice.randint(1, 3)):
        for wanted in [*["step"] * dice.randint(1, 12), "fault"]:
            move = (
                NEXT if wanted == "step" else _fault([one.number for one in world.wire.transmissions], dice)
            )
            try:
                world.apply(move)
            except BadMove:
                break
            moves.append(move)
    return moves


def _fault(numbers: list[int], dice: Random) -> Move:
    number = dice.choice(numbers or [1])
    late = Delay(number, dice.choice((500, 20_000, 100_000, 1_500_000)))
    return dice.choice((Lose(number), Lose(number), late, Duplicate(number, dice.choice((500, 200_000)))))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *product(("life", "four-segments", "counting"), (Lose(3), Lose(4), Lose(6))),
        ("half-close", Delay(7, 200_000)),
        ("half-close", Duplicate(6, 10_000)),
        ("reordered", Duplicate(1, 10_000)),
        ("slow-reader", Delay(3, 200_000)),
    ],
)
def test_nothing_covers_anything_where_one_segment_is_lost_late_or_doubled(name: str, fault: Fault) -> None:
    assert clashes(faulted(library.load_named(name), fault)) == []


def faulted(one: Scenario, fault: Fault) -> Record:
    """A story in which something is done to a segment as soon as it is on the wire."""
    world = begin(one)[0]
    moves: list[Move] = []
    while fault.number not in [segment.number for segment in world.wire.transmissions]:
        world.apply(NEXT)
        moves.append(NEXT)
    return play(one, [*moves, fault])


@pytest.mark.parametrize(
    ("name", "moves"),
    [("no-retransmission", ""), ("life", "s5 l4"), ("slow-start", ""), ("both-close", ""), ("last-lost", "")],
)
def test_where_a_segment_is_lost_there_is_no_other_line(name: str, moves: str) -> None:
    for one in stories(name):
        run = play(one, parse_moves(moves))
        picture = write(run, "light")
        paths = [path.attrib["d"] for path in ElementTree.fromstring(picture).iter(f"{SVG}path")]
        lines = [Straight(*map(int, line.groups())) for line in map(LINE.match, paths) if line]
        for segment, own in zip(run.transmissions, lines, strict=True):
            if segment.outcome is Outcome.LOST:
                cross = turned(own.x2, own.y2, 0, (-5, -5, 5, 5))
                others = Places(line.corners for line in lines if line is not own)
                assert not others.meet(cross), (one.title, segment.number)


def test_where_a_segment_is_lost_there_is_no_other_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first place that is tried is on the text that tells for how long nothing happens."""
    monkeypatch.setattr(svg, "LOST_DROPS", (25,))
    monkeypatch.setattr(svg, "LOST_SHARES", (50, 75))
    assert clashes(play(library.load_named("lost-syn"))) == []


def test_a_label_stands_where_it_was_tried() -> None:
    """Less than a tenth of a unit is between these labels."""
    moves = parse_moves("s12 l5")
    assert clashes(play(library.load_named("last-lost"), moves)) == []


def test_a_label_with_no_place_is_placed_before_the_others() -> None:
    """The one with most room on its arrow comes last, and has room only where the other one is wanted."""
    level, steep = Straight(0, 100, 300, 100), Straight(140, 0, 140, 400)
    wall = turned(140, 0, 0, (-30, 100, 30, 400))
    wanted = [Wanted(("x" * 20,), "x", level, 0.5), Wanted(("y" * 12,), "y", steep, 0.5)]
    first, second = labels_for(wanted, [wall])
    assert (first.words, second.words) == ("x" * 20, "y" * 12)
    assert not overlap(first.corners, second.corners)


def test_a_label_for_which_there_is_no_place_at_all_has_its_name() -> None:
    arrow = Straight(0, 100, 300, 100)
    wanted = [Wanted(("x" * 30, "x" * 28), "x" * 5, arrow, 0.5), Wanted(("y" * 30,), "y" * 5, arrow, 0.5)]
    first, second = labels_for(wanted, [])
    assert sorted(len(one.words) for one in (first, second)) == [5, 30]
    assert not overlap(first.corners, second.corners)


@pytest.mark.parametrize("title", ["word " * 60, "x" * 300, "漢字" * 45, "字 " * 90], ids=range(4))
def test_a_long_title_has_several_lines(title: str) -> None:
    root = ElementTree.fromstring(write(play(scenario()._replace(title=title, question="Why?")), "light"))
    texts = [text for text in root.iter(f"{SVG}text") if text.attrib["x"] == str(MARGIN)]
    lines = [text for text in texts if text.attrib.get("font-size") == "16"]
    assert "".join("".join(line.text or "" for line in lines).split()) == "".join(title.split())
    assert all(MARGIN + 10 * cell_len(line.text or "") < WIDTH for line in lines)
    downs = [float(line.attrib["y"]) for line in (*lines, *(one for one in texts if one.text == "Why?"))]
    assert downs == sorted(set(downs))
    ends = [one for one in root.iter(f"{SVG}text") if (one.text or "").startswith(("A ", "B "))]
    assert max(downs) < min(float(end.attrib["y"]) for end in ends)
    assert (root.findtext(f"{SVG}title") or "") == title
