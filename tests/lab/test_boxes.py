"""Boxes on the wire: what each does with what comes by, what it remembers, and where a segment has ended."""

from __future__ import annotations

import pytest

from tcptui.core.events import RuleApplied
from tcptui.core.packet.datagram import Datagram, IcmpMessage
from tcptui.core.packet.icmp_format import encode_icmp
from tcptui.core.packet.segment import ACK, PSH, RST, SYN, Segment, Socket
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.formats.pcapng import pcapng
from tcptui.formats.wireshark import wireshark_list
from tcptui.lab.box_text import BadBox, make_box
from tcptui.lab.boxes import (
    Box,
    BoxState,
    Firewall,
    Nat,
    PacketAtBox,
    Router,
    Verdict,
    box_key,
    pass_box,
    placed,
    reset_of,
)
from tcptui.lab.facts import Fact, facts_of_step
from tcptui.lab.loader import BadScenario
from tcptui.lab.moves_text import moves_text, parse_moves
from tcptui.lab.patterns import parse_pattern
from tcptui.lab.record import Record
from tcptui.lab.run import play as play_run
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove, Outcome, Payload, Side, WireAct
from tests.lab.search import alike
from tests.lab.worlds import (
    OPEN,
    everything,
    play,
    scenario,
    segment_of,
    sends,
    to_the_end,
    transmission,
    world,
)
from tests.messages import refused, said

A = Socket("10.0.0.1", 49152)
B = Socket("10.0.0.2", 80)
OUTSIDE = Socket("198.51.100.1", 40_000)
DATA = Segment(A, B, 1001, 5001, ACK | PSH, 100, b"hello")
ANSWER = Segment(B, OUTSIDE, 5001, 1006, ACK, 100)
FACT = Fact(0, "A", "leaves", "PSH,ACK", (("seq", "1"), ("ack", "1"), ("win", "100"), ("len", "5")), 1)
NEW = BoxState()
NAT = Nat("A", "198.51.100.1", 300)


def passes(
    box: Box,
    payload: Payload = DATA,
    towards: Side = "B",
    at: int = 0,
    state: BoxState = NEW,
    ttl: int = 64,
) -> tuple[Verdict, BoxState]:
    return pass_box(box, state, PacketAtBox(payload, ttl, towards, at, towards == "B", lambda: FACT))


# Each by itself.


@pytest.mark.parametrize(("ttl", "left"), [(64, 61), (4, 1)])
def test_routers_count_down_the_time_to_live(ttl: int, left: int) -> None:
    assert passes(Router(3, "192.0.2.1"), ttl=ttl)[0] == Verdict(DATA, left)


@pytest.mark.parametrize(("ttl", "address"), [(3, "192.0.2.3"), (2, "192.0.2.2"), (1, "192.0.2.1")])
def test_at_the_hop_where_it_is_0_the_segment_ends_and_icmp_goes_back(ttl: int, address: str) -> None:
    """RFC 792, Time Exceeded Message; RFC 1812 section 5.3.1."""
    verdict, _ = passes(Router(3, "192.0.2.1"), ttl=ttl)
    assert verdict.payload is None
    assert (verdict.act, verdict.name) == ("expired", address)
    assert verdict.answer == IcmpMessage("time exceeded", address, DATA)


def test_what_is_longer_than_the_mtu_ends_and_icmp_says_how_long_it_may_be() -> None:
    """RFC 1191 section 4: the router is the last before the link."""
    size = 40 + len(DATA.data)
    assert passes(Router(3, "192.0.2.1", size))[0] == Verdict(DATA, 61)
    verdict, _ = passes(Router(3, "192.0.2.1", size - 1))
    assert (verdict.payload, verdict.act, verdict.name) == (None, "too long", "192.0.2.3")
    assert verdict.answer == IcmpMessage("fragmentation needed", "192.0.2.3", DATA, size - 1)


def test_no_icmp_error_is_sent_about_an_icmp_error() -> None:
    """RFC 1122 section 3.2.2."""
    verdict, _ = passes(Router(3, "192.0.2.1"), IcmpMessage("time exceeded", "192.0.2.9", DATA), ttl=1)
    assert (verdict.payload, verdict.answer) == (None, None)


def firewall(pattern: str, **settings: object) -> Firewall:
    return Firewall(parse_pattern(pattern), pattern, address="192.0.2.1")._replace(**settings)  # type: ignore[arg-type]


