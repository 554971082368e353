"""Programs from TOML: the RFC's calls (`script`), or calls to sockets (`program`, `programs`).

They stand in a scenario's file, or, as one word, among the moves: a file's ``program = [...]`` is the move
``a:[...]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from tcptui.core.message import MessageError
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import BadSocket, parse_socket
from tcptui.lab.program import (
    ASKS_HOST,
    CALLS,
    HOST_EVENTS,
    MOST_BACKLOG,
    MOST_OCTETS,
    TRIGGERS,
    UDP_CALLS,
    Again,
    CallName,
    Leave,
    Loop,
    NamedScript,
    ScriptedCall,
    Step,
    item_of,
    takes,
)
from tcptui.lab.toml import parse_toml
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import (
    boolean_of,
    choice_of,
    duration_of,
    line_of,
    number_of,
    text_of,
)

if TYPE_CHECKING:
    from tcptui.lab.calls import SocketCall

PROGRAM_KEYS = frozenset(("script", "program", "programs"))
"""The ways in which a host's programs can be written; it has one of them."""
MOST_TIMES = 100_000
MOST_PROGRAMS = 20
MOST_DEPTH = 8
"""Loops and forks within each other."""
MOST_PATTERNS = 100
"""Triggers of one program that are patterns: each is looked at in every step."""
EXAMPLE = "A enters FIN-WAIT-2"
_TAKE_ADDRESS = ("listen", *UDP_CALLS)
_WORDS = tuple(one for one in TRIGGERS if one not in ("at", "received", "pattern"))
_Read = Callable[[object, str], ScriptedCall]
_NAME = r"[a-z_][a-z0-9_]{0,19}"


def script_of(value: object, where: str) -> tuple[Step, ...]:
    """A program of the RFC's user calls."""
    return _checked(tuple(_steps(value, where, _user_call, 0)), where)


def program_of(value: object, where: str) -> tuple[Step, ...]:
    """A program of calls to sockets."""
    return _checked(tuple(_steps(value, where, _socket_call, 0)), where)


def typed_program_of(text: str) -> tuple[Step, ...]:
    """A program that somebody types: on one line the value of a file's ``program`` or ``script``, or one item
    of it. Raises BadScenario."""
    try:
        document = parse_toml(f"{_TYPED} = {text if text.startswith('[') else f'[{text}]'}")
    except ValueError as error:
        raise bad(_TYPED, "error.scenario.no_toml", why=str(error)) from None
    read = script_of if _is_of_user_calls(document[_TYPED]) else program_of
    script = read(document[_TYPED], _TYPED)
    if not script:
        raise bad(_TYPED, "error.value.empty")
    return script


_TYPED = "program"
"""The key that a typed program is read as the value of."""


def _is_of_user_calls(value: object) -> bool:
    """Whether the first call of a list, which is written by its name, is one of the RFC's."""
    while isinstance(value, list) and value:
        first = value[0]
        value = first.get("loop", first) if isinstance(first, dict) else first
    return isinstance(value, dict) and value.get("call") in CALLS and value["call"] not in _EITHER


_EITHER = (*HOST_EVENTS, *UDP_CALLS)
"""Calls that stand among both kinds."""


def _checked(script: tuple[Step, ...], where: str) -> tuple[Step, ...]:
    count = _patterns(script)
    if count > MOST_PATTERNS:
        raise bad(where, "error.value.too_many", count=count, most=MOST_PATTERNS)
    return script


def _patterns(script: tuple[Step, ...]) -> int:
    """How many triggers are patterns, those of what it forks included."""
    calls = [step for step in script if isinstance(step, ScriptedCall)]
    return sum((call.pattern is not None) + _patterns(call.child) for call in calls)


def programs_of(value: object, where: str) -> tuple[NamedScript, ...]:
    """Several of them, by name."""
    if not isinstance(value, dict) or not value:
        raise bad(where, "error.value.no_table")
    if len(value) > MOST_PROGRAMS:
        raise bad(where, "error.scenario.programs", most=MOST_PROGRAMS)
    for name in value:
        if not re.fullmatch(_NAME, name, re.ASCII):
            raise bad(f"{where}.{name[:40]}", "error.scenario.program_name")
    return tuple(NamedScript(name, program_of(calls, f"{where}.{name}")) for name, calls in value.items())


