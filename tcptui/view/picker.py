"""The list of stories by chapter with a preview beside it, as lines of the whole screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tcptui.explain.catalogue import say
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, fill, shorten
from tcptui.view.lines import EMPTY, MARK, Line, Style, beside, fit
from tcptui.view.preview import Heading, Played, preview_lines

LEAST_LIST, MOST_LIST = 36, 58
"""Cells of the list; of a wide screen it has 45 of 100."""
KEY_LINES = 2
LONGEST_NAME = 18
"""Cells of a story's name."""


class Entry(NamedTuple):
    """A story in the list."""

    name: str
    title: str
    chapter: str
    seen: bool
    marked: bool


class Key(NamedTuple):
    """A key as the last lines name it; `action` is what a click on it does."""

    key: str
    label: str
    action: str = ""


ListRow: TypeAlias = int | str
"""A row of the list: the place of an entry, or the chapter of those below it."""


class Picture(NamedTuple):
    """The lines of the screen, and what stands where on it."""

    lines: list[Line]
    rows: list[ListRow]
    """Of the list, from the screen's third line on."""
    top: int
    """How many rows of the list stand above the first that is shown."""
    keys: list[list[tuple[int, int, str]]]
    """For each of the last lines: from which column to which a click does which action."""


def list_width(width: int) -> int:
    """Cells of the list on a screen of that width."""
    return max(LEAST_LIST, min(width * 45 // 100, MOST_LIST))


def picker_picture(
    width: int,
    height: int,
    entries: Sequence[Entry],
    at: int,
    *,
    text: str | None,
    found: str,
    top: int,
    heading: Heading | None,
    played: Played | None,
    keys: Sequence[Sequence[Key]],
    score: Callable[[str], str] = lambda chapter: "",
) -> Picture:
    """The screen. `at` is the entry under the cursor; `text` what is looked for (None: nothing), `found` how
    many that are; `top` the row of the list that was the first one; `heading` and `played` are the story
    under the cursor, as far as there is one and as far as it is known; `score` tells how many questions of a
    chapter were answered right."""
    left = list_width(width)
    right = width - left - 3
    inner = height - KEY_LINES - 2
    rows = list_rows(entries)
    top = first_row(rows, at, inner - 1, top)
    shown = rows[top : top + inner - 1]
    listed = [
        _search_line(text, found, left),
        *list_lines(entries, shown, at, left, score, numbered=text is None),
    ]
    if not entries:
        listed.append(fit(((f" {say('ui.picker.none')}", "dim"),), left))
    preview = [] if heading is None else preview_lines(heading, played, right - 2, inner)
    title = f"─ {say('ui.picker.title')} "
    lines = [_edge(f"╭{title}{'─' * (left - cell_len(title))}┬{'─' * right}╮")]
    for row in range(inner):
        story = preview[row] if row < len(preview) else EMPTY
        lines.append(
            (
                ("│", "dim"), *fit(listed[row] if row < len(listed) else EMPTY, left),
                ("│ ", "dim"), *fit(story, right - 2), (" │", "dim"),
            )
        )  # fmt: skip
    lines.append(_edge(f"╰{'─' * left}┴{'─' * right}╯"))
    drawn = [_key_line(some, width) for some in keys]
    return Picture([*lines, *(line for line, _ in drawn)], shown, top, [places for _, places in drawn])


def list_rows(entries: Sequence[Entry]) -> list[ListRow]:
    """The whole list."""
    rows: list[ListRow] = []
    chapter = None
    for place, entry in enumerate(entries):
        if entry.chapter != chapter:
            chapter = entry.chapter
            rows.append(chapter)
        rows.append(place)
    return rows


def first_row(rows: Sequence[ListRow], at: int, height: int, before: int) -> int:
    """The first row to be shown so that entry `at` is seen, and its chapter if that is next to it; as near as
    can be to `before`, which was the first."""
    where = rows.index(at) if at in rows else 0
    lowest = where - 1 if where and isinstance(rows[where - 1], str) else where
    return max(min(before, lowest, max(0, len(rows) - height)), where - height + 1)


def list_lines(
    entries: Sequence[Entry],
    rows: Sequence[ListRow],
    at: int,
    width: int,
    score: Callable[[str], str] = lambda chapter: "",
    *,
    numbered: bool,
) -> list[Line]:
    """Some rows of the list, entry `at` being under the cursor; `numbered`: before a chapter stands the digit
    that goes to it."""
    chapters = list(dict.fromkeys(entry.chapter for entry in entries))
    names = min(LONGEST_NAME, max((cell_len(entry.name) for entry in entries), default=0))
    return [
        _chapter_line(f"{chapters.index(row) + 1} {row}" if numbered else row, score(row), width)
        if isinstance(row, str)
        else _entry_line(entries[row], row == at, names, width)
        for row in rows
    ]


def _chapter_line(chapter: str, score: str, width: int) -> Line:
    right = f" {score} " if score else ""
    chapter = shorten(chapter, width - 5 - cell_len(right))
    rest = f" {'─' * (width - 4 - cell_len(chapter) - cell_len(right))}"
    return fit((("── ", "dim"), (chapter, "title"), (rest, "dim"), (right, "plain")), width)


def _entry_line(entry: Entry, chosen: bool, names: int, width: int) -> Line:
    signs = f"{MARK if chosen else ' '}{'✓' if entry.seen else ' '}{'*' if entry.marked else ' '}"
    text = f"{signs}{fill(shorten(entry.name, names), names)}  {entry.title}"
    style: Style = "selected" if chosen else "plain"
    return fit(((fill(shorten(text, width - 1), width), style),), width)


def _search_line(text: str | None, found: str, width: int) -> Line:
    left: Line = (
        ((" / ", "key"), (say("ui.picker.type"), "dim"))
        if text is None
        else ((" / ", "key"), (_end_of(text, width - len(" / _  ") - cell_len(found)), "plain"), ("_", "key"))
    )
    return beside(left, ((f"{found} ", "dim"),), width)


def _end_of(text: str, room: int) -> str:
    """As much of the end of a text as there is room for."""
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) >= room:
        text = text[1:]
    return f"…{text}"


def _edge(text: str) -> Line:
    return ((text, "dim"),)


def _key_line(keys: Sequence[Key], width: int) -> tuple[Line, list[tuple[int, int, str]]]:
    """As many keys as there is room for, and where they stand."""
    line: Line = EMPTY
    places: list[tuple[int, int, str]] = []
    column = 0
    for key, label, action in keys:
        cells = cell_len(key) + cell_len(label) + 3
        if column + cells > width + 1:
            break
        line = (*line, (f" {key} ", "key"), (f"{label} ", "dim"))
        places.append((column, column + cells, action))
        column += cells
    return fit(line, width), places
