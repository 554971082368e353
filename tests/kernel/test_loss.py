"""Each segment of the handshake and of the close is lost once, in each direction; and some of the text."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tcptui.core.packet.segment import ACK, FIN, SYN
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close
from tests.kernel.adapter import Once, Passage
from tests.kernel.pair import Pair

CORE, KERNEL = True, False
"""Who sends."""

TO_CORE, TO_KERNEL = random.Random(6).randbytes(30_000), random.Random(7).randbytes(30_000)


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
    """Every fifth segment with text is lost, and every fifth without, of either sender."""
    seen: Counter[tuple[bool, bool]] = Counter()

    def one_in_five(passage: Passage) -> bool:
        kind = passage.from_core, bool(passage.segment.data)
        seen[kind] += 1
        return seen[kind] % 5 == 0

    pair.established()
    pair.core.lose = one_in_five
    pair.exchange(TO_CORE, TO_KERNEL, within=30)
    assert seen[CORE, True] >= 5
    assert seen[KERNEL, True] >= 5
