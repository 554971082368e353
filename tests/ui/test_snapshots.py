"""The pictures of README, and the screen at every size: `screenshots/` holds what it must look like.

The text beside each picture is compared first, because its difference can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from tcptui import library
from tcptui.ui.session import Session
from tests.ui.drive import Screenshot, drive
from tests.ui.in_a_room import Class, in_class
from tests.ui.storm import SomeFiles

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"

CASES: tuple[tuple[str, str | None, tuple[int, int], str, Sequence[str]], ...] = (
    ("picker-80x24", None, (80, 24), "", ()),
    ("picker-120x36", None, (120, 36), "", tuple("lost")),
    ("picker-200x50", None, (200, 50), "", ()),
    ("enlarged-120x36", "life", (120, 36), "s15", ("backslash",)),
    ("branches-120x36", "life", (120, 36), "s5 l4 s3", ("U", "v")),
    ("selected-120x36", "life", (120, 36), "s10", ("up", "up", "up")),
    ("help-120x36", "handshake", (120, 36), "", ("question_mark",)),
    ("save-120x36", "life", (120, 36), "s8", ("s",)),
    ("handshake-80x24", "handshake", (80, 24), "s3", ()),
    ("lost-syn-ack-120x36", "lost-syn-ack", (120, 36), "s6", ("i",)),
    ("life-200x50", "life", (200, 50), "s12", ()),
    ("life-end-80x24", "life", (80, 24), "s18", ()),
    ("header-80x24", "life", (80, 24), "s8", ("i",)),
    ("crossing-120x36", "figure-7", (120, 36), "s5", ()),
    ("lose-delay-duplicate-120x36", "life", (120, 36), "s5 u3+30ms d4+60ms s4", ("up", "l")),
    ("raw-numbers-80x24", "life", (80, 24), "s8", ("n",)),
    ("calls-80x24", "handshake", (80, 24), "s5", ("a",)),
    ("moves-80x24", "handshake", (80, 24), "s3 l2", ("m",)),
    ("palette-80x24", "handshake", (80, 24), "", ("colon", "s")),
    ("help-80x24", "handshake", (80, 24), "", ("question_mark",)),
    ("late-syn-120x36", "late-syn", (120, 36), "s20", ()),
    ("udp-120x36", "udp", (120, 36), "s13", ("up",)),
    ("udp-no-port-80x24", "udp-no-port", (80, 24), "s3", ("i",)),
    ("too-small-60x20", "handshake", (60, 20), "", ()),
)


@pytest.mark.parametrize(
    ("name", "scenario", "size", "moves", "keys"), CASES, ids=[case[0] for case in CASES]
)
def test_screen(
    name: str,
    scenario: str | None,
    size: tuple[int, int],
    moves: str,
    keys: Sequence[str],
    snapshot: Snapshot,
) -> None:
    screenshot, _ = drive(scenario, keys, size=size, moves=moves, files=SomeFiles())
    snapshot.snapshot_dir = SCREENSHOTS
    snapshot.assert_match(screenshot.text, f"{name}.txt")
    snapshot.assert_match(screenshot.svg, f"{name}.svg")


ROOM_PICTURES = ("presenter-asks-120x36", "watcher-answers-80x24", "watcher-right-120x36", "on-a-copy-80x24")


def test_room(snapshot: Snapshot) -> None:
    """A presenter asks two who watch; both answer, and one tries something of his own."""
    shots: list[Screenshot] = []

    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s4"), size=(120, 36))
        near, far = await room.watch((80, 24)), await room.watch((120, 36))
        await presenter.press("P", "space")
        await room.settle()
        assert presenter.session.predicting is not None
        question = presenter.session.predicting.question
        assert question is not None
        await near.press(str(question.right + 1))
        await far.press(str(question.right + 1))
        await room.count()
        shots.extend((Screenshot(presenter.app), Screenshot(near.app)))
        await presenter.press("space")
        await room.settle()
        shots.append(Screenshot(far.app))
        await near.press("space", "l")
        shots.append(Screenshot(near.app))

    in_class(test)
    snapshot.snapshot_dir = SCREENSHOTS
    for name, shot in zip(ROOM_PICTURES, shots, strict=True):
        snapshot.assert_match(shot.text, f"{name}.txt")
        snapshot.assert_match(shot.svg, f"{name}.svg")


def test_every_picture_is_checked() -> None:
    names = {case[0] for case in CASES} | set(ROOM_PICTURES)
    assert {path.stem for path in SCREENSHOTS.iterdir() if path.is_file()} == names
