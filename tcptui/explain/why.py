"""The sentence of why: what the last move did, and by which rule.

The core names rules and numbers; here they become sentences. `SENTENCES` has one for every rule.
"""

from typing import NamedTuple

from tcptui.core.events import Delivered, Response, Returned, RuleApplied, StateChanged, TimerFired, TimerKind
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.explain.numbers import duration_text, name_of, seq_text
from tcptui.explain.words import tr
from tcptui.lab.ends.script import ScriptEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Outcome, Transmission

SENTENCES: dict[Rule, str] = {
    Rule.OPEN_PASSIVE: "A passive OPEN: it waits for any peer.",
    Rule.OPEN_ACTIVE: "An active OPEN: it picks an initial number and sends a SYN.",
    Rule.OPEN_TURNS_ACTIVE: "It listened; an active OPEN makes it send a SYN instead.",
    Rule.SEND_OPENS: "SEND on a listening connection whose peer is known opens it.",
    Rule.SEND_QUEUED: "{len} octets wait until the connection is established.",
    Rule.SEND_TAKEN: "{len} octets to send; the peer's window is {snd_wnd}.",
    Rule.CLOSE_DELETES: "Nothing has been agreed with anybody: CLOSE just forgets the connection.",
    Rule.CLOSE_SENDS_FIN: "Nothing is left to send: the FIN goes at once.",
    Rule.CLOSE_QUEUED: "The FIN has to wait: for {unsent} octets to be sent, or for the peer's window.",
    Rule.ABORT_SENDS_RST: "ABORT sends a RST and forgets everything at once.",
    Rule.ABORT_DELETES: "ABORT forgets the connection; in this state without a RST.",
    Rule.OPEN_REFUSED: "OPEN is refused here.",
    Rule.SEND_REFUSED: "SEND is refused in this state.",
    Rule.RECEIVE_REFUSED: "RECEIVE is refused in this state.",
    Rule.CLOSE_REFUSED: "CLOSE is refused in this state.",
    Rule.ABORT_REFUSED: "ABORT is refused in this state.",
    Rule.STATUS_REFUSED: "STATUS is refused in this state.",
    Rule.CLOSED_RST: "There is no connection, and a RST is never answered.",
    Rule.CLOSED_NO_ACK: "There is no connection: RST, acknowledging {seq} + {len}.",
    Rule.CLOSED_ACK: "There is no connection: RST with the number that was acknowledged, {ack}.",
    Rule.NOT_A_SINGLE_HOST: "It is from or to many hosts at once: dropped in silence.",
    Rule.LISTEN_RST: "A listener has sent nothing that could be reset: ignored.",
    Rule.LISTEN_ACK: "A listener has sent nothing, so ACK {ack} can't be for it: RST.",
    Rule.LISTEN_SYN: "A SYN meets a listener: it notes {seq} and answers with its own SYN and an ACK.",
    Rule.LISTEN_SYN_FIN_DROPPED: "SYN with FIN is dropped by this stack.",
    Rule.LISTEN_OTHER: "Neither RST, ACK nor SYN: nothing for a listener.",
    Rule.DATA_ON_SYN_QUEUED: "The {len} octets on the SYN wait for ESTABLISHED.",
    Rule.DATA_ON_SYN_IGNORED: "The {len} octets on the SYN are left to be sent again.",
    Rule.SYN_SENT_BAD_ACK: "ACK {ack} is not within {iss}+1 to {snd_nxt}: it acknowledges nothing we sent.",
    Rule.SYN_SENT_RST: "The RST acknowledges our SYN: the connection is refused.",
    Rule.SYN_SENT_BLIND_RST: "A RST that acknowledges nothing proves nothing: dropped.",
    Rule.SYN_SENT_SYN_ACK: "Our SYN is acknowledged (ACK {ack}) and here is the peer's: established.",
    Rule.SYN_SENT_SYN: "A SYN without ACK: the peer opens at the same time. We answer with SYN,ACK.",
    Rule.SYN_SENT_NEITHER: "Neither SYN nor RST: of no use before the handshake. Dropped.",
    Rule.NOT_ACCEPTABLE: (
        "SEQ {seq}, length {len}, is outside the window at {rcv_nxt}: not acceptable. "
        "An ACK says what is expected."
    ),
    Rule.NOT_ACCEPTABLE_RST: "A RST with SEQ {seq}, outside the window at {rcv_nxt}: dropped in silence.",
    Rule.ZERO_WINDOW: "The window is zero: the text does not fit, but ACK and RST count.",
    Rule.OLD_SEGMENT_TRIMMED: "All of it at SEQ {seq} is known already: of such, this stack takes the ACK.",
    Rule.REPEATED_SYN: "The same SYN again: this stack answers with the same SYN,ACK.",
    Rule.KNOWN_SYN_TRIMMED: "SEQ {seq} is the SYN that it knows: only the ACK counts.",
    Rule.RST_OUTSIDE: "The RST's SEQ {seq} is outside the window: dropped.",
    Rule.RST_CHALLENGED: "SEQ {seq} is in the window but not {rcv_nxt}: a challenge ACK asks for proof.",
    Rule.RST_TO_LISTEN: "The RST is believable, and we came from LISTEN: back there, the user need not know.",
    Rule.RST_REFUSES: "The RST is believable: connection refused.",
    Rule.RST_RESETS: "SEQ {seq} is exactly what is expected next: the RST resets the connection.",
    Rule.RST_ENDS_CLOSING: "The RST is believable, and the connection was ending anyway: gone.",
    Rule.RST_IN_TIME_WAIT_IGNORED: "A RST must not cut TIME-WAIT short: ignored.",
    Rule.SYN_TO_LISTEN: "A SYN in the window, and we came from LISTEN: back there.",
    Rule.SYN_CHALLENGED: "A SYN inside a connection: a challenge ACK says what is expected.",
    Rule.SYN_RESETS: "A SYN in the window of a connection: an error, reset (as before RFC 5961).",
    Rule.ACK_MISSING: "No ACK bit: dropped.",
    Rule.ACK_TOO_OLD: "ACK {ack} is older than any window ever was: answered and dropped.",
    Rule.ACK_OPENS: "ACK {ack} acknowledges our SYN: established.",
    Rule.ACK_BAD: "ACK {ack} is not within {snd_una}+1 to {snd_nxt}: RST.",
    Rule.ACK_NEW: "ACK {ack} is new: all before it has arrived.",
    Rule.ACK_DUPLICATE: "ACK {ack} tells nothing new.",
    Rule.ACK_UNSENT: "ACK {ack} is beyond all that was sent ({snd_nxt}): answered and dropped.",
    Rule.WINDOW_UPDATED: "The peer's window is now {snd_wnd}.",
    Rule.FIN_ACKED: "Our FIN is acknowledged.",
    Rule.FIN_ACKED_CLOSING: "Our FIN is acknowledged, the peer's came before: 2 MSL to wait.",
    Rule.FIN_ACKED_LAST: "The last FIN is acknowledged: nothing is left to do.",
    Rule.CLOSING_IGNORES: "It does not acknowledge our FIN ({snd_nxt}): ignored.",
    Rule.FIN_IN_TIME_WAIT: "The peer's FIN again; our last ACK may be lost: ACK, and 2 MSL begin anew.",
    Rule.DATA_ACCEPTED: "{len} octets in order: taken, {rcv_nxt} is next.",
    Rule.DATA_HELD: "SEQ {seq} is ahead of {rcv_nxt}: kept until the gap is filled.",
    Rule.DATA_IGNORED: "Text after a FIN: ignored.",
    Rule.FIN_TO_CLOSE_WAIT: "The peer has no more to send. Its FIN is acknowledged; our side may go on.",
    Rule.FIN_TO_CLOSING: "The peer's FIN comes before the ACK of ours: both close at once.",
    Rule.FIN_TO_TIME_WAIT: "Both have closed. Our ACK of its FIN could be lost: wait 2 MSL.",
    Rule.FIN_AGAIN: "A FIN after the FIN: acknowledged, nothing changes.",
    Rule.USER_TIMEOUT: "{timeout} without delivery: the connection is aborted.",
    Rule.RETRANSMISSION: "No ACK in time: sent again ({retries} of {limit}), the next wait is {rto}.",
    Rule.TIME_WAIT_OVER: "2 MSL are over: no old segment can be left on the wire.",
    Rule.DELIVERY_PROBLEM: "{retries} retransmissions: the program is told of the trouble (R1).",
    Rule.GIVE_UP: "{retries} retransmissions were not answered: given up (R2).",
    Rule.GIVE_UP_ON_SYN_ACK: "{retries} retransmissions of the SYN,ACK were not answered: forgotten.",
    Rule.RTT_SAMPLED: "A round trip of {rtt} was measured; RTO {rto}.",
    Rule.RTT_AMBIGUOUS: "It was sent more than once, so it gives no round-trip time (Karn).",
    Rule.RTO_AFTER_SYN_TIMEOUT: "The SYN had timed out: data begins with RTO {rto}.",
    Rule.CONFIGURE_REFUSED: "There is no such connection.",
    Rule.ACCEPT_REFUSED: "ACCEPT is for listeners.",
    Rule.ACCEPTED: "The application takes the connection that waited longest; {waiting} more wait.",
    Rule.UNREAD_RESETS: "{unread} octets were never read: CLOSE sends a RST to say that they are lost.",
    Rule.BLACKHOLE: "There is no connection, and this stack does not say so.",
    Rule.ACCEPT_QUEUE_FULL: "The application accepts too slowly: the accept queue is full.",
    Rule.SYN_QUEUE_FULL: "{most} connections are half open already: the SYN is dropped.",
    Rule.COOKIE_SENT: "The SYN,ACK carries a cookie: nothing is kept, the ACK will bring it back.",
    Rule.COOKIE_GOOD: "The ACK brings the cookie back: a connection is made from it, MSS {mss}.",
    Rule.TIMESTAMP_MISSING: "Timestamps were agreed on and it has none: dropped.",
    Rule.TIMESTAMP_OLD: "Timestamp {tsval} is older than {ts_recent}: an old duplicate (PAWS).",
    Rule.CHALLENGE_THROTTLED: "{most} such ACKs were sent lately: no more for now.",
    Rule.URGENT: "Urgent text up to {rcv_up} is announced: the application is told at once.",
    Rule.TIME_WAIT_ACKED: "SEQ {seq} with {len} numbers is not what this state waits for: ACK.",
    Rule.TIME_WAIT_IGNORED: "SEQ {seq} with {len} numbers needs no answer in this state.",
    Rule.DATA_AFTER_CLOSE: "{len} octets for an application that has let go: RST shows that they are lost.",
    Rule.TIME_WAIT_REOPENED: "The SYN is newer than all of the old connection: TIME-WAIT makes way for it.",
    Rule.NAGLE: "{len} octets wait: {unacknowledged} are not acknowledged yet (Nagle).",
    Rule.SILLY_WINDOW_OVERRIDDEN: "The window {snd_wnd} has been small for long: {len} octets go.",
    Rule.WINDOW_OPENED: "Reading has made room: the window, {old} before, is announced anew.",
    Rule.ACK_DELAYED: "Its ACK may wait for {delay}, to ride on something else.",
    Rule.ACK_DELAYED_LONG_ENOUGH: "Nothing came along to carry the ACK of {rcv_nxt}: it goes alone.",
    Rule.ZERO_WINDOW_PROBE: "The peer's window is {snd_wnd}: probe {probes} asks whether it has opened.",
    Rule.KEEP_ALIVE_PROBE: "Idle for long: probe {probes} repeats an old number; a living peer answers it.",
    Rule.KEEP_ALIVE_UNANSWERED: "{probes} probes without an answer: the peer is gone.",
    Rule.FAST_RETRANSMIT: "ACK {ack} came {duplicates} times more: the segment there is lost.",
    Rule.PARTIAL_ACK: "Not all up to {recover} is acknowledged: what stands at {snd_una} was lost as well.",
    Rule.RESENT_AS_LOST: "SEQ {seq} counts as lost and goes again; the congestion window is {cwnd}.",
    Rule.ERROR_NOT_OURS: "The error is not about anything between {snd_una} and {snd_nxt}: ignored.",
    Rule.SOURCE_QUENCH_IGNORED: "Source Quench is of the past: ignored.",
    Rule.SOFT_ERROR: "The network reports an error that may pass: the application is told, no more.",
    Rule.HARD_ERROR: "The network reports that the peer can't be reached: the connection ends.",
    Rule.PATH_MTU: "The path takes {mtu} octets and no more: segments of {mss} from now on.",
    Rule.FIN_WAIT_2_OVER: "Nobody holds the connection, and the peer does not close: it is forgotten.",
    Rule.UDP_BOUND: "A UDP socket: it waits at port {port} for datagrams from anybody. Nothing is sent.",
    Rule.UDP_SENT: "{len} octets go at once behind a header of 8: no copy is kept, no timer runs.",
    Rule.UDP_DELIVERED: "{len} octets for port {port} are delivered as they come, and nobody is told.",
    Rule.UDP_NO_PORT: "No socket is bound to port {port}: ICMP says so. UDP itself has no such answer.",
    Rule.UDP_ERROR_PASSED: "Port {port} is unreachable, and the program is told.",
    Rule.UDP_ERROR_UNCLAIMED: "The socket at port {port} that sent it is gone: nobody is told.",
    Rule.UDP_GROUP_DELIVERED: "Sockets in the group: {count}. Each receives a copy of the one datagram.",
    Rule.UDP_GROUP_EMPTY: "Nobody here is in the group: dropped in silence.",
}

