"""Who may come over SSH: anybody, those with a key of a file, those with a password of a file.

Why it is so. Behind the door is a program that reads and writes no file and reaches no address, so on the own
host, where whoever comes can start it himself, everybody may. A server that others reach takes work from
them, so there somebody has to say who is meant: without a word beyond the own host it does not start.

Keys are in OpenSSH's format, options in front of them included as far as they say who may come from where;
one that says more than can be held (an end of its validity) is refused rather than passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tcptui.core.message import Message, brief
from tcptui.files import BadFile, read_text
from tcptui.named_tuple import NamedTuple
from tcptui.serve.passwords import Passwords, read_passwords

if TYPE_CHECKING:
    from asyncssh import SSHAuthorizedKeys

_HELD = frozenset(
    (
        "from", "cert-authority", "principals", "command", "environment", "permitopen", "permitlisten",
        "restrict", "pty", "agent-forwarding", "port-forwarding", "x11-forwarding", "user-rc", "tunnel",
        "no-pty", "no-agent-forwarding", "no-port-forwarding", "no-x11-forwarding", "no-user-rc",
        "no-touch-required",
    )
)  # fmt: skip
"""Options of a key that are held, or forbid or set what nobody has here."""
_VALUE = r'"(?:[^"\\]|\\.)*"'
_OPTION = re.compile(rf"(?:^|,)([^\s,=\"]+)(?:={_VALUE})?")
_LINE = re.compile(
    rf"(?:(?P<options>[^\s,=\"]+(?:={_VALUE})?(?:,[^\s,=\"]+(?:={_VALUE})?)*)\s+)?"
    r"(?P<key>(?:ssh|ecdsa|sk)-\S+\s+AAAA[A-Za-z0-9+/=]+(?:\s.*)?)"
)
"""A line of sshd(8)'s AUTHORIZED_KEYS FILE FORMAT."""


class Access(NamedTuple):
    """Who may come; neither keys nor passwords: anybody."""

    keys: SSHAuthorizedKeys | None = None
    passwords: Passwords | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked for anything."""
        return self.keys is None and self.passwords is None


def read_access(key_file: str | None, password_file: str | None) -> Access:
    """What these files say. Raises BadFile."""
    return Access(
        _read_keys(key_file) if key_file is not None else None,
        read_passwords(password_file) if password_file is not None else None,
    )


def _read_keys(file: str) -> SSHAuthorizedKeys:
    from asyncssh import import_authorized_keys

    lines = []
    for number, line in enumerate(read_text(file).splitlines(), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            if what := _trouble(line):
                raise BadFile("error.at_line", file=file, line=number, what=what)
            lines.append(line)
    if not lines:
        raise BadFile("error.keys.none", name=file)
    return import_authorized_keys("\n".join(lines))


def _trouble(line: str) -> Message | None:
    """What is wrong with one line of a file of keys."""
    from asyncssh import KeyImportError, import_public_key

    match = _LINE.fullmatch(line)
    try:
        if match is None:
            raise KeyImportError("no key")
        import_public_key(match["key"])
    except (KeyImportError, ValueError):
        return Message.of("error.keys.line")
    unknown = [name for name in _OPTION.findall(match["options"] or "") if name not in _HELD]
    return Message.of("error.keys.option", option=brief(unknown[0])) if unknown else None
