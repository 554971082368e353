"""`tcptui serve password`: makes a line of a file for --password-file."""

from __future__ import annotations

import argparse
import getpass
import sys

from tcptui.commands.shared import Commands, Unusable, write


def add(ways: Commands) -> None:
    """Adds the sub-command."""
    parser = ways.add_parser(
        "password", help="make a line of a file for --password-file", allow_abbrev=False,
        description="Asks for a password and prints the line that lets whoever has it come under this name: a"
        " hash (scrypt), from which the password can't be read. Without a terminal the password is the first"
        " line of standard input.",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", help="the name; *: a password for every name without a line")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tcptui.serve.passwords import LONGEST_PASSWORD, hashed, is_name

    if not is_name(options.name):
        raise Unusable("error.passwords.name", name=options.name[:40])
    if sys.stdin.isatty():
        password = getpass.getpass()
        if getpass.getpass("Again: ") != password:
            raise Unusable("error.passwords.differ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not 0 < len(password.encode(errors="surrogatepass")) <= LONGEST_PASSWORD:
        raise Unusable("error.passwords.long", most=LONGEST_PASSWORD)
    write(f"{options.name}:{hashed(password)}\n")
    return 0
