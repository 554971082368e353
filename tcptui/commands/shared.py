"""What commands share: options, output and complaints."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tcptui.core.message import Message, Value
    from tcptui.core.profile.record import Profile

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command adds itself to."""


class Unusable(Exception):
    """What was asked can't be done; like a `core.message.MessageError`, but made without loading the core."""

    def __init__(self, key: str | Message, /, **numbers: Value) -> None:
        super().__init__(key, numbers)
        self._told = key, numbers

    @property
    def message(self) -> Message:
        """What to tell."""
        from tcptui.core.message import Message

        key, numbers = self._told
        return Message.of(key, **numbers) if isinstance(key, str) else key


def add_profile(parser: argparse.ArgumentParser, profile: str, settings: str) -> None:
    """The options --profile and --set, and the help of each."""
    parser.add_argument("--profile", metavar="NAME", help=profile)
    add_settings(parser, settings)


def add_settings(parser: argparse.ArgumentParser, settings: str) -> None:
    """The option --set."""
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings", help=settings
    )


def add_defines(parser: argparse.ArgumentParser) -> None:
    """The option -D."""
    parser.add_argument(
        "-D", metavar="NAME=VALUE", action="append", default=[], dest="defines",
        help="a word of packetdrill scripts, and what replaces it; may be repeated",
    )  # fmt: skip


def defines_of(options: argparse.Namespace) -> dict[str, str]:
    """What each -D says: ``NAME=VALUE``, or ``NAME`` alone."""
    defines = {}
    for text in options.defines:
        name, _, value = text.partition("=")
        if not name.isidentifier() or not name.isascii():
            raise Unusable("error.option.define", text=text[:60])
        defines[name] = value
    return defines


def profile_of(options: argparse.Namespace) -> Profile | None:
    """What --profile names; None if nothing was said. Raises `knob_values.BadKnob`."""
    if options.profile is None:
        return None
    from tcptui.lab.variant import preset

    return preset(options.profile)


def write(content: str | bytes) -> None:
    """To standard output."""
    try:
        if isinstance(content, str):
            sys.stdout.write(content)
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        close_output()
        raise Unusable("error.output.unwritable", why=str(error.strerror)) from None


def write_file(name: str, content: str | bytes) -> None:
    """To the file of that name, in place of what was in it."""
    octets = content.encode() if isinstance(content, str) else content
    try:
        with open(name, "wb") as file:
            file.write(octets)
    except OSError as error:
        raise Unusable("error.file.unwritable", name=name, why=str(error.strerror)) from None
    except ValueError:
        raise Unusable("error.file.no_name", name=name) from None


def close_output() -> None:
    """Nobody reads on; Python must not complain again when it closes standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def complain(what: Message) -> None:
    """One line on standard error."""
    from tcptui.explain.catalogue import text

    print(f"tcptui: {' '.join(text(what).split())}", file=sys.stderr)
