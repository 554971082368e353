"""Programs of socket calls in a file: what is read, and that what is wrong is told with what is allowed."""

from __future__ import annotations

import pytest

from tcptui.lab.calls import parse_call
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader import BadScenario, scenario_of_variant
from tcptui.lab.patterns import parse_pattern
from tcptui.lab.program import Again, Loop, NamedScript, ScriptedCall
from tcptui.lab.program_text import MOST_DEPTH
from tests.lab.worlds import scenario
from tests.messages import said


def host(toml: str) -> HostSetup:
    setup = scenario(toml).hosts[0]
    assert isinstance(setup, HostSetup)
    return setup


def written(text: str, **more: object) -> ScriptedCall:
    return ScriptedCall("written", written=parse_call(text))._replace(**more)  # type: ignore[arg-type]


def test_a_program_is_a_list_of_calls_loops_and_forks() -> None:
    setup = host(
        """
        A.program = ["s = socket()", { call = "connect(s)", at = "1s", after = "2ms" },
            { loop = ["send(s, 'x')", { call = "send(s, 'y')", times = 2 }], times = 3, every = "5ms" },
            { fork = ["close(s)"], when = "established" }, "unplug", { call = "close(s)", when = "A SYN 2" }]
        """
    )
    assert setup.programs == (
        NamedScript(
            "program",
            (
                written("s = socket()"),
                written("connect(s)", amount=1_000_000, after=2_000),
                Loop(3, 5_000),
                written("send(s, 'x')"),
                Loop(2),
                written("send(s, 'y')"),
                Again(4),
                Again(2),
                ScriptedCall("fork", "established", child=(written("close(s)"),)),
                ScriptedCall("unplug"),
                written("close(s)", trigger="pattern", pattern=parse_pattern("A SYN 2"), when="A SYN 2"),
            ),
        ),
    )
    assert setup.script == ()


def test_several_programs_have_names() -> None:
    setup = host('A.programs = { one = ["s = socket()"], two = ["exit()"] }')
    assert [(one.name, len(one.script)) for one in setup.programs] == [("one", 1), ("two", 1)]


