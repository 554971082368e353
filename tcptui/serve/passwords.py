"""A file with passwords that nobody can read out of it: a name and a hash on each line.

    # whoever comes as anna
    anna:$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA
    # a password that goes with every other name
    *:$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA

Why it is so. scrypt (RFC 7914) is in Python's own library and makes guessing cost memory, not only time. The
line is a PHC string, which other tools write as well (passlib's ``scrypt.hash``, for one): what it costs
stands in it, so that it can be raised later. What a line may cost is bounded, since anybody who comes can
have it computed.

Which names there are is not to be learned from the time: whoever comes, known or not, has a hash computed of
each cost that is in the file, one after the other. Where all lines cost the same, that is one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from base64 import b64decode, b64encode

from tcptui.core.message import Message
from tcptui.files import BadFile, read_text
from tcptui.named_tuple import NamedTuple

ANYBODY = "*"
LONGEST_PASSWORD = 256
"""Octets of UTF-8."""
_COST, _BLOCK, _PARALLEL = 15, 8, 1
"""2^15 rounds of 8 blocks: 32 MiB and some tens of milliseconds, as RFC 7914 has it for interactive
logins."""
_MOST_MEMORY = 1 << 26
_MOST_WORK = 1 << 27
_SALT_OCTETS, _HASH_OCTETS = 16, 32
_LINE = re.compile(
    r"(?P<name>[^:\s]+):\$scrypt\$ln=(?P<ln>\d{1,2}),r=(?P<r>\d{1,3}),p=(?P<p>\d{1,3})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<hash>[A-Za-z0-9+/]{22,86})"
)


class Hashed(NamedTuple):
    """A password's hash, and how it is computed."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    digest: bytes

    @property
    def costs(self) -> tuple[int, int, int]:
        """What decides about the time that it takes."""
        return self.cost, self.block, self.parallel

    def fits(self, password: str) -> bool:
        """Whether this is the password; takes some tens of milliseconds, and as many MiB."""
        octets = password.encode(errors="surrogatepass")
        made = self.of(octets[:LONGEST_PASSWORD])
        return hmac.compare_digest(made, self.digest) and len(octets) <= LONGEST_PASSWORD

    def of(self, password: bytes) -> bytes:
        """The hash of that password, computed so."""
        return hashlib.scrypt(
            password, salt=self.salt, n=1 << self.cost, r=self.block, p=self.parallel,
            dklen=len(self.digest), maxmem=_MOST_MEMORY + (1 << 20),
        )  # fmt: skip

    def __str__(self) -> str:
        """As in a file, without the name."""
        salt, digest = (b64encode(octets).rstrip(b"=").decode() for octets in (self.salt, self.digest))
        return f"$scrypt$ln={self.cost},r={self.block},p={self.parallel}${salt}${digest}"


def hashed(password: str) -> Hashed:
    """The hash of a password, with a salt of its own."""
    empty = Hashed(_COST, _BLOCK, _PARALLEL, os.urandom(_SALT_OCTETS), bytes(_HASH_OCTETS))
    return empty._replace(digest=empty.of(password.encode()))


class Passwords:
    """The hashes of a file by name."""

    def __init__(self, by_name: dict[str, Hashed]) -> None:
        self._by_name = by_name
        self._of_each_cost = {one.costs: _like(one) for one in by_name.values()}

    def fits(self, name: str, password: str) -> bool:
        """Whether somebody of that name has this password. Takes as long for each name that there is, and
        for one that there is not."""
        its = self._by_name.get(name) or self._by_name.get(ANYBODY)
        fits = False
        for costs, nobodys in self._of_each_cost.items():
            if its is not None and its.costs == costs:
                fits = its.fits(password)
            else:
                nobodys.fits(password)
        return fits


def read_passwords(file: str) -> Passwords:
    """The passwords of a file. Raises BadFile: it can't be read, has none, or a line is none."""
    by_name: dict[str, Hashed] = {}
    for number, line in enumerate(read_text(file).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        one = _hashed(match) if match is not None else None
        if match is None or one is None:
            raise BadFile(_at(file, number, Message.of("error.passwords.line")))
        if match["name"] in by_name:
            raise BadFile(_at(file, number, Message.of("error.passwords.twice", name=match["name"][:40])))
        by_name[match["name"]] = one
    if not by_name:
        raise BadFile("error.passwords.none", name=file)
    return Passwords(by_name)


def is_name(text: str) -> bool:
    """Whether this can be a name in the file."""
    return re.fullmatch(r"[^:\s#][^:\s]*", text) is not None


def _at(file: str, number: int, what: Message) -> Message:
    return Message.of("error.at_line", file=file, line=number, what=what)


def _hashed(match: re.Match[str]) -> Hashed | None:
    cost, block, parallel = (int(match[name]) for name in ("ln", "r", "p"))
    if not (cost >= 1 and block and parallel):
        return None
    if (block << cost + 7) > _MOST_MEMORY or (block * parallel << cost + 7) > _MOST_WORK:
        return None
    try:
        salt, digest = (b64decode(match[name] + "=" * (-len(match[name]) % 4)) for name in ("salt", "hash"))
    except ValueError:
        return None
    return Hashed(cost, block, parallel, salt, digest)


def _like(other: Hashed) -> Hashed:
    """A hash that no password has, and that takes as long."""
    return other._replace(salt=os.urandom(_SALT_OCTETS), digest=os.urandom(len(other.digest)))
