"""The core runs where neither Textual nor Rich is installed, and asks nobody for the time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tcptui

PACKAGE = Path(tcptui.__file__).parent
FORBIDDEN = {"time", "random", "asyncio", "threading", "socket", "datetime", "os"}
MODULES = sorted(
    path for layer in ("core", "sockets", "lab", "trace") for path in (PACKAGE / layer).rglob("*.py")
)

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["textual"] = sys.modules["rich"] = None
import tcptui.core
names = [module.name for module in pkgutil.walk_packages(tcptui.core.__path__, "tcptui.core.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def _imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            names.add(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
            names.add("__import__")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_clock_no_chance_no_io(path: Path) -> None:
    assert not _imported(path) & {*FORBIDDEN, "textual", "rich", "__import__"}


def test_the_core_imports_without_textual_and_rich() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(list((PACKAGE / "core").rglob("*.py"))) - 1
