"""A presenter and watchers on the screen: what one shows the others see, and nothing comes back."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from pathlib import Path

import pytest

from tcptui import lecture, library
from tcptui.cli import _parser
from tcptui.commands.play import _session
from tcptui.core.message import MessageError
from tcptui.core.profile.presets import PRESETS
from tcptui.formats.packetdrill.scenario import scenario_with_verdict
from tcptui.lab.loader import load_scenario
from tcptui.rooms.encoding import LONGEST_SAID
from tcptui.rooms.values import Shown, Trouble
from tcptui.ui.lecturing import Lecturing
from tcptui.ui.replay import Origin
from tcptui.ui.screens import pane_screen
from tcptui.ui.session import Session
from tcptui.ui.shown import session_of
from tests.messages import refused
from tests.ui.drive import drive
from tests.ui.in_a_room import KEY, Class, in_class

STORY = """
title = "mine"
question = "?"
A.script = [{ call = "connect", at = "0ms" }, { call = "send", text = "x", at = "500ms" }]
B.script = [{ call = "listen", at = "0ms" }]

[[variant]]
name = "lost"
faults = "l1"
"""


def test_a_watcher_is_where_the_presenter_is_whenever_he_comes_and_at_his_own_size() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s3"))
        early = await room.watch()
        for keys in (
            "space",
            "l",
            "space space b",
            "home",
            "end",
            "b b d",
            "V enter",
            "right_square_bracket",
            "space space",
        ):
            await presenter.press(*keys.split())
            await room.settle()
            assert early.moment == presenter.moment, keys
        late = await room.watch((200, 50))
        assert late.moment == presenter.moment
        assert "following" in late.text
        await room.count()
        assert "2 watch" in presenter.text

    in_class(test)


@pytest.mark.parametrize(
    "key", ["space", "b", "home", "end", "l", "d", "u", "p", "full_stop", "right_square_bracket", "V"]
)
def test_a_move_of_ones_own_leads_to_a_copy_and_a_key_back(key: str) -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher, other = await room.watch(), await room.watch()
        there = presenter.moment
        await watcher.press(key, *(["enter"] if key == "V" else []))
        if key == "p":
            assert "on a copy" in watcher.text
            async with asyncio.timeout(30):
                while watcher.moment == there:
                    await asyncio.sleep(0.01)
        assert watcher.moment != there
        if key != "p":
            assert "On a copy of the presenter's moment; f comes back." in watcher.text or (
                key == "right_square_bracket" and "On a story of your own; f comes back" in watcher.text
            )
        own = watcher.moment
        await presenter.press("space", "space")
        await room.settle()
        if key != "p":
            assert watcher.moment == own
        assert presenter.moment == other.moment != there
        await watcher.press("f")
        assert watcher.moment == presenter.moment
        await presenter.press("space")
        await room.settle()
        assert watcher.moment == presenter.moment

    in_class(test)


@pytest.mark.parametrize(
    "key", ["i", "n", "up", "g", "pagedown", "pageup", "Q", "backslash", "M", "t", "asterisk", "1"]
)
def test_what_makes_no_move_does_not_lead_away(key: str) -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s9"))
        watcher = await room.watch()
        await watcher.press(key)
        await presenter.press("space", "space")
        await room.settle()
        assert watcher.moment == presenter.moment

    in_class(test)


def test_a_watcher_tells_where_the_presenter_is_meanwhile_and_that_nobody_does_without_one() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher = await room.watch((120, 36))
        await watcher.press("space")
        await presenter.press("space", "space", "space")
        await room.settle()
        assert "on a copy; presenter at step 8" in watcher.text
        await watcher.press("f", "f")
        assert watcher.told.startswith("what the presenter does is shown here")

    in_class(test)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_where_the_presenter_is_is_told_beside_the_branch_too(size: tuple[int, int]) -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s11"))
        watcher = await room.watch(size)
        for several in (False, True, True):
            await watcher.press("l")
            history = watcher.session.history
            assert (history.branches > 1) is several
            await presenter.press("space")
            await room.settle()
            step = presenter.session.history.position
            top = watcher.text.splitlines()[0]
            assert f"on a copy; presenter at step {step}" in top
            assert (f"{history.branch + 1}/{history.branches}" in top) is several
            await watcher.press("f")

    in_class(test)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
@pytest.mark.parametrize("before", [(), ("l",)])
def test_who_looks_at_two_runs_is_told_where_the_presenter_is_and_comes_back(
    size: tuple[int, int], before: tuple[str, ...]
) -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s8"))
        watcher = await room.watch(size)
        await watcher.press(*before, "C")
        assert "on a copy; presenter at step 8" in watcher.text.splitlines()[0]
        await presenter.press("space", "space")
        await room.settle()
        assert "presenter at step 10" in watcher.text.splitlines()[0]
        await watcher.press("f")
        await room.settle()
        assert watcher.moment == presenter.moment
        assert "following" in watcher.text.splitlines()[0]

    in_class(test)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_who_comes_before_anything_is_shown_is_told_so_and_invited_to_nothing(size: tuple[int, int]) -> None:
    async def test(room: Class) -> None:
        watcher = await room.watch(size)
        assert "Room r: nothing is shown yet; the presenter has not begun." in watcher.text
        await watcher.press("i", "n", "space")
        words = watcher.text.split()
        for word in ("step", "press", "play", "lab", "programs", "CLOSED", "A"):
            assert word not in words, watcher.text
        presenter = await room.present(Session(library.find("life"), "s5"))
        await room.settle()
        assert watcher.moment == presenter.moment
        assert "nothing is shown yet" not in watcher.text
        assert "ESTABLISHED" in watcher.text or "SYN" in watcher.text

    in_class(test)


def test_a_follower_is_not_tempted_to_leave_the_presenter() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life")))
        watcher = await room.watch()
        assert "What to press" in presenter.text
        assert "What to press" not in watcher.text
        assert watcher.text.splitlines()[-1].startswith(" i inspector")
        await presenter.press(*["space"] * 6)
        await room.settle()
        assert watcher.text.splitlines()[-1].startswith(" i inspector  ↑↓ select")
        await watcher.press("space")
        keys = watcher.text.splitlines()[-1]
        assert keys.startswith(" space step")
        assert "f follow" in keys
        await watcher.press("f")
        assert watcher.text.splitlines()[-1].startswith(" i inspector")

    in_class(test)


def test_who_opens_another_story_stays_there() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher = await room.watch((120, 36))
        await watcher.press("o", *"echo", "enter")
        assert watcher.session.history.scenario.name != "life"
        own = watcher.moment
        assert "own story; presenter at step 5" in watcher.text
        await presenter.press("space")
        await room.settle()
        assert watcher.moment == own
        await watcher.press("f")
        assert watcher.moment == presenter.moment

    in_class(test)


def test_without_a_room_the_key_says_so() -> None:
    shown, _ = drive("life", ["f"])
    assert "No presenter is followed here: tcptui watch follows one." in shown


def test_a_dialog_is_closed_before_another_moment_is_shown_and_its_choice_is_of_the_moment_before() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher, reader = await room.watch(), await room.watch()
        await watcher.press("m")
        await reader.press("question_mark")
        await presenter.press("space", "space")
        await room.settle()
        assert watcher.session.history.position == reader.session.history.position == 5
        await reader.press("escape")
        assert reader.moment == presenter.moment
        await watcher.press("w", "1", "m", "s", "enter")
        assert watcher.session.history.text() == "s5 w1ms"
        assert "on a copy" in watcher.text
        await watcher.press("f")
        assert watcher.moment == presenter.moment

    in_class(test)


def test_two_runs_beside_each_other_are_a_copy_too() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s5"))
        watcher = await room.watch((120, 36))
        await watcher.press("C", "space", "space")
        await presenter.press("space")
        await room.settle()
        await watcher.press("escape")
        await watcher.press("f")
        assert watcher.moment == presenter.moment

    in_class(test)


def test_selection_numbers_and_inspectors_are_each_readers_own() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s9"), size=(120, 36))
        watcher = await room.watch((120, 36))
        await watcher.press("up", "up", "n", "i")
        before = watcher.session.selection, watcher.session.raw
        await presenter.press("down", "space", "n", "n")
        await room.settle()
        assert (watcher.session.selection, watcher.session.raw) == before
        assert presenter.session.selection != before[0]
        assert presenter.session.raw != before[1]

    in_class(test)


def test_a_story_of_ones_own_a_script_and_a_lab_are_shown_to_those_who_do_not_have_them() -> None:
    async def test(room: Class) -> None:
        story = load_scenario(STORY, "mine", "mine.toml")
        presenter = await room.present(Session(story, "s4"))
        watcher = await room.watch()
        assert watcher.moment == presenter.moment
        await presenter.press("V", "enter")
        await room.settle()
        assert presenter.session.history.scenario.variant == "lost"
        assert watcher.moment == presenter.moment
        await presenter.press("V", "down", "enter", "space", "space")
        await room.settle()
        assert presenter.session.origin.stack
        assert watcher.moment == presenter.moment
        await presenter.press("F", "right", "down", "down", "right", "enter")
        await presenter.press("a", "enter", "enter")
        await room.settle()
        assert presenter.session.origin.command == "lab"
        assert presenter.session.origin.options
        assert watcher.moment == presenter.moment

    in_class(test)


SCRIPT = """\
0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0   setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0   bind(3, ..., ...) = 0
+0   listen(3, 1) = 0
+0   < S 0:0(0) win 1000 <mss 1000>
+0   > S. 0:0(0) ack 1 <...>
"""


def test_a_script_with_its_stack_is_shown() -> None:
    async def test(room: Class) -> None:
        options = ("--profile", "linux", "--set", "msl=5s", "-D", "X=1")
        scenario = scenario_with_verdict(SCRIPT, "a/b.pkt", PRESETS["linux"], ["msl=5s"], {"X": "1"})
        session = Session(scenario, origin=Origin("a/b.pkt", options))
        presenter = await room.present(session, text=SCRIPT)
        watcher = await room.watch()
        await presenter.press(*["space"] * 5)
        await room.settle()
        assert watcher.moment == presenter.moment
        assert watcher.session.history.scenario.hosts[0].profile.msl == 5_000_000

    in_class(test)


def test_what_can_not_be_used_is_told_to_the_watcher_alone_and_he_goes_on_with_what_can() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher, there = await room.watch(), (await room.rooms.present(KEY)).shown
        stop = presenter.app._run._leave  # type: ignore[union-attr]
        assert stop is not None
        stranger = await room.rooms.present(KEY)
        stranger.count(lambda _: None)
        for number, shown in enumerate(BAD, there.number + 1):
            stranger.show(shown._replace(number=number))
            await room.settle()
            assert watcher.app.session is not None
            assert watcher.told, shown
            await watcher.press("f")
        stranger.show(there._replace(number=99, position=7, moves="s7"))
        await watcher.press("f")
        assert watcher.session.history.position == 7
        assert presenter.session.history.position == 5

    in_class(test)


BAD = (
    Shown(story="../../etc/passwd"), Shown(story="no-such-story"), Shown(story="x", text="[["),
    Shown(story="x", text='title = "x"'), Shown(story="life", variant="none"),
    Shown(story="life", moves="zz"),
    Shown(story="life", stack="none"), Shown(story="life", options=("--set", "none=1")),
    Shown(story="x", command="script", text="zz"), Shown(story="x", command="lab", options=("zz",)),
    Shown(story="life", moves="l99", position=1),
)  # fmt: skip


def test_a_file_of_that_name_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STORY)
    for name in (str(path), "./tests/conformance/open-active.pkt", "life.toml"):
        with refused(MessageError, "no scenario"):
            session_of(Shown(1, name))


def test_who_comes_back_while_he_plays_plays_no_longer() -> None:
    """Also where that is the presenter's moment already."""

    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher = await room.watch()
        await watcher.press("p")
        assert watcher.moment == presenter.moment
        assert "on a copy" in watcher.text
        await watcher.press("f")
        assert not watcher.session.playing
        assert "on a copy" not in watcher.text
        await presenter.press("space")
        await room.settle()
        assert watcher.moment == presenter.moment

    in_class(test)


