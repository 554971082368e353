"""A script as packetdrill reads it: where a number is relative, what is left out, what is looked at."""

from __future__ import annotations

import pytest

from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Passed

LISTEN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
"""
OPEN = LISTEN + """+0 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
"""  # fmt: skip
CONNECT = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 400:400(0) <mss 1460>
"""


def passes(text: str, profile: Profile | None = RFC9293, **more: object) -> None:
    outcome = check_script(text, "x.pkt", profile, **more)  # type: ignore[arg-type]
    assert isinstance(outcome, Passed), str(outcome)


def fails_at(line: int, text: str, profile: Profile | None = RFC9293, **more: object) -> str:
    outcome = check_script(text, "x.pkt", profile, **more)  # type: ignore[arg-type]
    assert isinstance(outcome, Failed), str(outcome)
    assert outcome.line == line, str(outcome)
    return str(outcome)


# Absolute numbers: remote_seq_script_to_live_offset() and its relatives are 0 for a segment with SYN.


def test_the_ack_number_of_a_syn_is_absolute_and_what_follows_is_relative() -> None:
    text = LISTEN + "+0 < S 900:900(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack {} <mss 1460>\n"
    passes(text.format(901) + "+.1 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n")
    assert "got > S. 0:0(0) ack 901" in fails_at(5, text.format(1))


def test_the_ack_number_of_an_inbound_syn_is_counted_from_the_scripts_own_syn() -> None:
    for ack, told in ((401, 0), (1, -1)):
        text = CONNECT + f"+.1 < S. 0:0(0) ack {ack} win 65535 <mss 1460>\n"
        if told == 0:
            passes(text + "+0 > . 1:1(0) ack 1\n")
        else:
            assert "got > R " in fails_at(6, text + "+0 > . 1:1(0) ack 1\n")


def test_a_number_with_a_mark_behind_it_is_absolute() -> None:
    closed = "0 < S 5:5(0) win 65535\n+0 > R. 0:0(0){} ack {} win 0\n"
    passes(closed.format("!", 1))
    passes(closed.format("!", "6!"))
    assert "expected > R. 7:7(0)! ack 1" in fails_at(2, closed.format("!", 1).replace("0:0", "7:7"))
    assert "ack 1!" in fails_at(2, closed.format("!", "1!"))
    # The initial number of the stack is 0 for no one but the script.
    assert "expected > P. 1:11(10)! ack 1" in fails_at(
        9, OPEN + "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10)! ack 1\n"
    )


def test_an_inbound_number_can_be_absolute_too() -> None:
    text = OPEN.replace("S 0:0", "S 500:500").replace("S. 0:0(0) ack 1", "S. 0:0(0) ack 501")
    passes(text + "+0 < F. 501:501(0)! ack 1 win 65535\n+0 > . 1:1(0) ack 2\n")
    told = fails_at(9, OPEN + "+0 < F. 1:1(0) ack 1! win 9\n+0 > . 1:1(0) ack 2\n")
    assert "got > . 1:1(0) ack 1 " in told


STAMPED = LISTEN + """+0 < S 0:0(0) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 4000 ecr 7,nop,wscale 7>
+.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 8 ecr {}>
+0 accept(3, ..., ...) = 4
+0 %{{ assert tcpi_rtt == 100000 }}%
"""  # fmt: skip


def test_an_absolute_echo_is_not_the_stacks_own_timestamp() -> None:
    passes(STAMPED.format(4000), LINUX)
    assert "ECHO_OF_NO_SYN_ACK" in fails_at(7, STAMPED.format("4000!"), LINUX)


# What is left out is 0.


def test_an_ack_number_that_is_left_out_is_the_initial_one() -> None:
    """One below SND.UNA: an old ACK, but no unacceptable one (RFC 5961 5.2), so that the FIN counts."""
    passes(OPEN + "+0 < F. 1:1(0) win 65535\n+0 > . 1:1(0) ack 2\n")


def test_an_ack_number_that_is_left_out_is_expected_to_be_0() -> None:
    assert "got > . 1:1(0) ack 2" in fails_at(9, OPEN + "+0 < F. 1:1(0) ack 1 win 65535\n+0 > . 1:1(0)\n")


def test_the_ack_field_is_compared_without_its_bit() -> None:
    stray = LISTEN + "+0 < . 1:1(0) ack 501 win 7000\n+0 > R 501:501(0) {}win 0\n"
    passes(stray.format("ack 0 "))
    passes(stray.format(""))
    assert "got > R 501:501(0) ack 0 win 0" in fails_at(5, stray.format("ack 501 "))


def test_an_urgent_pointer_that_is_left_out_is_0() -> None:
    urgent = OPEN + "+0 send(4, ..., 1, MSG_OOB) = 1\n+0 > PU. 1:2(1) ack 1{}\n"
    passes(urgent.format(" urg 1"))
    assert "urg 1" in fails_at(9, urgent.format(""))


def test_a_message_that_quotes_nothing_is_about_the_initial_number() -> None:
    passes(
        CONNECT
        + """+.1 < icmp unreachable port_unreachable
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
"""
    )


# What is looked at.

UNREAD = OPEN + "+0 < S 0:0(0) win 65535 <mss 1460>\n+1 close(3) = 0\n"
"""The stack answers a SYN in the window with a challenge ACK."""


