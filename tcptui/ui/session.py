"""What one reader is looking at: a history, a selection, a moment. No widget is known here.

Why it is so. The panes are functions of a session, and several can show the same one; so all that a reader
has chosen is kept here, and the screen keeps only what concerns the screen. A session neither draws nor
waits: it is told that time has passed (`tick`), and it says what it wants to be asked again for (`playing`,
`working`).

Most of what a key does takes microseconds. Some of it does not: to the end of a run that never ends, or a
hundred thousand moves that somebody has typed. One process serves many readers in one event loop, and the
reader who began it wants to be able to stop it. So what may take long is an iterator of moves, and a session
makes as many of them as a slice of time allows: the first slice at once, in which nearly everything is done,
and the others when `work` is called again. How long a slice is, is the session's affair; when the next one
comes is that of the screen, which reads its keys in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move, Reorder, Wait
from tcptui.lab.report import Report
from tcptui.lab.run import MOST_STEPS
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.waiting import still_waiting
from tcptui.lab.wire import BadMove, Side, Transmission
from tcptui.view.subject import connections_of

DELAY = 200_000
"""What one press of the delay key adds, in microseconds."""
MOST_ROWS = 10_000_000
"""More rows than a ladder has."""
MOST_STEPS_TO_END = 10_000
"""Where the way to the end is cut, if a run does not end by itself."""
SLICE = 0.010
"""Seconds after which work makes room for other things; a move that has begun is made."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SHORTEST, LONGEST = 0.4, 1.6
"""Seconds that the way to the next event takes while playing at speed 1."""
SECONDS_PER_MICROSECOND = 10 / 1_000_000
"""The pace of playing at speed 1: ten times slower than the lab's clock."""


def _parsed(moves: str) -> list[Move]:
    if not moves:
        return []
    from tcptui.lab.moves_text import parse_moves  # Late, as below: few runs begin with moves.

    return parse_moves(moves)


def moves_error(text: str) -> str:
    """Why a text is none that tells moves; empty if it is one."""
    from tcptui.lab.moves_text import parse_moves

    try:
        parse_moves(text)
    except BadMove as error:
        return text_of(error.message)
    return ""


def call_error(text: str) -> str:
    """Why a text is neither a call to a socket nor a program; empty if it is one."""
    from tcptui.lab.moves_text import written_move

    try:
        written_move("A", text)
    except MessageError as error:
        return text_of(error.message)
    return ""


