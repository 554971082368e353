"""The HTML page as a document: what is told stands in it, nothing of a story is more than text, and it is
small."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.explain.filled import answer_text
from tcptui.formats.html_page.moments import END_HEIGHT, END_WIDTH, WIDTHS
from tcptui.formats.html_page.table import STYLES
from tcptui.formats.html_page.writer import MOST_STEPS, write
from tcptui.formats.registry import export
from tcptui.formats.replayed import told_of
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.ui.palette import LEAST_CONTRAST, contrast, luminance
from tcptui.view.cells import cell_len
from tcptui.view.palette import GROUNDS, PALETTES, PaletteName
from tests.formats.random_runs import random_run
from tests.lab.worlds import OPEN, scenario
from tests.messages import refused
from tests.skips import unavailable

MOST_OCTETS = 300_000
LARGEST = (("slow-start", "the timeout"), ("growing-window", "no restart"), ("window-limited", ""))
CHECKERS = Path(__file__).parent / "page_checkers"
VOID = {"meta", "input", "br"}


class Document(HTMLParser):
    """What a page has: elements, their texts, attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        """Of scripts and styles."""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw.append((self.elements[-1][1], data))
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def data(self) -> Any:
        return json.loads(next(text for attributes, text in self.raw if "type" in attributes))


def page(run: Record) -> Document:
    document = Document(write(run, "wire"))
    assert document.open == []
    return document


def rows_of(data: Any, name: str) -> list[list[str]]:
    """The texts of the rows that were drawn there after each step."""
    before: list[int] = []
    found = []
    for step in data["steps"]:
        same, *rest = step[name]
        before = before[:same] + rest
        found.append(["".join(span[1:] for span in data["table"][place]) for place in before])
    return found


@pytest.mark.parametrize(("name", "variant"), LARGEST)
def test_the_largest_of_the_library_are_small_enough(name: str, variant: str) -> None:
    story = library.load_named(name)
    run = play(scenario_of_variant(story, variant) if variant else story)
    assert len(write(run, "wire").encode()) < MOST_OCTETS * 3 / 4


@pytest.mark.parametrize("name", ["handshake", "udp", "reboot", "late-syn", "nat", "urgent"])
def test_all_that_is_told_is_in_the_document(name: str) -> None:
    run = play(library.load_named(name))
    document = page(run)
    scenario = run.scenario
    assert scenario.title in document.text
    assert scenario.question in document.text
    assert answer_text(scenario) in document.text
    for _, told in told_of(run):
        assert told.what in document.text
        assert told.why in document.text
        assert told.source in document.text
    assert len([one for one in document.elements if one[0] == "li"]) == len(run.reports) + 1


@pytest.mark.parametrize("name", ["handshake", "udp", "syn-flood"])
def test_the_data_draw_both_ends_and_the_ladder_after_each_step(name: str) -> None:
    run = play(library.load_named(name))
    data = page(run).data
    assert len(data["steps"]) == len(run.reports) + 1
    for side in "AB":
        for rows in rows_of(data, side):
            assert len(rows) == END_HEIGHT
            assert {cell_len(row) for row in rows} == {END_WIDTH}
    for kind, width in zip(("wide", "narrow"), WIDTHS, strict=True):
        ladders = rows_of(data, kind)
        assert all(cell_len(row) == width for rows in ladders for row in rows)
        assert [len(rows) for rows in ladders] == [len(step["rows"]) for step in data["steps"]]
        assert all(f"#{one.number} " in "".join(ladders[-1]) for one in run.transmissions)
    assert len(data["segments"]) == len(run.transmissions)
    assert tuple(data["styles"]) == STYLES


def test_the_header_has_all_bits_and_the_octets() -> None:
    run = play(library.load_named("handshake"))
    data = page(run).data
    table, syn = data["table"], data["segments"][0]
    assert table[syn["title"]] == "#1 SYN  A → B"
    assert {sum(box[0] for box in word) for word in syn["words"]} == {32}
    bits = [box for word in syn["words"] for box in word if box[0] == 1]
    assert "".join(table[box[1]] for box in bits) == "······S·"
    assert table[bits[6][2]] == "SYN is set"
    assert len(bytes.fromhex(table[syn["octets"]])) == 4 * len(syn["words"])


def test_what_came_of_a_segment_is_told_when_it_has_come() -> None:
    run = play(library.load_named("handshake"))
    data = page(run).data
    told = [
        [[data["table"][place] for place in part] for part in step["fates"]["1"]]
        for step in data["steps"]
        if "1" in step["fates"]
    ]
    assert [part[0] for part in told[0]] == ["sent because", "on arrival"]
    assert told[0][1][1] == "in 50 ms"
    assert "LISTEN" in told[-1][1][1] or "SYN" in told[-1][1][1]
    assert len(told) == 2


