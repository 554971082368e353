"""A listener with a backlog: its queues and what overflows, cookies, ACCEPT, its end; ports; TIME-WAIT reuse.

Peers are told apart by their ports; their ISS is 5000, ours come from the stack.
"""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, Response, Returned
from tcptui.core.packet.options import mss_option, timestamps_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Option, Segment, Socket
from tcptui.core.packet.seq import le, seq_add
from tcptui.core.profile.presets import RFC9293
from tcptui.core.profile.record import BacklogSlack, Profile, SynCookies
from tcptui.core.state import State
from tcptui.core.tcp.calls import Accept, Close, Open, Receive, Send
from tcptui.core.tcp.ports import EPHEMERAL
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.syn_cookies import CLASSES, LIFETIME, PERIOD
from tcptui.core.units import SECOND
from tests.core.build import PROMPT, delivered, responses, rules, sent, signals

S = State
HERE = Socket("192.0.2.1", 80)
PEER_ISS = 5_000


def peer(port: int) -> Socket:
    return Socket("192.0.2.2", port)


class Listener:
    """A stack with a listener called 1, and peers that open connections to it."""

    def __init__(self, profile: Profile = PROMPT, backlog: int = 5, settings: Settings = NO_SETTINGS) -> None:
        self.stack = Stack(profile)
        self.now = 0
        self.stack.call(Open(HERE, passive=True, backlog=backlog, settings=settings), self.now)

    def arrives(self, port: int, flags: int, seq: int, ack: int = 0, data: bytes = b"") -> list[Event]:
        """A segment of the peer at `port`, its SEQ counted from its ISS."""
        return self.stack.arrives(
            Segment(peer(port), HERE, PEER_ISS + seq, ack, flags, 60_000, data), self.now
        )

    def syn(self, port: int, *options: Option) -> list[Event]:
        syn = Segment(peer(port), HERE, PEER_ISS, 0, SYN, 60_000, b"", options)
        return self.stack.arrives(syn, self.now)

    def opens(self, port: int) -> list[Event]:
        """The whole handshake; what its last ACK brings about."""
        (syn_ack,) = sent(self.syn(port))
        return self.arrives(port, ACK, 1, seq_add(syn_ack.seq, 1))

    def accept(self) -> tuple[int, Response]:
        (returned,) = [e for e in self.stack.call(Accept(1), self.now) if isinstance(e, Returned)]
        return returned.connection, returned.response

    def wait(self, microseconds: int) -> list[Event]:
        events: list[Event] = []
        until = self.now + microseconds
        while (due := self.stack.next_deadline()) is not None and due <= until:
            events += self.stack.expire(due)
        self.now = until
        return events

    def states(self) -> list[State]:
        """Of all connections, the listener's first."""
        return [tcb.state for tcb in self.stack.tcbs()]


# Queues


def test_every_peer_gets_a_connection_of_its_own_and_the_listener_stays() -> None:
    """MUST-41: a passive OPEN leaves connections alone that were created before."""
    listener = Listener()
    for port in (1, 2, 3):
        listener.opens(port)
    assert listener.states() == [S.LISTEN] + [S.ESTABLISHED] * 3
    assert {tcb.remote for tcb in listener.stack.tcbs()} == {None, peer(1), peer(2), peer(3)}


def test_accept_takes_the_one_that_was_established_first() -> None:
    """Not the one whose SYN came first."""
    listener = Listener()
    (syn_ack,) = sent(listener.syn(1))
    listener.opens(2)
    listener.arrives(1, ACK, 1, seq_add(syn_ack.seq, 1))
    names = [listener.accept()[0] for _ in range(2)]
    remotes = [tcb.remote for name in names if (tcb := listener.stack.tcb(name))]
    assert remotes == [peer(2), peer(1)]
    assert listener.accept() == (1, Response.NOTHING_TO_ACCEPT)


def test_accept_is_for_listeners() -> None:
    listener = Listener()
    listener.opens(1)
    name, _ = listener.accept()
    assert responses(listener.stack.call(Accept(name), 0)) == [("ACCEPT", Response.NOT_LISTENING)]
    stack = Stack()
    stack.call(Open(HERE, passive=True), 0)
    assert responses(stack.call(Accept(1), 0)) == [("ACCEPT", Response.NOT_LISTENING)]


