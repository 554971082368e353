"""Programs started at the keyboard: loops, fork(), triggers, the RFC's calls with their options."""

from __future__ import annotations

import re

import pytest

from tcptui.core.packet.segment import URG, Segment
from tcptui.lab.ends.programs import MOST_PROCESSES
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.wire import BadMove
from tests.lab.told import facts_of, results_of, run_of
from tests.lab.worlds import OPEN, history_of, scenario, world
from tests.messages import refused

SERVER = 'B.program = ["s = socket()", "bind(s)", "listen(s, 5)"]\n'
CLIENT = 'A.program = ["s = socket()", "connect(s)"]\n'
ECHO = "{loop=['d=recv(c,9)','send(c,d)'],while='d'}"
FORKS = f"b:[{{loop=['c=accept(s)',{{fork=['close(s)',{ECHO},'exit()']}},'close(c)']}}]"
"""A server that forks for each client."""


def test_a_loop_that_was_typed_serves_one_client_after_the_other() -> None:
    run = run_of(SERVER + CLIENT, "s5 b:[{loop=['c=accept(s)','close(c)']}] s8 a:t=socket() a:connect(t)")
    assert results_of(run, "B", blocks=True)[3:] == [
        "accept(s) ...", "accept(s) = 4", "close(c) = 0",
        "accept(s) ...", "accept(s) = 4", "close(c) = 0",
        "accept(s) ...",
    ]  # fmt: skip


def test_a_fork_that_was_typed_has_the_descriptors_of_the_first_program_and_its_names() -> None:
    made = world(SERVER + CLIENT, f"s5 {FORKS} s9 a:send(s,'hi') s4")
    host = made.host("B")
    parent, child = (one for one in host.programs if one.forked)
    assert parent.process == host.programs[0].process != child.process
    assert dict(child.variables)["s"] == dict(host.programs[0].variables)["s"]
    assert dict(child.variables)["d"] == b"hi"


def test_what_was_typed_is_told_as_a_move_and_read_back() -> None:
    history = history_of(scenario(SERVER + CLIENT), f"s5 {FORKS} s9")
    assert parse_moves(history.text()) == [*parse_moves(f"s5 {FORKS} s9")]
    assert history_of(scenario(SERVER + CLIENT), history.text()).world == history.world


def test_a_program_that_waits_for_something_else_is_another_future() -> None:
    early, late = (world(SERVER + CLIENT, f"s5 b:{{call='s=socket()',at='{at}'}}") for at in ("9s", "8s"))
    other = world(SERVER + CLIENT, "s5 b:{call='close(s)',at='9s'}")
    assert len({early.key(), late.key(), other.key(), world(SERVER + CLIENT, "s5").key()}) == 4
    assert early == early.copy() == world(SERVER + CLIENT, "s5 b:{call='s=socket()',at='9s'}")


def test_triggers_and_options_of_the_rfcs_calls_can_be_typed() -> None:
    run = run_of(
        OPEN + "B.reads = false",
        "b:{call='send',size=3,urgent=true,when='readable',after='5ms'}"
        " b:{call='read',octets=2,when='B DATA'} a:send:hello",
    )
    (sent,) = (one.payload for one in run.transmissions if one.sender == "B" and "URG" in str(one.payload))
    assert isinstance(sent, Segment)
    assert (sent.data, sent.up) == (b"abc", 3)
    assert facts_of(run, "reads", side="B") == ["B reads 'he'"]
    assert [report.at for report in run.reports if report.call == "send"] == [0, 55_000]


def test_urgent_data_and_so_many_octets_are_calls_of_their_own_too() -> None:
    run = run_of(OPEN + "B.reads = false", "a:send+urgent:hello s b:read:3")
    sent = run.transmissions[0].payload
    assert isinstance(sent, Segment)
    assert (sent.flags & URG, sent.up) == (URG, 5)
    assert facts_of(run, "reads", side="B") == ["B reads 'hel'"]


def test_a_program_that_is_over_makes_room_for_another() -> None:
    made = world(SERVER)
    for _ in range(MOST_PROCESSES + 1):
        made.apply(parse_moves("a:['s=socket()','close(s)']")[0])
        made.step()
        made.step()
        made.step()
    for _ in range(MOST_PROCESSES - 1):
        made.apply(parse_moves("a:{call='unplug',at='1min'}")[0])
    with refused(BadMove, match=f"{MOST_PROCESSES} programs are too many for one host"):
        made.apply(parse_moves("a:{call='unplug',at='1min'}")[0])


@pytest.mark.parametrize(
    ("move", "why"),
    [
        ("b:['close(q)']", "program[1]: close(q): q stands for nothing yet"),
        ("b:{fork=['close(q)']}", "program[1].fork[1]: close(q): q stands for nothing yet"),
        ("b:['kill(web)']", "program[1]: there is no program 'web': only those of several have names"),
        ("b:{call='c=accept(s)',when='readable q'}", "program[1]: readable q: q stands for nothing yet"),
    ],
)
def test_a_name_that_stands_for_nothing_is_refused_and_nothing_has_changed(move: str, why: str) -> None:
    made = world(SERVER, "s3")
    before = made.key()
    with refused(BadMove, match=re.escape(why)):
        made.apply(parse_moves(move)[0])
    assert made.key() == before


def test_exit_ends_what_was_started_beside_the_program() -> None:
    made = world(SERVER + CLIENT, "s5 b:{loop=['c=accept(s)']} s b:exit()")
    assert [one.over for one in made.host("B").programs] == [True]


def test_a_reboot_ends_it() -> None:
    made = world(SERVER + CLIENT, "s5 b:{loop=['c=accept(s)']} s b:reboot")
    assert len(made.host("B").programs) == 1


def test_one_that_was_started_in_the_prelude_goes_on_beside_the_programs_of_the_story() -> None:
    prelude = f"b:s=socket() b:bind(s) b:listen(s,5) {FORKS} s a:s=socket() a:connect(s) s4"
    toml = (
        f'prelude = "{prelude}"\nA.program = [{{ call = "send(s, 9)", at = "1s" }}]\n'
        'B.programs = { one = ["t = socket()"], two = ["u = socket()", "close(u)"] }'
    )
    host = world(toml, "s8").host("B")
    assert [one.name for one in host.programs[:2]] == ["one", "two"]
    assert len({one.process for one in host.programs}) == 3, "one and the started, the forked, two"
    assert "recv(c, 'abcdefghi', 9) = 9" in results_of(run_of(toml), "B")
