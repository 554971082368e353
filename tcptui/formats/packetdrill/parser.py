"""A packetdrill script from its text: options, commands and events, by recursive descent.

Packets, options and expressions have files of their own. Nothing is run here, and what can't be run by us is
parsed all the same: only who runs the script knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from tcptui.core.message import Message
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

EVENT_ALLOWED = Message.of("allowed.event")
TIME_ALLOWED = Message.of("allowed.time")
_A_CALL = Message.of("allowed.call")
_A_RESULT = Message.of("allowed.result")
_BEGINNINGS = ("<", ">", "word", "...", "command", "code")
"""Kinds of token that an event begins with, behind its time."""
NO_DEFINES: Mapping[str, str] = {}


def parse_script(text: str, file: str, defines: Mapping[str, str] = NO_DEFINES, system: str = "") -> Script:
    """The script that `text` is; `file` is what errors call it.

    `defines` maps words to what replaces them, and tells ``#ifdef`` which names there are; so does `system`,
    the name of the one that the script is for. Whatever the text, time and memory grow with its length only,
    and that has a limit. Raises BadScript.
    """
    cursor = Cursor(text.removeprefix("\ufeff"), file, defines, system)
    options = _options(cursor)
    init = _commands(cursor)
    if cursor.kind == "end":
        raise cursor.unexpected(TIME_ALLOWED if init else Message.of("allowed.head", time=TIME_ALLOWED))
    events: list[Event] = []
    while cursor.kind not in ("end", "command"):
        if len(events) == MOST_EVENTS:
            most = Message.of("allowed.at_most", most=MOST_EVENTS)
            raise cursor.error(Message.of("script.too_many_events"), most)
        events.append(_event(cursor))
    cleanup = _commands(cursor)
    if cursor.kind != "end":
        raise cursor.error(Message.of("script.command_without_time"), Message.of("allowed.command_time"))
    return Script(file, options, init, tuple(events), cleanup)


def _options(cursor: Cursor) -> tuple[ScriptOption, ...]:
    """``--name=value``, ``--name``"""
    options: list[ScriptOption] = []
    while cursor.kind == "option":
        line = cursor.line()
        name = cursor.take()
        value = None
        if cursor.accept("="):
            value = cursor.take_glued() if cursor.glued and cursor.kind != "end" else ""
        options.append(ScriptOption(line, name, value))
    return tuple(options)


def _commands(cursor: Cursor) -> tuple[Command, ...]:
    commands: list[Command] = []
    while cursor.kind == "command":
        commands.append(Command(cursor.line(), cursor.take()))
    return tuple(commands)


def _event(cursor: Cursor) -> Event:
    line = cursor.line()
    start = cursor.at
    time = _time(cursor)
    kind = cursor.kind
    if kind not in _BEGINNINGS:
        raise cursor.unexpected(EVENT_ALLOWED)
    if kind != ">" and (time.kind is TimeKind.ANY or time.latest is not None):
        raise cursor.error(Message.of("script.inbound_range"), Message.of("allowed.plain_time"), start)
    if kind in ("<", ">"):
        return parse_packet(cursor, line, time)
    if kind == "command":
        return CommandEvent(line, time, cursor.take())
    if kind == "code":
        return AssertEvent(line, time, cursor.take())
    return _call(cursor, line, time)


def _time(cursor: Cursor) -> EventTime:
    kind = TimeKind.RELATIVE if cursor.accept("+") else TimeKind.ABSOLUTE
    if cursor.kind == "*":
        cursor.take()
        return EventTime(TimeKind.ANY)
    if kind is TimeKind.ABSOLUTE and cursor.kind not in ("number", "decimal"):
        raise cursor.unexpected(TIME_ALLOWED)
    earliest = cursor.microseconds()
    if cursor.kind != "~":
        return EventTime(kind, earliest)
    cursor.take()
    return EventTime(kind, earliest, _later(cursor, kind, earliest, "script.range_ends_early"))


def _later(cursor: Cursor, kind: TimeKind, than: int, wrong: str) -> int:
    """The second of two times, which counts from where the first does; `wrong` is the key of the error."""
    start = cursor.at
    if kind is TimeKind.RELATIVE:
        cursor.accept("+")
    until = cursor.microseconds()
    if until < than:
        raise cursor.error(Message.of(wrong), Message.of("allowed.later_time"), start)
    return until


def _call(cursor: Cursor, line: int, time: EventTime) -> CallEvent:
    """``name(args) = result [errno] [(note)]``, perhaps with ``...T`` before."""
    end = None
    if cursor.kind == "...":
        cursor.take()
        end = _later(cursor, time.kind, time.earliest, "script.call_ends_early")
    name = cursor.expect("word", _A_CALL)
    args = parse_arguments(cursor)
    if not cursor.accept("="):
        raise cursor.missing(Message.of("script.no_result"), _A_RESULT)
    result: Expression = Mark.ANY if cursor.accept("?") else parse_expression(cursor)
    # Any other word is most likely the next call, whose time was forgotten.
    errno = cursor.take() if cursor.word.startswith("E") else None
    note = _note(cursor) if cursor.kind == "(" else None
    return CallEvent(line, time, name, args, result, errno, note, end)


def _note(cursor: Cursor) -> str:
    """Words for the reader, from the bracket that opens to the one that closes; spaces between are one."""
    cursor.take()
    parts: list[str] = []
    depth = 1
    while True:
        if cursor.kind == "end":
            raise cursor.unexpected(Message.of("allowed.note_end"))
        depth += (cursor.kind == "(") - (cursor.kind == ")")
        glued, text = cursor.glued, cursor.take()
        if not depth:
            return "".join(parts).strip()
        parts.append(text if glued else f" {text}")