def test_a_firewall_drops_what_its_pattern_describes_and_nothing_else() -> None:
    assert passes(firewall("A DATA"))[0] == Verdict(None, 0, "dropped", "A DATA")
    assert passes(firewall("A SYN"))[0] == Verdict(DATA, 64)


def test_it_refuses_with_a_rst_in_the_receivers_name_or_with_icmp() -> None:
    verdict, _ = passes(firewall("A DATA", refuses="rst"))
    assert verdict.answer == Segment(B, A, 5001, 0, RST, 0)
    verdict, _ = passes(firewall("A DATA", refuses="icmp"))
    assert verdict.answer == IcmpMessage("administratively prohibited", "192.0.2.1", DATA)
    verdict, _ = passes(firewall("A DATA", refuses="source quench"))
    assert verdict.answer == IcmpMessage("source quench", "192.0.2.1", DATA)


def test_a_rst_without_ack_in_the_segment_acknowledges_it_and_no_rst_is_answered() -> None:
    """RFC 9293 section 3.10.7.1."""
    assert reset_of(Segment(A, B, 100, 0, SYN, 5)) == Segment(B, A, 0, 101, RST | ACK, 0)
    assert reset_of(Segment(A, B, 100, 0, RST, 5)) is None


def test_it_counts_and_has_its_times() -> None:
    second = firewall("A DATA 2")
    verdict, state = passes(second)
    assert (verdict.payload, state.matched) == (DATA, 1)
    assert passes(second, state=state)[0].payload is None
    timed = firewall("A DATA", begins=10, ends=20)
    assert [passes(timed, at=at)[0].payload is None for at in (9, 10, 19, 20)] == [False, True, True, False]
    assert passes(firewall("A DATA"), at=-1)[0].payload is DATA, "it acts in no prelude"


def test_a_nat_gives_each_connection_a_port_of_its_own_and_translates_what_comes_back() -> None:
    syn = Segment(A, B, 1000, 0, SYN, 65535)
    verdict, state = passes(NAT, syn)
    assert verdict == Verdict(syn._replace(src=OUTSIDE), 64, "mapped", "198.51.100.1:40000")
    again, state = passes(NAT, at=100, state=state)
    assert again == Verdict(DATA._replace(src=OUTSIDE), 64, None, "198.51.100.1:40000")
    other, state = passes(NAT, DATA._replace(dst=Socket("10.0.0.2", 81)), state=state, at=100)
    assert other.payload == DATA._replace(src=Socket("198.51.100.1", 40_001), dst=Socket("10.0.0.2", 81))
    back, _ = passes(NAT, ANSWER, "A", 100, state)
    assert back.payload == ANSWER._replace(dst=A)


def test_a_nat_that_has_no_mapping_in_the_middle_of_a_connection_makes_a_new_one() -> None:
    assert passes(NAT)[0] == Verdict(DATA._replace(src=OUTSIDE), 64, "mapped late", "198.51.100.1:40000")
    datagram = Datagram(A, B, b"x")
    assert passes(NAT, datagram)[0].act == "mapped", "a datagram is of no connection"


def test_a_nat_forgets_a_mapping_that_has_been_idle_and_either_direction_keeps_it() -> None:
    _, state = passes(NAT)
    _, used = passes(NAT, ANSWER, "A", 300, state)
    assert passes(NAT, at=600, state=used)[0].payload == DATA._replace(src=OUTSIDE)
    assert passes(NAT, at=601, state=used)[0].name == "198.51.100.1:40001"
    gone, _ = passes(NAT, ANSWER, "A", 301, state)
    assert gone == Verdict(None, 0, "no mapping", "198.51.100.1:40000")
    answered, _ = passes(NAT._replace(answers="rst"), ANSWER, "A", 301, state)
    assert answered.answer == Segment(OUTSIDE, B, 1006, 0, RST, 0)


def test_what_is_not_for_a_nats_own_address_and_not_of_its_host_passes_as_it_is() -> None:
    stranger = DATA._replace(src=Socket("203.0.113.1", 9))
    packet = PacketAtBox(stranger, 64, "B", 0, False, lambda: FACT)
    assert pass_box(NAT, BoxState(), packet)[0].payload == stranger
    assert passes(NAT, ANSWER._replace(dst=A), "A")[0].payload == ANSWER._replace(dst=A)


