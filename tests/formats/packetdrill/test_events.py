"""Options, commands, times, calls and the choice of lines: what each construct becomes."""

from __future__ import annotations

import pytest

from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.syntax import (
    AssertEvent,
    CallEvent,
    Command,
    CommandEvent,
    EventTime,
    Mark,
    Name,
    Number,
    Script,
    ScriptOption,
    SegmentEvent,
    TimeKind,
)
from tests.formats.packetdrill.scripts import call, event

ABSOLUTE, RELATIVE = TimeKind.ABSOLUTE, TimeKind.RELATIVE
CLOSE = CallEvent(1, EventTime(ABSOLUTE, 0), "close", (Number(3),), Number(0))


def names(text: str, **defines: str) -> list[str]:
    """The calls of a script by their names."""
    events = parse_script(text, "x.pkt", defines).events
    return [one.name for one in events if isinstance(one, CallEvent)]


def test_a_whole_script() -> None:
    text = """// what it shows
--ip_version=ipv4
--send_omit_free   # a flag

`sysctl -q net.ipv4.tcp_sack=0
 sysctl -q net.ipv4.tcp_timestamps=0`

 0 close(3) = 0
+0.1 `ip route show`
+0 %{ assert tcpi_state == 7 }%
`rm -f x`
`rm -f y`
"""
    assert parse_script(text, "a/b.pkt") == Script(
        "a/b.pkt",
        (ScriptOption(2, "ip_version", "ipv4"), ScriptOption(3, "send_omit_free", None)),
        (Command(5, "sysctl -q net.ipv4.tcp_sack=0\n sysctl -q net.ipv4.tcp_timestamps=0"),),
        (
            CLOSE._replace(line=8),
            CommandEvent(9, EventTime(RELATIVE, 100_000), "ip route show"),
            AssertEvent(10, EventTime(RELATIVE, 0), " assert tcpi_state == 7 "),
        ),
        (Command(11, "rm -f x"), Command(12, "rm -f y")),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("--local_ip=192.168.0.1", "192.168.0.1"),
        ("--remote_network=192.0.2.0/24", "192.0.2.0/24"),
        ("--local_ip=fd3d:fa7b:d17d::0", "fd3d:fa7b:d17d::0"),
        ("--ip_version=ipv4-mapped-ipv6", "ipv4-mapped-ipv6"),
        ("--tolerance_percent=12.5", "12.5"),
        ("--tolerance_usecs=10000 // plenty", "10000"),
        ("--tolerance_usecs=10000/* plenty */", "10000"),
        ('--wire_client_dev="eth0 x"', "eth0 x"),
        ("--empty=", ""),
        ("--x=a=b", "a=b"),
    ],
)
def test_the_value_of_an_option_ends_at_a_space(text: str, value: str) -> None:
    (option,) = parse_script(f"{text}\n0 close(3) = 0", "x.pkt").options
    assert option.value == value


def test_options_may_share_a_line() -> None:
    options = parse_script("--a=1 --b --c=2\n0 close(3) = 0", "x.pkt").options
    assert options == (ScriptOption(1, "a", "1"), ScriptOption(1, "b", None), ScriptOption(1, "c", "2"))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("0", EventTime(ABSOLUTE, 0)),
        ("0.0", EventTime(ABSOLUTE, 0)),
        ("0.100", EventTime(ABSOLUTE, 100_000)),
        (".1", EventTime(ABSOLUTE, 100_000)),
        ("1.", EventTime(ABSOLUTE, 1_000_000)),
        ("3600", EventTime(ABSOLUTE, 3_600_000_000)),
        ("0.000001", EventTime(ABSOLUTE, 1)),
        ("0.0000014999", EventTime(ABSOLUTE, 1)),
        ("0.0000015", EventTime(ABSOLUTE, 2)),
        ("+.1", EventTime(RELATIVE, 100_000)),
        ("+0.0", EventTime(RELATIVE, 0)),
        ("+ 2", EventTime(RELATIVE, 2_000_000)),
        ("*", EventTime(TimeKind.ANY)),
        ("0.1~0.2", EventTime(ABSOLUTE, 100_000, 200_000)),
        ("+0~+.010", EventTime(RELATIVE, 0, 10_000)),
        ("+0.1 ~ +0.25", EventTime(RELATIVE, 100_000, 250_000)),
        ("+0.1~0.25", EventTime(RELATIVE, 100_000, 250_000)),
    ],
)
def test_times(text: str, time: EventTime) -> None:
    one = event(f"{text} > . 1:1(0) ack 1")
    assert isinstance(one, SegmentEvent)
    assert one.time == time


def test_a_call_that_blocks_has_an_end() -> None:
    absolute, relative, signed = parse_script(
        """0.100...0.200 accept(3, ..., ...) = 4
+0.1...0.2 read(4, ..., 10) = 0
+0...+1 close(4) = 0""",
        "x.pkt",
    ).events
    assert isinstance(absolute, CallEvent)
    assert (absolute.time, absolute.end) == (EventTime(ABSOLUTE, 100_000), 200_000)
    assert isinstance(relative, CallEvent)
    assert (relative.time, relative.end) == (EventTime(RELATIVE, 100_000), 200_000)
    assert isinstance(signed, CallEvent)
    assert (signed.time, signed.end) == (EventTime(RELATIVE, 0), 1_000_000)


