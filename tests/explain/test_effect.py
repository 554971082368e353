"""What a step changed: every change has its effect, nothing else has, and each is a short mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
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
from tcptui.core.profile.presets import PRESETS
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tcptui.explain.catalogue import text
from tcptui.explain.effect import Change, Effect, Kind, effects, mark
from tcptui.explain.told import marks, told
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.history import History
from tcptui.lab.moves import Move
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.variant import variant
from tcptui.lab.wire import SIDES, BadMove, Outcome, Side
from tests.explain.keys import MARKS
from tests.lab.test_programs import TALK
from tests.lab.test_properties import ROUGH, chosen, intents
from tests.lab.worlds import OPEN, history_of, scenario

FAST = settings(max_examples=150)
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


def played(history: History, most: int = 400) -> Iterator[Effect]:
    """The effects of every step up to the end."""
    while history.position < most and history.world.next_event() is not None:
        report = history.apply()
        yield from check(report, history.before, history.world)


@pytest.mark.parametrize("profile", PRESETS)
@pytest.mark.parametrize("name", library.names())
def test_every_change_of_every_scenario_has_its_effect(name: str, profile: str) -> None:
    found = list(played(History(variant(library.find(name), PRESETS[profile], []))))
    assert {one.kind for one in found} >= {"segment", "call"}


def test_a_program_with_sockets_is_told_by_its_calls() -> None:
    found = list(played(History(TALK)))
    assert of(found, "signal") == []
    assert {"returned", "blocks"} == {one.change for one in of(found, "call")}


@pytest.mark.parametrize("profile", ["rfc9293", "linux", "freebsd"])
def test_whatever_happens_every_change_has_its_effect(profile: str) -> None:
    kinds: set[tuple[Kind, Change]] = set()

    @FAST
    @given(st.sampled_from(["", OPEN.splitlines()[-1], 'prelude = "b:listen:1"']), intents(ROUGH))
    def play(prelude: str, made: list[tuple[str, int]]) -> None:
        hosts = "\n".join(f'{side}.profile = "{profile}"' for side in "AB")
        history = History(scenario(f"{prelude}\nA.isn = 3000000000\nB.isn = 1500000000\n{hosts}\n"))
        for kind, number in made:
            move: Move | None = chosen(history.world, kind, number)
            if move is None:
                continue
            try:
                report = history.apply(move)
            except BadMove:
                continue
            found = check(report, history.before, history.world)
            kinds.update((one.kind, one.change) for one in found)

    play()
    assert {kind for kind, _ in kinds} == set(get_args(Kind))
    assert kinds <= {*MARKS}
    calls: set[tuple[Kind, Change]] = {("call", change) for change in ("returned", "failed", "blocks")}
    assert {*MARKS} - kinds <= {*calls, ("variable", "unset"), ("call", "answered")}


# What a reader sees of it.


def last(moves: str, story: str = OPEN) -> list[str]:
    """The marks of the last of these moves."""
    history = history_of(scenario(story), moves)
    assert history.report is not None
    return [text(one) for one in marks(history.report, history.before, history.world)]


def test_marks_are_short_and_the_more_telling_come_first() -> None:
    assert last("b:listen a:connect s2", "A.isn = 1000\nB.isn = 5000\n") == [
        "A: SYN-SENT > ESTABLISHED",
        "#3 ACK sent",
        "SND.UNA 0 > 1",
        "SND.WND 65535",
        "RCV.NXT 1",
        "cwnd 4380",
        "SRTT 100 ms",
        "retransmission queue 1 > 0",
        "RTX timer stopped",
        "USER timer stopped",
        "A told: established",
        "RTTVAR 50 ms",
        "SMSS 1460",
        "IRS 0",
        "SND.WL1 0",
        "SND.WL2 1",
    ]


@pytest.mark.parametrize(
    ("moves", "shown"),
    [
        ("a:send:hello", "A: #1 PSH,ACK sent"),
        ("a:send:hello", "SND.NXT 1 > 6"),
        ("a:send:hello", "retransmission queue 0 > 1"),
        ("a:send:hello", "RTX timer set 1.00 s"),
        ("a:send:hello s", "B reads 5 octets"),
        ("a:send:x s", "B reads 1 octet"),
        ("a:send:hello l1", "#1 PSH,ACK lost"),
        ("a:send:hello u1", "#2 PSH,ACK copied from #1"),
        ("a:send:hello l1 s", "A: #2 PSH,ACK sent"),
        ("a:send:hello l1 s", "RTO 1.00 s > 2.00 s"),
        ("a:send:hello l1 s", "cwnd 4380 > 1460"),
        ("a:send:hello l1 s", "RTX timer fired"),
        ("a:send:hello l1 s", "RTX timer set 2.00 s"),
        ("a:close", "A: ESTABLISHED > FIN-WAIT-1"),
        ("a:close", "close() ok"),
        ("a:close s", "B told: closing"),
        ("a:reboot", "A: ESTABLISHED > CLOSED"),
        ("a:send:hello a:reboot", "RTX timer stopped"),
        ("a:send:hello a:reboot", "retransmission queue 1 > 0"),
        ("x>b:ACK:seq=1001:ack=5001 s", "B: no change"),
        ("b:send:x a:unplug s", "A: #1 PSH,ACK lost"),
        ("a:abort a:send:x", "A: SEND: does not exist"),
    ],
)
def test_a_mark_says_what_became_of_what(moves: str, shown: str) -> None:
    assert shown in last(moves)


def test_what_a_listeners_child_changes_at_the_listener_has_its_name() -> None:
    story = "A.isn = 1000\nB.isn = 5000\n"
    assert "connection 1: SYN queue 0 > 1" in last("b:listen:1 a:connect s", story)
    assert {"connection 1: SYN queue 1 > 0", "connection 1: accept queue 0 > 1"} <= {
        *last("b:listen:1 a:connect s3", story)
    }
    assert "accept queue 1 > 0" in " ".join(last("b:listen:1 a:connect s3 b:accept", story))


def test_raw_numbers_are_shown_to_who_wants_them() -> None:
    history = history_of(scenario(OPEN), "a:send:hello")
    assert history.report is not None
    shown = [text(one, raw=True) for one in marks(history.report, history.before, history.world)]
    assert "SND.NXT 1001 > 1006" in shown


def test_time_that_passes_changes_nothing() -> None:
    history = history_of(scenario(OPEN), "w1s")
    assert history.report is not None
    assert marks(history.report, history.before, history.world) == []


def test_the_three_parts_of_a_step() -> None:
    history = history_of(scenario(f"{OPEN}B.profile = 'linux'\n"), "a:close s")
    assert history.report is not None
    parts = told(history.report, history.before, history.world, history.transmissions())
    assert [text(one) for one in parts.what] == ["#1 FIN,ACK reaches B.", "B is told: closing."]
    assert parts.effect == effects(history.report, history.before, history.world)
    reason, *_ = parts.why
    assert (reason.rule, reason.source) == (Rule.FIN_TO_CLOSE_WAIT, "RFC 9293 3.10.7.4, eighth")
    assert text(reason.message) == "A FIN: A has no more to send. B may go on."
    assert reason.profile == "linux but nagle=false, delayed_ack=0us", "as both hosts of OPEN"
