"""Which connections are taken: so many in all, of an address, and a second.

Why it is so. A connection costs a server more than its client: a key exchange is a millisecond of CPU, a
session a megabyte. So who is refused is refused before anything is read or sent, by what is known then: the
address and how many there are. Rates are token buckets: a class that comes all at once is taken, who goes on
at that rate is not. A network with IPv6 gives each of its members 2^64 addresses, so those count as one; so
does an IPv4 address however it is written. What is kept of addresses is bounded: an address with a full
bucket and no connection is one that is not known.

How many are there without having logged in is limited of its own, or those who never do would keep out the
others. Where there is no room left among these, a newcomer takes the place of the oldest of the address
that has most of them, if that has more than his own: a few addresses that only connect keep nobody out.
Wrong passwords are counted across the connections of an address.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from asyncio import Transport

MOST_KNOWN = 4096
"""Addresses that are remembered before those that need not be are forgotten."""


class AdmissionLimits(NamedTuple):
    """How many connections are taken; rates are a second, the bursts connections at once."""

    total: int = 500
    per_address: int = 20
    not_logged_in: int = 100
    rate: float = 20.0
    burst: int = 200
    address_rate: float = 2.0
    address_burst: int = 15
    password_rate: float = 0.2
    password_burst: int = 10


def who(address: str) -> str:
    """The address, or the network, by which connections are counted; `address` itself if it is none."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped
    return str(ip)


class TokenBucket:
    """So many tokens at once, and so many a second."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        """It is full at `now`, in seconds."""
        self._rate, self._burst, self._tokens, self._at = rate, burst, burst, now

    def has(self, now: float) -> float:
        """How many tokens are there."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return self._tokens

    def take(self, now: float, tokens: float = 1) -> bool:
        """Whether there were so many tokens; they are taken."""
        if self.has(now) < tokens:
            return False
        self._tokens -= tokens
        return True

    def is_full(self, now: float) -> bool:
        """Whether it is as one that was never used."""
        return self.has(now) >= self._burst


class Admitted:
    """A connection that was taken, until it leaves."""

    def __init__(self, admission: Admission, name: str, drop: Callable[[], object] | None = None) -> None:
        """`drop` ends the connection; None: it stays until it leaves by itself."""
        self._admission, self.name, self.drop = admission, name, drop
        self.has_logged_in = self._has_left = False

    def log_in(self) -> None:
        """It is none of those any more that have not logged in."""
        if not self.has_logged_in and not self._has_left:
            self.has_logged_in = True
            self._admission.has_login(self)

    def may_try_password(self) -> bool:
        """Whether its address may try one more password now."""
        return self._admission.take_password(self.name)

    def leave(self) -> None:
        """It is gone; a second call does nothing."""
        if not self._has_left:
            self._has_left = True
            self._admission.has_login(self)
            self._admission.forget(self.name)


class Admission:
    """The connections that are there, and who may come. `now` says the time in seconds."""

    def __init__(
        self, limits: AdmissionLimits | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._now = limits or AdmissionLimits(), now
        self._all = TokenBucket(self._limits.rate, self._limits.burst, now())
        self._rates: dict[str, TokenBucket] = {}
        self._passwords: dict[str, TokenBucket] = {}
        self._there: Counter[str] = Counter()
        self.total = 0
        self._without_login: dict[Admitted, None] = {}
        """In the order in which they have come."""
        self.refused: Counter[str] = Counter()
        """How many were refused, by the key of the reason, since somebody emptied it."""

    def admit(self, address: str, drop: Callable[[], object] | None = None) -> Admitted | None:
        """Takes a connection from this address, or refuses it and counts why. `drop` ends it, for one that is
        to take its place before it has logged in."""
        name, now = who(address), self._now()
        rate = self._rates.get(name) or TokenBucket(
            self._limits.address_rate, self._limits.address_burst, now
        )
        reason = self._reason(name, rate, now)
        if reason:
            self.refused[reason] += 1
            return None
        rate.take(now)
        _keep(self._rates, name, rate, now)
        self._there[name] += 1
        self.total += 1
        admitted = Admitted(self, name, drop)
        self._without_login[admitted] = None
        return admitted

    def take(self, transport: Transport) -> Admitted | None:
        """Takes the connection of this transport, or drops it."""
        peer = transport.get_extra_info("peername")
        admitted = self.admit(peer[0], transport.abort) if peer else None
        if admitted is None:
            transport.abort()
        return admitted

    def _reason(self, name: str, rate: TokenBucket, now: float) -> str:
        """The key of what keeps it out. The rate of all is looked at last: who is refused takes none of
        it."""
        if rate.has(now) < 1:
            return "serve.refused.address_rate"
        if self._there[name] >= self._limits.per_address:
            return "serve.refused.per_address"
        if self.total >= self._limits.total:
            return "serve.refused.total"
        gives_way = None
        if self.not_logged_in >= self._limits.not_logged_in:
            gives_way = self._gives_way_to(name)
            if gives_way is None:
                return "serve.refused.not_logged_in"
        if not self._all.take(now):
            return "serve.refused.rate"
        if gives_way is not None and gives_way.drop is not None:
            self.refused["serve.refused.not_logged_in"] += 1
            gives_way.drop()
            gives_way.leave()
        return ""

    def _gives_way_to(self, name: str) -> Admitted | None:
        """The oldest of the address with most that have not logged in, if these are more than of `name`."""
        those = [one for one in self._without_login if one.drop is not None]
        counts = Counter(one.name for one in those)
        most = max(counts.values(), default=0)
        if most <= counts[name]:
            return None
        return next(one for one in those if counts[one.name] == most)

    def take_password(self, name: str) -> bool:
        """Whether one more password may be tried from there; it is counted."""
        now = self._now()
        bucket = self._passwords.get(name) or TokenBucket(
            self._limits.password_rate, self._limits.password_burst, now
        )
        may = bucket.take(now)
        _keep(self._passwords, name, bucket, now)
        return may

    @property
    def not_logged_in(self) -> int:
        """How many are there that have not logged in."""
        return len(self._without_login)

    def has_login(self, admitted: Admitted) -> None:
        """It is none of those any more."""
        self._without_login.pop(admitted, None)

    def forget(self, name: str) -> None:
        """One connection of that name less."""
        self.total -= 1
        self._there[name] -= 1
        if not self._there[name]:
            del self._there[name]


def _keep(buckets: dict[str, TokenBucket], name: str, bucket: TokenBucket, now: float) -> None:
    buckets[name] = bucket
    if len(buckets) > MOST_KNOWN:
        for known in [known for known, one in buckets.items() if one.is_full(now)]:
            del buckets[known]
        if len(buckets) > MOST_KNOWN:  # Of those that are left the one that was known first.
            del buckets[next(iter(buckets))]
