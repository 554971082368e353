"""tcpdump reads the captures and prints the lines that the program writes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tcptui.core.packet.ip_header import encode_packet
from tcptui.core.packet.segment import ACK, PSH, Segment, Socket
from tcptui.formats.pcapng import CapturedPacket, capture_file
from tcptui.formats.tcpdump import tcpdump_lines, tcpdump_text
from tcptui.formats.tcpdump_payload import payload_text
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.packets import packet_of
from tcptui.lab.run import play
from tests.formats.captures import named_frames
from tests.lab.worlds import OPEN, scenario
from tests.skips import unavailable


def read(capture: Path) -> list[str]:
    """The lines that tcpdump prints."""
    program = shutil.which("tcpdump")
    if program is None:
        unavailable("tcpdump is not installed")
    return subprocess.run(
        [program, "-n", "-r", str(capture)],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    ).stdout.splitlines()


def test_tcpdump_prints_the_same(tmp_path: Path) -> None:
    file = tmp_path / "all.pcapng"
    every = list(named_frames())
    # In one section: tcpdump reads no file of several that have interfaces of their own.
    packets = [
        CapturedPacket(frame.at, encode_packet(packet_of(frame.transmission.payload)), "")
        for _, frames in every
        for frame in frames
    ]
    file.write_bytes(capture_file(packets, "wire", ""))
    own = [(name, line) for name, frames in every for line in tcpdump_lines(frames)]
    theirs = read(file)
    assert len(own) == len(theirs) > 10_000
    wrong = [
        (name, mine, other)
        for (name, mine), other in zip(own, theirs, strict=True)
        if mine != _without_protocol_over_udp(other, mine)
    ]
    assert not wrong, f"{len(wrong)}: {wrong[:20]}"


def _without_protocol_over_udp(line: str, own: str) -> str:
    """A line as it is, but of a datagram as ours is: tcpdump guesses a protocol by its ports."""
    if ": UDP, length" in own and ": UDP, length" not in line:
        return line.partition(": ")[0] + ": " + own.partition(": ")[2]
    return line


PAYLOADS = {
    (80, b"GET / HTTP/1.0\r\nHost: b\r\n\r\n"): ": HTTP: GET / HTTP/1.0",
    (80, b"HTTP/1.1 200 OK\r\n\r\nhello"): ": HTTP: HTTP/1.1 200 OK",
    (8080, b"get /a\nHost: b"): ": HTTP: get /a",
    (80, b"GET /"): ": HTTP: GET / [|http]",
    (80, b"GET"): ": HTTP: GET [|http]",
    (80, b"GET\t200"): ": HTTP: GET\t200 [|http]",
    (80, b"hello"): ": HTTP",
    (80, b"pay 100 to Eve"): ": HTTP: pay 100 to Eve [|http]",
    (80, b"pay   100\nto"): ": HTTP: pay   100",
    (80, b"pay 1000 to Eve"): ": HTTP",
    (80, b"pay\t100 to Eve"): ": HTTP",
    (80, b"100 to Eve"): ": HTTP",
    (80, b" GET /\r\n"): ": HTTP",
    (80, b"GET /\r"): ": HTTP",
    (80, b"GET /\rx\n"): ": HTTP",
    (80, b"GET /\xc3\xa4\r\n"): ": HTTP",
    (80, b"GET\x01 200\r\n"): ": HTTP",
    (80, b"\r\nGET /\r\n"): ": HTTP",
    (80, b"x" * 128 + b" 200\n"): f": HTTP: {'x' * 128} 200",
    (80, b"x" * 129 + b" 200\n"): ": HTTP",
    (554, b"PLAY rtsp://b\r\n"): ": RTSP: PLAY rtsp://b",
    (8554, b"GET /\r\n"): ": RTSP",
    (21, b"USER eve\r\n"): ": FTP: USER eve",
    (25, b"hello"): ": SMTP: hello [|smtp]",
    (25, b"\x00\x01"): ": SMTP",
    (43, b"example.org\r\n"): ": WHOIS: example.org",
    (81, b"GET / HTTP/1.0\r\n"): "",
}
"""Of a port and the data that goes there or comes from there, what follows the length."""


def _segments() -> list[Segment]:
    """One with each of `PAYLOADS` in each direction."""
    a, b = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 0)
    pairs = [(a, b._replace(port=port), data) for port, data in PAYLOADS]
    return [
        Segment(src, dst, 1, 1, ACK | PSH, 1_000, data)
        for one, other, data in pairs
        for src, dst in ((one, other), (other, one))
    ]


def test_data_of_a_protocol_of_text_is_named_and_its_first_line_printed() -> None:
    expected = [text for text in PAYLOADS.values() for _ in range(2)]
    assert [payload_text(segment) for segment in _segments()] == expected


def test_a_segment_between_two_such_ports_and_one_without_data() -> None:
    web, mail = Socket("10.0.0.1", 80), Socket("10.0.0.2", 25)
    assert payload_text(Segment(web, mail, 1, 1, ACK | PSH, 1_000, b"a\n")) == ": SMTP: a"
    assert payload_text(Segment(web, mail, 1, 1, ACK, 1_000)) == ""


def test_tcpdump_prints_the_same_of_data(tmp_path: Path) -> None:
    segments = _segments()
    file = tmp_path / "data.pcapng"
    file.write_bytes(
        capture_file([CapturedPacket(0, encode_packet(packet_of(one)), "") for one in segments], "wire", "")
    )
    for segment, line in zip(segments, read(file), strict=True):
        assert line.endswith(f", length {len(segment.data)}{payload_text(segment)}"), line


def test_numbers_count_from_the_second_segment_and_a_prelude_is_before_midnight() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:hello"))
    lines = tcpdump_text(run, "A").splitlines()
    way = "IP 10.0.0.1.49152 > 10.0.0.2.80: Flags"
    assert [line for line in lines if way in line] == [
        f"{_time(lines[0])} {way} [S], seq 1000, win 65535, options [mss 1460], length 0",
        f"{_time(lines[2])} {way} [.], ack 1, win 65535, length 0",
        f"00:00:00.000000 {way} [P.], seq 1:6, ack 1, win 65535, length 5: HTTP",
    ]
    assert all(line.startswith("23:59:59.") for line in lines[:3])


def _time(line: str) -> str:
    return line.partition(" ")[0]
