"""Objects whose references are counted no more: in a process of its own, where all of them become so."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import gc, json, sys, weakref
from tcptui.serve.forked.immortal import make_immortal

class Thing:
    def method(self):
        return ("a constant", 1_000_001)

there = {"function": Thing.method, "class": Thing, "instance": Thing(), "constant": Thing().method()[0],
         "number": Thing().method()[1], "text": "-".join("abc"), "list": [], "code": Thing.method.__code__}
count = make_immortal()
before = {name: sys.getrefcount(one) for name, one in there.items()}
held = [*there.values()] * 3
counted = {name: sys.getrefcount(one) - before[name] for name, one in there.items()}
there["list"].append(1)
new = Thing()
freed = []
weakref.finalize(new, freed.append, "by its count")
del new
cycle = Thing()
cycle.itself = cycle
weakref.finalize(cycle, freed.append, "by a collection")
del cycle
gc.collect()
json.dump({"count": count, "counted": counted, "freed": freed, "list": there["list"]}, sys.stdout)
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(
        subprocess.run([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, check=True).stdout
    )
    return result


def test_uses_of_what_is_there_are_not_counted_where_python_can(told: dict[str, Any]) -> None:
    """Python 3.11 has no immortal objects: there all is as it was."""
    can = sys.version_info >= (3, 12)
    assert (told["count"] > 1000) == can
    assert set(told["counted"].values()) == {0 if can else 3}


def test_what_is_there_can_still_be_changed(told: dict[str, Any]) -> None:
    assert told["list"] == [1]


def test_what_is_new_is_freed(told: dict[str, Any]) -> None:
    assert told["freed"] == ["by its count", "by a collection"]
