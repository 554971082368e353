"""Every action once: its keys, its name, what it does. Bindings, palette, help and README come from here.

The words for an action are in the catalogue, under ``ui.label`` and ``ui.help`` with its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from tcptui.explain.catalogue import say
from tcptui.named_tuple import NamedTuple


class Action(NamedTuple):
    """Something that a key does on the screen of a run."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that is shown."""
    brief: bool = False
    """Stands in the line of keys even where that is narrow."""

    @property
    def label(self) -> str:
        """What it is called, in the reader's language: a word or two, for the line of keys."""
        return say(f"ui.label.{self.id}")

    @property
    def help(self) -> str:
        """What it does, in the reader's language."""
        return say(f"ui.help.{self.id}")


ACTIONS: tuple[Action, ...] = (
    Action("step", ("space",), True),
    Action("forward", ("right",)),
    Action("back", ("b", "left"), True),
    Action("home", ("home",)),
    Action("end", ("end",)),
    Action("play", ("p",), True),
    Action("faster", ("plus", "equals_sign")),
    Action("slower", ("minus",)),
    Action("next_change", ("full_stop",)),
    Action("previous_change", ("comma",)),
    Action("find", ("slash",)),
    Action("bookmark", ("asterisk",)),
    Action("next_bookmark", ("apostrophe",)),
    Action("up", ("up",)),
    Action("down", ("down",)),
    Action("go_to", ("enter",)),
    Action("page_down", ("pagedown",)),
    Action("page_up", ("pageup",)),
    Action("scroll_down", ("ctrl+d", "shift+pagedown")),
    Action("scroll_up", ("ctrl+u", "shift+pageup")),
    Action("scroll_start", ("g",)),
    Action("scroll_end", ("G",)),
    Action("lose", ("l",), True),
    Action("delay", ("d",), True),
    Action("duplicate", ("u",), True),
    Action("reorder", ("r",)),
    Action("undo", ("U",)),
    Action("call_a", ("a",), True),
    Action("call_b", ("z",), True),
    Action("connection_a", ("w",)),
    Action("connection_b", ("x",)),
    Action("moves", ("m",)),
    Action("branch", ("v",)),
    Action("numbers", ("n",)),
    Action("inspector", ("i",), True),
    Action("previous_inspector", ("I",)),
    Action("field", ("tab",)),
    Action("previous_field", ("shift+tab",)),
    Action("mark", ("M",)),
    Action("enlarge", ("backslash",)),
    Action("question", ("Q",)),
    Action("read", ("e",)),
    Action("items", ("L",)),
    Action("follow", ("f",)),
    Action("predict", ("P",)),
    *(Action(f"answer_{choice}", (str(choice),)) for choice in range(1, 6)),
    Action("variant", ("V",)),
    Action("switch", ("c",)),
    Action("compare", ("C",)),
    Action("previous_story", ("left_square_bracket",)),
    Action("next_story", ("right_square_bracket",)),
    Action("lab", ("F",)),
    Action("copy", ("y",)),
    Action("save", ("s",)),
    Action("theme", ("t",)),
    Action("scenarios", ("o",)),
    Action("palette", ("colon",)),
    Action("help", ("question_mark", "f1"), True),
    Action("quit", ("q",)),
)


OF_THE_APP = ("theme", "scenarios", "palette", "quit")
"""Those that do not need a run."""


def bindings(*ids: str) -> list[BindingType]:
    """Textual's bindings for some of the actions; without names for all, on the screen of a run.

    There each is done before the next key is looked at (`priority`): what follows is meant for what it opens.
    """
    return [
        Binding(
            ",".join(action.keys),
            action.id if ids or action.id not in OF_THE_APP else f"app.{action.id}",
            show=False, id=action.id, priority=not ids,
        )
        for action in ACTIONS
        if not ids or action.id in ids
    ]  # fmt: skip


_KEY_NAMES = {
    "plus": "+", "equals_sign": "=", "minus": "-", "colon": ":", "question_mark": "?", "f1": "F1",
    "full_stop": ".", "comma": ",", "slash": "/", "asterisk": "*", "apostrophe": "'", "backslash": "\\",
    "left_square_bracket": "[", "right_square_bracket": "]", "pageup": "PgUp", "pagedown": "PgDn",
    "shift+pageup": "shift+PgUp", "shift+pagedown": "shift+PgDn",
}  # fmt: skip


def key_names(action: Action) -> list[str]:
    """An action's keys as a reader sees them."""
    return [_key_name(key) for key in _rebound.get().get(action.id, action.keys)]


def key_of(action: str) -> str:
    """The first key of the action of that id, as a reader sees it."""
    return next(key_names(one)[0] for one in ACTIONS if one.id == action)


def _key_name(key: str) -> str:
    return _KEY_NAMES.get(key) or (key_to_character(key) or key if "_" in key else key)


_rebound: ContextVar[Mapping[str, tuple[str, ...]]] = ContextVar("rebound", default={})  # noqa: B039


def use_keys(rebound: Mapping[str, tuple[str, ...]]) -> None:
    """From here on, in this context, these actions, by id, have these keys, as Textual names them.

    As with languages, readers who share a process have keys of their own.
    """
    _rebound.set(rebound)


def rebound_keys() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The actions that have other keys than usual here, and those."""
    return tuple(_rebound.get().items())
