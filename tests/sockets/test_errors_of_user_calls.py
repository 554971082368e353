"""The errno beside the RFC's words: what a program with sockets would be told."""

from __future__ import annotations

import pytest

from tcptui.core.events import Response, Signal
from tcptui.core.state import State
from tcptui.sockets.errors import errno_of_response, errno_of_signal
from tcptui.sockets.semantics import FREEBSD, LINUX, SocketSemantics

S, R = State, Response


@pytest.mark.parametrize(
    ("signal", "state", "semantics", "errno"),
    [
        (Signal.RESET, S.SYN_SENT, LINUX, "ECONNREFUSED"),
        (Signal.RESET, S.ESTABLISHED, LINUX, "ECONNRESET"),
        (Signal.RESET, S.CLOSE_WAIT, LINUX, "EPIPE"),
        (Signal.RESET, S.CLOSE_WAIT, FREEBSD, "ECONNRESET"),
        (Signal.REFUSED, S.SYN_RECEIVED, LINUX, "ECONNREFUSED"),
        (Signal.TIMED_OUT, S.SYN_SENT, LINUX, "ETIMEDOUT"),
        (Signal.USER_TIMEOUT, S.ESTABLISHED, LINUX, "ETIMEDOUT"),
        (Signal.CLOSING, S.ESTABLISHED, LINUX, ""),
        (Signal.OPENED, S.SYN_SENT, LINUX, ""),
    ],
)
def test_a_notification_has_the_errno_of_its_state_and_system(
    signal: Signal, state: State, semantics: SocketSemantics, errno: str
) -> None:
    assert errno_of_signal(signal, state, semantics) == errno


@pytest.mark.parametrize(
    ("response", "call", "semantics", "errno"),
    [
        (R.EXISTS, "OPEN", LINUX, "EADDRNOTAVAIL"),
        (R.EXISTS, "OPEN", FREEBSD, "EADDRINUSE"),
        (R.NO_CONNECTION, "SEND", LINUX, "EPIPE"),
        (R.NO_CONNECTION, "RECEIVE", LINUX, "ENOTCONN"),
        (R.CLOSING, "SEND", LINUX, "EPIPE"),
        (R.OK, "SEND", LINUX, ""),
        (R.QUEUED, "RECEIVE", LINUX, ""),
    ],
)
def test_a_response_has_the_errno_of_its_call_and_system(
    response: Response, call: str, semantics: SocketSemantics, errno: str
) -> None:
    assert errno_of_response(response, call, semantics) == errno


def test_every_error_of_the_rfc_has_an_errno() -> None:
    for response in Response:
        assert bool(errno_of_response(response, "SEND", LINUX)) == response.value.startswith("error")