_DETAILS = (
    Rule.RTT_SAMPLED,
    Rule.RTT_AMBIGUOUS,
    Rule.RTO_AFTER_SYN_TIMEOUT,
    Rule.DELIVERY_PROBLEM,
)
"""Rules that explain a number, not what happened: told only if nothing else is."""
_PRELUDES = (Rule.ACK_NEW, Rule.ACK_DUPLICATE)
"""Rules that go without saying where something follows from the same segment."""
_OF_PEER = ("seq", "rcv_nxt", "rcv_up", "irs")
_OWN = ("ack", "snd_una", "snd_nxt", "iss", "recover")
_OWN_SEQ = (Rule.RESENT_AS_LOST, Rule.ERROR_NOT_OURS)
"""Rules whose `seq` is of a segment that this end has sent."""
_TIMERS = {
    TimerKind.RETRANSMISSION: "retransmission timer",
    TimerKind.PERSIST: "persist timer",
    TimerKind.DELAYED_ACK: "delayed ACK timer",
    TimerKind.KEEP_ALIVE: "keep-alive timer",
    TimerKind.USER: "user timer",
    TimerKind.FIN_WAIT_2: "FIN-WAIT-2 timer",
    TimerKind.TIME_WAIT: "2 MSL timer",
}
_DURATIONS = ("rto", "rtt", "msl", "timeout", "delay")


