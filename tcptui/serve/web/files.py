"""What a browser loads: the page with its words, and the files that it names.

The files are read once. Their addresses have a digest of them all, so that a browser may keep them without a
limit and yet has those of the version that it talks to. Nobody else may put a page into a frame; no script
runs but those that are served here. Styles may stand in elements, for xterm.js puts colours and widths of
cells there.
"""

from __future__ import annotations

import gzip
import hashlib
import html
from collections.abc import Mapping
from importlib.resources import files
from string import Template

from tcptui.core.message import Message
from tcptui.explain.catalogue import say, text
from tcptui.named_tuple import NamedTuple

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), clipboard-read=()",
    "Referrer-Policy": "no-referrer",
    "Server": "tcptui",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer."""

_TYPES = {"css": "text/css", "js": "text/javascript", "mjs": "text/javascript"}
_FILES = ("terminal.css", "terminal.js", "xterm/addon-fit.mjs", "xterm/xterm.css", "xterm/xterm.mjs")
_WORDS = (
    "web.ended", "web.lost", "web.away", "web.server", "web.refused", "web.copy", "web.copy_now", "web.aloud",
    "web.script", "web.keys", "web.left", "web.right", "web.up", "web.down", "web.space", "web.enter",
    "web.help", "web.keyboard",
)  # fmt: skip
"""The words of the page, each in the place of ``$`` and the last part of its key."""


class File(NamedTuple):
    """A file as it is sent."""

    kind: str
    plain: bytes
    packed: bytes
    """The same, compressed (gzip)."""


class Files:
    """All that a browser is sent but for what the terminal shows."""

    def __init__(self) -> None:
        folder = files("tcptui.serve.web") / "page"
        self._page = Template((folder / "terminal.html").read_text("utf-8"))
        self._note = Template((folder / "note.html").read_text("utf-8"))
        octets = {name: (folder / name).read_bytes() for name in _FILES}
        digest = hashlib.sha256(b"".join(octets.values())).hexdigest()[:16]
        self._folder = f"files/{digest}"
        self.by_path = {
            f"/{self._folder}/{name}": File(
                _TYPES[name.rpartition(".")[2]], data, gzip.compress(data, mtime=0)
            )
            for name, data in octets.items()
        }
        """The files by the path of their addresses."""

    def page(self, root: str, title: str) -> str:
        """The page with a terminal; `root` is the way from it to the first page, as in ``../``."""
        words = {key.rpartition(".")[2]: say(key) for key in _WORDS}
        return _filled(self._page, files=root + self._folder, title=title, **words)

    def note(self, root: str, note: Message) -> str:
        """A page that says one thing."""
        return _filled(
            self._note, files=root + self._folder, title="tcptui", note=text(note), home=root or "./",
            stories=say("web.stories"),
        )  # fmt: skip


def _filled(page: Template, **words: str) -> str:
    return page.substitute({name: html.escape(word) for name, word in words.items()})
