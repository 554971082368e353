"""What `tcptui list --coverage` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcptui.library import Library


def coverage_text(library: Library) -> tuple[str, bool]:
    """A table of what is shown by which story, and whether everything is. Broken stories are left out."""
    from tcptui.explain.catalogue import say
    from tcptui.explain.coverage import coverage

    found = coverage(library.stories())
    parts: tuple[tuple[str, Iterable[tuple[str, tuple[str, str] | None]]], ...] = (
        (
            "coverage.transitions",
            ((f"{old.value} > {new.value}", by) for (old, new), by in found.transitions.items()),
        ),
        ("coverage.timers", ((kind.name, by) for kind, by in found.timers.items())),
        ("coverage.knobs", found.knobs.items()),
        ("coverage.rules", ((rule.name, by) for rule, by in found.rules.items())),
    )
    lines: list[str] = []
    for key, some in parts:
        rows = list(some)
        shown = sum(by is not None for _, by in rows)
        lines += [say(key, shown=shown, of=len(rows))]
        lines += [f"  {name:<34} {'-' if by is None else ': '.join(filter(None, by))}" for name, by in rows]
        lines.append("")
    return "".join(f"{line}\n" for line in lines[:-1]), not found.missing
