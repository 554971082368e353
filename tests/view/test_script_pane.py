"""The pane of a script: what is done, what comes next, where it has failed, and its verdict."""

from __future__ import annotations

from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.history import History
from tcptui.view.endpoint import EndView
from tcptui.view.lines import Line, line_width, plain_text

SCRIPT = """\
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 close(3) = 0
+0 close(3) = {result}
"""


def pane(result: str, steps: int, height: int = 9) -> list[Line]:
    history = History(script_scenario(SCRIPT.format(result=result), "x.pkt", "x"))
    for _ in range(steps):
        history.apply()
    return EndView("B").lines(history.moment, history.moment_before, 40, height, at=0, raw=False)


def texts(lines: list[Line]) -> list[str]:
    return [plain_text(line).rstrip() for line in lines if plain_text(line).strip()]


def test_the_event_that_comes_next_is_marked() -> None:
    assert texts(pane("-1 EBADF", 1)) == [
        " script", " 0 socket(..., SOCK_STREAM, IPPROTO_TCP…", "▸+0 close(3) = 0", " +0 close(3) = -1 EBADF",
    ]  # fmt: skip


def test_the_event_that_comes_next_is_shown_whole_in_a_narrow_pane() -> None:
    history = History(script_scenario(SCRIPT.format(result="-1 EBADF"), "x.pkt", "x"))
    lines = EndView("B").lines(history.moment, history.moment_before, 18, 9, at=0, raw=False)
    assert texts(lines)[:4] == [" script", "▸0 socket(...,", " SOCK_STREAM,", " IPPROTO_TCP) = 3"]
    assert {line_width(line) for line in lines} == {18}


def test_the_verdict_stands_below() -> None:
    assert texts(pane("-1 EBADF", 4))[-2:] == [" +0 close(3) = -1 EBADF", " The script passes."]


def test_the_line_at_which_it_has_failed_is_marked() -> None:
    lines = pane("0", 3)
    assert "✗+0 close(3) = 0" in texts(lines)
    assert texts(lines)[-2].startswith(" x.pkt:3: expected close() = 0; got -1")
    failed = next(line for line in lines if plain_text(line).startswith("✗"))
    assert failed[0][1] == "error"


def test_a_low_pane_shows_where_the_script_is() -> None:
    assert texts(pane("-1 EBADF", 2, height=2)) == [" script", "▸+0 close(3) = -1 EBADF"]
