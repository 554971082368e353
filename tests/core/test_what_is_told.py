"""The rule of a step names what was done in it, not what another stack or another state would have done."""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, RuleApplied, Sent
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Option
from tcptui.core.profile.presets import FREEBSD, PRESETS, RFC9293
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.core.state import State as S
from tcptui.core.tcp.calls import Close, Configure, Receive, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, PROMPT, US, WINDOW, connected, numbers, reach, rules, sent

SACK_PERMITTED = Option(4)


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


def test_a_rule_stands_before_the_segment_that_it_decided() -> None:
    site = connected()
    site.call(Send(1, b"abc"))
    for events, rule in (
        (site.call(Close(1)), Rule.CLOSE_SENDS_FIN),
        (connected().call(Close(1)), Rule.CLOSE_SENDS_FIN),
    ):
        kinds = [type(event) for event in events]
        at = next(
            n for n, event in enumerate(events) if isinstance(event, RuleApplied) and event.rule is rule
        )
        assert at < kinds.index(Sent)


@pytest.mark.parametrize(
    ("octets", "wnd", "waits"), [(5_000, 20_000, 3_000), (2_000, 20_000, 0), (5_000, 2_000, 0)]
)
def test_a_send_says_what_cwnd_holds_back_and_nothing_where_the_window_does(
    octets: int, wnd: int, waits: int
) -> None:
    """RFC 5681 2; two segments of 1000 may go."""
    site = connected(PROMPT._replace(initial_window=2), wnd=wnd)
    events = site.call(Send(1, bytes(octets)))
    assert (Rule.SEND_WAITS_FOR_CWND in rules(events)) == bool(waits)
    if waits:
        assert numbers(events, Rule.SEND_WAITS_FOR_CWND) == {"len": waits, "cwnd": 2_000}


def test_data_that_an_ack_lets_go_says_what_held_it() -> None:
    site = connected()
    site.call(Send(1, b"abc"))
    assert Rule.NAGLE in rules(site.call(Send(1, b"de")))
    events = site.receives(site.peer(ACK, 1, 4, wnd=20_000))
    assert numbers(events, Rule.NAGLE_RELEASED) == {"len": 2}
    assert [segment.data for segment in sent(events)] == [b"de"]
    site = connected(wnd=3)
    site.call(Send(1, b"abcde"))
    events = site.receives(site.peer(ACK, 1, 4, wnd=3))
    assert numbers(events, Rule.DATA_RELEASED) == {"len": 2}
    site = connected()
    site.call(Send(1, b"abc"))
    site.receives(site.peer(ACK, 1, 4, wnd=0))
    site.call(Send(1, b"de"))
    events = site.receives(site.peer(ACK, 1, 4, wnd=0))
    assert not {Rule.NAGLE_RELEASED, Rule.DATA_RELEASED} & {*rules(events)}, "nothing goes"
    events = site.receives(site.peer(ACK, 1, 4, wnd=20))
    assert numbers(events, Rule.DATA_RELEASED) == {"len": 2}
    site = connected(wnd=0)
    site.call(Send(1, b"abcde"))
    events = site.receives(site.peer(ACK, 1, 1, wnd=20))
    assert numbers(events, Rule.DATA_RELEASED) == {"len": 5}, "the window held it, not Nagle's algorithm"
    for state, flags in ((S.SYN_SENT, SYN | ACK), (S.SYN_RECEIVED, ACK)):
        site = reach(state)
        site.call(Send(1, b"ab"))
        events = site.receives(site.peer(flags, int(state is S.SYN_RECEIVED), 1))
        assert numbers(events, Rule.DATA_RELEASED) == {"len": 2}, "the handshake held it"
    assert Rule.DATA_RELEASED not in rules(connected().receives(site.peer(ACK, 1, 1)))
    site = connected(PROMPT._replace(initial_window=2))
    site.call(Send(1, bytes(9_000)))
    events = site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))
    assert numbers(events, Rule.CWND_RELEASED) == {"len": 2_000, "cwnd": 3_000}
    assert Rule.DATA_RELEASED not in rules(events)


