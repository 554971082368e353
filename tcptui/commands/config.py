"""`tcptui config`: where the configuration is, and what can stand there."""

from __future__ import annotations

import argparse
import sys

from tcptui.commands.shared import Commands, write
from tcptui.printable import printable


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "config", help="print a configuration to begin with, and where it belongs", allow_abbrev=False,
        description="Prints where the configuration is, and one in which everything is commented out."
        " What is wrong with the one that is there is told on standard error.",
    )  # fmt: skip
    parser.set_defaults(run=_config)


def _config(_options: argparse.Namespace) -> int:
    from tcptui.commands.local import config_path, local_config
    from tcptui.ui.config import default_config

    _, notes = local_config()
    for note in notes:
        print(f"tcptui: {printable(note)}", file=sys.stderr)
    write(default_config(str(config_path())))
    return 2 if notes else 0
