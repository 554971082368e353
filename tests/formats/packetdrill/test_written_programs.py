"""Runs of programs on sockets as scripts: their own calls, their descriptors, their ports."""

from __future__ import annotations

import re

import pytest

from tcptui import library
from tcptui.core.units import SECOND
from tcptui.formats.packetdrill.socket_calls import Unwritable
from tcptui.formats.packetdrill.writer import packetdrill_script
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.lab.wire import Side
from tests.formats.packetdrill.test_writer import accepted, events
from tests.lab.worlds import scenario
from tests.messages import said

CLIENT = 'A.program = [{ call = "s = socket()", at = "100ms" }, "connect(s)"]\n'
SERVER = 'B.program = ["s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)"]\n'


def script(toml: str, moves: str = "", side: Side = "A") -> str:
    text = packetdrill_script(play(scenario(toml), parse_moves(moves)), side)
    assert accepted(text)
    return text


def of_library(name: str, side: Side, variant: str = "") -> str:
    story = library.find(name)
    return packetdrill_script(play(scenario_of_variant(story, variant) if variant else story), side)


def calls(text: str) -> list[str]:
    """The calls of a script, without their times."""
    return [line.partition(" ")[2] for line in events(text) if ") = " in line]


def test_a_call_that_blocks_stands_where_it_is_made_with_the_time_at_which_it_returns() -> None:
    """The way takes 0.050 s: connect() returns after 0.100 s, accept() 0.250 s after the story's begin."""
    assert events(script(CLIENT + SERVER)) == [
        "0.100 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        "+0.000...0.100 connect(3, ..., ...) = 0",
        "+0.000 > S 0:0(0) <mss 1460>",
        "+0.100 < S. 0:0(0) ack 1 win 65535 <mss 1460>",
        "+0.000 > . 1:1(0) ack 1",
    ]
    assert "+0.000...0.250 accept(3, ..., ...) = 4" in events(script(CLIENT + SERVER, side="B"))


def test_a_time_at_which_a_call_returns_that_is_wrong_fails() -> None:
    text = script(CLIENT + SERVER)
    assert not accepted(text.replace("+0.000...0.100 connect", "+0.000...0.150 connect"))


def test_a_call_that_is_put_off_returns_no_earlier_than_it_is_made() -> None:
    """A call after a timer of the stack that sends nothing waits for the next millisecond."""
    toml = 'A.set = { connect_timeout = "300us" }\nA.program = ["s = socket()", "connect(s)", "connect(s)"]\n'
    connects = [line.split()[0] for line in events(script(toml)) if "connect(" in line]
    assert connects == ["+0.000...0.000300", "+0.001300...0.001300"]


def test_a_call_that_fails_has_its_errno() -> None:
    """Nobody listens."""
    (_, connect) = calls(script(CLIENT))
    assert connect == "connect(3, ..., ...) = -1 ECONNREFUSED"


def test_every_call_is_written_as_packetdrill_writes_it() -> None:
    program = [
        "s = socket()", "setsockopt(s, SO_REUSEADDR, 1)", "setsockopt(s, TCP_NODELAY, 1)",
        "setsockopt(s, SO_LINGER, 0)", "getsockopt(s, SO_LINGER)", "t = dup(s)", "close(s)", "connect(t)",
        "send(t, 'hello')", "write(t, 300)", "send(t, '!', MSG_OOB)", "recv(t, 100, MSG_DONTWAIT)",
        "getsockopt(t, SO_ERROR)", "shutdown(t, SHUT_WR)", "fcntl(t, F_SETFL, O_NONBLOCK)", "read(t, 10)",
        "send(s, 'late')",
    ]  # fmt: skip
    text = script(f"A.program = {program}\n" + SERVER)
    assert calls(text) == [
        "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
        "setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0",
        "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
        "getsockopt(3, SOL_SOCKET, SO_LINGER, [{onoff=1, linger=0}], [4]) = 0",
        "dup(3) = 4",
        "close(3) = 0",
        "connect(4, ..., ...) = 0",
        "send(4, ..., 5, 0) = 5",
        "write(4, ..., 300) = 300",
        "send(4, ..., 1, MSG_OOB) = 1",
        "recv(4, ..., 100, MSG_DONTWAIT) = -1 EAGAIN",
        "getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
        "shutdown(4, SHUT_WR) = 0",
        "fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
        "read(4, ..., 10) = -1 EAGAIN",
        "send(-1, ..., 4, 0) = -1 EBADF",
    ]


