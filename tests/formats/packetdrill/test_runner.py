"""Scripts that pass, and scripts that fail with a line that says where, what and why.

What they expect is RFC 9293's (on the stack ``rfc9293``), or what `decisions` says of Linux and FreeBSD.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.explain.catalogue import text as message_text
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Outcome, Passed, Unsupported

LISTEN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
"""
OPEN = (
    LISTEN
    + """+0 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
"""
)
"""Seven lines; the eighth is the first of what is added."""
CONNECT = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460>
"""


WRITE = OPEN + """+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
"""  # fmt: skip
SYN = LISTEN + "+0 < S 0:0(0) win 65535 <mss 1460>\n"


def check(text: str) -> Outcome:
    """On the RFC's stack where the script names no other, and nothing that it does not expect may be sent."""
    return check_script(f"{text}// profile: rfc9293\n", "x.pkt", strict=True)


def passes(text: str) -> None:
    outcome = check(text)
    assert outcome == Passed("x.pkt"), str(outcome)


def failure(text: str) -> str:
    """The line that tells of a failure, without its reasons."""
    outcome = check(text)
    assert isinstance(outcome, Failed), str(outcome)
    told, why, _ = str(outcome).partition("; why: ")
    return told if why else told.rpartition(" [")[0]


def needs(text: str) -> str:
    outcome = check(text)
    assert isinstance(outcome, Unsupported), str(outcome)
    return str(outcome)


# What passes.

