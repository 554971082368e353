"""A profile whose values its knobs can't have is refused, by mypy where it is written and by `Stack` when it
is used; and nothing that sets knobs makes one."""

from __future__ import annotations

from typing import Any

import pytest

from tcptui.core.profile.knobs import all_knobs, check_profile
from tcptui.core.profile.presets import PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.profile.sysctl import SYSCTLS, BadValue, apply_sysctl
from tcptui.core.tcp.stack import Stack
from tcptui.core.units import DAY

CHOICES = [name for name, field in all_knobs().items() if field.choices]


def with_any(name: str, value: Any) -> Profile:
    """A profile as a program without a type checker may make it."""
    return RFC9293._replace(**{name: value})


@pytest.mark.parametrize("name", all_knobs())
@pytest.mark.parametrize("value", ["misspelt", -1, 1 << 70, 1.5, b"sws"], ids=repr)
def test_no_knob_takes_what_it_can_not_have(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"Profile\.{name}: .* must be "):
        Stack(with_any(name, value))


@pytest.mark.parametrize("name", [name for name, field in all_knobs().items() if not field.optional])
def test_only_what_may_be_switched_off_takes_none(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Stack(with_any(name, None))


def test_what_is_said_of_a_refused_value() -> None:
    for name, value, text in (
        (
            "syn_cookies",
            "allways",
            "Profile.syn_cookies: 'allways' must be one of 'never', 'overflow', 'always'",
        ),
        ("nagle", 1, "Profile.nagle: 1 must be True or False"),
        ("msl", -5, f"Profile.msl: -5 must be a whole number of microseconds from 0 to {DAY}"),
        ("window_scale", 15, "Profile.window_scale: 15 must be a whole number from 0 to 14, or None"),
        ("name", None, "Profile.name: None is no str"),
    ):
        with pytest.raises(ValueError, match="Profile") as refused:
            Stack(with_any(name, value))
        assert str(refused.value) == text


def test_a_profile_that_equals_a_good_one_is_looked_at_all_the_same() -> None:
    """``True == 1``: what has been found good of one profile does not hold for its equal."""
    good, wrong = RFC9293._replace(), with_any("sack", 0)
    Stack(good)
    assert wrong == good
    for _ in range(2):
        with pytest.raises(ValueError, match="sack"):
            Stack(wrong)


@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_is_taken(name: str) -> None:
    for choice in all_knobs()[name].choices:
        check_profile(with_any(name, choice))


def test_the_ends_of_every_range_are_taken() -> None:
    for name, field in all_knobs().items():
        if field.type is int:
            for value in (field.knob.least, field.knob.most):
                check_profile(with_any(name, value))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("name", SYSCTLS)
def test_no_sysctl_sets_a_knob_to_what_it_can_not_have(preset: Profile, name: str) -> None:
    """The least and the greatest number of each, also where others have been set as far as they go."""
    extreme = preset._replace(keep_count=255, keep_interval=DAY, window_scale=14, delayed_ack=1)
    for profile in (preset, extreme):
        for number in (SYSCTLS[name].least, SYSCTLS[name].most):
            for text in (str(number), " ".join([str(number)] * 3)):
                try:
                    made = apply_sysctl(profile, name, text)
                except BadValue:
                    continue
                check_profile(made)


def test_mypy_refuses_a_misspelt_choice_too() -> None:
    """If it did not, mypy would say that the comment below is not needed."""
    with pytest.raises(ValueError, match="syn_cookies"):
        Stack(Profile(syn_cookies="allways"))  # type: ignore[arg-type]
