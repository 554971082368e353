"""What is sent to the terminal when parts of a screen have changed: those cells, and no others.

Textual's update of parts of a screen begins each at the left edge of the widget in which it lies: its
`ChopsUpdate` cuts off what lies behind a part and not what lies before it. Where a widget is as wide as the
screen and a figure changes in the middle of it, that is some ten times as many octets as are needed.
"""

from __future__ import annotations

from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor


class PartsUpdate(ChopsUpdate):
    """Parts of lines, each from its own first cell on."""

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        for y, left, right in self.spans:
            at = -1
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=True):
                if strip is None or x >= right or end <= left:
                    continue
                start, stop = max(x, left), min(end, right)
                if start != at:
                    written.append(f"\x1b[{y + 1};{start + 1}H")
                written.append(strip.crop(start - x, stop - x).render(console))
                at = stop
        return "".join(written)


class PartsCompositor(Compositor):
    """Textual's, with that update in the place of its own."""

    def render_partial_update(self) -> PartsUpdate | None:
        update = super().render_partial_update()
        return None if update is None else PartsUpdate(update.chops, update.spans, update.chop_ends)
