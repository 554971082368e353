"""A pane on the whole screen, with the state in large letters."""

from __future__ import annotations

import pytest

from tcptui.core.state import State
from tcptui.view.large_letters import Dot, large
from tests.ui.drive import drive

KEY = "backslash"


def shows(text: str, state: State, dot: Dot) -> bool:
    """Whether the state stands there in letters of such dots."""
    rows = text.splitlines()[1:]
    return all(picture.rstrip() in row for picture, row in zip(large(state.value, dot), rows, strict=False))


@pytest.mark.parametrize(
    ("size", "dot"), [((80, 24), Dot(1, 1)), ((120, 36), Dot(2, 1)), ((200, 50), Dot(4, 2))]
)
def test_an_end_has_the_whole_screen_and_its_state_in_large_letters(size: tuple[int, int], dot: Dot) -> None:
    screenshot, _ = drive("life", (KEY,), size=size, moves="s12")
    assert shows(screenshot.text, State.FIN_WAIT_1, dot)
    assert "─ A  client ─" in screenshot
    assert "B  server" not in screenshot
    assert "Wire" not in screenshot
    assert all(len(row) <= size[0] for row in screenshot.text.splitlines())
    screenshot, _ = drive("life", (KEY, KEY, KEY), size=size, moves="s12")
    assert shows(screenshot.text, State.ESTABLISHED, dot)
    assert "─ B  server ─" in screenshot


def test_the_wire_has_both_states_above_it_where_they_have_room() -> None:
    screenshot, _ = drive("life", (KEY, KEY), size=(120, 36), moves="s12")
    assert shows(screenshot.text, State.FIN_WAIT_1, Dot(1, 1))
    assert shows(screenshot.text, State.ESTABLISHED, Dot(1, 1))
    assert "─ Wire" in screenshot
    narrow, _ = drive("life", (KEY, KEY), size=(80, 24), moves="s12")
    assert "█" not in narrow.text
    assert "─ Wire" in narrow


@pytest.mark.parametrize("keys", [(KEY,) * 4, (KEY, "escape"), (KEY, KEY, "escape")])
def test_it_is_as_before_after_a_round_or_escape(keys: tuple[str, ...]) -> None:
    before, _ = drive("life", (), moves="s12")
    after, _ = drive("life", keys, moves="s12")
    assert after.text == before.text


def test_the_letters_follow_the_steps() -> None:
    screenshot, app = drive("handshake", (KEY, "space", "space", "space", "space"), size=(80, 24))
    assert app.session is not None
    state = app.session.world.host("A").state
    assert shows(screenshot.text, state, Dot(1, 1))
    screenshot, _ = drive("handshake", (KEY, "space", "space", "space", "space", "b", "b"), size=(80, 24))
    assert shows(screenshot.text, State.SYN_SENT, Dot(1, 1))


def test_a_selection_is_left_by_a_second_escape() -> None:
    _, app = drive("life", ("up", KEY, "escape"), moves="s12")
    assert app.session is not None
    assert app.session.selection
    _, app = drive("life", ("up", KEY, "escape", "escape"), moves="s12")
    assert app.session is not None
    assert not app.session.selection
