"""Sockets on one host, its peer played by the test: what blocks and until when, and where FreeBSD differs.

What a program gets from Linux is compared with a real one in `test_sockets_like_linux`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, URG, Segment, Socket, flag_text
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Blocked, Done, Linger
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import How, Request
from tcptui.sockets.semantics import semantics_of

HERE, THERE = Socket("10.0.0.1", 80), Socket("10.0.0.2", 5000)
ISS, IRS = 1000, 7000
SECOND = 1_000_000
PROFILES = {"rfc9293": RFC9293, "linux": LINUX, "freebsd": FREEBSD}

POSIX = {
    "socket", "bind", "listen", "accept", "connect", "read", "write", "shutdown", "close", "dup", "fcntl",
    "setsockopt", "getsockopt", "ioctl", "poll", "fork", "exit",
}  # fmt: skip


def test_every_request_has_the_name_of_the_call_that_it_is() -> None:
    types = [one for one in get_args(Request) if one is not ask.UserCall]
    assert {ask.NAMES[one] for one in types} == POSIX
    assert ask.NAMES.keys() == set(types)
    assert ask.call_name(ask.NewSocket()) == "socket"
    assert ask.call_name(ask.CloseDescriptor(3)) == "close"
    assert {ask.call_name(one) for one in (ask.GetFlags(3), ask.SetFlags(3, True))} == {"fcntl"}
    assert ask.call_name(ask.UserCall(Open(HERE, THERE))) == "open"


class Host:
    """One host with sockets, and a peer that says what it is expected to."""

    def __init__(self, profile: Profile = RFC9293) -> None:
        self.sockets = Sockets(Stack(profile, (ISS,) * 9), HERE.host, semantics_of(profile.stack))
        self.now = 0
        self.port = HERE.port
        self.returned: dict[int, tuple[Done, int]] = {}

    def call(self, request: Request) -> Done | Blocked:
        return self.sockets.call(request, self.now)

    def done(self, request: Request) -> Done:
        """A call that must not block."""
        outcome = self.call(request)
        assert isinstance(outcome, Done), f"{request} blocks"
        return outcome

    def result(self, request: Request) -> int | str:
        """What a call returned: its value, or its errno."""
        done = self.done(request)
        assert (done.value == -1) == bool(done.errno)
        return done.errno or done.value

    def stack_takes(self, buffer: int) -> int:
        """How much a write of a lot takes of a new connection with that SO_SNDBUF: Linux has twice so much
        memory, and fills a whole buffer of it with what half of the peer's window has room for."""
        if self.sockets.stack.profile.stack != "linux":
            return buffer
        mss, first = 536, 10 * 536
        assert 2 * buffer < first + first // mss * 416 + 65_535 // 2, "one buffer behind what goes at once"
        return first + 65_535 // 2 // mss * mss

    def blocks(self, request: Request) -> int:
        """A call that must block: its number."""
        outcome = self.call(request)
        assert isinstance(outcome, Blocked), f"{request} returned {outcome}"
        self.returned.pop(outcome.number, None)
        return outcome.number

    def ended(self, number: int) -> tuple[Done, int] | None:
        """What a call that had blocked has returned, and when; None: it still blocks."""
        self.collect()
        return self.returned.get(number)

    def completed(self, number: int) -> Done | None:
        """What a call that had blocked has returned; None: it still blocks."""
        ended = self.ended(number)
        return ended[0] if ended is not None else None

    def collect(self) -> None:
        for one in self.sockets.take_completed():
            self.returned[one.number] = one.done, self.now

    def receives(self, flags: int, seq: int, ack: int = 0, data: bytes = b"", port: int = THERE.port) -> None:
        """A segment of the peer; `seq` and `ack` count from the initial numbers."""
        src, dst = Socket(THERE.host, port), Socket(HERE.host, self.port)
        self.sockets.arrives(
            Segment(src, dst, IRS + seq, ISS + ack if flags & ACK else 0, flags, 65_535, data), self.now
        )

    def sent(self) -> list[str]:
        """The control bits of what the host has sent since."""
        events = self.sockets.take_events()
        return [flag_text(event.segment.flags) for event in events if isinstance(event, Sent)]

    def wait(self, until: int) -> None:
        while (due := self.sockets.next_deadline()) is not None and due <= until:
            self.now = due
            self.sockets.expire(due)
            self.collect()
        self.now = until

    def opened(self, nonblocking: bool = False) -> int:
        return self.done(ask.NewSocket(nonblocking)).value

    def listener(self, backlog: int = 5) -> int:
        fd = self.opened()
        assert self.result(ask.Bind(fd, HERE)) == 0
        assert self.result(ask.Listen(fd, backlog)) == 0
        return fd

    def handshake(self, port: int = THERE.port) -> None:
        """The peer connects."""
        self.receives(SYN, 0, port=port)
        self.receives(ACK, 1, 1, port=port)
        self.sent()

    def accepted(self) -> int:
        """A socket that the peer has connected to, through a listener that is 3."""
        listener = self.listener()
        self.handshake()
        return self.done(ask.Accept(listener)).value

    def connecting(self, nonblocking: bool = True) -> int:
        fd = self.opened(nonblocking)
        assert self.result(ask.Bind(fd, HERE)) == 0
        if nonblocking:
            assert self.result(ask.Connect(fd, THERE)) == "EINPROGRESS"
        return fd

    def error(self, fd: int) -> object:
        return self.done(ask.GetOption(fd, "SO_ERROR")).answer

    def state(self, fd: int) -> State:
        (state,) = [one.state for one in self.sockets.connections() if fd in one.descriptors] or [
            State.CLOSED
        ]
        return state

    def bits(self, fd: int, events: int) -> object:
        answer = self.done(ask.Poll((ask.Watched(fd, events),), 0)).answer
        assert isinstance(answer, tuple)
        return answer[0]


