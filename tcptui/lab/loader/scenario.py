"""A scenario from its TOML text. Errors name the file, the key, and what is allowed there.

README tells the format; the library's files are examples of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from tcptui.core.message import Message
from tcptui.core.packet.segment import Socket
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader.hosts import check_calls, host_of
from tcptui.lab.loader.story import claims_of, expected_of, says_of, translations_of, until_of
from tcptui.lab.loader.wire import NO_FAULTS, boxes_of, faults_of, injection_of, moves_of
from tcptui.lab.moves import Move
from tcptui.lab.prelude import play_prelude
from tcptui.lab.scenario import Scenario, Variant
from tcptui.lab.toml import parse_toml
from tcptui.lab.toml_table import BadScenario, Table, bad
from tcptui.lab.toml_values import (
    choice_of,
    duration_of,
    line_of,
    number_of,
    title_of,
)
from tcptui.lab.wire import BadMove

_KEYS = (
    "title", "question", "answer", "chapter", "place", "moment", "numbers", "wire", "A", "B", "prelude",
    "third_party", "until", "say", "claim", "variant", "figure", "expect",
)  # fmt: skip
_VARIANT = "\n[[variant]]\n"
MOST_OF_PRELUDE = 300
"""Moves of a prelude: they are made whenever the scenario begins, before anything is seen."""


def load_scenario(text: str, name: str, file: str) -> Scenario:
    """The scenario that `text` describes, its preludes, variants and patterns tried; `file` is what errors
    call it. Raises BadScenario."""
    return load_document(document_of(text, file), name, file)


def load_document(document: Mapping[str, object], name: str, file: str) -> Scenario:
    """The same of what was parsed. Raises BadScenario."""
    from tcptui.lab.loader.expect import check_patterns

    scenario = _tried(scenario_of(document, name, f"{file}: "), f"{file}: ")
    check_patterns(scenario, f"{file}: ")
    for index, one in enumerate(scenario.variants, 1):
        where = f"{file}: variant[{index}]."
        check_patterns(_tried(_variant(scenario, one.name, where), where), where)
    return scenario


def read_scenario(text: str, name: str, file: str) -> Scenario:
    """The same of a story of this package, which the tests know to be right: nothing is tried, and of its
    variants, the larger part of many a file, only the names are read."""
    story, *tables = text.split(_VARIANT)
    made = scenario_of(document_of(story, file), name, f"{file}: ")
    return made._replace(variants=tuple(map(_unread, tables)))


def _unread(table: str) -> Variant:
    """A variant of a story of this package. Its name stands on the first line, as README does not ask of a
    file, but a test of this package's."""
    name = table.partition("\n")[0].removeprefix('name = "').removesuffix('"')
    return Variant(name, f"{_VARIANT}{table}")


def document_of(text: str, file: str) -> dict[str, object]:
    """What is parsed. Raises BadScenario."""
    try:
        return parse_toml(text)
    except ValueError as error:
        raise bad(file, "error.scenario.no_toml", why=str(error)[:200]) from None


def scenario_of_variant(scenario: Scenario, name: str) -> Scenario:
    """One of the scenario's variants; without a name the story itself. Raises BadScenario: there is no such
    variant, or it can't be read."""
    story = f"{scenario.name}.toml: "
    if not name:
        if not scenario.variant:
            return scenario
        made = scenario_of(scenario.document, scenario.name, story)
        return made._replace(variants=scenario.variants).in_language(scenario.language)
    names = [one.name for one in scenario.variants]
    if name not in names:
        key = "error.scenario.no_variant" if names else "error.scenario.no_variants"
        # In quotes, as there can be commas in a name.
        raise BadScenario(key, name=name[:60], scenario=scenario.name, allowed=tuple(map(repr, names)))
    where = f"{story}variant[{names.index(name) + 1}]."
    return _tried(_variant(scenario, name, where), where).in_language(scenario.language)


