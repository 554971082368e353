"""Sockets as values: a copy is independent, equal until it is driven differently, and has a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcptui.core.events import Delivered, Response, Returned, Sent
from tcptui.core.packet.segment import RST, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.settings import NO_SETTINGS
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Blocked, Done, Linger
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import Completed, How
from tcptui.sockets.semantics import semantics_of

A, B = "10.0.0.1", "10.0.0.2"
SERVER, OTHER = Socket(B, 80), Socket(B, 81)
SECOND = 1_000_000
PROFILES = {"rfc9293": RFC9293, "linux": LINUX, "freebsd": FREEBSD}


def host(address: str, profile: Profile = LINUX) -> Sockets:
    return Sockets(Stack(profile, secret=address.encode()), address, semantics_of(profile.stack))


class Pair:
    """Two hosts, and what is on its way to each."""

    def __init__(self, profile: Profile = LINUX) -> None:
        self.hosts = [host(A, profile), host(B, profile)]
        self.wire: list[list[Segment]] = [[], []]
        self.now = 0

    def copy(self) -> Pair:
        copy = Pair.__new__(Pair)
        copy.hosts = [one.copy() for one in self.hosts]
        copy.wire = [segments.copy() for segments in self.wire]
        copy.now = self.now
        return copy

    def call(self, at: int, request: ask.Request) -> Done | Blocked:
        outcome = self.hosts[at].call(request, self.now)
        self.collect()
        return outcome

    def value(self, at: int, request: ask.Request) -> int:
        outcome = self.call(at, request)
        assert isinstance(outcome, Done), request
        assert not outcome.errno, outcome
        return outcome.value

    def blocks(self, at: int, request: ask.Request) -> int:
        outcome = self.call(at, request)
        assert isinstance(outcome, Blocked), outcome
        return outcome.number

    def collect(self) -> None:
        for at, one in enumerate(self.hosts):
            self.wire[1 - at] += [event.segment for event in one.take_events() if isinstance(event, Sent)]

    def deliver(self) -> None:
        """Carries segments until none is left."""
        while any(self.wire):
            for at, segments in enumerate(self.wire):
                self.wire[at] = []
                for segment in segments:
                    self.hosts[at].arrives(segment, self.now)
            self.collect()

    def step(self, at: int, lose: bool = False) -> None:
        """The next segment to one of them arrives, or is lost."""
        if self.wire[at]:
            segment = self.wire[at].pop(0)
            if not lose:
                self.hosts[at].arrives(segment, self.now)
            self.collect()

    def expire(self, longest: int = 1000 * SECOND) -> None:
        """To the next deadline."""
        due = [one.next_deadline() for one in self.hosts]
        at = min((one for one in due if one is not None), default=None)
        if at is not None and at - self.now <= longest:
            self.now = max(self.now, at)
            for one, when in zip(self.hosts, due, strict=True):
                if when is not None and when <= self.now:
                    one.expire(self.now)
            self.collect()

    def listener(self, at: int = 1, address: Socket = SERVER) -> int:
        fd = self.value(at, ask.NewSocket())
        self.value(at, ask.Bind(fd, address))
        self.value(at, ask.Listen(fd, 5))
        return fd

    def connected(self, to: Socket = SERVER, listener: int = 3) -> tuple[int, int]:
        """A's and B's descriptors of a connection."""
        fd = self.value(0, ask.NewSocket(nonblocking=True))
        self.call(0, ask.Connect(fd, to))
        self.deliver()
        self.value(0, ask.SetFlags(fd, False))
        return fd, self.value(1, ask.Accept(listener))


class Calls(NamedTuple):
    """The numbers of A's blocked calls."""

    connect: int
    read: int
    write: int
    close: int
    poll: int
    accept: int


