"""The congestion window after an idle time (RFC 5681 4.1): what counts is when data was last sent."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import ACK
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.calls import Send
from tcptui.core.units import SECOND
from tests.core.build import PROMPT, Site, connected, texts

SEGMENT = 1000


def grown(profile: Profile = PROMPT) -> Site:
    """A connection whose cwnd is 44 segments, with all acknowledged; the last was sent just now."""
    site = connected(profile, wnd=65_535)
    site.call(Send(1, bytes(40_000)))
    for number in range(1, 41):
        site.receives(site.peer(ACK, 1, 1 + number * SEGMENT, wnd=65_535))
    assert site.tcb.cwnd >= 44_000
    assert not site.tcb.retransmission_queue
    return site


@pytest.mark.parametrize(("more", "segments"), [(0, 40), (1, 4)])
def test_idle_means_longer_than_an_rto(more: int, segments: int) -> None:
    """ "the TCP has not sent data in an interval exceeding the retransmission timeout": then at most the
    restart window of 4 segments goes."""
    site = grown()
    site.wait(site.tcb.estimate.rto + more)
    assert len(texts(site.call(Send(1, bytes(40_000))))) == segments


@pytest.mark.parametrize(("restarts", "segments"), [(True, 4), (False, 40)])
def test_cwnd_may_be_kept(restarts: bool, segments: int) -> None:
    """net.ipv4.tcp_slow_start_after_idle=0"""
    site = grown()
    site.stack.profile = site.stack.profile._replace(restart_after_idle=restarts)
    site.wait(3_600 * SECOND)
    assert len(texts(site.call(Send(1, bytes(40_000))))) == segments


def test_who_sends_now_and_then_is_not_idle() -> None:
    """The time counts from the last segment that was sent, not from the first, nor from the last ACK."""
    site = grown()
    sent_up_to = 40_001
    for _ in range(10):
        site.call(Send(1, bytes(100)))
        sent_up_to += 100
        site.wait(SECOND // 2)
        site.receives(site.peer(ACK, 1, sent_up_to, wnd=65_535))
    assert site.tcb.cwnd >= 44_000
    assert len(texts(site.call(Send(1, bytes(40_000))))) == 40


def test_the_time_counts_from_the_sending_not_from_the_acknowledgment() -> None:
    """An ACK that comes late makes no idle connection busy: nothing was sent meanwhile."""
    site = grown()
    site.call(Send(1, bytes(100)))
    rto = site.tcb.estimate.rto
    site.block.estimate = site.block.estimate._replace(rto=4 * rto)
    site.wait(rto // 2)
    site.receives(site.peer(ACK, 1, 40_101, wnd=65_535))
    left = site.tcb.estimate.rto
    site.wait(left - rto // 2 + 1)
    assert len(texts(site.call(Send(1, bytes(40_000))))) == 4


def test_what_was_sent_again_was_sent() -> None:
    """Linux's tcp_event_data_sent() notes every transmission. After a loss all goes again as cwnd grows, and
    when the last of it is acknowledged, that was sent a moment ago, however long ago for the first time."""
    site = grown()
    site.call(Send(1, bytes(40_000)))
    site.wait(site.tcb.estimate.rto)
    assert site.tcb.cwnd == SEGMENT
    assert any(kind is TimerKind.RETRANSMISSION for kind, _ in site.tcb.timers())
    while site.tcb.retransmission_queue:
        site.wait(SECOND // 10)
        front = site.tcb.retransmission_queue[0]
        site.receives(site.peer(ACK, 1, front.end - site.iss, wnd=65_535))
    cwnd = site.tcb.cwnd
    assert cwnd > 4 * SEGMENT
    site.call(Send(1, bytes(100)))
    assert site.tcb.cwnd == cwnd


@pytest.mark.parametrize(("rtos", "segments"), [(0.9, 44), (1.5, 22), (2.5, 11), (9.5, 10)])
def test_linux_halves_the_window_for_each_rto(rtos: float, segments: int) -> None:
    """tcp_cwnd_restart(): down to the initial window; ssthresh keeps three quarters."""
    site = grown(LINUX)
    site.block.cwnd, site.block.ssthresh = 44 * SEGMENT, 20 * SEGMENT
    site.wait(int(rtos * site.tcb.estimate.rto))
    site.call(Send(1, b"a"))
    assert site.tcb.cwnd == segments * SEGMENT
    assert site.tcb.ssthresh == (20 if segments == 44 else 33) * SEGMENT