def check_programs(
    programs: tuple[NamedScript, ...], where: str, typed: dict[str, int | bytes], own: Socket, peer: Socket
) -> None:
    """That every name stands for something when a call uses it; `typed` are the prelude's, which the first
    program knows. Raises BadScenario."""
    names = tuple(one.name for one in programs)
    for index, one in enumerate(programs):
        known = dict(typed) if index == 0 else {}
        check_names(
            one.script, f"{where}s.{one.name}" if len(programs) > 1 else where, known, own, peer, names
        )


def check_names(
    script: tuple[Step, ...], where: str, known: dict[str, int | bytes], own: Socket, peer: Socket,
    programs: tuple[str, ...],
) -> None:  # fmt: skip
    """That every name stands for something, if `known` do so at the beginning; `programs`: those of the host.
    Raises BadScenario."""
    from tcptui.lab.calls import READS, BadCall, request_of

    for place, step in enumerate(script):
        if not isinstance(step, ScriptedCall):
            continue
        item = f"{where}[{item_of(script, place)}]"
        if step.variable and not isinstance(known.get(step.variable), int):
            raise bad(item, "error.call.name", call=f"readable {step.variable}", name=step.variable)
        check_names(step.child, f"{item}.fork", dict(known), own, peer, programs)
        call = step.written
        if call is None:
            continue
        if call.name == "kill" and not set(call.names) <= set(programs):
            key = "error.call.program" if programs else "error.call.no_programs"
            raise bad(item, key, name=call.names[0], allowed=programs)
        try:
            request_of(call, known, own, peer)
        except BadCall as error:
            raise bad(item, error.message) from None
        if call.into:
            known[call.into] = b"" if call.name in READS else 3


def _steps(value: object, where: str, read: _Read, base: int, leave: str = "") -> Iterator[Step]:
    """The steps of a list; `base`: how many are before them. If the variable `leave` is named, they are those
    of a loop that ends once a call has noted nothing in it."""
    start = base - 1
    if not isinstance(value, list):
        raise bad(where, "error.value.no_tables" if read is _user_call else "error.scenario.no_program")
    if not value and base:
        raise bad(where, "error.value.empty")
    if where.count("[") > MOST_DEPTH:
        raise bad(where[:200], "error.scenario.depth", most=MOST_DEPTH)
    for index, item in enumerate(value, 1):
        place = f"{where}[{index}]"
        times, every, inner = _repeated(item, place)
        if times == 1:
            steps: list[Step] = [read(inner, place)]
        elif isinstance(inner, dict) and "loop" in inner:
            leave = line_of(inner["while"], f"{place}.while") if "while" in inner else ""
            inside = list(_steps(inner["loop"], f"{place}.loop", read, base + 1, leave))
            if leave and Leave(leave, base) not in inside:
                raise bad(f"{place}.while", "error.scenario.while", name=leave[:20])
            steps = [Loop(times or None, every), *inside, Again(base)]
        else:
            steps = [Loop(times or None, every), read(inner, place), Again(base)]
        if times == 0 and not every and not any(map(_may_wait, steps)):
            raise bad(place, "error.scenario.endless")
        call = steps[0]
        if leave and isinstance(call, ScriptedCall) and call.written and call.written.into == leave:
            steps.append(Leave(leave, start))
        yield from steps
        base += len(steps)


def _repeated(item: object, where: str) -> tuple[int, int, object]:
    """How often (0: without end) and how far apart an item's calls are made, and the item without that."""
    if not isinstance(item, dict) or not {"loop", "times", "every"} & item.keys():
        return 1, 0, item
    rest = {key: value for key, value in item.items() if key not in ("times", "every")}
    times = number_of(1, MOST_TIMES)(item["times"], f"{where}.times") if "times" in item else 0
    every = duration_of(item["every"], f"{where}.every") if "every" in item else 0
    others = [key for key in rest if key not in ("loop", "while")] if "loop" in rest else []
    if others:
        allowed = ("loop", "times", "every", "while")
        raise bad(f"{where}.{others[0][:40]}", "error.value.unknown_key", allowed=allowed)
    if times == 1 and "loop" in rest:
        raise bad(f"{where}.times", "error.value.number", least=2, most=MOST_TIMES)
    return times, every, rest


def _may_wait(step: Step) -> bool:
    """Whether time passes with it, so that a loop does not go round at one moment."""
    from tcptui.lab.calls import WAITS

    if isinstance(step, Loop):
        return bool(step.every)
    if isinstance(step, Again | Leave):
        return False
    waits = step.written is not None and step.written.name in WAITS
    return waits or bool(step.after) or step.trigger in (*ASKS_HOST, "pattern")


