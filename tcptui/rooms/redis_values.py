"""What of a room is in Redis: its keys and channel, and the octets that are kept and published there.

| where | what | how long |
|---|---|---|
| key ``tcptui:room:NAME`` | the newest `Kept` | `LASTS`, from when it was last shown or in use |
| key ``tcptui:room:NAME:key`` | the hash of the presenter's key, as the first server gave it | the same |
| key ``tcptui:key:HASH`` | the name of the room of that key | the same |
| channel ``tcptui:room:NAME`` | each `Kept`, and each server's `There` | not kept |

Why it is so. What is kept is whole and says itself how new it is, so whoever writes or reads it needs no
other order than `Kept.is_newer_than`: twice, late, or after others, the newest is left, on each server and in
Redis, where `SHOW` compares as Python does. Counts are not added up in Redis, where an addition would be lost
or made twice when a connection breaks: each server says its own, again and again, and who is no longer heard
counts no more.
"""

from __future__ import annotations

import re
from contextlib import suppress

from tcptui.named_tuple import NamedTuple
from tcptui.rooms.encoding import MOST_OCTETS, BadShown, decode, encode
from tcptui.rooms.values import Counted, Shown

LASTS = 24 * 60 * 60
"""Seconds that Redis keeps a room that nobody uses."""
MOST_NUMBER = 2**52
"""No number of `Shown` or of a claim is larger: Lua's numbers are exact up to 2^53."""
LARGEST = MOST_OCTETS + 100
"""Octets of a value with its first line."""

SHOW = """
local held = redis.pcall('GETRANGE', KEYS[1], 0, 99)
if type(held) == 'string' then
  local number, server = string.match(held, '^shown (%d+) (%x+) %d+\\n')
  number = tonumber(number)
  if number and number <= tonumber(ARGV[5]) then
    local mine = tonumber(ARGV[1])
    if number > mine or (number == mine and server > ARGV[2]) then return 0 end
  end
end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
redis.call('PUBLISH', KEYS[1], ARGV[3])
return 1
"""
"""Keeps and publishes a `Kept`, unless one is there that is newer: 0. What is there and is none is replaced."""

OPEN = """
local held = redis.pcall('GETRANGE', KEYS[1], 0, 99)
if type(held) ~= 'string' then return '' end
if held ~= '' and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return ARGV[1]
"""
"""Makes the hash the room's, unless another is; returns the one it has."""

_HEAD = re.compile(rb"shown (\d{1,16}) ([0-9a-f]{16}) (\d{1,16})\n|there ([0-9a-f]{16}) (\d{1,16})\n")


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
        """By their numbers; if two servers gave the same, the same of them everywhere."""
        return (self.shown.number, self.server) > (other.shown.number, other.server)


class There(NamedTuple):
    """Who of a room is at one server."""

    server: str
    claim: int
    """Its presenter's; 0: nobody presents there."""
    counted: Counted


def octets_of(value: Kept | There) -> bytes:
    """Raises BadShown: out of its bounds."""
    if isinstance(value, There):
        return b"there %b %d\n" % (value.server.encode(), value.claim) + encode(value.counted)
    if value.shown.number > MOST_NUMBER:
        raise BadShown
    head = b"shown %d %b %d\n" % (value.shown.number, value.server.encode(), value.claim)
    return head + encode(value.shown)


def value_of(octets: bytes) -> Kept | There:
    """What `octets_of` has made these octets of. Raises BadShown."""
    head = _HEAD.match(octets)
    if head is None or len(octets) > LARGEST:
        raise BadShown
    number, server, claim, at, claimed = head.groups()
    value = decode(octets[head.end() :])
    if max(int(claim or 0), int(claimed or 0)) > MOST_NUMBER:
        raise BadShown
    if at is not None and isinstance(value, Counted):
        return There(at.decode(), int(claimed), value)
    if at is None and isinstance(value, Shown) and value.number == int(number) <= MOST_NUMBER:
        return Kept(value, server.decode(), int(claim))
    raise BadShown


def name_of(octets: object) -> str:
    """The text of a short value; empty: it is none."""
    if isinstance(octets, bytes) and len(octets) <= 100:
        with suppress(UnicodeDecodeError):
            return octets.decode("ascii")
    return ""
