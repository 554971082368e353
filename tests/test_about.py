"""What the program prints about itself, and what of that is packed: versions, completion, manual page."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from tcptui import __version__, library
from tcptui.cli import _parser
from tcptui.commands.about import actions
from tests.command import COMMAND, ENVIRONMENT, python, tcptui
from tests.man_page import PAGE, made
from tests.skips import unavailable

COMPLETE = """
tcptui() { PYTHON -m tcptui "$@"; }
source /dev/stdin <<< "$(tcptui --print-completion bash)"
COMP_WORDS=(tcptui "$@") COMP_CWORD=$#
$(complete -p tcptui | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(*words: str, cwd: Path) -> list[str]:
    """What bash offers for the last of these words of a command line."""
    result = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE.replace("PYTHON", COMMAND[0]), "bash", *words],
        cwd=cwd, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    assert result.stderr == ""
    return [line.strip() for line in result.stdout.splitlines()]


def test_the_versions_are_told() -> None:
    told = f"tcptui {__version__} (Python {platform.python_version()}, Textual {version('textual')})\n"
    result = tcptui("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, told, "")


def test_bash_completes_commands_options_stories_and_files(tmp_path: Path) -> None:
    (tmp_path / "lost.md").touch()
    assert completed("pl", cwd=tmp_path) == ["play"]
    assert completed("play", "lost-syn", "--form", cwd=tmp_path) == ["--format"]
    assert completed("play", "lost-syn", "--format", "wi", cwd=tmp_path) == ["wireshark"]
    stories = [name for name in library.names() if name.startswith("lost")]
    assert sorted(completed("play", "lost", cwd=tmp_path)) == sorted([*stories, "lost.md"])
    for command in (("facts",), ("validate",), ("validate", "life")):
        assert sorted(completed(*command, "lost", cwd=tmp_path)) == sorted([*stories, "lost.md"])
    assert completed("docs", "lo", cwd=tmp_path) == ["lost.md"]
    assert completed("lecture", "f", cwd=tmp_path) == ["first-lesson"]
    assert completed("lecture", "l", cwd=tmp_path) == ["lost.md"]


def test_bash_completes_themes_and_profiles(tmp_path: Path) -> None:
    assert completed("play", "lost-syn", "--theme", "d", cwd=tmp_path) == ["dark"]
    assert completed("play", "lost-syn", "--profile", "l", cwd=tmp_path) == ["linux"]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_script_is_printed_as_it_is(shell: str) -> None:
    result = tcptui("--print-completion", shell)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\\t" not in result.stdout.replace("\\t'", "")
    assert "_tcptui_stories" in result.stdout
    used = "=_tcptui_stories\n" if shell == "bash" else ':_tcptui_stories"'
    assert result.stdout.count(used) == len(("play", "show", "validate", "facts"))


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["play", "handshake", "--format", "ladder"]])
def test_what_they_need_is_loaded_when_they_are_asked_for(arguments: list[str]) -> None:
    code = (
        "import sys, tcptui.cli\n"
        "try: tcptui.cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "late = {'shtab', 'markdown_it', 'tcptui.commands.about', 'tcptui.commands.fenced_blocks'}\n"
        "print(late & {*sys.modules})"
    )
    assert python(code, *arguments).stdout.splitlines()[-1] == "set()"


def test_another_shell_is_an_error_of_one_line() -> None:
    result = tcptui("--print-completion", "cmd")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def words(text: str) -> str:
    """A text without what troff adds, and without the way in which it is divided into lines."""
    plain = re.sub(r"\\f[BRI]|\\[,/&]", "", text).replace("\\-", "-").replace("\\(aq", "'")
    return " ".join(plain.replace("\\e", "\\").split())


@pytest.mark.parametrize("page", [PAGE.read_text("utf-8"), made()], ids=["packed", "made"])
def test_the_manual_page_has_every_option_and_its_help(page: str) -> None:
    """``python -m tests.man_page`` writes it anew."""
    text = words(page)
    found = [one for one in actions(_parser([])) if one.help and one.dest != "help"]
    assert len(found) > 50
    for action in found:
        assert words(action.help or "") in text
        for option in action.option_strings:
            assert option in text
    assert f"tcptui {__version__}" in text


def test_the_manual_page_is_set_without_a_warning() -> None:
    groff = shutil.which("groff")
    if groff is None:
        unavailable("groff is not installed")
    command = [groff, "-man", "-Tutf8", "-ww", "-z", "-rLL=78n", str(PAGE)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
