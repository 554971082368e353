"""The preview of a story: its question, a small ladder of its run, and what the run amounts to."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.lab.ends import EndSetup
from tcptui.lab.wire import Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.ladder import MOST_WIDTH, STATE_WIDTH, TIME_WIDTH, WITH_STATES, draw_ladder
from tcptui.view.ladder_window import Window
from tcptui.view.lines import EMPTY, Line, Style, beside, fit

MOST_OF_SECTIONS = 3
"""Lines for the sections of RFCs."""


class Played(NamedTuple):
    """A run that was played to its end, as far as a preview shows it."""

    title: str
    question: str
    hosts: tuple[EndSetup, EndSetup]
    raw: bool
    transmissions: Sequence[Transmission]
    window: Window
    """All rows of its ladder."""
    steps: int
    ended_at: int
    """Microseconds."""
    sections: tuple[str, ...]
    """Where the rules are written that decided a step, in the order in which they did."""
    complete: bool
    """It was not cut."""


class Heading(NamedTuple):
    """What is known of a story before it has been played."""

    title: str
    question: str
    variants: tuple[str, ...]
    variant: int
    """Which of them is shown, from 1; 0: the story itself."""
    notes: str
    """Whether it was seen or is marked."""


def preview_lines(heading: Heading, played: Played | None, width: int, height: int) -> list[Line]:
    """The preview in `height` lines: words above and below, and the ladder in the room that they leave."""
    title, question = (played or heading)[:2]
    above = [beside(((title_, "title"),), ((heading.notes if not row else "", "dim"),), width)
             for row, title_ in enumerate(wrap(title, width - cell_len(heading.notes) - 1))]  # fmt: skip
    above += [*_text(question, width, "plain"), fit(EMPTY, width)]
    below = _text(_variants(heading), width, "plain", 2)
    if played is not None:
        below = [fit(EMPTY, width), *_amount(played, width), *below]
    ladder = [] if played is None else _ladder(played, width, height - len(above) - len(below))
    rest = height - len(above) - len(ladder) - len(below)
    return [*above, *ladder, *[fit(EMPTY, width)] * rest, *below][:height]


def _text(text: str, width: int, style: Style, most: int = 9) -> list[Line]:
    lines = wrap(text, width, most)
    return [fit(((shorten(line, width), style),), width) for line in lines]


def _variants(heading: Heading) -> str:
    """The variant that is shown, or which ones there are."""
    variants = heading.variants
    if heading.variant:
        variant, count = variants[heading.variant - 1], len(variants)
        return say("ui.picker.variant_of", variant=variant, one=heading.variant, count=count)
    # There are commas in names.
    return say("ui.picker.variants", variants="; ".join(variants)) if variants else ""


def _amount(played: Played, width: int) -> list[Line]:
    """Steps, segments, duration; the sections of each RFC together."""
    if not played.complete:
        first = say("ui.picker.cut", steps=played.steps)
    else:
        span = duration_text(played.ended_at)
        first = say("ui.picker.amount", steps=played.steps, segments=len(played.transmissions), span=span)
    return [
        *_text(first, width, "plain"),
        *_items(sections_text(played.sections), width, "rule", MOST_OF_SECTIONS),
    ]


def _items(items: Sequence[str], width: int, style: Style, most: int) -> list[Line]:
    """A list of words that belong together, with commas; a line ends between two of them."""
    lines = [""]
    for place, item in enumerate(items):
        text = item if place == len(items) - 1 else f"{item},"
        if lines[-1] and cell_len(f"{lines[-1]} {text}") > width:
            lines.append(text)
        else:
            lines[-1] = f"{lines[-1]} {text}".strip()
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [fit(((shorten(line, width), style),), width) for line in lines]


def sections_text(sections: Sequence[str]) -> list[str]:
    """Each section once, without what it says more closely (``, third``), and each RFC's number once."""
    texts: list[str] = []
    last = ""
    for section in sorted(dict.fromkeys(one.partition(",")[0] for one in sections), key=_order):
        rfc, _, place = section.rpartition(" ")
        texts.append(place if rfc == last and rfc.startswith("RFC ") else section)
        last = rfc
    return texts


def _order(section: str) -> tuple[bool, list[int], str]:
    """RFCs by number and section, RFC 9293 first, then what is no RFC's."""
    words = section.split(" ")
    if words[0] != "RFC":
        return True, [], section
    numbers = [int(part) for word in words[1:] for part in word.split(".") if part.isdecimal()]
    return False, [int(words[1] != "9293"), *numbers], section


def _ladder(played: Played, width: int, height: int) -> list[Line]:
    """The first rows of the ladder, and how many more there are."""
    if height < 3 or not played.transmissions:
        return []
    cells = min(width, MOST_WIDTH)
    window = played.window
    known = {one.number: one for one in played.transmissions}
    all_of_it = len(window.rows) < height
    shown = window if all_of_it else window._replace(rows=window.rows[: height - 2])
    drawn = draw_ladder(
        shown, known.get, played.ended_at, cells, raw=played.raw,
        sockets=(played.hosts[0].socket, played.hosts[1].socket),
    )  # fmt: skip
    left = (width - cells) // 2
    rows = drawn.lines
    if not all_of_it:
        seen = {one.number for row in shown.rows for one in (row.folded or (row,)) if one.number}
        more = len(played.transmissions) - len(seen)
        rows = [*rows, fit(((f"{'':{TIME_WIDTH}}{say('ui.picker.more', count=more)}", "dim"),), cells)]
    states = STATE_WIDTH if cells >= WITH_STATES else 0
    between = cells - TIME_WIDTH - 2 * states - 1
    ends: Line = ((f"{'':{TIME_WIDTH + states}}A", "a"), (f"{'B':>{between}}", "b"))
    return [fit(((" " * left, "plain"), *line), width) for line in (ends, *rows)]
