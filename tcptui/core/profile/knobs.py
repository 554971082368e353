"""The knobs of `Profile` by name: what its annotations say of each field, and whether a value fits.

`NamedTuple` checks nothing, so `Stack` has `check_profile` look at every value before it stands on one: a
misspelt choice would else be none of those that the branches ask for, and silently mean the last.

How people write the values is not known here: their texts are read and written by `lab.knob_values`, the
numbers of a stack's own sysctls by `sysctl`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tcptui.by_identity import ByIdentity
from tcptui.core.profile.knob import Knob
from tcptui.core.profile.record import Profile
from tcptui.named_tuple import NamedTuple


class KnobField(NamedTuple):
    """One field of `Profile` but its name."""

    name: str
    knob: Knob
    type: type[bool] | type[int] | type[str]
    optional: bool
    """None is allowed too."""
    choices: tuple[str, ...] = ()
    """Of a knob that is a ``Literal``: its words, in the order of the type."""

    def fits(self, value: object) -> bool:
        """Whether a profile may have `value` there."""
        if value is None:
            return self.optional
        if type(value) is not self.type:
            return False
        if isinstance(value, str):
            return value in self.choices
        return isinstance(value, bool) or self.knob.least <= value <= self.knob.most


@cache
def all_knobs() -> Mapping[str, KnobField]:
    """Every knob by its name, in the order of `Profile`."""
    hints = get_type_hints(Profile, include_extras=True)
    return MappingProxyType({name: _field(name, hints[name]) for name in Profile._fields if name != "name"})


def check_profile(profile: Profile) -> None:
    """Refuses a profile with a value that its knob can't have, by type, range or choice.

    The same object is looked at once; not an equal one, for one may stand for True only where the type is
    right. Raises ValueError, which names the first such knob and what it may be.
    """
    _check(ByIdentity(profile))


@lru_cache(maxsize=256)
def _check(key: ByIdentity[Profile]) -> None:
    profile = key.value
    if not isinstance(profile.name, str):
        raise ValueError(f"Profile.name: {profile.name!r} is no str")
    for name, field in all_knobs().items():
        value = getattr(profile, name)
        if not field.fits(value):
            raise ValueError(f"Profile.{name}: {value!r} must be {_allowed(field)}")


def _allowed(field: KnobField) -> str:
    """What a knob may be, in the units of the core."""
    if field.type is str:
        text = "one of " + ", ".join(map(repr, field.choices))
    elif field.type is bool:
        text = "True or False"
    else:
        unit = " of microseconds" if field.knob.duration else ""
        text = f"a whole number{unit} from {field.knob.least} to {field.knob.most}"
    return f"{text}, or None" if field.optional else text


def _field(name: str, hint: Any) -> KnobField:
    annotated, knob = get_args(hint)
    if get_origin(annotated) is Literal:
        return KnobField(name, knob, str, False, get_args(annotated))
    types = [one for one in get_args(annotated) or (annotated,) if one is not type(None)]
    return KnobField(name, knob, types[0], annotated is not types[0])
