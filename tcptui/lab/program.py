"""Programs: what each calls, and when.

A program is a list of calls with triggers, made one after the other. It has what its calls returned and
what it was notified of, never the state of its TCP: a real program sits above its sockets and sees no more,
so the usual triggers ask for no more either: "established", "received 14". A story may want a call at a
moment that no program could know ("A enters FIN-WAIT-2"): then its trigger is a pattern of facts.

Everything that anybody calls goes this one way, whoever calls: a program of a scenario, a recorded one, the
person at the keyboard (`moves.Do`). A call is a request to the host's sockets (`sockets.requests`); those of
the RFC's own interface are `UserCall` requests, whose connection is the one that the host opened last. UDP's
calls and host events (link down, link up, reboot) are not TCP's, but to a program they are calls like all
others, so they stand in the same list and are served at the same place (`ends.host`).

A host has any number of programs, each with a state of its own (`program_state`). One whose call blocks makes
no other call until that has returned. What a call returned is in the `Report` of the step in which it did,
and from there in the record: a state holds only what the next calls depend on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tcptui.core.events import (
    DatagramDelivered,
    Delivered,
    Event,
    Response,
    Returned,
    Signal,
    Signalled,
    StateChanged,
)
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.calls import SocketCall
    from tcptui.lab.patterns import Pattern
    from tcptui.sockets.requests import Request

CallName: TypeAlias = Literal[
    "listen", "accept", "connect", "send", "read", "shutdown", "close", "abort",
    "bind", "sendto", "unplug", "plug", "reboot",
]  # fmt: skip
GivenRequest: TypeAlias = Literal["request", "sysctl", "written", "fork"]
"""What a `ScriptedCall` has in the place of a call's name if what it asks for is in a field of its own."""
CALLS: tuple[CallName, ...] = get_args(CallName)
"""What a program can call by name. "shutdown" is the RFC's CLOSE: no more to send; "close" is a socket's: no
more to send or to receive."""
HOST_EVENTS: tuple[CallName, ...] = ("unplug", "plug", "reboot")
"""Events of the whole host that anybody can bring about: link down, link up, reboot."""
UDP_CALLS: tuple[CallName, ...] = ("bind", "sendto")
"""Those of UDP; the others but the host events are TCP's."""

Trigger: TypeAlias = Literal[
    "at", "established", "accepted", "peer closed", "closed", "received", "waiting", "readable", "pattern",
]  # fmt: skip
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)


ASKS_HOST: tuple[Trigger, ...] = ("waiting", "readable")
"""Those that only a look at the host's sockets tells."""
MOST_BACKLOG = 99_999
MOST_OCTETS = 1_000_000
"""What one call of the RFC's may send or ask for, as one of a socket may."""


def takes(call: CallName, data: bytes) -> bool:
    """Whether a call may have this data: "send" needs some, a datagram can do without, no other takes any."""
    return call == "sendto" or bool(data) == (call == "send")


class ScriptedCall(NamedTuple):
    """One call of a program, made when the one before it has returned and its trigger has come true."""

    call: CallName | GivenRequest
    trigger: Trigger = "at"
    amount: int = 0
    """For "at" a time, in microseconds; for "received" the octets received so far."""
    after: int = 0
    """How long after its trigger the call is made, in microseconds."""
    data: bytes = b""
    address: Socket | None = None
    """Where "bind" binds and "sendto" sends to, if not at the host's own socket and to its peer's; whom alone
    "listen" waits for, if not for any peer."""
    backlog: int | None = None
    """With it, "listen" makes a listener from which "accept" takes connections; without, a passive OPEN that
    itself becomes the connection."""
    request: Request | None = None
    """For "request", the request itself."""
    called: str = ""
    """For "request", what it is called in reports, where that is known already."""
    profile: Profile | None = None
    """For "sysctl", how the host's stack behaves from then on (sysctl(8))."""
    written: SocketCall | None = None
    """For "written", a socket call, whose names are the program's variables."""
    child: tuple[Step, ...] = ()
    """For "fork", what the new program does."""
    when: str = ""
    """The pattern as it is written."""
    pattern: Pattern | None = None
    """For the trigger "pattern", what it waits for."""
    variable: str = ""
    """For "readable", the socket; "": the connection that is looked at."""
    octets: int | None = None
    """For "read", how many at most; None: all that there are."""
    urgent: bool = False
    """For "send": the data up to its end is urgent."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        if self.called:
            return self.called
        if self.written is not None:
            return self.written.name
        if self.request is None:
            return self.call
        from tcptui.sockets.requests import call_name  # Only of a script, whose calls are made as it is read.

        return call_name(self.request)

    @property
    def connects(self) -> int:
        """How many connections it, or what it forks, opens actively, loops gone through once: their initial
        numbers may come from the clock."""
        if self.child:
            return sum(step.connects for step in self.child if isinstance(step, ScriptedCall))
        return int(self.name == "connect")

    @property
    def listens(self) -> bool:
        """Whether it, or what it forks, opens one passively."""
        if self.child:
            return any(step.listens for step in self.child if isinstance(step, ScriptedCall))
        return self.name == "listen"

    @property
    def of_socket(self) -> bool:
        """Whether it is a request to a socket, or forks a program that has what the first one has."""
        return self.written is not None or self.request is not None or bool(self.child)

    @property
    def waits_for(self) -> str:
        """The trigger as it is written; "": a time."""
        match self.trigger:
            case "at":
                return ""
            case "received":
                return f"received {self.amount}"
            case "pattern":
                return self.when
        return f"{self.trigger} {self.variable}".rstrip()

    @property
    def uses(self) -> tuple[str, ...]:
        """The variables that it, or what it forks, reads."""
        own: tuple[str, ...] = (self.variable,) if self.variable else ()
        for step in self.child:
            if isinstance(step, ScriptedCall):
                own += step.uses
        return own if self.written is None else (*own, *self.written.uses)


class Loop(NamedTuple):
    """Here begin calls that are made again and again."""

    times: int | None = None
    """None: without end."""
    every: int = 0
    """Microseconds from one beginning to the next, if the calls themselves don't take longer."""


