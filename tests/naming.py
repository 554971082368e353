"""Which tests name which requirement of RFC 9293: a test names one by having its id in its text.

The text of a test is its function or its class, docstring and comments included; of a script, its
leading comment. `python -m tests.naming` writes what it finds into tcptui/requirements.toml.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tcptui" / "requirements.toml"
ABOUT_NAMING = {"naming.py", "test_requirements.py"}
"""These have ids in them without testing what the ids stand for."""

_ID = re.compile(r"\b(?:MUST|SHLD|MAY|REC)-\d+\b")


def named() -> dict[str, list[str]]:
    """The tests that name each id, sorted: paths from the repository's root, `::` before a test within."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("*")):
        if path.name in ABOUT_NAMING or path.suffix not in _READERS:
            continue
        for test, name in _READERS[path.suffix](path.read_text("utf-8")):
            found.setdefault(name, set()).add(f"{path.relative_to(ROOT).as_posix()}{test}")
    return {name: sorted(tests) for name, tests in found.items()}


def in_python(text: str) -> Iterator[tuple[str, str]]:
    """Pairs ``("::test_this", "MUST-1")``; what stands outside every test counts for the module."""
    if _ID.search(text) is None:
        return
    spans = list(_tests(ast.parse(text).body, ""))
    for number, line in enumerate(text.splitlines(), 1):
        test = next((name for first, last, name in spans if first <= number <= last), "")
        for found in _ID.findall(line):
            yield test, found


def _tests(body: list[ast.stmt], within: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and name of each test, those of a class before the class."""
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith(("test_", "Test")):
            continue
        name = f"{within}::{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, name)
        first = min((node.lineno, *(decorator.lineno for decorator in node.decorator_list)))
        yield first, node.end_lineno or first, name


def in_script(text: str) -> Iterator[tuple[str, str]]:
    """Pairs ``("", "MUST-1")`` from the comment that a script begins with."""
    for line in takewhile(lambda line: line.startswith("//"), text.splitlines()):
        for found in _ID.findall(line):
            yield "", found


_READERS = {".py": in_python, ".pkt": in_script}


def write() -> None:
    """Makes every `tests` of the table what `named` finds."""
    tests = named()
    head, *rows = re.split(r"^(?=\[)", TABLE.read_text("utf-8"), flags=re.MULTILINE)
    for place, row in enumerate(rows):
        lines = "".join(f'    "{test}",\n' for test in tests.get(row[1 : row.index("]")], ()))
        value = f"[\n{lines}]" if lines else "[]"
        rows[place] = re.sub(r"^tests = \[[^]]*\]", lambda _: f"tests = {value}", row, flags=re.MULTILINE)  # noqa: B023
    TABLE.write_text("".join((head, *rows)), "utf-8")


if __name__ == "__main__":
    write()