def blocked() -> tuple[Pair, Calls, int]:
    """A has one of each call blocked; B's end of the connection that is read and polled."""
    pair = Pair(LINUX._replace(send_buffer=4_000))
    pair.listener()
    reader, peer = pair.connected()
    writer, _ = pair.connected()
    closer, _ = pair.connected()
    own = pair.listener(0, Socket(A, 90))
    pair.value(0, ask.SetOption(closer, "SO_LINGER", Linger(True, 5)))
    connecting = pair.value(0, ask.NewSocket())
    made = Calls(
        pair.blocks(0, ask.Connect(connecting, SERVER)),
        pair.blocks(0, ask.Read(reader, 9, wait_all=True)),
        pair.blocks(0, ask.Write(writer, bytes(100_000))),
        pair.blocks(0, ask.CloseDescriptor(closer)),
        pair.blocks(0, ask.Poll((ask.Watched(own, ask.POLLIN),), 2 * SECOND)),
        pair.blocks(0, ask.Accept(own)),
    )
    return pair, made, peer


def with_sockets() -> Pair:
    """A has a connection (3), and a socket of which nothing is known yet (4)."""
    pair = Pair()
    pair.listener()
    pair.connected()
    pair.value(0, ask.NewSocket())
    return pair


TABLE_CHANGES: dict[str, ask.Request] = {
    "socket()": ask.NewSocket(),
    "dup()": ask.Duplicate(3),
    "close()": ask.CloseDescriptor(4),
    "close() of a connection": ask.CloseDescriptor(3),
    "connect()": ask.Connect(4, SERVER),
    "read() that blocks": ask.Read(3, 9),
    "poll() that blocks": ask.Poll((), 5),
    "exit()": ask.Exit(),
}


def table_of(pair: Pair) -> tuple[object, ...]:
    table = pair.hosts[0].table
    return table.values(), dict(table.owners)


@pytest.mark.parametrize("side", [0, 1], ids=["the original changes", "the copy changes"])
@pytest.mark.parametrize("build", [Pair, with_sockets])
@pytest.mark.parametrize("what", TABLE_CHANGES)
def test_descriptors_and_sockets_come_and_go_in_a_copy_and_its_original_apart(
    what: str, build: Callable[[], Pair], side: int
) -> None:
    """Both tables are one until one of them changes."""
    pair = build()
    both = pair, pair.copy()
    both[side].call(0, TABLE_CHANGES[what])
    both[side].deliver()
    both[side].expire()
    assert table_of(both[1 - side]) == table_of(build())
    assert table_of(both[side].copy()) == table_of(both[side])
    if build is with_sockets:
        assert table_of(both[side]) != table_of(build())


def test_a_copy_and_the_original_go_different_ways() -> None:
    pair, made, peer = blocked()
    copy = pair.copy()
    before = pair.hosts[0].values()
    assert copy.hosts == pair.hosts

    # In the copy everything arrives, and each call returns.
    copy.value(1, ask.Write(peer, b"123456789"))
    client = copy.value(1, ask.NewSocket(nonblocking=True))
    copy.call(1, ask.Connect(client, Socket(A, 90)))
    copy.deliver()
    copy.expire()  # Linux delays the ACK of a FIN with no data before it.
    copy.deliver()
    completed = {one.number: one.done for one in copy.hosts[0].take_completed()}
    assert completed[made.connect] == Done(0)
    assert completed[made.read] == Done(9, answer=b"123456789")
    assert completed[made.close] == Done(0)
    assert completed[made.poll] == Done(1, answer=(ask.POLLIN,))
    assert completed[made.accept].answer == Socket(B, 49_152)
    assert made.write not in completed  # The peer does not read: its window is full.

    # Nothing of that has happened to the original, where nothing arrives.
    assert pair.hosts[0].values() == before
    assert pair.hosts[0].take_completed() == ()
    pair.wire = [[], []]
    while pair.now < 2 * SECOND:
        pair.expire()
        pair.wire = [[], []]
    (poll,) = pair.hosts[0].take_completed()
    assert poll[::2] == (made.poll, Done(0, answer=(0,)))
    while pair.now < 5 * SECOND:
        pair.expire()
        pair.wire = [[], []]
    (close,) = pair.hosts[0].take_completed()
    assert close[::2] == (made.close, Done(0))
    assert pair.hosts[0] != copy.hosts[0]
    check_table(pair)
    check_table(copy)


