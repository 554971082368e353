"""Programs of socket calls: what each story of a host with sockets does, call by call."""

from __future__ import annotations

import pytest

from tcptui.lab.facts import facts_of_step
from tcptui.lab.patterns import parse_pattern
from tests.lab.told import facts_of, flags_of, results_of, run_of

LINUX = 'A.profile = "linux"\nB.profile = "linux"\n'
SERVER = '"s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)"'
CLIENT = '"s = socket()", "connect(s)"'


def test_an_echo_server_serves_one_client_after_the_other() -> None:
    run = run_of(
        LINUX
        + """
        A.programs.one = [{ call = "s = socket()", at = "100ms" }, "connect(s)", "send(s, 'world')",
            "d = recv(s, 1024)", "close(s)"]
        A.programs.two = [{ call = "s = socket()", at = "200ms" }, "connect(s)", "send(s, 'moon')",
            "d = recv(s, 1024)", "close(s)"]
        B.program = ["s = socket()", "setsockopt(s, SO_REUSEADDR, 1)", "bind(s, 80)", "listen(s, 5)",
            { loop = ["c = accept(s)", "d = recv(c, 1024)", "send(c, 'hello ->' + d)",
                { call = "close(c)", after = "10ms" }] }]
        """
    )
    assert results_of(run, "A") == [
        "socket() = 3", "socket() = 3", "connect(s) = 0", "send(s, 'world') = 5",
        "connect(s) = 0", "send(s, 'moon') = 4",
        "recv(s, 'hello ->world', 1024) = 13", "close(s) = 0",
        "recv(s, 'hello ->moon', 1024) = 12", "close(s) = 0",
    ]  # fmt: skip
    assert results_of(run, "B")[4:] == [
        "accept(s) = 4", "recv(c, 'world', 1024) = 5", "send(c, 'hello ->world') = 13", "close(c) = 0",
        "accept(s) = 4", "recv(c, 'moon', 1024) = 4", "send(c, 'hello ->moon') = 12", "close(c) = 0",
    ]  # fmt: skip
    assert results_of(run, "B", blocks=True)[-1] == "accept(s) ...", "it waits for the next"
    assert run.complete


def test_three_clients_meet_an_accept_queue_of_one() -> None:
    """Linux before 4.3, listen(s, 0): one waits; the second's last ACK is dropped and its SYN,ACK sent again;
    a SYN that comes while the queue is full is dropped. Since then the second, half-open, gets a cookie."""
    run = run_of(
        LINUX
        + """
        B.set = { backlog_limits_syn_queue = false }
        A.programs.one = ["s = socket()", "connect(s)", "send(s, 'one')"]
        A.programs.two = [{ call = "s = socket()", at = "10ms" }, "connect(s)"]
        A.programs.three = [{ call = "s = socket()", at = "300ms" }, "connect(s)"]
        B.program = ["s = socket()", "bind(s, 80)", "listen(s, 0)", { call = "c = accept(s)", at = "2s" },
            "recv(c, 100)", "d = accept(s)", "e = accept(s)"]
        """
    )
    sent = facts_of(run, "leaves")
    assert sum("A SYN " in one for one in sent) == 5, "the third client's SYN three times"
    assert sum("B SYN,ACK" in one and "again" in one for one in sent) == 2
    assert results_of(run, "B")[3:] == [
        "accept(s) = 4", "recv(c, 'one', 100) = 3", "accept(s) = 5", "accept(s) = 6",
    ]  # fmt: skip
    reads = next(fact for fact in facts_of(run, "reads", "calls") if "reads" in fact or "accept" in fact)
    assert reads == "B calls accept", "nothing is read before a program has the connection"


def test_several_clients_have_ports_of_their_own() -> None:
    clients = "\n".join(
        f'A.programs.c{number} = ["s = socket()", "connect(s)", "recv(s, 9)"]' for number in range(3)
    )
    run = run_of(f'{clients}\nB.program = ["s = socket()", "bind(s)", "listen(s, 9)", "accept(s)"]')
    ports = {one.payload.src.port for one in run.transmissions if one.sender == "A"}  # type: ignore[union-attr]
    assert ports == {49152, 49153, 49154}


