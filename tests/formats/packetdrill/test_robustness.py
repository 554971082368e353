"""Scripts that are garbled: each comes to an end, and to one of the three outcomes, or is no script."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Passed, Unsupported
from tcptui.formats.packetdrill.syntax import BadScript
from tests.messages import said

SCRIPTS = [
    path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "conformance").glob("*.pkt"))
]
ODD = [
    "+0 < icmp unreachable host_unreachable [1:1461(1460)]",
    "+0 < icmp unreachable frag_needed mtu 100 [1:1461(1460)]",
    "+0 dup(4) = 5",
    "+0...1 connect(3, ..., ...) = 0",
    "+0...2 recv(4, ..., 1000, MSG_WAITALL) = 1000",
    "+0...5 close(4) = 0",
    "+0 readv(4, [{..., 100}, {..., 200}], 2) = 100",
    "+0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 100}], msg_flags=0}, 0) = 100",
    "+0 getsockopt(4, IPPROTO_TCP, TCP_INFO, {tcpi_state=1}, ...) = 0",
    "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=2}, 8) = 0",
    "+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [1000], 4) = 0",
    "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 1000) = 1",
    "+0 shutdown(3, SHUT_RDWR) = 0",
    "+0 %{ assert tcpi_state == 1 and tcpi_rto > 3 * 1000, tcpi_rto }%",
    "+0 `sysctl -q net.ipv4.tcp_sack=0`",
    "+0 < 5000 > 8080 S 100:100(0) win 65535 <mss 1460>",
    "* > . 1:1(0) ack 2",
    "+0 < P. 1:65536(65535) ack 1 win 65535",
    "+10000000 close(4) = 0",
]
LINES = ODD * 10 + [line for text in SCRIPTS for line in text.splitlines() if line and line[0] in "+0*"]
WORDS = sorted({word for line in LINES for word in re.findall(r"\w+|\S", line)})
NUMBERS = ("0", "1", "3", "4", "5", "100000", "65535", "65536", "2147483648", "4294967295")


def garbled(chance: random.Random) -> str:
    """A script of the conformance tests with a few lines moved, dropped, added or changed."""
    lines = chance.choice(SCRIPTS).splitlines()
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines))
        what = chance.random()
        if what < 0.4:
            lines.insert(at, chance.choice(LINES))
        elif what < 0.5 and len(lines) > 1:
            del lines[at]
        elif what < 0.6:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif pieces := re.findall(r"\s+|\w+|\S", lines[at]):
            pieces[chance.randrange(len(pieces))] = chance.choice(chance.choice((WORDS, NUMBERS)))
            lines[at] = "".join(pieces)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(20))
def test_a_garbled_script_has_an_outcome(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        text = garbled(chance)
        assert ended(text).isprintable(), text


def ended(text: str) -> str:
    """How a script has ended, in a line."""
    try:
        outcome = check_script(text, "x.pkt")
    except BadScript as error:
        return said(error)
    assert isinstance(outcome, Passed | Failed | Unsupported)
    return str(outcome)
