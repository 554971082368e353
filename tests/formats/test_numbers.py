"""No view shows a negative number, and all of them show the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

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
WILD = 60
"""So many random runs."""


def test_what_is_looked_for_is_found() -> None:
    assert all(NEGATIVE.search(text) for text in ("seq=-1", "ACK -7 is", "<SEQ=-4>", "sack=1:-2"))
    assert not any(NEGATIVE.search(text) for text in ("FIN-WAIT-2", "1-3"))


STORIES = [
    (one.name, variant)
    for one in library.all_scenarios()
    if one.name != library.LAB
    for variant in ("", *one.variants)
]
NAMES = [f"{name}: {variant}" if variant else name for name, variant in STORIES]
RUNS = [*zip(STORIES, NAMES, strict=True), *((seed, f"wild {seed}") for seed in range(WILD))]
EACH_RUN = pytest.mark.parametrize("which", [pytest.param(which, id=name) for which, name in RUNS])


@cache
def run_of(which: tuple[str, str] | int) -> tuple[Scenario, list[Move]]:
    """A story or a variant, or the random run of a seed."""
    if isinstance(which, int):
        scenario, moves = random_run(which)
    else:
        scenario, moves = scenario_of_variant(library.load_named(which[0]), which[1]), []
    return scenario._replace(raw_numbers=False), moves


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


@EACH_RUN
def test_no_view_of_a_run_has_a_negative_number(which: tuple[str, str] | int) -> None:
    story, moves = run_of(which)
    for where, text in texts(play(story, moves)):
        for line in text.splitlines():
            assert not NEGATIVE.search(line), f"{where}: {line}"


@EACH_RUN
def test_no_number_of_a_sentence_comes_before_what_it_is_relative_to(which: tuple[str, str] | int) -> None:
    story, given = run_of(which)
    moves = [*given]
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


@EACH_RUN
def test_the_numbers_of_every_segment_come_after_those_of_its_connection(
    which: tuple[str, str] | int,
) -> None:
    story, moves = run_of(which)
    for one in play(story, moves).transmissions:
        if isinstance(one.payload, Segment):
            assert one.connection is not None
            assert one.connection.holds(one.payload)


@EACH_RUN
def test_ladder_header_figure_and_fact_have_the_same_numbers(which: tuple[str, str] | int) -> None:
    story, moves = run_of(which)
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
        for story, moves in (run_of(which) for which, _ in RUNS)
    ]
    assert sum(len(known) > 6 for known in connections) > 10
