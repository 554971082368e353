"""The keys of messages that the program's modules name, read from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any, NamedTuple, get_args

import tcptui
from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.rules import Rule
from tcptui.explain.catalogue import use_language
from tcptui.lab.free_play import SETTINGS
from tcptui.lab.program import CALLS
from tcptui.lab.scenario import Verdict
from tcptui.rooms.values import Reason
from tcptui.sockets.answers import Errno
from tcptui.trace.ledger import Provable
from tcptui.ui.actions import ACTIONS
from tcptui.ui.palette import CHOICES
from tcptui.ui.panes.wire import first_keys
from tcptui.ui.screens.help import sections

PACKAGE = Path(tcptui.__file__).parent
KINDS = (
    "act", "allowed", "arrival", "assert", "beside", "check", "claim", "count", "coverage", "difference",
    "effect", "errno", "error", "fact", "fate", "field", "figure", "frame", "glossary", "handout", "happened",
    "label", "ladder", "ledger", "library", "move", "needs", "new", "remembered", "response", "rule", "run",
    "script", "setting", "signal", "text", "timer", "ui", "validate", "verdict", "waiting", "why",
    "writer",
    "docs", "lecture", "page", "predict", "room", "serve", "web",
)  # fmt: skip
"""The first words of all keys."""
KEY = re.compile(rf"({'|'.join(KINDS)})(\.[A-Za-z0-9_-]+)+")
MARKS = (
    *(("variable", change) for change in ("known", "changed", "unset")),
    *(("segment", change) for change in ("sent", "lost", "copied")),
    *(("timer", change) for change in ("set", "stopped", "fired")),
    *(("call", change) for change in ("ok", "returned", "answered", "failed", "blocks")),
    ("state", "changed"), ("queue", "changed"), ("data", "read"), ("signal", "told"),
)  # fmt: skip
"""Kinds of effects, and how each can change."""


def _asked() -> set[str]:
    """The keys that the help and the first screen ask for, which are made of the words that they explain."""

    class Noted(dict[str, str]):
        def get(self, key: str, default: object = None) -> Any:
            asked.add(key)
            return default

    asked: set[str] = set()

    def ask() -> None:
        use_language(Noted())
        [*sections(), *sections(can_mark=False)]
        first_keys(True)
        first_keys(False)

    copy_context().run(ask)
    return asked


COMPUTED = {
    *(f"rule.{rule.name.lower()}" for rule in Rule),
    *(f"response.{one.name.lower()}" for one in Response if one is not Response.QUEUED),
    *(f"response.brief.{one.name.lower()}" for one in Response if one is not Response.OK),
    *(f"signal.{one.name.lower()}" for one in Signal),
    *(f"errno.{errno.lower()}" for errno in get_args(Errno) if errno),
    *(f"timer.{kind.name.lower()}" for kind in TimerKind),
    *(f"effect.{kind}.{change}" for kind, change in MARKS),
    *(f"act.{verb}" for verb in ("deliver", "lose", "delay", "reorder")),
    *_asked(),
    *(f"ui.lab.{setting.what}" for setting in SETTINGS),
    *(f"claim.verdict.{verdict}" for verdict in get_args(Verdict)),
    *(f"ledger.{fact.name.lower()}" for fact in Provable),
    *(f"ui.theme.{choice}" for choice in CHOICES),
    *(f"room.{reason}" for reason in get_args(Reason)),
    *(f"room.brief.{reason}" for reason in get_args(Reason)),
    *(f"ui.{words}.{action.id}" for action in ACTIONS for words in ("label", "help")),
    *(f"ui.call.{call}" for call in CALLS),
    *(
        f"count.{noun}.{how}"
        for noun in (
            "checks",
            "claims",
            "connections",
            "differences",
            "facts",
            "keys",
            "moves",
            "passwords",
            "octets",
            "blocks",
            "probes",
            "retransmissions",
            "segments",
            "steps",
            "stories",
            "times",
            "variants",
        )
        for how in ("one", "many")
    ),
}
"""Keys that are made of a name of the core, of the wire, of a call or of an action."""


class Use(NamedTuple):
    """A call that has a key among its arguments."""

    key: str
    numbers: set[str]
    complete: bool
    """False where a mapping is passed on, whose names are not seen here."""
    where: str


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if not path.is_relative_to(PACKAGE / "explain" / "english"):
            yield path, ast.parse(path.read_text("utf-8"))


def named() -> dict[str, str]:
    """Every text in the program's source that is a key, and where one of them stands."""
    return {
        node.value: f"{path.name}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value)
    }


def uses() -> Iterator[Use]:
    """Every call with a key and its numbers."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            for argument in node.args:
                choices = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
                for key in filter(None, map(_key, choices)):
                    numbers = {keyword.arg for keyword in node.keywords if keyword.arg}
                    complete = all(keyword.arg for keyword in node.keywords)
                    yield Use(key, numbers - {"line"}, complete, f"{path.name}:{node.lineno}")


def _key(node: ast.expr) -> str:
    """The key that an expression is; empty if it is none."""
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) and KEY.fullmatch(value) else ""
