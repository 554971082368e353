"""UDP in the lab: datagrams are on the same wire as segments, and what is lost there stays lost."""

from __future__ import annotations

import ast
from collections import Counter
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.events import Response, Returned, RuleApplied
from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.ip_header import ICMP, ICMPV6, TCP, UDP, decode_packet, encode_packet
from tcptui.core.packet.segment import Socket
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.lab.addresses import BadSocket, parse_socket
from tcptui.lab.history import History
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.packets import packet_of
from tcptui.lab.prelude import first_record
from tcptui.lab.record import Called, Record
from tcptui.lab.run import play as play_out
from tcptui.lab.segment_states import SegmentStates
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, BadMove, Outcome
from tcptui.trace.facts import facts_of
from tests.lab.worlds import (
    OPEN,
    everything,
    of_shown,
    play,
    record_of,
    scenario,
    to_the_end,
    transmission,
    world,
)
from tests.messages import refused, said
from tests.trace.facts import names_of

FAST = settings(max_examples=150)
V6 = 'A.address = "2001:db8::1"\nB.address = "2001:db8::2"\n'
A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)


def got(moves: str, toml: str = "") -> tuple[str, ...]:
    """What B's program has received when all is over."""
    return received(play_out(scenario(toml), parse_moves(f"b:bind {moves}")))


def received(run: Record, side: str = "B") -> tuple[str, ...]:
    return tuple(ast.literal_eval(name) for name in names_of(run, side, "reads"))


def told(run: Record) -> tuple[str, ...]:
    """What A's programs were."""
    return tuple(names_of(run, "A", "told"))


def sent(run: Record) -> tuple[str, ...]:
    """What left, and what was lost of it."""
    return tuple(str(fact) for fact in facts_of(run) if fact.verb in ("leaves", "lost"))


def rules(run: Record) -> set[str]:
    return {*names_of(run, "A", "rule"), *names_of(run, "B", "rule")}


def test_a_datagram_goes_from_the_own_socket_to_the_peers_and_takes_the_whole_way() -> None:
    made = world()
    bind, send = play(made, "b:bind a:sendto:hello")
    assert (bind.launched, send.launched) == ((), (1,))
    sent = transmission(made, 1)
    assert sent.payload == Datagram(A, B, b"hello")
    assert (sent.sender, sent.receiver, sent.sent_at, sent.due) == ("A", "B", 0, 50_000)
    (arrival,) = play(made, "s")
    assert (arrival.at, arrival.cause, arrival.side) == (50_000, "arrival", "B")
    assert of_shown(record_of(scenario(), "b:bind a:sendto:hello s")).delivered == (b"hello",)
    assert made.host("B").udp.endpoints[0].queue == (), "the program receives at once"


def test_nothing_is_answered_and_no_state_changes() -> None:
    made = world("", "b:bind a:sendto:hello s")
    assert made.next_event() is None
    for side in SIDES:
        assert made.host(side).state is State.CLOSED
        assert made.host(side).stack.next_deadline() is None
    run = play_out(scenario(), parse_moves("b:bind a:sendto:hello s"))
    assert [SegmentStates(run).beside(run.transmissions[0], side) for side in SIDES] == [None, None]


def test_what_is_lost_stays_lost() -> None:
    assert got("a:sendto:one a:sendto:two a:sendto:three l2") == ("one", "three")


def test_what_is_late_comes_out_of_order() -> None:
    assert got("a:sendto:one a:sendto:two d1+1ms") == ("two", "one")
    assert got("a:sendto:one a:sendto:two r1") == ("two", "one")


def test_what_is_doubled_comes_twice() -> None:
    assert got("a:sendto:one u1+5ms a:sendto:two") == ("one", "two", "one")


def test_a_datagram_can_be_empty() -> None:
    assert got("a:sendto a:sendto:x") == ("", "x")


def test_a_story_does_the_same_to_datagrams() -> None:
    toml = (
        'wire.faults = "l1 d2+1ms u3"\nB.script = [{ call = "bind" }]\n'
        'A.script = [{ call = "sendto", text = "1" }, { call = "sendto", text = "2" }, '
        '{ call = "sendto", text = "3" }]\n'
    )
    run = play_out(scenario(toml))
    assert received(run) == ("3", "2", "3")
    assert [one.outcome for one in run.transmissions] == [
        Outcome.LOST,
        Outcome.ARRIVED,
        Outcome.ARRIVED,
        Outcome.ARRIVED,
    ]


texts = st.lists(st.sampled_from(["a", "b", "c", "dd"]), min_size=1, max_size=8)
faults = st.lists(st.tuples(st.sampled_from("ldur"), st.integers(1, 8), st.integers(1, 90)), max_size=8)


