"""On the screen: what a story says, its answer once all is over, its variants."""

from __future__ import annotations

import asyncio

import pytest

from tcptui import library
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.scenario import Scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.session import Session
from tcptui.view.lines import line_width, plain_text
from tcptui.view.story import MOST_SAID, NOTHING, story_lines, story_rows
from tests.lab.worlds import scenario
from tests.ui.drive import Screenshot, drive

STORY = """
answer = "Three segments, no fewer."
chapter = "Mine"
A.isn = 1000
B.isn = 5000
A.script = [{ call = "connect", at = "100ms" }]
B.script = [{ call = "listen" }]
[[say]]
when = "B SYN,ACK"
text = "B answers before it knows."
pause = true
[[variant]]
name = "two segments"
set = { "B.two_way_handshake" = true }
answer = "Two."
[[variant]]
name = "lost"
faults = "l1"
"""


def story() -> Scenario:
    return scenario(STORY)


def see(
    session: Session | None, *keys: str, size: tuple[int, int] = (80, 24)
) -> tuple[Screenshot, TcptuiApp]:
    app = TcptuiApp(session, lambda: [library.listed(story())])

    async def run() -> Screenshot:
        async with app.run_test(size=size) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            return Screenshot(app)

    return asyncio.run(run()), app


def lines(screenshot: Screenshot) -> list[str]:
    return [line.strip() for line in screenshot.text.splitlines()]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_what_a_story_says_stands_above_the_sentence_of_why(size: tuple[int, int]) -> None:
    screenshot, _ = see(Session(story(), "s3"), size=size)
    shown = lines(screenshot)
    place = shown.index("B answers before it knows.")
    assert shown[place - 1].startswith("╰")
    assert shown[place + 1] == ""
    assert shown[place + 2].startswith("#1 SYN reaches B.")


def test_its_place_is_kept_free_between_two_moments() -> None:
    places = [
        [index for index, line in enumerate(lines(see(Session(story(), moves))[0])) if line.startswith("╰")]
        for moves in ("", "s3", "s4")
    ]
    assert places[0] == places[1] == places[2]


def test_the_answer_is_shown_as_soon_as_the_last_step_is_made() -> None:
    for keys in (("space",) * 5, ("end",), ("end", "space"), ("end", "b", "space")):
        screenshot, _ = see(Session(story()), *keys)
        assert "Three segments, no fewer." in screenshot, keys
    assert "Three segments" not in see(Session(story()), *("space",) * 4)[0]
    assert "Three segments" not in see(Session(story()), "end", "b")[0]


def test_the_last_sentence_stays_below_the_answer() -> None:
    screenshot, _ = see(Session(story()), "end")
    assert "ACK 1 acknowledges B's SYN" in screenshot
    screenshot, _ = see(Session(story()), "end", "space")
    assert "Nothing more will happen by itself." in screenshot


def test_a_story_without_moments_gives_its_answer_room_at_the_end_alone() -> None:
    quiet = story()._replace(say=())
    before, _ = see(Session(quiet, "s4"))
    after, _ = see(Session(quiet, "s4"), "space", "b")
    assert lines(before)[-5].startswith("╰")
    assert lines(before)[1:] == lines(after)[1:], "all but how many steps there are, as far as that is known"
    over, _ = see(Session(quiet, "s4"), "space")
    assert lines(over)[-5] == "Three segments, no fewer."


def test_playing_to_the_end_shows_the_answer() -> None:
    session = Session(story()._replace(say=()))
    session.toggle_playing()
    while session.playing:
        assert session.story.panel.answer == ""
        session.tick(0.5)
    assert session.story.panel.answer == "Three segments, no fewer."


def test_escape_puts_the_answer_away_until_the_end_is_reached_again() -> None:
    over = ("end",)
    assert "Three segments, no fewer." in see(Session(story()), *over)[0]
    assert "Three segments" not in see(Session(story()), *over, "escape")[0]
    assert "Three segments" not in see(Session(story()), *over, "escape", "n", "space")[0], "it stays away"
    assert "Three segments, no fewer." in see(Session(story()), *over, "escape", "b", "space")[0]
    assert "Three segments, no fewer." in see(Session(story()), *over, "up", "n", "i", "i")[0], "it stays"


def test_the_first_escape_puts_the_answer_away_and_the_next_gives_up_the_selection() -> None:
    _, app = see(Session(story()), "end", "up", "escape")
    assert app.session is not None
    assert app.session.selection
    _, app = see(Session(story()), "end", "up", "escape", "escape")
    assert app.session is not None
    assert not app.session.selection


def test_a_key_shows_question_and_answer_at_any_time() -> None:
    for keys in ((), ("space", "space"), ("end",)):
        shown = lines(see(Session(story()), *keys, "Q")[0])
        place = next(place for place, line in enumerate(shown) if line.startswith("─ The question"))
        assert [line.rstrip("─ ") for line in shown[place + 1 : place + 4]] == [
            "q",
            "─ The answer",
            "Three segments, no fewer.",
        ]
    for twice in (("Q", "Q"), ("Q", "escape"), ("end", "Q", "Q"), ("end", "Q", "escape")):
        assert "The answer" not in see(Session(story()), *twice)[0]
    assert "The question" in see(Session(story()), "Q", "space", "space")[0], "it stays"


def test_a_click_on_its_edge_puts_the_panel_away() -> None:
    session = Session(story())
    app = TcptuiApp(session, list)

    async def run() -> tuple[str, str]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("end")
            await pilot.pause()
            before = Screenshot(app)
            edge = next(y for y, line in enumerate(lines(before)) if line.startswith("─ The answer"))
            await pilot.click(offset=(70, edge + 1))
            await pilot.pause()
            inside = Screenshot(app)
            await pilot.click(offset=(70, edge))
            await pilot.pause()
            return inside.text, Screenshot(app).text

    inside, after = asyncio.run(run())
    assert "The answer" in inside
    assert "The answer" not in after


