"""The Textual program. What it needs of the world outside is handed in by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Resize, ScreenSuspend
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme

from tcptui.explain.catalogue import say
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import OF_THE_APP, Action, bindings, use_keys
from tcptui.ui.palette import CHOICES, Choice, Rgb, palette_for, textual_theme
from tcptui.ui.preferences import PLAIN, Preferences
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.seen import InMemory, Scores, ScoresInMemory, Seen, story_name
from tcptui.ui.session import Session
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH
from tcptui.view.palette import PaletteName

if TYPE_CHECKING:
    from tcptui.library import Listed
    from tcptui.ui.budget import Budget
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.screens.save import Files
    from tcptui.ui.stories import Stories


def _is_dialog(screen: object) -> bool:
    """By what it has: the first frame does not wait for the class."""
    return hasattr(type(screen), "covered")


class TcptuiApp(App[None], inherit_css=False):
    """Shows a session, or, without one, the scenarios to choose from.

    `scenarios` gives the list to choose from when it is wanted; `seen` are the stories that have been played
    to their end, `marked` those that are marked for a lecture, `scores` how many answers to questions before
    their steps were right, kept in memory if not elsewhere; `keep_theme`
    is told the colours that the reader chooses; `files` are what may be written to, None: nothing;
    `after_first_frame` is called once, when the first screen has been drawn; `driver` is what the terminal
    is driven with, if not by what Textual would choose; `lecturing` is the lecture that `session` is the
    first item of; `run_screen` makes the screen of a run, as where that is shown to others.
    """

    TITLE = "tcptui"
    ENABLE_COMMAND_PALETTE = False
    # Of panes the mouse would choose cells that are no text; a terminal's own choice, with Shift, is of text.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*OF_THE_APP),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        # In every dialog too, and where an input line would take it for copy.
        Binding("ctrl+c", "help_quit", show=False, priority=True),
    ]

    budget: Budget | None = None
    """What all runs together may do; None: everything."""

    def __init__(
        self,
        session: Session | None,
        scenarios: Callable[[], list[Listed]],
        *,
        seen: Seen | None = None,
        marked: Seen | None = None,
        scores: Scores | None = None,
        preferences: Preferences = PLAIN,
        keep_theme: Callable[[Choice], None] = lambda _: None,
        files: Files | None = None,
        after_first_frame: Callable[[], None] | None = None,
        driver: type[Driver] | None = None,
        lecturing: Lecturing | None = None,
        folders: Sequence[str] = (),
        run_screen: Callable[..., RunScreen] = RunScreen,
    ) -> None:
        self._preferences = preferences
        use_keys(preferences.keys)
        self._choice: Choice = preferences.theme
        """The colours that the reader has chosen."""
        self._suits: PaletteName = preferences.suits
        self._keep_theme = keep_theme
        self.files = files
        """The files that may be written; None: there are none."""
        self.folders = folders
        """Those of the library that the reader has named."""
        # The terminal's own colours behind and for plain text: they need no octets.
        super().__init__(ansi_color=True, driver_class=driver)
        self.styles.background = self.styles.color = "ansi_default"
        if preferences.keys:
            self.set_keymap({id: ",".join(keys) for id, keys in preferences.keys.items()})
        # Nothing here has a tooltip or gives a notice: two widgets less on every screen, at which Textual
        # would look for each frame. It has these switches, for tests, under no public name.
        self._disable_tooltips = self._disable_notifications = True
        if session is not None:
            session.set_pace(preferences.speed, preferences.delay)
        self.scores: Scores = ScoresInMemory() if scores is None else scores
        self._run = None if session is None else run_screen(session, stories=self, lecturing=lecturing)
        """The run that is shown; None before anything has been chosen."""
        self._run_screen = run_screen
        self._scenarios = scenarios
        self._listed: Stories | None = None
        self._seen: Seen = InMemory() if seen is None else seen
        self._marked: Seen = InMemory() if marked is None else marked
        self._after_first_frame = after_first_frame
        self._started = False
        self.error: BaseException | None = None
        """What it has ended of, if not by itself."""

    @property
    def session(self) -> Session | None:
        """What is shown; None before anything has been chosen."""
        return None if self._run is None else self._run.session

    @property
    def palette(self) -> PaletteName:
        """The palette in which everything is drawn now."""
        return self._suits if self._choice == "auto" else self._choice

    @property
    def current_theme(self) -> Theme:
        """The palette, as Textual's widgets want it."""
        return textual_theme(self.palette)

    def get_default_screen(self) -> Screen[Any]:
        if self._run is not None:
            return self._run
        from tcptui.ui.screens.picker import BehindList

        return BehindList()

    def on_mount(self) -> None:
        if self.session is None:
            self.action_scenarios()
        self._started = True
        self._look_at_size(self.size)
        if notes := self._preferences.notes:
            first, more = notes[0], len(notes) - 1
            self.tell(say("setting.more", first=first, count=more) if more else first)
        if self._after_first_frame is not None:
            self.call_after_refresh(self._after_first_frame)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if self._preferences.ascii_only:
            from tcptui.ui.ascii_filter import AsciiFilter

            return [*filters, AsciiFilter()]
        return filters

    def on_resize(self, event: Resize) -> None:
        self._look_at_size(event.size)

    def _look_at_size(self, size: Size) -> None:
        """Puts a notice in front of everything while the terminal is too small to be read."""
        if not self._started:
            return  # What is to be seen first must be there before something stands in front of it.
        if size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT:
            from tcptui.ui.screens.too_small import TooSmall

            if not isinstance(self.screen, TooSmall):
                self.push_screen(TooSmall(LEAST_WIDTH, LEAST_HEIGHT))

    def ask_ground(self) -> None:
        """Asks the terminal for the colour of its ground, where that decides about the palette."""
        ask = getattr(self._driver, "ask_ground", None)
        asks = self._preferences.may_ask and self._suits not in ("16", "mono")
        if ask is not None and asks and self._choice == "auto":
            ask(self.ground_is)

    def copy(self, text: str) -> bool:
        """Puts a text into the clipboard, if the terminal can be told to (OSC 52); whether it was told to."""
        if self.may_copy:
            self.copy_to_clipboard(text)
        return self.may_copy

    has_lectures = True
    """Whether there is a use for stories that are marked."""

    @property
    def in_browser(self) -> bool:
        """Whether the reader has it in a page."""
        return self._preferences.in_browser

    @property
    def may_copy(self) -> bool:
        """Whether the terminal can be told to take a text into the clipboard."""
        return self._preferences.may_ask

    def ground_is(self, ground: Rgb) -> None:
        """Takes the palette for a ground of that colour, unless the reader has chosen one."""
        self._suits = palette_for(ground)
        if self._choice == "auto":
            self._repaint()

    def action_theme(self) -> None:
        """The next of the palettes, after the last one that which suits the terminal."""
        self._choice = CHOICES[(CHOICES.index(self._choice) + 1) % len(CHOICES)]
        self._keep_theme(self._choice)
        if self.session is not None:
            self.session.say_only(notice=say("ui.theme.now", name=say(f"ui.theme.{self._choice}")))
        self._repaint()
        self.ask_ground()

    def _repaint(self) -> None:
        self.refresh_css(animate=False)
        for screen in self.screen_stack:
            place_again = getattr(screen, "place_again", None)
            if place_again is not None:  # What is drawn by panes.
                place_again(*self.size)
            screen.refresh(self.size.region)

    def tell(self, note: str) -> None:
        """A line on the screen, until the next key."""
        screen = self.screen
        if self._run is not None and screen is self._run:
            self._run.session.message = note
            self._run.show()
        elif tell := getattr(screen, "tell", None):
            tell(note)

    def action_help_quit(self) -> None:
        """What Textual calls for Ctrl-C: it leaves, as in any program of a terminal."""
        self.exit()

    def action_palette(self) -> None:
        """Opens the list of all actions by name, for the screen that is in front."""
        from tcptui.ui.screens.commands import Commands

        screen = self.screen

        async def chosen(action: Action | None) -> None:
            if action is None:
                return
            for one in (screen, self):
                if hasattr(one, f"action_{action.id}"):
                    await self.run_action(action.id, one)
                    return
            self.tell(say("ui.not_here", action=action.label))

        self.push_screen(Commands(), chosen)

    def fail(self, error: BaseException) -> None:
        """Ends because of an error that nobody expects. Who has started the app tells it."""
        self.error = self.error or error
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self._exit:  # Keys that were typed after the one that leaves: their screens are half gone.
            self._close_messages_no_wait()
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error  # A test is to see it.
            self._exception_event.set()
        self.fail(error)

    def push_screen(self, screen: Any, *further: Any, **how: Any) -> Any:
        """Textual has the screen that is in front now drawn again; behind a dialog it stays as it is."""
        drawn = [one for one in self.screen_stack[-1:] if not one._repaint_required]
        pushed = super().push_screen(screen, *further, **how)
        if _is_dialog(screen):
            for beneath in drawn:
                beneath._repaint_required = False
                beneath._exchange_repaint_regions()
        return pushed

    def pop_screen(self) -> AwaitComplete:
        gone = self.screen
        popped = super().pop_screen()
        if self._is_uncovered_by(gone):
            self.screen.uncover(gone.covered)  # type: ignore[attr-defined]
        return popped

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        """Textual has all of the screen beneath drawn and laid out again."""
        if not self._is_uncovered_by(screen):
            return await super()._replace_screen(screen)
        screen.post_message(ScreenSuspend())
        self.capture_mouse(None)
        await self._prune(screen)
        return screen

    def _is_uncovered_by(self, gone: Screen[Any]) -> bool:
        """Whether of the screen that is in front now only what a dialog has covered is to be drawn."""
        return _is_dialog(gone) and hasattr(self.screen, "uncover")

    def action_scenarios(self) -> None:
        """Opens the picker; a choice replaces the run."""
        from tcptui.ui.screens.picker import Picker

        if not isinstance(self.screen, Picker):
            session = self.session
            at = "" if session is None else session.history.scenario.name
            picker = Picker(
                self._stories(), self._seen, self._marked, self.scores, at=at, can_leave=session is not None,
                can_mark=self.has_lectures,
            )  # fmt: skip
            self.push_screen(picker, self._chosen)

    def story_beside(self, by: int) -> Scenario | None:
        """The story that stands `by` places after the one that is shown, or the next that is not broken;
        None: there is none."""
        if self.session is None:
            return None
        from tcptui.lab.toml_table import BadScenario

        name = self.session.history.scenario.name
        while (listed := self._stories().beside(name, by)) is not None:
            try:
                return listed.load()
            except BadScenario:
                name, by = listed.name, 1 if by > 0 else -1
        return None

    def saw(self, scenario: Scenario) -> None:
        """A story has been seen to its end."""
        name = story_name(scenario.name, scenario.variant)
        if name not in self._seen.names:
            self._seen.add(name)

    def _stories(self) -> Stories:
        """The stories to choose from, listed when they are asked for first."""
        if self._listed is None:
            from tcptui.ui.stories import Stories

            self._listed = Stories(self._scenarios())
        return self._listed

    def _chosen(self, scenario: Scenario | None) -> None:
        if scenario is None:
            return
        if self._run is not None:
            self._run.come_to(scenario, "scenarios")
        else:
            session = Session(scenario)
            session.budget = self.budget
            session.set_pace(self._preferences.speed, self._preferences.delay)
            self._run = self._run_screen(session, stories=self)
            self.push_screen(self._run)
            self._look_at_size(self.size)
