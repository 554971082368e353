"""Two ladders beside each other as text, and the command that prints them."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.formats.beside import beside_text
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.run import play
from tcptui.view.cells import cell_len
from tests.lab.worlds import scenario


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    status = main(("play", *arguments, "--format", "ladder"))
    output, errors = capsys.readouterr()
    return status, output.splitlines(), errors


def test_both_ladders_stand_below_their_names_and_the_difference_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, lines, errors = run(capsys, "late-syn", "--variant", "two segments", "--beside")
    assert (status, errors) == (0, "")
    assert lines[3].split("   ")[0] == ""
    assert "the story" in lines[3][:110]
    assert "two segments" in lines[3][110:]
    marked = [line for line in lines if "◆" in line]
    assert len(marked) == 1
    assert marked[0].startswith("◆ 0.150 ")
    assert "SYN-RECEIVED" in marked[0][:110]
    assert "ESTABLISHED" in marked[0][110:]
    assert lines[-1].startswith(
        "They first differ at 0.150 s: here B enters SYN-RECEIVED, there B enters EST"
    )
    assert lines[-1].endswith(library.find("late-syn").variants[1].document["harm"])  # type: ignore[arg-type]


def named(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    status, lines, errors = run(capsys, *arguments)
    assert (status, errors) == (0, "")
    heading = lines[lines.index("") + 1]
    return [name.strip() for name in heading.split("   ") if name.strip()]


def test_which_two_runs_stand_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert named(capsys, "late-syn", "--beside") == ["the story", "B closes first"]
    assert named(capsys, "late-syn", "--beside", "two segments") == ["the story", "two segments"]
    two = named(capsys, "late-syn", "--variant", "B closes first", "--beside", "two segments")
    assert two == ["B closes first", "two segments"]
    assert named(capsys, "life", "--beside", "linux") == ["the story", "under linux"]
    assert named(capsys, "life", "--profile", "linux", "--beside") == ["the story", "under linux"]
    assert named(capsys, "life", "--set", "msl=1s", "--beside") == ["the story", "msl=1s"]
    both = named(capsys, "late-syn", "--profile", "linux", "--beside", "two segments")
    assert both == ["under linux", "two segments, under linux"]


def test_moves_are_made_in_both(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines, _ = run(capsys, "life", "--moves", "s2 l1", "--beside", "linux")
    assert any(line.count("lost") == 2 and line.count("#1 SYN") == 2 for line in lines)


def test_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines, _ = run(capsys, "late-syn", "--beside", "two segments", "--ascii")
    assert all(line.isascii() for line in lines)
    assert sum(line.startswith("* 0.150") for line in lines) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("figure-6", "--beside"),
            "figure-6 has no variants; say what it is to stand beside: a stack, as in",
        ),
        (("late-syn", "--beside", "x"), "late-syn has no variant 'x': allowed: "),
        (("x.pkt", "--beside"), "--beside goes with scenarios only"),
        (("late-syn", "--beside", "linux", "--format", "rfc"), "--beside goes with --format ladder"),
    ],
)
def test_what_can_not_be_done_is_refused_in_one_line(
    arguments: tuple[str, ...], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    format_last = ("--format", "ladder") if "--format" not in arguments else ()
    assert main(("play", *arguments, *format_last)) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(f"tcptui: {error}")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("name", library.names())
def test_no_line_is_too_wide_or_ends_in_blanks(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for stack in ("linux", "freebsd"):
        status, lines, errors = run(capsys, name, "--beside", stack)
        assert (status, errors) == (0, "")
        assert all(cell_len(line) <= 200 and line == line.rstrip() for line in lines)


def test_numbers_of_the_run_stand_in_what_harm_follows() -> None:
    story = scenario(
        'A.script = [{ call = "connect", at = "100ms" }]\nB.script = [{ call = "listen" }]\n'
        '[[variant]]\nname = "lost"\nfaults = "l1"\nharm = "A tries {A SYN count} times."\n'
    )
    other = scenario_of_variant(story, "lost")
    text = beside_text(play(story), play(other), ("the story", "lost"))
    assert text.endswith(" A tries 2 times.\n")
