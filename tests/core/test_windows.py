"""When text and ACKs go: Nagle, silly windows of both sides, delayed ACKs, zero windows, windows that shrink.

Segments of the peer's MSS, 1000 octets; its window is 20,000 unless a test says otherwise.
"""

from __future__ import annotations

import pytest

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import ACK, FIN, PSH, flag_text
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Profile, ZeroWindowProbe
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Configure, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import SECOND
from tests.core.build import (
    IRS,
    ISS,
    PROMPT,
    Site,
    briefs,
    connected,
    delivered,
    responses,
    sent,
    signals,
    texts,
)

S = State
MS = 1_000
NO_DELAY = Settings(no_delay=True)


def acked(site: Site, ack: int, wnd: int = 20_000) -> list[tuple[int, int]]:
    """The text that an ACK of the peer lets go."""
    return texts(site.receives(site.peer(ACK, 1, ack, wnd=wnd)))


# Nagle


def test_a_small_segment_waits_until_all_is_acknowledged() -> None:
    """SHLD-7."""
    site = connected()
    assert texts(site.call(Send(1, b"a"))) == [(1, 1)]
    assert texts(site.call(Send(1, b"b"))) == []
    assert texts(site.call(Send(1, b"c"))) == []
    assert acked(site, 2) == [(2, 3)]


def test_full_segments_do_not_wait_but_the_rest_behind_them_does() -> None:
    """3.7.4: "or until the TCP endpoint can send a full-sized segment"."""
    site = connected()
    site.call(Send(1, b"a"))
    assert texts(site.call(Send(1, bytes(2_500)))) == [(2, 1_001), (1_002, 2_001)]
    assert acked(site, 1_002) == []
    assert acked(site, 2_002) == [(2_002, 2_501)]


def test_an_application_can_do_without_nagles_algorithm() -> None:
    """MUST-17: when it opens, or at any time; what waits goes at once then."""
    site = connected(settings=NO_DELAY)
    site.call(Send(1, b"a"))
    assert texts(site.call(Send(1, b"b"))) == [(2, 2)]
    site = connected()
    site.call(Send(1, b"a"))
    site.call(Send(1, b"b"))
    assert texts(site.call(Configure(1, NO_DELAY))) == [(2, 2)]


def test_text_is_pushed_with_the_last_segment_of_what_is_there() -> None:
    """MUST-61."""
    site = connected()
    first, last = sent(site.call(Send(1, bytes(2_000))))
    assert (first.flags, last.flags) == (ACK, ACK | PSH)


# The sender's side of silly windows


def test_the_sender_waits_for_a_full_segment_of_window() -> None:
    """MUST-38, 3.8.6.2.1 (1): min(D,U) >= Eff.snd.MSS. Of 20,000 at most, 999 are less than half, too."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    assert acked(site, 3_001, wnd=999) == []
    assert texts(site.call(Send(1, bytes(3_000)))) == []
    assert acked(site, 3_001, wnd=1_000) == [(3_001, 4_000)]


def test_all_that_is_queued_may_go_however_little() -> None:
    """3.8.6.2.1 (2): PUSHed and D =< U."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    acked(site, 3_001, wnd=999)
    assert texts(site.call(Send(1, bytes(999)))) == [(3_001, 3_999)]


@pytest.mark.parametrize(("wnd", "goes"), [(300, [(601, 900)]), (299, [])])
def test_half_of_the_largest_window_ever_may_go(wnd: int, goes: list[tuple[int, int]]) -> None:
    """3.8.6.2.1 (3): min(D,U) >= Fs * Max(SND.WND); the largest window was 600."""
    site = connected(wnd=600)
    site.call(Send(1, bytes(600)))
    site.call(Send(1, bytes(5_000)))
    assert acked(site, 601, wnd=wnd) == goes


@pytest.mark.parametrize(("settings", "goes"), [(Settings(), []), (NO_DELAY, [(201, 600)])])
def test_with_nagle_half_a_window_waits_for_what_is_unacknowledged(
    settings: Settings, goes: list[tuple[int, int]]
) -> None:
    """3.8.6.2.1 (3): "[SND.NXT = SND.UNA and]", which "is imposed by the Nagle algorithm"."""
    site = connected(wnd=600, settings=settings)
    site.call(Send(1, bytes(200)))
    assert texts(site.call(Send(1, bytes(5_000)))) == goes