def test_events_that_were_not_taken_are_copied() -> None:
    one = host(A)
    one.call(ask.UserCall(calls.Open(SERVER, passive=True)), 0)
    copy = one.copy()
    copy.call(ask.UserCall(calls.Abort(1)), 0)
    events, more = one.take_events(), copy.take_events()
    assert Returned(1, "OPEN", Response.OK) in events
    assert more[: len(events)] == events
    assert Returned(1, "ABORT", Response.OK) in more[len(events) :]


def test_each_blocked_call_can_be_completed_alone() -> None:
    """Of one branch each: the others still block."""
    pair, made, peer = blocked()
    read = pair.copy()
    read.wire = [[], []]
    read.value(1, ask.Write(peer, b"123456789"))
    read.step(0)
    assert [one.number for one in read.hosts[0].take_completed()] == [made.read]
    accept = pair.copy()
    accept.wire = [[], []]
    client = accept.value(1, ask.NewSocket(nonblocking=True))
    accept.call(1, ask.Connect(client, Socket(A, 90)))
    accept.deliver()
    assert {one.number for one in accept.hosts[0].take_completed()} == {made.accept, made.poll}
    assert len(pair.hosts[0].table.blocked) == len(made)


def test_a_key_counts_times_from_now() -> None:
    """The same call, made later, is the same state; one that has waited is another."""

    def waits(at: int, timeout: int) -> Sockets:
        one = host(A)
        one.call(ask.Poll((), timeout), at)
        return one

    first, second = waits(0, 5), waits(7, 5)
    assert first != second
    assert first.key(0) == second.key(7)
    assert first.key(1) != second.key(7)
    assert hash(first.key(0)) == hash(second.key(7))


def test_numbers_are_used_again() -> None:
    """A connection that comes and goes leaves nothing behind in the table."""
    pair = Pair()
    listener = pair.listener()
    before = pair.hosts[1].table.values()
    for _ in range(3):
        fd, peer = pair.connected()
        pair.value(0, ask.SetOption(fd, "SO_LINGER", Linger(True, 0)))
        pair.value(0, ask.CloseDescriptor(fd))
        pair.deliver()
        pair.value(1, ask.CloseDescriptor(peer))
    assert pair.hosts[1].table.values() == before
    assert pair.hosts[0].table.sockets == {}
    first = pair.blocks(1, ask.Accept(listener))
    second = pair.blocks(1, ask.Accept(listener))
    assert (first, second) == (1, 2)


def test_a_number_is_not_used_again_before_its_call_was_taken() -> None:
    one = host(A)
    assert one.call(ask.Poll((), 5), 0) == Blocked(1)
    one.expire(5)
    assert one.call(ask.Poll((), 5), 5) == Blocked(2)
    assert one.take_completed() == (Completed(1, ask.Poll((), 5), Done(0, answer=())),)
    assert one.call(ask.Poll((), 5), 5) == Blocked(1)


# The user calls of RFC 9293


def test_a_passive_open_that_becomes_the_connection() -> None:
    """Figure 6: no listener stays, and nobody has a descriptor."""
    a, b = host(A, RFC9293), host(B, RFC9293)
    opened = b.call(ask.UserCall(calls.Open(SERVER, passive=True)), 0)
    assert opened == Done(0, answer=Returned(1, "OPEN", Response.OK))
    a.call(ask.UserCall(calls.Open(Socket(A, 5000), SERVER)), 0)
    _carry(a, b)
    assert [(one.state, one.socket, one.descriptors) for one in b.connections()] == [
        (State.ESTABLISHED, 0, ())
    ]
    assert b.table.sockets == {}
    received = b.call(ask.UserCall(calls.Receive(1, 9)), 1)
    assert received == Done(0, answer=Returned(1, "RECEIVE", Response.QUEUED))
    a.call(ask.UserCall(calls.Send(1, b"abc")), 1)
    assert Delivered(1, b"abc") in _carry(a, b, now=1)[1]