def test_an_icmp_error_is_translated_with_what_it_quotes() -> None:
    """RFC 5508 section 4.2."""
    _, state = passes(NAT)
    message = IcmpMessage("time exceeded", "192.0.2.1", DATA._replace(src=OUTSIDE))
    assert passes(NAT, message, "A", 0, state)[0].payload == message._replace(about=DATA)
    sent = Datagram(A, B, b"x")
    verdict, state = passes(NAT, sent)
    message = IcmpMessage("time exceeded", "192.0.2.1", Datagram(Socket("198.51.100.1", 40_000), B, b"x"))
    assert verdict.payload == message.about
    assert passes(NAT, message, "A", 0, state)[0].payload == message._replace(about=sent)


def test_a_key_has_times_from_now_and_no_mapping_that_is_forgotten() -> None:
    _, early = passes(NAT, at=0)
    _, late = passes(NAT, at=50)
    assert box_key(NAT, early, 10) == box_key(NAT, late, 60)
    assert box_key(NAT, early, 10) != box_key(NAT, late, 61)
    assert box_key(NAT, early, 301) == box_key(NAT, late, 351)
    timed = firewall("A DATA", begins=100)
    assert box_key(timed, BoxState(), 0) != box_key(timed, BoxState(), 1)
    assert box_key(timed, BoxState(), 100) == box_key(timed, BoxState(), 200)
    assert box_key(firewall("A *"), BoxState(1), 0) == box_key(firewall("A *"), BoxState(2), 0)
    assert box_key(firewall("A * 2"), BoxState(1), 0) != box_key(firewall("A * 2"), BoxState(2), 0)
    assert box_key(firewall("A * 3-"), BoxState(1), 0) != box_key(firewall("A * 3-"), BoxState(2), 0)
    assert box_key(firewall("A * 3-"), BoxState(2), 0) == box_key(firewall("A * 3-"), BoxState(9), 0)
    at_a_time = firewall("100us A *")
    assert box_key(at_a_time, BoxState(), 0) != box_key(at_a_time, BoxState(), 1)
    assert box_key(at_a_time, BoxState(), 101) == box_key(at_a_time, BoxState(), 200)


@pytest.mark.parametrize(
    ("message", "begin"),
    [
        (IcmpMessage("time exceeded", "192.0.2.1", DATA), "0b00"),
        (IcmpMessage("administratively prohibited", "192.0.2.1", DATA), "030d"),
    ],
)
def test_a_routers_message_quotes_the_header_and_8_octets(message: IcmpMessage, begin: str) -> None:
    octets = encode_icmp(message)
    assert octets[:2].hex() == begin
    assert len(octets) == 8 + 20 + 8
    v6 = DATA._replace(src=Socket("2001:db8::1", 1), dst=Socket("2001:db8::2", 2))
    assert encode_icmp(IcmpMessage(message.kind, "2001:db8::9", v6))[0] == (3 if begin == "0b00" else 1)


def test_the_mtu_stands_where_the_rfcs_have_it() -> None:
    """RFC 1191 section 4; RFC 4443 section 3.2."""
    octets = encode_icmp(IcmpMessage("fragmentation needed", "192.0.2.1", DATA, 1000))
    assert (octets[:2], octets[4:8]) == (bytes([3, 4]), bytes([0, 0, 3, 232]))
    v6 = DATA._replace(src=Socket("2001:db8::1", 1), dst=Socket("2001:db8::2", 2))
    octets = encode_icmp(IcmpMessage("fragmentation needed", "2001:db8::9", v6, 70_000))
    assert (octets[:2], octets[4:8]) == (bytes([2, 0]), (70_000).to_bytes(4, "big"))


def test_icmpv6_has_no_source_quench() -> None:
    assert make_box("firewall", {"refuse": "A SYN", "with": "source quench"}, False)
    with pytest.raises(BadBox):
        make_box("firewall", {"refuse": "A SYN", "with": "source quench"}, True)


# On the wire.

SHORT = """A = { isn = 1000, ttl = 2, script = [{ call = "connect" }] }
B.script = [{ call = "listen" }]
[[wire.box]]
kind = "router"
hops = 3
"""


def test_a_segment_that_expires_ends_at_its_box_and_its_sender_is_told() -> None:
    made = world(SHORT, "s2")
    lost = transmission(made, 1)
    assert (lost.outcome, lost.ended_at, lost.path and lost.path.box) == (Outcome.LOST, 25_000, "router")
    report = play(made, "s")[0]
    assert (report.at, report.acts) == (25_000, (WireAct(2, "answer", 0, "router"),))
    assert transmission(made, 2).due == 50_000
    rules = [event.rule for event in play(made, "s")[0].events if isinstance(event, RuleApplied)]
    assert Rule.SOFT_ERROR in rules
    assert made.states[0] is State.SYN_SENT