PASSING = {
    "a whole life": OPEN
    + """+0 < P. 1:11(10) ack 1 win 65535
+.2 > . 1:1(0) ack 11
+0 read(4, ..., 1000) = 10
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 11
+.1 < . 11:11(0) ack 101 win 65535
+0 close(4) = 0
+0 > F. 101:101(0) ack 11
+.1 < F. 11:11(0) ack 102 win 65535
+0 > . 102:102(0) ack 12
""",
    "the active side": CONNECT
    + """+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>
+0 > . 1:1(0) ack 1
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
""",
    "the script's own initial numbers": LISTEN
    + """+0 < S 5000:5000(0) win 65535 <mss 1000>
+0 > S. 300:300(0) ack 5001 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
+1 > P. 1:11(10) ack 1
""",
    "a SYN,ACK again has the script's number too": LISTEN
    + """+0 < S 5000:5000(0) win 65535 <mss 1000>
+0 > S. 300:300(0) ack 5001 <mss 1460>
+1 > S. 300:300(0) ack 5001 <mss 1460>
+2 > S. 300:300(0) ack 5001 <mss 1460>
""",
    "a SYN within a connection does not move its numbers": OPEN
    + """+0 < S 4242:4242(0) win 65535 <mss 1460>
+0 > . 1:1(0) ack 1
""",
    "numbers of a connection that replaces one": OPEN
    + """+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.1 < F. 1:1(0) ack 2 win 65535
+0 > . 2:2(0) ack 2
+1 < S 70000:70000(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 70001 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 5
""",
    "nobody is there": """0 < S 0:0(0) win 65535 <mss 1460>
+0 > R. 0:0(0) ack 1
+0 < . 1:1(0) ack 7 win 65535
+0 > R 7:7(0)
+0 < R 1:1(0) win 0
""",
    "two connections, by their ports": LISTEN.replace("listen(3, 1)", "listen(3, 2)")
    + """+0 < 1111 > 8080 S 0:0(0) win 65535 <mss 1460>
+0 > 8080 > 1111 S. 0:0(0) ack 1 <mss 1460>
+0 < 2222 > 8080 S 900:900(0) win 65535 <mss 1460>
+0 > 8080 > 2222 S. 500:500(0) ack 901 <mss 1460>
+.1 < 1111 > 8080 . 1:1(0) ack 1 win 65535
+0 < 2222 > 8080 . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 accept(3, ..., ...) = 5
+0 write(5, ..., 10) = 10
+0 > 8080 > 2222 P. 1:11(10) ack 1
+0 write(4, ..., 10) = 10
+0 > 8080 > 1111 P. 1:11(10) ack 1
""",
    "a local port that the stack picks has the script's name": CONNECT.replace("> S", "> 5555 > 8080 S")
    + """+.1 < 8080 > 5555 S. 0:0(0) ack 1 win 65535 <mss 1460>
+0 > 5555 > 8080 . 1:1(0) ack 1
""",
    "a named port": """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, {sa_family = AF_INET, sin_port = htons(99), sin_addr = inet_addr("192.168.0.1")}, ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460>
+0 > 99 > 49152 S. 0:0(0) ack 1 <mss 1460>
""",
    "descriptors have the script's numbers": """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 10
+0 close(10) = 0
+0 close(10) = -1 EBADF (Bad file descriptor)
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 20
+0 listen(20, 1) = 0
""",
    "calls that block": LISTEN
    + """+0...+.3 accept(3, ..., ...) = 4
+.2 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0...+.2 read(4, ..., 100) = 5
+.2 < P. 1:6(5) ack 1 win 65535
+.2 > . 1:1(0) ack 6
""",
    "a call that blocks beyond the last event": OPEN + "+0...+2 poll([{fd=4, events=POLLIN}], 1, 2000) = 0\n",
    "any time": WRITE + "* > P. 1:11(10) ack 1\n+2 > P. 1:11(10) ack 1\n",
    "a range of time": WRITE + "+.5~+1.5 > P. 1:11(10) ack 1\n",
    "time from the start of the script": OPEN
    + "0.5 write(4, ..., 10) = 10\n0.5 > P. 1:11(10) ack 1\n1.5 > P. 1:11(10) ack 1\n",
    "an eighth of a long wait is nothing": WRITE
    + """+1.12 > P. 1:11(10) ack 1
+1.8 > P. 1:11(10) ack 1
""",
    "options that are not checked": SYN + "+0 > S. 0:0(0) ack 1 <...>\n",
    "numbers that are not checked": OPEN + "+0 write(4, ..., 10) = 10\n+0 > P. ...:...(10) ack 1\n",
    "the same errno by another name": OPEN
    + "+0 fcntl(4, F_SETFL, O_NONBLOCK) = 0\n+0 read(4, ..., 10) = -1 EWOULDBLOCK\n",
    "flags of a descriptor": OPEN
    + """+0 fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 fcntl(4, F_GETFL) = O_RDWR|O_NONBLOCK
""",
    "vectors and messages": OPEN
    + """+0 writev(4, [{..., 10}, {..., 20}], 2) = 30
+0 > P. 1:31(30) ack 1
+0 < P. 1:31(30) ack 31 win 65535
+0 readv(4, [{..., 4}, {..., 6}], 2) = 10
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 100}], msg_flags=0}, 0) = 20
+.2 > . 31:31(0) ack 31
+0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 7}], msg_flags=0}, 0) = 7
+0 > P. 31:38(7) ack 31
""",
    "what is in a queue": WRITE
    + """+0 ioctl(4, SIOCOUTQ, [10]) = 0
+.1 < P. 1:6(5) ack 11 win 65535
+0 ioctl(4, FIONREAD, [5]) = 0
+.2 > . 11:11(0) ack 6
""",
    "options of sockets": OPEN
    + """+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, 8) = 0
+0 getsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, [8]) = 0
+0 setsockopt(4, SOL_TCP, TCP_KEEPCNT, [5], 4) = 0
+0 getsockopt(4, SOL_TCP, TCP_KEEPCNT, [5], [4]) = 0
+0 getsockopt(4, SOL_TCP, TCP_INFO, {tcpi_state=TCP_ESTABLISHED, tcpi_unacked=0}, ...) = 0
""",
    "the number of an errno": CONNECT
    + "+.1 < R. 0:0(0) ack 1 win 0\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [111], [4]) = 0\n",
    "poll": OPEN
    + """+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 poll([{fd=4, events=POLLIN, revents=0}], 1, 0) = 0
""",
    "an unreachable host is no reason to give up": CONNECT
    + """+.1 < icmp unreachable host_unreachable [S 0:0(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [EHOSTUNREACH], [4]) = 0
+.9 > S 0:0(0) <mss 1460>
""",
    "a port that ICMP reports ends an OPEN": CONNECT
    + """+.1 < icmp unreachable port_unreachable [0:0(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
""",
    "a firewall that says that it prohibits": CONNECT
    + """+.1 < icmp unreachable packet_filtered [0:0(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [EHOSTUNREACH], [4]) = 0
""",
    "an error about what was never sent": WRITE
    + """+.1 < icmp unreachable port_unreachable [5000:6000(1000)]
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
""",
    "a path with a smaller MTU": OPEN
    + """+0 write(4, ..., 1460) = 1460
+0 > P. 1:1461(1460) ack 1
+.1 < icmp unreachable frag_needed mtu 1040 [1:1461(1460)]
+0 > . 1:1001(1000) ack 1
+0 > P. 1001:1461(460) ack 1
""",
    "IPv6": "--ip_version=ipv6\n"
    + LISTEN
    + """+0 < S 0:0(0) win 65535 <mss 1440>
+0 > S. 0:0(0) ack 1 <mss 1440>
""",
    "IPv4 for a socket of IPv6": "--ip_version=ipv4-mapped-ipv6\n"
    + LISTEN.replace("...,", "AF_INET6,", 1)
    + "+0 < S 0:0(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n",
    "an MTU": "--mtu=1040\n" + LISTEN + "+0 < S 0:0(0) win 9 <mss 9>\n+0 > S. 0:0(0) ack 1 <mss 1000>\n",
    "assertions": OPEN
    + """+0 %{
assert tcpi_state == TCP_ESTABLISHED and not tcpi_unacked, tcpi_state
assert 0 <= tcpi_snd_mss - 1460 < 1
}%
""",
}  # fmt: skip