def test_a_duplicate_ack_tells_its_sack_blocks_and_what_of_them_is_new() -> None:
    """RFC 2018 section 5; the block's numbers are those of the end that has sent the data."""
    profile = PROMPT._replace(initial_window=10, nagle=False, sack=True)
    site = connected(profile, SACK_PERMITTED, wnd=20_000)
    for _ in range(4):
        site.call(Send(1, b"x" * 100))

    def block(*edges: int) -> list[Event]:
        ack = site.peer(ACK, 1, 1, wnd=20_000)
        pairs = [(ISS + left, ISS + right) for left, right in zip(edges[::2], edges[1::2], strict=True)]
        return site.receives(ack._replace(options=data_options(None, pairs)))

    events = block(101, 201)
    assert rules(events) == [Rule.ACK_DUPLICATE, Rule.SACK_NEW, Rule.ACK_COUNTED]
    assert numbers(events, Rule.SACK_NEW) == {"left": ISS + 101, "right": ISS + 201, "len": 100}
    events = block(301, 401, 101, 201)
    assert rules(events) == [Rule.ACK_DUPLICATE, Rule.SACK_NEW, Rule.SACK_KNOWN, Rule.ACK_COUNTED]
    assert numbers(events, Rule.SACK_KNOWN) == {"left": ISS + 101, "right": ISS + 201, "len": 0}
    events = block(101, 401)
    assert numbers(events, Rule.SACK_NEW)["len"] == 100, "the two others were known"
    assert kind_of(Rule.SACK_NEW, "left") is kind_of(Rule.SACK_NEW, "right") is NumberKind.OWN_SEQ


def test_a_d_sack_is_told_as_what_came_twice() -> None:
    """RFC 2883 section 4: the first block, below the ACK, or within the second."""
    profile = PROMPT._replace(initial_window=10, nagle=False, sack=True)
    site = connected(profile, SACK_PERMITTED, wnd=20_000)
    for _ in range(4):
        site.call(Send(1, b"x" * 100))
    ack = site.peer(ACK, 1, 101, wnd=20_000)
    below = data_options(None, [(ISS + 1, ISS + 101)])
    events = site.receives(ack._replace(options=below))
    assert Rule.ACK_NEW in rules(events)
    assert numbers(events, Rule.SACK_TWICE) == {"left": ISS + 1, "right": ISS + 101}
    within = data_options(None, [(ISS + 201, ISS + 301), (ISS + 201, ISS + 401)])
    events = site.receives(ack._replace(options=within))
    assert numbers(events, Rule.SACK_TWICE) == {"left": ISS + 201, "right": ISS + 301}
    assert numbers(events, Rule.SACK_NEW) == {"left": ISS + 201, "right": ISS + 401, "len": 200}


def test_what_was_kept_is_told_as_one_when_the_gap_is_filled() -> None:
    site = connected()
    site.receives(site.peer(ACK, 4, 1, b"def"))
    site.receives(site.peer(ACK, 7, 1, b"gh"))
    events = site.receives(site.peer(ACK, 1, 1, b"abc"))
    assert rules(events)[-2:] == [Rule.DATA_ACCEPTED, Rule.OUT_OF_ORDER_DATA_ACCEPTED]
    assert numbers(events, Rule.DATA_ACCEPTED) == {"len": 3, "rcv_nxt": site.irs + 4}
    assert numbers(events, Rule.OUT_OF_ORDER_DATA_ACCEPTED) == {"len": 5, "rcv_nxt": site.irs + 9}