def test_a_silly_window_that_stays_is_used_in_the_end() -> None:
    """3.8.6.2.1 (4): the override timeout, 0.1 to 1 s, else both would wait for each other for ever."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    acked(site, 3_001, wnd=100)
    site.call(Send(1, bytes(3_000)))
    start = site.now
    assert texts(site.wait(1 * SECOND)) == [(3_001, 3_100)]
    when = next(now for now, event in reversed(site.log) if texts([event]))
    assert 100 * MS <= when - start <= 1 * SECOND


@pytest.mark.parametrize(("profile", "waits"), [(PROMPT, 1), (PROMPT._replace(sws_override=None), 16)])
def test_a_window_that_opens_a_little_does_not_wait_for_the_next_probe(profile: Profile, waits: int) -> None:
    """3.8.6.2.1 (4): 0.1 to 1 s, however far the time between two probes has been backed off. After probes at
    1, 3, 7 and 15 s the next one would go at 31 s."""
    site = connected(profile)
    acked(site, 1, wnd=0)
    site.call(Send(1, bytes(5_000)))
    assert texts(site.wait(15 * SECOND)) == 4 * [(1, 1)]
    acked(site, 2, wnd=100)
    start = site.now
    while not (gone := texts(site.wait(SECOND // 10))):
        pass
    assert gone[0] == (2, 101)
    assert site.now - start == waits * SECOND


def test_a_silly_window_that_is_told_again_does_not_make_data_wait_longer() -> None:
    site = connected()
    site.call(Send(1, bytes(3_000)))
    acked(site, 3_001, wnd=100)
    site.call(Send(1, bytes(3_000)))
    for _ in range(9):
        site.wait(SECOND // 10)
        assert acked(site, 3_001, wnd=100) == []
    assert texts(site.wait(SECOND // 10)) == [(3_001, 3_100)]


# The receiver's side


def test_the_right_edge_moves_on_by_half_a_buffer_or_a_segment() -> None:
    """MUST-39, 3.8.6.2.2: it stays until min(Fr * RCV.BUFF, Eff.snd.MSS) is gained; here that is 300."""
    site = connected(PROMPT._replace(receive_buffer=600))
    windows = []
    for place in range(4):
        site.call(Receive(1))
        (ack,) = sent(site.receives(site.peer(ACK, 1 + place * 100, 1, bytes(100))))
        windows.append(ack.wnd)
    assert windows == [500, 400, 600, 500]


def test_text_that_nobody_reads_closes_the_window_and_takes_no_edge_back() -> None:
    """SHLD-14: RCV.NXT + RCV.WND never moves to the left."""
    site = connected(PROMPT._replace(receive_buffer=600))
    edges = []
    for place in range(6):
        (ack,) = sent(site.receives(site.peer(ACK, 1 + place * 100, 1, bytes(100))))
        edges.append(ack.ack - IRS + ack.wnd)
    assert edges == [601] * 6


def test_reading_reopens_a_closed_window_and_tells() -> None:
    """3.8.6.2.2: an update goes when the edge has moved; reading a little moves nothing."""
    site = connected(PROMPT._replace(receive_buffer=600))
    site.receives(site.peer(ACK, 1, 1, bytes(600)))
    assert sent(site.call(Receive(1, 299))) == []
    (update,) = sent(site.call(Receive(1, 1)))
    assert (update.flags, update.ack - IRS, update.wnd) == (ACK, 601, 300)


# Delayed ACKs

PATIENT = RFC9293


def test_an_acknowledgment_may_wait_but_less_than_half_a_second() -> None:
    """SHLD-18, MUST-40."""
    site = connected(PATIENT)
    assert sent(site.receives(site.peer(ACK, 1, 1, b"text"))) == []
    assert briefs(site.wait(SECOND // 2 - 1)) == [("ACK", ISS + 1, IRS + 5)]


def test_no_profile_can_delay_an_acknowledgment_for_half_a_second() -> None:
    """MUST-40: "MUST be less than 0.5 seconds"."""
    assert all_knobs()["delayed_ack"].knob.most < SECOND // 2


def test_every_second_segment_is_acknowledged_at_once() -> None:
    """SHLD-19."""
    site = connected(PATIENT)
    acks = []
    for place in range(5):
        acks += sent(site.receives(site.peer(ACK, 1 + place * 1_000, 1, bytes(1_000))))
    assert [ack.ack - IRS for ack in acks] == [2_001, 4_001]
    assert [ack.ack - IRS for ack in sent(site.wait(SECOND // 2))] == [5_001]


def test_text_of_ours_takes_the_acknowledgment_along() -> None:
    site = connected(PATIENT)
    site.receives(site.peer(ACK, 1, 1, b"text"))
    assert briefs(site.call(Send(1, b"answer"))) == [("PSH,ACK", ISS + 1, IRS + 5)]
    assert site.tcb.delayed_ack_timer is None
    assert texts(site.wait(SECOND // 2)) == []


def test_what_is_out_of_order_or_fills_a_gap_is_acknowledged_at_once() -> None:
    """RFC 5681 4.2, which 3.8.6.3 recommends: the sender learns of the loss, and of its repair."""
    site = connected(PATIENT)
    assert briefs(site.receives(site.peer(ACK, 11, 1, bytes(10)))) == [("ACK", ISS + 1, IRS + 1)]
    assert briefs(site.receives(site.peer(ACK, 31, 1, bytes(10)))) == [("ACK", ISS + 1, IRS + 1)]
    assert briefs(site.receives(site.peer(ACK, 1, 1, bytes(10)))) == [("ACK", ISS + 1, IRS + 21)]


def test_a_fin_is_acknowledged_at_once() -> None:
    site = connected(PATIENT)
    assert briefs(site.receives(site.peer(FIN | ACK, 1, 1, b"text"))) == [("ACK", ISS + 1, IRS + 6)]


def test_text_that_comes_again_is_acknowledged_at_once() -> None:
    """3.10.7.4, first: an acknowledgment "should be sent in reply"."""
    site = connected(PATIENT)
    site.receives(site.peer(ACK, 1, 1, b"text"))
    assert briefs(site.receives(site.peer(ACK, 1, 1, b"text"))) == [("ACK", ISS + 1, IRS + 5)]


# Zero windows


def closed_window(profile: Profile = PROMPT) -> Site:
    """The peer has taken 1000 octets and closed its window; 500 more wait. First RTO: 1 s."""
    site = connected(profile, wnd=1_000)
    site.call(Send(1, bytes(1_500)))
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    return site


def test_probes_begin_after_an_rto_and_come_ever_more_slowly() -> None:
    """MUST-36, SHLD-29, SHLD-30: one octet of new text after 1 s, again after 2 s, 4 s, 8 s ..."""
    site = closed_window()
    site.log.clear()
    for _ in range(31):
        site.wait(SECOND)
        if sent(event for now, event in site.log if now == site.now):
            site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    assert [now // SECOND for now, event in site.log if texts([event])] == [1, 3, 7, 15, 31]
    assert {span for _, event in site.log for span in texts([event])} == {(1_001, 1_001)}


def test_a_window_that_stays_closed_is_asked_for_as_long_as_there_are_answers() -> None:
    """MUST-37: "MUST allow the connection to stay open", longer than R2 and the user timeout last."""
    site = closed_window()
    for _ in range(3_600):
        site.wait(SECOND)
        site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    assert site.state() is S.ESTABLISHED
    assert acked(site, 1_001) == [(1_001, 1_500)], "with the octet that was not taken"


def test_an_answer_to_a_probe_need_not_open_the_window_to_count() -> None:
    """MUST-37, where the peer took the octet and stays closed."""
    site = closed_window()
    for place in range(1, 6):
        site.wait(60 * SECOND)
        site.receives(site.peer(ACK, 1, 1_001 + place, wnd=0))
    site.wait(59 * SECOND)
    assert site.state() is S.ESTABLISHED


def test_probes_that_nothing_answers_end_like_retransmissions() -> None:
    """3.8.3: R2 closes the connection (MUST-20), in no less than 100 s (SHLD-11)."""
    site = closed_window()
    events = site.wait(99 * SECOND)
    assert signals(events) == []
    events = site.wait(3_600 * SECOND)
    assert Signal.TIMED_OUT in signals(events)
    assert site.state() is S.CLOSED


def test_a_lost_window_update_costs_no_more_than_a_probe() -> None:
    """3.8.6.1: "to guarantee that ... the reopening of the window will be reliably reported"."""
    site = closed_window()
    assert texts(site.wait(1 * SECOND)) == [(1_001, 1_001)]
    # The peer opened its window before, and that ACK was lost; it takes the octet.
    assert acked(site, 1_002, wnd=1_000) == [(1_002, 1_500)]
    assert site.tcb.persist_timer is None
    assert site.tcb.retransmission_timer is not None


def test_a_fin_behind_a_closed_window_is_a_probe_too() -> None:
    """3.8.6.1, 3.10.4: what is left to tell gets through once the window opens."""
    site = connected(wnd=1_000)
    site.call(Send(1, bytes(1_000)))
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    site.call(Close(1))
    assert site.state() is S.FIN_WAIT_1
    site.wait(3 * SECOND)
    assert any(segment.flags & FIN for segment in sent(event for _, event in site.log))
    site.receives(site.peer(ACK, 1, 1_002, wnd=0))
    assert site.state() is S.FIN_WAIT_2


@pytest.mark.parametrize(
    ("probe", "expected"), [("octet", ("PSH,ACK", 1_001, 1)), ("old_ack", ("ACK", 1_000, 0))]
)
def test_knob_zero_window_probe(probe: ZeroWindowProbe, expected: tuple[str, int, int]) -> None:
    """One octet beyond the window, or a number that the peer has acknowledged before."""
    site = connected(PROMPT._replace(zero_window_probe=probe), wnd=1_000)
    site.call(Send(1, bytes(1_001)))
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    (segment,) = sent(site.wait(1 * SECOND))
    assert (flag_text(segment.flags), segment.seq - ISS, len(segment.data)) == expected


def test_a_closed_window_of_ours_answers_probes_and_takes_nothing() -> None:
    """MAY-8, 3.8.6.1: "it must still send an acknowledgment showing its next expected sequence number and
    current window (zero)"."""
    site = connected(PROMPT._replace(receive_buffer=5))
    site.receives(site.peer(ACK, 1, 1, b"abcde"))
    for _ in range(20):
        (ack,) = sent(site.receives(site.peer(ACK, 6, 1, b"f")))
        assert (ack.ack - IRS, ack.wnd) == (6, 0)
        site.wait(SECOND)
    assert delivered(site.call(Receive(1))) == b"abcde"