RESTART = """
A.program = ["s = socket()", "connect(s)", "recv(s, 9)", "close(s)"]
B.programs.first = ["s = socket()", {first} "bind(s)", "listen(s, 5)", "c = accept(s)", "close(c)", "exit()"]
B.programs.second = [{{ call = "s = socket()", at = "2s" }}, {second} "bind(s)"]
"""
REUSE = '"setsockopt(s, SO_REUSEADDR, 1)",'


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ("", "", "-1 EADDRINUSE"),
        ("", REUSE, "-1 EADDRINUSE"),
        (REUSE, "", "-1 EADDRINUSE"),
        (REUSE, REUSE, "0"),
    ],
)
def test_a_server_in_time_wait_can_be_started_again_if_both_sockets_have_so_reuseaddr(
    first: str, second: str, result: str
) -> None:
    """Measured on Linux 6.18: SO_REUSEADDR on the second socket alone does not help."""
    run = run_of(LINUX + RESTART.format(first=first, second=second))
    assert "TIME-WAIT" in "".join(facts_of(run, "enters", side="B"))
    assert results_of(run, "B")[-1] == f"bind(s) = {result}"


def test_a_close_that_does_not_linger_throws_away_what_is_unsent_and_sends_a_reset() -> None:
    run = run_of(
        f"""{LINUX}
        A.program = ["s = socket()", "setsockopt(s, SO_LINGER, 0)", "connect(s)", "send(s, 70000)",
            "close(s)"]
        B.program = [{SERVER}, {{ call = "d = recv(c, 100000)", every = "200ms", times = 3 }}]
        """
    )
    assert "A RST,ACK" in flags_of(run)
    assert not any("FIN" in one or "TIME-WAIT" in one for one in facts_of(run))
    assert results_of(run, "B")[-1] == "recv(c, 100000) = -1 ECONNRESET"
    end = results_of(run, "B")[-2]
    assert int(end.split(" = ")[1]) < 70000


def test_the_kernel_closes_the_sockets_of_a_program_that_is_killed_and_of_no_other() -> None:
    run = run_of(
        f"""{LINUX}
        A.program = [{CLIENT}, "send(s, 'GET')", "recv(s, 9)", "send(s, 'more')",
            {{ call = "send(s, 'again')", after = "200ms" }}, "recv(s, 9)"]
        B.programs.web = [{SERVER}, "recv(c, 99)", "recv(c, 99)"]
        B.programs.other = ["s = socket()", "bind(s, 81)", "listen(s, 5)", "accept(s)"]
        B.programs.shell = [{{ call = "kill(web)", at = "1s" }}]
        """
    )
    assert results_of(run, "A")[3:] == [
        "recv(s, '', 9) = 0", "send(s, 'more') = 4", "send(s, 'again') = -1 EPIPE", "recv(s, '', 9) = 0",
    ]  # fmt: skip
    assert "B FIN,ACK" in flags_of(run)
    assert "recv(c, 99)" not in results_of(run, "B")[-1], "a call of a killed program never returns"
    assert facts_of(run, "enters", side="B").count("B enters LISTEN") == 2
    ended = [one for one in facts_of(run, "enters", side="B") if one == "B enters CLOSED"]
    assert len(ended) == 2, "its listener and its connection; the other program listens on"


def test_killing_a_program_with_unread_data_resets() -> None:
    run = run_of(
        f"""{LINUX}
        A.program = [{CLIENT}, "send(s, 'GET')", "recv(s, 9)"]
        B.programs.web = [{SERVER}]
        B.programs.shell = [{{ call = "kill(web)", at = "1s" }}]
        """
    )
    assert flags_of(run)[-1] == "B RST,ACK"
    assert results_of(run, "A")[-1] == "recv(s, 9) = -1 ECONNRESET"


def test_a_close_with_unread_data_resets_and_the_peer_is_told_so_once() -> None:
    """As on Linux: recv() ECONNRESET, then send() EPIPE."""
    run = run_of(
        f"""{LINUX}
        A.program = [{CLIENT}, "send(s, 'please read me')", "recv(s, 9)", "send(s, 'y')"]
        B.program = [{SERVER}, {{ call = "close(c)", at = "500ms" }}]
        """
    )
    assert results_of(run, "A")[-2:] == ["recv(s, 9) = -1 ECONNRESET", "send(s, 'y') = -1 EPIPE"]


def test_a_slow_reader_closes_the_window_and_opens_it() -> None:
    run = run_of(
        f"""
        A.set = {{ nagle = false }}
        B.set = {{ receive_buffer = 4380 }}
        A.program = [{CLIENT}, "send(s, 12000)"]
        B.program = [{SERVER}, {{ call = "recv(c, 1000)", every = "500ms", times = 12 }}]
        """
    )
    assert "win=0" in "".join(facts_of(run, "leaves", side="B"))
    reads = [(one.at, one.call) for one in run.reports if one.call == "recv"]
    assert [at for at, _ in reads] == [150_000 + 500_000 * times for times in range(12)]
    assert all(one.endswith("= 1000") for one in results_of(run, "B")[4:])


