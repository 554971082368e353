"""What a request asks for: which session, of what size, from which address, from whose page.

All of it is a stranger's input: nothing is longer than is said here, and names are looked up, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tcptui.core.message import MessageError
from tcptui.named_tuple import NamedTuple
from tcptui.serve.first import Start
from tcptui.ui.replay import LONGEST_MOVES

if TYPE_CHECKING:
    from aiohttp.web import BaseRequest

LONGEST_NAME = 100
"""Characters of a name: of a story, a variant, a room."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


class BadRequest(MessageError):
    """A request that can't be answered as it is."""


class Asked(NamedTuple):
    """What an address asks for."""

    start: Start
    language: str
    root: str
    """The way from this address to the first page: "", or ``../``."""


def asked(path: str, query: Mapping[str, str]) -> Asked | None:
    """What stands behind a path, which is decoded, and a query; None: nothing. Raises BadRequest."""
    language = _bounded(query, "language", LONGEST_NAME)
    if path == "/":
        return Asked(Start(), language, "")
    kind, _, name = path.removeprefix("/").partition("/")
    if not name or "/" in name or kind not in ("play", "watch", "present"):
        return None
    if len(name) > LONGEST_NAME:
        raise BadRequest("error.web.long", name=kind, longest=LONGEST_NAME)
    if kind == "watch":
        return Asked(Start(room=name), language, "../")
    start = Start(
        story=name if kind == "play" else _bounded(query, "story", LONGEST_NAME),
        variant=_bounded(query, "variant", LONGEST_NAME), moves=_bounded(query, "moves", LONGEST_MOVES),
        key="" if kind == "play" else name, language=language,
    )  # fmt: skip
    return Asked(start, language, "../")


def size(query: Mapping[str, str]) -> tuple[int, int]:
    """Columns and rows; what the page does not tell is that of a usual terminal."""
    return _number(query.get("columns", ""), 80), _number(query.get("rows", ""), 24)


def resized(message: str) -> tuple[int, int] | None:
    """Columns and rows from the text that a page sends, ``120x36``; None: that is none."""
    found = re.fullmatch(r"([0-9]{1,10})x([0-9]{1,10})", message)
    return (int(found[1]), int(found[2])) if found else None


def language_of(header: str) -> str:
    """The first language of an Accept-Language header (RFC 9110, 12.5.4); "": any."""
    tag = header.partition(",")[0].partition(";")[0].strip()
    return "" if tag == "*" else tag


def locale_of(tag: str) -> str:
    """A language as LANG has it, with the encoding of every browser: ``pt_BR.UTF-8``."""
    return f"{tag[:LONGEST_NAME].replace('-', '_') or 'C'}.UTF-8"


def address_of(request: BaseRequest, behind_proxy: bool) -> str:
    """The address of whoever asks: of the connection, or, behind a proxy, the one that the proxy has added
    last to X-Forwarded-For. What stands before it is the client's own word."""
    address = request.remote or ""
    if behind_proxy:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).rpartition(",")[2].strip()
        try:
            return str(ip_address(forwarded))
        except ValueError:
            return address
    return address


def is_own_page(request: BaseRequest) -> bool:
    """Whether a socket is wanted by a page of this server, or by no page at all (RFC 6455, 10.2)."""
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("Host", "").lower()
    except ValueError:
        return False


def is_local_name(host: str) -> bool:
    """Whether the Host header names this machine as itself. A page whose name was made to lead to the
    loopback address (DNS rebinding) would have its own name there."""
    try:
        return urlsplit(f"//{host}").hostname in _LOCAL
    except ValueError:
        return False


def _bounded(query: Mapping[str, str], name: str, longest: int) -> str:
    value = query.get(name, "")
    if len(value) > longest:
        raise BadRequest("error.web.long", name=name, longest=longest)
    return value


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else default
