"""``tcpi_ca_state``: Linux's congestion states as `tcp_input.c` enters and leaves them, and as TCP_INFO
numbers them (`enum tcp_ca_state`)."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import Block, data_options
from tcptui.core.packet.segment import ACK, OPTION_SACK_PERMITTED, SYN, Option, Segment
from tcptui.core.profile.presets import LINUX
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.units import SECOND
from tcptui.sockets.semantics import semantics_of
from tcptui.sockets.tcp_info import tcp_info
from tests.core.build import ISS, PEER, US, Site, connected, texts

OPEN, DISORDER, RECOVERY, LOSS = 0, 1, 3, 4
SACK = LINUX._replace(timestamps=False, window_scale=None)
RENO = SACK._replace(sack=False)
SACK_PERMITTED = Option(OPTION_SACK_PERMITTED)


def ca_state(site: Site) -> int:
    stack = site.stack
    return tcp_info(site.tcb, stack.status(1), stack.profile, semantics_of("linux"))["tcpi_ca_state"]


def sending(sack: bool, segments: int = 8) -> Site:
    """A connection with so many segments of 1000 octets in flight."""
    site = connected(SACK, SACK_PERMITTED) if sack else connected(RENO)
    site.receives(site.peer(ACK, 1, 1, wnd=20_000))  # Its SEQ is SND.WL1: the next one is a duplicate.
    assert len(texts(site.call(Send(1, bytes(segments * 1000))))) == segments
    return site


def duplicate(site: Site, ack: int, *blocks: Block) -> Segment:
    """An ACK of the peer that acknowledges nothing new, with SACK blocks counted from ISS."""
    raw = [(ISS + start, ISS + end) for start, end in blocks]
    return site.peer(ACK, 1, ack, wnd=20_000)._replace(options=data_options(None, raw))


def test_a_connection_to_which_nothing_has_happened_is_open() -> None:
    site = connected(SACK, SACK_PERMITTED)
    assert ca_state(site) == OPEN
    site.call(Send(1, bytes(1000)))
    assert ca_state(site) == OPEN
    site.receives(site.peer(ACK, 1, 1001))
    assert ca_state(site) == OPEN


@pytest.mark.parametrize("sack", [False, True])
def test_duplicate_acks_make_disorder_and_the_third_recovery(sack: bool) -> None:
    """tcp_try_to_open(), tcp_enter_recovery(). Recovery ends when all that was in flight is acknowledged."""
    site = sending(sack)
    for end, state in ((2001, DISORDER), (3001, DISORDER), (4001, RECOVERY), (5001, RECOVERY)):
        site.receives(duplicate(site, 1, *[(1001, end)] if sack else []))
        assert ca_state(site) == state
    site.receives(site.peer(ACK, 1, 7001, wnd=20_000))
    assert ca_state(site) == RECOVERY
    site.receives(site.peer(ACK, 1, 8001, wnd=20_000))
    assert ca_state(site) == OPEN


def test_what_the_peer_has_reported_keeps_disorder_when_an_ack_moves_on() -> None:
    """tcp_try_to_open(): the state is Disorder as long as tcp_left_out() counts anything."""
    site = sending(sack=True)
    site.receives(duplicate(site, 1, (2001, 3001)))
    site.receives(duplicate(site, 1001, (2001, 3001)))
    assert site.tcb.duplicate_acks == 0
    assert ca_state(site) == DISORDER
    site.receives(site.peer(ACK, 1, 3001, wnd=20_000))
    assert ca_state(site) == OPEN


@pytest.mark.parametrize("sack", [False, True])
def test_loss_lasts_until_all_that_was_in_flight_at_the_timeout_is_acknowledged(sack: bool) -> None:
    """tcp_enter_loss() notes SND.NXT as high_seq, tcp_process_loss() asks whether SND.UNA has reached it: an
    ACK of the segment that was sent again alone does not end it."""
    site = sending(sack)
    site.wait(2 * SECOND)
    assert ca_state(site) == LOSS
    for ack in (1001, 4001, 7001):
        site.receives(site.peer(ACK, 1, ack, wnd=20_000))
        assert site.tcb.retransmission_queue[0].timeouts == 0
        assert ca_state(site) == LOSS
    site.call(Send(1, bytes(3000)))
    site.receives(site.peer(ACK, 1, 8001, wnd=20_000))
    assert ca_state(site) == OPEN


def test_a_timeout_in_recovery_makes_it_loss() -> None:
    site = sending(sack=False)
    for _ in range(3):
        site.receives(duplicate(site, 1))
    assert ca_state(site) == RECOVERY
    site.wait(2 * SECOND)
    assert ca_state(site) == LOSS


def test_a_syn_that_timed_out_makes_it_loss_until_it_is_acknowledged() -> None:
    """tcp_retransmit_timer() calls tcp_enter_loss() in SYN-SENT too."""
    site = Site(SACK)
    site.call(Open(US, PEER))
    assert ca_state(site) == OPEN
    site.wait(1 * SECOND)
    assert ca_state(site) == LOSS
    site.receives(site.peer(SYN | ACK, 0, 1))
    assert ca_state(site) == OPEN
