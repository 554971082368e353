"""The screen of a run: A, the wire and B side by side, the sentence of why below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen

from tcptui.lab.application import POSSIBLE_CALLS, CallName
from tcptui.lab.moves import Do
from tcptui.lab.wire import Side
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.pane import Pane
from tcptui.ui.session import Session
from tcptui.view.endpoint import endpoint_lines
from tcptui.view.header import header_lines
from tcptui.view.ladder import draw_ladder, states_before
from tcptui.view.lines import Line, Span, fit, line_width, wrap
from tcptui.view.numbers import span
from tcptui.view.status import top_line, why_lines
from tcptui.view.why import why
from tcptui.view.words import tr

FRAMES_PER_SECOND = 15
"""How often a playing run is drawn."""
_WIDE, _HUGE = 110, 160
_TALL = 32
"""Rows from which on the header has room below the ladder."""


class RunScreen(Screen[None]):
    """One session. The session holds all there is to know; this shows it and hands keys on to it."""

    DEFAULT_CSS = """
    RunScreen {
        #top, #keys { height: 1; }
        #top { background: $surface; }
        #why { height: 2; }
        #panes { height: 1fr; }
        #a, #b { width: 20; border: round #e69f00; border-title-align: left; }
        #b { border: round #56b4e9; }
        #middle { width: 1fr; }
        #wire { height: 1fr; border: round $foreground 50%; }
        #header { height: 19; border: round $foreground 50%; display: none; }
        &.-wide { #a, #b { width: 30; } }
        &.-huge {
            #a, #b { width: 38; }
            #middle { layout: horizontal; }
            #wire { width: 1fr; }
            #header { width: 60; height: 1fr; }
        }
        &.-header #header { display: block; }
        &.-header.-short {
            #wire { display: none; }
            #header { height: 1fr; }
        }
    }
    """
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - typed in Screen
        (0, "-narrow"), (_WIDE, "-wide"), (_HUGE, "-huge"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.id, action.label, show=False, id=action.id)
        for action in ACTIONS
        if action.id not in ("palette", "scenarios", "quit")
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._header: bool | None = None
        """Whether the reader wants the header; None: where there is room."""
        self._ladder_numbers: list[int] = []
        self._panes: list[Pane] = []

    def compose(self) -> ComposeResult:
        self._panes = [
            Pane(self._top, id="top"),
            Pane(self._endpoint("A"), id="a"),
            Pane(self._wire, id="wire"),
            Pane(self._header_lines, id="header"),
            Pane(self._endpoint("B"), id="b"),
            Pane(self._why, id="why"),
            Pane(self._keys, id="keys"),
        ]
        top, a, wire, header, b, why_pane, keys = self._panes
        self._name_panes()
        yield top
        with Horizontal(id="panes"):
            yield a
            with Vertical(id="middle"):
                yield wire
                yield header
            yield b
        yield why_pane
        yield keys

    def open(self, session: Session) -> None:
        """Shows another session from now on."""
        self.session = session
        self._name_panes()
        self.show()

    def on_resize(self, _event: Resize) -> None:
        self._arrange()

    def show(self) -> None:
        """Draws what has changed."""
        for pane in self._panes:
            if pane.display:
                pane.update()

    # What the panes show.

    def _top(self, width: int, _height: int) -> list[Line]:
        session, history = self.session, self.session.history
        speed = f"{'▶' if session.playing else ''} x{session.speed:g}" if session.playing else ""
        branch = (history.branch, history.branches)
        return [
            top_line(session.world, width, at=session.at, step=history.position, branch=branch, speed=speed)
        ]

    def _endpoint(self, side: Side) -> Callable[[int, int], list[Line]]:
        def lines(width: int, height: int) -> list[Line]:
            session = self.session
            return endpoint_lines(
                session.world, session.history.before, side, width, height, at=session.at, raw=session.raw
            )

        return lines

    def _wire(self, width: int, height: int) -> list[Line]:
        session = self.session
        flights = session.history.flights()
        world = session.world
        ends = (world.host("A").state, world.host("B").state)
        chosen = session.selected
        ladder = draw_ladder(
            flights, session.at, width, height, raw=session.raw,
            selected=chosen.number if chosen is not None else 0,
            ends=ends, first=states_before(flights, world),
        )  # fmt: skip
        self._ladder_numbers = ladder.numbers
        return ladder.lines

    def _header_lines(self, width: int, height: int) -> list[Line]:
        return header_lines(self.session.selected, width, height, raw=self.session.raw)

    def _why(self, width: int, _height: int) -> list[Line]:
        session = self.session
        if session.message:
            text = wrap(session.message[:1].upper() + session.message[1:] + ".", width - 2)[:2]
            return [((f" {line}", "error"),) for line in text]
        history = session.history
        return why_lines(why(history.report, session.world, history.flights(), session.raw), width)

    def _keys(self, width: int, _height: int) -> list[Line]:
        spans: list[Span] = []
        for action in ACTIONS:
            if action.brief:
                spans += [(f" {key_names(action)[0]}", "key"), (f" {tr(action.label)} ", "dim")]
        if line_width(tuple(spans)) > width:
            spans = [span for pair in zip(spans[::2], spans[1::2], strict=True) for span in _tight(*pair)]
        return [fit(tuple(spans), width)]

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
        self.show()

    def action_branch(self) -> None:
        self.session.switch_branch()
        self.show()

    def action_inspector(self) -> None:
        self._header = not self.has_class("-header")
        self._arrange()
        self.call_after_refresh(self.show)

    def action_call_a(self) -> None:
        self._choose_call("A")

    def action_call_b(self) -> None:
        self._choose_call("B")

    # Dialogs are imported when they open: the first frame does not wait for them.

    def action_moves(self) -> None:
        from tcptui.ui.dialogs import Prompt

        def made(text: str | None) -> None:
            if text:
                self.session.type_moves(text)
            self.show()

        told = self.session.history.text() or tr("none yet")
        self.app.push_screen(
            Prompt(
                tr("Moves so far: {moves}").format(moves=told),
                "s5 l2 d4+200ms u3 r1 w20ms a:send:hello x>b:SYN:seq=90",
                "",
            ),
            made,
        )

    def action_help(self) -> None:
        from tcptui.ui.dialogs import HelpScreen

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

    def _choose_call(self, side: Side) -> None:
        from tcptui.ui.dialogs import CallMenu, Prompt

        self.session.playing = False
        state = self.session.world.host(side).state

        def chosen(call: CallName | None) -> None:
            if call == "send":
                self.app.push_screen(
                    Prompt(tr("What does {side} send?").format(side=side), tr("a text"), "hello"),
                    lambda text: self._call(side, "send", text),
                )
            elif call is not None:
                self._call(side, call, "")

        self.app.push_screen(CallMenu(side, state, POSSIBLE_CALLS[state]), chosen)

    def _call(self, side: Side, call: CallName, text: str | None) -> None:
        if call != "send" or text:
            self.session.apply(Do(side, call, (text or "").encode()))
        self.show()

    def _tick_later(self) -> None:
        self.set_timer(1 / FRAMES_PER_SECOND, self._tick)

    def _tick(self) -> None:
        if not self.session.playing:
            return
        self.session.tick(1 / FRAMES_PER_SECOND)
        if self.session.playing:
            self._tick_later()
        if self.is_current:
            self.show()

    def _name_panes(self) -> None:
        _top, a, wire, header, b, *_rest = self._panes
        scenario = self.session.history.scenario
        for pane, side, setup in zip((a, b), "AB", scenario.hosts, strict=True):
            pane.border_title = f"{side}  {setup.role}"
            pane.border_subtitle = str(setup.socket)
        a_to_b, b_to_a = (span(delay) for delay in scenario.delays)
        both = tr("{span} each way").format(span=a_to_b)
        wire.border_title = f"{tr('Wire')}  {both if a_to_b == b_to_a else f'→ {a_to_b}  ← {b_to_a}'}"
        header.border_title = tr("Header")

    def _arrange(self) -> None:
        """The header stands where there is room for it, unless the reader has said otherwise."""
        width, height = self.size
        roomy = width >= _HUGE or (width >= _WIDE and height >= _TALL)
        self.set_class(roomy if self._header is None else self._header, "-header")


def _tight(key: Span, label: Span) -> tuple[Span, Span]:
    return key, (label[0].rstrip(), label[1])
