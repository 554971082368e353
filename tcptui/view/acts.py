"""What can be done with the selected segment now: only what would not be refused.

Which key does it, and where it stands, is the screen's affair; here are the acts by the names of their
actions, the most useful first.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.core.message import Message
from tcptui.lab.wire import Outcome, Transmission, Wire
from tcptui.named_tuple import NamedTuple


class Act(NamedTuple):
    """Something that can be done."""

    action: str
    """The name of its action."""
    words: Message
    brief: Message
    """The same in fewer words."""
    can_be_done: bool = True
    """False: its place is kept free, so that the others stand where they stood."""


def subject(transmission: Transmission, selected: bool) -> Message:
    """Which segment it is about, and what has become of it."""
    from tcptui.explain.labels import name_of  # Late: the first frame has no segment.

    key = {
        Outcome.IN_FLIGHT: "ui.act.in_flight",
        Outcome.ARRIVED: "ui.act.arrived",
        Outcome.LOST: "ui.act.lost",
    }[transmission.outcome]
    name = name_of(transmission)
    return Message.of(key, name=Message.of("ui.act.selected", name=name) if selected else name)


def _act(action: str, words: str, brief: str) -> Act:
    return Act(action, Message.of(words), Message.of(brief))


_LOSE = _act("lose", "ui.act.lose", "ui.act.lose.brief")
_DELAY = _act("delay", "ui.act.delay", "ui.act.delay.brief")
_DUPLICATE = _act("duplicate", "ui.act.duplicate", "ui.act.duplicate.brief")
_TO_ARRIVAL = _act("go_to", "ui.act.to_arrival", "ui.act.to_arrival.brief")
_TO_SENT = _act("go_to", "ui.act.to_sent", "ui.act.to_sent.brief")
_FOLLOW = _act("scroll_end", "ui.act.follow", "ui.act.follow.brief")
_INSPECT = _act("inspector", "ui.act.inspect", "ui.act.inspect.brief")


def acts(transmission: Transmission, wire: Wire, position: int, selected: bool) -> Iterator[Act]:
    """What can be done with a segment at a position of the run; `selected`: the reader has chosen it, it is
    not only the newest."""
    number, in_flight = transmission.number, transmission.outcome is Outcome.IN_FLIGHT
    for act in (_LOSE, _DELAY):
        yield act if in_flight else act._replace(can_be_done=False)
    is_kept = in_flight or any(one.number == number for one in wire.past)
    yield _DUPLICATE if is_kept else _DUPLICATE._replace(can_be_done=False)
    follower = wire.follower(transmission) if in_flight else None
    if follower is not None:
        words = Message.of("ui.act.reorder", number=follower.number)
        yield Act("reorder", words, Message.of("ui.act.reorder.brief", number=follower.number))
    is_sent_here = transmission.sent_in == position
    if in_flight and is_sent_here:
        yield _TO_ARRIVAL
    else:
        yield _TO_SENT._replace(can_be_done=not is_sent_here)
    if selected:
        yield _FOLLOW
    yield _INSPECT
