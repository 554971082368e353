"""Pictures of cells: every sign in its column, in the colours of a palette, and nothing from a network."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.formats.cells_svg import cells_svg
from tcptui.formats.ladder import WIDTH, ladder_heading, ladder_lines
from tcptui.formats.registry import export
from tcptui.formats.signs import parts_of
from tcptui.lab.run import play
from tcptui.view.ladder import whole_window
from tcptui.view.lines import Line
from tcptui.view.palette import GROUNDS, PALETTES, PaletteName
from tests.formats.cells_picture import SVG, cells_of
from tests.lab.worlds import scenario

LINE: Line = (
    ("  ab  ", "plain"),
    ("c  d", "a"),
    (" 漢字▶──│ x  ", "lost"),
    ("in", "entered"),
    ("  ", "plain"),
)


def test_every_part_of_a_text_has_its_place() -> None:
    found = [*parts_of(" ab c  d漢字 e▶──│ x ")]
    assert found == [
        (1, "ab c", "words"), (7, "d漢字 e", "words"), (14, "▶", "sign"), (15, "──│", "lines"),
        (19, "x", "words"),
    ]  # fmt: skip


def test_signs_stand_in_their_cells() -> None:
    assert cells_of(cells_svg([LINE, (), LINE], 30, "t", "light")).splitlines() == [
        "  ab  c  d 漢字▶──│ x  in", "", "  ab  c  d 漢字▶──│ x  in",
    ]  # fmt: skip


@pytest.mark.parametrize("palette", GROUNDS)
def test_it_has_the_colours_of_the_palette(palette: PaletteName) -> None:
    root = ElementTree.fromstring(cells_svg([LINE], 30, "t", palette))
    ground, ink = GROUNDS[palette]
    colours = PALETTES[palette]
    fills = {text.text: text.attrib.get("fill", ink) for text in root.iter(f"{SVG}text")}
    assert fills["ab"] == ink
    assert fills["d"] == (colours.a or ink)
    is_reversed = palette in ("mono", "contrast")  # They tell what is lost without a colour too.
    assert fills["▶"] == (ground if is_reversed else colours.lost)
    assert fills["in"] == ground
    first, *behind = [rect.attrib["fill"] for rect in root.iter(f"{SVG}rect")]
    assert first == ground
    assert behind[-1] == (colours.changed or ink)


@pytest.mark.parametrize("name", ["late-syn", "udp", "syn-flood", "idle"])
def test_the_ladder_is_that_of_the_text(name: str) -> None:
    run = play(library.load_named(name))
    _, _, *rows = cells_of(str(export(run, "svg-ladder"))).splitlines()
    wanted = [
        *ladder_heading(run.scenario, WIDTH),
        *ladder_lines(run, whole_window(run.reports, run.first), WIDTH),
    ]
    assert rows == [line.rstrip() for line in wanted]


def test_no_text_is_more_than_text_and_nothing_is_fetched() -> None:
    hostile = '</title><script>"&\x1b\0\ud800]]>'
    svg = str(export(play(scenario()._replace(title=hostile)), "svg-ladder", palette="dark"))
    svg.encode()
    root = ElementTree.fromstring(svg)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {"svg", "title", "rect", "text"}
    assert root.findtext(f"{SVG}title") == '</title><script>"&\\x1b\\x00\\ud800]]>'
    assert re.findall(r"\w+://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search("url|href|style|class", svg)
