"""The ladder as text: the same octets on every machine, never too wide, and honest about being cut."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc

import pytest
from rich.cells import cell_len

from tcptui import library
from tcptui.explain.filled import answer_text
from tcptui.formats.ladder import WIDTH, ladder_heading, ladder_lines, ladder_text
from tcptui.lab import run as run_module
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.view.ladder import draw_ladder, whole_window
from tcptui.view.lines import plain_text
from tests.lab.worlds import scenario

PRINT_ALL = """
from tcptui import library
from tcptui.formats.ladder import ladder_text
from tcptui.formats.rfc import rfc_figure
from tcptui.lab.run import play
import sys
for name in library.names():
    run = play(library.find(name))
    sys.stdout.buffer.write(f"{name}\\n{ladder_text(run)}{rfc_figure(run)}".encode())
"""


def printed(seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", PRINT_ALL], env=environment, capture_output=True, check=True, timeout=60
    ).stdout


def test_every_scenario_gives_the_same_octets_in_both_formats_whatever_the_hash_seed() -> None:
    first = printed("1")
    assert first.count(b"TCP Peer A") == len(library.names())
    assert printed("2") == first
    assert printed("random") == first


def after_the_first_segment(name: str, moves: str) -> str:
    """These moves, if any, behind the step in which the story's first segment leaves."""
    reports = play(library.find(name)).reports
    steps = next((place for place, report in enumerate(reports, 1) if report.launched), 1)
    return f"s{steps} {moves}" if moves else ""


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("moves", ["", "u1 u1+1s", "a:send:x b:reboot"])
def test_no_line_is_wider_than_the_width_or_ends_in_blanks(name: str, moves: str) -> None:
    text = ladder_text(play(library.find(name), parse_moves(after_the_first_segment(name, moves))))
    assert text.endswith("\n")
    for line in text.splitlines():
        assert cell_len(line) <= WIDTH, line
        assert line == line.rstrip()


@pytest.mark.parametrize("name", library.names())
def test_no_line_of_a_variant_is_too_wide_either(name: str) -> None:
    story = library.find(name)
    for one in story.variants:
        text = ladder_text(play(scenario_of_variant(story, one.name)))
        assert all(cell_len(line) <= WIDTH for line in text.splitlines())


@pytest.mark.parametrize("width", [80, 120])
def test_strangers_are_told_by_their_addresses_and_the_peer_by_its_port(width: int) -> None:
    run = play(library.find("syn-flood"))
    sockets = tuple(host.socket for host in run.scenario.hosts)
    known = {one.number: one for one in run.transmissions}
    window = whole_window(run.reports, run.first)
    rows = draw_ladder(window, known.get, run.ended_at, width, sockets=sockets).lines
    lines = [plain_text(row) for row in rows]
    assert all(cell_len(line) <= width for line in lines)
    assert [text for line in lines[:12] for text in re.findall(r"#\d+ \S+", line)] == [
        "#1 203.0.113.1:1024>80", "#2 203.0.113.2:1024>80", "#3 203.0.113.3:1024>80",
        "#4 80>203.0.113.1:1024", "#5 203.0.113.4:1024>80", "#6 80>203.0.113.2:1024",
        "#7 203.0.113.5:1024>80",
    ]  # fmt: skip
    assert any("#8 SYN" in line for line in lines), "the ends' own connection stands above the ladder"


def test_a_box_at_which_a_segment_ends_is_named() -> None:
    story = library.find("closed-port")
    text = ladder_text(play(scenario_of_variant(story, "a firewall that drops")))
    assert "✗ firewall" in text
    assert "✗ lost" not in text


def test_nothing_a_file_says_makes_a_line_too_wide() -> None:
    long = "你好 word " * 40
    made = scenario(
        'A = { address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", script = [{ call = "connect" }] }\n'
        'B = { address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:2", script = [{ call = "listen" }] }\n'
    )._replace(title=long, question=long)
    text = ladder_text(play(made))
    assert all(cell_len(line) <= WIDTH for line in text.splitlines())
    assert " ".join(text.split()).count("word") == 80, "what does not fit is wrapped, not lost"


