"""Every element that packetdrill's grammar has, those of its forks too: read to the end, and run, or told as
what there is not; never an error of syntax, and never passed over in silence."""

from __future__ import annotations

import pytest

from tcptui.core.profile.presets import LINUX
from tcptui.explain.catalogue import text as message_text
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Passed, Unsupported
from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.syntax import IcmpEvent, Quoted, TimeKind
from tests.formats.packetdrill.scripts import event

OPEN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
"""


@pytest.mark.parametrize(
    "events",
    [
        # Times.
        "+.5 close(4) = 0",
        "9 close(4) = 0",
        "+0 write(4, ..., 5) = 5\n* > P. 1:6(5) ack 1",
        "+0 write(4, ..., 5) = 5\n+* > P. 1:6(5) ack 1",
        "+0 write(4, ..., 5) = 5\n+0~+.1 > P. 1:6(5) ack 1",
        "+0 write(4, ..., 5) = 5\n.1~.2 > P. 1:6(5) ack 1",
        "+0...0.3 read(4, ..., 5) = 5\n+.3 < P. 1:6(5) ack 1 win 9",
        "0.2...0.4 read(4, ..., 5) = 5\n0.4 < P. 1:6(5) ack 1 win 9",
        # The IP header.
        "+0 < [noecn] P. 1:6(5) ack 1 win 9",
        "+0 < [ect0] P. 1:6(5) ack 1 win 9",
        "+0 < [ect1, ttl 64] P. 1:6(5) ack 1 win 9",
        "+0 < (tos 0x10) P. 1:6(5) ack 1 win 9",
        "+0 < [flowlabel 0x12345,hlim 3] P. 1:6(5) ack 1 win 9",
        "+0 write(4, ..., 5) = 5\n+0 > [noecn] P. 1:6(5) ack 1",
        # Segments.
        "+0 < 49152 > 8080 P. 1:6(5) ack 1 win 9",
        "+0 < PEWU. 1:6(5) ack 1 win 9 urg 3 <nop,eol>",
        "+0 < - 1:6(5) win 9",
        "+0 < FP. 1:6(5) ack 1 win 9 <nop,nop,sack 1:2 3:4>",
        "+0 < P. 1:6(5) ack 1 win 9 <FO 0123456789abcdef,FOEXP,unknown-99 0xabcd>",
        "+0 < P. 1:6(5)! ack 1 win 9",
        # Calls.
        "+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0 (no error yet)",
        "+0 fcntl(4, F_SETFL, O_RDWR | O_NONBLOCK) = 0\n+0 read(4, ..., 5) = -1 EAGAIN (Try again)",
        "+0 fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)",
        "+0 writev(4, [{\"abc\", 3}, {..., 2}], 2) = 5\n+0 > P. 1:6(5) ack 1",
        "+0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 5}], msg_flags=0}, 0) = 5",
        "+0 sendmsg(4, (struct msghdr *) {msg_name(...)=..., msg_iov(1)=[{..., 5}], msg_flags=0}, 0) = 5",
        "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1",
        "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=2}, 8) = 0",
        "+0 ioctl(4, SIOCINQ, [0]) = 0",
        "+0 sendto(4, \"ab\\x00\\n\"..., 5, MSG_DONTWAIT, ..., ...) = 5",
        # ICMP.
        "+0 < icmp unreachable net_unreachable [1:6(5)]",
        "+0 < [1:6(5)] icmp unreachable net_unreachable",
        "+0 < icmp source_quench [1:6(5)]",
    ],
)  # fmt: skip
def test_what_is_run(events: str) -> None:
    outcome = check_script(f"{OPEN}{events}\n", "x.pkt", LINUX)
    assert isinstance(outcome, Passed), str(outcome)
    assert outcome.notes == ()


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        # Protocols and headers.
        ("+0 < udp (100)", "UDP"),
        ("+0 > udp 4000 > 5000 (100)", "UDP"),
        ("+0 < sctp: INIT[flgs=0, tag=1, a_rwnd=1500, os=1, is=1, tsn=1]", "SCTP"),
        ("+0 < ipv4 1.1.1.1 > 2.2.2.2: P. 1:6(5) ack 1 win 9", "segments inside of ipv4 1.1.1.1 > 2.2.2.2"),
        ("+0 < ipv6 fd00::1 > fd00::2: P. 1:6(5) ack 1 win 9", "segments inside of ipv6 fd00::1 > fd00::2"),
        ("+0 < ipv4 1.1.1.1 > 2.2.2.2: gre: P. 1:6(5) ack 1 win 9",
         "segments inside of ipv4 1.1.1.1 > 2.2.2.2"),
        ("+0 < gre flags 0x2000 proto 0x0800 key 0x1: P. 1:6(5) ack 1 win 9",
         "segments inside of gre flags 0x2000 proto 0x0800 key 0x1"),
        ("+0 < mpls (label 0, tc 0, ttl 64): P. 1:6(5) ack 1 win 9",
         "segments inside of mpls (label 0, tc 0, ttl 64)"),
        ("+0 < P. 1:6(5) ack 1 win 9 <nop> / udp(9899 > 4500)", "segments inside of udp 9899 > 4500"),
        ("+0 > P. 1:6(5) ack 1 / udp(9899 > 4500)", "segments inside of udp 9899 > 4500"),
        ("+0 < [ce] P. 1:6(5) ack 1 win 9", "ce in the IP header of a segment that comes in"),
        ("+0 > [ect0] P. 1:6(5) ack 1", "ect0 in the IP header of a segment that goes out"),
        ("+0 < sock(4) P. 1:6(5) ack 1 win 9", "sock(4)"),
        ("+0 > P. 1:6(5) ack 1 sock(4)", "sock(4)"),
        # Control bits and options.
        ("+0 < P.5 1:6(5) ack 1 win 9", "the control bit AE (accurate ECN)"),
        ("+0 < SEWA 1:1(0) win 9", "the control bit AE (accurate ECN)"),
        ("+0 > . 1:1(0) ack 1 <ECN e1b 1 ceb 0 e0b 1,nop>", "the TCP option ECN"),
        ("+0 > . 1:1(0) ack 1 <md5 00112233445566778899aabbccddeeff,nop,nop>", "the TCP option md5"),
        ("+0 > . 1:1(0) ack 1 <exp-tarr 5>", "the TCP option exp-tarr"),
        ("+0 < . 1:1(0) ack 1 win 9 <md5>", "the TCP option md5"),
        ("+0 < . 1:1(0) ack 1 win 9 <mp_capable a b>", "the TCP option mp_capable"),
        ("+0 > . 1:1(0) ack 1 <mpcapable v1 flags[flag_h] key[skey, ckey=2],nop>",
         "the TCP option mpcapable"),
        ("+0 < . 1:1(0) ack 1 win 9 <nop,nop,mp_join_ack sender_hmac=auto>", "the TCP option mp_join_ack"),
        ("+0 < . 1:1(0) ack 1 win 9 <dss dack4=trunc(1) dsn8=2 ssn=1 dll=10 nocs fin,nop>",
         "the TCP option dss"),
        ("+0 > . 1:1(0) ack 1 <add_address address_id=1 ipv4=1.2.3.4,nop>", "the TCP option add_address"),
        # ICMP.
        ("+0 > icmp unreachable port_unreachable [1:6(5)]", "an ICMP message that goes out"),
        ("+0 < icmp echo_request", "icmp echo_request"),
        ("+0 < icmp unreachable port_unreachable [udp (100)]", "an ICMP message that quotes no TCP segment"),
        ("+0 < [raw (100)] icmp unreachable port_unreachable", "an ICMP message that quotes no TCP segment"),
        # Calls.
        ("+0 splice(4, NULL, 6, NULL, 1000, 0) = 1000", "the call splice()"),
        ("+0 sendfile(4, 5, [0], 5) = 5", "the call sendfile()"),
        ("+0 pipe([5, 6]) = 0", "the call pipe()"),
        ("+0 open(\"/dev/null\", O_RDONLY) = 5", "the call open()"),
        ("+0 cap_set(CAP_NET_ADMIN) = 0", "the call cap_set()"),
        ("+0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 5", "the constant IPPROTO_MPTCP"),
        ("+0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 5", "sockets other than TCP's"),
        ("+0 sendto(4, ..., 5, MSG_FASTOPEN, ..., ...) = 5", "the constant MSG_FASTOPEN"),
        ("+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 0}], msg_flags=MSG_ERRQUEUE, msg_control=["
         "{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=0,scm_nsec=20000000}}, "
         "{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={ee_errno=ENOMSG, ee_origin=4, ee_type=0, "
         "ee_code=0, ee_info=SCM_TSTAMP_ACK, ee_data=9}}]}, MSG_ERRQUEUE) = 0", "recvmsg() with msg_flags"),
    ],
)  # fmt: skip
def test_what_is_unsupported(line: str, needs: str) -> None:
    outcome = check_script(f"{OPEN}{line}\n", "x.pkt", LINUX)
    assert isinstance(outcome, Unsupported), str(outcome)
    assert (outcome.line, message_text(outcome.needs)) == (8, needs)


@pytest.mark.parametrize(
    "head",
    [
        "--ip_version=ipv4\n",
        "--ip_version=ipv4-mapped-ipv6\n",
        "--tolerance_usecs=10000\n--tolerance_percent=5.5\n",
        "--local_ip=10.0.0.1\n--remote_ip=10.0.0.2\n--gateway_ip=10.0.0.3\n--netmask_ip=255.255.255.0\n",
        "--mss=1000 --mtu=1500\n--speed=1000\n--send_omit_free\n",
        "--bind_port=5000\n--connect_port=5001\n",
        "--init_scripts=../common/a.sh,b.sh\n",
        "--code_command=python3 --code_format=a --code_sockopt=TCP_INFO\n",
        "--wire_server_ip=::1 --verbose --debug --tun_dev=tun7 --persistent_tun_dev\n",
        "--strict_segments\n--is_anyip\n--hash_seed=5\n",
        "// a comment\n/* another\n one */\n# and one more\n",
    ],
)
def test_heads_that_change_nothing_here(head: str) -> None:
    outcome = check_script(head + OPEN, "x.pkt", LINUX)
    assert outcome == Passed("x.pkt"), str(outcome)


@pytest.mark.parametrize(
    ("head", "needs"),
    [
        ("--non_fatal=packet,syscall\n", "the option --non_fatal"),
        ("--tcp_ts_tick_usecs=4000\n", "--tcp_ts_tick_usecs other than 1000"),
        ("--mtu=20\n", "--mtu=20"),
    ],
)
def test_heads_that_are_unsupported(head: str, needs: str) -> None:
    outcome = check_script(head + OPEN, "x.pkt", LINUX)
    assert isinstance(outcome, Unsupported), str(outcome)
    assert (outcome.line, message_text(outcome.needs)) == (1, needs)


def test_a_command_that_is_not_run_and_python_that_is_not_understood_are_noted() -> None:
    """Commands may stand at the head, at the end and between the events; a command of several lines is as
    many."""
    text = f"`../common/defaults.sh\n tc qdisc add dev tun0 root pfifo`\n{OPEN}"
    text += (
        "+0 `nstat -n`\n+.5 %{\nimport sys\nassert tcpi_state == TCP_ESTABLISHED, tcpi_state\n}%\n`rm -f x`\n"
    )
    outcome = check_script(text, "x.pkt", LINUX)
    assert isinstance(outcome, Passed)
    assert [message_text(note).partition(": ")[2] for note in outcome.notes] == [
        "ignored: tc qdisc add dev tun0 root pfifo",
        "ignored: nstat -n",
        "skipped: import sys: only assert, if and assignments are understood",
    ]


def test_a_false_assertion_never_passes() -> None:
    text = f"{OPEN}+0 %{{ assert tcpi_unknown == 1 and tcpi_state == TCP_CLOSE }}%\n"
    outcome = check_script(text, "x.pkt", LINUX)
    assert isinstance(outcome, Failed)


def test_any_time_may_have_a_plus() -> None:
    assert event("+* > . 1:1(0)").time == event("* > . 1:1(0)").time
    assert event("+* > . 1:1(0)").time.kind is TimeKind.ANY


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("[1:1401(1400)] icmp unreachable frag_needed mtu 1300", Quoted("tcp", 1400, 1)),
        ("[-5:-5(0)] icmp unreachable frag_needed mtu 1300", Quoted("tcp", 0, 0xFFFFFFFB)),
        ("[udp (8)] icmp unreachable frag_needed mtu 1300", Quoted("udp", 8)),
        ("[ttl 3] [1:2(1)] icmp unreachable frag_needed mtu 1300", Quoted("tcp", 1, 1)),
    ],
)
def test_the_quoted_segment_may_come_first(text: str, quoted: Quoted) -> None:
    one = event(f"0 < {text}")
    assert isinstance(one, IcmpEvent)
    assert (one.type, one.code, one.mtu, one.quoted) == ("unreachable", "frag_needed", 1300, quoted)


def test_line_ends_of_another_system() -> None:
    script = parse_script(OPEN.replace("\n", "\r\n"), "x.pkt")
    assert [one.line for one in script.events] == list(range(1, 8))
