"""The sentence of why: one for every rule, always complete, with numbers as the reader wants them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tcptui.core
from tcptui import library
from tcptui.core.events import RuleApplied
from tcptui.core.message import Message
from tcptui.core.packet.segment import ACK, Segment
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.explain.catalogue import say, text
from tcptui.explain.english.rules import SENTENCES
from tcptui.explain.why import Why, profile_label, why
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.connection import Connection
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import Duplicate, Move, Wait
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.report import Report
from tcptui.lab.third_party import Inject
from tcptui.lab.variant import variant
from tcptui.lab.wire import BadMove, Transmission
from tcptui.sockets.requests import Read
from tcptui.view.lines import plain_text
from tcptui.view.status import why_lines
from tests.invariants import NEGATIVE
from tests.lab.test_programs import CLIENT, SERVER, TALK, A, B, program, story
from tests.lab.test_properties import ROUGH, chosen, intents
from tests.lab.worlds import OPEN, history_of, scenario
from tests.messages import refused

FAST = settings(max_examples=250)
OWN_NUMBERS = {"ack", "snd_una", "snd_nxt", "iss", "recover"}
PEER_NUMBERS = {"seq", "rcv_nxt", "rcv_up", "irs"}
PLAIN_NUMBERS = {"old", "snd_wnd", "max_snd_wnd", "rcv_wnd", "cwnd", "tsval", "ts_recent"}
"""Windows, which are large where they are scaled, and timestamps."""
RAW = 1_000_000
"""In the worlds here, what else is above it is a raw sequence number or a time in microseconds."""
FAR = "A.isn = 3000000000\nB.isn = 1500000000\n"


def sentence(rule: Rule) -> str:
    return SENTENCES[f"rule.{rule.name.lower()}"]


def placeholders(rule: Rule) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence(rule)) if name}


def check(history: History) -> str:
    """The sentence of the last move, which must be complete, relative and raw; the relative one."""
    report = history.report
    texts = {}
    for raw in (False, True):
        told = why(report, history.world, history.transmissions(), raw)
        texts[raw] = told.text
        assert told.text.strip()
        assert not re.search(r"[{}]|None|Rule\.|  ", told.text)
        assert told.text[-1] in ".?"
        assert "\n" not in told.text
    applied = [event for event in report.events if isinstance(event, RuleApplied)] if report else []
    shown = re.findall(r"-?\d+", texts[False])
    assert not NEGATIVE.search(texts[False]), texts[False]
    for event in applied:
        for name, value in event.numbers:
            if value >= RAW and name not in PLAIN_NUMBERS:
                assert (str(value) in shown) <= (name in raw_numbers(report, event)), texts[False]
    return texts[False]


def raw_numbers(report: Report | None, event: RuleApplied) -> set[str]:
    """The numbers of a rule that nothing makes relative: those of a direction in which nobody has sent a SYN,
    and all where numbers of two connections are compared, or of one and of none."""
    assert report is not None
    own = report.connections.get(event.connection)
    arrived = next((one for one in report.ended if one.number == report.transmission), None)
    connection = arrived and arrived.connection and arrived.connection.reversed()
    if report.cause != "arrival" or connection is None:
        bases = (None, None) if own is None else own.bases
    elif own is not None and is_compared(own, connection, arrived):
        bases = (None, None)
    else:
        bases = connection.bases if own is None else (own.iss, connection.irs)
    return (OWN_NUMBERS if bases[0] is None else set()) | (PEER_NUMBERS if bases[1] is None else set())


def is_compared(own: Connection, arrived: Connection, transmission: Transmission | None) -> bool:
    assert transmission is not None
    payload = transmission.payload
    acknowledges = isinstance(payload, Segment) and payload.flags & ACK and own.iss != arrived.iss
    return bool(acknowledges or own.irs not in (None, arrived.irs))


def test_a_number_is_raw_only_where_nobody_has_sent_a_syn() -> None:
    story = f"{FAR}third_party = [{{ segment = 'x>a:ACK:seq=2000000:ack=4294967294' }}]"
    history = history_of(scenario(story), "a:listen s2")
    assert "nothing that ACK 4294967294 could acknowledge" in check(history)
    for move in parse_moves("b:listen a:connect s3"):
        history.apply(move)
    assert "A's SYN is acknowledged (ACK 1)" in check(history)


def test_numbers_of_another_connection_are_raw_and_never_negative() -> None:
    """B has crashed and opens anew from the same port: A's ACK and B's RST are of the old connection."""
    story = OPEN.replace("B.isn = 5000", "B.isn = [5000, 9000]")
    history = history_of(scenario(story), "b:reboot b:connect s")
    told = check(history)
    assert told.startswith("#1 SYN, of a later connection, reaches A.")
    history.apply()
    told = check(history)
    assert told.startswith("#2 ACK, of an earlier connection, reaches B.")
    assert "B's SYN would be acknowledged by ACK 9001, and this is ACK 5001: RST." in told
    history.apply()
    assert "SEQ 1 is exactly RCV.NXT" in check(history)


def test_every_rule_has_a_sentence_and_no_other_has() -> None:
    assert set(SENTENCES) == {f"rule.{rule.name.lower()}" for rule in Rule}


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.name)
def test_a_sentence_is_a_sentence(rule: Rule) -> None:
    text = sentence(rule)
    assert text[0].isupper() or text[0] == "{" or text[0].isdigit()
    assert text.endswith(".")
    assert "  " not in text
    assert all(name.isidentifier() for name in placeholders(rule))
    assert not {"our", "ours", "we", "us", "it", "its"} & {*re.findall(r"\w+", text.lower())}, (
        "A and B by name"
    )


NAMES_A_RULE = ("step.rule", "step.rule_at", "self.rule", "_give_up", "enter_time_wait")
"""What is called with a rule and its numbers in the core."""


def decisions() -> Iterator[tuple[str, set[str], str]]:
    """Every place in the core that names a rule: the rule, the numbers it gives, and where."""
    for path in Path(tcptui.core.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in NAMES_A_RULE:
                if any(keyword.arg is None for keyword in node.keywords):
                    continue  # `**numbers`: only a run can tell.
                numbers = {keyword.arg for keyword in node.keywords if keyword.arg}
                for part in (part for argument in node.args for part in ast.walk(argument)):
                    if isinstance(part, ast.Attribute) and part.attr in Rule.__members__:
                        yield part.attr, numbers, f"{path.name}:{node.lineno}"


def test_every_decision_of_the_core_gives_the_numbers_of_its_sentence() -> None:
    found = list(decisions())
    assert len({rule for rule, _, _ in found}) > len(Rule) * 2 // 3
    for rule, numbers, where in found:
        missing = placeholders(Rule[rule]) - numbers - {"side", "peer"}
        assert not missing, f"{rule} at {where} does not give {missing}"


@pytest.mark.parametrize("name", library.names())
def test_every_step_of_every_scenario_is_told(name: str) -> None:
    history = History(library.find(name))
    assert check(history) == history.scenario.question
    while history.world.next_event() is not None:
        history.apply()
        check(history)


@pytest.mark.parametrize("profile", ["rfc9293", "linux"])
def test_whatever_happens_is_told_completely_and_relatively(profile: str) -> None:
    rules: set[Rule] = set()

    @FAST
    @given(st.sampled_from(["", OPEN.splitlines()[-1]]), intents((*ROUGH, "inject")), st.integers(0, 255))
    def play(prelude: str, made: list[tuple[str, int]], salt: int) -> None:
        hosts = "\n".join(f'{side}.profile = "{profile}"' for side in "AB")
        history = History(scenario(f"{prelude}\n{FAR}{hosts}\n"))
        for kind, number in made:
            move = (
                injected(history, number ^ salt) if kind == "inject" else chosen(history.world, kind, number)
            )
            if move is None:
                continue
            try:
                report = history.apply(move)
            except BadMove:
                continue
            rules.update(event.rule for event in report.events if isinstance(event, RuleApplied))
            check(history)

    play()
    assert len(rules) > 35, sorted(rule.name for rule in set(Rule) - rules)


def injected(history: History, number: int) -> Move:
    """A third party's segment near the numbers that are in use."""
    side = "AB"[number & 1]
    tcb = history.world.host("A" if side == "A" else "B").tcb
    seq = tcb.rcv_nxt if tcb else 7
    ack = tcb.snd_nxt if tcb else 9
    flags = number >> 1 & 0x17 or 0x10
    return Inject(
        "A" if side == "A" else "B",
        flags,
        (seq + number % 7 - 3) % (1 << 32),
        (ack + number % 5 - 2) % (1 << 32),
    )


