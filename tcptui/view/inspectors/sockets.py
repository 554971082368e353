"""The inspector of sockets: each host's table as ss(8) prints it, the queues as boxes, and below that what
the programs called, what came of it, and which segments left for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcptui.core.events import Response, Returned
from tcptui.core.packet.segment import ACK, flag_text
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text, time_text
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.wire import SIDES, Side
from tcptui.sockets.answers import Blocked
from tcptui.view.cells import align_right, cell_len, cut, shorten
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row, cells
from tcptui.view.inspectors.ss import SocketLine, socket_lines
from tcptui.view.lines import Style
from tcptui.view.queue_lines import FREE, TAKEN

_LEAST_WITH_HEADING, _LEAST_WITH_QUEUES = 5, 7
"""Heights from which on there are names above the columns, and boxes below a socket with something queued."""
_COLUMNS, _ADDRESSES = 52, 90
"""Widths from which on the numbers stand in columns, and a row has addresses."""
_MOST_BOXES = 16
_FURTHEST = 200
"""So many steps back calls are looked for."""


def draw(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    tables = {side: _lines(inspected, side) for side in SIDES}
    if height == 1:
        return [_in_one_row(tables, width)]
    state = max([len(line.state) for table in tables.values() for line in table], default=5)
    named = height >= _LEAST_WITH_HEADING and width >= _COLUMNS
    rows: list[Row] = [_heading(state, width)] if named else []
    calls = min(max(1, height // 3), height - 2) if height > 2 else 0
    room = height - len(rows) - calls
    blocks = []
    for side, table in tables.items():
        for line in table:
            head: Row = [Part(f" {side} ", _style(side)), Part(_text(line, state, width - 3))]
            boxes = _queues(inspected, side, line) if height >= _LEAST_WITH_QUEUES else ""
            blocks.append([head, [Part("   "), Part(shorten(boxes, width - 3), "dim")]] if boxes else [head])
    rows += _fitting(blocks, room)
    rows += _calls(inspected, width, height - len(rows))
    return rows or [[Part(f" {say('ui.sockets.none')}", "dim")]]


def _lines(inspected: Inspected, side: Side) -> list[SocketLine]:
    """Those of a host; none where there is a script."""
    end = inspected.world.end(side)
    return socket_lines(end, inspected.world.now) if isinstance(end, HostEnd) else []


def _style(side: str) -> Style:
    return "a" if side == "A" else "b"


def _in_one_row(tables: dict[Side, list[SocketLine]], width: int) -> Row:
    """State and queues of the latest socket of each host, and its timer where there is room."""
    wordings = []
    for timers in (True, False):
        parts: list[Part] = []
        for side, table in tables.items():
            words = "-"
            if table:
                state, recv_q, send_q = table[-1][1:4]
                words = f"{state} {recv_q} {send_q} {table[-1].timer if timers else ''}".rstrip()
            parts += [Part(f" {side} ", _style(side)), Part(f"{words} ")]
        wordings.append(parts)
    return next((parts for parts in wordings if cells(parts) <= width), wordings[-1])


def _heading(state: int, width: int) -> Row:
    """The names of the columns, ss's own."""
    if width >= _ADDRESSES:
        local, peer = f"{'Local Address:Port':<21}", "Peer Address:Port"
    else:
        local, peer = f"{'Local':>6}", f"{'Peer':>6}"
    return [Part(f"   {'State':<{state}} {'Recv-Q':>6} {'Send-Q':>6} {local} {peer}", "dim")]


def _text(line: SocketLine, state: int, room: int) -> str:
    """A line of ss in the fullest wording for which there is room: addresses, then ports, then without the
    local one."""
    remote = line.remote
    name = f"{line.state:<{state}}"
    queues = f"{line.recv_q:>6} {line.send_q:>6}"
    timer = f"timer:({line.timer})" if line.timer else ""
    addresses = f"{line.local!s:<21} {'*' if remote is None else str(remote):<21}"
    local, peer = f":{line.local.port}", ":*" if remote is None else f":{remote.port}"
    if room >= _ADDRESSES - 3:
        return f"{name} {queues} {addresses} {timer}".rstrip()
    wide = (
        f"{name} {queues} {local:>6} {peer:>6} {timer}",
        f"{name} {queues} {local:>6} {peer:>6} {line.timer}",
    )
    texts = (
        *(wide if room >= _COLUMNS - 3 else ()),
        f"{name} {line.recv_q:>2} {line.send_q:>2} {local} {peer} {line.timer}",
        f"{name} {line.recv_q} {line.send_q} {peer} {line.timer}",
    )
    return cut(next((one for one in texts if len(one) <= room), texts[-1]).rstrip(), room)


