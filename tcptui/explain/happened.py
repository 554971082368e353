"""What a move brought about, as messages: who did or got what.

Why is told by `reasons`, and what changed by `effect`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.events import (
    Delivered,
    Response,
    Returned,
    RuleApplied,
    Signal,
    Signalled,
    StateChanged,
    TimerFired,
)
from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.core.packet.segment import ACK, SYN, Segment, Socket
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.explain.errnos import (
    BLOCKS,
    FAILS,
    FAILS_WITH_WORDS,
    RETURNS,
    response_message,
    signal_message,
    socket_call,
    without_arguments,
)
from tcptui.explain.labels import name_of, sockets_texts
from tcptui.explain.reasons import arrives_as, rule_messages
from tcptui.explain.wire_acts import third_party, wire_acts
from tcptui.lab.ends.connections import ENDED
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.state import WorldState
from tcptui.lab.wire import OLD, SIDES, Outcome, Party, Transmission
from tcptui.sockets.answers import Blocked
from tcptui.sockets.requests import NAMES, Read, Write

_NOTIFIED, _AGAIN, _COPY = "happened.told", "happened.again", "happened.copy"
_BY_FAULT = "happened.fault.by_rule"
MOST_NAMES = 3
"""So many segments that a step has sent are named; of more, the last are counted."""
_OF_OCTETS = (NAMES[Read], NAMES[Write])
"""Calls whose value is a number of octets."""


_TOLD_BY_RULE = {
    Signal.DELIVERY_PROBLEM: Rule.DELIVERY_PROBLEM,
    Signal.SOFT_ERROR: Rule.SOFT_ERROR,
    Signal.URGENT: Rule.URGENT,
    Signal.PORT_UNREACHABLE: Rule.UDP_ERROR_PASSED,
}
"""Notifications of which the rule that brought them says that they are made."""


def happened(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> tuple[Message, ...]:
    """What a move brought about, and why: who did or got what, then the rules that decided.

    `transmissions`: those that are known, which have the one that the report is about.
    """
    return (*what(report, world, transmissions), *rule_messages(report, world.scenario))


def what(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> tuple[Message, ...]:
    """Who did what, what the wire did to what was sent, what calls returned and what programs were told."""
    transmission = _subject(report, transmissions)
    if _is_script(report, world) and report.told is not None and transmission is None:
        return (report.told,)
    if report.cause == "third party" and transmission is None and report.side == "X":
        return tuple(wire_acts(report))  # It was not sent.
    return (
        _opening(report, transmission, world, transmissions),
        *_responses(report, world),
        *_notified(report, world),
        *_by_the_wire(report, world),
        *wire_acts(report),
        *_told(report),
    )


def in_brief(messages: Sequence[Message]) -> list[Message]:
    """What happened, without what programs were told, the RFC's words beside an errno, which segment another
    repeats or is a copy of, and the text of a fault."""
    brief = []
    for message in messages:
        if message.key == _BY_FAULT:
            brief.append(Message.of("happened.fault", what=dict(message.numbers)["what"]))
        elif message.key != _NOTIFIED:
            numbers = tuple((name, _plain(value)) for name, value in message.numbers)
            brief.append(Message(message.key, numbers))
    return brief


def in_terse(messages: Sequence[Message]) -> list[Message]:
    """The same with calls to sockets without their arguments."""
    return [
        Message(message.key, tuple((name, _terse(value)) for name, value in message.numbers))
        for message in in_brief(messages)
    ]


def _terse(value: Value) -> Value:
    if isinstance(value, Message) and value.key in (BLOCKS, RETURNS, FAILS, FAILS_WITH_WORDS):
        return without_arguments(value)
    return value


def _plain(value: Value) -> Value:
    if isinstance(value, Message):
        if value.key in (_AGAIN, _COPY):
            return value.numbers[0][1]
        if value.key == FAILS_WITH_WORDS:
            return Message(FAILS, tuple(one for one in value.numbers if one[0] != "words"))
        return value
    if isinstance(value, tuple) and not isinstance(value, SequenceNumber | Duration):
        return tuple([_plain(one) for one in value])
    return value


def _is_script(report: Report, world: WorldState) -> bool:
    """Whether at the end that a report is about there is a script and no host."""
    return report.side != "X" and world.end(report.side).script is not None


def _subject(report: Report, transmissions: Sequence[Transmission]) -> Transmission | None:
    """The segment that the report is about; None if it is about none."""
    return _numbered(report.transmission or (report.launched[0] if report.launched else 0), transmissions)


def _numbered(number: int, transmissions: Sequence[Transmission]) -> Transmission | None:
    return next((one for one in reversed(transmissions) if one.number == number), None)


def _notified(report: Report, world: WorldState) -> list[Message]:
    """What programs were told that no call of theirs returned; one with sockets is told by its calls."""
    side = report.side
    signals = [event.signal for event in report.events if isinstance(event, Signalled)]
    if side == "X" or not signals:
        return []
    host = world.end(side)
    if isinstance(host, HostEnd) and host.has_sockets:
        return []
    rules = {event.rule for event in report.events if isinstance(event, RuleApplied)}
    told = tuple(
        signal_message(event.signal, event.connection, report, host)
        for event in report.events
        if isinstance(event, Signalled) and _TOLD_BY_RULE.get(event.signal) not in rules
    )
    return [Message.of(_NOTIFIED, side=side, signals=told)] if told else []


def _told(report: Report) -> list[Message]:
    """What a script says of it."""
    return [] if report.told is None else [report.told]


def _opening(
    report: Report,
    transmission: Transmission | None,
    world: WorldState,
    transmissions: Sequence[Transmission],
) -> Message:
    """Who did what, the part that needs no rule."""
    side = report.side
    if report.cause == "call":
        return _called(report, transmission, _is_script(report, world), transmissions)
    if report.cause == "timer":
        return _timer_fires(report, world, transmissions)
    if report.cause == "third party" and side != "X":
        return Message.of("happened.icmp_error", side=side)
    if report.cause == "fault" and transmission is None:
        return Message.of("happened.wire_gets", what=report.call)
    if report.cause == "program":
        return Message.of("happened.program_starts", side=side, what=report.call)
    if report.cause == "wait" or transmission is None:
        return Message.of("happened.time_passes", span=Duration(report.by))
    if report.cause == "third party":
        return third_party(report, transmission, name_of(transmission))
    if report.cause == "arrival":
        lost = transmission.outcome is Outcome.LOST
        described = _of_another(_described(transmission, transmissions), report, world, transmission)
        key = "happened.lost_link_down" if lost else arrives_as(report)
        return Message.of(key, name=described, side=side)
    if report.launched:
        copy = report.launched[0]
        return Message.of("happened.wire_duplicates", name=name_of(transmission), number=copy)
    if transmission.outcome is Outcome.LOST:
        return Message.of("happened.wire_loses_unnoticed", name=_carried(transmission))
    return Message.of("happened.wire_delays", name=name_of(transmission), span=Duration(report.by))


def _timer_fires(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> Message:
    """A timer, and what it sends."""
    side = report.side
    fired = [event for event in report.events if isinstance(event, TimerFired)]
    timers = tuple(_timer(event, report, world) for event in fired)
    one = len(fired) == 1
    names = _names_sent(report, transmissions)
    if not names:
        return Message.of("happened.timer_fires" if one else "happened.timers_fire", side=side, timers=timers)
    key = "happened.timer_sends" if one else "happened.timers_send"
    return Message.of(key, side=side, timers=timers, names=names)


def _timer(event: TimerFired, report: Report, world: WorldState) -> Message:
    """What a timer is called; one of a connection that the pane does not show has its sockets."""
    name = Message.of(event.kind.words)
    own = report.connections.get(event.connection)
    if event.connection == report.connection or own is None or not _is_another(report, own[:2]):
        return name
    return Message.of("happened.timer_of", timer=name, sockets=between(own[:2], world))


def _of_another(
    name: str | Message, report: Report, world: WorldState, transmission: Transmission
) -> str | Message:
    """The name of a segment that has arrived, with its sockets where the pane shows another connection."""
    segment = transmission.arrives_as
    if not isinstance(segment, Segment) or not _is_another(report, (segment.dst, segment.src)):
        return name
    return Message.of("happened.between", name=name, sockets=between(segment[:2], world))


def between(sockets: tuple[Socket, Socket], world: WorldState) -> str:
    """Two sockets as the ladder has them."""
    return sockets_texts(sockets, {world.end(side).setup.socket.host for side in SIDES})[0]


def _is_another(report: Report, sockets: tuple[Socket, Socket]) -> bool:
    """Whether the end that a report is about shows another connection than that between these sockets, its
    own first. Where it shows none, as a listener, one that has ended is meant if there is no other."""
    known = report.connections
    shown = known.get(report.connection)
    if shown is not None:
        return shown[:2] != sockets
    ended = {
        event.connection for event in report.events if isinstance(event, StateChanged) and event.new in ENDED
    }
    return any(one[:2] != sockets or name not in ended for name, one in known.items())


def _names_sent(report: Report, transmissions: Sequence[Transmission]) -> tuple[str | Message, ...]:
    """The segments that a step has sent, by name; of many the first, and how many more."""
    sent = [_numbered(number, transmissions) for number in report.launched]
    names = tuple(_described(it, transmissions) for it in sent if it is not None and not it.copy_of)
    if len(names) <= MOST_NAMES:
        return names
    return *names[: MOST_NAMES - 1], Message.of("why.more", count=len(names) + 1 - MOST_NAMES)


def _described(transmission: Transmission, transmissions: Sequence[Transmission]) -> str | Message:
    """Number and flags, and of what it is a copy, or which one it repeats."""
    name = name_of(transmission)
    if transmission.copy_of:
        return Message.of(_COPY, name=name, number=transmission.copy_of)
    if transmission.sender == "X":
        origin = "" if transmission.path is None else transmission.path.origin
        if origin == OLD:
            return Message.of("happened.old", name=name)
        if origin:
            return Message.of("happened.of_box", name=name, box=origin)
        return Message.of("happened.third_party", name=name)
    if transmission.attempt > 1:
        first = _repeated(transmission, transmissions)
        if first is not None:
            return Message.of(_AGAIN, name=name, number=first.number)
    return name


def _repeated(transmission: Transmission, transmissions: Sequence[Transmission]) -> Transmission | None:
    """The first transmission of what this one repeats, as far as it is known still."""
    segment, connection = transmission.payload, transmission.connection
    if not isinstance(segment, Segment) or connection is None:
        return None
    for one in transmissions:
        if one.number >= transmission.number:
            break
        payload = one.payload
        if (
            isinstance(payload, Segment)
            and payload.seq == segment.seq
            and payload.length
            and one.sender == transmission.sender
            and (payload.src, payload.dst) == (segment.src, segment.dst)
            and one.connection is not None
            and not connection.differs(one.connection)
        ):
            return one
    return None


def _carried(transmission: Transmission) -> str | Message:
    """Number and flags, and what gets lost with a segment, as far as they do not say so."""
    segment, name = transmission.payload, name_of(transmission)
    if not isinstance(segment, Segment):
        return name
    seq, ack = (
        SequenceNumber(number, base)
        for number, base in zip((segment.seq, segment.ack), transmission.bases, strict=True)
    )
    if segment.data:
        return Message.of("happened.carries_data", name=name, len=len(segment.data), seq=seq)
    if segment.flags & ACK and not segment.flags & SYN:
        return Message.of("happened.carries_ack", name=name, ack=ack)
    return name


def _by_the_wire(report: Report, world: WorldState) -> list[Message]:
    """What became at once of the segments that were sent: faults that name them by their numbers, a link that
    is down. What has a rule is told by `wire_acts`."""
    if report.cause == "fault" or not report.launched:
        return []
    wire, lost = world.wire, {one.number for one in report.ended if one.outcome is Outcome.LOST}
    known = {one.number: one for one in (*report.ended, *wire.transmissions)}
    by_rule = {
        act.number for act in report.acts if act.name and act.what not in ("old", "third party", "answer")
    }
    messages = []
    for number in report.launched:
        one = known.get(number)
        if one is None or number in by_rule or one.copy_of in by_rule:
            continue
        if number in lost:
            down = one.sender != "X" and not world.end(one.sender).link_up
            key = "happened.lost_link_down" if down else "happened.wire_loses"
            messages.append(Message.of(key, name=_carried(one), **({"side": one.sender} if down else {})))
        elif one.copy_of:
            name = f"#{one.copy_of}"  # It has just been named.
            messages.append(Message.of("happened.wire_duplicates", name=name, number=number))
        elif one.delayed_by:
            name, span = name_of(one), Duration(one.delayed_by)
            messages.append(Message.of("happened.wire_delays", name=name, span=span))
    return messages


def _called(
    report: Report,
    transmission: Transmission | None,
    script: bool,
    transmissions: Sequence[Transmission],
) -> Message:
    """A program's call, a host event, or what a script sends."""
    side, call = report.side, report.call
    if call == "reboot":
        return Message.of("happened.reboot", side=side, other="B" if side == "A" else "A")
    if call == "unplug":
        return Message.of("happened.link_down", side=side)
    if call == "plug":
        return Message.of("happened.link_up", side=side)
    if script and transmission is not None:
        return Message.of("happened.script_sends", name=name_of(transmission))
    if script:
        return Message.of("happened.script_goes_on")
    names = _names_sent(report, transmissions)
    own = report.results[-1] if report.results else None
    if own is not None and own.call is not None:
        key = "happened.socket_call_sends" if names else "happened.socket_call"
        who, made = _maker(side, own), socket_call(own)
        return Message.of(key, side=who, call=made, **({"names": names} if names else {}))
    if names:
        return Message.of("happened.calls_sends", side=side, call=call, names=names)
    return Message.of("happened.calls", side=side, call=call)