@pytest.fixture(params=PROFILES)
def host(request: pytest.FixtureRequest) -> Host:
    """A host of each kind."""
    return Host(PROFILES[request.param])


# Descriptors


def test_the_lowest_free_number_is_given(host: Host) -> None:
    assert [host.opened() for _ in range(3)] == [3, 4, 5]
    assert host.result(ask.CloseDescriptor(4)) == 0
    assert host.result(ask.CloseDescriptor(3)) == 0
    assert [host.opened() for _ in range(3)] == [3, 4, 6]


def test_a_descriptor_that_is_none(host: Host) -> None:
    assert host.result(ask.Read(9, 1)) == "EBADF"
    assert host.result(ask.CloseDescriptor(3)) == "EBADF"
    assert host.bits(7, ask.POLLIN) == ask.POLLNVAL


def test_descriptors_run_out(host: Host) -> None:
    for _ in range(1021):
        host.opened()
    assert host.result(ask.NewSocket()) == "EMFILE"


def test_a_duplicate_keeps_the_connection_open(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.Duplicate(fd)) == 5
    assert host.result(ask.CloseDescriptor(fd)) == 0
    assert host.sent() == []
    assert host.result(ask.Write(5, b"abc")) == 3
    assert host.sent() == ["PSH,ACK"]
    assert host.result(ask.CloseDescriptor(5)) == 0
    assert host.sent() == ["FIN,ACK"]


def test_a_descriptor_gets_the_number_that_is_asked_for(host: Host) -> None:
    assert host.result(ask.NewSocket(number=9)) == 9
    assert host.result(ask.NewSocket()) == 3
    listener = host.listener()
    host.handshake()
    assert host.result(ask.Accept(listener, number=20)) == 20
    assert host.result(ask.Duplicate(20, 21)) == 21
    assert host.result(ask.Duplicate(21, 21)) == 21
    assert host.result(ask.CloseDescriptor(21)) == 0
    assert host.result(ask.Write(20, b"abc")) == 3


def test_what_the_number_stood_for_is_closed_first(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.NewSocket(number=fd)) == fd
    assert host.sent() == ["FIN,ACK"]
    assert host.result(ask.Bind(fd, Socket(HERE.host, 81))) == 0, "it is a socket without connection"


# Opening


def test_accept_blocks_until_the_handshake_is_over(host: Host) -> None:
    waiting = host.blocks(ask.Accept(host.listener()))
    host.receives(SYN, 0)
    host.now = 300
    assert host.completed(waiting) is None
    host.receives(ACK, 1, 1)
    assert host.ended(waiting) == (Done(4, answer=THERE), 300)


def test_the_one_that_waited_longest_is_accepted_first(host: Host) -> None:
    listener = host.listener()
    for port in (5001, 5002):
        host.handshake(port)
    answers = [host.done(ask.Accept(listener)).answer for _ in range(2)]
    assert answers == [Socket(THERE.host, 5001), Socket(THERE.host, 5002)]


def test_connect_blocks_until_it_is_connected(host: Host) -> None:
    fd = host.connecting(nonblocking=False)
    waiting = host.blocks(ask.Connect(fd, THERE))
    assert host.sent() == ["SYN"]
    host.now = 70
    host.receives(SYN | ACK, 0, 1)
    assert host.ended(waiting) == (Done(0), 70)
    assert host.result(ask.Connect(fd, THERE)) == "EISCONN"


def test_connect_ends_when_r2_is_reached() -> None:
    """RFC9293 with one retransmission: at 1 s it goes again, at 1 + 2 s it is given up (RFC 6298 5.5)."""
    host = Host(RFC9293._replace(syn_retries=1))
    waiting = host.blocks(ask.Connect(host.connecting(nonblocking=False), THERE))
    host.wait(10 * SECOND)
    assert host.ended(waiting) == (Done(-1, "ETIMEDOUT"), 3 * SECOND)


def test_connect_is_refused(host: Host) -> None:
    waiting = host.blocks(ask.Connect(host.connecting(nonblocking=False), THERE))
    host.receives(RST | ACK, 0, 1)
    assert host.completed(waiting) == Done(-1, "ECONNREFUSED")


def test_so_error_has_the_outcome_of_a_nonblocking_connect(host: Host) -> None:
    fd = host.connecting()
    assert host.result(ask.Connect(fd, THERE)) == "EALREADY"
    assert host.error(fd) == ""
    host.receives(RST | ACK, 0, 1)
    assert host.error(fd) == "ECONNREFUSED"
    assert host.error(fd) == ""


