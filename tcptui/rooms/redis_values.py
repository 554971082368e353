"""What of a room is in Redis: its keys and channel, and the octets that are kept and published there.

| where | what | how long |
|---|---|---|
| key ``tcptui:room:NAME`` | the newest `Kept` | `LASTS`, from when it was last shown or in use |
| key ``tcptui:room:NAME:key`` | the hash of the presenter's key, as the first server gave it | the same |
| key ``tcptui:key:HASH`` | the name of the room of that key | the same |
| channel ``tcptui:room:NAME`` | each `Kept`, and each server's `There` | not kept |

Why it is so. What is kept is whole and says itself how new it is, so whoever writes or reads it needs no
other order than `Kept.is_newer_than`: whether it comes twice, late, or after others, the newest is left, on
each server and in Redis, where `SHOW` compares as Python does. Counts are not added up in Redis, where an
addition would be lost or made twice when a connection breaks: each server says its own, again and again, and
who is no longer heard counts no more.
"""

from __future__ import annotations

import re
from contextlib import suppress

from tcptui.named_tuple import NamedTuple
from tcptui.rooms.encoding import MOST_OCTETS, BadShown, decode, encode
from tcptui.rooms.values import Counted, Shown

LASTS = 24 * 60 * 60
"""Seconds that Redis keeps a room that nobody uses."""
MOST_NUMBER = 2**51
"""No number of a `Shown` or of a claim that is read is larger, so that there is always a next one which Lua,
whose numbers are exact up to 2^53, can compare."""
MOST_WATCHERS = 1_000_000
"""That one server can have."""
LARGEST = MOST_OCTETS + 100
"""Octets of a value with its first line."""

SHOW = """
local held = redis.pcall('GETRANGE', KEYS[1], 0, 99)
if type(held) == 'string' then
  local claim, number, server = string.match(held, '^shown (%d+) (%d+) (%x+)\\n')
  claim, number = tonumber(claim), tonumber(number)
  local most, my_claim, my_number = tonumber(ARGV[6]), tonumber(ARGV[1]), tonumber(ARGV[2])
  if claim and claim <= most and number <= most then
    if claim > my_claim then return 0 end
    if claim == my_claim and number > my_number then return 0 end
    if claim == my_claim and number == my_number and server > ARGV[3] then return 0 end
  end
end
redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
redis.call('PUBLISH', KEYS[1], ARGV[4])
return 1
"""
"""Keeps and publishes a `Kept`; 0: no, a newer one is kept. Whatever else is kept there is replaced."""

OPEN = """
local held = redis.pcall('GETRANGE', KEYS[1], 0, 99)
if type(held) ~= 'string' then return '' end
if held ~= '' and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return ARGV[1]
"""
"""Makes the hash the room's, unless another is; returns the one it has."""

_HEAD = re.compile(rb"(shown|there) (\d{1,16}) (\d{1,16}) ([0-9a-f]{16})\n")


def room_key(name: str) -> str:
    """Of what is shown; its channel has the same name."""
    return f"tcptui:room:{name}"


def hash_key(name: str) -> str:
    return f"tcptui:room:{name}:key"


def name_key(hashed: str) -> str:
    return f"tcptui:key:{hashed}"


class Kept(NamedTuple):
    """What is shown, by whom."""

    shown: Shown
    server: str
    """16 hexadecimal digits that a process has to itself."""
    claim: int
    """Who presents now has the largest."""

    def is_newer_than(self, other: Kept) -> bool:
        """Who presents now comes before who presented before, and the later number before the earlier; if two
        servers have given the same, the same of them everywhere."""
        return (self.claim, self.shown.number, self.server) > (other.claim, other.shown.number, other.server)


class There(NamedTuple):
    """Who of a room is at one server."""

    counted: Counted
    server: str
    claim: int
    """Its presenter's; 0: nobody presents there."""


def octets_of(value: Kept | There) -> bytes:
    """Raises BadShown: out of its bounds."""
    told = value.counted if isinstance(value, There) else value.shown
    kind, number = (b"shown", told.number) if isinstance(told, Shown) else (b"there", 0)
    return b"%b %d %d %b\n" % (kind, value.claim, number, value.server.encode()) + encode(told)


def value_of(octets: bytes) -> Kept | There:
    """What `octets_of` has made these octets of. Raises BadShown."""
    head = _HEAD.match(octets)
    if head is None or len(octets) > LARGEST:
        raise BadShown
    claim, number, server = int(head[2]), int(head[3]), head[4].decode()
    value = decode(octets[head.end() :])
    if max(claim, number) > MOST_NUMBER:
        raise BadShown
    if head[1] == b"shown" and isinstance(value, Shown) and 0 < value.number == number:
        return Kept(value, server, claim)
    if head[1] == b"there" and isinstance(value, Counted) and _is_possible(value):
        return There(value, server, claim)
    raise BadShown


def _is_possible(counted: Counted) -> bool:
    return max(counted.watchers, 0, *counted.answers) <= MOST_WATCHERS


def show(name: str, kept: Kept) -> tuple[str | bytes | int, ...]:
    """The command of `SHOW`. Raises BadShown: it is out of its bounds."""
    numbers = kept.claim, kept.shown.number, kept.server
    return ("EVAL", SHOW, 1, room_key(name), *numbers, octets_of(kept), LASTS, MOST_NUMBER)


def open_room(name: str, hashed: str) -> tuple[str | int, ...]:
    """The command of `OPEN`."""
    return ("EVAL", OPEN, 2, hash_key(name), name_key(hashed), hashed, name, LASTS)


def is_hash(text: str) -> bool:
    """Whether it is the hash of a key (`room.hash_of`)."""
    return re.fullmatch(r"[0-9a-f]{64}", text, re.ASCII) is not None


def name_of(octets: object) -> str:
    """The text of a short value; empty: it is none."""
    if isinstance(octets, bytes) and len(octets) <= 100:
        with suppress(UnicodeDecodeError):
            return octets.decode("ascii")
    return ""
