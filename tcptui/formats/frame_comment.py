"""The comment on a captured frame: the states of the ends and the rules applied."""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.core.state import State
from tcptui.explain.catalogue import paragraph
from tcptui.explain.reasons import rule_messages, rules_to_tell
from tcptui.lab.connection_record import Entered
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.segment_states import SegmentStates
from tcptui.lab.wire import SIDES, Outcome, Transmission
from tcptui.trace.capture import Frame, Point


class FrameComments:
    """The comments of a capture of `run` at `point`."""

    def __init__(self, run: Record, point: Point) -> None:
        self._point = point
        self._scenario = run.scenario
        self._paths = {side: run.path_with_prelude(side) for side in SIDES}
        self._segment_states = SegmentStates(run)
        self._reports = {report.step: report for report in (*run.prelude, *run.reports)}

    def of(self, frame: Frame) -> str:
        """What it is; the state of this end after it, on the wire of both; and why it was sent or, where it
        arrives, what it did."""
        transmission = frame.transmission
        arrives = transmission.receiver == self._point
        report = self._reports[transmission.ended_in if arrives else transmission.sent_in]
        messages = [*_identity(transmission), *self._states(frame), *self._reasons(report)]
        return paragraph(messages, self._scenario.raw_numbers)

    def _states(self, frame: Frame) -> list[Message]:
        """Empty at an end where the frame belongs to no connection."""
        if self._point == "wire":
            a, b = (_state_at(frame.at, self._paths[side]) for side in SIDES)
            return [Message.of("frame.states", a=a.value, b=b.value)]
        state = self._segment_states.beside(frame.transmission, self._point)
        return [Message.of("frame.state", side=self._point, state=state.value)] if state else []

    def _reasons(self, report: Report) -> list[Message]:
        """The rules, and where the last of them is written."""
        side, rules = report.side, rules_to_tell(report)
        if side == "X" or not rules:
            return []
        stack = self._scenario.hosts[SIDES.index(side)].profile.stack
        source = Message.of("frame.source", source=rules[-1].rule.source_of(stack))
        return [*rule_messages(report, self._scenario), source]


def _identity(transmission: Transmission) -> list[Message]:
    """Which segment it is, who made it if not its sender, and whether it is lost."""
    number, sender, receiver = transmission.number, transmission.sender, transmission.receiver
    messages = [Message.of("frame.way", number=number, sender=sender, receiver=receiver)]
    if transmission.sent_in <= 0:
        messages.append(Message.of("frame.prelude"))
    if sender == "X":
        messages.append(Message.of("frame.third_party", other="A" if receiver == "B" else "B"))
    if transmission.copy_of:
        messages.append(Message.of("frame.copy", number=transmission.copy_of))
    if transmission.outcome is Outcome.LOST:
        messages.append(Message.of("frame.lost"))
    return messages


def _state_at(at: int, path: list[Entered]) -> State:
    return next(entered.state for entered in reversed(path) if entered.at <= at)
