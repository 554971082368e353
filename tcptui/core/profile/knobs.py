"""The knobs of `Profile` by name: what its annotations say of each field, and whether a value fits.

How people write the values is not known here: their texts are read and written by `lab.knob_values`, the
numbers of a stack's own sysctls by `sysctl`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from tcptui.core.profile.knob import Knob
from tcptui.core.profile.record import Profile


class KnobField(NamedTuple):
    """One field of `Profile` but its name."""

    name: str
    knob: Knob
    type: type[bool] | type[int] | type[str]
    optional: bool
    """None is allowed too."""

    def fits(self, value: object) -> bool:
        """Whether a profile may have `value` there."""
        if value is None:
            return self.optional
        if type(value) is not self.type:
            return False
        if isinstance(value, str):
            return value in self.knob.choices
        return isinstance(value, bool) or self.knob.least <= value <= self.knob.most


@cache
def all_knobs() -> Mapping[str, KnobField]:
    """Every knob by its name, in the order of `Profile`."""
    hints = get_type_hints(Profile, include_extras=True)
    return MappingProxyType({name: _field(name, hints[name]) for name in Profile._fields if name != "name"})


def _field(name: str, hint: Any) -> KnobField:
    annotated, knob = get_args(hint)
    if get_origin(annotated) is Literal:
        return KnobField(name, knob, str, False)
    types = [one for one in get_args(annotated) or (annotated,) if one is not type(None)]
    return KnobField(name, knob, types[0], annotated is not types[0])
