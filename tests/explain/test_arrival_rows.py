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