@pytest.mark.parametrize("name", PASSING)
def test_passes(name: str) -> None:
    passes(PASSING[name])


def test_blocks_of_sack_count_from_their_receivers_number() -> None:
    """On both sides; RFC 2018 section 4: the block that has just grown comes first."""
    syn = "mss 1460,sackOK,TS val 10 ecr 0,nop,wscale 7"
    text = f"""// profile: linux
{LISTEN}+0 < S 9000:9000(0) win 65535 <{syn}>
+0 > S. 0:0(0) ack 9001 <mss 1460,sackOK,TS val 100 ecr 10,nop,wscale 7>
+.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 20 ecr 100>
+0 accept(3, ..., ...) = 4
+0 < . 101:201(100) ack 1 win 512 <nop,nop,TS val 20 ecr 100>
+0 > . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 20,nop,nop,sack 101:201>
+0 write(4, ..., 4308) = 4308
+0 > . 1:1437(1436) ack 1 <nop,nop,TS val 200 ecr 20>
+0 > . 1437:2873(1436) ack 1 <nop,nop,TS val 200 ecr 20>
+0 > P. 2873:4309(1436) ack 1 <nop,nop,TS val 200 ecr 20>
+.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 20 ecr 100,nop,nop,sack 1437:4309>
+0 %{{ assert tcpi_sacked == 2 }}%
"""
    outcome = check(text)
    # The blocks of what is held stand in every segment with an ACK; 12 octets of 1448 for one (MUST-16).
    assert isinstance(outcome, Failed)
    assert "sack 101:201" in str(outcome)
    passes(text.replace("TS val 200 ecr 20>", "TS val 200 ecr 20,nop,nop,sack 101:201>"))


# What fails.