@pytest.mark.parametrize(("kind", "after"), [("linux", "EINPROGRESS"), ("freebsd", "ECONNREFUSED")])
def test_whether_a_socket_can_connect_again(kind: str, after: str) -> None:
    host = Host(PROFILES[kind])
    fd = host.connecting()
    host.receives(RST | ACK, 0, 1)
    assert host.result(ask.Connect(fd, THERE)) == "ECONNREFUSED"
    assert host.result(ask.Connect(fd, THERE)) == after


@pytest.mark.parametrize(("kind", "second"), [("linux", 0), ("freebsd", "EISCONN")])
def test_the_first_connect_after_one_in_the_background(kind: str, second: object) -> None:
    host = Host(PROFILES[kind])
    fd = host.connecting()
    host.receives(SYN | ACK, 0, 1)
    assert host.result(ask.Connect(fd, THERE)) == second
    assert host.result(ask.Connect(fd, THERE)) == "EISCONN"


@pytest.mark.parametrize(("kind", "error"), [("linux", "EHOSTUNREACH"), ("freebsd", "")])
def test_an_unreachable_host_while_it_connects(kind: str, error: str) -> None:
    """RFC 9293 MUST-56: it may pass; Linux gives up the OPEN all the same."""
    host = Host(PROFILES[kind])
    fd = host.connecting()
    host.sockets.error(IcmpError(Unreachable.HOST, HERE, THERE, ISS), host.now)
    assert host.error(fd) == error


def test_the_error_of_icmp_is_the_error_when_it_times_out() -> None:
    host = Host(FREEBSD._replace(connect_timeout=5 * SECOND))
    fd = host.connecting()
    host.sockets.error(IcmpError(Unreachable.NETWORK, HERE, THERE, ISS), host.now)
    host.wait(6 * SECOND)
    assert host.error(fd) == "EHOSTUNREACH"


def test_a_bound_port_is_used(host: Host) -> None:
    fd = host.connecting()
    socket = host.sockets.socket(fd)
    assert socket is not None
    assert (socket.local, socket.remote) == (HERE, THERE)
    (connection,) = host.sockets.connections()
    assert (connection.local, connection.remote) == (HERE, THERE)


def test_an_address_of_another_host(host: Host) -> None:
    assert host.result(ask.Bind(host.opened(), THERE)) == "EADDRNOTAVAIL"


def test_the_wildcard_is_the_hosts_own_address(host: Host) -> None:
    fd = host.opened()
    assert host.result(ask.Bind(fd, Socket("0.0.0.0", 80))) == 0
    assert host.result(ask.Bind(fd, HERE)) == "EINVAL"
    assert host.result(ask.Listen(fd, 1)) == 0
    host.handshake()
    assert host.result(ask.Accept(fd)) == 4


def test_listen_again_changes_the_backlog(host: Host) -> None:
    fd = host.listener(backlog=1)
    assert host.result(ask.Listen(fd, 3)) == 0
    for port in (5001, 5002, 5003):
        host.handshake(port)
    assert [host.result(ask.Accept(fd)) for _ in range(3)] == [4, 5, 6]


@pytest.mark.parametrize(("kind", "expected"), [("linux", "EADDRINUSE"), ("freebsd", 0)])
def test_one_reuse_is_enough_for_freebsd(kind: str, expected: object) -> None:
    """The connection that holds the port was made without SO_REUSEADDR."""
    host = Host(PROFILES[kind])
    host.accepted()
    assert host.result(ask.CloseDescriptor(3)) == 0
    fd = host.opened()
    assert host.result(ask.Bind(fd, HERE)) == "EADDRINUSE"
    assert host.result(ask.SetOption(fd, "SO_REUSEADDR", 1)) == 0
    assert host.result(ask.Bind(fd, HERE)) == expected


def test_time_wait_holds_a_port_for_two_msl() -> None:
    host = Host()
    fd = host.accepted()
    assert host.result(ask.CloseDescriptor(3)) == 0
    assert host.result(ask.CloseDescriptor(fd)) == 0
    host.receives(FIN | ACK, 1, 2)
    for at, expected in ((239 * SECOND, "EADDRINUSE"), (241 * SECOND, 0)):
        host.wait(at)
        assert host.result(ask.Bind(host.opened(), HERE)) == expected


@pytest.mark.parametrize(("kind", "accepts"), [("linux", 4), ("rfc9293", 4), ("freebsd", "ECONNABORTED")])
def test_a_connection_that_was_reset_before_it_was_accepted(kind: str, accepts: object) -> None:
    host = Host(PROFILES[kind])
    fd = host.listener()
    host.handshake()
    host.receives(ACK, 1, 1, b"abc")
    host.wait(host.now + SECOND)  # For the delayed ACK, until which FreeBSD goes by Last.ACK.sent.
    host.receives(RST, 4)
    assert host.result(ask.Accept(fd)) == accepts
    if accepts == 4:
        assert host.done(ask.Read(4, 10)) == Done(3, answer=b"abc")
        assert host.result(ask.Read(4, 10)) == "ECONNRESET"


