"""Programs: what each calls, and when.

A program is a list of calls with triggers, made one after the other. It has what its calls returned and
what it was notified of, never the state of its TCP: a real program sits above its sockets and sees no more,
so a trigger here can ask for no more either. That is why triggers are "established" or "received 14" and not
"FIN-WAIT-2".

Everything that anybody calls goes this one way, whoever calls: a program of a scenario, a recorded one, the
person at the keyboard (`moves.Do`). A call is a request to the host's sockets (`sockets.requests`); those of
the RFC's own interface are `UserCall` requests, whose connection is the one that the host opened last. UDP's
calls and host events (link down, link up, reboot) are not TCP's, but to a program they are calls like all
others, so they stand in the same list and are served at the same place (`ends.host`).

A host has any number of programs, each at a position of its own. One whose call blocks makes no other call
until that has returned. What a call returned is in the `Report` of the step in which it did, and from there
in the record: a position holds only what the next calls depend on.
"""

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

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
from tcptui.core.tcp.calls import Open
from tcptui.sockets.requests import Blocked, Connect, Done, Listen, Request, UserCall, call_name

CallName: TypeAlias = Literal[
    "listen", "accept", "connect", "send", "read", "shutdown", "close", "abort",
    "bind", "sendto", "unplug", "plug", "reboot",
]  # fmt: skip
GivenRequest: TypeAlias = Literal["request", "sysctl"]
"""What a `ScriptedCall` has in the place of a call's name if what it asks for is in a field of its own."""
CALLS: tuple[CallName, ...] = get_args(CallName)
"""What a program can call by name. "shutdown" is the RFC's CLOSE: no more to send; "close" is a socket's: no
more to send or to receive."""
HOST_EVENTS: tuple[CallName, ...] = ("unplug", "plug", "reboot")
"""Events of the whole host that anybody can bring about: link down, link up, reboot."""
UDP_CALLS: tuple[CallName, ...] = ("bind", "sendto")
"""Those of UDP; the others but the host events are TCP's."""
OPENS: tuple[CallName, ...] = ("listen", "connect")
"""The calls that make a connection, and with it an initial sequence number."""

Trigger: TypeAlias = Literal["at", "established", "peer closed", "closed", "received"]
TRIGGERS: tuple[Trigger, ...] = ("at", "established", "peer closed", "closed", "received")


DATA_CALLS: tuple[CallName, ...] = ("send", "sendto")
"""Those that carry data."""


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
    """Where "bind" binds and "sendto" sends to, if not at the host's own socket and to its peer's."""
    backlog: int | None = None
    """With it, "listen" makes a listener from which "accept" takes connections; without, a passive OPEN that
    itself becomes the connection."""
    request: Request | None = None
    """For "request", the request itself."""
    profile: Profile | None = None
    """For "sysctl", how the host's stack behaves from then on (sysctl(8))."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self.call if self.call != "request" or self.request is None else call_name(self.request)

    @property
    def connects(self) -> bool:
        """Whether it opens a connection actively."""
        if isinstance(self.request, UserCall):
            return isinstance(self.request.call, Open) and not self.request.call.passive
        return self.call == "connect" or isinstance(self.request, Connect)

    @property
    def listens(self) -> bool:
        """Whether it opens one passively."""
        if isinstance(self.request, UserCall):
            return isinstance(self.request.call, Open) and self.request.call.passive
        return self.call == "listen" or isinstance(self.request, Listen)

    @property
    def is_host_event(self) -> bool:
        return self.call in HOST_EVENTS or self.call == "sysctl"

    @property
    def is_udp(self) -> bool:
        return self.call in UDP_CALLS


class CallResult(NamedTuple):
    """What came of a call in a step: it has returned, at once or after it had blocked, or it blocks."""

    name: str
    done: Done | Blocked
    number: int = 0
    """Of a call that blocks, or had blocked: as in `sockets.requests.Blocked`."""

    @property
    def of_socket(self) -> bool:
        """Whether it was a request to a socket: no user call, no call of UDP, no host event."""
        if isinstance(self.done, Blocked):
            return True
        return not isinstance(self.done.answer, Returned) and self.name not in (*HOST_EVENTS, "sysctl")


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

    def after(self, events: list[Event]) -> "ApplicationState":
        """What they have learned after a step that reported `events`."""
        known = self
        for event in events:
            if isinstance(event, Delivered):
                received = known.received + len(event.data)
                known = ApplicationState(known.established, known.peer_closed, known.closed, received)
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
        """Whether the trigger of `call` has come true; "at" always has, its time is looked at elsewhere."""
        match call.trigger:
            case "established":
                return self.established
            case "peer closed":
                return self.peer_closed
            case "closed":
                return self.closed
            case "received":
                return self.received >= call.amount
            case _:
                return True


class Program(NamedTuple):
    """The position of one program: a value."""

    script: tuple[ScriptedCall, ...]
    position: int = 0
    """How many calls it has made."""
    due: int | None = None
    """When it makes the next; None: its trigger has not come true, or there is none."""
    blocked: int = 0
    """The number of the call in which it is blocked; 0: it is in none."""

    def next_due(self, known: ApplicationState, now: int) -> int | None:
        """When it makes its next call, if that call's trigger has come true by now."""
        if self.blocked or self.position >= len(self.script):
            return None
        call = self.script[self.position]
        if not known.triggers(call):
            return None
        return (max(now, call.amount) if call.trigger == "at" else now) + call.after

    def to_come(self) -> tuple[ScriptedCall, ...]:
        """The calls that it has still to make."""
        return self.script[self.position :]

    def key(self, known: ApplicationState, now: int) -> tuple[Any, ...]:
        """What its future calls depend on: of what it has learned, what a trigger still to come asks for."""
        waiting = self.script[self.position + (self.due is not None) :]
        triggers = {call.trigger for call in waiting}
        return (
            self.position,
            self.blocked,
            None if self.due is None else self.due - now,
            known.established and "established" in triggers,
            known.peer_closed and "peer closed" in triggers,
            known.closed and "closed" in triggers,
            tuple(max(0, call.amount - known.received) for call in waiting if call.trigger == "received"),
            tuple(max(0, call.amount - now) for call in waiting if call.trigger == "at"),
        )