def test_the_time_to_live_is_a_field_as_it_leaves_and_as_it_arrives_or_ends() -> None:
    def of(ttl: int) -> dict[str, str]:
        run = play_run(scenario(SHORT.replace("ttl = 2", f"ttl = {ttl}")))
        known = {one.number: one for one in run.transmissions}
        facts = [
            fact
            for report in run.reports
            for fact in facts_of_step(report, [known[number] for number in report.launched])
            if fact.number == 1
        ]
        return {fact.verb: dict(fact.more_fields)["ttl"] for fact in facts}

    assert of(2) == {"leaves": "2", "lost": "0"}
    assert of(9) == {"leaves": "9", "arrives": "6"}


IDLE = """A.isn = 1000
B.isn = 5000
A.script = [
  {{ call = "connect" }}, {{ call = "send", when = "established", text = "x" }},
  {{ call = "send", at = "{again}", text = "y" }},
]
B.script = [{{ call = "listen" }}]
[[wire.box]]
kind = "nat"
idle = "5min"
"""


def run(toml: str) -> Record:
    return play_run(scenario(toml))


def test_behind_a_nat_b_sees_its_address_and_a_its_own() -> None:
    made = run(IDLE.format(again="4min"))
    assert [str(State(one)) for one in made.end] == [str(State.ESTABLISHED)] * 2
    a, b = (wireshark_list(made, point).splitlines() for point in ("A", "B"))
    assert all("10.0.0.1" in line and "49152" in line for line in a)
    assert all("198.51.100.1" in line and "40000" in line for line in b)
    assert pcapng(made, "A") != pcapng(made, "B")


def test_what_is_sent_after_the_nat_has_forgotten_has_a_new_port_and_is_reset() -> None:
    """Why programs send heartbeats: B knows nothing of the four-tuple that it sees now."""
    made = run(IDLE.format(again="10min"))
    assert made.end == (State.CLOSED, State.ESTABLISHED)
    y, rst = made.transmissions[-2:]
    assert segment_of(y).data == b"y"
    assert isinstance(y.arrives_as, Segment)
    assert y.arrives_as.src == Socket("198.51.100.1", 40_001)
    assert segment_of(rst).flags & RST
    assert rst.arrives_as == segment_of(rst)._replace(dst=A)


def test_a_prelude_goes_through_a_nat_and_past_a_firewall() -> None:
    made = world(OPEN + "wire.box = [{ kind = 'nat' }, { kind = 'firewall', drop = 'A *' }]\n")
    assert made.states == (State.ESTABLISHED, State.ESTABLISHED)
    sends(made, b"x")
    lost = transmission(made, 1)
    assert (lost.outcome, lost.path and lost.path.box, lost.ended_at) == (Outcome.LOST, "firewall", 33_333)
    assert made._conditions is not None
    assert made._conditions.boxes[0][1].next_port == 40_001


@pytest.mark.parametrize(("answer", "state"), [("rst", State.CLOSED), ("icmp", State.CLOSED)])
def test_a_firewall_that_refuses_ends_the_open(answer: str, state: State) -> None:
    """RFC 9293 section 3.10.7.3; RFC 1122 4.2.3.9 of a hard error."""
    made = run(
        "A.script = [{ call = 'connect' }]\nB.script = [{ call = 'listen' }]\n"
        f"wire.box = [{{ kind = 'firewall', refuse = 'A SYN', with = '{answer}' }}]\n"
    )
    assert made.end[0] is state


def test_a_copy_of_what_a_firewall_dropped_meets_it_too() -> None:
    made = world(OPEN + "wire.box = [{ kind = 'firewall', drop = 'A DATA' }]\n", "a:send:x u1")
    assert transmission(made, 2).outcome is Outcome.LOST


def test_what_is_lost_by_a_fault_comes_to_no_box() -> None:
    made = world(OPEN + "wire = { faults = 'l1', box = [{ kind = 'nat' }] }\n", "a:send:x")
    assert transmission(made, 1).path is None


def test_a_third_partys_time_to_live_is_its_own() -> None:
    story = OPEN + "wire.box = [{ kind = 'router', hops = 3 }]\n"
    made = world(story, "x>b:RST:seq=+1:ttl=3")
    assert transmission(made, 1).outcome is Outcome.LOST
    made = world(story, "x>b:RST:seq=+1:ttl=4 s")
    assert made.states[1] is State.CLOSED


# Moves and states.


