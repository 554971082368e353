"""Rooms that several servers share through Redis: who presents at one is followed at all.

Why it is so. A room is in this process first (`redis_room`), and Redis carries it to the others: so presenter
and watchers of one server never wait for it, and go on when it is away. What is in Redis is asked for only to
find a room, by name or by key, and when a room begins to be used here or Redis comes back, after the room's
channel was subscribed to: what is published from then on is heard, and what was before is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from secrets import token_hex

from redis.exceptions import ResponseError

from tcptui.core.message import Message
from tcptui.rooms.encoding import BadShown
from tcptui.rooms.in_process import Presented
from tcptui.rooms.redis_address import Address
from tcptui.rooms.redis_link import SLOWEST, Answer, Link
from tcptui.rooms.redis_room import PULSE, RoomOverRedis
from tcptui.rooms.redis_values import (
    LARGEST,
    LASTS,
    Kept,
    There,
    hash_key,
    is_hash,
    name_key,
    name_of,
    open_room,
    room_key,
    show,
    value_of,
)
from tcptui.rooms.room import NoRoom, PresentedRoom, Room, hash_of, is_room_name

_REFRESH = 600.0
"""Seconds after which the keys of the rooms that are used here are made to last anew."""


class RoomsOverRedis:
    """Those of all servers that use the same database of the same Redis."""

    def __init__(self, address: Address, told: Callable[[Message], None]) -> None:
        """`told`: what is to be logged, once as it happens: Redis is away, or back; what it holds of a room
        can't be read. `connect` comes next."""
        self.server = token_hex(8)
        self._address = address
        self._told = told
        self._link = Link(address, self)
        self._rooms: dict[str, RoomOverRedis] = {}
        self._hashes: dict[str, str] = {}
        """Of the presenters' keys of the rooms that were opened here, by name."""
        self._names: dict[str, str] = {}
        """By the hash of the presenter's key, as far as known."""
        self._unreadable: set[str] = set()
        """Rooms of which that was told."""
        self._asked = 0
        self._is_away = self._is_refused = False
        self._pulse: asyncio.TimerHandle | None = None
        self._refreshed = 0.0

    async def connect(self) -> None:
        """Raises redis_link.Unreachable."""
        await self._link.open()

    async def close(self) -> None:
        """Ends the connections; the rooms stay in Redis."""
        if self._pulse is not None:
            self._pulse.cancel()
        await self._link.close()

    # What `room.Rooms` has.

    async def open(self, name: str, key: str) -> None:
        """See `room.Rooms`; the room is opened on all servers. Where it is there with another key, it can be
        watched, and presented with that one."""
        if not is_room_name(name):
            raise NoRoom("error.room.name", name=name[:60])
        hashed = hash_of(key)
        answer = await self._answer(*open_room(name, hashed))
        if isinstance(answer, ResponseError):
            raise NoRoom(self._refusal(answer))
        await self._current(name)
        known = name_of(answer)
        if is_hash(known):  # Also another's: a Redis that has lost it is told by whoever knows it.
            self._hashes[name], self._names[known] = known, name
        if known != hashed:
            raise NoRoom("error.room.taken", name=name)

    async def names(self) -> list[str]:
        """See `room.Rooms`: of those that were opened or found by this server."""
        return sorted(self._rooms)

    async def watch(self, name: str) -> Room:
        """See `room.Rooms`."""
        if name not in self._rooms and not (is_room_name(name) and await self._is_open(name)):
            raise NoRoom("error.room.unknown", name=name[:60])
        return await self._current(name)

    async def present(self, key: str) -> PresentedRoom:
        """See `room.Rooms`."""
        hashed = hash_of(key)
        name = self._names.get(hashed)
        if name is None:
            name = name_of(await self._answer("GETRANGE", name_key(hashed), 0, 99))
            if not is_room_name(name):
                raise NoRoom("error.room.key")
            self._names[hashed] = name
        return Presented(await self._current(name))

    async def _is_open(self, name: str) -> bool:
        return await self._answer("EXISTS", hash_key(name)) == 1

    async def _current(self, name: str) -> RoomOverRedis:
        """The room, as far as Redis knows it; where that can't be reached, as it is here."""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = RoomOverRedis(name, self)
            self._link.subscribe(room_key(name))
        if self.is_joined:
            with suppress(TimeoutError):
                await asyncio.wait_for(room.is_current.wait(), SLOWEST)
        return room

    async def _answer(self, *words: str | bytes | int) -> Answer:
        """What Redis says. Raises NoRoom: nothing, for it can't be reached."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked += 1
        self._link.send(f"ask {self._asked}", *words, answered=partial(_resolve, answer))
        try:
            return await asyncio.wait_for(answer, SLOWEST if self.is_joined else 0)
        except TimeoutError:
            raise NoRoom("error.room.away") from None

    # What `redis_link.Listener` has.

    def joined(self) -> None:
        """Redis is there, at first or again."""
        if self._is_away:
            self._is_away = False
            self._told(Message.of("room.redis.back", where=str(self._address)))
        for room in self._rooms.values():
            self._link.subscribe(room_key(room.name))
        self._refreshed = -_REFRESH
        self._beat()

    def parted(self, why: Message) -> None:
        """Redis is gone."""
        self._is_refused = False
        if self._pulse is not None:
            self._pulse.cancel()
        self._is_away = True
        self._told(Message.of("room.redis.away", why=why))
        for room in self._rooms.values():
            room.parted()

    def subscribed(self, channel: str) -> None:
        """From here on everything is heard: what was before is asked for."""
        room = self._rooms.get(channel.removeprefix(room_key("")))
        if room is not None:
            self._find(room)
            room.say()

    def heard(self, channel: str, octets: bytes) -> None:
        """Another server has said something, or this one."""
        room = self._rooms.get(channel.removeprefix(room_key("")))
        value = None if room is None else self._value(room, octets)
        if room is not None and value is not None:
            room.heard(value)

    def _find(self, room: RoomOverRedis) -> None:
        """Asks for what is kept of it."""

        def answered(answer: Answer) -> None:
            if isinstance(answer, ResponseError) and not str(answer).startswith("WRONGTYPE"):
                self._refused(answer)
                answer = b""
            value = None if answer == b"" else self._value(room, answer)
            kept = value if isinstance(value, Kept) else None
            if answer != b"" and kept is None:
                self._unreadable_in(room)
                self._link.send(f"drop {room.name}", "DEL", key)  # `SHOW` may find it newer than what comes.
            room.found(kept)

        key = room_key(room.name)
        self._link.send(f"find {room.name}", "GETRANGE", key, 0, LARGEST - 1, answered=answered)

    def _value(self, room: RoomOverRedis, octets: Answer) -> Kept | There | None:
        """None: somebody else has put it there."""
        try:
            if isinstance(octets, bytes):
                return value_of(octets)
        except BadShown:
            pass
        self._unreadable_in(room)
        return None

    def _unreadable_in(self, room: RoomOverRedis) -> None:
        """Tells it once."""
        if room.name not in self._unreadable:
            self._unreadable.add(room.name)
            self._told(Message.of("room.redis.unreadable", where=str(self._address), name=room.name))

    def _beat(self) -> None:
        """Each `PULSE`, while Redis is there."""
        loop = asyncio.get_running_loop()
        self._pulse = loop.call_later(PULSE, self._beat)
        now = loop.time()
        if now - self._refreshed >= _REFRESH:
            self._refreshed = now
            self._refresh()
        for room in self._rooms.values():
            room.pulse(now)

    def _refresh(self) -> None:
        """Keeps the rooms from being forgotten while they are used, and a Redis that has lost them knows them
        again."""
        for name, hashed in self._hashes.items():
            self._link.send(f"open {name}", *open_room(name, hashed))
        for name in self._rooms:
            self._link.send(f"last {name}", "EXPIRE", room_key(name), LASTS)

    # What `redis_room.Carrier` has.

    @property
    def is_joined(self) -> bool:
        """Whether Redis is there."""
        return self._link.is_joined

    def keep(self, room: RoomOverRedis, kept: Kept) -> None:
        """Raises BadShown: it is out of its bounds."""

        def answered(answer: Answer) -> None:
            if answer == 0:
                self._find(room)
            else:
                self._refused(answer)

        self._link.send(f"show {room.name}", *show(room.name, kept), answered=answered)

    def say(self, room: RoomOverRedis, octets: bytes) -> None:
        """Publishes it; of what waits, the newest."""
        key = room_key(room.name)
        self._link.send(f"say {room.name}", "PUBLISH", key, octets, answered=self._refused)

    def _refused(self, answer: Answer) -> None:
        """Tells once that Redis does not do what it is asked, if so: it is full, a replica, or not allowed
        to."""
        if isinstance(answer, ResponseError) and not self._is_refused:
            self._is_refused = True
            self._told(self._refusal(answer))

    def _refusal(self, error: ResponseError) -> Message:
        return Message.of("error.redis.refuses", where=str(self._address), why=str(error)[:200])


def _resolve(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)