def test_text_may_come_before_accept_and_waits() -> None:
    listener = Listener()
    (syn_ack,) = sent(listener.syn(1))
    listener.arrives(1, ACK, 1, seq_add(syn_ack.seq, 1), b"early")
    name, _ = listener.accept()
    assert delivered(listener.stack.call(Receive(name), 0)) == b"early"


def test_the_listeners_settings_are_its_connections() -> None:
    """As BSD sockets inherit them: MSS and receive buffer are already in the SYN,ACK."""
    listener = Listener(settings=Settings(receive_buffer=4_000, mss=700, no_delay=True))
    (syn_ack,) = sent(listener.syn(1))
    assert (syn_ack.wnd, syn_ack.options) == (4_000, (mss_option(700),))
    listener.opens(2)
    name, _ = listener.accept()
    tcb = listener.stack.tcb(name)
    assert tcb is not None
    assert tcb.settings.no_delay


@pytest.mark.parametrize(("slack", "backlog", "room"), [
    ("none", 4, 4), ("none", 1, 1), ("one", 4, 5), ("one", 0, 1), ("half", 4, 7), ("half", 0, 1),
])  # fmt: skip
def test_knob_backlog_slack(slack: BacklogSlack, backlog: int, room: int) -> None:
    """So many wait for ACCEPT: the backlog; Linux one more; FreeBSD until more than 3/2 of it do."""
    listener = Listener(PROMPT._replace(backlog_slack=slack), backlog)
    for port in range(1, 12):
        listener.opens(port)
    assert listener.states().count(S.ESTABLISHED) == room


def test_no_listener_may_ask_for_more_than_the_most() -> None:
    listener = Listener(PROMPT._replace(somaxconn=2), backlog=100)
    for port in range(1, 6):
        listener.opens(port)
    assert listener.states().count(S.ESTABLISHED) == 2


@pytest.mark.parametrize("on", [True, False])
def test_knob_accept_overflow_resets(on: bool) -> None:
    """With no room left the last ACK of a handshake draws a RST, or is as if it had been lost."""
    listener = Listener(PROMPT._replace(accept_overflow_resets=on), backlog=1)
    listener.opens(1)
    (syn_ack,) = sent(listener.syn(2))
    answer = sent(listener.arrives(2, ACK, 1, seq_add(syn_ack.seq, 1)))
    if on:
        assert [(one.flags, one.seq) for one in answer] == [(RST, seq_add(syn_ack.seq, 1))]
        assert listener.states() == [S.LISTEN, S.ESTABLISHED]
    else:
        assert answer == []
        assert listener.states() == [S.LISTEN, S.ESTABLISHED, S.SYN_RECEIVED]
        # The SYN,ACK goes again; once there is room, the ACK that it draws opens.
        (again,) = sent(listener.wait(1 * SECOND))
        assert (again.flags, again.seq) == (SYN | ACK, syn_ack.seq)
        listener.accept()
        listener.arrives(2, ACK, 1, seq_add(syn_ack.seq, 1))
        assert listener.states() == [S.LISTEN, S.ESTABLISHED, S.ESTABLISHED]


@pytest.mark.parametrize("on", [True, False])
def test_knob_full_queue_drops_syn(on: bool) -> None:
    listener = Listener(PROMPT._replace(full_queue_drops_syn=on), backlog=1)
    listener.opens(1)
    assert len(sent(listener.syn(2))) == (0 if on else 1)
    listener.accept()
    assert len(sent(listener.syn(2))) == 1


def test_half_open_connections_have_a_queue_of_their_own() -> None:
    """RFC 4987 section 2: what a SYN flood fills; further SYNs are dropped without an answer."""
    listener = Listener(PROMPT._replace(syn_queue=3))
    answered = [len(sent(listener.syn(port))) for port in range(1, 6)]
    assert answered == [1, 1, 1, 0, 0]
    listener.arrives(1, RST, 1)
    assert len(sent(listener.syn(4))) == 1


