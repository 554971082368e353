"""The frames: their edges are whole, and the words on them are cut only where there is no room."""

from __future__ import annotations

import pytest

from tcptui.view.layout import COMPACT, LEAST_COLUMNS, Frame, Place, Places, Room, backdrop_lines, places
from tcptui.view.lines import plain_text


@pytest.mark.parametrize(
    ("subtitle", "edge"),
    [
        ("", "╰──────────────────╯"),
        ("10.0.0.2:80", "╰──── 10.0.0.2:80 ─╯"),
        ("192.168.0.1:8080", "╰ 192.168.0.1:8080 ╯"),
        ("192.168.0.1:49152", "╰ 192.168.0.1:491… ╯"),
    ],
)
def test_an_address_stands_whole_on_the_lower_edge_if_it_can(subtitle: str, edge: str) -> None:
    frame = Frame(Place(0, 1, 20, 3), "A  client", subtitle, "a")
    lines = [plain_text(line) for line in backdrop_lines([frame], 20, 5, ())]
    assert lines[1:4] == ["╭─ A  client ──────╮", f"│{' ' * 18}│", edge]


WIDTHS, HEIGHTS = range(80, 301), range(24, 81)
TABLES = {
    "none": (),
    "one": (Room(rows=19),),
    "several": (Room(rows=19), Room(rows=20), Room(rows=6)),
    "small": (Room(rows=4),),
}


def shown(where: Places) -> dict[str, int]:
    """What a screen shows of each part, in cells and in rows, without frames."""
    ladder = where.wire.inside if where.wire is not None else Place(0, 0, 0, 0)
    inspectors = [place.inside for place in where.inspectors]
    return {
        "ladder, cells": ladder.width,
        "ladder, rows": ladder.height,
        "A, cells": where.a.inside.width,
        "B, cells": where.b.inside.width,
        "ends, rows": where.a.inside.height,
        "inspectors": len(inspectors),
        "inspector, rows": max((place.height for place in inspectors), default=0),
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("said", [0, 2, 5])
def test_a_larger_screen_shows_no_less(table: str, said: int) -> None:
    rooms = TABLES[table]
    seen = {(w, h): shown(places(w, h, rooms, said)) for w in WIDTHS for h in HEIGHTS}
    less = [
        (width, height, part)
        for width, height in seen
        for smaller in ((width - 1, height), (width, height - 1))
        if smaller in seen
        for part, size in seen[width, height].items()
        if size < seen[smaller][part]
    ]
    assert less == []


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("table", TABLES)
def test_the_parts_cover_the_screen_and_none_lies_on_another(table: str, asked: bool) -> None:
    for width in WIDTHS:
        for height in (*range(24, 40), 50, 80):
            where = places(width, height, TABLES[table], 2, asked=asked)
            parts = [where.a, where.b, *where.inspectors, where.why, where.keys, Place(0, 0, width, 1)]
            parts += [where.wire] if where.wire is not None else []
            assert sum(part.width * part.height for part in parts) == width * height
            assert all(part.x >= 0 and part.x + part.width <= width for part in parts)
            assert all(part.width >= 3 and part.height >= 3 for part in parts[:2])
            assert all(place.height >= 3 and place.width >= 40 for place in where.inspectors)


@pytest.mark.parametrize(
    ("size", "ends", "wire", "rows", "inspectors"),
    [
        ((80, 24), 20, 40, 17, []),
        ((120, 36), 30, 60, 18, [(60, COMPACT)]),
        ((200, 50), 44, 112, 25, [(LEAST_COLUMNS, 16)] * 2),
    ],
)
def test_the_parts_at_three_sizes(
    size: tuple[int, int], ends: int, wire: int, rows: int, inspectors: list[tuple[int, int]]
) -> None:
    where = places(*size, TABLES["several"])
    assert where.wire is not None
    assert (where.a.width, where.b.width, where.wire.width) == (ends, ends, wire)
    assert where.wire.inside.height == rows
    assert [(place.width, place.inside.height) for place in where.inspectors] == inspectors


def test_an_inspector_that_a_reader_asks_for_takes_the_ladders_place_where_it_has_no_room_below() -> None:
    small = places(80, 24, [Room(rows=19)], asked=True)
    assert small.wire is None
    assert small.inspectors == (Place(20, 1, 40, 19),)
    assert places(80, 32, [Room(rows=19, least=5)], asked=True).wire is not None
    assert places(80, 30, [Room(rows=19, least=5)], asked=True).wire is None
    assert places(80, 30, [Room(rows=3, least=5)], asked=True).wire is not None