def test_a_user_call_that_is_refused() -> None:
    refused = host(A).call(ask.UserCall(calls.Send(7, b"a")), 0)
    assert refused == Done(-1, answer=Returned(7, "SEND", Response.NO_CONNECTION))


def test_the_host_has_both_kinds_of_connections() -> None:
    pair = Pair()
    listener = pair.listener()
    pair.connected()
    pair.value(1, ask.UserCall(calls.Open(OTHER, passive=True)))
    states = [(one.state, one.local.port, one.descriptors) for one in pair.hosts[1].connections()]
    assert states == [
        (State.LISTEN, 80, (listener,)),
        (State.ESTABLISHED, 80, (4,)),
        (State.LISTEN, 81, ()),
    ]


def test_a_port_of_a_connection_without_socket_is_in_use() -> None:
    one = host(A)
    one.call(ask.UserCall(calls.Open(Socket(A, 49_152), passive=True)), 0)
    for _ in range(2):
        one.call(ask.NewSocket(), 0)
    assert one.call(ask.Bind(3, Socket(A, 49_152)), 0) == Done(-1, "EADDRINUSE")
    assert one.call(ask.Bind(4, Socket(A, 0)), 0) == Done(0)
    socket = one.socket(4)
    assert socket is not None
    assert socket.local == Socket(A, 49_153)


# What is left of a connection


@pytest.mark.parametrize("taken", [0, 2])
def test_unread_data_is_taken_over_when_the_connection_is_deleted(taken: int) -> None:
    """Its first half is urgent, and stays in the stream."""
    pair = Pair()
    pair.listener()
    fd, peer = pair.connected()
    pair.value(0, ask.SetOption(fd, "SO_OOBINLINE", 1))
    pair.value(1, ask.Write(peer, b"abc", urgent=True))
    pair.value(1, ask.Write(peer, b"def"))
    pair.deliver()
    assert pair.call(0, ask.Poll((ask.Watched(fd, ask.POLLPRI),), 0)) == Done(1, answer=(ask.POLLPRI,))
    pair.call(0, ask.Read(fd, taken))
    pair.value(1, ask.SetOption(peer, "SO_LINGER", Linger(True, 0)))
    pair.value(1, ask.CloseDescriptor(peer))
    pair.deliver()
    assert pair.hosts[0].stack.tcbs() == []
    rest = b"abcdef"[taken:]
    assert pair.call(0, ask.QueueLength(fd)) == Done(0, answer=len(rest))
    before = rest if taken else b"ab"  # A read stops at the urgent octet, and one that begins there goes on.
    assert pair.call(0, ask.Read(fd, 9, peek=True)) == Done(len(before), answer=before)
    bits = pair.call(0, ask.Poll((ask.Watched(fd, ask.POLLPRI),), 0))
    assert isinstance(bits, Done)
    assert bits.answer == (ask.POLLPRI | ask.POLLERR | ask.POLLHUP,)
    assert taken or pair.call(0, ask.Read(fd, 3)) == Done(2, answer=b"ab")
    assert pair.call(0, ask.Read(fd, 1)) == Done(1, answer=b"c")
    bits = pair.call(0, ask.Poll((ask.Watched(fd, ask.POLLPRI),), 0))
    assert isinstance(bits, Done)
    assert bits.answer == (ask.POLLERR | ask.POLLHUP,)
    assert pair.call(0, ask.Read(fd, 9)) == Done(3, answer=b"def")
    assert pair.call(0, ask.Read(fd, 9)) == Done(-1, "ECONNRESET")


