"""The document: what is told of each step as plain HTML, the ladder and both ends as they are at the end, and
the data and the script with which a reader steps through them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tcptui import __version__
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.claims import claim_head, claim_text
from tcptui.explain.filled import answer_text, claims_now, said_now
from tcptui.explain.marks import marks, state_mark
from tcptui.explain.numbers import duration_text, time_text
from tcptui.formats.html_page.moments import Moments
from tcptui.formats.html_page.table import DRAWN, STYLES, html_line
from tcptui.formats.replayed import moments_of, told_now
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.history import History
from tcptui.lab.moves_text import moves_text
from tcptui.lab.record import Record
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES
from tcptui.printable import printable
from tcptui.view.lines import Line
from tcptui.view.palette import PaletteName, css_rules, document_palette

if TYPE_CHECKING:
    from tcptui.trace.capture import Point


def _file(name: str) -> str:
    return files("tcptui.formats.html_page").joinpath(name).read_text("utf-8")


_SCRIPT, _RULES = _file("steps.js"), _file("steps.css")
"""Read when this module is: a process of a served session can open no file later."""
MOST_STEPS = 500
"""Of a page: a longer run is refused before anything of it is written."""
MOST_OCTETS = 300_000
"""Of a page, in UTF-8: with more it is no document that anybody would send."""
_CONTROLS = (
    ("home", "ui.label.home", "Home"), ("back", "ui.label.back", "b"), ("step", "ui.label.step", "space"),
    ("end", "ui.label.end", "End"), ("play", "ui.label.play", "p"), ("question", "ui.reader.answer", "Q"),
)  # fmt: skip
"""The actions that have a button, what stands on it, and their keys."""


def write(run: Record, _point: Point) -> str:
    """The format ``html`` of `registry`."""
    count, most = len(run.reports), MOST_OCTETS // 1_000
    if count > MOST_STEPS:
        raise Unsuitable("error.format.page", steps=MOST_STEPS, most=most, count=count)
    steps: list[str] = []
    moments: Moments | None = None
    history: History | None = None
    for history in moments_of(run):
        moments = moments or Moments(history)
        moments.add()
        steps += _step(history, count)
    assert moments is not None
    assert history is not None
    style = _style()
    parts = [*_head(run.scenario, _SCRIPT, style), *_body(run, moments, steps)]
    moments.table.in_document(moments.drawn("wide"))
    data = json.dumps(_data(moments), ensure_ascii=False, separators=(",", ":"))
    parts.append(f'<script type="application/json" id="moments">{_in_script(data)}</script>')
    parts += [f"<script>{_SCRIPT}</script>", "</body>", "</html>"]
    page = "".join(f"{part}\n" for part in parts)
    octets = len(page.encode())
    if octets > MOST_OCTETS:
        size = -(-octets // 1_000)
        raise Unsuitable("error.format.page_size", steps=MOST_STEPS, most=most, count=count, size=size)
    return page


def _data(moments: Moments) -> dict[str, Any]:
    return {
        "styles": STYLES,
        "drawn": DRAWN,
        "segments": moments.segments(),
        "steps": moments.steps,
        "table": moments.table.entries,
    }


def _in_script(data: str) -> str:
    """JSON that can't end its element, begin a comment in it, or be another text for JavaScript."""
    for sign in "<>&\u2028\u2029":
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    return data


def _style() -> str:
    """The rules of the page, and the colours of the palettes for a light and for a dark ground."""
    light, dark = _colours("light"), _colours("dark")
    on_dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    return f":root {{ {light} }}\n{on_dark}\n{css_rules()}\n{_RULES}"


def _colours(name: PaletteName) -> str:
    colours = document_palette(name)._asdict()
    return "".join(f"--{field}: {colour}; " for field, colour in colours.items()).rstrip()


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _head(scenario: Scenario, script: str, style: str) -> Iterator[str]:
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'"
    )
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f'<meta name="generator" content="tcptui {__version__}">'
    yield f"<title>{_safe(scenario.title)}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"


def _body(run: Record, moments: Moments, steps: list[str]) -> Iterator[str]:
    scenario = run.scenario
    language = _language(scenario)
    yield "<body>"
    yield "<header>"
    yield f"<h1{language}>{_safe(scenario.title)}</h1>"
    yield f'<p id="asked"{language}>{_safe(scenario.question)}</p>'
    if run.moved:
        yield f'<p class="dim">{_safe(say("page.moves", moves=moves_text(run.moves)))}</p>'
    yield "</header>"
    yield "<main>"
    yield from _controls(len(run.reports))
    yield f'<section id="now" aria-labelledby="now-title" hidden><h2 id="now-title">{_said("happened")}</h2>'
    yield '<div id="told" aria-live="polite" aria-atomic="true"></div></section>'
    yield '<div id="panes">'
    yield from _end(moments, 0)
    yield from _wire(scenario, moments)
    yield from _end(moments, 1)
    yield '<section id="segment" aria-labelledby="segment-title" hidden>'
    yield f'<h2 id="segment-title">{_safe(say("ui.header"))}</h2>'
    yield f'<div id="header" data-purposes="{_safe(say("page.purposes"))}"></div></section>'
    yield "</div>"
    yield f'<details id="all" open><summary><h2>{_safe(say("page.steps"))}</h2></summary>'
    yield '<ol id="steps">'
    yield from steps
    yield "</ol></details>"
    answer = answer_text(scenario)
    if answer:
        ends = "" if run.moved else ' data-at-end="true"'
        yield f'<section id="answer"{ends} aria-labelledby="answer-title" aria-live="polite">'
        yield f'<h2 id="answer-title">{_said("answer")}</h2><p{language}>{_safe(answer)}</p></section>'
    yield "</main>"
    yield f'<footer><p id="keys" hidden>{_safe(say("page.keys"))}</p>'
    yield f'<p class="dim">tcptui {__version__}</p></footer>'


