"""What FreeBSD does beyond the state x segment oracle of test_matrix: buffers, delayed ACKs, options, ICMP.
The functions named are those of its sys/netinet."""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, RuleApplied
from tcptui.core.packet.options import mss_option, read_sack, read_timestamps, timestamps_option
from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, RST, SYN, Option
from tcptui.core.profile.presets import FREEBSD, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.calls import Abort, Close, Configure, Open, Receive, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import PEER, US, Site, briefs, reach, rules, sent
from tests.core.stamps import STAMPS, stamped, with_stamps

S = State
PLAIN = FREEBSD._replace(timestamps=False, window_scale=None)
SACK_PERMITTED = Option(4)


def opened(mss: int | None = 1_200, profile: Profile = PLAIN, *options: Option, wnd: int = 8_000) -> Site:
    """An active OPEN that a SYN,ACK with these options has answered."""
    site = Site(profile)
    site.call(Open(US, PEER))
    offered = () if mss is None else (mss_option(mss),)
    site.receives(site.peer(SYN | ACK, 0, 1, wnd=wnd)._replace(options=(*offered, *options)))
    return site


def test_both_buffers_are_whole_segments_once_the_mss_is_known() -> None:
    """tcp_mss(), which tcp_do_segment() calls in SYN-SENT if the SYN names an MSS, and syncache_socket()
    in any case: 65536 and 32768 of 1200, and of 536."""
    site = opened()
    assert (site.tcb.rcv_buff, site.tcb.snd_buff) == (66_000, 33_600)
    assert opened(None).tcb.rcv_buff == 65_536
    site = reach(S.LISTEN, PLAIN)
    site.receives(site.peer(SYN, 0))
    assert site.tcb.rcv_buff == 65_536
    site.receives(site.peer(ACK, 1, 1))
    assert (site.tcb.rcv_buff, site.tcb.snd_buff) == (65_928, 33_232)


def test_a_buffer_is_as_it_was_rounded_until_it_is_set_anew() -> None:
    site = opened()
    site.call(Configure(1, Settings(no_delay=True)))
    assert (site.tcb.rcv_buff, site.tcb.send_buffer_size(PLAIN)) == (66_000, 33_600)
    site.call(Configure(1, Settings(send_buffer=5_000, receive_buffer=70_000)))
    assert (site.tcb.rcv_buff, site.tcb.send_buffer_size(PLAIN)) == (70_000, 5_000)
    site.block.rcv_buff = 70_001  # As if it had been rounded: another option leaves it.
    site.call(Configure(1, Settings(send_buffer=5_000, receive_buffer=70_000, no_delay=True)))
    assert site.tcb.rcv_buff == 70_001


@pytest.mark.parametrize(("seq", "octets", "taken"), [(65_001, 999, 999), (65_001, 1_001, 1_000)])
def test_what_the_buffer_holds_is_taken_beyond_what_16_bits_say(seq: int, octets: int, taken: int) -> None:
    """tcp_do_segment(): rcv_wnd is sbspace(), 66000; 65535 are announced."""
    site = opened()
    site.receives(site.peer(ACK, seq, 1, bytes(octets)))
    [piece] = site.tcb.out_of_order
    assert len(piece.data) == taken


def test_a_fin_takes_no_room_in_the_window() -> None:
    """tcp_do_segment(): "todrop" is counted without it."""
    for profile, fins in ((PLAIN, 1), (RFC9293._replace(receive_buffer=66_000), 0)):
        site = opened(1_200, profile)
        room = 66_000 if profile is PLAIN else 65_535
        site.receives(site.peer(ACK | FIN, room - 99, 1, bytes(100)))
        assert [piece.fin for piece in site.tcb.out_of_order] == [bool(fins)]


