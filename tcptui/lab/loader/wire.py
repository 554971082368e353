"""What happens on the wire: faults and third parties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.message import MessageError
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import parse_socket
from tcptui.lab.faults import FaultRule, is_fault, parse_fault
from tcptui.lab.moves import Delay, Duplicate, Lose, Move, Reorder
from tcptui.lab.scenario import Fault, Injection
from tcptui.lab.third_party import MOST_TIMES, Inject, check_sockets
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import boolean_of, choice_of, duration_of, line_of, number_of
from tcptui.lab.wire import BadMove

if TYPE_CHECKING:
    from tcptui.lab.boxes import Box

MOST_FAULTS = 100
"""Faults that a scenario may name."""
Faults: TypeAlias = tuple[Mapping[int, tuple[Fault, ...]], tuple[FaultRule, ...]]
NO_FAULTS: Faults = ({}, ())
_DESCRIBES = r"\s*[a-z]+\s+[AB]\b"
"""A text that can be no list of moves, which have no such words: a fault by description is meant."""
_KEYS = ("at", "segment", "from", "to", "times", "every", "old", "of")


def moves_of(value: object, where: str) -> tuple[Move, ...]:
    from tcptui.lab.moves_text import parse_moves

    try:
        return tuple(parse_moves(line_of(value, where)))
    except BadMove as error:
        raise bad(where, error.message) from None


def injection_of(table: Table, a: Socket, b: Socket) -> Injection:
    """A third party's segment, for one of two hosts."""
    at = table.take("at", duration_of, 0)
    moves = table.take("segment", _segment_of)
    if len(moves) != 1 or not isinstance(moves[0], Inject):
        raise table.error("segment", "error.scenario.segment")
    move: Inject = moves[0]
    src = table.take("from", _socket_of, move.src or Socket("", 0))
    port = table.take("to", number_of(1, 0xFFFF), move.port or 0)
    old = table.take("old", boolean_of, False)
    move = move._replace(
        src=src if src.host else None,
        port=port or None,
        times=table.take("times", number_of(1, MOST_TIMES), move.times),
        every=table.take("every", duration_of, move.every),
        of=table.take("of", number_of(1, 1_000), 1 if old else move.of),
        old=old or move.old,
    )
    try:
        check_sockets(move, *((a, b) if move.receiver == "A" else (b, a)))
    except MessageError as error:
        raise table.error("from", error.message) from None
    table.done(_KEYS)
    return Injection(at, move)


def _segment_of(value: object, where: str) -> tuple[Move, ...]:
    if not line_of(value, where).lower().startswith(("x>a:", "x>b:")):
        raise bad(where, "error.scenario.segment")
    return moves_of(value, where)


def boxes_of(wire: Table, v6: bool) -> tuple[Box, ...]:
    """What stands on the wire, from A to B."""
    tables = wire.tables("box")
    if not tables:
        return ()
    from tcptui.lab.box_text import KEYS, KINDS, BadBox, make_box
    from tcptui.lab.boxes import MOST_BOXES, placed

    if len(tables) > MOST_BOXES:
        raise wire.error("box", "error.value.too_many", count=len(tables), most=MOST_BOXES)
    boxes: list[Box] = []
    for table in tables:
        kind = table.take("kind", choice_of(*KINDS))
        fields = {name: table.take(name, _text_or_number) for name in KEYS[kind] if name in table}
        try:
            box = make_box(kind, fields, v6)
        except BadBox as error:
            raise table.error(error.field, error.message) from None
        table.done(("kind", *KEYS[kind]))
        boxes.append(placed(box, len(boxes), v6))
    return tuple(boxes)


def _text_or_number(value: object, where: str) -> str:
    return str(value) if type(value) is int else line_of(value, where)


def faults_of(value: object, where: str) -> Faults:
    """Those by number, and those by description."""
    texts = value if isinstance(value, list) else [value]
    faults: dict[int, tuple[Fault, ...]] = {}
    rules: list[FaultRule] = []
    for index, one in enumerate(texts, 1):
        place = f"{where}[{index}]" if isinstance(value, list) else where
        text = line_of(one, place)
        if is_fault(text) or re.match(_DESCRIBES, text):
            try:
                rules.append(parse_fault(text))
            except MessageError as error:
                raise bad(place, error.message) from None
        else:
            _add_numbered(faults, text, place)
    count = sum(map(len, faults.values())) + len(rules)
    if count > MOST_FAULTS:
        raise bad(where, "error.value.too_many", count=count, most=MOST_FAULTS)
    return faults, tuple(rules)


def _add_numbered(faults: dict[int, tuple[Fault, ...]], text: str, where: str) -> None:
    for move in moves_of(text, where):
        if not isinstance(move, Lose | Delay | Duplicate | Reorder):
            raise bad(where, "error.scenario.no_fault")
        before = faults.get(move.number, ())
        if any(isinstance(fault, Lose) for fault in before) and not isinstance(move, Duplicate):
            raise bad(where, "error.scenario.lost_already", number=move.number)
        faults[move.number] = (*before, move)


def _socket_of(value: object, where: str) -> Socket:
    try:
        return parse_socket(line_of(value, where))
    except MessageError as error:
        raise bad(where, error.message) from None