FAILING = {
    "another number": (
        OPEN + "+0 < P. 1:11(10) ack 1 win 65535\n+.2 > . 1:1(0) ack 12\n",
        "x.pkt:9: expected > . 1:1(0) ack 12; got > . 1:1(0) ack 11 at 0.300",
    ),
    "other flags": (
        OPEN + "+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1\n",
        "x.pkt:9: expected > . 1:11(10) ack 1; got > P. 1:11(10) ack 1 at 0.100",
    ),
    "another window": (
        SYN + "+0 > S. 0:0(0) ack 1 win 5840 <mss 1460>\n",
        "x.pkt:5: expected > S. 0:0(0) ack 1 win 5840 <mss 1460>; "
        "got > S. 0:0(0) ack 1 win 65535 <mss 1460> at 0.000",
    ),
    "options that are not there": (
        SYN + "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK>\n",
        "x.pkt:5: expected > S. 0:0(0) ack 1 <mss 1460,sackOK>; got > S. 0:0(0) ack 1 <mss 1460> at 0.000",
    ),
    "options that are": (
        SYN + "+0 > S. 0:0(0) ack 1\n",
        "x.pkt:5: expected > S. 0:0(0) ack 1; got > S. 0:0(0) ack 1 <mss 1460> at 0.000",
    ),
    "another port": (
        LISTEN
        + "+0 < 1111 > 8080 S 0:0(0) win 65535 <mss 1460>\n+0 > 8080 > 1112 S. 0:0(0) ack 1 <mss 1460>\n",
        "x.pkt:5: expected > 8080 > 1112 S. 0:0(0) ack 1 <mss 1460>; "
        "got > 8080 > 1111 S. 0:0(0) ack 1 <mss 1460> at 0.000",
    ),
    "another number in a SYN that goes again": (
        CONNECT + "+1 > S 1:1(0) <mss 1460>\n",
        "x.pkt:5: expected > S 1:1(0) <mss 1460>; got > S 0:0(0) <mss 1460> at 1.000",
    ),
    "nothing comes": (
        OPEN + "+0 < . 1:1(0) ack 1 win 65535\n+.5 > . 1:1(0) ack 1\n",
        "x.pkt:9: expected > . 1:1(0) ack 1 at 0.600; got nothing",
    ),
    "it comes too early": (
        OPEN + "+0 write(4, ..., 10) = 10\n+.1 > P. 1:11(10) ack 1\n",
        "x.pkt:9: expected > P. 1:11(10) ack 1 at 0.200; got it at 0.100",
    ),
    "it comes too late": (
        WRITE + "+.8 > P. 1:11(10) ack 1\n",
        "x.pkt:10: expected > P. 1:11(10) ack 1 at 0.900; got nothing",
    ),
    "an eighth and a little": (
        WRITE + "+1.15 > P. 1:11(10) ack 1\n",
        "x.pkt:10: expected > P. 1:11(10) ack 1 at 1.250; got it at 1.100",
    ),
    "no share of the time": (
        "--tolerance_percent=0\n"
        + WRITE
        + "+1.005 > P. 1:11(10) ack 1\n",
        "x.pkt:11: expected > P. 1:11(10) ack 1 at 1.105; got it at 1.100",
    ),
    "less tolerance": (
        "--tolerance_usecs=1000 --tolerance_percent=0\n"
        + OPEN
        + "+0 write(4, ..., 10) = 10\n+.003 > P. 1:11(10) ack 1\n",
        "x.pkt:10: expected > P. 1:11(10) ack 1 at 0.103; got it at 0.100",
    ),
    "outside of a range": (
        OPEN + "+0 write(4, ..., 10) = 10\n+.1~+.2 > P. 1:11(10) ack 1\n",
        "x.pkt:9: expected > P. 1:11(10) ack 1 at 0.200~0.300; got it at 0.100",
    ),
    "a segment that nobody expects": (
        OPEN + "+0 < S 0:0(0) win 65535 <mss 1460>\n+1 close(3) = 0\n",
        "x.pkt:8: expected no segment; got > . 1:1(0) ack 1 win 65535 at 0.100",
    ),
    "and one after the last event": (
        OPEN + "+0 < P. 1:11(10) ack 1 win 65535\n+.199 close(3) = 0\n",
        "x.pkt:9: expected no segment; got > . 1:1(0) ack 11 win 65525 at 0.300",
    ),
    "a segment before its turn": (
        OPEN + "+0 write(4, ..., 10) = 10\n+0 read(4, ..., 9) = -1 EAGAIN\n+0 > . 1:11(10) ack 1\n",
        "x.pkt:10: expected > . 1:11(10) ack 1; got > P. 1:11(10) ack 1 at 0.100",
    ),
    "another result": (
        OPEN + "+0 < P. 1:11(10) ack 1 win 65535\n+0 read(4, ..., 100) = 11\n",
        "x.pkt:9: expected read() = 11; got 10",
    ),
    "an error": (
        OPEN + "+0 < R 1:1(0) win 0\n+0 read(4, ..., 100) = 0\n",
        "x.pkt:9: expected read() = 0; got -1 ECONNRESET",
    ),
    "no error": (
        OPEN + "+0 write(4, ..., 1) = -1 EPIPE (Broken pipe)\n",
        "x.pkt:8: expected write() = -1 EPIPE; got 1",
    ),
    "another error": (
        OPEN + "+0 < R 1:1(0) win 0\n+0 read(4, ..., 100) = -1 ETIMEDOUT\n",
        "x.pkt:9: expected read() = -1 ETIMEDOUT; got -1 ECONNRESET",
    ),
    "a call that blocks": (
        OPEN + "+0 read(4, ..., 100) = 10\n",
        "x.pkt:8: expected read() = 10; got a call that blocks",
    ),
    "a call that still blocks": (
        OPEN + "+0...+.5 read(4, ..., 100) = 10\n+2 close(3) = 0\n",
        "x.pkt:8: expected read() = 10 at 0.600; got a call that still blocks",
    ),
    "a call that still blocks at the end": (
        OPEN + "+0...+.5 read(4, ..., 100) = 10\n",
        "x.pkt:8: expected read() = 10 at 0.600; got a call that still blocks",
    ),
    "a call that blocks for too short a time": (
        OPEN + "+0...+.5 read(4, ..., 100) = 10\n+.1 < P. 1:11(10) ack 1 win 65535\n",
        "x.pkt:8: expected read() = 10 at 0.600; got it at 0.200",
    ),
    "a call that does not block": (
        OPEN + "+0...+.5 write(4, ..., 100) = 100\n",
        "x.pkt:8: expected write() = 100 at 0.600; got it at 0.100",
    ),
    "another value of an option": (
        OPEN + "+0 getsockopt(4, SOL_TCP, TCP_KEEPCNT, [5], [4]) = 0\n",
        "x.pkt:8: expected getsockopt() = 0, [5]; got [9]",
    ),
    "another pending error": (
        OPEN + "+0 < R 1:1(0) win 0\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n",
        "x.pkt:9: expected getsockopt() = 0, [0]; got [ECONNRESET]",
    ),
    "other events of poll": (
        OPEN + "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1\n",
        "x.pkt:8: expected poll() = 1, [{fd=4, revents=POLLIN}]; got [{fd=4, revents=POLLOUT}]",
    ),
    "another field of TCP_INFO": (
        OPEN + "+0 getsockopt(4, SOL_TCP, TCP_INFO, {tcpi_state=7}, ...) = 0\n",
        "x.pkt:8: expected getsockopt() = 0, {tcpi_state=7}; got {tcpi_state=1}",
    ),
    "another linger": (
        OPEN + "+0 getsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, ...) = 0\n",
        "x.pkt:8: expected getsockopt() = 0, {onoff=1, linger=7}; got {onoff=0, linger=0}",
    ),
    "an error that there is not": (
        OPEN + "+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0\n",
        "x.pkt:8: expected getsockopt() = 0, [EPIPE]; got [0]",
    ),
    "other octets": (
        OPEN + "+0 < P. 1:4(3) ack 1 win 65535\n+0 read(4, \"abc\", 3) = 3\n",
        'x.pkt:9: expected read() = 3, "abc"; got "\\x00\\x00\\x00"',
    ),
    "an assertion": (
        OPEN + "+0 %{ assert tcpi_state == TCP_CLOSE_WAIT, tcpi_state }%\n",
        "x.pkt:8: expected assert tcpi_state == TCP_CLOSE_WAIT; got tcpi_state = 1",
    ),
    "an event before its time": (
        OPEN + "0.050 close(4) = 0\n",
        "x.pkt:8: expected an event at 0.050; got 0.100 already",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_fails(name: str) -> None:
    text, expected = FAILING[name]
    assert failure(text) == expected


def test_a_failure_tells_the_rule_and_its_numbers() -> None:
    """In the script's own numbers, which are not the stack's."""
    outcome = check(OPEN + "+0 < R 9:9(0) win 0\n+0 > R 1:1(0)\n")
    assert isinstance(outcome, Failed)
    assert outcome.why == "RST_CHALLENGED, RFC 9293 3.10.7.4, second, seq 9, rcv_nxt 1, rcv_wnd 65535"
    assert str(outcome) == (
        "x.pkt:9: expected > R 1:1(0); got > . 1:1(0) ack 1 at 0.100; "
        "why: RST_CHALLENGED, RFC 9293 3.10.7.4, second, seq 9, rcv_nxt 1, rcv_wnd 65535 "
        "[rfc9293, as the script says]"
    )


def test_a_failure_cites_the_stack_that_was_tested() -> None:
    twice = "+0 < S 0:0(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n"
    outcome = check("// profile: linux\n" + LISTEN + twice + twice.replace("S. 0:0", ". 1:1"))
    assert isinstance(outcome, Failed)
    assert outcome.why.startswith("REPEATED_SYN, Linux tcp_check_req(), seq 0")


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        ("+0 < . 1:1(0) ack 1 win 65535\n+1 > . 1:1(0) ack 2\n", "ACK_DUPLICATE"),
        ("+0 write(4, ..., 2) = 2\n+0 > P. 1:3(2) ack 1\n+0 write(4, ..., 2) = 2\n+0 > P. 3:5(2) ack 1\n",
         "NAGLE"),
        ("+0 < R 1:1(0) win 0\n+0 write(4, ..., 2) = 2\n", "RST_RESETS"),
        ("+0 < F. 1:1(0) ack 1 win 65535\n+0 > F. 1:1(0) ack 2\n", "FIN_TO_CLOSE_WAIT"),
    ],
)  # fmt: skip
def test_the_rule_that_made_it_so(added: str, rule: str) -> None:
    outcome = check(OPEN + added)
    assert isinstance(outcome, Failed)
    assert outcome.why.startswith(rule + ", RFC 9293 3.")


