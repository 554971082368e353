"""The pane of a host with many connections: which it shows, and that nothing that runs or waits is hidden."""

from __future__ import annotations

import re

import pytest

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.history import History
from tcptui.lab.moves import Do
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Side
from tcptui.trace.facts import facts_of
from tcptui.view.endpoint import EndView, endpoint_address, endpoint_title
from tcptui.view.lines import MARK, line_width, plain_text
from tcptui.view.subject import host_of
from tests.lab.worlds import OPEN, history_of, scenario

LINUX = "A.profile = 'linux'\nB.profile = 'linux'\nA.isn = 1000\nB.isn = 5000\n"
THIRD_LOST = scenario(
    LINUX
    + """
wire.faults = "l3 l5 l7 l9 l11 l13 l15"
A.script = [{ call = "connect", at = "100ms" }, { call = "send", at = "70s", text = "hello?" }]
B.script = [{ call = "listen", backlog = 1 }]
"""
)
RESTARTED = scenario(
    LINUX
    + """
A.script = [{ call = "connect", at = "100ms" }, { call = "close", when = "peer closed", after = "10ms" }]
[[B.script]]
call = "listen"
[[B.script]]
call = "close"
when = "established"
after = "100ms"
[[B.script]]
call = "listen"
at = "2s"
"""
)
FLOOD = """// profile: linux
`sysctl -q net.ipv4.tcp_max_syn_backlog=3 net.ipv4.tcp_syncookies=0`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 2) = 0
+.1 < 2001 > 8080 S 0:0(0) win 1000 <mss 1460>
+0 > 8080 > 2001 S. 0:0(0) ack 1 <mss 1460>
+.01 < 2002 > 8080 S 0:0(0) win 1000 <mss 1460>
+0 > 8080 > 2002 S. 0:0(0) ack 1 <mss 1460>
+.01 < 2003 > 8080 S 0:0(0) win 1000 <mss 1460>
+0 > 8080 > 2003 S. 0:0(0) ack 1 <mss 1460>
"""


def pane(history: History, side: Side, width: int = 28, height: int = 30, chosen: int = 0) -> list[str]:
    now, before, at = history.moment, history.moment_before, history.world.now
    lines = EndView(side).lines(now, before, width, height,
        at=at, raw=False, chosen=chosen, transmissions=history.transmissions(),
    )  # fmt: skip
    assert {line_width(line) for line in lines} == {width}
    return [plain_text(line)[1:] for line in lines]


def title(history: History, side: Side, width: int = 25, chosen: int = 0) -> str:
    return endpoint_title(host_of(history.moment, side, chosen), side, "server", width)


def run_to(story: Scenario, at: int) -> History:
    """The story as it stands after what happened at `at` microseconds."""
    history = History(story)
    while (following := history.world.next_event()) is not None and following.at <= at:
        history.apply()
    return history


def path(lines: list[str]) -> list[str]:
    """The states of the path, which stand below the rest with the time at which they were entered."""
    return [line.split()[0] for line in lines[4:] if re.fullmatch(r"[A-Z0-9-]+ +\d+\.\d+", line)]


def test_after_the_end_of_a_child_the_listener_is_shown_and_the_path_says_so() -> None:
    during = run_to(THIRD_LOST, 60_000_000)
    assert pane(during, "B")[0].split()[0] == "SYN-RECEIVED"
    assert title(during, "B") == "B  server  2 of 2 :49152"
    assert "delivery problem" not in "".join(pane(during, "B"))
    after = run_to(THIRD_LOST, 63_200_000)
    assert pane(after, "B")[0].split()[0] == "LISTEN"
    assert path(pane(after, "B")) == ["CLOSED", "LISTEN", "SYN-RECEIVED", "LISTEN"]
    assert title(after, "B") == "B  server"
    run = play(THIRD_LOST)
    assert [one.state.value for one in run.path("B")] == ["CLOSED", "LISTEN", "SYN-RECEIVED", "LISTEN"]
    assert not any(fact.who == "B" and fact.verb == "told" for fact in facts_of(run))
    assert run.end == (State.CLOSED, State.LISTEN)


def test_a_listener_beside_time_wait_shows_its_timer_and_whose_it_is() -> None:
    history = run_to(RESTARTED, 2_000_000)
    lines = pane(history, "B")
    assert lines[0].split()[0] == "LISTEN"
    assert lines[2] == "else   2MSL in 58.5 s 1/2"
    assert lines[-2:] == ["other connections", "1/2 TIME-WAIT   2MSL 58.5 s"]
    assert title(history, "B") == "B  server  2 of 2"
    assert pane(history, "B", 18, 18)[2] == "2MSL 58.5 s 1/2"
    history.apply()
    assert history.world.now == 60_460_000
    assert pane(history, "B")[0].split()[0] == "LISTEN", "not CLOSED"
    assert path(pane(history, "B"))[-2:] == ["TIME-WAIT", "LISTEN"]
    assert [one.state for one in play(RESTARTED).path("B")][-2:] == [State.TIME_WAIT, State.LISTEN]


def test_another_connection_can_be_chosen_and_is_shown_with_its_own_path() -> None:
    history = run_to(RESTARTED, 2_000_000)
    lines = pane(history, "B", chosen=1)
    assert lines[0].split()[0] == "TIME-WAIT"
    assert path(lines)[-2:] == ["FIN-WAIT-2", "TIME-WAIT"]
    assert title(history, "B", chosen=1) == "B  server  1 of 2 :49152"
    assert lines[-1] == "2/2 LISTEN"
    drawn = EndView("B").lines(
        history.moment, history.moment_before, 28, 30, at=history.world.now, raw=False, chosen=1
    )
    marked = [plain_text(line).split()[0] for line in drawn if plain_text(line).startswith(MARK)]
    assert marked == [f"{MARK}app", f"{MARK}2/2"], "of it nothing: the call and the other have"
    history.apply()
    assert pane(history, "B", chosen=1)[0].split()[0] == "LISTEN", "it is gone"


def test_the_timers_of_all_connections_are_counted_and_the_queue_is_drawn() -> None:
    history = run_to(script_scenario(FLOOD, "flood.pkt", "flood"), 130_000)
    lines = pane(history, "A", 18, 18)
    assert lines[0] == "SYN-RECEIVED 0.12"
    assert lines[2] == "or RTX 1000 ms +2"
    assert "SYN ■■■" in "".join(lines)
    assert title(history, "A", 15) == "A 4 of 4 :2003"
    listener = pane(history, "A", 18, 18, chosen=1)
    assert listener[0].split()[0] == "LISTEN"
    assert listener[2].startswith("RTX ")
    assert listener[2].endswith(" 2/4 +2")
    others = pane(history, "A")[-4:]
    assert [line[:3] for line in others[1:]] == ["1/4", "2/4", "3/4"]


@pytest.mark.parametrize("width", [18, 28, 36])
def test_no_running_timer_is_hidden(width: int) -> None:
    """At each step, as many timers are named or counted as run on the host."""
    for story in (THIRD_LOST, RESTARTED, script_scenario(FLOOD, "flood.pkt", "flood")):
        history = History(story)
        while history.world.next_event() is not None:
            history.apply()
            for side in ("A", "B"):
                if history.world.end(side).script is not None:
                    continue
                host = history.world.host(side)
                run = sum(len(host.timers_of(host.tcb_of(one.connection))) for one in host.statuses())
                assert timers_told(pane(history, side, width, 18)[2]) == run


def timers_told(line: str) -> int:
    """How many timers a line names or counts."""
    counted = re.findall(r" \+(\d+|[A-Z0-9]+)", line)
    first = any(f"{kind.label} " in line.partition("+")[0] for kind in TimerKind)
    return first + sum(int(one) if one.isdigit() else 1 for one in counted)


