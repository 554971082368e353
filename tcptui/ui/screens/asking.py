"""What is asked above a run before it is done: a call, moves, what to find, a branch.

Each opens a dialog and hands the answer on, if there is one; what is done with it is the screen's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from textual.app import App

from tcptui.explain.catalogue import say
from tcptui.lab.ends.typed import calls_at
from tcptui.lab.moves import Move
from tcptui.lab.moves_text import parse_moves, written_move
from tcptui.lab.wire import Side
from tcptui.ui.screens.branches import BranchMenu
from tcptui.ui.screens.dialogs import CallMenu, Prompt
from tcptui.ui.session import Session
from tcptui.ui.typed import call_error, moves_error, pattern_error

if TYPE_CHECKING:
    from tcptui.ui.lecturing import Lecturing

LONGEST_TITLE = 600
"""Characters of the moves so far that stand above the line to type: the latest."""
_QUESTIONS = {
    "send": "ui.call.data",
    "sendto": "ui.call.data",
    "send+urgent": "ui.call.urgent",
    "read:100": "ui.call.octets",
}
"""What calls of the RFC's and of UDP's ask for before they are made."""
_DATA = "hello"


def ask_moves(app: App[None], session: Session, made: Callable[[str], None]) -> None:
    """Moves, as a text."""

    def typed(text: str | None) -> None:
        if text:
            made(text)

    told = session.history.text() or say("ui.moves.none")
    if len(told) > LONGEST_TITLE:
        told = f"… {told[-LONGEST_TITLE:]}"
    hint = "s5 l2 d4+200ms u3 a:send:hello b:['exit()'] x>b:SYN:seq=90"
    app.push_screen(Prompt(say("ui.moves.so_far", moves=told), hint, check=moves_error), typed)


def ask_what_to_find(app: App[None], last: str, made: Callable[[str], None]) -> None:
    """What to look for; `last` is what has been looked for last."""

    def typed(text: str | None) -> None:
        if text:
            made(text)

    hint = "12  FIN  SYN,ACK  lost  again  TIME-WAIT  B DATA len=5 arrives"
    app.push_screen(Prompt(say("ui.find.what"), hint, last, check=pattern_error), typed)


def ask_branch(app: App[None], session: Session, made: Callable[[int], None]) -> None:
    """A branch of the history, by its number from 0."""

    def chosen(branch: int | None) -> None:
        if branch is not None:
            made(branch)

    history = session.history
    app.push_screen(BranchMenu(history.origins(), history.branch), chosen)


def ask_item(app: App[None], lecturing: Lecturing, made: Callable[[int], None]) -> None:
    """An item of a lecture, by its place from 0."""
    from tcptui.ui.screens.items import ItemMenu

    def chosen(place: int | None) -> None:
        if place is not None:
            made(place)

    app.push_screen(ItemMenu(lecturing.lecture, lecturing.at), chosen)


def ask_call(app: App[None], session: Session, side: Side, made: Callable[[Move], None]) -> None:
    """A call that the program of that end, which is a host, can make now."""
    host = session.world.host(side)

    def chosen(call: str | None) -> None:
        if call is not None and call.endswith((")", "]", "}")):
            question, value = say("ui.call.socket", side=side), call
            asked(question, value, call_error, lambda text: written_move(side, text))
        elif call is not None:
            name, _, usual = call.partition(":")
            word = f"{side.lower()}:{name}"
            if call not in _QUESTIONS:
                made(parse_moves(word)[0])
                return
            asked(
                say(_QUESTIONS[call], side=side),
                usual or _DATA,
                lambda text: moves_error(f"{word}:{quote(text)}") if text else "",
                lambda text: parse_moves(f"{word}:{quote(text)}")[0],
            )

    def asked(question: str, value: str, check: Callable[[str], str], move: Callable[[str], Move]) -> None:
        def typed(text: str | None) -> None:
            if text:
                made(move(text))

        app.push_screen(Prompt(question, value=value, check=check), typed)

    app.push_screen(CallMenu(side, host.state_of(host.opened), calls_at(host)), chosen)
