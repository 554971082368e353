"""The named tuples of this project beside those of `typing`: the same, but for what a class takes to make."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable

import pytest

from tcptui.named_tuple import NamedTuple, tuple_of


class Ours(NamedTuple):
    """A value."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.first

    @classmethod
    def of(cls, first: int) -> Ours:
        return cls(first)


class Theirs(typing.NamedTuple):
    """A value."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()


class Empty(NamedTuple):
    """No fields."""


def test_a_value_is_made_by_place_and_by_name() -> None:
    for made in (Ours(1, "b", (3,)), Ours(third=(3,), second="b", first=1), Ours(1, "b", third=(3,))):
        assert tuple(made) == Theirs(1, "b", (3,))
        assert (made.first, made.second, made.third) == tuple(made) == (1, "b", (3,))
    assert Ours(1) == Ours.of(1) == (1, "two", ())
    assert Ours(4).doubled == 8
    assert len(Empty()) == 0
    assert hash(Ours(1)) == hash(Theirs(1))
    assert (type(Ours(1)), Ours.__bases__[0].__bases__) == (Ours, (tuple,))


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind(1, "b", (), 4),
        lambda kind: kind(1, first=2),
        lambda kind: kind(1, fourth=4),
        lambda kind: kind._make([1, "b"]),
        lambda kind: kind(1)._replace(fourth=4, fifth=5),
        lambda kind: setattr(kind(1), "first", 2),
        lambda kind: setattr(kind(1), "fourth", 4),
    ],
)
def test_what_does_not_fit_is_refused_alike(make: Callable[[type[Ours | Theirs]], object]) -> None:
    errors = []
    for kind in (Ours, Theirs):
        with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
            make(kind)
        errors.append((type(caught.value), str(caught.value).replace("Theirs", "Ours")))
    if sys.version_info >= (3, 13) and errors[0][0] is ValueError:
        errors[0] = (TypeError, errors[0][1])  # What `namedtuple` raises from that version on.
    assert errors[0] == errors[1]


def test_a_class_tells_the_same_about_itself() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__", "__slots__", "__module__"):
        assert getattr(Ours, name) == getattr(Theirs, name)
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)
    assert (
        str(inspect.signature(Ours)).replace("'", "")
        == "(first: int, second: str = two, third: tuple[int, ...] = ())"
    )
    assert Ours.__new__.__qualname__ == "Ours.__new__"


def test_other_forms_of_a_value() -> None:
    value = Ours(1, third=(3,))
    assert repr(value) == repr(Theirs(1, third=(3,))).replace("Theirs", "Ours")
    assert repr(Empty()) == "Empty()"
    assert value._asdict() == Theirs(1, third=(3,))._asdict()
    assert value._replace(first=5) == (5, "two", (3,))
    assert type(value._replace(first=5)) is type(Ours._make([1, "b", ()])) is Ours
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert (type(other), other) == (Ours, value)
    match value:
        case Ours(first, second, third=places):
            assert (first, second, places) == (1, "two", (3,))
        case _:
            pytest.fail("no match")


def test_a_class_may_be_based_on_another() -> None:
    class More(Ours):
        __slots__ = ()

        def __new__(cls, first: int) -> More:
            return super().__new__(cls, first, "more")

    assert (type(More(1)), More(1)) == (More, (1, "more", ()))
    assert type(More(1)._replace(first=2)) is More


def test_a_constructor_is_as_fast() -> None:
    """It does the same: load the fields, build a tuple."""
    ours, theirs = ([one.opname for one in dis(kind)] for kind in (Ours, Theirs))
    assert ours == theirs


def test_all_fields_together_make_the_same() -> None:
    made = tuple_of(Ours, (1, "b", (3,)))
    assert (type(made), made, made.third) == (Ours, Ours(1, "b", (3,)), (3,))


def dis(kind: type[Ours | Theirs]) -> list[typing.Any]:
    from dis import get_instructions

    return [*get_instructions(kind.__new__)]


def test_it_needs_neither_the_core_nor_a_layer() -> None:
    """Commands that need no layer have such values too."""
    code = (
        "import sys, tcptui.named_tuple; print(*(one for one in sys.modules if 'tcptui' in one.split('.')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "tcptui tcptui.named_tuple"
