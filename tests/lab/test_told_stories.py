"""What is told, sent and read at the decisive steps of stories that a program, a stack or the wire shapes."""

from __future__ import annotations

import pytest

from tcptui.explain.why import why
from tcptui.formats.ladder import ladder_text
from tcptui.lab.history import History
from tcptui.lab.loader import load_scenario
from tcptui.lab.moves import NEXT
from tcptui.lab.run import play_to_end

SERVER = '"s = socket()", "bind(s, 80)", "listen(s, 1)", "c = accept(s)"'


def told(text: str, steps: int = 60) -> list[str]:
    """What is said of each step of a story, with the source behind it."""
    history = History(load_scenario(f'title = "t"\nquestion = "q?"\n{text}', "t", "t.toml"))
    lines = []
    for _ in range(steps):
        if history.world.next_event() is None:
            break
        history.apply(NEXT)
        line = why(history.report, history.world, history.transmissions(), raw=False)
        lines.append(f"{line.text} [{line.source}]")
    return lines


def only(lines: list[str], beginning: str) -> str:
    (line,) = [line for line in lines if line.startswith(beginning)]
    return line


def sockets(a: str, b: str, profile: str = "linux") -> str:
    return f'A.profile = "{profile}"\nB.profile = "{profile}"\nA.program = [{a}]\nB.program = [{b}]\n'


URGENT = '"s = socket()", "connect(s)", "send(s, \'ab\')", "send(s, \'c!\', MSG_OOB)", "send(s, \'d\')"'
READER = f'{SERVER}, {{ call = "recv(c, 99)", at = "1s" }}, "recv(c, 99)"'


@pytest.mark.parametrize("profile", ["linux", "freebsd"])
def test_a_read_stops_before_the_urgent_octet_and_the_next_leaves_it_out(profile: str) -> None:
    """As measured on Linux 6.18; POSIX: out-of-band data is not in the stream without SO_OOBINLINE."""
    lines = told(sockets(URGENT, READER, profile))
    assert only(lines, "B: recv(c, 'abc', 99) = 3.")
    assert only(lines, "B: recv(c, 'd', 99) = 1.")


def test_with_oobinline_a_read_stops_before_the_urgent_octet_and_the_next_begins_with_it() -> None:
    """tcp_recvmsg_locked(), urg_offset; measured on Linux 6.18."""
    inline = READER.replace('{ call = "recv', '"setsockopt(c, SO_OOBINLINE, 1)", { call = "recv')
    lines = told(sockets(URGENT, inline))
    assert only(lines, "B: recv(c, 'abc', 99) = 3.")
    assert only(lines, "B: recv(c, '!d', 99) = 2.")


def test_an_urgent_octet_alone_is_nothing_to_read() -> None:
    alone = '"s = socket()", "connect(s)", "send(s, \'!\', MSG_OOB)", { call = "send(s, \'x\')", at = "2s" }'
    lines = told(sockets(alone, f'{SERVER}, {{ call = "recv(c, 99)", at = "1s" }}'))
    assert only(lines, "B: recv(c, 99) blocks.")
    assert "B: recv(c, 'x', 99) = 1." in only(lines, "#6 PSH,ACK reaches B.")


@pytest.mark.parametrize(("profile", "goes"), [("rfc9293", False), ("linux", True), ("freebsd", True)])
def test_urgent_data_waits_for_nagle_on_no_stack_but_the_rfcs(profile: str, goes: bool) -> None:
    """Linux: tcp_nagle_test(); FreeBSD: tcp_output(); RFC 9293 3.7.4 has no such exception."""
    line = only(told(sockets(URGENT, READER, profile)), "A: send(s, 'c!', MSG_OOB) = 2")
    assert (": #" in line) is goes
    assert ("(Nagle)" in line) is not goes


CLOSES = 'script = [{ call = "connect" }, { call = "close", when = "established", after = "200ms" }]'


@pytest.mark.parametrize(("after", "segments"), [("0ms", 6), ("5ms", 7)])
def test_a_server_that_closes_at_once_closes_with_three_segments_on_linux(after: str, segments: int) -> None:
    """As measured on Linux 6.18, where no data has come before: the ACK of a FIN waits 1 to 2 ms."""
    answers = (
        f'script = [{{ call = "listen" }}, {{ call = "close", when = "peer closed", after = "{after}" }}]'
    )
    lines = told(f'[A]\nprofile = "linux"\n{CLOSES}\n[B]\nprofile = "linux"\n{answers}\n')
    assert any(f"#{segments} ACK reaches B." in line for line in lines)
    assert not any(f"#{segments + 1} " in line for line in lines)


def test_close_with_linger_0_is_said_to_be_the_abort() -> None:
    linger = '"s = socket()", "connect(s)", "setsockopt(s, SO_LINGER, 0)", "close(s)"'
    line = only(told(sockets(linger, SERVER)), "A: close(s) = 0: #")
    assert "SO_LINGER is 0, so the close is an ABORT" in line


def test_the_source_is_that_of_the_segment_also_where_accept_returns() -> None:
    line = only(told(sockets('"s = socket()", "connect(s)"', SERVER)), "#3 ACK reaches B. B: accept(s) = 4.")
    assert line.endswith("established. [RFC 9293 3.10.7.4, fifth]")


