"""What the wire will do of itself to what is still to come: faults by description, and boxes.

One value, which a state holds and its copies share; a scenario without any has None in its place, so that
nothing is asked of it when a segment leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tcptui.lab.boxes import Box, BoxState, Firewall, box_key, placed
from tcptui.lab.faults import FaultRule, Watch, watched, watches_key
from tcptui.lab.moves import Delay, Duplicate, Lose, Reorder
from tcptui.lab.moves_text import moves_text
from tcptui.lab.path import Boxes
from tcptui.lab.patterns import Pattern
from tcptui.lab.report import Report
from tcptui.lab.scenario import Fault, Scenario
from tcptui.lab.wire import OVERTAKEN_BY, Transmission, Wire, WireAct
from tcptui.named_tuple import NamedTuple


class NetworkConditions(NamedTuple):
    """Faults that have still to be made, and the boxes."""

    watches: tuple[Watch, ...] = ()
    overtaken: tuple[tuple[int, str], ...] = ()
    """Segments that the next in their direction is to overtake, with the rule that says so."""
    boxes: Boxes = ()

    def with_rule(self, rule: FaultRule) -> NetworkConditions:
        """One more, of what leaves from now on."""
        return self._replace(watches=(*self.watches, Watch(rule)))

    def with_overtaken(self, number: int, name: str) -> NetworkConditions:
        return self._replace(overtaken=(*self.overtaken, (number, name)))

    def with_box(self, box: Box, v6: bool) -> NetworkConditions:
        """One more, next to B."""
        boxes = (*self.boxes, (placed(box, len(self.boxes), v6), BoxState()))
        return self._replace(boxes=boxes)

    def with_states_of(self, before: NetworkConditions | None) -> NetworkConditions:
        """With what boxes remember from before, and with those that were put there."""
        old = () if before is None else before.boxes
        known = [(box, remembers) for (box, _), (_, remembers) in zip(self.boxes, old, strict=False)]
        return self._replace(boxes=(*known, *self.boxes[len(old) :], *old[len(self.boxes) :]))

    def leaves(
        self, transmission: Transmission, now: int, raw: bool
    ) -> tuple[NetworkConditions, list[tuple[Fault, str]]]:
        """What is left of them, and the faults to be made, once a segment has left."""
        if not self.watches:
            return self, []
        from tcptui.lab.facts import facts_of_leaving

        fact = facts_of_leaving([transmission], now, raw=raw)[0]
        watches, meant = watched(self.watches, fact)
        faults = [(_fault(rule, transmission.number), rule.text) for rule in meant]
        return self._replace(watches=watches), faults

    def overtakes(self, number: int, wire: Wire) -> tuple[NetworkConditions, tuple[WireAct, ...]]:
        """What is left of them once #`number` has left, after all faults of its own, and overtakes what waits
        for that."""
        follower = wire.transmissions[-1] if self.overtaken and wire.transmissions else None
        if follower is None or follower.number != number or follower.copy_of:
            return self, ()
        acts: list[WireAct] = []
        waiting: list[tuple[int, str]] = []
        for one, name in self.overtaken:
            ahead = next((it for it in wire.transmissions if it.number == one and one != number), None)
            if ahead is None or ahead.receiver != follower.receiver:
                waiting.append((one, name))
                continue
            wire.delay(one, max(0, follower.due + OVERTAKEN_BY - ahead.due))
            acts.append(WireAct(one, "overtaken", number, name))
        return self._replace(overtaken=tuple(waiting)), tuple(acts)

    def key(self, wire: Wire, now: int) -> tuple[Any, ...]:
        """What the future depends on."""
        numbers = [number for number, _ in self.overtaken]
        places = tuple(
            place for place, one in enumerate(wire.transmissions) if numbers and one.number in numbers
        )
        boxes = tuple(box_key(box, remembers, now) for box, remembers in self.boxes)
        return watches_key(self.watches, now), places, boxes

    @property
    def patterns(self) -> list[Pattern]:
        """Those that segments still to leave are compared with."""
        firewalls = [box.pattern for box, _ in self.boxes if isinstance(box, Firewall)]
        return [*(watch.rule.pattern for watch in self.watches), *firewalls]

    @property
    def by_number(self) -> bool:
        """Whether a rule names a segment by its number."""
        return any(watch.rule.pattern.number for watch in self.watches)


NOTHING = NetworkConditions()


def conditions_of(scenario: Scenario) -> NetworkConditions:
    """Those that a scenario begins with."""
    boxes = tuple((box, BoxState()) for box in scenario.boxes)
    return NetworkConditions(tuple(map(Watch, scenario.fault_rules)), (), boxes)


def unused_faults(scenario: Scenario, reports: Iterable[Report]) -> tuple[str, ...]:
    """The faults of a scenario, as they are written, that its whole run, of these reports, has had no segment
    for."""
    acts = [act for report in reports for act in report.acts]
    rules = {act.name for act in acts if act.name}
    numbers = {(act.number, act.what) for act in acts if not act.name}
    done = {Lose: "lost", Delay: "delayed", Duplicate: "duplicated", Reorder: "overtaken"}
    by_number = [
        moves_text([fault])
        for number, faults in scenario.faults.items()
        for fault in faults
        if (number, done[type(fault)]) not in numbers
    ]
    return (*by_number, *(rule.text for rule in scenario.fault_rules if rule.text not in rules))


def _fault(rule: FaultRule, number: int) -> Fault:
    match rule.act:
        case "lose":
            return Lose(number)
        case "delay":
            return Delay(number, rule.by)
        case "duplicate":
            return Duplicate(number, rule.by)
        case "reorder":
            return Reorder(number)
