"""Who knows what in a whole run, as text: after each segment of which facts both ends have proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.explain.labels import name_of
from tcptui.explain.ledger import fact_text, unknown_text
from tcptui.explain.numbers import time_text
from tcptui.formats.notes import cut_note
from tcptui.lab.record import Record
from tcptui.lab.wire import Outcome
from tcptui.trace.ledger import EndLedger, LedgerEntry, Provable, entries
from tcptui.view.cells import fill, shorten, wrap

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

WIDTH = 100
_CELL = 6
_LEFT = WIDTH - 2 * _CELL * len(Provable)
"""Cells for the time and the segment."""


def write(run: Record, _point: Point) -> str:
    """The format ``ledger`` of `registry`."""
    return ledger_text(run)


def ledger_text(run: Record) -> str:
    """Title, question, the facts by number, and a row for each segment that came or was lost: the segments
    that have proven each fact to A and to B by then. At last the segments whose fate is not known; every line
    ended."""
    scenario = run.scenario
    lines = [*wrap(scenario.title, WIDTH), *wrap(scenario.question, WIDTH), ""]
    lines += [f"  {number}  {fact_text(fact)}" for number, fact in enumerate(Provable, 1)]
    lines += ["", *wrap(say("ledger.what_proof_is"), WIDTH), ""]
    heads = "".join(f"{number:<{_CELL}}" for number in range(1, len(Provable) + 1))
    lines += [f"{'':{_LEFT}}{fill('A', len(heads))}B", f"{'':{_LEFT}}{heads}{heads}"]
    rows = entries(run)
    lines += [f"{fill(_segment(row), _LEFT)}{_cells(row.a)}{_cells(row.b)}" for row in rows]
    if not run.complete:
        lines.append(cut_note(run))
    if rows:
        fates = (f"{side} {unknown_text(end)}" for side, end in zip("AB", rows[-1][1:], strict=True))
        lines += ["", f"{say('ledger.unknown')}: {', '.join(fates)}"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _segment(row: LedgerEntry) -> str:
    one = row.transmission
    came = one.outcome is Outcome.ARRIVED
    end = one.receiver if came else say("ledger.lost")
    return shorten(f"{time_text(one.ended_at):>8}  {name_of(one)} ▸ {end}", _LEFT - 1)


def _cells(end: EndLedger | None) -> str:
    return "".join(fill(_cell(end, fact), _CELL) for fact in Provable)


def _cell(end: EndLedger | None, fact: Provable) -> str:
    proof = None if end is None else end.proofs.get(fact)
    if proof is None:
        return say("ledger.never") if end is not None and end.is_never(fact) else "-"
    return f"#{proof.number}" if proof.step > 0 else say("ledger.yes")
