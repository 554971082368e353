"""Runs as scripts: what a script says of a run, and that the stack that it is about does what it says."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.core.units import DAY
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Passed
from tcptui.formats.packetdrill.socket_calls import Unwritable
from tcptui.formats.packetdrill.writer import packetdrill_script
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import Do
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import preset, variant
from tcptui.lab.wire import SIDES, BadMove, Side
from tests.lab.test_properties import ROUGH, Intent, Observer, intents, setups
from tests.lab.worlds import scenario
from tests.messages import said

OPEN = 'A.isn = 1000\nB.isn = 5000\nprelude = "b:listen a:connect s3"\n'
"""An established connection, 0.150 s old in the script."""


def script(toml: str = "", moves: str = "", side: Side = "A") -> str:
    """The script of a scenario of these lines."""
    return packetdrill_script(play(scenario(toml), parse_moves(moves)), side)


def events(text: str) -> list[str]:
    """The lines of a script that are events, blanks and comments apart."""
    lines = [re.sub(r" +", " ", line.partition("//")[0]).strip() for line in text.splitlines()]
    return [line for line in lines if re.match(r"\+?\d", line)]


def after(text: str, line: str) -> list[str]:
    """The events of a script that follow an event, which is told without its time."""
    lines = events(text)
    (index,) = [index for index, one in enumerate(lines) if one.partition(" ")[2] == line]
    return lines[index + 1 :]


def accepted(text: str) -> bool:
    return isinstance(check_script(text, "x.pkt", strict=True), Passed)


# Whole scripts: times and numbers are those of the scenario's TOML file.


def test_the_client_of_a_handshake() -> None:
    text = packetdrill_script(play(library.find("handshake")), "A")
    assert (
        text
        == """\
// The three-way handshake
// How do two ends agree that there is a connection?
// The stack under test is A, the client.
// profile: rfc9293

0.100    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0.000   fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0.000   connect(3, ..., ...) = -1 EINPROGRESS  // SYN-SENT
+0.000   > S 0:0(0) <mss 1460>
+0.100   < S. 0:0(0) ack 1 win 65535 <mss 1460> // ESTABLISHED
+0.000   > . 1:1(0) ack 1
+0.000   getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0

// Each sends a number and has it acknowledged by the other: four messages, two of which ride together
// in the SYN,ACK. That both directions work is learned on the way. The chief reason is another: no old
// SYN can open a connection, for its sender must confirm (RFC 9293 3.5).
"""
    )


def test_the_server_of_a_handshake() -> None:
    text = packetdrill_script(play(library.find("handshake")), "B")
    assert (
        text
        == """\
// The three-way handshake
// How do two ends agree that there is a connection?
// The stack under test is B, the server.
// profile: rfc9293

0.000    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0.000   setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0.000   bind(3, ..., ...) = 0
+0.000   listen(3, 1) = 0                // LISTEN
+0.150   < S 0:0(0) win 65535 <mss 1460> // SYN-RECEIVED
+0.000   > S. 0:0(0) ack 1 <mss 1460>
+0.100   < . 1:1(0) ack 1 win 65535      // ESTABLISHED
+0.000   accept(3, ..., ...) = 4
+0.000   close(3) = 0

// Each sends a number and has it acknowledged by the other: four messages, two of which ride together
// in the SYN,ACK. That both directions work is learned on the way. The chief reason is another: no old
// SYN can open a connection, for its sender must confirm (RFC 9293 3.5).
"""
    )


# What the script's lines say.


def test_a_prelude_comes_first_and_the_clock_goes_on() -> None:
    """The handshake takes 0.150 s, the story's SEND is 0.1 s later."""
    text = script(OPEN + 'A.script = [{ call = "send", at = "100ms", text = "hello" }]')
    assert events(text)[0] == "0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"
    assert after(text, "> . 1:1(0) ack 1")[:3] == [
        "+0.000 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
        "+0.150 write(3, ..., 5) = 5",
        "+0.000 > P. 1:6(5) ack 1",
    ]


STAMPED = "".join(
    f"{side}.set = {{ timestamps = true, window_scale = 7, sack = true, nagle = false }}\n" for side in "AB"
)