@FAST
@given(texts, faults)
def test_whatever_the_wire_does_each_datagram_that_arrives_is_received_whole_in_that_order(
    texts: list[str], faults: list[tuple[str, int, int]]
) -> None:
    made = world("", "b:bind")
    play(made, " ".join(f"a:sendto:{text}" for text in texts))
    for verb, number, milliseconds in faults:
        try:
            play(made, f"{verb}{number}" + (f"+{milliseconds}ms" if verb in "du" else ""))
        except BadMove:
            continue
    arrived, received = [], []
    record = first_record(scenario())[1]
    for report in to_the_end(made):
        arrived += [one.payload.data for one in report.ended if isinstance(one.payload, Datagram)]
        record = record.after(report)
        received.append(of_shown(record.b).last_data)
        assert not report.launched, "nothing is sent again, nothing acknowledged"
    assert received == arrived
    sent = Counter(text.encode() for text in texts)
    assert set(arrived) <= set(sent)
    if not faults:
        assert Counter(arrived) == sent


def test_both_ends_can_send_and_answer() -> None:
    toml = (
        'A.script = [{ call = "sendto", text = "ping" }]\n'
        'B.script = [{ call = "bind" }, { call = "sendto", when = "received 4", text = "pong" }]\n'
    )
    run = play_out(scenario(toml))
    assert (received(run, "A"), received(run)) == (("pong",), ("ping",))
    assert sent(run) == ("A UDP len=4", "B UDP len=4")


def test_a_port_without_a_socket_is_answered_by_icmp_and_the_sender_is_told() -> None:
    run = play_out(scenario(), parse_moves("a:sendto:x"))
    assert sent(run) == ("A UDP len=1", "B ICMP")
    assert (told(run), received(run)) == (("error: port unreachable",), ())
    assert rules(run) == {"UDP_ERROR_PASSED", "UDP_NO_PORT", "UDP_SENT"}


def test_icmp_can_be_lost_too() -> None:
    run = play_out(scenario(), parse_moves("a:sendto:x s l2"))
    assert sent(run) == ("A UDP len=1", "B ICMP", "B ICMP lost")
    assert told(run) == ()


def test_tcp_and_udp_of_one_host_do_not_meet() -> None:
    """The same port number twice: a listener is no bound socket."""
    run = play_out(scenario(), parse_moves("b:listen a:sendto:x s2 a:connect b:bind a:sendto:y"))
    assert told(run) == ("error: port unreachable", "connection established")
    assert received(run) == ("y",)
    assert names_of(run, "B", "enters") == ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]


def test_one_datagram_to_a_group_has_every_receiver_that_bound_it() -> None:
    group = "233.252.0.1:80"
    assert got(f"b:bind:{group} b:bind:{group} a:sendto:all:{group}") == ("all", "all")
    run = play_out(scenario(), parse_moves(f"b:bind a:sendto:all:{group}"))
    assert (received(run), told(run)) == ((), ())
    assert rules(run) == {"UDP_BOUND", "UDP_GROUP_EMPTY", "UDP_SENT"}


def test_sockets_of_other_ports_and_of_ipv6() -> None:
    assert got("b:bind:10.0.0.2:5000 a:sendto:x:10.0.0.2:5000") == ("x",)
    assert got("b:bind:[2001:db8::2]:9 a:sendto:x:[2001:db8::2]:9 a:sendto:y", V6) == ("x", "y")
    assert got("b:bind:[ff02::1]:9 a:sendto:x:[ff02::1]:9", V6) == ("x",)


def test_it_is_sent_from_the_first_socket_that_can_be_answered() -> None:
    made = world("", "a:bind:233.252.0.1:80 a:bind:10.0.0.1:7 a:bind:10.0.0.1:8 a:sendto:x")
    assert transmission(made, 1).payload == Datagram(Socket("10.0.0.1", 7), B, b"x")


def test_a_socket_that_is_there_is_refused() -> None:
    made = world("", "b:bind")
    (report,) = play(made, "b:bind")
    (returned,) = (event for event in report.events if isinstance(event, Returned))
    assert returned.response is Response.ADDRESS_IN_USE
    assert record_of(scenario(), "b:bind b:bind").last_call == Called("bind", Response.ADDRESS_IN_USE)
    assert len(made.host("B").udp.endpoints) == 1


def test_after_a_reboot_there_are_no_sockets() -> None:
    made = world("", "b:bind a:sendto:x b:reboot")
    assert made.host("B").udp.endpoints == ()
    (report,) = play(made, "s")
    assert [event.rule for event in report.events if isinstance(event, RuleApplied)] == [Rule.UDP_NO_PORT]


