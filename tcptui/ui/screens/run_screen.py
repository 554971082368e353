"""The screen of a run: A, the wire and B side by side, the sentence of why below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from tcptui.explain.numbers import duration_text
from tcptui.explain.why import why
from tcptui.explain.words import tr
from tcptui.lab.moves import Do
from tcptui.lab.program import TEXT_CALLS, CallName
from tcptui.lab.wire import SIDES, Side
from tcptui.ui.actions import ACTIONS, bindings, key_names
from tcptui.ui.panes.pane import Pane
from tcptui.ui.session import Session, moves_error
from tcptui.view.endpoint import endpoint_lines
from tcptui.view.ladder import Drawn, draw_ladder, quiet_changes, recent, states_before
from tcptui.view.layout import (
    Frame,
    Place,
    backdrop_lines,
    clock_place,
    frame_places,
    has_room_for_header,
    why_place,
)
from tcptui.view.lines import Line, Span, Style, fit, line_width, shorten, wrap
from tcptui.view.status import clock_line, why_lines

FRAMES_PER_SECOND = 15
"""How often a playing run is drawn."""


class RunScreen(Screen[None]):
    """One session. The session holds all there is to know; this shows it and hands keys on to it."""

    # Few widgets, each on a place of its own: Textual looks at every widget of the screen for each frame.
    DEFAULT_CSS = """
    RunScreen {
        layers: under over;
        Pane { layer: over; position: absolute; }
        #backdrop { layer: under; width: 100%; height: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *(action.id for action in ACTIONS if action.id not in ("palette", "scenarios", "quit"))
    )

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._header: bool | None = None
        """Whether the reader wants the header; None: where there is room."""
        self._ladder_numbers: list[int] = []
        self._drawn: Drawn = {}
        self._arranged_for = (0, 0)
        self._ticking: Timer | None = None
        """The next frame of a playing run; there is never more than one."""
        self._backdrop = Pane(self._backdrop_lines, id="backdrop")
        self._panes = {
            "a": Pane(self._endpoint("A"), id="a"),
            "wire": Pane(self._wire, id="wire"),
            "header": Pane(self._header_lines, id="header"),
            "b": Pane(self._endpoint("B"), id="b"),
            "clock": Pane(self._clock, id="clock"),
            "why": Pane(self._why, id="why"),
        }

    def compose(self) -> ComposeResult:
        self._arrange(*self.app.size)
        yield self._backdrop
        yield from self._panes.values()

    def open(self, session: Session) -> None:
        """Shows another session from now on."""
        self.session = session
        self._drawn.clear()
        self._arrange(*self.size)
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        if event.size != self._arranged_for:
            self._arrange(*event.size)

    def show(self) -> None:
        """Draws what has changed."""
        changed: list[Region] = []
        for pane in self._panes.values():
            if pane.display:
                changed += pane.update()
        if changed:
            # Of the screen, not of each pane: five widgets that wake up take longer than one.
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing: the backdrop covers the whole screen."""
        return [Strip.blank(crop.width)] * crop.height

    # What the panes show.

    def _backdrop_lines(self, width: int, height: int) -> list[Line]:
        scenario = self.session.history.scenario
        a, b = scenario.hosts
        a_to_b, b_to_a = (duration_text(delay) for delay in scenario.delays)
        both = tr("{span} each way").format(span=a_to_b)
        ways = both if a_to_b == b_to_a else f"→ {a_to_b}  ← {b_to_a}"
        words: dict[str, tuple[str, str, Style]] = {
            "a": (f"A  {a.role}", str(a.socket), "a"),
            "b": (f"B  {b.role}", str(b.socket), "b"),
            "wire": (f"{tr('Wire')}  {ways}", "", "dim"),
            "header": (tr("Header"), "", "dim"),
        }
        places = frame_places(width, height, self._shows_header(width, height))
        frames = [Frame(place, *words[name]) for name, place in places.items()]
        room = width - clock_place(width).width
        title: Line = ((" tcptui ", "key"), (f" {shorten(scenario.title, room - 9)}", "title"))
        return backdrop_lines(frames, width, height, fit(title, room), self._keys(width))

    def _clock(self, width: int, _height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return [
            clock_line(
                session.world, width, at=session.at, step=history.position,
                branch=(history.branch, history.branches),
                speed=session.speed if session.playing else None,
            )
        ]  # fmt: skip

    def _endpoint(self, side: Side) -> Callable[[int, int], list[Line]]:
        def lines(width: int, height: int) -> list[Line]:
            session, history = self.session, self.session.history
            return endpoint_lines(
                history.moment, history.moment_before, side, width, height, at=session.at, raw=session.raw
            )

        return lines

    def _wire(self, width: int, height: int) -> list[Line]:
        session, record = self.session, self.session.history.record
        world, chosen = session.world, session.selected
        number = chosen.number if chosen is not None else 0
        transmissions = recent(session.history.transmissions(), height, number)
        ladder = draw_ladder(
            transmissions, session.at, width, height, raw=session.raw, selected=number,
            ends=world.states, first=states_before(transmissions, record),
            changes=quiet_changes({side: record.of(side).states for side in SIDES}, transmissions),
            drawn=self._drawn,
        )  # fmt: skip
        self._ladder_numbers = ladder.numbers
        return ladder.lines

    def _header_lines(self, width: int, height: int) -> list[Line]:
        # Not before it is wanted.
        from tcptui.view.header import header_lines
        from tcptui.view.label_lines import label_lines

        session = self.session
        transmission = session.selected
        labels = (
            label_lines(transmission, session.history.transmissions(), session.world.now, width)
            if transmission
            else []
        )
        return header_lines(transmission, width, height, raw=session.raw, labels=labels)

    def _why(self, width: int, _height: int) -> list[Line]:
        session = self.session
        if session.message:
            message = session.message[:1].upper() + session.message[1:]
            text = wrap(message if message.endswith((".", "?", "!")) else f"{message}.", width - 2)[:2]
            return [fit(((f" {line}", "error"),), width) for line in text]
        history = session.history
        return why_lines(why(history.report, session.world, history.transmissions(), session.raw), width)

    def _keys(self, width: int) -> Line:
        spans: list[Span] = []
        for action in ACTIONS:
            if action.brief:
                spans += [(f" {key_names(action)[0]}", "key"), (f" {tr(action.label)} ", "dim")]
        if line_width(tuple(spans)) > width:
            spans = [(text.rstrip(), style) for text, style in spans]
        return fit(tuple(spans), width)

    # Actions.

    def action_step(self) -> None:
        self.session.playing = False
        self.session.step()
        self.show()

    def action_forward(self) -> None:
        self.session.playing = False
        self.session.forward()
        self.show()

    def action_back(self) -> None:
        self.session.back()
        self.show()

    def action_home(self) -> None:
        self.session.home()
        self.show()

    def action_end(self) -> None:
        self.session.end()
        self.show()

    def action_play(self) -> None:
        self.session.toggle_playing()
        if self.session.playing:
            self._tick_later()
        self.show()

    def action_faster(self) -> None:
        self.session.change_speed(1)
        self.show()

    def action_slower(self) -> None:
        self.session.change_speed(-1)
        self.show()

    def action_up(self) -> None:
        self.session.select(-1)
        self.show()

    def action_down(self) -> None:
        self.session.select(1)
        self.show()

    def action_lose(self) -> None:
        self._tamper("lose")

    def action_delay(self) -> None:
        self._tamper("delay")

    def action_duplicate(self) -> None:
        self._tamper("duplicate")

    def action_reorder(self) -> None:
        self._tamper("reorder")

    def action_numbers(self) -> None:
        self.session.raw = not self.session.raw
        self.session.message = ""
        self.show()

    def action_branch(self) -> None:
        self.session.switch_branch()
        self.show()

    def action_inspector(self) -> None:
        self._header = not self._shows_header(*self.size)
        self.session.message = ""
        self._arrange(*self.size)
        self.refresh()

    def action_call_a(self) -> None:
        self._choose_call("A")

    def action_call_b(self) -> None:
        self._choose_call("B")

    # Dialogs are imported when they open: the first frame does not wait for them.

    def action_moves(self) -> None:
        from tcptui.ui.screens.dialogs import Prompt

        self._pause()

        def made(text: str | None) -> None:
            if text:
                self.session.type_moves(text)
            self.show()

        told = self.session.history.text() or tr("none yet")
        hint = "s5 l2 d4+200ms u3 r1 w20ms a:send:hello x>b:SYN:seq=90"
        prompt = Prompt(tr("Moves so far: {moves}").format(moves=told), hint, check=moves_error)
        self.app.push_screen(prompt, made)

    def action_help(self) -> None:
        from tcptui.ui.screens.dialogs import HelpScreen

        self._pause()
        self.app.push_screen(HelpScreen())

    def on_pane_clicked(self, event: Pane.Clicked) -> None:
        if event.pane.id == "wire" and event.line < len(self._ladder_numbers):
            number = self._ladder_numbers[event.line]
            if number:
                self.session.select_number(number)
                self.show()

    # Inside.

    def _tamper(self, action: Literal["lose", "delay", "duplicate", "reorder"]) -> None:
        self.session.tamper(action)
        self.show()

    def _pause(self) -> None:
        """Before something opens above the run."""
        self.session.playing = False
        self.session.message = ""
        self.show()

    def _choose_call(self, side: Side) -> None:
        from tcptui.ui.screens.dialogs import CallMenu, Prompt

        self._pause()
        host = self.session.world.end(side)
        if not host.possible_calls:
            self.session.message = tr("{side} is a script and has no program that calls").format(side=side)
            self.show()
            return

        def chosen(call: CallName | None) -> None:
            if call in TEXT_CALLS:
                self.app.push_screen(
                    Prompt(tr("What does {side} send?").format(side=side), tr("a text"), value="hello"),
                    lambda text: self._call(side, call, text),
                )
            elif call is not None:
                self._call(side, call, "")

        self.app.push_screen(CallMenu(side, host.state, host.possible_calls), chosen)

    def _call(self, side: Side, call: CallName, text: str | None) -> None:
        if call not in TEXT_CALLS or text:
            self.session.apply(Do(side, call, (text or "").encode()))
        self.show()

    def _tick_later(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self.set_timer(1 / FRAMES_PER_SECOND, self._tick)

    def _tick(self) -> None:
        if not self.session.playing:
            return
        self.session.tick(1 / FRAMES_PER_SECOND)
        if self.session.playing:
            self._tick_later()
        if self.is_current:
            self.show()

    def _shows_header(self, width: int, height: int) -> bool:
        """Where there is room for it, unless the reader has said otherwise."""
        return has_room_for_header(width, height) if self._header is None else self._header

    def _arrange(self, width: int, height: int) -> None:
        """Gives every pane its place, and has it draw itself there."""
        self._arranged_for = (width, height)
        frames = frame_places(width, height, self._shows_header(width, height))
        places = {name: place.inside for name, place in frames.items()}
        places |= {"clock": clock_place(width), "why": why_place(width, height)}
        self._backdrop.fill(Place(0, 0, width, height))
        for name, pane in self._panes.items():
            pane.display = name in places
            if name in places:
                place = places[name]
                pane.styles.offset = (place.x, place.y)
                pane.styles.width, pane.styles.height = place.width, place.height
                pane.fill(place)