# Windows that shrink


def test_a_window_that_shrinks_below_what_is_in_flight_stops_new_text() -> None:
    """MUST-34, SHLD-15: U = SND.UNA + SND.WND - SND.NXT becomes negative."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    site.receives(site.peer(ACK, 1, 1, wnd=1_500))
    assert site.tcb.usable_window == -1_500
    assert texts(site.call(Send(1, bytes(3_000)))) == []


def test_what_was_in_the_window_is_sent_again_as_ever() -> None:
    """SHLD-16: "between SND.UNA and SND.UNA+SND.WND"."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    site.receives(site.peer(ACK, 1, 1, wnd=1_500))
    assert texts(site.wait(1 * SECOND)) == [(1, 1_000)]
    assert acked(site, 1_001, wnd=500) == []


def test_text_beyond_the_edge_ends_no_connection() -> None:
    """SHLD-17: the peer takes what its window lets in and answers; the rest may stay unacknowledged."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    for _ in range(600):
        site.wait(SECOND)
        site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    assert site.state() is S.ESTABLISHED


def test_a_window_that_shrinks_to_zero_is_probed_and_all_goes_on_from_there() -> None:
    """MUST-35: the standard way; in flight there are 2000 octets, of which one is the probe."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    site.receives(site.peer(ACK, 1, 1_001, wnd=0))
    assert [kind for kind, _ in site.tcb.timers()] == [TimerKind.PERSIST, TimerKind.USER]
    assert texts(site.wait(1 * SECOND)) == [(1_001, 1_001)]
    site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))
    site.wait(1 * SECOND)
    assert acked(site, 2_001) in ([(2_001, 3_000)], [])
    site.wait(4 * SECOND)
    acked(site, 3_001)
    assert site.tcb.retransmission_queue == ()


