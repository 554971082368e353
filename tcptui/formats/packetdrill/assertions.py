"""The assertions of a script: Python that is read, never run.

What is understood: ``assert`` with comparisons, ``and``, ``or``, ``not`` and whole-number arithmetic, over
the fields of TCP_INFO and the names of Linux's and FreeBSD's states. All else is passed over, with a note.
"""

from __future__ import annotations

import ast
import operator
import textwrap
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tcptui.core.message import Message, MessageError

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 1 << 128

_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Judged(NamedTuple):
    """One statement: the assertion as the script has it, and whether it holds."""

    text: str
    holds: bool | None
    """None: it was not understood."""
    values: Message
    """What its names stood for; or, if it was not understood, why."""


class _NotUnderstood(MessageError):
    """The message says what was not."""


def judge(text: str, names: Mapping[str, int]) -> list[Judged]:
    """Every statement of some Python, in its order."""
    text = textwrap.dedent(text).strip()
    if len(text) > LONGEST_TEXT:
        return [Judged(f"{text[:40]}...", None, Message.of("assert.too_long", most=LONGEST_TEXT))]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [Judged(_brief(text), None, Message.of("assert.no_python"))]
    return [_judged(statement, names) for statement in statements]


def _judged(statement: ast.stmt, names: Mapping[str, int]) -> Judged:
    try:
        if not isinstance(statement, ast.Assert):
            raise _NotUnderstood("assert.only_assert")
        text = _brief(f"assert {ast.unparse(statement.test)}")
        holds = bool(_value(statement.test, names))
    except _NotUnderstood as reason:
        return Judged(_brief(ast.unparse(statement)), None, reason.message)
    except RecursionError:
        return Judged("...", None, Message.of("assert.too_deep"))
    used = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
    told = sorted(name for name in used if name.startswith("tcpi_") and name in names)
    if not told:
        return Judged(text, holds, Message.of("assert.no_field"))
    values = tuple(f"{name} = {names[name]}" for name in told)
    return Judged(text, holds, Message.of("assert.values", values=values))


def _value(node: ast.expr, names: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            if name not in names:
                raise _NotUnderstood("assert.unknown", name=name)
            return names[name]
        case ast.BoolOp(op=op, values=values):
            results = (bool(_value(one, names)) for one in values)
            return all(results) if isinstance(op, ast.And) else any(results)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, names)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _calculated(type(op), _value(left, names), _value(right, names))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compared(left, ops, comparators, names)
    raise _NotUnderstood("assert.not_understood", text=_brief(ast.unparse(node)))


def _calculated(operation: type[ast.operator], left: int, right: int) -> int:
    try:
        result = _OPERATORS[operation](left, right)
    except ZeroDivisionError:
        raise _NotUnderstood("assert.division") from None
    if abs(result) > LARGEST_NUMBER:
        raise _NotUnderstood("assert.too_large")
    return result


def _compared(
    left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr], names: Mapping[str, int]
) -> bool:
    """``a < b < c``"""
    value = _value(left, names)
    for op, comparator in zip(ops, comparators, strict=True):
        if type(op) not in _COMPARISONS:
            raise _NotUnderstood("assert.not_understood", text=type(op).__name__)
        other = _value(comparator, names)
        if not _COMPARISONS[type(op)](value, other):
            return False
        value = other
    return True


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}..."
