"""A SYN that is newer than all of a connection in TIME-WAIT: RFC 9293 section 3.6.1, MAY-2, and RFC 6191."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import timestamps_option
from tcptui.core.packet.segment import ACK, RST, SYN, Option, Segment
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort
from tcptui.core.units import SECOND
from tests.core.build import PROMPT, rules, sent
from tests.core.test_listener import HERE, PEER_ISS, Listener, in_time_wait, peer

S = State
AGAIN = 10_000
"""The number of the SYN that comes again."""


def reopened(profile: Profile = PROMPT) -> tuple[Listener, int]:
    """A SYN has met TIME-WAIT; and the number that acknowledges our own."""
    listener = in_time_wait(profile)
    (syn_ack,) = sent(listener.arrives(1, SYN, AGAIN))
    assert (syn_ack.flags, syn_ack.ack) == (SYN | ACK, PEER_ISS + AGAIN + 1)
    return listener, syn_ack.seq + 1


def test_time_wait_ends_once_the_new_connection_is_open() -> None:
    listener, ack = reopened()
    events = listener.arrives(1, ACK, AGAIN + 1, ack)
    assert Rule.TIME_WAIT_REOPENED in rules(events)
    assert listener.states() == [S.LISTEN, S.ESTABLISHED]
    listener.wait(240 * SECOND)
    assert listener.states() == [S.LISTEN, S.ESTABLISHED]


def test_a_syn_that_was_an_old_duplicate_returns_to_time_wait() -> None:
    """MAY-2, (2): the peer knows nothing of the SYN, and its RST says so. 2 MSL go on from their start."""
    listener, _ = reopened()
    before = listener.stack.next_deadline()
    events = listener.arrives(1, RST, AGAIN + 1)
    assert Rule.TIME_WAIT_GOES_ON in rules(events)
    assert listener.states() == [S.LISTEN, S.TIME_WAIT]
    fin_again = listener.arrives(1, ACK | 1, 1, 0)
    assert [(one.flags, one.ack) for one in sent(fin_again)] == [(ACK, PEER_ISS + 2)]
    assert before is not None
    listener.wait(240 * SECOND)
    assert listener.states() == [S.LISTEN]


def test_two_msl_end_while_it_waits() -> None:
    listener, ack = reopened(PROMPT._replace(msl=SECOND // 4))
    listener.wait(SECOND // 2)
    assert listener.states() == [S.LISTEN, S.SYN_RECEIVED]
    listener.arrives(1, ACK, AGAIN + 1, ack)
    assert listener.states() == [S.LISTEN, S.ESTABLISHED]


def test_another_old_duplicate_finds_time_wait_again() -> None:
    listener, _ = reopened()
    listener.arrives(1, RST, AGAIN + 1)
    listener.arrives(1, SYN, AGAIN)
    assert listener.states() == [S.LISTEN, S.TIME_WAIT, S.SYN_RECEIVED]


def test_an_abort_of_the_half_open_one_leaves_time_wait() -> None:
    listener, _ = reopened()
    listener.stack.call(Abort(listener.stack.tcbs()[2].connection), 0)
    assert listener.states() == [S.LISTEN, S.TIME_WAIT]
    assert [one.flags for one in sent(listener.arrives(1, SYN, 1))] == [ACK]


@pytest.mark.parametrize("profile", [LINUX, FREEBSD], ids=str)
def test_a_real_stack_has_deleted_it_by_then(profile: Profile) -> None:
    """Linux tcp_v4_rcv(), FreeBSD tcp_twcheck(): before the SYN is looked at."""
    listener, _ = reopened(profile)
    assert listener.states() == [S.LISTEN, S.SYN_RECEIVED]
    listener.arrives(1, RST, AGAIN + 1)
    assert listener.states() == [S.LISTEN]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("knobs", [{"syn_cookies": "always"}, {"syn_queue": 1}], ids=str)
def test_the_syn_queue_is_no_limit(name: str, knobs: dict[str, object]) -> None:
    """Linux tcp_conn_request(): "TW buckets are converted to open requests without limitations". A cookie
    would find TIME-WAIT when it comes back, or leave nothing of it."""
    profile = PRESETS[name]._replace(**knobs)  # type: ignore[arg-type]
    listener = in_time_wait(profile._replace(syn_cookies="never"))
    listener.syn(2)
    listener.stack.profile = profile
    (syn_ack,) = sent(listener.arrives(1, SYN, AGAIN))
    listener.arrives(1, ACK, AGAIN + 1, syn_ack.seq + 1)
    assert S.ESTABLISHED in listener.states()
    assert S.TIME_WAIT not in listener.states()


@pytest.mark.parametrize(("profile", "stays"), [(PROMPT, True), (LINUX, False)], ids=str)
def test_a_number_that_was_for_this_peer_goes_to_no_other(profile: Profile, stays: bool) -> None:
    """The accept queue is full, and the SYN opens nothing: TIME-WAIT stays, in Linux it is over; and the next
    connection has a number of its own."""
    listener = in_time_wait(
        profile._replace(full_queue_drops_syn=True, initial_window=100), text=bytes(50_000)
    )
    old = next(tcb for tcb in listener.stack.tcbs() if tcb.state is S.TIME_WAIT)
    for port in range(2, 8 if profile is LINUX else 7):
        listener.opens(port)
    assert sent(listener.arrives(1, SYN, AGAIN)) == []
    assert (S.TIME_WAIT in listener.states()) == stays
    listener.accept()
    (syn_ack,) = sent(listener.syn(9))
    assert syn_ack.seq != old.snd_nxt
    assert syn_ack.seq == sent(in_time_wait(profile).syn(9))[0].seq


@pytest.mark.parametrize(
    ("name", "old", "new", "newer"),
    [
        ("rfc9293", None, 7, True),
        ("rfc9293", None, None, False),
        ("rfc9293", 10, None, False),
        ("rfc9293", 10, 11, True),
        ("rfc9293", 10, 10, False),
        ("rfc9293", 10, 9, False),
        ("linux", None, 7, False),
        ("linux", 10, 11, True),
        ("freebsd", None, 7, False),
        ("freebsd", 10, 11, False),
    ],
)
def test_timestamps_of_a_syn_with_an_old_number(
    name: str, old: int | None, new: int | None, newer: bool
) -> None:
    """RFC 6191 section 2. Where only the new connection will have timestamps, the SYN is honored: what is old
    has none. Linux asks for TS.Recent (tw_ts_recent_stamp), FreeBSD for no timestamp at all."""
    options: tuple[Option, ...] = () if old is None else (timestamps_option(old, 0),)
    listener = in_time_wait(PRESETS[name]._replace(timestamps=True), *options)
    stamp = () if new is None else (timestamps_option(new, 0),)
    listener.stack.arrives(Segment(peer(1), HERE, PEER_ISS + 1, 0, SYN, 60_000, b"", stamp), 0)
    assert (S.SYN_RECEIVED in listener.states()) == newer


def test_a_host_without_timestamps_has_only_the_number() -> None:
    """RFC 6191 section 2: "if TCP Timestamps would be enabled for the new incarnation"."""
    listener = in_time_wait(PROMPT)
    syn = Segment(peer(1), HERE, PEER_ISS + 1, 0, SYN, 60_000, b"", (timestamps_option(7, 0),))
    listener.stack.arrives(syn, 0)
    assert listener.states() == [S.LISTEN, S.TIME_WAIT]
