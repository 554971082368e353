"""`tcptui claims`: what it lists of the library, and that the commands it names show that."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.explain.told_steps import told_steps
from tcptui.lab.history import History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.scenario import Scenario
from tests.lab.worlds import scenario

SECONDS = 3
"""Of the processor: the whole list takes less."""
STORY = """
chapter = "Mine"
A.isn = 1000
B.isn = 5000
A.script = [{ call = "connect", at = "100ms" }]
B.script = [{ call = "listen" }]
[[claim]]
when = "A ACK arrives"
text = "Last."
verdict = "true"
why = "It is."
source = "RFC 9293 3.5"
[[claim]]
when = "B SYN,ACK"
text = "First."
verdict = "false"
why = "It is not: {#2 win}."
source = "RFC 793"
[[variant]]
name = "two segments"
set = { "B.two_way_handshake" = true }
claim = [{ when = "B SYN,ACK", text = "Two.", verdict = "imprecise", why = "Three.", source = "RFC 1" }]
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    status = main(("claims", *arguments))
    output, errors = capsys.readouterr()
    return status, output.splitlines(), errors


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is one story."""
    monkeypatch.setattr(library.Library, "all_scenarios", lambda _: [library.listed(scenario(STORY))])


def test_what_is_told_is_told_with_its_step() -> None:
    say = '[[say]]\nwhen = "A enters ESTABLISHED"\ntext = "{#2 seq} and {#2 ack}"\n'
    told = list(told_steps(scenario(STORY.replace("[[variant]]", f"{say}[[variant]]"))))
    assert [(one.step, one.said, [claim.text for claim in one.claims]) for one in told] == [
        (3, (), ["First."]), (4, ("0 and 1",), []), (5, (), ["Last."]),
    ]  # fmt: skip


def test_of_what_never_comes_nothing_is_told() -> None:
    assert [one.step for one in told_steps(scenario(STORY.replace("B SYN,ACK", "B RST")))] == [5]


@pytest.mark.usefixtures("mine")
def test_the_list_tells_verdict_reason_source_and_what_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (
        0,
        [
            "Mine",
            "",
            '  false      "First."',
            "             It is not: 65535. (RFC 793)",
            "             tcptui play test --moves s3",
            "",
            '  true       "Last."',
            "             It is. (RFC 9293 3.5)",
            "             tcptui play test --moves s5",
            "",
            '  imprecise  "Two."',
            "             Three. (RFC 1)",
            "             tcptui play test --variant 'two segments' --moves s3",
            "",
            "3 claims: 1 true, 1 imprecise, 1 false",
        ],
        "",
    )


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (("--by", "verdict"), ["Last.", "Two.", "First."]),
        (("--verdict", "false"), ["First."]),
        (("RFC", "9293"), ["Last."]),
        (("rfc", "two"), ["Two."]),
        (("IT", "is", "not"), ["First."]),
    ],
)
def test_it_is_filtered_and_grouped(
    arguments: tuple[str, ...], texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines, _ = run(capsys, *arguments)
    assert status == 0
    assert re.findall(r'"(.*)"', "\n".join(lines)) == texts


@pytest.mark.usefixtures("mine")
def test_where_there_is_none_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, errors = run(capsys, "nothing of the kind")
    assert (status, lines) == (2, [])
    assert "the library has no such claim" in errors


def told_stories() -> Iterator[Scenario]:
    for name in library.names():
        story = library.load_named(name)
        yield from (scenario_of_variant(story, one) for one in ("", *(one.name for one in story.variants)))


def test_the_whole_list_opens_where_it_says_and_takes_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.process_time()
    status, lines, errors = run(capsys)
    took = time.process_time() - began
    assert (status, errors) == (0, "")
    texts = [line for line in lines if re.match(r"  (true|imprecise|false) +\"", line)]
    commands = [shlex.split(line) for line in lines if line.lstrip().startswith("tcptui play")]
    assert len(texts) == len(commands) == sum(len(story.claims) for story in told_stories())
    for words in commands:
        story = library.load_named(words[2])
        if "--variant" in words:
            story = scenario_of_variant(story, words[words.index("--variant") + 1])
        history = History(story)
        for move in parse_moves(words[-1]):
            history.apply(move)
        assert history.narration is not None
        assert history.narration.claims, words
    assert took < SECONDS


def test_no_claim_of_the_library_is_told_twice() -> None:
    texts = [claim.text for story in told_stories() for claim in story.claims]
    assert sorted(set(texts)) == sorted(texts)