@pytest.mark.parametrize(
    ("octets", "sack", "at_once"),
    [(1_200, False, False), (1_201, False, True), (50, False, False), (50, True, False)],
)
def test_more_than_a_segment_is_acknowledged_at_once(octets: int, sack: bool, at_once: bool) -> None:
    """DELAY_ACK(): tlen <= t_maxseg"""
    site = opened(1_200, PLAIN, *((SACK_PERMITTED,) if sack else ()))
    assert bool(sent(site.receives(site.peer(ACK, 1, 1, bytes(octets))))) == at_once


@pytest.mark.parametrize("sack", [False, True])
def test_data_that_is_partly_known_is_reported_at_once_only_with_sack(sack: bool) -> None:
    """tcp_do_segment(), todrop: the next segment in order would clear the report again."""
    site = opened(1_200, PLAIN, *((SACK_PERMITTED,) if sack else ()))
    site.receives(site.peer(ACK, 1, 1, bytes(30)))
    site.wait(SECOND)
    acks = sent(site.receives(site.peer(ACK, 21, 1, bytes(20))))
    assert len(acks) == sack
    assert [read_sack(ack) for ack in acks] == ([[(5_021, 5_031)]] if sack else [])


def test_a_window_of_zero_is_followed_by_an_ack_at_once() -> None:
    """TF_RXWIN0SENT"""
    site = opened(250, PLAIN._replace(receive_buffer=1_000, first_window=1_000))
    for place in range(1, 1_001, 250):
        site.receives(site.peer(ACK, place, 1, bytes(250)))
    assert site.tcb.rcv_wnd == 0
    site.block.receive_buffer = bytes(800)  # Room of which the peer has not been told.
    assert len(sent(site.receives(site.peer(ACK, 1_001, 1, bytes(50))))) == 1


@pytest.mark.parametrize(("seq", "state"), [(1, S.CLOSED), (11, S.ESTABLISHED)])
def test_a_reset_is_compared_with_the_last_ack_sent(seq: int, state: State) -> None:
    """ "Note: to take into account delayed ACKs, we should test against last_ack_sent instead of rcv_nxt"."""
    site = opened()
    site.receives(site.peer(ACK, 1, 1, bytes(10)))
    assert site.tcb.delayed_ack_timer is not None
    events = site.receives(site.peer(RST, seq))
    assert site.state() is state
    assert bool(sent(events)) == (state is S.ESTABLISHED)
    if state is S.ESTABLISHED:
        assert site.tcb.delayed_ack_timer is not None  # tcp_send_challenge_ack() leaves it.
        site.receives(site.peer(RST, 11))
        assert site.state() is S.CLOSED


def test_a_challenge_ack_tells_the_free_space_as_it_is_and_no_sack_blocks() -> None:
    """tcp_respond(): sbspace() >> rcv_scale; tcp_output() rounds up."""
    scaled = FREEBSD._replace(timestamps=False)
    site = opened(1_300, scaled, Option(3, b"\x02"), SACK_PERMITTED)
    [ack] = sent(site.receives(site.peer(ACK, 51, 1, bytes(10))))
    assert (ack.wnd, len(read_sack(ack))) == (1_036, 1)  # 66300 is 1035.9 x 64.
    [challenge] = sent(site.receives(site.peer(SYN, 90)))
    assert (challenge.wnd, challenge.options) == (1_035, ())


def test_a_syn_is_challenged_before_its_timestamp_is_looked_at() -> None:
    site = with_stamps(FREEBSD)
    assert Rule.SYN_CHALLENGED in rules(site.receives(stamped(site.peer(SYN, 7), STAMPS - 1)))
    without = site.peer(SYN, 7)
    assert rules(site.receives(without)) == [Rule.TIMESTAMP_MISSING]


