"""Captures for a judge to read: by hand, of the whole library with all sorts of faults, and of wild runs.

They stand in one file, one after the other, each with addresses of its own: tshark takes a while to start,
and would take two captures between the same addresses for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

import pytest

from tcptui import library
from tcptui.core.packet.ip_header import encode_packet
from tcptui.core.packet.segment import SYN, Segment, Socket
from tcptui.formats.pcapng import CapturedPacket, capture_file, pcapng
from tcptui.formats.wireshark import wireshark_lines, wireshark_list
from tcptui.lab import run as run_module
from tcptui.lab.ends import EndSetup
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves import Delay, Duplicate, Lose, Move
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.packets import packet_of
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Side
from tcptui.trace.capture import Frame, Point, capture_of
from tcptui.trace.sequence_analysis import Label, analyse
from tests.formats.random_runs import random_run
from tests.lab.worlds import OPEN, scenario
from tests.trace.captures import CASES, frames

POINTS: tuple[Point, ...] = get_args(Point)
FAULTS = (
    "", "l1", "l2 u3", "l3 u4+300ms", "d2+1500ms u5", "d3+200ms l5 l6", "d4+60ms l7", "u1 u2 u3 u4 u5+1s",
)  # fmt: skip
"""What the wire does to a story's segments as soon as they leave, if anything, in place of its own faults."""
RANDOM_RUNS = 80
RANDOM_STEPS = 70
"""Where a wild run is cut, after its moves."""


class Capture(NamedTuple):
    """One of the captures in the file, as the program sees it."""

    name: str
    octets: bytes
    frames: list[Frame]
    lines: list[str]
    """As Wireshark would list it."""
    wild: bool = False
    shows_isns: bool = False
    """It shows one connection from its SYNs on."""


class _Played(NamedTuple):
    """A run of which a capture is made."""

    name: str
    run: Record
    point: Point
    wild: bool = False


def captures() -> list[Capture]:
    return [*_by_hand(), *(_capture(*one) for one in _played())]


def named_frames() -> Iterator[tuple[str, list[Frame]]]:
    """What is in all of them, with their names."""
    yield from _made_by_hand()
    for name, run, point, _ in _played():
        yield f"{name} at {point}", capture_of(run, point)


def _made_by_hand() -> Iterator[tuple[str, list[Frame]]]:
    for index, (name, rows) in enumerate(CASES.items()):
        ends: dict[Side, Socket] = {"A": Socket(f"10.1.{index}.1", 49152), "B": Socket(f"10.1.{index}.2", 80)}
        yield name, frames(rows, ends)


def _by_hand() -> Iterator[Capture]:
    for name, made in _made_by_hand():
        packets = [
            CapturedPacket(at, encode_packet(packet_of(transmission.payload)), f"#{transmission.number}")
            for at, transmission in made
        ]
        yield Capture(name, capture_file(packets, "hand", name), made, wireshark_lines(made))


def _capture(name: str, run: Record, point: Point, wild: bool) -> Capture:
    made = capture_of(run, point)
    lines = wireshark_list(run, point).splitlines()
    return Capture(f"{name} at {point}", pcapng(run, point), made, lines, wild, _shows_isns(run, made))


def _played() -> Iterator[_Played]:
    yield from _of_the_library()
    yield from _of_ipv6()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "MOST_STEPS", RANDOM_STEPS)
        for one in _wild():
            yield one._replace(wild=True)


def _of_the_library() -> Iterator[_Played]:
    """Each story as it is at every point, and otherwise at one of them, in turn."""
    stories = [listed.load() for listed in library.all_scenarios()]
    for index, story in enumerate(stories):
        for variant, faults in enumerate(FAULTS):
            name = f"{story.name} with {faults}" if faults else story.name
            told = story._replace(faults=_faults(faults)) if faults else story
            points = (POINTS[(index + variant) % len(POINTS)],) if faults else POINTS
            yield from _at_points(name, told, [], f"10.{2 + variant}.{index}", points)
    told_otherwise = [(story, one.name) for story in stories for one in story.variants]
    for index, (story, variant_name) in enumerate(told_otherwise):
        told = scenario_of_variant(story, variant_name)
        point = POINTS[index % len(POINTS)]
        yield from _at_points(f"{story.name}: {variant_name}", told, [], f"10.12.{index}", (point,))


def _faults(text: str) -> dict[int, tuple[Lose | Delay | Duplicate, ...]]:
    moves = parse_moves(text)
    return {move.number: (move,) for move in moves if isinstance(move, Lose | Delay | Duplicate)}


def _of_ipv6() -> Iterator[_Played]:
    addresses = 'A.address = "2001:db8::1"\nB.address = "2001:db8::2"\n'
    for index, (toml, moves) in enumerate(((OPEN, "a:send:hello l1"), ("", "a:sendto:hello")), 1):
        story = scenario(addresses + toml)
        yield from _at_points(f"IPv6 {moves}", story, parse_moves(moves), f"2001:db8::{index}")


def _wild() -> Iterator[_Played]:
    for seed in range(RANDOM_RUNS):
        story, moves = random_run(seed)
        yield from _at_points(f"wild {seed}", story, moves, f"10.20.{seed}")


def _at_points(
    name: str, story: Scenario, moves: list[Move], network: str, points: tuple[Point, ...] = POINTS
) -> Iterator[_Played]:
    dot = ":" if ":" in network else "."
    for place, point in enumerate(points):
        a, b = (_at(f"{network}{dot}{10 * place + end}", host) for end, host in enumerate(story.hosts, 1))
        yield _Played(name, play(story._replace(hosts=(a, b)), moves), point)


def _at(address: str, host: EndSetup) -> EndSetup:
    assert isinstance(host, HostSetup)
    return host._replace(socket=host.socket._replace(host=address))


def _shows_isns(run: Record, made: list[Frame]) -> bool:
    begun: set[frozenset[Socket]] = set()
    for frame in made:
        segment = frame.transmission.payload
        if isinstance(segment, Segment):
            pair = frozenset((segment.src, segment.dst))
            if pair not in begun and not segment.flags & SYN:
                return False  # A NAT gives a connection other sockets than those that it has begun with.
            begun.add(pair)
    reused = any(Label.PORTS_REUSED in one.labels for one in analyse(made) if one is not None)
    third_party = any(transmission.sender == "X" for transmission in run.transmissions)
    return not (reused or third_party)
