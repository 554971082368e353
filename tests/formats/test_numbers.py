"""No view shows a negative number, and all of them show the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tcptui import library
from tcptui.core.message import Duration, Message, SequenceNumber
from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import HALF, relative
from tcptui.explain.happened import happened
from tcptui.formats.frame_comment import FrameComments
from tcptui.formats.ladder import ladder_text
from tcptui.formats.rfc import rfc_figure
from tcptui.formats.wireshark import wireshark_list
from tcptui.lab.facts import segment_fields
from tcptui.lab.history import History
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Transmission
from tcptui.trace.capture import capture_of
from tcptui.view.lines import plain_text
from tests.formats.captures import POINTS
from tests.formats.random_runs import random_run
from tests.view.inspected import alone, shown
from tests.view.ladders import drawn_segments

NEGATIVE = re.compile(r"(?<![\w.:)\]-])-\d|[=:]-\d")
RUNS = 60


def test_what_is_looked_for_is_found() -> None:
    assert all(NEGATIVE.search(text) for text in ("seq=-1", "ACK -7 is", "<SEQ=-4>", "sack=1:-2"))
    assert not any(NEGATIVE.search(text) for text in ("FIN-WAIT-2", "1-3"))


def runs() -> Iterator[tuple[str, Scenario, list[Move]]]:
    for name in library.names():
        story = library.load_named(name)
        yield name, story, []
        for one in story.variants:
            yield f"{name}: {one.name}", scenario_of_variant(story, one.name), []
    for seed in range(RUNS):
        yield f"wild {seed}", *random_run(seed)


RUN = {name: (story._replace(raw_numbers=False), moves) for name, story, moves in runs()}


def texts(run: Record) -> Iterator[tuple[str, str]]:
    """All that is shown of a whole run, by where."""
    yield "ladder", ladder_text(run)
    yield "rfc", rfc_figure(run)
    for point in POINTS:
        lines = wireshark_list(run, point).splitlines()
        yield f"list at {point}", "\n".join(line.split(maxsplit=2)[-1] for line in lines)
        comments = FrameComments(run, point)
        for frame in capture_of(run, point):
            yield f"comment at {point}", comments.of(frame)
    for one in run.transmissions:
        yield "fact", str(segment_fields(one))
        yield from (("header", line) for line in shown("header", alone(one), 80, 30))


@pytest.mark.parametrize("name", RUN)
def test_no_view_of_a_run_has_a_negative_number(name: str) -> None:
    story, moves = RUN[name]
    for where, text in texts(play(story, moves)):
        for line in text.splitlines():
            assert not NEGATIVE.search(line), f"{where}: {line}"


@pytest.mark.parametrize("name", RUN)
def test_no_number_of_a_sentence_comes_before_what_it_is_relative_to(name: str) -> None:
    story, moves = RUN[name][0], [*RUN[name][1]]
    history = History(story)
    while moves or history.world.next_event() is not None:
        report = history.apply(moves.pop(0) if moves else NEXT)
        for message in happened(report, history.world, history.transmissions()):
            for number in sequence_numbers(message):
                assert relative(number.number, number.base) < HALF or number.base is None, message
        if history.position > 100:
            break


def sequence_numbers(value: object) -> Iterator[SequenceNumber]:
    if isinstance(value, SequenceNumber):
        yield value
    elif isinstance(value, Message):
        yield from sequence_numbers(tuple(number for _, number in value.numbers))
    elif isinstance(value, tuple) and not isinstance(value, Duration):
        for one in value:
            yield from sequence_numbers(one)


@pytest.mark.parametrize("name", RUN)
def test_the_numbers_of_every_segment_come_after_those_of_its_connection(name: str) -> None:
    story, moves = RUN[name]
    for one in play(story, moves).transmissions:
        if isinstance(one.payload, Segment):
            assert one.connection is not None
            assert one.connection.holds(one.payload)


@pytest.mark.parametrize("name", RUN)
def test_ladder_header_figure_and_fact_have_the_same_numbers(name: str) -> None:
    story, moves = RUN[name]
    run = play(story._replace(figure=(), symbols=()), moves)
    figure = rfc_figure(run)
    for one in run.transmissions:
        if isinstance(one.payload, Segment):
            seq = dict(segment_fields(one))["seq"]
            (row, *_) = drawn_segments([one], one.sent_at, 110).lines
            assert numbers(plain_text(row))["seq"] == seq
            assert f" seq {seq} " in shown("header", alone(one), 300, 1)[0]
            assert f"<SEQ={seq}>" in figure


def numbers(text: str) -> dict[str, str]:
    return dict(re.findall(r"\b(seq|ack)=(-?\d+)", text))


def test_numbers_of_several_connections_are_among_those_runs() -> None:
    """Else the tests here would show little."""
    connections = [
        {one.connection for one in play(story, moves).transmissions if isinstance(one, Transmission)}
        for story, moves in RUN.values()
    ]
    assert sum(len(known) > 6 for known in connections) > 10
