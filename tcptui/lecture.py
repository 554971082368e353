"""Lectures: parts of stories in an order, with the words to say; of the package by name, anybody's by path.

A lecture is a list of items, and an item a story, or a variant of one, from one step to another. The words
are said at its beginning or at moments of the run, and a moment is described as the story's own are, by a
pattern: so a story may change by a step, and the words still stand where they belong. For that the words are
put before what the story says itself, and whoever plays it sees both in one place.

A file is played through when it is read: that a step is there and a moment comes is then known, and not first
in front of a class.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from json import dumps
from pathlib import Path

from tcptui.files import BadFile, read_text
from tcptui.lab.facts import Fact
from tcptui.lab.loader import BadScenario, scenario_of_variant
from tcptui.lab.loader.expect import check_numbers
from tcptui.lab.loader.scenario import document_of
from tcptui.lab.loader.story import LONGEST_LINE, MOST_SAY, said_of
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.patterns import BadPattern, Pattern, parse_pattern
from tcptui.lab.prelude import begin
from tcptui.lab.scenario import Say, Scenario
from tcptui.lab.toml import LARGEST
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import boolean_of, line_of, number_of, title_of
from tcptui.lab.wire import BadMove
from tcptui.library import SHIPPED, Library
from tcptui.named_tuple import NamedTuple

MOST_STEPS = 2_000
"""Where the run of an item is cut that does not end by itself."""
MOST_ITEMS = 200
MOST_MINUTES = 600
"""Of one item."""
_FOLDER = Path(__file__).parent / "lectures"
_KEYS = ("story", "variant", "step", "moves", "until", "minutes", "say")


class Item(NamedTuple):
    """A part of a story."""

    scenario: Scenario
    """With the words to say."""
    first: int = 0
    """After so many moves it begins."""
    last: int = 0
    """After so many it is over."""
    moves: tuple[Move, ...] = ()
    """Those that lead to its beginning, if it is not the run's own steps."""
    minutes: int = 0
    """How long it is to take; 0: nobody has said."""
    words: str = ""
    """What is said at its beginning."""


class Lecture(NamedTuple):
    """Items in their order."""

    title: str
    items: tuple[Item, ...]

    @property
    def minutes(self) -> int:
        """How long it is to take."""
        return sum(item.minutes for item in self.items)


class _Words(NamedTuple):
    """What is said at a moment, or, without one, at the beginning of an item."""

    text: str
    when: str = ""
    pause: bool = False


def names() -> list[str]:
    """The lectures of the package, by alphabet."""
    return sorted(file.removesuffix(".toml") for file in os.listdir(_FOLDER) if file.endswith(".toml"))


