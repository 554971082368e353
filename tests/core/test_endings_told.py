"""The rule of a step that ends something names what was done in it: a CLOSE, a FIN, TIME-WAIT, an ABORT."""

from __future__ import annotations

import pytest

from tcptui.core.events import StateChanged, TimerKind
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Option, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.rules import Rule
from tcptui.core.state import State as S
from tcptui.core.tcp.calls import Abort, Close, Open, Send
from tcptui.core.units import SECOND
from tests.core.build import PEER, PROMPT, US, Site, connected, numbers, reach, rules, sent

SACK_PERMITTED = Option(4)


@pytest.mark.parametrize("resets", [False, True])
def test_a_listeners_child_that_is_given_up_says_whether_a_rst_goes(resets: bool) -> None:
    site = reach(S.SYN_RECEIVED, PROMPT._replace(rst_on_give_up=resets, syn_ack_retries=0))
    events = site.wait(SECOND)
    told = Rule.GIVE_UP_ON_SYN_ACK_WITH_RST if resets else Rule.GIVE_UP_ON_SYN_ACK
    assert [rule for rule in rules(events) if rule.name.startswith("GIVE_UP")] == [told]
    assert any(segment.flags & RST for segment in sent(events)) == resets


@pytest.mark.parametrize(
    ("data", "discarded"),
    [
        (b"abcde", [Rule.UNACKNOWLEDGED_DISCARDED, Rule.UNSENT_DISCARDED]),
        (b"abc", [Rule.UNACKNOWLEDGED_DISCARDED]),
        (b"", []),
    ],
)
def test_an_abort_tells_what_is_discarded_and_nothing_of_0_octets(data: bytes, discarded: list[Rule]) -> None:
    site = connected(wnd=3)
    if data:
        site.call(Send(1, data))
    events = site.call(Abort(1))
    assert rules(events) == [*discarded, Rule.ABORT_SENDS_RST]
    if len(discarded) == 2:
        assert numbers(events, Rule.UNACKNOWLEDGED_DISCARDED) == {"unacknowledged": 3}
        assert numbers(events, Rule.UNSENT_DISCARDED) == {"notsent": 2}


def test_what_a_closed_window_holds_back_is_discarded_unsent() -> None:
    site = connected(wnd=0)
    site.call(Send(1, b"abcde"))
    assert rules(site.call(Abort(1))) == [Rule.UNSENT_DISCARDED, Rule.ABORT_SENDS_RST]


