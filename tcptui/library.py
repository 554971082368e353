"""The scenarios that can be played: those of the library by name, other files by path.

Errors are `BadScenario`, whose message names the file.
"""

from __future__ import annotations

import os
from pathlib import Path

from tcptui.files import BadFile, read_text
from tcptui.lab.loader import BadScenario, load_scenario, read_scenario
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml import LARGEST

_FOLDER = Path(__file__).parent / "scenarios"


def names() -> list[str]:
    """The library's scenarios, by alphabet."""
    return sorted(file.removesuffix(".toml") for file in os.listdir(_FOLDER) if file.endswith(".toml"))


def all_scenarios() -> list[Scenario]:
    """The whole library, in the order in which a list shows it. Each file is read once, and nothing is
    played."""
    return sorted(map(load_named, names()), key=lambda scenario: (scenario.place, scenario.name))


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
    return load_scenario(text, Path(name_or_path).stem, name_or_path)


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
