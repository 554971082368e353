"""The scenarios that can be played: those of the library by name, other files by path.

A library is the stories of this package, and those in folders of the reader's own. A story there stands in
the place of one of the same name before it. Errors are `BadScenario`, whose message names the file.

A list of fifty stories needs a few words of each file, and to read all of every file takes a tenth of a
second. So what a list shows is read from the first lines of a file, up to its first table, and from the
names of its variants; the rest is read when somebody wants that story. A file of the reader's own may be
broken anywhere. Where its first lines are, the list says so; what is wrong further below shows itself when
the story is read. No broken file keeps the others from the list.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from tcptui.core.message import Message
from tcptui.files import BadFile, read_text
from tcptui.lab.loader import BadScenario, document_of, load_scenario, read_scenario, scenario_of_variant
from tcptui.lab.scenario import Scenario, Variant
from tcptui.lab.toml import LARGEST
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable

_FOLDER = Path(__file__).parent / "scenarios"
_LAB = Path(__file__).parent / "lab" / "empty_lab.toml"
_SHIPPED_FOLDERS = (_FOLDER, _LAB.parent)
LAB = "lab"
"""The name of the empty lab, which is played like a story and is none."""
MOST_FILES = 1_000
"""Of a folder, by alphabet."""


class Listed(NamedTuple):
    """A story as a list shows it."""

    name: str
    title: str
    question: str
    chapter: str
    place: int
    variants: tuple[str, ...]
    """The names of its variants."""
    load: Callable[[], Scenario]
    """Reads all of it. Raises BadScenario: it is of the reader's own, and broken."""
    shipped: bool = True
    """Whether it is of this package."""
    broken: Message | None = None
    """What is wrong with its file, as far as that is known without reading all of it."""


class Library:
    """The stories of this package, and after them those of some folders."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        """Folders that can't be read have no stories."""
        self.folders = tuple(folders)

    def names(self) -> list[str]:
        """Of all stories, by alphabet."""
        return sorted(self._files())

    def all_scenarios(self) -> list[Listed]:
        """The whole library and the empty lab, in the order in which a list shows them: by chapter, and in it
        by place."""
        found = [_listed(name, path) for name, path in {LAB: _LAB, **self._files()}.items()]
        first: dict[str, int] = {}
        for one in found:
            first[one.chapter] = min(first.get(one.chapter, one.place), one.place)
        return sorted(found, key=lambda one: (first[one.chapter], one.chapter, one.place, one.name))

    def stories(self, wanted: Callable[[Variant], bool] = lambda _: True) -> Iterator[Scenario]:
        """All stories that are not broken, in the order of the list, each with those of its variants after it
        that are wanted."""
        for one in self.all_scenarios():
            try:
                story = one.load()
            except BadScenario:
                continue
            yield story
            for variant in filter(wanted, story.variants):
                yield scenario_of_variant(story, variant.name)

    def path_of(self, name_or_path: str) -> Path:
        """The file of the scenario that `find` would load."""
        return self._file(name_or_path) or Path(name_or_path)

    def ships(self, name: str) -> bool:
        """Whether that is the name of a story of this package, which none of a folder stands in the place
        of."""
        return self._files().get(name, Path()).parent == _FOLDER

    def find(self, name_or_path: str) -> Scenario:
        """By name, or, if there is a slash or a suffix in it, by path."""
        path = self._file(name_or_path)
        if path is not None:
            return _load(name_or_path, path)
        text = self.text_of(name_or_path)
        return load_scenario(text, printable(Path(name_or_path).stem), name_or_path)

    def text_of(self, name_or_path: str) -> str:
        """The text of the file that `find` would load."""
        path = self._file(name_or_path)
        if path is not None:
            return _text(path)
        if "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(".toml"):
            return _text(name_or_path)
        from difflib import get_close_matches

        near = get_close_matches(name_or_path, self._files(), 1)
        if near:
            raise BadScenario("error.scenario.unknown_near", name=name_or_path, near=near[0])
        raise BadScenario("error.scenario.unknown", name=name_or_path)

    def _file(self, name: str) -> Path | None:
        return self._files().get(name) or (_LAB if name == LAB else None)

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for folder in (_FOLDER, *self.folders):
            try:
                there = sorted(file for file in os.listdir(folder) if file.endswith(".toml"))
            except OSError:
                continue
            files |= {file.removesuffix(".toml"): folder / file for file in there[:MOST_FILES]}
        return files


def listed(scenario: Scenario) -> Listed:
    """A scenario that is there already, as a list shows it."""
    variants = tuple(one.name for one in scenario.variants)
    return Listed(
        scenario.name, scenario.title, scenario.question, scenario.chapter, scenario.place, variants,
        lambda: scenario,
    )  # fmt: skip


_VARIANT = r"(?ms)^\[\[variant\]\]\n(.*?)(?=^\[|\Z)"


def _listed(name: str, path: Path) -> Listed:
    load = partial(_load, name, path)
    last: int = Scenario._field_defaults["place"]
    broken = Listed(printable(name), "", "", "", last, (), load, path.parent in _SHIPPED_FOLDERS)
    try:
        text = _text(path)
        words = document_of(re.split(r"^\[", text, maxsplit=1, flags=re.MULTILINE)[0], str(path))
        tables = (document_of(table, str(path)) for table in re.findall(_VARIANT, text))
        variants = tuple(str(table.get("name", "")) for table in tables)
    except BadScenario as error:
        return broken._replace(broken=error.message)
    title, question, chapter = (_words(words.get(key)) for key in ("title", "question", "chapter"))
    place = words.get("place", last)
    return broken._replace(
        title=title, question=question, chapter=chapter, place=place if type(place) is int else last,
        variants=variants,
    )  # fmt: skip


def _words(value: object) -> str:
    """A title, a question or a chapter; nothing, where it is none that a story can have."""
    return printable(value) if isinstance(value, str) else ""


def _load(name: str, path: Path) -> Scenario:
    """Of the package no prelude is tried, and no pattern: the tests do that for every one."""
    text = _text(path)
    if path.parent in _SHIPPED_FOLDERS:
        return read_scenario(text, name, f"{name}.toml")
    return load_scenario(text, printable(name), str(path))


def _text(path: Path | str) -> str:
    if isinstance(path, Path) and path.parent in _SHIPPED_FOLDERS:
        return path.read_text("utf-8")
    try:
        return read_text(str(path), LARGEST)
    except BadFile as error:
        raise BadScenario(error.message) from None


SHIPPED = Library()
"""The stories of this package alone."""
names, all_scenarios, find = SHIPPED.names, SHIPPED.all_scenarios, SHIPPED.find
text_of, path_of = SHIPPED.text_of, SHIPPED.path_of


@cache
def story_of_lab() -> Scenario:
    """The story of the empty lab, also where a folder has a story of that name."""
    return _load(LAB, _LAB)


def load_named(name: str) -> Scenario:
    """A scenario of this package."""
    return _load(name, _FOLDER / f"{name}.toml")