@pytest.mark.parametrize(
    "word",
    [
        "box:router:hops=3",
        "box:router:address=192.0.2.7",
        "box:firewall:drop=A+DATA+2-",
        "box:firewall:refuse=A+SYN:with=icmp:from=1s:until=5s",
        "box:nat:inside=B:answers=rst:idle=5min:address=2001%3Adb8%3A%3A1",
    ],
)
def test_a_box_can_be_put_there_by_a_move_which_is_read_back(word: str) -> None:
    assert moves_text(parse_moves(word)) == word


BAD_WORDS = {
    "box:router:hops": "'hops' is no field of a router, or has no value",
    "box:": "'' is no box; allowed: router, firewall, nat",
    "box:bridge": "'bridge' is no box",
    "box:router:hops=0": "must be a whole number from 1 to 30",
    "box:router:idle=5s": "'idle' is no field of a router, or has no value; allowed: hops, mtu, address",
    "box:nat:idle=soon": "'soon' is no duration",
    "box:nat:inside=C": "'C' is unknown; allowed: A, B",
    "box:nat:address=here": "'here' is no IPv4 or IPv6 address",
    "box:firewall": "a firewall has either drop or refuse",
    "box:firewall:drop=A+SIN": "'SIN' is no segment",
    "box:firewall:drop=A+SYN:with=rst": "only refuse is answered",
    "box:firewall:drop=A+enters+CLOSED": "must be a pattern of a segment that leaves",
}


@pytest.mark.parametrize("word", BAD_WORDS)
def test_what_is_no_box_is_refused(word: str) -> None:
    with refused(BadMove) as caught:
        parse_moves(word)
    assert BAD_WORDS[word] in said(caught.value)


@pytest.mark.parametrize(
    ("box", "says"),
    [
        ("{ hops = 3 }", "wire.box[1].kind: is missing"),
        ("{ kind = 'bridge' }", "wire.box[1].kind: 'bridge' is unknown; allowed: router, firewall, nat"),
        ("{ kind = 'router', hops = 99 }", "wire.box[1].hops: must be a whole number from 1 to 30"),
        ("{ kind = 'router', mtu = 67 }", "wire.box[1].mtu: must be a whole number from 68 to 65535"),
        (
            "{ kind = 'router', idle = '5s' }",
            "wire.box[1].idle: is unknown; allowed: kind, hops, mtu, address",
        ),
        ("{ kind = 'firewall', drop = 'A SIN' }", "wire.box[1].drop: 'A SIN' describes nothing"),
        ("{ kind = 'nat', idle = 5 }", "wire.box[1].idle: '5' is no duration"),
    ],
)
def test_a_wrong_box_is_named_with_file_and_key(box: str, says: str) -> None:
    with refused(BadScenario, match="test.toml: ") as caught:
        scenario(f"wire.box = [{box}]\n")
    assert says in said(caught.value)


def test_a_box_of_the_keyboard_acts_from_then_on() -> None:
    made = world(OPEN)
    play(made, "a:send:x box:firewall:drop=A+DATA a:send:y")
    assert [one.outcome for one in (transmission(made, 1), transmission(made, 2))] == [
        Outcome.IN_FLIGHT,
        Outcome.LOST,
    ]


def test_addresses_that_are_not_given_differ_from_box_to_box() -> None:
    made = scenario("wire.box = [{ kind = 'router' }, { kind = 'router', hops = 2 }, { kind = 'nat' }]\n")
    assert [box.address for box in made.boxes] == ["192.0.2.1", "192.0.2.33", "198.51.100.1"]
    assert placed(Router(), 1, True).address == "2001:db8:0:1::33"


def test_what_boxes_remember_is_part_of_the_state_as_far_as_it_matters() -> None:
    story = OPEN + "wire.box = [{ kind = 'nat', idle = '5s' }]\n"

    def after(moves: str) -> WorldState:
        made = world(story, moves)
        for _ in to_the_end(made):
            pass
        return made

    fresh, used = after("w2s a:send:x"), after("w4s a:send:x")
    assert fresh == used
    alike(fresh, used)
    assert after("w2s a:send:x") != world(story, "w2s")


def test_as_what_a_segment_arrives_is_part_of_the_state() -> None:
    one = world(OPEN + "wire.box = [{ kind = 'nat' }]\n", "a:send:x")
    other = one.copy()
    (sent,) = other.wire.transmissions
    assert sent.path is not None
    other.wire.replace(sent._replace(path=sent.path._replace(payload=None)))
    assert one != other


def test_a_copy_of_the_state_has_its_own() -> None:
    one = world(IDLE.format(again="4min"), "s2")
    before = everything(one)
    for _ in to_the_end(one.copy()):
        pass
    assert everything(one) == before
