"""Everything that is told at one moment, whole: what has no room below the panes or in them is read here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.claims import claim_head, claim_text
from tcptui.explain.fate import fates
from tcptui.explain.labels import name_of
from tcptui.explain.why import why
from tcptui.lab.ends import ScriptLines
from tcptui.lab.wire import SIDES
from tcptui.named_tuple import NamedTuple
from tcptui.ui.screens.box import make_box, paint_box
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.plain_text import PlainText
from tcptui.ui.screens.scrolled import Scrolled
from tcptui.ui.session import Session
from tcptui.view.endpoint import FAILED
from tcptui.view.lines import MARK
from tcptui.view.subject import script_of


class Part(NamedTuple):
    """A heading, and the text below it."""

    heading: str
    text: str


_FATES = ("ui.header.sent_because", "ui.header.on_arrival")


def parts(session: Session) -> Iterator[Part]:
    """What is told at the moment of a session: the question, what happened and why, what the story says, and
    the scripts that are played."""
    history, world = session.history, session.world
    yield Part(say("ui.reader.question"), world.scenario.question)
    if history.report is not None:
        told = why(history.report, world, history.transmissions(), session.raw)
        source = f"\n{told.source}" if told.source else ""
        profile = f"  [{told.profile}]" if told.source and told.profile else ""
        yield Part(say("ui.reader.happened"), f"{told.text}{source}{profile}")
    one = session.selected
    if one is not None and one.number == session.selection:
        both = fates(one, history.report_of, history.scenario, session.at)
        for heading, fate in zip(_FATES, both, strict=True):
            text = paragraph(fate.messages, session.raw)
            yield Part(f"{name_of(one)}  {say(heading)}", f"{text}\n{fate.source}".strip())
    story = session.story
    if story.said:
        yield Part(say("ui.reader.said"), "\n".join(story.said))
    for claim in story.claims:
        yield Part(claim_head(claim), claim_text(claim))
    answer = story.answer or story.panel.answer
    if answer:
        yield Part(say("ui.reader.answer"), answer)
    for side in SIDES:
        script = script_of(world, side)
        if script is not None and not session.covered:
            yield Part(f"{side}  {say('ui.end.script')}", _script_text(script))


def _script_text(script: ScriptLines) -> str:
    lines = []
    for place, line in enumerate(script.lines):
        here = place == script.done and script.verdict is None
        lines.append(f"{FAILED if place == script.failed else MARK if here else ' '}{line}")
    if script.verdict is not None:
        lines += ["", text_of(script.verdict)]
    return "\n".join(lines)


class _Parts(Scrolled):
    """The texts one below the other, each under its heading, in a box."""

    def __init__(self, parts: list[Part]) -> None:
        super().__init__(id="box")
        make_box(self, 90)
        self._parts = parts

    def paint(self) -> None:
        super().paint()
        paint_box(self)

    def strips(self, width: int, style: Style) -> list[Strip]:
        heading = style + Style(bold=True)
        texts = (((part.heading, heading), (f"{part.text}\n", style)) for part in self._parts)
        return [
            strip
            for pair in texts
            for text, look in pair
            for strip in Visual.to_strips(self, PlainText(text), width, None, look)
        ]


class Reader(Dialog[None]):
    """All that is told, to be scrolled."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,e", "leave", "Close")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.parts = list(parts(session))

    def compose(self) -> ComposeResult:
        yield _Parts(self.parts)

    def action_leave(self) -> None:
        dismiss_once(self, None)
