"""A scenario from its TOML text. Errors name the file, the key, and what is allowed there.

README tells the format; the library's files are examples of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import TypeVar, cast

from tcptui.core.message import Message, MessageError, Value
from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.lab.addresses import BadSocket, parse_socket, socket_of
from tcptui.lab.durations import ALLOWED, BadDuration, parse_duration
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.moves import LONGEST_DATA, MOST_BACKLOG, Delay, Duplicate, Inject, Lose, Move, parse_moves
from tcptui.lab.prelude import play_prelude
from tcptui.lab.program import CALLS, TRIGGERS, UDP_CALLS, CallName, ScriptedCall, Trigger, takes
from tcptui.lab.scenario import Expected, Fault, FigureRow, Injection, Scenario
from tcptui.lab.toml import parse_toml
from tcptui.lab.wire import BadMove
from tcptui.printable import is_printable

T = TypeVar("T")

_KEYS = (
    "title", "question", "answer", "chapter", "place", "numbers", "wire", "A", "B", "prelude", "third_party",
    "figure", "expect",
)  # fmt: skip
_STATE_OF = re.compile(r"=(\d{1,6}|start|end)", re.ASCII)
_MIDDLE = re.compile(r"(\d{1,6}( leaves| arrives)?)?", re.ASCII)


MOST_FAULTS = 100
"""Faults that a scenario may name."""
MOST_OF_PRELUDE = 300
"""Moves of a prelude: they are made whenever the scenario begins, before anything is seen."""


class BadScenario(MessageError):
    """A text that is no scenario; its message names the file, the key and what is allowed."""


class _Table:
    """One TOML table, read key by key; a key that nobody asked for is an error."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _bad(where.removesuffix("."), "error.value.no_table")
        self._values = dict(value)
        self._where = where

    def error(self, key: str, why: str | Message, /, **numbers: Value) -> BadScenario:
        return _bad(f"{self._where}{key}", why, **numbers)

    def take(self, key: str, read: Callable[[object, str], T], default: T | None = None) -> T:
        if key in self._values:
            return read(self._values.pop(key), f"{self._where}{key}")
        if default is None:
            raise self.error(key, "error.value.missing")
        return default

    def table(self, key: str) -> _Table:
        return _Table(self._values.pop(key, {}), f"{self._where}{key}.")

    def tables(self, key: str) -> list[_Table]:
        value = self._values.pop(key, [])
        if not isinstance(value, list):
            raise self.error(key, "error.value.no_tables")
        return [_Table(item, f"{self._where}{key}[{index}].") for index, item in enumerate(value, 1)]

    def take_all(self) -> dict[str, object]:
        """Every key that is left, with its value."""
        values, self._values = self._values, {}
        return values

    def done(self, allowed: Iterable[str]) -> None:
        if self._values:
            key = next(iter(self._values))[:40]
            raise self.error(key, "error.value.unknown_key", allowed=tuple(allowed))


def load_scenario(text: str, name: str, file: str) -> Scenario:
    """The scenario that `text` describes, its prelude tried; `file` is what errors call it. Raises
    BadScenario."""
    scenario = read_scenario(text, name, file)
    if scenario.prelude:
        try:
            state, _ = play_prelude(scenario, 0)
            scenario = scenario._replace(prelude_length=state.now)
            state.begin_programs(scenario)
        except BadMove as error:
            raise _bad(f"{file}: prelude", error.message) from None
    return scenario


