"""`tcptui validate` and `tcptui facts`: for who writes a story."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tcptui.commands.shared import Commands, Unusable, add_library, add_variant, complain, library_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tcptui.core.message import Message
    from tcptui.lab.loader.problems import Problem
    from tcptui.lab.scenario import Scenario
    from tcptui.library import Library


def add_validate(commands: Commands) -> None:
    """`tcptui validate`"""
    parser = commands.add_parser(
        "validate", help="say all that is wrong with a scenario's file", allow_abbrev=False,
        description="Reads scenarios and plays them and their variants: says all that can't be read, each"
        " fact that does not hold, each moment that does not come. Exit status: 0 nothing is wrong, 1 a story"
        " does not play as it says, 2 a file can't be used.",
    )  # fmt: skip
    parser.add_argument(
        "scenarios",
        metavar="FILE",
        nargs="*",
        help="a path, or a name of the library; all of it, if left out",
    )
    add_library(parser, again=True)
    parser.set_defaults(run=_validate)


def add_facts(commands: Commands) -> None:
    """`tcptui facts`"""
    parser = commands.add_parser(
        "facts", help="draft the facts that a scenario's file may expect", allow_abbrev=False,
        description="Plays a scenario and prints what happened as an [expect] for its file: a draft, for a"
        " person to read.",
    )  # fmt: skip
    parser.add_argument("scenario", metavar="FILE", help="a path, or a name of the library")
    add_variant(parser)
    add_library(parser, again=True)
    parser.set_defaults(run=_facts)


def _validate(options: argparse.Namespace) -> int:
    from tcptui.lab.loader import BadScenario

    library = library_of(options)
    status = 0
    for name in options.scenarios or library.names():
        try:
            status = max(status, _validated(name, library))
        except BadScenario as error:
            complain(error.message)
            status = 2
    return status


def _validated(name: str, library: Library) -> int:
    """Says what is wrong with one story; its exit status. Raises BadScenario: there is no such file."""
    from pathlib import Path

    from tcptui.explain.catalogue import say, text
    from tcptui.lab.loader.problems import Problem, problems
    from tcptui.lab.toml_lines import key_lines

    content = library.text_of(name)
    in_library = library.ships(name)
    file = f"{name}.toml" if in_library else str(library.path_of(name))
    scenario, found = problems(content, Path(file).stem, file)
    unusable = scenario is None
    if scenario is not None:
        found = [Problem(*one) for one in _failures(scenario, in_library)]
    if scenario is not None and not found:
        expected = scenario.expected
        count = sum(map(len, (expected.events, expected.never, expected.end, expected.labels, expected.says)))
        write(f"{say('validate.fine', file=file, facts=count, variants=len(scenario.variants))}\n")
        return 0
    lines = key_lines(content)
    placed = [(_line(problem.where, lines), problem) for problem in found]
    for line, problem in sorted(placed, key=lambda one: one[0]):
        write(f"{text(_told(problem, file, line))}\n")
    return 2 if unusable else 1


def _line(where: str, lines: dict[tuple[str | int, ...], int]) -> int:
    """The line of a key, or of the nearest that has it in it; 0: there is none."""
    from tcptui.lab.loader.problems import path_of_lines

    return next((lines[path] for path in path_of_lines(where, lines) if path in lines), 0)


def _told(problem: Problem, file: str, line: int) -> Message:
    from tcptui.core.message import Message

    if not problem.where:
        return Message.of("error.at", where=file, why=problem.message)
    if not line:
        return Message.of("validate.at", file=file, where=problem.where, what=problem.message)
    return Message.of("validate.at_line", file=file, line=line, where=problem.where, what=problem.message)


def _failures(scenario: Scenario, in_library: bool) -> Iterator[tuple[str, Message]]:
    """What of a story and its variants is not so when they are played; places are those of the file."""
    from tcptui.core.message import Message
    from tcptui.explain.story import failures
    from tcptui.lab.loader import scenario_of_variant

    for place, name in enumerate(("", *(one.name for one in scenario.variants))):
        told = scenario_of_variant(scenario, name)
        for where, message in failures(told):
            if name:
                where, message = (
                    f"variant[{place}].{where}",
                    Message.of("validate.of_variant", name=name, what=message),
                )
            yield where, message
        if in_library and told.expected.draft:
            yield f"variant[{place}].expect.draft" if name else "expect.draft", Message.of("fact.draft")


def _facts(options: argparse.Namespace) -> int:
    from tcptui.formats.facts_draft import facts_draft
    from tcptui.lab.end_facts import end_facts
    from tcptui.lab.loader import BadScenario, scenario_of_variant
    from tcptui.lab.run import play_to_end
    from tcptui.lab.wire import BadMove

    try:
        scenario = scenario_of_variant(library_of(options).find(options.scenario), options.variant)
        run, world = play_to_end(scenario)
    except (BadScenario, BadMove) as error:
        raise Unusable(error.message) from None
    write(facts_draft(run, end_facts(world, raw=scenario.raw_numbers)))
    return 0
