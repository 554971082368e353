"""A scenario whose hosts behave in another way: under another preset, with single knobs changed."""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import PRESETS, preset_of
from tcptui.core.profile.record import Profile
from tcptui.lab.knob_values import BadKnob, set_knob_from_text
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES


def preset(name: str) -> Profile:
    """The preset of that name. BadKnob names those that there are."""
    if name not in PRESETS:
        from difflib import get_close_matches

        near = get_close_matches(name, PRESETS, 1)
        if near:
            raise BadKnob("error.profile.unknown_near", name=name[:60], near=near[0], allowed=tuple(PRESETS))
        raise BadKnob("error.profile.unknown", name=name[:60], allowed=tuple(PRESETS))
    return PRESETS[name]


def with_setting(profile: Profile, setting: str) -> Profile:
    """The profile after ``NAME=VALUE``, of a knob or a sysctl. Raises BadKnob."""
    name, equals, text = setting.partition("=")
    name = name.strip()
    shown = name if len(name) <= 60 and name.isprintable() else ascii(name[:60])
    if not equals or not name:
        raise BadKnob("error.setting.syntax", setting=setting[:60])
    try:
        return set_knob_from_text(profile, name, text.strip())
    except BadKnob as error:
        raise BadKnob("error.at", where=shown, why=error.message) from None


def variant(scenario: Scenario, profile: Profile | None, settings: Iterable[str]) -> Scenario:
    """The scenario with both hosts under `profile`, if there is one, and then with each of `settings`.

    The knobs in which a host differs from its own preset stay as the scenario has them. A setting is
    ``NAME=VALUE`` for both hosts, ``A.NAME=VALUE`` or ``B.NAME=VALUE`` for one. Raises BadKnob.
    """
    hosts = {side: host.profile for side, host in zip(SIDES, scenario.hosts, strict=True)}
    if profile is not None:
        hosts = {side: _moved(own, profile) for side, own in hosts.items()}
    for setting in settings:
        ends = [side for side in SIDES if setting.startswith(f"{side}.")]
        for side in ends or SIDES:
            hosts[side] = with_setting(hosts[side], setting[2:] if ends else setting)
    a, b = scenario.hosts
    return scenario._replace(hosts=(a.with_profile(hosts["A"]), b.with_profile(hosts["B"])))


def changed(scenario: Scenario, profile: Profile | None, settings: Iterable[str]) -> Scenario:
    """The same without the scenario's answer and what it says and claims: that is about the hosts that it has
    itself. Raises BadKnob."""
    return variant(scenario, profile, settings)._replace(answer="", harm="", say=(), claims=())


def _moved(own: Profile, profile: Profile) -> Profile:
    """`profile` with what sets `own` apart from its preset."""
    base = preset_of(own)
    names = (name for name in all_knobs() if getattr(own, name) != getattr(base, name))
    return profile._replace(**{name: getattr(own, name) for name in names})
