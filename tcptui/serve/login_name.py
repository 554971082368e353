"""What somebody who comes over SSH asks for with the name that he comes by.

| name | what |
|---|---|
| ``NAME`` | the list of stories |
| ``watch/ROOM``, ``NAME/watch/ROOM`` | what is presented in that room |
| ``present/KEY``, ``NAME/present/KEY`` | presenting in the room that the key belongs to |

A client sends no path and no query, and of its environment nothing is taken; its user name is what is left,
and what a reader can put into a link (``ssh://watch%2Fclass@host``) or his own configuration. Where logins
have names, that is ``NAME``. A key is a secret, so what is told to the log ends before it.
"""

from __future__ import annotations

from tcptui.named_tuple import NamedTuple
from tcptui.serve.reader import Start


class Come(NamedTuple):
    """Somebody who has come."""

    login: str
    """Whose password it has to be."""
    told: str
    """What the log is told."""
    start: Start


def come_as(name: str) -> Come:
    """What such a user name means."""
    head, _, last = name.rpartition("/")
    login, _, what = head.rpartition("/")
    if what == "watch" and last:
        return Come(login, name, Start(room=last))
    if what == "present" and last:
        return Come(login, head, Start(key=last))
    return Come(name, name, Start())
