"""The words of rooms: presenting, watching, and what keeps anybody from it."""

from __future__ import annotations

SENTENCES = {
    "room.left": "the presenter has left",
    "room.ended": "the room has ended",
    "room.away": "the room can't be reached; it is tried again",
    "room.replaced": "somebody else presents now, with the same key",
    "room.redis.away": "{why}; rooms are this server's alone until it answers",
    "room.redis.back": "{where} answers again: rooms are shared again",
    "room.redis.unreadable": "what {where} has of the room {name!r} is not ours: it is left out",
    "error.redis.password": "{where} refuses the password, or wants one: in the URL, or in {variable}",
    "error.redis.refuses": "{where} refuses: {why}",
    "error.redis.slow": "{where} does not answer",
    "error.redis.unreachable": "there is no Redis server at {where}",
    "error.redis.url": (
        "the address of rooms must be redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], rediss:// or unix://PATH"
    ),
    "error.room.away": "the room can't be looked for: the server that has rooms does not answer",
    "error.room.key": "there is no room with that key",
    "error.room.name": "{name!r} is no name of a room: small letters, digits, - and _, at most 40",
    "error.room.taken": "there is a room {name!r} with another presenter already",
    "error.room.unknown": "there is no room {name!r}",
}