SOCKET = '"s = socket()"'
WRONG = {
    "a call that is none": ('A.program = ["s = sock()"]', "A.program[1]: there is no call 'sock'"),
    "no call at all": ('A.program = ["listen"]', "A.program[1]: 'listen' is unknown; allowed: socket(),"),
    "an empty text": ('A.program = [""]', "A.program[1]: '' is no call"),
    "no list": ('A.program = "s = socket()"', "A.program: must be a list of calls"),
    "a number": ("A.program = [5]", "A.program[1]: must be a table"),
    "a number as a call": ("A.program = [{ call = 5 }]", "A.program[1].call: must be a text"),
    "a table without a call": ('A.program = [{ at = "1s" }]', "A.program[1].call: is missing"),
    "an unknown key": (
        f'A.program = [{SOCKET}, {{ call = "close(s)", wenn = "closed" }}]',
        "A.program[2].wenn: is unknown; allowed: call, at, when, after, times, every",
    ),
    "in a loop": (
        f'A.program = [{SOCKET}, {{ loop = ["x()"], times = 2 }}]', "A.program[2].loop[1]: there is no call"
    ),
    "a loop with a time": (
        f'A.program = [{SOCKET}, {{ loop = ["recv(s, 1)"], at = "1s" }}]',
        "A.program[2].at: is unknown; allowed: loop, times, every, while",
    ),
    "a loop that can not know its end": (
        f'A.program = [{SOCKET}, {{ loop = ["recv(s, 1)"], while = "d" }}]',
        "A.program[2].while: no call of this loop notes anything in 'd'",
    ),
    "an end of no loop": (
        'A.program = [{ call = "s = socket()", while = "s" }]', "A.program[1].while: is unknown"
    ),
    "an empty loop": ("A.program = [{ loop = [], times = 2 }]", "A.program[1].loop: must not be empty"),
    "an empty fork": ("A.program = [{ fork = [] }]", "A.program[1].fork: must not be empty"),
    "in a fork": ('A.program = [{ fork = ["x()"] }]', "A.program[1].fork[1]: there is no call 'x'"),
    "no times": (f'A.program = [{SOCKET}, {{ call = "dup(s)", times = 0 }}]', "A.program[2].times: must be"),
    "round and round at one moment": (
        f'A.program = [{SOCKET}, {{ loop = ["dup(s)"] }}]', "A.program[2]: goes round without end"
    ),
    "a name that stands for nothing": (
        'A.program = ["close(s)"]', "A.program[1]: close(s): s stands for nothing yet"
    ),
    "a name of another program": (
        f'A.programs = {{ one = [{SOCKET}], two = ["close(s)"] }}', "A.programs.two[1]: close(s): s stands"
    ),
    "a name of a fork": (
        'A.program = [{ fork = ["s = socket()"] }, "close(s)"]', "A.program[2]: close(s): s stands for"
    ),
    "data where a descriptor belongs": (
        f'A.program = [{SOCKET}, "d = recv(s, 9)", "close(d)"]', "A.program[3]: close(d): write close(s)"
    ),
    "nobody to kill": (
        'A.programs = { one = ["kill(two)"] }', "A.program[1]: there is no program 'two'; allowed: one"
    ),
    "a name that is none": ("A.programs = { One = [] }", "A.programs.One: must be named in lower case"),
    "no programs": ("A.programs = []", "A.programs: must be a table"),
    "two forms": (
        'A.program = []\nA.script = [{ call = "connect" }]',
        "A.program: stands beside script; a host has one of script, program and programs",
    ),
    "at and when": (
        f'A.program = [{{ call = {SOCKET}, at = "1s", when = "closed" }}]',
        "A.program[1].at: either at or when",
    ),
    "when": (
        f'A.program = [{{ call = {SOCKET}, when = "later" }}]', "'later' is unknown; allowed: established"
    ),
    "a pattern": (
        f'A.program = [{{ call = {SOCKET}, when = "A FOO" }}]', "A.program[1].when:"
    ),
    "a socket that there is not": (
        f'A.program = [{{ call = {SOCKET}, when = "readable c" }}]', "c stands for nothing yet"
    ),
    "too deep": (
        f'A.program = [{"{ loop = [" * 20}{"], times = 2 }" * 20}]', f"more than {MOST_DEPTH} loops"
    ),
    "text and size": (
        'A.script = [{ call = "send", text = "x", size = 5 }]', "A.script[1].size: either text or size"
    ),
    "octets of a send": ('A.script = [{ call = "connect", octets = 5 }]', "A.script[1].octets: only read"),
    "urgent close": ('A.script = [{ call = "close", urgent = true }]', "A.script[1].urgent: only send"),
    "endless script": (
        'A.script = [{ loop = [{ call = "connect" }] }]', "A.script[1]: goes round without end"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_place_and_what_is_allowed(name: str) -> None:
    toml, why = WRONG[name]
    with pytest.raises(BadScenario) as raised:
        scenario(toml)
    told = said(raised.value)
    assert told.startswith("test.toml: ")
    assert why in told
    assert "\n" not in told


def test_a_loop_that_waits_needs_no_times() -> None:
    for body in (
        '"c = accept(s)"',
        '{ call = "dup(s)", after = "1ms" }',
        '{ call = "dup(s)", when = "A SYN" }',
    ):
        scenario(f"A.program = [{SOCKET}, {{ loop = [{body}] }}]")
    scenario(f'A.program = [{SOCKET}, {{ call = "dup(s)", every = "1s" }}]')


def test_a_variants_program_takes_the_place_of_the_storys_however_that_is_written() -> None:
    story = scenario(
        f"""
        A.script = [{{ call = "connect" }}]
        [[variant]]
        name = "sockets"
        A = {{ program = [{SOCKET}, "connect(s)"] }}
        """
    )
    setup = scenario_of_variant(story, "sockets").hosts[0]
    assert isinstance(setup, HostSetup)
    assert (len(setup.programs), setup.script) == (1, ())
