"""What is told in a room, as values.

Why it is so. A run is determined by its scenario and its moves, so to be where the presenter is nobody needs
the presenter's screen: the name of the story, the text of the moves and how many of them are made are enough,
some ten octets, and each watcher draws that at a size of his own. A `Shown` is always all of it and never a
difference to the one before, so whoever comes late, was slow, or missed some needs only the newest. Nothing
of a watcher is in it, and nothing of the presenter but the moment: selection, inspectors, numbers and colours
are each reader's own.

A question to the class is no more than its number: which question it is follows from the moment, and each
watcher's own run has it. What is right is decided there too, so the answer is not in what is told.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tcptui.named_tuple import NamedTuple

MOST_CHOICES = 9
"""Choices that a question may have: each has a digit for its key."""

Command: TypeAlias = Literal["play", "lab", "script"]
"""What makes the scenario: a story, the settings of the empty lab, or a packetdrill script."""
Reason: TypeAlias = Literal["left", "ended", "away", "replaced"]
"""The presenter has left, and may come back; the room has ended; what carries it can't be reached, and is
tried again; somebody else presents now, with the same key."""


class Shown(NamedTuple):
    """The presenter's moment: all that a watcher needs to come to the same one."""

    number: int = 0
    """Counts up with each change; 0: nothing has been shown yet."""
    story: str = ""
    """Its name, of the library or of the file it was read from."""
    text: str = ""
    """The file of the story or script, if it is none of this package; else empty."""
    command: Command = "play"
    variant: str = ""
    language: str = ""
    """The tag of the story's texts; empty: its own."""
    options: tuple[str, ...] = ()
    """Words of the command line: ``--profile``, ``--set`` and ``-D``, each before its value; of an empty lab
    its settings."""
    stack: str = ""
    """The preset under which both hosts are in the place of their own; empty: under none."""
    moves: str = ""
    """Those of the branch that is shown, also those after the moment, as `lab.moves_text` reads them."""
    position: int = 0
    """How many of them are made."""
    asks: int = 0
    """The number of the question before the next step, or of the last one where this has none; 0: nothing is
    asked. Each question has another."""
    is_answered: bool = False
    """Whether the answer to that may be seen: nobody answers any more."""
    said: tuple[str, ...] = ()
    """What is said at the moment in a lecture, whose words no story has; empty: what the story says."""


class Answer(NamedTuple):
    """What a watcher says to a question; the last one counts."""

    question: int
    choice: int
    """From 1."""


class Counted(NamedTuple):
    """What the presenter is told of the watchers."""

    watchers: int = 0
    question: int = 0
    """Whose answers are counted; 0: none has been asked yet."""
    answers: tuple[int, ...] = ()
    """How many chose the first choice, the second and so on, up to the last that anybody chose."""


class Trouble(NamedTuple):
    """Why nothing comes for now, or ever."""

    reason: Reason
