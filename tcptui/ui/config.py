"""The configuration: a reader's text in TOML, as what it wants.

What can't be used is ignored and told, a line each: no configuration prevents a start. Where the text is, and
who reads it, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any

from textual.keys import REPLACED_KEYS, Keys, _character_to_key, key_to_character

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.toml import parse_toml
from tcptui.named_tuple import NamedTuple
from tcptui.ui.actions import ACTIONS
from tcptui.ui.palette import CHOICES, Choice
from tcptui.ui.session import DELAY, SPEEDS

RESERVED = frozenset(("escape", "ctrl+c", "ctrl+z"))
"""Keys that lead out of everything, and so are no others."""


class Config(NamedTuple):
    """What a configuration wants; what it does not name is as here."""

    theme: Choice = "auto"
    ascii: bool | None = None
    """None: where the terminal knows no more."""
    speed: float = 1.0
    delay: int = DELAY
    keys: Mapping[str, tuple[str, ...]] = {}
    """By the id of an action, as Textual names keys."""


def read_config(text: str, where: str) -> tuple[Config, list[str]]:
    """The configuration, and what is wrong with it. `where` names the file."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        return Config(), [say("setting.broken", where=where, why=str(error))]
    config, notes = Config(), []
    for name, value in document.items():
        try:
            config = config._replace(**{name: _READERS[name](value)})
        except KeyError:
            notes.append(say("setting.unknown", where=where, name=name))
        except MessageError as error:
            notes.append(say("setting.value", where=where, name=name, what=error.message))
    keys, wrong_keys = _usable(config.keys)
    return config._replace(keys=keys), notes + [
        say("setting.keys", where=where, why=why) for why in wrong_keys
    ]


def _theme(value: object) -> Choice:
    for choice in CHOICES:
        if choice == value:
            return choice
    raise MessageError("setting.one_of", allowed=CHOICES)


def _ascii(value: object) -> bool | None:
    if value == "auto":
        return None
    if isinstance(value, bool):
        return value
    raise MessageError("setting.one_of", allowed=('"auto"', "true", "false"))


def _speed(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in SPEEDS:
        return float(value)
    raise MessageError("setting.one_of", allowed=tuple(f"{speed:g}" for speed in SPEEDS))


def _delay(value: object) -> int:
    if not isinstance(value, str):
        raise MessageError("setting.duration")
    return parse_duration(value)


def _keys(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise MessageError("setting.table")
    keys = {}
    for action, some in value.items():
        names = [some] if isinstance(some, str) else some
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise MessageError("setting.list_of_keys", action=action)
        keys[action] = tuple(_character_to_key(name) if len(name) == 1 else name for name in names)
    return keys


_READERS: dict[str, Callable[[object], Any]] = {
    "theme": _theme,
    "ascii": _ascii,
    "speed": _speed,
    "delay": _delay,
    "keys": _keys,
}


def _usable(wanted: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The keys of actions that there are, none of them twice; and what is wrong with the others."""
    keys, notes = {}, []
    known = {action.id: action.keys for action in ACTIONS}
    for action, names in wanted.items():
        bad = next((name for name in names if name in RESERVED or not _is_key(name)), None)
        if action not in known:
            notes.append(say("setting.no_action", name=action))
        elif bad is not None:
            notes.append(say("setting.reserved" if bad in RESERVED else "setting.no_key", key=bad))
        else:
            keys[action] = names
    for action in reversed(keys):
        for key, other in _shared(action, {**known, **keys}):
            notes.append(say("setting.key_twice", key=key, one=other, other=action))
            keys = {id: names for id, names in keys.items() if id != action}
            break
    return keys, notes


def _shared(action: str, keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """The keys of an action that another has too, and which other."""
    for other, names in keys.items():
        if other != action:
            yield from ((name, other) for name in names if name in keys[action])


def _is_key(name: str) -> bool:
    *modifiers, base = name.split("+")
    if not set(modifiers) <= {"ctrl", "shift", "alt"}:
        return False
    if name in _NAMES or base in _NAMES:
        return True
    character = key_to_character(REPLACED_KEYS.get(base, base))
    return character is not None and character.isprintable()


_NAMES = frozenset(
    (*(key.value for key in Keys), "space", *(key for action in ACTIONS for key in action.keys))
)


def default_config(path: str) -> str:
    """A file that wants nothing: every line of it is a comment, and what follows ``# `` is the default."""
    lines = [
        f"# {path}",
        "#",
        f"# {say('setting.head')}",
        f"# {say('setting.how')}",
        "",
        f"# {say('setting.about.theme', allowed=CHOICES)}",
        '#theme = "auto"',
        "",
        f"# {say('setting.about.ascii')}",
        '#ascii = "auto"',
        "",
        f"# {say('setting.about.speed', allowed=tuple(f'{speed:g}' for speed in SPEEDS))}",
        f"#speed = {Config().speed}",
        "",
        f"# {say('setting.about.delay')}",
        f'#delay = "{exact_duration(DELAY)}"',
        "",
        f"# {say('setting.about.keys')}",
        "#[keys]",
    ]
    width = max(len(_assignment(action.id, action.keys)) for action in ACTIONS)
    lines += [f"#{_assignment(action.id, action.keys):<{width}}  # {action.help}" for action in ACTIONS]
    return "".join(f"{line}\n" for line in lines)


def _assignment(action: str, keys: tuple[str, ...]) -> str:
    return f"{action} = [{', '.join(dumps(_written(key)) for key in keys)}]"


def _written(key: str) -> str:
    """As a person would write the key: its character, if that can be seen."""
    character = key_to_character(REPLACED_KEYS.get(key, key))
    return character if character is not None and not character.isspace() else key
