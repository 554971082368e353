"""The pane of keys: what can be done with the selected segment and with the run. A click on a key is
the key."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

from textual.events import Click
from textual.message import Message

from tcptui.lab.ends import End
from tcptui.lab.wire import SIDES, Side
from tcptui.ui.actions import rebound_keys
from tcptui.ui.key_lines import ActsLine, KeyLine, Reader, answers_line, key_line
from tcptui.ui.panes.kept import kept
from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.lines import Line

MOST_MADE = 8
"""Lines of keys that are kept."""
_ALWAYS = frozenset(
    ("bookmark", "numbers", "predict", "enlarge", "moves", "find", "previous_story", "next_story", "copy",
     "lab", "save", "scenarios", "palette", "help", "quit")
)  # fmt: skip

_IF = (
    ("back", "home"), ("step", "end", "next_change"), ("play",), ("up", "down"), ("call_a",), ("call_b",),
    ("slower", "faster"), ("page_up", "page_down"), ("branch",), ("undo",), ("next_bookmark",),
)  # fmt: skip
"""Actions that have something to do under one condition each, as `KeysPane._conditions` has them."""


class KeysPane(SessionPane):
    """Two lines. `more` tells which actions are of use now, of those that depend on the screen."""

    class Pressed(Message):
        """A key has been clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, session: Session, more: Callable[[], frozenset[str]]) -> None:
        super().__init__(session)
        self._more = more
        self.reader: Reader = "leads"
        """What the reader does: he leads what is shown, follows a presenter, or waits for one."""
        self._made = lru_cache(MOST_MADE)(_key_line)
        """Keeps lines of keys, for a run goes to and fro between a few. Not for all panes: language and keys
        may be another app's."""
        self._made_now: tuple[KeyLine, KeyLine] | None = None
        """What was made when the lines were asked for last; None: they were kept."""
        self._seen = KeyLine(()), KeyLine(())
        """The lines that are seen, and what a click on them does."""
        self._callable: dict[Side, tuple[End, bool]] = {}
        """Whether a program can call something at an end, and of which end that was found: most steps leave
        one end as it is."""
        self._acts = ActsLine()

    def depends(self) -> Hashable | None:
        session, step = self.session, self.step
        if step is None or session.covered:
            return None
        return step, session.selection, self.reader, self._more(), self._beside_step(), rebound_keys()

    def lines(self, width: int, height: int) -> list[Line]:
        self._made_now = made = self._make(width)
        return [keys.line for keys in made]

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        action = None if offset is None else self._seen[offset.y].action_at(offset.x)
        if action is not None:
            self.post_message(self.Pressed(action))

    def _asked(self) -> list[Line]:
        """And what a click does on them: while long work is done they stay as they are."""
        self._made_now = None
        lines = super()._asked()
        key, width = self._kept_as, self._place.width

        def made() -> tuple[KeyLine, KeyLine]:
            return self._made_now or self._make(width)

        self._seen = made() if key is None else kept((KeyLine, key), 2 * width, made)
        return lines

    def _make(self, width: int) -> tuple[KeyLine, KeyLine]:
        """What can be done with the segment, or which keys answer a question, and what with the run."""
        session = self.session
        keys = self._made(width, self._more(), self._conditions(), self.reader)
        if session.covered:
            asked, predicting = session.asked, session.predicting
            answers = asked is not None and predicting is not None and predicting.is_answered_here
            shows = predicting is not None and predicting.shows_answer
            count = len(asked.choices) if asked is not None and answers else 0
            return answers_line(count, width, shows=shows), keys
        acts = self._acts.line(
            session.selected, session.world.wire, session.history.position, session.selection, width
        )
        return acts, keys

    def _conditions(self) -> tuple[bool, ...]:
        """Those under which actions have something to do (`_IF`)."""
        session, position = self.session, self.session.history.position
        is_followed, *others = self._beside_step()
        happens = session.world.next_event() is not None
        calls = map(self._can_call, SIDES)
        return position > 0, happens or is_followed, happens, session.world.wire.launched > 1, *calls, *others

    def _beside_step(self) -> tuple[bool, ...]:
        """What they are made of beside the step that is shown: whether more moves are known, and those that
        stand last in `_IF`."""
        session, history = self.session, self.session.history
        return (
            history.position < history.length,
            session.playing,
            not session.follows,
            history.branches > 1,
            history.last_fault is not None,
            bool(session.bookmarks),
        )

    def _can_call(self, side: Side) -> bool:
        end = self.session.world.end(side)
        known = self._callable.get(side)
        if known is None or known[0] is not end:
            known = self._callable[side] = end, bool(end.possible_calls)
        return known[1]


def _key_line(width: int, more: frozenset[str], conditions: tuple[bool, ...], reader: Reader) -> KeyLine:
    useful = set(_ALWAYS | more)
    for actions, holds in zip(_IF, conditions, strict=True):
        if holds:
            useful.update(actions)
    if reader == "follows":
        useful.add("inspector")
    return key_line(width, useful, reader=reader)
