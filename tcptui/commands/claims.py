"""`tcptui claims`: the statements that people learn, and the steps of the library that show them."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from tcptui.commands.shared import Commands, Unusable, add_library, library_of, write
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tcptui.lab.scenario import Claim, Scenario
    from tcptui.library import Library

UNSEEN_WIDTH = 100
"""Columns where there is no terminal."""
_VERDICTS = ("true", "imprecise", "false")


class _Found(NamedTuple):
    """A claim of the library."""

    story: Scenario
    """Or a variant of it."""
    claim: Claim
    step: int
    """The step after which it is shown."""

    @property
    def command(self) -> str:
        """What opens it at that step."""
        from shlex import quote

        variant = f" --variant {quote(self.story.variant)}" if self.story.variant else ""
        return f"tcptui play {self.story.name}{variant} --moves s{self.step}"


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "claims", help="list what people learn about TCP: true, imprecise or false, and where to see it",
        allow_abbrev=False,
        description="Lists the claims of the whole library: what people learn, whether it is so, why, with"
        " the source, and the command that shows it. Each step is found by playing the story.",
    )  # fmt: skip
    parser.add_argument(
        "words", metavar="WORD", nargs="*", help="only those that have all these words in them"
    )
    parser.add_argument("--verdict", choices=_VERDICTS, help="only those with this verdict")
    parser.add_argument(
        "--by", choices=("chapter", "verdict"), default="chapter", help="what they are grouped by"
    )
    add_library(parser, again=True)
    parser.set_defaults(run=_claims)


def _claims(options: argparse.Namespace) -> int:
    from tcptui.explain.catalogue import say

    found = list(_wanted(library_of(options), [word.casefold() for word in options.words], options.verdict))
    if not found:
        raise Unusable("error.claims.none")
    if options.by == "verdict":
        found.sort(key=lambda one: _VERDICTS.index(one.claim.verdict))
    width = os.get_terminal_size().columns if sys.stdout.isatty() else UNSEEN_WIDTH
    group = None
    lines: list[str] = []
    for one in found:
        verdict = say(f"claim.verdict.{one.claim.verdict}")
        heading = verdict if options.by == "verdict" else one.story.chapter
        if heading != group:
            lines += [heading, ""]
            group = heading
        lines += [*_lines(one, verdict, width), ""]
    write("".join(f"{line}\n" for line in (*lines, _counts(found))))
    return 0


def _lines(one: _Found, verdict: str, width: int) -> list[str]:
    from tcptui.view.cells import wrap

    claim = one.claim
    room = max(width, 60) - 13
    texts = [
        *wrap(f'"{claim.text}"', room),
        *wrap(f"{claim.why} ({claim.source})", room),
        one.command,
    ]
    return [f"  {verdict if not place else '':<10} {text}" for place, text in enumerate(texts)]


def _counts(found: list[_Found]) -> str:
    from tcptui.explain.catalogue import say

    verdicts = [str(one.claim.verdict) for one in found]
    counts = {f"of_{verdict}": verdicts.count(verdict) for verdict in _VERDICTS}
    return say("claim.count", count=len(found), **counts)


def _wanted(library: Library, words: list[str], verdict: str | None) -> Iterator[_Found]:
    """The claims that are asked for, in the order of the library and of the steps that show them. Only the
    stories that have any are played."""
    from tcptui.explain.told_steps import told_steps

    for story in library.stories(lambda variant: "claim" in variant.document):
        chosen = tuple(one for one in story.claims if _is_wanted(one, story, words, verdict))
        for told in told_steps(story._replace(claims=chosen, say=())) if chosen else ():
            yield from (_Found(story, claim, told.step) for claim in told.claims)


def _is_wanted(claim: Claim, story: Scenario, words: Iterable[str], verdict: str | None) -> bool:
    if verdict is not None and claim.verdict != verdict:
        return False
    text = "\n".join((claim.text, claim.why, claim.source, story.name, story.title)).casefold()
    return all(word in text for word in words)
