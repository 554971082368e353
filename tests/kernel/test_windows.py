"""Windows that close, the probes that ask for them, and the probes of a connection that is idle."""

from __future__ import annotations

import random
import socket

import pytest

from tcptui.core.calls import Receive, Send
from tcptui.core.presets import LINUX
from tcptui.core.profile import Profile
from tcptui.core.segment import ACK
from tcptui.core.seq import distance
from tests.kernel.adapter import Passage
from tests.kernel.pair import KERNEL_PORT, Pair

SMALL = LINUX._replace(name="small", receive_buffer=4000)
TEXT = random.Random(4).randbytes(20_000)


def core_reads(pair: Pair) -> bytes:
    tcb = pair.core.stack.tcb(1)
    if tcb is not None and tcb.unread:
        pair.core.call(Receive(1))
    return pair.core.delivered(1)


def probes_of_kernel(pair: Pair) -> list[Passage]:
    """What has a number that the core acknowledged before, and no text: a kernel's probe (3.8.6.1)."""
    tcb = pair.core.stack.tcb(1)
    assert tcb is not None
    return [p for p in pair.core.passed(False, ACK) if distance(p.segment.seq, tcb.rcv_nxt) == 1]


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


def test_the_kernels_window_closes(pair: Pair) -> None:
    pair.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pair.established()
    pair.core.call(Send(1, TEXT))
    pair.core.until(lambda: any(p.segment.wnd == 0 for p in pair.core.passed(False, ACK)))
    assert pair.core.stack.tcb(1).unsent  # type: ignore[union-attr]
    read = b""

    def all_read() -> bool:
        nonlocal read
        read += pair.read()
        return len(read) >= len(TEXT)

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
