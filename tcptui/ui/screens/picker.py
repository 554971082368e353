"""The list of scenarios to choose from."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tcptui.explain.catalogue import say
from tcptui.lab.scenario import Scenario
from tcptui.library import Listed
from tcptui.ui.palette import WIDGETS
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.view.cells import fill


class Picker(Screen["Scenario | None"]):
    """All scenarios by chapter, and the question of the one under the cursor."""

    DEFAULT_CSS = f"""
    Picker {{ {WIDGETS}
        &:ansi {{ background: $background; color: $foreground; }}
        #title, #picker-keys {{ height: 1; }}
        #title {{ text-style: bold; }}
        #picker-keys {{ color: $text-muted; }}
        #question {{ height: 3; padding: 0 1; border-top: solid $foreground; }}
        OptionList, OptionList:focus {{ height: 1fr; border: none; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "Back"),
        ("space", "choose", "Play"),
        ("question_mark,f1", "help", "Help"),
    ]

    def __init__(self, scenarios: list[Listed], *, can_leave: bool = True) -> None:
        """`can_leave`: there is something to go back to."""
        super().__init__()
        self._scenarios = scenarios
        self._can_leave = can_leave

    def compose(self) -> ComposeResult:
        yield Static(Content(f" tcptui  {say('ui.picker.title')}"), id="title")
        yield Options(*self._options())
        yield Static("", id="question")
        keys = say("ui.picker.keys" if self._can_leave else "ui.picker.keys_of_first")
        yield Static(Content(f" {keys}"), id="picker-keys")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 1

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None:
            self.query_one("#question", Static).update(Content(self._question(event.option_id)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            dismiss_once(self, self._of(event.option_id))

    def action_choose(self) -> None:
        self.query_one(OptionList).action_select()

    def action_leave(self) -> None:
        """Back to the run; without one nothing, for Escape is a key that is pressed once too often."""
        if self._can_leave:
            dismiss_once(self, None)

    def action_help(self) -> None:
        from tcptui.ui.screens.dialogs import HelpScreen

        self.app.push_screen(HelpScreen())

    def _question(self, option: str) -> str:
        index, _, place = option.partition(".")
        return self._of(option).question if place else self._scenarios[int(index)].question

    def _of(self, option: str) -> Scenario:
        """The story or the variant of an option: its place in the list, and the variant's, from 1."""
        index, _, place = option.partition(".")
        scenario = self._scenarios[int(index)].load()
        if not place:
            return scenario
        from tcptui.lab.loader import scenario_of_variant

        return scenario_of_variant(scenario, scenario.variants[int(place) - 1].name)

    def _options(self) -> list[Option]:
        options = []
        chapter = None
        width = max((cell_len(scenario.name) for scenario in self._scenarios), default=0)
        for index, scenario in enumerate(self._scenarios):
            if scenario.chapter != chapter:
                chapter = scenario.chapter
                options.append(Option(Content(f" {chapter}"), disabled=True))
            options.append(
                Option(Content(f"   {fill(scenario.name, width)}  {scenario.title}"), id=str(index))
            )
            options += [
                Option(Content(f"   {'':{width}}    {name}"), id=f"{index}.{place}")
                for place, name in enumerate(scenario.variants, 1)
            ]
        return options
