"""The inspector of who knows what: of which facts A and B have proof, and which segment gave it."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.explain.ledger import fact_text, proof_text, unknown_text
from tcptui.lab.wire import SIDES
from tcptui.trace.ledger import CLOSING, OPENING, EndLedger, Ledger, Provable
from tcptui.view.cells import fill, shorten, wrap
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row
from tcptui.view.lines import MARK, Style

_NAMES = 20
"""Cells for what there is proof of."""
_LEAST_COLUMN, _MOST_COLUMN = 11, 20
"""Cells for what an end has proof by; the least where its name stands there too."""
_Ends = tuple[EndLedger | None, EndLedger | None]


def draw(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    captures = None if inspected.captures is None else inspected.captures()
    ledger = Ledger() if captures is None else captures.ledger()
    if ledger is None:
        return [[Part(f" {shorten(say('ledger.behind'), width - 2)}", "dim")]]
    ends = _ends(inspected, ledger)
    if height < 3:
        rows = [_row(fact_text(one), _proofs(ends, one, inspected), width, True) for one in _chosen(ends, 1)]
        return [*rows, _row(say("ledger.unknown"), _unknown(ends), width, True)][-height:]
    rows = [_row(say("ledger.proof"), [("A", "a"), ("B", "b")], width)]
    rows += [_row(fact_text(one), _proofs(ends, one, inspected), width) for one in _chosen(ends, height - 2)]
    rows.append(_row(say("ledger.unknown"), _unknown(ends), width))
    words = wrap(say("ledger.what_proof_is"), width - 2)
    if len(rows) + 1 + len(words) <= height:
        rows += [[], *([Part(f" {line}", "dim")] for line in words)]
    return rows


def about(inspected: Inspected) -> str:
    """Which connection it is, where an end has several."""
    ledger = None if inspected.captures is None else inspected.captures().ledger()
    if ledger is None or max(sum(at == side for at, _, _ in ledger.ends()) for side in SIDES) < 2:
        return ""
    a = _ends(inspected, ledger)[0]
    return "" if a is None else f"{a.connection.local.port}>{a.connection.remote.port}"


def _ends(inspected: Inspected, ledger: Ledger) -> _Ends:
    """The connection that is looked at at A, and its other end; where A has none, that at B."""
    a, b = (ledger.of(side, inspected.chosen(side) or inspected.world.end(side).connection) for side in SIDES)
    if a is not None:
        b = ledger.of_connection("B", a.connection.reversed()) or b
    return a, b


def _chosen(ends: _Ends, count: int) -> list[Provable]:
    """So many facts, those of the closing first once a FIN has left."""
    closing = any(end is not None and (end.fin or end.peer_fin) for end in ends)
    first, second = (CLOSING, OPENING) if closing else (OPENING, CLOSING)
    wanted = [*first[::-1], *second[::-1]][:count]
    return [fact for fact in (*OPENING, *CLOSING) if fact in wanted]


def _proofs(ends: _Ends, fact: Provable, inspected: Inspected) -> list[tuple[str, Style]]:
    """Of each end by what it has proof; marked where the last step gave it."""
    told: list[tuple[str, Style]] = []
    for end in ends:
        proof = None if end is None else end.proofs.get(fact)
        if proof is not None and 0 < proof.step == inspected.position:
            told.append((f"{MARK}{proof_text(end, fact)}", "changed"))
        else:
            told.append((proof_text(end, fact), "dim" if proof is None else "plain"))
    return told


def _unknown(ends: _Ends) -> list[tuple[str, Style]]:
    return [(unknown_text(end), "plain") for end in ends]


def _row(name: str, told: list[tuple[str, Style]], width: int, named: bool = False) -> Row:
    """What it is, and a column for each end; `named`: the ends' names stand before."""
    column = (width - _NAMES - 1) // 2
    if named and column < _LEAST_COLUMN:
        column = _LEAST_COLUMN
    column = min(_MOST_COLUMN, column)
    room = width - 1 - 2 * column
    row = [Part(f" {fill(shorten(name, room - 1), min(room, _NAMES + 4))}", "dim")]
    for side, (text, style) in zip(SIDES, told, strict=True):
        rest = column - 1
        if named:
            row.append(Part(f"{side} ", "a" if side == "A" else "b"))
            rest -= 2
        row.append(Part(fill(shorten(text, rest), rest + 1), style))
    return row