def text_of(name_or_path: str) -> str:
    """The text of a lecture's file. Raises BadScenario."""
    if name_or_path in names():
        return (_FOLDER / f"{name_or_path}.toml").read_text("utf-8")
    if not ("/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(".toml")):
        raise BadScenario("error.lecture.unknown", name=name_or_path, known=tuple(names()))
    try:
        return read_text(name_or_path, LARGEST)
    except BadFile as error:
        raise BadScenario(error.message) from None


def find(name_or_path: str, library: Library = SHIPPED) -> Lecture:
    """By name, or, if there is a slash or a suffix in it, by path. Raises BadScenario."""
    return read_lecture(text_of(name_or_path), name_or_path, library)


def read_lecture(text: str, file: str, library: Library = SHIPPED) -> Lecture:
    """`library` has the stories. Raises BadScenario: it names the file, the key and what is allowed."""
    top = Table(document_of(text, file), f"{file}: ")
    title, tables = top.take("title", title_of), top.tables("item")
    if not tables:
        raise top.error("item", "error.value.missing")
    if len(tables) > MOST_ITEMS:
        raise top.error("item", "error.value.too_many", count=len(tables), most=MOST_ITEMS)
    top.done(("title", "item"))
    return Lecture(title, tuple(_item(table, library) for table in tables))


def of_stories(marked: Iterable[str], library: Library = SHIPPED) -> Lecture | None:
    """The whole stories and variants of these names, as ``NAME`` or ``NAME:VARIANT``, in the library's order;
    None: the library has none of them that can be used."""
    wanted, items = set(marked), []
    for listed in library.all_scenarios():
        for variant in ("", *listed.variants):
            if (f"{listed.name}:{variant}" if variant else listed.name) in wanted:
                with suppress(BadScenario):
                    scenario = scenario_of_variant(listed.load(), variant)
                    items.append(Item(scenario, 0, _Run(scenario, ()).last))
    return Lecture("", tuple(items)) if items else None


def lecture_text(lecture: Lecture, title: str) -> str:
    """A file that is to be edited: whole stories, without words."""
    lines = [f"title = {dumps(title)}"]
    for item in lecture.items:
        lines += ["", "[[item]]", f"story = {dumps(item.scenario.name)}"]
        if item.scenario.variant:
            lines.append(f"variant = {dumps(item.scenario.variant, ensure_ascii=False)}")
        lines += [f"until = {item.last}", "minutes = 3", 'say = "..."']
    return "".join(f"{line}\n" for line in lines)


def _item(table: Table, library: Library) -> Item:
    scenario = _scenario(table, library)
    none: tuple[Move, ...] = ()
    moves = table.take("moves", _moves_of, none)
    if moves and "step" in table:
        raise table.error("step", "error.lecture.step_and_moves")
    try:
        run = _Run(scenario, moves)
    except BadMove as error:
        raise table.error("moves", error.message) from None
    first = len(moves) or table.take("step", run.position_from(0), 0)
    last = table.take("until", run.position_from(first), run.last)
    minutes = table.take("minutes", number_of(1, MOST_MINUTES), 0) if "minutes" in table else 0
    nothing: tuple[_Words, ...] = ()
    says = table.take("say", _words_of, nothing)
    for place, one in enumerate(says, 1):
        if one.when and not first < run.comes(parse_pattern(one.when)) <= last:
            raise bad(f"{table.place('say')}[{place}].when", "error.lecture.never_said", when=one.when)
    table.done(_KEYS)
    words = " ".join(one.text for one in says if not one.when)
    told = tuple(Say(one.text, None, one.when, one.pause) for one in says if one.when)
    if told:
        scenario = scenario._replace(say=(*told, *scenario.say))
    return Item(scenario, first, last, moves, minutes, words)


def _scenario(table: Table, library: Library) -> Scenario:
    story = table.take("story", title_of)
    try:
        scenario = library.find(story)
    except BadScenario as error:
        raise table.error("story", error.message) from None
    variant = table.take("variant", line_of, "") if "variant" in table else ""
    try:
        return scenario_of_variant(scenario, variant)
    except BadScenario as error:
        raise table.error("variant", error.message) from None


def _moves_of(value: object, where: str) -> tuple[Move, ...]:
    try:
        return tuple(parse_moves(line_of(value, where)))
    except BadMove as error:
        raise bad(where, error.message) from None


def _words_of(value: object, where: str) -> tuple[_Words, ...]:
    if isinstance(value, str):
        return (_Words(said_of(value, where)),)
    if not isinstance(value, list):
        raise bad(where, "error.lecture.words")
    if len(value) > MOST_SAY:
        raise bad(where, "error.value.too_many", count=len(value), most=MOST_SAY)
    says = tuple(_words(Table(one, f"{where}[{place}].")) for place, one in enumerate(value, 1))
    length = sum(len(one.text) for one in says if not one.when)
    if length > LONGEST_LINE:
        raise bad(where, "error.value.too_many_characters", count=length, most=LONGEST_LINE)
    return says


def _words(table: Table) -> _Words:
    text = table.take("text", said_of)
    when = table.take("when", _pattern_of, "") if "when" in table else ""
    pause = table.take("pause", boolean_of, False) if "pause" in table else False
    if when:
        check_numbers(text, table.place("text"))
    table.done(("text", "when", "pause"))
    return _Words(text, when, pause)


def _pattern_of(value: object, where: str) -> str:
    line = line_of(value, where)
    try:
        parse_pattern(line)
    except BadPattern as error:
        raise bad(where, error.message) from None
    return line


class _Run:
    """A run that has been played, to find moments in it. Raises BadMove where its moves can't be made."""

    def __init__(self, scenario: Scenario, moves: Iterable[Move]) -> None:
        world = begin(scenario)[0]
        self._facts: list[list[Fact]] = [[]]
        """Of the move to each position."""
        for move in moves:
            self._facts.append(list(world.facts_of(world.apply(move))))
        while len(self._facts) <= MOST_STEPS and world.next_event() is not None:
            self._facts.append(list(world.facts_of(world.apply(NEXT))))

    @property
    def last(self) -> int:
        """The last position."""
        return len(self._facts) - 1

    def comes(self, pattern: Pattern) -> int:
        """The position to which the move leads that a pattern describes first; 0: there is none."""
        seen = 0
        for position, facts in enumerate(self._facts):
            for fact in facts:
                seen, come = pattern.count_if(fact, seen)
                if come:
                    return position
        return 0

    def position_from(self, first: int) -> Callable[[object, str], int]:
        """Reads a position: a number of steps, or a pattern of what happens in the last of them."""

        def read(value: object, where: str) -> int:
            if isinstance(value, str):
                text = _pattern_of(value, where)
                position = self.comes(parse_pattern(text))
                if position < max(1, first):
                    raise bad(where, "error.lecture.never", when=text)
                return position
            return number_of(first, self.last)(value, where)

        return read
