"""epoll in a script: poll() with a descriptor of its own, and an interest list that is kept (epoll(7)).

The sockets have poll(), so an epoll descriptor here is one that nothing else is done with, its interest list
is kept beside the script's calls, and epoll_wait() is a poll() of that list. What EPOLLET and EPOLLONESHOT
remember, no poll() does: an entry that has been handed over is left out until something wakes it, which with
EPOLLET is what Linux's ep_poll_callback() is called for: data that arrives, a new state, and room once a
write has found none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tcptui.core.state import State
from tcptui.core.units import MILLISECOND
from tcptui.formats.packetdrill.call_arguments import Arguments
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.script_calls import Difference, Prepared
from tcptui.formats.packetdrill.syntax import Array, CallEvent, Expression, Struct
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import requests
from tcptui.sockets.answers import Done

_DATA = ("fd", "ptr", "u32", "u64")
"""The names of a union epoll_data's members."""
EPOLLET, EPOLLONESHOT = 1 << 31, 1 << 30
_WAKES_READERS = requests.POLLIN | requests.POLLPRI | requests.POLLRDNORM | requests.POLLRDHUP
_WAKES_WRITERS = requests.POLLOUT | requests.POLLWRNORM


class Readiness(NamedTuple):
    """What wakes an entry of a socket."""

    state: State
    arrived: tuple[int, ...]
    """Changes with everything that arrives in order: data, or connections to be accepted."""
    writable: bool


class Interest(NamedTuple):
    """One entry of an interest list."""

    epoll: int
    fd: int
    events: int
    data: int
    """What epoll_wait() hands back with the events."""
    armed: bool = True
    """Whether the next epoll_wait() looks at it."""
    seen: Readiness | None = None
    """What was so when it was handed over."""
    full: bool = False
    """A write has found no room since: SOCK_NOSPACE."""


Interests: TypeAlias = tuple[Interest, ...]
CALLS = ("epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait")
"""The calls that are served here."""


def prepare_epoll(event: CallEvent, args: Arguments, known: Interests) -> tuple[Prepared, Interests]:
    """One of `CALLS`, and the interest lists once it has been made. Raises NotSupported."""
    if event.name == "epoll_ctl":
        return _control(args, known)
    if event.name == "epoll_wait":
        return _wait(args, known), known
    return Prepared(requests.NewSocket(number=args.new_descriptor())), known


def _control(args: Arguments, known: Interests) -> tuple[Prepared, Interests]:
    epoll, fd, what = args.number(0), args.number(2), args.name(1)
    others = tuple(one for one in known if (one.epoll, one.fd) != (epoll, fd))
    if what in ("EPOLL_CTL_ADD", "EPOLL_CTL_MOD"):
        struct = args.struct(3)
        if struct is None:
            raise NotSupported("needs.field", name="events")
        events = args.field(struct, ("events",), 0)
        others += (Interest(epoll, fd, events, args.field(struct, _DATA, 1)),)
    elif what != "EPOLL_CTL_DEL":
        raise NotSupported("needs.constant", name=what)
    return Prepared(requests.GetFlags(fd), value=lambda done: min(done.value, 0)), others


def handed_over(
    event: CallEvent, args: Arguments, known: Interests, done: Done, look: Callable[[int], Readiness]
) -> Interests:
    """The interest lists after an epoll_wait() has returned; `look` tells of a descriptor's socket."""
    if event.name != "epoll_wait" or not isinstance(done.answer, tuple):
        return known
    entries = _watched(known, args.number(0))
    told = [one for one, bits in zip(entries, done.answer, strict=True) if bits][: args.number(2)]
    return tuple(
        one._replace(armed=False, seen=look(one.fd), full=False)
        if one in told and one.events & (EPOLLET | EPOLLONESHOT)
        else one
        for one in known
    )


def found_no_room(known: Interests, fd: int) -> Interests:
    """The interest lists after a write to a socket that was not taken as a whole."""
    return tuple(one._replace(full=True) if one.fd == fd else one for one in known)


def woken(known: Interests, look: Callable[[int], Readiness]) -> Interests:
    """The interest lists after something has happened."""
    return tuple(
        one._replace(armed=True) if not one.armed and _is_woken(one, look(one.fd)) else one for one in known
    )


def _is_woken(one: Interest, now: Readiness) -> bool:
    if one.events & EPOLLONESHOT or one.seen is None:
        return False
    if now.state is not one.seen.state:
        return True  # sk_state_change() wakes for whatever there is.
    arrived = one.events & _WAKES_READERS and set(now.arrived) - set(one.seen.arrived)
    return bool(arrived or (one.events & _WAKES_WRITERS and one.full and now.writable))


def _watched(known: Interests, epoll: int) -> list[Interest]:
    return [one for one in known if one.epoll == epoll and one.armed]


def _wait(args: Arguments, known: Interests) -> Prepared:
    epoll, most, timeout = args.number(0), args.number(2), args.number(3)
    entries = _watched(known, epoll)
    if timeout and any(one.epoll == epoll and not one.armed for one in known):
        raise NotSupported("needs.call_with", call="epoll_wait", what="EPOLLET that is to wait")
    events = ~(EPOLLET | EPOLLONESHOT)
    watched = tuple(requests.Watched(one.fd, one.events & events) for one in entries)

    def ready(done: Done) -> list[tuple[int, int]]:
        assert isinstance(done.answer, tuple)
        bits = zip(entries, done.answer, strict=True)
        return [(one.data, found) for one, found in bits if isinstance(found, int) and found][:most]

    def answer(done: Done) -> Difference | None:
        asked = [_event(args, one) for one in _structs(args.at(1))]
        found = ready(done)
        if not asked or not found or asked == found:
            return None
        return Difference(_text(asked), _text(found))

    request = requests.Poll(watched, timeout * MILLISECOND if timeout >= 0 else None)
    return Prepared(request, answer, lambda done: min(done.value, most))


def _structs(events: Expression) -> list[Struct]:
    """The struct epoll_events that a script names: one, or an array of them."""
    items = events.items if isinstance(events, Array) else (events,)
    return [one for one in items if isinstance(one, Struct)]


def _event(args: Arguments, event: Struct) -> tuple[int, int]:
    return args.field(event, _DATA, 1), args.field(event, ("events",), 0)


def _text(events: list[tuple[int, int]]) -> str:
    return "[" + ", ".join(f"{{events={bits:#x}, fd={data}}}" for data, bits in events) + "]"
