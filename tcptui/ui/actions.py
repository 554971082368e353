"""Every action once: its keys, its name, what it does. Bindings, palette, help and README come from here."""

from typing import NamedTuple

from textual.binding import Binding, BindingType


class Action(NamedTuple):
    """Something that a key does on the screen of a run."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that is shown."""
    label: str
    """In one word or two, for the line of keys."""
    help: str
    brief: bool = False
    """Stands in the line of keys even where that is narrow."""


ACTIONS: tuple[Action, ...] = (
    Action("step", ("space",), "step", "the next thing happens", True),
    Action("forward", ("right",), "forward", "the next move of this branch, or the next thing"),
    Action("back", ("b", "left"), "back", "one move back", True),
    Action("home", ("home",), "start", "back to the beginning"),
    Action("end", ("end",), "end", "the end of this branch, or of the whole run"),
    Action("play", ("p",), "play", "play, or pause", True),
    Action("faster", ("plus", "equals_sign"), "faster", "play faster"),
    Action("slower", ("minus",), "slower", "play slower"),
    Action("up", ("up",), "older", "select the segment before"),
    Action("down", ("down",), "newer", "select the segment after"),
    Action("lose", ("l",), "lose", "the selected segment is lost", True),
    Action("delay", ("d",), "delay", "the selected segment arrives 200 ms later", True),
    Action("duplicate", ("u",), "dup", "the selected segment is duplicated", True),
    Action("reorder", ("r",), "reorder", "the next segment overtakes the selected one"),
    Action("call_a", ("a",), "A call", "what A's program can call now, or what befalls A", True),
    Action("call_b", ("z",), "B call", "what B's program can call now, or what befalls B", True),
    Action("moves", ("m",), "moves", "see and type moves, a third party's segments among them"),
    Action("branch", ("v",), "branch", "another branch of this history"),
    Action("numbers", ("n",), "numbers", "raw or relative sequence numbers"),
    Action("inspector", ("i",), "header", "the selected segment's header", True),
    Action("scenarios", ("o",), "open", "choose a scenario"),
    Action("palette", ("colon",), "palette", "all actions by name"),
    Action("help", ("question_mark", "f1"), "help", "all keys", True),
    Action("quit", ("q",), "quit", "leave tcptui"),
)


OF_THE_APP = ("scenarios", "palette", "quit")
"""Those that do not need a run."""


def bindings(*ids: str) -> list[BindingType]:
    """Textual's bindings for some of the actions; without names for all, on the screen of a run.

    There each is done before the next key is looked at (`priority`): what follows is meant for what it opens.
    """
    return [
        Binding(
            ",".join(action.keys),
            action.id if ids or action.id not in OF_THE_APP else f"app.{action.id}",
            action.label, show=False, id=action.id, priority=not ids,
        )
        for action in ACTIONS
        if not ids or action.id in ids
    ]  # fmt: skip


_KEY_NAMES = {
    "plus": "+", "equals_sign": "=", "minus": "-", "colon": ":", "question_mark": "?", "f1": "F1",
}  # fmt: skip


def key_names(action: Action) -> list[str]:
    """An action's keys as a reader sees them."""
    return [_KEY_NAMES.get(key, key) for key in action.keys]
