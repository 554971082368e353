"""The header of a segment: its figure with every bit, its octets, what each field is for, in any room."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.packet.segment import FLAG_NAMES, Segment
from tcptui.core.packet.tcp_format import encode
from tcptui.lab.history import History
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.fields import header_of
from tcptui.view.lines import line_width, plain_text
from tests.lab.worlds import history_of, scenario
from tests.view.inspected import inspected_of, inspector_of, shown, story

LINUX = """
A = { isn = 1000, profile = "linux", set = { nagle = false } }
B = { isn = 5000, profile = "linux" }
"""
WIDTHS = (40, 58, 80, 110)
HEADER = inspector_of("header")


def linux(moves: str, number: int, *, raw: bool = False, place: str = "") -> Inspected:
    """Segment `number` between two Linux stacks."""
    history = history_of(scenario(LINUX), f"b:listen a:connect {moves}")
    return inspected_of(history, number, raw=raw, place=place)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_options_of_a_syn_are_told_whole(width: int) -> None:
    text = " ".join(shown("header", linux("", 1), width, 40))
    for words in ("MSS 1460", "TSval 0", "TSecr 0"):
        assert words in text


def test_each_option_has_boxes_for_kind_length_and_value_with_its_octets_beside() -> None:
    """Linux: MSS, SACK permitted and timestamps, NOP and window scale."""
    lines = shown("header", linux("", 1), 80, 40)
    rows = [line for line in lines if line.startswith("│")][-5:]
    assert [[" ".join(box.split()) for box in row.split("│")[1:]] for row in rows] == [
        ["kind 2", "length 4", "MSS 1460", "02 04 05 b4"],
        ["kind 4", "length 2", "kind 8", "length 10", "04 02 08 0a"],
        ["TSval 0", "00 00 00 00"],
        ["TSecr 0", "00 00 00 00"],
        ["kind 1 NOP", "kind 3", "length 3", "shift 7", "01 03 03 07"],
    ]


def test_the_figure_is_that_of_rfc_9293_bit_by_bit() -> None:
    """Figure 1: its rows of bits stand at the same columns."""
    lines = shown("header", linux("", 1), 80, 40)
    bits = next(place for place, line in enumerate(lines) if "│C│E│U│A│P│R│S│F│" in line)
    assert [line[:33] for line in lines[bits : bits + 4]] == [
        "│ Data  │       │C│E│U│A│P│R│S│F│",
        "│ offset│ Rsrvd │W│C│R│C│S│S│Y│I│",
        "│       │       │R│E│G│K│H│T│N│N│",
        "│ 10    │ 0000  │0│0│0│0│0│0│1│0│",
    ]


@pytest.mark.parametrize("width", range(38, 111))
@pytest.mark.parametrize("height", [6, 16, 24])
def test_the_data_offset_and_every_control_bit_are_whole(width: int, height: int) -> None:
    """A SYN of Linux has 20 octets of options: 10 words of header in all."""
    text = "\n".join(shown("header", linux("", 1), width, height))
    assert "10" in text
    letters = "".join(text.split()).replace("│", "")
    assert "······S·" in letters or "00000010" in letters or "SYN" in text


@pytest.mark.parametrize(("width", "height"), [(80, 7), (58, 7), (58, 30), (80, 30)])
def test_the_data_offset_is_told_in_octets_too(width: int, height: int) -> None:
    assert "data offset 5 (20 octets)" in " ".join(
        shown("header", inspected_of(story("life", 8)), width, height)
    )


@pytest.mark.parametrize(("raw", "block"), [(False, "SACK 2:3"), (True, "SACK 1002:1003")])
def test_a_sack_block_is_relative_to_the_number_that_the_acknowledgment_is_relative_to(
    raw: bool, block: str
) -> None:
    """Of two octets of A the first is lost: B has 2 up to, not including, 3."""
    text = " ".join(shown("header", linux("s2 a:send:x a:send:y l4 s2", 6, raw=raw), 58, 12))
    assert block in text


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (38, " PSH,ACK  seq 1 (5001)  ack 8 (1008)"),
        (58, " PSH,ACK  seq 1 (5001)  ack 8 (1008)  len 14  win 65528"),
        (72, " PSH,ACK  seq 1 (5001)  ack 8 (1008)  len 14  win 65528  80 → 49152"),
    ],
)
def test_one_row_tells_flags_and_numbers_first(width: int, row: str) -> None:
    assert shown("header", inspected_of(story("life", 8)), width, 1) == [row]


def test_why_it_was_sent_and_what_came_of_it() -> None:
    lines = shown("header", inspected_of(story("life", 7), 4), 110, 40)
    (because,) = (line for line in lines if line.startswith(" sent because"))
    assert because.endswith(
        "A calls send(). 7 octets to send; B's window is 65535.            RFC 9293 3.10.2, ESTABLISHED"
    )
    (arrival,) = (line for line in lines if line.startswith(" on arrival"))
    assert arrival.split("  ", 2)[-1].strip().startswith("7 octets in order: taken, 8 is next.")


def test_what_has_not_arrived_says_when_it_will_and_what_is_lost_that_it_never_does() -> None:
    history = history_of(scenario(LINUX), "b:listen a:connect")
    assert " on arrival    in 50 ms" in shown("header", inspected_of(history), 58, 20)
    lost = history_of(scenario(LINUX), "b:listen a:connect l1")
    assert " on arrival    never: it was lost" in shown("header", inspected_of(lost, 1), 58, 20)


@pytest.mark.parametrize("place", HEADER.places(linux("", 1)))
@pytest.mark.parametrize(("width", "height"), [(38, 6), (58, 9), (80, 40), (110, 40)])
def test_what_the_field_at_the_cursor_is_for_is_told_with_its_octets(
    place: str, width: int, height: int
) -> None:
    plain = shown("header", linux("", 1), width, height)
    told = shown("header", linux("", 1, place=place), width, height)
    assert len(told) == height
    assert told[-1] != plain[-1]
    assert "octet" in " ".join(told[-3:])


@pytest.mark.parametrize("place", [*HEADER.places(linux("", 1))])
def test_the_cursor_shows_a_field_and_its_octets_as_selected(place: str) -> None:
    """The octets that are shown so are those of the field in the segment's own octets."""
    inspected = linux("", 1, place=place)
    one = inspected.transmission
    assert one is not None
    assert isinstance(one.payload, Segment)
    octets = encode(one.payload)
    lines = HEADER.lines(inspected, 110, 40)
    boxes, beside = [], ""
    for line in lines:
        x = 0
        for text, style in line:
            if style == "selected" and x < 65:
                boxes.append(text)
            elif style == "selected":
                beside += text
            x += len(text)
    assert boxes
    field = header_of(one, False).field(place)
    assert field is not None
    assert bytes.fromhex(beside) == octets[field.start : field.stop]