@pytest.mark.parametrize(
    ("on", "cookies", "syn_queue", "kept"),
    [
        (False, "never", 6, 6),
        (True, "never", 256, 3),
        (True, "overflow", 2, 3),  # tcp_max_syn_backlog is asked for only without cookies,
        (True, "never", 2, 3),
        (True, "never", 1, 2),  # and then leaves a quarter free, of four or more.
    ],
)
def test_knob_backlog_limits_syn_queue(on: bool, cookies: SynCookies, syn_queue: int, kept: int) -> None:
    """inet_csk_reqsk_queue_is_full(): more than the backlog, which is 2; tcp_conn_request()."""
    profile = PROMPT._replace(backlog_limits_syn_queue=on, syn_cookies=cookies, syn_queue=syn_queue)
    listener = Listener(profile, backlog=2)
    for port in range(1, 9):
        listener.syn(port)
    assert listener.states().count(S.SYN_RECEIVED) == kept


def test_the_last_quarter_of_the_queue_is_for_known_peers() -> None:
    """tcp_conn_request(): 8 - len < 2."""
    profile = PROMPT._replace(backlog_limits_syn_queue=True, syn_queue=8)
    listener = Listener(profile, backlog=50)
    assert [len(sent(listener.syn(port))) for port in range(1, 10)] == [1] * 7 + [0, 0]


def test_half_open_connections_are_given_up_in_time() -> None:
    """3.8.3, MUST-23: R2 for a SYN,ACK is 3 minutes at least; then the place is free again."""
    listener = Listener(RFC9293)
    listener.syn(1)
    listener.wait(180 * SECOND)
    assert listener.states() == [S.LISTEN, S.SYN_RECEIVED]
    listener.wait(1_000 * SECOND)
    assert listener.states() == [S.LISTEN]


def test_a_reset_of_a_half_open_connection_is_not_told() -> None:
    """3.10.7.4, second: back to LISTEN, "the user need not be informed"; the listener still listens."""
    listener = Listener()
    listener.syn(1)
    events = listener.arrives(1, RST, 1)
    assert (signals(events), responses(events)) == ([], [])
    assert listener.states() == [S.LISTEN]


# Cookies


@pytest.mark.parametrize(
    ("cookies", "kept"), [("never", [1, 1, 0]), ("overflow", [1, 1, 1]), ("always", [1, 1, 1])]
)
def test_knob_syn_cookies(cookies: SynCookies, kept: list[int]) -> None:
    """RFC 4987 3.6: a SYN,ACK without keeping state; two half-open connections have room."""
    listener = Listener(PROMPT._replace(syn_cookies=cookies, syn_queue=2))
    assert [len(sent(listener.syn(port))) for port in (1, 2, 3)] == kept
    assert listener.states().count(S.SYN_RECEIVED) == (0 if cookies == "always" else 2)


COOKIES = PROMPT._replace(syn_cookies="always", window_scale=7, sack=True, timestamps=True)


@pytest.mark.parametrize("offered", [None, *CLASSES, 1_459, 9_000])
def test_the_ack_restores_from_its_cookie_what_a_block_would_have_known(offered: int | None) -> None:
    """RFC 4987 3.6: ISS, IRS and MSS, the next smaller class; but no other option."""
    listener = Listener(COOKIES._replace(mss=9_000))
    options = () if offered is None else (mss_option(offered),)
    (syn_ack,) = sent(listener.syn(1, *options, Option(3, b"\x02"), Option(4)))
    assert syn_ack.options == (mss_option(9_000),)
    assert listener.states() == [S.LISTEN]
    events = listener.arrives(1, ACK, 1, seq_add(syn_ack.seq, 1), b"text")
    assert listener.states() == [S.LISTEN, S.ESTABLISHED]
    tcb = listener.stack.tcbs()[1]
    assert (tcb.iss, tcb.irs, tcb.remote) == (syn_ack.seq, PEER_ISS, peer(1))
    assert tcb.snd_mss == max(least for least in CLASSES if least <= (offered or 536))
    assert (tcb.snd_shift, tcb.sack, tcb.timestamps, tcb.receive_buffer) == (0, False, False, b"text")
    assert [one.ack for one in sent(events)] == [PEER_ISS + 5]