def test_nothing_is_read_after_the_last_expected_segment() -> None:
    passes(UNREAD)
    passes(UNREAD + "+0 write(4, ..., 10) = 10\n")
    assert "expected no segment" in fails_at(8, UNREAD, strict=True)


def test_before_it_each_segment_is() -> None:
    text = UNREAD + "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
    assert "got > . 1:1(0) ack 1" in fails_at(11, text)


def test_what_a_device_cuts_must_be_whole_where_segments_are_strict() -> None:
    text = OPEN.replace("<mss 1460>\n", "<mss 100>\n", 1) + "+0 write(4, ..., 200) = 200\n"
    text += "+0 > P. 1:201(200) ack 1\n"
    passes(text)
    assert "got > . 1:101(100) ack 1" in fails_at(9, text, options={"strict_segments": ""})


# The peer's ports.


def test_after_another_listen_a_segment_without_ports_is_from_a_new_port() -> None:
    again = LISTEN.replace("0 socket", "+0 socket", 1).replace("= 3", "= 5").replace("(3, ", "(5, ")
    again = again.replace("bind", "setsockopt(5, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n+0 bind")
    first = OPEN.replace("+0 bind", "+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n+0 bind")
    second = OPEN.removeprefix(LISTEN).replace("accept(3, ..., ...) = 4", "accept(5, ..., ...) = 6")
    passes(first + "+0 close(3) = 0\n" + again + second)
    # Without it, the SYN is one within the connection.
    assert "got > . 1:1(0) ack 1" in fails_at(10, first + second)


def test_listen_on_the_same_socket_is_another_listen_too() -> None:
    second = OPEN.removeprefix(LISTEN).replace("= 4", "= 6")
    passes(OPEN + "+0 listen(3, 5) = 0\n" + second)


# The system that the script is for.

SYSTEMS = """#ifdef FreeBSD
0 close(3) = -1 EBADF
#else
#ifdef Linux
0 close(4) = -1 EBADF
#else
0 close(5) = 0
#endif
#endif
"""


@pytest.mark.parametrize("profile", [LINUX, FREEBSD])
def test_the_name_of_the_system_is_defined(profile: Profile) -> None:
    passes(SYSTEMS, profile)
    fails_at(2 if profile is FREEBSD else 5, SYSTEMS.replace("-1 EBADF", "0"), profile)


def test_on_the_rfcs_stack_no_system_is() -> None:
    fails_at(7, SYSTEMS, RFC9293)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("", 5),
        ("// profile: freebsd\n", 3),
        ("`sysctl net.inet.tcp.drop_synfin=1`\n", 3),
        ("`kldload -n tcp_rack`\n", 3),
        ("`sysctl -q net.ipv4.tcp_sack=1`\n", 6),
    ],
)
def test_the_stack_that_a_script_seems_to_be_for_says_which(head: str, line: int) -> None:
    fails_at(line, head + SYSTEMS.replace("-1 EBADF", "0"), None)


def test_a_word_that_is_the_systems_name_is_not_replaced() -> None:
    passes("0 close(9) = -1 EBADF (Linux)\n", LINUX)


@pytest.mark.parametrize(
    ("profile", "assertion"),
    [
        (LINUX, "tcpi_state == TCP_ESTABLISHED == 1 and TCP_CLOSE == 7 and TCP_FIN_WAIT2 == 5"),
        (LINUX, "TCPI_OPT_ECN_SEEN | TCPI_OPT_SYN_DATA == 48 and TCP_CA_Loss == 4"),
        (FREEBSD, "tcpi_state == TCPS_ESTABLISHED == 4 and TCPS_CLOSED == 0 and TCPS_TIME_WAIT == 10"),
        (FREEBSD, "TCPI_OPT_TOE | TCPI_OPT_WSCALE == 20"),
    ],
)
def test_the_names_of_tcp_info_are_the_systems(profile: Profile, assertion: str) -> None:
    text = OPEN.replace("<mss 1460>\n+.1", "<...>\n+.1") + f"+0 %{{ assert {assertion} }}%\n"
    outcome = check_script(text, "x.pkt", profile)
    assert outcome == Passed("x.pkt"), str(outcome)


# Options that are given for all scripts.


@pytest.mark.parametrize(
    ("options", "line", "text"),
    [
        ({"mtu": "1040"}, 5, "<mss 1000>"),
        ({"ip_version": "ipv6"}, 5, "<mss 1440>"),
        ({"bind_port": "99"}, 5, ""),
        ({"tolerance_usecs": "300000"}, 0, ""),
        ({"tolerance_percent": "400"}, 0, ""),
    ],
)
def test_options_go_before_those_of_a_script(options: dict[str, str], line: int, text: str) -> None:
    script = "--mtu=1500\n--tolerance_percent=0\n" + LISTEN + "+0 < S 0:0(0) win 65535 <mss 1460>\n"
    if line:
        told = fails_at(line + 2, script + "+0 > 8080 > 49152 S. 0:0(0) ack 1 <mss 1460>\n", options=options)
        assert text in told
    else:
        late = script + "+0 > S. 0:0(0) ack 1 <mss 1460>\n+.9 > S. 0:0(0) ack 1 <mss 1460>\n"
        fails_at(8, late)
        passes(late, options=options)


def test_a_dry_run_only_reads() -> None:
    fails_at(1, "0 close(3) = 0\n")
    passes("0 close(3) = 0\n", options={"dry_run": ""})
