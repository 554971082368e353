"""One endpoint as a pane: state, call, timers, variables, queues and path.

Of a host with several connections one is shown. A timer of another is never hidden: it stands on the line of
its kind, said whose, where the connection that is shown has none there, and is counted where it has; a pane
that has room lists the other connections too. What the last move changed is marked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tcptui.core.events import Response, Signal
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.numbers import duration_text, seq_text, time_text
from tcptui.lab.connection_record import Entered
from tcptui.lab.ends import ScriptLines
from tcptui.lab.history import Moment
from tcptui.lab.record import EndRecord
from tcptui.lab.results import CallResult
from tcptui.lab.wire import Side
from tcptui.sockets.answers import Done
from tcptui.view.cells import align_right, shorten, wrap
from tcptui.view.lines import EMPTY, Line, Style, fit, line_width, marked
from tcptui.view.queue_lines import queue_lines
from tcptui.view.subject import Host, host_of, script_of
from tcptui.view.timer_lines import other_lines, timer_lines

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

FAILED = "✗"
"""Stands before the line at which a script has failed."""
MOST_ROWS_OF_A_LINE = 4
"""Lines for that line of a script which comes next or has failed; all others have one."""
MOST_DATA_ROWS = 3
"""Lines of received texts below one of UDP's sockets."""
_TIGHT = 9
"""With fewer lines for queues and path the path stands at the lower end, and what is in the queues may take
the place of its older states."""
_ROOM_FOR_OTHERS = 14
"""From so many lines for queues and path on, other connections have lines of their own."""
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
    now: Moment,
    before: Moment,
    side: Side,
    width: int,
    height: int,
    *,
    at: int,
    raw: bool,
    chosen: int = 0,
    host: Callable[[Moment, Side, int], Host] = host_of,
) -> list[Line]:
    """The pane of one end, `height` lines of `width` cells; `before` is one move ago, `at` the time shown, in
    microseconds, `chosen` the connection that the reader wants to see, while the host has it; `host` finds
    the host at a moment."""
    script = script_of(now.world, side)
    if script is not None:
        lines = _script_lines(script, width, height)
    else:
        hosts = host(now, side, chosen), host(before, side, chosen)
        lines = _host_lines(*hosts, _Place(side, width, height, at, raw))
    return [fit(line, width) for line in [*lines, *[EMPTY] * height][:height]]


