"""What a server has loaded before the first reader comes.

The program imports late what the first frame at a terminal does not need. Here somebody else's key would wait
for it, and a process that is to open no file for those who come could not.
"""

from __future__ import annotations

import pkgutil
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import tcptui
from tcptui.core.message import MessageError

if TYPE_CHECKING:
    from tcptui.serve.reader import Served

NOT_OF_A_SESSION = tuple(
    f"tcptui.{name}"
    for name in (
        "__main__", "cli", "commands", "live", "rooms.redis", "rooms.unix_socket", *(
            f"serve.{part}" for part in ("access", "forked", "host_key", "passwords", "ssh", "web")
        ),
    )
)  # fmt: skip
"""What the names of modules begin with that no session needs."""
TEXTUAL = ("widgets", "widgets.input", "widgets.option_list", "scrollbar", "scroll_view")
LATE = (
    "concurrent.futures.thread",
    "base64",
    "difflib",
    "encodings.idna",
    "encodings.ascii",
    "encodings.latin_1",
    "shlex",
    "tomli_w",
    "traceback",
    "zlib",
)
"""What is imported late elsewhere."""


def load_modules() -> None:
    """Imports every module that a session may need."""
    for module in pkgutil.walk_packages(tcptui.__path__, "tcptui."):
        if not module.name.startswith(NOT_OF_A_SESSION):
            import_module(module.name)
    for name in (*LATE, *(f"textual.{name}" for name in TEXTUAL)):
        import_module(name)


def load_stories(served: Served) -> None:
    """Reads every story; what is wrong with one is told to who opens it."""
    for listed in served.stories.listed:
        with suppress(MessageError):
            listed.load()
