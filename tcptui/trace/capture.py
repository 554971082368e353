"""What a capture holds: the segments that pass one point, in the order in which they pass it.

What is captured depends on the point: what is lost is captured at its sender and on the wire, not at its
receiver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from tcptui.core.packet.segment import HOP_LIMIT
from tcptui.lab.record import Record
from tcptui.lab.wire import NetworkPath, Outcome, Side, Transmission
from tcptui.named_tuple import NamedTuple

Point: TypeAlias = Literal["A", "B", "wire"]
"""Where the capture is taken: at an end, or half way between both."""


class Frame(NamedTuple):
    """A segment as it passes; `at` is when, in microseconds of the world's clock."""

    at: int
    transmission: Transmission
    """As it passes there: a NAT on the way has changed its payload, and routers its Time to Live."""

    @property
    def ttl(self) -> int:
        """Its Time to Live."""
        path = self.transmission.path
        return HOP_LIMIT if path is None else path.ttl


def capture_of(run: Record, point: Point) -> list[Frame]:
    """A capture of a whole run. It has the prelude too, at times below 0: whoever reads a capture goes by the
    handshake (initial numbers, how windows are scaled)."""
    return capture((*run.prelude_transmissions, *run.transmissions), point, run.ended_at)


def capture(transmissions: Iterable[Transmission], point: Point, now: int) -> list[Frame]:
    """The frames of a capture at `point` that has run from before the first of `transmissions` until `now`.

    An end sees what it sends when it sends it, and what arrives when it arrives. A duplicate is made by the
    network: the sender sees one, the receiver both, and the wire both too. The middle of the wire is where a
    segment is after half its way in time, whatever delayed it. A segment that `Wire.lose` takes never
    ends before that, so the wire sees all that are lost as well. A third party's segment comes from there.
    """
    if point == "wire":
        passing = [_passing_middle(transmission, now) for transmission in transmissions]
    else:
        passing = [_passing_end(transmission, point) for transmission in transmissions]
    seen = sorted(filter(None, passing), key=_when)
    return [Frame(key[0], _as_it_passes(transmission, point)) for key, transmission in seen]


def _as_it_passes(transmission: Transmission, point: Point) -> Transmission:
    """A segment as a capture has it. The middle of the wire is beyond all boxes, next to B: all that is
    captured there has the addresses that B knows."""
    path = transmission.path
    if path is None or transmission.receiver != ("B" if point == "wire" else point):
        return transmission
    arrived = NetworkPath(path.ttl - path.hops)
    return transmission._replace(payload=transmission.arrives_as, path=arrived)


_When: TypeAlias = tuple[int, int, int]
"""The time, and what comes first at the same time: the step, and within it the number, 0 of an arrival."""


def _when(passing: tuple[_When, Transmission]) -> _When:
    return passing[0]


def _passing_middle(transmission: Transmission, now: int) -> tuple[_When, Transmission] | None:
    middle = (
        transmission.sent_at if transmission.sender == "X" else (transmission.sent_at + transmission.due) // 2
    )
    last_seen = now if transmission.outcome is Outcome.IN_FLIGHT else transmission.ended_at
    return ((middle, transmission.number, 0), transmission) if middle <= last_seen else None


def _passing_end(transmission: Transmission, side: Side) -> tuple[_When, Transmission] | None:
    if transmission.sender == side:
        return (
            None
            if transmission.copy_of
            else ((transmission.sent_at, transmission.sent_in, transmission.number), transmission)
        )
    if transmission.receiver == side and transmission.outcome is Outcome.ARRIVED:
        return (transmission.ended_at, transmission.ended_in, 0), transmission
    return None
