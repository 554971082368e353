"""Values of knobs as people write them, in TOML or as words, and back.

Which knobs there are is `core.knobs`'; here their values have units and words, and an error says in one line
what is allowed.
"""

from __future__ import annotations

from typing import Any

from tcptui.core.message import Message, MessageError
from tcptui.core.profile.knobs import KnobField, all_knobs
from tcptui.core.profile.record import Profile
from tcptui.lab.durations import ALLOWED, LONGEST, BadDuration, exact_duration, parse_duration

NONE = "none"
"""The word for a knob that is switched off."""
_WORDS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


class BadKnob(MessageError):
    """There is no such knob or sysctl, or it can't have that value."""


def set_knob(profile: Profile, name: str, value: object) -> Profile:
    """The profile with one knob changed, to a value as TOML has it. `name` may also be a sysctl of Linux or
    FreeBSD, which sets its knobs from its own number. Raises BadKnob."""
    field = all_knobs().get(name)
    if field is None:
        return _set_sysctl(profile, name, _number_text(value))
    return profile._replace(**{name: _typed(field, value)})


def set_knob_from_text(profile: Profile, name: str, text: str) -> Profile:
    """The same for a value in words: true, 1 or on; a number; a duration; a choice; none. Raises BadKnob."""
    field = all_knobs().get(name)
    if field is None:
        return _set_sysctl(profile, name, text)
    value: object = text
    if field.type is bool and text in _WORDS:
        value = _WORDS[text]
    elif field.type is int and not field.knob.duration and _is_number(text):
        value = int(text)
    return profile._replace(**{name: _typed(field, value)})


def value_text(field: KnobField, value: bool | int | str | None) -> str:
    """A value as `set_knob_from_text` reads it."""
    if value is None:
        return NONE
    if field.knob.duration:
        assert isinstance(value, int)
        return exact_duration(value)
    return str(value).lower() if field.type is bool else str(value)


def allowed(field: KnobField) -> Message:
    """What a knob may be: ``a whole number from 1 to 255, or none``."""
    knob = field.knob
    if field.type is bool:
        message = Message.of("allowed.boolean")
    elif field.type is str:
        message = Message.of("allowed.choices", choices=tuple(field.choices))
    elif knob.duration:
        least, most = exact_duration(knob.least), exact_duration(min(knob.most, LONGEST))
        message = Message.of("allowed.duration_range", least=least, most=most)
    else:
        message = Message.of("allowed.number", least=knob.least, most=knob.most)
    return Message.of("allowed.or_none", allowed=message, none=NONE) if field.optional else message


def _typed(field: KnobField, value: object) -> Any:
    """What the profile holds for what TOML says."""
    if field.optional and value == NONE:
        return None
    if field.knob.duration:
        value = _duration(value)
    if value is not None and field.fits(value):
        return value
    if field.type is str:
        if isinstance(value, str):
            raise BadKnob("error.value.unknown_choice", value=value[:40], allowed=allowed(field))
        raise BadKnob("error.value.choice", allowed=allowed(field))
    raise BadKnob("error.value.other", allowed=allowed(field))


def _duration(value: object) -> int:
    if not isinstance(value, str):
        raise BadKnob("error.value.must_be_text", allowed=ALLOWED)
    try:
        return parse_duration(value)
    except BadDuration as error:
        raise BadKnob(error.message) from None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _number_text(value: object) -> str:
    """What ``sysctl`` would be given; empty for what is no value of one."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int and 0 <= value < 1 << 60 else ""


def _set_sysctl(profile: Profile, name: str, text: str) -> Profile:
    from tcptui.core.profile.sysctl import BadValue, UnknownSysctl, apply_sysctl, has_effect, stack_of

    if stack_of(name) is None:
        from difflib import get_close_matches

        near = get_close_matches(name, all_knobs(), 3)
        if near:
            raise BadKnob("error.knob.unknown_near", near=tuple(near))
        raise BadKnob("error.knob.unknown")
    try:
        if not has_effect(name):
            raise BadKnob("error.knob.no_effect")
        return apply_sysctl(profile, name, text)
    except (BadValue, UnknownSysctl) as error:
        raise BadKnob(error.message) from None
