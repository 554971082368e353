"""A run in the form of Wireshark's list; that tshark lists the same is told in `test_tshark`."""

from __future__ import annotations

import re

import pytest

from tcptui import library
from tcptui.core.packet.options import Offer, data_options, syn_layout
from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG, Option, Segment
from tcptui.formats.wireshark import wireshark_lines, wireshark_list
from tcptui.lab import run as run_module
from tcptui.lab.run import play
from tcptui.lab.wire import Transmission
from tcptui.trace.capture import Frame, Point
from tcptui.trace.sequence_analysis import analyse
from tcptui.trace.summary import summary
from tests.lab.worlds import scenario
from tests.trace.captures import CASES, ENDS, Row, frames

SYN_LINE = "49152 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460"
SYN_ACK_LINE = "80 → 49152 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0 MSS=1460"
ACK_LINE = "49152 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0"
LOST_SYN: dict[Point, str] = {
    "A": f"""\
    1   0.100000     10.0.0.1 → 10.0.0.2     TCP 44 {SYN_LINE}
    2   1.100000     10.0.0.1 → 10.0.0.2     TCP 44 [TCP Retransmission] {SYN_LINE}
    3   1.200000     10.0.0.2 → 10.0.0.1     TCP 44 {SYN_ACK_LINE}
    4   1.200000     10.0.0.1 → 10.0.0.2     TCP 40 {ACK_LINE}
""",
    "B": f"""\
    1   1.150000     10.0.0.1 → 10.0.0.2     TCP 44 {SYN_LINE}
    2   1.150000     10.0.0.2 → 10.0.0.1     TCP 44 {SYN_ACK_LINE}
    3   1.250000     10.0.0.1 → 10.0.0.2     TCP 40 {ACK_LINE}
""",
}


@pytest.mark.parametrize("point", LOST_SYN)
def test_a_lost_syn_is_sent_again_at_a_and_nothing_special_at_b(point: Point) -> None:
    assert wireshark_list(play(library.find("lost-syn")), point) == LOST_SYN[point]


def line(flags: int, options: tuple[Option, ...] = (), text: bytes = b"", up: int = 0) -> str:
    segment = Segment(ENDS["A"], ENDS["B"], 1000, 1, flags, 500, text, options, up)
    (analysis,) = analyse([Frame(0, Transmission(1, "A", "B", segment, 0, 0))])
    return summary(segment, analysis)


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (SYN | ACK, "SYN, ACK"),
        (FIN | SYN | RST | PSH | ACK | URG | ECE | CWR, "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR"),
        (0, "<None>"),
    ],
)
def test_control_bits_stand_in_wiresharks_order(flags: int, names: str) -> None:
    assert f" 49152 → 80 [{names}] Seq=" in f" {line(flags)}"


def test_options_stand_behind_in_the_order_of_the_segment() -> None:
    offer = Offer(mss=1460, window_scale=7, sack=True, timestamps=(10, 20))
    linux, bsd = (line(SYN, syn_layout(offer, order)) for order in ("linux", "bsd"))
    assert linux.endswith(" Len=0 MSS=1460 SACK_PERM TSval=10 TSecr=20 WS=128")
    assert bsd.endswith(" Len=0 MSS=1460 WS=128 SACK_PERM TSval=10 TSecr=20")
    blocks = ((11, 21), (31, 41))
    assert line(ACK, data_options((1, 2), blocks)).endswith(" TSval=1 TSecr=2 SLE=11 SRE=21 SLE=31 SRE=41")
    assert line(ACK, (Option(200, b"??"),)).endswith(" Len=0")


def test_urgent_text_and_the_length_are_told() -> None:
    assert line(ACK | URG, text=b"abc", up=3) == "49152 → 80 [ACK, URG] Seq=1 Ack=1 Win=500 Urg=3 Len=3"


def test_labels_stand_in_brackets_before_all_else() -> None:
    rows = CASES["another answer to the same SYN"]
    last = wireshark_lines(frames(rows))[-1]
    assert " 40 [TCP Previous segment not captured] [TCP Port numbers reused] 80 → 49152 [SYN, ACK] " in last


def test_a_number_before_the_isn_is_a_large_one() -> None:
    rows = (Row(0, "A", SYN, 1000, 0), Row(1, "A", ACK, 998, 1))
    assert "Seq=4294967294 Ack=1" in wireshark_lines(frames(rows))[-1]


def test_datagrams_and_messages_are_listed_too() -> None:
    listed = wireshark_list(play(library.find("udp-no-port")), "A").splitlines()
    assert listed[:2] == [
        "    1   0.100000     10.0.0.1 → 10.0.0.2     UDP 34 49152 → 80 Len=6",
        "    2   0.200000     10.0.0.2 → 10.0.0.1     ICMP 56 Destination unreachable (Port unreachable)",
    ]


def test_a_cut_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_STEPS", 3)
    monkeypatch.setattr("tcptui.formats.notes.MOST_STEPS", 3)
    assert wireshark_list(play(library.find("life")), "A").endswith("\n... cut after 3 steps\n")


def test_a_capture_of_nothing_is_no_line() -> None:
    assert wireshark_list(play(scenario()), "wire") == ""


PRELUDE = f"""
prelude = "b:listen a:connect s3"
A.profile = "linux"
B.profile = "linux"
B.set.receive_buffer = 4344
B.reads = false
A.script = [{{ call = "send", text = "{"x" * 6000}", at = "0s" }}]
"""


def test_a_prelude_is_listed_so_that_the_labels_of_the_story_are_right() -> None:
    """Its handshake tells the initial numbers, how windows are scaled, and how much was announced."""
    lines = wireshark_list(play(scenario(PRELUDE)), "A").splitlines()
    assert lines[0].split()[:2] == ["1", "-0.150000"]
    assert "[SYN] Seq=0" in lines[0]
    story = [line for line in lines if " 0.0" in line]
    assert "Seq=1 Ack=1 Win=64256" in story[0]
    assert "[TCP Window Full]" in story[2]


def test_no_clock_in_a_timestamp_is_below_0() -> None:
    lines = wireshark_list(play(scenario(PRELUDE)), "A").splitlines()
    stamps = [int(stamp) for line in lines for stamp in re.findall(r"TSval=(\d+)", line)]
    assert stamps[:2] == [0, 50]
    assert max(stamps) < 1 << 31
