"""What the future of a stack depends on, as a key: two stacks of one host go on alike if their keys are
equal.

A `Stack` compares by all that it holds, and so two runs that only differ in when they came to the same place
are never equal: every time of theirs is another. A search over losses and delays must see that they are, or
it visits everything once for each way that leads there. Here each variable of a block stands as what it can
still bring about. A running timer is what it has left to run; a moment that some rule compares with now is
its age, and no more of that than the rule can tell apart; what only a measurement to come needs is left out
where no measurement will come of it. All else is itself.

The clock as such is left out too, and so the key is only right where nothing of the clock can show:
`shows_clock` says where it does (the value of a timestamp, an initial sequence number from a clock, a
cookie), and there who compares must compare the time as well.

Every variable of a `Tcb` has to be in one of the lists below. One that is in none is an error at import, for
a variable that a key does not know makes a search miss what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from tcptui.core.events import TimerKind
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp import syn_cookies
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.stacks.rfc9293 import TS_RECENT_LIFETIME
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.timers import Timer

AS_IT_IS = (
    "connection", "local", "remote", "state", "passive", "wanted_remote", "user_timeout", "settings",
    "iss", "snd_una", "snd_nxt", "snd_wnd", "snd_wl1", "snd_wl2", "snd_up", "max_snd_wnd", "snd_mss",
    "path_mss", "pushed_seq", "snd_sml", "irs", "rcv_nxt", "rcv_wnd", "rcv_up", "rcv_buff",
    "receive_memory", "last_ack_sent", "snd_shift", "rcv_shift", "scaling", "timestamps", "ts_recent",
    "sack", "ecn", "offers_options", "snd_buff", "send_buffer", "close_called", "half_duplex", "fin_sent",
    "cwnd", "ssthresh", "duplicate_acks", "recovering", "recover", "rtx_next", "rtx_end", "loss_probe",
    "most_in_flight", "flight_until", "out_of_order", "sack_recency", "duplicate", "receive_buffer",
    "receives", "estimate", "syn_timed_out", "error", "probes", "persist_backoff", "quickack", "delack",
    "listener", "wants_room", "more", "ack_deferred",
)  # fmt: skip
"""Variables that are compared as they are."""
TIMER_VARIABLES = tuple(kind.variable for kind in TimerKind)
"""Timers: what they have left to run. When they were set is only shown."""
AGES = (
    "ts_recent_at", "sent_at", "data_received_at", "challenges", "challenged_at", "retransmission_queue",
)  # fmt: skip
"""Variables in which `_ages` finds moments."""

_as_it_is: Callable[[Tcb], tuple[Any, ...]] = attrgetter(*AS_IT_IS)
_timers: Callable[[Tcb], tuple[Timer | None, ...]] = attrgetter(*TIMER_VARIABLES)


def listener_key(listener: Listener, now: int) -> tuple[Any, ...]:
    """What the future of a listener depends on: hashable, times from `now`."""
    sent_at = listener.cookies_sent_at
    if sent_at is None:
        return listener.values()
    aged = listener.copy()
    aged.cookies_sent_at = min(now - sent_at, syn_cookies.LIFETIME + 1)
    return aged.values()


def tcb_key(tcb: Tcb, now: int, profile: Profile) -> tuple[Any, ...]:
    """What the future of one connection depends on: hashable, times from `now`."""
    left = tuple(None if timer is None else timer.due - now for timer in _timers(tcb))
    return _as_it_is(tcb), left, _ages(tcb, now, profile)


def shows_clock(tcbs: Collection[Tcb], listens: bool, opens: int, isns: int, profile: Profile) -> bool:
    """Whether the time itself can show in what a stack with these blocks will send by itself or in answer,
    its programs making `opens` OPENs more, for which `isns` given numbers are left."""
    listens = listens or any(tcb.state is State.LISTEN or tcb.half_open for tcb in tcbs)
    if listens or opens > isns:
        return True  # Who listens can return to LISTEN, and need more numbers than there are given ones.
    offers = profile.timestamps and (opens > 0 or any(tcb.state is State.SYN_SENT for tcb in tcbs))
    return offers or any(tcb.timestamps for tcb in tcbs)


def _ages(tcb: Tcb, now: int, profile: Profile) -> tuple[Any, ...]:
    challenge_age = now - tcb.challenged_at
    throttled = bool(tcb.challenges) and challenge_age < profile.challenge_interval
    data_at = tcb.data_received_at
    return (
        min(now - tcb.ts_recent_at, TS_RECENT_LIFETIME + 1) if tcb.timestamps else None,
        _idle(tcb, now, profile),
        min(now - data_at, _longest_gap(tcb)) if profile.pingpong and data_at is not None else None,
        (tcb.challenges, challenge_age) if throttled else None,
        tuple(_entry(entry, now, profile) for entry in tcb.retransmission_queue),
    )


def _longest_gap(tcb: Tcb) -> int:
    """From when on it makes no difference how long no data has come: `delayed_ack.note_data`."""
    return max(tcb.delack.ato, tcb.estimate.rto) + 1


def _idle(tcb: Tcb, now: int, profile: Profile) -> int:
    """How long no data has been sent: what a restart after idle asks for (RFC 5681 section 4.1). It asks
    whether that is more than the RTO, which only a measurement can change while data is outstanding."""
    longest = tcb.estimate.rto if tcb.snd_una == tcb.snd_nxt else max(profile.max_rto, tcb.estimate.rto)
    return min(now - tcb.sent_at, longest + 1)


def _entry(entry: RetransmissionEntry, now: int, profile: Profile) -> tuple[Any, ...]:
    """If it was sent more than once it is not measured (Karn's algorithm); when that was last, a loss probe
    asks for as long as the RTO is not over."""
    age = now - entry.sent_at
    if entry.transmissions == 1:
        return entry._replace(sent_at=age)
    return entry._replace(
        sent_at=min(age, profile.max_rto) if profile.tail_loss_probe else 0, transmissions=2
    )


def check_classified(names: Iterable[str]) -> None:
    """TypeError unless the lists above together have exactly these variables."""
    if unknown := {*names} ^ {*AS_IT_IS, *TIMER_VARIABLES, *AGES}:
        raise TypeError(f"not classified for keys: {sorted(unknown)}")


check_classified(field.name for field in fields(Tcb))