# Timestamps.

STAMPED = """// profile: linux
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 4000 ecr 7,nop,wscale 7>
+.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 8 ecr 4000>
+0 accept(3, ..., ...) = 4
+.4 write(4, ..., 10) = 10
"""


def test_timestamps_count_milliseconds_from_the_first_that_was_seen() -> None:
    ticking = "--tcp_ts_tick_usecs=1000\n" + STAMPED
    passes(ticking + "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 8>\n")
    passes(ticking + "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 4504 ecr 8>\n")
    wrong = "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 4505 ecr 8>\n"
    assert failure(ticking + wrong) == (
        "x.pkt:11: expected > P. 1:11(10) ack 1 <nop,nop,TS val 4505 ecr 8> at 0.500; "
        "got > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 8>"
    )
    passes(STAMPED + wrong)  # Where the script does not say how fast its clock ticks, its values are names.


def test_the_echo_of_a_timestamp_is_compared() -> None:
    assert failure(STAMPED + "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 7>\n") == (
        "x.pkt:10: expected > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 7>; "
        "got > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 8> at 0.500"
    )


def test_what_the_peer_echoes_is_the_stacks_own() -> None:
    """A round trip of 100 ms is measured by it, though the segment went twice (RFC 7323 section 4)."""
    text = (
        STAMPED
        + """+0 > P. 1:11(10) ack 1 <nop,nop,TS val 4500 ecr 8>
+.3 > P. 1:11(10) ack 1 <nop,nop,TS val 4800 ecr 8>
+.1 < . 1:1(0) ack 11 win 512 <nop,nop,TS val 9 ecr 4800>
+0 %{ assert tcpi_rtt == 100000 }%
"""
    )
    passes(text)
    assert "tcpi_rtt = 137500" in failure(text.replace("ecr 4800>\n", "ecr 4500>\n"))  # (7 * 100 + 400) / 8


