"""Captures made by hand, each with the labels that Wireshark's rules give every frame.

What the rules are is told in each name; that Wireshark agrees is `tests.formats.test_tshark`'s business.
"""

from __future__ import annotations

from typing import NamedTuple

from tcptui.core.packet.options import Offer, syn_layout
from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, Option, Segment, Socket
from tcptui.lab.wire import Side, Transmission
from tcptui.trace.capture import Frame

ENDS: dict[Side, Socket] = {"A": Socket("10.0.0.1", 49152), "B": Socket("10.0.0.2", 80)}
TEXT = ACK | PSH


class Row(NamedTuple):
    """A frame and its labels; `ms` is its time, `octets` how much text it carries."""

    ms: float
    side: Side
    flags: int
    seq: int
    ack: int
    octets: int = 0
    window: int = 1_000
    labels: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


def frames(rows: tuple[Row, ...], ends: dict[Side, Socket] = ENDS) -> list[Frame]:
    """The capture that these rows tell."""
    made = []
    for number, row in enumerate(rows, 1):
        other: Side = "B" if row.side == "A" else "A"
        sockets = ends[row.side], ends[other]
        text = b"x" * row.octets
        segment = Segment(*sockets, row.seq, row.ack, row.flags, row.window, text, row.options)
        at = round(row.ms * 1_000)
        made.append(Frame(at, Transmission(number, row.side, other, segment, at, at)))
    return made


def scale(shift: int) -> tuple[Option, ...]:
    return syn_layout(Offer(window_scale=shift), "linux")


RETRANSMISSION = ("TCP Retransmission",)
OUT_OF_ORDER = ("TCP Out-Of-Order",)
FAST = ("TCP Fast Retransmission",)
SPURIOUS = ("TCP Spurious Retransmission",)
GAP = ("TCP Previous segment not captured",)
UNSEEN = ("TCP ACKed unseen segment",)
UPDATE = ("TCP Window Update",)
FULL = ("TCP Window Full",)
ALIVE = ("TCP Keep-Alive",)
ALIVE_ACK = ("TCP Keep-Alive ACK",)
ZERO = ("TCP ZeroWindow",)
PROBE = ("TCP ZeroWindowProbe",)
PROBE_ACK = ("TCP ZeroWindowProbeAck", "TCP ZeroWindow")
REUSED = ("TCP Port numbers reused",)


def dup(frame: int, count: int) -> tuple[str, ...]:
    return (f"TCP Dup ACK {frame}#{count}",)


OPEN = (
    Row(0, "A", SYN, 1000, 0),
    Row(50, "B", SYN | ACK, 5000, 1001),
    Row(51, "A", ACK, 1001, 5001),
)
"""The round trip, from the SYN to the first ACK after it, is 51 ms."""
TWO = (*OPEN, Row(100, "A", TEXT, 1001, 5001, 10), Row(101, "A", TEXT, 1011, 5001, 10))
"""Two segments of ten octets."""
TWO_GAPS = (
    *OPEN,
    Row(100, "A", TEXT, 1001, 5001, 10),
    Row(101, "A", TEXT, 1021, 5001, 10, labels=GAP),
)

