"""The command line from outside: what it prints, and that each error is one line and status 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tcptui import __version__, library
from tcptui.cli import main
from tcptui.commands.shared import THEMES
from tcptui.core.profile.presets import LINUX, PRESETS
from tcptui.formats.ladder import ladder_text
from tcptui.formats.packetdrill.writer import packetdrill_script
from tcptui.formats.pcapng import pcapng
from tcptui.formats.profile_text import WIDTH, profile_text
from tcptui.formats.rfc import rfc_figure
from tcptui.formats.wireshark import wireshark_list
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.lab.variant import variant
from tcptui.lab.wire import BadMove
from tcptui.requirements import choices, choices_text
from tcptui.trace.capture import Point
from tcptui.ui.palette import CHOICES
from tcptui.ui.session import Session
from tests.command import COMMAND, ENVIRONMENT, python, tcptui
from tests.lab.worlds import HEAD
from tests.messages import refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with files that are scenarios and files that are not."""
    (tmp_path / "mine.toml").write_text(
        HEAD + 'A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }]\n'
    )
    (tmp_path / "broken.toml").write_text("title = = 1\n")
    (tmp_path / "unknown.toml").write_text(HEAD + "colour = 1\n")
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"\n')
    (tmp_path / "deep.toml").write_text(f"{HEAD}a = {'[' * 3_000}")
    (tmp_path / "number.toml").write_text(f"{HEAD}place = {'1' * 5_000}\n")
    (tmp_path / "prelude.toml").write_text(HEAD + 'prelude = "l5"\n')
    (tmp_path / "faults.toml").write_text(
        HEAD + 'wire.faults = "l1 d1+5ms"\nA.script = [{ call = "connect" }]\n'
    )
    (tmp_path / "row.toml").write_text(HEAD + 'figure.rows = [["1.", "=x", "", ""]]\n')
    (tmp_path / "figure.toml").write_text(HEAD + 'figure.rows = [["1.", "", "9", ""]]\n')
    (tmp_path / "escape.toml").write_text(HEAD + '"\\u001b[31mred" = 1\n')
    (tmp_path / "folder.toml").mkdir()
    return tmp_path


# What it prints.


def test_the_list_names_every_scenario_under_its_chapter() -> None:
    result = tcptui("list")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    for scenario in library.all_scenarios():
        assert any(line.split() == [scenario.name, *scenario.title.split()] for line in lines)
        assert scenario.chapter in lines
    chapters = {one.chapter for one in library.all_scenarios()}
    variants = sum(len(one.variants) for one in library.all_scenarios())
    assert len(lines) == len(library.all_scenarios()) + variants + 2 * len(chapters) - 1


@pytest.mark.parametrize("name", ["handshake", "lost-syn-ack", "figure-9"])
def test_a_scenario_is_printed_in_both_formats(name: str) -> None:
    run = play(library.find(name))
    for form, text in (("ladder", ladder_text(run)), ("rfc", rfc_figure(run))):
        result = tcptui("play", name, "--format", form)
        assert (result.returncode, result.stdout, result.stderr) == (0, text, "")


@pytest.mark.parametrize("point", get_args(Point))
def test_a_capture_is_listed_and_written_as_it_is_seen_at_a_point(point: Point, tmp_path: Path) -> None:
    run = play(library.find("lost-syn"))
    result = tcptui("play", "lost-syn", "--format", "wireshark", "--at", point)
    assert (result.returncode, result.stdout, result.stderr) == (0, wireshark_list(run, point), "")
    path = tmp_path / "lost-syn.pcapng"
    result = tcptui("play", "lost-syn", "--format", "pcapng", "--at", point, "-o", str(path))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert path.read_bytes() == pcapng(run, point)


def test_a_capture_is_taken_on_the_wire_if_no_point_is_named(tmp_path: Path) -> None:
    run = play(library.find("lost-syn"))
    assert tcptui("play", "lost-syn", "--format", "wireshark").stdout == wireshark_list(run, "wire")
    tcptui("play", "lost-syn", "--format", "pcapng", "-o", "x.pcapng", cwd=tmp_path)
    assert (tmp_path / "x.pcapng").read_bytes() == pcapng(run, "wire")


