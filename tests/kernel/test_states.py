"""The kernel's ten states, each reached with the core at the other end and read from `ss`."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.core.tcp.calls import Close
from tests.kernel.pair import Pair

TEN = {
    "LISTEN", "SYN-SENT", "SYN-RECV", "ESTAB", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
}  # fmt: skip
"""All that `ss` says of a TCP socket that is not CLOSED."""

CLIENT_CLOSES_FIRST = [
    (State.LISTEN, "SYN-SENT"),
    (State.ESTABLISHED, "ESTAB"),
    (State.ESTABLISHED, "FIN-WAIT-1"),
    (State.CLOSE_WAIT, "FIN-WAIT-2"),
    (State.CLOSED, "TIME-WAIT"),
]
SERVER_CLOSES_LAST = [
    (State.CLOSED, "LISTEN"),
    (State.SYN_SENT, "SYN-RECV"),
    (State.ESTABLISHED, "ESTAB"),
    (State.FIN_WAIT_1, "CLOSE-WAIT"),
    (State.FIN_WAIT_2, "LAST-ACK"),
    (State.TIME_WAIT, "LISTEN"),
]
BOTH_CLOSE = [
    (State.ESTABLISHED, "FIN-WAIT-1"),
    (State.FIN_WAIT_1, "CLOSING"),
    (State.TIME_WAIT, "TIME-WAIT"),
]


def test_the_kernel_as_client_closes_first(pair: Pair) -> None:
    seen = []
    pair.kernel_connects()
    seen.append(pair.states())
    pair.until(State.ESTABLISHED, "ESTAB")
    seen.append(pair.states())
    pair.sock.close()
    seen.append(pair.states())
    pair.until(State.CLOSE_WAIT, "FIN-WAIT-2")
    seen.append(pair.states())
    pair.core.call(Close(1))
    pair.until(State.CLOSED, "TIME-WAIT")
    seen.append(pair.states())
    assert seen == CLIENT_CLOSES_FIRST


def test_the_kernel_as_server_closes_last(pair: Pair) -> None:
    pair.kernel_listens()
    seen = [pair.states()]
    pair.core_connects()
    seen.append(pair.states())
    pair.until(State.ESTABLISHED, "ESTAB")
    seen.append(pair.states())
    pair.accept()
    pair.core.call(Close(1))
    seen.append(pair.states())
    pair.until(State.FIN_WAIT_2, "CLOSE-WAIT")
    pair.sock.close()
    seen.append(pair.states())
    pair.until(State.TIME_WAIT, "LISTEN")
    seen.append(pair.states())
    assert seen == SERVER_CLOSES_LAST


def test_both_close_at_once(pair: Pair) -> None:
    pair.established()
    pair.sock.close()
    seen = [pair.states()]
    pair.core.call(Close(1))
    seen.append(pair.states())
    pair.until(State.TIME_WAIT, "TIME-WAIT")
    seen.append(pair.states())
    assert seen == BOTH_CLOSE


def test_nothing_is_left_out() -> None:
    walks = CLIENT_CLOSES_FIRST + SERVER_CLOSES_LAST + BOTH_CLOSE
    assert {kernel for _, kernel in walks} == TEN
