"""Every action once: its keys, its name, what it does. Bindings, palette, help and README come from here."""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """Something that a key does on the screen of a run."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that is shown."""
    key: str
    """The first as a reader sees it."""
    label: str
    """In one word or two, for the line of keys."""
    help: str
    brief: bool = False
    """Stands in the line of keys even where that is narrow."""


ACTIONS: tuple[Action, ...] = (
    Action("step", ("space", "right"), "space", "step", "the next thing happens", True),
    Action("back", ("b", "left"), "b", "back", "one move back", True),
    Action("home", ("home",), "home", "start", "back to the beginning"),
    Action("end", ("end",), "end", "end", "on to where nothing more happens"),
    Action("play", ("p",), "p", "play", "play, or pause", True),
    Action("faster", ("plus", "equals_sign"), "+", "faster", "play faster"),
    Action("slower", ("minus",), "-", "slower", "play slower"),
    Action("up", ("up",), "up", "older", "select the segment before"),
    Action("down", ("down",), "down", "newer", "select the segment after"),
    Action("lose", ("l",), "l", "lose", "the selected segment is lost", True),
    Action("delay", ("d",), "d", "delay", "the selected segment arrives 200 ms later", True),
    Action("duplicate", ("u",), "u", "dup", "the selected segment is duplicated", True),
    Action("reorder", ("r",), "r", "reorder", "the next segment overtakes the selected one"),
    Action("call_a", ("a",), "a", "A call", "A's program: connect, listen, send, close, abort", True),
    Action("call_b", ("z",), "z", "B call", "B's program: connect, listen, send, close, abort", True),
    Action("moves", ("m",), "m", "moves", "see and type moves, a third party's segments among them"),
    Action("branch", ("v",), "v", "branch", "another branch of this history"),
    Action("numbers", ("n",), "n", "numbers", "raw or relative sequence numbers"),
    Action("inspector", ("i",), "i", "header", "the selected segment's header", True),
    Action("scenarios", ("o",), "o", "open", "choose a scenario"),
    Action("palette", ("colon",), ":", "palette", "all actions by name"),
    Action("help", ("question_mark", "f1"), "?", "help", "all keys", True),
    Action("quit", ("q",), "q", "quit", "leave tcptui"),
)
