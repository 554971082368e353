"""A packetdrill script from its text: options, commands and events, by recursive descent.

Packets, options and expressions have files of their own. Nothing is run here, and what can't be run by us is
parsed all the same: only who runs the script knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from tcptui.formats.packetdrill.cursor import Cursor
from tcptui.formats.packetdrill.expressions import parse_arguments, parse_expression
from tcptui.formats.packetdrill.packets import parse_packet
from tcptui.formats.packetdrill.syntax import (
    AssertEvent,
    CallEvent,
    Command,
    CommandEvent,
    Event,
    EventTime,
    Expression,
    Mark,
    Script,
    ScriptOption,
    TimeKind,
)

MOST_EVENTS = 100_000
"""Events of one script."""

EVENT_ALLOWED = "< segment, > segment, name(...) = result, a `command`, %{ an assertion }%"
TIME_ALLOWED = "a time: 0.1, +0.1, 0.1~0.2, +0.1~+0.2 or *"
NO_DEFINES: Mapping[str, str] = {}


def parse_script(text: str, file: str, defines: Mapping[str, str] = NO_DEFINES) -> Script:
    """The script that `text` is; `file` is what errors call it.

    `defines` maps words to what replaces them, and tells ``#ifdef`` which names there are. Whatever the text,
    time and memory grow with its length only, and that has a limit. Raises BadScript.
    """
    cursor = Cursor(text.removeprefix("\ufeff"), file, defines)
    options = _options(cursor)
    init = _commands(cursor)
    if cursor.token.kind == "end":
        raise cursor.unexpected(TIME_ALLOWED if init else f"--option=value, a `command`, {TIME_ALLOWED}")
    events: list[Event] = []
    while cursor.token.kind not in ("end", "command"):
        if len(events) == MOST_EVENTS:
            raise cursor.error("too many events", f"at most {MOST_EVENTS}")
        events.append(_event(cursor))
    cleanup = _commands(cursor)
    if cursor.token.kind != "end":
        raise cursor.error(
            "the command before this has no time", "a time before it, or nothing but commands behind it"
        )
    return Script(file, options, init, tuple(events), cleanup)


def _options(cursor: Cursor) -> tuple[ScriptOption, ...]:
    """``--name=value``, ``--name``"""
    options: list[ScriptOption] = []
    while cursor.token.kind == "option":
        line = cursor.line()
        name = cursor.take().text
        value = None
        if cursor.accept("="):
            value = cursor.glued() if cursor.token.glued and cursor.token.kind != "end" else ""
        options.append(ScriptOption(line, name, value))
    return tuple(options)


def _commands(cursor: Cursor) -> tuple[Command, ...]:
    commands: list[Command] = []
    while cursor.token.kind == "command":
        commands.append(Command(cursor.line(), cursor.take().text))
    return tuple(commands)


def _event(cursor: Cursor) -> Event:
    line = cursor.line()
    start = cursor.token
    time = _time(cursor)
    kind = cursor.token.kind
    if kind in ("<", ">"):
        inbound = kind == "<"
    elif kind in ("word", "...", "command", "code"):
        inbound = True
    else:
        raise cursor.unexpected(EVENT_ALLOWED)
    if inbound and (time.kind is TimeKind.ANY or time.latest is not None):
        raise cursor.error(
            "only a segment that comes out may have * or a range as its time", "a time: 0.1 or +0.1", start
        )
    if kind in ("<", ">"):
        return parse_packet(cursor, line, time)
    if kind == "command":
        return CommandEvent(line, time, cursor.take().text)
    if kind == "code":
        return AssertEvent(line, time, cursor.take().text)
    return _call(cursor, line, time)


def _time(cursor: Cursor) -> EventTime:
    if cursor.accept("*"):
        return EventTime(TimeKind.ANY)
    if cursor.token.kind not in ("number", "decimal", "+"):
        raise cursor.unexpected(TIME_ALLOWED)
    kind = TimeKind.RELATIVE if cursor.accept("+") else TimeKind.ABSOLUTE
    earliest = cursor.microseconds()
    if not cursor.accept("~"):
        return EventTime(kind, earliest)
    return EventTime(kind, earliest, _later(cursor, kind, earliest, "range"))


def _later(cursor: Cursor, kind: TimeKind, than: int, what: str) -> int:
    """The second of two times, which counts from where the first does."""
    start = cursor.token
    if kind is TimeKind.RELATIVE:
        cursor.accept("+")
    until = cursor.microseconds()
    if until < than:
        raise cursor.error(f"the {what} ends before it begins", "a later time", start)
    return until


def _call(cursor: Cursor, line: int, time: EventTime) -> CallEvent:
    """``name(args) = result [errno] [(note)]``, perhaps with ``...T`` before."""
    end = _later(cursor, time.kind, time.earliest, "call") if cursor.accept("...") else None
    name = cursor.expect("word", "a call, as in socket(...)").text
    args = parse_arguments(cursor)
    cursor.expect("=", "= result")
    result: Expression = Mark.ANY if cursor.accept("?") else parse_expression(cursor)
    # Any other word is most likely the next call, whose time was forgotten.
    errno = cursor.take().text if cursor.word.startswith("E") else None
    note = _note(cursor) if cursor.accept("(") else None
    return CallEvent(line, time, name, args, result, errno, note, end)


def _note(cursor: Cursor) -> str:
    """Words for the reader, up to the bracket that closes; spaces between are one."""
    parts: list[str] = []
    depth = 1
    while True:
        if cursor.token.kind == "end":
            raise cursor.unexpected(") behind the note")
        token = cursor.take()
        depth += (token.kind == "(") - (token.kind == ")")
        if not depth:
            return "".join(parts).strip()
        parts.append(token.text if token.glued else f" {token.text}")
