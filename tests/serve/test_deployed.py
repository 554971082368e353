"""README's unit for systemd and its lines for a container."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tcptui.cli import _parser
from tests.skips import unavailable
from tests.test_readme import README

SECTION = README.split("## Serving\n")[1].split("\n## ")[0]


def block(language: str) -> str:
    """The first fenced block of that language."""
    return SECTION.split(f"```{language}\n")[1].split("```")[0]


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        unavailable("no systemd-analyze")
    program = tmp_path / "tcptui"
    program.write_text(f"#!{sys.executable}\n")
    program.chmod(0o755)
    unit = tmp_path / "tcptui.service"
    unit.write_text(block("ini").replace("/opt/tcptui/bin/tcptui", str(program)))
    result = subprocess.run(
        [analyze, "verify", "--man=no", unit], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    result = subprocess.run(
        [analyze, "security", "--no-pager", "--offline=yes", "--threshold=20", unit],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout  # An exposure of at most 2.0 of 10.


def test_the_commands_are_commands() -> None:
    unit = re.search(r"ExecStart=\S+ (.+)", block("ini"))
    container = re.search(r"CMD (.+)", block("dockerfile"))
    assert unit
    assert container
    for arguments in (shlex.split(unit[1]), json.loads(container[1])[1:], ["serve", "ssh"]):
        options = _parser(arguments).parse_args(arguments)
        assert options.run.__module__ == "tcptui.commands.serve_ssh"
    for option in set(re.findall(r"`(--[a-z-]+)", SECTION)):
        assert (
            option in (Path(__file__).parents[2] / "man" / "tcptui.1").read_text().replace("\\-", "-")
            or option == "--host"
        ), option
