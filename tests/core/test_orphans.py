"""A connection that no program holds, and whose peer's window stays closed: Linux ends it, RFC 9293 goes on
as long as probes are answered (3.8.6.1)."""

from __future__ import annotations

import pytest

from tcptui.core.events import RuleApplied, Sent, Signal
from tcptui.core.packet.segment import ACK, RST
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State as S
from tcptui.core.tcp.calls import Close, Send
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.units import SECOND
from tests.core.build import PEER, US, Site, connected, rules, sent, signals

HOUR = 3_600 * SECOND


def probed(profile: Profile, *, half_duplex: bool = True, closed: bool = True) -> Site:
    """A connection with 4 octets to send to a window that has closed, and then a CLOSE."""
    site = connected(profile._replace(timestamps=False, window_scale=None, keep_alive_always=False))
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, b"text"))
    if closed:
        site.call(Close(1, half_duplex=half_duplex))
    site.log.clear()
    return site


def answer_for(site: Site, microseconds: int) -> None:
    """Answers every probe at once, with the window that is still closed."""
    until = site.now + microseconds
    while site.state() is not S.CLOSED and (due := site.stack.next_deadline()) is not None and due <= until:
        if sent(site.wait(due - site.now)):
            site.receives(site.peer(ACK, 1, 1, wnd=0))


def probes(site: Site) -> list[float]:
    """When probes went, in seconds."""
    return [now / SECOND for now, event in site.log if isinstance(event, Sent)]


def test_linux_gives_up_on_an_orphan_though_its_probes_are_answered() -> None:
    """tcp_probe_timer(): the persist timer begins with one RTO and doubles. Once it waits for TCP_RTO_MAX,
    120 s, there is neither a probe behind it nor a RST (tcp_write_err())."""
    site = probed(LINUX)
    rto = site.tcb.estimate.rto
    assert rto == 200_000
    begin = site.now / SECOND
    answer_for(site, HOUR)
    assert site.state() is S.CLOSED
    assert [now - begin for now in probes(site)] == pytest.approx([0.2 * (2**n - 1) for n in range(1, 11)])
    at, _ = site.log[-1]
    assert at / SECOND - begin == pytest.approx(0.2 * 1_023 + 120)
    told = [event for now, event in site.log if now == at and isinstance(event, RuleApplied)]
    assert [event.rule for event in told] == [Rule.UNSENT_DISCARDED, Rule.GIVE_UP_ON_ORPHAN]
    assert [dict(event.numbers) for event in told] == [{"notsent": 4}, {"delay": 120 * SECOND}]
    assert Signal.TIMED_OUT in signals(event for _, event in site.log)
    late = site.receives(site.peer(ACK, 1, 1))
    assert [segment.flags for segment in sent(late)] == [RST], "what the peer learns it by"


@pytest.mark.parametrize(
    ("profile", "half_duplex", "closed"),
    [(LINUX, False, True), (LINUX, False, False), (RFC9293, True, True), (FREEBSD, True, True)],
    ids=["shutdown", "open", "rfc9293", "freebsd"],
)
def test_what_is_no_orphan_is_probed_as_long_as_there_are_answers(
    profile: Profile, half_duplex: bool, closed: bool
) -> None:
    """MUST-37: shutdown() leaves the program a socket; FreeBSD's tcp_timer_persist() asks how long nothing
    has been received."""
    site = probed(profile, half_duplex=half_duplex, closed=closed)
    answer_for(site, HOUR)
    assert site.state() is (S.FIN_WAIT_1 if closed else S.ESTABLISHED)
    assert probes(site)[-1] * SECOND > site.now - 121 * SECOND


def test_an_orphan_whose_window_opens_in_time_ends_as_any_other() -> None:
    site = probed(LINUX)
    answer_for(site, 300 * SECOND)
    assert site.state() is S.FIN_WAIT_1
    (last,) = sent(site.receives(site.peer(ACK, 1, 1)))
    assert last.data == b"text"


def orphan(rto: int, backoff: int, half_duplex: bool = True) -> Tcb:
    tcb = Tcb(1, US, PEER, S.FIN_WAIT_1)
    tcb.estimate, tcb.persist_backoff = tcb.estimate._replace(rto=rto), backoff
    tcb.half_duplex = half_duplex
    return tcb


@pytest.mark.parametrize(
    ("rto", "backoff", "retries", "ends"),
    [
        (SECOND, 6, 8, False),
        (
            SECOND,
            7,
            8,
            True,
        ),  # 128 s: the sysctl's 0 stands for 8 as long as the wait is shorter, then for 0.
        (SECOND, 7, 10, False),
        (SECOND, 10, 10, True),
        (SECOND, 7, 2, True),
        (200_000, 9, 8, False),
        (200_000, 10, 8, True),
    ],
)
def test_linux_ends_an_orphan_by_backoff_and_sysctl(rto: int, backoff: int, retries: int, ends: bool) -> None:
    """tcp_probe_timer(): "alive = inet_csk_rto_backoff(icsk, TCP_RTO_MAX) < TCP_RTO_MAX"."""
    profile = LINUX._replace(orphan_retries=retries)
    for name, hooks in STACKS.items():
        assert hooks.abandons_orphan(orphan(rto, backoff), profile) == (ends and name == "linux")
        assert not hooks.abandons_orphan(orphan(rto, backoff, half_duplex=False), profile)


@pytest.mark.parametrize("name", PRESETS)
def test_unanswered_probes_are_given_up_as_probes(name: str) -> None:
    """They are no retransmissions: how many went without an answer is counted as such (3.8.3, R2)."""
    site = probed(PRESETS[name]._replace(data_retries=3, orphan_retries=None, user_timeout=None))
    site.wait(HOUR)
    (given_up,) = (e for _, e in site.log if isinstance(e, RuleApplied) and e.rule.name.startswith("GIVE_UP"))
    assert (given_up.rule, given_up.numbers) == (Rule.GIVE_UP_ON_PROBES, (("probes", 3),))


def test_retransmissions_are_given_up_as_such_with_what_is_discarded() -> None:
    site = connected(RFC9293._replace(data_retries=1), wnd=3)
    site.call(Send(1, b"abcde"))
    site.log.clear()
    site.wait(HOUR)
    told = [event for _, event in site.log if isinstance(event, RuleApplied)][-3:]
    assert rules(told) == [Rule.UNACKNOWLEDGED_DISCARDED, Rule.UNSENT_DISCARDED, Rule.GIVE_UP]
    assert [dict(event.numbers) for event in told] == [{"unacknowledged": 3}, {"notsent": 2}, {"retries": 1}]
