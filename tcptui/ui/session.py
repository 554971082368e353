"""What one reader is looking at: a history, a selection, a moment. No widget is known here."""

from __future__ import annotations

from collections.abc import Callable

from tcptui.explain.catalogue import text as text_of
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move, Reorder, Wait, parse_moves
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove, Transmission
from tcptui.trace.history import History

DELAY = 200_000
"""What one press of the delay key adds, in microseconds."""
MOST_STEPS_TO_END = 10_000
"""Where the way to the end is cut, if a run does not end by itself."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SHORTEST, LONGEST = 0.4, 1.6
"""Seconds that the way to the next event takes while playing at speed 1."""
SECONDS_PER_MICROSECOND = 10 / 1_000_000
"""The pace of playing at speed 1: ten times slower than the lab's clock."""


def moves_error(text: str) -> str:
    """Why a text is none that tells moves; empty if it is one."""
    try:
        parse_moves(text)
    except BadMove as error:
        return text_of(error.message)
    return ""


class Session:
    """One run on the screen. Methods that move return nothing; what went wrong is in `message`."""

    def __init__(self, scenario: Scenario, moves: str = "") -> None:
        self.history = History(scenario)
        self.raw = scenario.raw_numbers
        self.message = ""
        """Why the last action could not be done; empty if it was."""
        self.playing = False
        self._speed = SPEEDS.index(1.0)
        self._selected = 0
        self._ahead = 0
        """How far the shown moment is ahead of the world's clock, while playing."""
        for move in parse_moves(moves):
            self.history.apply(move)

    @property
    def world(self) -> WorldState:
        return self.history.world

    @property
    def at(self) -> int:
        """The moment shown, in microseconds: the world's clock, or later, on the way to what comes next."""
        return self.world.now + self._ahead

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    @property
    def selected(self) -> Transmission | None:
        """The selected segment: the reader's choice, else the newest."""
        transmissions = self.history.transmissions()
        newest = transmissions[-1] if transmissions else None
        if not self._selected:
            return newest
        return next(
            (transmission for transmission in transmissions if transmission.number == self._selected), newest
        )

    def apply(self, move: Move) -> None:
        """Makes a move at the moment shown."""
        self._attempt([move])

    def step(self) -> None:
        """The next thing happens; where another move stands in the history, a branch begins."""
        self._advance(self.history.apply)

    def forward(self) -> None:
        """The next move of this branch again, or, at its end, the next thing that happens."""
        self._advance(self.history.forward)

    def back(self) -> None:
        self._leave_moment()
        self.playing = False
        if not self.history.back():
            self.message = "this is the beginning"
        self._selected = 0

    def home(self) -> None:
        self._go_to(0)

    def end(self) -> None:
        """To the end of this branch; from there, to where nothing more happens."""
        if self.history.position < self.history.length:
            self._go_to(self.history.length)
            return
        self._leave_moment()
        self.playing = False
        self._selected = 0
        for _ in range(MOST_STEPS_TO_END):
            if self.world.next_event() is None:
                return
            self.history.apply(NEXT)
        self.message = f"still going on after {MOST_STEPS_TO_END} steps"

    def tamper(self, action: str) -> None:
        """Lose, delay, duplicate or reorder the selected segment."""
        transmission = self.selected
        if transmission is None:
            self.message = "there is no segment yet"
            return
        moves: dict[str, Move] = {
            "lose": Lose(transmission.number),
            "delay": Delay(transmission.number, DELAY),
            "duplicate": Duplicate(transmission.number),
            "reorder": Reorder(transmission.number),
        }
        self._attempt([moves[action]])
        self._selected = transmission.number

    def type_moves(self, text: str) -> None:
        """Makes the moves of a text, as far as they can be made."""
        self._attempt(parse_moves(text))
        self._selected = 0

    def switch_branch(self) -> None:
        self._leave_moment()
        if self.history.branches == 1:
            self.message = "there is one branch only: go back and do something else to begin another"
            return
        self.history.switch(self.history.branch + 1)

    def select(self, by: int) -> None:
        """The segment `by` places on, among those that are known."""
        transmissions = self.history.transmissions()
        current = self.selected
        if current is not None:
            numbers = [transmission.number for transmission in transmissions]
            index = numbers.index(current.number) + by
            self._selected = numbers[max(0, min(index, len(numbers) - 1))]
        self.message = ""

    def select_number(self, number: int) -> None:
        self._selected = number
        self.message = ""

    def toggle_playing(self) -> None:
        self.message = ""
        self.playing = not self.playing
        if self.playing and self.world.next_event() is None:
            self.playing = False
            self.message = "nothing more will happen by itself"

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
            self.playing = self.world.next_event() is not None

    def _go_to(self, position: int) -> None:
        self._leave_moment()
        self.playing = False
        self.history.go_to(position)
        self._selected = 0

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
        self._selected = 0
        try:
            advance()
        except BadMove as error:
            self.playing = False
            self.message = f"{text_of(error.message)}. {self.world.scenario.answer}".removesuffix(". ")

    def _attempt(self, moves: list[Move]) -> None:
        self._enter_moment()
        self._leave_moment()
        self.playing = False
        try:
            for move in moves:
                self.history.apply(move)
        except BadMove as error:
            self.message = text_of(error.message)
