"""The HTML page in a browser: keys, buttons, touch, and what those get who hear it or print it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui import library
from tcptui.explain.filled import answer_text
from tcptui.formats.html_page.moments import END_HEIGHT
from tcptui.formats.html_page.writer import write
from tcptui.formats.replayed import told_of
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tests.formats.chromium import PROGRAM, Page, chromium
from tests.formats.test_html_page import HOSTILE_MOVES, hostile
from tests.skips import unavailable
from tests.ui.drive import drive

STORIES = ("handshake", "reordered", "late-syn", "udp", "reboot", "both-close")
CHECKERS = Path(__file__).parent / "page_checkers"
PHONE = (390, 844)
SMALL_PHONE = (360, 640)
NARROWEST = (320, 640)
"""What WCAG 1.4.10 asks for."""
WORD = re.compile(r"[#\w][\w.,()'-]*")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if PROGRAM is None:
        unavailable("there is no Chromium here")
    with chromium(tmp_path_factory.mktemp("profile")) as found:
        yield found


def written(run: Record, folder: Path) -> Path:
    path = folder / f"{run.scenario.name}.html"
    path.write_text(write(run, "wire"), "utf-8")
    return path


def run_of(name: str) -> Record:
    return play(library.load_named(name))


def place(page: Page) -> int:
    return int(page.evaluate("document.getElementById('place').value"))


def no_trouble(page: Page) -> None:
    assert page.problems == []
    assert len(page.requests) == 1


@pytest.mark.parametrize("name", STORIES)
def test_every_step_shows_what_the_program_tells(name: str, page: Page, tmp_path: Path) -> None:
    run = run_of(name)
    page.open(written(run, tmp_path))
    assert place(page) == 0
    assert page.text("#asked") == run.scenario.question
    for number, (history, told) in enumerate(told_of(run), 1):
        page.press(" ")
        assert place(page) == number
        shown = page.text("#told")
        for sentence in (told.what, told.why, told.source):
            assert sentence in shown
        for side, state in zip("ab", history.world.states, strict=True):
            first = page.text(f"#{side}-pane > span:first-child")
            wanted = (state.value, "UDP UNCONN") if name == "udp" else state.value
            assert first.strip("▸ ").startswith(wanted)
        newest = history.world.wire.launched
        assert f"#{newest} " in page.text("#ladder") if newest else not page.text("#ladder")
    assert page.text("#next").startswith("nothing more")
    assert answer_text(run.scenario) in page.text("#answer")
    page.press(" ")
    assert place(page) == len(run.reports)
    no_trouble(page)


@pytest.mark.parametrize(
    ("name", "step"), [("handshake", 3), ("reordered", 9), ("late-syn", 20), ("udp", 13), ("both-close", 12)]
)
def test_it_shows_what_the_screen_shows(name: str, step: int, page: Page, tmp_path: Path) -> None:
    """At the same step: states, timers and queues, segments, sentences; each in the words of the other."""
    screen = drive(name, size=(200, 50), moves=f"s{step}")[0].text
    page.open(written(run_of(name), tmp_path), fragment=f"#{step}")
    for selector in ("#told p.what", "#told p.said", "#next"):
        assert " ".join(page.text(selector).split()) in " ".join(screen.split())
    for pane, left, right in (("a", 1, 43), ("b", 157, 199)):
        shown = {word for line in screen.split("\n") for word in WORD.findall(line[left:right])}
        words = WORD.findall(page.text(f"#{pane}-pane"))
        assert len(words) > 8
        assert {word for word in words if word not in shown} == set()
    wire = "\n".join(line[44:154] for line in screen.split("\n"))
    segments = set(re.findall(r"#\d+ (?:UDP|[A-Z]+(?:,[A-Z]+)*)", page.text("#ladder")))
    assert segments
    assert {one for one in segments if one not in wire} == set()
    assert page.text("#segment-title").split()[1] in wire


def test_keys_are_those_of_the_program(page: Page, tmp_path: Path) -> None:
    run = run_of("life")
    last = len(run.reports)
    page.open(written(run, tmp_path))
    keys = ("ArrowRight", " ", "b", "End", "ArrowLeft", "Home", "ArrowLeft", "ArrowRight")
    seen = []
    for key in keys:
        page.press(key)
        seen.append(place(page))
    assert seen == [1, 2, 1, last, last - 1, 0, 0, 1]
    page.press("End", "ArrowUp", "ArrowUp")
    newest = len(run.transmissions)
    assert f"#{newest - 2} " in page.text("#segment-title")
    assert page.evaluate("document.querySelector('#ladder .selected').dataset.number") == str(newest - 2)
    page.press("ArrowDown", "b")
    assert f"#{newest - 1} " in page.text("#segment-title")
    page.press("Escape")
    assert f"#{newest} " in page.text("#segment-title")
    page.press("Home", " ", " ")
    assert page.text("#header").count("on arrival: in 50 ms") == 1
    page.press(" ")
    page.press("ArrowUp")
    assert "on arrival: " in page.text("#header")
    assert "in 50 ms" not in page.text("#header")
    page.press("Home", "Q")
    assert answer_text(run.scenario) in page.text("#answer")
    page.press("Q")
    assert page.text("#answer") == ""
    no_trouble(page)


def test_buttons_slider_rows_and_links_do_it_too(page: Page, tmp_path: Path) -> None:
    run = run_of("life")
    last = len(run.reports)
    page.open(written(run, tmp_path))
    seen = []
    for button in ("step", "step", "back", "end", "back", "home"):
        page.click(f"#{button}")
        seen.append(place(page))
    assert seen == [1, 2, 1, last, last - 1, 0]
    page.press(" ")  # The click has left the focus where it was.
    assert place(page) == 1
    page.evaluate("document.getElementById('place').focus()")
    page.press("ArrowRight", "ArrowUp")
    assert place(page) == 3
    page.evaluate("document.activeElement.blur()")
    page.click("#end")
    page.click("#ladder > [data-number='2']")
    assert "#2 SYN,ACK" in page.text("#segment-title")
    page.click("#all summary")
    page.click("#step-5 a")
    assert place(page) == 5
    page.click("#question")
    assert answer_text(run.scenario) in page.text("#answer")
    page.click("#question")
    assert page.text("#answer") == ""
    page.click("#play")
    assert page.evaluate("document.getElementById('play').ariaPressed") == "true"
    page.click("#play")
    assert page.evaluate("document.getElementById('play').ariaPressed") == "false"
    no_trouble(page)


def test_a_swipe_is_a_step(page: Page, tmp_path: Path) -> None:
    page.open(written(run_of("handshake"), tmp_path), PHONE, touch=True)
    seen = []
    for by in (-120, -120, 120, -20):
        page.swipe(by)
        seen.append(place(page))
    assert seen == [1, 2, 1, 1]
    no_trouble(page)


SEEN = """(selector) => {
  const one = document.querySelector(selector);
  one.scrollIntoView({ block: "center", behavior: "instant" });
  const at = one.getBoundingClientRect();
  return at.y + at.height / 2;
}"""
"""Where the middle of an element stands, which the window is made to show."""
HISTORY = "new Promise((done) => setTimeout(() => done(location.pathname), 400))"
"""The page after longer than Chromium takes to go back by a swipe."""
PLACES = ("h1", "#asked", "#end", "#told .what", "#ladder", "#a-pane", "#b-pane", "#header td", "footer")


@pytest.mark.parametrize("place_of_touch", PLACES)
def test_a_swipe_does_not_leave_the_page(place_of_touch: str, page: Page, tmp_path: Path) -> None:
    path = written(run_of("handshake"), tmp_path)
    page.open(path, SMALL_PHONE, touch=True, fragment="#3")
    y = page.evaluate(f"({SEEN})({place_of_touch!r})")
    page.evaluate("addEventListener('pointercancel', () => { window.taken = true })")
    page.swipe(240, (60, y))
    assert page.evaluate(HISTORY) == str(path)
    assert place(page) == 2
    page.swipe(-240, (300, y))
    assert page.evaluate(HISTORY) == str(path)
    assert place(page) == 3
    assert not page.evaluate("window.taken"), "the browser has scrolled"
    no_trouble(page)


def test_a_swipe_on_a_ladder_that_is_too_wide_scrolls_it(page: Page, tmp_path: Path) -> None:
    path = written(run_of("handshake"), tmp_path)
    page.open(path, (240, 640), touch=True, fragment="#3")
    hidden = page.evaluate(HIDDEN_OF_LADDER)
    assert hidden > 40
    y = page.evaluate(f"({SEEN})('#ladder')")
    page.swipe(160, (40, y))
    assert page.evaluate(HISTORY) == str(path)
    assert page.evaluate("document.getElementById('scroll').scrollLeft") == 0
    page.swipe(-160, (200, y))
    page.evaluate(HISTORY)
    assert page.evaluate("document.getElementById('scroll').scrollLeft") == hidden
    assert place(page) == 3
    no_trouble(page)


def test_on_an_enlarged_page_a_swipe_moves_what_is_seen(page: Page, tmp_path: Path) -> None:
    path = written(run_of("handshake"), tmp_path)
    page.open(path, SMALL_PHONE, touch=True, fragment="#3")
    page.call("Input.synthesizePinchGesture", x=180, y=400, scaleFactor=2)
    page.swipe(-240, (300, 400))
    page.evaluate(HISTORY)
    assert page.evaluate("visualViewport.offsetLeft") > 100
    for _ in range(2):
        page.swipe(300, (30, 400))
        assert page.evaluate(HISTORY) == str(path)
    assert page.evaluate("visualViewport.offsetLeft") == 0
    assert place(page) == 3
    no_trouble(page)


@pytest.mark.parametrize("size", [(1280, 800), PHONE, (1920, 1080), (640, 400), NARROWEST])
def test_nothing_is_wider_than_the_window(size: tuple[int, int], page: Page, tmp_path: Path) -> None:
    """640x400 is what a window of 1280x800 has at 200 %, and 320 is what WCAG 1.4.10 asks for."""
    page.open(written(run_of("late-syn"), tmp_path), size, fragment="#20")
    assert place(page) == 20
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    if size[0] >= PHONE[0]:
        assert (
            page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.getElementById('scroll'))")
            <= 1
        )
    no_trouble(page)


def test_columns_stay_columns(page: Page, tmp_path: Path) -> None:
    """Every row of the ladder ends where all others end, whatever signs are on it."""
    page.open(written(run_of("late-syn"), tmp_path), fragment="#24")
    right = page.evaluate(RIGHT_EDGES)
    assert max(right) - min(right) <= 1


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(dark: bool, page: Page, tmp_path: Path) -> None:
    """A contrast of at least 4.5 to what is behind it (WCAG 2.2, 1.4.3)."""
    page.open(written(run_of("late-syn"), tmp_path), dark=dark, fragment="#20")
    page.press("ArrowUp")
    page.evaluate("document.getElementById('all').open = true")
    assert page.evaluate(CONTRASTS) >= 4.5


CUT = """[...document.querySelectorAll('#segment td, #told *, #all *')].filter((one) =>
  one.checkVisibility() && one.className !== 'heard' && one.scrollWidth > one.clientWidth + 1
  && getComputedStyle(one).display !== 'inline').map((one) => one.outerHTML)"""
VIOLATIONS = """axe.run().then((all) =>
  all.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]))"""
LINES_OF_PANE = """(() => {
  const pane = document.getElementById("a-pane");
  const lines = pane.getBoundingClientRect().height / parseFloat(getComputedStyle(pane).lineHeight);
  return [pane.children.length, Math.round(lines)];
})()"""
"""How many rows a pane has, and on how many lines of the window they stand."""
HIDDEN_OF_LADDER = "(one => one.scrollWidth - one.clientWidth)(document.getElementById('scroll'))"
RIGHT_EDGES = """[...document.querySelectorAll('#ladder > span')].map((row) => {
  const all = document.createRange();
  all.selectNodeContents(row);
  return all.getBoundingClientRect().right;
})"""
CONTRASTS = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const part = (value) => value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (one) => {
    const ground = getComputedStyle(one).backgroundColor;
    return rgb(ground)[3] === 0 ? behind(one.parentElement) : ground;
  };
  const seen = [...document.body.querySelectorAll('*')].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return Math.min(...seen.map((one) => {
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(rgb(behind(one)))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
})()"""


