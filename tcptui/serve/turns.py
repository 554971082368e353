"""The order in which the keys of the sessions of a process are answered.

Why it is so. All sessions share one event loop, and a hundred who hold a key down send more than it can
answer. So one session at a time has a turn, in which it hands keys to its app until they are answered or it
has used `TURN`; the others' keys wait at their terminals, and what waits is drawn together. The order is
highest response ratio next (Brinch Hansen, 1971): of those who wait, the one whose wait is longest beside
the processor time that its turn is expected to take. So waits are in proportion to the expected work: a
reader who presses a key now and then is answered before a hundred who open a story, and nobody waits for
ever. Two things are added. A turn after which keys still wait counts `EAGER` times, for a hundred who want
all there is leave each other less than a reader uses. And each wait is `AT_ONCE` longer: what is shorter
nobody notices, and up to there the shortest turn is next.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from time import monotonic, thread_time
from typing import Protocol

from tcptui.serve.processor_time import Used

TURN = 0.01
"""Seconds of the session's own after which nothing more is handed on."""
MOST = 0.02
"""Seconds of the thread after which a turn is over even if the app is still at it: it may wait for something
else. They are looked at between two steps of the event loop."""
EAGER = 16.0
"""How many times the time of who has more keys than were answered counts."""
AT_ONCE = 0.03
"""Seconds of waiting that nobody notices."""
FIRST = 0.1
"""Seconds that a first turn is expected to take at least: a story is opened."""
LEAST, LONGEST = 0.0025, EAGER * MOST
"""Seconds between which an expectation is. Where the processor has just enough to do with the shortest turns,
the longest wait is `AT_ONCE` times the ratio of the two: 4 s for who has held a key down for long."""
REMEMBERED = 0.8
"""What part of a longer expectation is left after each turn at the end of which no keys wait: who has opened
a story opens another sooner than who only steps."""


class Expectation:
    """Estimates the processor time from the next turn of a session until it asks for another: much of what a
    key begins is done later, between the turns of others. It is that of the last turn, or what is left of
    what was expected before, whichever is more."""

    def __init__(self, used: Used) -> None:
        self.seconds = FIRST
        self._used, self._before = used, used.seconds
        self._counts, self._remembered = 1.0, 1.0

    def begin(self) -> None:
        """A turn begins."""
        self._before = self._used.seconds

    def add(self, seconds: float) -> None:
        """The session has used these outside its tasks: to hand on keys."""
        self._used.seconds += seconds

    @property
    def own(self) -> float:
        """Seconds that the session has used since its turn began."""
        return self._used.seconds - self._before

    def end(self, has_more: bool) -> None:
        """The turn is over; `has_more`: keys still wait."""
        self._counts = EAGER if has_more and self.own >= TURN else 1.0
        self._remembered = 1.0 if has_more else REMEMBERED

    def correct(self) -> None:
        """The session asks for another turn."""
        self.seconds = min(max(self.own * self._counts, self.seconds * self._remembered, LEAST), LONGEST)


class Taker(Protocol):
    """Who takes turns: the terminal of one session."""

    turn: Expectation

    def hand_on(self, may_more: bool) -> bool:
        """Hands on what the app can take now, if it `may`; whether there is something to be answered, or
        more to be handed on. It does not raise."""

    def end_turn(self) -> bool:
        """Its turn is over; whether there is more to be handed on."""


class Turns:
    """Of one process."""

    def __init__(self) -> None:
        self._waiting: dict[Taker, float] = {}
        """Since when, in the order in which they asked."""
        self._taker: Taker | None = None
        self._look: asyncio.Handle | None = None
        self._begun = 0.0
        self._context = Context()
        """Of none of the sessions: what is made for one must not know another."""

    def ask(self, taker: Taker) -> None:
        """Gives it a turn, now or later; it asks again when that is over."""
        taker.turn.correct()
        self._waiting[taker] = monotonic()
        if self._taker is None:
            self._look_again()

    def leave(self, taker: Taker) -> None:
        """It is gone: its turn is over, or does not come."""
        self._waiting.pop(taker, None)
        if self._taker is taker:
            self._taker = None
            self._look_again()

    def _next(self) -> Taker:
        """Of those who wait."""
        unnoticed = monotonic() + AT_ONCE
        taker = max(self._waiting, key=lambda one: (unnoticed - self._waiting[one]) / one.turn.seconds)
        del self._waiting[taker]
        return taker

    def _go_on(self) -> None:
        """The next look at whose turn it is."""
        try:
            self._serve()
        except Exception:
            self._taker = None
            self._look_again()  # The others' keys are answered whatever it was.
            raise

    def _serve(self) -> None:
        while self._taker is not None or self._waiting:
            now = thread_time()
            if self._taker is None:
                self._taker, self._begun = self._next(), now
                self._taker.turn.begin()
            taker = self._taker
            goes_on = taker.hand_on(taker.turn.own < TURN)
            taker.turn.add(thread_time() - now)
            if goes_on and now - self._begun < MOST:
                self._look_again()
                return
            self._taker = None
            taker.turn.end(taker.end_turn())

    def _look_again(self) -> None:
        if self._look is not None:
            self._look.cancel()
        self._look = asyncio.get_running_loop().call_soon(self._go_on, context=self._context)
