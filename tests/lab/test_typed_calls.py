"""Calls to sockets that the keyboard offers: those that make sense for what the names stand for."""

from __future__ import annotations

from tcptui.lab.calls import parse_call
from tcptui.lab.ends.typed import calls_at, possible_socket_calls
from tcptui.lab.moves_text import written_move
from tcptui.lab.wire import SIDES
from tests.lab.worlds import OPEN, world

SERVER = 'B.program = ["s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)"]\n'
TALK = f'{SERVER}A.program = ["s = socket()", "connect(s)"]'
ALWAYS = ("s = socket()", "exit()")


def test_what_a_socket_can_do_depends_on_how_far_it_is() -> None:
    assert possible_socket_calls(world(TALK).host("A")) == ALWAYS
    assert possible_socket_calls(world(TALK, "s").host("A")) == (
        "connect(s)", "bind(s)", "listen(s, 5)", "close(s)", *ALWAYS,
    )  # fmt: skip
    talking = world(TALK, "s9")
    assert possible_socket_calls(talking.host("A")) == (
        "send(s, 'hello')", "d = recv(s, 1024)", "shutdown(s, SHUT_WR)", "close(s)", *ALWAYS,
    )  # fmt: skip
    assert possible_socket_calls(talking.host("B"))[4:] == ("c = accept(s)", "close(s)", *ALWAYS)


def test_every_call_that_is_offered_can_be_read() -> None:
    for moves in ("", "s", "s5", "s9", "s9 a:close(s)", "s9 b:close(s) b:close(c)"):
        made = world(TALK, moves)
        for host in (made.host("A"), made.host("B")):
            for text in possible_socket_calls(host):
                parse_call(text)


def test_programs_with_names_can_be_killed_while_they_run() -> None:
    toml = 'A.programs = { one = ["s = socket()", { call = "close(s)", at = "1s" }], two = ["exit()"] }'
    assert "kill(one)" in possible_socket_calls(world(toml, "s").host("A"))
    assert "kill(two)" not in possible_socket_calls(world(toml, "s2").host("A"))


def test_a_host_whose_programs_make_the_rfcs_calls_is_offered_those() -> None:
    made = world('A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]', "s4 b:send:x s")
    assert made.host("A").possible_calls[:2] == ("send", "shutdown")
    assert calls_at(made.host("A"))[:-2] == made.host("A").possible_calls
    assert calls_at(made.host("A"))[-2] == "send+urgent"
    unread = world(OPEN + "B.reads = false", "a:send:x s").host("B")
    assert calls_at(unread)[-3:-1] == ("read:100", "send+urgent")
    assert calls_at(world(TALK, "s9").host("A"))[-3:-1] == ("unplug", "reboot")


def test_programs_are_offered_that_can_be_started_there() -> None:
    kinds = set()
    for toml in (TALK, OPEN):
        for moves in ("", "s", "s5", "s9"):
            for side in SIDES:
                made = world(toml, moves if toml == TALK else "")
                programs = [one for one in calls_at(made.host(side)) if one.startswith(("[", "{"))]
                assert programs
                for text in programs:
                    assert made.copy().apply(written_move(side, text)).cause == "program"
                    kinds.add(text[:12])
    assert len(kinds) == 4
