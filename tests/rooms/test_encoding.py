"""The octets of what is told in a room: the same value comes back, and a stranger's are refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.printable import is_printable
from tcptui.rooms.encoding import LONGEST_MOVES, MOST, MOST_OCTETS, BadShown, Told, decode, encode
from tcptui.rooms.values import Answer, Counted, Shown, Trouble

numbers = st.integers(0, MOST)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
shown = st.builds(
    Shown, numbers, texts, texts, st.sampled_from(["play", "lab", "script"]), texts, texts,
    st.lists(texts, max_size=5).map(tuple), texts, texts, numbers, numbers, st.booleans(),
    st.lists(texts.filter(is_printable), max_size=10).map(tuple),
)  # fmt: skip
told = st.one_of(
    shown,
    st.builds(Answer, st.integers(1, MOST), st.integers(1, 9)),
    st.builds(Counted, numbers, numbers, st.lists(numbers, max_size=9).map(tuple)),
    st.builds(Trouble, st.sampled_from(["left", "ended", "away", "replaced"])),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
VALUES: list[Told] = [
    Shown(1, "life"),
    Shown(1, said=("Look.",)),
    Answer(1, 2),
    Counted(3, 1, (2, 0, 1)),
    Trouble("left"),
]


@given(told)
def test_a_value_comes_back(value: Told) -> None:
    octets = encode(value)
    assert b"\n" not in octets
    back = decode(octets)
    assert (back, type(back)) == (value, type(value))


@given(shown, shown)
def test_of_a_difference_too_for_who_has_the_value_before(before: Shown, value: Shown) -> None:
    assert decode(encode(value, before), before) == value


def test_a_difference_says_no_more_than_it_must() -> None:
    before = Shown(7, "mine", "x" * 60_000, moves="s5", position=5)
    assert encode(before._replace(number=8, position=6), before) == (
        b'{"shown":{"number":8,"position":6,"after":7}}'
    )


def test_what_no_lecture_says_is_left_out_for_versions_that_do_not_know_it() -> None:
    silent, speaks = Shown(7, "life"), Shown(8, "life", said=("Look.",))
    assert b"said" not in encode(silent)
    assert decode(encode(speaks)) == speaks
    assert decode(encode(silent, speaks), speaks) == silent


@pytest.mark.parametrize("before", [None, Shown(6), Shown(8)])
def test_a_difference_to_another_value_is_refused(before: Shown | None) -> None:
    octets = encode(Shown(8, "life"), Shown(7, "life"))
    with pytest.raises(BadShown):
        decode(octets, before)


@given(st.binary(max_size=100))
def test_octets_of_a_stranger_are_a_value_or_refused(octets: bytes) -> None:
    with pytest.raises(BadShown):
        decode(octets)


@given(st.sampled_from(VALUES), st.data())
def test_a_field_of_another_type_or_out_of_its_bounds_is_refused(value: Told, data: st.DataObject) -> None:
    """And whatever is taken can be sent on."""
    [(kind, fields)] = json.loads(encode(value)).items()
    fields[data.draw(st.sampled_from([*fields, "other", "after"]))] = data.draw(anything)
    octets = json.dumps({kind: fields}).encode()
    try:
        back = decode(octets)
    except BadShown:
        return
    assert decode(encode(back)) == back
    for one, other in zip(back, value, strict=True):
        assert type(one) is type(other)


@pytest.mark.parametrize(
    "octets",
    [
        b"", b"null", b"[]", b"{}", b'"shown"', b"[" * 100_000, b'{"shown":null}', b'{"shown":[]}',
        b'{"shown":{"number":true}}', b'{"shown":{"number":-1}}', b'{"shown":{"number":1e3}}',
        b'{"shown":{"position":9007199254740993}}', b'{"shown":{"number":' + b"9" * 5_000 + b"}}",
        b'{"shown":{"asks":NaN}}', b'{"shown":{"is_answered":0}}', b'{"shown":{"command":"exec"}}',
        b'{"shown":{"command":["play"]}}', b'{"shown":{"options":"--set"}}', b'{"shown":{"options":[[]]}}',
        b'{"shown":{"story":"\\ud800"}}', b'{"shown":{"__class__":1}}', b'{"shown":{},"trouble":{}}',
        b'{"trouble":{"reason":"other"}}', b'{"trouble":{}}', b'{"answer":{"question":1,"choice":10}}',
        b'{"answer":{"question":1}}', b'{"answer":{"after":0,"question":1,"choice":1}}', b'{"other":{}}',
        b" " * (MOST_OCTETS + 1), b'\xff{"shown":{}}',
    ],
)  # fmt: skip
def test_these_are_refused(octets: bytes) -> None:
    with pytest.raises(BadShown):
        decode(octets, Shown())


@pytest.mark.parametrize(
    "value",
    [
        Shown(moves="s" * (LONGEST_MOVES + 1)), Shown(story="s" * 201), Shown(text="x" * 70_000),
        Shown(number=MOST + 1), Shown(options=("x",) * 101), Shown(options=("x" * 1_001,)),
        Shown(said=("x",) * 11), Shown(said=("x" * 2_001,)), Shown(said=("\x1b[2J",)),
        Shown(said=("\u202e",)),
        Shown(story="\udcff"), Answer(0, 1), Answer(1, 0), Counted(answers=(0,) * 10),
    ],
)  # fmt: skip
def test_what_is_out_of_its_bounds_is_not_sent(value: Told) -> None:
    with pytest.raises(BadShown):
        encode(value)


def test_the_largest_value_is_not_too_large() -> None:
    """A control character takes six octets."""
    value = Shown(
        MOST, "\0" * 200, "\0" * 65_536, "script", "\0" * 200, "\0" * 200, ("\0" * 1_000,) * 100, "\0" * 200,
        "\0" * 65_536, MOST, MOST, True, ("\U00020000" * 2_000,) * 10,
    )  # fmt: skip
    assert decode(encode(value)) == value
