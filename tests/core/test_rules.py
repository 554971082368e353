"""Rules: every number that one gives has a kind, and what is broken on purpose says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tcptui.core
from tcptui.core.packet.segment import ACK, FIN, SYN
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open, Send
from tests.core.build import PEER, PROMPT, US, Site, connected, reach, rules

S = State
CORE = Path(tcptui.core.__file__).parent


def given() -> Iterator[tuple[str, str]]:
    """The rules named in the core by ``rule(..., Rule.X, name=...)``, with the names of their numbers."""
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            names = [one.attr for one in node.args if isinstance(one, ast.Attribute)
                     and isinstance(one.value, ast.Name) and one.value.id == "Rule"]  # fmt: skip
            for rule in names:
                yield from ((rule, word.arg) for word in node.keywords if word.arg)


def test_every_number_of_a_rule_has_a_kind() -> None:
    found = set(given())
    assert len(found) > 60
    for rule, name in found:
        assert isinstance(kind_of(Rule[rule], name), NumberKind), (rule, name)


@pytest.mark.parametrize(("rule", "name", "kind"), [
    (Rule.ACK_NEW, "ack", NumberKind.OWN_SEQ),
    (Rule.LISTEN_SYN, "seq", NumberKind.PEER_SEQ),
    (Rule.RETRANSMITTED_AS_LOST, "seq", NumberKind.OWN_SEQ),
    (Rule.ERROR_NOT_OURS, "seq", NumberKind.OWN_SEQ),
    (Rule.RTT_SAMPLED, "rtt", NumberKind.DURATION),
    (Rule.DATA_ACCEPTED, "len", NumberKind.OCTETS),
    (Rule.GIVE_UP, "retries", NumberKind.COUNT),
    (Rule.TIMESTAMP_OLD, "tsval", NumberKind.VALUE),
])  # fmt: skip
def test_the_kind_of_a_number(rule: Rule, name: str, kind: NumberKind) -> None:
    assert kind_of(rule, name) is kind


def test_a_number_that_no_rule_gives_has_no_kind() -> None:
    with pytest.raises(KeyError):
        kind_of(Rule.ACK_NEW, "wages")


def broken_rules(site: Site) -> set[str]:
    return {rule.name for rule in rules(event for _, event in site.log) if rule.name.startswith("BROKEN")}


def test_no_rule_of_a_sound_stack_is_broken() -> None:
    for state in S:
        assert broken_rules(reach(state)) == set()


def test_what_is_broken_is_told_in_place_of_what_was_not_done() -> None:
    site = reach(S.FIN_WAIT_2, PROMPT._replace(no_time_wait=True))
    told = rules(site.receives(site.peer(FIN | ACK, 1, 2)))
    assert Rule.BROKEN_NO_TIME_WAIT in told
    assert Rule.FIN_TO_TIME_WAIT not in told
    site = reach(S.FIN_WAIT_2, PROMPT._replace(time_wait_1_msl=True))
    told = rules(site.receives(site.peer(FIN | ACK, 1, 2)))
    assert Rule.BROKEN_TIME_WAIT_1_MSL in told
    assert Rule.FIN_TO_TIME_WAIT not in told
    assert Rule.TIME_WAIT_OVER not in rules(site.wait(PROMPT.msl))
    site = connected(PROMPT._replace(fin_acked_with_fin_only=True), wnd=0)
    site.call(Send(1, b"abc"))
    told = rules(site.receives(site.peer(FIN | ACK, 1, 1, wnd=0)))
    assert Rule.BROKEN_FIN_ENDS_BOTH in told
    assert Rule.FIN_TO_CLOSE_WAIT not in told
    site = reach(S.SYN_RECEIVED, PROMPT._replace(accept_any_ack=True))
    told = rules(site.receives(site.peer(ACK, 1, 77)))
    assert Rule.BROKEN_ACCEPT_ANY_ACK in told
    assert Rule.ACK_OPENS not in told


def test_a_right_ack_is_no_broken_one() -> None:
    site = reach(S.SYN_RECEIVED, PROMPT._replace(accept_any_ack=True))
    told = rules(site.receives(site.peer(ACK, 1, 1)))
    assert Rule.ACK_OPENS in told
    assert Rule.BROKEN_ACCEPT_ANY_ACK not in told


def test_the_other_broken_ones_are_told() -> None:
    site = Site(PROMPT._replace(fixed_isn=7, no_retransmission=True))
    site.call(Open(US, PEER))
    assert broken_rules(site) == {"BROKEN_FIXED_ISN", "BROKEN_NO_RETRANSMISSION"}
    for state, flags, ack in ((S.LISTEN, SYN, 0), (S.SYN_SENT, SYN | ACK, 1)):
        site = reach(state, PROMPT._replace(two_way_handshake=True))
        site.receives(site.peer(flags, 0, ack))
        assert broken_rules(site) == {"BROKEN_TWO_WAY_HANDSHAKE"}
    site = reach(S.ESTABLISHED, PROMPT._replace(two_way_handshake=True))
    assert not rules(site.call(Close(1))).count(Rule.BROKEN_TWO_WAY_HANDSHAKE)


def broken_runs(profile: Profile) -> dict[Rule, Site]:
    """For every knob that breaks a TCP on purpose, a run in which it matters."""
    runs = {}
    site = runs[Rule.BROKEN_TWO_WAY_HANDSHAKE] = reach(S.LISTEN, profile._replace(two_way_handshake=True))
    site.receives(site.peer(SYN, 0))
    site = runs[Rule.BROKEN_NO_TIME_WAIT] = reach(S.FIN_WAIT_2, profile._replace(no_time_wait=True))
    site.receives(site.peer(FIN | ACK, 1, 2))
    site = runs[Rule.BROKEN_TIME_WAIT_1_MSL] = reach(S.FIN_WAIT_2, profile._replace(time_wait_1_msl=True))
    site.receives(site.peer(FIN | ACK, 1, 2))
    site = runs[Rule.BROKEN_FIXED_ISN] = Site(profile._replace(fixed_isn=7))
    site.call(Open(US, PEER))
    site = runs[Rule.BROKEN_NO_RETRANSMISSION] = Site(profile._replace(no_retransmission=True))
    site.call(Open(US, PEER))
    site = connected(profile._replace(fin_acked_with_fin_only=True), wnd=0)
    runs[Rule.BROKEN_FIN_ENDS_BOTH] = site
    site.call(Send(1, b"abc"))
    site.receives(site.peer(FIN | ACK, 1, 1, wnd=0))
    site = runs[Rule.BROKEN_ACCEPT_ANY_ACK] = reach(S.SYN_RECEIVED, profile._replace(accept_any_ack=True))
    site.receives(site.peer(ACK, 1, 77))
    assert site.state() is S.ESTABLISHED
    return runs


@pytest.mark.parametrize("name", PRESETS)
def test_every_broken_knob_breaks_every_preset(name: str) -> None:
    """A check that one stack makes before the RFC's must not leave a knob without effect."""
    runs = broken_runs(PRESETS[name])
    assert runs.keys() == {rule for rule in Rule if rule.name.startswith("BROKEN")}
    assert {rule: broken_rules(site) for rule, site in runs.items()} == {rule: {rule.name} for rule in runs}
