"""Who knows what: what the ends of a connection have proof of, in runs that are known and in any."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings

from tcptui import library
from tcptui.core.packet.segment import FIN, Segment
from tcptui.core.packet.seq import seq_add
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.trace.ledger import CLOSING, OPENING, EndLedger, Ledger, Provable, entries
from tests.lab.test_properties import GENTLE, ROUGH, Intent, chosen, intents, setups
from tests.lab.worlds import OPEN, scenario

HANDSHAKE = (
    'A.isn = 1000\nB.isn = 5000\nA.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]\n'
)
WORDS = dict(zip((*OPENING, *CLOSING), ("out", "in", "peer", "FIN out", "FIN in", "FIN peer"), strict=True))


def told(ledger: EndLedger | None) -> str:
    """The proofs in words, those that can't come any more, and the segment whose fate is not known."""
    if ledger is None:
        return "-"
    known = [word for fact, word in WORDS.items() if fact in ledger.proofs]
    never = [f"never {word}" for fact, word in WORDS.items() if ledger.is_never(fact)]
    unknown = "" if ledger.unknown is None else ledger.unknown.name
    return " | ".join((", ".join(known), ", ".join(never), unknown))


def told_of(toml: str, moves: str = "") -> list[tuple[str, str, str]]:
    """Of each segment its number, and both ends after it."""
    run = play(scenario(toml), parse_moves(moves))
    return [(f"#{one.transmission.number}", told(one.a), told(one.b)) for one in entries(run)]


# Runs that are known.


def test_the_handshake() -> None:
    """After two segments A knows of both directions and B of one; the third tells B of the other, and that A
    knows. That this has come A does not know."""
    assert told_of(HANDSHAKE) == [
        ("#1", " |  | #1 SYN", "in |  | #2 SYN,ACK"),
        ("#2", "out, in |  | #3 ACK", "in |  | #2 SYN,ACK"),
        ("#3", "out, in |  | #3 ACK", "out, in, peer |  | "),
    ]


def test_two_segments_leave_one_end_without_proof() -> None:
    both = told_of(f"{HANDSHAKE}B.set = {{ two_way_handshake = true }}\n", "s4 l3")
    assert both[1][2] == "in |  | #2 SYN,ACK"
    assert both[-1] == ("#3", "out, in |  | #3 ACK", "in |  | #2 SYN,ACK")


def test_crossing_syns() -> None:
    """Each has sent its SYN without an ACK first, and can't know which of both the other has seen."""
    last = told_of(HANDSHAKE.replace("listen", "connect"))[-1]
    assert last == ("#4", "out, in |  | #4 SYN,ACK", "out, in |  | #3 SYN,ACK")


def test_data_with_the_third_segments_ack_tells_the_client_too() -> None:
    told = told_of(HANDSHAKE, "s5 a:send:x")
    assert told[-1] == ("#5", "out, in, peer |  | #3 ACK", "out, in, peer |  | #5 ACK")


def test_a_segment_that_was_sent_twice_is_proven_neither_time() -> None:
    assert told_of(CLOSE, "a:shutdown l1 s2")[-1][1] == (
        "out, in, peer, FIN out | never FIN peer | #2 FIN,ACK"
    )  # fmt: skip


CLOSE = OPEN.replace("prelude", "until = '10s'\nprelude")


def test_the_last_ack_of_a_closing_is_never_proven() -> None:
    told = told_of(CLOSE, "a:shutdown s2 b:shutdown")
    assert [a for _, a, _ in told] == [
        "out, in | never FIN peer | #1 FIN,ACK",
        "out, in, peer, FIN out | never FIN peer | ACK",
        "out, in, peer, FIN out, FIN in | never FIN peer | #4 ACK",
        "out, in, peer, FIN out, FIN in | never FIN peer | #4 ACK",
    ]
    assert [b.removeprefix("out, in, peer, ") for _, _, b in told] == [
        "FIN in |  | #2 ACK",
        "FIN in |  | #2 ACK",
        "FIN in |  | #3 FIN,ACK",
        "FIN out, FIN in, FIN peer |  | #2 ACK",
    ]


def test_in_three_segments_too() -> None:
    told = told_of(CLOSE, "a:shutdown s l2 b:shutdown")
    assert told[-1][1].endswith("FIN out, FIN in | never FIN peer | #4 ACK")
    assert told[-1][2].endswith("FIN out, FIN in, FIN peer |  | #2 ACK"), "what is lost is not proven"


def test_of_fins_that_cross_neither_learns_that_its_ack_has_come() -> None:
    told = told_of(CLOSE, "a:shutdown b:shutdown")
    assert all("never FIN peer" in a and "never FIN peer" in b for _, a, b in told)


def test_a_forged_segment_and_one_of_an_earlier_incarnation_prove_nothing() -> None:
    forged = told_of(HANDSHAKE, "s2 l1 x>a:SYN,ACK:seq=7:ack=1001 s2")
    assert forged[1][1].startswith(" | "), forged


def test_what_somebody_else_has_sent_in_its_name_is_acknowledged_and_proves_nothing() -> None:
    told = told_of(HANDSHAKE, "s2 l1 x>b:SYN:seq=1000 s2")
    assert told[2] == ("#3", "in |  | #4 ACK", " |  | #3 SYN,ACK")
    told = told_of(OPEN, "x>b:PSH,ACK:seq=1001:ack=5001:data=xy s2 a:send:x s2")
    assert "peer" not in told[-1][1].split("|")[0]


