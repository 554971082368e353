"""The knob that decides a rule is named first among those that depart from the preset."""

from __future__ import annotations

import pytest

from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import RFC9293
from tcptui.core.rules import Rule
from tcptui.explain.rule_knobs import RULE_KNOBS
from tcptui.explain.why import profile_label, why
from tcptui.lab.history import History
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.variant import variant
from tests.lab.worlds import OPEN, scenario


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        (Rule.BROKEN_TWO_WAY_HANDSHAKE, "rfc9293 but two_way_handshake, mss=500, 2 more"),
        (Rule.RST_IN_WINDOW_RESETS, "rfc9293 but rfc5961_rst=false, mss=500, 2 more"),
        (Rule.ACK_DELAYED, "rfc9293 but delayed_ack=0us, mss=500, 2 more"),
        (Rule.SEND_TAKEN, "rfc9293 but mss=500, delayed_ack=0us, 2 more"),
    ],
)
def test_the_knob_that_decides_a_rule_is_named_first(rule: Rule, label: str) -> None:
    profile = RFC9293._replace(mss=500, delayed_ack=0, rfc5961_rst=False, two_way_handshake=True)
    assert profile_label(profile, [rule]) == label


def test_the_label_of_a_step_begins_with_the_knob_of_the_rule_whose_source_is_shown() -> None:
    """B's profile departs in more than is named; a RST in the window is taken as before RFC 5961."""
    knobs = ["mss=500", "nagle=false", "B.rfc5961_rst=false"]
    history = History(variant(scenario(OPEN), None, knobs))
    for move in parse_moves("x>b:RST:seq=1101 s"):
        history.apply(move)
    shown = why(history.report, history.world, history.transmissions(), False)
    assert shown.source.startswith("RFC 793 3.4")
    assert shown.profile.startswith("rfc9293 but rfc5961_rst=false, ")


BROKEN = list(all_knobs())[list(all_knobs()).index("two_way_handshake") :]
"""The knobs that are broken on purpose: the last of the profile."""


def test_every_broken_knob_decides_a_rule_and_every_broken_rule_has_its_knob() -> None:
    broken = [rule for rule in Rule if "broken on purpose" in rule.section]
    assert len(broken) == len(BROKEN) == 7
    assert sorted(RULE_KNOBS[rule] for rule in broken) == sorted((knob,) for knob in BROKEN)


def test_the_knobs_of_the_table_are_knobs_named_once_a_rule() -> None:
    for rule, knobs in RULE_KNOBS.items():
        assert knobs, rule
        assert len(set(knobs)) == len(knobs), rule
        assert set(knobs) <= all_knobs().keys(), rule
