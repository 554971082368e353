"""TIME-WAIT at either end gives way to a new connection of the same sockets (MAY-2, RFC 6191)."""

from __future__ import annotations

from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Accept, Close, Open
from tests.kernel.pair import Pair


def test_the_kernel_comes_again_to_a_core_in_time_wait(pair: Pair) -> None:
    listener = pair.core.named(Open(pair.core_end, passive=True, backlog=5))
    pair.connect()
    pair.core.until(lambda: bool(pair.core.waiting(listener)))
    pair.connection = old = pair.core.named(Accept(listener))
    pair.core.call(Close(old))
    pair.until(State.FIN_WAIT_2, "CLOSE-WAIT")
    pair.again()
    pair.until(State.TIME_WAIT, "")
    pair.connect()
    pair.core.until(lambda: bool(pair.core.waiting(listener)))
    assert Rule.TIME_WAIT_REOPENED in pair.core.rules(old)
    pair.connection = pair.core.named(Accept(listener))
    pair.exchange(b"to the core", b"to the kernel")


def test_the_core_comes_again_to_a_kernel_in_time_wait(pair: Pair) -> None:
    pair.established(kernel_is_client=False)
    pair.sock.close()
    pair.until(State.CLOSE_WAIT, "FIN-WAIT-2")
    pair.core.call(Close(1))
    pair.until(State.CLOSED, "TIME-WAIT")
    pair.connection = pair.core.named(Open(pair.core_end, pair.kernel_end))
    pair.until(State.ESTABLISHED, "ESTAB")
    pair.accept()
    pair.exchange(b"to the core", b"to the kernel")
