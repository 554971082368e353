"""tcpdump reads the captures and prints the lines that the program writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tcptui.core.packet.ip_header import encode_packet
from tcptui.formats.pcapng import CapturedPacket, capture_file
from tcptui.formats.tcpdump import tcpdump_lines, tcpdump_text
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
        if mine != _without_protocol(other, mine)
    ]
    assert not wrong, f"{len(wrong)}: {wrong[:20]}"


def _without_protocol(line: str, own: str) -> str:
    """A line as it is up to the length; of a datagram for a port whose protocol it knows, as ours
    is."""
    if ": UDP, length" in own and ": UDP, length" not in line:
        return line.partition(": ")[0] + ": " + own.partition(": ")[2]
    return re.sub(r"(, length \d+): .*", r"\1", line)


def test_numbers_count_from_the_second_segment_and_a_prelude_is_before_midnight() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:hello"))
    lines = tcpdump_text(run, "A").splitlines()
    way = "IP 10.0.0.1.49152 > 10.0.0.2.80: Flags"
    assert [line for line in lines if way in line] == [
        f"{_time(lines[0])} {way} [S], seq 1000, win 65535, options [mss 1460], length 0",
        f"{_time(lines[2])} {way} [.], ack 1, win 65535, length 0",
        f"00:00:00.000000 {way} [P.], seq 1:6, ack 1, win 65535, length 5",
    ]
    assert all(line.startswith("23:59:59.") for line in lines[:3])


def _time(line: str) -> str:
    return line.partition(" ")[0]
