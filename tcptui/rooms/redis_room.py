"""One room that several servers share: what this process knows of it.

Why it is so. Presenter and watchers of one process go by `in_process`, at once and whether or not Redis is
there; beside that, what is shown here goes to the others, and what they show comes here. Each has the newest,
by `Kept.is_newer_than`, so it does not matter in which order that happens, or how often, or what was missed.

Who presents is decided the same way: who begins to takes a larger number, the claim, than any that is known,
and who hears of a larger one than his own stops. It is said with all that is shown, and by each server every
`PULSE` together with its counts; who was not heard for `SILENT` is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import zip_longest
from typing import Protocol

from tcptui.named_tuple import NamedTuple
from tcptui.rooms.in_process import COUNTS, RoomInProcess
from tcptui.rooms.redis_values import Kept, There, octets_of
from tcptui.rooms.values import MOST_CHOICES, Counted, Shown, Trouble

PULSE = 2.0
"""Seconds after which a server says again who is there."""
SILENT = 7.0
"""Seconds without a word after which a server is taken for gone."""
MOST_SERVERS = 100
"""Servers whose watchers are counted."""


class Carrier(Protocol):
    """What carries the room to the other servers."""

    server: str

    @property
    def is_joined(self) -> bool:
        """Whether Redis is there."""

    def keep(self, room: RoomOverRedis, kept: Kept) -> None:
        """Makes it what is shown, unless something newer is. Raises BadShown: it is out of its bounds."""

    def say(self, room: RoomOverRedis, octets: bytes) -> None:
        """Publishes it."""


class _Heard(NamedTuple):
    there: There
    at: float


class RoomOverRedis(RoomInProcess):
    """A room, on one of its servers."""

    def __init__(self, name: str, carrier: Carrier) -> None:
        super().__init__(name)
        self._carrier = carrier
        self._kept = Kept(self.shown, "", 0)
        self._claim = 0
        """Of who presents here; 0: nobody does."""
        self._others: dict[str, _Heard] = {}
        self._presenting_server = ""
        """Where somebody presents; empty: nobody does that is known of, or it is here."""
        self._heard_presenter = 0.0
        """When that was last heard of."""
        self._said_at = 0.0
        self._saying: asyncio.TimerHandle | None = None
        self.is_current = asyncio.Event()
        """Set while all that is published is heard, and what was kept before is known."""

    # What happens here.

    @property
    def counted(self) -> Counted:
        """With those of the other servers."""
        here = super().counted
        watchers, answers = here.watchers, here.answers
        for other in self._others.values():
            watchers += other.there.counted.watchers
            if other.there.counted.question == here.question:
                pairs = zip_longest(answers, other.there.counted.answers, fillvalue=0)
                answers = tuple(map(sum, pairs))
        return Counted(watchers, here.question, answers[:MOST_CHOICES])

    def show(self, shown: Shown) -> None:
        """As in one process, and on the other servers."""
        kept = Kept(shown, self._carrier.server, self._claim)
        self._carrier.keep(self, kept)
        self._kept = kept
        super().show(shown)

    def presented_by(self, told: Callable[[Counted | Trouble], None]) -> object:
        """As in one process; who presents elsewhere is told too."""
        known = [other.there.claim for other in self._others.values()]
        self._claim = 1 + max(self._kept.claim, self._claim, *known)
        self._presenting_server = ""
        presenter = super().presented_by(told)
        self.tell_presenter(self.counted)
        self.say()
        return presenter

    def left_by(self, presenter: object) -> None:
        """As in one process."""
        if self.is_presented_by(presenter):
            super().left_by(presenter)
            self._claim = 0
            self.say()

    def _recount(self) -> None:
        super()._recount()
        if self._saying is None:
            self._saying = asyncio.get_running_loop().call_later(1 / COUNTS, self.say)

    def tell_presenter(self, what: Counted | Trouble) -> None:
        """If there is one; while Redis is away, what is counted is not all."""
        super().tell_presenter(what)
        if isinstance(what, Counted) and not self._carrier.is_joined:
            super().tell_presenter(Trouble("away"))

    def say(self) -> None:
        """Tells the other servers who is here."""
        if self._saying is not None:
            self._saying.cancel()
            self._saying = None
        self._said_at = asyncio.get_running_loop().time()
        there = There(super().counted, self._carrier.server, self._claim)
        self._carrier.say(self, octets_of(there))

    # What happens elsewhere.

    def heard(self, value: Kept | There) -> None:
        """Another server, or this one, has said so."""
        if value.server == self._carrier.server:
            return
        if isinstance(value, Kept):
            self._heard_claim(value.server, value.claim)
            self._take(value)
            return
        if value.server not in self._others and len(self._others) >= MOST_SERVERS:
            return
        before = self._others.get(value.server)
        self._others[value.server] = _Heard(value, asyncio.get_running_loop().time())
        if before is None or before.there.counted != value.counted:
            super()._recount()
        if value.claim:
            self._heard_claim(value.server, value.claim)
        elif value.server == self._presenting_server:
            self._left_elsewhere()

    def found(self, kept: Kept | None) -> None:
        """What Redis has, when it was reached; None: nothing, or nothing that can be read. The newest is
        shown, here and there."""
        self.is_current.set()
        self._heard_presenter = asyncio.get_running_loop().time()  # Nobody was heard while Redis was away.
        if kept is not None:
            self.heard(kept)
        if self.shown.number and (kept is None or self._kept.is_newer_than(kept)):
            self._carrier.keep(self, self._kept)
        if self._trouble == Trouble("away"):
            super().show(self.shown)
        self.tell_presenter(self.counted)

    def parted(self) -> None:
        """Redis is gone."""
        self.is_current.clear()
        self._others.clear()
        if self._claim:
            self.tell_presenter(self.counted)
        else:
            self.trouble(Trouble("away"))

    def pulse(self, now: float) -> None:
        """Is called every `PULSE` or more often while Redis is there."""
        if (self._claim or self._followers) and now - self._said_at >= PULSE * 0.9:
            self.say()
        gone = [server for server, heard in self._others.items() if now - heard.at > SILENT]
        for server in gone:
            del self._others[server]
        if gone:
            super()._recount()
        is_silent = self.is_current.is_set() and now - self._heard_presenter > SILENT
        if not self._claim and self._presenting_server and is_silent:
            self._left_elsewhere()

    def _take(self, kept: Kept) -> None:
        if kept.is_newer_than(self._kept):
            self._kept = kept
            super().show(kept.shown)

    def _heard_claim(self, server: str, claim: int) -> None:
        if self._claim and (claim, server) > (self._claim, self._carrier.server):
            self._claim = 0
            self.replaced()
        if not self._claim and claim >= self._kept.claim:
            self._presenting_server = server
            self._heard_presenter = asyncio.get_running_loop().time()
            if self._trouble == Trouble("left"):
                super().show(self.shown)

    def _left_elsewhere(self) -> None:
        self._presenting_server = ""
        if not self._claim and self.shown.number:
            self.trouble(Trouble("left"))