def test_keep_alive_of_one_socket_finds_out_that_the_peer_is_gone() -> None:
    run = run_of(
        f"""{LINUX}
        A.program = ["s = socket()", "setsockopt(s, SO_KEEPALIVE, 1)", "setsockopt(s, TCP_KEEPIDLE, 60)",
            "setsockopt(s, TCP_KEEPINTVL, 10)", "setsockopt(s, TCP_KEEPCNT, 3)", "connect(s)", "recv(s, 10)"]
        B.program = [{SERVER}, {{ call = "unplug", at = "90s" }}]
        """
    )
    assert results_of(run, "A")[-1] == "recv(s, 10) = -1 ETIMEDOUT"
    assert run.ended_at // 1_000_000 == 150


def test_urgent_data_is_read_with_the_rest() -> None:
    run = run_of(
        f"""
        A.program = [{CLIENT}, "send(s, 'ab')", "send(s, '!', MSG_OOB)", "send(s, 'cd')"]
        B.program = [{SERVER}, {{ call = "recv(c, 10)", at = "1s" }}]
        """
    )
    assert "A PSH,ACK,URG" in flags_of(run)
    assert "B told urgent data" in facts_of(run, "told")
    assert facts_of(run, "reads") == ["B reads 'ab!cd'"]


FORKS = f"""{LINUX}
A.program = [{CLIENT}, "send(s, 'GET')", "recv(s, 9)", "recv(s, 9)", "close(s)"]
B.program = ["s = socket()", "bind(s)", "listen(s, 5)",
    {{ loop = ["c = accept(s)",
        {{ fork = ["close(s)", "recv(c, 99)", {{ call = "send(c, 'hello')", after = "50ms" }}, "exit()"] }},
        "close(c)"] }}]
"""


def test_a_forked_program_has_the_descriptors_and_a_close_of_one_of_two_sends_nothing() -> None:
    run = run_of(FORKS)
    assert results_of(run, "B")[3:] == [
        "accept(s) = 4", "fork() = 1", "close(c) = 0", "close(s) = 0", "recv(c, 'GET', 99) = 3",
        "send(c, 'hello') = 5", "exit() = 0",
    ]  # fmt: skip
    fin = next(report for report in run.reports if report.call == "exit")
    sent = {one.number: one for one in run.transmissions}
    assert [sent[number].sent_at for number in fin.launched] == [200_000], "the FIN leaves with exit()"
    assert "B enters CLOSED" not in facts_of(run, "enters")[:6], "the parent listens on"
    assert results_of(run, "A")[-3:] == ["recv(s, 'hello', 9) = 5", "recv(s, '', 9) = 0", "close(s) = 0"]


def test_a_duplicated_descriptor_keeps_the_connection_open() -> None:
    run = run_of(
        f"""
        A.program = [{CLIENT}, "t = dup(s)", "close(s)", "send(s, 'x')", "send(t, 'y')", "close(t)"]
        B.program = [{SERVER}, "recv(c, 9)", "recv(c, 9)"]
        """
    )
    assert results_of(run, "A")[2:] == [
        "dup(s) = 4", "close(s) = 0", "send(s, 'x') = -1 EBADF", "send(t, 'y') = 1", "close(t) = 0",
    ]  # fmt: skip
    assert results_of(run, "B")[4:] == ["recv(c, 'y', 9) = 1", "recv(c, '', 9) = 0"]


def test_a_port_where_nobody_listens_refuses() -> None:
    run = run_of(f"{LINUX}A.program = [{CLIENT}]")
    assert results_of(run, "A")[-1] == "connect(s) = -1 ECONNREFUSED"
    assert "A connect = -1 ECONNREFUSED" in facts_of(run, "returns")


def test_a_loop_makes_its_calls_so_often_and_so_far_apart() -> None:
    run = run_of(
        f"""
        A.set = {{ nagle = false }}
        A.program = [{CLIENT}, {{ times = 3, every = "5ms", loop = ["send(s, 'a')",
            {{ call = "send(s, 'b')", after = "1ms" }}] }}, {{ call = "send(s, 'c')", times = 2 }},
            "close(s)"]
        B.program = [{SERVER}]
        """
    )
    sends = [(report.at, report.results[-1].text[9]) for report in run.reports if report.call == "send"]
    assert sends == [
        (100_000, "a"), (101_000, "b"), (105_000, "a"), (106_000, "b"), (110_000, "a"), (111_000, "b"),
        (111_000, "c"), (111_000, "c"),
    ]  # fmt: skip


