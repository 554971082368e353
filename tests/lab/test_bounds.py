"""Stories that ask for more than there is to have: what is refused, and what is bounded."""

from __future__ import annotations

import pytest

from tcptui.lab.ends.programs import MOST_PROCESSES
from tcptui.lab.loader import BadScenario
from tcptui.lab.toml_lines import key_lines
from tcptui.lab.wire import BadMove
from tests.lab.told import results_of, run_of
from tests.lab.worlds import OPEN, everything, play, scenario, world
from tests.messages import refused, said

SERVER = '"s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)"'


def box(kind: str, fields: str, more: str = "") -> str:
    return f'[[wire.box]]\nkind = "{kind}"\n{fields}\n{more}'


# Programs.


@pytest.mark.parametrize(
    "forks",
    [
        '{ call = "s = socket()" }, { fork = ["close(s)"], times = 200 }',
        '"s = socket()", { loop = [{ fork = ["close(s)"] }], times = 200, every = "1ms" }',
        '{ loop = ["s = socket()", { fork = [{ fork = ["t = socket()"], times = 20 }] }], times = 9 }',
    ],
)
def test_a_host_has_no_more_programs_at_once_than_it_may(forks: str) -> None:
    run = run_of(f"B.program = [{forks}]")
    results = results_of(run, "B")
    assert "fork() = -1 EAGAIN" in results
    made = world(f"B.program = [{forks}]")
    most = 0
    while made.step() is not None:
        most = max(most, len(made.host("B").programs))
    assert most == MOST_PROCESSES


def test_processes_that_have_ended_do_not_count() -> None:
    run = run_of('B.program = [{ fork = ["exit()"], times = 200, every = "1ms" }]')
    results = results_of(run, "B")
    assert len([one for one in results if one.startswith("fork() = ")]) == 200
    assert "fork() = -1 EAGAIN" not in results


def test_a_call_sends_no_more_than_one_call_may() -> None:
    """As much as the buffer holds, many times over."""
    data = "+".join("d" * 900)
    run = run_of(
        f"""
        B.set = {{ receive_buffer = 600000 }}
        B.program = [{SERVER}, {{ call = "d = recv(c, 600000)", at = "20s" }}, "send(c, {data})"]
        A.program = ["s = socket()", "connect(s)", "send(s, 600000)",
            {{ loop = ["recv(s, 9999)"], times = 999 }}]
        until = "5min"
        """
    )
    assert results_of(run, "B")[-1].rpartition(" = ")[2] == "1000000"


@pytest.mark.parametrize(
    "program", ['program = ["kill(program)", "s = socket()"]', 'programs.web = ["kill(web)", "s = socket()"]']
)
def test_the_only_program_can_kill_itself(program: str) -> None:
    assert results_of(run_of(f"B.{program}"), "B") == ["kill(program) = 0".replace("program", _name(program))]


def _name(program: str) -> str:
    return program.partition("kill(")[2].partition(")")[0]


def test_an_unknown_option_is_told_with_those_that_are_like_it() -> None:
    with refused(BadScenario, match=r"SO_RCBUF is none of SO_RCVBUF, .*\.\.\."):
        scenario('B.program = ["s = socket()", "setsockopt(s, SO_RCBUF, 1)"]')


# Boxes.


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (box("nat", 'address = "2001:db8::1"'), "address: must be of A's kind"),
        (box("router", 'address = "2001:db8::1"'), "address: must be of A's kind"),
        (box("router", 'address = "255.255.255.255"\nhops = 2'), "address: '255.255.255.255' is"),
        (box("router", "hops = 1") * 8, "8 are too many; at most 7"),
        (
            box("nat", 'address = "10.0.0.9"', 'A.address = "fe80::1"\nB.address = "fe80::2"').replace(
                "A.address", "[A]\naddress"
            ).replace("B.address", "[B]\naddress"),
            "address: must be of A's kind",
        ),
    ],
)  # fmt: skip
def test_a_box_that_can_not_stand_on_this_wire_is_refused(text: str, where: str) -> None:
    with refused(BadScenario, match=where):
        scenario(text)


@pytest.mark.parametrize(
    "word", ["box:nat:address=2001%3Adb8%3A%3A1", "box:router:address=2001%3Adb8%3A%3A1"]
)
def test_so_it_is_at_the_keyboard(word: str) -> None:
    made = world(OPEN)
    before = everything(made)
    with pytest.raises(BadMove) as caught:
        play(made, word)
    assert "must be of A's kind" in said(caught.value)
    assert everything(made) == before


def test_no_more_boxes_can_be_put_there_than_a_story_may_have() -> None:
    moves = " ".join(["box:router"] * 7)
    made = world(OPEN, f"{moves} a:send:x s")
    with refused(BadMove, match="8 are too many; at most 7"):
        play(made, "box:router")


def test_a_program_has_no_more_patterns_than_can_be_looked_at_in_every_step() -> None:
    calls = ", ".join(['{ call = "close", when = "A RST" }'] * 101)
    with refused(BadScenario, match="A.script: "):
        scenario(f"A.script = [{calls}]")
    with refused(BadScenario, match="A.program: "):
        calls = calls.replace("close", "exit()")
        scenario(f"A.program = [{{ fork = [{calls}] }}]")


def test_the_lines_of_a_text_that_is_nested_too_deep_are_told_as_far_as_they_are_known() -> None:
    lines = key_lines("a = 1\nb = " + "[" * 20_000 + "]" * 20_000)
    assert (lines["a",], lines["b",]) == (1, 2)
