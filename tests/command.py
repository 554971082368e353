"""The command as a user starts it: a process of its own, with or without a terminal. Nothing here judges."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

COMMAND = (sys.executable, "-m", "tcptui")
ENVIRONMENT = {**os.environ, "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
Result = subprocess.CompletedProcess[str]


def tcptui(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> Result:
    """Runs the command without a terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**ENVIRONMENT, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def python(code: str, *arguments: str, timeout: float = 60, check: bool = True) -> Result:
    """Runs Python code in a process of its own, which must succeed if that is to be checked."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=check,
    )


def on_a_terminal(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Runs the command on a terminal of its own: its exit status, and what is to be seen there."""
    pty = pytest.importorskip("pty")
    controller, terminal = pty.openpty()
    try:
        result = subprocess.run(
            [*COMMAND, *arguments],
            stdin=terminal, stdout=terminal, stderr=terminal, env={**ENVIRONMENT, **(env or {})},
            timeout=60, check=False,
        )  # fmt: skip
        return result.returncode, os.read(controller, 10_000).decode()
    finally:
        os.close(controller)
        os.close(terminal)


def into(output: IO[str] | int) -> Result:
    """Runs ``tcptui list`` with `output` as its standard output."""
    return subprocess.run(
        [*COMMAND, "list"],
        stdout=output,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )
