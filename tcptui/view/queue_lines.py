"""The queues of a host as lines of its pane: those of a listener, what was sent, what waits, what is held.

There may be more than there are lines for. Then what was sent is told in one line, and what is held in
another, before anything is left out: how much waits for whom says more than where each segment begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tcptui.core.packet.segment import ACK, flag_text
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text
from tcptui.view.cells import shorten
from tcptui.view.lines import EMPTY, Line, marked
from tcptui.view.subject import Host

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

_MOST_BOXES = 8
"""So many places of a queue are drawn; of more only the number is told."""


def queue_lines(end: Host, was: Host, raw: bool, rows: int, most: int, width: int) -> list[Line]:
    """A listener's queues, the retransmission queue, and data that waits for something, in `rows` lines, or,
    where that is too few, in `most`."""
    entries = _entries(end, raw, width - 2, rows)
    olds = _entries(was, raw, width - 2, rows)
    rows = min(max(rows, len(entries) + 1), most)
    if len(entries) >= rows and rows < 3 and entries:
        # One stands beside the heading, or below it, and how many more there are.
        name = f"{say('ui.end.queue')} " if rows == 1 else ""
        more = f" +{len(entries) - 1}" if len(entries) > 1 else ""
        text = f"{name}{shorten(entries[0], width - 1 - cell_len(name + more))}{more}"
        line = marked(text if name else f" {text}", entries[0] not in olds)
        return [line] if name else [((f" {say('ui.end.queue')}", "label"),), line]
    if len(entries) >= rows:
        hidden = len(entries) - (rows - 2)
        entries = [*entries[: rows - 2], say("ui.end.more", count=hidden)]
    lines: list[Line] = [((f" {say('ui.end.queue')}{'' if entries else '  -'}", "label"),)]
    lines += [marked(f" {text}", text not in olds) for text in entries]
    return [*lines, *[EMPTY] * rows][:rows]


def _entries(end: Host, raw: bool, room: int, rows: int) -> list[str]:
    """The queues, each entry in at most `room` cells; where there are not lines enough, what was sent is told
    in one and what is held in another."""
    queues = _listener_texts(end, room)
    tcb = end.tcb
    if tcb is None:
        return queues
    sent, held = _sent_texts(tcb, raw, room), _held_texts(tcb, raw, room)
    waiting = _waiting_texts(tcb, room)
    if len(queues) + len(sent) + len(waiting) + len(held) >= rows:
        sent, held = _sent_in_all(tcb, raw, room, sent), _held_in_all(tcb, held)
    own = [*sent, *waiting, *held]
    return [*own, *queues] if len(queues) + len(own) >= rows else [*queues, *own]


def _listener_texts(end: Host, room: int) -> list[str]:
    """How many connections are half open, and how many wait to be accepted: a box for each place there is."""
    listener = end.listener
    if listener is None or listener.backlog is None:
        return []
    half_open = f"SYN {_boxes(listener.half_open, end.half_open_places)}"
    waiting = f"accept {_boxes(len(listener.accept_queue), listener.places)}"
    both = f"{half_open} {waiting}"
    if cell_len(both) > room and not (listener.half_open and "■" in half_open):
        both = f"SYN {listener.half_open} {waiting}"
        if cell_len(both) > room and not listener.accept_queue:
            both = f"SYN {listener.half_open} accept 0/{listener.places}"
    return [both] if cell_len(both) <= room else [half_open, waiting]


def _boxes(taken: int, places: int) -> str:
    places = max(places, taken)
    return "■" * taken + "□" * (places - taken) if places <= _MOST_BOXES else f"{taken}/{places}"


def _sent_texts(tcb: Tcb, raw: bool, room: int) -> list[str]:
    """What was sent and not acknowledged. Where both ends of a segment have no room, its first number."""
    texts = []
    for entry in tcb.retransmission_queue:
        start, end = seq_text(entry.seq, tcb.iss, raw), seq_text(entry.end, tcb.iss, raw)
        what = flag_text(entry.flags & ~ACK & 0x07) if entry.flags & 0x07 else say("ui.end.data")
        times = f" x{entry.transmissions}" if entry.transmissions > 1 else ""
        both = f"{what} {start}:{end}{times}"
        texts.append(both if cell_len(both) <= room else f"{what} {start}{times}")
    return texts


def _sent_in_all(tcb: Tcb, raw: bool, room: int, texts: list[str]) -> list[str]:
    queue = tcb.retransmission_queue
    if len(queue) < 2:
        return texts
    start, end = seq_text(queue[0].seq, tcb.iss, raw), seq_text(queue[-1].end, tcb.iss, raw)
    words = say("ui.end.in_flight", count=len(queue), start=start, end=end)
    return [words] if cell_len(words) <= room else [f"{len(queue)} {start}:{end}"]


def _waiting_texts(tcb: Tcb, room: int) -> list[str]:
    """What the program has given and was not sent, and what was received and the program has not read."""
    texts = []
    if tcb.send_buffer:
        texts.append(say("ui.end.unsent", count=len(tcb.send_buffer)))
    if tcb.close_called and not tcb.fin_sent:
        texts.append(say("ui.end.fin_waits"))
    if tcb.receive_buffer:
        count, size = len(tcb.receive_buffer), tcb.rcv_buff
        of_all = (
            say("ui.end.unread_of", count=count, room=size),
            say("ui.end.unread_brief", count=count, room=size),
        )
        alone = say("ui.end.unread", count=count)
        texts.append(next((text for text in of_all if cell_len(text) <= room), alone))
    return texts


def _held_texts(tcb: Tcb, raw: bool, room: int) -> list[str]:
    """What has arrived out of order, in ranges without a gap."""
    ranges: list[tuple[int, int]] = []
    for piece in tcb.out_of_order:
        if ranges and ranges[-1][1] == piece.seq:
            ranges[-1] = (ranges[-1][0], piece.end)
        else:
            ranges.append((piece.seq, piece.end))
    texts = []
    for first, last in ranges:
        start, end = seq_text(first, tcb.irs, raw), seq_text(last, tcb.irs, raw)
        text = say("ui.end.held", start=start, end=end)
        texts.append(
            text if cell_len(text) <= room else say("ui.end.held_in_all", count=(last - first) % (1 << 32))
        )
    return texts


def _held_in_all(tcb: Tcb, texts: list[str]) -> list[str]:
    if len(texts) < 2:
        return texts
    return [say("ui.end.held_in_all", count=sum(len(piece.data) for piece in tcb.out_of_order))]