def test_raw_numbers_are_told_when_asked_for() -> None:
    history = History(scenario(OPEN))
    history.apply(parse_moves("a:send:hello")[0])
    history.apply()
    report = history.report
    assert "6 is next" in why(report, history.world, history.transmissions(), False).text
    assert "1006 is next" in why(report, history.world, history.transmissions(), True).text


@pytest.mark.parametrize(
    ("moves", "opening"),
    [
        ("a:send:x", "A calls send(): #1 PSH,ACK."),
        ("a:send:x s", "#1 PSH,ACK reaches B."),
        ("a:send:x l1", "The wire loses #1 PSH,ACK (SEQ 1, 1 octet). Neither end is told."),
        ("a:send:x s l2", "The wire loses #2 ACK (ACK 2). Neither end is told."),
        ("a:send:x d1+30ms", "The wire delays #1 PSH,ACK by 30 ms."),
        ("a:send:x d1+30ms d1+5ms", "The wire delays #1 PSH,ACK by 5 ms."),
        ("a:send:x u1", "The wire duplicates #1 PSH,ACK as #2."),
        ("a:send:x u1 s2", "#2 PSH,ACK (copy of #1) reaches B."),
        ("a:send:x l1 s", "A's retransmission timer fires: #2 PSH,ACK (#1 again)."),
        ("a:send:x l1 s l2 s s", "#3 PSH,ACK (#1 again) reaches B."),
        ("w1s", "Nothing happens for 1.00 s."),
        ("x>b:RST:seq=5 s", "#1 RST (a third party's) reaches B."),
        ("a:close s", "#1 FIN,ACK reaches B. B is told: closing."),
        ("a:abort s", "#1 RST reaches B. B is told: reset."),
        (
            "a:unplug a:send:x",
            "A calls send(): #1 PSH,ACK. #1 PSH,ACK (SEQ 1, 1 octet) is lost: A's link is down.",
        ),
        ("x>b:RST:seq=5", "A third party sends #1 RST to B, in A's name."),
        ("a:reboot", "A crashes and forgets everything. B is not told."),
        ("a:send:x b:unplug s", "#1 PSH,ACK is lost: B's link is down."),
        ("a:read", "A calls read(). A waits for what is to come."),
    ],
)
def test_a_sentence_begins_with_who_did_what(moves: str, opening: str) -> None:
    history = history_of(scenario(OPEN), moves)
    assert check(history).startswith(opening)


