"""What Wireshark would say of a segment in a capture at A and in one at B, and why that differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len

from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.trace.capture import Frame, capture
from tcptui.trace.sequence_analysis import Analysis, Label, analyse
from tcptui.view.cells import shorten
from tcptui.view.lines import Line

_Name: TypeAlias = tuple[int, int]
"""A segment by the step in which it left and its number, which one of the prelude may have too."""


def label_lines(
    transmission: Transmission,
    transmissions: Sequence[Transmission],
    now: int,
    width: int,
    prelude: Sequence[Transmission] = (),
) -> list[Line]:
    """One line if both captures say the same, else one for each; none if there is nothing to say.

    `transmissions` are those that are known now; if they don't go back to the first, no label is certain.
    `prelude` are those of the prelude, with numbers of their own.
    """
    if not isinstance(transmission.payload, Segment):
        return []
    if len(transmissions) != transmissions[-1].number:
        return [_line("Wireshark", say("ui.labels.too_long"), width)]
    a, b = (_Sight(side, transmission, (*prelude, *transmissions), now) for side in SIDES)
    texts = {sight.side: text for sight in (a, b) if (text := sight.text()) is not None}
    if not any(texts.values()):
        return []
    if texts.get("A") == texts.get("B"):
        return [_line("Wireshark", texts["A"], width)]
    shorter = min(texts, key=lambda side: cell_len(texts[side]))
    texts[shorter] = ", ".join(filter(None, (texts[shorter] or say("ui.labels.none"), _difference(a, b))))
    return [_line(say("ui.labels.at", side=side), text, width) for side, text in texts.items()]


class _Sight:
    """A segment as it is seen at one end."""

    def __init__(
        self, side: Side, transmission: Transmission, transmissions: Sequence[Transmission], now: int
    ) -> None:
        self.side = side
        self._transmission = transmission
        frames = capture(transmissions, side, now)
        segments = [_segment_of(frame) for frame in frames]
        name = transmission.sent_in, transmission.number
        seen = segments.index(name) + 1 if name in segments else 0
        self.frames = frames[:seen]
        """What was seen up to this one; empty if that was not seen."""
        self.analysis = _last(self.frames)

    def text(self) -> str | None:
        """The labels, those of the control bits only if there is no other; None: it may yet be seen."""
        if self.analysis is not None:
            return ", ".join(self.analysis.texts() or [label.value for label in self.analysis.labels])
        if self._transmission.outcome is Outcome.IN_FLIGHT and self._transmission.receiver == self.side:
            return None
        if self._transmission.outcome is Outcome.LOST:
            return say("ui.labels.lost")
        return say("ui.labels.copy") if self._transmission.copy_of else say("ui.labels.third_party")

    def labels(self, without: _Name | None = None) -> tuple[Label, ...]:
        """As they are, or had that segment not been seen before."""
        analysis = _last([frame for frame in self.frames if _segment_of(frame) != without])
        return () if analysis is None else analysis.labels


def _segment_of(frame: Frame) -> _Name:
    return frame.transmission.sent_in, frame.transmission.number


def _last(frames: list[Frame]) -> Analysis | None:
    return analyse(frames)[-1] if frames else None


def _difference(a: _Sight, b: _Sight) -> str:
    """Why the labels differ: a segment that only one had seen by then, if that alone makes the difference."""
    if a.labels() == b.labels() or not a.frames or not b.frames:
        return ""
    for one, other in ((a, b), (b, a)):
        known = {_segment_of(frame) for frame in other.frames}
        for step, number in (_segment_of(frame) for frame in reversed(one.frames) if frame.at >= 0):
            name = step, number
            if name not in known and one.labels(without=name) == other.labels():
                return say("ui.labels.not_seen", side=other.side, number=number)
    return say("ui.labels.earlier")


def _line(name: str, words: str, width: int) -> Line:
    head = f" {name}  "
    return ((head, "dim"), (shorten(words, width - cell_len(head)), "plain"))
