"""The assertions of a script: Python that is read, never run.

What is understood: ``assert``, ``if`` and assignments to a name, with comparisons, ``in``, ``and``, ``or``,
``not``, arithmetic and a few functions, over the fields of TCP_INFO and the names of the system's constants;
``print()`` says nothing. All else is passed over, with a note. An assertion of which a part is false fails,
also where another part is not understood: what is not understood never makes one pass.
"""

from __future__ import annotations

import ast
import operator
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tcptui.core.message import Message, MessageError
from tcptui.named_tuple import NamedTuple

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 1 << 128
LARGEST_SHIFT = 64

_Number: TypeAlias = int | float

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], _Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
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
_FUNCTIONS: dict[str, Callable[..., _Number]] = {
    "abs": abs, "float": float, "int": int, "max": max, "min": min, "round": round,
}  # fmt: skip


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
    return list(_judged(statements, dict(names)))


def calculate(text: str) -> _Number | None:
    """What arithmetic with numbers comes to; None: it is not understood."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, {})
    except (SyntaxError, ValueError, RecursionError, MemoryError, _NotUnderstood):
        return None


def _judged(statements: Iterable[ast.stmt], names: dict[str, _Number]) -> Iterator[Judged]:
    """The assertions among statements; an assignment adds to the names."""
    for statement in statements:
        try:
            match statement:
                case ast.Assert():
                    yield _asserted(statement, names)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    names[name] = _value(value, names)
                case ast.If(test=test, body=body, orelse=orelse):
                    yield from _judged(body if _value(test, names) else orelse, names)
                case ast.Pass() | ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))):
                    pass
                case _:
                    raise _NotUnderstood("assert.only_assert")
        except _NotUnderstood as reason:
            yield Judged(_brief(ast.unparse(statement)), None, reason.message)
        except RecursionError:
            yield Judged("...", None, Message.of("assert.too_deep"))


def _asserted(statement: ast.Assert, names: Mapping[str, _Number]) -> Judged:
    text = _brief(f"assert {ast.unparse(statement.test)}")
    holds = bool(_value(statement.test, names))
    used = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
    told = sorted(name for name in used if name.startswith("tcpi_") and name in names)
    if not told:
        return Judged(text, holds, Message.of("assert.no_field"))
    values = tuple(f"{name} = {names[name]}" for name in told)
    return Judged(text, holds, Message.of("assert.values", values=values))


def _value(node: ast.expr, names: Mapping[str, _Number]) -> _Number:
    match node:
        case ast.Constant(value=int(value) | float(value)):
            return value
        case ast.Name(id=name):
            if name not in names:
                raise _NotUnderstood("assert.unknown", name=name)
            return names[name]
        case ast.BoolOp(op=op, values=values):
            return _decided(values, isinstance(op, ast.Or), names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, names)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return _calculated(ast.Sub, -1, _value(operand, names))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS and args:
            return _called(name, [_value(one, names) for one in args])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _calculated(type(op), _value(left, names), _value(right, names))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compared(left, ops, comparators, names)
    raise _NotUnderstood("assert.not_understood", text=_brief(ast.unparse(node)))


def _decided(values: Iterable[ast.expr], decisive: bool, names: Mapping[str, _Number]) -> bool:
    """``or``, where something true decides, and ``and``, where something false does, also if it stands behind
    what is not understood."""
    missing = None
    for value in values:
        try:
            if bool(_value(value, names)) is decisive:
                return decisive
        except _NotUnderstood as reason:
            missing = missing or reason
    if missing is not None:
        raise missing
    return not decisive


def _called(name: str, args: list[_Number]) -> _Number:
    try:
        return _FUNCTIONS[name](*args)
    except (TypeError, ValueError, OverflowError):
        raise _NotUnderstood("assert.not_understood", text=f"{name}()") from None


def _calculated(operation: type[ast.operator], left: _Number, right: _Number) -> _Number:
    if operation in (ast.LShift, ast.RShift) and not 0 <= right <= LARGEST_SHIFT:
        raise _NotUnderstood("assert.too_large")
    try:
        result = _OPERATORS[operation](left, right)
    except ZeroDivisionError:
        raise _NotUnderstood("assert.division") from None
    except (TypeError, OverflowError):
        raise _NotUnderstood("assert.not_understood", text=operation.__name__) from None
    if abs(result) > LARGEST_NUMBER:
        raise _NotUnderstood("assert.too_large")
    return result


def _compared(
    left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr], names: Mapping[str, _Number]
) -> bool:
    """``a < b < c``, ``a in (b, c)``"""
    value = _value(left, names)
    for op, comparator in zip(ops, comparators, strict=True):
        if isinstance(op, ast.In | ast.NotIn) and isinstance(comparator, ast.Tuple | ast.List | ast.Set):
            among = [_value(one, names) for one in comparator.elts]
            if (value in among) is not isinstance(op, ast.In):
                return False
            continue
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