def test_a_process_that_exits_closes_everything() -> None:
    pair, _, peer = blocked()
    pair.deliver()
    assert pair.call(0, ask.Exit()) == Done(0)
    assert pair.hosts[0].table.descriptors == {}
    assert pair.hosts[0].table.blocked == ()
    assert pair.call(0, ask.Read(3, 1)) == Done(-1, "EBADF")
    pair.deliver()
    assert pair.call(1, ask.Read(peer, 9)) == Done(0, answer=b"")
    assert pair.value(0, ask.NewSocket()) == 3


# Anything at all

_FDS = st.integers(-1, 8)
_ADDRESSES = st.sampled_from(
    [
        SERVER, OTHER, Socket(A, 90), Socket(A, 0), Socket("0.0.0.0", 91), Socket("::1", 80),
        Socket("224.0.0.1", 1), Socket(B, 0), Socket("no address", 7),
    ]
)  # fmt: skip
_OPTIONS = st.sampled_from(
    [
        "SO_REUSEADDR", "SO_SNDBUF", "SO_RCVBUF", "TCP_NODELAY", "SO_LINGER", "SO_KEEPALIVE", "TCP_LINGER2",
        "TCP_INFO", "SO_ERROR", "TCP_MAXSEG", "TCP_USER_TIMEOUT", "NO_SUCH_OPTION",
    ]
)  # fmt: skip
_CONNECTIONS = st.integers(0, 6)
_VALUES = st.one_of(st.integers(-2, 5_000), st.builds(Linger, st.booleans(), st.integers(0, 3)))
_SIZES = st.sampled_from([0, 1, 3, 2_000])
_DATA = _SIZES.map(bytes)
_CALLS = st.one_of(
    st.builds(
        calls.Open, st.sampled_from([SERVER, Socket(A, 95), Socket(B, 95)]),
        st.sampled_from([None, SERVER, Socket(A, 95)]), st.booleans(), st.sampled_from([None, 0, 2]),
        st.just(NO_SETTINGS),
    ),
    st.builds(calls.Accept, _CONNECTIONS),
    st.builds(calls.Send, _CONNECTIONS, _DATA, st.booleans()),
    st.builds(calls.Receive, _CONNECTIONS, st.integers(1, 9)),
    st.builds(calls.Close, _CONNECTIONS, st.booleans()),
    st.builds(calls.Abort, _CONNECTIONS),
    st.builds(calls.Status, _CONNECTIONS),
)  # fmt: skip
_REQUESTS = st.one_of(
    st.builds(ask.NewSocket, st.booleans()),
    st.builds(ask.Bind, _FDS, _ADDRESSES),
    st.builds(ask.Listen, _FDS, st.integers(-1, 3)),
    st.builds(ask.Accept, _FDS, st.booleans()),
    st.builds(ask.Connect, _FDS, _ADDRESSES),
    st.builds(ask.Read, _FDS, _SIZES, st.booleans(), st.booleans(), st.booleans()),
    st.builds(ask.Write, _FDS, _DATA, st.booleans(), st.booleans()),
    st.builds(ask.Shutdown, _FDS, st.sampled_from([*How])),
    st.builds(ask.CloseDescriptor, _FDS),
    st.builds(ask.Duplicate, _FDS),
    st.builds(ask.GetFlags, _FDS),
    st.builds(ask.SetFlags, _FDS, st.booleans()),
    st.builds(ask.SetOption, _FDS, _OPTIONS, _VALUES),
    st.builds(ask.GetOption, _FDS, _OPTIONS),
    st.builds(ask.QueueLength, _FDS, st.booleans()),
    st.builds(
        ask.Poll,
        st.lists(st.builds(ask.Watched, _FDS, st.integers(0, 0x3FFF)), max_size=3).map(tuple),
        st.sampled_from([None, -1, 0, SECOND]),
    ),
    st.builds(ask.UserCall, _CALLS),
)
_EVENTS = st.one_of(
    st.tuples(st.just("call"), st.integers(0, 1), _REQUESTS),
    st.tuples(st.just("step"), st.integers(0, 1), st.booleans()),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("expire")),
    st.tuples(st.just("error"), st.integers(0, 1), st.sampled_from([*Unreachable])),
    st.tuples(st.just("reset"), st.integers(0, 1)),
    st.tuples(st.just("call"), st.integers(0, 1), st.just(ask.Exit())),
)