def read_scenario(text: str, name: str, file: str) -> Scenario:
    """The same with nothing played, so that `prelude.begin` raises BadMove if its prelude is impossible."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        raise _bad(file, "error.scenario.no_toml", why=str(error)[:200]) from None
    return _scenario(_Table(document, f"{file}: "), name)


def _scenario(top: _Table, name: str) -> Scenario:
    wire = top.table("wire")
    both = wire.take("delay", _duration, 50_000)
    delays = (wire.take("a_to_b", _duration, both), wire.take("b_to_a", _duration, both))
    if min(delays) < 1_000:
        raise wire.error("delay", "error.scenario.delay_too_short")
    faults = _faults(wire.take("faults", _moves, ()), wire)
    wire.done(("delay", "a_to_b", "b_to_a", "faults"))
    figure = top.table("figure")
    rows = figure.take("rows", _figure_rows, Scenario._field_defaults["figure"])
    symbols = figure.take("symbols", _symbols, Scenario._field_defaults["symbols"])
    counts_data = figure.take("counts_data", _boolean, False)
    figure.done(("rows", "symbols", "counts_data"))
    title, question = top.take("title", _title), top.take("question", _title)
    hosts = (
        _host(top.table("A"), "client", Socket("10.0.0.1", 49152)),
        _host(top.table("B"), "server", Socket("10.0.0.2", 80)),
    )
    scenario = Scenario(
        name,
        title,
        question,
        hosts,
        top.take("answer", _line, ""),
        top.take("chapter", _line, ""),
        top.take("place", _number(0, 9_999), 1_000),
        delays,
        top.take("numbers", _choice("relative", "raw"), "relative") == "raw",
        top.take("prelude", _prelude, ()),
        faults,
        tuple(sorted((_injection(item) for item in top.tables("third_party")), key=lambda one: one.at)),
        rows,
        symbols,
        counts_data,
        _expected(top.table("expect")),
    )
    if scenario.hosts[0].socket.host == scenario.hosts[1].socket.host:
        raise top.error("B.address", "error.scenario.one_address")
    if len({ip_address(host.socket.host).version for host in scenario.hosts}) > 1:
        raise top.error("B.address", "error.scenario.two_versions")
    _check_addresses(hosts, top)
    top.done(_KEYS)
    return scenario


def _check_addresses(hosts: tuple[HostSetup, HostSetup], top: _Table) -> None:
    a, b = hosts
    for side, own, peer in (("A", a, b), ("B", b, a)):
        for index, act in enumerate(own.script, 1):
            try:
                socket_of(act.call, act.address, own.socket, peer.socket)
            except BadMove as error:
                raise top.error(f"{side}.script[{index}].address", error.message) from None


def _host(table: _Table, role: str, default: Socket) -> HostSetup:
    address = table.take("address", _address, default.host)
    port = table.take("port", _number(1, 65_535), default.port)
    setup = HostSetup(
        table.take("role", _line, role),
        Socket(address, port),
        _profile(table),
        table.take("isn", _isns, ()),
        table.take("secret", _secret, HostSetup._field_defaults["secret"]),
        tuple(_act(item) for item in table.tables("script")),
        table.take("reads", _boolean, True),
    )
    table.done(("address", "port", "role", "profile", "set", "isn", "secret", "script", "reads"))
    return setup


def _profile(table: _Table) -> Profile:
    profile = PRESETS[table.take("profile", _choice(*PRESETS), "rfc9293")]
    knobs = table.table("set")
    settings = knobs.take_all()
    if settings:
        from tcptui.lab.knob_values import BadKnob, set_knob
    for name, value in settings.items():
        if isinstance(value, dict):
            raise knobs.error(name[:60], "error.scenario.unquoted_name")
        try:
            profile = set_knob(profile, name, value)
        except BadKnob as error:
            raise knobs.error(name[:60], error.message) from None
    return profile


def _act(table: _Table) -> ScriptedCall:
    call = cast(CallName, table.take("call", _choice(*CALLS)))
    data = table.take("text", _text, b"")
    if not takes(call, data):
        raise table.error("text", "error.scenario.text")
    where = table.take("address", _line, "")
    if where and call not in UDP_CALLS:
        raise table.error("address", "error.scenario.address", bind=UDP_CALLS[0], sendto=UDP_CALLS[1])
    try:
        address = parse_socket(where) if where else None
    except BadSocket as error:
        raise table.error("address", error.message) from None
    backlog = table.take("backlog", _number(0, MOST_BACKLOG), -1)
    if backlog >= 0 and call != "listen":
        raise table.error("backlog", "error.scenario.backlog")
    when = table.take("when", _line, "")
    at = table.take("at", _duration, -1)
    trigger, amount = _trigger(when, at, table)
    after = table.take("after", _duration, 0)
    table.done(("call", "text", "address", "backlog", "at", "when", "after"))
    return ScriptedCall(call, trigger, amount, after, data, address, backlog if backlog >= 0 else None)


def _trigger(when: str, at: int, table: _Table) -> tuple[Trigger, int]:
    if when and at >= 0:
        raise table.error("at", "error.scenario.at_and_when")
    if not when:
        return "at", max(at, 0)
    word, _, number = when.partition(" ")
    if word == "received" and number.isascii() and number.isdigit() and len(number) < 10:
        return "received", int(number)
    if when in TRIGGERS and when not in ("at", "received"):
        return when, 0
    raise table.error("when", "error.scenario.when", when=when[:40])


def _injection(table: _Table) -> Injection:
    at = table.take("at", _duration, 0)
    moves = table.take("segment", _moves)
    if len(moves) != 1 or not isinstance(moves[0], Inject):
        raise table.error("segment", "error.scenario.segment")
    table.done(("at", "segment"))
    return Injection(at, moves[0])


def _faults(moves: tuple[Move, ...], table: _Table) -> dict[int, tuple[Fault, ...]]:
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


def _expected(table: _Table) -> Expected:
    values = {key: table.take(key, _lines, Expected._field_defaults[key]) for key in Expected._fields}
    table.done(Expected._fields)
    for rule in values["rules"]:
        if rule not in Rule.__members__:
            raise table.error("rules", "error.scenario.no_rule", rule=rule[:40])
    return Expected(**values)


def _bad(where: str, why: str | Message, /, **numbers: Value) -> BadScenario:
    """The error at a place; why as a message, or its key and numbers."""
    message = why if isinstance(why, Message) else Message.of(why, **numbers)
    return BadScenario("error.at", where=where, why=message)


# Readers of single values: each takes the value and where it stands.


def _line(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _bad(where, "error.value.no_text")
    line = " ".join(value.split())
    if not is_printable(line):
        raise _bad(where, "error.value.control_characters")
    return line


def _title(value: object, where: str) -> str:
    line = _line(value, where)
    if not line:
        raise _bad(where, "error.value.empty")
    return line


def _lines(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _bad(where, "error.value.no_texts")
    return tuple(_line(item, where) for item in value)


def _text(value: object, where: str) -> bytes:
    if not isinstance(value, str):
        raise _bad(where, "error.value.no_text")
    data = value.encode()
    if len(data) > LONGEST_DATA:
        raise _bad(where, "error.value.too_many_octets", octets=len(data), most=LONGEST_DATA)
    return data


def _secret(value: object, where: str) -> bytes:
    data = _text(value, where)
    if not 1 <= len(data) <= 64:
        raise _bad(where, "error.value.secret")
    return data


def _boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _bad(where, "error.value.other", allowed=Message.of("allowed.boolean"))
    return value


def _duration(value: object, where: str) -> int:
    if not isinstance(value, str):
        raise _bad(where, "error.value.must_be_text", allowed=ALLOWED)
    try:
        return parse_duration(value)
    except BadDuration as error:
        raise _bad(where, error.message) from None


def _number(least: int, most: int) -> Callable[[object, str], int]:
    def read(value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _bad(where, "error.value.number", least=least, most=most)
        return value

    return read


def _choice(*allowed: str) -> Callable[[object, str], str]:
    def read(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            if isinstance(value, str):
                raise _bad(where, "error.value.unknown_choice", value=value[:40], allowed=allowed)
            raise _bad(where, "error.value.choice", allowed=allowed)
        return value

    return read


def _isns(value: object, where: str) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [value]
    return tuple(_number(0, MASK)(number, where) for number in numbers)


def _address(value: object, where: str) -> str:
    line = _line(value, where)
    try:
        return str(ip_address(line))
    except ValueError:
        raise _bad(where, "error.value.no_address", text=line[:50]) from None


def _moves(value: object, where: str) -> tuple[Move, ...]:
    try:
        return tuple(parse_moves(_line(value, where)))
    except BadMove as error:
        raise _bad(where, error.message) from None


def _prelude(value: object, where: str) -> tuple[Move, ...]:
    moves = _moves(value, where)
    if len(moves) > MOST_OF_PRELUDE:
        raise _bad(where, "error.scenario.prelude", count=len(moves), most=MOST_OF_PRELUDE)
    return moves


def _figure_rows(value: object, where: str) -> tuple[FigureRow, ...]:
    rows = []
    for index, row in enumerate(value if isinstance(value, list) else [None], 1):
        if not isinstance(row, list) or len(row) != 4 or not all(isinstance(cell, str) for cell in row):
            raise _bad(f"{where}[{index}]", "error.figure.row")
        number, left, right = (_line(row[column], f"{where}[{index}]") for column in (0, 1, 3))
        for cell in (left, right):
            if cell.startswith("=") and not _STATE_OF.fullmatch(cell):
                raise _bad(f"{where}[{index}]", "error.figure.state", text=cell[:40])
        if not _MIDDLE.fullmatch(row[2]):
            raise _bad(f"{where}[{index}]", "error.figure.no_segment", text=row[2][:40])
        rows.append(FigureRow(number, left, row[2], right))
    return tuple(rows)


def _symbols(value: object, where: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise _bad(where, "error.value.no_numbers")
    return tuple((_line(name, where), _number(0, MASK)(number, where)) for name, number in value.items())
