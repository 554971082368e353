"""A whole run into a file, in any of the formats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.formats.registry import FORMATS, Format, export
from tcptui.lab.scenario import Scenario
from tcptui.named_tuple import NamedTuple
from tcptui.trace.capture import Point
from tcptui.ui.screens.box import Box, Fault, Title
from tcptui.ui.screens.dialogs import LineDialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.ui.screens.typed_line import TypedLine
from tcptui.view.palette import PaletteName

_MEANT = {
    "pcap": "pcapng", **{form.ending: form.name for form in reversed(FORMATS.values())}, "txt": "",
}  # fmt: skip
"""The formats that the ending of a name tells: of several that share one the first."""


class Files(Protocol):
    """What may be written to. Names are as a reader types them."""

    def check(self, name: str) -> None:
        """Raises MessageError: no file can have that name."""

    def exists(self, name: str) -> bool:
        """Whether something is there already."""

    def write(self, name: str, octets: bytes) -> None:
        """Puts that into the file, in the place of what was there. Raises MessageError."""


class Choice(NamedTuple):
    """A format, and where it is taken, if that makes a difference."""

    form: Format
    point: Point | None

    @property
    def text(self) -> str:
        """What a list shows."""
        at = "" if self.point is None else say("ui.save.at", point=self.point)
        return f"{self.form.name:<12}{at:<9}{self.form.summary}"

    def file_name(self, scenario: str) -> str:
        """A name for the file of a scenario."""
        at = "" if self.point in (None, "wire") else f"-{self.point}"
        name, ending = self.form.name, self.form.ending
        kind = f".{name}" if _MEANT[ending] != name else ""
        return f"{scenario}{at}{kind}.{ending}"


class OnScreen(NamedTuple):
    """What the reader sees, and how it came to that."""

    scenario: Scenario
    moves: str
    """Up to here."""
    palette: PaletteName
    picture: Callable[[], str]
    """Draws the screen as it is seen."""


class Saved(NamedTuple):
    """What has been written."""

    name: str
    """Of the file."""
    choice: Choice


def format_meant(name: str) -> str:
    """The format that a file's name tells, as ``x.pkt`` and ``x.rfc.txt`` do; empty if it tells none."""
    _, *kinds = name.lower().split(".")
    kind, ending = ["", *kinds][-2:] if kinds else ("", "")
    if kind in FORMATS and FORMATS[kind].ending == ending:
        return kind
    return _MEANT.get(ending, "")


def choices() -> Iterator[Choice]:
    """Every format at each of its points."""
    for form in FORMATS.values():
        for point in form.points or (None,):
            yield Choice(form, point)


def exported(seen: OnScreen, choice: Choice) -> bytes:
    """What is to be written: the whole run, as `tcptui play --format` writes it, or what is seen. Raises
    MessageError."""
    if choice.form.write is None:
        return seen.picture().encode()
    from tcptui.lab.moves_text import parse_moves
    from tcptui.lab.run import play

    run = play(seen.scenario, parse_moves(seen.moves))
    content = export(run, choice.form.name, choice.point, seen.palette)
    return content.encode() if isinstance(content, str) else content


class Save(LineDialog["Saved | None"]):
    """Chooses a format and types the name of a file. It gives the name of what has been written, and the
    format: that which the name tells as soon as it is typed, unless another is chosen after that.

    The run is played in a thread of its own, for one of ten thousand steps takes longer than a frame.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "Close"),
        ("down", "move('cursor_down')", "Next"),
        ("up", "move('cursor_up')", "Previous"),
    ]

    def __init__(self, seen: OnScreen, files: Files, chosen: Choice | None = None) -> None:
        """`chosen` is the format to begin with."""
        self._seen, self._files = seen, files
        self._choices = list(choices())
        here = 0 if chosen is None else self._choices.index(chosen)
        self._proposed = self._choices[here].file_name(seen.scenario.name)
        self._asked = ""
        """The name for which it was asked whether what is there may go."""
        self._writing = False
        super().__init__(TypedLine(self._proposed))
        lines = (Option(PlainText(choice.text)) for choice in self._choices)
        self._options = Options(*lines, highest="60vh", in_one_line=True)
        self._options.can_focus = False
        self._options.highlighted = here

    def compose(self) -> ComposeResult:
        yield Box(Title(say("ui.save.title")), self._options, self.line, Fault(), width=80)

    def action_move(self, how: str) -> None:
        getattr(self._options, f"action_{how}")()
        self._propose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._propose()

    def _propose(self) -> None:
        """The name for the chosen format, unless another has been typed."""
        proposed = self._choice.file_name(self._seen.scenario.name)
        if self.line.value == self._proposed:
            self.line.value = proposed
            self.line.action_select_all()  # What is typed takes its place.
        self._proposed = proposed

    def on_input_changed(self) -> None:
        meant = format_meant(self.line.value)
        if meant and self._choice.form.name != meant:
            self._options.highlighted = next(
                place for place, one in enumerate(self._choices) if one.form.name == meant
            )

    @property
    def _choice(self) -> Choice:
        return self._choices[self._options.highlighted or 0]

    async def on_input_submitted(self) -> None:
        name = self.line.value
        if self._writing:
            return
        try:
            self._files.check(name)
        except MessageError as error:
            self._tell(text_of(error.message))
            return
        if name != self._asked and self._files.exists(name):
            self._asked = name
            self._tell(say("ui.save.exists", name=name))
            return
        self._writing = True
        self._tell("")
        self.run_worker(self._write(name, self._choice))

    async def _write(self, name: str, choice: Choice) -> None:
        try:
            octets = await asyncio.to_thread(exported, self._seen, choice)
            await asyncio.to_thread(self._files.write, name, octets)
        except MessageError as error:
            self._writing = False
            self._tell(text_of(error.message))
        else:
            dismiss_once(self, Saved(name, choice))

    def _tell(self, error: str) -> None:
        """Nothing, where the dialog has been left meanwhile."""
        for line in self.query("#error").results(Fault):
            line.update(Content(error))
