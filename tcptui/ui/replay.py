"""The command that plays a run again, up to what is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.ui.session import Session


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


def replay_command(session: Session) -> str:
    """The command line, quoted for a POSIX shell."""
    import shlex

    scenario, (name, options, stack, command) = session.history.scenario, session.origin
    words = ["tcptui", command, name] if command == "play" else ["tcptui", command]
    if scenario.variant:
        words += ["--variant", scenario.variant]
    if scenario.language:
        words += ["--language", scenario.language]
    if stack:
        words += ["--profile", stack]
    words += options
    if moves := session.history.text():
        words += ["--moves", moves]
    return shlex.join(words)
