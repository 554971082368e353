"""Profiles side by side as text: every knob with its values, meaning, source and sysctls; and every hook of
their stacks, with the functions of the kernels that were followed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from tcptui.core.profile.knobs import KnobField, all_knobs
from tcptui.core.profile.record import Profile
from tcptui.core.profile.sysctl import sysctls_of
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
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
    for name, paragraphs in _hooks(profiles):
        lines += ["", f"hook {name}", *_indented(paragraphs)]
    return "".join(f"{line}\n" for line in lines)


def _row(name: str, values: list[str], width: int) -> str:
    return "".join((f"{name:{width}}", *(f"{value:{COLUMN}}" for value in values))).rstrip()


def _meaning(field: KnobField) -> list[str]:
    """What it means and may be, and by which sysctls it is known."""
    paragraphs = [f"{field.knob.text} [{field.knob.source}]", text(allowed(field))]
    sysctls = sysctls_of(field.name)
    if sysctls:
        paragraphs.append(f"set by {' '.join(sysctls)}")
    return _indented(paragraphs)


def _indented(paragraphs: list[str]) -> list[str]:
    return [f"{INDENT}{line}" for paragraph in paragraphs for line in wrap(paragraph, WIDTH - len(INDENT))]


def _hooks(profiles: Sequence[Profile]) -> Iterator[tuple[str, list[str]]]:
    """The hooks that one of these stacks has its own way, each with what the RFC's does, and with what the
    stack does instead and the function that says so: what their docstrings say."""
    stacks = {profile.stack: type(STACKS[profile.stack]) for profile in profiles}
    base = Rfc9293.__mro__
    for name, hook in [item for kind in base[:-1] for item in vars(kind).items()]:
        own = [
            f"{stack}: {inspect.cleandoc(getattr(kind, name).__doc__ or '')}"
            for stack, kind in stacks.items()
            if any(name in vars(one) for one in kind.__mro__ if one not in base)
        ]
        if own and not name.startswith("_"):
            texts = [f"rfc9293: {inspect.cleandoc(hook.__doc__ or '')}", *own]
            yield name, [" ".join(one.replace("`", "").split()) for one in texts]
