"""The facts of a step: a segment left, arrived or was lost, a state was entered, a call returned.

Why it is so. Four parts of a scenario speak of what happens in its run: a fault ("lose B's second ACK"), the
trigger of a call ("once A is in FIN-WAIT-2"), a sentence that is shown at a moment, and the facts that the
run is held against. Were each to look into reports by itself, there would be four languages for one thing,
and what is written in one could not be written in another. So what a step brought about is listed here, once,
in the order in which it happened, and `patterns` has the one language that describes such facts.

A fact is words, not events: it is made for being compared with what a person has written. Names are those of
RFC 9293 and of the core (states, timers, rules), numbers are relative to the connection of their segment as
everywhere a person reads them. That a segment leaves, arrives or is lost has all of its header, so that a
pattern may ask for any field of it.

`enters` is of the state in which a step leaves a connection, as the pane and the path of states have it: one
that is left within the same step was not stayed in. A FIN that acknowledges A's takes FIN-WAIT-1 straight to
TIME-WAIT (RFC 9293 section 3.3.2, note 2 of Figure 5), and then "enters FIN-WAIT-2" is no fact: no trigger
waits for it, and `never` may say it. `told` is of a program of the RFC's calls. One with sockets learns what
happens by what its calls return, and of nothing else.

The order within a step is: what arrived or was lost, the call, then the events of the core as they came, each
segment where it was sent and copies of it behind it, and at last what calls returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from tcptui.core.events import (
    DatagramDelivered,
    DatagramSent,
    Delivered,
    Event,
    Returned,
    RuleApplied,
    Sent,
    Signalled,
    StateChanged,
    TimerFired,
    TimerSet,
    TimerStopped,
)
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.options import read_offer, read_sack, read_timestamps
from tcptui.core.packet.segment import ACK, SYN, URG, Segment, flag_text
from tcptui.core.packet.seq import relative
from tcptui.lab.durations import exact_duration
from tcptui.lab.report import Report
from tcptui.lab.wire import NetworkPath, Outcome, Party, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked

Verb: TypeAlias = Literal[
    "leaves", "arrives", "lost", "calls", "returns", "enters", "sets", "stops", "fires", "told", "reads",
    "rule",
]  # fmt: skip
SEGMENT_VERBS: tuple[Verb, ...] = ("leaves", "arrives", "lost")
"""Those of a segment; all others are of an end."""
_ORDINARY = NetworkPath()
"""Of a segment of which nothing else is to be said."""

Fields: TypeAlias = tuple[tuple[str, str], ...]


class Fact(NamedTuple):
    """One thing that happened. `str()` is a pattern that describes it."""

    at: int
    """When, in microseconds."""
    who: Party
    """The end; of a segment its sender."""
    verb: Verb
    name: str
    """Of a segment its control bits; of a state, timer, rule or call its name; what was told or read."""
    fields: Fields = ()
    """Of a segment its header, of a timer for how long it was set ("for"), of a call its value and errno."""
    number: int = 0
    """The segment's."""
    more_fields: Fields = ()
    """Those that its text leaves out: of a segment the ports and what is left of its Time to Live, of a call
    how it is written."""

    def __str__(self) -> str:
        if self.verb in SEGMENT_VERBS:
            words = [
                self.who,
                self.name,
                *(f"{name}={value}" if value else name for name, value in self.fields),
            ]
            return " ".join([*words, self.verb] if self.verb != "leaves" else words)
        values = [value for _, value in self.fields]
        if self.verb == "returns":
            return " ".join([self.who, self.name, "=", *values])
        return " ".join([self.who, self.verb, self.name, *values])


def facts_of_step(
    report: Report,
    launched: Iterable[Transmission],
    *,
    raw: bool = False,
    clock: int = 0,
    has_sockets: bool = False,
) -> Iterator[Fact]:
    """The facts of one step in their order; `launched` are the transmissions of `report.launched`, `raw` says
    that sequence numbers are not relative. Of the step's end: `clock` by how many microseconds its clock is
    ahead, `has_sockets` whether its programs have sockets."""
    at, side = report.at, report.side
    for transmission in report.ended:
        if transmission.number == report.transmission or transmission.number not in report.launched:
            yield _ended(transmission, at, raw)
    if report.cause == "call":
        yield Fact(at, side, "calls", report.call)
    waiting = list(launched)
    left = {id(change) for change in _left_within(report.events)}
    for event in report.events:
        if isinstance(event, Sent | DatagramSent):
            yield from _left(waiting, at, report, raw)
        elif id(event) in left or (has_sockets and isinstance(event, Signalled)):
            continue
        else:
            fact = _fact_of_event(event, at, side, clock)
            if fact is not None:
                yield fact
    while waiting:  # What no end has sent: a third party's segment, a copy.
        yield from _left(waiting, at, report, raw)
    for result in report.results:
        done = result.done
        if isinstance(done, Blocked):
            continue
        answer = done.answer
        value = answer.response.value if isinstance(answer, Returned) else str(done.value)
        fields = (("value", value), *((("errno", done.errno),) if done.errno else ()))
        written = (("call", result.text.rpartition(" = ")[0]),) if result.call is not None else ()
        yield Fact(at, side, "returns", result.name, fields, more_fields=written)


