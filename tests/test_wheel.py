"""The wheel, as somebody else installs it: all files are in it, and its core is a typed library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tcptui import lecture, library

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "tests" / "outside" / "echo.py"
MYPY = (sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", os.devnull)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MYPY"))}


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; that it succeeds is asserted with all it has said."""
    result = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools writes beside what it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "tcptui", source / "tcptui", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The Python of an environment that has the wheel and nothing else."""
    environment = wheel.parent / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=wheel.parent)
    python = environment / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python,
        "install", "--no-deps", "--no-index", "--no-compile", wheel, cwd=wheel.parent,
    )  # fmt: skip
    return python


def test_a_wheel_has_every_module_scenario_and_table(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tcptui").rglob("*.py")}
    there |= {f"tcptui/scenarios/{name}.toml" for name in library.names()}
    there |= {f"tcptui/lectures/{name}.toml" for name in lecture.names()}
    there |= {"tcptui/commands/template.toml", "tcptui/lab/empty_lab.toml"}
    assert packed == there | {
        "tcptui/requirements.toml",
        "tcptui/py.typed",
        "tcptui/formats/record.schema.json",
    }


def test_a_program_on_the_core_is_checked_strictly_and_runs(python: Path) -> None:
    """It has nothing but the wheel: neither this repository nor Textual."""
    folder = python.parents[2]
    shutil.copy(PROGRAM, folder)
    assert "Success" in run(*MYPY, "--python-executable", python, PROGRAM.name, cwd=folder)
    told = run(python, PROGRAM.name, cwd=folder)
    assert told.startswith("5120 octets, as they were; ")


def test_a_program_that_is_wrong_is_not_taken_by_the_check(python: Path) -> None:
    """So the types are those of the installed package, and not `Any`."""
    folder = python.parents[2]
    (folder / "wrong.py").write_text(
        "from tcptui.core import Stack, calls\nStack().call(calls.Close('1'), 0)\n"
    )
    result = subprocess.run(
        [*MYPY, "--python-executable", python, "wrong.py"],
        cwd=folder, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert 'has incompatible type "str"; expected "int"' in result.stdout
