"""The program of a host as three rows of its pane: what it called last, what it was told, what it got."""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.lab.results import CallResult
from tcptui.sockets.answers import Done
from tcptui.view.cells import cell_len, fill, shorten
from tcptui.view.end_rows import Field, Row, labelled
from tcptui.view.subject import Host

_SYNCHRONIZED_ONCE = (State.SYN_RECEIVED, State.ESTABLISHED)
_TOLD_IN: dict[Signal, tuple[State, ...]] = {
    Signal.OPENED: _SYNCHRONIZED_ONCE,
    Signal.CLOSING: (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT),
    Signal.CLOSE_ACKNOWLEDGED: (State.FIN_WAIT_2, State.TIME_WAIT),
}
"""The states in which a notification still says how things are; of others it does always."""

_WORDS: dict[Signal, tuple[str, ...]] = {
    Signal.CLOSING: ("ui.end.told.closing", "ui.end.told.closing_brief"),
    Signal.CLOSE_ACKNOWLEDGED: ("ui.end.told.close_acknowledged",),
}
"""Notifications that are told in other words than the RFC's, which could be read as a state."""


def program_rows(end: Host, width: int) -> list[Row]:
    """Three rows."""
    known = end.connection_record
    results = end.record.latest_results
    got: list[str] = []
    if known.received:
        data = f"{known.last_data.decode(errors='replace')!a}"
        room = width - 1 - cell_len(f"{say('ui.end.got')} {known.received} ")
        got = [f"{known.received} {shorten(data, room)}"] if room >= 6 else []
        got.append(str(known.received))
    gap = 6 if width >= 26 else 4
    received = labelled(say("ui.end.got"), got, width, gap=gap)
    if received:
        received = (received[0]._replace(key=("got", known.received)),)
    if results:
        return [*_result_rows(results, end, width, gap), received]
    call = end.record.last_call.name
    called = labelled(say("ui.end.app"), [f"{call}()"], width, gap=gap) if call else ()
    if called:
        called = (called[0]._replace(key=("app", end.record.last_call)),)
    return [called, labelled(say("ui.end.told"), _told(end), width, gap=gap), received]


def _result_rows(results: tuple[CallResult, ...], end: Host, width: int, gap: int) -> list[Row]:
    """What the program's last calls returned, or of several programs the last of each, in two rows."""
    rows: list[Row] = []
    for one in results[-2:]:
        name = f"{one.program}: " if one.program else ""
        label = "" if rows else say("ui.end.app")
        begin = fill(label, gap) if cell_len(label) < gap else f"{label} "
        # Which call and what came of it are told first, then by which program, then with what.
        texts = (
            *((begin, f"{name}{text}") for text in (one.text, one.brief)),
            ("", f"{name}{one.brief}"),
            ("", f"{name.rstrip()}{one.brief.replace(' = ', '=').replace(' ...', '...')}"),
            (begin, one.brief),
            ("", one.brief),
            *(("", f"{what} {errno}") for errno in _errno(one) for what in (one.name, "-1")),
        )
        before, text = next((it for it in texts if cell_len("".join(it)) <= width - 1), texts[-1])
        rows.append((Field(text, "plain", ("app", one), before),))
    if not end.link_up:
        rows = [*rows[:1], (Field(say("ui.end.cable_pulled"), "error"),)]
    return [*rows, (), ()][:2]


def _errno(result: CallResult) -> tuple[str, ...]:
    """The error of a call that has failed, if it has."""
    done = result.done
    return (done.errno,) if isinstance(done, Done) and done.errno else ()


def _told(end: Host) -> list[str]:
    """What came of the program's last call, or what it was notified of and still holds, in several
    wordings."""
    if not end.link_up:
        return [say("ui.end.cable_pulled")]
    call = end.record.last_call
    if isinstance(call.response, str) and call.response:
        return [call.response]
    if isinstance(call.response, Response) and call.response is not Response.OK:
        return [say(f"response.brief.{call.response.name.lower()}")]
    if not end.accepted:
        return [say("ui.end.not_accepted")]
    signal = end.connection_record.last_signal
    if signal is not None and end.state in _TOLD_IN.get(signal, (end.state,)):
        return [say(key) for key in _WORDS.get(signal, (f"signal.{signal.name.lower()}",))]
    return [say("ui.end.waiting")] if call.name in ("listen", "connect", "bind") else []
