"""`tcptui docs`: the output that stands in documents is what the commands print, and all else stays."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.cli import main
from tcptui.commands.docs import content_of
from tcptui.commands.fenced_blocks import (
    BadFence,
    Block,
    blocks,
    ends_early,
    lines_of,
    outdated,
    with_contents,
)
from tcptui.commands.local import stories_folder
from tcptui.commands.shared import Unusable
from tcptui.explain.catalogue import text as text_of
from tcptui.files import LARGEST
from tests.command import tcptui

LOST = "play lost-syn --moves 's4' --format ladder"
DOCUMENT = f"# A SYN\n\n```text tcptui: {LOST}\nold\n```\n\nafter\n"


def printed(*words: str) -> str:
    result = tcptui(*words)
    assert result.returncode == 0
    return result.stdout


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "notes.md"
    path.write_text(DOCUMENT)
    return path


# A document on the command line.


def test_a_block_is_filled_in_with_what_the_command_prints(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.chmod(0o640)
    assert main(["docs", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: 1 block filled in\n"
    ladder = printed("play", "lost-syn", "--moves", "s4", "--format", "ladder")
    assert "✗ lost" in ladder
    assert file.read_text() == DOCUMENT.replace(
        "old\n", "".join(f"{line.rstrip()}\n" for line in ladder.splitlines())
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(file.parent) == [file.name]


def test_a_second_time_changes_nothing_and_says_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["docs", str(file)])
    before = file.stat()
    capsys.readouterr()
    assert main(["docs", str(file)]) == main(["docs", "--check", str(file)]) == 0
    assert capsys.readouterr() == ("", "")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_check_names_each_block_out_of_date_and_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["docs", str(file)])
    fresh = file.read_text()
    file.write_text(fresh + DOCUMENT + DOCUMENT)
    content, length = file.read_bytes(), len(fresh.splitlines())
    capsys.readouterr()
    assert main(["docs", "--check", str(file)]) == 1
    places = [length + 3, length + 3 + len(DOCUMENT.splitlines())]
    assert capsys.readouterr().out == "".join(f"{file}:{line}: is out of date\n" for line in places)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("show lost-syn --width 60", ("show", "lost-syn", "--width", "60")),
        ("claims SYN --verdict false", ("claims", "SYN", "--verdict", "false")),
        ("list", ("list",)),
        ("play lost-syn --format wireshark --at A --ascii",
         ("play", "lost-syn", "--format", "wireshark", "--at", "A", "--ascii")),
        ("--ascii play late-syn --beside 'two segments' --format ladder",
         ("--ascii", "play", "late-syn", "--beside", "two segments", "--format", "ladder")),
    ],
)  # fmt: skip
def test_each_command_prints_what_it_prints_outside(command: str, words: tuple[str, ...]) -> None:
    assert content_of(Block(0, 1, command, "", "```")) == printed(*words)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("play lost-syn --format ladder -o x", "-o writes a file"),
        ("play lost-syn --format ladder -o -", "-o writes a file"),
        ("play lost-syn --format ladder -ox", "-o writes a file"),
        ("play lost-syn", "play needs --format with a text: ladder, rfc, "),
        ("play lost-syn --format pcapng", "play needs --format with a text"),
        ("play lost-syn --format ladder --at A", "--at"),
        ("play lost-syn --format ladder --moves l9", "there is no segment #9"),
        ("play nothing --format ladder", "nothing"),
        ("play lost-syn --format ladder --help", "--help"),
        ("play 'lost-syn --format ladder", "quotation mark"),
        ("check x.pkt", "invalid choice: 'check'"),
        ("new mine", "invalid choice: 'new'"),
        ("docs x.md", "invalid choice: 'docs'"),
        ("--version", "required"),
        ("", "required"),
    ],
)
def test_a_block_that_can_not_be_filled_in_is_an_error_of_one_line(
    command: str, why: str, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    file.write_text(DOCUMENT + f"~~~ tcptui: {command}\nold\n~~~\n")
    content = file.read_bytes()
    for check in ([], ["--check"]):
        assert main(["docs", *check, "notes.md"]) == 2
        output, errors = capsys.readouterr()
        assert errors.startswith("tcptui: notes.md:8: ")
        assert why in errors
        assert errors.count("\n") == 1
        assert output == ("notes.md:3: is out of date\n" if check else "")
    assert file.read_bytes() == content
    assert os.listdir(".") == ["notes.md"]


def test_files_that_can_not_be_used_do_not_keep_the_others_from_being_filled_in(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "open.md").write_text(f"a\n~~~~\n~~~\n```text tcptui: {LOST}\n```\n")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9\n")
    (tmp_path / "huge.md").write_bytes(b"\n" * (LARGEST + 1))
    os.mkfifo(tmp_path / "pipe.md")
    names = ["open.md", "latin.md", "huge.md", "pipe.md", "none.md", "."]
    assert main(["docs", *(str(tmp_path / name) for name in names), str(file)]) == 2
    output, errors = capsys.readouterr()
    assert output == f"{file}: 1 block filled in\n"
    told = errors.replace(f"{tmp_path}/", "").splitlines()
    assert len(told) == len(names)
    assert told[0] == "tcptui: open.md:2: the fenced block that begins here has no closing fence"


def test_a_document_that_would_become_too_large_is_not_written(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be read again."""
    monkeypatch.chdir(file.parent)
    content = DOCUMENT.encode()
    rest = LARGEST - len(content) + len("old\n") - len(content_of(Block(0, 1, LOST, "", "```")).encode())
    file.write_bytes(content + b"x" * rest)
    assert main(["docs", "notes.md"]) == 0
    assert len(file.read_bytes()) <= LARGEST
    assert main(["docs", "notes.md"]) == 0
    capsys.readouterr()
    file.write_bytes(content + b"x" * (rest + 1_000))
    before = file.read_bytes()
    for check in ([], ["--check"]):
        assert main(["docs", *check, "notes.md"]) == 2
        output, errors = capsys.readouterr()
        said = rf"tcptui: notes\.md: would be too large: \d+ octets, at most {LARGEST}\n"
        assert re.fullmatch(said, errors)
        assert output == ("notes.md:3: is out of date\n" if check else "")
    assert file.read_bytes() == before


