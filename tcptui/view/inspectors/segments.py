"""The inspector of segments: the list that Wireshark shows of a capture at A, at B or in the middle between.

A row has what the list of Wireshark has: number, time, addresses, protocol, length and summary, with the
labels of its analysis. In less room addresses become the names of the ends, and the summary loses what the
ladder tells anyway. The list is where the selected segment is; without one it follows the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.ip_header import encode_packet
from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import time_text
from tcptui.lab.packets import packet_of
from tcptui.lab.wire import Transmission
from tcptui.trace.capture import Point
from tcptui.trace.sequence_analysis import Label
from tcptui.trace.summary import summary
from tcptui.view.cells import align_right, cell_len, shorten
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.captured import Captured, Captures, Listed
from tcptui.view.inspectors.labels import label_rows
from tcptui.view.inspectors.parts import Part, Row
from tcptui.view.lines import Style

POINTS: tuple[Point, ...] = ("A", "B", "wire")
"""In the order in which the cursor goes through them."""
_LEAST_WITH_HEADING = 4
_LEAST_WITH_LABELS = 7
"""Heights from which on there are names above the columns, and why the labels differ below the list."""
_WIDE, _MIDDLE = 100, 64
"""Widths from which on a row has addresses, and protocol and length."""
_LONGEST_ADDRESS = 16
_USUAL = frozenset(
    (Label.REQUEST, Label.ACKNOWLEDGE, Label.FINISH, Label.WINDOW_UPDATE, Label.KEEP_ALIVE_ACK)
)
"""Labels of what goes well."""


def places(inspected: Inspected) -> Sequence[str]:
    """The points of capture after the first, which is that of an empty place too."""
    return POINTS[1:]


def about(inspected: Inspected) -> str:
    """Where it is captured."""
    point = _point(inspected)
    return say("ui.segments.on_wire") if point == "wire" else say("ui.segments.at", side=point)


def draw(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    assert inspected.captures is not None
    captures = inspected.captures()
    captured = captures.at(_point(inspected))
    if captured.behind:
        return [[Part(f" {say('ui.labels.behind')}", "dim")]]
    rows: list[Row] = [_heading(inspected, width)] if height >= _LEAST_WITH_HEADING else []
    below = _labels(inspected, captures, width) if height >= _LEAST_WITH_LABELS else []
    room = height - len(rows) - len(below)
    listed = _visible(captured, inspected.transmission, room)
    digits = len(str(captured.total))
    rows += [_row(one, inspected, width, digits) for one in listed]
    if not listed:
        rows.append([Part(f" {say('ui.segments.none')}", "dim")])
    blanks: list[Row] = [[]] * (height - len(rows) - len(below)) if below else []
    return [*rows, *blanks, *below]


def _point(inspected: Inspected) -> Point:
    return next((point for point in POINTS if point == inspected.place), "A")


def _labels(inspected: Inspected, captures: Captures, width: int) -> list[Row]:
    """What is said of the selected segment at both ends, and why that differs."""
    one = inspected.transmission
    return [] if one is None else label_rows(one, captures, width)


def _visible(captured: Captured, selected: Transmission | None, room: int) -> list[Listed]:
    """The frames that are shown: the selected one is among them, and as far as can be not at an edge."""
    total = captured.total
    here = total if selected is None else captured.place_of(selected)
    last = min(total, max(here + room // 3, room))
    return captured.frames(max(1, last - room + 1), room)


def _heading(inspected: Inspected, width: int) -> Row:
    """The points of capture, the one that is shown as chosen; each can be clicked."""
    row = [Part(f" {say('ui.segments.captured')} ", "dim")]
    for point in POINTS:
        name = say("ui.segments.wire") if point == "wire" else point
        row += [Part(name, "selected" if point == _point(inspected) else "plain", point), Part("  ")]
    return row


def _row(one: Listed, inspected: Inspected, width: int, digits: int) -> Row:
    """A frame: what is selected is shown so; what Wireshark warns of has a style of its own."""
    frame, segment = one.frame, one.frame.transmission
    chosen = inspected.transmission is not None and one.number_in_run == inspected.transmission.number
    target = one.number_in_run or None
    number = align_right(str(one.number), max(2, digits))
    head: list[Part] = [
        Part(" "), Part(number, "selected" if chosen else "dim", target),
        Part(f" {_time(frame.at, width)} ", "dim", target),
        Part(_ways(segment, inspected, width), _style_of(segment), target),
    ]  # fmt: skip
    if width >= _MIDDLE:
        packet = packet_of(segment.payload)
        protocol = "TCP" if isinstance(segment.payload, Segment) else _protocol(segment)
        head.append(Part(f" {protocol:<5}{len(encode_packet(packet)):>5}", "dim", target))
    used = sum(cell_len(part.text) for part in head)
    info = _info(one, inspected.raw, width - used - 1)
    return [*head, Part(" "), Part(info, "lost" if _is_bad(one) else "plain", target)]


def _protocol(one: Transmission) -> str:
    return "UDP" if isinstance(one.payload, Datagram) else "ICMP"


def _time(at: int, width: int) -> str:
    """Seconds of the lab's clock; the prelude is at times below 0."""
    if width >= _WIDE:
        return f"{at / 1_000_000:>10.6f}"
    return align_right(time_text(at, 7), 7)


def _ways(one: Transmission, inspected: Inspected, width: int) -> str:
    """From where to where: addresses, or in less room the names of the ends."""
    if width < _WIDE:
        return f"{one.sender}→{one.receiver}"
    packet = packet_of(one.payload)
    hosts = inspected.moment.record.scenario.hosts
    column = min(_LONGEST_ADDRESS, max(len(host.socket.host) for host in hosts))
    return f"{shorten(packet.src, column):>{column}} → {shorten(packet.dst, column):<{column}}"


def _style_of(one: Transmission) -> Style:
    return "a" if one.sender == "A" else "b" if one.sender == "B" else "copy"


def _is_bad(one: Listed) -> bool:
    """Whether Wireshark would show it as a problem."""
    return one.analysis is not None and any(label not in _USUAL for label in one.analysis.labels)


def _info(one: Listed, raw: bool, room: int) -> str:
    """The summary in the fullest wording for which there is room; what is left of it keeps the labels."""
    payload = one.frame.transmission.payload
    analysis = one.analysis
    if raw and analysis is not None and isinstance(payload, Segment):
        analysis = analysis._replace(seq=payload.seq, ack=payload.ack)
    text = summary(payload, analysis)
    if cell_len(text) <= room:
        return text
    words = text.split(" ")
    for gone in (("MSS=", "WS=", "SACK_PERM", "TSval=", "TSecr="), ("Win=",), ("→",), ("Len=0",)):
        words = _without(words, gone)
        text = " ".join(words)
        if cell_len(text) <= room:
            return text
    return shorten(text, room)


def _without(words: list[str], gone: tuple[str, ...]) -> list[str]:
    """The words but for those that begin so; of an arrow the ports on both sides go too."""
    if gone == ("→",) and "→" in words:
        at = words.index("→")
        return [*words[: max(0, at - 1)], *words[at + 2 :]]
    return [word for word in words if not word.startswith(gone)]