def test_the_results_of_calls() -> None:
    assert call("close(3) = 0") == CLOSE
    assert call("f() = -1").result == Number(-1)
    assert call("fcntl(3, F_GETFL) = 0x2").result == Number(2)
    assert call("f() = ?").result is Mark.ANY
    assert call("f() = ...").result is Mark.NOT_GIVEN
    assert call("f() = O_RDWR").result == Name("O_RDWR")
    refused = call("connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)")
    assert (refused.errno, refused.note) == ("ECONNREFUSED", "Connection refused")
    assert call("f() = 2 (flags O_RDWR|O_NONBLOCK)").note == "flags O_RDWR|O_NONBLOCK"
    assert call("f() = -1 EADDRNOTAVAIL (Can't assign (any) address)").note == "Can't assign (any) address"
    assert call("f() = 0 (a/* c */b,c)").note == "a b,c"
    assert call("f() = 0").errno is None
    assert call("f() = 0").note is None


def test_events_run_over_lines_and_comments() -> None:
    text = """0 /* a
comment */ close( // the descriptor
  3
  # a word
) = 0
+0 > .
   1:1(0) ack 1"""
    one, other = parse_script(text, "x.pkt").events
    assert one == CLOSE
    assert other.line == 6


def test_code_and_commands_are_taken_as_they_stand() -> None:
    code, command = parse_script(
        """0 %{
assert d["}"] == {1: 2}, "`" # no comment
#ifdef X
}%
+0 `echo \\` "%{" // $# #ifdef`
""",
        "x.pkt",
    ).events
    assert isinstance(code, AssertEvent)
    assert code.text == '\nassert d["}"] == {1: 2}, "`" # no comment\n#ifdef X\n'
    assert isinstance(command, CommandEvent)
    assert command.text == 'echo \\` "%{" // $# #ifdef'
    assert command.line == 5


CHOICE = """#ifdef FAST
0 fast() = 0
#else
0 slow() = 0
#endif
"""


def test_ifdef_chooses_lines() -> None:
    assert names(CHOICE) == ["slow"]
    assert names(CHOICE, FAST="") == ["fast"]
    assert names(CHOICE.replace("ifdef", "ifndef")) == ["fast"]
    assert names(CHOICE.replace("ifdef", "ifndef"), FAST="1") == ["slow"]
    assert names("#define FAST\n" + CHOICE) == ["fast"]


def test_choices_in_each_other() -> None:
    text = """#ifdef A
#ifdef B
0 both() = 0
#else
0 only_a() = 0
#endif
#else
#ifdef B
0 only_b() = 0
#else
0 none() = 0
#define B
#endif
#endif
#ifdef B
0 b() = 0
#endif
0 end() = 0
"""
    assert names(text, A="", B="") == ["both", "b", "end"]
    assert names(text, A="") == ["only_a", "end"]
    assert names(text, B="") == ["only_b", "b", "end"]
    assert names(text) == ["none", "b", "end"]


def test_what_is_not_chosen_may_be_anything() -> None:
    assert names("#ifdef X\n) § = win <\n#endif\n0 f() = 0") == ["f"]


def test_a_directive_stands_at_the_start_of_its_line() -> None:
    assert names("0 f() = 0 #ifdef X\n+0 g() = 0 # endif\n  #ifdef X\n0 h() = 0\n  #endif") == ["f", "g"]


def test_words_are_replaced() -> None:
    text = '0 f(A, "A", xA, A1) = A\n+0 g() = 0 (A)\n'
    one, other = parse_script(text, "x.pkt", {"A": "SOL_IP|0x2"}).events
    expected = 'f(SOL_IP|0x2, "A", xA, A1) = SOL_IP|0x2'
    assert repr(one) == repr(call(expected))
    assert isinstance(other, CallEvent)
    assert other.note == "SOL_IP|0x2"


def test_a_replacement_is_not_replaced_again() -> None:
    assert call("f() = B") == parse_script("0 f() = A", "x.pkt", {"A": "B", "B": "A"}).events[0]


def test_define_replaces_from_its_line_on() -> None:
    one, other = parse_script("0 f() = SIZE\n#define SIZE 1000 // octets\n0 f() = SIZE", "x.pkt").events
    assert isinstance(one, CallEvent)
    assert one.result == Name("SIZE")
    assert isinstance(other, CallEvent)
    assert other.result == Number(1000)


def test_the_given_definitions_stay_as_they_are() -> None:
    given = {"A": "1"}
    parse_script("#define B 2\n0 f() = B", "x.pkt", given)
    assert given == {"A": "1"}


def test_line_ends_and_marks_of_other_systems() -> None:
    one, other = parse_script("\ufeff0 close(3) = 0\r\n+0 close(3) = 0\r\n", "x.pkt").events
    assert one == CLOSE
    assert other.line == 2