def test_a_script_in_the_place_of_a_host_sends_and_network_errors_arrive() -> None:
    script = """
        0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0  fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
        +0  connect(3, ..., ...) = -1 EINPROGRESS
        +0  > S 0:0(0) <...>
        +.1 < icmp unreachable net_unreachable [0:0(0)]
        +.1 < S. 0:0(0) ack 1 win 65535
        +0  > . 1:1(0) ack 1
        +0  %{ assert tcpi_state == TCP_ESTABLISHED }%
        """
    history = History(script_scenario(script, "a.pkt", "a", RFC9293))
    told: list[str] = []
    while not told or told[-1] != "The script passes.":
        history.apply()
        told.append(check(history))
    assert told[:2] == [
        "A calls socket(). A's socket() returns 3.",
        "A calls fcntl(). A's fcntl() returns 0.",
    ]
    assert told[2].startswith("A calls connect(): #1 SYN.")
    assert told[3] == "#1 SYN reaches B."
    assert told[4].startswith("An ICMP error reaches A. The network reports an error that may pass")
    assert told[5] == "The script sends #2 SYN,ACK."
    assert told[6].startswith("#2 SYN,ACK reaches A.")
    assert told[7:-1] == ["#3 ACK reaches B.", "The script goes on."]
    with refused(BadMove, match="B is a script"):
        history.apply(parse_moves("b:connect")[0])