def test_another_port_than_the_usual_is_named() -> None:
    toml = 'B.program = ["s = socket()", "bind(s, 81)", "listen(s, 5)", "accept(s)"]\n'
    toml += 'A.program = ["s = socket()", "bind(s, 50000)", "connect(s, 81)"]\n'
    v4 = "sa_family = AF_INET, sin_port = htons"
    assert calls(script(toml))[1:] == [
        f'bind(3, {{{v4}(50000), sin_addr = inet_addr("192.168.0.1")}}, 16) = 0',
        f'connect(3, {{{v4}(81), sin_addr = inet_addr("192.0.2.1")}}, 16) = 0',
    ]
    assert "+0.000 > 50000 > 81 S 0:0(0) <mss 1460>" in events(script(toml))
    v6 = 'A.address = "2001:db8::1"\nB.address = "2001:db8::2"\n'
    assert 'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)' in script(v6 + toml)


def test_several_connections_are_told_apart_by_their_ports_and_have_numbers_of_their_own() -> None:
    lines = events(of_library("echo", "B"))
    assert [line.partition(" ")[2].partition(" win")[0] for line in lines if " S " in line] == [
        "< 49152 > 8000 S 0:0(0)",
        "< 49153 > 8000 S 0:0(0)",
    ]
    assert "--bind_port=8000" in of_library("echo", "B")


def test_of_several_calls_that_block_one_does_so_in_the_script() -> None:
    """Three programs connect, one after the other; the second waits longest."""
    text = of_library("accept-queue", "A")
    assert [line for line in calls(text) if line.startswith(("connect", "getsockopt"))] == [
        "connect(3, ..., ...) = 0",
        "connect(4, ..., ...) = 0",
        "connect(5, ..., ...) = -1 EINPROGRESS",
        "getsockopt(5, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
    ]
    blocking = [line.split()[0] for line in events(text) if "..." in line.split()[0]]
    assert blocking == ["+0.100...0.200", "+0.100...2.200"]


def test_exit_and_kill_are_the_close_calls_that_the_kernel_makes() -> None:
    closes = [
        line.split(maxsplit=1)[1] for line in of_library("restart", "B").splitlines() if "close(" in line
    ]
    assert [" ".join(line.split()) for line in closes] == [
        "close(4) = 0 // FIN-WAIT-1",
        "close(3) = 0 // exit(), CLOSED",
    ]
    assert re.search(r"close\(3\) = 0 +// kill\(\w+\), FIN-WAIT-1", of_library("killed", "A"))


def test_other_hosts_are_other_ports_of_the_peer() -> None:
    text = of_library("syn-flood", "B")
    assert "// Other hosts than the peer are other ports of it here." in text.splitlines()
    syns = [line.split()[2] for line in events(text) if line.split()[1] == "<" and " S " in line]
    assert syns[:6] == ["1024", "1025", "1026", "1027", "1028", "49152"]


def test_what_a_router_or_a_firewall_says_goes_in() -> None:
    text = of_library("closed-port", "A", "a firewall that says so")
    assert "+0.050 < icmp unreachable packet_filtered [0:0(0)]" in events(text)
    assert accepted(text)


@pytest.mark.parametrize(
    ("name", "moves", "side", "says"),
    [
        ("shared-socket", "", "B", "a program forks, and a script is one process"),
        ("echo", "s20 a:abort", "A", "abort is no call of a socket, and the programs here have sockets"),
    ],
)
def test_what_no_script_can_tell(name: str, moves: str, side: Side, says: str) -> None:
    with pytest.raises(Unwritable) as error:
        packetdrill_script(play(library.find(name), parse_moves(moves)), side)
    assert said(error.value) == says


def test_two_calls_that_must_block_at_once_can_not_be_told() -> None:
    """Both send more than there is room for, and B reads neither in time."""
    program = '["s = socket()", "setsockopt(s, SO_SNDBUF, 4000)", "connect(s)", "send(s, 200000)"]'
    toml = f"A.programs = {{ one = {program}, two = {program} }}\n" + SERVER
    story = scenario(toml)._replace(until=10 * SECOND)
    with pytest.raises(Unwritable) as error:
        packetdrill_script(play(story), "A")
    assert said(error.value).startswith("send() blocks while another call does, or without end")
