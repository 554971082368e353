"""The inspector of who knows what: rows for any room, which segment proved each fact, long runs."""

from __future__ import annotations

from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves import Lose, Wait
from tcptui.trace.ledger import Provable
from tcptui.view.inspectors.captured import Captures
from tests.lab.worlds import history_of, scenario
from tests.view.inspected import inspected_of, inspector_of, shown, story


def test_after_the_handshake_one_end_does_not_know_whether_its_ack_has_come() -> None:
    assert shown("ledger", inspected_of(story("handshake", 5)), 60, 5) == [
        " proof that           A                  B",
        " its segments arrive  by #2              ▸by #3",
        " the peer's arrive    by #2              by #1",
        " the peer knows that  not yet            ▸by #3",
        " fate not known of    #3 ACK             none",
    ]


def test_of_a_whole_life_all_that_is_known_and_what_can_not_be() -> None:
    lines = shown("ledger", inspected_of(story("life", 99)), 98, 14)
    assert [line.split("  ")[0].strip() for line in lines[:8]] == [
        "proof that", "its segments arrive", "the peer's arrive", "the peer knows that",
        "its FIN has arrived", "the peer's has come", "the peer knows that", "fate not known of",
    ]  # fmt: skip
    assert lines[6].split() == ["the", "peer", "knows", "that", "never", "by", "#11"]
    assert lines[7].split()[-4:] == ["#11", "ACK", "#9", "ACK"]
    assert " ".join(line.strip() for line in lines[9:]).startswith("Proof is what the segments")


def test_in_little_room_the_closing_comes_first_and_the_ends_are_named_in_the_row() -> None:
    inspected = inspected_of(story("life", 99))
    assert shown("ledger", inspected, 38, 1) == [" fate not know… A #11 ACK  B #9 ACK"]
    assert shown("ledger", inspected, 60, 2)[0].split() == [
        "the", "peer", "knows", "that", "A", "never", "B", "by", "#11",
    ]  # fmt: skip
    five = shown("ledger", inspected, 40, 5)
    assert [line.split("  ")[0].strip() for line in five[1:4]] == [
        "its FIN has arrived", "the peer's has come", "the peer knows that",
    ]  # fmt: skip


def test_what_was_proven_in_the_prelude_is_known_before() -> None:
    history = history_of(scenario('prelude = "b:listen a:connect s3"\n'))
    assert shown("ledger", inspected_of(history), 60, 5)[1].split()[-2:] == ["before", "before"]
    assert shown("ledger", inspected_of(history), 60, 5)[4].split()[-2:] == ["ACK", "none"]


def test_where_nothing_has_begun_nothing_is_known() -> None:
    lines = shown("ledger", inspected_of(story("handshake", 0)), 60, 8)
    assert all(line.split()[-4:] == ["not", "yet", "not", "yet"] for line in lines[1:7])
    assert lines[7].split()[-2:] == ["none", "none"]


def test_several_connections_are_told_apart_on_the_frame() -> None:
    assert inspector_of("ledger").about(inspected_of(story("life", 99))) == ""
    about = inspector_of("ledger").about(inspected_of(story("accept-queue", 99)))
    assert about.split(">")[1] == "80"


CALLS = 'A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]\n'


def test_a_long_run_is_gone_through_a_little_at_a_time() -> None:
    history = History(scenario(CALLS))
    for _ in range(5):
        history.apply()
    for _ in range(10 * INTERVAL):
        history.apply(Wait(1_000))
    inspected = inspected_of(history)
    assert inspected.captures is not None
    captures = inspected.captures()
    assert shown("ledger", inspected, 60, 5) == [" The run is being gone through."]
    for _ in range(9):
        assert captures.behind
        captures.ledger()
    assert shown("ledger", inspected, 60, 5)[3].split()[-4:] == ["not", "yet", "by", "#3"]


def test_it_goes_back_and_to_other_branches_with_the_run() -> None:
    history = History(scenario(CALLS))
    captures = Captures(history)

    def known() -> list[bool]:
        ledger = captures.ledger()
        assert ledger is not None
        b = ledger.of("B")
        return [b is not None and fact in b.proofs for fact in (Provable.REACHED, Provable.PEER_KNOWS)]

    for _ in range(5):
        history.apply()
    assert known() == [True, True]
    history.go_to(4)
    assert known() == [True, False]
    history.apply(Lose(3))
    for _ in range(INTERVAL):
        history.apply(Wait(1))
    assert known() == [True, False]
    history.switch(0)
    history.go_to(5)
    assert known() == [True, True]