@pytest.mark.parametrize(("size", "dark"), [((1280, 800), False), (PHONE, True), (NARROWEST, False)])
@pytest.mark.parametrize(("name", "variant", "step"), [("late-syn", "", 24), ("both-open", "FreeBSD", 7)])
def test_axe_finds_nothing(
    name: str, variant: str, step: int, size: tuple[int, int], dark: bool, page: Page, tmp_path: Path
) -> None:
    """With all that is folded open, and a segment selected."""
    axe = CHECKERS / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        unavailable(f"axe is not installed: npm install --prefix {CHECKERS}")
    story = library.load_named(name)
    run = play(scenario_of_variant(story, variant) if variant else story)
    page.open(written(run, tmp_path), size, dark=dark, fragment=f"#{step}")
    page.press("ArrowUp")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.call("Runtime.evaluate", expression=axe.read_text("utf-8"))
    assert page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("size", [NARROWEST, SMALL_PHONE, (375, 667), PHONE])
def test_the_rows_of_panes_and_ladder_have_room_on_telephones(
    size: tuple[int, int], page: Page, tmp_path: Path
) -> None:
    run = play(scenario_of_variant(library.load_named("both-open"), "FreeBSD"))
    page.open(written(run, tmp_path), size, touch=True, fragment="#7")
    assert page.evaluate(HIDDEN_OF_LADDER) <= 1
    rows, lines = page.evaluate(LINES_OF_PANE)
    assert rows == lines == END_HEIGHT


