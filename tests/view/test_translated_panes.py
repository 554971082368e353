"""In every language, and with any title, each line of each view is exactly as wide as asked."""

from __future__ import annotations

import contextvars
from itertools import product
from string import Formatter

import pytest

from tcptui import library
from tcptui.explain.catalogue import Language, use_language
from tcptui.explain.english import sentences
from tcptui.explain.why import Why, why
from tcptui.lab.history import History
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.wire import SIDES, Side
from tcptui.view.ascii import to_ascii
from tcptui.view.endpoint import EndView
from tcptui.view.inspectors import INSPECTORS, Inspected
from tcptui.view.inspectors.captured import Captures
from tcptui.view.layout import Frame, backdrop_lines
from tcptui.view.layout import places as layout_places
from tcptui.view.lines import Line, fit, line_width, plain_text
from tcptui.view.status import clock_line, error_lines, progress_lines, why_lines
from tests.view.ladders import drawn as ladder_of
from tests.view.test_cells import SAMPLES

SIZES = ((80, 24), (120, 36), (200, 50))
RUNS = (("life", "s9"), ("udp", "s12"), ("handshake", "s2 l1 s6"), ("lost-syn-ack", "s6"))


def language_of(sample: str) -> Language:
    """Every sentence is the sample, about as long as in English, with its placeholders behind it; none ends
    with a joiner, which would join what stands beside it."""
    return {
        key: sample[: 4 + len(sentence)].rstrip("\u200d") + "".join(f" {place}" for place in places(sentence))
        for key, sentence in sentences().items()
    }


def places(sentence: str) -> list[str]:
    """The placeholders of a sentence."""
    return [f"{{{name}}}" for _, name, _, _ in Formatter().parse(sentence) if name is not None]


def views(history: History, width: int, height: int, title: str) -> list[tuple[int, list[Line]]]:
    """Every view of a run on a screen of that size, and how wide its lines are to be; what stands beside
    every inspector is drawn once in each size that it has there."""
    world, transmissions = history.world, history.transmissions()
    now, selected = world.now, transmissions[-1] if transmissions else None
    drawn = []
    ladders: set[tuple[int, int]] = set()
    ends: set[tuple[int, int]] = set()
    for inspector in (None, *INSPECTORS):
        rooms = [] if inspector is None else [inspector.room]
        where = layout_places(width, height, rooms, asked=True)
        frames = [
            Frame(place, title, title, "a")
            for place in (where.a, where.b, where.wire, *where.inspectors)
            if place is not None
        ]
        drawn.append((width, backdrop_lines(frames, width, height, fit(((title, "title"),), width - 70))))
        if where.wire is not None:
            ladders.add((where.wire.inside.width, where.wire.inside.height))
        ends |= {(end.inside.width, end.inside.height) for end in (where.a, where.b)}
        for place in where.inspectors:
            inside = place.inside
            inspected = Inspected(history.moment, selected, captures=lambda: Captures(history))
            assert inspector is not None
            drawn.append((inside.width, inspector.lines(inspected, inside.width, inside.height)))
    for w, h in sorted(ladders):
        drawn.append((w, ladder_of(history, w, selected=1, height=h).lines))
    for side, (w, h) in product(SIDES, sorted(ends)):
        drawn.append((w, _end_lines(history, side, w, h)))
    clock, below = where.clock, where.why
    drawn += [
        (clock.width, [clock_line(clock.width, at=now, step=7, branch=(0, 2), speed=1.0)]),
        (below.width, why_lines(why(history.report, world, transmissions, False), below.width)),
        (below.width, why_lines(Why(title * 9, source="RFC 9293 3.10.7.4"), below.width)),
        (below.width, error_lines(title * 9, below.width)),
        (below.width, progress_lines(10, 10_000, below.width)),
    ]
    return drawn


def _end_lines(history: History, side: Side, width: int, height: int) -> list[Line]:
    return EndView(side).lines(history.moment, history.moment_before, width, height,
        at=history.world.now, raw=False,
    )  # fmt: skip


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("size", SIZES)
def test_every_line_is_exactly_as_wide_as_asked(language: str, size: tuple[int, int]) -> None:
    def look() -> None:
        use_language(language_of(SAMPLES[language]))
        distinct = set()
        for name, moves in RUNS:
            history = History(library.find(name))
            for move in parse_moves(moves):
                if history.world.next_event() is None:
                    break
                history.apply(move)
                drawn = views(history, *size, SAMPLES[language])
                distinct |= {(width, tuple(line)) for width, lines in drawn for line in lines}
        for width, line in distinct:
            assert line_width(line) == width, line
            assert len(to_ascii("".join(text for text, _ in line))) == width, line

    contextvars.copy_context().run(look)


def test_a_chinese_label_is_drawn_whole_and_the_life_line_stays() -> None:
    """The label takes two cells a character; the dashes go on behind it."""

    def look() -> None:
        use_language({"label.again": "重传", "ui.lost": "丢失"})
        history = History(library.find("handshake"))
        for move in parse_moves("s2 l1 s2"):
            history.apply(move)
        lines = ladder_of(history, 60).lines
        texts = [plain_text(line) for line in lines]
        assert any("✗ 丢失" in text for text in texts), texts
        assert any("重传 ─" in text for text in texts), texts
        assert {line_width(line) for line in lines} == {60}

    contextvars.copy_context().run(look)


def test_a_chinese_sentence_of_why_has_no_blank_put_into_it() -> None:
    sentence = "对端的接收窗口为零持续计时器正在运行连接仍然打开" * 3
    first, second = (
        plain_text(line).strip() for line in why_lines(Why(sentence, source="RFC 9293 3.8.6.1"), 80)
    )
    assert " " not in first
    assert " " not in second.split("…")[0]
    assert second.endswith("RFC 9293 3.8.6.1")


def same_but_for_the_text(size: tuple[int, int], name: str, moves: str) -> None:
    """Every view with each message in one wide character, and with each in two narrow ones."""

    def texts(sign: str) -> list[list[str]]:
        def look() -> list[list[str]]:
            use_language(
                {
                    key: " ".join(f"{sign} {place}" for place in places(sentence)) or sign
                    for key, sentence in sentences().items()
                    if key.startswith("ui.")
                }
            )
            history = History(library.find(name))
            for move in parse_moves(moves):
                history.apply(move)
            drawn = views(history, *size, "title")[:-4]
            return [[plain_text(line).replace("中", "xx") for line in lines] for _, lines in drawn]

        return contextvars.copy_context().run(look)

    assert texts("中") == texts("xx")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "moves"),
    [("life", "s9"), ("udp", "s12"), ("lost-syn-ack", "s6"), ("handshake", "s3 l2 s3"), ("life", "s4 u2 s3")],
)
def test_a_wide_character_stands_where_two_narrow_ones_would(
    size: tuple[int, int], name: str, moves: str
) -> None:
    same_but_for_the_text(size, name, moves)