@pytest.mark.parametrize("guess", [1, 1 << 24, 1 << 27, 0x8000_0000])
def test_an_ack_without_a_cookie_of_ours_draws_a_reset(guess: int) -> None:
    """3.10.7.2, second: SEQ = SEG.ACK; a guess must not open a connection."""
    listener = Listener(COOKIES)
    (syn_ack,) = sent(listener.syn(1))
    wrong = seq_add(syn_ack.seq, 1 + guess)
    assert [(one.flags, one.seq) for one in sent(listener.arrives(1, ACK, 1, wrong))] == [(RST, wrong)]
    assert listener.states() == [S.LISTEN]


def test_a_cookie_is_good_for_its_peer_and_its_number_alone() -> None:
    listener = Listener(COOKIES)
    (syn_ack,) = sent(listener.syn(1))
    right = seq_add(syn_ack.seq, 1)
    for port, seq in ((2, 1), (1, 2)):
        (reset,) = sent(listener.arrives(port, ACK, seq, right))
        assert reset.flags == RST


@pytest.mark.parametrize(("age", "good"), [(PERIOD, True), (LIFETIME + PERIOD, False)])
def test_a_cookie_grows_old(age: int, good: bool) -> None:
    """RFC 4987 3.6: a slow clock is part of it."""
    listener = Listener(COOKIES)
    (syn_ack,) = sent(listener.syn(1))
    listener.now = age
    listener.arrives(1, ACK, 1, seq_add(syn_ack.seq, 1))
    assert (S.ESTABLISHED in listener.states()) == good


def test_who_has_not_sent_cookies_lately_takes_none() -> None:
    """An ACK to a listener proves nothing then: RST (3.10.7.2, second)."""
    here, there = Listener(COOKIES), Listener(COOKIES)
    (syn_ack,) = sent(there.syn(1))
    assert [one.flags for one in sent(here.arrives(1, ACK, 1, seq_add(syn_ack.seq, 1)))] == [RST]


# The end of a listener


def test_closing_a_listener_resets_those_that_nobody_accepted() -> None:
    """Half-open ones are forgotten; who has been accepted goes on."""
    listener = Listener()
    for port in (1, 2):
        listener.opens(port)
    listener.syn(3)
    name, _ = listener.accept()
    events = listener.stack.call(Close(1), listener.now)
    assert [(one.dst, one.flags & RST) for one in sent(events)] == [(peer(2), RST)]
    assert [tcb.connection for tcb in listener.stack.tcbs()] == [name]
    assert responses(listener.stack.call(Send(name, b"on"), 0)) == [("SEND", Response.OK)]


def test_a_connection_that_was_reset_before_accept_is_named_and_not_accepted() -> None:
    """POSIX accept(): ECONNABORTED. The next one is whole; a call on the first says that it is gone."""
    listener = Listener()
    listener.opens(1)
    listener.opens(2)
    listener.arrives(1, RST, 1)
    name, response = listener.accept()
    assert response is Response.RESET
    assert listener.accept()[1] is Response.OK
    assert responses(listener.stack.call(Receive(name), 0)) == [("RECEIVE", Response.NO_CONNECTION)]


# Ports


def test_an_open_without_a_port_gets_a_free_one() -> None:
    """3.9.1.1; RFC 6335 section 6: 49152 to 65535. A pair of sockets is one connection's (3.4)."""
    stack = Stack()
    nobody = Socket(HERE.host, 0)
    for remote in (peer(1), peer(1), peer(2)):
        stack.call(Open(nobody, remote), 0)
    first = EPHEMERAL[0]
    assert [(tcb.local.port, tcb.remote) for tcb in stack.tcbs()] == [
        (first, peer(1)),
        (first + 1, peer(1)),
        (first, peer(2)),
    ]


def test_ports_run_out() -> None:
    stack = Stack()
    nobody = Socket(HERE.host, 0)
    stack._by_sockets = {(Socket(HERE.host, port), peer(1)): () for port in EPHEMERAL}
    assert responses(stack.call(Open(nobody, peer(1)), 0)) == [("OPEN", Response.NO_PORT)]
    assert responses(stack.call(Open(nobody, peer(2)), 0)) == [("OPEN", Response.OK)]