@pytest.mark.parametrize(("kind", "inherits"), [("linux", False), ("freebsd", True)])
def test_what_an_accepted_socket_has_from_its_listener(kind: str, inherits: bool) -> None:
    host = Host(PROFILES[kind])
    fd = host.listener()
    for option, value in (("SO_KEEPALIVE", 1), ("SO_LINGER", Linger(True, 3)), ("TCP_KEEPIDLE", 9)):
        assert host.result(ask.SetOption(fd, option, value)) == 0
    assert host.result(ask.SetFlags(fd, nonblocking=True)) == 0
    host.handshake()
    child = host.done(ask.Accept(fd)).value
    assert host.done(ask.GetFlags(child)).answer is inherits
    assert host.done(ask.GetOption(child, "SO_KEEPALIVE")).answer
    assert host.done(ask.GetOption(child, "SO_LINGER")).answer == Linger(True, 3)
    assert host.done(ask.GetOption(child, "TCP_KEEPIDLE")).answer == 9


def test_connect_from_the_port_of_a_listener() -> None:
    """Both may be there (RFC 9293 MUST-42): FreeBSD's second socket could not even be bound."""
    host = Host(LINUX)
    fds = [host.opened(nonblocking=True) for _ in range(2)]
    for fd in fds:
        assert host.result(ask.SetOption(fd, "SO_REUSEADDR", 1)) == 0
    for fd in fds:
        assert host.result(ask.Bind(fd, HERE)) == 0
    assert host.result(ask.Listen(fds[0], 1)) == 0
    assert host.result(ask.Connect(fds[1], THERE)) == "EINPROGRESS"
    assert host.sent() == ["SYN"]
    assert [host.state(fd) for fd in fds] == [State.LISTEN, State.SYN_SENT]


def test_a_blocking_connect_waits_for_one_in_the_background() -> None:
    """Linux: __inet_stream_connect() returns EALREADY only where it may not wait."""
    host = Host(LINUX)
    fd = host.connecting()
    assert host.result(ask.SetFlags(fd, nonblocking=False)) == 0
    waiting = host.blocks(ask.Connect(fd, THERE))
    host.receives(SYN | ACK, 0, 1)
    assert host.completed(waiting) == Done(0)


@pytest.mark.parametrize("request_of", [lambda fd: ask.Listen(fd, 1), lambda fd: ask.Connect(fd, THERE)])
def test_a_passive_open_keeps_sockets_from_its_port(request_of: Callable[[int], Request], host: Host) -> None:
    """The core would make that connection active (RFC 9293 3.10.1), which no socket has."""
    fd = host.opened()
    assert host.result(ask.Bind(fd, HERE)) == 0
    assert host.done(ask.UserCall(Open(HERE, passive=True))).value == 0
    assert host.result(request_of(fd)) == "EADDRINUSE"
    assert host.sent() == []


# Reading


def test_read_blocks_until_there_is_data(host: Host) -> None:
    waiting = host.blocks(ask.Read(host.accepted(), 100))
    host.now = 40
    host.receives(ACK, 1, 1, b"hello")
    assert host.ended(waiting) == (Done(5, answer=b"hello"), 40)


def test_read_takes_what_it_asked_for_and_leaves_the_rest(host: Host) -> None:
    fd = host.accepted()
    host.receives(ACK, 1, 1, b"hello")
    assert host.done(ask.Read(fd, 2, peek=True)) == Done(2, answer=b"he")
    assert host.done(ask.Read(fd, 2)) == Done(2, answer=b"he")
    assert host.done(ask.QueueLength(fd)).answer == 3
    assert host.done(ask.Read(fd, 0)) == Done(0, answer=b"")
    assert host.done(ask.Read(fd, 9)) == Done(3, answer=b"llo")
    assert host.result(ask.Read(fd, 9, dont_wait=True)) == "EAGAIN"


def test_wait_all_waits_for_all(host: Host) -> None:
    fd = host.accepted()
    waiting = host.blocks(ask.Read(fd, 6, wait_all=True))
    host.receives(ACK, 1, 1, b"abcd")
    assert host.completed(waiting) is None
    host.receives(ACK, 5, 1, b"efgh")
    assert host.completed(waiting) == Done(6, answer=b"abcdef")
    waiting = host.blocks(ask.Read(fd, 6, wait_all=True))
    host.receives(FIN | ACK, 9, 1)
    assert host.completed(waiting) == Done(2, answer=b"gh")


def test_fin_ends_the_data(host: Host) -> None:
    fd = host.accepted()
    host.receives(FIN | ACK, 1, 1, b"bye")
    assert [host.result(ask.Read(fd, 2)) for _ in range(4)] == [2, 1, 0, 0]


def test_unread_data_outlives_the_connection(host: Host) -> None:
    fd = host.accepted()
    host.receives(ACK, 1, 1, b"abc")
    host.wait(host.now + SECOND)  # For the delayed ACK, until which FreeBSD goes by Last.ACK.sent.
    host.receives(RST, 4)
    assert host.state(fd) is State.CLOSED
    assert [host.result(ask.Read(fd, 2)) for _ in range(4)] == [2, 1, "ECONNRESET", 0]