class Why(NamedTuple):
    """A few sentences, and the rule of the last of them."""

    text: str
    source: str = ""
    profile: str = ""


def why(report: Report | None, world: WorldState, transmissions: list[Transmission], raw: bool) -> Why:
    """Why the last move did what it did; before any, the scenario's question."""
    if report is None:
        return Why(tr(world.scenario.question))
    number = report.transmission or (report.launched[0] if report.launched else 0)
    transmission = next(
        (transmission for transmission in reversed(transmissions) if transmission.number == number), None
    )
    script = report.side != "X" and isinstance(world.end(report.side), ScriptEnd)
    opening = _opening(report, transmission, script)
    told = rules_to_tell(report)
    sentences = [
        rule_sentence(event, world.bases(report.side, event.connection), raw)
        for event in told
        if report.side != "X"
    ]
    sentences += _responses(report)
    text = " ".join((opening, *sentences))
    if not told:
        return Why(text)
    profile = world.end(report.side).setup.profile.name if report.side != "X" else ""
    return Why(text, told[-1].rule.source, profile)


def rules_to_tell(report: Report) -> list[RuleApplied]:
    """The rules of a report that say what happened; those that go without saying, only if no other does."""
    applied = [event for event in report.events if isinstance(event, RuleApplied)]
    told = [event for event in applied if event.rule not in _DETAILS] or applied
    return [event for event in told if event.rule not in _PRELUDES] or told


