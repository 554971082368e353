"""The sdist and the wheel, as somebody else installs them: all files are in them, and the core is a typed
library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tcptui import __version__, lecture, library

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


BUILD = """import sys, warnings; warnings.simplefilter("error")
from setuptools import build_meta
print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"""
"""Builds with each warning as an error."""


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools writes beside what it builds; tests are in it, to be left out."""
    folder = tmp_path_factory.mktemp("sdist")
    source = folder / "source"
    for name in ("tcptui", "man", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    name = run(sys.executable, "-c", BUILD, "build_sdist", folder, cwd=source).splitlines()[-1]
    return folder / name


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as packed:
        packed.extractall(folder, filter="data")
    source = folder / sdist.name.removesuffix(".tar.gz")
    return folder / run(sys.executable, "-c", BUILD, "build_wheel", folder, cwd=source).splitlines()[-1]


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


def package() -> set[str]:
    """The files of the package."""
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tcptui").rglob("*.py")}
    there |= {f"tcptui/scenarios/{name}.toml" for name in library.names()}
    there |= {f"tcptui/lectures/{name}.toml" for name in lecture.names()}
    there |= {"tcptui/commands/template.toml", "tcptui/lab/empty_lab.toml"}
    there |= {"tcptui/formats/record.schema.json"}
    page = ROOT / "tcptui" / "serve" / "web" / "page"
    there |= {path.relative_to(ROOT).as_posix() for path in page.rglob("*") if path.is_file()}
    there |= {f"tcptui/formats/html_page/steps.{kind}" for kind in ("js", "css")}
    return there | {"tcptui/requirements.toml", "tcptui/py.typed"}


def test_a_wheel_has_every_module_scenario_and_table(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    page = f"tcptui-{__version__}.data/data/share/man/man1/tcptui.1"
    assert packed == package() | {page}


def test_an_sdist_has_the_package_and_what_builds_and_explains_it(sdist: Path) -> None:
    with tarfile.open(sdist) as file:
        packed = {member.name.partition("/")[2] for member in file if member.isfile()}
    own = {name for name in packed if ".egg-info/" not in name} - {"PKG-INFO", "setup.cfg"}
    explained = {"README.md", "CHANGELOG.md", "LICENSE", "man/tcptui.1"}
    assert own == package() | explained | {"pyproject.toml", "MANIFEST.in"}


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
