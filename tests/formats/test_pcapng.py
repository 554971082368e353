"""The capture file, read block by block; what Wireshark makes of it is told in `test_tshark`."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import get_args

import pytest

from tcptui import library
from tcptui.core.packet.ip_header import decode_packet
from tcptui.core.packet.tcp_format import decode
from tcptui.formats.pcapng import pcapng
from tcptui.lab import run as run_module
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.trace.capture import Point, capture_of
from tests.formats.blocks import CapturedPacket, section
from tests.lab.worlds import OPEN, scenario

POINTS: tuple[Point, ...] = get_args(Point)
Y2K = 10_957 * 24 * 3_600 * 1_000_000
"""Microseconds from 1970 to 2000: 30 years of 365 days and 7 leap days."""
V6 = 'A.address = "2001:db8::1"\nB.address = "2001:db8::2"\n'


def packets(run: Record, point: Point) -> list[CapturedPacket]:
    return section(pcapng(run, point)).packets


def comments(name: str, point: Point, moves: str = "") -> list[str]:
    return [packet.comment for packet in packets(play(library.find(name), parse_moves(moves)), point)]


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("point", POINTS)
def test_the_file_holds_the_segments_of_the_capture_and_their_times(name: str, point: Point) -> None:
    run = play(library.find(name))
    read = section(pcapng(run, point))
    frames = capture_of(run, point)
    assert (read.comment, read.link_type, read.interface) == (run.scenario.title, 101, point)
    assert [packet.at - Y2K for packet in read.packets] == [frame.at for frame in frames]
    assert frames or (name, point) in (("traceroute", "B"), ("nobody-answers", "B"))
    for packet, frame in zip(read.packets, frames, strict=True):
        ip = decode_packet(packet.octets)
        if ip.protocol == 6:
            assert decode(ip.payload, ip.src, ip.dst) == frame.transmission.payload


@pytest.mark.parametrize("toml", ["", V6])
def test_both_versions_of_ip_are_raw_packets(toml: str) -> None:
    run = play(scenario(toml + OPEN), parse_moves("a:send:hello"))
    sent = packets(run, "A")[3]
    assert sent.octets[0] >> 4 == (6 if toml else 4)
    assert sent.octets.endswith(b"hello")


def test_a_capture_of_nothing_is_a_file_too() -> None:
    assert packets(play(scenario()), "wire") == []


def test_a_duplicate_has_the_identification_of_its_original_and_a_retransmission_another() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:x u1 u2 l1 l2 l3"))
    marks = [packet.octets[4:6] for packet in packets(run, "wire") if packet.octets.endswith(b"x")]
    assert len(marks) == 4
    assert marks[0] == marks[1] == marks[2] != marks[3]


# Comments.


def test_a_comment_tells_the_state_of_this_end_after_the_frame() -> None:
    states = {
        "A": ["SYN-SENT", "ESTABLISHED", "ESTABLISHED"],
        "B": ["SYN-RECEIVED", "SYN-RECEIVED", "ESTABLISHED"],
    }
    for point in ("A", "B"):
        for comment, state in zip(comments("handshake", point), states[point], strict=True):
            assert f"{point} is in {state}." in comment


def test_on_the_wire_it_tells_the_states_of_both() -> None:
    told = zip(
        comments("handshake", "wire"),
        [("SYN-SENT", "LISTEN"), ("SYN-SENT", "SYN-RECEIVED"), ("ESTABLISHED", "SYN-RECEIVED")],
        strict=True,
    )
    for comment, (a, b) in told:
        assert f"A is in {a}, B in {b}." in comment


def test_what_happens_at_the_same_moment_counts() -> None:
    toml = 'A.script = [{ call = "connect" }]\nB.script = [{ call = "listen", at = "25ms" }]'
    (first, *_) = packets(play(scenario(toml)), "wire")
    assert first.at - Y2K == 25_000
    assert "A is in SYN-SENT, B in LISTEN." in first.comment


def test_it_tells_which_segment_it_is_why_it_was_sent_and_what_it_did() -> None:
    sent, arrived, _ = comments("handshake", "A")
    assert sent.startswith("#1 from A to B. A is in SYN-SENT. An active OPEN")
    assert sent.endswith("(RFC 9293 3.10.1)")
    assert arrived.startswith("#2 from B to A. A is in ESTABLISHED. A's SYN is acknowledged (ACK 1)")
    assert arrived.endswith("(RFC 9293 3.10.7.3, fourth)")


@pytest.mark.parametrize(
    ("stack", "source"), [("linux", "Linux tcp_check_req()"), ("freebsd", "FreeBSD syncache_add()")]
)
def test_it_cites_what_the_stack_of_this_end_follows(stack: str, source: str) -> None:
    run = play(scenario(f'B.profile = "{stack}"\n'), parse_moves("b:listen a:connect u1 s2"))
    assert any(packet.comment.endswith(f"({source})") for packet in packets(run, "B"))


def test_it_tells_what_the_network_and_others_have_done() -> None:
    told = comments("handshake", "wire", "s2 l1 x>b:ACK:seq=9 u2")
    by_number = {int(comment[1:].split()[0]): comment for comment in told}
    assert by_number[1].startswith("#1 from A to B. The network loses this segment. ")
    assert by_number[2].startswith("#2 from X to B. A third party sent this, in A's name. ")
    assert by_number[3].startswith("#3 from X to B. ")
    assert "The network made this, a copy of #2." in by_number[3]


def test_where_no_connection_has_to_do_with_it_no_state_is_told() -> None:
    (comment, *_) = comments("udp-no-port", "A")
    assert comment.startswith("#1 from A to B.")
    assert "is in" not in comment


def test_a_run_that_was_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_STEPS", 3)
    monkeypatch.setattr("tcptui.formats.notes.MOST_STEPS", 3)
    run = play(library.find("life"))
    assert section(pcapng(run, "wire")).comment == f"{run.scenario.title} ... cut after 3 steps"


# The same octets everywhere.

WRITE_ALL = """
import hashlib
from tcptui import library
from tcptui.formats.pcapng import pcapng
from tcptui.lab.run import play
for name in library.names():
    run = play(library.find(name))
    print(name, *(hashlib.sha256(pcapng(run, point)).hexdigest() for point in ("A", "B", "wire")))
"""


def test_the_octets_are_the_same_whatever_hash_seed_and_time_zone() -> None:
    def written(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", WRITE_ALL],
            env={**os.environ, **environment},
            capture_output=True,
            check=True,
            timeout=60,
            encoding="utf-8",
        ).stdout

    first = written(PYTHONHASHSEED="1", TZ="UTC")
    assert len(first.splitlines()) == len(library.names())
    assert written(PYTHONHASHSEED="2", TZ="Asia/Tokyo") == first
