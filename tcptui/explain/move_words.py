"""A move in words: what makes one branch of a history differ from another."""

from __future__ import annotations

from tcptui.core.message import Duration, Message
from tcptui.lab.moves import Delay, Do, Duplicate, Lose, Move, Next, Reorder, Wait


def move_message(move: Move) -> Message:
    """What a move does: ``#4 is lost``, ``A calls send``."""
    match move:
        case Next():
            return Message.of("move.next")
        case Lose(number):
            return Message.of("move.lose", number=number)
        case Delay(number, by):
            return Message.of("move.delay", number=number, span=Duration(by))
        case Duplicate(number):
            return Message.of("move.duplicate", number=number)
        case Reorder(number):
            return Message.of("move.reorder", number=number)
        case Wait(by):
            return Message.of("move.wait", span=Duration(by))
        case Do(side, call, written=None):
            return Message.of("move.call", side=side, call=f"{call}()")
        case Do(side, written=call):
            return Message.of("move.call", side=side, call=str(call))
        case _:
            from tcptui.lab.moves_text import moves_text

            return Message.of("move.written", text=moves_text([move]))