def test_a_loop_in_a_loop_counts_anew_each_time() -> None:
    run = run_of(
        f"""
        A.program = [{CLIENT},
            {{ loop = [{{ call = "send(s, 'x')", times = 2 }}, "send(s, 'y')"], times = 2 }}]
        B.program = [{SERVER}]
        """
    )
    sends = [report.results[-1].text[9] for report in run.reports if report.call == "send"]
    assert "".join(sends) == "xxyxxy"


def test_the_calls_of_the_rfc_can_be_repeated_sized_urgent_and_partial() -> None:
    run = run_of(
        """
        A.set = { nagle = false }
        A.script = [{ call = "connect" },
            { call = "send", when = "established", text = "abcde", times = 4, every = "5ms" },
            { call = "send", size = 2000 }, { call = "send", text = "!", urgent = true }]
        B.script = [{ call = "listen" }, { call = "read", octets = 7, when = "established", after = "1s" }]
        B.reads = false
        """
    )
    assert [report.at for report in run.reports if report.call == "send"] == [
        100_000, 105_000, 110_000, 115_000, 115_000, 115_000,
    ]  # fmt: skip
    assert facts_of(run, "reads") == ["B reads 'abcdeab'"]
    assert sum(len(getattr(one.payload, "data", b"")) for one in run.transmissions) == 2021
    assert any("URG" in one for one in flags_of(run))


@pytest.mark.parametrize(
    ("pattern", "describes"),
    [
        ("A connect = 0", True),
        ("A connect(s) = 0", True),
        ("A connect(t) = 0", False),
        ("A connect(*) = 0", True),
        ("A connect(s) = -1 ECONNREFUSED", False),
        ("B recv(c, 'hello', 99) = 5", True),
        ("B recv(c, *) = 5", True),
        ("B recv = 5", True),
        ("B reads 'hello'", True),
        ("B accept(s) = 4", True),
        ("100ms A connect(s) = 0", True),
        ("A calls connect", True),
    ],
)
def test_a_pattern_names_a_call_alone_or_as_it_is_written(pattern: str, describes: bool) -> None:
    run = run_of(f"""A.program = [{CLIENT}, "send(s, 'hello')"]\nB.program = [{SERVER}, "recv(c, 99)"]""")
    asked = parse_pattern(pattern)
    known = {one.number: one for one in run.transmissions}
    facts = [
        fact
        for report in run.reports
        for fact in facts_of_step(report, [known[number] for number in report.launched])
    ]
    assert any(asked.describes(fact) for fact in facts) is describes


ECHO_SERVER = """
A.isn = 1000
B.isn = 5000
A.program = ["s = socket()", "connect(s)", {{ call = "send(s, 'ab')", times = 3, every = "1s" }},
    {{ call = "{end}", after = "1s" }}]
B.program = ["s = socket()", "bind(s)", "listen(s, 5)", {{ loop = ["c = accept(s)",
    {{ loop = ["d = recv(c, 9)", "send(c, d)"], while = "d" }}, "close(c)"] }}]
"""


@pytest.mark.parametrize(
    ("end", "last"),
    [("shutdown(s, SHUT_WR)", "recv(c, '', 9) = 0"), ("setsockopt(s, SO_LINGER, 0)", "recv(c, 'ab', 9) = 2")],
)
def test_a_loop_ends_at_the_end_of_the_data(end: str, last: str) -> None:
    results = results_of(run_of(ECHO_SERVER.format(end=end), ""))
    assert results.count("send(c, 'ab') = 2") == 3
    received = [one for one in results if one.startswith("recv")]
    assert received[-1] == last
    assert ("close(c) = 0" in results) == (last == "recv(c, '', 9) = 0")
    assert "send(c, '') = 0" not in results


def test_a_loop_ends_when_the_call_fails() -> None:
    end = 'setsockopt(s, SO_LINGER, 0)" }, { call = "close(s)'
    results = results_of(run_of(ECHO_SERVER.replace("{{", "{").replace("}}", "}").replace("{end}", end), ""))
    place = results.index("recv(c, 9) = -1 ECONNRESET")
    assert results[place + 1] == "close(c) = 0"
