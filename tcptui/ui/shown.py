"""The moment of a session as it is told in a room, and a session that is at the moment that is told.

What is told may come from a stranger. So nothing of it names a file that is read here: a story is one of
this package, by its name, or comes with its text and is read as any stranger's story is. What is wrong with
it is a `MessageError`, as of any file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml import LARGEST
from tcptui.library import LAB, SHIPPED, story_of_lab
from tcptui.rooms.values import Shown
from tcptui.ui.replay import Origin
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.core.profile.record import Profile

PROFILE, SETTING, DEFINE = "--profile", "--set", "-D"
"""Options whose values follow them."""


def shipped_story(name: str) -> Scenario | None:
    """The story of this package of that name; None: there is none."""
    return SHIPPED.find(name) if SHIPPED.ships(name) else None


def session_of(shown: Shown, story: Callable[[str], Scenario | None] = shipped_story) -> Session:
    """A new session of what is shown, at its beginning. `story` gives those of the package. Raises
    MessageError: there is no such story, or its text or its options can't be used."""
    command = "lab" if shown.command == "lab" else "play"
    origin = Origin(shown.story, shown.options, shown.stack, command)
    scenario = _scenario(shown, story)
    if shown.stack:
        from tcptui.ui.versions import under

        scenario = under(scenario, shown.stack)
    return Session(scenario, origin=origin)


def _scenario(shown: Shown, story: Callable[[str], Scenario | None]) -> Scenario:
    name = shown.story
    if shown.command == "script":
        from tcptui.formats.packetdrill.scenario import scenario_with_verdict

        profile, settings, defines = _options(shown.options)
        return scenario_with_verdict(shown.text, name, profile, settings, defines)
    if shown.command == "lab":
        return _lab(shown)
    if shown.text:
        from tcptui.lab.loader import load_scenario

        found: Scenario | None = load_scenario(shown.text, name, name)
    else:
        found = story_of_lab() if name == LAB else story(name)
    if found is None:
        raise MessageError("error.scenario.unknown", name=name)
    scenario = _in_language(found, shown.language)
    if shown.variant:
        from tcptui.lab.loader import scenario_of_variant

        scenario = scenario_of_variant(scenario, shown.variant)
    if not shown.options:
        return scenario
    from tcptui.lab.variant import changed

    profile, settings, _ = _options(shown.options)
    return changed(scenario, profile, settings)


def _lab(shown: Shown) -> Scenario:
    """An empty lab, with these settings."""
    scenario = _in_language(story_of_lab(), shown.language)
    if not shown.options:
        return scenario
    from tcptui.lab.free_play import chosen_of, empty_lab

    return empty_lab(chosen_of(shown.options), scenario.title, scenario.question)


def _in_language(scenario: Scenario, language: str) -> Scenario:
    if not language:
        return scenario
    from tcptui.lab.loader.story import is_language

    return scenario.in_language(language) if is_language(language) else scenario


def _options(words: tuple[str, ...]) -> tuple[Profile | None, list[str], dict[str, str]]:
    """The profile, the settings and the defines of a command line's words."""
    from tcptui.lab.variant import preset

    profile, settings, defines = None, [], {}
    for option, value in zip(words[::2], words[1::2], strict=False):
        if option == PROFILE:
            profile = preset(value)
        elif option == SETTING:
            settings.append(value)
        elif option == DEFINE:
            name, _, replaced_by = value.partition("=")
            defines[name] = replaced_by
    return profile, settings, defines


class Texts:
    """The texts of stories that watchers do not have: of those that are none of this package."""

    def __init__(self, script: str = "") -> None:
        """`script` is the text of the packetdrill script that is shown first, if it is one."""
        self._script = script
        self._texts: dict[str, str] = {}
        """By name, as far as they were asked for."""
        self._of: dict[str, object] = {}
        """The documents that they were made of."""

    def of(self, session: Session) -> str:
        """Empty for a story of the package. Raises MessageError: it is too large to be told."""
        scenario = session.history.scenario
        if is_script(session):
            return self._script
        name, document = scenario.name, scenario.document
        if session.origin.command == "lab":
            return ""
        if document and self._of.get(name) is not document:  # Under another stack it has none.
            self._texts[name] = _text(name, document)
            self._of[name] = document
        return self._texts.get(name, "")


def is_script(session: Session) -> bool:
    """Whether it plays a packetdrill script."""
    return session.origin.name.endswith(".pkt")


def _text(name: str, document: object) -> str:
    found = story_of_lab() if name == LAB else shipped_story(name)
    if found is not None and found.document == document:
        return ""
    import tomli_w

    text = tomli_w.dumps(document)  # type: ignore[arg-type]
    if len(text.encode()) > LARGEST:
        raise MessageError("room.too_large")
    return text
