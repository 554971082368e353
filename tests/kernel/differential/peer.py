"""The peer of a script: gives its segments their numbers, from what it has received and sent."""

from __future__ import annotations

from tcptui.core.packet.options import Offer, data_options, read_offer, read_timestamps, syn_layout
from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.packet.seq import lt, seq_add
from tests.kernel.differential.script import MILLISECOND, Place, Put

PEER_CLOCK = 100_000
"""The peer's TSval at the beginning of a script."""


def pattern(start: int, octets: int) -> bytes:
    """The data from an offset in a stream on: every place has an octet of its own."""
    begin = start % 251
    cycle = bytes(range(251))
    return (cycle[begin:] + cycle * (octets // 251 + 1))[:octets]


class Peer:
    """One end of a connection that knows of the other what its segments say."""

    def __init__(self, here: Socket, there: Socket, irs: int) -> None:
        self.here, self.there = here, there
        self.irs = irs
        self.next = irs
        """What it would send next: the number after all that it has sent in order and validly."""
        self.acked = irs
        """The last ACK number that it was sent."""
        self.edge = irs
        self.iss = 0
        """The other end's initial number, once that is known."""
        self.una = 0
        """The last number that it has acknowledged."""
        self.all = 0
        """The number after the last one that it was sent."""
        self.first_time: int | None = None
        self.last_time = 0
        self._scale = 0
        self._own_scale = False
        self._their_scale: int | None = None

    def takes(self, segment: Segment) -> None:
        """What the other end has sent."""
        if segment.flags & RST:
            return
        if segment.flags & SYN:
            if segment.seq != self.iss or not self.all:
                self.iss = self.una = segment.seq
                self.all = segment.end
            self._their_scale = read_offer(segment).window_scale
        elif not self.all or lt(self.all, segment.end):
            self.all = segment.end
        if segment.flags & ACK:
            self.acked = segment.ack
            scale = self._their_scale if self._own_scale and not segment.flags & SYN else 0
            self.edge = seq_add(segment.ack, segment.wnd << (scale or 0))
            if lt(self.next, self.acked):
                self.next = self.acked
        times = read_timestamps(segment)
        if times is not None:
            self.last_time = times[0]
            if self.first_time is None:
                self.first_time = times[0]

    def segment(self, put: Put, at: int) -> Segment:
        """The segment of a step, `at` microseconds after the beginning; it counts as sent."""
        seq, ack = self._number(put.seq), self._number(put.ack) if put.flags & ACK else 0
        blocks = [(self._number(start), self._number(end)) for start, end in put.sack]
        times = None
        if put.times is not None:
            echo = 0 if put.times.no_echo else self.last_time + put.times.echo
            times = PEER_CLOCK + at // MILLISECOND + put.times.value, echo
        if put.flags & SYN:
            options = syn_layout(Offer(put.mss, put.scale, put.sack_permitted, times), "linux")
            self._own_scale = put.scale is not None
        else:
            options = data_options(times, blocks)
        data = pattern(seq - self.irs - 1, put.length)
        made = Segment(self.here, self.there, seq, ack, put.flags, put.window, data, options, put.up)
        self._sent(made, put)
        return made

    def _number(self, place: Place) -> int:
        return seq_add(getattr(self, place.base), place.offset)

    def _sent(self, segment: Segment, put: Put) -> None:
        flags = segment.flags
        if flags & RST:
            return
        if flags & SYN:
            if segment.seq == self.irs and self.next == self.irs:
                self.next = seq_add(self.irs, 1)
            return
        good = put.ack.base in ("all", "una") and put.ack.offset <= 0
        if not flags & ACK or not good:
            return
        if lt(self.una, segment.ack) and not lt(self.all, segment.ack):
            self.una = segment.ack
        end = segment.end
        if segment.length and not lt(self.next, segment.seq) and lt(self.next, end):
            self.next = end
