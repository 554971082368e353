"""That the effects of a step are all that has changed in it: what they are held against.

`check` is called at every step of every run that is watched (`tests.invariants`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tcptui.core.events import (
    DatagramDelivered,
    Delivered,
    Sent,
    Signalled,
    StateChanged,
    TimerFired,
    TimerSet,
    TimerStopped,
)
from tcptui.core.message import Duration, Message, SequenceNumber
from tcptui.core.packet.seq import distance
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tcptui.explain.catalogue import text
from tcptui.explain.effect import Change, Effect, Kind, effects, mark
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Outcome, Side

NAMES = {
    "SND.UNA": "snd_una", "SND.NXT": "snd_nxt", "SND.WND": "snd_wnd", "SND.UP": "snd_up",
    "SND.WL1": "snd_wl1", "SND.WL2": "snd_wl2", "ISS": "iss",
    "RCV.NXT": "rcv_nxt", "RCV.WND": "rcv_wnd", "RCV.UP": "rcv_up", "IRS": "irs",
    "cwnd": "cwnd", "ssthresh": "ssthresh", "SMSS": "snd_mss", "DupAcks": "duplicate_acks",
}  # fmt: skip
"""RFC 9293 Tables 2 and 3, and RFC 5681; those of RFC 6298 are in the estimate."""
OF_PEER = {"SND.WND", "SND.WL1", "SND.WL2", "RCV.NXT", "IRS", "SMSS"}
"""Not known before the peer's SYN."""
UNUSED = {"cwnd": 0, "ssthresh": 1 << 30, "DupAcks": 0, "RTO": 0, "RTTVAR": 0}


def known(tcb: Tcb | None) -> dict[str, int]:
    """The variables of a block that mean something."""
    if tcb is None or tcb.state is State.LISTEN:
        return {}
    values = {name: getattr(tcb, attribute) for name, attribute in NAMES.items()}
    values |= {"RTO": tcb.estimate.rto, "SRTT": tcb.estimate.srtt, "RTTVAR": tcb.estimate.rttvar}
    if tcb.state is State.SYN_SENT:
        values = {name: value for name, value in values.items() if name not in OF_PEER}
    if not 0 < distance(tcb.iss, tcb.snd_wl2) <= distance(tcb.iss, tcb.snd_nxt):
        values.pop("SND.WL2", None)  # The segment that it comes from had no ACK.
    return {name: value for name, value in values.items() if value not in (None, UNUSED.get(name))}


def sizes(end: HostEnd, connection: int) -> dict[str, int]:
    """The lengths of the queues of a connection or a listener."""
    tcb = next((one for one in end.blocks if one.connection == connection), None)
    status = end.status_of(connection)
    if tcb is None or status is None:
        return {}
    return {
        "retransmission": len(tcb.retransmission_queue),
        "unsent": len(tcb.send_buffer),
        "unread": len(tcb.receive_buffer),
        "out_of_order": sum(len(piece.data) + piece.fin for piece in tcb.out_of_order),
        "accept": len(status.accept_queue),
        "syn": status.half_open,
    }


def plain(value: object) -> object:
    """A number of an effect without its unit."""
    return value[0] if isinstance(value, SequenceNumber | Duration) else value


def of(found: Iterable[Effect], kind: Kind, *change: Change) -> list[Effect]:
    return [one for one in found if one.kind == kind and (not change or one.change in change)]


def check(report: Report, before: WorldState, after: WorldState) -> tuple[Effect, ...]:
    """That the effects of a step are all that has changed, held against report and worlds."""
    found = effects(report, before, after)
    forgotten = check_blocks(found, report, before, after)
    check_events(found, report, after, forgotten)
    for one in found:
        words = text(mark(one))
        assert words.strip()
        assert not re.search(r"[{}]|None|(?<![\w.-])-\d(?! E)", words), words
    return found


