"""What a reader looks for in the list of stories: the text typed, what matches it, the story at the cursor.

No widget is known here. A text matches where each of its words stands in a story's name, title, question,
chapter or in one of the sections of RFCs that its run goes by; only letters, digits and full stops count, so
``lostsyn`` finds ``lost-syn`` and "The lost SYN". A story of which only a variant matches is shown as that
variant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tcptui.library import Listed
from tcptui.named_tuple import NamedTuple

LONGEST = 40
"""Characters of a text that is looked for."""


class Found(NamedTuple):
    """A story that matches, and which of its variants is shown: its place, from 1; 0: the story itself."""

    story: Listed
    variant: int = 0

    @property
    def variant_name(self) -> str:
        return self.story.variants[self.variant - 1] if self.variant else ""


def letters(text: str) -> str:
    """What of a text counts when something is looked for in it."""
    return "".join(one for one in text.casefold() if one.isalnum() or one == ".")


class Choice:
    """The stories by chapter, those of them that match, and a cursor on one of these.

    `sections` gives the sections that a story or a variant of it goes by, as far as they are known.
    """

    def __init__(self, stories: Sequence[Listed], sections: Callable[[str, str], Iterable[str]]) -> None:
        self.stories = stories
        self._sections = sections
        self._letters: dict[tuple[str, str], tuple[str, ...]] = {}
        """Of a story and of a variant what a text may stand in, without its sections."""
        self._section_letters: dict[tuple[str, str], tuple[str, ...]] = {}
        self.text = ""
        """What has been typed."""
        self.searching = False
        """Whether every key is a character of the text, also those that mean something else without one."""
        self.found = [Found(story) for story in stories]
        self.at = 0
        """The cursor: a place in `found`."""

    @property
    def current(self) -> Found | None:
        """What is under the cursor; None: nothing matches."""
        return self.found[self.at] if self.found else None

    @property
    def chapters(self) -> list[str]:
        """The chapters of what was found, in order."""
        return list(dict.fromkeys(one.story.chapter for one in self.found))

    def go_to(self, name: str) -> None:
        """The cursor to the story of that name, if it is there."""
        self.at = next((at for at, one in enumerate(self.found) if one.story.name == name), self.at)

    def move(self, by: int) -> None:
        """The cursor so many stories on, at most to the last or the first."""
        self.at = max(0, min(self.at + by, len(self.found) - 1))

    def to_chapter(self, number: int) -> None:
        """The cursor to the first story of a chapter, from 1; nothing, where there are not so many."""
        chapters = self.chapters
        if 0 < number <= len(chapters):
            places = enumerate(self.found)
            self.at = next(at for at, one in places if one.story.chapter == chapters[number - 1])

    def turn(self, by: int) -> None:
        """Another variant of the story under the cursor; after the last one the story itself."""
        if self.found:
            story, variant = self.found[self.at]
            self.found[self.at] = Found(story, (variant + by) % (len(story.variants) + 1))

    def search(self) -> None:
        """From now on every key is typed."""
        self.searching = True

    def type(self, text: str) -> None:
        self._look_for((self.text + text)[:LONGEST])

    def erase(self) -> None:
        """Takes the last character away; without one, typing is over."""
        if not self.text:
            self.searching = False
        self._look_for(self.text[:-1])

    def clear(self) -> None:
        self.searching = False
        self._look_for("")

    def look_again(self) -> None:
        """After more sections are known: what was found stays, more may join it."""
        self._look_for(self.text)

    def _look_for(self, text: str) -> None:
        current, known = self.current, {one.story.name: one for one in self.found}
        new, self.text = text != self.text, text
        asked = list(filter(None, map(letters, text.split())))
        self.found = []
        for story in self.stories:
            variant = self._matching(story, asked)
            if variant is not None:
                kept = known.get(story.name)
                self.found.append(kept if kept is not None and not new else Found(story, variant))
        self.at = 0
        if current is not None:
            self.go_to(current.story.name)

    def _matching(self, story: Listed, asked: Sequence[str]) -> int | None:
        """The first variant that matches, the story itself being 0."""
        if not asked:
            return 0
        of_story = self._texts(story, "")
        for place, variant in enumerate(("", *story.variants)):
            texts = (*of_story, *self._texts(story, variant)) if variant else of_story
            if all(any(word in text for text in texts) for word in asked):
                return place
        return None

    def _texts(self, story: Listed, variant: str) -> tuple[str, ...]:
        key = story.name, variant
        if key not in self._letters:
            texts = (variant,) if variant else (story.name, story.title, story.question, story.chapter)
            self._letters[key] = tuple(map(letters, texts))
        if not self._section_letters.get(key):
            self._section_letters[key] = tuple(map(letters, self._sections(*key)))
        return self._letters[key] + self._section_letters[key]