def test_an_older_number_proves_nothing_in_time_wait_whatever_its_timestamp() -> None:
    """tcp_twcheck(): SEQ_GT(th->th_seq, tp->rcv_nxt)"""
    for seq, state in ((1, S.TIME_WAIT), (3, S.CLOSED)):
        site = with_stamps(FREEBSD)
        site.call(Close(1))
        site.receives(stamped(site.peer(FIN | ACK, 1, 2), STAMPS))
        assert site.state() is S.TIME_WAIT
        site.receives(stamped(site.peer(SYN, seq), STAMPS + 50))
        assert site.state() is state


@pytest.mark.parametrize("drops", [True, False])
def test_a_missing_timestamp_in_time_wait(drops: bool) -> None:
    """tcp_twcheck(), net.inet.tcp.tolerate_missing_ts"""
    site = with_stamps(FREEBSD._replace(missing_timestamp_drops=drops))
    site.call(Close(1))
    site.receives(stamped(site.peer(FIN | ACK, 1, 2), STAMPS))
    assert bool(sent(site.receives(site.peer(ACK, 2, 2, b"x")))) != drops


def test_data_that_begins_at_the_right_edge_acknowledges_nothing() -> None:
    """tcp_do_segment(): todrop >= tlen, dropafterack; an ACK alone there is good."""
    for data, una in ((b"x", 1_001), (b"", 1_002)):
        site = opened()
        site.call(Send(1, b"y"))
        site.receives(site.peer(ACK, 66_001, 2, data))
        assert site.tcb.snd_una == una


@pytest.mark.parametrize(("seq", "data", "fin", "updated"), [
    (1, b"abc", 0, False), (3, b"de", 0, False), (5, b"fg", 0, True), (4, b"efg", FIN, True),
    (7, b"", 0, True),
])  # fmt: skip
def test_which_old_segment_sets_ts_recent(seq: int, data: bytes, fin: int, updated: bool) -> None:
    """tcp_do_segment(): Last.ACK.sent <= SEG.SEQ + SEG.LEN"""
    site = with_stamps(FREEBSD._replace(delayed_ack=0))
    site.receives(stamped(site.peer(ACK, 1, 1, b"abcdef"), STAMPS))
    site.receives(stamped(site.peer(ACK | fin, seq, 1, data), STAMPS + 5))
    assert (site.tcb.ts_recent == STAMPS + 5) == updated


def test_a_fin_that_is_known_sets_no_ts_recent() -> None:
    """tcp_do_segment() has taken it off before."""
    site = with_stamps(FREEBSD)
    site.receives(stamped(site.peer(ACK | FIN, 1, 1), STAMPS))
    site.receives(stamped(site.peer(ACK | FIN, 1, 1), STAMPS + 5))
    assert site.tcb.ts_recent == STAMPS


def test_data_with_a_fin_is_acknowledged_at_once() -> None:
    site = opened()
    assert [ack.ack for ack in sent(site.receives(site.peer(ACK | FIN, 1, 1, b"abc")))] == [5_005]


def half_open(*options: Option) -> Site:
    site = reach(S.LISTEN, FREEBSD)
    site.receives(site.peer(SYN, 0)._replace(options=options))
    return site


def test_any_syn_draws_the_syn_ack_anew_from_a_half_open_connection() -> None:
    """syncache_add(): "We do not check the sequence number"; the timestamp is updated, and the timer begins
    as after the first."""
    site = half_open(timestamps_option(50, 0))
    site.wait(2 * SECOND)
    again = site.peer(SYN, 700)._replace(options=(timestamps_option(60, 0),))
    [answer] = sent(site.receives(again))
    assert (answer.seq, answer.ack, read_timestamps(answer)) == (1_000, 5_001, (2_000, 60))
    site.wait(SECOND)
    assert site.times(SYN) == [0, 1, 2, 3]
    [answer] = sent(site.receives(site.peer(SYN, 0)))
    assert read_timestamps(answer) is None
    assert not site.tcb.timestamps


