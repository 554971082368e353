"""The pictures of the sequence spaces: exactly as wide as asked, every part in its place, and true."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.packet.seq import signed_distance
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES, Outcome
from tcptui.view.ascii import to_ascii
from tcptui.view.lines import line_width
from tcptui.view.sequence_parts import receive_space, send_space
from tcptui.view.sequence_space import (
    SIGNS,
    Part,
    Picture,
    Space,
    bound_column,
    draw_space,
    labels_below,
    numbers_above,
)
from tcptui.view.subject import Seen
from tests.lab.worlds import OPEN, history_of, scenario

WIDTHS = st.integers(16, 56)
"""Those of panes of 18 to 58 cells."""


@st.composite
def spaces(draw: st.DrawFn, most: int = 40) -> Space:
    """Any space whose parts follow one another."""
    lengths = st.lists(st.integers(1, 3_000), max_size=most)
    before, edge = [], 0
    for number, octets in enumerate(draw(lengths), 100):
        before.append(Part("known", edge - octets, edge, number))
        edge -= octets
    if draw(st.booleans()):
        before.append(Part("known", edge - 5_000, edge))
    after, edge = [], 0
    kinds = st.sampled_from(["sent", "again", "known", "gap"])
    for number, octets in enumerate(draw(lengths), 1):
        after.append(Part(draw(kinds), edge, edge + octets, number))  # type: ignore[arg-type]
        edge += octets
    following = edge
    if draw(st.booleans()):
        after.append(Part("given", edge, edge + 700))
        edge += 700
    if draw(st.booleans()):
        after.append(Part("given", edge, edge + 1, 0, "FIN"))
    window = draw(st.one_of(st.none(), st.integers(0, 100_000)))
    return Space(tuple(reversed(before)), tuple(after), following, window)


def text(picture: Picture) -> str:
    return "".join(text for text, _ in picture.line)


def row(space: Space, width: int) -> str:
    return text(draw_space(space, width)).rstrip()


@given(spaces(), WIDTHS)
def test_a_picture_is_exactly_as_wide_as_asked_and_its_edge_has_one_column(space: Space, width: int) -> None:
    picture = draw_space(space, width)
    assert line_width(picture.line) == width
    assert text(picture)[bound_column(width)] == "│"
    assert picture.edges[0] == (bound_column(width), 0)


@given(spaces(), WIDTHS)
def test_parts_stand_in_their_order_each_in_cells_of_its_own(space: Space, width: int) -> None:
    cells = draw_space(space, width).cells
    for one, following in pairwise(cells):
        assert one.x + one.width <= following.x
        assert one.part.end <= following.part.start
    drawn = text(draw_space(space, width))
    for part, x, wide in cells:
        assert wide >= 1
        assert drawn[x : x + wide] == SIGNS[part.kind] * wide
        assert (x < bound_column(width)) == (part.start < 0)


@given(spaces(), WIDTHS)
def test_no_part_in_flight_is_left_out_without_being_counted(space: Space, width: int) -> None:
    picture = draw_space(space, width)
    drawn = sum(1 for cells in picture.cells if cells.part.start >= 0 and cells.part.kind != "given")
    folded = sum(int(count) for count in re.findall(r"\((\d+)\)", text(picture)))
    assert drawn + folded == sum(1 for part in space.after if part.kind != "given")


@given(spaces(most=4), st.integers(40, 56))
def test_segments_have_equally_many_cells_whatever_their_length(space: Space, width: int) -> None:
    wide = {
        cells.width for cells in draw_space(space, width).cells if cells.part.start >= 0 and cells.part.number
    }
    assert len(wide) <= 1


@given(spaces(), WIDTHS)
def test_what_stands_above_and_below_has_room(space: Space, width: int) -> None:
    picture = draw_space(space, width)
    assert len(labels_below(picture, width)) <= width
    assert len(labels_below(picture, width, "7 taken")) <= width
    assert len(numbers_above(width, [(x, str(at)) for x, at in picture.edges])) <= width
    for label in re.findall(r"#(\d+)", labels_below(picture, width)):
        assert int(label) in {part.number for part in (*space.before, *space.after)}


@given(spaces(), WIDTHS, st.integers(0, 3_000), st.integers(1, 1_460))
def test_the_selected_segment_is_reversed_and_moves_nothing(
    space: Space, width: int, start: int, length: int
) -> None:
    plain, chosen = draw_space(space, width), draw_space(space, width, (start, start + length))
    assert plain.cells == chosen.cells
    reversed_cells = sum(len(text) for text, style in chosen.line if style == "selected")
    touched = [
        cells for cells in plain.cells
        if cells.part.start < start + length and start < cells.part.end
    ]  # fmt: skip
    assert reversed_cells == sum(cells.width for cells in touched)


def sent(count: int, first: int = 1) -> tuple[Part, ...]:
    return tuple(Part("sent", place * 10, place * 10 + 10, first + place) for place in range(count))


SYN = Part("known", -1, 0, 1, "SYN")


@pytest.mark.parametrize(
    ("space", "drawn"),
    [
        (Space((), (Part("sent", 0, 1, 1, "SYN"),), 1), "    │▓▓▓│"),
        (Space((SYN,), (), 0, 500), "   █│··········│"),
        (Space((SYN,), sent(1), 10, 500), "   █│▓▓▓│······│"),
        (Space((SYN,), sent(2), 20, 500), "   █│▓▓▓┊▓▓▓│··│"),
        (Space((SYN,), sent(4), 40, 500), "   █│▓┊▓┊▓┊▓│··│"),
        (Space((SYN,), sent(20), 200, 500), "   █│▓(18)▓│···│"),
        (Space((SYN,), sent(1), 10, 10), "   █│▓▓▓│"),
        (Space((SYN,), (Part("given", 0, 5),), 0, 0), "   █│░░░░░░░░░░░"),
        (Space((SYN,), (Part("given", 0, 5),), 0, 500), "   █│░░░·······│"),
        (Space((SYN,), (*sent(1), Part("sent", 10, 11, 2, "FIN")), 11), "   █│▓▓▓┊▓▓▓│"),
        (Space((SYN,), (Part("gap", 0, 10), Part("sent", 10, 20, 2)), 0, 500), "   █│   ┊▓▓▓···│"),
        (Space((SYN,), (Part("again", 0, 10, 5),), 10, 500), "   █│▒▒▒│······│"),
        (Space((Part("known", -90, -20), Part("known", -20, 0, 3)), (), 0, 9), "██┊█│··········│"),
    ],
)
def test_what_is_drawn_in_sixteen_cells(space: Space, drawn: str) -> None:
    assert row(space, 16) == drawn


def test_a_shrunk_window_has_its_end_where_it_is() -> None:
    """RFC 9293 section 3.8.6: what was sent before may lie beyond it."""
    assert row(Space((SYN,), sent(3), 30, 10), 24) == "     █│▓▓▓│▓▓▓┊▓▓▓│"


def test_in_ascii_every_sign_differs() -> None:
    signs = [*SIGNS.values(), "·", "│"]
    assert [to_ascii(sign) for sign in signs] == ["#", "=", "~", " ", "+", ".", "|"]


@pytest.mark.parametrize("name", library.names())
def test_the_parts_are_those_of_the_block_and_of_the_segments_that_carried_them(name: str) -> None:
    history = History(library.find(name))
    while history.world.next_event() is not None:
        history.apply()
        world = history.world
        transmissions = history.transmissions()
        known = {one.number: one for one in transmissions}
        seen = Seen(transmissions, world.wire.launched, world.steps)
        for side in SIDES:
            tcb = world.host(side).tcb
            if tcb is None:
                continue
            own, peers = send_space(tcb, seen, 9), receive_space(tcb, seen, 9)
            for space, base in ((own, tcb.snd_una), (peers, tcb.rcv_nxt)):
                if space is None:
                    continue
                parts = (*space.before, *space.after)
                assert all(one.end == two.start for one, two in pairwise(parts))
                assert not parts or parts[0].end <= 0 or parts[0].start == 0
                for part in parts:
                    one = known.get(part.number)
                    if one is None:
                        assert part.kind in ("gap", "given") or part.end <= 0
                        continue
                    payload = one.payload if space is own else one.arrives_as
                    start = signed_distance(base, payload.seq)  # type: ignore[union-attr]
                    assert start <= part.start < part.end <= start + payload.length  # type: ignore[union-attr]
                    assert space is own or one.outcome is Outcome.ARRIVED
            if own is not None:
                flight = [part for part in own.after if part.kind in ("sent", "again", "known")]
                assert sum(part.end - part.start for part in flight) == own.next
                assert sum(part.end - part.start for part in own.after if part.kind == "given") == len(
                    tcb.send_buffer
                ) + (tcb.close_called and not tcb.fin_sent)


def test_a_segment_that_was_sent_again_has_its_new_number_and_what_it_was_taken_from_the_one_that_came() -> (
    None
):
    history = history_of(scenario(OPEN), "a:send:hello d1+3s s s")
    world = history.world
    seen = Seen(history.transmissions(), world.wire.launched, world.steps)
    a, b = world.host("A").tcb, world.host("B").tcb
    assert a is not None
    assert b is not None
    own, peers = send_space(a, seen, 9), receive_space(b, seen, 9)
    assert own is not None
    assert peers is not None
    assert own.after == (Part("again", 0, 5, 2),)
    assert peers.before[-1] == Part("known", -5, 0, 2), "#1 is late: #2 has brought it"
