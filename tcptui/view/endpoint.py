"""One endpoint as a pane: state, call, timers, variables, queues and path.

What the last move changed is marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import ACK, flag_text
from tcptui.core.state import State
from tcptui.core.tcp.timers import Timer
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.numbers import duration_text, seq_text, time_text
from tcptui.lab.ends import ScriptLines
from tcptui.lab.history import Moment
from tcptui.lab.record import EndRecord, Entered
from tcptui.lab.wire import Side
from tcptui.view.cells import align_right, wrap
from tcptui.view.lines import EMPTY, Line, Style, fit, line_width
from tcptui.view.subject import Host, host_of, script_of

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

MARK = "▸"
"""Stands before what the last move changed."""
FAILED = "✗"
"""Stands before the line at which a script has failed."""
MOST_DATA_ROWS = 3
"""Lines of received texts below one of UDP's sockets."""
_MOST_BOXES = 8
"""So many places of an accept queue are drawn."""
_TIMER_ROWS = (
    (TimerKind.RETRANSMISSION, TimerKind.PERSIST),
    (TimerKind.TIME_WAIT, TimerKind.FIN_WAIT_2, TimerKind.KEEP_ALIVE),
    (TimerKind.USER, TimerKind.DELAYED_ACK),
)
"""Timers that share a line. Of two that run, the one that fires first is shown."""
if {kind for row in _TIMER_ROWS for kind in row} != set(TimerKind):
    raise TypeError("a timer has no line in the pane of an end")


_OF_AN_OPEN_CONNECTION = (Signal.OPENED, Signal.CLOSING)
"""Notifications that say nothing any more once the connection is closed."""


class _Field(NamedTuple):
    """A variable: its name and its value in words."""

    name: str
    value: str


class _Place(NamedTuple):
    """Where a pane is, and how it is shown."""

    side: Side
    width: int
    height: int
    at: int
    raw: bool


def endpoint_lines(
    now: Moment, before: Moment, side: Side, width: int, height: int, *, at: int, raw: bool
) -> list[Line]:
    """The pane of one end, `height` lines of `width` cells; `before` is one move ago, `at` the time shown, in
    microseconds."""
    script = script_of(now.world, side)
    if script is not None:
        lines = _script_lines(script, width, height)
    else:
        lines = _host_lines(now, before, _Place(side, width, height, at, raw))
    return [fit(line, width) for line in [*lines, *[EMPTY] * height][:height]]


def _host_lines(now: Moment, before: Moment, place: _Place) -> list[Line]:
    """Every part keeps its place, whether it has something to say or not: what has not changed must not
    move."""
    side, width, height, at, raw = place
    end, was = host_of(now, side), host_of(before, side)
    tcb, old = end.tcb, was.tcb
    style: Style = "a" if side == "A" else "b"
    lines = [
        _state_line(end, was, at, style, width),
        *_program_lines(end, was, width),
        *_timer_lines(end, was, at, width),
        *_variable_lines(tcb, old, raw, width),
    ]
    room = height - len(lines)
    queue_rows = min(room, 3 if room < 9 else 5)
    if end.udp_alone:
        lines += _socket_lines(end, was, room, width)
    else:
        lines += _queue_lines(end, was, raw, queue_rows, width)
        lines += _path_lines(end, was, room - queue_rows, width)
    return lines


