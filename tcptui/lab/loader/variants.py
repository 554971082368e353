"""Variants of a story: the story's document with what the variant has in its place.

Why documents and not records. A variant may have anything that a story has: another program of B, a knob, a
third party, another end. Were it a record of what it changes, each new key of the format would have to be
known twice. So a variant is a story like any other, read from the story's own document in which its tables
stand instead: what it does not have is the story's, except what is only true of one run (faults, answer, what
is said, facts, the layout of a figure), which it has of its own or not at all.

`set` and `profile` are short for the tables of the ends: ``set = { "B.msl" = "5s" }``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tcptui.core.profile.presets import PRESETS
from tcptui.lab.loader.story import is_language
from tcptui.lab.program_text import PROGRAM_KEYS
from tcptui.lab.scenario import Variant
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import choice_of, title_of
from tcptui.lab.wire import SIDES, Side

MOST_VARIANTS = 20
"""Variants that a story may have."""
OWN = ("answer", "say", "claim", "expect", "figure")
"""What is true of one run: a variant does not have the story's."""
KEYS = (
    "name", "question", "answer", "harm", "set", "profile", "profiles", "faults", "prelude", "until", "wire",
    "A", "B", "third_party", "say", "claim", "expect",
)  # fmt: skip
"""What a variant may have, and translations."""
_SHARED_TEXTS = ("title", "question", "chapter")
"""What is translated once for a story and its variants."""
_REPLACED = ("question", "answer", "harm", "prelude", "until", "third_party", "say", "claim", "expect")


def variants_of(top: Table) -> tuple[Variant, ...]:
    """The names of the variants, each with its table."""
    tables = top.tables("variant")
    if len(tables) > MOST_VARIANTS:
        raise top.error("variant", "error.value.too_many", count=len(tables), most=MOST_VARIANTS)
    variants: list[Variant] = []
    for table in tables:
        name = table.take("name", title_of)
        if any(one.name == name for one in variants):
            raise table.error("name", "error.scenario.variant_twice", name=name[:60])
        variants.append(Variant(name, table.take_all()))
    return tuple(variants)


def merged(document: Mapping[str, object], variant: Mapping[str, object], where: str) -> dict[str, object]:
    """The document of a variant; `where` is what errors in it begin with. Raises BadScenario."""
    for key in variant:
        if key not in KEYS and not is_language(key):
            raise bad(f"{where}{key[:40]}", "error.value.unknown_key", allowed=KEYS)
    merged: dict[str, object] = {
        key: value for key, value in document.items() if key not in (*OWN, "variant") and not is_language(key)
    }
    wire = {key: value for key, value in _dict(document, "wire", "").items() if key != "faults"}
    merged["wire"] = {**wire, **_dict(variant, "wire", where)}
    merged |= {key: value for key, value in variant.items() if key in _REPLACED or is_language(key)}
    for language in filter(is_language, document):
        texts = _dict(document, language, "").items()
        kept = {key: text for key, text in texts if key in _SHARED_TEXTS and key not in variant}
        merged[language] = {**kept, **_dict(variant, language, where)}
    for side in SIDES:
        own, other = _dict(variant, side, where), _dict(document, side, "")
        if not PROGRAM_KEYS.isdisjoint(own):  # One takes the place of another, however that is written.
            other = {key: value for key, value in other.items() if key not in PROGRAM_KEYS}
        merged[side] = {**other, **own}
    if "faults" in variant:
        cast("dict[str, object]", merged["wire"])["faults"] = variant["faults"]
    for side, profile in _profiles(variant, where):
        cast("dict[str, object]", merged[side])["profile"] = profile
    for side, knob, value in _settings(variant, where):
        end = cast("dict[str, object]", merged[side])
        knobs = end.get("set", {})
        end["set"] = {**(knobs if isinstance(knobs, dict) else {}), knob: value}
    return merged


def _profiles(variant: Mapping[str, object], where: str) -> list[tuple[Side, str]]:
    """``profile = "linux"`` of both ends, ``profiles = { B = "linux" }`` of one."""
    choice = choice_of(*PRESETS)
    found: list[tuple[Side, str]] = []
    if "profile" in variant:
        name = choice(variant["profile"], f"{where}profile")
        found += [(side, name) for side in SIDES]
    profiles = _dict(variant, "profiles", where)
    for key in profiles:
        if key not in SIDES:
            raise bad(f"{where}profiles.{key[:40]}", "error.value.unknown_key", allowed=SIDES)
    found += [(side, choice(profiles[side], f"{where}profiles.{side}")) for side in SIDES if side in profiles]
    return found


def _settings(variant: Mapping[str, object], where: str) -> list[tuple[Side, str, object]]:
    """Each knob that `set` names, by end: ``B.msl`` of B, ``msl`` of both."""
    found: list[tuple[Side, str, object]] = []
    settings = _dict(variant, "set", where)
    if settings:
        from tcptui.lab.knob_values import BadKnob, set_knob
    for name, value in settings.items():
        key = f"{where}set.{name[:60]}"
        ends = [side for side in SIDES if name.startswith(f"{side}.")]
        if isinstance(value, dict):
            raise bad(key, "error.scenario.unquoted_name")
        try:
            set_knob(PRESETS["rfc9293"], name[2:] if ends else name, value)
        except BadKnob as error:
            raise bad(key, error.message) from None
        found += [(side, name[2:] if ends else name, value) for side in ends or SIDES]
    return found


def _dict(table: Mapping[str, object], key: str, where: str) -> dict[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise bad(f"{where}{key}", "error.value.no_table")
    return value
