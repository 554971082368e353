"""What happens on the wire: faults and third parties."""

from __future__ import annotations

from tcptui.lab.loader.table import Table
from tcptui.lab.loader.values import duration_of, moves_of
from tcptui.lab.moves import Delay, Duplicate, Inject, Lose, Move
from tcptui.lab.scenario import Fault, Injection

MOST_FAULTS = 100
"""Faults that a scenario may name."""


def injection_of(table: Table) -> Injection:
    at = table.take("at", duration_of, 0)
    moves = table.take("segment", moves_of)
    if len(moves) != 1 or not isinstance(moves[0], Inject):
        raise table.error("segment", "error.scenario.segment")
    table.done(("at", "segment"))
    return Injection(at, moves[0])


def faults_of(moves: tuple[Move, ...], table: Table) -> dict[int, tuple[Fault, ...]]:
    faults: dict[int, tuple[Fault, ...]] = {}
    if len(moves) > MOST_FAULTS:
        raise table.error("faults", "error.scenario.faults", count=len(moves), most=MOST_FAULTS)
    for move in moves:
        if not isinstance(move, Lose | Delay | Duplicate):
            raise table.error("faults", "error.scenario.no_fault")
        before = faults.get(move.number, ())
        if any(isinstance(fault, Lose) for fault in before) and not isinstance(move, Duplicate):
            raise table.error("faults", "error.scenario.lost_already", number=move.number)
        faults[move.number] = (*before, move)
    return faults
