"""When ACKs wait, where the knob `pingpong` is on: Linux' icsk_ack, step by step."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, FIN, PSH, SYN
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.rules import Rule
from tcptui.core.tcp.calls import Configure, Open, Receive, Send
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.units import MILLISECOND
from tests.core.build import IRS, ISS, US, Site, briefs, connected, rules, sent

PROFILE = LINUX._replace(timestamps=False)
MS = MILLISECOND


def in_dialogue() -> Site:
    """Data has come and been answered by data, which is acknowledged."""
    site = connected(PROFILE)
    site.wait(100 * MS)
    site.receives(site.peer(ACK | PSH, 1, 1, bytes(10), wnd=20_000))
    site.call(Send(1, bytes(20)))
    site.receives(site.peer(ACK, 11, 21, wnd=20_000))
    return site


def come(site: Site, seq: int, octets: int, flags: int = ACK | PSH) -> list[str]:
    ack = site.tcb.snd_nxt - ISS
    events = site.receives(site.peer(flags, seq, ack, bytes(octets), wnd=20_000))
    return [name for name, _, _ in briefs(events)]


def test_the_first_data_makes_it_quick_for_at_most_16_acks() -> None:
    """tcp_incr_quickack(): as many as half of the window has full segments."""
    site = connected(PROFILE)
    assert site.tcb.quickack == 0
    assert [come(site, 1 + 10 * place, 10)[:1] for place in range(17)] == [["ACK"]] * 16 + [[]]
    small = connected(PROFILE._replace(receive_buffer=3_000, window_scale=None))
    come(small, 1, 10)
    assert small.tcb.quickack == small.tcb.rcv_wnd // 1_072 - 1


def test_in_a_dialogue_acks_wait_however_many_segments_come() -> None:
    assert in_dialogue().tcb.delack.pingpong
    site = in_dialogue()
    assert [come(site, 11 + 10 * place, 10) for place in range(4)] == [[]] * 4
    assert [name for name, _, _ in briefs(site.wait(40 * MS))] == ["ACK"]
    assert not site.tcb.delack.pingpong, "tcp_delack_timer_handler()"
    assert come(site, 51, 10) == ["ACK"]


@pytest.mark.parametrize(("segments", "acks"), [(1, []), (2, ["ACK"])])
def test_reading_acknowledges_what_seems_complete(segments: int, acks: list[str]) -> None:
    """__tcp_cleanup_rbuf(): in a dialogue once two segments seem to end something (ICSK_ACK_PUSHED2)."""
    site = in_dialogue()
    for place in range(segments):
        come(site, 11 + 10 * place, 10)
    some = site.call(Receive(1, 5))
    rest = site.call(Receive(1, 1_000))
    assert briefs(some) == [], "not all of it is read"
    assert [name for name, _, _ in briefs(rest)] == acks
    assert (Rule.ACK_AFTER_READING in rules(rest)) == bool(acks)


def test_more_than_a_full_segment_does_not_wait() -> None:
    """__tcp_ack_snd_check(): more than rcv_mss, unless unread data makes the window smaller."""
    site = in_dialogue()
    site.call(Receive(1, 1_000))
    assert come(site, 11, 600) == [], "the first of that size: rcv_mss is 600 now"
    site.call(Receive(1, 1_000))
    assert come(site, 611, 300) == []
    assert site.tcb.receive_memory is not None
    assert site.tcb.receive_memory.rcv_mss == 600


def test_the_time_follows_what_comes() -> None:
    """tcp_event_data_recv(): half of the time before, and the gap; from a round trip on no longer."""
    site = in_dialogue()
    assert site.tcb.delack.ato == 40 * MS
    site.wait(30 * MS)
    come(site, 11, 10)
    assert site.tcb.delack.ato == 50 * MS
    site.wait(10 * MS)
    come(site, 21, 10)
    assert site.tcb.delack.ato == 45 * MS, "20 ms or less count as 20"


def test_after_a_long_silence_it_is_quick_again() -> None:
    site = in_dialogue()
    site.block.quickack = 0
    site.wait(site.tcb.estimate.rto)
    come(site, 11, 10)
    assert site.tcb.quickack == 0
    site.wait(site.tcb.estimate.rto + 1)
    assert come(site, 21, 10) == ["ACK"]
    assert site.tcb.quickack == 15


def test_old_data_ends_a_dialogue_and_a_fin_begins_one() -> None:
    site = in_dialogue()
    assert come(site, 1, 10) == ["ACK"]
    assert not site.tcb.delack.pingpong
    assert come(site, 11, 10) == ["ACK"]
    assert come(site, 21, 10, FIN | ACK) == []
    assert site.tcb.delack.pingpong


# TCP_QUICKACK.


def quickack(site: Site, value: int) -> list[str]:
    events = site.call(Configure(1, NO_SETTINGS, quickack=value))
    assert (Rule.QUICKACK_SET in rules(events)) == bool(sent(events))
    return [name for name, _, _ in briefs(events)]


def test_quickack_of_0_lets_the_first_acks_wait_for_data() -> None:
    """__tcp_sock_set_quickack(); the timer ends it, as it ends a dialogue."""
    site = connected(PROFILE)
    assert quickack(site, 0) == []
    assert [come(site, 1, 10), come(site, 11, 10)] == [[], []]
    assert [name for name, _, _ in briefs(site.wait(40 * MS))] == ["ACK"]
    assert come(site, 21, 10) == ["ACK"]


@pytest.mark.parametrize(("value", "next_one"), [(1, ["ACK"]), (2, []), (3, ["ACK"])])
def test_quickack_sends_the_ack_that_waits_and_an_odd_one_also_the_next(
    value: int, next_one: list[str]
) -> None:
    site = in_dialogue()
    site.call(Receive(1, 1_000))
    assert come(site, 11, 10) == []
    site.call(Receive(1, 1_000))
    assert quickack(site, value) == ["ACK"]
    assert come(site, 21, 10) == next_one


@pytest.mark.parametrize("value", [1, 2])
def test_with_unread_data_or_none_quickack_only_ends_the_dialogue(value: int) -> None:
    """tcp_cleanup_rbuf() asks for sk_rmem_alloc to be 0; without an ACK that waits 2 is like 1."""
    site = in_dialogue()
    assert come(site, 11, 10) == []
    assert quickack(site, value) == []
    assert len(site.wait(40 * MS)) > 0
    site = in_dialogue()
    assert quickack(site, value) == []
    assert come(site, 11, 10) == ["ACK"]


def test_in_close_wait_the_fin_is_unread() -> None:
    site = in_dialogue()
    assert come(site, 11, 0, FIN | ACK) == []
    assert quickack(site, 1) == []
    assert not site.tcb.delack.pingpong


@pytest.mark.parametrize("settings", [Settings(pingpong=True), Settings(defer_accept=1)])
def test_the_ack_of_the_syn_ack_waits_for_data_if_the_program_has_asked(settings: Settings) -> None:
    """tcp_rcv_synsent_state_process(), "Save one ACK": for TCP_DELACK_MAX; then it is quick."""

    def opened() -> Site:
        site = connected(PROFILE, settings=settings)
        assert site.times(ACK) == []
        assert site.tcb.quickack == 16
        return site

    site = opened()
    assert briefs(site.wait(200 * MS - 1)) == []
    assert briefs(site.wait(1)) == [("ACK", ISS + 1, IRS + 1)]
    assert come(site, 1, 10) == ["ACK"]
    site = opened()
    assert [len(one.data) for one in sent(site.call(Send(1, bytes(10))))] == [10]
    assert briefs(site.wait(150 * MS)) == []


def test_other_stacks_acknowledge_the_syn_ack_and_know_no_pingpong() -> None:
    site = connected(RFC9293, settings=Settings(pingpong=True, defer_accept=1))
    assert len(site.times(ACK)) == 1
    site.call(Configure(1, NO_SETTINGS, quickack=0))
    assert not site.tcb.delack.pingpong


def test_a_connection_begins_with_its_listeners_quickack() -> None:
    """tcp_create_openreq_child() copies it."""
    site = Site(PROFILE)
    site.call(Open(US, passive=True, settings=Settings(pingpong=True)))
    site.receives(site.peer(SYN, 0))
    site.receives(site.peer(ACK, 1, 1))
    assert come(site, 1, 10) == []