def test_the_presenter_leaves_and_comes_back_where_the_room_is_and_those_who_watch_keep_the_moment() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s5"))
        watcher = await room.watch((120, 36))
        there = watcher.moment
        await room.leave(presenter)
        assert watcher.moment == there
        assert "the presenter has left" in watcher.text
        await watcher.press("f")
        assert watcher.told == "the presenter has left"
        again = await room.present()
        assert again.moment == there
        assert "the presenter has left" not in watcher.text
        await again.press("space")
        await room.settle()
        assert watcher.moment == again.moment != there

    in_class(test)


def test_a_second_presenter_takes_over_and_the_first_is_told() -> None:
    async def test(room: Class) -> None:
        first = await room.present(Session(library.find("life"), "s5"), size=(120, 36))
        watcher = await room.watch()
        second = await room.present()
        assert "Another presenter has taken over; f presents again, from here." in first.text
        assert "f follow" not in second.text
        await first.press("space")
        await second.press("b")
        await room.settle()
        assert watcher.moment == second.moment != first.moment
        assert "another presenter has taken over" in first.text
        await first.press("f")
        await room.settle()
        assert watcher.moment == first.moment != second.moment
        await first.press("space")
        await room.settle()
        assert watcher.moment == first.moment
        assert "f presents again" in second.text
        await room.leave(first)
        await second.press("f", "b")
        await room.settle()
        assert watcher.moment == second.moment
        assert "taken over" not in second.text

    in_class(test)


