"""Initial sequence numbers: RFC 9293 section 3.4.1, RFC 6528."""

from __future__ import annotations

from tcptui.core.packet.segment import Socket
from tcptui.core.tcp.isn import rfc6528_isn

US, PEER = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
HOUR = 3_600_000_000


def test_the_clock_ticks_every_four_microseconds() -> None:
    """MUST-8: two connections of the same sockets differ by the clock alone, which goes round in 4.8 h."""
    first = rfc6528_isn(US, PEER, 0, b"secret")
    for microseconds in (3, 4, 1_000, HOUR, 5 * HOUR):
        then = rfc6528_isn(US, PEER, microseconds, b"secret")
        assert (then - first) % (1 << 32) == microseconds // 4 % (1 << 32)


def test_every_part_of_both_sockets_counts() -> None:
    """SHLD-1: F(localip, localport, remoteip, remoteport, secretkey)."""
    sockets = [
        (US, PEER),
        (US._replace(host="10.0.0.3"), PEER),
        (US._replace(port=49153), PEER),
        (US, PEER._replace(host="10.0.0.3")),
        (US, PEER._replace(port=81)),
        (PEER, US),
    ]
    assert len({rfc6528_isn(local, remote, 0, b"secret") for local, remote in sockets}) == len(sockets)


def test_another_secret_gives_other_numbers() -> None:
    """MUST-9: who knows the number of one connection but not the secret doesn't know that of another."""
    other = PEER._replace(port=81)
    steps = set()
    for secret in (b"one", b"two", b"three", b"four"):
        steps.add((rfc6528_isn(US, other, 0, secret) - rfc6528_isn(US, PEER, 0, secret)) % (1 << 32))
    assert len(steps) == 4
