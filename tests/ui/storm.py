"""Random keys, mouse events and resizes, as a terminal would send them; the same for the same seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen

from tcptui import lecture, library
from tcptui.files import BadFile
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import ACTIONS
from tcptui.ui.app import TcptuiApp
from tcptui.ui.lecturing import Lecturing
from tcptui.ui.panes import kept
from tcptui.ui.panes.pane import FramedPane, Heading, Pane
from tcptui.ui.preferences import Preferences
from tcptui.ui.screens.pane_screen import PaneScreen
from tcptui.ui.session import Session

CHARACTERS = {
    "space": " ", "enter": "\r", "tab": "\t", "plus": "+", "equals_sign": "=", "minus": "-", "colon": ":",
    "question_mark": "?", "full_stop": ".", "comma": ",", "slash": "/", "asterisk": "*", "apostrophe": "'",
    "left_square_bracket": "[", "right_square_bracket": "]", "backslash": "\\", "backspace": "\x7f",
    "escape": "\x1b",
}  # fmt: skip
EDITING = (
    "enter", "escape", "up", "down", "left", "right", "tab", "backspace", "home", "end", "pagedown", "pageup",
    "ctrl+home", "ctrl+end", "ctrl+w", "shift+tab",
)  # fmt: skip
WORDS = (
    "s3",
    "s",
    "l1",
    "d2+200ms",
    "u1",
    "a:send:x",
    "x>b:SYN:seq=90",
    "step",
    "quit",
    "s300",
    "中文",
    "é",
    "lose:B:ACK:2",
    "duplicate:A:SYN:1",
    "a:s=socket()",
    "b:close(c)",
    "b:exit()",
    "box:firewall:drop=A+DATA",
    "box:nat:idle=1s",
    "x>b:SYN:seq=1:from=203.0.113.1:1024",
    "a:['s=socket()','connect(s)']",
    "b:{loop=['c=accept(s)','close(c)']}",
    "a:{call='send',size=9,when='readable'}",
    "a:read:2",
    "b:send+urgent:x",
)
OTHERS = (*"0123456789!$%&~^", "f2", "insert", "delete", "ctrl+a", "ctrl+l", "ctrl+underscore")
"""Keys that are nobody's, or of one screen."""
STEPS = tuple(key for action in ACTIONS for key in action.keys)
BURST = 12
"""So many events are sent, in the mean, before any of them is answered."""
SHARE_WAITED_FOR = 0.1
"""The share of bursts after which everything is answered and drawn before the next."""
SHARE_ANSWERED = 0.02
"""The share of bursts after which the terminal tells the colour of its ground."""


class StormApp(TcptuiApp):
    """An app that is not left: what would end it is counted. What it draws is written as for a terminal."""

    left = 0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.opened: set[str] = set()
        """The names of the screens that were on top, for however short a time: when a key is answered among
        others is not the same each time, nor what it meets."""

    def push_screen(self, screen: Any, *further: Any, **how: Any) -> Any:
        self.opened.add(type(screen).__name__)
        return super().push_screen(screen, *further, **how)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            renderable.render_segments(self.console)

    def exit(self, *arguments: object, **more: object) -> None:
        self.left += 1


def key(name: str) -> events.Key:
    return events.Key(name, CHARACTERS.get(name, name if len(name) == 1 else None))


def random_events(
    dice: random.Random, count: int, sizes: tuple[int, int] | None, often: Sequence[str] = ()
) -> Iterator[events.Event]:
    """`count` keys and, among them, mouse events and resizes; `sizes` None: no resizes. Some keys come more
    often than others."""
    while count > 0:
        kind = dice.random()
        if kind < 0.45:
            count -= 1
            yield key(dice.choice(often if often and dice.random() < 0.9 else STEPS))
        elif kind < 0.72:
            for _ in range(dice.choice((1, 1, 2, 3))):
                count -= 1
                yield key(dice.choice(EDITING))
        elif kind < 0.82:
            word = dice.choice(WORDS)
            count -= len(word)
            yield from map(key, word)
        elif kind < 0.84:
            count -= 1
            yield key(dice.choice(OTHERS))
        elif kind < 0.85:
            yield events.Paste(dice.choice(WORDS) * dice.choice((1, 100)))
        elif kind < 0.96 or sizes is None:
            yield from _mouse(dice)
        else:
            least = dice.choice(((1, 1), (80, 24), (80, 24)))
            for _ in range(dice.choice((1, 1, 1, 8))):  # An edge that is dragged.
                size = Size(dice.randint(least[0], sizes[0]), dice.randint(least[1], sizes[1]))
                yield events.Resize(size, size)


