"""The scenarios that can be played: those of the library by name, other files by path.

Errors are `BadScenario`, whose message names the file.

A list of fifty stories needs a few words of each file, and to read all of every file takes a tenth of a
second. So what a list shows is read from the first lines of a file, up to its first table, and from the
names of its variants; the rest is read when somebody wants that story.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tcptui.files import BadFile, read_text
from tcptui.lab.loader import BadScenario, load_scenario, read_scenario
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml import LARGEST, parse_toml
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable

_FOLDER = Path(__file__).parent / "scenarios"


def names() -> list[str]:
    """The library's scenarios, by alphabet."""
    return sorted(file.removesuffix(".toml") for file in os.listdir(_FOLDER) if file.endswith(".toml"))


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
    """Reads all of it."""


def all_scenarios() -> list[Listed]:
    """The whole library, in the order in which a list shows it."""
    return sorted(map(_listed, names()), key=lambda one: (one.place, one.name))


def listed(scenario: Scenario) -> Listed:
    """A scenario that is there already, as a list shows it."""
    variants = tuple(one.name for one in scenario.variants)
    return Listed(
        scenario.name, scenario.title, scenario.question, scenario.chapter, scenario.place, variants,
        lambda: scenario,
    )  # fmt: skip


_VARIANT = r"(?ms)^\[\[variant\]\]\n(.*?)(?=^\[|\Z)"


def _listed(name: str) -> Listed:
    text = (_FOLDER / f"{name}.toml").read_text("utf-8")
    words = parse_toml(re.split(r"^\[", text, maxsplit=1, flags=re.MULTILINE)[0])
    variants = tuple(str(parse_toml(table)["name"]) for table in re.findall(_VARIANT, text))
    title, question, chapter = (str(words.get(key, "")) for key in ("title", "question", "chapter"))
    place = words.get("place", Scenario._field_defaults["place"])
    assert isinstance(place, int)
    return Listed(name, title, question, chapter, place, variants, partial(load_named, name))


def load_named(name: str) -> Scenario:
    """A scenario of the library. Its prelude is not tried: the tests do that for every one."""
    return read_scenario((_FOLDER / f"{name}.toml").read_text("utf-8"), name, f"{name}.toml")


def path_of(name_or_path: str) -> Path:
    """The file of the scenario that `find` would load."""
    return _FOLDER / f"{name_or_path}.toml" if name_or_path in names() else Path(name_or_path)


def find(name_or_path: str) -> Scenario:
    """By name, or, if there is a slash or a suffix in it, by path."""
    if name_or_path in names():
        return load_named(name_or_path)
    text = text_of(name_or_path)
    return load_scenario(text, printable(Path(name_or_path).stem), name_or_path)


def text_of(name_or_path: str) -> str:
    """The text of the file that `find` would load."""
    known = names()
    if name_or_path in known:
        return path_of(name_or_path).read_text("utf-8")
    if "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(".toml"):
        try:
            return read_text(name_or_path, LARGEST)
        except BadFile as error:
            raise BadScenario(error.message) from None
    from difflib import get_close_matches

    near = get_close_matches(name_or_path, known, 1)
    if near:
        raise BadScenario("error.scenario.unknown_near", name=name_or_path, near=near[0])
    raise BadScenario("error.scenario.unknown", name=name_or_path)
