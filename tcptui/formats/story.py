"""A run as the file of a scenario: what a reader has done becomes what the scenario does.

Why it is so. A run is its scenario and moves. A file has no moves: its programs make calls at times, its wire
has faults, third parties send. So each move is written as what would bring about the same, at the time at
which it was made. That can fail where the file has no words for it, a fault of a copy say, or where two
things happen in the same microsecond and change places. So the file is played before it is given away, and
where its run is another one, the reader is told that it can't be written so.

What the scenario said of its own run (answer, narration, claims, facts) is not said of another. The facts are
taken from the run and marked as a draft, which a person is to read.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tcptui.core.message import MessageError
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import preset_of
from tcptui.formats.facts_draft import facts_draft
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.durations import exact_duration
from tcptui.lab.end_facts import end_facts
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.knob_values import value_text
from tcptui.lab.loader import load_scenario
from tcptui.lab.loader.story import is_language
from tcptui.lab.loader.variants import merged
from tcptui.lab.moves import AddBox, Delay, Do, Duplicate, Lose, Move, Next, Reorder, Start, Wait
from tcptui.lab.moves_text import moves_text
from tcptui.lab.program import HOST_EVENTS, UDP_CALLS
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.run import play_to_end
from tcptui.lab.third_party import Inject
from tcptui.lab.toml import parse_toml
from tcptui.lab.wire import COPY_AFTER, SIDES
from tcptui.trace.facts import facts_of

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

_OF_ONE_RUN = ("answer", "say", "claim", "expect", "figure", "harm", "moment", "variant", "until")
"""What a scenario says of its own run alone."""
_Document = dict[str, Any]


def write(run: Record, _point: Point) -> str:
    """The format ``toml`` of `registry`. Raises Unsuitable."""
    import tomli_w

    if not all(isinstance(host, HostSetup) for host in run.scenario.hosts):
        raise Unsuitable("error.story.script")
    document = _document(run)
    text = tomli_w.dumps(document, indent=4)
    try:
        scenario = load_scenario(text, run.scenario.name, "story")
        again, world = play_to_end(scenario)
    except MessageError as error:
        raise Unsuitable("error.story.other", why=error.message) from None
    if _behaviour(again) != _behaviour(run):
        raise Unsuitable("error.story.another_run")
    return f"{text}\n{facts_draft(again, end_facts(world, raw=scenario.raw_numbers))}"


def _behaviour(run: Record) -> list[tuple[int, str]]:
    """What is to be the same: not by which rules, not in which order within an instant, and not when a
    segment was lost on its way, for a file loses it as it leaves."""
    return sorted(
        (0 if fact.verb == "lost" else fact.at, str(fact)) for fact in facts_of(run) if fact.verb != "rule"
    )


def _document(run: Record) -> _Document:
    scenario = run.scenario
    document: _Document = copy.deepcopy(dict(scenario.document))
    if scenario.variant:
        variant = next(one for one in scenario.variants if one.name == scenario.variant)
        document = copy.deepcopy(merged(document, variant.document, ""))
    moved = run.moved
    document = {
        key: value
        for key, value in document.items()
        if key not in (_OF_ONE_RUN if moved else ("expect", "variant", "harm")) and not is_language(key)
    }
    document["title"], document["question"] = scenario.title, scenario.question
    for side, host in zip(SIDES, scenario.hosts, strict=True):
        assert isinstance(host, HostSetup)
        end = document.setdefault(side, {})
        _set_profile(end, host)
    for move, report in zip(run.moves, run.reports, strict=False):
        _add(document, move, report, run)
    return document


def _set_profile(end: _Document, host: HostSetup) -> None:
    """The preset of a host, and the knobs in which it differs from that."""
    base = preset_of(host.profile)
    changed: _Document = {}
    for name, field in all_knobs().items():
        value = getattr(host.profile, name)
        if value != getattr(base, name):
            plain = isinstance(value, bool | int) and not field.knob.duration
            changed[name] = value if plain else value_text(field, value)
    end.pop("set", None)
    end.pop("profile", None)
    if base.name != "rfc9293":
        end["profile"] = base.name
    if changed:
        end["set"] = changed


def _add(document: _Document, move: Move, report: Report, run: Record) -> None:
    """What brings about the same as a move that was made in that step."""
    at = exact_duration(report.at)
    place = next(place for place, step in enumerate(run.reports) if step is report)
    before = run.reports[:place]
    wire = document.setdefault("wire", {})
    match move:
        case Next() | Wait():
            return
        case Lose() | Delay() | Duplicate() | Reorder():
            faults = wire.get("faults", [])
            wire["faults"] = [*([faults] if isinstance(faults, str) else faults), _fault(move, run)]
        case Do():
            own = sum(step.cause == "call" and step.side == move.side for step in before)
            _add_call(document.setdefault(move.side, {}), move, _moment(before, at, report, run), own)
        case Start():
            _add_program(document.setdefault(move.side, {}), move, at)
        case Inject():
            document.setdefault("third_party", []).append({"at": at, "segment": unquote(_word(move))})
        case AddBox():
            box = {"kind": move.kind, **{key: _typed(value) for key, value in move.fields}}
            wire.setdefault("box", []).append(box)
        case _:
            raise Unsuitable("error.story.move", move=_word(move))


def _word(move: Move) -> str:
    return moves_text([move])


def _typed(value: str) -> str | int:
    return int(value) if value.isdecimal() else value


def _fault(move: Lose | Delay | Duplicate | Reorder, run: Record) -> str:
    """A fault by description: numbers change with what the wire copies, an end's own segments do not."""
    segment = _own_segment(move.number, run)
    if segment is None:
        raise Unsuitable("error.story.move", move=_word(move))
    match move:
        case Lose():
            return f"lose {segment}"
        case Delay():
            return f"delay {segment} by {exact_duration(move.by)}"
        case Duplicate():
            by = "" if move.after == COPY_AFTER else f" by {exact_duration(move.after)}"
            return f"duplicate {segment}{by}"
    return f"reorder {segment}"


