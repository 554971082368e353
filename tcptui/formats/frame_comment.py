"""The comment on a captured frame: what no real capture can tell, the states of the ends and the reason."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.explain.why import rule_sentence, rules_to_tell
from tcptui.explain.words import tr
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Transmission
from tcptui.trace.capture import Frame, Point
from tcptui.trace.record import Record


class FrameComments:
    """The comments of a capture of `run` at `point`."""

    def __init__(self, run: Record, point: Point) -> None:
        self._point = point
        self._raw = run.scenario.raw_numbers
        self._paths = {side: run.path(side) for side in SIDES}
        self._launches = {number: report for report in run.reports for number in report.launched}
        self._arrivals = {report.transmission: report for report in run.reports if report.cause == "arrival"}

    def of(self, frame: Frame) -> str:
        """What it is; the state of this end after it, on the wire of both; and why it was sent or, where it
        arrives, what it did."""
        transmission = frame.transmission
        arrives = transmission.receiver == self._point
        report = (self._arrivals if arrives else self._launches)[transmission.number]
        return " ".join([*_story(transmission), *self._states(frame), *self._reasons(report, transmission)])

    def _states(self, frame: Frame) -> list[str]:
        """Empty at an end where no connection has to do with it."""
        if self._point == "wire":
            a, b = (_state_at(frame.at, self._paths[side]) for side in SIDES)
            return [tr("A is in {a}, B in {b}.").format(a=a.value, b=b.value)]
        state = (
            frame.transmission.receiver_state
            if frame.transmission.receiver == self._point
            else frame.transmission.sender_state
        )
        return [tr("{side} is in {state}.").format(side=self._point, state=state.value)] if state else []

    def _reasons(self, report: Report, transmission: Transmission) -> list[str]:
        """The sentences of the rules, and where the last of them is written."""
        own, peer = transmission.bases if report.side == transmission.sender else transmission.bases[::-1]
        rules = rules_to_tell(report)
        sentences = [rule_sentence(rule, (own, peer), self._raw) for rule in rules]
        return [*sentences, f"({rules[-1].rule.source})"] if rules else []


def _story(transmission: Transmission) -> list[str]:
    """Which segment it is, and what the network and others have to do with it."""
    words = [
        tr("#{number} from {sender} to {receiver}.").format(
            number=transmission.number, sender=transmission.sender, receiver=transmission.receiver
        )
    ]
    if transmission.sender == "X":
        other = "A" if transmission.receiver == "B" else "B"
        words.append(tr("A third party sent it, in {other}'s name.").format(other=other))
    if transmission.copy_of:
        words.append(tr("The network made it, a copy of #{number}.").format(number=transmission.copy_of))
    if transmission.outcome is Outcome.LOST:
        words.append(tr("The network loses it."))
    return words


def _state_at(at: int, path: list[tuple[State, int]]) -> State:
    return next(state for state, since in reversed(path) if since <= at)
