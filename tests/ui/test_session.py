"""Long work in slices: no slice holds the loop, keys are answered in between, and Escape stops it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from textual.events import Key

from tcptui import library
from tcptui.core.profile.presets import FREEBSD
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.scenario import Scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import MOST_STEPS_TO_END, SLICE, Session
from tcptui.ui.typed import call_error
from tests.lab.worlds import scenario

LONGEST_HOLD = 0.020
LONG = 100_000
FAR = 3 * INTERVAL
"""A position to which a walk takes as many moves as one can: the checkpoint that it starts from lies INTERVAL
moves before it."""


def endless() -> Scenario:
    """A connection that sends keepalives until after all that is played here."""
    scenario = library.find("handshake")
    a, b = scenario.hosts
    keep_alive = FREEBSD._replace(keep_alive_always=True)
    return scenario._replace(hosts=(a.with_profile(keep_alive), b.with_profile(keep_alive)), until=10**18)


class Clock:
    """Each look at it takes a millisecond: a move and a look, in a session."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def work_off(session: Session) -> list[float]:
    """Works until nothing is left; how long each slice took on the session's clock."""
    clock = session._clock
    assert isinstance(clock, Clock)
    slices = []
    while session.working:
        began = clock.now
        session.work()
        slices.append(clock.now - began)
    return slices


def test_what_is_asked_for_between_two_slices_of_a_walk_is_not_kept() -> None:
    """A screen is drawn between slices."""
    session = Session(endless(), f"s{FAR + 50}", clock=Clock())
    reference = History(endless())
    for _ in range(FAR - 1):
        reference.apply()
    session._go_to(FAR - 1)
    while session.working:
        session.work()
        session.history.transmissions()
    assert session.history.transmissions() == reference.transmissions()


def test_a_walk_that_is_stopped_is_at_a_position_with_the_move_before_it() -> None:
    session = Session(endless(), f"s{FAR + 50}", clock=Clock())
    session._go_to(FAR)
    while session.history.position < FAR - INTERVAL // 2:
        session.work()
    session.stop()
    history, position = session.history, session.history.position
    reference = History(endless())
    for _ in range(position):
        reference.apply()
    assert FAR - INTERVAL < position < FAR
    assert (history.before.now, history.world.now) == (reference.before.now, reference.world.now)
    assert history.before == reference.before


@pytest.mark.parametrize(
    ("begin", "moves"),
    [(Session.end, MOST_STEPS_TO_END), (lambda session: session.type_moves("s3000"), 3_000)],
    ids=["end", "moves"],
)
def test_long_work_is_made_in_slices(begin: Callable[[Session], None], moves: int) -> None:
    session = Session(endless(), clock=Clock())
    begin(session)
    assert session.working
    assert session.progress[1] == moves
    slices = work_off(session)
    assert session.history.position == moves
    assert max(slices) <= SLICE + 0.002 < LONGEST_HOLD
    assert len(slices) > moves / 12


def test_a_long_walk_through_the_history_is_made_in_slices() -> None:
    session = Session(endless(), f"s{FAR + 1}", clock=Clock())
    session.back()
    assert session.working
    work_off(session)
    assert session.history.position == FAR
    session.home()
    session.end()
    work_off(session)
    assert session.history.position == FAR + 1


def test_an_end_that_is_not_reached_is_told() -> None:
    session = Session(endless(), clock=lambda: 0.0)
    session.end()
    assert session.message == f"still going on after {MOST_STEPS_TO_END} steps"


def test_short_work_is_done_at_once() -> None:
    session = Session(library.find("life"), clock=lambda: 0.0)
    session.end()
    assert not session.working
    assert session.world.next_event() is None


def test_a_move_that_can_not_be_made_ends_the_work_where_it_is() -> None:
    session = Session(endless(), clock=Clock())
    session.type_moves("s50 l1 s50")
    work_off(session)
    assert session.history.position == 50
    assert session.message.startswith("#1 is forgotten")


def test_work_that_is_stopped_leaves_the_moves_that_were_made() -> None:
    session = Session(endless(), clock=Clock())
    session.end()
    done = session.history.position
    session.stop()
    assert not session.working
    assert 0 < done == session.history.position
    assert session.message == f"stopped after {done} of at most {MOST_STEPS_TO_END} moves"
    session.step()
    assert session.history.position == done + 1


