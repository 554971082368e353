r"""What strangers wrote does not reach the terminal as it is: texts of files, names of files, arguments.

The octets that a terminal obeys (escape sequences and other control characters), and the characters that
change the order of others or can't be seen, bidirectional controls and U+FEFF among them.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import cli, library
from tcptui.formats.packetdrill.peer import PeerSetup
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.formats.registry import FORMATS
from tcptui.lab.loader import BadScenario, load_scenario
from tcptui.printable import is_printable, printable
from tests.command import COMMAND, ENVIRONMENT, tcptui
from tests.messages import refused

HARMFUL = (
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\x9b2J",
    "\x00",
    "\x7f",
    "\r",
    "\b",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u200b",
)
"""Each is its own kind: CSI and OSC sequences, C1, NUL, DEL, CR, BS, bidirectional override and isolate, BOM,
zero width."""
NAMES = tuple(text for text in HARMFUL if "\0" not in text)
"""Those that a file name or an argument can have in it."""
SCENARIO: dict[str, Any] = {
    "title": "t", "question": "q", "answer": "a", "chapter": "c", "numbers": "raw", "prelude": "w1ms",
    "wire": {"delay": "50ms", "a_to_b": "50ms", "faults": "l9"},
    "A": {
        "role": "r", "address": "10.0.0.1", "secret": "s", "profile": "linux", "set": {"msl": "5s"},
        "script": [
            {"call": "connect", "at": "0ms"},
            {"call": "send", "when": "established", "after": "1ms", "text": "x"},
            {"call": "sendto", "text": "y", "address": "10.0.0.2:80"},
        ],
    },
    "B": {"script": [{"call": "listen"}, {"call": "bind"}], "set": {"net.ipv4.tcp_sack": 1}},
    "third_party": [{"at": "10s", "segment": "x>b:ACK:seq=1:data=z"}],
    "figure": {"rows": [["1.", "left", "1", "right"], ["2.", "", "2", ""]], "symbols": {"Z": 1}},
    "expect": {"events": ["A SYN"], "never": ["B told *"], "end": ["A CLOSED"], "labels": ["A: 1 x"]},
    "until": "10s",
    "say": [{"when": "A SYN", "text": "x"}, {"at": "1s", "text": "y"}],
    "zh": {"title": "t", "say": ["x", "y"]},
    "variant": [{"name": "v", "answer": "a", "set": {"B.msl": "5s"}, "A": {"role": "r"}}],
}  # fmt: skip
"""A scenario with every kind of text that a file can have."""


def toml(value: Any, of: Any = None) -> str:
    """As an inline value; a text of JSON is one of TOML."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value).replace("\x7f", "\\u007f")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text in `value`, and of every key, which ends in None."""
    if isinstance(value, str):
        yield path
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        if isinstance(key, str):
            yield (*path, key, None)
        yield from places(item, (*path, key))


def changed(value: Any, path: tuple[Any, ...], insert: str) -> Any:
    """A copy of `value` with `insert` added to the text at `path`."""
    if not path:
        return f"{value}{insert}"
    key, *rest = path
    if rest == [None]:
        return {f"{name}{insert}" if name == key else name: item for name, item in value.items()}
    copy = value.copy()
    copy[key] = changed(value[key], tuple(rest), insert)
    return copy


