"""Scenarios and worlds that the tests of lab, formats and view begin with. Nothing here judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tcptui.core.packet.segment import Segment
from tcptui.core.tcp.stack import Stack
from tcptui.lab.connection_record import EMPTY_RECORD, ConnectionRecord
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.history import History
from tcptui.lab.loader import load_scenario
from tcptui.lab.moves import Do, Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.record import EndRecord
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission
from tcptui.sockets.driver import Sockets
from tests.fields import is_value, slots_of

HEAD = 'title = "t"\nquestion = "q"\n'
PROMPT = "\n".join(f'{side}.set = {{ delayed_ack = "0ms", nagle = false }}' for side in "AB") + "\n"
"""Text and acknowledgments go at once, so that each has a segment of its own."""
OPEN = f'{PROMPT}A.isn = 1000\nB.isn = 5000\nprelude = "b:listen a:connect s3"\n'
"""An established connection to begin with; the first text of A has SEQ 1001, of B 5001."""


def scenario(toml: str = "", name: str = "test") -> Scenario:
    """A scenario of these lines and the two that every one needs."""
    return load_scenario(HEAD + toml, name, f"{name}.toml")


def world(toml: str = "", moves: str = "") -> WorldState:
    made = begin(scenario(toml))[0]
    play(made, moves)
    return made


def play(world: WorldState, moves: str | list[Move]) -> list[Report]:
    return [world.apply(move) for move in (parse_moves(moves) if isinstance(moves, str) else moves)]


def history_of(story: Scenario, moves: str = "") -> History:
    """The story as it stands after these moves."""
    history = History(story)
    for move in parse_moves(moves):
        history.apply(move)
    return history


def sends(world: WorldState, *texts: bytes, side: str = "A") -> None:
    for text in texts:
        world.apply(Do("A" if side == "A" else "B", "send", text))


def to_the_end(world: WorldState, most: int = 10_000) -> Iterator[Report]:
    for _ in range(most):
        report = world.step()
        if report is None:
            return
        yield report
    raise AssertionError(f"not over after {most} steps")


def everything(value: Any) -> Any:
    """All that a state holds, also what its key leaves out: each slot of each object, by name."""
    if isinstance(value, HostEnd):
        assert value.sockets  # Made when something happens: whether they are already is nothing of the state.
    slots = slots_of(type(value))
    if isinstance(value, list) or (isinstance(value, tuple) and not is_value(value)):
        return [everything(one) for one in value]
    if isinstance(value, dict):
        return {key: everything(one) for key, one in value.items()}
    if isinstance(value, tuple) or not slots:
        return value
    names = [name for name in slots if (type(value), name) not in SCRATCH]
    return type(value).__name__, [(name, everything(getattr(value, name))) for name in names]


SCRATCH = {
    (WorldState, "_shares_a"), (WorldState, "_shares_b"), (Sockets, "now"), (Sockets, "deleted"),
    (Stack, "_deadline"),
}  # fmt: skip
"""Whether a copy has the same end, what a step of sockets works on, and whether a stack has been asked for
its next deadline, is nothing of the state."""


def record_of(story: Scenario, moves: str = "", side: str = "B") -> EndRecord:
    """What was at one end after these moves."""
    record = history_of(story, moves).record
    return record.a if side == "A" else record.b


def of_shown(end: EndRecord) -> ConnectionRecord:
    """What was at the connection that stands for the end."""
    return end.connections.get(end.shown, EMPTY_RECORD)


def transmission(world: WorldState, number: int) -> Transmission:
    """A segment that the wire still knows."""
    return next(one for one in (*world.wire.transmissions, *world.wire.past) if one.number == number)


def segment_of(transmission: Transmission) -> Segment:
    """The TCP segment that travels there."""
    assert isinstance(transmission.payload, Segment)
    return transmission.payload
