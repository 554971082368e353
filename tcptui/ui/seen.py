"""What is remembered of the stories: which were played to their end, which are marked for a lecture, and how
many questions before their steps were answered right.

A story is remembered by its name, a variant of it by ``NAME:VARIANT``. Where that is kept from one start to
the next, if anywhere, is the affair of whoever starts the app.
"""

from __future__ import annotations

from typing import Protocol

from tcptui.named_tuple import NamedTuple


class Seen(Protocol):
    """A set of stories."""

    @property
    def names(self) -> frozenset[str]:
        """Those in it."""

    def add(self, name: str) -> None:
        """Puts one into it; nothing, where it is in it already."""

    def discard(self, name: str) -> None:
        """Takes one out of it; nothing, where it is not in it."""


class InMemory:
    """Kept until the program ends."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def add(self, name: str) -> None:
        self.names |= {name}

    def discard(self, name: str) -> None:
        self.names -= {name}


class Score(NamedTuple):
    """Answers to questions before steps."""

    right: int = 0
    answered: int = 0


class Scores(Protocol):
    """How many answers were right, by chapter."""

    def of(self, chapter: str) -> Score:
        """Of one chapter."""

    def add(self, chapter: str, *, right: bool) -> None:
        """One more was answered."""


class ScoresInMemory:
    """Kept until the program ends."""

    def __init__(self) -> None:
        self._scores: dict[str, Score] = {}

    def of(self, chapter: str) -> Score:
        return self._scores.get(chapter, Score())

    def add(self, chapter: str, *, right: bool) -> None:
        old = self.of(chapter)
        self._scores[chapter] = Score(old.right + right, old.answered + 1)


def story_name(name: str, variant: str) -> str:
    """By which a story, or a variant of it, is remembered."""
    return f"{name}:{variant}" if variant else name
