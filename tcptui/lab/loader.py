"""A scenario from its TOML text. Errors name the file, the key, and what is allowed there.

README tells the format; the library's files are examples of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import TypeVar, cast

from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.lab.addresses import parse_socket, socket_of
from tcptui.lab.durations import ALLOWED, parse_duration
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.moves import LONGEST_TEXT, MOST_BACKLOG, Delay, Duplicate, Inject, Lose, Move, parse_moves
from tcptui.lab.prelude import play_prelude
from tcptui.lab.program import CALLS, TRIGGERS, UDP_CALLS, CallName, ScriptedCall, Trigger, takes
from tcptui.lab.scenario import Expected, Fault, FigureRow, Injection, Scenario
from tcptui.lab.wire import BadMove

T = TypeVar("T")

_KEYS = (
    "title", "question", "answer", "chapter", "place", "numbers", "wire", "A", "B", "prelude", "third_party",
    "figure", "expect",
)  # fmt: skip
_STATE_OF = re.compile(r"=(\d{1,6}|start|end)", re.ASCII)
_MIDDLE = re.compile(r"(\d{1,6}( leaves| arrives)?)?", re.ASCII)


MOST_FAULTS = 100
"""What a story may do to its segments."""
MOST_OF_PRELUDE = 300
"""Moves before the story: they are made whenever it begins, before anything is seen."""


class BadScenario(ValueError):
    """A text that is no scenario; its own text names the file, the key and what is allowed."""

    def __init__(self, message: str) -> None:
        # A file of a stranger must not write to the terminal what it likes.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in message))


class _Table:
    """One TOML table, read key by key; a key that nobody asked for is an error."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise BadScenario(f"{where.removesuffix('.')}: must be a table")
        self._values = dict(value)
        self._where = where

    def error(self, key: str, message: str) -> BadScenario:
        return BadScenario(f"{self._where}{key}: {message}")

    def take(self, key: str, read: Callable[[object, str], T], default: T | None = None) -> T:
        if key in self._values:
            return read(self._values.pop(key), f"{self._where}{key}")
        if default is None:
            raise self.error(key, "is missing")
        return default

    def table(self, key: str) -> _Table:
        return _Table(self._values.pop(key, {}), f"{self._where}{key}.")

    def tables(self, key: str) -> list[_Table]:
        value = self._values.pop(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list of tables")
        return [_Table(item, f"{self._where}{key}[{index}].") for index, item in enumerate(value, 1)]

    def take_all(self) -> dict[str, object]:
        """Every key that is left, with its value."""
        values, self._values = self._values, {}
        return values

    def done(self, allowed: Iterable[str]) -> None:
        if self._values:
            key = next(iter(self._values))[:40]
            raise self.error(key, f"is unknown; allowed: {', '.join(allowed)}")


def load_scenario(text: str, name: str, file: str) -> Scenario:
    """The scenario that `text` describes; `file` is what errors call it. Raises BadScenario."""
    import tomllib

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadScenario(f"{file}: no valid TOML: {str(error)[:200]}") from None
    top = _Table(document, f"{file}: ")
    try:
        scenario = _scenario(top, name)
        if scenario.prelude:
            state, _ = play_prelude(scenario, 0)
            scenario = scenario._replace(prelude_length=state.now)
            state.begin_story(scenario)
    except BadMove as error:
        raise BadScenario(f"{file}: prelude: {error}") from None
    return scenario


def _scenario(top: _Table, name: str) -> Scenario:
    wire = top.table("wire")
    both = wire.take("delay", _duration, 50_000)
    delays = (wire.take("a_to_b", _duration, both), wire.take("b_to_a", _duration, both))
    if min(delays) < 1_000:
        raise wire.error("delay", "must be at least 1ms")
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
        raise top.error("B.address", "must differ from A's")
    if len({ip_address(host.socket.host).version for host in scenario.hosts}) > 1:
        raise top.error("B.address", "must be of A's kind, IPv4 or IPv6")
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
                raise top.error(f"{side}.script[{index}].address", str(error)) from None


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
            raise knobs.error(name[:60], "must not be a table; a name with dots in it needs quotes")
        try:
            profile = set_knob(profile, name, value)
        except BadKnob as error:
            raise knobs.error(name[:60], str(error)) from None
    return profile


def _act(table: _Table) -> ScriptedCall:
    call = cast(CallName, table.take("call", _choice(*CALLS)))
    data = table.take("text", _text, b"")
    if not takes(call, data):
        raise table.error("text", "send needs it, and only send and sendto take it")
    where = table.take("address", _line, "")
    if where and call not in UDP_CALLS:
        raise table.error("address", f"only {' and '.join(UDP_CALLS)} take it")
    try:
        address = parse_socket(where) if where else None
    except ValueError as error:
        raise table.error("address", str(error)) from None
    backlog = table.take("backlog", _number(0, MOST_BACKLOG), -1)
    if backlog >= 0 and call != "listen":
        raise table.error("backlog", "only listen takes it")
    when = table.take("when", _line, "")
    at = table.take("at", _duration, -1)
    trigger, amount = _trigger(when, at, table)
    after = table.take("after", _duration, 0)
    table.done(("call", "text", "address", "backlog", "at", "when", "after"))
    return ScriptedCall(call, trigger, amount, after, data, address, backlog if backlog >= 0 else None)


def _trigger(when: str, at: int, table: _Table) -> tuple[Trigger, int]:
    if when and at >= 0:
        raise table.error("at", "either at or when, not both")
    if not when:
        return "at", max(at, 0)
    word, _, number = when.partition(" ")
    if word == "received" and number.isascii() and number.isdigit() and len(number) < 10:
        return "received", int(number)
    if when in TRIGGERS and when not in ("at", "received"):
        return when, 0
    raise table.error(
        "when", f"{when[:40]!r} is unknown; allowed: established, peer closed, closed, received N"
    )


def _injection(table: _Table) -> Injection:
    at = table.take("at", _duration, 0)
    moves = table.take("segment", _moves)
    if len(moves) != 1 or not isinstance(moves[0], Inject):
        raise table.error("segment", "must be one segment, as in x>b:SYN:seq=90")
    table.done(("at", "segment"))
    return Injection(at, moves[0])


def _faults(moves: tuple[Move, ...], table: _Table) -> dict[int, tuple[Fault, ...]]:
    faults: dict[int, tuple[Fault, ...]] = {}
    if len(moves) > MOST_FAULTS:
        raise table.error("faults", f"{len(moves)} are too many; at most {MOST_FAULTS}")
    for move in moves:
        if not isinstance(move, Lose | Delay | Duplicate):
            raise table.error("faults", "only l, d and u can stand here, as in l2 d4+200ms")
        before = faults.get(move.number, ())
        if any(isinstance(fault, Lose) for fault in before) and not isinstance(move, Duplicate):
            raise table.error("faults", f"#{move.number} is lost already")
        faults[move.number] = (*before, move)
    return faults


def _expected(table: _Table) -> Expected:
    values = {key: table.take(key, _lines, Expected._field_defaults[key]) for key in Expected._fields}
    table.done(Expected._fields)
    for rule in values["rules"]:
        if rule not in Rule.__members__:
            raise table.error("rules", f"there is no rule {rule[:40]!r}")
    return Expected(**values)


# Readers of single values: each takes the value and where it stands.


def _line(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadScenario(f"{where}: must be a text")
    line = " ".join(value.split())
    if not line.isprintable():
        raise BadScenario(f"{where}: must have no control characters")
    return line


def _title(value: object, where: str) -> str:
    line = _line(value, where)
    if not line:
        raise BadScenario(f"{where}: must not be empty")
    return line


def _lines(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadScenario(f"{where}: must be a list of texts")
    return tuple(_line(item, where) for item in value)


def _text(value: object, where: str) -> bytes:
    if not isinstance(value, str):
        raise BadScenario(f"{where}: must be a text")
    data = value.encode()
    if len(data) > LONGEST_TEXT:
        raise BadScenario(f"{where}: {len(data)} octets are too many; at most {LONGEST_TEXT}")
    return data


def _secret(value: object, where: str) -> bytes:
    data = _text(value, where)
    if not 1 <= len(data) <= 64:
        raise BadScenario(f"{where}: must be 1 to 64 octets")
    return data


def _boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadScenario(f"{where}: must be true or false")
    return value


def _duration(value: object, where: str) -> int:
    if not isinstance(value, str):
        raise BadScenario(f"{where}: must be a text: {ALLOWED}")
    try:
        return parse_duration(value)
    except ValueError as error:
        raise BadScenario(f"{where}: {error}") from None


def _number(least: int, most: int) -> Callable[[object, str], int]:
    def read(value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise BadScenario(f"{where}: must be a whole number from {least} to {most}")
        return value

    return read


def _choice(*allowed: str) -> Callable[[object, str], str]:
    def read(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            shown = f"{value[:40]!r} is unknown; " if isinstance(value, str) else ""
            raise BadScenario(f"{where}: {shown}allowed: {', '.join(allowed)}")
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
        raise BadScenario(f"{where}: {line[:50]!r} is no IPv4 or IPv6 address") from None


def _moves(value: object, where: str) -> tuple[Move, ...]:
    try:
        return tuple(parse_moves(_line(value, where)))
    except BadMove as error:
        raise BadScenario(f"{where}: {error}") from None


def _prelude(value: object, where: str) -> tuple[Move, ...]:
    moves = _moves(value, where)
    if len(moves) > MOST_OF_PRELUDE:
        raise BadScenario(f"{where}: {len(moves)} moves are too many; at most {MOST_OF_PRELUDE}")
    return moves


def _figure_rows(value: object, where: str) -> tuple[FigureRow, ...]:
    rows = []
    for index, row in enumerate(value if isinstance(value, list) else [None], 1):
        if not isinstance(row, list) or len(row) != 4 or not all(isinstance(cell, str) for cell in row):
            raise BadScenario(f"{where}[{index}]: must be four texts: number, left, segment, right")
        for cell in (row[1], row[3]):
            if cell.startswith("=") and not _STATE_OF.fullmatch(cell):
                raise BadScenario(f"{where}[{index}]: {cell[:40]!r} is no state; allowed: =1, =start, =end")
        if not _MIDDLE.fullmatch(row[2]):
            raise BadScenario(
                f"{where}[{index}]: {row[2][:40]!r} is no segment; allowed: 1, 1 leaves, 1 arrives"
            )
        rows.append(FigureRow(*row))
    return tuple(rows)


def _symbols(value: object, where: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise BadScenario(f"{where}: must be a table of numbers")
    return tuple((name, _number(0, MASK)(number, where)) for name, number in value.items())
