"""Socket calls as they are written: read, written back, and what came of them."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import Socket
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.calls import (
    FUNCTIONS,
    BadCall,
    Name,
    SocketCall,
    Text,
    filler,
    parse_call,
    request_of,
    result_text,
)
from tcptui.sockets.answers import Blocked, Done, Linger
from tcptui.sockets.requests import (
    Accept,
    Bind,
    CloseDescriptor,
    Connect,
    Duplicate,
    Exit,
    GetOption,
    How,
    Listen,
    NewSocket,
    Read,
    Request,
    SetFlags,
    SetOption,
    Shutdown,
    Write,
)

OWN, PEER = Socket("10.0.0.1", 5000), Socket("10.0.0.2", 80)
NAMES: dict[str, int | bytes] = {"s": 3, "c": 4, "d": b"data"}

REQUESTS: dict[str, Request] = {
    "s = socket()": NewSocket(),
    "s = socket(SOCK_NONBLOCK)": NewSocket(nonblocking=True),
    "bind(s)": Bind(3, OWN),
    "bind(s, 80)": Bind(3, Socket(OWN.host, 80)),
    "bind(s, 0)": Bind(3, Socket(OWN.host, 0)),
    "bind(s, '10.0.0.9:7')": Bind(3, Socket("10.0.0.9", 7)),
    "listen(s, 5)": Listen(3, 5),
    "c = accept(s)": Accept(3),
    "accept(s, SOCK_NONBLOCK)": Accept(3, nonblocking=True),
    "connect(s)": Connect(3, PEER),
    "connect(s, 8080)": Connect(3, Socket(PEER.host, 8080)),
    "connect(7)": Connect(7, PEER),
    "send(s, 'hi')": Write(3, b"hi"),
    "send(s, 'hi ' + d + '!')": Write(3, b"hi data!"),
    "send(s, d)": Write(3, b"data"),
    "send(s, 30)": Write(3, b"abcdefghijklmnopqrstuvwxyzabcd"),
    "send(s, '!', MSG_OOB)": Write(3, b"!", urgent=True),
    "write(s, '!', MSG_OOB|MSG_DONTWAIT)": Write(3, b"!", dont_wait=True, urgent=True),
    "d = recv(s, 99)": Read(3, 99),
    "read(s, 99, MSG_PEEK)": Read(3, 99, peek=True),
    "recv(s, 99, MSG_WAITALL)": Read(3, 99, wait_all=True),
    "recv(s, 99, MSG_DONTWAIT)": Read(3, 99, dont_wait=True),
    "shutdown(s, SHUT_WR)": Shutdown(3, How.WRITE),
    "close(c)": CloseDescriptor(4),
    "t = dup(s)": Duplicate(3),
    "fcntl(s, F_SETFL, O_NONBLOCK)": SetFlags(3, True),
    "fcntl(s, F_SETFL, 0)": SetFlags(3, False),
    "setsockopt(s, SO_REUSEADDR, 1)": SetOption(3, "SO_REUSEADDR", 1),
    "setsockopt(s, SO_LINGER, 0)": SetOption(3, "SO_LINGER", Linger(True, 0)),
    "setsockopt(s, SO_LINGER, -1)": SetOption(3, "SO_LINGER", Linger(False, 0)),
    "getsockopt(s, SO_ERROR)": GetOption(3, "SO_ERROR"),
    "exit()": Exit(),
}


@pytest.mark.parametrize("text", REQUESTS)
def test_a_call_is_read_written_back_and_makes_its_request(text: str) -> None:
    call = parse_call(text)
    assert str(call) == text
    assert parse_call(call.text("")) == call
    assert " " not in call.text("") or "' " in text or " '" in text
    assert request_of(call, NAMES, OWN, PEER) == REQUESTS[text]


def test_every_function_shows_how_it_is_written() -> None:
    for function in FUNCTIONS.values():
        first = function.usage.split(", with")[0].split(" or ")[0].split("), ")[0]
        parse_call(first if first.endswith(")") else f"{first})")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"send(s, 'a\nb\t\\\'\"')", b"a\nb\t\\'\""),
        (r"send(s, '\x00\xff')", b"\x00\xff"),
        ('send(s, "it\'s")', b"it's"),
        ("send(s, 'größer 你')", "größer 你".encode()),
        ("send(s, '')", b""),
    ],
)
def test_a_text_may_have_any_octets(text: str, data: bytes) -> None:
    call = parse_call(text)
    assert request_of(call, NAMES, OWN, PEER) == Write(3, data)
    assert parse_call(str(call)) == call


WRONG = {
    "": "is no call",
    "s": "is no call",
    "socket": "is no call",
    "socket(": "is no call",
    "s = 3": "is no call",
    "send(s, 'x'": "is no call",
    "send(s, 'x": "is no call",
    "close(s) close(s)": "is no call",
    "send(s 'x')": "is no call",
    "send(s, 4 + 4)": "is no call",
    "s = close(s)": "close() returns nothing to note",
    "frobnicate(s)": "there is no call 'frobnicate'; allowed: socket, setsockopt",
    "send(s)": "send(s): write send(s, 'text')",
    "close('s')": "close('s'): write close(s)",
    "listen(s)": "write listen(s, 5)",
    "recv(s, 'x')": "write d = recv(s, 1024)",
    "send(s, 'x', MSG_FOO)": "MSG_FOO is none of MSG_OOB",
    "shutdown(s, SHUT_WR|SHUT_RD)": "write shutdown(s, SHUT_WR)",
    "setsockopt(s, SO_FOO, 1)": "SO_FOO is none of",
    "setsockopt(s, SO_ERROR, 1)": "SO_ERROR is none of",
    "bind(s, 70000)": "allowed is 0 to 65535",
    "bind(s, 'here')": "'here' is no socket",
    "send(s, 2000000)": "allowed is 0 to 1000000",
    r"send(s, '\q')": r"\q is no escape",
    "kill(1)": "write kill(web)",
    "send(s, '" + "x" * 70_000 + "')": "more than 70000 characters",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: str(text)[:30])
def test_what_is_no_call_is_told_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadCall) as raised:
        parse_call(text)
    assert WRONG[text] in text_of(raised.value.message)


def test_a_name_must_stand_for_something_and_a_descriptor_is_no_data() -> None:
    for text, names, why in (
        ("close(q)", NAMES, "q stands for nothing yet"),
        ("close(d)", NAMES, "write close(s)"),
    ):
        with pytest.raises(BadCall) as raised:
            request_of(parse_call(text), names, OWN, PEER)
        assert why in text_of(raised.value.message)


@pytest.mark.parametrize(
    ("text", "done", "told"),
    [
        ("s = socket()", Done(3), "socket() = 3"),
        ("connect(s)", Done(-1, "ECONNREFUSED"), "connect(s) = -1 ECONNREFUSED"),
        ("d = recv(c, 99)", Done(2, answer=b"hi"), "recv(c, 'hi', 99) = 2"),
        ("d = recv(c, 99)", Done(0, answer=b""), "recv(c, '', 99) = 0"),
        ("d = recv(c, 99)", Done(-1, "EAGAIN"), "recv(c, 99) = -1 EAGAIN"),
        ("recv(c, 99)", Done(40, answer=b"x" * 40), f"recv(c, '{'x' * 32}'..., 99) = 40"),
        ("c = accept(s)", Blocked(1), "accept(s) ..."),
        ("getsockopt(s, SO_ERROR)", Done(0, answer="EPIPE"), "getsockopt(s, SO_ERROR, EPIPE) = 0"),
        ("getsockopt(s, SO_LINGER)", Done(0, answer=Linger(True, 5)), "getsockopt(s, SO_LINGER, 5) = 0"),
    ],
)
def test_a_result_is_told_as_strace_tells_it(text: str, done: Done | Blocked, told: str) -> None:
    assert result_text(parse_call(text), done) == told


def test_a_result_has_the_data_in_the_place_of_its_names() -> None:
    call = parse_call("send(c, 'hello ' + d)").resolved(NAMES)
    assert result_text(call, Done(10)) == "send(c, 'hello data') = 10"
    assert parse_call("send(c, d + s)").resolved(NAMES) == parse_call("send(c, d + s)")


def test_a_call_knows_the_variables_that_it_reads() -> None:
    assert parse_call("send(c, d + 'x')").uses == ("c", "d")
    assert parse_call("kill(web)").uses == ()
    assert SocketCall("send", (Name("c"), Text((b"x",)))).uses == ("c",)


def test_data_by_its_size_is_text_of_that_size() -> None:
    assert len(filler(4000)) == 4000
    assert filler(28) == b"abcdefghijklmnopqrstuvwxyzab"
    assert filler(0) == b""
