"""`tcptui lecture`: stories and parts of them in an order, with the words to say and a clock."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tcptui.commands.rooms import add_share, sharing
from tcptui.commands.shared import Commands, Unusable, add_library, add_look, library_of, write

if TYPE_CHECKING:
    from tcptui.lecture import Lecture
    from tcptui.ui.lecturing import Lecturing


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "lecture", help="play stories in an order, with the words to say", allow_abbrev=False,
        description="Plays a lecture: parts of stories in an order, with the words to say and a clock.",
    )  # fmt: skip
    parser.add_argument(
        "lecture", metavar="NAME", nargs="?",
        help="a lecture of the package (first-lesson, connections) or the path of a file; "
        "if left out, the stories that are marked in the list",
    )  # fmt: skip
    parser.add_argument(
        "--save", metavar="FILE", help="write it to this file instead, to be edited; - is standard output"
    )
    add_library(parser, again=True)
    add_share(parser)
    add_look(parser, again=True)
    parser.set_defaults(run=_lecture)


def _lecture(options: argparse.Namespace) -> int:
    from tcptui.lab.loader import BadScenario

    try:
        if options.save is not None:
            return _save(_text(options), options.save)
        from tcptui.commands import screen

        lecturing = _given(options)
        company = sharing(options, options.lecture or "lecture")
        return screen.show(lecturing.open, options, "tcptui lecture NAME --save -", lecturing, company)
    except BadScenario as error:
        raise Unusable(error.message) from None


def _text(options: argparse.Namespace) -> str:
    from tcptui import lecture

    if options.lecture is not None:
        text = lecture.text_of(options.lecture)
        lecture.read_lecture(text, options.lecture, library_of(options))
        return text
    from tcptui.explain.catalogue import say

    return lecture.lecture_text(_marked(options), say("lecture.marked"))


def _given(options: argparse.Namespace) -> Lecturing:
    import time

    from tcptui import lecture
    from tcptui.ui.lecturing import Lecturing

    name = options.lecture
    found = _marked(options) if name is None else lecture.find(name, library_of(options))
    return Lecturing(found, time.monotonic)


def _marked(options: argparse.Namespace) -> Lecture:
    from tcptui import lecture
    from tcptui.commands.local import Kept

    found = lecture.of_stories(Kept().marked.names, library_of(options))
    if found is None:
        raise Unusable("error.lecture.none_marked", known=tuple(lecture.names()))
    return found


def _save(text: str, file: str) -> int:
    if file == "-":
        write(text)
        return 0
    from tcptui.files import BadFile, write_octets

    try:
        write_octets(file, text.encode())
    except BadFile as error:
        raise Unusable(error.message) from None
    return 0