def test_one_can_listen_while_a_connection_of_the_same_port_opens() -> None:
    """MUST-42: "while a connection block with the same local port is in SYN-SENT or SYN-RECEIVED"."""
    stack = Stack()
    stack.call(Open(HERE, peer(1)), 0)
    assert responses(stack.call(Open(HERE, passive=True, backlog=1), 0)) == [("OPEN", Response.OK)]
    assert sorted(tcb.state.value for tcb in stack.tcbs()) == ["LISTEN", "SYN-SENT"]


# TIME-WAIT


def in_time_wait(profile: Profile = PROMPT, *options: Option, text: bytes = b"") -> Listener:
    """The peer at port 1 has been served; we closed first. Its next number is 5002 then."""
    listener = Listener(profile)
    (syn_ack,) = sent(listener.syn(1, *options))
    stamp = tuple(one for one in options if one.kind == 8)
    last = Segment(peer(1), HERE, PEER_ISS + 1, seq_add(syn_ack.seq, 1), ACK, 60_000, b"", stamp)
    listener.stack.arrives(last, 0)
    name, _ = listener.accept()
    if text:
        listener.stack.call(Send(name, text), 0)
    listener.stack.call(Close(name), 0)
    fin = last._replace(flags=FIN | ACK, ack=seq_add(syn_ack.seq, 2 + len(text)))
    listener.stack.arrives(fin, 0)
    assert listener.stack.state(name) is S.TIME_WAIT
    return listener


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize(("seq", "newer"), [(1, False), (2, False), (3, True), (10_000, True)])
def test_knob_time_wait_reopens(on: bool, seq: int, newer: bool) -> None:
    """MAY-2: a SYN whose number lies beyond all of the old connection. An old one draws an ACK: what is
    expected is 5002."""
    listener = in_time_wait(PROMPT._replace(time_wait_reopens=on))
    (answer,) = sent(listener.arrives(1, SYN, seq))
    if on and newer:
        assert (answer.flags, answer.ack) == (SYN | ACK, PEER_ISS + seq + 1)
        assert listener.states() == [S.LISTEN, S.TIME_WAIT, S.SYN_RECEIVED]
    else:
        assert (answer.flags, answer.ack) == (ACK, PEER_ISS + 2)
        assert listener.states() == [S.LISTEN, S.TIME_WAIT]


@pytest.mark.parametrize(("value", "newer"), [(11, True), (9, False)])
def test_timestamps_tell_new_from_old_where_there_are_any(value: int, newer: bool) -> None:
    """SHLD-4, RFC 6191: whatever the sequence numbers say."""
    listener = in_time_wait(PROMPT._replace(timestamps=True), timestamps_option(10, 0))
    seq = 1 if newer else 10_000
    syn = Segment(peer(1), HERE, PEER_ISS + seq, 0, SYN, 60_000, b"", (timestamps_option(value, 0),))
    listener.stack.arrives(syn, 0)
    assert (S.SYN_RECEIVED in listener.states()) == newer


def test_the_new_connections_numbers_lie_beyond_the_olds() -> None:
    """MAY-2, (1): "larger than the largest sequence number it used on the previous connection incarnation",
    even where that one has run ahead of the ISN clock."""
    listener = in_time_wait(PROMPT._replace(initial_window=100), text=bytes(40_000))
    old = listener.stack.tcbs()[1].snd_nxt
    (syn_ack,) = sent(listener.arrives(1, SYN, 3))
    assert le(old, syn_ack.seq)


def test_where_nobody_listens_time_wait_stays() -> None:
    """3.6.1: to reopen it takes somebody who would."""
    listener = in_time_wait()
    listener.stack.call(Close(1), 0)
    assert [one.flags for one in sent(listener.arrives(1, SYN, 3))] == [ACK]
    assert listener.states() == [S.TIME_WAIT]
    assert rules(listener.wait(240 * SECOND))
    assert [one.flags for one in sent(listener.arrives(1, SYN, 3))] == [RST | ACK]