def test_both_addresses_are_told_however_long_they_are() -> None:
    made = scenario(
        'A = { address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", script = [{ call = "connect" }] }\n'
        'B = { address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:2", script = [{ call = "listen" }] }\n'
    )
    text = ladder_text(play(made))
    for host in made.hosts:
        assert str(host.socket) in text


def test_a_run_of_many_days_is_not_too_wide() -> None:
    days = ", ".join(
        '{ call = "listen", at = "1440min" }, { call = "close", after = "1440min" }' for _ in range(13)
    )
    made = scenario(f'B.script = [{days}]\nthird_party = [{{ at = "1s", segment = "x>b:ACK:seq=1" }}]')
    steps = len(play(made).reports)
    run = play(made, parse_moves(f"s{steps} x>b:ACK:seq=1"))
    assert run.reports[-1].at > 10**12
    text = ladder_text(run)
    assert all(cell_len(line) <= WIDTH for line in text.splitlines())


def test_the_heading_names_title_question_and_both_ends() -> None:
    made = library.find("handshake")
    lines = ladder_text(play(made)).splitlines()
    assert lines[:3] == [made.title, made.question, ""]
    assert lines[3].split("  ")[-1].strip() == "B 10.0.0.2:80"
    assert lines[3].index("A 10.0.0.1:49152") == lines[4].index("│")
    assert len(lines[3]) - 1 == lines[4].rindex("│")
    run = play(made)
    [heading], [first, *_] = (
        ladder_heading(made, 80),
        ladder_lines(run, whole_window(run.reports, run.first), 80),
    )
    assert heading.index("A 10.0.0.1:49152") == first.index("│")
    assert len(heading) - 1 == first.rindex("│")


def test_the_last_states_told_are_those_at_the_end() -> None:
    run = play(library.find("life"))
    ladder, _, answer = ladder_text(run).rpartition("\n\n")
    assert run.end[0].value in ladder.splitlines()[-1].split()
    assert " ".join(answer.split()) == answer_text(run.scenario)


def test_a_run_that_was_changed_or_cut_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    story = library.find("life")
    assert story.answer[:30] not in ladder_text(play(story, parse_moves("s2 l1")))
    monkeypatch.setattr(run_module, "MOST_STEPS", 3)
    assert story.answer[:30] not in ladder_text(play(story))


def test_a_cut_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = len(play(library.find("life")).reports)
    monkeypatch.setattr(run_module, "MOST_STEPS", 3)
    monkeypatch.setattr("tcptui.formats.notes.MOST_STEPS", 3)
    assert ladder_text(play(library.find("life"))).endswith("\n... cut after 3 steps\n")
    assert ladder_text(play(library.find("life"), parse_moves("s2"))).endswith("\n... cut after 3 steps\n")
    monkeypatch.setattr(run_module, "MOST_STEPS", steps)
    assert "cut" not in ladder_text(play(library.find("life"), parse_moves(f"s{steps}")))


def test_a_run_without_any_segment_has_no_ladder_but_its_heading() -> None:
    assert ladder_text(play(scenario())).startswith(f"t\nq\n\n{'':21}A 10.0.0.1:49152")
    assert len(ladder_text(play(scenario())).splitlines()) == 4


def test_many_segments_in_flight_together_take_memory_in_proportion() -> None:
    """Twice as many lines are twice as much, however many of them pass a row."""
    ratio = _memory(800) / _memory(400)
    assert ratio < 3


def _memory(segments: int) -> int:
    calls = ", ".join(['{ call = "sendto" }'] * segments)
    run = play(scenario(f'wire.delay = "10s"\nB.script = [{{ call = "bind" }}]\nA.script = [{calls}]'))
    assert len(run.transmissions) == segments
    tracemalloc.start()
    ladder_text(run)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most