def test_a_half_open_connection_drops_old_timestamps_and_resets_what_is_not_its_own() -> None:
    """syncache_expand(): the timestamp first, then ISS+1 and the window, "Do send RST, do not free sc"."""
    site = half_open(timestamps_option(50, 0))
    for value, ack, seq, answer in (
        (40, 7, 1, []), (60, 7, 1, ["RST"]), (60, 1, 0, ["RST"]), (60, 1, 65_536, ["RST"]), (0, 7, 1, []),
    ):  # fmt: skip
        segment = site.peer(ACK, seq, ack)._replace(options=(timestamps_option(value, 0),) if value else ())
        events = site.receives(segment)
        assert [name for name, _, _ in briefs(events)] == answer
        assert site.state() is S.SYN_RECEIVED
        assert [read_timestamps(reset) for reset in sent(events)] == [None for _ in answer]
    site.receives(site.peer(ACK, 65_535, 1)._replace(options=(timestamps_option(60, 0),)))
    assert site.state() is S.ESTABLISHED


def crossing(*options: Option, data: bytes = b"", flags: int = SYN) -> Site:
    site = Site(FREEBSD)
    site.call(Open(US, PEER))
    site.receives(site.peer(flags, 0, 0, data)._replace(options=(mss_option(700), *options)))
    return site


def test_a_reset_of_a_connection_has_timestamps() -> None:
    """tcp_respond(): after a simultaneous open there is one; the syncache is none."""
    site = crossing(timestamps_option(50, 0))
    [reset] = sent(site.receives(site.peer(ACK, 1, 7)._replace(options=(timestamps_option(60, 0),))))
    assert (reset.flags, read_timestamps(reset)) == (RST, (0, 50))


def test_data_on_a_crossing_syn_waits_and_its_fin_does_not() -> None:
    """tcp_do_segment(): tcp_reass(), whose FIN is not looked at on entering ESTABLISHED."""
    site = crossing(data=b"hello", flags=SYN | FIN)
    assert not sent(site.receives(site.peer(ACK, 6, 1)))
    assert (site.state(), site.tcb.receive_buffer, site.tcb.rcv_nxt) == (S.ESTABLISHED, b"hello", 5_006)
    site.receives(site.peer(ACK | FIN, 6, 1))
    assert site.state() is S.CLOSE_WAIT


def test_another_syn_ack_than_the_expected_one_opens_all_the_same() -> None:
    """tcp_do_segment(): in SYN-RECEIVED a SYN in the window is not looked at."""
    site = crossing()
    site.receives(site.peer(SYN | ACK, 40, 1))
    assert site.state() is S.ESTABLISHED


def test_a_challenge_in_syn_received_has_an_unscaled_window() -> None:
    """tcp_respond(): rcv_scale is set on entering ESTABLISHED; syncache_respond(): sc_wnd as it is."""
    for site in (crossing(Option(3, b"\x02")), half_open(Option(3, b"\x02"))):
        assert site.tcb.rcv_shift == 6
        [challenge] = sent(site.receives(site.peer(RST, 9)))
        assert challenge.wnd == 65_535


def test_a_reset_has_no_sack_blocks() -> None:
    site = opened(1_200, PLAIN, SACK_PERMITTED)
    site.receives(site.peer(ACK, 51, 1, bytes(10)))
    [reset] = sent(site.call(Abort(1)))
    assert (reset.flags, reset.options) == (RST | ACK, ())


def test_a_reset_for_data_after_close_has_no_timestamps() -> None:
    """tcp_do_segment() calls tcp_close() first."""
    site = with_stamps(FREEBSD)
    site.call(Close(1, half_duplex=True))
    [reset] = sent(site.receives(stamped(site.peer(ACK, 1, 1, b"x"), STAMPS + 1)))
    assert (reset.flags, reset.options) == (RST, ())


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("passive", [False, True])
def test_a_lost_syn_makes_the_initial_cwnd_one_segment(passive: bool, lost: bool) -> None:
    """cc_conn_init(): "SYN(-ACK) lost"."""
    site = Site(PLAIN)
    site.call(Open(US, passive=True) if passive else Open(US, PEER))
    if passive:
        site.receives(site.peer(SYN, 0)._replace(options=(mss_option(700),)))
    site.wait(1_500 * MILLISECOND if lost else 0)
    answer = site.peer(ACK if passive else SYN | ACK, int(passive), 1)
    site.receives(answer._replace(options=() if passive else (mss_option(700),)))
    assert site.tcb.cwnd == (700 if lost else 7_000)