def document(value: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {toml(item)}\n" for key, item in value.items())


PLACES = list(places(SCENARIO))


def run(arguments: list[str]) -> tuple[int, str]:
    """The command in this process: its exit status, and all that it wrote to a terminal."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), io.StringIO()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        status = cli.main(arguments)
    finally:
        sys.stdout, sys.stderr = before
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return status, out.buffer.getvalue().decode() + err.getvalue()


def harmless(text: str) -> bool:
    return all(map(is_printable, text.split("\n")))


def test_the_scenario_that_is_changed_can_be_played(tmp_path: Path) -> None:
    assert len(PLACES) > 80
    path = tmp_path / "s.toml"
    path.write_text(document(SCENARIO))
    for form in FORMATS.values():
        status, _ = run(
            ["play", str(path), "--format", form.name, *(["-o", str(tmp_path / "x")] * form.binary)]
        )
        assert status == (2 if form.name == "packetdrill" else 0), "a datagram is no part of a script"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("untrusted")


@given(st.sampled_from(PLACES), st.sampled_from(HARMFUL))
def test_no_text_of_a_scenario_reaches_the_terminal_as_it_is(
    folder: Path, place: tuple[Any, ...], insert: str
) -> None:
    path = folder / "s.toml"
    path.write_text(document(changed(SCENARIO, place, insert)))
    for form in FORMATS.values():
        if not form.binary:
            status, told = run(["play", str(path), "--format", form.name])
            assert status in (0, 2)
            assert harmless(told), (place, insert, form.name)


@pytest.mark.parametrize("insert", HARMFUL)
@pytest.mark.parametrize(
    "place",
    [
        ("figure", "rows", 0, 0),
        ("figure", "rows", 0, 1),
        ("figure", "rows", 0, 3),
        ("figure", "symbols", "Z", None),
    ],
)
def test_a_figure_is_made_of_printable_texts(place: tuple[Any, ...], insert: str) -> None:
    if insert == "\r":
        return  # White space, of which a line keeps a blank.
    with refused(BadScenario, match=r"figure\.(rows\[1\]|symbols): must have no control characters"):
        load_scenario(document(changed(SCENARIO, place, insert)), "s", "s.toml")


@pytest.mark.parametrize("insert", NAMES)
def test_no_argument_reaches_the_terminal_as_it_is(insert: str, tmp_path: Path) -> None:
    name = f"n{insert}"
    (tmp_path / f"{name}.pkt").write_text("0 close(3) = 0\n")
    (tmp_path / f"{name}.toml").write_text(f'title = "t"\nquestion = "q"\n"{json.dumps(insert)[1:-1]}" = 1\n')
    (tmp_path / name).mkdir()
    ladder = ["--format", "ladder"]
    for arguments in (
        [name], [f"--{name}"], ["list", name], ["rfc", name], ["profile", name],
        ["profile", "--set", f"{name}=1"], ["check", "-D", name, "x"],
        ["check", name], ["check", str(tmp_path)], ["check", str(tmp_path / name)],
        ["check", str(tmp_path / f"{name}.pkt")], ["check", "--profile", name, str(tmp_path)],
        ["play", name, *ladder], ["play", f"./{name}", *ladder], ["play", f"./{name}.pkt", *ladder],
        ["play", str(tmp_path / f"{name}.pkt"), *ladder], ["play", str(tmp_path / f"{name}.toml"), *ladder],
        ["play", "life", "--moves", name, *ladder], ["play", "life", "--moves", f"a:send:x:{name}", *ladder],
        ["play", "life", "--moves", f"x>b:{name}:seq=1", *ladder],
        ["play", "life", "--set", f"A.{name}=1", *ladder],
        ["play", "life", "--format", name], ["play", "life", "--at", name],
        ["play", "life", *ladder, "-o", f"/nonexistent/{name}"],
        ["play", "life", *ladder, "-o", str(tmp_path / name)],
    ):  # fmt: skip
        status, told = run(arguments)
        assert status in (0, 1, 2, 3), arguments
        assert harmless(told), (arguments, told)


@pytest.mark.parametrize("insert", NAMES)
def test_no_script_reaches_the_terminal_as_it_is(insert: str, tmp_path: Path) -> None:
    path = tmp_path / "s.pkt"
    for script in (
        f"// {insert}\n0 `{insert}`\n+0 close(3) = -1 EBADF\n", f"0 {insert}\n", f"0 {insert}(3) = 0\n",
        f'0 write(3, "{insert}", 1) = 1\n', f"--{insert}=1\n0 close(3) = -1\n",
        f"// profile: {insert}\n0 close(3) = -1 EBADF\n",
    ):  # fmt: skip
        path.write_text(script, newline="")
        for arguments in (["check"], ["check", "-D", "a=b"], ["play", "--format", "ladder"]):
            _, told = run([*arguments, str(path)])
            assert harmless(told), (script, told)


@pytest.mark.parametrize("insert", HARMFUL)
def test_a_story_on_the_screen_is_made_of_printable_texts(insert: str, tmp_path: Path) -> None:
    """Its name is that of a file, and a script's lines are shown as they stand there."""
    file = insert.replace("\0", "")
    line = f"0 `true{insert}` // x{insert}\n".replace("\r", "")
    scenario = script_scenario(line, f"{file}.pkt", file)
    peer = scenario.hosts[1]
    assert isinstance(peer, PeerSetup)
    assert len(peer.lines) == 1
    assert all(map(is_printable, (scenario.name, scenario.title, *peer.lines)))
    (tmp_path / f"x{file}.toml").write_text(document(SCENARIO))
    assert is_printable(library.find(str(tmp_path / f"x{file}.toml")).name)


def test_an_argument_that_is_no_utf_8_is_told_in_one_line() -> None:
    for arguments, says in (
        (["play", "life", "--moves", b"a:send:\xff", "--format", "ladder"],
         rb"tcptui: move 'a:send:\udcff': is no UTF-8 text; write an octet as in %FF"),
        (["play", "life", "--set", b"\xff=1", "--format", "ladder"], rb"tcptui: '\udcff': is not a knob"),
        ([b"\xff"], rb"invalid choice: '\udcff'"),
        (["play", b"\xff", "--format", "ladder"], rb"tcptui: no scenario '\udcff'"),
    ):  # fmt: skip
        result = subprocess.run(
            [*COMMAND, *arguments], env=ENVIRONMENT, capture_output=True, timeout=60, check=False
        )
        assert (result.returncode, result.stdout, result.stderr.count(b"\n")) == (2, b"", 1)
        assert says in result.stderr


# Texts of all languages are shown as they are.


@pytest.mark.parametrize(
    "title", ["Grüße, 你好, שלום, 한국어", "👨‍👩‍👧 calls", "می‌خواهم", "e\u0301 \u2764\ufe0f"]
)
def test_a_title_can_have_any_letters_joiners_among_them(title: str, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(f'title = "{title}"\nquestion = "q"\n', "utf-8")
    result = tcptui("play", str(path), "--format", "ladder")
    assert (result.returncode, result.stderr, result.stdout.splitlines()[0]) == (0, "", title)


def test_what_is_escaped_can_be_read() -> None:
    assert printable("a\x1b[31m\u202e\udcff\U000e0067ü") == r"a\x1b[31m\u202e\udcff\U000e0067ü"


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_escaped_is_printable(text: str) -> None:
    assert is_printable(printable(text))
    assert printable(printable(text)) == printable(text)


# What is written where nothing can be written.


@pytest.mark.parametrize("arguments", ["--version", "--help", "play --help", "list", "rfc", "profile"])
def test_output_that_can_not_be_written_is_told(arguments: str) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [*COMMAND, *arguments.split()], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT,
            encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
    assert (result.returncode, result.stderr) == (2, "tcptui: can't write: No space left on device\n")


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&1 | true", "2>&-", "2>&1 >/dev/full"])
@pytest.mark.parametrize("arguments", ["foo", "play nothing --format ladder", "check /nonexistent"])
def test_an_error_that_can_not_be_told_has_its_status(arguments: str, where: str) -> None:
    line = f"{sys.executable} -m tcptui {arguments} {where}; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", line], env=ENVIRONMENT, capture_output=True, timeout=60, check=False
    )
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