def test_a_segment_that_ended_long_ago_can_still_be_doubled_and_is_named() -> None:
    history = history_of(scenario(OPEN), "a:send:x s2")
    for _ in range(2 * INTERVAL):
        history.apply(Wait(1))
    history.apply(Duplicate(1))
    assert check(history).startswith("The wire duplicates #1")


def test_the_rule_and_the_profile_are_named() -> None:
    history = history_of(scenario(OPEN + 'B.profile = "linux"\n'), "a:close s")
    told = why(history.report, history.world, history.transmissions(), False)
    assert told.source == "RFC 9293 3.10.7.4, eighth"
    assert told.profile == "linux but nagle=false, delayed_ack=0us", "as both hosts of OPEN"


@pytest.mark.parametrize(
    ("stack", "source"),
    [("linux", "Linux tcp_check_req()"), ("freebsd", "FreeBSD syncache_add()")],
)
def test_the_source_is_that_of_the_stack_that_applied_the_rule(stack: str, source: str) -> None:
    history = history_of(scenario(f'B.profile = "{stack}"\n'), "b:listen a:connect u1 s2")
    assert "A SYN again" in check(history)
    assert why(history.report, history.world, history.transmissions(), False).source == source


@pytest.mark.parametrize(
    ("departing", "label"),
    [
        ([], "rfc9293"),
        (["two_way_handshake=1"], "rfc9293 but two_way_handshake"),
        (["nagle=0"], "rfc9293 but nagle=false"),
        (["msl=5s", "B.fixed_isn=7"], "rfc9293 but msl=5s"),
        (["msl=5s", "delayed_ack=0s", "nagle=0", "mss=500"], "rfc9293 but mss=500, nagle=false, 2 more"),
    ],
)
def test_knobs_that_depart_from_the_preset_are_named_with_a_rule(departing: list[str], label: str) -> None:
    history = History(variant(scenario(), None, departing))
    history.apply(parse_moves("a:connect")[0])
    assert why(history.report, history.world, history.transmissions(), False).profile == label


@pytest.mark.parametrize(("width", "shown"), [(120, True), (80, False)])
def test_the_knobs_are_shown_where_the_sentences_leave_room(width: int, shown: bool) -> None:
    """What was done is the point of a broken knob, and is never cut for its name."""
    told = Why(
        "A SYN. " * 11, "Established, without the third.", "RFC 9293 3.5, broken", "rfc9293 but fixed_isn=1"
    )
    lines = [plain_text(line) for line in why_lines(told, width)]
    assert "without the third." in " ".join(lines)
    assert "RFC 9293 3.5, broken" in lines[1]
    assert ("[rfc9293 but fixed_isn=1]" in lines[1]) == shown


def test_a_profile_with_a_name_of_its_own_departs_from_its_stack() -> None:
    assert profile_label(LINUX._replace(name="mine")) == "mine"
    assert profile_label(LINUX._replace(name="mine", sack=False)) == "mine but sack=false"


@pytest.mark.parametrize(
    ("moves", "end"),
    [
        ("a:shutdown", "A calls shutdown(): #1 FIN,ACK. A may still receive."),
        ("a:close", "A calls close(): #1 FIN,ACK."),
        ("a:close s b:shutdown", "B calls shutdown(): #3 FIN,ACK."),
    ],
)
def test_only_who_has_shut_down_before_the_peer_is_told_to_receive(moves: str, end: str) -> None:
    history = History(scenario(OPEN))
    for move in parse_moves(moves):
        history.apply(move)
    what, why = end, f"Nothing is left to send: {end[0]}'s FIN goes at once."
    assert check(history) == f"{what} {why}"


def test_that_2_msl_are_over_is_no_proof_that_the_wire_is_empty() -> None:
    history = history_of(scenario(OPEN), "a:send:x u1+10min s2 a:shutdown s2 b:shutdown s2")
    while history.world.host("A").state is State.TIME_WAIT:
        history.apply()
    assert [one.copy_of for one in history.world.wire.transmissions] == [1]
    assert "old segments count as gone from the wire" in check(history)


def test_a_read_tells_how_much_there_was() -> None:
    history = History(scenario(f"{OPEN}B.reads = false\n"))
    for move in parse_moves("a:send:hello s b:read"):
        history.apply(move)
    assert check(history) == "B calls read(). B gets 5 octets."