def test_options_stand_as_they_are_and_timestamps_are_the_scripts_milliseconds() -> None:
    """A sends at 0, 0.100 and 0.200 s of the script, B at 0.050 s; TSecr is the TSval that came last."""
    text = script(STAMPED + OPEN, "w50ms a:send:hello", "A")
    assert [line.partition(" ")[2] for line in events(text) if "TS val" in line][:4] == [
        "> S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0,nop,wscale 7>",
        "< S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 50 ecr 0,nop,wscale 7>",
        "> . 1:1(0) ack 1 <nop,nop,TS val 100 ecr 50>",
        "> P. 1:6(5) ack 1 <nop,nop,TS val 200 ecr 50>",
    ]


def test_sack_is_relative_too() -> None:
    """B last took in order what A sent at 0.100 s; the second text arrives at 0.200 s."""
    text = script(STAMPED + OPEN, "a:send:one a:send:two l1 s2", "B")
    assert "+0.000 > . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 100,nop,nop,sack 4:7>" in events(text)


def test_what_becomes_of_a_segment_stands_beside_it() -> None:
    text = script(OPEN, "a:send:one l1", "A")
    assert re.findall(r"> \S+ 1:4\(3\) ack 1 +// (.*)", text) == ["lost", "again"]
    text = script(OPEN, "a:send:one d1+5ms u1 x>b:RST:seq=900 s2", "B")
    assert re.findall(r"< \S+ 1:4\(3\).* // (.*)", text) == ["late", "duplicate"]
    assert re.findall(r"< R .* // (.*)", text) == ["third party"]


def test_a_later_syn_keeps_its_distance_and_what_follows_it_is_relative_to_it() -> None:
    """Figure 8: the old duplicate is 90, the new SYN 100, and each SYN,ACK has a number of its own."""
    text = packetdrill_script(play(library.find("figure-8")), "B")
    assert [line.partition(" ")[2] for line in events(text) if re.search(" [<>] ", line)] == [
        "< S 0:0(0) win 65535",
        "> S. 0:0(0) ack 1 <mss 1460>",
        "< R 1:1(0) win 0",
        "< S 10:10(0) win 65535 <mss 1460>",
        "> S. 0:0(0) ack 11 <mss 1460>",
        "< . 1:1(0) ack 1 win 65535",
    ]


def test_a_host_that_was_rebooted_remembers_nothing() -> None:
    """Figure 10: 0.150 s of prelude, 0.200 s until B's SEND, 0.050 s on the wire; the numbers are raw."""
    text = packetdrill_script(play(library.find("figure-10")), "A")
    assert "// The stack under test is A, the client, after its reboot." in text
    assert events(text) == ["0.400 < P. 300:310(10) ack 100 win 65535", "+0.000 > R 100:100(0)"]


def test_the_rst_for_a_segment_without_ack_has_the_number_0() -> None:
    """RFC 9293 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, whatever the initial numbers were."""
    text = script(OPEN, "a:abort s x>a:SYN:seq=6000", "A")
    assert events(text)[-2:] == ["+0.075 < S 1000:1000(0) win 65535", "+0.000 > R. 0:0(0) ack 1"]


def test_so_has_the_rst_that_ends_a_connection_for_a_syn() -> None:
    """RFC 793's way with a SYN in the window; what it acknowledges is relative to the connection's own."""
    text = script("A.set = { rfc5961_syn = false }\n" + OPEN, "x>a:SYN:seq=5002", "A")
    assert "+0.000 > R. 0:0(0) ack 3" in events(text)


# What the program does.


def test_a_program_that_lets_go_closes() -> None:
    assert after(script(OPEN, "a:close"), "close(3) = 0")[0] == "+0.000 > F. 1:1(0) ack 1"


def test_the_close_of_the_rfc_is_half_a_close() -> None:
    text = script('A.set = { delayed_ack = "0ms" }\n' + OPEN, "a:shutdown s2 b:send:more s2 b:shutdown")
    assert "+0.050 shutdown(3, SHUT_WR) = 0" in events(text)
    assert after(text, "> F. 1:1(0) ack 1") == [
        "+0.100 < . 1:1(0) ack 2 win 65535",
        "+0.050 < P. 1:5(4) ack 2 win 65535",
        "+0.000 > . 2:2(0) ack 5",
        "+0.000 read(3, ..., 4) = 4",
        "+0.100 < F. 5:5(0) ack 2 win 65535",
        "+0.000 > . 2:2(0) ack 6",
        "+0.000 read(3, ..., 1) = 0",
    ]


