"""The headers of a run's segments as data: a table of 32 bits a row, what each field is for, and why the
segment was sent and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeAlias

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.fate import Told, fates
from tcptui.explain.labels import name_of
from tcptui.formats.html_page.table import Table
from tcptui.lab.history import History
from tcptui.lab.report import Report
from tcptui.lab.wire import Transmission
from tcptui.view.inspectors.fields import BITS, Cell, Field, Header, header_of
from tcptui.view.inspectors.figure import divided

_WORD = 32
_A_BIT = 1.5
"""Characters that have room in a box for each of its bits."""
_MOST_OCTETS = 80
"""Of a segment that are shown: the longest header, and what the data begin with."""

Object: TypeAlias = dict[str, Any]


def segment_object(one: Transmission, raw: bool, table: Table) -> Object:
    """A segment as the script reads it; every text is a place in the table."""
    header = header_of(one, raw)
    fields = [field for place in header.places if (field := header.field(place)) is not None]
    return {
        "title": table.text(f"{name_of(one)}  {one.sender} → {one.receiver}"),
        "words": [table.numbers([_box(cell, header, table) for cell in word]) for word in _words(header)],
        "behind": [table.text(field.texts[0]) for field in header.fields if field.place in ("data", "about")],
        "fields": [
            table.numbers([(table.text(field.texts[0]), table.text(say(field.purpose))) for field in word])
            for _, word in groupby(fields, lambda field: 8 * field.start // _WORD)
        ],
        "octets": header.octets[:_MOST_OCTETS].hex(),
        "more": len(header.octets) > _MOST_OCTETS,
    }


def fates_object(history: History, one: Transmission, table: Table) -> list[list[int]]:
    """Of a segment at a moment: why it was sent, and what came of it up to then, each with its rule."""
    report_of: Callable[[int], Report | None] = history.report_of
    both = fates(one, report_of, history.scenario, history.world.now)
    names = ("ui.header.sent_because", "ui.header.on_arrival")
    return [
        [table.text(say(name)), *_told(told, history.scenario.raw_numbers, table)]
        for name, told in zip(names, both, strict=True)
        if told.messages
    ]


def _told(told: Told, raw: bool, table: Table) -> list[int]:
    return [table.text(paragraph(told.messages, raw)), table.text(told.source)]


def _words(header: Header) -> list[list[Cell]]:
    """The boxes by rows of 32 bits."""
    words: dict[int, list[Cell]] = {}
    for cell in header.cells:
        for piece in divided(cell):
            words.setdefault(piece.first // _WORD, []).append(piece)
    return list(words.values())


def _box(cell: Cell, header: Header, table: Table) -> list[int]:
    """Its bits, what stands in it, and, where that is short, what it says in words."""
    shown = next((text for text in cell.texts if len(text) <= _A_BIT * cell.bits), cell.texts[-1])
    box = [cell.bits, table.text("  ".join(filter(None, (shown, cell.right))))]
    field: Field | None = header.field(cell.place)
    is_short = shown and field is not None and (cell.place in BITS or shown != cell.texts[0])
    return [*box, table.text(field.texts[0])] if field is not None and is_short else box