def _host_lines(end: Host, was: Host, place: _Place) -> list[Line]:
    """Every part keeps its place, whether it has something to say or not: what has not changed must not
    move."""
    side, width, height, at, raw = place
    tcb, old = end.tcb, was.tcb
    style: Style = "a" if side == "A" else "b"
    lines = [
        _state_line(end, was, at, style, width),
        *_program_lines(end, was, width),
        *timer_lines(end, was, at, width),
        *_variable_lines(tcb, old, raw, width),
    ]
    room = height - len(lines)
    if end.udp_alone:
        lines += _socket_lines(end, was, room, width)
    else:
        others = other_lines(end, was, at, width)[: room // 3] if room >= _ROOM_FOR_OTHERS else []
        tight = room < _TIGHT
        rows = min(room, 3) if tight else max(5, room // 3)
        lines += queue_lines(end, was, raw, rows, max(rows, room - 1) if tight else rows, width)
        path_rows = height - len(lines) - len(others)
        path = _path_lines(end, was, path_rows, width)
        blanks = [EMPTY] * (path_rows - len(path))
        lines += [*blanks, *path, *others] if tight else [*path, *blanks, *others]
    return lines


def endpoint_title(host: Host | None, side: Side, role: str, width: int) -> str:
    """What stands above the pane, in at most `width` cells: which of how many connections is shown, and with
    whom, if there are several. None: there is a script in the place of the host."""
    if host is None or host.total < 2 or not host.place:
        return f"{side}  {role}"
    which = say("ui.end.of", one=host.place, count=host.total)
    brief = f"{host.place}/{host.total}"
    port = "" if host.remote is None else f" :{host.remote.port}"
    titles = (f"{side}  {role}  {which}{port}", f"{side} {which}{port}", f"{side} {brief}{port}")
    return next((title for title in titles if cell_len(title) <= width), f"{side} {brief}")


def endpoint_address(host: Host | None, setup: Socket) -> str:
    """What stands below the pane: the address of the connection that is shown; without one, the host's."""
    return str(setup if host is None or host.local is None else host.local)


def _script_lines(script: ScriptLines, width: int, height: int) -> list[Line]:
    """A script in the place of a host: what is done, the line that comes next marked, or the one at which it
    has failed, and those that follow. Once it has ended, the verdict stands below."""
    words = "" if script.verdict is None else text_of(script.verdict)
    verdict = wrap(words, width - 1, most=max(1, height // 3)) if words else []
    here = script.done if script.failed is None else script.failed
    whole = wrap(script.lines[here], width - 1) if here < len(script.lines) else [""]
    whole = whole[:MOST_ROWS_OF_A_LINE]
    room = max(1, height - len(verdict) - len(whole))
    first = max(0, min(here - room // 2, len(script.lines) - room))
    drawn: list[Line] = [((f" {say('ui.end.script')}", "label"),)]
    for place, text in enumerate(script.lines[first : first + room], first):
        texts = whole if place == here else [shorten(text, width - 1)]
        if place == script.failed:
            drawn += [((f"{FAILED if row == 0 else ' '}{text}", "error"),) for row, text in enumerate(texts)]
        elif script.verdict is None and place == here:
            drawn += [marked(text, row == 0, "changed") for row, text in enumerate(texts)]
        else:
            drawn += [((f" {text}", "dim" if place < here else "plain"),) for text in texts]
    style: Style = "title" if script.failed is None else "error"
    return drawn + [((f" {line}", style),) for line in verdict]


def _state_line(end: Host, was: Host, at: int, style: Style, width: int) -> Line:
    if end.udp_alone:
        return marked("UDP UNCONN", not was.udp_alone, style)
    changed = end.state is not was.state or was.udp_alone
    since = say("ui.end.for", span=duration_text(at - end.since)) if width >= 26 else ""
    name = marked(end.state.value, changed, style)
    return (*name, (align_right(since, width - line_width(name)), "dim"))


def _program_lines(end: Host, was: Host, width: int) -> list[Line]:
    """What the program called last and what it knows."""
    known, knew = end.connection_record, was.connection_record
    results = end.record.latest_results
    if results:
        return _socket_call_lines(results, end, was, width)
    last_call = end.record.last_call.name
    call = f"{last_call}()" if last_call else "-"
    told, before = _told(end), _told(was)
    received = ""
    if known.received:
        received = f" {say('ui.end.received')} {known.received}"
        if width >= 26:
            received = shorten(f"{received} {known.last_data.decode(errors='replace')!a}", width - 1)
    return [
        marked(f"{say('ui.end.app')} {call}", last_call != was.record.last_call.name, "label"),
        marked(f" {told}", told != before),
        marked(received, known.received != knew.received),
    ]


def _socket_call_lines(results: tuple[CallResult, ...], end: Host, was: Host, width: int) -> list[Line]:
    """What the program's last calls returned, or of several programs the last of each; and how much of the
    connection that is looked at was read."""
    before = was.record.latest_results
    lines: list[Line] = []
    for one in results[-2:]:
        name = f"{one.program}: " if one.program else ""
        begin = f"{say('ui.end.app')} " if not lines else " "
        # Which call and what came of it are told first, then by which program, then with what.
        texts = (
            *((begin, f"{name}{text}") for text in (one.text, one.brief)),
            (" ", f"{name}{one.brief}"),
            (" ", f"{name.rstrip()}{one.brief.replace(' = ', '=').replace(' ...', '...')}"),
            (begin, one.brief),
            (" ", one.brief),
            *((" ", f"{what} {errno}") for errno in _errno(one) for what in (one.name, "-1")),
        )
        begin, text = next((it for it in texts if cell_len("".join(it)) <= width - 1), texts[-1])
        lines.append(marked(f"{begin}{text}", one not in before, "label" if not lines else "plain"))
    if not end.link_up:
        lines = [*lines[:1], marked(f" {say('ui.end.cable_pulled')}", was.link_up)]
    count, before_count = end.connection_record.received, was.connection_record.received
    received = f" {say('ui.end.received')} {count}" if count else ""
    blank = [marked("", False)] * (2 - len(lines))
    return [*lines, *blank, marked(received, count != before_count)]


def _errno(result: CallResult) -> tuple[str, ...]:
    """The error of a call that has failed, if it has."""
    done = result.done
    return (done.errno,) if isinstance(done, Done) and done.errno else ()


def _told(end: Host) -> str:
    """What came of the program's last call, in as few words as tell it."""
    if not end.link_up:
        return say("ui.end.cable_pulled")
    call, signal = end.record.last_call, end.connection_record.last_signal
    if isinstance(call.response, str) and call.response:
        return call.response
    if isinstance(call.response, Response) and call.response is not Response.OK:
        return say(f"response.brief.{call.response.name.lower()}")
    if not end.accepted:
        return say("ui.end.not_accepted")
    over = end.state in (State.CLOSED, State.LISTEN)
    if signal is not None and not (over and signal in _OF_AN_OPEN_CONNECTION):
        return say(f"signal.{signal.name.lower()}")
    return say("ui.end.waiting") if call.name in ("listen", "connect", "bind") else ""


def _variable_lines(tcb: Tcb | None, old: Tcb | None, raw: bool, width: int) -> list[Line]:
    """Two columns, for relative numbers in a narrow pane too: what is below must not move as they grow. What
    is too wide there stands without a blank, or takes room of the other column."""
    send, receive = _variables(tcb, raw)
    old_send, old_receive = _variables(old, raw)
    column = max(8, (width - 2) // 2)
    pairs = [_pair(*both, column, width) for both in zip(send[:-1], receive, strict=True)]
    if not all(pairs) or (raw and width < 26):
        # Large numbers in a narrow pane: one column.
        return [
            ((f" {say('ui.end.send')}", "label"),),
            *_column(send, old_send),
            ((f" {say('ui.end.receive')}", "label"),),
            *_column(receive, old_receive),
        ]
    lines: list[Line] = [
        (*fit(((f" {say('ui.end.send')}", "label"),), column), (f" {say('ui.end.receive')}", "label"))
    ]
    for index, (left, right) in enumerate(pairs):
        lines.append(
            (
                *marked(left, send[index] != old_send[index]),
                *marked(right, receive[index] != old_receive[index]),
            )
        )
    return [*lines, *_column(send[-1:], old_send[-1:], 3)]


def _pair(left: _Field, right: _Field, column: int, width: int) -> tuple[str, ...]:
    """Two variables on a line, the second at the column or as near to it as it can; empty: no room."""
    for blank, other in ((" ", " "), (" ", ""), ("", ""))[: 3 if width < 26 else 1]:
        first = f"{left.name}{blank}{left.value}"
        second = f"{right.name}{other}{right.value}"
        gap = min(max(0, column - 1 - len(first)), width - 2 - len(first) - len(second))
        if gap >= 0:
            return first + " " * gap, second
    return ()


def _column(fields: list[_Field], before: list[_Field], name: int = 4) -> list[Line]:
    """A line for each, with so many cells for its name."""
    pairs = zip(fields, before, strict=True)
    return [marked(f"{new.name:<{name}} {new.value}", new.value != old.value) for new, old in pairs]


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


def _socket_lines(end: Host, was: Host, room: int, width: int) -> list[Line]:
    """UDP's sockets, and under each the texts that it has received, the latest last."""
    lines: list[Line] = []
    rows = max(1, min(MOST_DATA_ROWS, room // len(end.udp) - 1))
    for number, endpoint in enumerate(end.udp):
        texts, before = (wrap(_received(one.record, number), width - 2) for one in (end, was))
        lines.append(marked(str(endpoint.local), number >= len(was.udp), "label"))
        got = [marked(f" {line}", False) for line in texts[:-1]]
        got += [marked(f" {line}", texts != before) for line in texts[-1:]]
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
    changed = end.path != was.path
    path = end.path[-max(0, room) :] if room > 0 else ()
    lines += [((f" {_state_since(entered, width)}", "dim"),) for entered in path[:-1]]
    return [*lines, *(marked(_state_since(entered, width), changed) for entered in path[-1:])]


def _state_since(entered: Entered, width: int) -> str:
    return f"{entered.state.value:<12} {time_text(entered.at, max(4, min(8, width - 14)))}"
