"""Each segment of the handshake and of the close is lost once, in each direction; and some of the text."""

from __future__ import annotations

import random

import pytest

from tcptui.core.calls import Close
from tcptui.core.segment import ACK, FIN, SYN
from tcptui.core.state import State
from tests.kernel.adapter import Once, Passage
from tests.kernel.pair import Pair

CORE, KERNEL = True, False
"""Who sends."""


@pytest.mark.parametrize("kernel_is_client", [True, False], ids=["kernel opens", "core opens"])
@pytest.mark.parametrize("flags", [SYN, SYN | ACK, ACK], ids=["SYN", "SYN,ACK", "ACK"])
def test_a_segment_of_the_handshake_is_lost(pair: Pair, kernel_is_client: bool, flags: int) -> None:
    client = KERNEL if kernel_is_client else CORE
    sender = not client if flags == SYN | ACK else client
    pair.core.lose = loss = Once(sender, flags)
    pair.established(kernel_is_client)
    assert loss.done
    assert len(pair.core.passed(sender, flags)) >= 2
    pair.exchange(b"to the core", b"to the kernel")


@pytest.mark.parametrize("kernel_first", [True, False], ids=["kernel closes", "core closes"])
@pytest.mark.parametrize("number", [0, 1, 2, 3], ids=["FIN", "ACK of FIN", "other FIN", "last ACK"])
def test_a_segment_of_the_close_is_lost(pair: Pair, kernel_first: bool, number: int) -> None:
    first = KERNEL if kernel_first else CORE
    sender = first if number in (0, 3) else not first
    lost = FIN | ACK if number in (0, 2) else ACK
    pair.established()
    pair.exchange(b"to the core", b"to the kernel")
    pair.core.lose = loss = Once(sender, lost)
    if kernel_first:
        pair.sock.close()
        pair.until(State.CLOSE_WAIT, "FIN-WAIT-2")
        pair.core.call(Close(1))
        pair.until(State.CLOSED, "TIME-WAIT")
    else:
        pair.core.call(Close(1))
        pair.until(State.FIN_WAIT_2, "CLOSE-WAIT")
        pair.sock.close()
        pair.until(State.TIME_WAIT, "")
    assert loss.done
    again = first if number in (0, 1) else not first
    assert len(pair.core.passed(again, FIN | ACK)) >= 2


def test_text_is_lost_both_ways(pair: Pair) -> None:
    dice = random.Random(1)
    lost: list[Passage] = []

    def one_in_ten(passage: Passage) -> bool:
        if dice.random() < 0.1:
            lost.append(passage)
        return passage in lost[-1:]

    pair.established()
    pair.core.lose = one_in_ten
    pair.exchange(dice.randbytes(30_000), dice.randbytes(30_000), within=30)
    assert any(p.from_core and p.segment.data for p in lost)
    assert any(not p.from_core and p.segment.data for p in lost)
