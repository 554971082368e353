"""The HTML page as a document: what is told stands in it, nothing of a story is more than text, and it is
small."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tcptui import library
from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.explain.filled import answer_text
from tcptui.formats.html_page import moments
from tcptui.formats.html_page.moments import END_HEIGHT, END_WIDTH, WIDTHS
from tcptui.formats.html_page.table import STYLES
from tcptui.formats.html_page.writer import MOST_OCTETS, MOST_STEPS, write
from tcptui.formats.registry import export
from tcptui.formats.replayed import moments_of, told_of
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.history import History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import NEXT, Do, Lose, Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.printable import printable
from tcptui.ui.palette import LEAST_CONTRAST, contrast, luminance
from tcptui.view.cells import cell_len
from tcptui.view.inspectors.fields import header_of
from tcptui.view.ladder import Ladder, draw_ladder
from tcptui.view.ladder_rows import RunRows
from tcptui.view.ladder_window import Window, window_at_end
from tcptui.view.palette import GROUNDS, PALETTES, PaletteName
from tests.formats.random_runs import random_run
from tests.lab.worlds import OPEN, scenario
from tests.messages import refused
from tests.skips import unavailable

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
        self.ladder = ladder_of(text)
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


def ladder_of(text: str) -> list[str]:
    """The rows of the ladder in a page."""
    found = re.search('<pre id="ladder"[^>]*>(.*?)</pre>', text, re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", row)) for row in found[1].split("\n")[:-1]] if found else []


def page(run: Record) -> Document:
    document = Document(write(run, "wire"))
    assert document.open == []
    return document


def entries_of(data: Any, name: str) -> list[list[int]]:
    """What stands on the rows there after each step."""
    before: list[int] = []
    found = []
    for step in data["steps"]:
        rows: list[int] = []
        for one in step[name]:
            rows += before[len(rows) : len(rows) - one] if one < 0 else [one]
        found.append(rows)
        before = rows
    return found


def rows_of(document: Document, name: str) -> list[list[str]]:
    """The texts of the rows that were drawn there after each step."""
    data = document.data
    table, ladder = data["table"], document.ladder
    return [[line_text(table[place], ladder) for place in rows] for rows in entries_of(data, name)]


def line_text(entry: Any, ladder: list[str]) -> str:
    """The text of a line of the table."""
    if isinstance(entry, int):
        return ladder[entry]
    text = ""
    for part in entry:
        text += text[-1] * (part - 1) if isinstance(part, int) else part[1:]
    return text


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
    document = page(run)
    data = document.data
    assert len(data["steps"]) == len(run.reports) + 1
    for side in "AB":
        for rows in rows_of(document, side):
            assert len(rows) == END_HEIGHT
            assert {cell_len(row) for row in rows} == {END_WIDTH}
    for kind, width in zip(("wide", "narrow"), WIDTHS, strict=True):
        ladders = rows_of(document, kind)
        assert all(cell_len(row) == width for rows in ladders for row in rows)
        assert [*map(len, ladders)] == [*map(len, entries_of(data, "rows"))]
        assert all(f"#{one.number} " in "".join(ladders[-1]) for one in run.transmissions)
    assert len(data["segments"]) == len(run.transmissions)
    assert tuple(data["styles"]) == STYLES


def test_the_header_has_all_bits_and_the_octets() -> None:
    run = play(library.load_named("handshake"))
    data = page(run).data
    table, syn = data["table"], data["segments"][0]
    assert table[syn["title"]] == "#1 SYN  A → B"
    words = [table[word] for word in syn["words"]]
    assert {sum(box[0] for box in word) for word in words} == {32}
    bits = [box for word in words for box in word if box[0] == 1]
    assert "".join(table[box[1]] for box in bits) == "······S·"
    assert table[bits[6][2]] == "SYN is set"
    assert len(bytes.fromhex(syn["octets"])) == 4 * len(syn["words"])
    purposes = [(table[text], table[purpose]) for word in syn["fields"] for text, purpose in table[word]]
    header = header_of(run.transmissions[0], raw=False)
    fields = [field for place in header.places if (field := header.field(place)) is not None]
    assert purposes == [(field.texts[0], say(field.purpose)) for field in fields]


def test_of_a_long_segment_the_header_and_the_first_data_are_shown() -> None:
    run = play(scenario(OPEN), parse_moves(f"a:send:{'x' * 200}"))
    long = next(one for one in run.transmissions if isinstance(one.payload, Segment) and one.payload.data)
    shown = page(run).data["segments"][long.number - 1]
    assert shown["more"]
    assert bytes.fromhex(shown["octets"]).endswith(b"xxxx")


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
    with refused(
        Unsuitable, match=r"^a page holds at most 500 steps and 300 KB, and this run has 501 steps$"
    ):
        write(run, "wire")


def long_run(steps: int) -> Record:
    """A request every few steps, some of them while the one before is on its way, and some losses."""
    history = History(library.load_named("handshake"))
    moves: list[Move] = []
    for step in range(steps):
        move: Move = NEXT
        if step > 6 and step % 11 == 0:
            move = Do("A" if step % 2 else "B", "send", b"%d" % step)
        elif step % 29 == 0 and history.world.wire.transmissions:
            move = Lose(history.world.wire.transmissions[-1].number)
        elif history.world.next_event() is None:
            move = Do("A", "send", b"again")
        history.apply(move)
        moves.append(move)
    return play(history.scenario, moves)


def test_a_run_of_120_steps_has_room_and_one_of_300_is_refused() -> None:
    assert len(write(long_run(120), "wire").encode()) < MOST_OCTETS * 0.95
    told = r"^a page holds at most 500 steps and 300 KB, and this run of 3\d\d steps takes [3-9]\d\d KB$"
    with refused(Unsuitable, match=told):
        write(long_run(300), "wire")


def whole_ladders(run: Record, width: int) -> Iterator[list[str]]:
    """The ladder after each step, drawn whole."""
    for history in moments_of(run):
        now = history.world.now
        window = window_at_end(RunRows(history), now, 10_000)
        sockets = tuple(host.socket for host in run.scenario.hosts)
        raw = run.scenario.raw_numbers
        lines = draw_ladder(window, history.transmission, now, width, raw=raw, sockets=sockets).lines
        yield ["".join(printable(text) for text, _ in line) for line in lines]


@pytest.mark.parametrize("seed", range(1, 13))
def test_the_rows_that_are_not_drawn_again_are_those_that_stay(seed: int) -> None:
    run = play(*random_run(seed))
    document = page(run)
    for kind, width in zip(("wide", "narrow"), WIDTHS, strict=True):
        assert rows_of(document, kind) == [*whole_ladders(run, width)]


@pytest.mark.parametrize("name", ["life", "lost-syns", "user-timeout", "nobody-answers"])
def test_silence_and_folded_rows_of_a_page_are_those_of_the_whole_ladder(name: str) -> None:
    run = play(library.load_named(name))
    assert rows_of(page(run), "wide") == [*whole_ladders(run, WIDTHS[0])]


def test_a_step_draws_what_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not all that came before it."""
    drawn: list[int] = []

    def counted(window: Window, *rest: Any, **named: Any) -> Ladder:
        drawn.append(len(window.rows))
        return draw_ladder(window, *rest, **named)

    monkeypatch.setattr(moments, "draw_ladder", counted)
    document = page(long_run(120))
    assert len(document.ladder) > 100
    assert max(drawn) < 40


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