def ends(state: State, kind: Unreachable, profile: Profile = FREEBSD, simultaneous: bool = False) -> str:
    text = b"abc" if state in SYNCHRONIZED else b""
    site = reach(state, profile, text, simultaneous)
    events = site.stack.error(IcmpError(kind, US, PEER, site.tcb.snd_una), site.now)
    if site.state() is S.CLOSED:
        return "ends"
    return "nothing" if rules(events) == [Rule.ERROR_IGNORED] else "noted"


HARD = (Unreachable.PORT, Unreachable.PROTOCOL, Unreachable.PROHIBITED, Unreachable.TIME_EXCEEDED)
SOFT = (Unreachable.NETWORK, Unreachable.HOST, Unreachable.SOURCE_ROUTE)


@pytest.mark.parametrize("kind", Unreachable)
def test_icmp_as_tcp_ctlinput_has_it(kind: Unreachable) -> None:
    """tcp_drop_syn_sent() only in SYN-SENT, else nothing; tcp_notify() takes note, but of an unreachable host
    in ESTABLISHED; syncache_unreach() does nothing at first."""
    if kind in (Unreachable.TOO_BIG, Unreachable.SOURCE_QUENCH):
        return
    before = "ends" if kind in HARD else "noted" if kind in (*SOFT, Unreachable.PARAMETER) else "nothing"
    noted = "noted" if before == "noted" else "nothing"
    assert ends(S.SYN_SENT, kind) == before
    assert ends(S.SYN_RECEIVED, kind) == "nothing"
    assert ends(S.SYN_RECEIVED, kind, simultaneous=True) == noted
    assert ends(S.ESTABLISHED, kind) == ("noted" if kind is Unreachable.PARAMETER else "nothing")
    assert ends(S.CLOSE_WAIT, kind) == noted


def test_icmp_may_not_reset() -> None:
    """net.inet.tcp.icmp_may_rst=0: tcp_notify() whatever it is."""
    never = FREEBSD._replace(hard_error_aborts="never")
    assert {ends(S.SYN_SENT, kind, never) for kind in HARD} == {"noted"}
    assert ends(S.ESTABLISHED, Unreachable.PORT, never) == "noted"
    assert ends(S.ESTABLISHED, Unreachable.TIME_EXCEEDED, never) == "nothing"


def test_a_second_error_after_many_retransmissions_ends_an_open() -> None:
    """tcp_notify(): t_rxtshift > 3 and t_softerror"""
    for timeouts, state in ((3, S.SYN_SENT), (4, S.CLOSED)):
        site = Site(FREEBSD)
        site.call(Open(US, PEER))
        for _ in range(timeouts):
            site.wait(site.stack.next_deadline() - site.now)  # type: ignore[operator]
        for expected in (S.SYN_SENT, state):
            site.stack.error(IcmpError(Unreachable.HOST, US, PEER, 1_000), site.now)
            assert site.state() is expected


def test_a_path_mtu_before_the_peers_mss_is_known() -> None:
    """tcp_ctlinput() compares with mssdflt; icmp6_mtudisc_update() tells the host cache in any case."""
    site = Site(FREEBSD)
    site.call(Open(US, PEER))
    site.stack.error(IcmpError(Unreachable.TOO_BIG, US, PEER, 1_000, 1_300), site.now)
    assert site.tcb.path_mss == 65_535
    site.stack.error(IcmpError(Unreachable.TOO_BIG, US, PEER, 1_000, 500), site.now)
    assert site.tcb.path_mss == 460