def test_an_abort_is_a_close_without_patience() -> None:
    assert events(script(OPEN, "a:abort"))[-3:] == [
        "+0.050 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
        "+0.000 close(3) = 0",
        "+0.000 > R 1:1(0)",
    ]


@pytest.mark.parametrize("call", ["close", "shutdown", "abort"])
def test_what_has_not_begun_ends_silently(call: str) -> None:
    listening = events(script("", f"b:listen b:{call}", "B"))
    assert [line.partition(" ")[2] for line in listening[3:]] == ["listen(3, 1) = 0", "close(3) = 0"]
    opening = events(script("", f"a:connect a:{call}"))
    assert opening[-1].partition(" ")[2] in ("close(3) = 0", "< R. 0:0(0) ack 1 win 0")
    assert "+0.000 close(3) = 0" in opening


def test_a_listener_with_a_backlog_stays() -> None:
    text = script("", "b:listen:2 a:connect s3 a:send:hello s b:accept a:shutdown", "B")
    assert after(text, "listen(3, 2) = 0") == [
        "+0.050 < S 0:0(0) win 65535 <mss 1460>",
        "+0.000 > S. 0:0(0) ack 1 <mss 1460>",
        "+0.100 < . 1:1(0) ack 1 win 65535",
        "+0.050 < P. 1:6(5) ack 1 win 65535",
        "+0.000 accept(3, ..., ...) = 4",
        "+0.000 read(4, ..., 5) = 5",
        "+0.050 < F. 6:6(0) ack 1 win 65535",
        "+0.000 > . 1:1(0) ack 7",
        "+0.000 read(4, ..., 1) = 0",
    ]


def test_a_program_that_must_ask_reads_when_it_asks() -> None:
    text = script("B.reads = false\n" + OPEN, "a:send:hello s a:shutdown s b:read", "B")
    assert after(text, "< F. 6:6(0) ack 1 win 65535") == [
        "+0.000 > . 1:1(0) ack 7",
        "+0.000 read(4, ..., 5) = 5",
        "+0.000 read(4, ..., 1) = 0",
    ]


def test_a_call_that_is_refused_is_not_told() -> None:
    assert events(script(OPEN, "a:shutdown a:send:late")) == events(script(OPEN, "a:shutdown"))


def test_what_reaches_a_host_without_its_cable_is_not_told() -> None:
    text = script(OPEN, "b:send:hello a:unplug s a:plug")
    assert after(text, "getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0")[0].startswith(
        "+1.100 < P. 1:6(5)"
    )


def test_a_program_that_listens_and_connects_does_so_on_one_port() -> None:
    text = script("", "a:listen a:connect")
    assert "--connect_port=49152" in text.splitlines()
    assert [line.partition(" ")[2] for line in events(text)[3:8]] == [
        "listen(3, 1) = 0",
        "close(3) = 0",
        "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
        "bind(3, ..., ...) = 0",
    ]


def test_a_program_that_listens_again_has_one_socket_for_both() -> None:
    text = script("", "b:listen a:connect s b:listen", "B")
    assert text.count("listen(") == 1
    assert after(text, "accept(3, ..., ...) = 4") == []


# What it is told.


def test_nobody_listens() -> None:
    assert events(script("", "a:connect"))[-2:] == [
        "+0.100 < R. 0:0(0) ack 1 win 0",
        "+0.000 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0",
    ]


def test_the_peer_resets() -> None:
    assert events(script(OPEN, "b:abort"))[-1] == "+0.000 read(3, ..., 1) = -1 ECONNRESET"


def test_the_peer_resets_after_its_fin() -> None:
    """A Linux kernel turns the RST in CLOSE-WAIT into EPIPE: tcp_reset()."""
    text = script('A.profile = "linux"\n' + OPEN, "b:shutdown s b:abort")
    assert events(text)[-2] == "+0.000 getsockopt(3, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0"


def test_a_timer_that_sends_nothing_goes_before_what_the_program_learns_of_it() -> None:
    """R2 for a SYN here: the first, and one more after 1 s (RFC 6298 2.1), given up on 2 s later."""
    text = script("A.set = { syn_retries = 1 }", "a:connect l1 s l2")
    assert events(text)[-2:] == [
        "+1.000 > S 0:0(0) <mss 1460>",
        "+2.001 getsockopt(3, SOL_SOCKET, SO_ERROR, [ETIMEDOUT], [4]) = 0",
    ]


