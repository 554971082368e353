"""The house stays small enough to hold in the head: files, functions, and an introduction to each module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tcptui

PACKAGE = Path(tcptui.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 60


def _long_functions(text: str) -> Iterator[str]:
    """The names of functions, methods among them, that are longer than allowed."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION:
                yield node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_is_introduced_and_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "it has no docstring"
    assert len(text.splitlines()) <= MOST_LINES
    assert list(_long_functions(text)) == []


@pytest.mark.parametrize(("lines", "long"), [(59, []), (60, ["f"])])
def test_a_long_function_is_noticed(lines: int, long: list[str]) -> None:
    """The line with its name counts."""
    text = "class C:\n  async def f(self):\n" + "    pass\n" * lines
    assert list(_long_functions(text)) == long


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_named_tuples_and_enumerations_are_the_quick_ones(path: Path) -> None:
    """And the modules of named tuples leave annotations as they are: a class finds its fields there."""
    imported = {
        (node.module, one.name)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    if path.name != "named_tuple.py":
        assert ("typing", "NamedTuple") not in imported
    if path.name != "enumeration.py":
        assert "enum" not in {module for module, _ in imported}
    if ("tcptui.named_tuple", "NamedTuple") in imported:
        assert ("__future__", "annotations") in imported