def _mouse(dice: random.Random) -> Iterator[events.Event]:
    """The wheel, a click or two, or something dragged, at places on the screen and beside it."""

    def at(x: int, y: int, button: int) -> dict[str, Any]:
        shift, meta, ctrl = (dice.random() < 0.1 for _ in range(3))
        return {
            "widget": None, "x": x, "y": y, "delta_x": 0, "delta_y": 0, "screen_x": x, "screen_y": y,
            "button": button, "shift": shift, "meta": meta, "ctrl": ctrl,
        }  # fmt: skip

    x, y = dice.randint(0, 130), dice.randint(0, 45)
    what = dice.random()
    if what < 0.3:
        wheel = dice.choice((events.MouseScrollDown, events.MouseScrollUp, events.MouseScrollLeft))
        for _ in range(dice.choice((1, 3, 10))):
            yield wheel(**at(x, y, 0))
    elif what < 0.4:
        yield events.MouseMove(**at(x, y, 0))
    elif what < 0.5:
        yield events.MouseDown(**at(x, y, 1))
        for _ in range(4):
            x, y = x + dice.randint(-9, 9), max(0, y + dice.randint(-3, 3))
            yield events.MouseMove(**at(max(0, x), y, 1))
        yield events.MouseUp(**at(max(0, x), y, 1))
    else:
        button = dice.choice((1, 1, 1, 2, 3))
        for _ in range(dice.choice((1, 1, 2))):
            yield events.MouseDown(**at(x, y, button))
            yield events.MouseUp(**at(x, y, button))


class SomeFiles:
    """Of which some are there, and some can't be written."""

    def check(self, name: str) -> None:
        if not name:
            raise BadFile("error.file.no_name", name=name)

    def exists(self, name: str) -> bool:
        return len(name) % 2 == 0

    def write(self, name: str, octets: bytes) -> None:
        if len(name) % 3 == 0:
            raise BadFile("error.file.unwritable", name=name, why="No space left on device")


def any_story(dice: random.Random) -> Scenario:
    """A scenario of the library, or a variant of one."""
    scenario = library.find(dice.choice(library.names()))
    names = ("", *(variant.name for variant in scenario.variants))
    return scenario_of_variant(scenario, dice.choice(names))


def storm(
    seed: int, keys: int, size: tuple[int, int], sizes: tuple[int, int] | None, often: Sequence[str] = ()
) -> set[str]:
    """Sends so many keys to the app, then leaves it; the names of the screens that it had."""
    dice = random.Random(seed)
    session = Session(any_story(dice)) if seed % 3 else None
    lecturing = None
    if seed % 5 == 1:
        lecturing = Lecturing(lecture.find("first-lesson"), lambda: 20.0 * dice.random())
        session = lecturing.open()
    # Of some the list plays its stories while keys come: nothing has been played for it.
    stories = library.Library() if seed % 3 == 0 else library.SHIPPED
    app = StormApp(
        session, stories.all_scenarios, files=SomeFiles(),
        preferences=Preferences(ascii_only=seed % 4 == 3, may_ask=seed % 2 == 0), lecturing=lecturing,
    )  # fmt: skip

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            burst: list[events.Event] = []
            for event in random_events(dice, keys, sizes, often):
                burst.append(event)
                if dice.random() < 1 / BURST:
                    _send(app, burst)
                    burst = []
                    for _ in range(dice.choice((1, 10, 100))):
                        await asyncio.sleep(0)
                    if dice.random() < SHARE_WAITED_FOR:
                        await pilot._wait_for_screen()
                    _check(app, seed)
                    if dice.random() < SHARE_ANSWERED:
                        app.ground_is(dice.choice(((0, 0, 0), (255, 255, 255), (120, 120, 120))))
            _send(app, burst)
            await pilot.pause()
            _check(app, seed)
            await _leave(app, pilot)

    asyncio.run(run())
    return app.opened


def _send(app: TcptuiApp, burst: list[events.Event]) -> None:
    driver = app._driver
    assert driver is not None
    for event in burst:
        if isinstance(event, events.Resize):
            driver._size = (event.size.width, event.size.height)
        driver.process_message(event)


def _check(app: TcptuiApp, seed: int) -> None:
    assert app._exception is None, seed
    assert len(app.screen_stack) < 12, [type(screen).__name__ for screen in app.screen_stack]
    if app.session is not None:
        history = app.session.history
        assert 0 <= history.position <= history.length
    if isinstance(app.screen, PaneScreen):
        for pane in app.screen.drawn:
            if pane.display:
                _check_kept(pane)


def _check_kept(pane: Pane) -> None:
    """What is kept of a pane, by whomever it was drawn, is what it would draw now."""
    key = pane._key()
    known, _ = kept._kept.get(key, (None, 0))
    if known is not None:
        assert known == pane._all_lines(), key
    known, _ = kept._kept.get(("cut", key), (None, 0))
    if known is not None:
        assert known == any("…" in text for line in pane._all_lines() for text, _ in line)
    if isinstance(pane, FramedPane):
        known, _ = kept._kept.get((Heading, key), (None, 0))
        assert known is None or known == pane.heading()


async def _leave(app: StormApp, pilot: Pilot[None]) -> None:
    """From wherever it is, Escape leads back, and q leaves."""
    size = Size(100, 30)
    _send(app, [events.Resize(size, size)])
    await pilot.pause(0.05)
    for _ in range(12):
        _send(app, [key("escape")])
        await pilot.pause()
    while app.message_queue_size:  # Of the storm and of these: what a key opens may take long.
        await pilot.pause(0.01)
    before = app.left
    _send(app, [key("q")])
    await pilot.pause()
    assert app.left > before, front(app.screen)


def front(screen: Screen[object]) -> str:
    return type(screen).__name__