def test_a_capture_goes_to_standard_output_if_that_is_asked_for() -> None:
    result = subprocess.run(
        [*COMMAND, "play", "lost-syn", "--format", "pcapng", "-o", "-"],
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert result.stdout == pcapng(play(library.find("lost-syn")), "wire")


@pytest.mark.parametrize("form", ["ladder", "rfc", "wireshark"])
def test_a_text_goes_to_a_file_as_it_goes_to_standard_output(form: str, tmp_path: Path) -> None:
    path = tmp_path / "life.txt"
    path.write_text("something longer" * 1_000)
    result = tcptui("play", "life", "--format", form, "-o", str(path), env={"PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    printed = tcptui("play", "life", "--format", form, "-o", "-")
    assert path.read_bytes().decode() == printed.stdout == tcptui("play", "life", "--format", form).stdout


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "cp437"])
def test_what_an_encoding_does_not_have_is_drawn_in_ascii(encoding: str) -> None:
    result = subprocess.run(
        [*COMMAND, "play", "lost-syn", "--format", "ladder"],
        env={**ENVIRONMENT, "PYTHONIOENCODING": encoding}, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    text = result.stdout.decode(encoding)
    assert "?" not in text.replace(library.find("lost-syn").question, "")
    assert "\\u" not in text
    drawn = tcptui("play", "lost-syn", "--format", "ladder", "--ascii").stdout
    assert [len(line) for line in text.splitlines()] == [len(line) for line in drawn.splitlines()]
    assert encoding == "cp437" or "|-- #1 SYN" in text


def test_a_list_in_ascii_has_nothing_else() -> None:
    listed = tcptui("play", "life", "--format", "wireshark", "--ascii").stdout
    assert listed.isascii()
    assert "49152 > 80 [SYN]" in listed


def test_moves_come_first() -> None:
    result = tcptui("play", "handshake", "--moves", "s2 l1", "--format", "ladder")
    expected = ladder_text(play(library.find("handshake"), parse_moves("s2 l1")))
    assert (result.returncode, result.stdout) == (0, expected)
    assert "✗ lost" in result.stdout


def test_profiles_are_listed_with_what_was_set() -> None:
    linux = LINUX._replace(msl=5_000_000)
    for arguments, profiles in (
        ([], [*PRESETS.values()]),
        (["linux", "--set", "msl=5s"], [linux]),
        (["--set", "net.inet.tcp.msl=5000"], [one._replace(msl=5_000_000) for one in PRESETS.values()]),
    ):
        result = tcptui("profile", *arguments)
        text = profile_text(profiles)
        assert (result.returncode, result.stdout[: len(text)], result.stderr) == (0, text, "")
        chosen = result.stdout[len(text) :]
        assert chosen == ("" if profiles == [linux] else choices_text(choices(), WIDTH))


def test_a_scenario_is_played_on_hosts_that_behave_otherwise() -> None:
    """A closed port that is a black hole answers the SYN with nothing: A asks again, and never hears of B."""
    plain = library.find("lost-syn")
    changed = variant(plain, LINUX, ["B.blackhole=1"])._replace(answer="")
    arguments = ("--profile", "linux", "--set", "B.blackhole=1", "--format", "ladder")
    result = tcptui("play", "lost-syn", *arguments)
    assert (result.returncode, result.stdout, result.stderr) == (0, ladder_text(play(changed)), "")
    assert result.stdout != ladder_text(play(plain))


def test_knobs_are_not_read_where_nobody_asks_for_them() -> None:
    code = (
        "import sys, tcptui.cli; tcptui.cli.main(['play', 'handshake', '--format', 'ladder'])\n"
        "profile = 'tcptui.core.profile.'\n"
        "late = {profile + 'knobs', profile + 'sysctl', 'tcptui.lab.variant', 'difflib'}\n"
        "print(late & {*sys.modules})"
    )
    result = python(code)
    assert result.stdout.splitlines()[-1] == "set()"


FIRST_MODULES = 129
"""Each module takes a twentieth of a millisecond to find and to read, whatever stands in it."""


def test_the_first_frame_needs_nothing_of_what_a_step_brings() -> None:
    """On a large screen, so that every pane is there."""
    code = (
        "import asyncio, sys\n"
        "from tcptui import library\n"
        "from tcptui.ui.app import TcptuiApp\n"
        "from tcptui.ui.session import Session\n"
        "late = {'core.rules', 'core.tcp.stack', 'explain.english.rules', 'explain.labels',\n"
        "    'sockets.driver', 'view.end_log', 'view.ladder', 'view.space_rows'}\n"
        "late = {f'tcptui.{name}' for name in late}\n"
        "async def show():\n"
        "    app = TcptuiApp(Session(library.find('handshake'), ''), list)\n"
        "    async with app.run_test(size=(160, 48)) as pilot:\n"
        "        await pilot.pause()\n"
        "        print(late & {*sys.modules})\n"
        "        print([*app.stylesheet.source])\n"
        "        print(len([name for name in sys.modules if name.startswith('tcptui.')]))\n"
        "        await pilot.press('space', 'space', 'space')\n"
        "        print(late - {*sys.modules})\n"
        "asyncio.run(show())"
    )
    late, rules, modules, never = python(code).stdout.splitlines()
    assert (late, never) == ("set()", "set()")
    assert rules == "[]"  # For a single one Textual divides all its variables into tokens.
    assert int(modules) <= FIRST_MODULES


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["play", "--help"]])
def test_help_and_version_load_no_layer(arguments: list[str]) -> None:
    """They are waited for, and nothing of a run is needed for them; the table of formats is."""
    code = (
        "import sys, tcptui.cli\n"
        "try: tcptui.cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "layers = ('core', 'sockets', 'lab', 'trace', 'explain', 'view', 'ui')\n"
        "print({'textual', 'rich', *(f'tcptui.{name}' for name in layers)} & {*sys.modules})"
    )
    result = python(code, *arguments)
    assert result.stdout.splitlines()[-1] == "set()"


