"""Values of knobs as words: read, refused with what is allowed, written; scenarios under other profiles."""

from __future__ import annotations

import pytest

from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.explain.catalogue import text
from tcptui.lab.knob_values import BadKnob, allowed, set_knob_from_text, value_text
from tcptui.lab.variant import preset, variant, with_setting
from tests.lab.worlds import scenario
from tests.messages import refused, said


@pytest.mark.parametrize("profile", PRESETS.values(), ids=PRESETS)
def test_what_is_written_is_read_back(profile: Profile) -> None:
    """Set on another profile, the texts of all values of this one make it again."""
    made = FREEBSD if profile is LINUX else LINUX
    for name, field in all_knobs().items():
        made = set_knob_from_text(made, name, value_text(field, getattr(profile, name)))
    assert made._replace(name=profile.name) == profile


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        *[("rfc1337", word, True) for word in ("true", "1", "on")],
        *[("nagle", word, False) for word in ("false", "0", "off")],
        ("mss", "536", 536),
        ("msl", "1.5s", 1_500_000),
        ("delayed_ack", "0us", 0),
        ("ecn", "asked", "asked"),
        ("window_scale", "14", 14),
        ("window_scale", "none", None),
        ("user_timeout", "none", None),
        ("user_timeout", "2min", 120_000_000),
        ("fixed_isn", "0", 0),
    ],
)
def test_words_are_read(name: str, text: str, value: object) -> None:
    changed = set_knob_from_text(LINUX, name, text)
    assert getattr(changed, name) == value
    assert changed == LINUX._replace(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("rfc1337", "yes", "must be true or false"),
        ("rfc1337", "", "must be true or false"),
        ("rfc1337", "none", "must be true or false"),
        ("mss", "0", "must be a whole number from 1 to 65495"),
        ("mss", "1e3", "must be a whole number from 1 to 65495"),
        ("mss", "-5", "must be a whole number"),
        ("mss", "²", "must be a whole number"),
        ("mss", "9" * 5_000, "must be a whole number"),
        ("window_scale", "15", "must be a whole number from 0 to 14, or none"),
        ("msl", "5", "'5' is no duration: write a number and us, ms, s or min, as in 50ms"),
        ("msl", "2000min", "at most one day"),
        ("keep_idle", "500ms", "must be a duration from 1s to 1440min"),
        ("user_timeout", "never", "'never' is no duration"),
        ("ecn", "true", "'true' is unknown; allowed: off, granted, asked"),
        ("name", "mine", "is not a knob"),
        ("", "1", "is not a knob; tcptui profile lists them all"),
        ("MSS", "1", "is not a knob"),
        ("keep_idel", "1s", "is not a knob; near: keep_idle"),
        ("net.inet.tcp.drop_synfin", "on", "must be a whole number from 0 to 1"),
        ("net.inet.tcp.nosuch_thing", "1", "is no sysctl that is known"),
        ("net.ipv4.tcp_mem", "1", "has no effect here"),
    ],
)
def test_what_can_not_be_says_what_can(name: str, text: str, says: str) -> None:
    with pytest.raises(BadKnob) as error:
        set_knob_from_text(RFC9293, name, text)
    assert says in said(error.value)
    assert said(error.value).isprintable()
    assert len(said(error.value)) < 300


def test_each_kind_of_knob_says_what_is_allowed() -> None:
    says = {name: text(allowed(all_knobs()[name])) for name in ("nagle", "mss", "window_scale", "msl", "ecn")}
    assert says == {
        "nagle": "true or false",
        "mss": "a whole number from 1 to 65495",
        "window_scale": "a whole number from 0 to 14, or none",
        "msl": "a duration from 0us to 1440min",
        "ecn": "off, granted, asked",
    }


@pytest.mark.parametrize("setting", ["msl = 5s", "msl=5s", "net.inet.tcp.msl=5000"])
def test_a_setting_is_a_name_and_a_value(setting: str) -> None:
    assert with_setting(RFC9293, setting) == RFC9293._replace(msl=5_000_000)


def test_a_setting_of_several_numbers_has_them_all() -> None:
    assert with_setting(RFC9293, "net.ipv4.tcp_wmem=1 2 77").send_buffer == 77


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("msl", "'msl': must be NAME=VALUE, as in msl=5s"),
        ("=5s", "'=5s': must be NAME=VALUE"),
        ("", "'': must be NAME=VALUE"),
        ("msl=", "msl: '' is no duration"),
        ("mls=5s", "mls: is not a knob; near: "),
        ("C.msl=5s", "C.msl: is not a knob"),
        ("\x1b[31m=1", r"'\x1b[31m': is not a knob"),
    ],
)
def test_a_bad_setting_is_named(setting: str, says: str) -> None:
    with pytest.raises(BadKnob) as error:
        with_setting(RFC9293, setting)
    assert says in said(error.value)
    assert said(error.value).isprintable()


def test_presets_are_found_by_name() -> None:
    assert preset("freebsd") is FREEBSD
    with refused(BadKnob, match=r"^no profile 'freebds': did you mean 'freebsd'\? allowed: rfc9293, "):
        preset("freebds")


def test_a_profile_is_for_both_hosts_and_keeps_what_the_scenario_has_set() -> None:
    made = variant(
        scenario('A = { profile = "freebsd", set = { msl = "5s" } }\nB.set = { nagle = false }\n'), LINUX, ()
    )
    assert [host.profile for host in made.hosts] == [
        LINUX._replace(msl=5_000_000),
        LINUX._replace(nagle=False),
    ]


def test_settings_are_for_both_hosts_or_for_one_and_the_last_one_counts() -> None:
    settings = ("msl=5s", "B.msl=7s", "A.net.inet.tcp.blackhole=2", "rfc1337=on", "A.rfc1337=off")
    made = variant(scenario('A.profile = "linux"'), None, settings)
    assert [host.profile for host in made.hosts] == [
        LINUX._replace(msl=5_000_000, blackhole=2),
        RFC9293._replace(msl=7_000_000, rfc1337=True),
    ]


def test_a_variant_of_nothing_is_the_scenario_itself() -> None:
    plain = scenario('A.profile = "linux"\nB.set = { msl = "5s" }')
    assert variant(plain, None, ()) == plain
    with refused(BadKnob, match=r"^'': must be NAME=VALUE"):
        variant(plain, None, ("A.",))
