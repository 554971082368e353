"""RST both ways: abort, refusal, a crash, and the numbers that make a reset believable."""

from __future__ import annotations

import socket
import struct

import pytest

from tcptui.core.events import Signal
from tcptui.core.packet.segment import ACK, RST, SYN
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Close, Open, Send
from tests.kernel.pair import Pair


def test_the_core_aborts(pair: Pair) -> None:
    pair.established()
    pair.core.call(Abort(1))
    pair.until(State.CLOSED, "")
    assert pair.error() == "ECONNRESET"


def test_the_kernel_aborts(pair: Pair) -> None:
    pair.established()
    pair.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    pair.sock.close()
    pair.until(State.CLOSED, "")
    assert Signal.RESET in pair.core.signals(1)


def test_the_kernel_closes_without_having_read(pair: Pair) -> None:
    pair.established()
    pair.core.call(Send(1, b"unread"))
    pair.sock.close()
    pair.until(State.CLOSED, "")
    assert Signal.RESET in pair.core.signals(1)


def test_the_core_refuses(pair: Pair) -> None:
    pair.connect()
    pair.core.until(lambda: pair.error() == "ECONNREFUSED")
    assert pair.states() == (State.CLOSED, "")


def test_the_kernel_refuses(pair: Pair) -> None:
    pair.core.call(Open(pair.core_end, pair.kernel_end))
    pair.until(State.CLOSED, "")
    assert pair.core.signals(1) == [Signal.RESET]  # 3.10.7.3, second: the RFC's word for it in SYN-SENT.


def test_the_core_aborts_before_the_kernel_is_established(pair: Pair) -> None:
    pair.core.lose = lambda passage: passage.from_core and passage.segment.flags == ACK
    pair.core_connects()
    pair.core.until(lambda: pair.core.state(1) is State.ESTABLISHED)
    assert pair.states() == (State.ESTABLISHED, "SYN-RECV")
    pair.core.call(Abort(1))
    assert pair.states() == (State.CLOSED, "LISTEN")


def test_the_kernel_gives_up_a_syn_that_the_core_has_answered(pair: Pair) -> None:
    pair.kernel_connects()
    pair.sock.close()
    pair.core.until(lambda: bool(pair.core.passed(False, RST)))
    assert pair.states() == (State.LISTEN, "")


def test_a_core_that_crashed_resets_what_the_kernel_sends(pair: Pair) -> None:
    pair.established()
    pair.core.stack = pair.core.stack.rebooted()
    pair.sock.send(b"are you there?")
    pair.core.until(lambda: pair.error() == "ECONNRESET")


def test_a_core_that_crashed_opens_again(pair: Pair) -> None:
    """RFC 9293 Figure 9, with the kernel as the end that still believes in the connection."""
    pair.established(kernel_is_client=False)
    pair.core.stack = pair.core.stack.rebooted()
    pair.core.wire.clear()
    pair.core.call(Open(pair.core_end, pair.kernel_end))
    pair.until(State.ESTABLISHED, "ESTAB")
    flags = [(p.from_core, p.segment.flags) for p in pair.core.wire]
    assert flags[:3] == [(True, SYN), (False, ACK), (True, RST)]
    assert flags[3:6] == [(True, SYN), (False, SYN | ACK), (True, ACK)]
    with pytest.raises(ConnectionResetError):
        pair.sock.recv(1)


def test_the_kernel_challenges_a_reset_that_is_only_near(pair: Pair) -> None:
    """RFC 5961 section 3: only a reset at exactly RCV.NXT is believed."""
    pair.established()
    pair.core.wire.clear()
    pair.core.put(pair.segment(RST, offset=1))
    pair.core.until(lambda: bool(pair.core.passed(False, ACK)))
    assert pair.states() == (State.ESTABLISHED, "ESTAB")
    pair.exchange(b"to the core", b"to the kernel")
    pair.core.put(pair.segment(RST))
    pair.core.until(lambda: pair.error() == "ECONNRESET")


def test_the_kernel_challenges_a_syn(pair: Pair) -> None:
    """RFC 5961 section 4; the core takes the challenge for the ACK that it is, a duplicate."""
    pair.established()
    pair.core.wire.clear()
    pair.core.put(pair.segment(SYN, offset=1))
    pair.core.until(lambda: bool(pair.core.passed(False, ACK)))
    pair.exchange(b"to the core", b"to the kernel")


def test_the_kernel_sends_to_a_core_that_nobody_reads_for(pair: Pair) -> None:
    """The same from the other side: a CLOSE of both directions, and then text that is lost (SHLD-3)."""
    pair.established()
    pair.core.call(Close(1, half_duplex=True))
    pair.until(State.FIN_WAIT_2, "CLOSE-WAIT")
    pair.sock.send(b"to whom?")
    pair.core.until(lambda: pair.error() == "EPIPE")  # Linux's word for a reset in CLOSE-WAIT.
    assert pair.states() == (State.CLOSED, "")


def test_the_core_sends_to_a_kernel_that_nobody_reads_for(pair: Pair) -> None:
    """The program has gone, so text after its FIN is answered by a reset (RFC 9293 SHLD-3)."""
    pair.established()
    pair.sock.close()
    pair.until(State.CLOSE_WAIT, "FIN-WAIT-2")
    pair.core.call(Send(1, b"to whom?"))
    pair.core.until(lambda: Signal.RESET in pair.core.signals(1))
    assert pair.core.state(1) is State.CLOSED
