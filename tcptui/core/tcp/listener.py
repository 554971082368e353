"""A listener: what a passive OPEN with a backlog makes, and how its two queues are counted.

What a segment does to it is `listen`'s; which of several listeners a segment is for is `stack`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from tcptui.core.packet.segment import Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.tcb import Tcb


@dataclass(slots=True, eq=False, match_args=False)
class Listener:
    """A socket that stays in LISTEN, and gives every peer a connection of its own.

    Why it is no `Tcb`. RFC 9293's passive OPEN makes a block in LISTEN, and that block itself becomes the
    connection (3.10.1, 3.10.7.2); so it is here where OPEN names no backlog. listen(2) is something else:
    what listens never has a peer, sequence numbers, windows, timers or data, and it has what no connection
    has, two queues. Linux keeps a request socket for each half-open connection and counts them and those
    that wait for accept(2) at the listener; FreeBSD has its syncache and so_listen. As two kinds of value,
    neither has variables that mean nothing in it, and no function has to ask first which of the two it got.

    Half-open connections are ordinary blocks (`Tcb.listener` is this one's name), so that every rule of
    SYN-RECEIVED holds for them. Here stands only their number, which `Step.set_state` keeps, and the names
    of those that wait for ACCEPT. Every value is immutable, as in `Tcb`: a shallow copy is a whole one.
    """

    connection: int
    """Its local connection name, from the same numbers as those of connections."""
    local: Socket
    wanted_remote: Socket | None = None
    """The only peer that is let in; None: any."""
    backlog: int = 0
    """How many connections may wait for ACCEPT, before `Profile.backlog_slack`."""
    user_timeout: int | None = None
    settings: Settings = NO_SETTINGS
    """What its connections begin with."""
    half_open: int = 0
    """Its connections in SYN-RECEIVED."""
    accept_queue: tuple[int, ...] = ()
    """The connections that wait for ACCEPT, by name, the oldest first."""
    cookies_sent_at: int | None = None
    """When a SYN was last answered with a cookie, in microseconds."""

    @property
    def key(self) -> tuple[Socket, Socket | None]:
        """What segments are matched by: the local and the remote socket."""
        return self.local, self.wanted_remote

    def has_room(self, profile: Profile) -> bool:
        """Whether one more connection may wait for ACCEPT."""
        return len(self.accept_queue) < self.places(profile)

    def places(self, profile: Profile) -> int:
        """How many connections the accept queue has room for. Linux' sk_acceptq_is_full() lets one more than
        the backlog wait, FreeBSD's solisten_proto_check() half as many more."""
        slack = {"none": 0, "one": 1, "half": self.backlog // 2 + 1}[profile.backlog_slack]
        return max(1, self.backlog + slack)

    def as_block(self) -> Tcb:
        """A block in LISTEN, as RFC 9293's passive OPEN would have it."""
        tcb = Tcb(self.connection, self.local, self.wanted_remote, State.LISTEN, True)
        tcb.user_timeout, tcb.settings = self.user_timeout, self.settings
        return tcb

    def syn_places(self, profile: Profile) -> int:
        """How many half-open connections it has room for. Linux' tcp_conn_request(), without cookies only,
        leaves the last quarter of tcp_max_syn_backlog to known peers, of which there are none here."""
        if not profile.backlog_limits_syn_queue:
            return profile.syn_queue
        places = self.backlog + 1
        if profile.syn_cookies == "never":
            places = min(places, profile.syn_queue - (profile.syn_queue >> 2) + 1)
        return places

    def values(self) -> tuple[Any, ...]:
        """Every variable, in the order of declaration: hashable, equal if the listeners are."""
        return _values(self)

    def copy(self) -> Listener:
        return Listener(*_values(self))


_values = attrgetter(*(field.name for field in fields(Listener)))