def test_a_lecture_is_shown_item_after_item() -> None:
    async def test(room: Class) -> None:
        lecturing = Lecturing(lecture.find("first-lesson"), lambda: 0.0)
        presenter = await room.present(lecturing.open(), lecturing=lecturing, size=(120, 36))
        watcher = await room.watch()
        names, said = set(), set()
        for _ in range(30):
            assert watcher.moment == presenter.moment
            assert watcher.session.story.told == presenter.session.story.told
            names.add(watcher.session.history.scenario.name)
            said |= set(watcher.session.story.said)
            await presenter.press("space")
            await room.settle()
        assert len(names) > 1
        words = {item.words for item in lecturing.lecture.items[: len(names)]}
        assert words <= said
        assert "For B this is the first SYN. B can't know that there was another." in said
        assert "watch" in presenter.text

    in_class(test)


def test_what_a_lecture_says_is_said_where_the_presenter_is_and_not_on_a_copy() -> None:
    async def test(room: Class) -> None:
        lecturing = Lecturing(lecture.find("first-lesson"), lambda: 0.0)
        presenter = await room.present(lecturing.open(), lecturing=lecturing, size=(120, 36))
        watcher = await room.watch()
        words = "Two computers, A and B."
        assert words in watcher.text
        await watcher.press("space")
        assert words not in watcher.text
        await watcher.press("home")
        assert words not in watcher.text
        await watcher.press("f")
        assert words in watcher.text
        await presenter.press("V", "enter")
        await room.settle()
        assert words not in watcher.text
        assert watcher.session.story.told == presenter.session.story.told

    in_class(test)


