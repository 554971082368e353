"""The frames: their edges are whole, and the words on them are cut only where there is no room."""

from __future__ import annotations

import pytest

from tcptui.view.layout import Frame, Place, backdrop_lines
from tcptui.view.lines import plain_text


@pytest.mark.parametrize(
    ("subtitle", "edge"),
    [
        ("", "╰──────────────────╯"),
        ("10.0.0.2:80", "╰──── 10.0.0.2:80 ─╯"),
        ("192.168.0.1:8080", "╰ 192.168.0.1:8080 ╯"),
        ("192.168.0.1:49152", "╰ 192.168.0.1:491… ╯"),
    ],
)
def test_an_address_stands_whole_on_the_lower_edge_if_it_can(subtitle: str, edge: str) -> None:
    frame = Frame(Place(0, 1, 20, 3), "A  client", subtitle, "a")
    lines = [plain_text(line) for line in backdrop_lines([frame], 20, 5, (), ())]
    assert lines[1:4] == ["╭─ A  client ──────╮", f"│{' ' * 18}│", edge]