class Again(NamedTuple):
    """Here they end."""

    start: int
    """The place of the `Loop`."""


class Leave(NamedTuple):
    """Here a loop ends if a call has read nothing, as at the end of the data, or has failed."""

    variable: str
    """What the call's result is noted in."""
    start: int
    """The place of the `Loop`."""


Step: TypeAlias = ScriptedCall | Loop | Again | Leave


def item_of(script: tuple[Step, ...], place: int) -> int:
    """Which item of the list, from 1, that a program was written as, has the step at `place`."""
    item = depth = 0
    for step in script[: place + 1]:
        item += depth == 0 and not isinstance(step, Again | Leave)
        depth += isinstance(step, Loop) - isinstance(step, Again)
    return item


class NamedScript(NamedTuple):
    """One of several programs of a host."""

    name: str
    script: tuple[Step, ...]


_ALWAYS = (*UDP_CALLS, *HOST_EVENTS)
POSSIBLE_CALLS: dict[State, tuple[CallName, ...]] = {
    State.CLOSED: ("listen", "connect", *_ALWAYS),
    State.LISTEN: ("connect", "shutdown", "close", "abort", *_ALWAYS),
    **dict.fromkeys(
        (State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT),
        ("send", "shutdown", "close", "abort", *_ALWAYS),
    ),
    **dict.fromkeys(
        (State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.LAST_ACK, State.TIME_WAIT),
        ("abort", *_ALWAYS),
    ),
}
"""The calls that RFC 9293 section 3.10 does not refuse in a state; those of UDP depend on no state.
`ends.host.HostEnd.possible_calls` adds what one connection allows and another in the same state does not."""


class ApplicationState(NamedTuple):
    """What the programs of a host have learned of its connection, as far as a trigger can ask for it; a new
    OPEN begins it anew."""

    established: bool = False
    peer_closed: bool = False
    closed: bool = False
    received: int = 0
    """Octets delivered so far."""
    accepted: bool = False
    """A program has accepted a connection."""

    def after(self, events: list[Event]) -> ApplicationState:
        """What they have learned after a step that reported `events`."""
        known = self
        for event in events:
            if isinstance(event, Delivered):
                received = known.received + len(event.data)
                known = ApplicationState(
                    known.established, known.peer_closed, known.closed, received, known.accepted
                )
            elif isinstance(event, DatagramDelivered):
                known = known._replace(received=known.received + len(event.datagram.data))
            elif isinstance(event, Signalled):
                if event.signal is Signal.OPENED:
                    known = known._replace(established=True)
                elif event.signal is Signal.CLOSING:
                    known = known._replace(peer_closed=True)
            elif isinstance(event, StateChanged):
                if event.new is State.CLOSED:
                    known = known._replace(closed=True)
            elif isinstance(event, Returned) and event.response is Response.NO_CONNECTION:
                known = known._replace(closed=True)
        return known

    def triggers(self, call: ScriptedCall) -> bool:
        """Whether the trigger of `call` has come true, of those that ask for what is known here."""
        match call.trigger:
            case "established":
                return self.established
            case "peer closed":
                return self.peer_closed
            case "closed":
                return self.closed
            case "received":
                return self.received >= call.amount
            case "accepted":
                return self.accepted
            case _:
                return False