def test_a_window_that_shrinks_though_all_is_read_says_why_once() -> None:
    """3.8.6.2.2: its right edge stays until a segment, or half of the buffer, is to be gained."""
    site = connected()
    site.call(Receive(1, 10_000))
    events = site.receives(site.peer(ACK, 1, 1, b"abc"))
    window = RFC9293.receive_buffer - 3
    assert numbers(events, Rule.WINDOW_EDGE_STAYS) == {"rcv_wnd": window}
    assert [segment.wnd for segment in sent(events)] == [window]
    site.call(Receive(1, 10_000))
    assert Rule.WINDOW_EDGE_STAYS not in rules(site.receives(site.peer(ACK, 4, 1, b"de")))
    site = connected()
    told = rules(site.receives(site.peer(ACK, 1, 1, b"abc")))
    assert Rule.WINDOW_EDGE_STAYS not in told, "three octets are not read"
    site = connected()
    assert Rule.WINDOW_EDGE_STAYS not in rules(site.receives(site.peer(FIN | ACK, 1, 1)))
    site = connected(RFC9293)
    site.call(Receive(1, 10_000))
    site.receives(site.peer(ACK, 1, 1, b"abc"))
    assert rules(site.call(Close(1))) == [Rule.CLOSE_SENDS_FIN], "an ACK that comes along with a FIN"


def test_a_bad_ack_of_a_rst_is_told_without_a_rst() -> None:
    site = reach(S.SYN_SENT)
    events = site.receives(site.peer(RST | ACK, 0, 9))
    assert (rules(events), sent(events)) == ([Rule.SYN_SENT_BAD_RST], [])
    assert Rule.SYN_SENT_BAD_ACK in rules(site.receives(site.peer(ACK, 0, 9)))


def test_ends_that_answer_each_other_count_their_answers() -> None:
    """RFC 5961 section 7: the second such ACK of an interval is told as one, the one too many not sent."""
    site = connected(PROMPT._replace(challenge_acks=3))
    told = [rules(site.receives(site.peer(ACK, 1, 9))) for _ in range(4)]
    assert told[0] == [Rule.ACK_UNSENT]
    assert told[1] == told[2] == [Rule.ACK_UNSENT, Rule.ANSWERS_COUNTED]
    assert told[3] == [Rule.ACK_UNSENT, Rule.CHALLENGE_THROTTLED]
    site = connected(PROMPT._replace(unsent_ack_is_answered=False))
    events = site.receives(site.peer(ACK, 1, 9))
    assert (rules(events), sent(events)) == ([Rule.ACK_UNSENT_IGNORED], [])


def test_an_open_that_takes_too_long_says_how_long() -> None:
    """FreeBSD's net.inet.tcp.keepinit is no timeout of data."""
    site = reach(S.SYN_SENT, FREEBSD._replace(syn_retries=200))
    events = site.wait(100 * SECOND)
    assert numbers(events, Rule.CONNECT_TIMEOUT) == {"timeout": 75 * SECOND}
    assert Rule.USER_TIMEOUT not in rules(events)


@pytest.mark.parametrize(
    ("name", "kind", "opening", "told"),
    [
        ("rfc9293", Unreachable.HOST, True, Rule.SOFT_ERROR),
        ("linux", Unreachable.HOST, True, Rule.SOFT_ERROR_ENDS_OPEN),
        ("rfc9293", Unreachable.PORT, False, Rule.HARD_ERROR),
        ("linux", Unreachable.PORT, False, Rule.HARD_ERROR_NOTED),
        ("freebsd", Unreachable.PORT, False, Rule.ERROR_IGNORED),
        ("freebsd", Unreachable.PORT, True, Rule.HARD_ERROR),
        ("freebsd", Unreachable.HOST, True, Rule.SOFT_ERROR),
        ("linux", Unreachable.PORT, True, Rule.HARD_ERROR),
    ],
)
def test_an_error_is_told_by_what_it_does(name: str, kind: Unreachable, opening: bool, told: Rule) -> None:
    site = reach(S.SYN_SENT if opening else S.ESTABLISHED, PRESETS[name])
    if not opening:
        site.call(Send(1, b"abc"))
    seq = site.tcb.snd_una
    events = site.stack.error(IcmpError(kind, US, PEER, seq), site.now)
    assert rules(events) == [told]
