"""The order in which the keys of the sessions of a process are answered.

Why it is so. All sessions share one event loop, and a hundred who hold a key down send more than it can
answer. So one session at a time has a turn, in which it hands keys to its app until they are answered or
`TURN` is over; the others' keys wait at their terminals, and what waits is drawn together. The order is
start-time fair queueing (Goyal, Vin and Cheng, 1996): a turn has for its tag the time of the processor that
the session has used, or that of the turn that is being served, whichever is more, and the least tag is next.
So who uses less than his share waits for one turn of another's, and nothing is to be done for a session
without keys. The shares are not the same: a hundred who want all there is leave each other less than a reader
uses who presses a key now and then, so the time of those whose keys still wait at the end of their turn
counts `EAGER` times, and who has paused is `AHEAD` of the others.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from heapq import heappop, heappush
from itertools import count
from time import thread_time
from typing import Protocol

TURN = 0.01
"""Seconds after which nothing more is handed on."""
MOST = 0.02
"""Seconds after which a turn is over even if the app is still at it: it may wait for something else."""
EAGER = 8.0
"""How many times the time of who has more keys than were answered counts."""
AHEAD = 0.05
"""Seconds that somebody may use who has used nothing for a while, before others have a turn."""


class Taker(Protocol):
    """Who takes turns: the terminal of one session."""

    used: float
    """The tag of its next turn, in seconds; 0.0 at first."""

    def hand_on(self, may_more: bool) -> bool:
        """Hands on what the app can take now, if it `may`; whether there is something to be answered, or
        more to be handed on. It does not raise."""

    def end_turn(self) -> bool:
        """Its turn is over; whether there is more to be handed on."""


class Turns:
    """Of one process."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Taker]] = []
        self._number = count()
        """Of those with the same tag, the first to ask is next."""
        self._now = 0.0
        """The greatest tag that has been served."""
        self._taker: Taker | None = None
        self._look: asyncio.Handle | None = None
        self._begun = 0.0
        self._context = Context()
        """Of none of the sessions: what is made for one must not know another."""

    def ask(self, taker: Taker) -> None:
        """Gives it a turn, now or later; it asks again when that is over."""
        taker.used = max(taker.used, self._now - AHEAD)
        heappush(self._waiting, (taker.used, next(self._number), taker))
        if self._taker is None:
            self._look_again()

    def leave(self, taker: Taker) -> None:
        """It is gone: its turn is over."""
        if self._taker is taker:
            self._taker = None
            self._look_again()

    def _go_on(self) -> None:
        """The next look at whose turn it is."""
        while self._taker is not None or self._waiting:
            if self._taker is None:
                tag, _, self._taker = heappop(self._waiting)
                self._now = max(self._now, tag)
                self._begun = thread_time()
            taken = thread_time() - self._begun
            if self._taker.hand_on(taken < TURN) and taken < MOST:
                self._look_again()
                return
            taker, self._taker = self._taker, None
            # What was longer may have been somebody else's, or the collection of garbage.
            taken = min(taken, MOST)
            taker.used += taken * (EAGER if taker.end_turn() else 1.0)

    def _look_again(self) -> None:
        if self._look is not None:
            self._look.cancel()
        self._look = asyncio.get_running_loop().call_soon(self._go_on, context=self._context)
