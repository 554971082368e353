"""The table of formats: each entry can be written, and whoever names formats asks the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptui import cli, library
from tcptui.formats.registry import FORMATS, Format, export
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.trace.capture import Point
from tcptui.view.palette import PaletteName
from tests.messages import refused

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def run() -> Record:
    return play(library.find("handshake"))


WRITTEN = [form for form in FORMATS.values() if form.write is not None]


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.name)
def test_each_format_writes_what_its_entry_says(form: Format, run: Record) -> None:
    by_default = export(run, form.name)
    assert isinstance(by_default, bytes if form.binary else str)
    assert by_default
    for place, point in enumerate(form.points):
        assert (export(run, form.name, point) == by_default) == (place == 0)


def test_a_point_that_a_format_does_not_know_is_refused(run: Record) -> None:
    with refused(Unsuitable, match=r"^packetdrill at wire: it is taken at one of A, B$"):
        export(run, "packetdrill", "wire")
    with refused(Unsuitable, match=r"^ladder at A: "):
        export(run, "ladder", "A")


def test_a_picture_of_the_screen_is_no_run(run: Record) -> None:
    with refused(Unsuitable, match=r"^svg-screen shows a moment on the screen, and no whole run$"):
        export(run, "svg-screen")


def test_readme_lists_the_formats_of_the_table() -> None:
    rows = [f"| `{form.name}` | {form.summary} | {_points(form)} |" for form in FORMATS.values()]
    table = README.split("<!-- formats -->\n")[1].split("\n<!-- end -->")[0]
    assert table.splitlines()[2:] == rows
    assert set(re.findall(r"--format ([\w-]+)", README)) == set(FORMATS)


def _points(form: Format) -> str:
    return ", ".join(f"`--at {point}`" for point in form.points)


# A format that is added: one entry, and everybody knows it.


def octets(run: Record, point: Point, palette: PaletteName) -> bytes:
    return f"{run.scenario.name} {point}".encode()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FORMATS, "added", Format("added", "what a test adds", octets, ("B", "A"), binary=True)
    )


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize(("arguments", "content"), [((), b"life B"), (("--at", "A"), b"life A")])
def test_an_added_format_is_written(arguments: tuple[str, ...], content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert cli.main(["play", "life", "--format", "added", *arguments, "-o", str(path)]) == 0
    assert path.read_bytes() == content


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "other"], f"{[*FORMATS][-1]!r}, 'added'"),
        (
            ["-o", "x"],
            f"-o needs --format {', '.join(FORMATS)} or added",
        ),
        (["--at", "A"], "--at goes with --format wireshark, pcapng, packetdrill, tcpdump or added only"),
        (["--format", "added", "--at", "wire"], "--format added is taken at one of B, A"),
        (["--format", "added"], "--format added needs -o FILE"),
    ],
)
def test_the_errors_know_an_added_format(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["play", "life", *arguments]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.usefixtures("added")
def test_the_help_knows_an_added_format(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["play", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"{[*FORMATS][-2]},added}}" in told
    assert "added: what a test adds" in told
    assert "A for packetdrill, wire for tcpdump, B for added" in told
