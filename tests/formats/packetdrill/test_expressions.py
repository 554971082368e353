"""Arguments: every form becomes its own kind of expression. The types count, so reprs are compared."""

from __future__ import annotations

import pytest

from tcptui.formats.packetdrill.syntax import (
    Applied,
    Array,
    BitOr,
    Expression,
    Field,
    Mark,
    Name,
    Number,
    Prefixed,
    String,
    Struct,
)
from tests.formats.packetdrill.scripts import argument, call

DOTS = Mark.NOT_GIVEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", Number(5)),
        ("-1", Number(-1)),
        ("- 1", Number(-1)),
        ("0x1F", Number(31)),
        ("010", Number(10)),
        ("18446744073709551615", Number((1 << 64) - 1)),
        ("...", DOTS),
        ("AF_INET", Name("AF_INET")),
        ("A|B | 1", BitOr((Name("A"), Name("B"), Number(1)))),
        ("(A|B)", BitOr((Name("A"), Name("B")))),
        ("~A", Prefixed("~", Name("A"))),
        ("&sin6_addr", Prefixed("&", Name("sin6_addr"))),
        ("-A", Prefixed("-", Name("A"))),
        ("[]", Array(())),
        ("[1]", Array((Number(1),))),
        ("[1, ..., [A]]", Array((Number(1), DOTS, Array((Name("A"),))))),
        ("{}", Struct(())),
        ("{..., 1000}", Struct((Field(None, DOTS), Field(None, Number(1000))))),
        ("htons(8080)", Applied("htons", (Number(8080),))),
        ("now()", Applied("now", ())),
        ('"abc"', String(b"abc")),
        ('"abc"...', String(b"abc", True)),
        ('""', String(b"")),
    ],
)
def test_expressions(text: str, expected: Expression) -> None:
    assert repr(argument(text)) == repr(expected)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (r"a\nb\t\r\0", b"a\nb\t\r\x00"),
        (r"\x41\x4a\xfF", b"AJ\xff"),
        (r"\101\1018", b"AA8"),
        (r"\\n\"\'", b"\\n\"'"),
        ("é", b"\xc3\xa9"),
        ("a // b /* c */ # d `e`", b"a // b /* c */ # d `e`"),
    ],
)
def test_the_octets_of_a_string(text: str, octets: bytes) -> None:
    assert argument(f'"{text}"') == String(octets)


def test_a_socket_address() -> None:
    text = '{sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.168.0.1")}'
    assert repr(argument(text)) == repr(
        Struct(
            (
                Field("sa_family", Name("AF_INET")),
                Field("sin_port", Applied("htons", (Number(8080),))),
                Field("sin_addr", Applied("inet_addr", (String(b"192.168.0.1"),))),
            )
        )
    )


def test_a_socket_address_of_ipv6() -> None:
    address = argument('{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}')
    assert isinstance(address, Struct)
    pton = Applied("inet_pton", (Name("AF_INET6"), String(b"::1"), Prefixed("&", Name("sin6_addr"))))
    assert repr(address.fields[2]) == repr(Field(None, pton))


def test_a_message_header() -> None:
    text = """{msg_name(...)=..., msg_iov(2)=[{..., 1000}, {"ab", 2}], msg_flags=MSG_EOR|0,
        msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=3000}]}"""
    header = argument(text)
    assert isinstance(header, Struct)
    blocks = Array(
        (
            Struct((Field(None, DOTS), Field(None, Number(1000)))),
            Struct((Field(None, String(b"ab")), Field(None, Number(2)))),
        )
    )
    control = Struct(
        (
            Field("cmsg_level", Name("SOL_TCP")),
            Field("cmsg_type", Name("TCP_CM_INQ")),
            Field("cmsg_data", Number(3000)),
        )
    )
    assert repr(header.fields) == repr(
        (
            Field("msg_name", DOTS, DOTS),
            Field("msg_iov", blocks, Number(2)),
            Field("msg_flags", BitOr((Name("MSG_EOR"), Number(0)))),
            Field("msg_control", Array((control,))),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1",
        "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
        "epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, fd=4}) = 0",
        "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0",
        'setsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="freebsd", pcbcnt=0}, 36) = 0',
        'getsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="rack", pcbcnt=...}, [36]) = 0',
        'setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "newreno", 8) = 0',
        "pipe([5, 6]) = 0",
        "ioctl(4, SIOCINQ, [2000]) = 0",
        "getsockopt(4, SOL_TCP, TCP_INFO, ..., ...) = 0",
        "accept4(3, ..., ..., SOCK_NONBLOCK|SOCK_CLOEXEC) = 4",
        "sendto(3, ..., 500, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)",
        "writev(4, [{..., 100}, {..., 200}], 2) = 300",
        "recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{...,0}], msg_flags=MSG_ERRQUEUE, msg_control=["
        "{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=0,scm_nsec=10000000}},"
        "{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={ee_errno=ENOMSG,"
        "ee_origin=SO_EE_ORIGIN_TIMESTAMPING,ee_type=0,ee_code=0,ee_info=SCM_TSTAMP_SCHED,ee_data=0}}"
        "]}, MSG_ERRQUEUE) = 0",
    ],
)
def test_calls_of_many_kinds(text: str) -> None:
    one = call(text)
    assert one.name == text[: text.index("(")]
    assert one.result == Number(int(text.rpartition(" = ")[2].split()[0]))