def play(pair: Pair, event: tuple[object, ...]) -> object:
    match event:
        case ("call", int(at), request):
            outcome = pair.call(at, request)  # type: ignore[arg-type]  # hypothesis knows it
            if isinstance(outcome, Done):
                assert (outcome.value == -1) == bool(outcome.errno) or isinstance(request, ask.UserCall)
            return outcome
        case ("step", int(at), bool(lose)):
            pair.step(at, lose)
        case ("deliver",):
            pair.deliver()
        case ("expire",):
            pair.expire()
        case ("error", int(at), Unreachable() as kind):
            for one in pair.hosts[at].connections():
                if one.remote is not None:
                    tcb = pair.hosts[at].stack.tcb(one.connection)
                    assert tcb is not None
                    pair.hosts[at].error(IcmpError(kind, one.local, one.remote, tcb.snd_una), pair.now)
            pair.collect()
        case ("reset", int(at)):
            for one in pair.hosts[at].connections():
                tcb = pair.hosts[at].stack.tcb(one.connection)
                if one.remote is not None and tcb is not None:
                    pair.hosts[at].arrives(Segment(one.remote, one.local, tcb.rcv_nxt, 0, RST, 0), pair.now)
            pair.collect()
    return [one.take_completed() for one in pair.hosts]


@pytest.mark.parametrize("kind", PROFILES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(events=st.lists(_EVENTS, min_size=10, max_size=60), branch=st.integers(0, 50), start=st.integers(0, 3))
def test_anything_can_be_called(kind: str, events: list[tuple[object, ...]], branch: int, start: int) -> None:
    """No request raises, and a copy that is driven like its original stays equal to it."""
    pair = Pair(PROFILES[kind])
    for number in range(start):
        if number == 0:
            pair.listener()
        else:
            pair.connected()
    copy = None
    for number, event in enumerate(events):
        if number == branch:
            copy = pair.copy()
            assert copy.hosts == pair.hosts
        outcome = play(pair, event)
        if copy is not None:
            assert play(copy, event) == outcome
            assert copy.hosts == pair.hosts
            assert copy.hosts[0].key(pair.now) == pair.hosts[0].key(pair.now)
        check_table(pair)


def check_table(pair: Pair) -> None:
    """What always holds of a table."""
    for one in pair.hosts:
        table = one.table
        references = dict.fromkeys(table.sockets, 0)
        for number in table.descriptors.values():
            references[number] += 1
        for call in table.blocked:
            if call.socket and not isinstance(call.request, ask.CloseDescriptor):
                references[call.socket] += 1
        assert references == {number: socket.references for number, socket in table.sockets.items()}
        assert table.owners == {
            socket.connection: number for number, socket in table.sockets.items() if socket.connection
        }
        assert len({call.number for call in table.blocked}) == len(table.blocked)


def _carry(*hosts: Sockets, now: int = 0) -> list[list[object]]:
    """Delivers between two hosts until nothing is left; what each has reported."""
    reported: list[list[object]] = [[] for _ in hosts]
    carried = True
    while carried:
        carried = False
        for at, one in enumerate(hosts):
            for event in one.take_events():
                reported[at].append(event)
                if isinstance(event, Sent):
                    hosts[1 - at].arrives(event.segment, now)
                    carried = True
    return reported