# Segments that a device cuts.

LARGE = OPEN.replace("<mss 1460>\n", "<mss 100>\n", 1) + "+0 write(4, ..., 300) = 300\n"


def test_a_segment_that_the_device_cuts() -> None:
    """Where the device does the cutting (TSO), a script expects what the stack hands over to it."""
    passes(LARGE + "+0 > P. 1:301(300) ack 1\n")
    passes(LARGE + "+0 > . 1:201(200) ack 1\n+0 > P. 201:301(100) ack 1\n")


def test_the_parts_must_be_the_whole() -> None:
    assert failure(LARGE + "+0 > P. 1:302(301) ack 1\n").endswith("at 0.100; got nothing")
    assert "got > P. 201:301(100) ack 1" in failure(LARGE + "+0 > P. 1:251(250) ack 1\n")
    assert "got > . 1:101(100) ack 1" in failure(LARGE + "+0 > P. 1:301(300) ack 2\n")
    assert "got > P. 201:301(100) ack 1" in failure(LARGE + "+0 > FP. 1:301(300) ack 1\n")


# The stack that is asked.


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", "linux, by default"),
        ("`sysctl -q net.ipv4.tcp_sack=1`\n", "linux, by its commands"),
        ("`sysctl net.inet.tcp.drop_synfin=1`\n", "freebsd, by its commands"),
        ("`echo 1 > /proc/sys/net/ipv4/tcp_sack`\n", "linux, by its commands"),
        ("// profile: freebsd\n`sysctl -q net.ipv4.tcp_sack=1`\n", "freebsd, as the script says"),
    ],
)
def test_which_stack_is_asked(head: str, expected: str) -> None:
    outcome = check_script(head + "0 close(3) = 0\n", "x.pkt")
    assert isinstance(outcome, Failed)
    assert message_text(outcome.profile) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("<mss 1460>", "linux, by default"),
        ("<mss 1460,nop,wscale 6>", "linux, by default"),
        ("<mss 1460,sackOK,TS val 1 ecr 0>", "linux, by default"),
        ("<mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>", "linux, by the options of its SYN"),
        ("<mss 1460,nop,nop,sackOK>", "linux, by the options of its SYN"),
        ("<mss 1460,nop,wscale 6,sackOK,TS val 1 ecr 0>", "freebsd, by the options of its SYN"),
        ("<mss 1460,sackOK,eol,eol>", "freebsd, by the options of its SYN"),
    ],
)
def test_the_layout_of_options_tells_the_stack(options: str, expected: str) -> None:
    """decisions: the order of options on a SYN, and what stands where some are not there."""
    outcome = check_script(f"0 close(3) = 0\n+0 > S. 0:0(0) ack 1 {options}\n", "x.pkt")
    assert isinstance(outcome, Failed)
    assert message_text(outcome.profile) == expected


