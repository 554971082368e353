"""What a row of the ladder says of an arrival where rules seldom come together."""

from tcptui import library
from tcptui.explain.arrival import arrival_effect
from tcptui.explain.catalogue import text
from tcptui.lab.history import History
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.variant import preset, variant


def test_an_ack_whose_sack_block_is_known_is_told_to_bring_nothing_new() -> None:
    history = History(variant(library.find("reordered"), preset("linux"), ()))
    for move in parse_moves("s20 d11+30ms s u11 s"):
        history.apply(move)
    assert history.report is not None
    assert [text(part) for part in arrival_effect(history.report)] == ["nothing new"]


def test_a_fin_that_crosses_another_is_counted() -> None:
    history = History(library.find("figure-13"))
    for _ in range(3):
        history.apply()
    assert history.report is not None
    assert [text(part, True) for part in arrival_effect(history.report)] == ["CLOSING", "NXT 301"]
    (state,) = [tcb.rcv_nxt for tcb in history.world.host("A").blocks]
    assert state == 301, "as the block has it"
