"""Windows that close, the probes that ask for them, and the probes of a connection that is idle."""

from __future__ import annotations

import random
import socket

import pytest

from tcptui.core.events import Signal
from tcptui.core.packet.segment import ACK
from tcptui.core.packet.seq import distance
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Configure, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import MILLISECOND, SECOND
from tests.kernel.adapter import Passage
from tests.kernel.pair import KERNEL_PORT, Pair

HASTY = RFC9293._replace(min_rto=200 * MILLISECOND)
SMALL = RFC9293._replace(receive_buffer=4000)
TEXT = random.Random(4).randbytes(20_000)


def core_reads(pair: Pair) -> bytes:
    if pair.core.tcb(1).receive_buffer:
        pair.core.call(Receive(1))
    return pair.core.delivered(1)


def probes_of_kernel(pair: Pair) -> list[Passage]:
    """What has a number that the core acknowledged before, and no text: a kernel's probe (3.8.6.1)."""
    rcv_nxt = pair.core.tcb(1).rcv_nxt
    return [p for p in pair.core.passed(False, ACK) if distance(p.segment.seq, rcv_nxt) == 1]


@pytest.mark.parametrize("profile", [SMALL], ids=["4,000 octets"])
@pytest.mark.parametrize("update_lost", [False, True], ids=["", "update lost"])
def test_the_cores_window_closes(pair: Pair, profile: Profile, update_lost: bool) -> None:
    """The kernel asks until it opens; the answer to a probe tells, if the update was lost."""
    pair.established()
    pair.sock.send(TEXT)
    pair.core.until(lambda: len(probes_of_kernel(pair)) >= 2)
    assert "timer:(persist," in pair.namespace.ss(KERNEL_PORT, "-o")
    answers = [p.segment.wnd for p in pair.core.passed(True, ACK)[-2:]]
    assert answers == [0, 0]
    pair.core.lose = lambda passage: update_lost and passage.from_core
    core_reads(pair)
    assert pair.core.passed(True, ACK)[-1].segment.wnd > 0
    pair.core.lose = lambda passage: False
    pair.core.until(lambda: core_reads(pair) == TEXT)


@pytest.mark.parametrize("profile", [LINUX._replace(receive_buffer=4000)], ids=["4,000 octets"])
def test_all_that_a_scaled_window_promises_is_taken(pair: Pair, profile: Profile) -> None:
    """4,000 is no multiple of 2^7: what the field says is rounded, and the core keeps to what it has said."""
    pair.established()
    pair.sock.send(TEXT)
    pair.core.until(lambda: bool(probes_of_kernel(pair)), within=2)


@pytest.mark.parametrize("profile", [LINUX, HASTY], ids=lambda profile: profile.name)
@pytest.mark.parametrize("update_lost", [False, True], ids=["", "update lost"])
def test_the_kernels_window_closes(pair: Pair, profile: Profile, update_lost: bool) -> None:
    """The core asks until it opens (MUST-36): with an old number as Linux does, or with one octet of text."""
    pair.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pair.established()
    pair.core.call(Send(1, TEXT))
    pair.core.until(lambda: pair.core.rules(1).count(Rule.ZERO_WINDOW_PROBE) >= 2)
    assert pair.states() == (State.ESTABLISHED, "ESTAB")
    assert pair.core.tcb(1).snd_wnd == 0
    read = b""

    def all_read() -> bool:
        nonlocal read
        read += pair.read()
        return len(read) >= len(TEXT)

    if update_lost:
        pair.core.lose = lambda passage: not passage.from_core
        all_read()
        pair.core.until(lambda: any(p.lost and p.segment.wnd > 0 for p in pair.core.wire))
        pair.core.lose = lambda passage: False
    pair.core.until(all_read)
    assert read == TEXT


def test_the_core_answers_the_kernels_keep_alive(pair: Pair) -> None:
    pair.established()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 1)):
        pair.sock.setsockopt(socket.IPPROTO_TCP, option, value)
    pair.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert "timer:(keepalive," in pair.namespace.ss(KERNEL_PORT, "-o")
    pair.core.until(lambda: bool(probes_of_kernel(pair)))
    assert pair.error() == ""
    pair.core.lose = lambda passage: passage.from_core
    pair.core.until(lambda: pair.error() == "ETIMEDOUT")
    assert pair.states()[1] == ""


def test_the_kernel_answers_the_cores_keep_alive(pair: Pair) -> None:
    pair.established()
    wishes = Settings(keep_alive=True, keep_idle=SECOND, keep_interval=SECOND, keep_count=1)
    pair.core.call(Configure(1, wishes))
    pair.core.until(lambda: pair.core.rules(1).count(Rule.KEEP_ALIVE_PROBE) == 2)
    assert pair.core.state(1) is State.ESTABLISHED
    pair.core.lose = lambda passage: not passage.from_core
    pair.core.until(lambda: Signal.TIMED_OUT in pair.core.signals(1))
    assert pair.core.state(1) is State.CLOSED
