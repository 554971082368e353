"""What a probe of a closed window may say, and what becomes of it (RFC 9293 section 3.8.6.1)."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, FIN, PSH, SYN
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, PROMPT, US, Site, briefs, connected, rules, sent, texts


def closed(text: bytes) -> Site:
    """A connection whose peer's window is closed, with `text` waiting."""
    site = connected()
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, text))
    return site


def test_what_the_window_did_not_take_goes_as_soon_as_it_opens() -> None:
    """Not a retransmission timeout later, and the octet of the probe in one segment with what stands behind.
    The last octet waits (Nagle)."""
    site = closed(bytes(2_001))
    site.wait(SECOND)
    assert texts(site.receives(site.peer(ACK, 1, 1, wnd=0))) == []
    assert texts(site.receives(site.peer(ACK, 1, 1, wnd=20_000))) == [(1, 1_000), (1_001, 2_000)]


def test_an_octet_that_was_sent_may_be_acknowledged_though_the_window_is_silly() -> None:
    """SND.NXT does not go back: 100 octets of window are too few for a segment (3.8.6.2.1), and the peer's
    ACK of the probe's octet may be underway. It is not "something not yet sent" (3.10.7.4, fifth)."""
    site = closed(bytes(3_000))
    site.wait(SECOND)
    opened = site.receives(site.peer(ACK, 1, 1, wnd=100))
    assert texts(opened) == [(1, 1)]  # It goes again, as what is in flight does.
    assert site.tcb.snd_nxt == ISS + 2
    events = site.receives(site.peer(ACK, 1, 2, wnd=99))
    assert Rule.ACK_UNSENT not in rules(events)
    assert (site.tcb.snd_una, site.tcb.send_buffer) == (ISS + 2, bytes(2_999))
    assert texts(site.wait(SECOND)) == [(2, 100)]


@pytest.mark.parametrize("wnd", [1, 2])
def test_a_window_for_the_octet_alone_brings_it_again_and_gives_no_sample(wnd: int) -> None:
    """MUST-18: it has been sent twice (Karn's algorithm)."""
    site = closed(bytes(3_000))
    before = site.tcb.estimate
    site.wait(SECOND)
    assert texts(site.receives(site.peer(ACK, 1, 1, wnd=wnd))) == [(1, 1)]
    site.receives(site.peer(ACK, 1, 2, wnd=0))
    assert site.tcb.estimate == before


def test_a_fin_that_the_window_did_not_take_goes_as_soon_as_it_opens() -> None:
    site = connected()
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Close(1))
    site.wait(SECOND)
    assert briefs(site.receives(site.peer(ACK, 1, 1, wnd=20_000))) == [("FIN,ACK", 1001, 5001)]


def test_the_time_that_probes_take_is_no_round_trip() -> None:
    """MUST-18: Karn's algorithm."""
    site = closed(b"abc")
    before = site.tcb.estimate
    for _ in range(3):
        site.wait(5 * SECOND)
        site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.receives(site.peer(ACK, 1, 2, wnd=0))
    assert site.tcb.estimate == before


def test_a_probe_has_the_fin_only_with_all_the_text_before_it() -> None:
    """Else the peer would take the FIN for the octet that follows the probe's."""
    site = connected()
    site.call(Send(1, bytes(1_000)))
    site.call(Send(1, bytes(500)))
    (last,) = sent(site.call(Close(1)))
    assert last.flags == FIN | PSH | ACK
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    (probe,) = sent(site.wait(SECOND))
    assert (probe.flags, probe.seq, len(probe.data)) == (ACK, last.seq, 1)


def test_a_syn_ack_that_was_lost_is_no_probe_though_the_window_is_closed() -> None:
    """After a CLOSE in SYN-RECEIVED; the SYN,ACK goes again with its options."""
    site = Site()
    site.call(Open(US, passive=True))
    (syn_ack,) = sent(site.receives(site.peer(SYN, 0, wnd=0)))
    site.call(Close(1))
    assert site.state() is State.FIN_WAIT_1
    again, *_ = sent(site.wait(SECOND))
    assert again == syn_ack


@pytest.mark.parametrize("keep_alive", [False, True])
def test_keep_alive_does_not_make_unanswered_probes_go_on(keep_alive: bool) -> None:
    """MUST-26: it has nothing to say while text waits."""
    settings = Settings(keep_alive=keep_alive, keep_idle=5 * SECOND)
    site = Site(PROMPT._replace(user_timeout=None))
    site.call(Open(US, PEER, settings=settings))
    site.receives(site.peer(SYN | ACK, 0, 1, wnd=0))
    site.call(Send(1, b"abc"))
    site.wait(600 * SECOND)
    assert site.state() is State.CLOSED
