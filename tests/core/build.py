"""One connection in each of the eleven states, reached by calls and segments, with numbers one can read.

The peer is played by the test: `Site.receives` hands over what it sends. Nothing here judges the core.
"""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.events import Delivered, Event, Response, Returned, RuleApplied, Sent, Signal, Signalled
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, FIN, SYN, Option, Segment, Socket, flag_text
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.presets import RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Call, Close, Open, Send
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.units import SECOND

US = Socket("192.0.2.1", 1025)
PEER = Socket("192.0.2.2", 80)
ISS = 1000
IRS = 5000
WINDOW = 100
"""What the peer announces, in every segment."""

PROMPT = RFC9293._replace(delayed_ack=0)
"""The RFC's profile, every acknowledgment at once: what a segment draws is seen in its own step."""
SIX_HUNDRED = PROMPT._replace(receive_buffer=600)
"""With a window that is easy to be outside of."""

Brief = tuple[str, int, int]
"""A segment as the RFC's text writes it: control bits, SEQ, ACK (0 without the bit)."""


class Site:
    """A stack whose one connection is called 1, its clock, and all that it has reported."""

    def __init__(self, profile: Profile = PROMPT, iss: int = ISS, irs: int = IRS) -> None:
        self.stack = Stack(profile, (iss,))
        self.iss = iss
        self.irs = irs
        self.now = 0
        self.log: list[tuple[int, Event]] = []

    @property
    def tcb(self) -> Tcb:
        tcb = self.stack.tcb(1)
        assert tcb is not None, "the connection is CLOSED"
        return tcb

    @property
    def block(self) -> Tcb:
        """The living block, for a test that sets a variable by hand."""
        return self.stack._blocks[1]

    def state(self) -> State:
        return self.stack.state(1)

    def call(self, call: Call) -> list[Event]:
        return self._noted(self.stack.call(call, self.now))

    def receives(self, segment: Segment) -> list[Event]:
        return self._noted(self.stack.arrives(segment, self.now))

    def wait(self, microseconds: int) -> list[Event]:
        """Lets time pass, and serves each timer when it is due."""
        until = self.now + microseconds
        events: list[Event] = []
        while (due := self.stack.next_deadline()) is not None and due <= until:
            self.now = due
            events += self._noted(self.stack.expire(due))
        self.now = until
        return events

    def peer(self, flags: int, seq: int, ack: int = 0, data: bytes = b"", wnd: int = WINDOW) -> Segment:
        """A segment of the peer; `seq` counts from IRS and `ack` from ISS, so the SYNs are 0."""
        ack = self.iss + ack if flags & ACK else 0
        return Segment(PEER, US, (self.irs + seq) & MASK, ack & MASK, flags, wnd, data)

    def times(self, *kinds: Signal | int) -> list[float]:
        """When, in seconds, segments with one of these control bits were sent, or signals given."""
        return [
            now / SECOND
            for now, event in self.log
            if (isinstance(event, Sent) and any(event.segment.flags & k for k in kinds if isinstance(k, int)))
            or (isinstance(event, Signalled) and event.signal in kinds)
        ]

    def _noted(self, events: list[Event]) -> list[Event]:
        self.log += [(self.now, event) for event in events]
        return events


def reach(
    state: State,
    profile: Profile = PROMPT,
    text: bytes = b"",
    simultaneous: bool = False,
    iss: int = ISS,
    irs: int = IRS,
) -> Site:
    """A connection in `state`, with `text` sent and, where the state allows, not acknowledged.

    SYN-RECEIVED comes from LISTEN, or, if `simultaneous`, from SYN-SENT; all later states from SYN-SENT.
    """
    site = Site(profile, iss, irs)
    if state is State.CLOSED:
        return site
    passive = state is State.LISTEN or (state is State.SYN_RECEIVED and not simultaneous)
    site.call(Open(US, passive=True) if passive else Open(US, PEER))
    if state in (State.LISTEN, State.SYN_SENT):
        return site
    if state is State.SYN_RECEIVED:
        site.receives(site.peer(SYN, 0))
        return site
    site.receives(site.peer(SYN | ACK, 0, 1))
    peer_closes_first = state in (State.CLOSE_WAIT, State.LAST_ACK)
    if peer_closes_first:
        site.receives(site.peer(FIN | ACK, 1, 1))
    if text:
        site.call(Send(1, text))
    if state in (State.ESTABLISHED, State.CLOSE_WAIT):
        return site
    site.call(Close(1))
    if state is State.CLOSING:
        site.receives(site.peer(FIN | ACK, 1, 1))
    elif state in (State.FIN_WAIT_2, State.TIME_WAIT):
        site.receives(site.peer(ACK, 1, 1 + len(text) + 1))
        if state is State.TIME_WAIT:
            site.receives(site.peer(FIN | ACK, 1, 1 + len(text) + 1))
    return site


def connected(
    profile: Profile = PROMPT,
    *options: Option,
    mss: int = 1000,
    wnd: int = 20_000,
    settings: Settings = NO_SETTINGS,
) -> Site:
    """An active open to a peer with room for much text, whose SYN,ACK has MSS and `options`."""
    site = Site(profile)
    site.call(Open(US, PEER, settings=settings))
    syn_ack = site.peer(SYN | ACK, 0, 1, wnd=wnd)
    site.receives(syn_ack._replace(options=(mss_option(mss), *options)))
    return site


def texts(events: Iterable[Event]) -> list[tuple[int, int]]:
    """The first and the last number, counted from ISS, of what was sent with text in it."""
    return [
        (segment.seq - ISS, segment.seq - ISS + len(segment.data) - 1)
        for segment in sent(events)
        if segment.data
    ]


def sent(events: Iterable[Event]) -> list[Segment]:
    return [event.segment for event in events if isinstance(event, Sent)]


def brief(segment: Segment) -> Brief:
    return flag_text(segment.flags), segment.seq, segment.ack


def briefs(events: Iterable[Event]) -> list[Brief]:
    """What was sent, without windows and text."""
    return [brief(segment) for segment in sent(events)]


def signals(events: Iterable[Event]) -> list[Signal]:
    return [event.signal for event in events if isinstance(event, Signalled)]


def rules(events: Iterable[Event]) -> list[Rule]:
    return [event.rule for event in events if isinstance(event, RuleApplied)]


def numbers(events: Iterable[Event], rule: Rule) -> dict[str, int]:
    """The numbers with which `rule` was named."""
    (found,) = (event for event in events if isinstance(event, RuleApplied) and event.rule is rule)
    return dict(found.numbers)


def responses(events: Iterable[Event]) -> list[tuple[str, Response]]:
    return [(event.call, event.response) for event in events if isinstance(event, Returned)]


def delivered(events: Iterable[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Delivered))


def show(segment: Segment) -> str:
    """`segment` as a failing row names it."""
    return f"<SEQ={segment.seq}><ACK={segment.ack}><CTL={flag_text(segment.flags)}> {segment.data!r}"