def _queues(inspected: Inspected, side: Side, line: SocketLine) -> str:
    """What is queued, a box for each segment, or for each place of a listener's queues."""
    host = inspected.world.host(side)
    status = host.status_of(line.connection)
    if status is not None and status.backlog is not None:
        waiting, half_open = len(status.accept_queue), status.half_open
        told = [f"{say('ui.sockets.accept')} {_places(waiting, status.places)}"]
        if half_open:
            told.append(f"{say('ui.sockets.syn')} {_places(half_open, status.syn_places)}")
        return "  ".join(told)
    tcb = host.tcb_of(line.connection)
    if tcb is None or tcb.state is State.LISTEN:
        return ""
    told = []
    sent = []
    for one in tcb.retransmission_queue:
        first, end = (seq_text(number, tcb.iss, inspected.raw) for number in (one.seq, one.end))
        flags = flag_text(one.flags & ~ACK & 0x07) if one.flags & 0x07 else ""
        times = f" x{one.transmissions}" if one.transmissions > 1 else ""
        sent.append(f"{flags or f'{first}:{end}'}{times}")
    held = [
        ":".join(seq_text(number, tcb.irs, inspected.raw) for number in (piece.seq, piece.end))
        for piece in tcb.out_of_order
    ]
    for key, boxes in (
        ("ui.sockets.sent", sent),
        ("ui.sockets.unsent", [str(len(tcb.send_buffer))] if tcb.send_buffer else []),
        ("ui.sockets.unread", [str(len(tcb.receive_buffer))] if tcb.receive_buffer else []),
        ("ui.sockets.out_of_order", held),
    ):
        if boxes:
            told.append(f"{say(key)} │{'│'.join(boxes)}│")
    return "  ".join(told)


def _places(taken: int, places: int) -> str:
    places = max(taken, places)
    return TAKEN * taken + FREE * (places - taken) if places <= _MOST_BOXES else f"{taken}/{places}"


def _fitting(blocks: Sequence[Sequence[Row]], room: int) -> list[Row]:
    """All sockets with their queues; where those have no room the sockets alone; what is left is counted."""
    whole = [row for block in blocks for row in block]
    if len(whole) <= room:
        return whole
    heads: list[Row] = [block[0] for block in blocks]
    if len(heads) <= room:
        spare = room - len(heads)
        rows: list[Row] = []
        for block in blocks:
            rows += block[: 1 + min(spare, len(block) - 1)]
            spare -= min(spare, len(block) - 1)
        return rows
    if room <= 1:
        return heads[:room]
    more = say("ui.compare.more", count=len(heads) - room + 1)
    return [*heads[: room - 1], [Part(f"   {more}", "dim")]]


# The calls.


def _calls(inspected: Inspected, width: int, height: int) -> list[Row]:
    """The latest calls of both programs, the oldest of them first: when, whose, what came of it, and which
    segments left in that step."""
    rows: list[Row] = []
    step = inspected.position
    while step > 0 and len(rows) < height and inspected.position - step < _FURTHEST:
        report = inspected.report(step)
        if report is not None:
            rows[:0] = [*_calls_of(report, width)][-(height - len(rows)) :]
        step -= 1
    return rows


def _calls_of(report: Report, width: int) -> Iterator[Row]:
    """Those that a step made or that returned in it. What a program does by the RFC's names is told as those
    sections tell it; that a call returned what had been blocked is told with what arrived."""
    if report.side == "X" or not report.results:
        return
    segments = " ".join(f"#{number}" for number in report.launched[:3])
    if len(report.launched) > 3:
        segments += " …"
    after = f"{say('ui.sockets.after', number=report.transmission)} " if report.cause == "arrival" else ""
    for result in report.results:
        left = f" {align_right(time_text(report.at, 7), 7)} "
        who = f"{report.side} "
        tail = f"  {after}{segments}".rstrip()
        room = width - cell_len(left) - cell_len(who)
        text = _call_text(result, report)
        if cell_len(text) + cell_len(tail) > room:
            text = _call_text(result, report, brief=True)
        text = shorten(text, max(4, room - cell_len(tail)))
        target = report.launched[0] if report.launched else report.transmission or None
        failed = not isinstance(result.done, Blocked) and bool(result.done.errno)
        yield [
            Part(left, "dim"), Part(who, _style(report.side)),
            Part(text, "error" if failed else "plain", target),
            Part(cut(tail, room - cell_len(text)), "dim", target),
        ]  # fmt: skip


def _call_text(result: CallResult, report: Report, brief: bool = False) -> str:
    """A call and what came of it: as strace writes it, or with what the RFC's call returned."""
    program = f"{result.program}: " if result.program and not brief else ""
    if result.call is not None or isinstance(result.done, Blocked):
        return f"{program}{result.brief if brief or result.call is None else result.text}"
    answer = result.done.answer
    if isinstance(answer, Returned):
        if answer.response is Response.OK:
            return f"{program}{say('effect.call.ok', name=result.name)}"
        told = say(f"response.brief.{answer.response.name.lower()}")
        return f"{program}{result.name}(): {told}"
    return f"{program}{result.brief}"
