"""The two lines of keys at the bottom: what can be done with the selected segment, and with the run.

Only keys that do something now stand there, as many as fit. Each knows which cells it stands on, so that a
click on it is the key.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.wire import Transmission, Wire
from tcptui.named_tuple import NamedTuple
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.view.acts import Act, acts, subject
from tcptui.view.cells import cell_len
from tcptui.view.lines import Line, Span, Style, fit

_Piece: TypeAlias = tuple[str, Style, "str | None"]
"""A piece of a line, and the action that a click on it is."""


class Zone(NamedTuple):
    """The cells of a line that do something when they are clicked."""

    start: int
    stop: int
    """The first cell behind it."""
    action: str


class KeyLine(NamedTuple):
    """A line, and what its cells do."""

    line: Line
    zones: tuple[Zone, ...] = ()

    def action_at(self, x: int) -> str | None:
        """What a click does."""
        return next((zone.action for zone in self.zones if zone.start <= x < zone.stop), None)


class Entry(NamedTuple):
    """One or a few keys that belong together, with one label."""

    actions: tuple[str, ...]
    label: str
    """The key of its words."""
    between: str = ""
    """What stands between its keys."""


ENTRIES: tuple[Entry, ...] = (
    Entry(("step",), "ui.label.step"),
    Entry(("back",), "ui.label.back"),
    Entry(("play",), "ui.label.play"),
    Entry(("slower", "faster"), "ui.keys.speed", " "),
    Entry(("next_change",), "ui.label.next_change"),
    Entry(("call_a", "call_b"), "ui.keys.programs", "/"),
    Entry(("up", "down"), "ui.keys.select"),
    Entry(("page_up", "page_down"), "ui.keys.scroll", " "),
    Entry(("connection_a",), "ui.label.connection_a"),
    Entry(("connection_b",), "ui.label.connection_b"),
    Entry(("variant",), "ui.label.variant"),
    Entry(("switch",), "ui.label.switch"),
    Entry(("compare",), "ui.label.compare"),
    Entry(("read",), "ui.label.read"),
    Entry(("predict",), "ui.label.predict"),
    Entry(("items",), "ui.label.items"),
    Entry(("follow",), "ui.label.follow"),
    Entry(("find",), "ui.label.find"),
    Entry(("undo",), "ui.label.undo"),
    Entry(("branch",), "ui.label.branch"),
    Entry(("next_bookmark",), "ui.label.next_bookmark"),
    Entry(("home", "end"), "ui.keys.ends", " "),
    Entry(("bookmark",), "ui.label.bookmark"),
    Entry(("previous_story", "next_story"), "ui.keys.story", " "),
    Entry(("moves",), "ui.label.moves"),
    Entry(("numbers",), "ui.label.numbers"),
    Entry(("enlarge",), "ui.label.enlarge"),
    Entry(("lab",), "ui.label.lab"),
    Entry(("copy",), "ui.label.copy"),
    Entry(("save",), "ui.label.save"),
    Entry(("scenarios",), "ui.label.scenarios"),
    Entry(("palette",), "ui.label.palette"),
    Entry(("help",), "ui.label.help"),
    Entry(("quit",), "ui.label.quit"),
)
"""All that can stand in the line of keys, in their order there."""
_FIRST = (
    "follow", "step", "back", "help", "play", "items", "call_a", "quit", "read", "connection_a",
    "connection_b",
    "variant", "switch", "compare", "undo", "branch", "next_change", "up", "page_up", "slower", "find",
    "scenarios", "previous_story", "copy", "home", "next_bookmark", "save", "enlarge", "bookmark", "moves",
    "numbers", "predict", "lab", "palette",
)  # fmt: skip
"""Which has room first; by the first action of an entry."""
_FIRST_AT_THE_END = ("follow", "back", "help", "quit", "previous_story", "save", *_FIRST)
"""The same where nothing more happens: a reader wants the next story then, or to take this one along."""
_FIRST_IN_A_LAB = ("follow", "help", "quit", "call_a", "lab", "moves", *_FIRST)
"""The same where nothing has happened and nothing will by itself."""
_FIRST_OF_A_FOLLOWER = ("follow", "inspector", "up", "help", "quit", *_FIRST)
"""The same for somebody who follows a presenter."""
_OF_A_FOLLOWER = (Entry(("inspector",), "ui.label.inspector"), *(
    sorted(ENTRIES, key=lambda entry: entry.actions[0] not in ("follow", "up"))
))  # fmt: skip
"""All that can stand in his line: what leads him away stands behind what does not."""
Reader: TypeAlias = Literal["leads", "follows", "waits"]
NO_LABELS: Mapping[str, str] = {}
STOP = 8
"""The acts begin at a multiple of so many cells, whatever the name before them."""
MOST_MADE = 100
"""Lines of acts that are kept."""
_NAMES = {"up": "↑", "down": "↓"}
_BY_ID = {action.id: action for action in ACTIONS}


def key_line(
    width: int, useful: Container[str], labels: Mapping[str, str] = NO_LABELS, reader: Reader = "leads"
) -> KeyLine:
    """The keys of the run: those of `useful`, as many as fit. `labels`: by action the words of those that do
    something else than on the screen of a run; `reader`: whether he follows a presenter, or waits for one."""
    shown: set[str] = set()
    left = width
    if reader == "waits":
        useful = ("help", "quit")
    entries = {
        (first := entry.actions[0]): entry._replace(label=labels.get(first, entry.label))
        for entry in (_OF_A_FOLLOWER if reader == "follows" else ENTRIES)
    }
    for first in _order(useful, reader):
        cells = sum(cell_len(text) for text, _, _ in _pieces(entries[first], useful))
        if first not in shown and 0 < cells <= left + 1:  # The blank behind the last one may be cut off.
            shown.add(first)
            left -= cells
    pieces = [piece for first, entry in entries.items() if first in shown for piece in _pieces(entry, useful)]
    return _line(pieces, width)


def _order(useful: Container[str], reader: Reader) -> Sequence[str]:
    """Which entry has room first."""
    if reader == "follows":
        return _FIRST_OF_A_FOLLOWER
    if "step" in useful:
        return _FIRST
    return _FIRST_AT_THE_END if "back" in useful else _FIRST_IN_A_LAB


class ActsLine:
    """What can be done with the segment that is looked at. What stands behind its name is made once, for it
    is the same from step to step; and it stands at the same place, so that little of the line is drawn anew.
    """

    def __init__(self) -> None:
        self._made = lru_cache(MOST_MADE)(_fitting)

    def line(
        self, transmission: Transmission | None, wire: Wire, position: int, selection: int, width: int
    ) -> KeyLine:
        """`selection` as the session has it."""
        if transmission is None:
            return _line([], width)
        selected = selection == transmission.number
        begin = f" {text_of(subject(transmission, selected))}"
        begin += " " * (-cell_len(begin) % STOP)
        made = self._made(tuple(acts(transmission, wire, position, selected)), width - cell_len(begin))
        return _line([(begin, "plain", None), *made], width)


def answers_line(count: int, width: int, *, shows: bool = True) -> KeyLine:
    """The keys that answer a question of so many choices, and, if one `shows` the answer, that one."""
    pieces: list[_Piece] = []
    for choice in range(1, count + 1):
        action = f"answer_{choice}"
        pieces.append((f" {_key(action)}", "key", action))
    if count:
        pieces.append((f" {say('ui.keys.answers')}  ", "dim", None))
    if shows:
        pieces += [(f" {_key('step')}", "key", "step"), (f" {say('ui.keys.shows')} ", "dim", "step")]
    return _line(pieces, width)


def _fitting(found: tuple[Act, ...], room: int) -> list[_Piece]:
    """The acts in words or in fewer; those that have no room are left out, the last first. One that can't be
    done keeps its place free."""
    for brief, least in ((False, len(found) - 1), (True, 1)):
        for count in range(len(found), least - 1, -1):
            pieces: list[_Piece] = []
            for act in found[:count]:
                key, words = f"  {_key(act.action)}", f" {text_of(act.brief if brief else act.words)}"
                if act.can_be_done:
                    pieces += [(key, "key", act.action), (words, "dim", act.action)]
                else:
                    pieces.append((" " * (cell_len(key) + cell_len(words)), "plain", None))
            if sum(cell_len(text) for text, _, _ in pieces) <= room:
                return pieces
    return []


def _pieces(entry: Entry, useful: Container[str]) -> list[_Piece]:
    """The keys of an entry and its label; nothing if none of them does something now."""
    actions = [action for action in entry.actions if action in useful]
    pieces: list[_Piece] = []
    for action in actions:
        pieces.append((f"{entry.between if pieces else ' '}{_key(action)}", "key", action))
    if pieces:
        pieces.append((f" {say(entry.label)} ", "dim", actions[0]))
    return pieces


def _key(action: str) -> str:
    name = key_names(_BY_ID[action])[0]
    return _NAMES.get(name, name)


def _line(pieces: Iterable[_Piece], width: int) -> KeyLine:
    spans: list[Span] = []
    zones: list[Zone] = []
    at = 0
    for text, style, action in pieces:
        spans.append((text, style))
        cells = cell_len(text)
        if action is not None:
            zones.append(Zone(at, at + cells, action))
        at += cells
    return KeyLine(fit(tuple(spans), width), tuple(zones))
