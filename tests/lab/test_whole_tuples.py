"""What `tuple_of` makes has all fields of its class, wherever it is used: it compares them with nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import tcptui
from tcptui import library
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.run import play
from tcptui.named_tuple import tuple_of
from tests.formats.packetdrill.test_peer import SCRIPT

PACKAGE = Path(tcptui.__file__).parent
USE = re.compile(r"\btuple_of\(([A-Z]\w*), ")


def test_no_field_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name != "named_tuple.py":
            wanted |= {*USE.findall(path.read_text("utf-8"))}
    made: set[str] = set()

    def noticed(kind: Any, fields: Iterable[Any]) -> Any:
        one = tuple_of(kind, fields)
        assert len(one) == len(kind._fields), kind
        made.add(kind.__name__)
        return one

    for module in [*sys.modules.values()]:
        if module.__name__.startswith("tcptui.") and vars(module).get("tuple_of") is tuple_of:
            monkeypatch.setattr(module, "tuple_of", noticed)
    for name in ("life", "late-syn", "reordered"):
        play(library.load_named(name))
    play(script_scenario(SCRIPT, "x.pkt", "x"))
    assert len(wanted) > 5
    assert made == wanted
