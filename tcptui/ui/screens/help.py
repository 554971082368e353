"""The help: every key by what it is for, then every word and sign of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.color import Color
from textual.content import Content
from textual.events import Resize
from textual.strip import Strip
from textual.style import Style

from tcptui.explain.catalogue import say
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.screens.box import Box, Title, colours_for
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.scrolled import Scrolled
from tcptui.view.help import Section, glossary, index_lines, section_lines
from tcptui.view.lines import Line

WIDEST = 168
"""Columns of the box: two of text gain nothing by more."""
_FRAME = 5
"""Columns of its border, padding and scroll bar."""
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("run", (
        "step", "forward", "back", "home", "end", "play", "faster", "slower", "next_change",
        "previous_change", "find", "bookmark", "next_bookmark",
    )),
    ("segment", ("up", "down", "go_to", "lose", "delay", "duplicate", "reorder", "undo")),
    ("ends", ("call_a", "call_b", "connection_a", "connection_b", "moves", "branch")),
    ("see", (
        "question", "follow", "predict", "answer_1", "answer_2", "answer_3", "answer_4", "answer_5", "read",
        "inspector", "previous_inspector", "field", "previous_field", "mark", "enlarge", "numbers",
        "page_down", "page_up", "scroll_down", "scroll_up", "scroll_start", "scroll_end", "theme",
    )),
    ("stories", (
        "variant", "switch", "compare", "previous_story", "next_story", "items", "scenarios", "lab", "copy",
        "save", "palette", "help", "quit",
    )),
)  # fmt: skip
"""Every action, by what it is for."""


_LIST = (
    ("abc", "letters"), ("/", "search"), ("1-9", "chapter"), ("↑↓ [ ]", "choose"), ("←→", "variant"),
    ("enter", "play"), ("space", "mark"), ("esc", "escape"), ("✓ *", "signs"),
    ("7 / 9", "score"),
)  # fmt: skip
"""The keys of the list of stories."""


_LIST_WITHOUT_MARKS = tuple(
    {"signs": ("✓", "seen")}.get(name, (key, name)) for key, name in _LIST if name != "mark"
)


def sections(of_list: bool = False, can_mark: bool = True) -> Iterator[Section]:
    """All that is explained; `of_list`: the keys of the list of stories first; `can_mark`: there stories can
    be marked."""
    keys = _LIST if can_mark else _LIST_WITHOUT_MARKS
    listed = Section(say("glossary.keys.list"), [(key, say(f"glossary.list.{name}")) for key, name in keys])
    if of_list:
        yield listed
    actions = {action.id: action for action in ACTIONS}
    for group, ids in GROUPS:
        entries = [(" ".join(key_names(actions[id])), actions[id].help) for id in ids]
        if group == "see":
            entries.append(("esc", say("glossary.key.escape")))
        yield Section(say(f"glossary.keys.{group}"), entries)
    if not of_list:
        yield listed
    yield from glossary()


class HelpScreen(Dialog[None]):
    """The sections one below the other, to be scrolled; a digit goes to one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,question_mark,f1", "leave", "Close"),
        *((str(number), f"section({number})", "Go to a section") for number in range(1, 10)),
    ]

    def __init__(self, of_list: bool = False, can_mark: bool = True) -> None:
        """`of_list`: it is opened above the list of stories; `can_mark`: there stories can be marked."""
        super().__init__()
        self._all = list(sections(of_list, can_mark))
        keys = len(GROUPS) + 1
        self._index = [0, *range(keys, len(self._all))]
        """The sections that digits go to: the first of the keys, and those of words."""
        self._title, self._sections = Title(), _Sections(self._all)

    def compose(self) -> ComposeResult:
        box = Box(self._title, self._sections)
        box.styles.width, box.styles.max_width = "100%", WIDEST
        box.styles.height = box.styles.max_height = "100%"
        self._name_sections(self.app.size.width)
        yield box

    def on_mount(self) -> None:
        self.styles.background = colours_for(self).ground

    def place_again(self, width: int, height: int) -> None:
        super().place_again(width, height)
        self.styles.background = colours_for(self).ground
        self._name_sections(width)

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._named_for:
            self._name_sections(event.size.width)

    def action_section(self, number: int) -> None:
        if number <= len(self._index):
            self._sections.go_to(self._index[number - 1])

    def action_leave(self) -> None:
        dismiss_once(self, None)

    def _name_sections(self, width: int) -> None:
        self._named_for = width
        titles = [say("glossary.keys"), *(self._all[at].title for at in self._index[1:])]
        muted = Style(foreground=Color.parse(colours_for(self).muted))
        lines = (
            Content.assemble(*((text, muted if look == "dim" else "") for text, look in line))
            for line in index_lines(titles, _text_width(width))
        )
        self._title.update(Content("\n").join(lines))


class _Sections(Scrolled):
    """All lines of all sections."""

    def __init__(self, all_sections: list[Section]) -> None:
        super().__init__()
        self.styles.width = self.styles.height = "1fr"
        self.styles.scrollbar_size_vertical = 1
        self._all = all_sections
        self._beginnings: list[int] = []
        """The line that each section begins on."""

    def go_to(self, section: int) -> None:
        """Scrolls until its title is the first line, or as far as there are lines."""
        if self._beginnings:  # There are none before the first frame.
            self.scroll_to(y=self._beginnings[section], animate=False)

    def strips(self, width: int, style: Style) -> list[Strip]:
        muted, bold = Style(foreground=Color.parse(colours_for(self).muted)), Style(bold=True)
        looks = {
            name: (style + look).rich_style
            for name, look in (("plain", Style()), ("dim", muted), ("title", bold), ("key", bold))
        }
        self._beginnings = []
        lines: list[Line] = []
        for section in self._all:
            self._beginnings.append(len(lines))
            lines += [*section_lines(section, _text_width(self.app.size.width)), ()]
        return [Strip([Segment(text, looks[name]) for text, name in line]) for line in lines[:-1]]


def _text_width(width: int) -> int:
    """Cells of a line of text on a screen of that many."""
    return min(width, WIDEST) - _FRAME
