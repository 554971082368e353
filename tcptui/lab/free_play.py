"""An empty lab: two ends and a wire as a reader chooses them, in which nothing happens by itself.

What can be chosen is a table of settings, each with the values that a reader goes through; on the command
line any value is taken that the file of a scenario takes. An empty lab is made as the text of such a file and
read as one, so that it has the same meaning and the same errors, and can be saved as one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tcptui.core.profile.presets import PRESETS
from tcptui.lab.loader.scenario import load_scenario
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml_table import BadScenario
from tcptui.named_tuple import NamedTuple

NAME = "lab"
"""Of every such scenario, also of the one in which nothing was chosen (`tcptui.library`)."""
LINK = "link"
"""The value of a setting that leaves a number to the stack."""
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
    return load_scenario(_text(chosen, title, question), NAME, NAME)


def _text(chosen: Mapping[str, str], title: str, question: str) -> str:
    lines = [f"title = {json.dumps(title)}", f"question = {json.dumps(question)}", "", "[wire]"]
    lines.append(f"delay = {json.dumps(chosen['delay'])}")
    for side in "AB":
        lines += ["", f"[{side}]", f"profile = {json.dumps(chosen[f'{side}.stack'])}"]
        knobs = {
            name: chosen[f"{side}.{name}"]
            for name in ("mss", "receive_buffer")
            if chosen[f"{side}.{name}"] != LINK
        }
        if knobs:
            pairs = ", ".join(f"{name} = {_number(side, name, text)}" for name, text in knobs.items())
            lines.append(f"set = {{ {pairs} }}")
        program = _PROGRAMS.get(chosen[f"{side}.program"])
        if program is None:
            where = f"{side}.program"
            raise BadSetting("error.lab.value", where=where, allowed=tuple(_PROGRAMS))
        if program:
            lines.append(f"program = {_toml(program)}")
    return "".join(f"{line}\n" for line in lines)


def _number(side: str, name: str, text: str) -> str:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadSetting("error.lab.number", where=f"{side}.{name}", text=text[:40], other=LINK)
    return str(int(text))


def _toml(value: object) -> str:
    """A program as TOML has it on one line: texts, lists, and tables of these."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    return json.dumps(value)
