"""What an empty lab has: stacks, wire, sizes, programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.explain.catalogue import say
from tcptui.lab.free_play import LINK, NAME, SETTINGS, USUAL, Setting, chosen_of, empty_lab, words_of
from tcptui.library import story_of_lab
from tcptui.ui.replay import Origin
from tcptui.ui.screens.box import Box, Title, Words
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.ui.session import Session
from tcptui.view.cells import fill

_WIDTH = 22
"""Cells of a setting's name."""


def choose_lab(app: App[None], session: Session, made: Callable[[Session], None]) -> None:
    """Asks for the settings of an empty lab, and hands a run of it on. Those of the run that is shown stand
    there, if it is one."""

    def chosen(settings: Mapping[str, str] | None) -> None:
        if settings is not None:
            story = story_of_lab()
            scenario = empty_lab(settings, story.title, story.question)
            made(Session(scenario, origin=Origin(NAME, words_of(settings), command="lab")))

    is_lab = session.origin.command == "lab"
    app.push_screen(LabMenu(chosen_of(session.origin.options) if is_lab else USUAL), chosen)


class SettingsList(Options):
    """A click on a setting changes it: whoever wants to begin presses Enter."""

    class Clicked(Message):
        """A setting, which is the one under the cursor now."""

    def on_click(self, event: Click) -> None:
        event.prevent_default()
        number = event.style.meta.get("option")
        if number is not None and number < self.option_count:
            self.highlighted = number
            self.post_message(self.Clicked())


class LabMenu(Dialog["Mapping[str, str] | None"]):
    """One line for each setting; left and right change its value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "leave", "Close"),
        ("right,space", "turn(1)", "Next value"),
        ("left", "turn(-1)", "Previous value"),
    ]

    def __init__(self, chosen: Mapping[str, str]) -> None:
        super().__init__()
        self.chosen = dict(chosen)
        self._options = SettingsList(*map(self._option, SETTINGS))
        self._options.highlighted = 0

    def compose(self) -> ComposeResult:
        yield Box(Title(say("ui.lab.title")), self._options, Words(say("ui.lab.keys")), width=60)

    def on_mount(self) -> None:
        self._options.focus()

    def on_option_list_option_selected(self, _event: OptionList.OptionSelected) -> None:
        dismiss_once(self, self.chosen)

    def on_settings_list_clicked(self, _event: SettingsList.Clicked) -> None:
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        place = self._options.highlighted
        if place is None:
            return
        setting = SETTINGS[place]
        values, now = setting.values, self.chosen[setting.name]
        self.chosen[setting.name] = values[(values.index(now) + by) % len(values) if now in values else 0]
        self._options.replace_option_prompt_at_index(place, self._line(setting))

    def action_leave(self) -> None:
        dismiss_once(self, None)

    def _option(self, setting: Setting) -> Option:
        return Option(self._line(setting))

    def _line(self, setting: Setting) -> PlainText:
        what = say(f"ui.lab.{setting.what}")
        name = f"{setting.end}  {what}" if setting.end else f"   {what}"
        value = self.chosen[setting.name]
        return PlainText(f"{fill(name, _WIDTH)} ‹ {say('ui.lab.link') if value == LINK else value} ›")
