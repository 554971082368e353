"""Why the stack under test did what it did: the rules that it has applied, for the text of a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tcptui.core.events import Event, RuleApplied, Sent, StateChanged
from tcptui.core.packet.seq import MASK
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.lab.ends.host import HostEnd

_DETAILS = (Rule.RTT_SAMPLED, Rule.RTT_AMBIGUOUS, Rule.RTO_AFTER_SYN_TIMEOUT, Rule.WINDOW_UPDATED)
"""Rules that explain a number, not what was done."""
_OF_A_CONNECTION = (RuleApplied, Sent, StateChanged)


class Why(NamedTuple):
    """A rule that was applied, and the numbers that its own are relative to."""

    rule: RuleApplied
    isns: tuple[int, int] | None
    """IRS and ISS of its connection; None where there is none."""


def why_text(why: Why | None) -> str:
    """The rule, where it is written, and the numbers that decided it, in the script's terms; "" for none."""
    if why is None:
        return ""
    event, isns = why
    words = [f"{event.rule.name}, {event.rule.source}"]
    for name, number in event.numbers:
        kind = kind_of(event.rule, name)
        if isns is not None and kind is NumberKind.PEER_SEQ:
            number = number - isns[0] & MASK
        elif isns is not None and kind is NumberKind.OWN_SEQ:
            number = number - isns[1] & MASK
        words.append(f"{name} {number}")
    return ", ".join(words)


class Reasons:
    """The rules that a host has applied."""

    __slots__ = ("_isns", "last")

    def __init__(self) -> None:
        self.last: Why | None = None
        """The one that decided last."""
        self._isns: dict[int, tuple[int, int]] = {}
        """IRS and ISS of each connection, by its name; of one that is gone, as they were."""

    def copy(self) -> Reasons:
        copy = Reasons.__new__(Reasons)
        copy.last, copy._isns = self.last, self._isns.copy()
        return copy

    @property
    def text(self) -> str:
        """The rule that decided last; "" for none."""
        return why_text(self.last)

    def learn(self, events: Sequence[Event], host: HostEnd) -> None:
        """What the host has done in a step."""
        for connection in {event.connection for event in events if isinstance(event, _OF_A_CONNECTION)}:
            numbers = host.initial_numbers(connection)
            if numbers is not None:
                self._isns[connection] = numbers[1] or 0, numbers[0]
        for event in events:
            self.last = self.of(event) or self.last

    def of(self, event: Event) -> Why | None:
        """The rule, if the event is one that decided something."""
        if type(event) is not RuleApplied or event.rule in _DETAILS:
            return None
        return Why(event, self._isns.get(event.connection))