# Any run.


class Checked:
    """Looks after each step at all that must hold."""

    def __init__(self) -> None:
        self.proven: Counter[tuple[Provable, bool]] = Counter()
        """How often each fact was proven, or never will be."""

    def check(self, run: Record) -> None:
        ledger = Ledger()
        before = {one.number: one for one in run.prelude_transmissions}
        known = {one.number: one for one in run.transmissions}
        last: dict[tuple[Side, int], EndLedger] = {}
        ever: dict[tuple[Side, int | None], set[Provable]] = defaultdict(set)
        for report in (*run.prelude, *run.reports):
            transmissions = known if report.step > 0 else before
            ledger.add(report, transmissions)
            for side, _, one in ledger.ends():
                ever[side, one.connection.iss] |= set(one.proofs)
            for side, name, one in ledger.ends():
                earlier = last.get((side, name))
                if one is earlier:
                    continue
                if earlier is not None and not earlier.over:
                    self._is_monotone(earlier, one)
                peer: Side = "B" if side == "A" else "A"
                if Provable.PEER_KNOWS in one.proofs:
                    assert Provable.REACHES in ever[peer, one.connection.irs]
                if Provable.PEER_KNOWS_FIN in one.proofs:
                    assert Provable.FIN_REACHES in ever[peer, one.connection.irs]
                self._is_true(side, one, [*before.values(), *known.values()], report.step)
                last[side, name] = one

    def _is_monotone(self, earlier: EndLedger, one: EndLedger) -> None:
        assert earlier.proofs.items() <= one.proofs.items()
        for fact in Provable:
            if earlier.is_never(fact):
                assert one.is_never(fact)
                self.proven[fact, False] += 1

    def _is_true(self, side: Side, one: EndLedger, all_of_them: list[Transmission], step: int) -> None:
        mine = [
            each
            for each in all_of_them
            if each.sender == side and isinstance(each.payload, Segment) and each.sent_in <= step
            and each.connection is not None and each.connection[:2] == one.connection[:2]
            and each.connection.iss is not None and not each.connection.differs(one.connection)
        ]  # fmt: skip
        came = [each for each in mine if _has_come(each, step)]
        fins = [each for each in came if isinstance(each.payload, Segment) and each.payload.flags & FIN]
        if Provable.REACHES in one.proofs:
            assert came
        if Provable.FIN_REACHES in one.proofs:
            assert fins
        for fact, proof in one.proofs.items():
            self.proven[fact, True] += 1
            by = [each for each in all_of_them if (each.number, each.ended_in) == proof]
            assert [each for each in by if each.receiver == side and _has_come(each, step)]
            if fact is Provable.FIN_REACHED:
                assert isinstance(by[0].payload, Segment)
                assert by[0].payload.flags & FIN
        newer = [
            each
            for each in mine
            if not each.copy_of
            and (one.unknown is None or (each.sent_in, each.number) > (one.unknown.step, one.unknown.number))
        ]
        for each in newer:
            assert isinstance(each.payload, Segment)
            assert each.payload.length, "what has no number is never proven"
            if not _has_come(each, step):
                assert [copy for copy in mine if copy.copy_of == each.number and _has_come(copy, step)]


def _has_come(one: Transmission, step: int) -> bool:
    return one.outcome is Outcome.ARRIVED and one.ended_in <= step


FORGED = ("PSH,ACK", "FIN,ACK", "SYN", "SYN,ACK", "ACK")


def forged(world: WorldState, number: int) -> Move | None:
    """A third party's segment in the name of an end, whose numbers are nearly right."""
    side = SIDES[number % 2]
    tcb = world.host(side).tcb
    if tcb is None or tcb.remote is None:
        return None
    seq, flags = seq_add(tcb.rcv_nxt, number // 2 % 5 - 2), FORGED[number // 10 % 5]
    data = "" if number % 3 else ":data=zz"
    return parse_moves(f"x>{side.lower()}:{flags}:seq={seq}:ack={tcb.snd_nxt}{data}")[0]


def moves_of(story: Scenario, made: list[Intent]) -> list[Move]:
    world, moves = begin(story)[0], []
    for kind, number in made:
        move = forged(world, number) if kind == "forge" else chosen(world, kind, number)
        if move is not None:
            world.apply(move)
            moves.append(move)
    return moves


def test_what_is_proven_is_true_and_stays_proven() -> None:
    checked = Checked()

    @settings(max_examples=250)
    @given(setups, intents(GENTLE) | intents(ROUGH) | intents((*GENTLE, "forge")))
    def any_run(story: Scenario, made: list[Intent]) -> None:
        checked.check(play(story, moves_of(story, made)))

    any_run()
    assert {fact for fact in Provable if checked.proven[fact, True]} == set(Provable)
    assert checked.proven[Provable.PEER_KNOWS_FIN, False]


@pytest.mark.parametrize("name", library.names())
def test_in_the_library_too(name: str) -> None:
    story = library.load_named(name)
    for one in (story, *(scenario_of_variant(story, variant.name) for variant in story.variants)):
        Checked().check(play(one))