def rule_sentence(event: RuleApplied, bases: tuple[int | None, int | None], raw: bool) -> str:
    """The sentence of a rule. `bases` are what the numbers of its own end and of the peer are relative to."""
    return tr(SENTENCES[event.rule]).format(**_numbers(event, *bases, raw))


def _opening(report: Report, transmission: Transmission | None, script: bool) -> str:
    """Who did what, the part that needs no rule; `script`: at this end there is no host."""
    if report.call == "reboot":
        other = "B" if report.side == "A" else "A"
        return tr("{side} crashes and forgets everything. {other} is not told.").format(
            side=report.side, other=other
        )
    if report.call == "unplug":
        return tr("{side}'s cable is pulled: nothing leaves it, nothing reaches it.").format(side=report.side)
    if report.call == "plug":
        return tr("{side}'s cable is back.").format(side=report.side)
    if report.cause == "call" and transmission is not None and script:
        return tr("The script sends {name}.").format(name=name_of(transmission))
    if report.cause == "call":
        return tr("{side} calls {call}().").format(side=report.side, call=report.call)
    if report.cause == "timer":
        fired = [event.kind for event in report.events if isinstance(event, TimerFired)]
        timers = ", ".join(tr(_TIMERS[kind]) for kind in fired)
        return tr("{side}'s {timers} fires.").format(side=report.side, timers=timers)
    if report.cause == "third party" and report.side != "X":
        return tr("An ICMP error reaches {side}.").format(side=report.side)
    if report.cause == "third party" and transmission is not None:
        other = "A" if transmission.receiver == "B" else "B"
        return tr("A third party sends {name} to {side}, in {other}'s name.").format(
            name=name_of(transmission), side=transmission.receiver, other=other
        )
    if report.cause == "wait" or transmission is None:
        return tr("Time passes.")
    name = name_of(transmission)
    if report.cause == "arrival" and transmission.outcome is Outcome.LOST:
        return tr("{name} is lost: {side}'s cable is pulled.").format(name=name, side=report.side)
    if report.cause == "arrival":
        return tr("{name} reaches {side}.").format(name=name, side=report.side)
    if report.launched:
        return tr("The wire doubles {name}.").format(name=name)
    if transmission.outcome is Outcome.LOST:
        return tr("The wire loses {name}. Neither end is told.").format(name=name)
    return tr("The wire delays {name} by {span}.").format(name=name, span=duration_text(report.by))