def test_a_file_of_ones_own_is_played(folder: Path) -> None:
    for path in ("mine.toml", "./mine.toml", str(folder / "mine.toml")):
        result = tcptui("play", path, "--format=rfc", cwd=folder)
        assert (result.returncode, result.stderr) == (0, "")
        assert "ESTABLISHED" in result.stdout


def test_the_version_and_the_help_are_printed() -> None:
    assert tcptui("--version").stdout.startswith(f"tcptui {__version__} (")
    for arguments in (["--help"], ["play", "--help"], ["list", "-h"], ["profile", "-h"]):
        result = tcptui(*arguments)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("usage: tcptui")


def test_what_is_printed_is_the_same_whatever_the_environment() -> None:
    plain = tcptui("play", "life", "--format", "ladder").stdout
    for environment in (
        {"COLUMNS": "20"},
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"LC_ALL": "C", "PYTHONHASHSEED": "3"},
    ):
        assert tcptui("play", "life", "--format", "ladder", env=environment).stdout == plain


def test_printing_does_not_load_the_screen() -> None:
    code = "import sys, tcptui.cli; tcptui.cli.main(sys.argv[1:]); print('textual' in sys.modules)"
    formats = (["--format", "ladder"], ["--format", "wireshark"], ["--format", "pcapng", "-o", os.devnull])
    for arguments in (["list"], ["profile"], *(["play", "life", *form] for form in formats)):
        result = python(code, *arguments)
        assert result.stdout.splitlines()[-1] == "False"


def test_a_theme_is_known_without_the_screen() -> None:
    assert THEMES == CHOICES
    code = (
        "import sys, tcptui.cli; tcptui.cli.main(sys.argv[1:])\n"
        "print({'textual', 'tcptui.ui', 'tcptui.view.palette'} & {*sys.modules})"
    )
    for arguments in (("--theme", "dark", "profile"), ("--theme", "nope", "profile")):
        assert python(code, *arguments).stdout.splitlines()[-1] == "set()"


def test_a_run_is_written_as_a_script_for_one_end_that_check_accepts(tmp_path: Path) -> None:
    run = play(library.find("handshake"))
    for arguments, side in (((), "A"), (("--at", "B"), "B")):
        result = tcptui("play", "handshake", "--format", "packetdrill", *arguments)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == packetdrill_script(run, "A" if side == "A" else "B")
        (tmp_path / f"{side}.pkt").write_text(result.stdout)
    assert tcptui("check", str(tmp_path)).stdout == "2 passed, 0 failed, 0 unsupported\n"


# What it refuses.

