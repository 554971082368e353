"""What the programs of a host will call, and the states that it was in: rows of a pane without a connection.

Where there are no sequence spaces to be drawn, their place has what led here and what is to come. Of what is
to come a row stands beside the program in every state, on screens that have room for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, time_text
from tcptui.lab.program import ScriptedCall
from tcptui.lab.program_state import ProgramState
from tcptui.view.cells import align_right, cell_len, shorten
from tcptui.view.end_rows import NEVER, Field, Row, labelled, row
from tcptui.view.figures import more_of_profile
from tcptui.view.subject import Host

_WITHOUT = (State.CLOSED, State.LISTEN)
_LOOKED_AT = 12
"""Steps of each program that are looked at for calls to come."""
_HEADED = 3
"""Rows that a part needs, with its heading."""


def next_rows(host: Host, rows: int, width: int) -> list[Row]:
    """The calls that come next, beside the program, in so many rows."""
    made: list[Row] = []
    gap = 6 if width >= 26 else 5
    for call, when in islice(_coming(host), rows):
        texts = [f"{call} {when}", call] if when else [call]
        label = say("ui.end.next") if not made else ""
        made.append(
            labelled(label, texts, width, "dim", gap)
            if label
            else (Field(shorten(texts[0], width - 1 - gap), "dim", texts[0], " " * gap),)
        )
    return [*made, *[()] * rows][:rows]


def rows_without_connection(host: Host, rows: int, width: int, figures: int) -> list[Row]:
    """What is to come, the states that it was in with how long each lasted, and the settings that a
    connection begins with, in so many rows. `figures`: rows of them that stand elsewhere."""
    made: list[Row] = []
    coming = list(_coming(host))
    states = list(pairwise(host.path))
    if coming and rows >= _HEADED:
        most = rows - 1 if not states else max(2, rows // 2)
        made.append(_heading(say("ui.end.to_come"), width))
        made += [row(_beside(*one, width - 1), "plain", NEVER) for one in coming[: most - 1]]
    left = rows - len(made)
    if states and left >= _HEADED:
        made.append(_heading(say("ui.end.was"), width))
        for entered, left_it in states[-(left - 1) :]:
            times = f"{time_text(max(0, entered.at), 8)} {duration_text(left_it.at - max(0, entered.at)):>7}"
            made.append(row(_beside(entered.state.value, times, width - 1), "dim", NEVER))
    left = rows - len(made)
    if (
        host.state in _WITHOUT
        and left >= _HEADED
        and (settings := more_of_profile(host, figures, left - 1, width))
    ):
        made += [_heading(say("ui.end.begins_with"), width), *settings]
    return [*made, *[()] * rows][:rows]


def tells_what_comes(rows: Sequence[Row], width: int) -> bool:
    """Whether rows without a connection tell it, which then need not be told beside the program."""
    return _heading(say("ui.end.to_come"), width) in rows


def tells_what_was(rows: Sequence[Row], width: int) -> bool:
    """Whether they tell the states that the end was in."""
    return _heading(say("ui.end.was"), width) in rows


def _heading(text: str, width: int) -> Row:
    return row("", "label", NEVER, f"{text} {'─' * (width - 2 - cell_len(text))}")


def _beside(left: str, right: str, width: int) -> str:
    room = width - cell_len(right) - 1
    if not right or room < 8:
        return shorten(left, width)
    left = shorten(left, room)
    return left + align_right(right, width - cell_len(left))


def _coming(host: Host) -> Iterator[tuple[str, str]]:
    """Each call and when it is made, program after program."""
    for program in host.programs:
        if program.over:
            continue
        steps = program.script[program.position : program.position + _LOOKED_AT]
        for place, step in enumerate(steps):
            if isinstance(step, ScriptedCall):
                yield _call_text(step), _when(step, program if place == 0 else None)


def _call_text(call: ScriptedCall) -> str:
    if call.written is not None:
        return str(call.written)
    data = f"{call.data[:40].decode(errors='replace')!a}" if call.data else ""
    return f"{call.name}({data})"


def _when(call: ScriptedCall, program: ProgramState | None) -> str:
    """At what time, if it is known; else after what."""
    if program is not None and program.due is not None:
        return say("ui.end.at", time=time_text(program.due))
    if call.trigger == "at":
        return say("ui.end.at", time=time_text(call.amount)) if call.amount else ""
    after = f" +{duration_text(call.after)}" if call.after else ""
    return say("ui.end.when", trigger=call.waits_for) + after
