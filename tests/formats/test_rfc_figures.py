"""The RFC's figures 6 to 13, line by line, as the live core plays them.

The texts below are those of RFC 9293, sections 3.5 and 3.6. How many blanks stand in a row is a matter of
layout; nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tcptui import library
from tcptui.formats import rfc
from tcptui.formats.rfc import rfc_figure
from tcptui.lab import run as run_module
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.wire import Transmission
from tests.formats.test_ladder import after_the_first_segment
from tests.lab.worlds import scenario

FIGURES = {
    6: """
       TCP Peer A                                           TCP Peer B

   1.  CLOSED                                               LISTEN

   2.  SYN-SENT    --> <SEQ=100><CTL=SYN>               --> SYN-RECEIVED

   3.  ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK>  <-- SYN-RECEIVED

   4.  ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK>       --> ESTABLISHED

   5.  ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK><DATA> --> ESTABLISHED
""",
    7: """
       TCP Peer A                                       TCP Peer B

   1.  CLOSED                                           CLOSED

   2.  SYN-SENT     --> <SEQ=100><CTL=SYN>              ...

   3.  SYN-RECEIVED <-- <SEQ=300><CTL=SYN>              <-- SYN-SENT

   4.               ... <SEQ=100><CTL=SYN>              --> SYN-RECEIVED

   5.  SYN-RECEIVED --> <SEQ=100><ACK=301><CTL=SYN,ACK> ...

   6.  ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED

   7.               ... <SEQ=100><ACK=301><CTL=SYN,ACK> --> ESTABLISHED
""",
    8: """
       TCP Peer A                                           TCP Peer B

   1.  CLOSED                                               LISTEN

   2.  SYN-SENT    --> <SEQ=100><CTL=SYN>               ...

   3.  (duplicate) ... <SEQ=90><CTL=SYN>               --> SYN-RECEIVED

   4.  SYN-SENT    <-- <SEQ=300><ACK=91><CTL=SYN,ACK>  <-- SYN-RECEIVED

   5.  SYN-SENT    --> <SEQ=91><CTL=RST>               --> LISTEN

   6.              ... <SEQ=100><CTL=SYN>               --> SYN-RECEIVED

   7.  ESTABLISHED <-- <SEQ=400><ACK=101><CTL=SYN,ACK>  <-- SYN-RECEIVED

   8.  ESTABLISHED --> <SEQ=101><ACK=401><CTL=ACK>      --> ESTABLISHED
""",
    9: """
         TCP Peer A                                      TCP Peer B

     1.  (REBOOT)                              (send 300,receive 100)

     2.  CLOSED                                           ESTABLISHED

     3.  SYN-SENT --> <SEQ=400><CTL=SYN>              --> (??)

     4.  (!!)     <-- <SEQ=300><ACK=100><CTL=ACK>     <-- ESTABLISHED

     5.  SYN-SENT --> <SEQ=100><CTL=RST>              --> (Abort!!)

     6.  SYN-SENT                                         CLOSED

     7.  SYN-SENT --> <SEQ=400><CTL=SYN>              -->
""",
    10: """
         TCP Peer A                                         TCP Peer B

   1.  (REBOOT)                                  (send 300,receive 100)

   2.  (??)    <-- <SEQ=300><ACK=100><DATA=10><CTL=ACK> <-- ESTABLISHED

   3.          --> <SEQ=100><CTL=RST>                   --> (ABORT!!)
""",
    11: """
       TCP Peer A                                    TCP Peer B

   1.  LISTEN                                        LISTEN

   2.       ... <SEQ=Z><CTL=SYN>                -->  SYN-RECEIVED

   3.  (??) <-- <SEQ=X><ACK=Z+1><CTL=SYN,ACK>   <--  SYN-RECEIVED

   4.       --> <SEQ=Z+1><CTL=RST>              -->  (return to LISTEN!)

   5.  LISTEN                                        LISTEN
""",
    12: """
       TCP Peer A                                           TCP Peer B

   1.  ESTABLISHED                                          ESTABLISHED

   2.  (Close)
       FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT

   3.  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT

   4.                                                       (Close)
       TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK

   5.  TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED

   6.  (2 MSL)
       CLOSED
""",
    13: """
       TCP Peer A                                           TCP Peer B

   1.  ESTABLISHED                                          ESTABLISHED

   2.  (Close)                                              (Close)
       FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  ... FIN-WAIT-1
                   <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <--
                   ... <SEQ=100><ACK=300><CTL=FIN,ACK>  -->

   3.  CLOSING     --> <SEQ=101><ACK=301><CTL=ACK>      ... CLOSING
                   <-- <SEQ=301><ACK=101><CTL=ACK>      <--
                   ... <SEQ=101><ACK=301><CTL=ACK>      -->

   4.  TIME-WAIT                                            TIME-WAIT
       (2 MSL)                                              (2 MSL)
       CLOSED                                               CLOSED