def _maker(side: Party, result: CallResult) -> Party | Message:
    """Who has made a call: the host, and of several programs on it which one."""
    return Message.of("happened.program", side=side, name=result.program) if result.program else side


def tells_user_calls(report: Report) -> bool:
    """Whether what the RFC's user calls returned is told. A request to a socket makes such calls itself: what
    those returned, its own result tells."""
    of_sockets = [result.of_socket for result in report.results]
    return not any(of_sockets) or (report.cause == "call" and not of_sockets[-1])


def responses(report: Report) -> list[Returned]:
    """What the RFC's user calls returned that is neither "ok" nor a promise."""
    if not tells_user_calls(report):
        return []
    returned = [event for event in report.events if isinstance(event, Returned)]
    return [one for one in returned if one.response not in (Response.OK, Response.QUEUED)]


def _responses(report: Report, world: WorldState) -> list[Message]:
    """What calls returned: a request to a socket in any case, a user call where that tells something."""
    results = [result for result in report.results if result.of_socket]
    if report.cause == "call" and results and results[-1].call is not None:
        results.pop()  # Its own, with which the sentence begins.
    told = [_result(report.side, result) for result in results]
    return [*_responses_to_users(report, world), *told] if tells_user_calls(report) else told


def _responses_to_users(report: Report, world: WorldState) -> list[Message]:
    """What the RFC's user calls returned, where that tells something."""
    returned = [event for event in report.events if isinstance(event, Returned)]
    if report.call == "read" and any(event.response is Response.QUEUED for event in returned):
        return [Message.of("happened.read_waits", side=report.side)]
    delivered = sum(len(event.data) for event in report.events if isinstance(event, Delivered))
    if report.call == "read" and delivered:
        return [Message.of("happened.read_returns", side=report.side, count=delivered)]
    changes = [event.new for event in report.events if isinstance(event, StateChanged)]
    if report.call == "shutdown" and State.FIN_WAIT_1 in changes:
        return [Message.of("happened.may_receive", side=report.side)]
    return [
        Message.of(
            "happened.returned",
            call=event.call,
            response=response_message(event, world.end(report.side), report.call),
        )
        for event in responses(report)
        if event.call != "RECEIVE" and report.side != "X"
    ]


def _result(side: Party, result: CallResult) -> Message:
    """What came of a request to a socket."""
    call, done = result.name, result.done
    if result.call is not None:
        return Message.of("happened.socket_call", side=_maker(side, result), call=socket_call(result))
    if isinstance(done, Blocked):
        return Message.of("happened.blocks", side=side, call=call)
    if done.errno:
        return Message.of("happened.call_fails", side=side, call=call, errno=done.errno)
    if call in _OF_OCTETS:
        return Message.of("happened.call_returns_octets", side=side, call=call, count=done.value)
    return Message.of("happened.call_returns", side=side, call=call, value=done.value)
