"""The key of a stack: every variable counts, times only as what they can still bring about."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp import syn_cookies
from tcptui.core.tcp.calls import Abort, Open
from tcptui.core.tcp.keys import AGES, AS_IT_IS, TIMER_VARIABLES, check_classified, listener_key, tcb_key
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.stacks.rfc9293 import TS_RECENT_LIFETIME
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.timers import RtoEstimate, Timer

HERE, THERE = Socket("10.0.0.1", 1), Socket("10.0.0.2", 80)
SECOND = 1_000_000
NOW = 1_000 * SECOND


def block(**values: Any) -> Tcb:
    """An established connection with these variables."""
    tcb = Tcb(1, HERE, THERE, State.ESTABLISHED, estimate=RtoEstimate(50_000, 1_000, SECOND))
    for name, value in values.items():
        setattr(tcb, name, value)
    return tcb


def test_every_variable_is_in_exactly_one_list() -> None:
    """A new one that is in none would be missed by every search."""
    assert sorted((*AS_IT_IS, *TIMER_VARIABLES, *AGES)) == sorted(field.name for field in fields(Tcb))


@pytest.mark.parametrize("name", AS_IT_IS)
def test_a_variable_with_another_value_makes_another_key(name: str) -> None:
    tcb = block(**{name: "another"})
    if name in ("estimate", "snd_una"):
        tcb = block(estimate=RtoEstimate(1, 2, 3)) if name == "estimate" else block(snd_una=7)
    assert tcb_key(tcb, NOW, RFC9293) != tcb_key(block(), NOW, RFC9293)


@pytest.mark.parametrize("name", TIMER_VARIABLES)
def test_a_timer_is_what_it_has_left_to_run(name: str) -> None:
    one = tcb_key(block(**{name: Timer(NOW - 5, NOW + 100)}), NOW, RFC9293)
    assert one == tcb_key(block(**{name: Timer(NOW + 200, NOW + 400)}), NOW + 300, RFC9293)
    assert one != tcb_key(block(**{name: Timer(NOW - 5, NOW + 101)}), NOW, RFC9293)
    assert one != tcb_key(block(), NOW, RFC9293)


AGES_THAT_COUNT: tuple[tuple[str, dict[str, Any], Profile, int], ...] = (
    # The variable, what has to be the case for it to count, the profile, and the longest age that counts.
    ("ts_recent_at", {"timestamps": True}, RFC9293, TS_RECENT_LIFETIME + 1),
    ("sent_at", {}, RFC9293, SECOND + 1),
    ("sent_at", {"snd_nxt": 9}, RFC9293, RFC9293.max_rto + 1),
    ("data_received_at", {}, LINUX, SECOND + 1),
    ("challenged_at", {"challenges": 3}, LINUX, LINUX.challenge_interval),
)


@pytest.mark.parametrize(("name", "given", "profile", "longest"), AGES_THAT_COUNT)
def test_a_moment_is_its_age_as_far_as_a_rule_can_tell(
    name: str, given: dict[str, Any], profile: Profile, longest: int
) -> None:
    def key(at: int, now: int) -> tuple[Any, ...]:
        return tcb_key(block(**given, **{name: at}), now, profile)

    start = 10 * TS_RECENT_LIFETIME
    assert key(start, start + 5) == key(start + 100, start + 105)
    assert key(start, start + 5) != key(start, start + 6)
    assert key(start, start + longest - 1) != key(start, start + longest)
    assert key(start, start + longest) == key(start, start + longest + 1)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("ts_recent_at", RFC9293),
        ("data_received_at", RFC9293),
        ("challenged_at", LINUX),
        ("challenges", RFC9293),
    ],
)
def test_a_moment_that_no_rule_asks_for_does_not_count(name: str, profile: Profile) -> None:
    """Without timestamps, pingpong mode, challenge ACKs that were sent lately."""
    assert tcb_key(block(**{name: 5}), NOW, profile) == tcb_key(block(**{name: 7}), NOW, profile)


def test_that_data_was_received_at_all_counts_where_it_decides_about_acknowledgments() -> None:
    old = block(data_received_at=NOW - 10 * SECOND)
    assert tcb_key(old, NOW, LINUX) != tcb_key(block(), NOW, LINUX)


def test_a_listener_is_all_its_variables_and_the_age_of_its_last_cookie() -> None:
    """LIFETIME: after that no cookie is taken."""

    def key(sent_at: int | None, now: int, **values: Any) -> tuple[Any, ...]:
        return listener_key(Listener(1, HERE, cookies_sent_at=sent_at, **values), now)

    assert key(5, 10) == key(105, 110) != key(5, 11)
    assert key(0, syn_cookies.LIFETIME + 1) == key(0, syn_cookies.LIFETIME + 2) != key(None, 0)
    assert key(None, 0) == key(None, 1) != key(None, 0, accept_queue=(2,))


def test_when_a_segment_was_sent_counts_until_it_is_sent_again() -> None:
    """Karn's algorithm: what was sent twice is not measured. How often it was sent is only told."""

    def key(sent_at: int, transmissions: int) -> tuple[Any, ...]:
        entry = RetransmissionEntry(1, 2, 0, b"x", sent_at, transmissions)
        return tcb_key(block(retransmission_queue=(entry,)), NOW, RFC9293)

    assert key(NOW - 5, 1) != key(NOW - 6, 1)
    assert key(NOW - 5, 1) != key(NOW - 5, 2)
    assert key(NOW - 5, 2) == key(NOW - 6, 3)


def test_the_numbers_and_names_that_come_next_count() -> None:
    one, other = Stack(isns=[1]), Stack(isns=[2])
    assert one.key(NOW) != other.key(NOW)
    other = Stack(isns=[1])
    other.call(Open(HERE, passive=True), 0)
    other.call(Abort(1), 0)
    assert one.key(NOW) != other.key(NOW), "the next connection has another name"


@pytest.mark.parametrize(
    ("profile", "isns", "opens", "expected"),
    [
        (RFC9293, (), 0, False),
        (RFC9293, (), 1, True),
        (RFC9293, (1,), 1, False),
        (RFC9293, (1,), 2, True),
        (RFC9293._replace(timestamps=True), (1,), 1, True),
        (FREEBSD, (1,), 0, False),
    ],
)
def test_the_clock_shows_where_an_initial_number_or_a_timestamp_may_be_drawn_from_it(
    profile: Profile, isns: tuple[int, ...], opens: int, expected: bool
) -> None:
    assert Stack(profile, isns).shows_clock(opens) is expected


def test_the_clock_shows_behind_every_passive_open_and_in_the_timestamps_of_a_connection() -> None:
    """Whoever listens may have to choose more numbers than there are given ones: it can return to LISTEN."""
    listening = Stack(isns=[1, 2])
    listening.call(Open(HERE, passive=True), 0)
    assert listening.shows_clock(0)
    connecting = Stack(isns=[1])
    connecting.call(Open(HERE, THERE), 0)
    assert not connecting.shows_clock(0)
    stamped = Stack(RFC9293._replace(timestamps=True), isns=[1])
    stamped.call(Open(HERE, THERE), 0)
    assert stamped.shows_clock(0), "its SYN may have to be sent again"


def test_a_variable_in_no_list_or_one_that_is_gone_is_an_error() -> None:
    names = [field.name for field in fields(Tcb)]
    check_classified(names)
    with pytest.raises(TypeError, match=r"not classified for keys: \['new'\]"):
        check_classified([*names, "new"])
    with pytest.raises(TypeError, match="not classified for keys"):
        check_classified(names[1:])
