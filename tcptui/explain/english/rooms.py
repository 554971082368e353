"""The words of rooms: presenting, watching, and what keeps anybody from it."""

from __future__ import annotations

SENTENCES = {
    "room.left": "the presenter has left",
    "room.ended": "the room has ended",
    "room.away": "the room can't be reached; it is tried again",
    "room.replaced": "somebody else presents now, with the same key",
    "error.room.key": "there is no room with that key",
    "error.room.name": "{name!r} is no name of a room: small letters, digits, - and _, at most 40",
    "error.room.taken": "there is a room {name!r} with another presenter already",
    "error.room.unknown": "there is no room {name!r}",
}