# Whose stack it is.


def test_the_script_names_its_profile_and_the_knobs_that_differ() -> None:
    text = script('A.profile = "linux"\nA.set = { msl = "5s", nagle = false }', "a:connect")
    assert "// profile: linux" in text.splitlines()
    assert "`sysctl -q tcptui.nagle=false tcptui.msl=5s`" in text.splitlines()


def test_the_knobs_of_a_script_are_set_and_a_wrong_one_is_named() -> None:
    text = script("A.set = { mss = 1000 }", "a:connect")
    assert accepted(text)
    assert isinstance(check_script(text.replace("tcptui.mss=1000", "tcptui.mss=999"), "x.pkt"), Failed)
    wrong = check_script(text.replace("tcptui.mss=1000", "tcptui.mms=1000"), "x.pkt")
    assert str(wrong).startswith("x.pkt:6: unsupported: tcptui.mms: is not a knob")


def test_ipv6() -> None:
    text = script('A.address = "2001:db8::1"\nB.address = "2001:db8::2"', "a:connect")
    assert "--ip_version=ipv6" in text.splitlines()
    assert "+0.000 > S 0:0(0) <mss 1440>" in events(text)


# What it does not tell.


@pytest.mark.parametrize(
    ("toml", "moves", "side", "says"),
    [
        ("", "", "A", "A does nothing, and nothing reaches it"),
        ("", "a:connect a:send:early", "A", "send before the connection is open"),
        ("", "b:listen a:connect s b:shutdown", "B", "shutdown where the program has no socket"),
        ("", "b:listen a:connect s b:abort", "B", "abort where the program has no socket"),
        (OPEN, "a:shutdown s2 b:shutdown s a:abort", "A", "abort in TIME-WAIT"),
        ("", "b:bind", "B", "bind is UDP's"),
        ("", "a:sendto:hello", "B", "#1 is no TCP segment"),
        (
            "B.ttl = 1\nwire.box = [{ kind = 'router' }]\n",
            "b:listen a:connect s b:reboot",
            "B",
            "its line 6 would need an ICMP message before there is a connection, which is not supported",
        ),
        (
            'B.set = { receive_buffer = 100, delayed_ack = "0ms" }\n' + OPEN,
            f"a:send:{'x' * 100}",
            "B",
            "a program on sockets would not do quite the same: line 19 of its script expects no segment",
        ),
    ],
)
def test_what_no_script_can_tell(toml: str, moves: str, side: Side, says: str) -> None:
    with pytest.raises(Unwritable) as error:
        script(toml, moves, side)
    assert said(error.value).startswith(says)
    assert said(error.value).isprintable()


def test_a_run_without_end_is_told_until_it_only_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """FreeBSD keeps every connection alive, for as long as both ends answer."""
    monkeypatch.setattr("tcptui.lab.run.MOST_STEPS", 30)
    run = play(variant(library.find("handshake")._replace(until=DAY), preset("freebsd"), ()))
    assert not run.complete
    for side in SIDES:
        text = packetdrill_script(run, side)
        assert text.endswith("\n// and so on\n")
        assert len(events(text)) < 30
        assert accepted(text)


# Whole runs.

RUNS = (
    "", "s2 l1", "s3 l2", "s4 u1+500ms", "s5 d3+200ms", "s3 u1+2s", "s6 l4 s2 u5", "s2 d1+333us r1",
    "s4 x>b:RST:seq=5", "s4 x>a:SYN:seq=77", "s5 x>b:none:seq=1001", "s7 a:send:hello", "s8 b:send:abc l5",
    "s5 a:send:abc a:send:def b:send:ghi", "s9 a:abort", "s7 b:abort", "s9 b:close", "s6 a:shutdown",
    "s5 a:reboot", "s5 b:reboot", "s20 a:listen", "s30 b:connect", "s6 a:unplug s a:plug",
)  # fmt: skip
CANNOT = re.compile(
    r"(send|shutdown|close|abort) (before|where|in)|[AB] does nothing|.* TCP alone"
    r"|\w+ is no call of a socket|a program forks|#\d+ comes from a group"
)


SHORT = ("keep_alive_always=false",)
"""Without what two FreeBSD hosts go on with for ever, which takes long."""
MOST_STEPS = 500
"""Where a run is cut: none that ends has half as many steps, and a script of one that does not, of a program
that calls accept() on a closed socket for ever, ends where it only repeats itself."""
check_once = lru_cache(maxsize=64)(check_script)