def _variant(scenario: Scenario, name: str, where: str) -> Scenario:
    from tcptui.lab.loader.variants import merged  # Late: most stories are played as they are.

    one = next(one for one in scenario.variants if one.name == name)
    try:
        document = merged(scenario.document, one.document, where)
        made = scenario_of(document, scenario.name, where, of_variant=True)
    except BadScenario as error:
        numbers = dict(error.message.numbers)
        place = str(numbers.get("where"))
        if "faults" not in one.document or not place.startswith(f"{where}wire.faults"):
            raise
        # Where the variant has them.
        numbers["where"] = place.replace("wire.faults", "faults", 1)
        raise BadScenario(Message(error.message.key, tuple(numbers.items()))) from None
    return made._replace(
        title=f"{made.title}: {name}",
        variant=name,
        variants=scenario.variants,
        document=scenario.document,
    )


def _tried(scenario: Scenario, where: str) -> Scenario:
    """With the length of its prelude, which is played, and clocks of hosts that are not below 0 in it: they
    stand in timestamps. Raises BadScenario."""
    if not scenario.prelude:
        return scenario
    try:
        state, _ = play_prelude(scenario, 0)
        state.begin_programs(scenario)
    except BadMove as error:
        raise bad(f"{where}prelude", error.message) from None
    a, b = (
        host._replace(clock=max(host.clock, state.now)) if isinstance(host, HostSetup) else host
        for host in scenario.hosts
    )
    return scenario._replace(hosts=(a, b), prelude_length=state.now)


def scenario_of(
    document: Mapping[str, object], name: str, where: str, *, of_variant: bool = False
) -> Scenario:
    """The scenario of a document, `where` being what errors begin with. Raises BadScenario."""
    top = Table(document, where)
    scenario = _scenario(top, name)
    if of_variant:
        scenario = scenario._replace(harm=top.take("harm", line_of, ""))
    scenario = scenario._replace(
        until=top.take("until", until_of, -1),
        say=says_of(top),
        claims=claims_of(top),
        translations=translations_of(top, of_variant=of_variant),
    )
    if "variant" in top:
        from tcptui.lab.loader.variants import variants_of  # Late: see `read_scenario`.

        scenario = scenario._replace(variants=variants_of(top))
    top.done(_KEYS)
    if scenario.until == -1:
        scenario = scenario._replace(until=None)
    return scenario._replace(document=document)


def _scenario(top: Table, name: str) -> Scenario:
    wire = top.table("wire")
    both = wire.take("delay", duration_of, 50_000)
    delays = (wire.take("a_to_b", duration_of, both), wire.take("b_to_a", duration_of, both))
    if min(delays) < 1_000:
        raise wire.error("delay", "error.scenario.delay_too_short")
    faults, fault_rules = wire.take("faults", faults_of, NO_FAULTS)
    title, question = top.take("title", title_of), top.take("question", title_of)
    hosts = (
        host_of(top.table("A"), "client", Socket("10.0.0.1", 49152)),
        host_of(top.table("B"), "server", Socket("10.0.0.2", 80)),
    )
    a, b = hosts
    boxes = boxes_of(wire, ":" in a.socket.host)
    wire.done(("delay", "a_to_b", "b_to_a", "faults", "box"))
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
        expected=expected_of(top.table("expect")),
        fault_rules=fault_rules,
        boxes=boxes,
        moment=top.take("moment", number_of(0, 9_999), 0),
    )
    if "figure" in top:
        from tcptui.lab.loader.figure import with_figure  # Late: few stories have one.

        scenario = with_figure(scenario, top.table("figure"))
    if scenario.hosts[0].socket.host == scenario.hosts[1].socket.host:
        raise top.error("B.address", "error.scenario.one_address")
    if len({ip_address(host.socket.host).version for host in scenario.hosts}) > 1:
        raise top.error("B.address", "error.scenario.two_versions")
    check_calls(hosts, scenario.prelude, top)
    return scenario


def prelude_of(value: object, where: str) -> tuple[Move, ...]:
    moves = moves_of(value, where)
    if len(moves) > MOST_OF_PRELUDE:
        raise bad(where, "error.scenario.prelude", count=len(moves), most=MOST_OF_PRELUDE)
    return moves