def _moment(before: Sequence[Report], at: str, report: Report, run: Record) -> _Document:
    """When a call is made: at its time, or, where a segment arrived in the same instant before it, then."""
    by_number = {one.number: one for one in run.transmissions}
    arrived = [by_number[step.transmission] for step in before if step.cause == "arrival"]
    last = next((step for step in reversed(before) if step.cause == "arrival"), None)
    if last is None or last.at != report.at or arrived[-1].copy_of:
        return {"at": at}
    sender = arrived[-1].sender
    count = sum(one.sender == sender and not one.copy_of for one in arrived)
    return {"when": f"{sender} * {count} arrives"}


def _own_segment(number: int, run: Record) -> str | None:
    """The description of a segment by its place among those of its sender; None: it is a copy."""
    meant = next(one for one in run.transmissions if one.number == number)
    own = [one.number for one in run.transmissions if one.sender == meant.sender and not one.copy_of]
    return f"{meant.sender} * {own.index(number) + 1}" if number in own else None


def _add_call(end: _Document, move: Do, moment: _Document, place: int) -> None:
    """A call of the host's program, which has made `place` before."""
    call: _Document = {"call": move.call, **moment}
    if move.written is not None:
        call["call"] = unquote(_word(move)).partition(":")[2]
    if move.data:
        call["text"] = _text(move)
    for key, value in (("backlog", move.backlog), ("octets", move.octets), ("urgent", move.urgent or None)):
        if value is not None:
            call[key] = value
    if move.address is not None:
        call["address"] = str(move.address)
    if "programs" in end or (move.written is not None and "script" in end):
        raise Unsuitable("error.story.move", move=_word(move))
    own = "program" if "program" in end or move.written is not None else "script"
    if own == "program" and move.written is None and move.call not in (*HOST_EVENTS, *UDP_CALLS):
        raise Unsuitable("error.story.move", move=_word(move))  # One of the RFC's calls, beside sockets.
    calls = end.setdefault(own, [])
    calls.insert(place, call)


def _text(move: Do) -> str:
    try:
        return move.data.decode()
    except UnicodeDecodeError:
        raise Unsuitable("error.story.move", move=_word(move)) from None


def _add_program(end: _Document, move: Start, at: str) -> None:
    """A program that was started, as the host's only one."""
    if {"program", "programs", "script"} & end.keys():
        raise Unsuitable("error.story.move", move=_word(move))
    text = move.text
    steps = parse_toml(f"steps = {text if text.startswith('[') else f'[{text}]'}")["steps"]
    assert isinstance(steps, list)
    own = "program" if move.script and _of_sockets(steps) else "script"
    first = steps[0]
    steps[0] = {"at": at, **first} if isinstance(first, dict) else {"call": first, "at": at}
    end[own] = steps


def _of_sockets(steps: list[Any]) -> bool:
    """Whether it calls sockets: such calls have parentheses."""
    return "(" in json.dumps(steps)