@pytest.fixture
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that the writer has checked is not run anew by the test, which asks for the same."""
    monkeypatch.setattr("tcptui.formats.packetdrill.writer.check_script", check_once)


@cache
def varied(name: str, profile: str) -> Scenario:
    own = library.find(name)
    return own if profile == "own" else variant(own, preset(profile), SHORT)


@pytest.mark.usefixtures("checked_once")
@pytest.mark.parametrize("profile", ["own", "linux", "freebsd"])
@pytest.mark.parametrize("name", library.names())
def test_every_run_is_a_script_that_its_own_stack_passes(
    name: str, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tcptui.lab.run.MOST_STEPS", MOST_STEPS)
    written = 0
    for moves in RUNS:
        try:
            run = play(varied(name, profile), parse_moves(moves))
        except BadMove:
            continue  # Not every move can be made in every story.
        for side in SIDES:
            written += _is_accepted(run, side, strictly=profile == "own" or _has_programs(run, side))
    assert written >= (0 if name.startswith("udp") else 10)


def _has_programs(run: Record, side: Side) -> bool:
    """Whether they are programs on sockets, of which a script has the very calls."""
    host = run.scenario.hosts[SIDES.index(side)]
    return isinstance(host, HostSetup) and bool(host.programs)


def _is_accepted(run: Record, side: Side, strictly: bool = True) -> bool:
    """Whether there is a script; not `strictly`, a socket may do otherwise than the lab's passive
    OPEN, whose own block the stacks' semantics with half-open connections then meet."""
    try:
        text = packetdrill_script(run, side)
    except Unwritable as reason:
        if CANNOT.match(said(reason)) or (not strictly and "would not do quite the same" in said(reason)):
            return False
        raise
    outcome = check_once(text, f"{run.scenario.name}.pkt", strict=True)
    assert isinstance(outcome, Passed), outcome
    assert outcome.notes == ()
    return True


@pytest.mark.usefixtures("checked_once")
@settings(max_examples=150)
@given(setups, intents(ROUGH))
def test_whatever_is_played_is_written_as_a_script_that_passes(setup: Scenario, made: list[Intent]) -> None:
    """But where a window of 30 octets makes the program's reading an instant later be heard of, or where a
    passive OPEN has become an active one, as no listening socket can."""
    observer = Observer(setup)
    observer.play(made)
    run = play(setup, observer.moves)
    for side, host in zip(SIDES, setup.hosts, strict=True):
        try:
            _is_accepted(run, side)
        except Unwritable as reason:
            calls = {move.call for move in observer.moves if isinstance(move, Do) and move.side == side}
            alike = host.profile.receive_buffer > 30 and not calls >= {"listen", "connect"}
            if alike or not said(reason).startswith("a program on sockets"):
                raise


@pytest.mark.parametrize("name", library.names())
def test_every_story_as_it_is_can_be_written_from_both_ends(name: str) -> None:
    """With its variants. But UDP's, a host that does nothing, and a program that forks, for a script is one
    process."""
    own = library.find(name)
    for told in (own, *(scenario_of_variant(own, one.name) for one in own.variants)):
        run = play(told)
        for side in SIDES:
            try:
                text = packetdrill_script(run, side)
            except Unwritable as reason:
                if not CANNOT.match(said(reason)):
                    raise
                continue
            assert accepted(text), (told.variant, side)


def test_a_script_is_accepted_for_what_it_says() -> None:
    """Each number, flag or time that is wrong in a line that must come out fails it."""
    text = packetdrill_script(play(library.find("life")), "A")
    assert accepted(text)
    for right, wrong in (
        ("> P. 1:8(7) ack 1", "> P. 1:7(6) ack 1"),
        ("> F. 8:8(0) ack 15", "> F. 8:8(0) ack 14"),
        ("> S 0:0(0) <mss 1460>", "> S 0:0(0) <mss 1461>"),
        ("read(3, ..., 14) = 14", "read(3, ..., 14) = 13"),
        ("+0.000   > . 9:9(0) ack 16\n", ""),
        ("+0.000   > . 8:8(0) ack 15\n", "+0.010   > . 8:8(0) ack 15\n"),
    ):
        assert right in text
        assert not accepted(text.replace(right, wrong))