def test_the_answer_to_a_host_that_rebooted_is_for_nobody() -> None:
    made = world("", "a:sendto:x s a:reboot")
    (report,) = play(made, "s")
    assert [event.rule for event in report.events if isinstance(event, RuleApplied)] == [
        Rule.UDP_ERROR_UNCLAIMED
    ]
    assert of_shown(record_of(scenario(), "a:sendto:x s a:reboot s", "A")).notified == ()


# Addresses.


@pytest.mark.parametrize(
    "word",
    [
        "a:sendto:x:10.0.0.3:80",
        "a:sendto:x:10.0.0.1:80",
        "a:sendto:x:[ff02::1]:80",
        "b:bind:10.0.0.1:80",
        "b:bind:[2001:db8::2]:80",
    ],
)
def test_another_hosts_address_is_refused_and_nothing_changes(word: str) -> None:
    made = world("", "b:bind")
    value = everything(made)
    with refused(BadMove, match=r"is neither at 10\.0\.0\.\d nor at a multicast group of its kind$"):
        play(made, word)
    assert everything(made) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.2:80", Socket("10.0.0.2", 80)),
        ("[2001:DB8:0::2]:65535", Socket("2001:db8::2", 65535)),
        ("[::ffff:10.0.0.2]:80", Socket(str(ip_address("::ffff:a00:2")), 80)),
        ("[::]:80", Socket("::", 80)),
    ],
)
def test_a_socket_is_read(text: str, expected: Socket) -> None:
    assert parse_socket(text) == expected
    assert parse_socket(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "80", "10.0.0.2", "10.0.0.2:", "10.0.0.2:0", "10.0.0.2:65536", "10.0.0.256:1", "2001:db8::2:80",
     "[10.0.0.2]:80", "[::10.0.0.256]:80", "[::1%1]:80",
     "here:80", "10.0.0.2:٣", " 10.0.0.2:80", "9" * 5_000],
)  # fmt: skip
def test_what_is_no_socket_is_refused_in_one_line(text: str) -> None:
    with refused(BadSocket, match=r"is no socket: write .* 10\.0\.0\.2:80 or \[2001:db8::2\]:80$") as error:
        parse_socket(text)
    assert len(said(error.value)) < 150


# Copies, values, history, octets.


def test_a_copy_goes_its_own_way() -> None:
    made = world("", "b:bind a:sendto:x")
    value = everything(made)
    copy = made.copy()
    assert copy == made
    play(copy, "b:bind:10.0.0.2:5000 s")
    assert everything(made) == value
    assert copy != made


@pytest.mark.parametrize("moves", ["a:sendto:z", "b:bind", "b:bind:10.0.0.2:5000", "l1", "d1+1us", "s"])
def test_worlds_that_differ_in_anything_are_not_equal(moves: str) -> None:
    one, other = world("", "a:sendto:y"), world("", "a:sendto:y")
    assert one == other
    assert one.key() == other.key()
    play(other, moves)
    assert one != other
    assert one.key() != other.key()


def test_a_call_that_is_refused_is_in_the_record_and_changes_nothing_in_the_future() -> None:
    one, other = world("", "a:sendto:y"), world("", "a:sendto:y")
    play(other, "a:bind")
    other.steps = one.steps
    assert everything(one) == everything(other)
    refused = Called("bind", Response.ADDRESS_IN_USE)
    assert record_of(scenario(), "a:sendto:y a:bind", "A").last_call == refused


def test_the_history_goes_back_and_forth_over_datagrams() -> None:
    history = History(scenario())
    worlds: list[WorldState] = []
    for move in parse_moves("b:bind a:sendto:1 a:sendto:2 d1+9ms u2 l2 s2"):
        worlds.append(history.world.copy())
        history.apply(move)
    worlds.append(history.world.copy())
    for position in (0, 3, 1, len(worlds) - 1, 2):
        history.go_to(position)
        assert history.world == worlds[position]


@pytest.mark.parametrize(("toml", "icmp"), [("", ICMP), (V6, ICMPV6)])
def test_everything_on_the_wire_is_a_packet(toml: str, icmp: int) -> None:
    made = world(toml, "a:sendto:x s b:listen a:connect")
    payloads = [transmission(made, number).payload for number in (1, 2, 3)]
    assert isinstance(payloads[1], PortUnreachable)
    packets = [packet_of(payload) for payload in payloads]
    a, b = (made.host(side).setup.socket.host for side in SIDES)
    assert [(one.src, one.dst, one.protocol) for one in packets] == [(a, b, UDP), (b, a, icmp), (a, b, TCP)]
    assert [decode_packet(encode_packet(one)) for one in packets] == packets


def test_a_connection_and_datagrams_share_the_numbers_of_the_wire() -> None:
    made = world(OPEN, "b:bind a:send:x a:sendto:y a:send:z")
    assert [one.number for one in made.wire.transmissions] == [1, 2, 3]
    assert isinstance(transmission(made, 2).payload, Datagram)