def test_what_a_lecture_says_is_cut_and_escaped_where_it_is_too_much_to_be_told() -> None:
    async def test(room: Class) -> None:
        lecturing = Lecturing(lecture.find("first-lesson"), lambda: 0.0)
        session = lecturing.open()
        session.story.words = 0, "\x1b[2J" + "x" * 5_000
        await room.present(session, lecturing=lecturing)
        watcher = await room.watch()
        [said] = watcher.session.story.said
        assert said.startswith("\\x1b[2Jxxx")
        assert len(said) == LONGEST_SAID

    in_class(test)


@pytest.mark.parametrize("columns", [80, 100, 120, 200])
def test_a_shared_lectures_line_on_top_has_whole_parts(columns: int) -> None:
    async def test(room: Class) -> None:
        lecturing = Lecturing(lecture.find("first-lesson"), lambda: 0.0)
        presenter = await room.present(lecturing.open(), lecturing=lecturing, size=(columns, 36))
        await room.watch()
        await room.count()
        await presenter.press("space")
        top = presenter.text.splitlines()[0]
        given = r"(item 1 of \d+: 0/\d+ min, all )?0/\d+ min"
        whole = rf"  (presenting, )?1 watch  {given}  \d\.\d+ s  step \d+( of \d+)?$"
        assert re.search(whole, top), top

    in_class(test)


def test_a_long_title_leaves_the_step_its_number() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s12"))
        watcher = await room.watch()
        for screen, words in ((presenter, "(presenting, )?1 watch"), (watcher, "following")):
            await room.count()
            assert re.search(rf"  {words}  \d\.\d+ s  step 12( of \d+)?$", screen.text.splitlines()[0])

    in_class(test)


@pytest.mark.parametrize(
    "arguments",
    [
        ["life", "--profile", "linux", "--set", "B.msl=5s"],
        ["late-syn", "--variant", "two segments", "--profile", "freebsd"],
        ["handshake", "--language", "zh", "--moves", "s2"],
    ],
)
def test_what_the_command_line_changes_is_shown_too(arguments: list[str]) -> None:
    async def test(room: Class) -> None:
        options = _parser(["play"]).parse_args(["play", *arguments])
        presenter = await room.present(_session(options))
        watcher = await room.watch()
        for _ in range(6):
            await presenter.press("space")
            await room.settle()
            assert watcher.moment == presenter.moment
        ours, his = (one.session.history.scenario for one in (presenter, watcher))
        assert his.hosts == ours.hosts
        assert (his.title, his.language, his.answer) == (ours.title, ours.language, ours.answer)

    in_class(test)


def test_what_is_told_while_long_work_goes_on_is_come_to_after_it_also_if_that_is_stopped() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s5"))
        watcher = await room.watch()
        run = watcher.app._run
        assert run is not None
        run._change(lambda: watcher.session.walk(iter(lambda: None, 0), 1))
        await presenter.press("space")
        assert watcher.session.working
        watcher.send("escape")
        await room.settle()
        assert watcher.moment == presenter.moment

    in_class(test)


def test_a_long_walk_is_told_as_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where frames are drawn on the way; and no more is told than has changed."""
    monkeypatch.setattr(pane_screen, "FRAMES_PER_SECOND", 1_000_000)

    async def test(room: Class) -> None:
        session = Session(library.find("life"), clock=count().__next__)
        presenter = await room.present(session)
        told: list[Shown | Trouble] = []
        (await room.rooms.watch("r")).follow(told.append)
        await presenter.press("end", "i", "n", "up", "question_mark", "escape")
        positions = [what.position for what in told if isinstance(what, Shown)]
        assert positions == [0, presenter.session.history.length]

    in_class(test)
