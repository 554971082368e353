"""Texts that are no scripts: one printable line with the place and what is allowed, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.formats.packetdrill.expressions import DEEPEST
from tcptui.formats.packetdrill.parser import MOST_EVENTS, parse_script
from tcptui.formats.packetdrill.syntax import BadScript, Script
from tcptui.formats.packetdrill.tokens import LONGEST_TEXT
from tests.messages import said

FAST = settings(max_examples=500)
PATIENCE = 60.0
"""Seconds that the longest text may take on a slow and busy machine; a time that grows with the square of
the length would be hours."""


def complaint(text: str, file: str = "x.pkt", **defines: str) -> str:
    with pytest.raises(BadScript) as caught:
        parse_script(text, file, defines)
    message = said(caught.value)
    assert message.isprintable()
    return message


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        # The script as a whole.
        ("", "1:1", "the script ends; allowed: --option=value, a `command`, a time"),
        ("// nothing\n", "2:1", "the script ends; allowed: --option=value"),
        ("`ls`", "1:5", "the script ends; allowed: a time"),
        ("0 f() = 0\n--late=1", "2:1", "unexpected --late; allowed: a time: 0.1, +0.1, 0.1~0.2,"),
        ("0 f() = 0\n`ls`\n+0 f() = 0", "3:1", "the command before this has no time; allowed: a time"),
        ("f() = 0", "1:1", "unexpected f; allowed: a time"),
        ("0 f() = 0\n  close(3) = 0", "2:3", "unexpected close; allowed: a time"),
        ("0 f() = 0 §", "1:11", "unexpected §; allowed: a time"),
        # What begins and does not end.
        ("0 f() = 0\n /* no end", "2:2", "this comment does not end; allowed: */ behind it"),
        ("0 `ls\n\n", "1:3", "this command does not end; allowed: ` behind it"),
        ("0 %{ assert 1 }", "1:3", "this Python does not end; allowed: }% behind it"),
        ('0 f("a\n") = 0', "1:5", 'this string does not end; allowed: " behind it, in the same line'),
        # Of two errors the first; but a token that can't be read comes before a number that is too long.
        ('0 f() 1\n0 g("', "1:7", "the call has no result; allowed: = result"),
        (f"0 f({'9' * 21} `", "1:27", "this command does not end; allowed: ` behind it"),
        # Choice of lines.
        ("#ifdef\n0 f() = 0", "1:1", "#ifdef has no name; allowed: #ifdef NAME"),
        ("0 f() = 0\n #endif", "2:2", "#endif without #ifdef; allowed: #ifdef NAME before it"),
        ("#else", "1:1", "#else without #ifdef; allowed: #ifdef NAME before it"),
        ("#ifdef A\n#else\n#else\n#endif", "3:1", "a second #else; allowed: #endif"),
        ("\n#ifdef A\n#ifdef B\n#endif\n0 f() = 0", "2:1", "this condition does not end; allowed: #endif"),
        # Times.
        ("+ f() = 0", "1:3", "unexpected f; allowed: a time in seconds, as in 0.1"),
        ("0x10 f() = 0", "1:1", "unexpected 0x10; allowed: a time in seconds"),
        ("-1 f() = 0", "1:1", "unexpected -; allowed: a time"),
        ("1.2.3.4 f() = 0", "1:1", "unexpected 1.2.3.4; allowed: a time"),
        ("1000000001 f() = 0", "1:1", "this time is too long; allowed: at most 1000000000 seconds"),
        (f"{'9' * 5000}.0 f() = 0", "1:1", "this time is too long; allowed: at most 1000000000 seconds"),
        ("0.2~0.1 > . 1:1(0)", "1:5", "the range ends before it begins; allowed: a later time"),
        ("0.2~+0.3 > . 1:1(0)", "1:5", "unexpected +; allowed: a time in seconds"),
        ("0.2...0.1 f() = 0", "1:7", "the call ends before it begins; allowed: a later time"),
        ("* < . 1:1(0) win 1", "1:1", "only a segment that comes out may have * or a range as its time"),
        ("0 f() = 0\n 0~1 f() = 0", "2:2", "only a segment that comes out may have * or a range"),
        ("0 )", "1:3", "unexpected ); allowed: < segment, > segment, name(...) = result, a `command`, %{"),
        ("0", "1:2", "the script ends; allowed: < segment"),
        # Calls.
        ("0 close 3", "1:9", "unexpected 3; allowed: ("),
        ("0 close(3)", "1:11", "the call has no result; allowed: = result"),
        ("0 close(3) 0", "1:12", "the call has no result; allowed: = result"),
        ("0 close(3) // closed\n+0 f() = 0", "1:11", "the call has no result; allowed: = result"),
        ("0 close(3 4) = 0", "1:11", "unexpected 4; allowed: , | or )"),
        ("0 close(3,) = 0", "1:11", "unexpected ); allowed: a number, a constant"),
        ("0 f(1.5) = 0", "1:5", "unexpected 1.5; allowed: a number, a constant"),
        ("0 f(`ls`) = 0", "1:5", "unexpected shell command; allowed: a number"),
        ("0 f(%{1}%) = 0", "1:5", "unexpected Python; allowed: a number"),
        ("0 f({a=1 b=2}) = 0", "1:10", "unexpected b; allowed: , or }"),
        ("0 f({1=2}) = 0", "1:7", "unexpected =; allowed: , or }: only name and name(argument) can have"),
        ("0 f([1) = 0", "1:7", "unexpected ); allowed: , | or ]"),
        ('0 f("\\q") = 0', "1:5", r"unknown escape \q; allowed: \n"),
        ('0 f("\\400") = 0', "1:5", r"unknown escape \400; allowed: \n"),
        ("0 f(18446744073709551616) = 0", "1:5", "number 18446744073709551616 is too large; allowed: less"),
        (f"0 f({'9' * 5000}) = 0", "1:5", "a number of 5000 characters; allowed: at most 20"),
        ("0 f() = -1 EINVAL (no", "1:22", "the script ends; allowed: ) behind the note"),
        ("0 ...1 < . 1:1(0)", "1:8", "unexpected <; allowed: a call, as in socket(...)"),
        # Segments.
        ("0 < X 0:0(0) win 1", "1:5", "unknown flags X; allowed: flags: letters of F S R P . U E W A, or -"),
        ("0 < .8 0:0(0) win 1", "1:5", "unknown flags .8; allowed: flags"),
        ("0 < ?", "1:5", "unexpected ?; allowed: [ip], ports, flags: letters of F S R P . U E W A, or -"),
        ("0 < S 0:0(0)", "1:13", "a segment that goes in must tell its window; allowed: ack N, win N"),
        ("0 < . 1:1(0) ack 1\n+0 f() = 0", "1:19", "a segment that goes in must tell its window; allow"),
        ("0 > . 1:11(11)", "1:7", "end and length of 1:11(11) differ; allowed: 1:12"),
        ("0 > . 5:1", "1:7", "length 4294967292 is too large; allowed: 0 to 65535"),
        ("0 > . 1:65537(65536)", "1:15", "length 65536 is too large; allowed: 0 to 65535"),
        ("0 > . 4294967296:1(1)", "1:7", "sequence number 4294967296 is too large; allowed: 0 to 4294967295"),
        ("0 < . ...:...(0) win 1", "1:7", "unexpected ...; allowed: seq:end(len)"),
        ("0 > . ack 1", "1:7", "unexpected ack; allowed: seq:end(len)"),
        ("0 > . 1:1(0) win 65536", "1:18", "window 65536 is too large; allowed: 0 to 65535"),
        ("0 > . 1:1(0) win", "1:17", "the script ends; allowed: window, a number from 0 to 65535"),
        ("0 > . 1:1(0) win 1 ack 1", "1:20", "unexpected ack; allowed: urg N, <options>, the end of"),
        ("0 > . 1:1(0) {cut 8}", "1:14", "unexpected {; allowed: ack N, win N, urg N, <options>, the end of"),
        ("0 > . 1:1(0) <nop> ack", "1:20", "unexpected ack; allowed: the end of the line"),
        ("0 > . 1:1(0)\nclose(3) = 0", "2:1", "unexpected close; allowed: a time"),
        ("0 > . 1:1(0) urg 65536", "1:18", "urgent pointer 65536 is too large; allowed: 0 to 65535"),
        ("0 > 8080 S 0:0(0)", "1:10", "unexpected S; allowed: > between two ports"),
        ("0 > 8080 > 65536 S 0:0(0)", "1:12", "port 65536 is too large; allowed: 0 to 65535"),
        ("0 > [ect2] . 1:1(0)", "1:6", "unexpected ect2; allowed: noecn, ect0, ect1, ect01, ce, tos N"),
        ("0 > [tos 256] . 1:1(0)", "1:10", "tos 256 is too large; allowed: 0 to 255"),
        ("0 > ipv4 1.1.1.1", "1:17", "the script ends; allowed: the rest of the ipv4 header, and a colon"),
        # Options.
        ("0 > . 1:1(0) <foo>", "1:15", "unknown TCP option foo; allowed: mss N, wscale N, sackOK, sack N:N"),
        ("0 > . 1:1(0) <nop", "1:18", "the script ends; allowed: , or >"),
        ("0 > . 1:1(0) <nop,>", "1:19", "unexpected >; allowed: mss N"),
        ("0 > . 1:1(0) <mss>", "1:18", "unexpected >; allowed: MSS, a number from 0 to 65535"),
        ("0 > . 1:1(0) <mss 65536>", "1:19", "MSS 65536 is too large; allowed: 0 to 65535"),
        ("0 > . 1:1(0) <wscale 256>", "1:22", "shift count 256 is too large; allowed: 0 to 255"),
        ("0 > . 1:1(0) <sack>", "1:19", "unexpected >; allowed: sequence number, a number from 0"),
        ("0 > . 1:1(0) <sack 1>", "1:21", "unexpected >; allowed: :"),
        ("0 > . 1:1(0) <sack 1:2 1:2 1:2 1:2 1:2>", "1:20", "5 SACK blocks; allowed: at most 4"),
        ("0 > . 1:1(0) <TS 1 2>", "1:18", "unexpected 1; allowed: val"),
        ("0 > . 1:1(0) <TS val 1>", "1:23", "unexpected >; allowed: ecr"),
        ("0 < . 1:1(0) win 1 <TS val . ecr 1>", "1:28", "unexpected .; allowed: TSval, a number"),
        ("0 < . 1:1(0) win 1 <...>", "1:21", "options of a segment that goes in must be told; allowed: <"),
        ("0 > . 1:1(0) <unknown-256>", "1:15", "unknown TCP option unknown-256; allowed"),
        (f"0 > . 1:1(0) <FO {'a' * 81}>", "1:18", "this is too long for an option; allowed: at most 38"),
        # Other packets.
        ("0 < icmp 5", "1:10", "unexpected 5; allowed: an ICMP type, as in unreachable"),
        ("0 < icmp unreachable mtu", "1:25", "the script ends; allowed: MTU, a number"),
        ("0 < icmp unreachable [1:1(0)", "1:29", "the script ends; allowed: ]"),
        ("0 < udp 1000", "1:13", "the script ends; allowed: > between two ports"),
        ("0 < udp (65536)", "1:10", "length 65536 is too large; allowed: 0 to 65535"),
        ("0 < sctp: DATA[1", "1:17", "the script ends; allowed: the rest of the SCTP packet"),
    ],
)  # fmt: skip
def test_the_place_and_what_is_allowed(text: str, place: str, says: str) -> None:
    assert complaint(text).startswith(f"x.pkt:{place}: {says}")


def test_the_whole_line_of_an_error() -> None:
    assert complaint("0 > . 1:1(0) <mss 1,>", "a b/c.pkt") == (
        "a b/c.pkt:1:21: unexpected >; allowed: mss N, wscale N, sackOK, sack N:N ..., TS val N ecr N, nop, "
        "eol, FO COOKIE, FOEXP COOKIE, ECN, md5, exp-NAME, unknown-KIND OCTETS"
    )


def test_an_error_can_not_write_to_the_terminal() -> None:
    assert complaint("0 \x1b[2J", "x\n\x1b.pkt").startswith(r"x\n\x1b.pkt:1:3: unexpected \x1b; allowed: ")
    assert r"unexpected \u202e; allowed: " in complaint("0 \u202e")


def test_an_error_does_not_repeat_a_long_text() -> None:
    assert len(complaint(f"0 f() = 0\n{'x' * 10_000}")) < 300
    assert len(complaint(f"0 > . 1:1(0) <{'x' * 10_000}>")) < 300
    assert len(complaint(f"0 > {'x' * 10_000}")) < 300
    assert len(complaint("0 f() = A", **{"A" * 10_000: "1", "A": '"'})) < 300


def test_an_error_in_a_replacement_is_where_the_word_is() -> None:
    assert complaint("0 f() =\n A", A="] 1").startswith("x.pkt:2:2: unexpected ]; allowed: ")
    assert complaint("0 f() =\n A", A='"x').startswith(
        "x.pkt:2:2: the value that replaces A has a quote or comment that does not end; allowed: a whole"
    )


NESTING = (("[", "]"), ("{", "}"), ("(", ")"), ("f(", ")"), ("{a=", "}"), ("- ", ""), ("~", ""))


def test_no_expression_is_too_deep_for_python() -> None:
    for opening, closing in NESTING:
        deep = DEEPEST - 1
        parse_script(f"0 f({opening * deep}1{closing * deep}) = 0", "x.pkt")
        message = complaint(f"0 f({opening * 100_000}")
        assert f"brackets too deep in each other; allowed: at most {DEEPEST}" in message


def test_the_size_of_a_script_has_a_limit() -> None:
    script = "0 f() = 0 //"
    parse_script(script + "x" * (LONGEST_TEXT - len(script)), "x.pkt")
    message = complaint(script + "x" * (LONGEST_TEXT - len(script) + 1))
    assert message == "x.pkt:1:1: the script has 1048577 characters; allowed: at most 1048576 characters"


def test_replaced_words_count_too() -> None:
    word = "x" * 100_000
    parse_script("0 f(" + "A," * 10 + "0) = 0", "x.pkt", {"A": word})
    message = complaint("0 f(" + "A," * 11 + "0) = 0", A=word)
    assert "replaced words make the script too long; allowed: at most 1048576 characters" in message


def test_the_number_of_events_has_a_limit() -> None:
    piece = "0`a`"
    place = f"x.pkt:1:{len(piece) * MOST_EVENTS + 1}"
    assert complaint(piece * (MOST_EVENTS + 1)) == f"{place}: too many events; allowed: at most 100000"


@pytest.mark.parametrize(
    "piece",
    [
        "\n", " ", "0", "a", ".", "0.", ".0", "1.1.1.1", "-", "--", "--a=", "--a=b ", "#", "#\n",
        "#ifdef A\n", "#define A B\n", '"', '""', '"\\', "`", "``", "``\\", "/*", "/**/", "//", "%{",
        "%{}%", "%{}", "}%", "\\", "0 f()=0 ", "0 f(", "0 f()=0(", "0 f()=1|", "0<S 0:0(0)win 1", "0<sctp:[",
        "0>gre", "0>[ce]", "0>.0:0(0)<nop,", "§", "\u2003", "\0", "0 f(a|",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "0 f(1", "0 f()=0 (", "0>.1:1(0)<nop", "#ifdef A\n"])
def test_a_long_text_takes_no_longer_than_it_is_long(before: str, piece: str) -> None:
    text = before + piece * ((LONGEST_TEXT - len(before)) // len(piece) // 32)
    begin = time.process_time()
    outcome(text)
    assert time.process_time() - begin < PATIENCE / 32


@pytest.mark.parametrize("piece", ["0<S 0:0(0)win 1<nop,mss 5>\n", "1.1.1"])
def test_the_longest_text(piece: str) -> None:
    begin = time.process_time()
    outcome(piece * (LONGEST_TEXT // len(piece)))
    assert time.process_time() - begin < PATIENCE


def outcome(text: str, **defines: str) -> Script | str:
    """The script, or the text of the error: there is nothing else."""
    try:
        return parse_script(text, "x.pkt", defines)
    except BadScript as error:
        message = said(error)
        assert message.isprintable()
        assert message.startswith("x.pkt:")
        assert "; allowed: " in message
        assert len(message) < 400
        return message


@FAST
@given(st.text(max_size=200))
def test_any_text_is_a_script_or_an_error(text: str) -> None:
    outcome(text)


PIECES = st.sampled_from(
    [
        "0", "+0", "+.1", "*", "0.1~0.2", "0.1...0.2", "\n", " ", "<", ">", "S", "S.", ".", "P.", ".5", "-",
        "0:0(0)", "1:1001(1000)", "...", "ack 1", "win 65535", "urg 1", "<mss 1460", ",", "nop", "sackOK",
        "sack 1:2", "TS val 1 ecr 0", ">", "<...>", "icmp", "unreachable", "mtu 5", "[", "]", "udp", "(", ")",
        "(5)", "sctp:", "ipv4 1.1.1.1 > 2.2.2.2:", "[ect0]", "f(", "close(3)", "= 0", "= -1 EINVAL (x)", "A",
        "|", "{", "}", "{a=", '"x\\n"', "`ls`", "%{ assert 1 }%", "--a=b", "#ifdef A\n", "\n#else\n",
        "\n#endif\n", "\n#define A 1\n", "// x\n", "/* x */", "8080 > 80", "&", "~", "0x10", '"', "`",
    ]
)  # fmt: skip


@FAST
@given(
    st.lists(PIECES, max_size=40), st.sampled_from(["", " "]), st.sampled_from(["1", "A", "(", "<nop>", '"'])
)
def test_any_row_of_pieces_is_a_script_or_an_error(pieces: list[str], between: str, value: str) -> None:
    outcome(between.join(pieces), A=value)