def test_stories_of_this_reader_alone_are_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = stories_folder()
    assert tmp_path in folder.parents
    folder.mkdir(parents=True)
    assert main(["new", "mine", "-o", str(folder / "mine.toml")]) == 0
    assert main(["list"]) == 0
    assert "  mine " in capsys.readouterr().out
    assert "  mine " not in content_of(Block(0, 1, "list", "", "```"))
    assert "  mine " in content_of(Block(0, 1, f"list --library '{folder}'", "", "```"))


@pytest.mark.parametrize("before", [True, False])
def test_a_folder_of_the_command_line_holds_for_blocks_too(
    before: bool, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        assert main(["new", name, "-o", str(tmp_path / name / f"{name}.toml")]) == 0
    file.write_text(
        "```text tcptui: play mine --format ladder\n```\n"
        f"```text tcptui: play other --format ladder --library '{tmp_path / 'other'}'\n```\n"
        f"```text tcptui: --library '{tmp_path / 'other'}' list\n```\n"
    )
    folder = ["--library", str(tmp_path / "mine")]
    capsys.readouterr()
    assert main([*folder, "docs", str(file)] if before else ["docs", *folder, str(file)]) == 0
    assert capsys.readouterr() == (f"{file}: 3 blocks filled in\n", "")
    mine, other, listed = file.read_text().split("```text")[1:]
    assert "SYN" in mine
    assert "SYN" in other
    assert "  mine " in listed
    assert "  other " in listed


def test_a_folder_that_is_not_there_is_told_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(DOCUMENT * 2)
    assert main(["docs", "--library", str(file.parent / "none"), str(file)]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    assert file.read_text() == DOCUMENT * 2


# Blocks in a document.


def filled(text: str, content: str) -> str:
    return with_contents(text, [(block, content) for block in blocks(text)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("```tcptui: x\n```\n", "```tcptui: x\na\n\n b\n```\n"),
        ("~~~ text  tcptui:x \nold\n\n~~~~~", "~~~ text  tcptui:x \na\n\n b\n~~~~~"),
        ("  ```` tcptui: x\n  ```\n  ````\n", "  ```` tcptui: x\n  a\n\n   b\n  ````\n"),
        ("\ufeff```c tcptui: x\r\nold\r\n```\r\n", "\ufeff```c tcptui: x\r\na\r\n\r\n b\r\n```\r\n"),
        ("1.  p\n\n    ``` tcptui: x\n    ```\nq", "1.  p\n\n    ``` tcptui: x\n    a\n\n     b\n    ```\nq"),
        ("- ``` tcptui: x\n  ```", "- ``` tcptui: x\n  a\n\n   b\n  ```"),
        ("> > ``` tcptui: x\n> > ```", "> > ``` tcptui: x\n> > a\n> >\n> >  b\n> > ```"),
        ("> - ``` tcptui: x\n>   ```", "> - ``` tcptui: x\n>   a\n>\n>    b\n>   ```"),
    ],
)
def test_a_block_is_filled_in_where_it_stands(before: str, after: str) -> None:
    assert filled(before, "a\n\n b  \n") == after
    assert filled(after, "a\n\n b  \n") == after


@pytest.mark.parametrize(
    "text",
    [
        "````\n```tcptui: x\n```\n````\n",
        "    ```tcptui: x\n    ```\n",
        "<!--\n```tcptui: x\n```\n-->\n",
        "a ```tcptui: x``` b\n",
        "```text\ntcptui: x\n```\n",
        "```xtcptui: x\n```\n",
        "```tcptui-something: x\n```\n",
        "```console\n$ tcptui play lost-syn\n```\n",
        "```toml title=mine/tcptui.toml\n```\n",
        "```python tcptui/cli.py\n```\n",
        '```sh title="What tcptui: plays"\n```\n',
    ],
)
def test_what_is_no_such_block_is_left(text: str) -> None:
    assert blocks(text) == []


@pytest.mark.parametrize(
    "info", ["tcptui play lost-syn", "text tcptui play lost-syn --format ladder", "text tcptui", "tcptui"]
)
def test_a_command_without_a_colon_is_refused(info: str) -> None:
    """It would stay as it is, for ever."""
    with pytest.raises(BadFence) as caught:
        blocks(f"# A\n\n```{info}\nold\n```\n")
    assert (caught.value.line, text_of(caught.value.message)) == (
        2, "the info string names tcptui without a colon; allowed: tcptui: COMMAND",
    )  # fmt: skip
    assert blocks("```console\n$ tcptui play lost-syn\n```\n```python tcptuis play\n```\n") == []


@pytest.mark.parametrize(
    "info",
    ["text title=x tcptui: play handshake", "text title=\"a b\" tcptui: play handshake", "TCPTUI: list",
     "text {tcptui: play handshake}", "{tcptui}", "text Tcptui", "text,tcptui: list", "{.text .tcptui: list}",
     "text and more tcptui: x", "text and more tcptui"],
)  # fmt: skip
def test_a_command_where_none_is_read_is_refused(info: str) -> None:
    with pytest.raises(BadFence) as caught:
        blocks(f"# A\n\n> ~~~ {info}\n> old\n> ~~~\n")
    assert caught.value.line == 2
    assert text_of(caught.value.message).startswith("the info string names tcptui where no command is read; ")


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\n```x", "\n``", "\n    ```", "\n~~~\n"])
def test_an_unclosed_block_is_refused(ending: str) -> None:
    with pytest.raises(BadFence) as caught:
        blocks(f"a\n\n```tcptui: x{ending}")
    assert caught.value.line == 2


def test_an_output_that_would_end_its_block_is_refused() -> None:
    for line, early in (
        ("```", True),
        ("   ````  ", True),
        ("    ```", False),
        ("```a", False),
        ("``", False),
    ):
        assert ends_early(Block(0, 1, "x", "", "```"), f"a\n{line}\n") is early
    assert not ends_early(Block(0, 1, "x", "", "~~~~"), "a\n```\n~~~\n")


def test_an_output_with_a_fence_in_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.formats.registry.export", lambda *_: "a\n```\n")
    monkeypatch.setattr("tcptui.commands.play.export", lambda *_: "a\n```\n")
    assert content_of(Block(0, 1, LOST, "", "````")) == "a\n```\n"
    with pytest.raises(Unusable):
        content_of(Block(0, 1, LOST, "", "```"))


PIECES = st.sampled_from(
    ["```", "~~~", "````", "```text tcptui: x", "~~~~ tcptui: y", " ", "  ", "    ", "\t", "> ", "- ", "1. ",
     "<!--", "-->", "a", "\x0b", "\x0c", "\x85", "\u2028", "\0", "\ufeff", "", "\\", "#", "[a]: b"]
)  # fmt: skip
LINES = st.builds(
    lambda pieces, end: "".join(pieces) + end,
    st.lists(PIECES, max_size=4), st.sampled_from(["\n", "\r\n", "\r"]),
)  # fmt: skip
DOCUMENTS = st.builds(lambda lines, last: "".join(lines) + last, st.lists(LINES, max_size=12), PIECES)
CONTENTS = st.lists(st.sampled_from(["a", "", "  b  ", "> c", "- d", "# e", "\t"]), max_size=4).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@given(DOCUMENTS, CONTENTS)
def test_only_the_content_of_blocks_changes_and_only_once(text: str, content: str) -> None:
    assert "".join(lines_of(text)) == text
    try:
        found = blocks(text)
    except BadFence:
        return
    after = filled(text, content)
    again = blocks(after)
    assert [(one.command, one.markup, one.prefix) for one in again] == [
        (one.command, one.markup, one.prefix) for one in found
    ]
    assert outdated(after, [(one, content) for one in again]) == []
    assert filled(after, content) == after
    assert _outside(after) == _outside(text)


def _outside(text: str) -> list[str]:
    lines, place, outside = lines_of(text), 0, []
    for block in blocks(text):
        outside += lines[place : block.opening + 1]
        place = block.closing
    return outside + lines[place:]


@pytest.mark.parametrize(
    "text",
    ["> " * 20_000, "- " * 20_000, "```tcptui: x\n```\n" * 2_000, "[" * 40_000, "[a]: b\n" * 4_000,
     "<" * 40_000, "> ```\n" * 5_000],
)  # fmt: skip
def test_a_long_document_is_read_in_a_moment(text: str) -> None:
    try:
        blocks(text)
    except BadFence:
        assert text.startswith("> ```")