def _script_lines(script: ScriptLines, width: int, height: int) -> list[Line]:
    """A script in the place of a host: what is done, the line that comes next marked, or the one at which it
    has failed, and those that follow. Once it has ended, the verdict stands below."""
    words = "" if script.verdict is None else text_of(script.verdict)
    verdict = wrap(words, width - 1, most=max(1, height // 3)) if words else []
    room = height - 1 - len(verdict)
    here = script.done if script.failed is None else script.failed
    first = max(0, min(here - room // 2, len(script.lines) - room))
    drawn: list[Line] = [((f" {say('ui.end.script')}", "label"),)]
    for place, text in enumerate(script.lines[first : first + room], first):
        if place == script.failed:
            drawn.append(((f"{FAILED}{text}", "error"),))
        elif script.verdict is None:
            drawn.append(_marked(text, place == here, "dim" if place < here else "plain"))
        else:
            drawn.append(((f" {text}", "dim" if place < here else "plain"),))
    style: Style = "title" if script.failed is None else "error"
    return drawn + [((f" {line}", style),) for line in verdict]


def _marked(text: str, changed: bool, style: Style = "plain") -> Line:
    return ((f"{MARK if changed else ' '}{text}", "changed" if changed else style),)


def _state_line(end: Host, was: Host, at: int, style: Style, width: int) -> Line:
    if end.udp_alone:
        return _marked("UDP UNCONN", not was.udp_alone, style)
    changed = end.state is not was.state or was.udp_alone
    since = say("ui.end.for", span=duration_text(at - end.record.states[-1].at)) if width >= 26 else ""
    name = _marked(end.state.value, changed, style)
    return (*name, (align_right(since, width - line_width(name)), "dim"))


def _program_lines(end: Host, was: Host, width: int) -> list[Line]:
    """What the program called last and what it knows."""
    known, knew = end.application, was.application
    last_call = end.record.last_call.name
    call = f"{last_call}()" if last_call else "-"
    told, before = _told(end), _told(was)
    received = ""
    if known.received:
        received = f" {say('ui.end.received')} {known.received}"
        if width >= 26:
            received += f" {end.record.last_data.decode(errors='replace')!a}"
    return [
        _marked(f"{say('ui.end.app')} {call}", last_call != was.record.last_call.name, "label"),
        _marked(f" {told}", told != before),
        _marked(received, known.received != knew.received),
    ]


def _told(end: Host) -> str:
    """What came of the program's last call, in as few words as tell it."""
    if not end.link_up:
        return say("ui.end.cable_pulled")
    call, signal = end.record.last_call, end.record.last_signal
    if isinstance(call.response, str) and call.response:
        return call.response
    if isinstance(call.response, Response) and call.response is not Response.OK:
        return say(f"response.brief.{call.response.name.lower()}")
    if signal is not None and not (end.application.closed and signal in _OF_AN_OPEN_CONNECTION):
        return say(f"signal.{signal.name.lower()}")
    return say("ui.end.waiting") if call.name in ("listen", "connect", "bind") else ""


def _timer_lines(end: Host, was: Host, at: int, width: int) -> list[Line]:
    """One line for each group of timers, whether one runs or not."""
    return [_timer_line(_first_due(end, row), _first_due(was, row), at, width) for row in _TIMER_ROWS]


def _first_due(end: Host, row: tuple[TimerKind, ...]) -> tuple[TimerKind, Timer | None]:
    """Of the timers that share a line the one that fires first; the first of them if none runs."""
    running = end.timers
    kind = min((kind for kind in row if kind in running), key=lambda one: running[one].due, default=row[0])
    return kind, running.get(kind)


def _timer_line(
    now: tuple[TimerKind, Timer | None], before: tuple[TimerKind, Timer | None], at: int, width: int
) -> Line:
    """A bar that runs down, and how long it has to run."""
    kind, timer = now
    if timer is None:
        return _marked(f"{kind.label:<4} -", before[1] is not None, "dim")
    left = max(0, timer.due - at)
    name = f"{kind.label:<4} "
    remaining = f" {duration_text(left):>7}"
    room = max(0, width - 1 - cell_len(name) - cell_len(remaining))
    full = -(-room * left // max(1, timer.due - timer.set_at))
    bar = "━" * full + "─" * (room - full)
    return _marked(f"{name}{bar}{remaining}", now != before)


def _variable_lines(tcb: Tcb | None, old: Tcb | None, raw: bool, width: int) -> list[Line]:
    send, receive = _variables(tcb, raw)
    old_send, old_receive = _variables(old, raw)
    column = max(8, (width - 2) // 2)
    widest = max(cell_len(field.value) for field in (*send[:-1], *receive[:-1]))
    if 1 + 4 + widest > column or (raw and width < 26):
        # Large numbers in a narrow pane: one column.
        return [
            ((f" {say('ui.end.send')}", "label"),),
            *_column(send, old_send),
            ((f" {say('ui.end.receive')}", "label"),),
            *_column(receive, old_receive),
        ]
    heading = (*fit(((f" {say('ui.end.send')}", "label"),), column), (f" {say('ui.end.receive')}", "label"))
    lines: list[Line] = [heading]
    for index, field in enumerate(send):
        left = _marked(f"{field.name} {field.value}", field.value != old_send[index].value)
        if index < len(receive):
            other = receive[index]
            changed = other.value != old_receive[index].value
            left = (*fit(left, column), *_marked(f"{other.name} {other.value}", changed))
        lines.append(left)
    return lines


def _column(fields: list[_Field], before: list[_Field]) -> list[Line]:
    pairs = zip(fields, before, strict=True)
    return [_marked(f"{new.name:<4} {new.value}", new.value != old.value) for new, old in pairs]


def _variables(tcb: Tcb | None, raw: bool) -> tuple[list[_Field], list[_Field]]:
    """Send and receive variables (RFC 9293 Tables 2 and 3); "-" for what is not known yet."""
    if tcb is None or tcb.state is State.LISTEN:
        nothing = [_Field(name, "-") for name in ("ISS", "UNA", "NXT", "WND")]
        return nothing, [_Field(name, "-") for name in ("IRS", "NXT", "WND")]
    own = tcb.iss
    synchronized = tcb.state is not State.SYN_SENT
    send = [
        _Field("ISS", str(seq_text(tcb.iss, own, raw))),
        _Field("UNA", str(seq_text(tcb.snd_una, own, raw))),
        _Field("NXT", str(seq_text(tcb.snd_nxt, own, raw))),
        _Field("WND", str(tcb.snd_wnd) if tcb.max_snd_wnd else "-"),
    ]
    receive = [
        _Field("IRS", str(seq_text(tcb.irs, tcb.irs, raw)) if synchronized else "-"),
        _Field("NXT", str(seq_text(tcb.rcv_nxt, tcb.irs, raw)) if synchronized else "-"),
        _Field("WND", str(tcb.rcv_wnd)),
    ]
    return send, receive


def _queue_lines(end: Host, was: Host, raw: bool, rows: int, width: int) -> list[Line]:
    """A listener's queues, the retransmission queue, and text that waits for something, in `rows` lines."""
    entries, olds = (
        _listener_texts(one) + ([] if one.tcb is None else _queue_texts(one.tcb, raw, width - 2))
        for one in (end, was)
    )
    if len(entries) >= rows:
        hidden = len(entries) - (rows - 2)
        entries = [*entries[: rows - 2], say("ui.end.more", count=hidden)]
    lines: list[Line] = [((f" {say('ui.end.queue')}{'' if entries else '  -'}", "label"),)]
    lines += [_marked(f" {text}", text not in olds) for text in entries]
    return [*lines, *[EMPTY] * rows][:rows]


def _listener_texts(end: Host) -> list[str]:
    """How many connections are half open, and how many wait to be accepted: a box for each place there is."""
    listener = end.listener
    if listener is None or listener.backlog is None:
        return []
    waiting = len(listener.accept_queue)
    room = min(max(listener.backlog, waiting), _MOST_BOXES)
    boxes = "■" * min(waiting, room) + "□" * (room - waiting)
    return [f"SYN {listener.half_open}", f"accept {boxes or waiting}"]


def _queue_texts(tcb: Tcb, raw: bool, room: int) -> list[str]:
    """Each in at most `room` cells: where both ends of a segment have no room, its first number alone."""
    texts = []
    for entry in tcb.retransmission_queue:
        start, end = seq_text(entry.seq, tcb.iss, raw), seq_text(entry.end, tcb.iss, raw)
        what = flag_text(entry.flags & ~ACK & 0x07) if entry.flags & 0x07 else say("ui.end.data")
        times = f" x{entry.transmissions}" if entry.transmissions > 1 else ""
        both = f"{what} {start}:{end}{times}"
        texts.append(both if cell_len(both) <= room else f"{what} {start}{times}")
    if tcb.send_buffer:
        texts.append(say("ui.end.unsent", count=len(tcb.send_buffer)))
    if tcb.receive_buffer:
        texts.append(say("ui.end.unread", count=len(tcb.receive_buffer)))
    if tcb.out_of_order:
        held = sum(len(piece.data) for piece in tcb.out_of_order)
        texts.append(say("ui.end.out_of_order", count=held))
    return texts


def _socket_lines(end: Host, was: Host, room: int, width: int) -> list[Line]:
    """UDP's sockets, and under each the texts that it has received, the latest last."""
    lines: list[Line] = []
    rows = max(1, min(MOST_DATA_ROWS, room // len(end.udp) - 1))
    for number, endpoint in enumerate(end.udp):
        texts, before = (wrap(_received(one.record, number), width - 2) for one in (end, was))
        lines.append(_marked(str(endpoint.local), number >= len(was.udp), "label"))
        got = [_marked(f" {line}", False) for line in texts[:-1]]
        got += [_marked(f" {line}", texts != before) for line in texts[-1:]]
        lines += [*got[-rows:], *[EMPTY] * rows][:rows]
    return lines


def _received(known: EndRecord, number: int) -> str:
    return " ".join(
        f"{data.decode(errors='replace')!a}" for endpoint, data in known.datagrams if endpoint == number
    )


def _path_lines(end: Host, was: Host, room: int, width: int) -> list[Line]:
    """The states it has been in, as many of the last as there is room for."""
    lines: list[Line] = []
    if room >= 6:
        lines.append(((f" {say('ui.end.path')}", "label"),))
        room -= 1
    changed = end.record.states != was.record.states
    path = end.record.states[-max(0, room) :] if room > 0 else ()
    lines += [((f" {_state_since(entered, width)}", "dim"),) for entered in path[:-1]]
    return [*lines, *(_marked(_state_since(entered, width), changed) for entered in path[-1:])]


def _state_since(entered: Entered, width: int) -> str:
    return f"{entered.state.value:<12} {time_text(entered.at, max(4, min(8, width - 14)))}"
