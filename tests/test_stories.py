"""`tcptui validate` and `tcptui facts`: what they print, and their exit status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.lab.history import History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Claim, Scenario
from tcptui.view.lines import plain_text
from tcptui.view.story import NOTHING, story_lines, story_rows

STORY = """\
title = "t"
question = "q?"
answer = "Three."

[A]
script = [{ call = "connect", at = "100ms" }]

[B]
script = [{ call = "listen" }]

[[say]]
when = "B fires PERSIST"
text = "never"

[[claim]]
when = "B fires PERSIST"
text = "never"
verdict = "true"
why = "never"
source = "RFC 9293"

[expect]
events = ["A SYN",
          "A SYN again"]
never = ["B RST"]

[[variant]]
name = "two segments"
set = { "B.two_way_handshake" = true }
faults = "l3"

[variant.expect]
end = ["B LISTEN"]
"""


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(STORY)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    status = main(arguments)
    output, errors = capsys.readouterr()
    return status, output.splitlines(), errors


def test_the_whole_library_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, errors = run(capsys, "validate")
    assert (status, errors) == (0, "")
    assert [line.split(":")[0] for line in lines] == [f"{name}.toml" for name in library.names()]
    assert all(" holds (" in line for line in lines)


def test_what_a_story_tells_at_a_moment_stands_whole_on_the_smallest_screen() -> None:
    for story in told_stories():
        history = History(story)
        while history.narration is not None and history.narration.to_come:
            history.apply()
            told: tuple[str | Claim, ...]
            told = (*(say.text for say in history.narration.now), *history.narration.claims)
            lines = story_lines(told, NOTHING, 80, story_rows(told, NOTHING, 80, 24, 0))
            cut = [line for line in map(plain_text, lines) if line.endswith("…")]
            assert not cut, (story.name, story.variant, cut)


def told_stories() -> Iterator[Scenario]:
    for name in library.names():
        story = library.load_named(name)
        yield from (scenario_of_variant(story, one) for one in ("", *(one.name for one in story.variants)))


def test_each_fact_that_does_not_hold_is_told_with_its_line(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines, errors = run(capsys, "validate", "mine.toml")
    assert (status, errors) == (1, "")
    assert lines == [
        "mine.toml:12: say[1].when: is never said: its moment does not come",
        "mine.toml:16: claim[1].when: is never said: its moment does not come",
        "mine.toml:24: expect.events[2]: 'A SYN again' does not happen here;"
        " nearest: 100ms A SYN seq=0 win=65535 mss=1460",
        "mine.toml:33: variant[1].expect.end[1]: variant 'two segments': 'B LISTEN' is not so;"
        " instead: B ESTABLISHED",
    ]


def test_all_that_can_not_be_read_is_told_in_the_order_of_the_lines(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = STORY.replace('"listen"', '"listn"').replace('"l3"', '"x"').replace('title = "t"', "# none")
    story.write_text(wrong.replace("never = [", "nevr = ["))
    status, lines, _ = run(capsys, "validate", "mine.toml", "figure-6")
    assert status == 2
    assert [line.split(": ")[:2] for line in lines] == [
        ["mine.toml", "title"],
        ["mine.toml:9", "B.script[1].call"],
        ["mine.toml:25", "expect.nevr"],
        ["mine.toml:30", "variant[1].faults"],
        ["figure-6.toml", "holds (26 facts, 0 variants)"],
    ]


def test_no_toml_and_no_file(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.write_text("[A\n")
    status, lines, errors = run(capsys, "validate", "./gone.toml", "mine.toml")
    assert status == 2
    assert errors == "tcptui: ./gone.toml: there is no such file\n"
    assert len(lines) == 1
    assert lines[0].startswith("mine.toml: no valid TOML")


def test_a_call_whose_trigger_never_comes_is_told(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.write_text(
        'title = "t"\nquestion = "q"\n[A]\n'
        'script = [{ call = "connect" }, { call = "close", when = "received 5" }]\n'
    )
    status, lines, _ = run(capsys, "validate", "mine.toml")
    assert status == 1
    assert lines == ["mine.toml:4: A.script[2]: A's program still waits with close(): received 5 (0 so far)"]


def test_a_fault_that_meets_no_segment_is_told(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.write_text(
        'title = "t"\nquestion = "q"\nA.script = [{ call = "connect" }]\n[wire]\nfaults = "l9"\n'
        '[[variant]]\nname = "v"\nfaults = ["lose B DATA 2"]\n'
    )
    status, lines, _ = run(capsys, "validate", "mine.toml")
    assert status == 1
    assert lines == [
        "mine.toml:5: wire.faults: l9: there is no such segment, so nothing happens to it",
        "mine.toml:8: variant[1].faults: variant 'v': lose B DATA 2: there is no such segment,"
        " so nothing happens to it",
    ]


def test_a_run_that_does_not_end_is_told(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tcptui.lab.run.MOST_STEPS", 2)
    story.write_text('title = "t"\nquestion = "q"\nA.script = [{ call = "connect" }]\n')
    status, lines, _ = run(capsys, "validate", "mine.toml")
    assert status == 1
    assert lines[0].startswith("mine.toml: until: the run does not end by itself: it was cut after")
    story.write_text('title = "t"\nquestion = "q"\nuntil = "60min"\nA.script = [{ call = "connect" }]\n')
    status, lines, _ = run(capsys, "validate", "mine.toml")
    assert status == 1
    assert lines[0].startswith("mine.toml:3: until: the run does not come to it: it was cut after")


def test_facts_are_drafted_from_a_run_and_hold(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, _ = run(capsys, "facts", "lost-third")
    assert status == 0
    assert lines[0] == "[expect]"
    assert "not yet read by a person" in lines[1]
    assert lines[2:4] == ["draft = true", "strict = true"]
    text = library.text_of("lost-third")
    drafted = text[: text.index("[expect]")] + "\n".join(lines)
    story.write_text(drafted)
    assert run(capsys, "validate", "mine.toml")[0] == 0


def test_facts_about_long_data_are_written_with_its_beginning(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = (
        'title = "t"\nquestion = "q?"\nB.program = ["s = socket()", "bind(s)", "listen(s, 1)", '
        '"c = accept(s)", "recv(c, 999)"]\nA.program = ["s = socket()", "connect(s)", "send(s, 500)"]\n'
    )
    story.write_text(head)
    _, lines, _ = run(capsys, "facts", "mine.toml")
    assert any("B reads 'abcdefgh" in line and '*"' in line for line in lines)
    story.write_text(head + "\n".join(lines))
    assert run(capsys, "validate", "mine.toml")[0] == 0


def test_facts_of_a_variant_belong_to_it(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, _ = run(capsys, "facts", "mine.toml", "--variant", "two segments")
    assert (status, lines[0]) == (0, "[variant.expect]")
    assert any('"B enters ESTABLISHED"' in line for line in lines)
    status, _, errors = run(capsys, "facts", "mine.toml", "--variant", "one")
    assert (status, errors) == (2, "tcptui: mine has no variant 'one': allowed: 'two segments'\n")


def test_a_draft_is_refused_in_the_library(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    story.write_text(
        'title = "t"\nquestion = "q?"\nexpect.draft = true\n'
        'variant = [{ name = "v", expect = { draft = true } }]\n'
    )
    assert run(capsys, "validate", "./mine.toml")[0] == 0
    monkeypatch.setattr(library, "_FOLDER", story.parent)
    status, lines, _ = run(capsys, "validate", "mine")
    assert status == 1
    assert [line.split(": ")[1] for line in lines] == ["expect.draft", "variant[1].expect.draft"]


def test_a_variant_is_played_and_listed(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines, _ = run(capsys, "play", "mine.toml", "--variant", "two segments", "--format", "ladder")
    assert status == 0
    assert lines[0] == "t: two segments"
    assert run(capsys, "play", "mine.toml", "--variant", "x", "--format", "ladder")[0] == 2
    assert run(capsys, "play", "x.pkt", "--variant", "x", "--format", "ladder")[0] == 2
    monkeypatch.setattr(library, "_FOLDER", story.parent)
    assert "          --variant 'two segments'" in run(capsys, "list")[1]


def test_a_story_is_played_in_a_language_that_it_has_texts_in(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story.write_text(f'zh = {{ title = "题" }}\n{story.read_text()}')

    def title_in(language: str) -> str:
        return run(capsys, "play", "mine.toml", "--language", language, "--format", "ladder")[1][0]

    assert (title_in("zh"), title_in("de")) == ("题", "t")
    status, _, errors = run(capsys, "play", "mine.toml", "--language", "zh_CN", "--format", "ladder")
    assert (status, errors) == (2, "tcptui: --language 'zh_CN': must be a tag as zh or pt-BR\n")
    assert run(capsys, "play", "x.pkt", "--language", "zh", "--format", "ladder")[0] == 2


def test_the_answer_stands_below_the_ladder_of_the_run_that_the_story_tells(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder = ("play", "mine.toml", "--format", "ladder")
    assert run(capsys, *ladder)[1][-2:] == ["", "Three."]
    for changed in (("--moves", "s3 l1"), ("--set", "msl=5s"), ("--variant", "two segments")):
        assert "Three." not in run(capsys, *ladder, *changed)[1]