def test_those_who_hear_it_get_all_of_it(page: Page, tmp_path: Path) -> None:
    run = run_of("handshake")
    page.open(written(run, tmp_path), fragment="#3")
    tree = page.tree()
    roles = [role for role, _ in tree]
    assert {"main", "banner", "navigation", "contentinfo", "slider", "button", "image"} <= set(roles)
    names = {name for role, name in tree if role == "heading"}
    assert {run.scenario.title, "What happened, and why", "A client", "All steps"} <= names
    assert not [role for role, name in tree if role in ("button", "slider", "image", "link") and not name]
    told = [told for _, told in told_of(run)][2]
    text = " ".join(name for role, name in tree if role == "StaticText")
    assert told.what in text
    assert "SYN is set" in text
    assert "ACK is set" in text
    assert not set(text) & set("─│╭╮╰╯▶◀▓█┊")
    live = page.evaluate("document.getElementById('told').ariaLive")
    assert live == "polite"
    value = page.evaluate("document.getElementById('place').ariaValueText")
    assert value == "Step 3 of 5, 0.150 s"
    order = []
    for _ in range(9):
        page.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert order[:8] == ["home", "back", "step", "end", "play", "question", "place", "A"]


def test_it_reads_and_prints_without_the_script(page: Page, tmp_path: Path) -> None:
    run = run_of("handshake")
    page.open(written(run, tmp_path), script=False)
    shown = page.text("body")
    for _, told in told_of(run):
        assert told.what in shown
        assert told.why in shown
    assert answer_text(run.scenario) in shown
    assert all(f"#{one.number} " in page.text("#ladder") for one in run.transmissions)
    assert page.text("#controls") == page.text("#now") == page.text("#segment") == ""


def test_a_print_of_any_step_has_the_whole_run(page: Page, tmp_path: Path) -> None:
    run = run_of("handshake")
    page.open(written(run, tmp_path), dark=True, fragment="#1")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = page.text("body")
    assert all(told.what in shown for _, told in told_of(run))
    assert f"#{len(run.transmissions)} " in page.text("#ladder")
    assert shown.index(answer_text(run.scenario)) > shown.index([*told_of(run)][-1][1].what)
    assert page.text("#controls") == ""
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.call("Emulation.setEmulatedMedia", media="")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert place(page) == 1


def test_a_hostile_story_runs_nothing(page: Page, tmp_path: Path) -> None:
    story: Scenario = hostile()
    page.open(written(play(story, parse_moves(HOSTILE_MOVES)), tmp_path))
    page.press("End", "Q")
    page.click("#all summary")
    assert "</script><script>alert(1)</script>" in page.text("h1")
    assert "</script><script>alert(2)</script>" in page.text("#all")
    assert "alert" in page.text("#answer")
    no_trouble(page)
