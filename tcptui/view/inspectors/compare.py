"""The inspector that compares: what differs between this moment and the one that the reader has marked."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.message import Message, Value
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.difference import Difference, differences
from tcptui.explain.numbers import time_text
from tcptui.lab.state import WorldState
from tcptui.view.cells import cell_len, fill, shorten, wrap
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row
from tcptui.view.lines import Style

_LEAST_COLUMN = 38
"""Cells for each of two columns, A's and B's."""
_NAMES = {False: 12, True: 20}
"""Cells for what differs, in little room and where there is more; a longer name takes what it needs."""
_STYLES: dict[str, Style] = {"A": "a", "B": "b", "X": "wire"}


def draw(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    marked = inspected.marked
    if marked is None:
        lines = wrap(say("ui.compare.none"), width - 2, most=height)
        return [[Part(f" {shorten(line, width - 2)}", "dim")] for line in lines]
    found = [
        one
        for one in differences(marked.moment.world, inspected.world)
        if _text(one.old, inspected.raw) != _text(one.new, inspected.raw)
    ]
    moments = say(
        "ui.compare.moments",
        then=marked.position, then_at=time_text(marked.moment.world.now),
        now=inspected.position, now_at=time_text(inspected.world.now),
        count=len(found),
    )  # fmt: skip
    if height == 1 and found:
        return [_row(found[0], inspected, width, len(found) - 1)]
    rows: list[Row] = [[Part(f" {shorten(moments, width - 2)}", "dim")]]
    if not found:
        return [*rows, [Part(f" {shorten(say('ui.compare.same'), width - 2)}")]][-height:]
    return [*rows, *_rows(found, inspected, width, height - 1)]


def _rows(found: Sequence[Difference], inspected: Inspected, width: int, height: int) -> list[Row]:
    """The differences, one to a row; where they have no room, A's and B's side by side."""
    if len(found) > height and width >= 2 * _LEAST_COLUMN:
        left = [one for one in found if one.side != "B"]
        right = [one for one in found if one.side == "B"]
        column = width // 2
        columns = [_listed(part, inspected, column - 1, height) for part in (left, right)]
        return [
            [*_padded(columns[0], number, column), *_padded(columns[1], number, 0)]
            for number in range(max(map(len, columns)))
        ]
    return _listed(found, inspected, width, height)


def _padded(column: Sequence[Row], number: int, width: int) -> list[Part]:
    """A row of a column; blanks up to `width` behind it, and in the place of one that there is not."""
    row = list(column[number]) if number < len(column) else []
    blanks = width - sum(cell_len(part.text) for part in row)
    return [*row, Part(" " * max(0, blanks))]


def _listed(found: Sequence[Difference], inspected: Inspected, width: int, height: int) -> list[Row]:
    """As many as have room, and in the last row how many more there are."""
    shown = found if len(found) <= height else found[: height - 1]
    rows = [_row(one, inspected, width) for one in shown]
    if len(shown) < len(found):
        rows.append([Part(f"   {say('ui.compare.more', count=len(found) - len(shown))}", "dim")])
    return rows[:height]


def _row(one: Difference, inspected: Inspected, width: int, more: int = 0) -> Row:
    """What differs, then and now; `more` others are not told."""
    side = "" if one.side == "X" else one.side
    head = Part(f" {side:1} ", _STYLES[one.side])
    values = f"{_text(one.old, inspected.raw)} ▸ {_text(one.new, inspected.raw)}"
    if more:
        values += f"  {say('ui.compare.more', count=more)}"
    name = _name(one, inspected)
    if name:
        name = f"{fill(name, max(_NAMES[width >= 56], cell_len(name)))} "
    return [head, Part(name, "dim"), *_values(values, width - 4 - cell_len(name))]


def _values(text: str, room: int) -> list[Part]:
    text = shorten(text, room)
    before, between, now = text.partition(" ▸ ")
    return [Part(f"{before}{between}"), Part(now, "changed")] if between else [Part(text)]


def _name(one: Difference, inspected: Inspected) -> str:
    """What it is called; one of a connection that does not stand for its end has that one's peer."""
    name = "" if one.kind == "state" else _text(one.name, inspected.raw)
    if one.side == "X":
        return name
    peer = _peer(one, inspected.world)
    return f"{name} {peer}".strip() if peer else name


def _peer(one: Difference, world: WorldState) -> str:
    """The peer's port of a connection that is not the one that stands for its end."""
    assert one.side != "X"
    end = world.end(one.side)
    if not one.connection or one.connection == end.connection:
        return ""
    status = world.host(one.side).status_of(one.connection)
    if status is None or status.remote is None:
        return say("ui.compare.connection", number=one.connection)
    return f":{status.remote.port}"


def _text(value: Value | None, raw: bool) -> str:
    if value is None:
        return "-"
    return text_of(Message.of("ui.compare.value", value=value), raw)