def test_a_refused_call_says_what_it_returned() -> None:
    history = History(scenario())
    history.apply(parse_moves("a:close")[0])
    assert "connection does not exist" in check(history)


@pytest.mark.parametrize("name", library.names())
def test_at_80_columns_what_happened_and_what_came_of_it_is_whole(name: str) -> None:
    """And the rule is named; its sentence is whole, or ends in a sign that it is cut."""
    for history in histories(name):
        told = why(history.report, history.world, history.transmissions(), history.scenario.raw_numbers)
        lines = [plain_text(line) for line in why_lines(told, 80)]
        begin, source, _ = lines[-1].rpartition(f" {told.source}") if told.source else (lines[-1], "", "")
        assert bool(source) == bool(told.source), lines
        shown = " ".join(" ".join([*lines[:-1], begin]).split())
        wordings = [told.what, *map(" ".join, told.wordings)]
        happened = next((one for one in wordings if shown.startswith(one)), None)
        assert happened is not None, lines
        if told.reasons and not shown.endswith(told.reasons[-1]):
            because = shown.removeprefix(happened).removesuffix("…").rpartition("…")[2].strip()
            assert shown.endswith("…"), lines
            assert because, lines
            assert told.reasons[-1].startswith(because), lines


def said_by(name: str, variant: str = "") -> list[str]:
    """What is said to have happened at each step."""
    history, sentences = History(scenario_of_variant(library.find(name), variant)), []
    while history.world.next_event() is not None:
        report = history.apply()
        sentences.append(why(report, history.world, history.transmissions(), False).what)
    return sentences


def test_a_connection_that_the_pane_does_not_show_is_named() -> None:
    """B's pane shows the listener; of half-open connections of other hosts the address says which."""
    said = said_by("syn-flood")
    assert "#1 SYN (a third party's) (203.0.113.1:1024>80) reaches B." in " ".join(said)
    assert any(one.startswith("B's retransmission timer (80>203.0.113.1:1024) fires: #") for one in said)
    assert any(one.startswith("#8 SYN (49152>80) reaches B.") for one in said)


@pytest.mark.parametrize("name", ["handshake", "life", "restart", "late-syn"])
def test_a_connection_that_the_pane_shows_is_not_named(name: str) -> None:
    """Nor the last one of a listener, of which it shows the end."""
    assert not [one for one in said_by(name) if re.search(r"\([0-9.:]+>[0-9.:]+\)", one)]


def test_of_two_connections_the_older_one_is_named_for_the_panes_show_the_newer() -> None:
    named = [one for one in said_by("accept-queue", "two at once") if re.search(r"\([0-9]+>[0-9]+\)", one)]
    by_end = {
        end: {port for one in named if f"reaches {end}" in one for port in re.findall("4915[0-9]", one)}
        for end in ("A", "B")
    }
    assert by_end == {"A": {"49152"}, "B": {"49153"}}, "B's pane shows its one connection, the older one"


def histories(name: str) -> Iterator[History]:
    """Every step of a story and of its variants."""
    story = library.find(name)
    for one in ("", *(one.name for one in story.variants)):
        history = History(scenario_of_variant(story, one))
        while history.world.next_event() is not None:
            history.apply()
            yield history


def test_what_a_request_to_a_socket_returned_is_told_in_the_step_in_which_it_did() -> None:
    history, told = History(TALK), []
    while history.world.next_event() is not None:
        report = history.apply()
        told += [(report.at, one) for one in re.findall(r"[AB]'s \w+\(\) [^.]*", check(history))]
    assert told == [
        (0, "A's socket() returns 3"),
        (0, "A's connect() blocks"),
        (0, "B's socket() returns 3"),
        (0, "B's bind() returns 0"),
        (0, "B's listen() returns 0"),
        (0, "B's accept() blocks"),
        (100_000, "A's connect() returns 0"),
        (100_000, "A's write() returns 5 octets"),
        (100_000, "A's read() blocks"),
        (150_000, "B's accept() returns 4"),
        (150_000, "B's read() blocks"),
        (150_000, "B's read() returns 5 octets"),
        (150_000, "B's close() returns 0"),
        (200_000, "A's read() returns 0 octets"),
        (200_000, "A's close() returns 0"),
    ]


