"""The enumerations of this project beside those of `enum`: the same, but for what reading a member takes."""

from __future__ import annotations

import copy
import enum
import pickle
import subprocess
import sys
from typing import Any

import pytest

from tcptui.enumeration import Enum, auto


class Ours(Enum):
    """A choice."""

    FIRST = 1
    SECOND = 2
    THIRD = auto()

    @property
    def shout(self) -> str:
        return f"{self.name}!"

    @classmethod
    def default(cls) -> Ours:
        return cls.SECOND


class Theirs(enum.Enum):
    """A choice."""

    FIRST = 1
    SECOND = 2
    THIRD = enum.auto()

    @property
    def shout(self) -> str:
        return f"{self.name}!"

    @classmethod
    def default(cls) -> Theirs:
        return cls.SECOND


class WithInit(Enum):
    HARD = "text", True
    SOFT = "text", False

    def __init__(self, text: str, hard: bool) -> None:
        self.text, self.hard = text, hard


class WithNew(Enum):
    label: str

    A = "long", "L"
    B = "short", "S"

    def __new__(cls, value: str, label: str) -> WithNew:
        made = object.__new__(cls)
        made._value_, made.label = value, label
        return made


KINDS: list[Any] = [Ours, Theirs]


@pytest.mark.parametrize("kind", KINDS)
def test_members_have_names_and_values_and_are_found_by_both(kind: Any) -> None:
    assert [(one.name, one.value) for one in kind] == [("FIRST", 1), ("SECOND", 2), ("THIRD", 3)]
    assert (len(kind), list(kind.__members__)) == (3, ["FIRST", "SECOND", "THIRD"])
    for one in kind:
        assert (
            kind(one)
            is kind(one.value)
            is kind[one.name]
            is kind.__members__[one.name]
            is getattr(kind, one.name)
        )
        assert type(one) is kind
        assert one in kind
    with pytest.raises(KeyError):
        kind["FOURTH"]
    values: tuple[object, ...] = ("four", [])
    for value in values:
        with pytest.raises(ValueError, match="is not a valid"):
            kind(value)
    with pytest.raises(AttributeError):
        _ = kind.FOURTH


@pytest.mark.parametrize("kind", KINDS)
def test_what_else_stands_in_the_class_is_no_member(kind: Any) -> None:
    assert (kind.FIRST.shout, kind.default(), kind.__doc__) == ("FIRST!", kind.SECOND, "A choice.")


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_is_itself_only(kind: Any) -> None:
    assert kind.FIRST != kind.SECOND
    assert kind.SECOND != 2
    assert {kind.FIRST: 1}[kind(1)] == 1
    for made in (copy.copy(kind.FIRST), copy.deepcopy(kind.FIRST), pickle.loads(pickle.dumps(kind.FIRST))):
        assert made is kind.FIRST


def test_it_is_written_alike() -> None:
    for ours, theirs in zip(Ours, Theirs, strict=True):
        assert repr(ours).replace("Ours", "Theirs") == repr(theirs)
        assert str(ours).replace("Ours", "Theirs") == str(theirs)
        assert f"{ours}".replace("Ours", "Theirs") == f"{theirs}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_stays_what_it_is(kind: Any) -> None:
    with pytest.raises(AttributeError):
        kind.FIRST = kind.SECOND
    assert kind.FIRST.value == 1


def test_members_can_have_more_than_a_value() -> None:
    assert [(one.text, one.hard, one.value) for one in WithInit] == [
        ("text", True, ("text", True)),
        ("text", False, ("text", False)),
    ]
    kind: Any = WithInit
    assert kind(("text", False)) is WithInit.SOFT
    assert [(one.name, one.value, one.label) for one in WithNew] == [("A", "long", "L"), ("B", "short", "S")]
    kind = WithNew
    assert kind("short") is WithNew.B


def test_two_members_of_one_value_are_refused() -> None:
    with pytest.raises(TypeError, match="Same: B has the value of A"):

        class Same(Enum):
            A = 1
            B = 1


def test_a_member_is_read_as_any_name_of_a_class() -> None:
    """No function written in Python stands in between, as in `enum` before Python 3.12."""
    assert vars(Ours)["FIRST"] is Ours.FIRST
    assert not {"__getattr__", "__getattribute__"} & {*vars(type(Ours))}
    assert (Ours.__hash__, Ours.__eq__) == (object.__hash__, object.__eq__)
    assert vars(Ours.FIRST) == {"_name_": "FIRST", "_value_": 1, "name": "FIRST", "value": 1}


def test_it_needs_neither_the_core_nor_a_layer() -> None:
    code = (
        "import sys, tcptui.enumeration; print(*(one for one in sys.modules if 'tcptui' in one.split('.')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "tcptui tcptui.enumeration"
