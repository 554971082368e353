"""What a reader can be asked before a step: a question, a few choices, and which of them the run makes true.

Why it is so. Nothing here knows TCP: the state is copied, the copy makes the step, and what that brought
about is the right answer. So a question is right for every stack, every knob and every fault, and nobody has
to keep questions and stories in step. What is decided here is only which question a step deserves: a change
of state, what is answered, a number that is easily got wrong by one, the timer that fires, what a call
returns. A step has at most two that tell something, the most telling first, and they take turns by the number
of the step; most acknowledgments deserve none. The choices stand in an order of their own (states as RFC 9293
lists them, numbers by size), so that the place of an answer says nothing; the wrong ones are what readers
confuse it with (`predict_choices`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from tcptui.core.events import StateChanged, TimerFired
from tcptui.core.message import Message
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.state import State
from tcptui.explain import predict_choices as choices_of
from tcptui.explain.labels import name_of
from tcptui.explain.predict_choices import Choices
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Side, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked

Kind: TypeAlias = Literal["state", "flags", "ack", "seq", "timer", "return"]
_WAITS_FOR_ACK = (
    State.SYN_SENT, State.SYN_RECEIVED, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK, State.TIME_WAIT,
)  # fmt: skip
"""States that an ACK may end, or that readers think it ends."""
_CLOSES = ("close", "shutdown", "abort", "exit")
_TOLD: dict[Kind, str] = {
    "state": "predict.told.state", "flags": "predict.told.flags", "ack": "predict.told.ack",
    "seq": "predict.told.seq", "timer": "predict.told.timer", "return": "predict.told.return",
}  # fmt: skip
MOST_TOLD = 2
"""So many questions of a step take turns."""


class Question(NamedTuple):
    """What is asked before a step."""

    kind: Kind
    words: Message
    """What is about to happen, and what is asked of it."""
    choices: tuple[Message, ...]
    """Two to five."""
    right: int
    """The place of the one that the run makes true, from 0."""

    @property
    def answer(self) -> Message:
        """The right one."""
        return self.choices[self.right]

    @property
    def told(self) -> Message:
        """The right one, and of what it is: after the step nobody sees the question any more."""
        return Message.of(_TOLD[self.kind], answer=self.answer)


class _Step(NamedTuple):
    """A step that has been made on a copy."""

    before: WorldState
    after: WorldState
    report: Report
    end: HostEnd
    """The host that acts, before the step."""
    side: Side
    arrived: Transmission | None
    """The segment that arrives in it."""
    sent: tuple[Transmission, ...]
    """The segments that the host sends in it."""


def question_of(world: WorldState) -> Question | None:
    """The question that the next step of a world deserves; None: it deserves none, or there is no step."""
    step = _made(world)
    if step is None:
        return None
    found = [one for _, one in zip(range(MOST_TOLD), _questions(step), strict=False)]
    return found[world.steps % len(found)] if found else None


def _made(world: WorldState) -> _Step | None:
    """The next step on a copy; None: there is none, or none that a host makes."""
    after = world.copy()
    report = after.step()
    if report is None or report.side == "X":
        return None
    end = world.end(report.side)
    if not isinstance(end, HostEnd):
        return None
    known = {one.number: one for one in (*report.ended, *after.wire.transmissions)}
    arrived = known.get(report.transmission) if report.cause == "arrival" else None
    mine = (known.get(number) for number in report.launched)
    sent = tuple(one for one in mine if one is not None and one.sender == end.side and not one.copy_of)
    return _Step(world, after, report, end, end.side, arrived, sent)


def _questions(step: _Step) -> Iterator[Question]:
    """What can be asked of a step, the most telling first."""
    match step.report.cause:
        case "arrival":
            yield from _of_arrival(step)
        case "timer":
            yield from _of_timer(step)
        case "call":
            yield from _of_call(step)
        case "third party":
            yield from _of_change(step, Message.of("predict.icmp", side=step.side), stays=False)


# What happens at an end.


def _of_arrival(step: _Step) -> Iterator[Question]:
    segment = None if step.arrived is None else step.arrived.arrives_as
    if step.arrived is None or not isinstance(segment, Segment) or not step.end.link_up:
        return
    occasion = Message.of("predict.arrives", name=name_of(step.arrived), side=step.side)
    telling = bool(segment.flags & (SYN | FIN | RST))
    yield from _of_change(step, occasion, stays=telling or step.end.state in _WAITS_FOR_ACK)
    if telling or any(result.name not in choices_of.MOVE_DATA for result in step.report.results):
        yield from _of_returned(step, occasion)
    if step.sent and segment.length:
        yield from _of_number(step, "ack")
    if step.sent or telling or segment.data or step.end.state is State.CLOSED:
        yield from _of_sent(step, occasion)


def _of_timer(step: _Step) -> Iterator[Question]:
    fired = [event for event in step.report.events if isinstance(event, TimerFired)]
    if len(fired) != 1:
        return
    running = []
    for side in ("A", "B"):
        end = step.before.end(side)
        if isinstance(end, HostEnd):
            running += [(side, kind, timer.due) for kind, timer in end.timers.items()]
    words = Message.of("predict.ask", occasion=Message.of("predict.time"), asked=Message.of("predict.timer"))
    if fired[0].connection == step.end.connection:
        yield from _as_question("timer", words, choices_of.timers(running, (step.side, fired[0].kind)))
    occasion = Message.of("predict.fires", side=step.side, timer=Message.of(fired[0].kind.words))
    yield from _of_change(step, occasion, stays=False)
    if step.sent:
        yield from _of_number(step, "seq")
    yield from _of_sent(step, occasion)


def _of_call(step: _Step) -> Iterator[Question]:
    report = step.report
    own = report.results[-1] if report.results else None
    if own is not None and own.call is not None:
        call = choices_of.written(own)
    elif report.call:
        call = f"{report.call}()"
    else:
        return
    occasion = Message.of("predict.calls", side=step.side, call=call)
    yield from _of_change(step, occasion, stays=report.call in _CLOSES)
    if own is not None and own.call is not None:
        if own.name not in choices_of.MOVE_DATA or step.end.state is not State.ESTABLISHED:
            yield from _of_return(own, occasion, step.side)
    elif not step.sent:
        yield from _as_question(
            "return",
            Message.of("predict.ask", occasion=occasion, asked=Message.of("predict.returns")),
            choices_of.responses(report),
        )
    if step.sent:
        yield from _of_sent(step, occasion)
        yield from _of_number(step, "seq")
    elif report.call in (*_CLOSES, "send", "write"):
        yield from _of_sent(step, occasion)


# What is asked of it.


def _of_change(step: _Step, occasion: Message, *, stays: bool) -> Iterator[Question]:
    """The next state of the one connection that changes its state; where none does, of the host's only one,
    if `stays`: a reader may think that it changes."""
    changes: dict[int, tuple[State, State]] = {}
    for event in step.report.events:
        if isinstance(event, StateChanged):
            old = changes.get(event.connection, (event.old,))[0]
            changes[event.connection] = old, event.new
    found = {pair for pair in changes.values() if pair[0] is not pair[1]}
    if not found and stays and not changes and len(step.end.connections) <= 1:
        found = {(step.end.state, step.end.state)}
    if len(found) != 1:
        return
    old, new = found.pop()
    asked = Message.of("predict.state", side=step.side, state=old.value)
    yield from _as_question(
        "state", Message.of("predict.ask", occasion=occasion, asked=asked), choices_of.states(old, new)
    )


def _of_sent(step: _Step, occasion: Message) -> Iterator[Question]:
    """What the host sends: the control bits, or that it sends nothing."""
    asked = Message.of("predict.flags", side=step.side)
    yield from _as_question(
        "flags",
        Message.of("predict.ask", occasion=occasion, asked=asked),
        choices_of.flags([one.payload for one in step.sent], step.end.state),
    )


def _of_number(step: _Step, which: Literal["ack", "seq"]) -> Iterator[Question]:
    """A number of the first segment that the host sends."""
    sent = step.sent[0]
    segment = sent.payload
    if not isinstance(segment, Segment) or (which == "ack" and not segment.flags & ACK):
        return
    arrived = step.arrived.arrives_as if step.arrived is not None else None
    occasion = (
        Message.of("predict.fires_first", side=step.side, name=name_of(sent))
        if step.arrived is None
        else Message.of("predict.answers", side=step.side, name=name_of(sent), other=name_of(step.arrived))
    )
    words = Message.of(
        "predict.ask", occasion=occasion, asked=Message.of("predict.ack" if which == "ack" else "predict.seq")
    )
    if which == "ack" and isinstance(arrived, Segment):
        yield from _as_question(which, words, choices_of.acks(segment, arrived, sent.bases))
    elif which == "seq" and segment.length:
        yield from _as_question(which, words, choices_of.seqs(segment, sent.bases))


def _of_returned(step: _Step, occasion: Message) -> Iterator[Question]:
    """What the one call returns that had blocked."""
    done = [one for one in step.report.results if one.call is not None and not isinstance(one.done, Blocked)]
    if len(done) == 1:
        waits = Message.of(
            "predict.waits", occasion=occasion, side=step.side, call=choices_of.written(done[0])
        )
        yield from _of_return(done[0], waits, step.side)


def _of_return(result: CallResult, occasion: Message, side: Side) -> Iterator[Question]:
    words = Message.of("predict.ask", occasion=occasion, asked=Message.of("predict.returns"))
    yield from _as_question("return", words, choices_of.returns(result))


def _as_question(kind: Kind, words: Message, choices: Choices | None) -> Iterator[Question]:
    if choices is not None and len(choices.all) > 1:
        yield Question(kind, words, *choices)
