"""Everything that an object holds, found by what its classes declare: for tests that copies share nothing
that changes and that equality sees every field. A field that is added is met without being named here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tcptui.enumeration import Enum

IMMUTABLE = (int, str, bytes, Enum, type(None))
REPLACED = {"_by_sockets", "_listeners", "connections", "descriptors", "owners", "sockets"}
"""Tables that are replaced and never written into: a copy may have the very same, if what it leads to can't
change."""


class Field(NamedTuple):
    """One field of an object within another."""

    path: tuple[str | int, ...]
    """From the root: names of fields and, within dicts, lists and tuples, places."""
    owner: type
    name: str

    @property
    def text(self) -> str:
        return ".".join(str(step) for step in (*self.path, self.name))


def slots_of(kind: type) -> list[str]:
    """The fields that a class with slots declares, its own and those of its bases."""
    return [name for base in kind.__mro__ for name in vars(base).get("__slots__", ())]


def names_of(one: Any) -> list[str]:
    """The fields that a class with slots declares, or those that the object has."""
    return slots_of(type(one)) or [*getattr(one, "__dict__", ())]


def is_value(one: Any) -> bool:
    """Whether this can't change: a plain value, a tuple, or an object that declares to hold nothing; a
    NamedTuple's mapping is never written to."""
    if isinstance(one, dict | list):
        return False
    if isinstance(one, tuple) and not hasattr(one, "_fields"):
        return all(map(is_value, one))
    if hasattr(one, "_fields") or not (hasattr(one, "__dict__") or names_of(one)):
        return True
    return isinstance(one, IMMUTABLE)


def fields_of(one: Any, path: tuple[str | int, ...] = ()) -> Iterator[Field]:
    """All fields of an object and of those that it holds."""
    for name in names_of(one):
        yield Field(path, type(one), name)
        yield from _within(getattr(one, name), (*path, name))


def _within(one: Any, path: tuple[str | int, ...]) -> Iterator[Field]:
    if isinstance(one, dict | list) or (isinstance(one, tuple) and not is_value(one)):
        for place, part in enumerate(one.values() if isinstance(one, dict) else one):
            yield from _within(part, (*path, place))
    elif not is_value(one):
        yield from fields_of(one, path)


def holder(root: Any, field: Field) -> Any:
    """The object that has this field."""
    for step in field.path:
        if isinstance(step, str):
            root = getattr(root, step)
        else:
            root = list(root.values() if isinstance(root, dict) else root)[step]
    return root


def other(value: Any) -> Any:
    """A value that is not equal; of the same kind where others calculate with it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "'"
    if hasattr(value, "_fields") and value:
        return value._replace(**{value._fields[0]: other(value[0])})
    if isinstance(value, tuple):
        return (*value, object())
    return object()


def change(root: Any, field: Field) -> None:
    """Gives a field another value: a dict or list loses an entry, or gets its first; another object is
    changed within."""
    owner = holder(root, field)
    value = getattr(owner, field.name)
    if is_value(value):
        setattr(owner, field.name, other(value))
    elif not value and isinstance(value, dict | list):
        setattr(owner, field.name, type(value)([(0, 0)]))
    elif isinstance(value, dict) and field.name in REPLACED:
        setattr(owner, field.name, dict([*value.items()][1:]))
    elif isinstance(value, dict):
        value.pop(next(iter(value)))
    elif isinstance(value, list):
        value.pop()
    else:
        change(root, next(iter(fields_of(value, (*field.path, field.name)))))


def shared(one: Any, copy: Any) -> list[str]:
    """The fields in which a copy has the very object of its original, though that can change."""
    return [
        field.text
        for field in fields_of(one)
        if not is_value(value := getattr(holder(one, field), field.name))
        and not (isinstance(value, dict) and field.name in REPLACED and all(map(is_value, value.values())))
        and value is getattr(holder(copy, field), field.name)
    ]