def facts_of_leaving(transmissions: Iterable[Transmission], at: int, *, raw: bool = False) -> list[Fact]:
    """Segments described as they left, whatever has become of them since."""
    return [_segment_fact(transmission, "leaves", at, raw) for transmission in transmissions]


def segment_fields(transmission: Transmission, raw: bool = False) -> Fields:
    """The header fields of a segment by name, in the order in which they are written."""
    payload = transmission.payload
    if not isinstance(payload, Segment):
        fields = [("len", str(len(payload.data)))] if isinstance(payload, Datagram) else []
    else:
        fields = list(_header_fields(payload, *((None, None) if raw else transmission.bases)))
    if transmission.attempt > 1:
        fields.append(("again", ""))
    if transmission.copy_of:
        fields.append(("copy", ""))
    return tuple(fields)


def segment_name(transmission: Transmission) -> str:
    """Its control bits; ``UDP`` and ``ICMP`` for what is no segment of TCP."""
    payload = transmission.payload
    if isinstance(payload, Segment):
        return flag_text(payload.flags)
    return "UDP" if isinstance(payload, Datagram) else "ICMP"


def _left_within(events: Iterable[Event]) -> Iterator[StateChanged]:
    """The changes of state after which the connection has another one in the same step, or the one that it
    had before the step."""
    changes: dict[int, list[StateChanged]] = {}
    for event in events:
        if isinstance(event, StateChanged):
            changes.setdefault(event.connection, []).append(event)
    for of_one in changes.values():
        stays = of_one[-1].new is not of_one[0].old
        yield from of_one[:-1] if stays else of_one


def _ended(transmission: Transmission, at: int, raw: bool) -> Fact:
    verb: Verb = "arrives" if transmission.outcome is Outcome.ARRIVED else "lost"
    return _segment_fact(transmission, verb, at, raw)


def _left(waiting: list[Transmission], at: int, report: Report, raw: bool) -> Iterator[Fact]:
    """The next segment that has left, and the copies that the wire made of it at once."""
    while waiting:
        transmission = waiting.pop(0)
        yield _segment_fact(transmission, "leaves", at, raw)
        for ended in report.ended:
            if ended.number == transmission.number:
                yield _ended(ended, at, raw)
        if not (waiting and waiting[0].copy_of == transmission.number):
            return


def _segment_fact(transmission: Transmission, verb: Verb, at: int, raw: bool) -> Fact:
    return Fact(
        at, transmission.sender, verb, segment_name(transmission), segment_fields(transmission, raw),
        transmission.number, _more_fields(transmission, verb),
    )  # fmt: skip


def _more_fields(transmission: Transmission, verb: Verb) -> Fields:
    payload, path = transmission.payload, transmission.path or _ORDINARY
    if not isinstance(payload, Segment | Datagram):
        return ()
    if path.box == "router" and verb != "leaves":
        ttl = 0  # Else the router would not have ended it.
    else:
        ttl = path.ttl if verb == "leaves" else path.ttl - path.hops
    return ("sport", str(payload.src.port)), ("dport", str(payload.dst.port)), ("ttl", str(ttl))


def _header_fields(segment: Segment, seq_base: int | None, ack_base: int | None) -> Iterator[tuple[str, str]]:
    yield "seq", str(relative(segment.seq, seq_base))
    if segment.flags & ACK:
        yield "ack", str(relative(segment.ack, ack_base))
    yield "win", str(segment.wnd)
    if segment.data:
        yield "len", str(len(segment.data))
    if segment.flags & URG or segment.up:
        yield "up", str(segment.up)
    if segment.options:
        yield from _option_fields(segment, ack_base)


def _option_fields(segment: Segment, ack_base: int | None) -> Iterator[tuple[str, str]]:
    """Names as Wireshark and tcpdump have them."""
    if segment.flags & SYN:
        offer = read_offer(segment)
        if offer.mss is not None:
            yield "mss", str(offer.mss)
        if offer.window_scale is not None:
            yield "wscale", str(offer.window_scale)
        if offer.sack:
            yield "sackOK", ""
    blocks = read_sack(segment)
    if blocks:
        yield (
            "sack",
            ",".join(f"{relative(start, ack_base)}:{relative(end, ack_base)}" for start, end in blocks),
        )
    times = read_timestamps(segment)
    if times is not None:
        yield "tsval", str(times[0])
        yield "tsecr", str(times[1])


def _fact_of_event(event: Event, at: int, side: Party, clock: int) -> Fact | None:
    match event:
        case StateChanged():
            return Fact(at, side, "enters", event.new.value)
        case TimerSet():
            return Fact(at, side, "sets", event.kind.name, (("for", exact_duration(event.due - clock - at)),))
        case TimerStopped():
            return Fact(at, side, "stops", event.kind.name)
        case TimerFired():
            return Fact(at, side, "fires", event.kind.name)
        case Signalled():
            return Fact(at, side, "told", event.signal.value)
        case Delivered():
            return Fact(at, side, "reads", _quoted(event.data))
        case DatagramDelivered():
            return Fact(at, side, "reads", _quoted(event.datagram.data))
        case RuleApplied():
            return Fact(at, side, "rule", event.rule.name)
    return None


def _quoted(data: bytes) -> str:
    """In one line of ASCII: ``'hello\\n'``."""
    return ascii(data.decode(errors="replace"))
