"""The state diagram of RFC 9293 Figure 5 with the way of a run, as a graph in the language of Graphviz.

The arrows that an end has come over are bold and have its name and a number: ``A3`` is the third change of
A's state. A way can leave the figure: by what its notes and section 3.10 add, a reset or a timeout, and where
the connection that stands for the end is another one now. Such arrows are dashed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tcptui.core.state import State
from tcptui.formats.notes import cut_note
from tcptui.formats.state_way import way_of
from tcptui.lab.record import Record
from tcptui.lab.wire import SIDES
from tcptui.printable import printable
from tcptui.view.inspectors.state_figure import FIGURE

if TYPE_CHECKING:
    from tcptui.trace.capture import Point


def write(run: Record, _point: Point) -> str:
    """The format ``dot`` of `registry`."""
    return dot_text(run)


def dot_text(run: Record) -> str:
    """The graph, every line ended."""
    return "".join(f"{line}\n" for line in _lines(run))


def _lines(run: Record) -> Iterator[str]:
    ways = _ways(run)
    title = " ".join(filter(None, [run.scenario.title, cut_note(run)]))
    yield "digraph tcp {"
    yield f"    graph [label={quoted(title)}, labelloc=t, fontname=sans]"
    yield "    node [shape=box, style=rounded, fontname=sans]"
    yield "    edge [fontname=sans, fontsize=10, color=gray50, fontcolor=gray50]"
    for state in State:
        ends = [side for side, end in zip(SIDES, run.end, strict=True) if end is state]
        style = ', style="rounded,bold"' if ends else ""
        yield f"    {quoted(state.value)} [label={quoted(' '.join([state.value, *ends]))}{style}]"
    for one in FIGURE:
        yield _edge(one.old, one.new, one.cause, ways.pop((one.old, one.new, one.cause), []), "bold")
    for (old, new, cause), names in ways.items():
        yield _edge(old, new, cause, names, '"bold,dashed"')
    yield "}"


def _ways(run: Record) -> dict[tuple[State, State, str], list[str]]:
    """The arrows of both ways by what caused them, with the end and the number of each time."""
    ways: dict[tuple[State, State, str], list[str]] = {}
    for side in SIDES:
        for change in way_of(run, side):
            cause = "" if change.transition is None else change.transition.cause
            ways.setdefault((change.old, change.new, cause), []).append(change.name)
    return ways


def _edge(old: State, new: State, cause: str, names: list[str], style: str) -> str:
    label = quoted("\n".join(filter(None, [" ".join(names), cause])))
    look = f", style={style}, color=black, fontcolor=black" if names else ""
    return f"    {quoted(old.value)} -> {quoted(new.value)} [label={label}{look}]"


def quoted(text: str) -> str:
    """A text as a string of Graphviz, in which only a backslash and the quotation mark mean something; it
    reads character references of HTML too."""
    lines = (printable(line) for line in text.split("\n"))
    safe = (line.replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(safe) + '"'