def test_the_stack_that_is_asked_for_goes_before_all() -> None:
    outcome = check_script("// profile: linux\n0 close(3) = 0\n", "x.pkt", FREEBSD)
    assert isinstance(outcome, Failed)
    assert message_text(outcome.profile) == "freebsd, as asked for"


SYN_AGAIN = LISTEN + """+0 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.5 < S 0:0(0) win 65535 <mss 1460>
"""  # fmt: skip


def test_what_differs_between_stacks() -> None:
    """A SYN again in SYN-RECEIVED: the RFC's bare ACK, Linux's SYN,ACK."""
    bare, again = "+0 > . 1:1(0) ack 1\n", "+0 > S. 0:0(0) ack 1 <mss 1460>\n"
    for profile, passing, failing in ((RFC9293, bare, again), (LINUX, again, bare)):
        assert isinstance(check_script(SYN_AGAIN + passing, "x.pkt", profile), Passed)
        assert isinstance(check_script(SYN_AGAIN + failing, "x.pkt", profile), Failed)


def test_sysctls_set_knobs_before_and_while_the_script_runs() -> None:
    text = """`sysctl -w net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0; sysctl net.ipv4.tcp_window_scaling=0`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) <mss 1460>
+.1 < R. 0:0(0) ack 1 win 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 `sysctl -q net.ipv4.tcp_sack=1`
+0 fcntl(4, F_SETFL, O_NONBLOCK) = 0
+0 connect(4, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) <mss 1460,nop,nop,sackOK>
"""
    passes(text)


def test_a_setting_goes_after_the_scripts_own() -> None:
    text = "`sysctl -q net.ipv4.tcp_timestamps=0`\n" + CONNECT.replace("<mss 1460>", "<...>")
    outcome = check_script(
        text.replace("<...>", "<mss 7>"), "x.pkt", settings=["mss=500", "window_scale=none"]
    )
    assert isinstance(outcome, Failed)
    assert "<mss 500,nop,nop,sackOK>" in str(outcome)


def test_what_is_passed_over_is_told() -> None:
    text = """`./common/prepare.sh
sysctl -q net.ipv4.no_such_thing=1`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 `ip route flush cache`
+0 %{ import os }%
+0 %{ assert tcpi_reordering == 3 }%
"""
    outcome = check(text)
    assert isinstance(outcome, Passed)
    notes = tuple(map(message_text, outcome.notes))
    assert notes[0] == "x.pkt:1: ignored: ./common/prepare.sh"
    assert "no_such_thing" in notes[1]
    assert notes[2:] == (
        "x.pkt:4: ignored: ip route flush cache",
        "x.pkt:5: skipped: import os: only assert, if and assignments are understood",
        "x.pkt:6: skipped: assert tcpi_reordering == 3: tcpi_reordering is not known",
    )