def test_a_close_that_resets_is_no_abort() -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(ACK, 1, 1, b"unread"))
    told = rules(site.call(Close(1, half_duplex=True)))
    assert told == [Rule.UNREAD_RESETS]
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(ACK, 1, 1, b"unread"))
    site.call(Close(1))
    site.receives(site.peer(FIN | ACK, 7, 1))
    assert site.state() is S.CLOSING
    assert rules(site.call(Close(1, half_duplex=True))) == [Rule.ABORT_DELETES], (
        "no RST goes, and none is told"
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_listener_that_is_closed_says_once_how_many_are_reset(name: str) -> None:
    site = Site(PRESETS[name])
    site.call(Open(US, passive=True, backlog=2))
    for port in (81, 82, 83):
        peer = Socket(PEER.host, port)
        (answer,) = sent(site.receives(site.peer(SYN, 0)._replace(src=peer)))
        if port != 83:
            site.receives(site.peer(ACK, 1)._replace(src=peer, ack=answer.seq + 1))
    events = site.call(Close(1))
    assert rules(events) == [Rule.CLOSE_ENDS_LISTEN, Rule.LISTENER_CLOSED_RESETS], (
        "the half-open one is forgotten"
    )
    assert numbers(events, Rule.LISTENER_CLOSED_RESETS) == {"count": 2}
    assert len([segment for segment in sent(events) if segment.flags & RST]) == 2
    site = Site(PRESETS[name])
    site.call(Open(US, passive=True, backlog=2))
    assert rules(site.call(Close(1))) == [Rule.CLOSE_ENDS_LISTEN]


def test_a_fin_that_closes_at_once_or_waits_says_so() -> None:
    """A CLOSE lets go what Nagle's algorithm has held back, but not what the window does."""
    site = connected()
    assert rules(site.call(Close(1))) == [Rule.CLOSE_SENDS_FIN]
    site = connected()
    site.call(Send(1, b"abc"))
    site.call(Send(1, b"de"))
    events = site.call(Close(1))
    assert (rules(events), numbers(events, Rule.CLOSE_SENDS_REST)) == ([Rule.CLOSE_SENDS_REST], {"len": 2})
    assert [segment.flags & FIN for segment in sent(events)] == [FIN]
    site = connected(wnd=3)
    site.call(Send(1, b"abcde"))
    events = site.call(Close(1))
    assert numbers(events, Rule.CLOSE_QUEUED)["notsent"] == 2
    assert sent(events) == []
    site = connected(wnd=3)
    site.call(Send(1, b"abc"))
    events = site.call(Close(1))
    assert (rules(events), sent(events)) == ([Rule.CLOSE_WAITS_FOR_WINDOW], [])
    told = site.receives(site.peer(ACK, 1, 4, wnd=100))
    assert Rule.FIN_RELEASED in rules(told)
    assert Rule.DATA_RELEASED not in rules(told), "no octet waited"
    assert [segment.flags & FIN for segment in sent(told)] == [FIN]


@pytest.mark.parametrize("name", ["linux", "freebsd"])
def test_a_fin_that_waits_for_established_is_told_when_it_goes(name: str) -> None:
    site = reach(S.SYN_RECEIVED, PRESETS[name])
    assert rules(site.call(Close(1))) == [Rule.CLOSE_WAITS_TO_OPEN]
    assert Rule.FIN_RELEASED in rules(site.receives(site.peer(ACK, 1, 1)))


def test_an_abort_before_established_says_if_a_rst_goes() -> None:
    """3.10.5 sends one in SYN-RECEIVED; FreeBSD's half-open connections are in the syncache."""
    told = {name: rules(reach(S.SYN_RECEIVED, PRESETS[name]).call(Abort(1))) for name in PRESETS}
    assert told["rfc9293"] == told["linux"] == [Rule.ABORT_SENDS_RST]
    assert told["freebsd"] == [Rule.ABORT_DELETES_HALF_OPEN]


def test_a_close_after_the_first_half_is_told() -> None:
    site = connected()
    site.call(Close(1))
    assert rules(site.call(Close(1, half_duplex=True))) == [Rule.CLOSE_OF_BOTH_WAYS]


@pytest.mark.parametrize("name", PRESETS)
def test_a_fin_with_the_ack_of_ours_passes_fin_wait_2_within_its_step(name: str) -> None:
    """3.10.7.4: the fifth check enters FIN-WAIT-2 and continues "processing in that state", the eighth
    leaves it. Figure 5, note 2, draws one arrow."""
    site = reach(S.FIN_WAIT_1, PRESETS[name]._replace(quickack=0))
    events = site.receives(site.peer(FIN | ACK, 1, 2))
    changes = [(event.old, event.new) for event in events if isinstance(event, StateChanged)]
    assert changes == [(S.FIN_WAIT_1, S.FIN_WAIT_2), (S.FIN_WAIT_2, S.TIME_WAIT)]
    told = [rule for rule in rules(events) if rule.name.startswith("FIN")]
    assert told == [Rule.FIN_ACKED, Rule.FIN_TO_TIME_WAIT]
    assert [kind for kind, _ in site.tcb.timers()] == [TimerKind.TIME_WAIT]


@pytest.mark.parametrize("name", PRESETS)
def test_the_fin_again_restarts_time_wait_and_nothing_else_is_said_of_it(name: str) -> None:
    """tcp_timewait_state_process() restarts for whatever has an ACK, tcp_twcheck() for the FIN."""
    site = reach(S.TIME_WAIT, PRESETS[name])
    site.wait(SECOND)
    events = site.receives(site.peer(FIN | ACK, 1, 2))
    assert rules(events) == [Rule.FIN_IN_TIME_WAIT]
    assert site.tcb.time_wait_timer is not None
    assert site.tcb.time_wait_timer.set_at == site.now
    assert [segment.flags for segment in sent(events)] == [ACK]


def test_what_else_restarts_time_wait_in_linux_says_so() -> None:
    site = reach(S.TIME_WAIT, LINUX)
    events = site.receives(site.peer(ACK, 2, 2))
    assert rules(events) == [Rule.TIME_WAIT_IGNORED, Rule.TIME_WAIT_RESTARTED]
    events = site.receives(site.peer(ACK, 1, 2, b"x"))
    assert rules(events) == [Rule.TIME_WAIT_ACKED, Rule.TIME_WAIT_RESTARTED]


def test_a_syn_ack_that_a_listener_drops_is_told_without_a_rst() -> None:
    """FreeBSD's tcp_input(): "Listen socket: SYN|ACK invalid, segment ignored"."""
    for profile, told, answers in (
        (FREEBSD, Rule.LISTEN_SYN_ACK_IGNORED, 0),
        (RFC9293, Rule.LISTEN_ACK, 1),
    ):
        site = reach(S.LISTEN, profile)
        events = site.receives(site.peer(SYN | ACK, 0, 1))
        assert (rules(events), len(sent(events))) == ([told], answers)


@pytest.mark.parametrize(
    ("resets", "told"), [(False, Rule.ACCEPT_QUEUE_FULL_FOR_ACK), (True, Rule.ACCEPT_QUEUE_FULL_RESETS)]
)
def test_a_full_accept_queue_says_what_becomes_of_the_ack(resets: bool, told: Rule) -> None:
    site = Site(PROMPT._replace(accept_overflow_resets=resets))
    site.call(Open(US, passive=True, backlog=1))
    for port in (81, 82):
        peer = Socket(PEER.host, port)
        (answer,) = sent(site.receives(site.peer(SYN, 0)._replace(src=peer)))
        events = site.receives(site.peer(ACK, 1)._replace(src=peer, ack=answer.seq + 1))
    assert told in rules(events)
    assert any(segment.flags & RST for segment in sent(events)) == resets


def test_no_octet_is_discarded_by_a_broken_fin_if_none_waits() -> None:
    broken = PROMPT._replace(fin_acked_with_fin_only=True)
    told = rules(connected(broken).receives(Site().peer(FIN | ACK, 1, 1, wnd=20_000)))
    assert told == [Rule.BROKEN_FIN_ENDS_BOTH], "the FIN that goes then has not waited"
    site = connected(broken, wnd=0)
    site.call(Send(1, b"abc"))
    assert numbers(site.receives(site.peer(FIN | ACK, 1, 1, wnd=0)), Rule.UNSENT_DISCARDED) == {"notsent": 3}


@pytest.mark.parametrize("data", [b"", b"unread"])
def test_data_that_no_receive_has_asked_for_when_last_ack_ends_is_told(data: bytes) -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(FIN | ACK, 1, 1, data))
    site.call(Close(1))
    events = site.receives(site.peer(ACK, 2 + len(data), 2))
    assert site.state() is S.CLOSED
    assert (Rule.UNREAD_DELETED in rules(events)) == bool(data)
    if data:
        assert numbers(events, Rule.UNREAD_DELETED) == {"rcv_queue": len(data)}
