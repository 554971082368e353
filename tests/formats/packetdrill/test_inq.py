"""recvmsg() in a script, whose control message tells what is left to be read (TCP_INQ)."""

from __future__ import annotations

import pytest

from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Passed
from tests.formats.packetdrill.test_epoll import OPEN


@pytest.mark.parametrize(
    ("read", "told", "right"), [(40, 60, True), (40, 61, False), (100, 0, True), (100, 1, False)]
)
def test_what_is_left_to_be_read(read: int, told: int, right: bool) -> None:
    outcome = check_script(
        OPEN + "+0 < P. 1:101(100) ack 1 win 9000\n* > . 1:1(0) ack 101\n" + _read(read, told), "x.pkt"
    )
    assert isinstance(outcome, Passed) is right, str(outcome)
    assert right or f"TCP_CM_INQ {100 - read}" in str(outcome)


def test_a_fin_that_is_next_counts_as_one_octet() -> None:
    """tcp_inq_hint(); also once all has been read."""
    text = OPEN + "+0 < FP. 1:101(100) ack 1 win 9000\n* > . 1:1(0) ack 102\n"
    outcome = check_script(text + _read(40, 61) + _read(60, 1), "x.pkt")
    assert isinstance(outcome, Passed), str(outcome)


def _read(octets: int, told: int) -> str:
    control = f"[{{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data={told}}}]"
    message = f"{{msg_name(...)=..., msg_iov(1)=[{{..., {octets}}}], msg_flags=0, msg_control={control}}}"
    return f"+0 recvmsg(4, {message}, 0) = {octets}\n"