def test_an_acknowledgment_from_beyond_a_shrunken_window_is_acceptable_to_the_peer() -> None:
    """A.2: the SEQ of an ACK does not lie beyond the window that the peer has now."""
    site = connected()
    site.call(Send(1, bytes(3_000)))
    site.receives(site.peer(ACK, 1, 1, wnd=1_500))
    (ack,) = sent(site.receives(site.peer(ACK, 1, 1, b"text", wnd=1_500)))
    assert ISS + 1 <= ack.seq <= ISS + 1 + 1_500


def test_a_send_that_the_buffer_has_no_room_for_is_refused() -> None:
    """3.10.2: "error: insufficient resources"."""
    site = connected(PROMPT._replace(send_buffer=1_500), wnd=0)
    assert responses(site.call(Send(1, bytes(1_500)))) == [("SEND", Response.OK)]
    assert responses(site.call(Send(1, b"x"))) == [("SEND", Response.RESOURCES)]


@pytest.mark.parametrize(("read", "sixth"), [(True, 2_880), (False, 2_580)])
def test_linux_offers_whole_segments_and_keeps_to_its_offer(read: bool, sixth: int) -> None:
    """At first three segments of 1460, of a buffer of 4500. One is reserved (tcp_init_buffer_space()), so
    that the edge stays until the window is no more than the 3040 that are left. Then an offer within a
    segment (536, as is guessed: tcp_initialize_rcv_mss()) of what is free stays; if it is more than what is
    free, whole segments are offered, but no less than what was (__tcp_select_window()): unread, these six
    take 1280 octets of memory each, which leaves 660 of 4500. Measured with SO_RCVBUF on Linux 6.18."""
    windows = [4_080, 3_780, 3_480, 3_180, 2_880, sixth]
    profile = LINUX._replace(receive_buffer=4_500, window_scale=None, timestamps=False, delayed_ack=0)
    site = connected(profile)
    assert sent(event for _, event in site.log)[0].wnd == 4_380
    for place, window in enumerate(windows):
        if read:
            site.call(Receive(1))
        (ack,) = sent(site.receives(site.peer(ACK | PSH, 1 + place * 300, 1, bytes(300))))
        assert ack.wnd == window