def _numbers(event: RuleApplied, own: int | None, peer: int | None, raw: bool) -> dict[str, int | str]:
    """The rule's numbers as the reader wants them: relative to the right initial number, or with a unit."""
    numbers: dict[str, int | str] = {}
    for name, value in event.numbers:
        if name in _OWN or (name == "seq" and event.rule in _OWN_SEQ):
            numbers[name] = seq_text(value, own, raw)
        elif name in _OF_PEER:
            numbers[name] = seq_text(value, peer, raw)
        else:
            numbers[name] = duration_text(value) if name in _DURATIONS else value
    return numbers


def _responses(report: Report) -> list[str]:
    """What calls returned, where that tells something."""
    returned = [event for event in report.events if isinstance(event, Returned)]
    if report.call == "read" and any(event.response is Response.QUEUED for event in returned):
        return [tr("It waits for what is to come.")]
    handed_over = sum(len(event.data) for event in report.events if isinstance(event, Delivered))
    if report.call == "read" and handed_over:
        return [tr("{count} octets are handed over.").format(count=handed_over)]
    changes = [event.new for event in report.events if isinstance(event, StateChanged)]
    if report.call == "shutdown" and State.FIN_WAIT_1 in changes:
        return [tr("It may still receive.")]
    return [
        f"{event.call}: {event.response.value}."
        for event in returned
        if event.call != "RECEIVE" and event.response not in (Response.OK, Response.QUEUED)
    ]
