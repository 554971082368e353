"""A call's arguments and result: numbers, constants, strings, arrays, structs and what is made of them."""

from __future__ import annotations

import re

from tcptui.core.message import Message
from tcptui.formats.packetdrill.cursor import Cursor
from tcptui.formats.packetdrill.syntax import (
    Applied,
    Array,
    BitOr,
    Expression,
    Field,
    Mark,
    Name,
    Number,
    Prefixed,
    String,
    Struct,
)

DEEPEST = 32
"""Brackets and prefixes in each other, at most."""

ALLOWED = Message.of("allowed.expression")
_BEGINNINGS = ("number", "word", "string", "...", "[", "{", "(")
"""Kinds of token that an expression without a prefix begins with."""
_CLOSE = Message.of("allowed.bracket_end")
_ITEM_END = {close: Message.of("allowed.item_end", close=close) for close in ")]"}
_STRUCT_NAME = Message.of("allowed.struct_name")
_FIELD_END = Message.of("allowed.field_end")

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", '"': '"', "'": "'", "?": "?",
}  # fmt: skip


def parse_arguments(cursor: Cursor) -> tuple[Expression, ...]:
    """``(a, b)``"""
    cursor.expect("(", "(")
    return _list(cursor, ")", 0)


def parse_expression(cursor: Cursor, depth: int = 0) -> Expression:
    """One expression, `depth` brackets deep."""
    first = _operand(cursor, depth)
    if cursor.kind != "|":
        return first
    operands = [first]
    while cursor.accept("|"):
        operands.append(_operand(cursor, depth))
    return BitOr(tuple(operands))


def _operand(cursor: Cursor, depth: int) -> Expression:
    if depth > DEEPEST:
        raise cursor.error(Message.of("script.too_deep"), Message.of("allowed.at_most", most=DEEPEST))
    kind = cursor.kind
    if kind not in _BEGINNINGS:
        if kind in ("-", "~", "&"):
            return _prefixed(cursor, depth)
        raise cursor.unexpected(ALLOWED)
    start, text = cursor.at, cursor.take()
    if kind == "number":
        return Number(cursor.value(text, start))
    if kind == "word":
        if cursor.kind != "(":
            return Name(text)
        cursor.take()
        return Applied(text, _list(cursor, ")", depth))
    if kind == "string":
        return String(_unescaped(cursor, text, start), cursor.accept("..."))
    if kind == "...":
        return Mark.NOT_GIVEN
    if kind == "[":
        return Array(_list(cursor, "]", depth))
    if kind == "{":
        return _struct(cursor, depth)
    if cursor.word == "struct":
        return _cast(cursor, depth)
    inner = parse_expression(cursor, depth + 1)
    cursor.expect(")", _CLOSE)
    return inner


def _cast(cursor: Cursor, depth: int) -> Expression:
    """What stands behind ``(struct name *)``: its type says nothing that its fields do not."""
    cursor.take()
    cursor.expect("word", _STRUCT_NAME)
    while cursor.accept("*"):
        pass
    cursor.expect(")", ")")
    return _operand(cursor, depth + 1)


def _prefixed(cursor: Cursor, depth: int) -> Expression:
    operator = cursor.take()
    operand = _operand(cursor, depth + 1)
    if operator == "-" and isinstance(operand, Number):
        return Number(-operand.value)
    return Prefixed(operator, operand)


def _list(cursor: Cursor, close: str, depth: int) -> tuple[Expression, ...]:
    """Expressions with commas between, up to `close`."""
    items: list[Expression] = []
    if cursor.accept(close):
        return ()
    while True:
        items.append(parse_expression(cursor, depth + 1))
        if cursor.kind != ",":
            cursor.expect(close, _ITEM_END[close])
            return tuple(items)
        cursor.take()


def _struct(cursor: Cursor, depth: int) -> Expression:
    fields: list[Field] = []
    if cursor.accept("}"):
        return Struct(())
    while True:
        fields.append(_field(cursor, depth + 1))
        if cursor.accept("}"):
            return Struct(tuple(fields))
        cursor.expect(",", _FIELD_END)


def _field(cursor: Cursor, depth: int) -> Field:
    value = parse_expression(cursor, depth)
    if cursor.kind == "=":
        if isinstance(value, Name):
            cursor.take()
            return Field(value.name, parse_expression(cursor, depth))
        if isinstance(value, Applied) and len(value.args) == 1:
            cursor.take()
            return Field(value.name, parse_expression(cursor, depth), value.args[0])
        raise cursor.unexpected(Message.of("allowed.field_without_value"))
    return Field(None, value)


def _unescaped(cursor: Cursor, text: str, start: int) -> bytes:
    """A string's octets, its escapes resolved as in C."""

    def octet(match: re.Match[str]) -> str:
        escape = match[1]
        if escape in _ESCAPED:
            return _ESCAPED[escape]
        if escape[0] == "x" and len(escape) > 1:
            return chr(int(escape[1:], 16))
        if escape[0] in "01234567" and int(escape, 8) <= 0xFF:
            return chr(int(escape, 8))
        unknown = Message.of("script.unknown_escape", escape=f"\\{escape}")
        raise cursor.error(unknown, Message.of("allowed.escapes"), start)

    text = text.encode("utf-8", "surrogateescape").decode("latin-1")  # so that one character is one octet
    return (_ESCAPE.sub(octet, text) if "\\" in text else text).encode("latin-1")
