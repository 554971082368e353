"""Why the stack under test did what it did: the rules that it has applied, for the text of a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from tcptui.core.events import Event, RuleApplied, Sent
from tcptui.core.packet.seq import MASK
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.lab.ends.host import HostEnd

_DETAILS = {Rule.RTT_SAMPLED, Rule.RTT_AMBIGUOUS, Rule.RTO_AFTER_SYN_TIMEOUT, Rule.WINDOW_UPDATED}
"""Rules that explain a number, not what was done."""


Why: TypeAlias = tuple[RuleApplied, tuple[int | None, int] | None, str]
"""A rule that was applied; the numbers that its own are relative to: IRS, if it was known, and ISS of its
connection; None where there is none; and the stack that applied it."""


def why_text(why: Why | None) -> str:
    """The rule, where it is written, and the numbers that decided it, in the script's terms; "" for none."""
    if why is None:
        return ""
    event, isns, stack = why
    words = [f"{event.rule.name}, {event.rule.source_of(stack)}"]
    for name, number in event.numbers:
        kind = kind_of(event.rule, name)
        if isns is not None and kind is NumberKind.PEER_SEQ:
            number = number - (isns[0] or 0) & MASK
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
        self._isns: dict[int, tuple[int | None, int]] = {}
        """IRS and ISS of each connection, by its name; of one that is gone, as they were."""

    def copy(self) -> Reasons:
        copy = Reasons.__new__(Reasons)
        copy.last, copy._isns = self.last, self._isns.copy()
        return copy

    @property
    def text(self) -> str:
        """The rule that decided last; "" for none."""
        return why_text(self.last)

    def learn(self, events: Sequence[Event], host: HostEnd) -> list[tuple[Sent, Why | None]]:
        """What the host has done in a step: the segments that it has sent, each with the rule by which."""
        sent: list[tuple[Sent, Why | None]] = []
        decided: Why | None = None
        stack = host.setup.profile.stack
        for event in events:
            if type(event) is RuleApplied:
                if event.rule not in _DETAILS:
                    decided = event, self._isns_of(event.connection, host), stack
            elif type(event) is Sent:
                self._isns_of(event.connection, host)  # For the time when it is gone.
                sent.append((event, decided))
        if decided is not None:
            self.last = decided
        return sent

    def _isns_of(self, connection: int, host: HostEnd) -> tuple[int | None, int] | None:
        """IRS and ISS of a connection; once it has both they do not change any more."""
        isns = self._isns.get(connection)
        if connection and (isns is None or isns[0] is None):
            numbers = host.initial_numbers(connection)
            if numbers is not None:
                isns = self._isns[connection] = numbers[1], numbers[0]
        return isns