HOSTILE = "</script><script>alert(1)</script><!--<script>&\"'\x1b\u2028\ud800"


HOSTILE_MOVES = "a:send:%3C/script%3E%3Cscript%3Ealert%283%29%3C/script%3E"


def hostile() -> Scenario:
    text = OPEN + '\n[[say]]\nwhen = "A DATA"\ntext = "</script><script>alert(2)</script>"\n'
    return scenario(text)._replace(title=HOSTILE, question=HOSTILE, answer=HOSTILE)


def test_no_text_of_a_story_is_more_than_text() -> None:
    run = play(hostile(), parse_moves(HOSTILE_MOVES))
    text = write(run, "wire")
    text.encode()
    document = page(run)
    scripts = [attributes for tag, attributes in document.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "moments"}, {}]
    assert "alert(1)" in document.text
    assert "alert(2)" in document.text
    assert not any("alert" in script for attributes, script in document.raw if not attributes)
    assert not re.search(
        "[<>&\u2028\u2029]", next(script for attributes, script in document.raw if attributes)
    )


def test_the_document_is_valid(tmp_path: Path) -> None:
    """No id is there twice, nothing stands where the HTML standard has no place for it."""
    node = shutil.which("node")
    program = CHECKERS / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    if node is None or not program.is_file():
        unavailable(f"html-validate is not installed: npm install --prefix {CHECKERS}")
    for name in ("handshake", "udp", "syn-flood"):
        (tmp_path / f"{name}.html").write_text(write(play(library.load_named(name)), "wire"), "utf-8")
    (tmp_path / "hostile.html").write_text(
        write(play(hostile(), parse_moves(HOSTILE_MOVES)), "wire"), "utf-8"
    )
    done = subprocess.run(
        [node, program, "--preset", "standard", *tmp_path.glob("*.html")],
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_nothing_but_its_own_script_and_style_may_run() -> None:
    document = page(play(library.load_named("handshake")))
    policy = next(
        one["content"] for _, one in document.elements if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    own = {
        "style-src" if tag == "style" else "script-src": sha256(text.encode()).digest()
        for tag, text in (
            ("style", next(text for attributes, text in document.raw if text.startswith(":root"))),
            ("script", next(text for _, text in document.raw if text.startswith('"use strict"'))),
        )
    }
    assert {name: f"'sha256-{b64encode(octets).decode()}'" for name, octets in own.items()} == {
        name: rules[name] for name in own
    }
    for tag, attributes in document.elements:
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "src")}, tag
        if "href" in attributes:
            assert (attributes["href"] or "").startswith("#")
    for _, text in document.raw:
        assert "http:" not in text
        assert "https:" not in text
        assert "url(" not in text


def test_it_reads_without_the_script() -> None:
    document = page(play(library.load_named("handshake")))
    ladder = next(place for place, one in enumerate(document.texts) if one == "  0.100 ")
    assert ladder
    hidden = [one["id"] for _, one in document.elements if "hidden" in one]
    assert set(hidden) == {"controls", "now", "segment", "keys"}
    assert ("details", {"id": "all", "open": None}) in document.elements


@pytest.mark.parametrize("name", GROUNDS)
def test_all_colours_can_be_read(name: PaletteName) -> None:
    def rgb(colour: str) -> tuple[int, int, int]:
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
        return red, green, blue

    ground, ink = map(rgb, GROUNDS[name])
    assert (luminance(ground) < 0.1) == (name in ("dark", "contrast"))
    for colour in (ink, *(rgb(colour) for colour in PALETTES[name]._replace(ground="") if colour)):
        assert contrast(colour, ground) >= LEAST_CONTRAST


def test_a_run_that_is_no_document_is_refused() -> None:
    run = play(scenario(OPEN), parse_moves("w1ms " * (MOST_STEPS + 1)))
    with refused(Unsuitable, match=r"^a page holds at most 500 steps, and this run has \d+$"):
        write(run, "wire")


@pytest.mark.parametrize("seed", range(1, 9))
def test_random_runs_are_documents(seed: int) -> None:
    story, moves = random_run(seed)
    run = play(story, moves)
    document = page(run)
    assert len(document.data["segments"]) == len(run.transmissions)
    assert len(document.data["steps"]) == len(run.reports) + 1
    for form in ("svg-ladder", "svg-states"):
        ElementTree.fromstring(str(export(run, form)))


def test_moves_of_the_reader_are_told_and_the_answer_waits_for_its_question() -> None:
    run = play(library.load_named("handshake"), parse_moves("s2 l1"))
    document = page(run)
    assert "Moves: s2 l1" in document.text
    answer = next(one for _, one in document.elements if one.get("id") == "answer")
    assert "data-at-end" not in answer