ASSASSINATION = """prelude = "b:listen a:connect s3"
[A]
script = [{ call = "close", at = "500ms" }]
[B]
script = [{ call = "send", at = "10ms", text = "old" }, { call = "close", when = "peer closed" }]
[[third_party]]
at = "2s"
segment = "x>a:PSH,ACK:seq=+1:ack=+1:data=old"
old = true
"""


def test_an_old_segment_is_no_third_partys_when_it_arrives() -> None:
    assert only(told(ASSASSINATION), "#7 PSH,ACK").startswith("#7 PSH,ACK (an old segment) reaches A.")


def test_what_ends_time_wait_too_early_is_said() -> None:
    line = only(told(ASSASSINATION), "#9 RST reaches A.")
    assert "TIME-WAIT ends too early (see RFC 1337)" in line


def test_what_a_box_answers_is_no_third_partys_when_it_arrives() -> None:
    box = '[[wire.box]]\nkind = "firewall"\nrefuse = "A SYN"\n'
    lines = told(f'[A]\nscript = [{{ call = "connect" }}]\n{box}')
    assert only(lines, "#2 RST,ACK").startswith("#2 RST,ACK (from the firewall) reaches A.")


def test_a_forged_syn_within_a_connection_begins_none() -> None:
    """The numbers of what a third party sends later are still relative to the connection that there is."""
    forged = "".join(
        f'[[third_party]]\nat = "{at}"\nsegment = "x>b:{segment}"\n'
        for at, segment in (("100ms", "SYN:seq=+19000"), ("300ms", "RST:seq=+1"))
    )
    lines = told(f'prelude = "b:listen a:connect s3"\n[A]\nisn = 1000\n[B]\n{forged}')
    assert only(lines, "#3 RST").startswith("#3 RST (a third party's) reaches B. B is told: reset")


def test_answers_are_counted_in_an_interval() -> None:
    segments = "".join(
        f'[[third_party]]\nat = "{at}ms"\nsegment = "x>b:RST:seq=+19000"\n' for at in (100, 200)
    )
    lines = told(f'prelude = "b:listen a:connect s3"\n[A]\n[B]\n{segments}')
    assert "Answer 2 of at most 10 in 5.00 s" in only(lines, "#3 RST")


@pytest.mark.parametrize(
    ("script", "errno"),
    [
        ('{ call = "listen" }, { call = "listen" }', "EADDRINUSE"),
        ('{ call = "close" }', "EBADF"),
        ('{ call = "shutdown" }', "ENOTCONN"),
        ('{ call = "accept" }', "EINVAL"),
        ('{ call = "send", text = "x" }', "EPIPE"),
    ],
)
def test_the_errno_is_that_of_the_call_which_the_rfc_has_another_name_for(script: str, errno: str) -> None:
    """As measured on Linux 6.18."""
    lines = told(f'[A]\n[B]\nprofile = "linux"\nscript = [{script}]\n')
    assert f"({errno})" in lines[-1]


def ladder_of(text: str) -> list[str]:
    run, _ = play_to_end(load_scenario(f'title = "t"\nquestion = "q?"\n{text}', "t", "t.toml"))
    return ladder_text(run).split("\n")


def test_what_goes_between_others_than_the_two_hosts_has_their_address_on_the_ladder() -> None:
    """Strangers from the same port, and the client whose ports stand above the ladder."""
    flood = 'segment = "x>b:SYN:seq=1"\nfrom = "203.0.113.1:1024"\ntimes = 2\nevery = "10ms"\n'
    client = '[A]\nscript = [{ call = "connect", at = "200ms" }]\n'
    server = '[B]\nscript = [{ call = "listen", backlog = 4 }]\n'
    rows = ladder_of(f'until = "300ms"\n{client}{server}[[third_party]]\n{flood}')
    for words in ("#1 203.0.113.1:1024>80 SYN", "#2 203.0.113.2:1024>80 SYN", "80>203.0.113.1:1024 SYN,ACK"):
        assert only_with(rows, words)
    assert only_with(rows, "#5 SYN seq=0")


def test_a_ladder_of_the_two_hosts_sockets_alone_has_no_ports() -> None:
    rows = ladder_of('[A]\nscript = [{ call = "connect" }]\n[B]\nscript = [{ call = "listen" }]\n')
    assert only_with(rows, "#1 SYN seq=0")
    assert not any(">80" in row for row in rows)


def only_with(rows: list[str], words: str) -> str:
    (row,) = [row for row in rows if words in row]
    return row


def test_a_syn_that_linux_sends_again_at_once_is_said_to_go() -> None:
    """A's SYN meets the connection that A has forgotten, and B's ACK is not of it."""
    a = 'script = [{ call = "reboot", at = "1s" }, { call = "connect", at = "2s" }]'
    lines = told(f'prelude = "b:listen a:connect s3"\n[A]\nprofile = "linux"\n{a}\n[B]\nprofile = "linux"\n')
    assert "A's SYN goes again in 2 ms" in only(lines, "#2 ACK, of an earlier connection, reaches A.")


def test_an_answered_old_segment_is_said_to_be_answered() -> None:
    """What a probe of keep-alive draws from FreeBSD."""
    idle = '[A]\nprofile = "freebsd"\nscript = [{ call = "connect" }]\n[B]\nprofile = "freebsd"\n'
    lines = told(f'{idle}script = [{{ call = "listen" }}]\n')
    assert "all old: only the ACK counts, and is answered." in only(lines, "#4 ACK reaches B.")