def test_nothing_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    text = f"`touch {marker}`\n0 `touch {marker}`\n+0 %{{ open('{marker}', 'w') }}%\n`touch {marker}`\n"
    assert isinstance(check(text), Passed)
    assert not marker.exists()


def test_words_are_replaced() -> None:
    text = OPEN + "+0 write(4, ..., SIZE) = SIZE\n+0 > P. 1:11(10) ack 1\n"
    assert isinstance(check_script(text, "x.pkt", defines={"SIZE": "10"}), Passed)
    assert isinstance(check_script(text, "x.pkt", defines={"SIZE": "11"}), Failed)


# What there is not.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LISTEN + "+0 inotify_init(1) = 4\n", "x.pkt:4: unsupported: the call inotify_init()"),
        ("0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n", "x.pkt:1: unsupported: sockets other than TCP's"),
        (OPEN + "+0 < udp (100)\n", "x.pkt:8: unsupported: UDP"),
        (OPEN + "+0 send(4, 0x8, 10, 0) = -1 EFAULT\n", "x.pkt:8: unsupported: send() with a pointer"),
        (OPEN + "+0 < sctp: DATA[flgs=BE]\n", "x.pkt:8: unsupported: SCTP"),
        (OPEN + "+0 > icmp unreachable\n", "x.pkt:8: unsupported: an ICMP message that goes out"),
        (OPEN + "+0 < icmp echo_reply [1:1(0)]\n", "x.pkt:8: unsupported: icmp echo_reply"),
        (OPEN + "+0 < icmp unreachable port_unreachable [udp (9)]\n",
         "x.pkt:8: unsupported: an ICMP message that quotes no TCP segment"),
        (OPEN + "+0 setsockopt(4, SOL_TCP, TCP_MD5SIG, [1], 4) = 0\n",
         "x.pkt:8: unsupported: setsockopt(TCP_MD5SIG)"),
        (OPEN + "+0 send(4, ..., 10, MSG_ZEROCOPY) = 10\n",
         "x.pkt:8: unsupported: the constant MSG_ZEROCOPY"),
        (OPEN + "+0 send(4, ..., 10, 0x800000) = 10\n",
         "x.pkt:8: unsupported: send() with the flags 0x800000"),
        (OPEN + "+0 < [ce] P. 1:11(10) ack 1 win 65535\n",
         "x.pkt:8: unsupported: ce in the IP header of a segment that comes in"),
        (OPEN + "+0 write(4, ..., 10) = 10\n+0 > [ect0] P. 1:11(10) ack 1\n",
         "x.pkt:9: unsupported: ect0 in the IP header of a segment that goes out"),
        (OPEN + "+0 < ipv4 1.1.1.1 > 2.2.2.2: P. 1:11(10) ack 1 win 65535\n",
         "x.pkt:8: unsupported: segments inside of ipv4 1.1.1.1 > 2.2.2.2"),
        ("--no_such_option\n" + OPEN, "x.pkt:1: unsupported: the option --no_such_option"),
        (OPEN + "+0 write(4, ..., 99999999) = 1\n",
         "x.pkt:8: unsupported: write() of 99999999 octets (at most 16777216)"),
        ("// profile: solaris\n" + OPEN,
         "x.pkt:1: unsupported: the profile solaris (allowed: rfc9293, linux, freebsd)"),
    ],
)  # fmt: skip
def test_what_a_script_needs_and_there_is_not(text: str, expected: str) -> None:
    assert needs(text) == expected


def test_a_script_that_never_ends_is_ended() -> None:
    """Probes of a closed window go on for as long as they are answered; here the window never opens."""
    lines = "* > . 1:2(1) ack 1\n+0 < . 1:1(0) ack 1 win 0\n" * 3_000
    text = OPEN.replace("ack 1 win 65535\n+0 accept", "ack 1 win 0\n+0 accept")
    passes(text + "+0 write(4, ..., 10) = 10\n" + lines)
    assert failure(OPEN + "* > . 1:1(0) ack 1\n").endswith("expected > . 1:1(0) ack 1; got nothing")