""",
}


def normalised(text: str) -> list[str]:
    return [re.sub(" +", " ", line) for line in text.strip("\n").split("\n")]


@pytest.mark.parametrize("number", FIGURES)
def test_a_figure_of_the_rfc_is_what_the_core_does(number: int) -> None:
    run = play(library.find(f"figure-{number}"))
    assert normalised(rfc_figure(run)) == normalised(FIGURES[number])


@pytest.mark.parametrize("number", FIGURES)
def test_a_figure_is_laid_out_in_columns(number: int) -> None:
    """Every row's segment begins in one column, and so does what stands at its right."""
    lines = rfc_figure(play(library.find(f"figure-{number}"))).splitlines()
    arrows = re.compile(r"(-->|<--|\.\.\.) <.*> *(-->|<--|\.\.\.)")
    found = [match for match in map(arrows.search, lines) if match]
    assert len({match.start() for match in found}) == 1
    assert len({match.start(2) for match in found}) == 1
    right = lines[0].index("TCP Peer B")
    assert {match.start(2) + 4 for match in found} == {right}


def test_moves_that_change_the_story_take_the_layout_away() -> None:
    figure = library.find("figure-6")
    told = rfc_figure(play(figure, parse_moves("s2 l1")))
    assert "(lost)" in told
    assert "<SEQ=101><ACK=301><CTL=ACK><DATA>" in told
    assert rfc_figure(play(figure, parse_moves("s2"))) == rfc_figure(play(figure))


def test_a_run_without_a_layout_has_a_line_for_each_segment_and_each_end() -> None:
    told = normalised(rfc_figure(play(library.find("handshake"))))
    assert told == normalised("""
       TCP Peer A                                TCP Peer B

   1.  CLOSED                                    LISTEN

   2.  SYN-SENT    --> <SEQ=0><CTL=SYN>            --> SYN-RECEIVED

   3.  ESTABLISHED <-- <SEQ=0><ACK=1><CTL=SYN,ACK> <-- SYN-RECEIVED

   4.  ESTABLISHED --> <SEQ=1><ACK=1><CTL=ACK>     --> ESTABLISHED

   5.  ESTABLISHED                                     ESTABLISHED
""")


def test_of_several_connections_a_line_has_the_ports_and_the_states_of_its_own() -> None:
    """The second client's SYN is dropped by the listener; the first one's connection is open meanwhile."""
    told = normalised(rfc_figure(play(library.find("accept-queue"))))
    assert told[18:28:2] == [
        " 9. SYN-SENT --> 49153>80 <SEQ=0><CTL=SYN> ...",
        " 10. ESTABLISHED <-- 80>49152 <SEQ=1><ACK=4><CTL=ACK> ...",
        " 11. ... 49153>80 <SEQ=0><CTL=SYN> --> LISTEN",
        " 12. SYN-SENT --> 49154>80 <SEQ=0><CTL=SYN> --> LISTEN",
        " 13. SYN-SENT --> 49153>80 <SEQ=0><CTL=SYN> --> LISTEN",
    ]


def test_a_stranger_is_told_by_its_address() -> None:
    told = normalised(rfc_figure(play(library.find("syn-flood"))))
    assert " 2. (third party) ... 203.0.113.1:1024>80 <SEQ=0><CTL=SYN> --> SYN-RECEIVED" in told
    assert " 3. (lost) ... 80>203.0.113.1:1024 <SEQ=0><ACK=1><CTL=SYN,ACK> <-- SYN-RECEIVED" in told


def test_a_box_at_which_a_segment_ends_is_named() -> None:
    story = scenario_of_variant(library.find("closed-port"), "a firewall that drops")
    assert " 2. SYN-SENT --> <SEQ=0><CTL=SYN> ... (firewall)" in normalised(rfc_figure(play(story)))


def test_so_is_one_that_a_move_has_put_on_the_wire() -> None:
    made = rfc_figure(play(library.find("life"), parse_moves("box:firewall:drop=A+SYN")))
    assert " 2. SYN-SENT --> <SEQ=0><CTL=SYN> ... (firewall)" in normalised(made)


def test_a_segment_of_a_third_party_that_is_still_on_its_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_STEPS", 1)
    told = normalised(
        rfc_figure(play(scenario("A.script = [{ call = 'connect' }]"), parse_moves("x>b:SYN:seq=5")))
    )
    assert " 2. (third party) --> <SEQ=0><CTL=SYN> ..." in told


def test_a_run_without_any_segment_has_its_two_states() -> None:
    told = normalised(rfc_figure(play(scenario())))
    assert [line for line in told if line] == [
        " TCP Peer A TCP Peer B",
        " 1. CLOSED CLOSED",
        " 2. CLOSED CLOSED",
    ]


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("moves", ["", "a:reboot", "u1", "x>b:RST:seq=5"])
def test_any_run_can_be_told_as_a_figure(name: str, moves: str) -> None:
    told = rfc_figure(play(library.find(name), parse_moves(after_the_first_segment(name, moves))))
    assert told.endswith("\n")
    assert all(line == line.rstrip() for line in told.splitlines())


def test_the_texts_of_the_segments_are_made_in_proportion_to_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that goes on has thousands of them; the width of a column is looked at once, not for each row."""
    made = 0
    text_of = rfc._segment_text

    def counted(transmission: Transmission, run: Record, hosts: Sequence[str]) -> str:
        nonlocal made
        made += 1
        return text_of(transmission, run, hosts)

    monkeypatch.setattr(rfc, "_segment_text", counted)
    calls = ", ".join(['{ call = "sendto" }'] * 100)
    run = play(scenario(f'B.script = [{{ call = "bind" }}]\nA.script = [{calls}]'))
    rfc_figure(run)
    assert len(run.transmissions) == 100
    assert made == 100
