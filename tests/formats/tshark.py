"""tshark, Wireshark without a screen: the judge of captures and labels. One start reads many captures."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.skips import unavailable

SEPARATOR = "\x1f"


@cache
def version() -> str:
    """As in ``4.0.17``."""
    return _run("--version").split()[2]


def lines(capture: Path) -> list[str]:
    """Its list, one line for each frame, times as they stand in the file."""
    return _run("-r", str(capture), "-t", "e").splitlines()


def fields(capture: Path, names: list[str]) -> list[dict[str, str]]:
    """These fields of each frame, empty where it has none."""
    arguments = [part for name in names for part in ("-e", name)]
    text = _run("-r", str(capture), "-T", "fields", "-E", f"separator={SEPARATOR}", *arguments)
    return [dict(zip(names, line.split(SEPARATOR), strict=True)) for line in text.splitlines()]


def _run(*arguments: str) -> str:
    program = shutil.which("tshark")
    if program is None:
        unavailable("tshark is not installed")
    # No names, every checksum looked at, and text on port 80 is text. Nobody's own settings.
    options = ["-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    options += ["-o", "udp.check_checksum:TRUE", "--disable-protocol", "http"]
    return subprocess.run(
        [program, *(options if "-r" in arguments else []), *arguments],
        env={**os.environ, "WIRESHARK_CONFIG_DIR": "/nonexistent", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    ).stdout
