"""Where a Redis server is, from a URL: what is told of it never has the password."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from tcptui.core.message import MessageError
from tcptui.whole_number import whole_number

PORT = 6379
"""Where Redis listens, if the URL says nothing (IANA)."""
VARIABLE = "TCPTUI_REDIS_PASSWORD"
"""Of the environment: a password that others on the host don't see, as they see a command line."""
_MOST_DATABASE = (1 << 16) - 1


class BadAddress(MessageError):
    """A URL that names no Redis server. The message does not repeat it, for a password may be in it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server, and how one gets in."""

    host: str = ""
    """A name or an IP address; empty: the server is at `path`."""
    port: int = PORT
    path: str = ""
    """Of a Unix socket; empty: none."""
    database: int = 0
    is_encrypted: bool = False
    """TLS, with a certificate of an authority that the host trusts."""
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """As a URL, without user and password."""
        if self.path:
            return f"unix://{self.path}" + (f"?db={self.database}" if self.database else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        database = f"/{self.database}" if self.database else ""
        return f"{'rediss' if self.is_encrypted else 'redis'}://{host}:{self.port}{database}"


def address_of(url: str, password: str = "") -> Address:
    """The server of ``redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]``, the same with ``rediss`` for TLS, or
    ``unix://[[USER]:PASSWORD@]PATH[?db=DB]``; `password`: of the environment, where the URL has none.

    Raises BadAddress.
    """
    try:
        parts = urlsplit(url)
        port = PORT if parts.port is None else parts.port
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadAddress("error.redis.url") from None
    is_path = parts.scheme == "unix"
    path = unquote(parts.path) if is_path else ""
    database = query.pop("db", [""])[-1] if is_path else parts.path.removeprefix("/")
    if is_path:
        is_server = path.startswith("/") and not parts.hostname
    else:
        is_server = parts.scheme in ("redis", "rediss") and bool(parts.hostname)
    if not is_server or query or parts.fragment or port == 0 or "\0" in url:
        raise BadAddress("error.redis.url")
    return Address(
        "" if is_path else unquote(parts.hostname or ""),
        port,
        path,
        _database(database),
        parts.scheme == "rediss",
        unquote(parts.username or ""),
        unquote(parts.password or "") or password,
    )


def _database(text: str) -> int:
    """The number of a database; empty: the first."""
    if text == "":
        return 0
    number = whole_number(text, _MOST_DATABASE)
    if number is None:
        raise BadAddress("error.redis.url")
    return number