def _socket_call(value: object, where: str) -> ScriptedCall:
    table = Table({"call": value} if isinstance(value, str) else value, f"{where}.")
    where_of_call = where if isinstance(value, str) else f"{where}.call"
    if "fork" in table:
        child = tuple(_steps(table.take("fork", _anything), f"{where}.fork", _socket_call, 0))
        if not child:
            raise table.error("fork", "error.value.empty")
        call = ScriptedCall("fork", child=child)
        allowed: tuple[str, ...] = ("fork",)
    else:
        text = table.take("call", _text_of)
        if "(" in text:
            call = ScriptedCall("written", written=_parsed(text, where_of_call))
            allowed = ("call",)
        elif text in _EITHER:
            return _user_call({"call": text} if isinstance(value, str) else value, where)
        else:
            from tcptui.lab.calls import FUNCTIONS

            usages = tuple(f"{name}()" for name in FUNCTIONS)
            raise (
                bad(where_of_call, "error.call.syntax", text=text[:60], at="")
                if not text
                else bad(
                    where_of_call,
                    "error.value.unknown_choice",
                    value=text[:40],
                    allowed=(*usages, *HOST_EVENTS),
                )
            )
    call = _triggered(call, table)
    table.done((*allowed, "at", "when", "after", "times", "every"))
    return call


def _parsed(text: str, where: str) -> SocketCall:
    from tcptui.lab.calls import BadCall, parse_call

    try:
        return parse_call(text)
    except BadCall as error:
        raise bad(where, error.message) from None


def _user_call(value: object, where: str) -> ScriptedCall:
    table = Table(value, f"{where}.")
    call = cast(CallName, table.take("call", choice_of(*CALLS)))
    data = table.take("text", text_of, b"")
    size = table.take("size", number_of(1, MOST_OCTETS), 0)
    if size:
        if data:
            raise table.error("size", "error.scenario.text_and_size")
        from tcptui.lab.calls import filler

        data = filler(size)
    if not takes(call, data):
        raise table.error("text", "error.scenario.text")
    where_to = table.take("address", line_of, "")
    if where_to and call not in _TAKE_ADDRESS:
        raise table.error("address", "error.scenario.address", allowed=_TAKE_ADDRESS)
    try:
        address = parse_socket(where_to) if where_to else None
    except BadSocket as error:
        raise table.error("address", error.message) from None
    backlog = table.take("backlog", number_of(0, MOST_BACKLOG), -1)
    if backlog >= 0 and call != "listen":
        raise table.error("backlog", "error.scenario.backlog")
    octets = table.take("octets", number_of(1, MOST_OCTETS), 0)
    if octets and call != "read":
        raise table.error("octets", "error.scenario.octets")
    urgent = table.take("urgent", boolean_of, False)
    if urgent and call != "send":
        raise table.error("urgent", "error.scenario.urgent")
    made = ScriptedCall(call, data=data, address=address, urgent=urgent, octets=octets or None)
    made = _triggered(made._replace(backlog=backlog if backlog >= 0 else None), table)
    table.done(
        (
            "call", "text", "size", "address", "backlog", "octets", "urgent", "at", "when", "after", "times",
            "every",
        )
    )  # fmt: skip
    return made


def _triggered(call: ScriptedCall, table: Table) -> ScriptedCall:
    """The call with its trigger."""
    when = table.take("when", line_of, "")
    at = table.take("at", duration_of, -1)
    call = call._replace(after=table.take("after", duration_of, 0))
    if when and at >= 0:
        raise table.error("at", "error.scenario.at_and_when")
    if not when:
        return call._replace(amount=max(at, 0))
    word, _, rest = when.partition(" ")
    if word == "received" and rest.isascii() and rest.isdigit() and len(rest) < 10:
        return call._replace(trigger="received", amount=int(rest))
    if word == "readable" and re.fullmatch(_NAME, rest, re.ASCII):
        return call._replace(trigger="readable", variable=rest)
    if when in _WORDS:
        return call._replace(trigger=when)
    if word[0].isdigit() or word[0] == "#" or word in ("A", "B", "X"):
        from tcptui.lab.patterns import checked_pattern

        try:
            return call._replace(trigger="pattern", pattern=checked_pattern(when), when=when)
        except MessageError as error:
            raise table.error("when", error.message) from None
    allowed = (*_WORDS, "received N")
    raise table.error("when", "error.scenario.when", when=when[:40], allowed=allowed, example=EXAMPLE)


def _text_of(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise bad(where, "error.value.no_text")
    return value.strip()


def _anything(value: object, where: str) -> object:
    return value