def on_screen(
    keys: list[str], then: Callable[[TcptuiApp, Session], None] = lambda *_: None
) -> tuple[bool, int]:
    """Begins 100,000 moves and presses the keys; whether it still runs, and how many moves were made between
    two turns of the loop at most."""
    session = Session(endless())
    app = TcptuiApp(session, library.all_scenarios)
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            before = session.history.position
            await asyncio.sleep(0)
            most = max(most, session.history.position - before)

    async def run() -> bool:
        async with app.run_test(size=(80, 24)) as pilot:
            screen = app.screen
            assert isinstance(screen, RunScreen)
            screen._change(lambda: session.type_moves(f"s{LONG}"))
            assert session.working
            watcher = asyncio.create_task(watch())
            await pilot.pause(0.2)
            watcher.cancel()
            text = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
            assert f"of at most {LONG} moves made. Escape stops." in text
            for key in keys:  # Not by the pilot, which would wait for the work to be done.
                app.post_message(Key(key, None))
            await asyncio.sleep(0.2)
            then(app, session)
            return app.is_running

    return asyncio.run(run()), most


def cost_of_a_move() -> float:
    """The least time of the processor that one takes of many that are made at once, in seconds."""
    session = Session(endless(), clock=lambda: 0.0)
    costs = []
    for _ in range(10):
        began = time.thread_time()
        session.type_moves("s200")
        costs.append((time.thread_time() - began) / 200)
    assert session.history.position == 2_000
    return min(costs)


def test_the_loop_is_held_no_longer_than_twenty_milliseconds() -> None:
    """By the number of moves: on a busy machine a slice takes longer, and makes fewer."""
    _, most = on_screen(["escape"])
    assert 0 < most * cost_of_a_move() < LONGEST_HOLD


def test_escape_stops_and_the_screen_says_where() -> None:
    def then(app: TcptuiApp, session: Session) -> None:
        assert not session.working
        assert 0 < session.history.position < LONG
        assert session.message.startswith("stopped after")

    assert on_screen(["escape"], then)[0]


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_it_can_be_left_in_the_middle(key: str) -> None:
    assert not on_screen([key])[0]


def test_other_keys_take_their_turn_and_escape_gives_them_up() -> None:
    def then(app: TcptuiApp, session: Session) -> None:
        screen = app.screen
        assert isinstance(screen, RunScreen)
        assert (session.working, len(screen._waiting)) == (True, 3)
        screen.action_stop()
        assert (session.working, screen._waiting) == (False, [])

    assert on_screen(["b", "home", "space"], then)[0]


def test_keys_behind_short_work_are_answered_in_their_order() -> None:
    """The clock of the session makes every piece of work a long one."""
    session = Session(library.find("life"), clock=Clock())
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            for key in ("end", "b", "b", "home", "space", "space"):
                await pilot.press(key)
            while session.working:
                await pilot.pause(0.01)
            await pilot.pause()

    asyncio.run(run())
    assert session.history.position == 2


def test_the_connections_of_an_end_are_gone_through_and_the_choice_is_the_readers() -> None:
    session = Session(library.find("handshake"), "b:close s2 a:close s2 b:listen")
    before = session.world.key()
    assert session.world.host("B").connection == 2
    seen = []
    for _ in range(3):
        session.show_next_connection("B")
        seen.append(session.chosen("B"))
    assert seen == [1, 0, 1], "0: the one that stands for the end, here 2"
    assert (session.chosen("A"), session.message) == (0, "")
    assert session.world.key() == before
    session.show_next_connection("A")
    assert session.message == "A has no other connection to be shown"


def test_a_program_that_still_waits_is_told_when_nothing_more_happens() -> None:
    session = Session(
        scenario(
            'A.script = [{ call = "connect" }]\nB.script = [{ call = "listen" }, '
            '{ call = "close", when = "received 35" }]'
        ),
        clock=lambda: 0.0,
    )
    session.end()
    assert session.message == ""
    session.step()
    assert session.message == (
        "nothing more will happen by itself. B's program still waits with close(): received 35 (0 so far)."
    )


def test_a_call_to_a_socket_that_is_typed_is_checked_before_it_is_made() -> None:
    assert call_error("send(s, 'hello')") == ""
    assert call_error("send(s)").startswith("send(s): write send(s, 'text')")