@pytest.mark.parametrize("state", [State.CLOSING, State.TIME_WAIT, State.LAST_ACK])
def test_unread_data_can_be_read_when_both_have_closed(state: State, host: Host) -> None:
    """The RFC's RECEIVE is refused in these states (3.10.3)."""
    fd = host.accepted()
    if state is State.LAST_ACK:
        host.receives(FIN | ACK, 1, 1, b"abc")
    assert host.result(ask.Shutdown(fd, How.WRITE)) == 0
    if state is not State.LAST_ACK:
        host.receives(FIN | ACK, 1, 2 if state is State.TIME_WAIT else 1, b"abc")
    assert host.state(fd) is state
    assert [host.result(ask.Read(fd, 2)) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize(("kind", "expected"), [("linux", [0, 0]), ("freebsd", ["ECONNRESET", 0])])
def test_a_reset_after_the_fin(kind: str, expected: list[object]) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(FIN | ACK, 1, 1)
    host.receives(RST, 2)
    assert [host.result(ask.Read(fd, 2)) for _ in range(2)] == expected


@pytest.mark.parametrize(("kind", "expected"), [("linux", [3, 4]), ("freebsd", [0, 0])])
def test_data_around_shut_rd(kind: str, expected: list[object]) -> None:
    """FreeBSD discards it, and acknowledges it."""
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(ACK, 1, 1, b"abc")
    assert host.result(ask.Shutdown(fd, How.READ)) == 0
    first = host.result(ask.Read(fd, 3))
    host.receives(ACK, 4, 1, b"defg")
    assert [first, host.result(ask.Read(fd, 9))] == expected
    assert host.state(fd) is State.ESTABLISHED


# Writing


def test_write_blocks_until_there_is_room_for_all() -> None:
    host = Host(RFC9293._replace(send_buffer=100))
    fd = host.accepted()
    waiting = host.blocks(ask.Write(fd, bytes(250)))
    host.receives(ACK, 1, 101)  # 200 have been taken by now.
    assert host.completed(waiting) is None
    host.now = 20
    host.receives(ACK, 1, 151)
    assert host.ended(waiting) == (Done(250), 20)


def test_write_takes_what_there_is_room_for() -> None:
    host = Host(RFC9293._replace(send_buffer=100))
    fd = host.accepted()
    assert host.result(ask.SetFlags(fd, nonblocking=True)) == 0
    assert [host.result(ask.Write(fd, bytes(70))) for _ in range(3)] == [70, 30, "EAGAIN"]
    assert host.done(ask.QueueLength(fd, outbound=True)).answer == 100


def test_so_sndbuf_is_the_room(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_SNDBUF", 4_000)) == 0
    taken = host.result(ask.Write(fd, bytes(90_000), dont_wait=True))
    assert taken == host.stack_takes(4_000)


def test_poll_has_no_pollout_while_the_buffer_is_full(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_SNDBUF", 4_000)) == 0
    poll = ask.Poll((ask.Watched(fd, ask.POLLOUT),), 0)
    assert host.done(poll).answer == (ask.POLLOUT,)
    host.result(ask.Write(fd, bytes(90_000), dont_wait=True))
    assert host.done(poll).answer == (0,)


def test_a_write_that_blocks_is_ended_by_a_reset(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_SNDBUF", 4_000)) == 0
    waiting = host.blocks(ask.Write(fd, bytes(90_000)))
    host.receives(RST, 1)
    assert host.completed(waiting) == Done(host.stack_takes(4_000))


@pytest.mark.parametrize(("kind", "expected"), [("linux", ["EPIPE", "EPIPE"]), ("freebsd", ["ENOTCONN"] * 2)])
def test_a_write_without_connection(kind: str, expected: list[str]) -> None:
    host = Host(PROFILES[kind])
    assert [
        host.result(ask.Write(host.opened(), b"a")),
        host.result(ask.Write(host.listener(), b"a")),
    ] == expected


@pytest.mark.parametrize(("kind", "expected"), [("linux", "EAGAIN"), ("freebsd", "ENOTCONN")])
def test_a_write_while_it_connects(kind: str, expected: str) -> None:
    assert (host := Host(PROFILES[kind])).result(ask.Write(host.connecting(), b"a")) == expected


def test_a_write_that_waits_for_the_connection() -> None:
    host = Host(LINUX)
    fd = host.connecting()
    assert host.result(ask.SetFlags(fd, nonblocking=False)) == 0
    waiting = host.blocks(ask.Write(fd, b"abc"))
    host.receives(SYN | ACK, 0, 1)
    assert host.completed(waiting) == Done(3)
    assert host.sent() == ["SYN", "ACK", "PSH,ACK"]


@pytest.mark.parametrize(
    ("kind", "expected", "error"),
    [("linux", ["ECONNRESET", "EPIPE"], ""), ("freebsd", ["EPIPE", "EPIPE"], "ECONNRESET")],
)
def test_writes_after_a_reset(kind: str, expected: list[str], error: str) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(RST, 1)
    assert [host.result(ask.Write(fd, b"a")) for _ in range(2)] == expected
    assert host.error(fd) == error


def test_no_write_after_shut_wr(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.Shutdown(fd, How.WRITE)) == 0
    assert host.sent() == ["FIN,ACK"]
    assert host.result(ask.Write(fd, b"a")) == "EPIPE"
    host.receives(ACK, 1, 2, b"more")
    assert host.result(ask.Read(fd, 9)) == 4


def test_urgent_data(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.Write(fd, b"abc", urgent=True)) == 3
    assert host.sent() == ["PSH,ACK,URG"]


# Closing


def test_close_is_a_fin(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.CloseDescriptor(fd)) == 0
    assert host.sent() == ["FIN,ACK"]
    assert host.result(ask.Read(fd, 1)) == "EBADF"


@pytest.mark.parametrize(
    ("kind", "said"), [("linux", ["RST,ACK"]), ("rfc9293", ["RST"]), ("freebsd", ["FIN,ACK"])]
)
def test_close_with_unread_data(kind: str, said: list[str]) -> None:
    """RFC 9293 3.6.1, SHLD-3."""
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(ACK, 1, 1, b"abc")
    host.sent()
    assert host.result(ask.CloseDescriptor(fd)) == 0
    assert host.sent() == said


def test_close_with_linger_0_aborts(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_LINGER", Linger(True, 0))) == 0
    assert host.result(ask.Write(fd, b"abc")) == 3
    host.sent()
    assert host.result(ask.CloseDescriptor(fd)) == 0
    (rst,) = host.sent()
    assert rst.startswith("RST")


def test_close_lingers_until_all_is_acknowledged(host: Host) -> None:
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_LINGER", Linger(True, 5))) == 0
    assert host.result(ask.Write(fd, b"abc")) == 3
    waiting = host.blocks(ask.CloseDescriptor(fd))
    assert host.result(ask.Read(fd, 1)) == "EBADF"
    host.now = 100
    host.receives(ACK, 1, 4)
    assert host.completed(waiting) is None
    host.receives(ACK, 1, 5)
    assert host.ended(waiting) == (Done(0), 100)


@pytest.mark.parametrize(("kind", "expected"), [("linux", Done(0)), ("freebsd", Done(-1, "EAGAIN"))])
def test_close_lingers_no_longer_than_so_linger(kind: str, expected: Done) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_LINGER", Linger(True, 5))) == 0
    waiting = host.blocks(ask.CloseDescriptor(fd))
    host.wait(9 * SECOND)
    assert host.ended(waiting) == (expected, 5 * SECOND)


@pytest.mark.parametrize(("kind", "blocks"), [("linux", True), ("freebsd", False)])
def test_whether_a_nonblocking_socket_lingers(kind: str, blocks: bool) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "SO_LINGER", Linger(True, 5))) == 0
    assert host.result(ask.SetFlags(fd, nonblocking=True)) == 0
    assert isinstance(host.call(ask.CloseDescriptor(fd)), Blocked) is blocks


def test_a_call_that_blocks_keeps_the_connection_open(host: Host) -> None:
    fd = host.accepted()
    waiting = host.blocks(ask.Read(fd, 10))
    assert host.result(ask.CloseDescriptor(fd)) == 0
    assert host.sent() == []
    host.receives(ACK, 1, 1, b"abc")
    assert host.completed(waiting) == Done(3, answer=b"abc")
    assert host.sent()[-1] == "FIN,ACK"


def test_a_listener_that_closes_resets_what_waits(host: Host) -> None:
    fd = host.listener()
    host.handshake()
    assert host.result(ask.CloseDescriptor(fd)) == 0
    (rst,) = host.sent()
    assert rst.startswith("RST")


def test_shutdown_without_connection(host: Host) -> None:
    assert host.result(ask.Shutdown(host.opened(), How.BOTH)) == "ENOTCONN"


@pytest.mark.parametrize(("kind", "answer"), [("linux", ["RST"]), ("freebsd", ["ACK"])])
def test_data_after_shut_rdwr(kind: str, answer: list[str]) -> None:
    """RFC 9293 3.6.1, MAY-1 and SHLD-3, by Linux; FreeBSD discards it as long as there is a descriptor."""
    host = Host(PROFILES[kind])
    fd = host.accepted()
    assert host.result(ask.Shutdown(fd, How.BOTH)) == 0
    host.result(ask.SetOption(fd, "TCP_NODELAY", 1))
    host.receives(ACK, 1, 2)
    host.sent()
    host.receives(ACK, 1, 2, b"abc")
    host.wait(SECOND)
    assert host.sent() == answer


def test_shutdown_of_a_socket_that_connects(host: Host) -> None:
    fd = host.connecting()
    assert host.result(ask.Shutdown(fd, How.WRITE)) == 0
    host.sent()
    host.receives(SYN | ACK, 0, 1)
    # FreeBSD's tcp_usrclosed() opens first: the FIN waits for it.
    assert host.sent() == (["FIN,ACK"] if host.sockets.stack.profile.name == "freebsd" else ["RST"])


# Options


def test_getsockopt_returns_what_was_set(host: Host) -> None:
    fd = host.opened()
    for name, value in (("TCP_KEEPINTVL", 7), ("TCP_KEEPCNT", 3), ("TCP_MAXSEG", 500), ("IP_TOS", 16)):
        assert host.result(ask.SetOption(fd, name, value)) == 0
        assert host.done(ask.GetOption(fd, name)).answer == value


@pytest.mark.parametrize(
    ("kind", "name", "on"),
    [("linux", "SO_KEEPALIVE", 1), ("freebsd", "SO_KEEPALIVE", 8), ("freebsd", "TCP_NODELAY", 4)],
)
def test_the_value_of_an_option_that_is_on(kind: str, name: str, on: int) -> None:
    host = Host(PROFILES[kind])
    fd = host.opened()
    for value, expected in ((5, on), (0, 0)):
        assert host.result(ask.SetOption(fd, name, value)) == 0
        assert host.done(ask.GetOption(fd, name)).answer == expected


@pytest.mark.parametrize(
    ("name", "value"), [("TCP_KEEPIDLE", 0), ("TCP_KEEPCNT", 128), ("TCP_MAXSEG", 5), ("IP_TTL", 256)]
)
def test_values_that_are_invalid(name: str, value: int, host: Host) -> None:
    assert host.result(ask.SetOption(host.opened(), name, value)) == "EINVAL"


@pytest.mark.parametrize(("kind", "expected"), [("linux", 20_000), ("freebsd", 10_000), ("rfc9293", 10_000)])
def test_a_buffers_size(kind: str, expected: int) -> None:
    host = Host(PROFILES[kind])
    fd = host.opened()
    assert host.result(ask.SetOption(fd, "SO_RCVBUF", 10_000)) == 0
    assert host.done(ask.GetOption(fd, "SO_RCVBUF")).answer == expected


def test_options_that_freebsd_lacks() -> None:
    host = Host(FREEBSD)
    assert host.result(ask.SetOption(host.opened(), "TCP_USER_TIMEOUT", 1)) == "ENOPROTOOPT"
    assert host.result(ask.GetOption(3, "TCP_LINGER2")) == "ENOPROTOOPT"


def test_unknown_options(host: Host) -> None:
    fd = host.opened()
    for request in (ask.SetOption(fd, "TCP_MD5SIG", 1), ask.GetOption(fd, "TCP_MD5SIG")):
        assert host.result(request) == "ENOPROTOOPT"


def test_keep_alive_is_switched_on_while_connected() -> None:
    host = Host()
    fd = host.accepted()
    for name, value in (("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        assert host.result(ask.SetOption(fd, name, value)) == 0
    host.wait(10 * SECOND)
    assert host.sent() == ["ACK"]
    host.wait(16 * SECOND)
    assert host.error(fd) == "ETIMEDOUT"


def test_a_user_timeout_of_a_running_connection() -> None:
    host = Host()
    fd = host.accepted()
    assert host.result(ask.SetOption(fd, "TCP_USER_TIMEOUT", 2_500)) == 0
    assert host.result(ask.Write(fd, b"abc")) == 3
    host.wait(2 * SECOND)
    assert host.error(fd) == ""
    host.wait(3 * SECOND)
    assert host.error(fd) == "ETIMEDOUT"


def test_tcp_info_of_freebsd() -> None:
    """tcp_fill_info(): numbers of tcp_fsm.h, congestion window and threshold in octets, the MSS with the room
    for options; 65535 << 14 until there is another."""
    host = Host(PROFILES["freebsd"])
    assert host.result(ask.NewSocket()) == 3
    assert host.done(ask.GetOption(3, "TCP_INFO")).answer == {"tcpi_state": 0}
    host = Host(PROFILES["freebsd"])
    fd = host.accepted()
    info = host.done(ask.GetOption(fd, "TCP_INFO")).answer
    assert isinstance(info, dict)
    assert (info["tcpi_state"], info["tcpi_snd_ssthresh"]) == (4, 65_535 << 14)
    assert info["tcpi_snd_cwnd"] == 10 * 536
    assert host.done(ask.GetOption(3, "TCP_INFO")).answer == {"tcpi_state": 1}
    assert host.result(ask.Shutdown(fd, How.WRITE)) == 0
    info = host.done(ask.GetOption(fd, "TCP_INFO")).answer
    assert isinstance(info, dict)
    assert info["tcpi_state"] == 6
    host.receives(FIN | ACK, 1, 2)
    info = host.done(ask.GetOption(fd, "TCP_INFO")).answer
    assert isinstance(info, dict)
    assert info["tcpi_state"] == 10


def test_options_of_freebsd_that_are_refused() -> None:
    """sbreserve(), tcp_ctloutput()."""
    host = Host(PROFILES["freebsd"])
    fd = host.opened()
    for name, value, expected in (
        ("SO_SNDBUF", 0, "EINVAL"), ("SO_SNDBUF", 1_864_136, "ENOBUFS"), ("SO_SNDBUF", 1_864_135, 0),
        ("TCP_MAXSEG", 0, "EINVAL"), ("TCP_MAXSEG", 175, "EINVAL"), ("TCP_MAXSEG", 176, 0),
    ):  # fmt: skip
        assert host.result(ask.SetOption(fd, name, value)) == expected
    assert host.result(ask.SetOption(fd, "TCP_MAXSEG", 177)) == "EINVAL"  # It can only be lessened.


@pytest.mark.parametrize(("kind", "answer"), [("freebsd", "ECONNRESET"), ("linux", 0), ("rfc9293", 0)])
def test_options_of_tcp_once_the_connection_is_deleted(kind: str, answer: object) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(RST, 1)
    assert host.result(ask.GetOption(fd, "TCP_NODELAY")) == answer
    assert host.result(ask.SetOption(fd, "TCP_NODELAY", 1)) == answer
    assert host.result(ask.GetOption(fd, "SO_KEEPALIVE")) == 0


@pytest.mark.parametrize("kind", ["rfc9293", "linux"])
def test_tcp_info(kind: str) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    assert host.result(ask.Write(fd, b"abc")) == 3
    info = host.done(ask.GetOption(fd, "TCP_INFO")).answer
    assert isinstance(info, dict)
    assert (info["tcpi_state"], info["tcpi_unacked"], info["tcpi_retransmits"]) == (1, 1, 0)
    host.wait(host.now + 3 * SECOND)
    info = host.done(ask.GetOption(fd, "TCP_INFO")).answer
    assert isinstance(info, dict)
    assert info["tcpi_retransmits"] >= 1
    assert info["tcpi_snd_cwnd"] == 1  # RFC 5681 3.1: the loss window
    listener = host.done(ask.GetOption(3, "TCP_INFO")).answer
    assert isinstance(listener, dict)
    told = {name: value for name, value in listener.items() if value}
    assert told == {"tcpi_state": 10, "tcpi_sacked": 5, "tcpi_snd_cwnd": 10, "tcpi_reordering": 3}
    assert listener.keys() == info.keys()


# Waiting


def test_poll_waits_for_data_or_its_timeout(host: Host) -> None:
    fd = host.accepted()
    watched = (ask.Watched(fd, ask.POLLIN),)
    waiting = host.blocks(ask.Poll(watched, 2 * SECOND))
    host.wait(3 * SECOND)
    assert host.ended(waiting) == (Done(0, answer=(0,)), 2 * SECOND)
    waiting = host.blocks(ask.Poll(watched, None))
    host.receives(ACK, 1, 1, b"a")
    assert host.completed(waiting) == Done(1, answer=(ask.POLLIN,))


@pytest.mark.parametrize(("inline", "bits"), [(0, 0), (1, ask.POLLIN)])
def test_poll_of_an_urgent_octet_that_is_alone(inline: int, bits: int) -> None:
    """tcp_poll(): without SO_OOBINLINE a read leaves it out, so that there is nothing to read."""
    host = Host(PROFILES["linux"])
    fd = host.accepted()
    host.result(ask.SetOption(fd, "SO_OOBINLINE", inline))
    src, dst = Socket(THERE.host, THERE.port), Socket(HERE.host, host.port)
    urgent = Segment(src, dst, IRS + 1, ISS + 1, ACK | URG, 65_535, b"!", up=1)
    host.sockets.arrives(urgent, host.now)
    done = host.sockets.call(ask.Poll((ask.Watched(fd, ask.POLLIN),), 0), host.now)
    assert isinstance(done, Done)
    assert done.answer == (bits,)


@pytest.mark.parametrize(
    ("seq", "data", "up", "told"),
    [
        (1, b"ab", 2, True),
        (1, b"ab", 3, False),  # The octet has the number of the FIN, or is still to come.
        (9, b"ab", 2, True),  # Ahead of its turn.
        (9, b"ab", 3, False),
    ],
)
@pytest.mark.parametrize("fin", [False, True])
def test_poll_tells_of_an_urgent_octet_once_it_has_come(
    seq: int, data: bytes, up: int, told: bool, fin: bool
) -> None:
    """tcp_urg() takes it from the segment, in whatever order that comes; tcp_poll(): TCP_URG_VALID."""
    host = Host(PROFILES["linux"])
    fd = host.accepted()
    src, dst = Socket(THERE.host, THERE.port), Socket(HERE.host, host.port)
    host.sockets.arrives(Segment(src, dst, IRS + seq, ISS + 1, ACK | URG, 65_535, data, up=up), host.now)
    if fin:
        host.receives(ACK | FIN, seq + len(data))
    assert host.bits(fd, ask.POLLPRI) == (ask.POLLPRI if told else 0)


@pytest.mark.parametrize(
    ("kind", "bits"),
    [
        ("linux", ask.POLLIN | ask.POLLOUT | ask.POLLERR | ask.POLLHUP),
        ("freebsd", ask.POLLIN | ask.POLLOUT | ask.POLLHUP),
    ],
)
def test_poll_after_a_reset(kind: str, bits: int) -> None:
    host = Host(PROFILES[kind])
    fd = host.accepted()
    host.receives(RST, 1)
    assert host.bits(fd, ask.POLLIN | ask.POLLOUT) == bits


def test_poll_passes_over_a_negative_descriptor(host: Host) -> None:
    """POSIX: revents is 0."""
    assert host.bits(-1, ask.POLLIN) == 0


def test_poll_of_a_listener(host: Host) -> None:
    fd = host.listener()
    assert host.bits(fd, ask.POLLIN) == 0
    host.handshake()
    assert host.bits(fd, ask.POLLIN) == ask.POLLIN


def test_a_released_socket_is_removed(host: Host) -> None:
    fd = host.accepted()
    assert len(host.sockets.table.sockets) == 2
    assert host.result(ask.CloseDescriptor(3)) == 0
    host.receives(RST, 1)
    assert host.result(ask.CloseDescriptor(fd)) == 0
    assert host.sockets.table.sockets == {}
    assert host.sockets.connections() == []
