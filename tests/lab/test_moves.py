"""The text of moves: there and back, what each error says, and the limits."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.packet.options import Offer
from tcptui.core.packet.segment import ACK, FIN, SYN, URG, Socket
from tcptui.lab import moves_text as text_of_moves
from tcptui.lab.durations import LONGEST, BadDuration, exact_duration, parse_duration
from tcptui.lab.faults import FaultRule, parse_fault
from tcptui.lab.moves import NEXT, AddBox, Delay, Do, Duplicate, Line, Lose, Move, Next, Reorder, Start, Wait
from tcptui.lab.moves_text import (
    ALLOWED,
    MOST_MOVES,
    MOST_STEPS,
    line_text,
    moves_text,
    parse_line,
    parse_moves,
)
from tcptui.lab.program import CALLS, MOST_OCTETS, UDP_CALLS, Again, Loop, ScriptedCall
from tcptui.lab.program_text import typed_program_of
from tcptui.lab.third_party import LONGEST_DATA, Inject
from tcptui.lab.wire import COPY_AFTER, SIDES, BadMove
from tests.messages import refused, said

FAST = settings(max_examples=200)

numbers = st.integers(0, 999_999_999)
durations = st.integers(0, LONGEST)
sides = st.sampled_from(SIDES)
u32 = st.integers(0, (1 << 32) - 1)
silent = st.sampled_from([call for call in CALLS if call not in (*UDP_CALLS, "send")])
u16 = st.integers(0, 65_535)
addresses = st.none() | st.builds(
    Socket, (st.ip_addresses(v=4) | st.ip_addresses(v=6)).map(str), st.integers(1, 65_535)
)
FAULTS = (
    "lose B ACK 2",
    "lose A SYN 1-3",
    "lose A ACK 3-",
    "lose A ACK sack=9:20,30:40",
    "lose #4",
    "delay A DATA 2 by 150ms",
    "duplicate A SYN 1",
    "duplicate X * by 2s",
    "reorder B DATA again",
)
PROGRAMS = (
    "[{loop=['c = accept(s)',{fork=[{loop=['d=recv(c,9)','send(c,d)'],while='d'},'exit()']},'close(c)']}]",
    "{fork=['close(s)'],at='5ms'}",
    """['send(s,"a  %27 + \\\\x41")','unplug']""",
    "[{call='send',size=3,urgent=true,when='peer closed'},{call='read',octets=2,times=3,every='1s'}]",
    "{call='sendto',text='你'}",
)
KINDS: dict[type, st.SearchStrategy[Move]] = {
    Next: st.just(NEXT),
    Lose: st.builds(Lose, numbers),
    Delay: st.builds(Delay, numbers, durations),
    Duplicate: st.builds(Duplicate, numbers, durations | st.just(COPY_AFTER)),
    Reorder: st.builds(Reorder, numbers),
    Wait: st.builds(Wait, durations),
    Do: st.builds(Do, sides, silent, st.just(b""), st.none(), st.none())
    | st.builds(Do, sides, st.just("read"), octets=st.integers(1, MOST_OCTETS))
    | st.builds(Do, sides, st.just("send"), st.binary(min_size=1), urgent=st.booleans())
    | st.builds(Do, sides, st.just("listen"), st.just(b""), st.none(), st.integers(0, 99_999))
    | st.builds(Do, sides, st.just("send"), st.binary(min_size=1), st.none(), st.none())
    | st.builds(Do, sides, st.just("bind"), st.just(b""), addresses, st.none())
    | st.builds(Do, sides, st.just("sendto"), st.binary(), addresses, st.none()),
    Inject: st.builds(
        Inject,
        sides,
        st.integers(1, 255),
        u32,
        u32,
        u16,
        st.binary(),
        u16,
        st.builds(
            Offer,
            st.none() | u16,
            st.none() | st.integers(0, 14),
            st.booleans(),
            st.none() | st.tuples(u32, u32),
        ),
        st.lists(st.tuples(u32, u32), max_size=1).map(tuple),
        st.lists(st.sampled_from(("seq", "ack"))).map(lambda names: tuple(sorted(set(names), reverse=True))),
        addresses,
        st.none() | st.integers(1, 65_535),
        st.integers(1, 255),
        st.integers(1, 1_000),
        durations,
        st.integers(0, 1_000),
        st.booleans(),
    ).map(lambda move: move._replace(old=move.old and move.of > 0)),
    Start: st.builds(
        lambda side, text: Start(side, text, typed_program_of(text)), sides, st.sampled_from(PROGRAMS)
    ),
    FaultRule: st.sampled_from(FAULTS).map(parse_fault),
    AddBox: st.sampled_from(
        (
            AddBox("router"),
            AddBox("firewall", (("drop", "A DATA 2-"), ("from", "1s"))),
            AddBox("nat", (("address", "2001:db8::1"), ("idle", "5min"))),
        )
    ),
}


def test_there_is_a_strategy_for_every_kind_of_move() -> None:
    assert set(KINDS) == set(get_args(Move))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@FAST
@given(st.data())
def test_every_move_is_read_back_as_it_was_written(kind: type, data: st.DataObject) -> None:
    move = data.draw(KINDS[kind])
    assert parse_moves(moves_text([move])) == [move]


def test_a_segment_without_any_control_bit_is_read_back_too() -> None:
    assert parse_moves(moves_text([Inject("B", 0, 5)])) == [Inject("B", 0, 5)]


@FAST
@given(st.lists(st.one_of(*KINDS.values())))
def test_a_list_of_moves_is_read_back_and_its_text_is_the_shortest_of_its_kind(made: list[Move]) -> None:
    text = moves_text(made)
    assert parse_moves(text) == made
    assert moves_text(parse_moves(text)) == text
    assert not re.search(r"\bs\d* s\d*\b", text), "steps are counted together"
    assert text.isascii()
    assert text.isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("s", [NEXT]),
        ("s3 s", [NEXT] * 4),
        ("l2", [Lose(2)]),
        ("d4+200ms", [Delay(4, 200_000)]),
        ("d4+1.5s", [Delay(4, 1_500_000)]),
        ("u2", [Duplicate(2, COPY_AFTER)]),
        ("u2+50ms", [Duplicate(2, 50_000)]),
        ("r3", [Reorder(3)]),
        ("w20ms", [Wait(20_000)]),
        ("w2min", [Wait(120_000_000)]),
        ("a:connect", [Do("A", "connect")]),
        ("B:send:hello", [Do("B", "send", b"hello")]),
        ("b:send:a%20b:c%00", [Do("B", "send", b"a b:c\0")]),
        ("b:send:%E4%BD%A0", [Do("B", "send", "你".encode())]),
        ("b:listen:2", [Do("B", "listen", backlog=2)]),
        ("b:read:100", [Do("B", "read", octets=100)]),
        ("a:send+urgent:x:y", [Do("A", "send", b"x:y", urgent=True)]),
        (
            "A:[{call='read',times=2},{call='abort'}]",
            [
                Start(
                    "A",
                    "[{call='read',times=2},{call='abort'}]",
                    (Loop(2), ScriptedCall("read"), Again(0), ScriptedCall("abort")),
                )
            ],
        ),
        ("b:bind", [Do("B", "bind")]),
        ("b:bind:233.252.0.1:80", [Do("B", "bind", b"", Socket("233.252.0.1", 80))]),
        ("a:sendto", [Do("A", "sendto")]),
        ("a:sendto:hi", [Do("A", "sendto", b"hi")]),
        ("a:sendto:hi:10.0.0.2:80", [Do("A", "sendto", b"hi", Socket("10.0.0.2", 80))]),
        ("a:sendto::[::1]:80", [Do("A", "sendto", b"", Socket("::1", 80))]),
        ("a:sendto:10%3A30", [Do("A", "sendto", b"10:30")]),
        ("x>b:SYN,ACK:seq=90:ack=1", [Inject("B", SYN | ACK, 90, 1)]),
        ("X>A:fin:seq=4294967295:wnd=5:data=hi%21", [Inject("A", FIN, 0xFFFFFFFF, 0, 5, b"hi!")]),
        (
            "x>b:SYN:seq=1:mss=1460:wscale=7:sack=ok:tsval=5:tsecr=6:ttl=3",
            [Inject("B", SYN, 1, offer=Offer(1460, 7, True, (5, 6)), ttl=3)],
        ),
        (
            "x>b:SYN:seq=1:from=203.0.113.1:1024:to=8080:times=5:every=10ms",
            [Inject("B", SYN, 1, src=Socket("203.0.113.1", 1024), port=8080, times=5, every=10_000)],
        ),
        ("x>b:SYN:seq=1:from=[fe80:abcd::1]:9", [Inject("B", SYN, 1, src=Socket("fe80:abcd::1", 9))]),
        (
            "x>a:ACK,URG:ack=+1:seq=+10:up=3:of=1:data=a:b",
            [Inject("A", ACK | URG, 10, 1, data=b"a:b", up=3, relative=("seq", "ack"), of=1)],
        ),
        ("x>b:ACK:seq=+1:old=2", [Inject("B", ACK, 1, relative=("seq",), of=2, old=True)]),
        (
            "x>a:ACK:seq=1:sack=+1:+9,+20:+30",
            [Inject("A", ACK, 1, sack=((1, 9), (20, 30)), relative=("sack",))],
        ),
        ("lose:B:ACK:2", [parse_fault("lose B ACK 2")]),
        ("delay:A:DATA:by:50ms", [parse_fault("delay A DATA by 50ms")]),
        ("lose:A:ACK:sack=1%3A9", [parse_fault("lose A ACK sack=1:9")]),
    ],
)
def test_a_text_says_these_moves(text: str, expected: list[Move]) -> None:
    assert parse_moves(text) == expected


BAD: dict[str, str] = {
    "q": ALLOWED,
    "²": ALLOWED,
    "s²": ALLOWED,
    "s-1": ALLOWED,
    "w": ALLOWED,
    "l2,l3": ALLOWED,
    "c:connect": ALLOWED,
    "x>c:SYN:seq=1": ALLOWED,
    "s0": f"a number from 1 to {MOST_STEPS}",
    f"s{MOST_STEPS + 1}": f"a number from 1 to {MOST_STEPS}",
    "s5+1s": f"a number from 1 to {MOST_STEPS}",
    "l": "the number of a segment is missing, as in l2",
    "d+5ms": "the number of a segment is missing, as in d2",
    "d2": "by how long is missing, as in d2+200ms",
    "d2+5": "write a number and us, ms, s or min, as in 50ms",
    "d2+-5ms": "write a number and us, ms, s or min, as in 50ms",
    "u2+": ALLOWED,
    "u2+x": "write a number and us, ms, s or min, as in 50ms",
    "w5h": "write a number and us, ms, s or min, as in 50ms",
    "w1441min": "at most one day (1440min)",
    "w" + "9" * 400 + "s": "at most one day (1440min)",
    "l2+5ms": "only d and u take a duration",
    "r2+5ms": "only d and u take a duration",
    "a:listen:x": "'x' is no backlog: a number up to 99999",
    "a:read:0": "'0' is no number of octets: 1 to 1000000",
    "a:read:": "'' is no number of octets: 1 to 1000000",
    "a:read:1000001": "'1000001' is no number of octets: 1 to 1000000",
    "b:listen:": "'' is no backlog: a number up to 99999",
    "a:send+urgent:": "send takes a text",
    "a:read+urgent": "there is no call 'read+urgent', only listen,",
    "a:[": "program: no valid TOML: Invalid value (at end of document)",
    "a:[]": "program: must not be empty",
    "b:{}": "program[1].call: is missing",
    "a:[1]": "program[1]: must be a table",
    "a:['x']": "program[1]: 'x' is unknown; allowed: socket(), setsockopt(),",
    "a:['s=socket()'": "no valid TOML: Unclosed array",
    "a:['close(q)']%0Ax=1": "program: no valid TOML: Expected newline",
    "a:[{loop=['close(s)']}]": "program[1]: goes round without end at one moment",
    "a:[{call='send'}]": "program[1].text: send needs it",
    "a:[{call='send',text='x',octets=4}]": "program[1].octets: only read takes it",
    "b:[{fork=[]}]": "program[1].fork: must not be empty",
    "a:{loop=['c=accept(s)'],x=3}": "program[1].x: is unknown; allowed: loop, times, every, while",
    "a:{fork=['x'],when='soon'}": "program[1].fork[1]: 'x' is unknown",
    "a:open": "only listen, accept, connect, send, read, shutdown, close, abort, bind, sendto, unplug,",
    "a:": "only listen, accept, connect, send, read, shutdown, close, abort, bind, sendto, unplug, plug,",
    "a:send": "as in a:send:hello",
    "a:send:": "as in a:send:hello",
    "a:close:now": "only send and sendto do",
    f"a:send:{'x' * (LONGEST_DATA + 1)}": f"at most {LONGEST_DATA}",
    f"a:sendto:{'x' * (LONGEST_DATA + 1)}": f"at most {LONGEST_DATA}",
    "b:bind:80": "'80' is no socket: write an address and a port, as in 10.0.0.2:80",
    "b:bind:x:10.0.0.2:80": "'x:10.0.0.2:80' is no socket",
    "a:sendto:10:30": "'30' is no socket: write an address and a port",
    "x>b:": "CWR, ECE, URG, ACK, PSH, RST, SYN, FIN",
    "x>b:SIN:seq=1": "CWR, ECE, URG, ACK, PSH, RST, SYN, FIN",
    "x>b:\u017fYN:seq=1": "CWR, ECE, URG, ACK, PSH, RST, SYN, FIN",
    "x>b:F\u0131N:seq=1": "CWR, ECE, URG, ACK, PSH, RST, SYN, FIN",
    "a:send:\udcff": "is no UTF-8 text; write an octet as in %FF, and in quotes as in \\xff",
    "a:send(s,'%ff')": "is no UTF-8 text",
    "a:['exit()']#%ff": "is no UTF-8 text",
    "x>b:SYN:seq=1:data=\udcff": "is no UTF-8 text",
    "\udcff": "is no UTF-8 text",
    "x>b:SYN": "seq=N is missing",
    "x>b:SYN:seq": "'seq' is none of seq=N, ack=N, wnd=N",
    "x>b:SYN:seq=": "'seq=' is none of seq=N, ack=N, wnd=N",
    "x>b:SYN:seq=-1": "'seq=-1' is none of seq=N, ack=N, wnd=N",
    "x>b:SYN:seq=1:win=5": "'win=5' is none of seq=N, ack=N, wnd=N",
    "x>b:SYN:seq=1:wnd=+5": "'wnd=+5' is none of seq=N",
    "x>b:SYN:seq=4294967296": "seq is out of range: 0 to 4294967295",
    "x>b:SYN:seq=" + "9" * 5_000: "seq is out of range: 0 to 4294967295",
    "x>b:SYN:seq=1:wnd=65536": "wnd is out of range: 0 to 65535",
    "x>b:SYN:seq=1:ttl=0": "ttl is out of range: 1 to 255",
    "x>b:SYN:seq=1:times=1001": "times is out of range: 1 to 1000",
    "x>b:SYN:seq=1:wscale=15": "wscale is out of range: 0 to 14",
    "x>b:SYN:seq=1:sack=1": "'1' is neither ok nor blocks",
    "x>b:SYN:seq=1:sack=+1:9": "'+1:9' is neither ok nor blocks",
    "x>b:SYN:seq=1:from=203.0.113.1": "'203.0.113.1' is no socket",
    "x>b:SYN:seq=1:every=soon": "'soon' is no duration",
    "x>b:ACK:seq=1:sack=1:2,3:4,5:6,7:8,9:10": "options of 44 octets are too many",
    "lose": "'' describes nothing that can happen",
    "lose:B:SIN": "'SIN' is no segment",
    "lose:B:ACK:2:by:5ms": "only delay and duplicate take a duration",
    "delay:B:ACK:2": "by how long is missing, as in delay A DATA 2 by 150ms",
    "lose:B:ACK:2:arrives": "a fault is of a segment that leaves",
    "lose:A:enters:TIME-WAIT": "a fault is of a segment that leaves",
    "duplicate:A:DATA:copy": "would duplicate its own copies without end",
    f"x>b:ACK:seq=1:data={'x' * (LONGEST_DATA + 1)}": f"at most {LONGEST_DATA}",
}


@pytest.mark.parametrize("word", BAD, ids=lambda word: word[:24])
def test_an_error_is_one_line_of_bearable_length_and_says_what_is_allowed(word: str) -> None:
    with pytest.raises(BadMove) as error:
        parse_moves(f"s {word} s")
    text = said(error.value)
    assert BAD[word] in text
    assert "\n" not in text
    assert len(text) < 500


def test_blanks_in_the_brackets_of_a_call_or_a_program_end_no_word() -> None:
    assert parse_moves("s a:s = socket() s2") == parse_moves("s a:s=socket() s2")
    assert parse_moves("b:[ {loop = ['c = accept(s)',  'close(c)']} ]\n s") == [
        *parse_moves("b:[{loop=['c%20=%20accept(s)','close(c)']}]"), NEXT,
    ]  # fmt: skip
    assert moves_text(parse_moves("a:send(s, 'a  )') s")) == "a:send(s,'a%20%20)') s"
    assert parse_moves("a:close b:shutdown(s, SHUT_WR)")[0] == Do("A", "close")
    assert parse_moves("a:send:f(x s") == [Do("A", "send", b"f(x"), NEXT]


def test_a_bracket_that_is_not_closed_is_an_error_of_its_word() -> None:
    for text, word in (
        ("a:[ 'x' s", "a:["),
        ("s a:send(s, 'x s", "a:send(s,"),
        ("b:{fork=[] s", "b:{fork=[]"),
    ):
        with refused(BadMove, match=re.escape(f"move {word!r}: ")):
            parse_moves(text)


def test_an_error_names_the_word() -> None:
    for word in BAD:
        if len(word) < 40:
            with refused(BadMove, match=re.escape(f"move {word!r}: ")):
                parse_moves(f"s {word}")


def test_an_error_names_the_beginning_of_a_long_word() -> None:
    for word in (f"a:{'x' * 5_000}", f"x>b:{'x' * 5_000}:seq=1", "l" + "9" * 5_000, "q" * 5_000):
        with refused(BadMove, match=re.escape(f"move '{word[:39]}…': ")) as error:
            parse_moves(f"s {word}")
        assert len(said(error.value)) < 200


@pytest.mark.parametrize(
    ("duration", "allowed"),
    [
        ("9" * 13 + "s", "at most one day (1440min)"),
        ("9" * 5_000 + "s", "at most one day (1440min)"),
        ("x" * 5_000, "write a number and us, ms, s or min, as in 50ms"),
    ],
    ids=["13 digits", "5000 digits", "no digits"],
)
def test_an_error_of_a_duration_is_as_short(duration: str, allowed: str) -> None:
    for form in ("w", "d2+", "u2+"):
        with refused(BadMove, match=r"^move '") as error:
            parse_moves(form + duration)
        assert allowed in said(error.value)
        assert len(said(error.value)) < 250


def test_only_so_many_steps_can_be_asked_for_at_once() -> None:
    assert len(parse_moves(f"s{MOST_STEPS}")) == MOST_STEPS
    with refused(BadMove, match=f"from 1 to {MOST_STEPS}"):
        parse_moves(f"s{MOST_STEPS + 1}")


def test_only_so_many_moves_can_be_asked_for_in_all() -> None:
    most = f"s{MOST_STEPS} " * (MOST_MOVES // MOST_STEPS)
    assert len(parse_moves(most)) == MOST_MOVES
    for more in ("s", "l1", f"s{MOST_STEPS} " * 1_000):
        with refused(BadMove, match=f"too many moves: at most {MOST_MOVES}"):
            parse_moves(most + more)


@pytest.mark.parametrize("steps", [MOST_STEPS, MOST_STEPS + 1, 2 * MOST_STEPS, 2 * MOST_STEPS + 7])
def test_more_steps_than_one_word_may_count_are_read_back_too(steps: int) -> None:
    assert parse_moves(moves_text([NEXT] * steps)) == [NEXT] * steps


def test_the_longest_text_can_be_sent() -> None:
    assert parse_moves("a:send:" + "%00" * LONGEST_DATA) == [Do("A", "send", bytes(LONGEST_DATA))]


@FAST
@given(st.text() | st.text("slduraxb:>+=,%0123456789msSYNACKeqdat ").filter(lambda text: len(text) < 60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    error = "none"
    try:
        made = parse_moves(text)
    except BadMove as caught:
        made = []
        error = said(caught)
    assert len(error.splitlines()) == 1
    assert parse_moves(moves_text(made)) == made


def test_the_table_of_the_module_is_true() -> None:
    words = re.findall(r"``([^`]+)``", (text_of_moves.__doc__ or "").partition("| text |")[2])
    assert len(words) >= 10
    for word in words:
        assert parse_moves(word)
    for word in ALLOWED.split(", "):
        assert parse_moves(word)


# Durations.


@FAST
@given(durations)
def test_a_duration_is_read_back_exactly(microseconds: int) -> None:
    assert parse_duration(exact_duration(microseconds)) == microseconds


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0us"),
        (1, "1us"),
        (1_000, "1ms"),
        (1_500_000, "1500ms"),
        (60_000_000, "1min"),
        (90_000_000, "90s"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_is_exact(microseconds: int, text: str) -> None:
    assert exact_duration(microseconds) == text


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1 s", 1_000_000),
        (" 2ms ", 2_000),
        ("0.5us", 0),
        ("0.0015ms", 2),
        ("1440min", LONGEST),
        ("0.1s", 100_000),
    ],
)
def test_a_duration_may_have_blanks_and_a_point(text: str, microseconds: int) -> None:
    assert parse_duration(text) == microseconds


@pytest.mark.parametrize(
    "text", ["", "5", "ms", "-5ms", "+5ms", "5 h", "5e3ms", ".5s", "5.s", "٥ms", "inf s", "1441min"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with refused(BadDuration, match=r"as in 50ms|at most one day"):
        parse_duration(text)


@given(st.lists(st.one_of(*KINDS.values())))
def test_a_line_is_the_same_moves_with_the_same_text(made: list[Move]) -> None:
    others = {at: move for at, move in enumerate(made) if move != NEXT}
    line = Line(others, len(made))
    assert line_text(line) == moves_text(made)
    assert parse_line(moves_text(made)) == line


def test_a_line_takes_no_longer_for_more_steps() -> None:
    text = "s100000 l2 s100000"
    assert parse_line(text) == Line({100_000: Lose(2)}, 200_001)
    assert line_text(parse_line(text)) == text
    with refused(BadMove, "at most 1000000"):
        parse_line(f"{'s100000 ' * 10}s")
