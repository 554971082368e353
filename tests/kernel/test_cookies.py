"""SYN cookies: connections that nobody remembers until the third segment proves them."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, SYN
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Accept, Open, Receive, Send
from tests.kernel.adapter import Once
from tests.kernel.pair import Pair

ALWAYS = LINUX._replace(syn_cookies="always")
always = pytest.mark.parametrize("profile", [ALWAYS], ids=["always"])


def test_the_kernels_cookies(pair: Pair) -> None:
    pair.namespace.sysctl("ipv4/tcp_syncookies", 2)  # Always, not only when the queue is full.
    pair.core_connects()
    assert pair.states() == (State.SYN_SENT, "LISTEN")
    pair.until(State.ESTABLISHED, "ESTAB")
    pair.accept()
    pair.exchange(b"to the core", b"to the kernel")


def test_the_kernels_cookie_and_a_third_segment_lost(pair: Pair) -> None:
    """The kernel knows nothing of a lost ACK, and sends nothing again; text proves the cookie as well."""
    pair.namespace.sysctl("ipv4/tcp_syncookies", 2)
    pair.core.lose = Once(True, ACK)
    pair.core_connects()
    pair.core.until(lambda: pair.core.state(1) is State.ESTABLISHED)
    pair.core.pause(1.5)
    assert pair.states() == (State.ESTABLISHED, "LISTEN")
    assert len(pair.core.passed(False, SYN | ACK)) == 1
    pair.core.call(Send(1, b"to the kernel"))
    pair.until(State.ESTABLISHED, "ESTAB")
    pair.accept()
    assert pair.read() == b"to the kernel"


@always
def test_the_cores_cookies(pair: Pair, profile: Profile) -> None:
    listener = pair.core.named(Open(pair.core_end, passive=True, backlog=5))
    pair.connect()
    pair.core.until(lambda: bool(pair.core.passed(True, SYN | ACK)))
    assert [tcb.connection for tcb in pair.core.stack.tcbs()] == [listener]
    pair.core.until(lambda: bool(pair.core.waiting(listener)))
    pair.connection = pair.core.named(Accept(listener))
    assert pair.states() == (State.ESTABLISHED, "ESTAB")
    pair.exchange(b"to the core", b"to the kernel")


@always
def test_the_cores_cookie_and_a_third_segment_lost(pair: Pair, profile: Profile) -> None:
    """The kernel believes that it is connected; its text brings the cookie as well."""
    pair.core.lose = Once(False, ACK)
    listener = pair.core.named(Open(pair.core_end, passive=True, backlog=5))
    pair.connect()
    pair.core.until(lambda: pair.states()[1] == "ESTAB")
    pair.core.pause(0.1)
    assert [tcb.connection for tcb in pair.core.stack.tcbs()] == [listener]
    pair.sock.send(b"to the core")
    pair.core.until(lambda: bool(pair.core.waiting(listener)))
    pair.connection = pair.core.named(Accept(listener))
    pair.core.call(Receive(pair.connection))
    pair.core.until(lambda: pair.core.delivered(pair.connection) == b"to the core")


@always
def test_no_cookie_of_the_core(pair: Pair, profile: Profile) -> None:
    """An ACK that brings back what the core never sent is reset (3.10.7.2, second)."""
    pair.core.lose = Once(True, SYN | ACK)
    listener = pair.core.named(Open(pair.core_end, passive=True, backlog=5))
    pair.connect()
    pair.core.until(lambda: bool(pair.core.passed(True, SYN | ACK)))
    answer = pair.core.wire[-1].segment
    pair.core.put(answer._replace(seq=answer.seq ^ 1))
    pair.core.until(lambda: pair.error() == "ECONNRESET")
    assert Rule.COOKIE_GOOD not in pair.core.rules(listener)
