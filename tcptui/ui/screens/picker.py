"""The list of stories to choose from: by chapter, or those in which a typed text stands.

It is drawn as the panes of a run are, by a function of what is looked for; a widget for each part would cost
more at every key, and a list of Textual's finds its lines only once it has been drawn. A preview is made when
a cursor has stood still for a moment, in slices of time between which keys are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Click, Key, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.geometry import Size
from textual.layout import DockArrangeResult
from textual.screen import Screen
from textual.timer import Timer

from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.loader import BadScenario, scenario_of_variant
from tcptui.printable import printable
from tcptui.ui.choice import Choice, Found
from tcptui.ui.panes.pane import Pane, arrangement, fire_once
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.seen import Scores, ScoresInMemory, Seen, story_name
from tcptui.ui.stories import Stories
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH, Place
from tcptui.view.lines import Line, fit
from tcptui.view.picker import Entry, Picture, list_width, picker_picture
from tcptui.view.picker import Key as NamedKey
from tcptui.view.preview import Heading

if TYPE_CHECKING:
    from tcptui.lab.scenario import Scenario  # noqa: F401  In the base of Picker.

STANDS_STILL = 0.05
"""Seconds after which a preview is made of the story under the cursor."""
SLICE = 0.008
"""Seconds of work on previews at a time."""
BREATH = 0.004
"""Seconds between two slices, in which keys are read."""
PAGE = 10
"""Stories that a page key goes past."""
_FIRST_ROW = 2
"""The line of the screen on which the list begins."""
_NOT_TYPED = frozenset("/[]?:")
"""Characters that are keys wherever the list is in front; without a text digits and q are keys too."""


class PickerPane(Pane):
    """The whole screen."""

    def __init__(
        self, choice: Choice, stories: Stories, seen: Seen, marked: Seen, scores: Scores, can_leave: bool,
        can_mark: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self._scores = scores
        self.choice = choice
        self._stories = stories
        self._seen, self._marked, self.can_mark = seen, marked, can_mark
        self._can_leave = can_leave
        self.looking = False
        """Whether stories are still being played that may match too."""
        self.picture = Picture([], [], 0, [])
        self.note = ""
        """What stands in the place of the second line of keys."""

    def lines(self, width: int, height: int) -> list[Line]:
        choice, current = self.choice, self.choice.current
        heading, played = None, None
        if current is not None:
            heading = self._heading(current)
            played = self._stories.played(current.story.name, current.variant_name)
        self.picture = picker_picture(
            width, height, [self._entry(one) for one in choice.found], choice.at,
            text=choice.text if choice.text or choice.searching else None, found=self._count(),
            top=self.picture.top, heading=heading, played=played, keys=self._keys(),
            score=self._score,
        )  # fmt: skip
        if self.note:
            return [*self.picture.lines[:-1], fit(((f" {self.note}", "error"),), width)]
        return self.picture.lines

    def _score(self, chapter: str) -> str:
        """How many questions of a chapter were answered right; empty: none was answered."""
        right, answered = self._scores.of(chapter)
        return say("ui.picker.score", right=right, count=answered) if answered else ""

    def _entry(self, found: Found) -> Entry:
        story, name = found.story, story_name(found.story.name, found.variant_name)
        title = f"{story.title}: {found.variant_name}" if found.variant else story.title
        if self._stories.broken(story.name) is not None:
            title = say("ui.picker.broken")
        chapter = story.chapter or say("ui.picker.own")
        return Entry(story.name, title, chapter, name in self._seen.names, name in self._marked.names)

    def _heading(self, found: Found) -> Heading:
        entry = self._entry(found)
        signs = (("✓ " + say("ui.picker.seen"), entry.seen), ("* " + say("ui.picker.marked"), entry.marked))
        notes = "  ".join(sign for sign, stands in signs if stands)
        broken = self._stories.broken(found.story.name)
        question = found.story.question if broken is None else printable(text_of(broken))
        return Heading(entry.title, question, found.story.variants, found.variant, notes)

    def _count(self) -> str:
        choice = self.choice
        if not choice.text:
            return say("ui.picker.all", count=len(choice.stories))
        key = "ui.picker.found_so_far" if self.looking else "ui.picker.found"
        return say(key, count=len(choice.found), all=len(choice.stories))

    def _keys(self) -> list[list[NamedKey]]:
        choice = self.choice
        typing = bool(choice.text) or choice.searching
        first = [
            NamedKey("↑↓", say("ui.picker.key.choose")),
            NamedKey("enter", say("ui.picker.key.play"), "choose"),
            NamedKey("]", say("ui.picker.key.next"), "move(1)"),
            NamedKey("←→", say("ui.picker.key.variant"), "turn(1)"),
            *(
                [NamedKey("tab" if typing else "space", say("ui.picker.key.mark"), "mark")]
                if self.can_mark
                else []
            ),
            NamedKey("?", say("ui.picker.key.help"), "help"),
        ]
        if choice.current is None:
            first = first[-1:]
        second = [NamedKey("esc", say("ui.picker.key.all"), "leave")] if typing else []
        if not typing:
            second = [NamedKey("1-9", say("ui.picker.key.chapter")), NamedKey("/", say("ui.picker.key.type"))]
            if self._can_leave:
                second.append(NamedKey("esc", say("ui.picker.key.back"), "leave"))
            second.append(NamedKey("q", say("ui.picker.key.quit"), "app.quit"))
        return [first, second]


class BehindList(Screen[None], inherit_css=False):
    """What the list stands on before a run has been chosen. It is never seen."""


class Picker(Screen["Scenario | None"], inherit_css=False):
    """All stories by chapter, and a preview of the one under the cursor."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "Back"),
        ("enter", "choose", "Play"),
        ("space,tab", "mark", "Mark"),
        ("down,right_square_bracket", "move(1)", "Next"),
        ("up,left_square_bracket", "move(-1)", "Previous"),
        ("pagedown", f"move({PAGE})", "Next page"),
        ("pageup", f"move(-{PAGE})", "Previous page"),
        ("home", "move(-9999)", "First"),
        ("end", "move(9999)", "Last"),
        ("right", "turn(1)", "Next variant"),
        ("left", "turn(-1)", "Previous variant"),
        ("backspace", "erase", "Erase"),
        ("slash", "search", "Search"),
        ("question_mark,f1", "help", "Help"),
    ]

    def __init__(
        self,
        stories: Stories,
        seen: Seen,
        marked: Seen,
        scores: Scores | None = None,
        *,
        at: str = "",
        can_leave: bool = True,
        can_mark: bool = True,
    ) -> None:
        """`at` is the story under the cursor at first; `can_leave`: there is something to go back to;
        `can_mark`: stories can be marked."""
        super().__init__()
        self.styles.background = "ansi_default"
        self.choice = Choice(stories.listed, stories.sections)
        self.choice.go_to(at)
        self._stories, self._marked = stories, marked
        self._can_leave = can_leave
        self._pane = PickerPane(
            self.choice, stories, seen, marked, ScoresInMemory() if scores is None else scores, can_leave,
            can_mark,
        )  # fmt: skip
        self._work: Iterator[None] | None = None
        self._timer: Timer | None = None
        self.working = False
        """Whether more will be shown without a key."""

    def compose(self) -> ComposeResult:
        self.place_again(*self.app.size)
        yield self._pane

    def on_mount(self) -> None:
        self._prepare()

    def on_resize(self, event: Resize) -> None:
        self.place_again(*event.size)
        self.refresh()

    def place_again(self, width: int, height: int) -> None:
        """After the size has changed, or the colours."""
        self._pane.fill(Place(0, 0, max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT)))

    def arrange(self, size: Size, _optimal: bool = False) -> DockArrangeResult:
        """Where Textual finds the pane."""
        return arrangement([self._pane])

    # Keys and the mouse.

    def on_key(self, event: Key) -> None:
        """A character is typed, unless it is a key: digits, q and a blank are only where nothing has been
        typed."""
        choice, character = self.choice, event.character
        if character is None or not event.is_printable or character in _NOT_TYPED:
            return
        if not choice.text and not choice.searching:
            if character in "q ":
                return
            if character.isdecimal():
                choice.to_chapter(int(character))
                self._take(event)
                return
        choice.type(character)
        self._take(event)

    def on_paste(self, event: Paste) -> None:
        self.choice.type("".join(one for one in event.text if one.isprintable()))
        self._changed()

    def _take(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        self._changed()

    async def on_click(self, event: Click) -> None:
        """On a story: the cursor goes there; on the one under the cursor: it is played; on a key: that."""
        picture = self._pane.picture
        row = event.y - _FIRST_ROW
        if 0 <= row < len(picture.rows) and event.x <= list_width(self._pane.size.width):
            place = picture.rows[row]
            if place == self.choice.at:
                self.action_choose()
            elif isinstance(place, int):
                self.choice.at = place
                self._changed()
            return
        below = event.y - len(picture.lines) + len(picture.keys)
        for start, end, action in picture.keys[below] if 0 <= below < len(picture.keys) else ():
            if start <= event.x < end and action:
                await self.run_action(action)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.action_move(-1)

    def action_choose(self) -> None:
        """Plays the story under the cursor."""
        current = self.choice.current
        if current is not None:
            try:
                scenario = scenario_of_variant(current.story.load(), current.variant_name)
            except BadScenario as error:
                self.tell(printable(text_of(error.message)))
                return
            dismiss_once(self, scenario)

    def action_leave(self) -> None:
        """First all stories are listed again; then back to the run; without one nothing, for Escape is a key
        that is pressed once too often."""
        if self.choice.text or self.choice.searching:
            self.choice.clear()
            self._changed()
        elif self._can_leave:
            dismiss_once(self, None)

    def action_move(self, by: int) -> None:
        self.choice.move(by)
        self._changed()

    def action_turn(self, by: int) -> None:
        self.choice.turn(by)
        self._changed()

    def action_erase(self) -> None:
        self.choice.erase()
        self._changed()

    def action_search(self) -> None:
        self.choice.search()
        self._changed()

    def action_mark(self) -> None:
        """Marks the story for a lecture, or takes the mark away."""
        current = self.choice.current
        if current is not None and self._pane.can_mark:
            name = story_name(current.story.name, current.variant_name)
            (self._marked.discard if name in self._marked.names else self._marked.add)(name)
        self._changed()

    def action_help(self) -> None:
        from tcptui.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(of_list=True, can_mark=self._pane.can_mark))

    # The preview.

    def tell(self, note: str) -> None:
        """A line that stands there until the next key."""
        self._pane.note = note
        if self.is_mounted:
            self._show()

    def _changed(self) -> None:
        """After a key or a click."""
        self._pane.note = ""
        self._prepare()

    def _prepare(self) -> None:
        """Shows what is there, and prepares what is not."""
        current = self.choice.current
        known = current is None or self._stories.played(current.story.name, current.variant_name)
        self._pane.looking = bool(self.choice.text) and not self._stories.all_played
        self._show()
        if not known or self._pane.looking:
            self._later(STANDS_STILL, self._begin)

    def _show(self) -> None:
        changed = self._pane.update()
        if changed:
            self.refresh(*(piece.region for piece in changed))

    def _begin(self) -> None:
        """Plays the story under the cursor, and while a text is looked for all others after it."""
        self._work = self._plays()
        self._go_on()

    def _plays(self) -> Iterator[None]:
        current = self.choice.current
        if current is not None:
            yield from self._stories.play(current.story, current.variant_name)
            self._show()
        if self.choice.text:
            yield from self._stories.play_all()
            self._pane.looking = False

    def _go_on(self) -> None:
        until = perf_counter() + SLICE
        work = self._work
        while work is not None and perf_counter() < until:
            if next(work, work) is work:  # It has ended: it yields nothing.
                self._work = work = None
        if self.choice.text:
            self.choice.look_again()
        self._show()
        self.working = False
        if work is not None:
            self._later(BREATH, self._go_on)

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = fire_once(self, seconds, then)
        self.working = True
