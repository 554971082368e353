"""The help: every key by what it is for, then every word and sign of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from tcptui.explain.catalogue import say
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.screens.dialogs import BOX
from tcptui.ui.screens.once import dismiss_once
from tcptui.view.help import Section, glossary, index_lines, section_lines
from tcptui.view.lines import Line, Style

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
_LOOKS: dict[Style, str] = {"title": "bold", "key": "bold", "dim": "$text-muted", "plain": ""}


_LIST = (
    ("abc", "letters"), ("/", "search"), ("1-9", "chapter"), ("↑↓ [ ]", "choose"), ("←→", "variant"),
    ("enter", "play"), ("space", "mark"), ("esc", "escape"), ("✓ *", "signs"),
    ("7 / 9", "score"),
)  # fmt: skip
"""The keys of the list of stories."""


def sections(of_list: bool = False) -> Iterator[Section]:
    """All that is explained; `of_list`: the keys of the list of stories first."""
    listed = Section(say("glossary.keys.list"), [(key, say(f"glossary.list.{name}")) for key, name in _LIST])
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


class HelpScreen(ModalScreen[None]):
    """The sections one below the other, to be scrolled; a digit goes to one of them."""

    DEFAULT_CSS = f"""
    HelpScreen {{ {BOX} &:ansi {{ background: $background; }}
        #box {{ width: 100%; max-width: {WIDEST}; height: 100%; max-height: 100%; }}
        VerticalScroll {{ scrollbar-size-vertical: 1; }}
        Static {{ width: auto; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,question_mark,f1", "leave", "Close"),
        *((str(number), f"section({number})", "Go to a section") for number in range(1, 10)),
    ]

    def __init__(self, of_list: bool = False) -> None:
        """`of_list`: it is opened above the list of stories."""
        super().__init__()
        self._sections = list(sections(of_list))
        keys = len(GROUPS) + 1
        self._index = [0, *range(keys, len(self._sections))]
        """The sections that digits go to: the first of the keys, and those of words."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(id="title")
            with VerticalScroll():
                for _ in self._sections:
                    yield Static(classes="section")

    def on_resize(self, event: Resize) -> None:
        width = min(event.size.width, WIDEST) - _FRAME
        titles = [say("glossary.keys"), *(self._sections[at].title for at in self._index[1:])]
        self.query_one("#title", Static).update(_content(index_lines(titles, width)))
        for place, (section, static) in enumerate(zip(self._sections, self.query(".section"), strict=True)):
            assert isinstance(static, Static)
            lines = section_lines(section, width)
            static.update(_content([*lines, ()] if place < len(self._sections) - 1 else lines))

    def action_section(self, number: int) -> None:
        found = self.query(".section")  # None, before the first frame.
        if number <= len(self._index) and found:
            found[self._index[number - 1]].scroll_visible(top=True, animate=False)

    def action_leave(self) -> None:
        dismiss_once(self, None)


def _content(lines: list[Line]) -> Content:
    """The lines as Textual's widgets take them."""
    return Content("\n").join(
        Content.assemble(*((text, _LOOKS[style]) for text, style in line)) for line in lines
    )
