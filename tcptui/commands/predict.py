"""`tcptui predict`: how many questions before steps were answered right, by chapter."""

from __future__ import annotations

import argparse

from tcptui.commands.shared import Commands, complain, write


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "predict", help="how many predictions were right, by chapter", allow_abbrev=False,
        description="Lists by chapter how many of the questions before a step (key P) were answered right.",
    )  # fmt: skip
    parser.add_argument("--forget", action="store_true", help="begin anew: forget them all")
    parser.set_defaults(run=_predict)


def _predict(options: argparse.Namespace) -> int:
    from tcptui import library
    from tcptui.commands.local import KeptScores, state_folder
    from tcptui.explain.catalogue import say
    from tcptui.remembered import RememberedCounts
    from tcptui.view.cells import cell_len, fill

    scores = KeptScores(RememberedCounts(state_folder() / "predicted", complain))
    if options.forget:
        scores.forget()
        return 0
    known = dict.fromkeys(one.chapter for one in library.all_scenarios())
    chapters = [one for one in known if one in scores.chapters]
    chapters += [one for one in scores.chapters if one not in known]
    width = max((cell_len(chapter) for chapter in chapters), default=0)
    lines = []
    for chapter in chapters:
        right, answered = scores.of(chapter)
        lines.append(f"{fill(chapter, width)}  {say('ui.picker.score', right=right, count=answered)}\n")
    write("".join(lines) or f"{say('predict.nothing_answered')}\n")
    return 0
