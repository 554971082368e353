"""The rule of a step names what was done in it, not what another stack or another state would have done."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tcptui.core.events import Event, RuleApplied
from tcptui.core.packet.segment import ACK, FIN, RST, SYN
from tcptui.core.profile.presets import RFC9293
from tcptui.core.rules import Rule
from tcptui.core.state import State as S
from tcptui.core.tcp.calls import Abort, Close, Configure, Open, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import SECOND
from tests.core.build import PROMPT, US, WINDOW, Site, connected, reach, rules, sent


def numbers(events: Iterable[Event], rule: Rule) -> dict[str, int]:
    """The numbers with which `rule` was named."""
    (found,) = (event for event in events if isinstance(event, RuleApplied) and event.rule is rule)
    return dict(found.numbers)


@pytest.mark.parametrize(("seq", "told"), [(1, Rule.RST_RESETS), (2, Rule.RST_IN_WINDOW_RESETS)])
def test_a_rst_resets_by_its_exact_number_or_as_before_rfc_5961(seq: int, told: Rule) -> None:
    site = reach(S.ESTABLISHED, PROMPT._replace(rfc5961_rst=False))
    assert rules(site.receives(site.peer(RST, seq))) == [told]
    assert site.state() is S.CLOSED


def test_duplicate_acks_are_counted_only_with_data_outstanding() -> None:
    site = connected(PROMPT._replace(initial_window=10, nagle=False), wnd=WINDOW)
    assert rules(site.receives(site.peer(ACK, 1, 1))) == [Rule.ACK_DUPLICATE]
    for _ in range(4):
        site.call(Send(1, b"x" * 100))
    for count in (1, 2):
        events = site.receives(site.peer(ACK, 1, 1))
        assert numbers(events, Rule.ACK_COUNTED) == {
            "ack": site.tcb.snd_una,
            "duplicates": count,
            "limit": 3,
        }
    third = rules(site.receives(site.peer(ACK, 1, 1)))
    assert Rule.FAST_RETRANSMIT in third
    assert Rule.ACK_COUNTED not in third
    fourth = site.receives(site.peer(ACK, 1, 1))
    assert numbers(fourth, Rule.ACK_IN_RECOVERY)["cwnd"] == site.tcb.cwnd


def test_without_fast_retransmit_nothing_is_counted_to_three() -> None:
    site = connected(PROMPT._replace(fast_retransmit=False), wnd=WINDOW)
    site.call(Send(1, b"abc"))
    assert rules(site.receives(site.peer(ACK, 1, 1))) == [Rule.ACK_DUPLICATE]


def test_the_answer_to_a_probe_is_told_as_such() -> None:
    site = connected(wnd=0)
    site.call(Send(1, b"abc"))
    events = site.wait(SECOND)
    assert numbers(events, Rule.ZERO_WINDOW_PROBE) == {"snd_wnd": 0, "delay": 2 * SECOND}
    assert site.tcb.persist_timer is not None
    assert site.tcb.persist_timer.due - site.tcb.persist_timer.set_at == 2 * SECOND
    answer = site.receives(site.peer(ACK, 1, 1, wnd=0))
    assert numbers(answer, Rule.ZERO_WINDOW_ANSWERED) == {"snd_wnd": 0}
    assert Rule.ZERO_WINDOW_ANSWERED not in rules(site.receives(site.peer(ACK, 1, 1, wnd=0)))


def test_the_answer_to_a_keep_alive_probe_is_told_as_such() -> None:
    site = reach(S.ESTABLISHED)
    site.call(Configure(1, Settings(keep_alive=True, keep_idle=10 * SECOND, keep_interval=2 * SECOND)))
    events = site.wait(10 * SECOND)
    assert numbers(events, Rule.KEEP_ALIVE_PROBE) == {"probes": 1, "delay": 2 * SECOND}
    told = rules(site.receives(site.peer(ACK, 1, 1)))
    assert Rule.KEEP_ALIVE_ANSWERED in told
    assert Rule.ZERO_WINDOW_ANSWERED not in told


@pytest.mark.parametrize("resets", [False, True])
def test_a_listeners_child_that_is_given_up_says_whether_a_rst_goes(resets: bool) -> None:
    site = reach(S.SYN_RECEIVED, PROMPT._replace(rst_on_give_up=resets, syn_ack_retries=0))
    events = site.wait(SECOND)
    told = Rule.GIVE_UP_ON_SYN_ACK_WITH_RST if resets else Rule.GIVE_UP_ON_SYN_ACK
    assert [rule for rule in rules(events) if rule.name.startswith("GIVE_UP")] == [told]
    assert any(segment.flags & RST for segment in sent(events)) == resets


def test_an_abort_tells_what_is_discarded() -> None:
    site = connected(wnd=3)
    site.call(Send(1, b"abcde"))
    assert numbers(site.call(Abort(1)), Rule.ABORT_DISCARDS) == {"notsent": 2, "unacknowledged": 3}
    assert Rule.ABORT_DISCARDS not in rules(connected().call(Abort(1)))


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


def test_a_listener_that_is_closed_resets_and_aborts_nothing() -> None:
    site = Site(RFC9293)
    site.call(Open(US, passive=True, backlog=1))
    (answer,) = sent(site.receives(site.peer(SYN, 0)))
    site.receives(site.peer(ACK, 1)._replace(ack=answer.seq + 1))
    told = rules(site.call(Close(1)))
    assert Rule.LISTENER_CLOSED_RESETS in told
    assert Rule.ABORT_SENDS_RST not in told
