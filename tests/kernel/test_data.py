"""Text both ways at once, over IPv4, IPv6, a TUN device and a veth pair; half-closed connections."""

from __future__ import annotations

import random
import socket
from contextlib import closing

import pytest

from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Receive, Send
from tests.kernel.adapter import Core
from tests.kernel.links import Veth
from tests.kernel.namespace import Namespace
from tests.kernel.pair import Pair, ended

TO_CORE, TO_KERNEL = random.Random(1).randbytes(100_000), random.Random(2).randbytes(100_000)


@pytest.mark.parametrize("profile", [LINUX, RFC9293, FREEBSD], ids=lambda profile: profile.name)
@pytest.mark.parametrize("kernel_is_client", [True, False], ids=["kernel opens", "core opens"])
def test_both_ways(pair: Pair, profile: Profile, kernel_is_client: bool) -> None:
    assert pair.core.stack.profile is profile
    pair.established(kernel_is_client)
    pair.exchange(TO_CORE, TO_KERNEL)


def test_ipv6(namespace: Namespace, core: Core) -> None:
    with closing(Pair(namespace, core, ipv6=True)) as pair:
        pair.established()
        pair.exchange(TO_CORE, TO_KERNEL)


@pytest.mark.parametrize("ipv6", [False, True], ids=["IPv4", "IPv6"])
def test_a_veth_pair(namespace: Namespace, ipv6: bool) -> None:
    with closing(Veth(namespace)) as link, closing(Pair(namespace, Core(link), ipv6)) as pair:
        pair.established()
        pair.exchange(TO_CORE, TO_KERNEL)


def test_the_core_still_sends_when_the_kernel_has_closed(pair: Pair) -> None:
    pair.established()
    pair.sock.shutdown(socket.SHUT_WR)
    pair.until(State.CLOSE_WAIT, "FIN-WAIT-2")
    pair.core.call(Send(1, b"still here"))
    pair.core.call(Close(1))
    pair.until(State.CLOSED, "TIME-WAIT")
    assert pair.read() == b"still here"
    assert ended(pair.sock)


def test_the_kernel_still_sends_when_the_core_has_closed(pair: Pair) -> None:
    pair.established()
    pair.core.call(Close(1))
    pair.until(State.FIN_WAIT_2, "CLOSE-WAIT")
    assert ended(pair.sock)
    pair.sock.send(b"still here")
    pair.core.call(Receive(1))
    pair.core.until(lambda: pair.core.delivered(1) == b"still here")
    pair.sock.close()
    pair.until(State.TIME_WAIT, "")
