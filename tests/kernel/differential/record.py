"""What was seen of one script: segments, what calls returned, states. Both players make the same record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tcptui.core.packet.options import read_offer, read_sack, read_timestamps
from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, URG, Segment
from tcptui.core.packet.seq import signed_distance
from tests.kernel.differential.peer import Peer

_LETTERS = ((FIN, "F"), (SYN, "S"), (RST, "R"), (PSH, "P"), (ACK, "."), (URG, "U"), (0x40, "E"), (0x80, "C"))


class Sent(NamedTuple):
    """A segment of the stack under test, all numbers relative to the initial ones."""

    low: int
    """It was sent between `low` and `high`, microseconds from the beginning."""
    high: int
    flags: str
    seq: int
    ack: int
    length: int
    window: int
    options: str
    """All but the TSval, in the order in which they stand."""
    time: int | None
    """TSval, in milliseconds from the first one."""
    up: int

    @property
    def end(self) -> int:
        """The number after its last one."""
        return self.seq + self.length + ("S" in self.flags) + ("F" in self.flags)

    def __str__(self) -> str:
        ack = f" ack {self.ack}" if "." in self.flags else ""
        time = "" if self.time is None else f" TS {self.time}"
        up = f" urg {self.up}" if self.up else ""
        options = f" <{self.options}>" if self.options else ""
        return (
            f"{self.high / 1000:9.3f} > {self.flags} {self.seq}:{self.seq + self.length}({self.length}){ack}"
            f" win {self.window}{up}{options}{time}"
        )


class Returned(NamedTuple):
    """What a call returned: a number, or the name of an errno; and the data that was read."""

    value: int | str
    data: bytes = b""

    def __str__(self) -> str:
        return str(self.value)


class Looked(NamedTuple):
    """What could be seen without changing anything, just before a step."""

    state: str
    poll: int | None
    """The bits of poll(); None: the program has no socket of the connection."""
    unread: int | None = None
    unacknowledged: int | None = None

    def __str__(self) -> str:
        poll = "-" if self.poll is None else hex(self.poll)
        return f"{self.state} {poll} {self.unread} {self.unacknowledged}"


@dataclass
class Record:
    """One script as one stack played it."""

    sent: list[Sent] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    """When each step was made, microseconds from the beginning."""
    returned: dict[int, Returned] = field(default_factory=dict)
    """By the number of the step."""
    looked: list[Looked] = field(default_factory=list)
    """Before each step, and at the end."""
    end: int = 0
    spoiled: bool = False
    """The machine was too busy for its times to mean anything."""


def sent_of(segment: Segment, peer: Peer, low: int, high: int) -> Sent:
    """A segment as it is recorded; the peer has received it already."""
    flags = "".join(letter for bit, letter in _LETTERS if segment.flags & bit)
    blind = bool(segment.flags & RST) and segment.seq == 0
    seq = 0 if blind else signed_distance(peer.iss, segment.seq)
    ack = signed_distance(peer.irs, segment.ack) if segment.flags & ACK else 0
    times = read_timestamps(segment)
    time = None
    if times is not None and peer.first_time is not None:
        time = signed_distance(peer.first_time, times[0])
    return Sent(
        low, high, flags, seq, ack, len(segment.data), segment.wnd, _options(segment, peer), time, segment.up
    )


def _options(segment: Segment, peer: Peer) -> str:
    words = []
    offer = read_offer(segment) if segment.flags & SYN else None
    for kind, data in segment.options:
        if kind == 1:
            words.append("nop")
        elif kind == 8:
            words.append(f"ecr {_echo(segment)}")
        elif kind == 5:
            blocks = [
                f"{signed_distance(peer.irs, start)}:{signed_distance(peer.irs, end)}"
                for start, end in read_sack(segment)
            ]
            words.append("sack " + " ".join(blocks))
        elif kind == 2 and offer:
            words.append(f"mss {offer.mss}")
        elif kind == 3 and offer:
            words.append(f"wscale {offer.window_scale}")
        elif kind == 4:
            words.append("sackOK")
        else:
            words.append(f"{kind}:{data.hex()}")
    return ",".join(words)


def _echo(segment: Segment) -> int:
    times = read_timestamps(segment)
    return times[1] if times is not None else 0
