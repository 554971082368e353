"""What a reader types: moves, and calls to sockets; checked before it is made."""

from __future__ import annotations

from tcptui.core.message import Message, MessageError, brief
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.moves import Move
from tcptui.lab.wire import BadMove


def parsed(moves: str) -> list[Move]:
    """The moves of a text. Raises BadMove."""
    if not moves:
        return []
    from tcptui.lab.moves_text import parse_moves  # Late, as below: few runs begin with moves.

    return parse_moves(moves)


def moves_error(text: str) -> str:
    """Why a text is none that tells moves; empty if it is one."""
    from tcptui.lab.moves_text import parse_moves

    try:
        parse_moves(text)
    except BadMove as error:
        return text_of(error.message)
    return ""


def call_error(text: str) -> str:
    """Why a text is neither a call to a socket nor a program; empty if it is one."""
    from tcptui.lab.moves_text import written_move

    try:
        written_move("A", text)
    except MessageError as error:
        return text_of(error.message)
    return ""


def pattern_error(text: str) -> str:
    """Why a text means nothing that could be found; empty if it does. Of a single word it is only told that
    it is unknown."""
    from tcptui.ui.find import wanted

    try:
        wanted(text)
    except MessageError as error:
        word = text.strip()
        if word.isalnum():
            return text_of(Message.of("ui.find.unknown", text=brief(word)))
        return text_of(error.message)
    return ""
