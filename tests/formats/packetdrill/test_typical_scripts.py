"""Whole scripts as people write them for Linux and for FreeBSD: they are read to the last event."""

from __future__ import annotations

from collections import Counter

import pytest

from tcptui.formats.packetdrill.parser import parse_script

LINUX_SERVER = """// A passive open with timestamps; the application closes first.
`./defaults.sh
./set_sysctls.py /proc/sys/net/ipv4/tcp_timestamps=1`

    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
   +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
   +0 bind(3, ..., ...) = 0
   +0 listen(3, 1) = 0

   +0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 100 ecr 0,nop,wscale 7>
   +0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 100,nop,wscale 8>
 +.05 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 150 ecr 100>
   +0 accept(3, ..., ...) = 4

// Two segments; the second is lost, and SACK says so.
+.01 write(4, ..., 3000) = 3000
   +0 > P. 1:3001(3000) ack 1 <nop,nop,TS val 200 ecr 150>
 +.05 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 250 ecr 200,nop,nop,sack 1001:2001 2001:3001>
+0~+.010 > . 1:1001(1000) ack 1 <...>
   +0 %{
assert tcpi_ca_state == TCP_CA_Recovery, tcpi_ca_state
assert tcpi_unacked == 3
}%
 +.05 < [ect0] . 1:1(0) ack 3001 win 257 <nop,nop,TS val 300 ecr 250>
   +0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
   +0 read(4, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
   +0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
   +0 close(4) = 0
    * > F. 3001:3001(0) ack 1 <...>
 +.05 < F. 1:1(0) ack 3002 win 257 <nop,nop,TS val 350 ecr 300>
   +0 > . 3002:3002(0) ack 2 <...>
`rm -f /tmp/sysctl_restore_${PPID}.sh`
"""

FREEBSD_CLIENT = """--ip_version=ipv4

 0.000 `kldload -n tcp_rack`
+0.000 `kldload -n cc_newreno`
+0.000 `sysctl kern.timecounter.alloweddeviation=0`
+0.000 `sysctl net.inet.tcp.syncookies=0`
// A TCP endpoint in SYN-SENT that is reset.
+0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
#ifdef TCP_RACK
+0.000 setsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="rack", pcbcnt=0}, 36) = 0
#else
+0.000 setsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="freebsd",
                                                    pcbcnt=0}, 36) = 0
#endif
+0.000 fcntl(3, F_GETFL) = 0x02 (flags O_RDWR)
+0.000 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0.000 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0.000 >    S    0:0(0)           win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>
+0.050 <    R.   0:0(0)    ack 1  win 0
+0.000 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
+0.000 poll([{fd=3, events=POLLOUT, revents=POLLOUT|POLLHUP}], 1, 0) = 1
+0.000 close(3) = 0
"""

PATH_MTU = """--tolerance_usecs=10000
 0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR) = 0
0.100...0.200 connect(3, {sa_family = AF_INET, sin_port = htons(8080),
                          sin_addr = inet_addr("192.0.2.1")}, 16) = 0
0.100 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
0.200 < S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,sackOK>
0.200 > . 1:1(0) ack 1
0.300 sendmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 1460}], msg_flags=0}, MSG_DONTWAIT|MSG_NOSIGNAL) = 1460
0.300 > P. 1:1461(1460) ack 1
0.350 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
0.350 > . 1:1161(1160) ack 1
0.350 > P. 1161:1461(300) ack 1
0.400 < . 1:1(0) ack 1461 win 65535
0.500...0.600 read(3, ..., 10) = 0 // the peer closes
0.600 < F. 1:1(0) ack 1461 win 65535
0.600 > . 1461:1461(0) ack 2
"""


@pytest.mark.parametrize(
    ("text", "defines", "kinds"),
    [
        (LINUX_SERVER, {}, {"CallEvent": 10, "SegmentEvent": 10, "AssertEvent": 1}),
        (FREEBSD_CLIENT, {}, {"CommandEvent": 4, "CallEvent": 8, "SegmentEvent": 2}),
        (FREEBSD_CLIENT, {"TCP_RACK": ""}, {"CommandEvent": 4, "CallEvent": 8, "SegmentEvent": 2}),
        (PATH_MTU, {}, {"CallEvent": 5, "SegmentEvent": 9, "IcmpEvent": 1}),
    ],
)
def test_typical_scripts(text: str, defines: dict[str, str], kinds: dict[str, int]) -> None:
    script = parse_script(text, "x.pkt", defines)
    assert Counter(type(event).__name__ for event in script.events) == kinds
