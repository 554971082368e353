"""The command that plays a run again, up to what is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.lab.wire import SIDES
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.ui.session import Session


LONGEST_MOVES = 4096
"""Characters of the moves in a link."""


class Origin(NamedTuple):
    """What a run was made from."""

    name: str
    """As `tcptui play` takes it: a name of the library, or a path."""
    options: tuple[str, ...] = ()
    """Of the command line, besides those that the scenario tells itself: its variant and its language."""
    stack: str = ""
    """The preset under which both hosts are in the place of their own; empty: under none."""
    command: str = "play"
    """Or "lab", which needs no name."""


def replay_link(session: Session) -> str:
    """The path at which a server for browsers shows the run again; empty: it has none, for it is no story as
    the library has it."""
    from urllib.parse import quote, urlencode

    scenario, (name, options, stack, command) = session.history.scenario, session.origin
    if command != "play" or options or stack or not name:
        return ""
    asked = {"variant": scenario.variant, "language": scenario.language, "moves": session.history.text()}
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"/play/{quote(name, safe='')}" + (f"?{query}" if query else "")


def replay_command(session: Session, folders: Sequence[str] = ()) -> str:
    """The command line, quoted for a POSIX shell. `folders`: those of the library, as they were given."""
    import shlex

    scenario, (name, options, stack, command) = session.history.scenario, session.origin
    words = ["tcptui", command, name] if command == "play" else ["tcptui", command]
    if scenario.variant:
        words += ["--variant", scenario.variant]
    if scenario.language:
        words += ["--language", scenario.language]
    for folder in folders:
        words += ["--library", folder]
    if command == "lab":
        from tcptui.lab.free_play import chosen_of, words_of

        stacks = [f"{side}.stack={stack}" for side in SIDES] if stack else []
        words += words_of(chosen_of((*options, *stacks)))
    else:
        words += [*options, "--profile", stack] if stack else options
    if moves := session.history.text():
        words += ["--moves", moves]
    return shlex.join(words)
