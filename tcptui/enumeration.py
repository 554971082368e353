"""`Enum` and `auto`, as `enum` has them, but a member is read as fast as any other name of a class.

Why it is so. Each segment asks for a dozen members: in which state a connection is, which rule has decided,
which timer starts. Until Python 3.12 the class of `enum.Enum` has a ``__getattr__``, with which reading
``State.CLOSED`` takes ten times as long as it need, longer than calling a function; and ``.name``, ``.value``
and the hash of a member are functions written in Python. Here members stand in their class, and their names
and values in them. They can be looked up (``State("CLOSED")``, ``State["CLOSED"]``, ``__members__``), counted
and walked through in their order; they are copied and pickled as themselves, and can have a ``__new__`` or an
``__init__`` of their own. A class with two members of the same value is a TypeError: none here has aliases.

What is different: a member is no `enum.Enum`, so ``isinstance(State.CLOSED, enum.Enum)`` is False, and what
treats those in a way of its own, as some encoders of JSON do, does not know it. ``in`` asks whether something
is a member: ``State.CLOSED in State`` is True, and ``"CLOSED" in State`` is False, where `enum` raises a
TypeError up to Python 3.11 and finds the value from 3.12 on.

A type checker takes it for `enum.Enum`, and finds what that refuses when the program runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any


class _Automatic:
    """A value that is the place of its member, from 1 on."""


class _Maker(type):
    """Makes of a class statement an enumeration, and finds its members."""

    __members__: Mapping[str, Any]
    _by_value: Mapping[Any, Any]
    """Of each member both the value and itself lead to it."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        given = {
            key: value
            for key, value in namespace.items()
            if not key.startswith("_") and not hasattr(value, "__get__")
        }
        own_new = "__new__" in namespace
        others = {key: value for key, value in namespace.items() if key not in given}
        made: Any = super().__new__(cls, name, bases, others)
        members: dict[str, Any] = {}
        by_value: dict[Any, Any] = {}
        type.__setattr__(made, "__members__", MappingProxyType(members))
        type.__setattr__(made, "_by_value", by_value)
        for key, value in given.items():
            if isinstance(value, _Automatic):
                value = len(members) + 1
            values = value if isinstance(value, tuple) else (value,)
            if own_new:
                member = made.__new__(made, *values)
                value = vars(member).get("_value_", value)
            else:
                member = object.__new__(made)
            member._name_ = member.name = key
            member._value_ = member.value = value
            member.__init__(*values)
            if by_value.setdefault(value, member) is not member:
                raise TypeError(f"{name}: {key} has the value of {by_value[value].name}")
            members[key] = by_value[member] = member
            type.__setattr__(made, key, member)
        return made

    def __call__(cls, value: Any) -> Any:
        """The member with this value, or that is it; ValueError: there is none."""
        try:
            return cls._by_value[value]
        except (KeyError, TypeError):
            raise ValueError(f"{value!r} is not a valid {cls.__name__}") from None

    def __getitem__(cls, name: str) -> Any:
        return cls.__members__[name]

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls.__members__.values())

    def __len__(cls) -> int:
        return len(cls.__members__)

    def __contains__(cls, value: object) -> bool:
        return isinstance(value, cls)

    def __setattr__(cls, name: str, value: object) -> None:
        raise AttributeError(f"{cls.__name__}.{name} can't be set")


if TYPE_CHECKING:
    from enum import Enum as Enum
    from enum import auto as auto
else:
    auto = _Automatic

    class Enum(metaclass=_Maker):
        """The base of a class statement that makes an enumeration."""

        def __init__(self, *values: Any) -> None:
            pass

        def __repr__(self) -> str:
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __str__(self) -> str:
            return f"{type(self).__name__}.{self.name}"

        def __reduce__(self) -> tuple[Any, ...]:
            return type(self), (self.value,)