def test_the_reader_has_the_answer_though_the_panel_was_put_away() -> None:
    for keys in (("end", "e"), ("end", "escape", "e")):
        assert "Three segments, no fewer." in see(Session(story()), *keys)[0]
    assert "Three segments" not in see(Session(story()), "space", "e")[0]


def test_a_story_is_seen_once_its_end_is_reached() -> None:
    for keys, names in (
        (("space",), set()),
        (("end",), {"test"}),
        (("V", "enter", "end"), {"test:two segments"}),
    ):
        session = Session(story())
        app = TcptuiApp(session, list)

        async def run(app: TcptuiApp = app, keys: tuple[str, ...] = keys) -> None:
            async with app.run_test(size=(80, 24)) as pilot:
                await pilot.press(*keys)
                await pilot.pause()

        asyncio.run(run())
        assert app._seen.names == names


def test_the_stories_beside_this_one_are_opened() -> None:
    names = [one.name for one in library.all_scenarios()]
    here = names.index("lost-syn")
    for keys, there in (("]", here + 1), ("[", here - 1), ("]]", here + 2), ("[" * (here + 1), 0)):
        pressed = {"]": "right_square_bracket", "[": "left_square_bracket"}
        screenshot, app = drive("lost-syn", [pressed[key] for key in keys], moves="s3")
        assert app.session is not None
        assert (app.session.history.scenario.name, app.session.history.position) == (names[there], 0)
    assert "This is the first story of the list." in screenshot


def test_the_first_screen_says_what_to_press() -> None:
    for size in ((80, 24), (120, 36), (200, 50)):
        assert "space  the first step" in see(Session(story()), size=size)[0]
        assert "the first step" not in see(Session(story()), "space", size=size)[0]
        assert "the first step" in see(Session(story()), "space", "b", size=size)[0]


def test_a_moment_that_pauses_stops_a_run_that_plays() -> None:
    session = Session(story())
    session.toggle_playing()
    for _ in range(10_000):
        if not session.playing:
            break
        session.tick(0.05)
    assert session.history.position == 3
    assert session.story.said == ("B answers before it knows.",)
    session.toggle_playing()
    assert session.playing


def test_a_changed_run_has_no_answer_and_is_still_told_what_comes() -> None:
    session = Session(story(), "x>b:RST:seq=77")
    for _ in parse_moves("s6"):
        session.step()
    assert session.history.narration is not None
    assert session.history.narration.to_come == ()
    session.end()
    assert session.story.said == ()


def test_a_key_lists_the_variants_and_stacks_the_next_of_them_first() -> None:
    titles = []
    for count in range(6):
        screenshot, app = see(Session(story(), "s2"), *("V", "enter") * count)
        titles.append(lines(screenshot)[0].split("  ")[1])
        assert app.session is not None
        assert app.session.history.position == (0 if count else 2), "from its beginning"
    assert titles == ["t", "t: two segments", "t: lost", "t: under linux", "t: under freebsd", "t"]
    screenshot, _ = see(Session(story()), "V", size=(100, 30))
    listed = [line.strip("│ ") for line in lines(screenshot)]
    assert any("▸ the story" in line for line in listed)
    assert any("under freebsd" in line for line in listed)


def test_a_story_without_variants_can_be_played_under_another_stack() -> None:
    screenshot, app = see(Session(scenario()), "V", "enter", "end")
    assert "t: under linux" in screenshot
    assert app._seen.names == set(), "it is not the story that has been seen"


def test_the_picker_lists_variants_and_plays_them() -> None:
    screenshot, app = see(None)
    assert "also: two segments; lost" in screenshot
    screenshot, app = see(None, "right", "enter")
    assert app.session is not None
    assert app.session.history.scenario == scenario_of_variant(story(), "two segments")
    screenshot, app = see(Session(story()), "o", "enter")
    assert app.session is not None
    assert app.session.history.scenario.variant == ""


def test_the_ladder_is_not_hidden_by_the_header_where_the_story_takes_its_room() -> None:
    for height in (27, 28, 29, 36, 46):
        screenshot, _ = see(Session(story(), "s3"), size=(120, height))
        assert "─ Wire " in screenshot
        # Two lines are the story's.
        assert ("─ Header " in screenshot) == (height >= 29)


def test_long_texts_are_cut_in_bounds() -> None:
    texts = ("word " * 200, "more")
    assert story_rows(texts, NOTHING, 80, 24, 0) == MOST_SAID
    drawn = story_lines(texts, NOTHING, 80, MOST_SAID)
    assert [line_width(line) for line in drawn] == [80] * MOST_SAID
    assert plain_text(drawn[-1]).rstrip().endswith("…")
    assert story_rows((), NOTHING, 80, 24, 0) == 0
    assert story_rows((), NOTHING, 80, 24, 2) == 2


def test_what_is_told_of_a_selected_segment_has_the_free_lines_of_the_story() -> None:
    screenshot, _ = drive("figure-9", ("end", "escape", "up", "up"), size=(80, 24))
    rows = screenshot.text.splitlines()
    told = " ".join(row.strip() for row in rows[-6:-2])
    assert "sent again (1 of 8), the next wait is 2.00 s." in told
    assert "B: LISTEN > SYN-RECEIVED." in told
    assert "RFC 9293 3.10.7.2, third" in told
