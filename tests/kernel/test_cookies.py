"""SYN cookies: connections that nobody remembers until the third segment proves them."""

from __future__ import annotations

from tcptui.core.calls import Send
from tcptui.core.segment import ACK, SYN
from tcptui.core.state import State
from tests.kernel.adapter import Once
from tests.kernel.pair import Pair


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
