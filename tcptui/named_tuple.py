"""`NamedTuple`, as `typing` has it, but a class of it is made in a fifth of the time.

Why it is so. Nearly every value here is a named tuple: 120 such classes are there when the first frame is
drawn, and to make them was half of what the start took beyond Textual's own. `typing.NamedTuple` evaluates
and looks at every annotation, has a constructor parsed for each class, and makes the class before it gives it
what stands in the class statement, one by one. Here annotations stay the strings that they are (PEP 563), the
class is made once, and all constructors with the same number of parameters share a code that was parsed once.
What comes out is the same: the constructor's code, its signature and its errors, equality, hash, ``repr``,
``_fields``, ``_field_defaults``, ``_make``, ``_replace``, ``_asdict``, patterns, copies and pickles.

A type checker takes it for `typing.NamedTuple`, and finds what that refuses when the program runs: names that
begin with an underscore, and fields without a default after one that has one. The module of a class must have
``from __future__ import annotations``, for a class knows its fields by them.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

_FIELD = type(vars(namedtuple("_Sample", "field"))["field"])
"""What reads one field of a named tuple, by its place."""


_GLOBALS = {"_new": tuple.__new__}

tuple_of = tuple.__new__
"""``tuple_of(Timer, (0, 5))`` is ``Timer(0, 5)`` in half the time, for the few that every step makes several
of: all fields in their order, which nothing compares with those that the class has."""


class _Tuple(tuple[Any, ...]):
    """What all of them can do."""

    __slots__ = ()
    if TYPE_CHECKING:
        _fields: tuple[str, ...]

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Any:
        """Makes one of its values in their order. Raises TypeError if they are not as many as the fields."""
        made = tuple.__new__(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **values: Any) -> Any:
        """The same with other values in some fields. Raises ValueError for a name that is no field."""
        made, fields = [*self], self._fields
        for name, value in values.items():
            if name not in fields:
                unexpected = [one for one in values if one not in fields]
                raise ValueError(f"Got unexpected field names: {unexpected!r}")
            made[fields.index(name)] = value
        return tuple.__new__(type(self), made)

    __replace__ = _replace  # What `copy.replace` calls, from Python 3.13.

    def _asdict(self) -> dict[str, Any]:
        """Its values by the names of their fields."""
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({fields})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        """What `copy` and `pickle` make another of."""
        return tuple(self)


@cache
def _constructor(fields: int) -> CodeType:
    """The code of a constructor with so many fields, whose names are not yet the right ones."""
    names = "".join(f"_{place}, " for place in range(fields))
    code: CodeType = eval(f"lambda _cls, {names}: _new(_cls, ({names}))").__code__
    return code


class _Maker(type):
    """Makes of a class statement a class of tuples."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        fields = (*namespace.get("__annotations__", ()),)
        defaults = {name: namespace[name] for name in fields if name in namespace}
        namespace["_field_defaults"] = defaults
        code = _constructor(len(fields)).replace(
            co_name="__new__", co_qualname=f"{name}.__new__", co_varnames=("_cls", *fields)
        )
        namespace["__new__"] = new = FunctionType(code, _GLOBALS, "__new__", (*defaults.values(),))
        new.__annotations__ = namespace.get("__annotations__", {})
        namespace.update((name, _FIELD(place, "")) for place, name in enumerate(fields))
        namespace["__slots__"] = ()
        namespace["_fields"] = namespace["__match_args__"] = fields
        return type(name, (_Tuple,), namespace)


if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class NamedTuple(metaclass=_Maker):
        """The base of a class statement that makes a class of tuples; no class has it for its base."""
