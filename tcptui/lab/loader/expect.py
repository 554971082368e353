"""Whether what a story describes can happen at all: its facts, and the moments at which it says something.

A pattern may be right in its form and still describe nothing, for a state, a timer or a rule of that name
does not exist; a fact that never happens would be noticed, one of `never` not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tcptui.core.message import MessageError
from tcptui.lab.end_facts import check_end
from tcptui.lab.patterns import Pattern, checked_pattern
from tcptui.lab.run_numbers import parse_text
from tcptui.lab.scenario import Scenario, Told
from tcptui.lab.toml_table import bad
from tcptui.lab.wire import SIDES, Side

_LABEL = re.compile(r"(A|B|wire): [0-9]{1,6} \S.*", re.ASCII)


def check_patterns(scenario: Scenario, where: str) -> None:
    """Whether everything that is described can happen; `where` is what errors begin with. Raises
    BadScenario."""
    expected = scenario.expected
    told_by_calls = [side for side, host in zip(SIDES, scenario.hosts, strict=True) if host.has_sockets]
    for key, texts in (("events", expected.events), ("never", expected.never)):
        for index, text in enumerate(texts, 1):
            _check(text, f"{where}expect.{key}[{index}]", told_by_calls)
    for index, text in enumerate(expected.end, 1):
        try:
            check_end(text)
        except MessageError as error:
            raise bad(f"{where}expect.end[{index}]", error.message) from None
    for index, text in enumerate(expected.labels, 1):
        if not _LABEL.fullmatch(text):
            raise bad(f"{where}expect.labels[{index}]", "error.expect.label", text=text[:60])
    for index, text in enumerate(expected.says, 1):
        said = split_says(text)
        if said is None:
            raise bad(f"{where}expect.says[{index}]", "error.expect.says", text=text[:60])
        _check(text.removesuffix(f": {said[1]}"), f"{where}expect.says[{index}]", told_by_calls)
    check_numbers(scenario.answer, f"{where}answer")
    check_numbers(scenario.harm, f"{where}harm")
    moments: tuple[tuple[str, str, tuple[Told, ...]], ...] = (
        ("say", "text", scenario.say),
        ("claim", "why", scenario.claims),
    )
    for key, filled, told in moments:
        for index, one in enumerate(told, 1):
            if one.when:
                _check(one.when, f"{where}{key}[{index}].when", told_by_calls)
            check_numbers(one.filled, f"{where}{key}[{index}].{filled}")
    for other in scenario.translations:
        check_numbers(other.answer, f"{where}{other.language}.answer")
        check_numbers(other.harm, f"{where}{other.language}.harm")
        for key, texts in (("say", other.say), ("claims", tuple(why for _, why in other.claims))):
            for index, text in enumerate(texts, 1):
                check_numbers(text, f"{where}{other.language}.{key}[{index}]")
        if other.say and len(other.say) != len(scenario.say):
            raise bad(
                f"{where}{other.language}.say", "error.scenario.say_count",
                count=len(other.say), most=len(scenario.say),
            )  # fmt: skip
        if other.claims and len(other.claims) != len(scenario.claims):
            raise bad(
                f"{where}{other.language}.claims", "error.scenario.claim_count",
                count=len(other.claims), most=len(scenario.claims),
            )  # fmt: skip


def check_numbers(text: str, where: str) -> None:
    """Whether what stands between braces can be numbers of a run."""
    try:
        parse_text(text)
    except MessageError as error:
        raise bad(where, error.message) from None


def split_says(text: str) -> tuple[Pattern, str] | None:
    """The pattern and the piece of a sentence of ``#4 arrives: ACK 21 is new``: the first colon that has a
    pattern before it divides them. None: there is no such."""
    for match in re.finditer(r": ", text):
        try:
            return checked_pattern(text[: match.start()]), text[match.end() :].strip()
        except MessageError:
            continue
    return None


def _check(text: str, where: str, told_by_calls: Sequence[Side]) -> None:
    """`told_by_calls`: the ends whose programs have sockets."""
    try:
        pattern = checked_pattern(text)
    except MessageError as error:
        raise bad(where, error.message) from None
    side = pattern.who
    if pattern.verb == "told" and side is not None and side in told_by_calls:
        raise bad(where, "error.pattern.told", text=text[:60], side=side)
