"""tshark reads the captures: no checksum is wrong, and what it says of each frame the program says too."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

import pytest

from tcptui import library
from tcptui.core.packet.datagram import IcmpMessage
from tcptui.core.packet.segment import ACK, Segment
from tcptui.core.packet.seq import relative
from tcptui.formats.pcapng import SINCE_1970
from tcptui.lab.wire import Transmission
from tcptui.trace.sequence_analysis import Analysis, Label, analyse
from tests.formats import tshark
from tests.formats.captures import POINTS, Capture, captures

JUDGE = "4.0"
"""The version whose labels for wild runs are the program's; others see some of them in another way."""

FIELDS = {
    Label.ZERO_WINDOW_PROBE_ACK: "tcp.analysis.zero_window_probe_ack",
    Label.ZERO_WINDOW: "tcp.analysis.zero_window",
    Label.ZERO_WINDOW_PROBE: "tcp.analysis.zero_window_probe",
    Label.DUP_ACK: "tcp.analysis.duplicate_ack",
    Label.KEEP_ALIVE_ACK: "tcp.analysis.keep_alive_ack",
    Label.KEEP_ALIVE: "tcp.analysis.keep_alive",
    Label.WINDOW_FULL: "tcp.analysis.window_full",
    Label.WINDOW_UPDATE: "tcp.analysis.window_update",
    Label.ACKED_UNSEEN: "tcp.analysis.ack_lost_segment",
    Label.PREVIOUS_NOT_CAPTURED: "tcp.analysis.lost_segment",
    Label.OUT_OF_ORDER: "tcp.analysis.out_of_order",
    Label.RETRANSMISSION: "tcp.analysis.retransmission",
    Label.FAST_RETRANSMISSION: "tcp.analysis.fast_retransmission",
    Label.SPURIOUS_RETRANSMISSION: "tcp.analysis.spurious_retransmission",
    Label.PORTS_REUSED: "tcp.analysis.reused_ports",
    Label.REQUEST: "tcp.connection.syn",
    Label.ACKNOWLEDGE: "tcp.connection.synack",
    Label.FINISH: "tcp.connection.fin",
    Label.RESET: "tcp.connection.rst",
}
CHECKSUMS = tuple(f"{protocol}.checksum.status" for protocol in ("ip", "tcp", "udp", "icmp", "icmpv6"))
GOOD, UNVERIFIED = "1", "2"
NUMBERS = ("tcp.flags", "tcp.seq", "tcp.ack", "tcp.window_size")
OTHERS = ("ip.version", "frame.comment")


class Read(NamedTuple):
    """A frame, and what tshark says of it."""

    capture: Capture
    number: int
    """From 1 in its own capture."""
    before: int
    """How many frames of other captures stand before it in the file."""
    analysis: Analysis | None
    line: str
    fields: dict[str, str]

    @property
    def transmission(self) -> Transmission:
        return self.capture.frames[self.number - 1].transmission

    @property
    def where(self) -> str:
        return f"{self.capture.name}, frame {self.number}"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    made = captures()
    path = tmp_path_factory.mktemp("tshark") / "all.pcapng"
    path.write_bytes(b"".join(one.octets for one in made))
    lines = iter(tshark.lines(path))
    fields = iter(tshark.fields(path, [*FIELDS.values(), *CHECKSUMS, *NUMBERS, *OTHERS]))
    found: list[Read] = []
    for one in made:
        before = len(found)
        for number, analysis in enumerate(analyse(one.frames), 1):
            found.append(Read(one, number, before, analysis, next(lines), next(fields)))
    assert next(lines, None) is None
    return found


def test_every_scenario_is_read_at_every_point(read: list[Read]) -> None:
    """But where nothing can be captured: every Time to Live ends before B, or B's cable is out."""
    names = {frame.capture.name for frame in read}
    expected = {f"{name} at {point}" for name in library.names() for point in POINTS}
    assert expected - names == {"traceroute at B", "nobody-answers at B"}
    assert len(read) > 5_000