def _language(scenario: Scenario) -> str:
    """The attribute for texts of the story, where they are in another language than the program's."""
    known = {one.language for one in scenario.translations}
    return f' lang="{escape(scenario.language)}"' if scenario.language in known else ""


def _controls(last: int) -> Iterator[str]:
    yield f'<nav id="controls" aria-label="{_safe(say("page.controls"))}" hidden>'
    for action, label, key in _CONTROLS:
        sign = f'<kbd aria-hidden="true">{key}</kbd>'
        yield f'<button type="button" id="{action}">{_safe(say(label))} {sign}</button>'
    name = _safe(say("ui.step"))
    yield f'<input type="range" id="place" aria-label="{name}" min="0" max="{last}" value="0" step="1">'
    yield '<output id="count" for="place"></output>'
    yield "</nav>"


def _end(moments: Moments, place: int) -> Iterator[str]:
    side = SIDES[place]
    title, address = moments.headings()[place]
    name = side.lower()
    yield f'<section class="end" id="{name}" aria-labelledby="{name}-title">'
    yield f'<h2 id="{name}-title" class="{name}">{_safe(title)}</h2>'
    yield f'<pre id="{name}-pane">{_rows(moments.drawn(side))}</pre>'
    yield f'<p id="{name}-address" class="{name}">{_safe(address)}</p></section>'


def _wire(scenario: Scenario, moments: Moments) -> Iterator[str]:
    a_to_b, b_to_a = (duration_text(delay) for delay in scenario.delays)
    ways = say("ui.each_way", span=a_to_b) if a_to_b == b_to_a else f"→ {a_to_b}  ← {b_to_a}"
    yield '<section id="wire" aria-labelledby="wire-title">'
    yield f'<h2 id="wire-title">{_safe(say("ui.wire"))}  <span class="dim">{_safe(ways)}</span></h2>'
    name = _safe(say("page.ladder"))
    yield f'<div id="scroll" tabindex="0" role="group" aria-label="{_safe(say("ui.wire"))}">'
    rows = _rows(moments.drawn("wide"), of_picture=True)
    yield f'<pre id="ladder" role="img" aria-label="{name}">{rows}</pre></div>'
    yield '<p id="next" class="dim"></p></section>'


def _rows(lines: Sequence[Line], *, of_picture: bool = False) -> str:
    hidden = ' aria-hidden="true"' if of_picture else ""
    return "".join(f"<span{hidden}>{html_line(line, of_picture=of_picture)}</span>\n" for line in lines)


def _step(history: History, count: int) -> Iterator[str]:
    """What is told of the last step."""
    told, report, step = told_now(history), history.report, history.position
    heading = say("page.step", step=step, count=count, time=time_text(history.world.now).strip())
    language = _language(history.scenario)
    yield f'<li id="step-{step}"><h3><a href="#step-{step}">{_safe(heading)}</a></h3>'
    if report is None:
        yield f"<p>{_safe(say('page.begin'))}</p></li>"
        return
    narration = history.narration
    if narration is not None:
        for text in said_now(narration, history.world):
            yield f'<p class="said"{language}>{_safe(text)}</p>'
        for claim in claims_now(narration, history.world):
            head = f'<b class="claim">{_safe(claim_head(claim))}</b>'
            yield f"<p{language}>{head} {_safe(claim_text(claim))}</p>"
    yield f'<p class="what">{_safe(told.what)}</p>'
    effect = _effects(history)
    if effect:
        yield f'<p class="effect dim">{_safe(say("text.between_items").join(effect))}</p>'
    source = f"{told.source}  [{told.profile}]" if told.profile else told.source
    cite = f' <cite class="rule">{_safe(source)}</cite>' if source else ""
    if told.why or cite:
        yield f'<p class="why">{_safe(told.why)}{cite}</p>'
    yield "</li>"


def _effects(history: History) -> list[str]:
    """What the last step changed, the state of its end first."""
    report, raw = history.report, history.scenario.raw_numbers
    assert report is not None
    changed = [text_of(one, raw) for one in marks(report, history.before, history.world)]
    state = state_mark(report, history.before, history.world)
    first = [] if state is None else [text_of(state[0], raw)]
    return [*first, *(one for one in changed if one not in first)]


def _said(what: str) -> str:
    return _safe(say(f"ui.reader.{what}"))


def _safe(text: str) -> str:
    return escape(printable(text))
