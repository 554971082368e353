"""Both ends do the same thing at the same time: simultaneous open and simultaneous close."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, FIN, SYN
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open
from tests.kernel.adapter import Once
from tests.kernel.pair import Pair


def open_at_once(pair: Pair) -> None:
    """Both SYNs are sent before either has arrived."""
    pair.connect()
    pair.core.call(Open(pair.core_end, pair.kernel_end))


def test_simultaneous_open(pair: Pair) -> None:
    open_at_once(pair)
    assert pair.states() == (State.SYN_SENT, "SYN-RECV")
    pair.core.until(lambda: pair.core.state(1) is State.SYN_RECEIVED)
    pair.until(State.ESTABLISHED, "ESTAB")
    assert all(pair.core.passed(sender, flags) for sender in (True, False) for flags in (SYN, SYN | ACK))
    pair.exchange(b"to the core", b"to the kernel")


@pytest.mark.parametrize(
    "loss",
    [Once(True, SYN), Once(False, SYN), Once(True, SYN | ACK), Once(False, SYN | ACK)],
    ids=["the core's SYN", "the kernel's SYN", "the core's SYN,ACK", "the kernel's SYN,ACK"],
)
def test_simultaneous_open_with_a_loss(pair: Pair, loss: Once) -> None:
    pair.core.lose = loss
    open_at_once(pair)
    pair.until(State.ESTABLISHED, "ESTAB")
    assert loss.done
    pair.exchange(b"to the core", b"to the kernel")


@pytest.mark.parametrize(
    "loss",
    [None, Once(True, FIN | ACK), Once(False, FIN | ACK), Once(True, ACK), Once(False, ACK)],
    ids=["nothing lost", "the core's FIN", "the kernel's FIN", "the core's ACK", "the kernel's ACK"],
)
def test_simultaneous_close(pair: Pair, loss: Once | None) -> None:
    pair.established()
    pair.exchange(b"to the core", b"to the kernel")
    if loss is not None:
        pair.core.lose = loss
    pair.sock.close()
    pair.core.call(Close(1))
    pair.until(State.TIME_WAIT, "TIME-WAIT")
    assert loss is None or loss.done
