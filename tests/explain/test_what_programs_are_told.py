"""What programs are told: results and errno of calls to sockets with the RFC's words, and the reverse."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import paragraph
from tcptui.explain.happened import what
from tests.lab.worlds import history_of, scenario

LINUX = 'A.profile = "linux"\nB.profile = "linux"\n'
SERVER = '"s = socket()", "bind(s)", "listen(s, 5)", "c = accept(s)"'


def told(toml: str, side: str = "") -> list[str]:
    """What is said of each step of an end, without why."""
    history, said = history_of(scenario(toml)), []
    while history.world.next_event() is not None and history.position < 60:
        report = history.apply()
        if side in ("", report.side):
            said.append(paragraph(what(report, history.world, history.transmissions())))
    return said


def test_a_refused_connect_is_an_errno_with_the_rfcs_words_beside_it() -> None:
    assert told(f'{LINUX}A.program = ["s = socket()", "connect(s)"]', "A") == [
        "A: socket() = 3.",
        "A: connect(s) blocks: #1 SYN.",
        "#2 RST,ACK reaches A. A: connect(s) = -1 ECONNREFUSED (connection refused; RFC 9293: "
        '"error: connection reset").',
    ]


@pytest.mark.parametrize(
    ("stack", "errno"), [("linux", " (ECONNREFUSED)"), ("freebsd", " (ECONNREFUSED)"), ("rfc9293", "")]
)
def test_a_program_of_the_rfcs_calls_is_told_its_words_with_the_errno_of_its_system(
    stack: str, errno: str
) -> None:
    said = told(f'A.profile = "{stack}"\nA.script = [{{ call = "connect" }}]', "A")
    assert said[-1] == f"#2 RST,ACK reaches A. A is told: reset{errno}."


def test_a_call_that_was_blocked_returns_in_the_step_that_lets_it() -> None:
    said = told(
        f"""{LINUX}
        A.program = ["s = socket()", "connect(s)", "send(s, 'hello')", "close(s)"]
        B.program = [{SERVER}, "d = recv(c, 99)", "send(c, 'got ' + d)", "recv(c, 99)"]
        """,
        "B",
    )
    assert said[3:11] == [
        "B: accept(s) blocks.",
        "#1 SYN reaches B.",
        "#3 ACK reaches B. B: accept(s) = 4.",
        "B: recv(c, 99) blocks.",
        "#4 PSH,ACK reaches B. B: recv(c, 'hello', 99) = 5.",
        "B: send(c, 'got hello') = 9: #7 PSH,ACK.",
        "B: recv(c, 99) blocks.",
        "#5 FIN,ACK reaches B. B: recv(c, '', 99) = 0.",
    ]


def test_after_the_peers_reset_a_program_gets_what_linux_gives_it() -> None:
    """Measured on Linux 6.18: the first send() after the peer's close() succeeds, the second is EPIPE, and
    recv() returns 0."""
    said = told(
        f"""{LINUX}
        A.program = ["s = socket()", "connect(s)", {{ call = "close(s)", at = "200ms" }}]
        B.program = [{SERVER}, "recv(c, 9)", "send(c, 'one')", {{ call = "send(c, 'two')", after = "200ms" }},
            "recv(c, 9)"]
        """,
        "B",
    )
    assert said[-4:] == [
        "B: send(c, 'one') = 3: #5 PSH,ACK.",
        "#6 RST reaches B.",
        "B: send(c, 'two') = -1 EPIPE (broken pipe).",
        "B: recv(c, '', 9) = 0.",
    ]


def test_a_refused_call_of_the_rfc_has_its_errno_on_a_host_like_a_real_one() -> None:
    close = 'B.script = [{ call = "abort" }, { call = "send", text = "x" }]\n'
    assert told(f'{LINUX}prelude = "b:listen a:connect s3"\n{close}', "B")[-1] == (
        "B calls send(). SEND: error: connection does not exist (EPIPE)."
    )


def test_without_time_wait_closing_is_told_before_closed() -> None:
    said = told(
        """
        prelude = "b:listen a:connect s3"
        A.set = { no_time_wait = true }
        A.script = [{ call = "shutdown" }]
        B.script = [{ call = "shutdown", when = "peer closed" }]
        """,
        "A",
    )
    assert said[-1].startswith("#3 FIN,ACK reaches A. A is told: closing, closed.")


def test_a_client_port_in_time_wait_is_in_use_at_bind() -> None:
    said = told(
        f"""{LINUX}
        A.program = ["s = socket()", "bind(s, 5000)", "connect(s)", "close(s)",
            {{ call = "t = socket()", at = "2s" }}, "bind(t, 5000)"]
        B.program = [{SERVER}, "recv(c, 9)", "close(c)"]
        """,
        "A",
    )
    assert "A: bind(t, 5000) = -1 EADDRINUSE (address already in use)." in said


def test_of_several_programs_the_one_that_calls_is_named() -> None:
    made = (
        'A.programs = { one = ["s = socket()", "connect(s)"], two = ["s = socket()"] }\n'
        "B.script = [{ call = 'listen' }]\n"
    )
    assert told(made, "A") == [
        "A (one): socket() = 3.",
        "A (one): connect(s) blocks: #1 SYN.",
        "A (two): socket() = 3.",
        "#2 SYN,ACK reaches A. A (one): connect(s) = 0.",
    ]
