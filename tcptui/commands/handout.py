"""`tcptui show`: a story as text, for a handout."""

from __future__ import annotations

import argparse

from tcptui.commands.shared import (
    Commands,
    Unusable,
    add_language,
    add_library,
    add_look,
    add_variant,
    language_of,
    library_of,
    write,
)

WIDTH = 80


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "show", help="print a story as text, for a handout", allow_abbrev=False,
        description="Prints a story as text, which is Markdown too: the question, the ladder with what the"
        " story says at its moments, its claims, the answer, and where its variants differ.",
    )  # fmt: skip
    parser.add_argument("scenario", metavar="NAME", help="a name that `tcptui list` knows, or a path")
    add_variant(parser)
    parser.add_argument(
        "--width", metavar="COLUMNS", type=int, default=WIDTH, help=f"columns of a line; {WIDTH}, if left out"
    )
    add_language(parser)
    add_library(parser, again=True)
    add_look(parser, again=True)
    parser.set_defaults(run=_show)


def _show(options: argparse.Namespace) -> int:
    from tcptui.formats.handout import LEAST_WIDTH, MOST_WIDTH, handout_text
    from tcptui.lab.loader import BadScenario, scenario_of_variant
    from tcptui.lab.wire import BadMove

    if not LEAST_WIDTH <= options.width <= MOST_WIDTH:
        raise Unusable("error.option.width", least=LEAST_WIDTH, most=MOST_WIDTH)
    try:
        scenario = library_of(options).find(options.scenario).in_language(language_of(options))
        content = handout_text(scenario_of_variant(scenario, options.variant), options.width)
    except (BadScenario, BadMove) as error:
        raise Unusable(error.message) from None
    if options.ascii:
        from tcptui.view.ascii import to_ascii

        content = to_ascii(content)
    write(content)
    return 0