def test_a_click_on_a_box_or_an_octet_finds_the_same_field() -> None:
    inspected = linux("", 1)
    lines = shown("header", inspected, 80, 40)
    found: dict[str, set[str]] = {}
    for y, line in enumerate(lines):
        for x in range(len(line)):
            target = HEADER.target(inspected, 80, 40, (x, y))
            if isinstance(target, str):
                where = "octets" if line.startswith("│") and x > 65 else "boxes"
                found.setdefault(target, set()).add(where)
    bits = {name for _, name in FLAG_NAMES}
    for place in HEADER.places(inspected):
        if place != "reserved" and place not in bits:  # They share an octet with others.
            assert found[place] == {"boxes", "octets"}, place
    assert HEADER.target(inspected, 80, 40, (0, 0)) is None
    assert HEADER.target(inspected, 80, 40, (3, 39)) is None


def test_the_places_are_in_the_order_of_the_header() -> None:
    assert list(HEADER.places(inspected_of(story("life", 8)))) == [
        "source_port", "destination_port", "seq", "ack", "data_offset", "reserved",
        "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN",
        "window", "checksum", "urgent", "data",
    ]  # fmt: skip


def test_before_any_segment_that_is_said() -> None:
    assert shown("header", inspected_of(History(library.find("life"))), 40, 5) == [" No segment yet."]


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in library.all_scenarios())),
    steps=st.integers(0, 25),
    width=st.integers(38, 110),
    height=st.integers(1, 40),
    cursor=st.integers(0, 30),
)
def test_in_any_room_every_line_is_as_wide_as_asked(
    name: str, steps: int, width: int, height: int, cursor: int
) -> None:
    inspected = inspected_of(story(name, steps))
    places = ["", *HEADER.places(inspected)]
    inspected = inspected._replace(place=places[cursor % len(places)])
    lines = HEADER.lines(inspected, width, height)
    assert 1 <= len(lines) <= height
    assert {line_width(line) for line in lines} == {width}
    assert plain_text(lines[0]).strip()