def told(events: list[Event]) -> list[Rule]:
    return [event.rule for event in events if isinstance(event, RuleApplied)]


def test_persist_probes_by_srtt_and_rttvar() -> None:
    """tcp_setpersist(): 4 SRTT + 8 RTTVAR, at least 5 s, doubled; 200 ms of slop."""
    site = opened(wnd=0)
    site.block.estimate = site.block.estimate._replace(srtt=500_000, rttvar=100_000)
    site.call(Send(1, b"x"))
    deadlines = []
    for _ in range(4):
        due = site.stack.next_deadline()
        assert due is not None
        deadlines.append(due - site.now)
        site.wait(due - site.now)
    assert deadlines == [5_000_000, 5_800_000, 11_400_000, 22_600_000]


def test_the_windows_update_is_worth_it() -> None:
    site = opened(1_000, PLAIN._replace(receive_buffer=10_000, first_window=10_000))
    for place in range(1, 9_001, 1_000):
        site.receives(site.peer(ACK, place, 1, bytes(1_000)))
    assert Rule.WINDOW_OPENED not in told(site.call(Receive(1, 1_000)))
    assert Rule.WINDOW_OPENED in told(site.call(Receive(1, 3_000)))


def test_nagle_asks_before_the_first_segment_whether_all_is_acknowledged() -> None:
    """tcp_output(): a SEND when all is acknowledged goes to its end; one behind even a full segment waits,
    unless it is half of the largest window."""
    site = opened(1_000, wnd=8_000)
    lengths = [len(one.data) for one in sent(site.call(Send(1, bytes(2_500))))]
    assert lengths == [1_000, 1_000, 500]
    site.receives(site.peer(ACK, 1, 2_501, wnd=8_000))
    assert len(sent(site.call(Send(1, bytes(1_000))))) == 1
    assert not sent(site.call(Send(1, bytes(300))))
    assert [len(one.data) for one in sent(site.receives(site.peer(ACK, 1, 3_501, wnd=8_000)))] == [300]
    site.block.max_snd_wnd = 400
    assert not sent(site.call(Send(1, bytes(199))))
    assert [len(one.data) for one in sent(site.call(Send(1, bytes(1))))] == [200]


def test_no_options_at_all() -> None:
    """TF_NOOPT, of a listener too."""
    site = Site(FREEBSD)
    site.call(Open(US, passive=True, settings=Settings(no_options=True)))
    offered = (mss_option(700), SACK_PERMITTED, timestamps_option(5, 0))
    [answer] = sent(site.receives(site.peer(SYN, 0)._replace(options=offered)))
    assert answer.options == ()
    site.receives(site.peer(ACK, 1, 1))
    assert (site.tcb.timestamps, site.tcb.sack, site.tcb.snd_mss) == (False, False, 700)


def test_how_long_an_open_may_take_is_the_programs() -> None:
    """TCP_KEEPINIT, before and while it opens."""
    site = Site(FREEBSD)
    site.call(Open(US, PEER, settings=Settings(open_timeout=2 * SECOND)))
    site.wait(SECOND)
    site.call(Configure(1, Settings(open_timeout=3 * SECOND)))
    site.wait(2_999 * MILLISECOND)
    assert site.state() is S.SYN_SENT
    assert Rule.CONNECT_TIMEOUT in told(site.wait(MILLISECOND))


def test_ecn_of_a_second_syn() -> None:
    """syncache_add(): "Adjust ECN response if needed"."""
    site = reach(S.LISTEN, FREEBSD)
    [first] = sent(site.receives(site.peer(SYN | ECE | CWR, 0)))
    [second] = sent(site.receives(site.peer(SYN, 0)))
    assert (first.flags & ECE, second.flags & ECE) == (ECE, 0)
