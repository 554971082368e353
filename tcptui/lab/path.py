"""The way of a segment through the boxes on the wire, from its sender to where it arrives or ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tcptui.lab.boxes import Box, BoxState, PacketAtBox, pass_box
from tcptui.lab.connection import Connection
from tcptui.lab.wire import NetworkPath, Payload, Side, Transmission, WireAct
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact

Boxes: TypeAlias = tuple[tuple[Box, BoxState], ...]
"""From A to B: each box and what it remembers."""


class Answer(NamedTuple):
    """What a box sends back: put on the wire when it has come to the box."""

    receiver: Side
    payload: Payload
    """As it arrives."""
    way: int
    """How long it takes from there, in microseconds."""
    connection: Connection | None
    name: str
    """What sends it."""


class Forwarded(NamedTuple):
    """A segment that the boxes on its way have forwarded, or one of them has ended."""

    boxes: Boxes
    path: NetworkPath
    ended_at: int | None
    """When it ended at a box, in microseconds; None: it has passed all."""
    acts: tuple[WireAct, ...] = ()
    answer: Answer | None = None


def forward(
    boxes: Boxes, transmission: Transmission, way: int, now: int, own: bool, fact: Callable[[], Fact]
) -> Forwarded:
    """The way of a segment that has just left and takes `way` microseconds without what delays it. `own`:
    whether it has the address of the host on its sender's side; `fact` describes it."""
    number, towards, ttl = transmission.number, transmission.receiver, _ttl(transmission)
    sent_ttl = ttl
    start = transmission.due - transmission.delayed_by - way
    payload = transmission.payload
    acts: list[WireAct] = []
    places = range(len(boxes)) if towards == "B" else range(len(boxes) - 1, -1, -1)
    for come, place in enumerate(places, 1):
        box, state = boxes[place]
        at = max(now, start + way * come // (len(boxes) + 1))
        verdict, state = pass_box(box, state, PacketAtBox(payload, ttl, towards, at, own, fact))
        boxes = (*boxes[:place], (box, state), *boxes[place + 1 :])
        if verdict.act is not None:
            acts.append(WireAct(number, verdict.act, 0, verdict.name))
        if verdict.payload is None:
            path = NetworkPath(sent_ttl, min(sent_ttl, sent_ttl - ttl), None, str(box))
            answer = None
            if verdict.answer is not None:
                boxes, answer = _answer(boxes, list(places[: come - 1]), verdict.answer, at, transmission)
                back = way * come // (len(boxes) + 1)
                answer = None if answer is None else answer._replace(way=back, name=str(box))
            return Forwarded(boxes, path, at, tuple(acts), answer)
        payload, ttl = verdict.payload, verdict.ttl
    changed = None if payload is transmission.payload else payload
    return Forwarded(boxes, NetworkPath(sent_ttl, sent_ttl - ttl, changed), None, tuple(acts))


def _answer(
    boxes: Boxes, passed: list[int], payload: Payload, at: int, transmission: Transmission
) -> tuple[Boxes, Answer | None]:
    """What comes back through the boxes that have been passed; None if one of them discards it."""
    back: Side = "A" if transmission.receiver == "B" else "B"
    for place in reversed(passed):
        box, state = boxes[place]
        if str(box) == "firewall":
            continue  # What it has let through may be answered.
        verdict, state = pass_box(box, state, PacketAtBox(payload, 64, back, at, False, _no_fact))
        boxes = (*boxes[:place], (box, state), *boxes[place + 1 :])
        if verdict.payload is None:
            return boxes, None
        payload = verdict.payload
    connection = transmission.connection
    return boxes, Answer(back, payload, 0, connection and connection.reversed(), "")


def _no_fact() -> Fact:
    raise AssertionError("only firewalls ask for it")


def _ttl(transmission: Transmission) -> int:
    return NetworkPath().ttl if transmission.path is None else transmission.path.ttl
