"""What Wireshark would say of a segment in a capture at A and in one at B, and why that differs."""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.trace.sequence_analysis import Analysis, Label
from tcptui.view.cells import cell_len, fill, shorten
from tcptui.view.inspectors.captured import Captured, Captures, Listed, saw
from tcptui.view.inspectors.parts import Part, Row

_MOST_SUSPECTS = 12
"""So many of the latest segments that only one end had seen are tried as the reason of a difference."""


def label_rows(one: Transmission, captures: Captures, width: int, column: int = 0) -> list[Row]:
    """One row if both captures say the same, else one for each; none if there is nothing to say. The names
    before the labels take `column` cells, if they need no more."""
    if not isinstance(one.payload, Segment):
        return []
    a, b = (_Sight(side, one, captures.at(side)) for side in SIDES)
    if captures.behind:
        return [_row("Wireshark", say("ui.labels.behind"), width, column)]
    texts = {sight.side: text for sight in (a, b) if (text := sight.text()) is not None}
    if not any(texts.values()):
        return []
    if texts.get("A") == texts.get("B"):
        return [_row("Wireshark", texts["A"], width, column)]
    shorter = min(texts, key=lambda side: cell_len(texts[side]))
    texts[shorter] = ", ".join(filter(None, (texts[shorter] or say("ui.labels.none"), _difference(a, b))))
    return [_row(say("ui.labels.at", side=side), text, width, column) for side, text in texts.items()]


class _Sight:
    """A segment as it is seen at one end."""

    def __init__(self, side: Side, one: Transmission, captured: Captured) -> None:
        self.side = side
        self._one = one
        self.captured = captured
        self.listed: Listed | None = None if captured.behind else captured.find(one)

    @property
    def step(self) -> int:
        """In which step it was seen."""
        return self._one.sent_in if self._one.sender == self.side else self._one.ended_in

    def text(self) -> str | None:
        """The labels, those of the control bits only if there is no other; None: it may yet be seen."""
        if self.listed is not None:
            analysis = self.listed.analysis
            assert analysis is not None
            return ", ".join(analysis.texts() or [label.value for label in analysis.labels])
        if self._one.outcome is Outcome.IN_FLIGHT and self._one.receiver == self.side:
            return None
        if self._one.outcome is Outcome.LOST:
            return say("ui.labels.lost")
        return say("ui.labels.copy") if self._one.copy_of else say("ui.labels.third_party")

    def labels(self) -> tuple[Label, ...]:
        return _labels(None if self.listed is None else self.listed.analysis)

    def frames(self) -> list[Listed]:
        """The frames up to this one, as far back as its part of the capture goes."""
        return [] if self.listed is None else self.captured.before(self.listed)[1]

    def without(self, number: int) -> tuple[Label, ...]:
        """The labels, had that frame not been seen before."""
        assert self.listed is not None
        analyser, frames = self.captured.before(self.listed)
        analysis: Analysis | None = None
        for one in frames:
            if one.number != number:
                analysis = analyser.add(one.frame)
        return _labels(analysis)


def _labels(analysis: Analysis | None) -> tuple[Label, ...]:
    return () if analysis is None else analysis.labels


def _difference(a: _Sight, b: _Sight) -> str:
    """Why the labels differ: a segment that only one had seen by then, if that alone makes the difference."""
    if a.listed is None or b.listed is None or a.labels() == b.labels():
        return ""
    for one, other in ((a, b), (b, a)):
        unseen = [
            listed
            for listed in reversed(one.frames()[:-1])
            if listed.number_in_run and not saw(other.side, one.captured.segment(listed), other.step)
        ]
        for listed in unseen[:_MOST_SUSPECTS]:
            if one.without(listed.number) == other.labels():
                number = listed.frame.transmission.number
                return say("ui.labels.not_seen", side=other.side, number=number)
    return say("ui.labels.earlier")


def _row(name: str, words: str, width: int, column: int) -> Row:
    head = fill(f" {name}", max(column, cell_len(name) + 3))
    return [Part(head, "dim"), Part(shorten(words, width - cell_len(head)))]
