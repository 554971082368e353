"""A scenario from its TOML text. Errors name the file, the key, and what is allowed there.

README tells the format; the library's files are examples of it.
"""

from __future__ import annotations

from ipaddress import ip_address

from tcptui.core.packet.segment import Socket
from tcptui.lab.loader.figure import expected_of, figure_rows_of, symbols_of
from tcptui.lab.loader.hosts import check_addresses, host_of
from tcptui.lab.loader.table import Table, bad
from tcptui.lab.loader.values import (
    boolean_of,
    choice_of,
    duration_of,
    line_of,
    moves_of,
    number_of,
    title_of,
)
from tcptui.lab.loader.wire import NO_FAULTS, faults_of, injection_of
from tcptui.lab.moves import Move
from tcptui.lab.prelude import play_prelude
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml import parse_toml
from tcptui.lab.wire import BadMove

_KEYS = (
    "title", "question", "answer", "chapter", "place", "numbers", "wire", "A", "B", "prelude", "third_party",
    "figure", "expect",
)  # fmt: skip
MOST_OF_PRELUDE = 300
"""Moves of a prelude: they are made whenever the scenario begins, before anything is seen."""


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
            raise bad(f"{file}: prelude", error.message) from None
    return scenario


def read_scenario(text: str, name: str, file: str) -> Scenario:
    """The same with nothing played, so that `prelude.begin` raises BadMove if its prelude is impossible."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        raise bad(file, "error.scenario.no_toml", why=str(error)[:200]) from None
    return _scenario(Table(document, f"{file}: "), name)


def _scenario(top: Table, name: str) -> Scenario:
    wire = top.table("wire")
    both = wire.take("delay", duration_of, 50_000)
    delays = (wire.take("a_to_b", duration_of, both), wire.take("b_to_a", duration_of, both))
    if min(delays) < 1_000:
        raise wire.error("delay", "error.scenario.delay_too_short")
    faults, fault_rules = wire.take("faults", faults_of, NO_FAULTS)
    wire.done(("delay", "a_to_b", "b_to_a", "faults"))
    figure = top.table("figure")
    rows = figure.take("rows", figure_rows_of, Scenario._field_defaults["figure"])
    symbols = figure.take("symbols", symbols_of, Scenario._field_defaults["symbols"])
    counts_data = figure.take("counts_data", boolean_of, False)
    figure.done(("rows", "symbols", "counts_data"))
    title, question = top.take("title", title_of), top.take("question", title_of)
    hosts = (
        host_of(top.table("A"), "client", Socket("10.0.0.1", 49152)),
        host_of(top.table("B"), "server", Socket("10.0.0.2", 80)),
    )
    a, b = hosts
    injections = [injection_of(item, a.socket, b.socket) for item in top.tables("third_party")]
    scenario = Scenario(
        name,
        title,
        question,
        hosts,
        top.take("answer", line_of, ""),
        top.take("chapter", line_of, ""),
        top.take("place", number_of(0, 9_999), 1_000),
        delays,
        top.take("numbers", choice_of("relative", "raw"), "relative") == "raw",
        top.take("prelude", prelude_of, ()),
        faults,
        tuple(sorted(injections, key=lambda one: one.at)),
        rows,
        symbols,
        counts_data,
        expected_of(top.table("expect")),
        fault_rules=fault_rules,
    )
    if scenario.hosts[0].socket.host == scenario.hosts[1].socket.host:
        raise top.error("B.address", "error.scenario.one_address")
    if len({ip_address(host.socket.host).version for host in scenario.hosts}) > 1:
        raise top.error("B.address", "error.scenario.two_versions")
    check_addresses(hosts, top)
    top.done(_KEYS)
    return scenario


def prelude_of(value: object, where: str) -> tuple[Move, ...]:
    moves = moves_of(value, where)
    if len(moves) > MOST_OF_PRELUDE:
        raise bad(where, "error.scenario.prelude", count=len(moves), most=MOST_OF_PRELUDE)
    return moves
