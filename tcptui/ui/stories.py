"""The stories that can be chosen: their list, what is next to one of them, and what their runs look like.

Why it is so. A preview shows the ladder of a run that nobody has stepped through yet. To play one takes some
milliseconds, to read its file some more, and fifty are too long for a key press. So a story is played when
its preview is wanted, by an iterator that makes a small piece of the work at a time: whoever wants it takes
as many pieces as there is time for. What was played is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tcptui.core.message import Message
from tcptui.explain.reasons import rules_to_tell
from tcptui.lab.loader import BadScenario, scenario_of_variant
from tcptui.lab.prelude import first_record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.library import Listed
from tcptui.ui.seen import Scores
from tcptui.view.ladder_rows import RowBuilder
from tcptui.view.ladder_window import Window
from tcptui.view.preview import Played

MOST_STEPS = 2_000
"""Where a run is cut that is played for a preview."""


class Stories:
    """A list of stories, in the order in which it is shown."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self.listed = listed
        self._played: dict[tuple[str, str], Played] = {}
        self._broken = {one.name: one.broken for one in listed if one.broken is not None}

    def beside(self, name: str, by: int) -> Listed | None:
        """The story `by` places after the one of that name; None: there is none."""
        places = [place for place, one in enumerate(self.listed) if one.name == name]
        place = places[0] + by if places else -1
        return self.listed[place] if 0 <= place < len(self.listed) else None

    def played(self, name: str, variant: str = "") -> Played | None:
        """The run of a story or of one of its variants; None: it has not been played yet."""
        return self._played.get((name, variant))

    def sections(self, name: str, variant: str = "") -> tuple[str, ...]:
        """The sections of RFCs that its run goes by, as far as it has been played."""
        played = self.played(name, variant)
        return () if played is None else played.sections

    def broken(self, name: str) -> Message | None:
        """What is wrong with the file of a story, as far as it has been read."""
        return self._broken.get(name)

    @property
    def all_played(self) -> bool:
        """Whether every story has been played, and every variant, but those that are broken."""
        return all(
            (story.name, variant) in self._played or story.name in self._broken
            for story in self.listed
            for variant in ("", *story.variants)
        )

    def play(self, story: Listed, variant: str = "") -> Iterator[None]:
        """Plays a story, in small pieces."""
        if (story.name, variant) in self._played or story.name in self._broken:
            return
        try:
            scenario = story.load()
            yield
            if variant:
                scenario = scenario_of_variant(scenario, variant)
                yield
        except BadScenario as error:
            self._broken[story.name] = error.message
            return
        world, record = first_record(scenario)
        reports: list[Report] = []
        sections: dict[str, None] = {}
        rows = RowBuilder(record.first)
        while len(reports) < MOST_STEPS and (report := world.step()) is not None:
            reports.append(report)
            rows.add(report)
            sections.update(dict.fromkeys(_sections(report, world)))
            yield
        ended = (transmission for report in reports for transmission in report.ended)
        transmissions = sorted((*ended, *world.wire.transmissions), key=lambda one: one.number)
        self._played[story.name, variant] = Played(
            scenario.title, scenario.question, scenario.hosts, scenario.raw_numbers, transmissions,
            Window(rows.rows, rows.before), len(reports), world.now, tuple(sections),
            world.next_event() is None,
        )  # fmt: skip

    def play_all(self) -> Iterator[None]:
        """Plays those that have not been played yet, their variants last."""
        for story in self.listed:
            yield from self.play(story)
        for story in self.listed:
            for variant in story.variants:
                yield from self.play(story, variant)


class AllStories(Protocol):
    """Where the story that is shown comes from."""

    scores: Scores
    """What is counted of answers to questions before its steps."""

    def story_beside(self, by: int) -> Scenario | None:
        """The story that stands `by` places after it; None: there is none."""

    def saw(self, scenario: Scenario) -> None:
        """A story has been seen to its end."""


def _sections(report: Report, world: WorldState) -> Iterator[str]:
    """Where the rules are written that decided a step."""
    if report.side != "X":
        stack = world.end(report.side).setup.profile.stack
        for applied in rules_to_tell(report):
            yield applied.rule.source_of(stack)