CASES: dict[str, tuple[Row, ...]] = {
    "a SYN that is sent again": (OPEN[0], Row(1_000, "A", SYN, 1000, 0, labels=RETRANSMISSION)),
    "a SYN,ACK that is sent again": (
        *OPEN[:2],
        Row(1_050, "B", SYN | ACK, 5000, 1001, labels=RETRANSMISSION),
    ),
    "a FIN that is sent again": (
        *OPEN,
        Row(100, "A", FIN | ACK, 1001, 5001),
        Row(1_100, "A", FIN | ACK, 1001, 5001, labels=RETRANSMISSION),
    ),
    "the last text again is never out of order, be it ever so soon": (
        *TWO,
        Row(102, "A", TEXT, 1011, 5001, 10, labels=RETRANSMISSION),
    ),
    "text before the last again, within the round trip": (
        *TWO,
        Row(151.9, "A", TEXT, 1001, 5001, 10, labels=OUT_OF_ORDER),
    ),
    "text before the last again, after a round trip": (
        *TWO,
        Row(152, "A", TEXT, 1001, 5001, 10, labels=RETRANSMISSION),
    ),
    "without a handshake 3 ms are the limit": (
        Row(0, "A", TEXT, 1001, 5001, 10),
        Row(1, "A", TEXT, 1011, 5001, 10),
        Row(3.999, "A", TEXT, 1001, 5001, 10, labels=OUT_OF_ORDER),
        Row(4, "A", TEXT, 1001, 5001, 10, labels=RETRANSMISSION),
    ),
    "a gap, and what fills it": (
        *TWO_GAPS,
        Row(110, "A", TEXT, 1011, 5001, 10, labels=OUT_OF_ORDER),
        Row(120, "A", TEXT, 1031, 5001, 10),
    ),
    "two duplicate ACKs make it fast": (
        *TWO,
        Row(150, "B", ACK, 5001, 1001, labels=dup(2, 1)),
        Row(151, "B", ACK, 5001, 1001, labels=dup(2, 2)),
        Row(170.9, "A", TEXT, 1001, 5001, 10, labels=FAST),
    ),
    "one duplicate ACK does not": (
        *TWO,
        Row(150, "B", ACK, 5001, 1001, labels=dup(2, 1)),
        Row(160, "A", TEXT, 1001, 5001, 10, labels=RETRANSMISSION),
    ),
    "20 ms after the last of them it is fast no longer": (
        *TWO,
        Row(150, "B", ACK, 5001, 1001, labels=dup(2, 1)),
        Row(151, "B", ACK, 5001, 1001, labels=dup(2, 2)),
        Row(171, "A", TEXT, 1001, 5001, 10, labels=RETRANSMISSION),
    ),
    "text that is acknowledged already": (
        *TWO,
        Row(150, "B", ACK, 5001, 1021),
        Row(160, "A", TEXT, 1001, 5001, 20, labels=SPURIOUS),
        Row(170, "A", TEXT, 1011, 5001, 10, labels=SPURIOUS),
    ),
    "a FIN that is acknowledged already is none, text beside it is": (
        *OPEN,
        Row(100, "A", FIN | TEXT, 1001, 5001, 10),
        Row(150, "B", ACK, 5001, 1012),
        Row(300, "A", FIN | ACK, 1011, 5001, labels=RETRANSMISSION),
        Row(400, "A", FIN | TEXT, 1001, 5001, 10, labels=SPURIOUS),
    ),
    "an ACK repeated, counted from the first": (
        *TWO,
        Row(150, "B", ACK, 5001, 1011),
        Row(151, "B", ACK, 5001, 1011, labels=dup(6, 1)),
        Row(152, "B", ACK, 5001, 1011, labels=dup(6, 2)),
        Row(153, "B", ACK, 5001, 1021),
        Row(154, "B", ACK, 5001, 1021, labels=dup(9, 1)),
    ),
    "another window makes an update of it": (
        *OPEN,
        Row(100, "B", ACK, 5001, 1001, window=900, labels=UPDATE),
        Row(110, "B", ACK, 5001, 1001, window=900, labels=dup(2, 1)),
    ),
    "text is no duplicate ACK": (
        *OPEN,
        Row(100, "B", TEXT, 5001, 1001, 5),
        Row(101, "B", TEXT, 5006, 1001, 5),
    ),
    "more is acknowledged than was seen, said once": (
        *OPEN,
        Row(100, "B", ACK, 5001, 1011, labels=UNSEEN),
        Row(110, "B", ACK, 5001, 1021),
        Row(120, "A", ACK, 1021, 5001, labels=GAP),
    ),
    "text beyond a gap is acknowledged": (*TWO_GAPS, Row(150, "B", ACK, 5001, 1031, labels=UNSEEN)),
    "the window is filled": (
        *OPEN[:2],
        Row(51, "A", ACK, 1001, 5001, window=20),
        Row(100, "B", TEXT, 5001, 1001, 10),
        Row(101, "B", TEXT, 5011, 1001, 10, labels=FULL),
        Row(150, "A", ACK, 1001, 5021, window=0, labels=ZERO),
    ),
    "the scaled window is filled": (
        Row(0, "A", SYN, 1000, 0, options=scale(3)),
        Row(50, "B", SYN | ACK, 5000, 1001, options=scale(0)),
        Row(51, "A", ACK, 1001, 5001, window=2),
        Row(100, "B", TEXT, 5001, 1001, 2),
        Row(101, "B", TEXT, 5003, 1001, 14, labels=FULL),
    ),
    "the window is not scaled unless both say so": (
        Row(0, "A", SYN, 1000, 0, options=scale(3)),
        Row(50, "B", SYN | ACK, 5000, 1001),
        Row(51, "A", ACK, 1001, 5001, window=20),
        Row(100, "B", TEXT, 5001, 1001, 20, labels=FULL),
    ),
    "the window of a SYN,ACK is not scaled": (
        Row(0, "A", SYN, 1000, 0, options=scale(0)),
        Row(50, "B", SYN | ACK, 5000, 1001, window=20, options=scale(3)),
        Row(51, "A", ACK, 1001, 5001),
        Row(52, "A", TEXT, 1001, 5001, 20, labels=FULL),
        Row(150, "B", ACK, 5001, 1021, window=20),
        Row(151, "A", TEXT, 1021, 5001, 20),
        Row(152, "A", TEXT, 1041, 5001, 140, labels=FULL),
    ),
    "where no SYN was seen, no window is known to be full": (
        Row(0, "A", ACK, 1001, 5001, window=20),
        Row(1, "B", TEXT, 5001, 1001, 20),
    ),
    "a window of zero, a probe, its answer, and the window opens": (
        *OPEN[:2],
        Row(51, "A", ACK, 1001, 5001, window=0, labels=ZERO),
        Row(300, "B", TEXT, 5001, 1001, 1, labels=PROBE),
        Row(350, "A", ACK, 1001, 5001, window=0, labels=PROBE_ACK),
        Row(900, "B", TEXT, 5001, 1001, 1, labels=PROBE),
        Row(950, "A", ACK, 1001, 5001, window=0, labels=PROBE_ACK),
        Row(999, "A", ACK, 1001, 5001, window=20, labels=UPDATE),
        Row(1_050, "B", TEXT, 5001, 1001, 10),
    ),
    "a window that closes again is no answer to the probe before": (
        *OPEN[:2],
        Row(51, "A", ACK, 1001, 5001, window=0, labels=ZERO),
        Row(300, "B", TEXT, 5001, 1001, 1, labels=PROBE),
        Row(350, "A", ACK, 1001, 5001, window=20, labels=UPDATE),
        Row(351, "A", ACK, 1001, 5001, window=0, labels=ZERO),
    ),
    "two octets into a zero window are no probe": (
        *OPEN[:2],
        Row(51, "A", ACK, 1001, 5001, window=0, labels=ZERO),
        Row(300, "B", TEXT, 5001, 1001, 2),
    ),
    "keep-alives without text and with one octet, and their answers": (
        *TWO,
        Row(150, "B", ACK, 5001, 1021),
        Row(7_200_150, "A", ACK, 1020, 5001, labels=ALIVE),
        Row(7_200_200, "B", ACK, 5001, 1021, labels=ALIVE_ACK),
        Row(7_275_150, "A", ACK, 1020, 5001, 1, labels=ALIVE),
        Row(7_275_200, "B", ACK, 5001, 1021, labels=ALIVE_ACK),
    ),
    "the same ports with another ISN": (
        *OPEN,
        Row(100, "A", SYN, 9000, 0, labels=REUSED),
        Row(150, "B", SYN | ACK, 7000, 9001),
        Row(151, "A", ACK, 9001, 7001),
    ),
    "the same ports with the same ISN": (*OPEN, Row(100, "A", SYN, 1000, 0, labels=RETRANSMISSION)),
    "another answer to the same SYN": (
        *OPEN[:2],
        Row(60, "B", SYN | ACK, 7000, 1001, labels=(*GAP, *REUSED)),
    ),
    "a RST is nothing else, wherever it stands": (*OPEN, Row(100, "B", RST, 5900, 0, window=0)),
    "numbers that wrap": (
        Row(0, "A", SYN, 4294967290, 0),
        Row(50, "B", SYN | ACK, 5000, 4294967291),
        Row(51, "A", ACK, 4294967291, 5001),
        Row(100, "A", TEXT, 4294967291, 5001, 10),
        Row(101, "A", TEXT, 5, 5001, 10),
        Row(400, "A", TEXT, 4294967291, 5001, 10, labels=RETRANSMISSION),
        Row(450, "B", ACK, 5001, 15),
        Row(700, "A", TEXT, 5, 5001, 10, labels=SPURIOUS),
    ),
}