class Session:
    """One run on the screen. Methods that move return nothing; what went wrong is in `message`.

    While it is `working` the history is somewhere on the way, and nothing but `work`, `stop` and what changes
    no history may be called. `clock` tells seconds; they are only compared with each other.
    """

    def __init__(
        self, scenario: Scenario, moves: str = "", *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.history = History(scenario)
        self.raw = scenario.raw_numbers
        self.message = ""
        """Why the last action could not be done; empty if it was."""
        self.playing = False
        self._speed = SPEEDS.index(1.0)
        self.selection = 0
        """The number of the segment that the reader has selected; 0: none, the newest is followed. It stays
        through moves, also while there is no such segment yet."""
        self.scrolled = 0
        """How many rows the ladder is scrolled back from its end; 0: it follows the end."""
        self._chosen: dict[Side, int] = {"A": 0, "B": 0}
        self._ahead = 0
        """How far the shown moment is ahead of the world's clock, while playing."""
        self._clock = clock
        self._work: Iterator[None] | None = None
        self._progress = (0, 0)
        first = _parsed(moves)
        if len(first) > MOST_STEPS:
            raise BadMove("error.move.whole_run", count=len(first), most=MOST_STEPS)
        for move in first:
            self.history.apply(move)

    @property
    def working(self) -> bool:
        """Whether `work` has something to go on with."""
        return self._work is not None

    @property
    def progress(self) -> tuple[int, int]:
        """How many moves the work has made, and how many they can become."""
        return self._progress

    def work(self) -> None:
        """Goes on with what takes long, for the time of a slice."""
        until = self._clock() + SLICE
        work = self._work
        while work is not None:
            try:
                next(work)
            except StopIteration:
                self._work = None
                return
            except BadMove as error:
                self._work = None
                self.message = text_of(error.message)
                return
            self._progress = (self._progress[0] + 1, self._progress[1])
            if self._clock() >= until:
                return

    def stop(self) -> None:
        """Leaves the work where it is."""
        if self._work is not None:
            self._work = None
            self.history.go_to(self.history.position)
            self.message = say("ui.stopped", done=self._progress[0], most=self._progress[1])

    @property
    def world(self) -> WorldState:
        return self.history.world

    @property
    def at(self) -> int:
        """The moment shown, in microseconds: the world's clock, or later, on the way to what comes next."""
        return self.world.now + self._ahead

    @property
    def said(self) -> tuple[str, ...]:
        """What the story says here: of the last step, and its answer once nothing more happens. What a reader
        has done to the run is not told, for the answer is of the run that the story tells."""
        history = self.history
        scenario, narration = history.scenario, history.narration
        said = () if narration is None else tuple(say.text for say in narration.now)
        # The verdict of a script is what its last step tells.
        over = history.report is not None and history.report.told is None and self.world.next_event() is None
        return (*said, scenario.answer) if over and scenario.answer and not history.moved else said

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    @property
    def selected(self) -> Transmission | None:
        """The selected segment: the reader's choice, else the newest."""
        newest = self.world.wire.launched
        if not newest:
            return None
        chosen = self.selection if self.selection <= newest else 0
        return (chosen and self.history.transmission(chosen)) or self.history.transmission(newest)

    @property
    def follows(self) -> bool:
        """Whether the newest segment is selected and seen, not what a reader has chosen."""
        return not self.selection and not self.scrolled

    def apply(self, move: Move) -> None:
        """Makes a move at the moment shown."""
        self._attempt(move)

    def step(self) -> None:
        """The next thing happens; where another move stands in the history, a branch begins."""
        self._advance(self.history.apply)

    def forward(self) -> None:
        """The next move of this branch again, or, at its end, the next thing that happens."""
        self._advance(self.history.forward)

    def back(self) -> None:
        if self.history.position == 0:
            self._go_to(0)
            self.message = say("ui.at_the_beginning")
        else:
            self._go_to(self.history.position - 1)

    def home(self) -> None:
        self._go_to(0)

    def end(self) -> None:
        """To the end of this branch; from there, to where nothing more happens."""
        if self.history.position < self.history.length:
            self._go_to(self.history.length)
            return
        self._leave_moment()
        self.playing = False
        self._begin(self._to_end(), MOST_STEPS_TO_END)

    def tamper(self, action: str) -> None:
        """Lose, delay, duplicate or reorder the selected segment."""
        transmission = self.selected
        if transmission is None:
            self.message = say("ui.no_segment_to_select")
            return
        moves: dict[str, Move] = {
            "lose": Lose(transmission.number),
            "delay": Delay(transmission.number, DELAY),
            "duplicate": Duplicate(transmission.number),
            "reorder": Reorder(transmission.number),
        }
        self._attempt(moves[action])

    def type_moves(self, text: str) -> None:
        """Makes the moves of a text, as far as they can be made."""
        moves = _parsed(text)
        self._enter_moment()
        self._leave_moment()
        self.playing = False
        self._begin(self._each(moves), len(moves))

    def switch_branch(self) -> None:
        self._leave_moment()
        if self.history.branches == 1:
            self.message = say("ui.one_branch")
            return
        self.history.switch(self.history.branch + 1)

    def select(self, by: int) -> None:
        """The segment `by` places on, among all of the run up to here."""
        newest = self.world.wire.launched
        if newest:
            current = self.selection if 0 < self.selection <= newest else newest
            self.selection = max(1, min(current + by, newest))
        self.message = ""

    def select_number(self, number: int) -> None:
        self.selection = number
        self.message = ""

    def follow(self) -> None:
        """No segment is selected any more, and the ladder shows its end."""
        self.selection = self.scrolled = 0
        self.message = ""

    def scroll(self, by_rows: int) -> None:
        """The ladder goes back by so many rows, or, below 0, towards its end. Who draws it knows how many
        there are."""
        self.scrolled = max(0, self.scrolled + by_rows)
        self.message = ""

    def scroll_to_start(self) -> None:
        self.scroll(MOST_ROWS)

    def tell_not_yet(self, action: str) -> None:
        self.message = say("ui.not_yet", label=say(f"ui.label.{action}"))

    def chosen(self, side: Side) -> int:
        """The connection of that end that the reader wants to see; 0: the one that stands for the end. While
        the end has no connection of that name, that one is shown too."""
        return self._chosen[side]

    def show_next_connection(self, side: Side) -> None:
        """Another connection of that end; after the last one the first. The one that stands for the end is
        not held fast: when another does, that one is shown."""
        names = connections_of(self.world, side)
        if len(names) < 2:
            self._chosen[side] = 0
            self.message = say("ui.one_connection", side=side)
            return
        default, chosen = self.world.end(side).connection, self._chosen[side]
        shown = chosen if chosen in names else default
        following = names[(names.index(shown) + 1) % len(names)]
        self._chosen[side] = 0 if following == default else following
        self.message = ""

    def toggle_raw(self) -> None:
        """Sequence numbers as they are, or relative ones."""
        self.raw = not self.raw
        self.message = ""

    def toggle_playing(self) -> None:
        self.message = ""
        self.playing = not self.playing
        if self.playing and self.world.next_event() is None:
            self.playing = False
            self.message = say(self.world.why_over)

    def change_speed(self, by: int) -> None:
        self._speed = max(0, min(self._speed + by, len(SPEEDS) - 1))
        self.message = ""

    def tick(self, seconds: float) -> None:
        """Lets `seconds` of the reader's time pass while playing."""
        next_event = self.world.next_event()
        if not self.playing or next_event is None:
            self.playing = False
            return
        way = next_event.at - self.world.now
        takes = min(max(way * SECONDS_PER_MICROSECOND, SHORTEST), LONGEST) / self.speed
        self._ahead += max(1, int(way * seconds / takes))
        if self._ahead >= way:
            self.forward()
            narration = self.history.narration
            pauses = narration is not None and any(say.pause for say in narration.now)
            self.playing = self.world.next_event() is not None and not pauses

    def _go_to(self, position: int) -> None:
        self._leave_moment()
        self.playing = False
        self._begin(self.history.walk_to(position), INTERVAL)

    def _begin(self, work: Iterator[None], most: int) -> None:
        """Makes the first moves of work that may take long."""
        self._work, self._progress = work, (0, most)
        self.work()

    def _to_end(self) -> Iterator[None]:
        for _ in range(MOST_STEPS_TO_END):
            if self.world.next_event() is None:
                return
            self.history.apply(NEXT)
            yield
        self.message = say("ui.still_going_on", count=MOST_STEPS_TO_END)

    def _each(self, moves: Iterable[Move]) -> Iterator[None]:
        for move in moves:
            self.history.apply(move)
            yield

    def _enter_moment(self) -> None:
        """Lets the lab's clock come to the moment that is shown while playing."""
        if self._ahead:
            self.history.apply(Wait(self._ahead))
        self._ahead = 0

    def _leave_moment(self) -> None:
        self._ahead = 0
        self.message = ""

    def _advance(self, advance: Callable[[], Report]) -> None:
        self._leave_moment()
        try:
            advance()
        except BadMove as error:
            self.playing = False
            self.message = text_of(error.message)
            waiting = still_waiting(self.world)
            if waiting:
                sentences = (say("ui.sentence", text=one) for one in (error.message, waiting[0].message))
                self.message = say("text.between_sentences").join(sentences)

    def _attempt(self, move: Move) -> None:
        self._enter_moment()
        self._leave_moment()
        self.playing = False
        try:
            self.history.apply(move)
        except BadMove as error:
            self.message = text_of(error.message)