def test_what_waits_for_accept_is_unread_and_said_to_be_not_accepted() -> None:
    history = history_of(scenario(LINUX), "b:listen:1 a:connect s3 a:send:hello s2")
    lines = pane(history, "B", 18, 18)
    assert "app listen()" in lines
    assert "not accepted yet" in lines
    assert "SYN □□ accept ■□" in lines
    assert any("5/65536 unread" in line for line in lines)
    history.apply(Do("B", "accept"))
    lines = pane(history, "B")
    assert [line.split(maxsplit=1) for line in lines if line.startswith(("app", "told", "got"))] == [
        ["app", "accept()"], ["told", "established"], ["got", "5 'hello'"],
    ]  # fmt: skip
    assert "unread" not in "".join(lines)


def test_when_a_child_has_ended_its_end_can_still_be_read_at_the_listener() -> None:
    history = history_of(scenario(LINUX), "b:listen:1 a:connect s3 b:accept a:send:hello s2 a:abort s")
    lines = pane(history, "B")
    assert lines[0].split()[0] == "LISTEN"
    assert "told  reset" in lines
    assert "got   5 'hello'" in lines


@pytest.mark.parametrize("width", [18, 28, 42])
def test_a_fin_that_waits_behind_data_is_drawn_and_a_full_buffer_says_of_how_much(width: int) -> None:
    small = "[B]\nreads = false\nset = { receive_buffer = 5, delayed_ack = '0ms' }\n"
    history = history_of(scenario(small), "b:listen a:connect s3 a:send:hello-world s2 a:shutdown")
    sender, receiver = pane(history, "A", width, 17), pane(history, "B", width, 17)
    assert sender[0].split()[0] == "FIN-WAIT-1"
    assert any("6 unsent" in line and "FIN" in line for line in sender)
    (picture,) = (line for line in sender if "░" in line)
    assert re.search(r"│░+┊░+$", picture), "nothing of it has room in the window"
    assert "a larger window" in sender[1]
    assert any("5 of 5 unread" in line for line in receiver)


@pytest.mark.parametrize("width", [18, 28, 42])
def test_what_is_held_out_of_order_is_drawn_behind_its_gap_and_has_its_range(width: int) -> None:
    history = history_of(scenario(OPEN), "a:send:one a:send:two a:send:x a:send:three l1 l3 s2")
    lines = pane(history, "B", width, 30)
    assert any("4:7 8:13 held" in line for line in lines)
    (picture,) = (line for line in lines if "▓" in line)
    assert re.search(r"│ +┊▓+┊ +┊▓+·*│", picture)
    assert "data from 1 on" in lines[1]
    if width > 18:
        assert [line.split() for line in lines].count(["0", "1", "4", "7", "8", "65536"]) == 1
        assert any(re.search(r"#2 .*#4", line) for line in lines)


@pytest.mark.parametrize("width", [18, 28, 42])
def test_what_was_sent_has_a_cell_for_each_segment_and_one_for_the_fin(width: int) -> None:
    history = history_of(scenario(OPEN), "a:send:one a:send:two a:send:three a:shutdown")
    lines = pane(history, "A", width, 30)
    (picture,) = (line for line in lines if "▓" in line)
    assert re.search(r"│(▓+)┊\1┊\1┊▓+│$", picture)
    assert any("FIN" in line and "#3" in line for line in lines) or width == 18
    assert any("11 + FIN in flight" in line or "11 + FIN sent" in line for line in lines)


def test_no_line_of_any_size_is_too_long_and_the_title_fits() -> None:
    history = run_to(script_scenario(FLOOD, "flood.pkt", "flood"), 130_000)
    for width in range(17, 60):
        for height in (5, 12, 13, 14, 18, 24, 30, 44):
            for chosen in (0, 1, 2, 9):
                assert len(pane(history, "A", width, height, chosen)) == height
                assert len(title(history, "A", width - 3, chosen)) <= width - 3


def test_below_the_pane_stands_the_port_of_what_is_shown() -> None:
    """A listener that was not bound has an ephemeral port, as Linux's inet_autobind() gives it one."""
    own = Socket("10.0.0.2", 80)
    history = history_of(scenario('B.program = ["s = socket()", "listen(s, 5)"]\n'), "")
    assert endpoint_address(host_of(history.moment, "B"), own) == "10.0.0.2:80", "before there is any"
    for _ in range(2):
        history.apply()
    assert endpoint_address(host_of(history.moment, "B"), own) == "10.0.0.2:49152"