def test_what_a_request_did_on_the_stack_is_not_told_beside_its_result() -> None:
    late = HostSetup("server", B, script=(*SERVER[:4], *program(Read(4, 100), at=500_000)), reads=False)
    history = History(TALK._replace(hosts=(TALK.hosts[0], late)))
    while (report := history.apply()).call != "read" or report.side == "A":
        pass
    assert check(history).endswith("B's read() returns 5 octets.")
    assert "handed over" not in check(history)


def test_a_request_to_a_socket_that_fails_is_told_with_its_errno() -> None:
    alone = story(HostSetup("client", A, script=CLIENT[:2]), HostSetup("server", B))
    history = history_of(alone, "s4")
    assert history.report is not None
    assert "A's connect() fails: ECONNREFUSED." in check(history)


@pytest.mark.parametrize(("count", "words"), [(1, "1 retransmission:"), (2, "2 retransmissions:")])
def test_one_retransmission_is_told_in_the_singular(count: int, words: str) -> None:
    assert text(Message.of("rule.delivery_problem", side="A", peer="B", retries=count)).startswith(words)


@pytest.mark.parametrize(
    ("limit", "words"),
    [(1, "1 retransmission without an answer"), (2, "2 retransmissions without an answer")],
)
def test_one_retransmission_without_an_answer_is_one(limit: int, words: str) -> None:
    history = History(variant(scenario(OPEN), None, [f"data_retries={limit}"]))
    for move in parse_moves("a:send:x l1 s l2 s" if limit == 1 else "a:send:x l1 s l2 s l3 s"):
        history.apply(move)
    assert check(history).endswith(f"{words}: given up (R2).")
    assert "A is told: timed out." in check(history)
    assert say("count.retransmissions.one", count=1) == "1 retransmission"


@pytest.mark.parametrize(
    ("count", "label"),
    [
        (2, "rfc9293 but mss=500, nagle=false"),
        (3, "rfc9293 but mss=500, nagle=false, 1 more"),
        (4, "rfc9293 but mss=500, nagle=false, 2 more"),
    ],
)
def test_of_many_knobs_the_rest_are_counted(count: int, label: str) -> None:
    knobs = ["mss=500", "nagle=false", "delayed_ack=0s", "msl=5s"]
    profile = variant(scenario(), None, knobs[:count]).hosts[0].profile
    assert profile_label(profile) == label


def test_of_many_segments_that_a_call_sends_the_rest_are_counted() -> None:
    story = scenario(OPEN.replace("nagle = false }", "nagle = false, mss = 100 }"))
    assert check(history_of(story, "a:send:" + "x" * 300)).startswith(
        "A calls send(): #1 ACK, #2 ACK, #3 PSH,ACK."
    )
    assert check(history_of(story, "a:send:" + "x" * 400)).startswith(
        "A calls send(): #1 ACK, #2 ACK, 2 more."
    )


STRANGER = """B.isn = 5000
B.script = [
    { call = "listen", backlog = 3 }, { call = "accept", when = "waiting" }, { call = "send", text = "hi" },
]
"""


def test_who_is_at_no_end_is_named_by_its_socket() -> None:
    """A third party with an address of its own opens a connection, and one to where nobody is gives up."""
    syn, ack = (f"x>b:{one}:from=203.0.113.1:1024" for one in ("SYN:seq=1", "ACK:seq=2:ack=5001"))
    told = check(history_of(scenario(STRANGER), f"s {syn} s {ack} s3"))
    assert "2 octets to send; 203.0.113.1:1024's window is 65535." in told
    program = (
        'A.set = { connect_timeout = "1s" }\nA.program = ["s = socket()", "connect(s, \'10.0.0.9:80\')"]\n'
    )
    assert "and 10.0.0.9:80 has not answered the OPEN" in check(history_of(scenario(program), "s3"))


def test_a_peer_behind_a_nat_is_the_other_end() -> None:
    nat = "wire.box = [{ kind = 'nat' }]\n"
    history = history_of(scenario(f"{nat}{OPEN}"), "a:shutdown s")
    assert "A FIN: A has no more to send. B may go on." in check(history)
