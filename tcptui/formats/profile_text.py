"""Profiles side by side as text: every knob with its values, meaning, source and sysctls."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.profile.knobs import KnobField, all_knobs
from tcptui.core.profile.record import Profile
from tcptui.core.profile.sysctl import sysctls_of
from tcptui.explain.catalogue import text
from tcptui.lab.knob_values import allowed, value_text
from tcptui.view.cells import wrap

WIDTH = 80
COLUMN = 10
INDENT = "    "


def profile_text(profiles: Sequence[Profile]) -> str:
    """One column for each profile, in pure ASCII; every line ended."""
    knobs = all_knobs()
    width = max(len(name) for name in knobs) + 2
    lines = [_row("knob", [profile.name for profile in profiles], width)]
    for name, field in knobs.items():
        values = [value_text(field, getattr(profile, name)) for profile in profiles]
        lines += ["", _row(name, values, width), *_meaning(field)]
    return "".join(f"{line}\n" for line in lines)


def _row(name: str, values: list[str], width: int) -> str:
    return "".join((f"{name:{width}}", *(f"{value:{COLUMN}}" for value in values))).rstrip()


def _meaning(field: KnobField) -> list[str]:
    """What it means and may be, and by which sysctls it is known."""
    paragraphs = [f"{field.knob.text} [{field.knob.source}]", text(allowed(field))]
    sysctls = sysctls_of(field.name)
    if sysctls:
        paragraphs.append(f"set by {' '.join(sysctls)}")
    return [f"{INDENT}{line}" for paragraph in paragraphs for line in wrap(paragraph, WIDTH - len(INDENT))]
