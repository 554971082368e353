"""The screen of a run: A, the wire and B side by side, the sentence of why below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from tcptui.explain.catalogue import say
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, Side
from tcptui.ui.actions import bindings, key_of
from tcptui.ui.panes.clock import ClockPane
from tcptui.ui.panes.endpoint import EndpointPane
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.pane import Pane, SessionPane, fire_once
from tcptui.ui.panes.why import WhyPane
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.screens.lecture_actions import LectureActions
from tcptui.ui.screens.pane_screen import FRAMES_PER_SECOND, PaneScreen
from tcptui.ui.screens.version_actions import VersionActions
from tcptui.ui.seen import Scores, ScoresInMemory
from tcptui.ui.session import Session
from tcptui.view.cells import cell_len
from tcptui.view.inspectors import INSPECTORS, Inspector
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH, Frame, Place, Places, places
from tcptui.view.story import NOTHING, story_rows

if TYPE_CHECKING:
    from tcptui.ui.app import TcptuiApp
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.panes.inspector import InspectorPane
    from tcptui.ui.panes.letters import LettersPane
    from tcptui.ui.stories import AllStories

BREATH = 0.001
"""Seconds between two slices of long work, in which keys and signals are read."""
MOST_WAITING = 1_000
"""Keys that wait until long work is done; those that come then are lost."""
MOST_LEFT = 20
"""Runs that are kept as they were left."""
CLOCK_EVERY = 5
"""Seconds after which the clock of a lecture is looked at; it tells minutes."""
LEAST_SAID = 2
"""Lines for what a story says at its moments, kept free between them."""


T = TypeVar("T")
Enlarged: TypeAlias = Literal["", "a", "wire", "b"]
_ENLARGED: tuple[Enlarged, ...] = ("", "a", "wire", "b")


class RunScreen(LectureActions, VersionActions, PaneScreen):
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
        lecturing: Lecturing | None = None,
    ) -> None:
        super().__init__(session, inspectors, lecturing)
        self._stories = stories
        self._scores: Scores = ScoresInMemory() if stories is None else stories.scores
        self._said = 0
        """The lines for what the story says."""
        self._sought = ""
        """What has been looked for last."""
        self._left: list[Session] = []
        """Runs with moves of the reader's that were left for others, the latest last."""
        self._waiting: list[Callable[[], None]] = []
        """What keys are to do once the session has finished its work."""
        self._ticking: Timer | None = None
        """The next frame of a playing run, or slice of long work; there is never more than one."""
        self._ends = EndpointPane(session, "A"), EndpointPane(session, "B")
        for end in self._ends:
            self.add(end)
        self._wire = self.add(WirePane(session))
        self._clock = self.add(ClockPane(session, self._clock_parts))
        self._clock_room = 0
        """Cells of what the clock had to tell beside the time when it got its place."""
        self._why = self.add(WhyPane(session))
        self._keys = self.add(KeysPane(session, self._of_use_here))
        self._letters: LettersPane | None = None
        """Made when it is wanted first: Textual looks at each widget for every frame."""
        self.enlarged: Enlarged = ""
        """The pane that has the whole screen; "": none."""

    def come_to(self, scenario: Scenario, way_back: str, any_variant: bool = False) -> None:
        """Opens the run of a scenario as the reader has left it, if moves were made in it by hand, else from
        its beginning. `way_back` is the action that leads back to what is left now; `any_variant`: the run of
        a variant will do."""
        name = scenario.name
        found = next(
            (one for one in reversed(self._left) if (its := one.history.scenario).name == name
             and (any_variant or its.variant == scenario.variant)), None,
        )  # fmt: skip
        self._left = [one for one in self._left if one is not found]
        self.leave_for(Session(scenario) if found is None else found, way_back)
        if found is not None:
            self.session.notice = say("ui.left.again", key=key_of("home"))

    def leave_for(self, session: Session, way_back: str = "scenarios") -> None:
        """Shows another session, and keeps the one that is left, if moves were made in it by hand."""
        left = self.session
        left.playing = False
        self.open(session)
        session.say_nothing()
        if left.history.has_moves_from_outside:
            self._left = [*self._left, left][-MOST_LEFT:]
            session.notice = say("ui.left", name=left.history.scenario.name, key=key_of(way_back))

    def open(self, session: Session) -> None:
        """Shows another session from now on."""
        self._versions = None
        self.take(session)

    def take(self, session: Session) -> None:
        """Shows another session of the same story."""
        if session is not self.session:
            session.begin_like(self.session)
        if self._versions is not None:
            self._versions.shows(session)
        self.session = session
        self._waiting.clear()
        for pane in self._panes:
            if isinstance(pane, SessionPane):
                pane.session = session
        self.rearrange()

    def type_moves(self, moves: str) -> None:
        """Makes moves that are typed, after what the session is still working on."""
        self._change(lambda: self.session.type_moves(moves))

    def on_mount(self) -> None:
        if self._lecturing is not None:
            self.set_interval(CLOCK_EVERY, self.show)

    def place_panes(self, width: int, height: int) -> None:
        self._said = said = self._said_rows(width, height)
        wanted = self._wanted_inspectors()
        title, clock = self.session.history.scenario.title, self._clock_cells()
        self._clock_room = clock[1]
        where = places(
            width, height, [one.room for one in wanted], said, asked=self._has_chosen, title=cell_len(title),
            clock=clock,
        )  # fmt: skip
        if self.enlarged:
            frames = self._fill_enlarged(where, width, height)
        else:
            frames = [self._ends[0].fill_frame(where.a), self._ends[1].fill_frame(where.b)]
            self._wire.display = where.wire is not None
            if where.wire is not None:
                frames.append(self._wire.fill_frame(where.wire))
            frames += self._fill_inspectors(wanted, where.inspectors)
            if self._letters is not None:
                self._letters.display = False
        self._clock.fill(where.clock)
        self._why.said = said
        self._why.fill(where.why)
        self._keys.fill(where.keys)
        self.backdrop.fill_screen(width, height, title, frames, where.clock.width)

    def _fill_enlarged(self, where: Places, width: int, height: int) -> list[Frame]:
        """One pane on the place of all, below the states in large letters, where they have room."""
        self._fill_inspectors((), ())
        chosen = {"a": self._ends[0], "wire": self._wire, "b": self._ends[1]}[self.enlarged]
        for pane in (*self._ends, self._wire):
            pane.display = pane is chosen
        sides = SIDES if self.enlarged == "wire" else (SIDES["ab".index(self.enlarged)],)
        from tcptui.ui.panes.letters import LettersPane, letters_rows  # Late: few want them.

        rows = letters_rows(sides, width, height)
        if self._letters is None:
            self._letters = self.add(LettersPane(self.session))
        self._letters.fill_for(sides, height, Place(0, where.a.y, width, rows))
        return [chosen.fill_frame(Place(0, where.a.y + rows, width, where.a.height - rows))]

    @property
    def drawn(self) -> Sequence[Pane]:
        """All; of long work only how far it has come: what is on the way there is replayed for each frame of
        the others, and not looked at."""
        return (self._clock, self._why) if self.session.working else self._panes

    def show(self) -> None:
        """Draws what has changed, all anew where what the story says needs more lines, or fewer, or the clock
        has more to tell than its place was made for."""
        if self._said_rows(*self.size) == self._said and self._clock_cells()[1] <= self._clock_room:
            super().show()
        else:
            self.rearrange()

    def _of_use_here(self) -> frozenset[str]:
        """The actions that are of use now because of what is on this screen."""
        ends = {"connection_a": self._ends[0].host, "connection_b": self._ends[1].host}
        several = {key for key, host in ends.items() if host is not None and host.total > 1}
        if self.session.history.scenario.variants or self.session.origin.stack:
            several |= {"variant", "switch", "compare"}
        if self._lecturing is not None:
            several.add("items")
        told = (self._why, *self._ends)
        return frozenset(several | {"read"} if any(pane.is_cut for pane in told) else several)

    async def on_keys_pane_pressed(self, event: KeysPane.Pressed) -> None:
        """A click on a key does what the key does."""
        await self.app.run_action(event.action, self if hasattr(self, f"action_{event.action}") else self.app)

    # Actions.

    def action_items(self) -> None:
        self._change(self._choose_item)

    def action_branch(self) -> None:
        self._change(self._choose_branch)

    def action_next_story(self) -> None:
        self._change(lambda: self._open_beside(1, "previous_story"))

    def action_previous_story(self) -> None:
        self._change(lambda: self._open_beside(-1, "next_story"))

    def action_enlarge(self) -> None:
        """A, the wire and B in turn have the whole screen, then none."""
        self._enlarge(_ENLARGED[(_ENLARGED.index(self.enlarged) + 1) % len(_ENLARGED)])

    def action_predict(self) -> None:
        self._change(lambda: self.session.predict(self._scores))

    def action_call_a(self) -> None:
        self._change(lambda: self._choose_call("A"))

    def action_call_b(self) -> None:
        self._change(lambda: self._choose_call("B"))

    def action_read(self) -> None:
        self._change(self._read)

    def action_lab(self) -> None:
        from tcptui.ui.screens.lab import choose_lab

        self._change(lambda: choose_lab(self.app, self.session, self.leave_for))

    def action_copy(self) -> None:
        from tcptui.ui.screens.take_away import copy_command

        self._change(lambda: copy_command(cast("TcptuiApp", self.app), self.session))

    def action_save(self) -> None:
        from tcptui.ui.screens.take_away import save

        self._change(lambda: save(cast("TcptuiApp", self.app), self, self.session))

    def action_moves(self) -> None:
        self._change(self._ask_moves)

    def action_find(self) -> None:
        self._change(self._ask_what_to_find)

    def action_go_to(self) -> None:
        """To the selected segment; where its row stands for others too, their rows are shown first."""
        self._change(self._unfold_or_go)

    def action_help(self) -> None:
        self._change(self._help)

    def action_stop(self) -> None:
        """Gives up long work; where there is none, puts the story's panel away, and then follows the newest
        segment again."""
        self._waiting.clear()
        if self.session.working:
            self.session.stop()
        elif self.session.story.put_away():
            pass
        elif self.enlarged:
            self._enlarge("")
        else:
            self.session.follow()
        self.show()

    @property
    def _page(self) -> int:
        return self._wire.page

    def _enlarge(self, pane: Enlarged) -> None:
        self.enlarged = pane
        self.session.say_nothing()
        self.rearrange()

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
            self._later(max(BREATH, self.session.rest), self._work)
            if self._until_due > 0:
                return
        elif self.session.playing:
            self._later(1 / FRAMES_PER_SECOND, self._tick)
        elif self._stories is not None and self.session.story.over and not self.session.origin.stack:
            self._stories.saw(self.session.history.scenario)
        self.show()

    def _open_beside(self, by: int, way_back: str) -> None:
        """The story that stands so many places after this one in the list."""
        if self._lecturing is not None:
            self._open_item(self._lecturing.at + by)
            return
        stories = self._stories
        story = None if stories is None else stories.story_beside(by)
        if story is None:
            self.session.message = say("ui.no_story_after" if by > 0 else "ui.no_story_before")
        else:
            self.come_to(story, way_back, any_variant=True)

    def _said_rows(self, width: int, height: int) -> int:
        """How many lines the story has for what it says."""
        session = self.session
        story = session.story
        told, panel = ((), NOTHING) if session.working else (story.told, story.panel)
        least = LEAST_SAID if session.history.narration is not None else 0
        width, height = max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT)
        return story_rows(told, panel, width, height, least, session.asked)

    def _push(self, screen: Screen[T], then: Callable[[T | None], None]) -> None:
        self.app.push_screen(screen, then)

    def _pause(self) -> None:
        """Before something opens above the run."""
        self.session.playing = False
        self.session.say_nothing()
        self.show()

    def _ask_moves(self) -> None:
        from tcptui.ui.screens.asking import ask_moves

        self._pause()
        ask_moves(self.app, self.session, self.type_moves)

    def _ask_what_to_find(self) -> None:
        from tcptui.ui.screens.asking import ask_what_to_find

        def typed(text: str) -> None:
            self._sought = text
            self._change(lambda: self.session.find(text))

        self._pause()
        ask_what_to_find(self.app, self._sought, typed)

    def _help(self) -> None:
        from tcptui.ui.screens.help import HelpScreen

        self._pause()
        self.app.push_screen(HelpScreen())

    def _read(self) -> None:
        from tcptui.ui.screens.reader import Reader

        self._pause()
        self.app.push_screen(Reader(self.session))

    def _choose_call(self, side: Side) -> None:
        self._pause()
        if not self.session.world.end(side).possible_calls:
            self.session.message = say("ui.call.none", side=side)
            return
        from tcptui.ui.screens.asking import ask_call

        ask_call(self.app, self.session, side, lambda move: self._change(lambda: self.session.apply(move)))

    def _choose_branch(self) -> None:
        self._pause()
        if self.session.history.branches == 1:
            self.session.message = say("ui.one_branch")
            return
        from tcptui.ui.screens.asking import ask_branch

        ask_branch(self.app, self.session, lambda one: self._change(lambda: self.session.go_to_branch(one)))

    def _choose_item(self) -> None:
        self._pause()
        lecturing = self._lecturing
        if lecturing is None:
            self.session.message = say("lecture.none")
            return
        from tcptui.ui.screens.asking import ask_item

        ask_item(self.app, lecturing, lambda place: self._change(lambda: self._open_item(place)))

    def _unfold_or_go(self) -> None:
        self.session.say_nothing()
        if not self._wire.unfold():
            self.session.go_to_selected()

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = fire_once(self, seconds, then)

    def _tick(self) -> None:
        if self.session.playing and not self.session.working:
            self.session.tick(1 / FRAMES_PER_SECOND)
            self._go_on()

    def _work(self) -> None:
        """Another slice; when the work is done, the keys that wait for it, and what came of it is drawn
        afterwards."""
        self.session.work()
        while self._waiting and not self.session.working:
            self._waiting.pop(0)()
        if self.session.working:
            self._go_on()
        else:
            self._later(BREATH, self._go_on)

    def _add_inspector(self, inspector: Inspector) -> InspectorPane:
        from tcptui.ui.panes.inspector import InspectorPane  # Late: a small screen has no room for one.

        return self.add(InspectorPane(self.session, inspector))
