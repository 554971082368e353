"""The core as a library: its public names are all explained, and the example of its docstring works."""

from __future__ import annotations

import ast
import doctest
import inspect
from pathlib import Path

import pytest

from tcptui import core
from tcptui.core import Stack, events
from tcptui.core.tcp import calls


def test_the_example_works() -> None:
    result = doctest.testmod(core)
    assert (result.failed, result.attempted > 8) == (0, True)


def _explained(module: object) -> dict[str, str | None]:
    """The docstrings of a module's own public classes and functions, as they are written there."""
    file = inspect.getsourcefile(module)  # type: ignore[arg-type]
    assert file is not None
    return {
        node.name: ast.get_docstring(node)
        for node in ast.parse(Path(file).read_text("utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    }


@pytest.mark.parametrize("name", core.__all__)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    thing = getattr(core, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert _explained(inspect.getmodule(thing))[name]


@pytest.mark.parametrize(("module", "more_than"), [(calls, 7), (events, 8)], ids=["calls", "events"])
def test_every_call_and_event_is_explained(module: object, more_than: int) -> None:
    explained = _explained(module)
    assert len(explained) > more_than
    assert [name for name, text in explained.items() if not text] == []


def test_every_public_method_of_a_stack_is_explained() -> None:
    methods = {name: method for name, method in vars(Stack).items() if inspect.isfunction(method)}
    public = {name for name in methods if not name.startswith("_")}
    assert {"call", "arrives", "error", "expire", "next_deadline"} <= public
    assert [name for name in public if not methods[name].__doc__] == []