LADDER = ("--format", "ladder")
ERRORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unknown scenario": (
        ("play", "handshak", *LADDER),
        ("no scenario 'handshak'", "did you mean 'handshake'?"),
    ),
    "unknown scenario, nothing near": (("play", "qqq", *LADDER), ("no scenario 'qqq'", "tcptui list")),
    "broken TOML": (("play", "broken.toml", *LADDER), ("broken.toml: no valid TOML", "line")),
    "unknown key": (
        ("play", "unknown.toml", *LADDER),
        ("unknown.toml: colour: is unknown", "allowed: title"),
    ),
    "directory": (("play", "folder.toml", *LADDER), ("folder.toml: is a directory",)),
    "current directory": (("play", "./", *LADDER), ("is a directory",)),
    "missing file": (("play", "gone.toml", *LADDER), ("gone.toml: there is no such file",)),
    "no UTF-8": (("play", "latin.toml", *LADDER), ("latin.toml: is no UTF-8 text (octet 12)",)),
    "nested too deep": (("play", "deep.toml", *LADDER), ("deep.toml: no valid TOML",)),
    "number too long": (("play", "number.toml", *LADDER), ("number.toml:",)),
    "impossible prelude": (
        ("play", "prelude.toml", *LADDER),
        ("prelude.toml: prelude: there is no segment #5",),
    ),
    "impossible faults": (
        ("play", "faults.toml", *LADDER),
        ("faults.toml: wire.faults: #1 is lost already",),
    ),
    "bad figure row": (("play", "row.toml", "--format", "rfc"), ("row.toml: figure.rows[1]", "=start")),
    "figure of segments that are not": (
        ("play", "figure.toml", "--format", "rfc"),
        ("segment #9", "the run has 0"),
    ),
    "escape sequence in a key": (("play", "escape.toml", *LADDER), ("escape.toml: ", "is unknown")),
    "escape sequence in a name": (("play", "./\x1b[31m.toml", *LADDER), ("there is no such file",)),
    "line end in a name": (("play", "./a\nb.toml", *LADDER), ("there is no such file",)),
    "impossible move": (
        ("play", "handshake", "--moves", "s2 l9", *LADDER),
        ("after 2 moves:", "there is no segment #9"),
    ),
    "impossible step": (
        ("play", "handshake", "--moves", "s99", *LADDER),
        ("after 5 moves:", "nothing more will happen"),
    ),
    "impossible step before the terminal is missed": (
        ("play", "handshake", "--moves", "s99"),
        ("after 5 moves:", "nothing more will happen"),
    ),
    "no move": (
        ("play", "handshake", "--moves", "s2 x", *LADDER),
        ("tcptui: move 'x': is no move", "l2, d4+200ms"),
    ),
    "move of many digits": (
        ("play", "handshake", "--moves", f"w{'9' * 400}s", *LADDER),
        (f"move 'w{'9' * 38}…': ", "at most one day"),
    ),
    "unknown format": (("play", "life", "--format", "pcap"), ("pcap", "ladder", "rfc", "pcapng")),
    "capture without a file": (
        ("play", "life", "--format", "pcapng"),
        ("--format pcapng needs -o FILE", "-o -"),
    ),
    "capture nowhere": (
        ("play", "life", "--format", "pcapng", "-o", "gone/x.pcapng"),
        ("gone/x.pcapng: can't be written: No such file or directory",),
    ),
    "capture over a directory": (
        ("play", "life", "--format", "pcapng", "-o", "folder.toml"),
        ("folder.toml: can't be written: Is a directory",),
    ),
    "text nowhere": (("play", "life", *LADDER, "-o", "gone/x"), ("gone/x: can't be written:",)),
    "file without a name": (("play", "life", *LADDER, "-o", ""), ("tcptui: '': is no file name",)),
    "file on the screen": (("play", "life", "-o", "x"), ("-o needs --format ladder, rfc,",)),
    "point without a capture": (
        ("play", "life", *LADDER, "--at", "A"),
        ("--at goes with --format wireshark, pcapng, packetdrill or tcpdump only",),
    ),
    "script of what is nobody's": (
        ("play", "life", "--format", "packetdrill", "--at", "wire"),
        ("--format packetdrill is taken at one of A, B",),
    ),
    "script of what no socket does": (
        ("play", "udp", "--format", "packetdrill"),
        ("tcptui: udp at A is no packetdrill script: sendto is UDP's",),
    ),
    "point on the screen": (("play", "life", "--at", "A"), ("--at goes with",)),
    "unknown point": (
        ("play", "life", "--format", "wireshark", "--at", "C"),
        ("--at", "'C'", "A", "B", "wire"),
    ),
    "format without a name": (("play", "life", "--format"), ("--format",)),
    "unknown option": (("play", "life", "--colour"), ("--colour",)),
    "short form of an option": (("play", "life", "--form", "ladder"), ("--form",)),
    "unknown command": (("run", "life"), ("run", "play", "list")),
    "no name": (("play", *LADDER), ("NAME",)),
    "too many names": (("list", "life"), ("life",)),
    "unknown theme of a run": (
        ("play", "life", *LADDER, "--theme", "nope"),
        ("--theme 'nope': must be one of auto, dark,",),
    ),
    "unknown theme, where none is used": (
        ("--theme", "nope", "list"),
        ("--theme 'nope': must be one of auto, dark,",),
    ),
    "unknown theme of a handout": (("show", "life", "--theme", ""), ("--theme '': must be one of",)),
    "variant without a name": (
        ("play", "handshake", "--variant", "", *LADDER),
        ("--variant '': must be the name of a variant",),
    ),
    "variant without a name, of facts": (("facts", "life", "--variant="), ("--variant '': must be",)),
    "unknown profile": (
        ("profile", "lnux"),
        ("no profile 'lnux': did you mean 'linux'? allowed: rfc9293, linux, freebsd",),
    ),
    "unknown profile of the hosts": (
        ("play", "life", "--profile", "bsd", *LADDER),
        ("no profile 'bsd'", "allowed: rfc9293, linux, freebsd"),
    ),
    "unknown knob": (
        ("play", "life", "--set", "A.mls=5s", *LADDER),
        ("mls: is not a knob; near: ", "msl", "tcptui profile lists them all"),
    ),
    "unknown knob, before the terminal is missed": (
        ("play", "life", "--set", "mls=5s"),
        ("mls: is not a knob",),
    ),
    "knob of one host, without hosts": (("profile", "--set", "A.msl=5s"), ("A.msl: is not a knob",)),
    "knob without a value": (("profile", "--set", "msl"), ("'msl': must be NAME=VALUE, as in msl=5s",)),
    "knob with a bad value": (
        ("profile", "--set", "mss=0"),
        ("mss: must be a whole number from 1 to 65495",),
    ),
    "unknown sysctl": (
        ("profile", "--set", "net.inet.tcp.drop_sinfin=1"),
        ("is no sysctl that is known; near: net.inet.tcp.drop_synfin",),
    ),
    "sysctl with a bad value": (
        ("profile", "--set", "net.ipv4.tcp_sack=on"),
        ("net.ipv4.tcp_sack: must be a whole number from 0 to 1",),
    ),
    "sysctl without effect": (("profile", "--set", "net.ipv4.tcp_mem=1"), ("has no effect here",)),
    "escape sequence in a knob": (
        ("profile", "--set", "\x1b[31m=1"),
        (r"'\x1b[31m': is not a knob",),
    ),
    "escape sequence in a profile": (("profile", "\x1b[31m"), (r"no profile '\x1b[31m'",)),
    "no terminal to play": (("play", "handshake"), ("needs a terminal", "--format ladder")),
    "no terminal to choose": ((), ("needs a terminal", "tcptui list")),
    "empty name": (("play", "", *LADDER), ("no scenario ''",)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_one_line_on_standard_error_and_status_2(name: str, folder: Path) -> None:
    arguments, says = ERRORS[name]
    result = tcptui(*arguments, cwd=folder)
    assert "Traceback" not in result.stderr
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("tcptui: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    assert result.stderr[:-1].isprintable()
    for part in says:
        assert part in result.stderr


def test_a_name_that_is_no_text_is_an_error_of_one_line(folder: Path) -> None:
    for name in (b"\xff", b"./\xff.toml"):
        result = subprocess.run(
            [*COMMAND, "play", name, *LADDER],
            cwd=folder,
            env=ENVIRONMENT,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 2
        assert result.stderr.startswith(b"tcptui: ")
        assert result.stderr.count(b"\n") == 1


def test_a_run_that_never_ends_is_cut_however_many_steps_are_asked_for() -> None:
    """Ten times as many steps as one word can ask for, in memory for a few thousand."""
    code = (
        "import resource, sys, tcptui.cli\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"
        "sys.exit(tcptui.cli.main(sys.argv[1:]))"
    )
    arguments = ("play", "handshake", "--profile", "freebsd", "--moves", "s100000 " * 10)
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--format", "wireshark"],
        env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=30, check=False,
    )  # fmt: skip
    assert "Traceback" not in result.stderr
    assert result.returncode == 2 or "cut after" in result.stdout.splitlines()[-1]


def test_the_screen_does_not_begin_with_more_moves_than_a_whole_run_may_have() -> None:
    """They are made before the first frame: a terminal that shows nothing can't be left."""
    with refused(BadMove, match="100000 moves are too many for a whole run: at most 10000"):
        Session(library.find("handshake"), "s100000")


def test_a_program_that_still_waits_is_told_beside_the_run_that_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "waits.toml"
    file.write_text(
        f'{HEAD}A.script = [{{ call = "connect" }}]\n'
        'B.script = [{ call = "listen" }, { call = "close", when = "A SYN 2" }]\n'
    )
    assert main(["play", str(file), "--format", "ladder"]) == 0
    told = capsys.readouterr()
    assert told.err == "tcptui: B's program still waits with close(): A SYN 2 (1 so far)\n"
    assert "SYN" in told.out
