"""Ways through a history that may be long: each makes a move at a time and says at its end what it came to.

A session takes as many moves of such a walk as a slice of time allows, so a walk may go on past what is known
of a branch, to the end of a run, and the loop is not held. What a walk returns is told to the reader; BadMove
says why it could not come to its end, and then the history is where it began or as far as the moves went.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias

from tcptui.explain.catalogue import say
from tcptui.explain.move_words import move_message
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT, Next
from tcptui.lab.wire import BadMove

Walk: TypeAlias = Generator[None, None, str]
"""Yields after each move."""


def to_next_sign(history: History, most: int) -> Walk:
    """To the next change of a state, loss or timer, in what is known of the branch or in `most` moves after
    it."""
    known = history.next_sign
    if known is not None:
        yield from history.walk_to(known)
        return ""
    if history.position < history.length:
        yield from history.walk_to(history.length)
    for _ in range(most):
        if history.world.next_event() is None:
            return say("ui.no_more_changes")
        history.apply(NEXT)
        if history.signs:
            return ""
        yield
    return say("ui.still_going_on", count=most)


def to_sent(history: History, number: int) -> Walk:
    """To the step in which a segment was sent, which may lie ahead in this branch."""
    if history.world.wire.launched >= number:
        transmission = history.transmission(number)
        if transmission is not None:
            yield from history.walk_to(transmission.sent_in)
        return ""
    while history.world.wire.launched < number:
        if history.position == history.length:
            return say("ui.no_segment_here", number=number)
        history.forward()
        yield
    return ""


def to_arrived(history: History, number: int) -> Walk:
    """To the step in which a segment that is in flight arrives or is lost."""
    while any(one.number == number for one in history.world.wire.transmissions):
        history.forward()
        yield
    return ""


def without_last_fault(history: History) -> Walk:
    """The moves up to here without the last fault that was made from outside: another branch."""
    place = history.last_fault
    if place is None:
        raise BadMove("error.move.no_fault")
    fault, *others = history.moves(place, history.position)
    yield from history.walk_to(place)
    history.fork()  # Also where no other move follows: whoever goes forward again is not to make it again.
    for move in others:
        if isinstance(move, Next) and history.world.next_event() is None:
            break  # Without the fault, less happens.
        history.apply(move)
        yield
    return say("ui.undone", move=move_message(fault))
