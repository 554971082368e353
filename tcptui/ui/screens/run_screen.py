"""The screen of a run: A, the wire and B side by side, the sentence of why below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, cast
from urllib.parse import quote

from textual.binding import Binding, BindingType
from textual.timer import Timer

from tcptui.explain.catalogue import say
from tcptui.lab.moves import Move
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Side
from tcptui.ui.actions import bindings
from tcptui.ui.panes.clock import ClockPane
from tcptui.ui.panes.endpoint import EndpointPane
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.panes.why import WhyPane
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.screens.inspector_actions import InspectorActions
from tcptui.ui.screens.pane_screen import FRAMES_PER_SECOND
from tcptui.ui.session import Session
from tcptui.ui.typed import call_error, moves_error, pattern_error
from tcptui.view.inspectors import INSPECTORS, Inspector
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH, places
from tcptui.view.story import NOTHING, story_rows

if TYPE_CHECKING:
    from tcptui.ui.app import TcptuiApp

BREATH = 0.001
"""Seconds between two slices of long work, in which keys and signals are read."""
MOST_WAITING = 1_000
"""Keys that wait until long work is done; those that come then are lost."""
LONGEST_TITLE = 600
"""Characters of the moves so far that stand above the line to type: the latest."""
LEAST_SAID = 2
"""Lines for what a story says at its moments, kept free between them."""
_QUESTIONS = {
    "send": "ui.call.data",
    "sendto": "ui.call.data",
    "send+urgent": "ui.call.urgent",
    "read:100": "ui.call.octets",
}
"""What calls of the RFC's and of UDP's ask for before they are made."""
_DATA = "hello"


class AllStories(Protocol):
    """Where the story that is shown comes from."""

    def story_beside(self, by: int) -> Scenario | None:
        """The story that stands `by` places after it; None: there is none."""

    def saw(self, scenario: Scenario) -> None:
        """A story has been seen to its end."""


class RunScreen(InspectorActions):
    """One session. The session holds all there is to know; this shows it and hands keys on to it.

    A key that changes the session while that is still working on what a key before has begun takes its turn
    after it, as if nothing took long; Escape gives up both the work and the keys that wait for it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(),
        Binding("escape", "stop", "Stop", show=False),
    ]

    def __init__(
        self,
        session: Session,
        inspectors: Sequence[Inspector] = INSPECTORS,
        stories: AllStories | None = None,
    ) -> None:
        super().__init__(session, inspectors)
        self._stories = stories
        self._said = 0
        """The lines for what the story says."""
        self._sought = ""
        """What has been looked for last."""
        self._waiting: list[Callable[[], None]] = []
        """What keys are to do once the session has finished its work."""
        self._ticking: Timer | None = None
        """The next frame of a playing run, or slice of long work; there is never more than one."""
        self._ends = EndpointPane(session, "A"), EndpointPane(session, "B")
        for end in self._ends:
            self.add(end)
        self._wire = self.add(WirePane(session))
        self._clock = self.add(ClockPane(session))
        self._why = self.add(WhyPane(session))
        self._keys = self.add(KeysPane(session, self._of_use_here))

    def open(self, session: Session) -> None:
        """Shows another session from now on."""
        session.begin_like(self.session)
        session.visited_before = self.session.visited()
        self.session = session
        self._waiting.clear()
        for pane in self._panes:
            if isinstance(pane, SessionPane):
                pane.session = session
        self._rearrange()

    def place_panes(self, width: int, height: int) -> None:
        self._said = said = self._said_rows(width, height)
        wanted = self._wanted_inspectors()
        where = places(width, height, [one.room for one in wanted], said, asked=self._has_chosen)
        frames = [self._ends[0].fill_frame(where.a), self._ends[1].fill_frame(where.b)]
        if where.wire is not None:
            frames.append(self._wire.fill_frame(where.wire))
        else:
            self._wire.display = False
        frames += self._fill_inspectors(wanted, where.inspectors)
        self._clock.fill(where.clock)
        self._why.said = said
        self._why.fill(where.why)
        self._keys.fill(where.keys)
        title = self.session.history.scenario.title
        self.backdrop.fill_screen(width, height, title, frames)

    def show(self) -> None:
        """Draws what has changed, all anew where what the story says needs more lines, or fewer."""
        if self._said_rows(*self.size) == self._said:
            super().show()
        else:
            self._rearrange()

    def _of_use_here(self) -> frozenset[str]:
        """The actions that are of use now because of what is on this screen."""
        ends = {"connection_a": self._ends[0].host, "connection_b": self._ends[1].host}
        several = {key for key, host in ends.items() if host is not None and host.total > 1}
        if self.session.history.scenario.variants:
            several.add("variant")
        told = (self._why, *self._ends)
        return frozenset(several | {"read"} if any(pane.is_cut for pane in told) else several)

    async def on_keys_pane_pressed(self, event: KeysPane.Pressed) -> None:
        """A click on a key does what the key does."""
        await self.app.run_action(event.action, self if hasattr(self, f"action_{event.action}") else self.app)

    # Actions.

    def action_branch(self) -> None:
        self._change(self.session.switch_branch)

    def action_next_story(self) -> None:
        self._change(lambda: self._open_beside(1))

    def action_previous_story(self) -> None:
        self._change(lambda: self._open_beside(-1))

    def action_variant(self) -> None:
        self._change(self._next_variant)

    def action_call_a(self) -> None:
        self._change(lambda: self._choose_call("A"))

    def action_call_b(self) -> None:
        self._change(lambda: self._choose_call("B"))

    def action_read(self) -> None:
        self._change(self._read)

    def action_copy(self) -> None:
        from tcptui.ui.screens.take_away import copy_command

        self._change(lambda: copy_command(cast("TcptuiApp", self.app), self.session))

    def action_save(self) -> None:
        from tcptui.ui.screens.take_away import save

        self._change(lambda: save(cast("TcptuiApp", self.app), self.session, self.show))

    def action_moves(self) -> None:
        self._change(self._ask_moves)

    def action_find(self) -> None:
        self._change(self._ask_what_to_find)

    def action_help(self) -> None:
        self._change(self._help)

    def action_stop(self) -> None:
        """Gives up long work; where there is none, puts the story's panel away, and then follows the newest
        segment again."""
        self._waiting.clear()
        if self.session.working:
            self.session.stop()
        elif not self.session.story.put_away():
            self.session.follow()
        self.show()

    @property
    def _page(self) -> int:
        return max(1, self._wire.size.height - 2)

    # Inside. Dialogs are imported when they open: the first frame does not wait for them.

    def _change(self, change: Callable[[], None]) -> None:
        """Changes the session, after what it is still working on, and shows it."""
        if self.session.working:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(change)
            return
        change()
        self._go_on()

    def _go_on(self) -> None:
        """Shows the session, and asks for what it wants next."""
        if self.session.working:
            self._later(BREATH, self._work)
        elif self.session.playing:
            self._later(1 / FRAMES_PER_SECOND, self._tick)
        elif self._stories is not None and self.session.story.over:
            self._stories.saw(self.session.history.scenario)
        self.show()

    def _open_beside(self, by: int) -> None:
        """The story that stands so many places after this one in the list."""
        stories = self._stories
        story = None if stories is None else stories.story_beside(by)
        if story is None:
            self.session.message = say("ui.no_story_after" if by > 0 else "ui.no_story_before")
        else:
            self.open(Session(story))

    def _next_variant(self) -> None:
        """The next variant of the story from its beginning, and after the last one the story itself."""
        scenario = self.session.history.scenario
        names = ("", *(one.name for one in scenario.variants))
        if len(names) == 1:
            self.session.message = say("ui.no_variants")
            return
        from tcptui.lab.loader import scenario_of_variant

        following = names[(names.index(scenario.variant) + 1) % len(names)]
        self.open(Session(scenario_of_variant(scenario, following)))

    def _said_rows(self, width: int, height: int) -> int:
        """How many lines the story has for what it says."""
        session = self.session
        story = session.story
        said, panel = ((), NOTHING) if session.working else (story.said, story.panel)
        least = LEAST_SAID if session.history.narration is not None else 0
        return story_rows(said, panel, max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT), least)

    def _pause(self) -> None:
        """Before something opens above the run."""
        self.session.playing = False
        self.session.say_nothing()
        self.show()

    def _ask_moves(self) -> None:
        from tcptui.ui.screens.dialogs import Prompt

        self._pause()
        session = self.session

        def made(text: str | None) -> None:
            if text:
                self._change(lambda: session.type_moves(text))

        told = session.history.text() or say("ui.moves.none")
        if len(told) > LONGEST_TITLE:
            told = f"… {told[-LONGEST_TITLE:]}"
        hint = "s5 l2 d4+200ms u3 a:send:hello b:['exit()'] x>b:SYN:seq=90"
        prompt = Prompt(say("ui.moves.so_far", moves=told), hint, check=moves_error)
        self.app.push_screen(prompt, made)

    def _ask_what_to_find(self) -> None:
        from tcptui.ui.screens.dialogs import Prompt

        def typed(text: str | None) -> None:
            if text:
                self._sought = text
                self._change(lambda: self.session.find(text))

        self._pause()
        hint = "12  FIN  SYN,ACK  lost  again  TIME-WAIT  B DATA len=5 arrives"
        prompt = Prompt(say("ui.find.what"), hint, self._sought, check=pattern_error)
        self.app.push_screen(prompt, typed)

    def _help(self) -> None:
        from tcptui.ui.screens.dialogs import HelpScreen

        self._pause()
        self.app.push_screen(HelpScreen())

    def _read(self) -> None:
        from tcptui.ui.screens.reader import Reader

        self._pause()
        self.app.push_screen(Reader(self.session))

    def _choose_call(self, side: Side) -> None:
        from tcptui.lab.ends.typed import calls_at
        from tcptui.ui.screens.dialogs import CallMenu, Prompt

        self._pause()
        if not self.session.world.end(side).possible_calls:
            self.session.message = say("ui.call.none", side=side)
            return
        from tcptui.lab.moves_text import parse_moves, written_move  # Late: the first frame has none.

        host = self.session.world.host(side)

        def chosen(call: str | None) -> None:
            if call is not None and call.endswith((")", "]", "}")):
                question, value = say("ui.call.socket", side=side), call
                asked(question, value, call_error, lambda text: written_move(side, text))
            elif call is not None:
                name, _, usual = call.partition(":")
                word = f"{side.lower()}:{name}"
                if call not in _QUESTIONS:
                    made(parse_moves(word)[0])
                    return
                asked(
                    say(_QUESTIONS[call], side=side),
                    usual or _DATA,
                    lambda text: moves_error(f"{word}:{quote(text)}") if text else "",
                    lambda text: parse_moves(f"{word}:{quote(text)}")[0],
                )

        def asked(
            question: str, value: str, check: Callable[[str], str], move: Callable[[str], Move]
        ) -> None:
            def typed(text: str | None) -> None:
                if text:
                    made(move(text))

            self.app.push_screen(Prompt(question, value=value, check=check), typed)

        def made(move: Move) -> None:
            self._change(lambda: self.session.apply(move))

        self.app.push_screen(CallMenu(side, host.state_of(host.opened), calls_at(host)), chosen)

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self.set_timer(seconds, then)

    def _tick(self) -> None:
        if self.session.playing and not self.session.working:
            self.session.tick(1 / FRAMES_PER_SECOND)
            self._go_on()

    def _work(self) -> None:
        """Another slice; when the work is done, the keys that wait for it."""
        self.session.work()
        while self._waiting and not self.session.working:
            self._waiting.pop(0)()
        self._go_on()

    def _rearrange(self) -> None:
        self.place_again(*self.size)
        self.refresh()
