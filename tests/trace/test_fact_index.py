"""Facts by what they have in common: a pattern finds the same, and looks at few."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.facts import Fact
from tcptui.lab.patterns import LONGEST, Pattern, parse_pattern
from tcptui.lab.run import play
from tcptui.trace.expectations import failed_events, failed_never
from tcptui.trace.fact_index import FactIndex
from tcptui.trace.facts import facts_of

OTHERS = (
    "A SYN", "A DATA", "B *", "A ACK 2-", "A DATA again", "B ACK arrives", "#3 arrives", "#1", "A sets *",
    "A stops RETRANSMISSION", "B told *", "A reads '*'", "B rule DATA*", "A connect = 0", "B calls accept",
    "A SYN sport=49152", "B enters *", "A DATA copy", "A ACK win=65535", "B ACK 2-3",
)  # fmt: skip


@pytest.mark.parametrize("name", ["life", "slow-reader", "accept-queue", "udp", "two-way", "lost-syns"])
def test_a_pattern_finds_what_it_describes(name: str) -> None:
    story = library.find(name)
    facts = facts_of(play(story))
    texts = {*story.expected.events, *story.expected.never, *OTHERS, *map(str, facts[::7])}
    texts |= {f"{fact.at}us {fact}" for fact in facts[::5]}
    index = FactIndex(facts)
    for text in sorted(text for text in texts if len(text) <= LONGEST):
        pattern = parse_pattern(text)
        found = [place for place, fact in enumerate(facts) if pattern.describes(fact)]
        expected = [place for count, place in enumerate(found, 1) if pattern.means(count)]
        assert index.described(pattern) == expected, text


def test_a_thousand_patterns_look_at_few_facts_each(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [
        Fact(place, "A", "leaves", "PSH,ACK", (("seq", str(place)), ("len", "3")), place)
        for place in range(1, 10_001)
    ]
    looked = 0
    describes = Pattern.describes

    def counted(self: Pattern, fact: Fact) -> bool:
        nonlocal looked
        looked += 1
        return describes(self, fact)

    monkeypatch.setattr(Pattern, "describes", counted)
    texts = [
        *(f"A DATA {place}" for place in range(1, 251)),
        *(f"A DATA seq={place}" for place in range(251, 501)),
        *(f"#{place}" for place in range(501, 751)),
        *(f"{place}us A DATA" for place in range(751, 1_001)),
    ]
    assert not list(failed_events(texts, facts))
    assert not list(failed_never([f"A DATA len={length}" for length in range(4, 1_004)], facts))
    assert looked < 3 * len(facts)
