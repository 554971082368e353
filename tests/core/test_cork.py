"""TCP_CORK and MSG_MORE: less than a full segment waits for what is to follow (Linux tcp_nagle_check())."""

from __future__ import annotations

from tcptui.core.packet.segment import ACK, FIN, PSH
from tcptui.core.profile.presets import LINUX
from tcptui.core.rules import Rule
from tcptui.core.tcp.calls import Close, Configure, Send
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import Site, connected, rules, sent, texts

CORKED = Settings(cork=True)


def corked(settings: Settings = CORKED) -> Site:
    return connected(LINUX, settings=settings)


def test_less_than_a_full_segment_waits_until_the_cork_is_pulled() -> None:
    site = corked()
    events = site.call(Send(1, bytes(900)))
    assert (texts(events), Rule.CORKED in rules(events)) == ([], True)
    assert texts(site.call(Send(1, bytes(200)))) == [(1, 1_000)]
    assert texts(site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))) == []
    (rest,) = sent(site.call(Configure(1, NO_SETTINGS)))
    assert (rest.flags, len(rest.data)) == (ACK | PSH, 100)


def test_it_goes_when_nothing_has_followed_for_an_rto() -> None:
    """tcp_check_probe_timer(), tcp_write_wakeup()"""
    site = corked()
    site.call(Send(1, bytes(900)))
    timer = site.tcb.persist_timer
    assert timer is not None
    assert texts(site.wait(timer.due - site.now - 1)) == []
    events = site.wait(1)
    assert texts(events) == [(1, 900)]
    assert Rule.CORK_OVERRIDDEN in rules(events)
    assert Rule.SILLY_WINDOW_OVERRIDDEN not in rules(events)


def test_close_and_nodelay_push_what_is_corked() -> None:
    """tcp_send_fin(); tcp_sock_set_nodelay(), once: what follows waits again."""
    site = corked()
    site.call(Send(1, bytes(900)))
    assert [one.flags for one in sent(site.call(Close(1)))] == [FIN | ACK | PSH]
    site = corked()
    site.call(Send(1, bytes(900)))
    assert texts(site.call(Configure(1, Settings(cork=True, no_delay=True)))) == [(1, 900)]
    assert texts(site.call(Send(1, bytes(10)))) == []
    assert texts(site.call(Configure(1, Settings(no_delay=True)))) == [(901, 910)]


def test_more_waits_for_the_next_send() -> None:
    site = corked(NO_SETTINGS)
    assert texts(site.call(Send(1, bytes(25), more=True))) == []
    (both,) = sent(site.call(Send(1, bytes(35))))
    assert (both.flags, len(both.data)) == (ACK | PSH, 60)


def test_more_waits_no_longer_than_for_an_ack_and_is_not_pushed() -> None:
    """tcp_data_snd_check() knows nothing of MSG_MORE; tcp_push() has not set PSH."""
    site = corked(NO_SETTINGS)
    site.call(Send(1, bytes(40)))
    assert texts(site.call(Send(1, bytes(25), more=True))) == []
    events = site.receives(site.peer(ACK, 1, 41, wnd=20_000))
    assert [(one.flags, len(one.data)) for one in sent(events)] == [(ACK, 25)]
    assert Rule.NAGLE_RELEASED not in rules(events)


def test_more_that_nothing_follows_goes_after_an_rto_with_push() -> None:
    """tcp_write_wakeup()"""
    site = corked(NO_SETTINGS)
    site.call(Send(1, bytes(25), more=True))
    assert texts(site.wait(100 * MILLISECOND)) == []
    assert sent(site.wait(SECOND))[0].flags == ACK | PSH
