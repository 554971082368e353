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
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move, Reorder, Wait
from tcptui.lab.report import Report
from tcptui.lab.run import MOST_STEPS
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import BadMove
from tcptui.ui.predicted import Predicted
from tcptui.ui.replay import Origin
from tcptui.ui.typed import parsed

if TYPE_CHECKING:
    from tcptui.lab.patterns import Pattern
    from tcptui.ui.budget import Budget
    from tcptui.ui.find import Found
    from tcptui.ui.screens.save import Choice

DELAY = 200_000
"""What one press of the delay key adds if nobody wants another, in microseconds."""
MOST_STEPS_TO_END = 10_000
"""Where the way to the end is cut, if a run does not end by itself."""
SLICE = 0.010
"""Seconds after which work makes room for other things; a move that has begun is made."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
MOST_BOOKMARKS = 1_000
SHORTEST, LONGEST = 0.4, 1.6
"""Seconds that the way to the next event takes while playing at speed 1."""
SECONDS_PER_MICROSECOND = 10 / 1_000_000
"""The pace of playing at speed 1: ten times slower than the lab's clock."""


class Session(Predicted):
    """One run on the screen. Methods that move return nothing; what went wrong is in `message`.

    While it is `working` the history is somewhere on the way, and nothing but `work`, `stop` and what changes
    no history may be called. `clock` tells seconds; they are only compared with each other.
    """

    def __init__(
        self,
        scenario: Scenario,
        moves: str = "",
        *,
        origin: Origin | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(History(scenario))
        self.origin = Origin(scenario.name) if origin is None else origin
        """What `scenario` was made from; by default the library's of that name."""
        self.playing = False
        self._speed = SPEEDS.index(1.0)
        self.delay = DELAY
        """What one press of the delay key adds, in microseconds."""
        self._ahead = 0
        """How far the shown moment is ahead of the world's clock, while playing."""
        self._clock = clock
        self._work: Iterator[None] | None = None
        self._is_known = False
        """Whether the work makes only moves that were made before."""
        self.budget: Budget | None = None
        """What may be done; None: everything."""
        self.bookmarks: set[tuple[int, int]] = set()
        """Moments that the reader wants to come back to: branches, and positions in them."""
        self._found: Found | None = None
        self.saved_as: Choice | None = None
        """The format in which a run was saved last."""
        self._progress = (0, 0)
        first = parsed(moves)
        if len(first) > MOST_STEPS:
            raise BadMove("error.move.whole_run", count=len(first), most=MOST_STEPS)
        for index, move in enumerate(first):
            try:
                self.history.apply(move)
            except BadMove as error:
                raise BadMove("error.move.after", count=index, why=error.message) from None
        self._given = len(first)

    def begin_like(self, other: Session) -> None:
        """Takes over what was chosen for the session that was shown before this one."""
        self._speed, self.delay, self.budget = other._speed, other.delay, other.budget
        self.visited_before = other.visited()
        self.saved_as = other.saved_as
        if other.predicting is not None:
            self.predicting = other.predicting.of(self.history)
        if other.history.scenario.name == self.history.scenario.name:
            self.origin = self.origin._replace(name=other.origin.name)

    def given_so_far(self) -> None:
        """What was done up to here is not the reader's doing."""
        self._given = self.history.length

    def set_pace(self, speed: float, delay: int) -> None:
        """The speed of playing, one of `SPEEDS`, and what the delay key adds."""
        self._speed, self.delay = SPEEDS.index(speed), delay

    @property
    def moved(self) -> bool:
        """Whether anything was done beyond the moves that were given."""
        return self.history.length > self._given or self.history.branches > 1

    @property
    def working(self) -> bool:
        """Whether `work` has something to go on with."""
        return self._work is not None

    @property
    def on_its_way(self) -> bool:
        """Whether it moves without keys: it plays, or works."""
        return self.playing or self.working

    @property
    def progress(self) -> tuple[int, int]:
        """How many moves the work has made, and how many they can become."""
        return self._progress

    def work(self) -> None:
        """Goes on with what takes long, for the time of a slice."""
        begun, budget = self._clock(), self.budget
        peak = 0 if budget is None else budget.peak()
        self._work_until(begun + SLICE)
        if budget is not None:
            budget.worked(min(self._clock() - begun, SLICE), budget.peak() - peak)

    def _work_until(self, until: float) -> None:
        work, budget = self._work, self.budget
        while work is not None:
            if budget is not None and not self._may_go_on(budget):
                return
            try:
                next(work)
            except StopIteration as end:
                self._work = None
                self.history.transmissions()  # For what is drawn next: they may have to be replayed.
                if end.value:
                    self.notice = end.value
                return
            except BadMove as error:
                self._work = None
                self.message = text_of(error.message)
                return
            self._progress = (self._progress[0] + 1, self._progress[1])
            if self._clock() >= until:
                return

    @property
    def rest(self) -> float:
        """Seconds until `work` can go on."""
        return 0.0 if self.budget is None else self.budget.wait

    def stop(self) -> None:
        """Leaves the work where it is."""
        if self._work is not None:
            self._work = None
            self.history.go_to(self.history.position)
            self.message = say("ui.stopped", done=self._progress[0], most=self._progress[1])

    @property
    def at(self) -> int:
        """The moment shown, in microseconds: the world's clock, or later, on the way to what comes next."""
        return self.world.now + self._ahead

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    def apply(self, move: Move) -> None:
        """Makes a move at the moment shown."""
        self._attempt(move)

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
        self.walk(self._to_end(), MOST_STEPS_TO_END)

    def to_next_change(self) -> None:
        """To the next move in which a state changes, a segment is lost or a timer fires."""
        from tcptui.ui.walks import to_next_sign

        self.walk(to_next_sign(self.history, MOST_STEPS_TO_END), MOST_STEPS_TO_END)

    def to_last_change(self) -> None:
        """To the last such move before this one, or the beginning."""
        if self.history.position == 0:
            self.back()
        else:
            self._go_to(self.history.last_sign)

    def go_to_selected(self) -> None:
        """To the step in which the selected segment was sent; from there, to the one in which it arrives. The
        newest is selected by that."""
        from tcptui.ui.walks import to_arrived, to_sent

        number = self.selection or self.world.wire.launched
        if not number:
            self.message = say("ui.no_segment_to_select")
            return
        self.selection, here = number, self.selected
        is_sent_here = here is not None and (here.number, here.sent_in) == (number, self.history.position)
        walk = to_arrived if is_sent_here else to_sent
        self.walk(walk(self.history, number), self.history.length)

    def find(self, text: str) -> None:
        """To what a text means, next after this moment or else before it; the segment is selected. The same
        text again: to the next one. Raises BadPattern."""
        from tcptui.ui.find import wanted

        pattern = wanted(text)
        if pattern.verb == "leaves" and 0 < pattern.number <= self.world.wire.launched:
            self.select_number(pattern.number)
        else:
            self.walk(self._finding(pattern, text), MOST_STEPS_TO_END)

    def ask(self) -> None:
        """Shows the question of the story and its answer, or puts them away."""
        self.story.ask()
        if self.story.is_to_be_played:
            self._begin(self.story.play(), MOST_STEPS)

    def undo(self) -> None:
        """The moves up to here without the last fault that the reader has made."""
        from tcptui.ui.walks import without_last_fault

        if not self._may_move(forks=True):
            return
        self.walk(without_last_fault(self.history), self.history.position)

    def toggle_bookmark(self) -> None:
        """Remembers this moment, or forgets it."""
        self.say_nothing()
        here = self.history.branch, self.history.position
        if len(self.bookmarks) >= MOST_BOOKMARKS and here not in self.bookmarks:
            self.message = say("ui.bookmark.most", most=MOST_BOOKMARKS)
            return
        self.bookmarks ^= {here}
        self.notice = say("ui.bookmark.set" if here in self.bookmarks else "ui.bookmark.gone")

    def to_next_bookmark(self) -> None:
        """The next moment that is remembered, by branch and position; after the last one the first."""
        marks = sorted(self.bookmarks)
        if not marks:
            self.say_only(message=say("ui.bookmark.none"))
            return
        here = self.history.branch, self.history.position
        branch, position = next((mark for mark in marks if mark > here), marks[0])
        if branch != self.history.branch:
            self.history.switch(branch)
        self._go_to(position)
        self.notice = say("ui.bookmark.of", one=marks.index((branch, position)) + 1, count=len(marks))

    def tamper(self, action: str) -> None:
        """Lose, delay, duplicate or reorder the selected segment."""
        transmission = self.selected
        if transmission is None:
            self.message = say("ui.no_segment_to_select")
            return
        moves: dict[str, Move] = {
            "lose": Lose(transmission.number),
            "delay": Delay(transmission.number, self.delay),
            "duplicate": Duplicate(transmission.number),
            "reorder": Reorder(transmission.number),
        }
        self._attempt(moves[action])

    def type_moves(self, text: str) -> None:
        """Makes the moves of a text, as far as they can be made."""
        moves = parsed(text)
        if not self._may_move(forks=True):
            return
        if self.budget is not None:
            self.budget.typed(len(text))
        self._enter_moment()
        self.walk(self._each(moves), len(moves))

    def go_to_branch(self, branch: int) -> None:
        """Another branch, at the same position or, if that is shorter, at its end."""
        self.stand_still()
        self.history.switch(branch)

    def toggle_playing(self) -> None:
        self.say_nothing()
        self.playing = not self.playing
        if self.playing and self.world.next_event() is None:
            self.playing = False
            self.message = say(self.world.why_over)

    def change_speed(self, by: int) -> None:
        self._speed = max(0, min(self._speed + by, len(SPEEDS) - 1))
        self.say_nothing()

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
        self.stand_still()
        self._begin(self.history.walk_to(position), INTERVAL, is_known=True)

    def _begin(self, work: Iterator[None], most: int, is_known: bool = False) -> None:
        """Makes the first moves of work that may take long."""
        self._work, self._progress, self._is_known = work, (0, most), is_known
        self.work()

    def _may_go_on(self, budget: Budget) -> bool:
        """Whether the work's next move may be made now; the work ends where it may not be made at all."""
        if budget.is_spent and not self._is_known:
            self.stop()
            self.message = say("ui.budget.spent", most=budget.most)
            return False
        if budget.wait > 0:
            return False
        budget.step(again=self._is_known)
        return True

    def _may_move(self, *, forks: bool) -> bool:
        """Whether a key may make a move; `forks`: it is another one than that which follows, if one does."""
        budget, at_end = self.budget, self.history.position == self.history.length
        if budget is None:
            return True
        if budget.is_spent and (forks or at_end):
            self.message = say("ui.budget.spent", most=budget.most)
        elif forks and not at_end and self.history.branches >= budget.branches:
            self.message = say("ui.budget.branches", most=budget.branches)
        else:
            budget.step(again=not (forks or at_end))
            return True
        self.playing = False
        return False

    def walk(self, walk: Iterator[None], most: int) -> None:
        """Makes the moves of a walk, which can become so many."""
        self.stand_still()
        self._begin(walk, most)

    def stand_still(self) -> None:
        """Plays no longer, and shows the moment of the last step."""
        self._leave_moment()
        self.playing = False

    def _finding(self, pattern: Pattern, text: str) -> Generator[None, None, str]:
        from tcptui.ui.find import find

        found = yield from find(self.history, pattern, self._found, MOST_STEPS_TO_END)
        self._found = found
        if found is None:
            return say("ui.find.nothing", text=text)
        self.selection = found.number
        return ""

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
        self.say_nothing()

    def _advance(self, advance: Callable[[], Report]) -> None:
        self._leave_moment()
        if not self._may_move(forks=False):
            return
        try:
            advance()
        except BadMove as error:
            self.playing = False
            self.message = text_of(error.message)
            from tcptui.lab.waiting import still_waiting  # Late: few runs come to it.

            waiting = still_waiting(self.world)
            if waiting:
                sentences = (say("ui.sentence", text=one) for one in (error.message, waiting[0].message))
                self.message = say("text.between_sentences").join(sentences)

    def _attempt(self, move: Move) -> None:
        self._enter_moment()
        self._leave_moment()
        self.playing = False
        if not self._may_move(forks=True):
            return
        try:
            self.history.apply(move)
        except BadMove as error:
            self.message = text_of(error.message)
