"""The list of knobs: every one, its values in columns, its meaning, its source, its sysctls."""

from __future__ import annotations

import re

from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.sysctl import SYSCTLS
from tcptui.core.tcp.stacks import STACKS
from tcptui.formats.profile_text import WIDTH, profile_text

ALL = profile_text((RFC9293, LINUX, FREEBSD))


def entries(text: str) -> list[str]:
    """The heading and the knobs."""
    return [entry for entry in everything(text) if not entry.startswith("hook ")]


def everything(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n\n")


def hooks(text: str) -> dict[str, str]:
    """What is told of each hook, by its name."""
    told = [entry.split(None, 2) for entry in everything(text) if entry.startswith("hook ")]
    return {name: " ".join(rest.split()) for _, name, rest in told}


def test_every_knob_has_an_entry_in_order() -> None:
    head, *knobs = entries(ALL)
    assert head.split() == ["knob", "rfc9293", "linux", "freebsd"]
    assert [entry.split()[0] for entry in knobs] == list(all_knobs())


def test_an_entry_tells_all_that_there_is_to_know() -> None:
    entry = next(entry for entry in entries(ALL) if entry.startswith("fin_wait_2_timeout"))
    row, *rest = entry.splitlines()
    assert row.split() == ["fin_wait_2_timeout", "none", "1min", "10min"]
    assert all(line.startswith("    ") for line in rest)
    field = all_knobs()["fin_wait_2_timeout"]
    assert " ".join(" ".join(rest).split()) == (
        f"{field.knob.text} [{field.knob.source}] a duration from 0us to 1440min, or none "
        "set by net.ipv4.tcp_fin_timeout net.inet.tcp.fast_finwait2_recycle net.inet.tcp.finwait2_timeout"
    )


def test_a_hook_is_told_with_the_function_that_each_stack_has_it_from() -> None:
    told = hooks(ALL)["rst_as_judged"]
    assert told.startswith("rfc9293: The RST with the number that the second check compares with RCV.NXT.")
    assert "linux: tcp_reset_check()" in told
    assert "freebsd: tcp_do_segment()" in told


def test_the_hooks_are_those_that_the_stack_has_its_own_way() -> None:
    for profile in (LINUX, FREEBSD):
        letter = type(STACKS["rfc9293"]).__mro__
        kinds = [kind for kind in type(STACKS[profile.stack]).__mro__ if kind not in letter]
        own = {name for kind in kinds for name in vars(kind) if not name.startswith("_")}
        assert set(hooks(profile_text([profile]))) == own
    assert hooks(profile_text([RFC9293])) == {}


def test_a_hook_of_a_kernel_names_a_function_or_a_structure_of_it() -> None:
    for stack, kind in (("linux", LINUX), ("freebsd", FREEBSD)):
        for name, told in hooks(profile_text([kind])).items():
            assert re.search(r"\w+\(\)|[A-Z]+_[A-Z]+", told.split(f"{stack}: ", 1)[1]), name


def test_every_sysctl_that_sets_something_is_listed() -> None:
    assert set(SYSCTLS) <= set(ALL.split())


def test_one_profile_has_one_column_of_its_own_values() -> None:
    text = profile_text([LINUX._replace(msl=5_000_000)])
    rows = {entry.split()[0]: entry.splitlines()[0].split()[1:] for entry in entries(text)}
    assert rows["knob"] == ["linux"]
    assert (rows["msl"], rows["stack"], rows["rfc1337"]) == (["5s"], ["linux"], ["false"])


def test_it_is_ascii_and_fits_a_terminal() -> None:
    assert ALL.isascii()
    assert max(map(len, ALL.splitlines())) <= WIDTH == 80
    assert not any(line.endswith(" ") for line in ALL.splitlines())


def test_columns_stand_below_each_other() -> None:
    rows = [entry.splitlines()[0] for entry in entries(ALL)]
    start = rows[0].index("linux")
    for row in rows:
        assert row[start - 1] == " "
        assert row[start] != " "
