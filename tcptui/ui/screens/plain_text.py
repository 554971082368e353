"""A text of one style in a widget of Textual's, broken into lines once for all sessions of a process."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

from tcptui.view.cells import cell_len

_MOST = 2_048
"""Texts that are remembered: all that is offered in lists is some hundred."""


class PlainText(Content):
    """Looks as `Content` of that text does, at the left of its widget."""

    def get_height(self, rules: RulesMap, width: int) -> int:
        return len(_lines(self.plain, width, _is_in_one_line(rules)))

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        look = style.rich_style_with_offset(0, 0)
        lines = _lines(self.plain, width, _is_in_one_line(options.rules)) if width else ()
        return [Strip([Segment(line, look)], cells) for line, cells in lines[:height]]


def _is_in_one_line(rules: RulesMap) -> bool:
    return rules.get("text_wrap") == "nowrap"


@lru_cache(maxsize=_MOST)
def _lines(text: str, width: int, in_one_line: bool) -> tuple[tuple[str, int], ...]:
    """The lines, and how many cells each takes. One that is too long is broken, or its end left out."""
    content = Content(text)
    if in_one_line:
        lines = [line.truncate(width, ellipsis=True) for line in content.split(allow_blank=True)]
    else:
        lines = content.wrap(width)
    return tuple((line.plain, cell_len(line.plain)) for line in lines)
