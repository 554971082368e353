"""The numbered requirements of RFC 9293 (Appendix B): the status of each, and the tests of it.

The rows are data, in requirements.toml; here they are read, found by their ids and laid out as text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from textwrap import wrap
from typing import Any

from tcptui.core.message import Message, MessageError
from tcptui.named_tuple import NamedTuple

LAST = {"MUST": 69, "SHLD": 31, "MAY": 18, "REC": 1}
"""How many of each kind Appendix B has; none is left out."""

NARROWEST = 60
"""Columns below which the sentences would have no room beside what stands before them."""


class Requirement(NamedTuple):
    """A row of the table; `tests` are pytest's node ids and paths of scripts, from the repository's root."""

    id: str
    section: str
    status: str
    """``done``, ``not applicable`` or ``not planned``."""
    text: str
    tests: Sequence[str]
    why: str = ""
    """The reason, where it is not done."""


class Choice(NamedTuple):
    """Where the text is silent or contradicts itself: what is done, and why."""

    subject: str
    section: str
    text: str
    why: str


class UnknownRequirement(MessageError):
    """An id that RFC 9293 doesn't have; the message says which there are."""


def requirements() -> dict[str, Requirement]:
    """All rows by id, in the order of the numbers, the MUSTs first."""
    return {name: Requirement(id=name, **row) for name, row in _read().items() if name != "choice"}


def choices() -> list[Choice]:
    """What was chosen where the text leaves it open."""
    return [Choice(**row) for row in _read()["choice"]]


def _read() -> dict[str, Any]:
    return tomllib.loads(files("tcptui").joinpath("requirements.toml").read_text("utf-8"))


def find(ids: Iterable[str]) -> list[Requirement]:
    """The rows of these ids, in upper or lower case; all rows if there are none.

    Raises:
        UnknownRequirement: one of them is no id.
    """
    rows = requirements()
    found = []
    for name in ids:
        row = rows.get(name.upper()) if name.isascii() else None
        if row is None:
            ranges = tuple(
                Message.of("error.requirement.range", kind=kind, last=last)
                for kind, last in LAST.items()
                if last > 1
            )
            raise UnknownRequirement("error.requirement.unknown", name=name, ranges=ranges)
        found.append(row)
    return found or list(rows.values())


def table(rows: Iterable[Requirement], width: int) -> str:
    """The rows as plain text, their sentences wrapped at `width` columns, the tests of each beneath it.

    The name of a test stays in one piece, so that it can be copied.
    """
    lines = []
    for row in rows:
        sentence = f"{row.text} ({row.why[0].upper()}{row.why[1:]}.)" if row.why else row.text
        columns = f"{row.id:<8} {row.section:<11} {row.status:<15} "
        indent = " " * len(columns)
        lines += wrap(sentence, max(width, NARROWEST), initial_indent=columns, subsequent_indent=indent)
        lines += (f"         {test}" for test in row.tests)
    return "".join(f"{line}\n" for line in lines)


def choices_text(rows: Iterable[Choice], width: int) -> str:
    """The choices as plain text, wrapped at `width` columns, under their heading."""
    lines = ["", "Where the text is silent or contradicts itself:"]
    for row in rows:
        sentences = f"{row.subject} ({row.section}): {row.text} ({row.why[0].upper()}{row.why[1:]}.)"
        lines += wrap(sentences, max(width, NARROWEST), subsequent_indent="    ")
    return "".join(f"{line}\n" for line in lines)
