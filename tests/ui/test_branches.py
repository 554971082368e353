"""The list of branches tells what makes each of them differ."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.explain.catalogue import text
from tcptui.explain.move_words import move_message
from tcptui.lab.moves_text import parse_moves
from tcptui.ui.screens.branches import branch_line
from tcptui.ui.session import Session


def lines(session: Session) -> list[str]:
    return [branch_line(number, one) for number, one in enumerate(session.history.origins())]


def test_each_branch_is_told_by_the_first_move_that_differs() -> None:
    session = Session(library.find("handshake"), "s5 a:send:x s2", clock=lambda: 0.0)
    session.history.go_to(2)
    session.type_moves("l1 s1")
    session.history.go_to(2)
    session.type_moves("d1+10ms")
    session.history.switch(1)
    session.history.go_to(3)
    session.type_moves("w5ms s1")
    assert lines(session) == [
        "1  the first  8 moves",
        "2  as 1 up to step 2, then: #1 is lost  4 moves",
        "3  as 2 up to step 2, then: #1 is delayed by 10 ms  3 moves",
        "4  as 2 up to step 3, then: 5 ms pass  5 moves",
    ]


@pytest.mark.parametrize(
    ("move", "words"),
    [
        ("s", "the next thing happens"),
        ("u2", "#2 is duplicated"),
        ("r2", "#2 is overtaken"),
        ("a:send:hello", "A calls send()"),
        ("b:close(c)", "B calls close(c)"),
        ("x>b:SYN:seq=90", "x>b:SYN:seq=90"),
        ("lose:B:ACK:2", "lose:B:ACK:2"),
    ],
)
def test_a_move_in_words(move: str, words: str) -> None:
    assert text(move_message(parse_moves(move)[0])) == words
