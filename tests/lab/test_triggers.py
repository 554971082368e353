"""Triggers of calls: what they wait for, how often, and who still waits when nothing more happens."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import text as text_of
from tcptui.lab.prelude import begin
from tcptui.lab.run import play
from tcptui.lab.waiting import still_waiting
from tests.lab.told import facts_of, results_of, run_of
from tests.lab.worlds import scenario

SERVER = '"s = socket()", "bind(s)", "listen(s, 5)"'
CLIENT = '"s = socket()", "connect(s)"'


def when(
    trigger: str, server: str = f'{SERVER}, "c = accept(s)", "send(c, 100)", "send(c, 200)"'
) -> list[int]:
    """When a second program of B, which waits for this, makes its call, in milliseconds."""
    run = run_of(
        f"""
        A.set = {{ delayed_ack = "0ms" }}
        B.set = {{ nagle = false }}
        A.program = [{CLIENT}, "recv(s, 1000)", "recv(s, 1000)", {{ call = "close(s)", at = "1s" }}]
        B.programs.one = [{server}]
        B.programs.two = [{{ call = "socket()", when = "{trigger}" }}]
        """
    )
    return [
        report.at // 1000
        for report in run.reports
        for one in report.results
        if one.program == "two" and one.name == "socket"
    ]


@pytest.mark.parametrize(
    ("trigger", "at"),
    [
        ("A enters ESTABLISHED", 100),
        ("B enters ESTABLISHED", 150),
        ("#1 arrives", 50),
        ("#2 leaves", 50),
        ("A ACK arrives", 150),
        ("B DATA 2", 150),
        ("B DATA 2 arrives", 200),
        ("A ACK 3 arrives", 250),
        ("A reads *", 200),
        ("A calls close", 1000),
        ("B accept = 4", 150),
        ("A enters FIN-WAIT-1", 1000),
        ("established", 150),
        ("accepted", 150),
        ("peer closed", 1050),
    ],
)
def test_a_call_is_made_when_what_it_waits_for_has_happened(trigger: str, at: int) -> None:
    assert when(trigger) == [at]


@pytest.mark.parametrize(
    "trigger", ["A enters CLOSING", "B DATA 3", "A SYN 2", "B DATA lost", "received 1", "closed", "waiting"]
)
def test_a_call_is_not_made_when_that_never_happens(trigger: str) -> None:
    assert when(trigger) == []


def test_a_connection_that_waits_is_a_trigger_and_so_is_data_that_can_be_read() -> None:
    run = run_of(
        f"""
        A.program = [{CLIENT}, {{ call = "send(s, 'x')", at = "500ms" }}]
        B.program = [{SERVER}, {{ call = "c = accept(s)", when = "waiting", after = "20ms" }},
            {{ call = "recv(c, 9)", when = "readable c", after = "30ms" }}]
        """
    )
    calls = [(report.at, report.call) for report in run.reports if report.side == "B" and report.call]
    assert calls[-2:] == [(170_000, "accept"), (580_000, "recv")]
    assert results_of(run, "B")[-1] == "recv(c, 'x', 9) = 1"


def test_readable_without_a_name_is_the_connection_that_is_looked_at() -> None:
    run = run_of(
        """
        prelude = "b:listen a:connect s3"
        A.script = [{ call = "send", text = "hello", at = "1s" }]
        B.script = [{ call = "read", when = "readable", after = "5ms" }]
        B.reads = false
        """
    )
    assert [report.at for report in run.reports if report.call == "read"] == [1_055_000]


def test_a_pattern_in_a_loop_waits_for_the_next_such_fact() -> None:
    run = run_of(
        f"""
        A.set = {{ nagle = false }}
        A.program = [{CLIENT}, {{ call = "send(s, 'x')", times = 3, every = "100ms" }}]
        B.programs.one = [{SERVER}, "c = accept(s)"]
        B.programs.two = [{{ call = "socket()", when = "A DATA arrives", times = 3 }}]
        """
    )
    made = [one.program for report in run.reports for one in report.results if report.call == "socket"]
    times = [report.at for report in run.reports if report.call == "socket" and report.side == "B"][1:]
    assert made.count("two") == 3
    assert times == [150_000, 250_000, 350_000]


def test_a_pattern_is_counted_from_the_beginning_though_the_program_comes_to_it_later() -> None:
    assert when("A SYN") == [0]
    run = run_of(
        f"""
        A.program = [{CLIENT}]
        B.program = [{SERVER}, "c = accept(s)", {{ call = "send(c, 'x')", when = "A SYN arrives" }}]
        """
    )
    assert "B calls send" in facts_of(run, "calls")


WAITS = """
A.script = [{ call = "connect" }, { call = "send", when = "established", text = "abc", times = 11 }]
B.script = [{ call = "listen" }, { call = "close", when = "received 35" }]
"""


def test_a_trigger_that_never_came_is_told_at_the_end() -> None:
    run = run_of(WAITS)
    assert [text_of(one) for one in run.waiting] == [
        "B's program still waits with close(): received 35 (33 so far)"
    ]
    state = begin(scenario(WAITS))[0]
    while state.step() is not None:
        pass
    (one,) = still_waiting(state)
    assert (one.side, one.program, one.call, one.when, one.so_far) == ("B", "", "close()", "received 35", 33)


def test_a_program_of_several_is_told_by_its_name_and_a_count_of_facts_with_it() -> None:
    run = run_of(
        f"""
        A.program = [{CLIENT}]
        B.programs.web = [{SERVER}, "accept(s)"]
        B.programs.other = [{{ call = "socket()", when = "A SYN 3" }}]
        """
    )
    assert [text_of(one) for one in run.waiting] == [
        "B's program other still waits with socket(): A SYN 3 (1 so far)"
    ]


def test_who_waits_in_a_call_is_no_complaint_and_neither_is_a_program_that_is_over() -> None:
    run = run_of(f'A.program = [{CLIENT}]\nB.program = [{SERVER}, {{ loop = ["c = accept(s)"] }}]')
    assert run.waiting == ()
    assert play(scenario('A.script = [{ call = "connect" }]')).waiting == ()


def test_facts_cost_nothing_where_no_trigger_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **named: object) -> None:
        raise AssertionError("facts were made")

    monkeypatch.setattr("tcptui.lab.facts.facts_of_step", never)
    play(scenario(WAITS))
    with pytest.raises(AssertionError, match="facts were made"):
        play(scenario(WAITS.replace("received 35", "A SYN 2")))
