"""The frame of a story: what it says or claims and when, its texts in other languages, what is expected of
its run.

Patterns are taken as texts here. Whether they describe anything is looked at by `expect`, which a file of
one's own goes through and the library does not: the tests do that for every one.
"""

from __future__ import annotations

import re
from typing import cast, get_args

from tcptui.core.message import Message
from tcptui.lab.scenario import Claim, Expected, Say, Translation, Verdict
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import boolean_of, choice_of, duration_of, line_of, lines_of, title_of

MOST_SAY = 100
"""Moments at which a story says something."""
MOST_FACTS = 1_000
"""Facts of one list that a run is held against."""
MOST_LANGUAGES = 20
LONGEST_LINE = 1_000
"""Characters of a text that is said or answered."""
_LANGUAGE = r"[a-z]{2}(-[A-Z][A-Za-z]{1,3})?"


def is_language(key: str) -> bool:
    """Whether a table of that name has texts in another language."""
    return re.fullmatch(_LANGUAGE, key, re.ASCII) is not None


def said_of(value: object, where: str) -> str:
    """A text that is said to a reader."""
    line = title_of(value, where)
    if len(line) > LONGEST_LINE:
        raise bad(where, "error.value.too_many_characters", count=len(line), most=LONGEST_LINE)
    return line


def says_of(top: Table) -> tuple[Say, ...]:
    tables = top.tables("say")
    if len(tables) > MOST_SAY:
        raise top.error("say", "error.value.too_many", count=len(tables), most=MOST_SAY)
    return tuple(_say(table) for table in tables)


def _say(table: Table) -> Say:
    text = table.take("text", said_of)
    at, when = _moment(table)
    pause = table.take("pause", boolean_of, False)
    table.done(("text", "at", "when", "pause"))
    return Say(text, at, when, pause)


def _moment(table: Table) -> tuple[int | None, str]:
    """The time or the pattern of the one moment that it has."""
    at = table.take("at", duration_of, -1)
    when = table.take("when", line_of, "")
    if (at < 0) == (not when):
        raise table.error("at" if at >= 0 else "when", "error.scenario.one_moment")
    return (at if at >= 0 else None), when


def claims_of(top: Table) -> tuple[Claim, ...]:
    """The tables of claims."""
    tables = top.tables("claim")
    if len(tables) > MOST_SAY:
        raise top.error("claim", "error.value.too_many", count=len(tables), most=MOST_SAY)
    return tuple(_claim(table) for table in tables)


def _claim(table: Table) -> Claim:
    text, verdict = table.take("text", said_of), table.take("verdict", choice_of(*get_args(Verdict)))
    why, source = table.take("why", said_of), table.take("source", title_of)
    at, when = _moment(table)
    table.done(("text", "verdict", "why", "source", "at", "when"))
    return Claim(text, cast("Verdict", verdict), why, source, at, when)


def translations_of(top: Table, *, of_variant: bool = False) -> tuple[Translation, ...]:
    """The tables that are named by a language; that of a variant says also what harm follows."""
    languages = [key for key in top.keys if is_language(key)]
    if len(languages) > MOST_LANGUAGES:
        raise top.error(languages[-1], "error.value.too_many", count=len(languages), most=MOST_LANGUAGES)
    return tuple(_translation(language, top.table(language), of_variant) for language in languages)


def _translation(language: str, table: Table, of_variant: bool) -> Translation:
    made = Translation(
        language,
        table.take("title", line_of, ""),
        table.take("question", line_of, ""),
        table.take("answer", line_of, ""),
        table.take("chapter", line_of, ""),
        table.take("say", texts_of, Translation._field_defaults["say"]),
        tuple(_claim_texts(one) for one in table.tables("claims")),
        table.take("harm", line_of, "") if of_variant else "",
    )
    of_variants = ("harm",) if of_variant else ()
    table.done(("title", "question", "answer", "chapter", "say", "claims", *of_variants))
    return made


def _claim_texts(table: Table) -> tuple[str, str]:
    texts = table.take("text", said_of), table.take("why", said_of)
    table.done(("text", "why"))
    return texts


def expected_of(table: Table) -> Expected:
    lists = ("events", "never", "end", "labels", "says")
    none: tuple[str, ...] = ()
    values = {key: table.take(key, texts_of, none) for key in lists}
    strict, draft = table.take("strict", boolean_of, False), table.take("draft", boolean_of, False)
    table.done((*lists, "strict", "draft"))
    return Expected(**values, strict=strict, draft=draft)


def texts_of(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, list) and len(value) > MOST_FACTS:
        raise bad(where, "error.value.too_many", count=len(value), most=MOST_FACTS)
    return lines_of(value, where)


def until_of(value: object, where: str) -> int:
    until = duration_of(value, where)
    if not until:
        raise bad(where, Message.of("error.scenario.until"))
    return until
