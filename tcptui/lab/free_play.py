"""An empty lab: two ends and a wire as a reader chooses them, in which nothing happens by itself.

What can be chosen is a table of settings, each with the values that a reader goes through; on the command
line any value is taken that the file of a scenario takes. An empty lab is made as the document of such a
file and read as one, so that it has the same meaning and the same errors, and can be saved as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tcptui.core.profile.presets import PRESETS
from tcptui.lab.loader.scenario import load_document
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml_table import BadScenario
from tcptui.lab.wire import SIDES, Side
from tcptui.named_tuple import NamedTuple
from tcptui.whole_number import whole_number

NAME = "lab"
"""Of every such scenario, also of the one in which nothing was chosen (`tcptui.library`)."""
LINK = "link"
"""The value of a setting that leaves a number to the stack."""
_MOST_NUMBER = 999_999_999
_PROGRAMS = {
    "none": [],
    "connect": ["s = socket()", "connect(s)"],
    "client": ["s = socket()", "connect(s)", "send(s, 'hello')", "recv(s, 1024)", "close(s)"],
    "listen": ["s = socket()", "bind(s, 80)", "listen(s, 4)"],
    "echo": [
        "s = socket()", "bind(s, 80)", "listen(s, 4)",
        {"loop": ["c = accept(s)", {"loop": ["d = recv(c, 1024)", "send(c, d)"], "while": "d"}, "close(c)"]},
    ],
    "sender": ["s = socket()", "bind(s, 80)", "listen(s, 4)", "c = accept(s)", "send(c, 20000)", "close(c)"],
    "reads nothing": ["s = socket()", "bind(s, 80)", "listen(s, 4)", "c = accept(s)"],
}  # fmt: skip
"""Programs of socket calls by what they are called."""


class Setting(NamedTuple):
    """Something that can be chosen."""

    name: str
    values: tuple[str, ...]
    """Those that a list goes through, the usual one first."""

    @property
    def end(self) -> str:
        """``A`` or ``B``; empty: it is of the wire."""
        return self.name[0] if self.name[1:2] == "." else ""

    @property
    def what(self) -> str:
        """Its name without that of the end."""
        return self.name.partition(".")[2] or self.name


SETTINGS = (
    *(Setting(f"{side}.stack", tuple(PRESETS)) for side in "AB"),
    Setting("delay", ("50ms", "1ms", "10ms", "200ms", "1s", "10s")),
    *(Setting(f"{side}.mss", (LINK, "1460", "1220", "536", "100", "8960")) for side in "AB"),
    *(Setting(f"{side}.receive_buffer", (LINK, "1000", "4380", "16384", "65535")) for side in "AB"),
    Setting("A.program", ("none", "connect", "client", "listen", "echo", "sender", "reads nothing")),
    Setting("B.program", ("none", "listen", "echo", "sender", "reads nothing", "connect", "client")),
)
USUAL = {setting.name: setting.values[0] for setting in SETTINGS}


class BadSetting(BadScenario):
    """An empty lab has no such setting, or it can't have that value."""


def chosen_of(words: Iterable[str]) -> dict[str, str]:
    """What words as ``A.stack=linux`` choose, the rest as usual. Raises BadSetting."""
    chosen = dict(USUAL)
    for word in words:
        name, equals, value = word.partition("=")
        if name not in USUAL or not equals:
            raise BadSetting("error.lab.setting", text=word[:60], allowed=tuple(USUAL))
        chosen[name] = value
    return chosen


def words_of(chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The words for what is not as usual."""
    return tuple(f"{name}={value}" for name, value in chosen.items() if value != USUAL[name])


def empty_lab(chosen: Mapping[str, str], title: str, question: str) -> Scenario:
    """The scenario. Raises BadSetting, or BadScenario as a file with such a value does."""
    document = {"title": title, "question": question, "wire": {"delay": chosen["delay"]}}
    return load_document(document | {side: _end(chosen, side) for side in SIDES}, NAME, NAME)


def _end(chosen: Mapping[str, str], side: Side) -> dict[str, object]:
    """The table of an end."""
    profile, program = chosen[f"{side}.stack"], _PROGRAMS.get(chosen[f"{side}.program"])
    if profile not in PRESETS:
        raise BadSetting("error.lab.value", where=f"{side}.stack", allowed=tuple(PRESETS))
    if program is None:
        raise BadSetting("error.lab.value", where=f"{side}.program", allowed=tuple(_PROGRAMS))
    given = {name: chosen[f"{side}.{name}"] for name in ("mss", "receive_buffer")}
    knobs = {name: _number(side, name, text) for name, text in given.items() if text != LINK}
    table = {"profile": profile, "set": knobs, "program": program}
    return {key: value for key, value in table.items() if value}


def _number(side: Side, name: str, text: str) -> int:
    number = whole_number(text, _MOST_NUMBER)
    if number is None:
        raise BadSetting("error.lab.number", where=f"{side}.{name}", text=text[:40], other=LINK)
    return number
