"""What commands share: options, output and complaints."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from typing import IO, TYPE_CHECKING, NoReturn, TypeAlias

from tcptui.printable import printable

if TYPE_CHECKING:
    from tcptui.core.message import Message, Value
    from tcptui.core.profile.record import Profile
    from tcptui.library import Library

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command adds itself to."""
THEMES = ("auto", "dark", "light", "contrast", "16", "mono")
"""`ui.palette.CHOICES`, for commands that load nothing of the screen."""


class Unusable(Exception):
    """What was asked can't be done: a `core.message.MessageError` that loads the core when it is shown."""

    def __init__(self, key: str | Message, /, **numbers: Value) -> None:
        """The message, or its key and numbers."""
        super().__init__(key, numbers)
        self._key, self._numbers = key, numbers

    @property
    def message(self) -> Message:
        """What a person is told."""
        from tcptui.core.message import Message

        return self._key if isinstance(self._key, Message) else Message.of(self._key, **self._numbers)


class Parser(argparse.ArgumentParser):
    """Tells errors, and writes help and version, as the commands do."""

    def _print_message(self, message: str, file: IO[str] | None = None) -> None:  # type: ignore[override]
        write(message)

    def error(self, message: str) -> NoReturn:
        """Raises Unusable."""
        raise Unusable("error.option.argparse", why=message, command=self.prog)


def add_profile(parser: argparse.ArgumentParser, profile: str, settings: str) -> None:
    """The options --profile and --set, and the help of each."""
    parser.add_argument("--profile", metavar="NAME", help=profile)
    add_settings(parser, settings)


def add_settings(parser: argparse.ArgumentParser, settings: str) -> None:
    """The option --set."""
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings", help=settings
    )


def add_look(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The options --theme and --ascii; `again`: a command has them too, and where nothing is said after it,
    what is said before it holds."""
    default = argparse.SUPPRESS if again else None
    parser.add_argument(
        "--theme", metavar="NAME", default=default, type=_theme,
        help="colours of the screen: auto, dark, light (for such a ground), contrast, 16, or mono",
    )  # fmt: skip
    parser.add_argument(
        "--ascii", action=argparse.BooleanOptionalAction, default=default,
        help="draw nothing but ASCII; if left out, where the terminal or its encoding knows no more",
    )  # fmt: skip


def _theme(name: str) -> str:
    """Raises Unusable, also where a command has no use for a theme."""
    if name not in THEMES:
        raise Unusable("error.option.theme", name=name, known=THEMES)
    return name


def check_target(name: str) -> None:
    """As `files.check_target`. Raises Unusable."""
    from tcptui import files

    try:
        files.check_target(name)
    except files.BadFile as error:
        raise Unusable(error.message) from None


def add_language(parser: argparse.ArgumentParser) -> None:
    """The option --language."""
    parser.add_argument(
        "--language", metavar="TAG", default="",
        help="the scenario's texts in this language, as in zh or pt-BR, as far as it has them",
    )  # fmt: skip


def language_of(options: argparse.Namespace) -> str:
    """The language that is wanted; "": the scenario's own."""
    language: str = options.language
    if language:
        from tcptui.lab.loader.story import is_language

        if not is_language(language):
            raise Unusable("error.option.language", text=language[:20])
    return language


def add_variant(parser: argparse.ArgumentParser) -> None:
    """The option --variant."""
    parser.add_argument(
        "--variant", metavar="NAME", default="", action=_Variant,
        help="the variant of that name, as tcptui list tells them",
    )  # fmt: skip


class _Variant(argparse.Action):
    """Raises Unusable: an empty name, for the story itself would be played. No `type`: argparse has that
    convert the default too."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        if not values:
            raise Unusable("error.option.variant_without_name")
        setattr(namespace, self.dest, values)


def add_library(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The option --library; `again` as in `add_look`."""
    parser.add_argument(
        "--library", metavar="DIR", action="append", default=argparse.SUPPRESS if again else [],
        dest="folders", help="the stories of this folder too; may be repeated",
    )  # fmt: skip


def library_of(options: argparse.Namespace) -> Library:
    """The stories of the package, those that the reader keeps where `local.stories_folder` says, if
    `options.own`, and those of the folders that --library names."""
    from pathlib import Path

    from tcptui.commands.local import stories_folder
    from tcptui.library import Library

    for folder in options.folders:
        try:
            os.listdir(folder)
        except (OSError, ValueError) as error:  # Of a name with a null character the second.
            why = os.strerror(getattr(error, "errno", errno.EINVAL))
            raise Unusable("error.option.library", name=folder[:200], why=why) from None
    own = (stories_folder(),) if getattr(options, "own", True) else ()
    return Library((*own, *map(Path, options.folders)))


def add_defines(parser: argparse.ArgumentParser) -> None:
    """The option -D."""
    parser.add_argument(
        "-D", "--define", metavar="NAME=VALUE", action="append", default=[], dest="defines",
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
    """To standard output, as far as anybody reads it; what a terminal would not simply show is escaped."""
    try:
        if isinstance(content, str):
            sys.stdout.write("\n".join(map(printable, content.split("\n"))))
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout.fileno())
    except OSError as error:
        discard(sys.stdout.fileno())
        raise Unusable("error.output.unwritable", why=str(error.strerror)) from None


def complain(what: Message) -> None:
    """One line on standard error, if that can be written; nothing else could tell it."""
    from tcptui.explain.catalogue import text

    try:
        print(f"tcptui: {printable(' '.join(text(what).split()))}", file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr.fileno())


def discard(descriptor: int) -> None:
    """Sends what is still buffered for this stream nowhere: Python flushes it at its end, and would fail
    again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
