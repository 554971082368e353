"""The picker as lines: its list, the preview, what stands where."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.library import listed
from tcptui.ui.stories import Stories
from tcptui.view.lines import line_width, plain_text
from tcptui.view.picker import Entry, Key, Picture, first_row, list_rows, picker_picture
from tcptui.view.preview import Heading, preview_lines, sections_text

ENTRIES = [Entry(f"story-{n}", f"Title {n}", f"Chapter {n // 5}", n % 3 == 0, n % 4 == 0) for n in range(23)]
KEYS = [[Key("enter", "play", "choose"), Key("?", "help", "help")], []]


def picture(
    width: int, height: int, entries: Sequence[Entry] = ENTRIES, at: int = 0, top: int = 0
) -> Picture:
    heading = Heading("t", "q", (), 0, "") if entries else None
    return picker_picture(
        width, height, entries, at, text="lost", found="5 of 9", top=top, heading=heading, played=None,
        keys=KEYS,
    )  # fmt: skip


@given(
    width=st.integers(80, 300), height=st.integers(24, 90), count=st.integers(0, 23), at=st.integers(0, 22),
    top=st.integers(0, 40), wide=st.booleans(),
)  # fmt: skip
def test_at_every_size_every_line_is_as_wide_and_the_cursor_is_seen(
    width: int, height: int, count: int, at: int, top: int, wide: bool
) -> None:
    entries = [one._replace(title="題" * 40) if wide else one for one in ENTRIES[:count]]
    at = min(at, max(0, count - 1))
    made = picture(width, height, entries, at, top)
    assert len(made.lines) == height
    assert {line_width(line) for line in made.lines} == {width}
    assert not entries or at in made.rows
    for place, row in enumerate(made.rows):
        if isinstance(row, int):
            assert entries[row].name in plain_text(made.lines[place + 2])


def test_the_list_moves_no_further_than_it_must() -> None:
    rows = list_rows(ENTRIES)
    assert rows[:3] == ["Chapter 0", 0, 1]
    assert first_row(rows, 0, 10, 0) == 0
    assert first_row(rows, 8, 10, 0) == 1
    assert first_row(rows, 7, 10, 1) == 1
    assert first_row(rows, 0, 10, 5) == 0, "with its chapter"
    assert first_row(rows, 22, 10, 0) == len(rows) - 10
    assert first_row(rows, 22, 99, 7) == 0


def test_what_was_seen_is_marked_and_the_cursor_is_not_told_by_colour_alone() -> None:
    lines = [plain_text(line) for line in picture(80, 24, at=1).lines]
    assert lines[3].startswith("│ ✓*story-0")
    assert lines[4].startswith("│▸  story-1")
    assert "lost_" in lines[1]
    assert "5 of 9 │" in lines[1]


def test_a_click_finds_its_key() -> None:
    made = picture(80, 24)
    keys = plain_text(made.lines[-2])
    for start, end, action in made.keys[0]:
        assert keys[start:end].strip() == {"choose": "enter play", "help": "? help"}[action]


@pytest.mark.parametrize(("width", "height"), [(39, 20), (61, 32), (137, 46)])
def test_every_story_has_a_preview_in_its_room(width: int, height: int) -> None:
    for story in library.all_scenarios():
        if story.name == library.LAB:  # Nothing happens in it.
            continue
        stories = Stories([story])
        for _ in stories.play_all():
            pass
        for place, variant in enumerate(("", *story.variants)):
            played = stories.played(story.name, variant)
            assert played is not None
            heading = Heading(story.title, story.question, story.variants, place, "✓ seen")
            lines = preview_lines(heading, played, width, height)
            assert len(lines) <= height
            assert {line_width(line) for line in lines} == {width}
            text = "\n".join(map(plain_text, lines))
            assert (f"{played.steps} step" in text) == played.complete
            assert ("#1 " in text) == bool(played.transmissions)
            assert variant.split(" ")[0] in text


def test_before_it_is_played_a_preview_has_its_words() -> None:
    lines = [
        plain_text(line)
        for line in preview_lines(Heading("T", "Q?", ("v", "w"), 0, "* marked"), None, 40, 10)
    ]
    assert lines[0].startswith("T ")
    assert lines[0].endswith(" * marked")
    assert lines[1] == "Q?"
    assert lines[-1] == "also: v; w"


def test_sections_are_told_once_by_number() -> None:
    told = sections_text(
        ["RFC 9293 3.10.7.4, third", "RFC 6298 5.4", "RFC 9293 3.10.1", "Linux tcp_rcv()",
         "RFC 9293 3.10.7.4, fifth", "RFC 9293 3.5"]
    )  # fmt: skip
    assert told == ["RFC 9293 3.5", "3.10.1", "3.10.7.4", "RFC 6298 5.4", "Linux tcp_rcv()"]


def test_the_ladder_of_a_long_run_says_how_much_is_left_out() -> None:
    stories = Stories([one for one in library.all_scenarios() if one.name == "syn-flood"])
    for _ in stories.play_all():
        pass
    played = stories.played("syn-flood")
    assert played is not None
    lines = [plain_text(line) for line in preview_lines(Heading("t", "q", (), 0, ""), played, 39, 20)]
    more = next(line for line in lines if " more" in line)
    shown = {word for line in lines for word in line.split() if word.startswith("#")}
    assert int(more.split()[1]) == len(played.transmissions) - len(shown)


@pytest.mark.parametrize("width", [39, 61, 100, 137])
def test_the_names_of_the_ends_stand_above_their_life_lines(width: int) -> None:
    stories = Stories([one for one in library.all_scenarios() if one.name == "handshake"])
    for _ in stories.play_all():
        pass
    lines = preview_lines(Heading("t", "q", (), 0, ""), stories.played("handshake"), width, 30)
    place, ends = next(
        (place, text) for place, text in enumerate(map(plain_text, lines)) if text.split() == ["A", "B"]
    )
    first = plain_text(lines[place + 1])
    assert (first[ends.index("A")], first[ends.index("B")]) == ("│", "│")


def test_a_row_is_no_wider_than_the_longest_of_the_library() -> None:
    entries = [Entry(one.name, one.title, one.chapter, True, True) for one in library.all_scenarios()]
    for width, wider in pairwise((80, 100, 120, 160, 200)):
        narrow, wide = (picture(size, 60, entries) for size in (width, wider))
        cut = [sum("…" in plain_text(line) for line in one.lines) for one in (narrow, wide)]
        assert cut[0] >= cut[1], "a wider screen cuts no more"


def test_a_scenario_that_is_there_can_be_listed() -> None:
    whole = library.load_named("two-way")
    assert listed(whole).load() is whole


def test_a_chapter_has_the_digit_that_goes_to_it_where_digits_are_keys() -> None:
    heading = Heading("t", "q", (), 0, "")
    for text, first in ((None, "── 1 Chapter 0 ─"), ("chapter", "── Chapter 0 ─")):
        made = picker_picture(
            80, 24, ENTRIES, 0, text=text, found="", top=0, heading=heading, played=None, keys=KEYS
        )
        assert plain_text(made.lines[2]).startswith(f"│{first}")