def test_every_checksum_is_right(read: list[Read]) -> None:
    for frame in read:
        found = {name: frame.fields[name].split(",") for name in CHECKSUMS if frame.fields[name]}
        if not found.keys().isdisjoint(("icmp.checksum.status", "icmpv6.checksum.status")):
            # What an ICMP message quotes is not looked at unless it is quoted whole.
            quoted = [
                found.pop(name) for name in ("udp.checksum.status", "tcp.checksum.status") if name in found
            ]
            assert all(statuses[0] in (GOOD, UNVERIFIED) for statuses in quoted), frame.where
        assert len(found) == (2 if frame.fields["ip.version"][:1] == "4" else 1), frame.where
        assert all(set(statuses) == {GOOD} for statuses in found.values()), frame.where


def test_control_bits_relative_numbers_and_windows_are_ours(read: list[Read]) -> None:
    for frame in read:
        payload = frame.transmission.payload
        if isinstance(payload, IcmpMessage) and isinstance(payload.about, Segment):
            assert int(frame.fields["tcp.seq"]) == payload.about.seq, "what is quoted is not analysed"
            continue
        if frame.analysis is None or not isinstance(payload, Segment):
            assert not frame.fields["tcp.seq"]
            continue
        flags, seq, ack, window = (frame.fields[name] for name in NUMBERS)
        assert int(flags, 16) == payload.flags, frame.where
        assert int(seq) == frame.analysis.seq, frame.where
        if payload.flags & ACK:
            assert int(ack) == frame.analysis.ack, frame.where
        assert int(window) == frame.analysis.window, frame.where


def test_the_ladder_has_the_same_numbers(read: list[Read]) -> None:
    compared = 0
    for frame in read:
        transmission = frame.transmission
        if not frame.capture.shows_isns or not isinstance(transmission.payload, Segment):
            continue
        if "198.51.100.1" in (transmission.payload.src.host, transmission.payload.dst.host):
            continue  # The NAT's, which may give one connection two ports: a capture takes them for two.
        seq_base, ack_base = transmission.bases
        if seq_base is not None:
            assert int(frame.fields["tcp.seq"]) == relative(transmission.payload.seq, seq_base), frame.where
            compared += 1
        if ack_base is not None and transmission.payload.flags & ACK:
            assert int(frame.fields["tcp.ack"]) == relative(transmission.payload.ack, ack_base), frame.where
    assert compared > 1_000


def test_the_labels_are_tsharks(read: list[Read]) -> None:
    _compare_labels([frame for frame in read if not frame.capture.wild])


def test_the_labels_of_wild_runs_are_tsharks(read: list[Read]) -> None:
    if not _is_judge():
        pytest.skip(f"Wireshark {tshark.version()} has other labels for wild runs than {JUDGE}")
    _compare_labels([frame for frame in read if frame.capture.wild])


def _is_judge() -> bool:
    return tshark.version().startswith(f"{JUDGE}.")


def test_the_list_is_tsharks(read: list[Read]) -> None:
    for frame in read:
        if frame.capture.wild and not _is_judge():
            continue
        number, time, rest = frame.line.split(maxsplit=2)
        time = str(Decimal(time) - SINCE_1970)
        alone = [str(int(number) - frame.before), time, _dup_ack_moved(rest, -frame.before)]
        assert alone == frame.capture.lines[frame.number - 1].split(maxsplit=2), frame.where


def _dup_ack_moved(text: str, by: int) -> str:
    """The text with other numbers of the frames that it speaks of; 0 is none."""
    return re.sub(r"(?<=Dup ACK )[1-9]\d*", lambda match: str(int(match[0]) + by), text)


def test_the_comments_are_there(read: list[Read]) -> None:
    for frame in read:
        assert frame.fields["frame.comment"].startswith(f"#{frame.transmission.number}"), frame.where


def _compare_labels(frames: list[Read]) -> None:
    assert frames
    for frame in frames:
        labels = set() if frame.analysis is None else set(frame.analysis.labels)
        if labels & {Label.FAST_RETRANSMISSION, Label.SPURIOUS_RETRANSMISSION}:
            labels.add(Label.RETRANSMISSION)  # tshark says both, and lists the one that says more.
        assert {label for label, field in FIELDS.items() if frame.fields[field]} == labels, frame.where