def check_blocks(
    found: tuple[Effect, ...], report: Report, before: WorldState, after: WorldState
) -> set[tuple[Side, int]]:
    """Variables and queues of all connections; those connections that are gone without an event."""
    wanted, queues, forgotten = Counter[object](), Counter[object](), set()
    for side in SIDES:
        old, new = before.end(side), after.end(side)
        if not isinstance(old, HostEnd) or not isinstance(new, HostEnd):
            continue
        was, now = ({tcb.connection: tcb for tcb in end.blocks} for end in (old, new))
        closed = {
            one.connection
            for one in report.events
            if isinstance(one, StateChanged) and one.new is State.CLOSED and side == report.side
        }
        for connection in {*was, *now}:
            if connection not in now and connection not in closed:
                forgotten.add((side, connection))
            values, becomes = known(was.get(connection)), known(now.get(connection))
            for name in {*values, *becomes} if becomes else ():
                if values.get(name) != becomes.get(name):
                    wanted[side, connection, name, values.get(name), becomes.get(name)] += 1
            lengths, become = sizes(old, connection), sizes(new, connection)
            for name in {*lengths, *become}:
                if lengths.get(name, 0) != become.get(name, 0):
                    queues[side, connection, name, lengths.get(name, 0), become.get(name, 0)] += 1
    told_variables = Counter(
        (one.side, one.connection, one.name, plain(one.old), plain(one.new)) for one in of(found, "variable")
    )
    assert told_variables == wanted
    told_queues: Counter[object] = Counter()
    for one in of(found, "queue"):
        assert isinstance(one.name, Message)
        told_queues[one.side, one.connection, one.name.key.rpartition(".")[2], one.old, one.new] += 1
    assert told_queues == queues
    return forgotten


def check_events(
    found: tuple[Effect, ...], report: Report, after: WorldState, forgotten: set[tuple[Side, int]]
) -> None:
    """States, timers, segments, data and notifications."""
    side = report.side
    clock = after.host(side).clock if side != "X" and after.end(side).script is None else 0
    seen = [one for one in found if (one.side, one.connection) not in forgotten]
    gone = [one for one in found if (one.side, one.connection) in forgotten]
    assert {one.new for one in of(gone, "state")} <= {State.CLOSED.value}
    assert {(one.side, one.connection) for one in of(gone, "state")} == forgotten
    assert not of(gone, "timer", "set", "fired")
    host = side != "X" and after.end(side).script is None
    events = report.events if host else ()
    states = [
        (one.connection, one.old.value, one.new.value) for one in events if isinstance(one, StateChanged)
    ]
    assert [(one.connection, one.old, one.new) for one in of(seen, "state")] == states
    timers: set[object] = set()
    for event in events:
        if isinstance(event, TimerSet):
            timers.add(("set", event.connection, event.kind.label, event.due - clock - report.at))
        elif isinstance(event, TimerStopped | TimerFired):
            change = "stopped" if isinstance(event, TimerStopped) else "fired"
            timers.add((change, event.connection, event.kind.label, None))
    assert {(one.change, one.connection, one.name, plain(one.new)) for one in of(seen, "timer")} == timers
    sent = [one.connection for one in report.events if isinstance(one, Sent)]
    by_an_end = [one for one in of(found, "segment", "sent") if one.side != "X" and is_tcp(one)]
    assert [one.connection for one in by_an_end] == sent
    assert {one.side for one in by_an_end} <= {side}
    made = [str(one.name).partition(" ")[0] for one in of(found, "segment", "sent", "copied")]
    assert made == [f"#{number}" for number in report.launched]
    lost = [f"#{one.number}" for one in report.ended if one.outcome is Outcome.LOST]
    assert [str(one.name).partition(" ")[0] for one in of(found, "segment", "lost")] == lost
    data = [len(one.data) for one in events if isinstance(one, Delivered) and one.data]
    data += [len(one.datagram.data) for one in events if isinstance(one, DatagramDelivered)]
    assert sorted(plain(one.new) for one in of(found, "data")) == sorted(data)  # type: ignore[type-var]
    signals = [f"signal.{one.signal.name.lower()}" for one in events if isinstance(one, Signalled)]
    named = [one.new.key for one in of(found, "signal") if isinstance(one.new, Message)]
    end = None if side == "X" else after.end(side)
    assert named == ([] if isinstance(end, HostEnd) and end.has_sockets else signals)


def is_tcp(effect: Effect) -> bool:
    return str(effect.name).partition(" ")[2] not in ("UDP", "ICMP")
