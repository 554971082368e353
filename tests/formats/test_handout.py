"""A story as text for a handout."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.formats.handout import handout_text
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Scenario
from tcptui.view.cells import cell_len
from tests.lab.worlds import scenario

STORY = """
answer = "Three, and {A SYN count} SYN of A's."
A.isn = 1000
B.isn = 5000
A.script = [{ call = "connect", at = "100ms" }]
B.script = [{ call = "listen" }]
[[say]]
when = "A SYN arrives"
text = "B hears of A."
[[say]]
when = "A ACK arrives"
text = "Both have {A SYN,ACK count} in mind."
[[claim]]
when = "B SYN,ACK"
text = "It can't be."
verdict = "false"
why = "It is, and its window is {#2 win}."
source = "RFC 9293 3.5"
[[variant]]
name = "lost"
faults = "l1"
harm = "It takes longer."
answer = "A second later."
say = [{ when = "A SYN 2", text = "Again." }]
"""


def story() -> Scenario:
    return scenario(STORY)


def test_what_is_said_stands_in_the_ladder_at_its_moment() -> None:
    lines = handout_text(story(), 80).splitlines()
    assert lines[:4] == ["# t", "", "q", ""]
    ladder = [line for line in lines if line.startswith(("    ", "> "))]
    heading, *rows = ladder
    assert heading.split() == ["A", "10.0.0.1:49152", "B", "10.0.0.2:80"]
    assert [row.split("#")[1].split()[0] if "#" in row else row[:12].strip(" │┃") for row in rows] == [
        "1", "0.150", "2", "> B hears of", "0.200", "3", "0.250", "> Both have",
    ]  # fmt: skip
    assert "> Both have 0 in mind." in lines


def test_claims_and_answer_stand_below_with_the_numbers_of_the_run() -> None:
    text = handout_text(story(), 80)
    assert '\n## What people say\n\n- **false**: "It can\'t be." It is, and its window is 65535.' in text
    assert "\n## The answer\n\nThree, and 1 SYN of A's.\n" in text


def test_of_each_variant_it_tells_where_it_differs_and_what_follows() -> None:
    text = handout_text(story(), 80)
    variants = text.split("## Variants\n")[1]
    assert variants.startswith("\nHere stands for the story, there for its variant.\n\n### lost\n\n")
    assert "It takes longer.\n\nA second later.\n" in variants


def test_a_variant_is_shown_as_a_story_and_what_is_other_in_it() -> None:
    text = handout_text(scenario_of_variant(story(), "lost"), 80)
    assert text.startswith("# t: lost\n")
    assert "\n> Again.\n" in text
    assert "## Variants" not in text
    assert text.split("## What is other than in the story\n")[1].rstrip().endswith("It takes longer.")


def test_a_run_that_is_cut_says_so() -> None:
    endless = scenario('A.program = [{ loop = ["getsockopt(3, SO_ERROR)"], every = "1ms" }]\n')
    assert "10000 steps" in handout_text(endless, 80)


@pytest.mark.parametrize("name", library.names())
def test_every_story_keeps_to_its_columns(name: str) -> None:
    lines = handout_text(library.load_named(name), 80).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("width", [60, 200])
def test_other_columns(width: int) -> None:
    lines = handout_text(library.load_named("late-syn"), width).splitlines()
    assert width - 40 < max(map(cell_len, lines)) <= width


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "handshake", "--variant", "who knows what", "--ascii"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("# The three-way handshake: who knows what\n")
    assert output.isascii()
    assert main(["show", "handshake", "--width", "59"]) == 2
    assert "--width must be from 60 to 200" in capsys.readouterr().err
    assert main(["show", "handshak"]) == 2
    assert "did you mean 'handshake'?" in capsys.readouterr().err
