"""The programs at both ends: what they call, and when.

A program knows what its calls returned and what it was told, never the state of its TCP.
"""

from typing import Literal, NamedTuple, TypeAlias, get_args

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
from tcptui.core.state import State
from tcptui.core.tcp.calls import Call

CallName: TypeAlias = Literal[
    "listen", "accept", "connect", "send", "read", "shutdown", "close", "abort",
    "bind", "sendto", "unplug", "plug", "reboot", "configure",
]  # fmt: skip
CALLS: tuple[CallName, ...] = get_args(CallName)[:-1]
"""What a program can do. "shutdown" is the RFC's CLOSE: no more to send; "close" lets go of the connection
both ways, as a socket's close() does. ("configure" only stands in recorded programs.)"""
HOST_EVENTS: tuple[CallName, ...] = ("unplug", "plug", "reboot")
"""What befalls the whole host: its cable is pulled, put back, or it crashes and forgets everything."""
UDP_CALLS: tuple[CallName, ...] = ("bind", "sendto")
"""Those of UDP; the others but "reboot" are TCP's."""
LATEST = 6
"""How many datagrams a program remembers."""

Trigger: TypeAlias = Literal["at", "established", "peer closed", "closed", "received"]
TRIGGERS: tuple[Trigger, ...] = ("at", "established", "peer closed", "closed", "received")


TEXT_CALLS: tuple[CallName, ...] = ("send", "sendto")


def takes(call: CallName, data: bytes) -> bool:
    """Whether a call may have this text: "send" needs one, a datagram can do without, no other takes any."""
    return call == "sendto" or bool(data) == (call == "send")


class ScriptedCall(NamedTuple):
    """One line of a program's script: a call, made when the one before it has been and its trigger is met."""

    call: CallName
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
    exact: Call | None = None
    """The core's call itself, where a recorded program makes it again; `call` is then but its name."""


_S = State
_ALWAYS = (*UDP_CALLS, *HOST_EVENTS)
POSSIBLE_CALLS: dict[State, tuple[CallName, ...]] = {
    _S.CLOSED: ("listen", "connect", *_ALWAYS),
    _S.LISTEN: ("connect", "shutdown", "close", "abort", *_ALWAYS),
    **dict.fromkeys(
        (_S.SYN_SENT, _S.SYN_RECEIVED, _S.ESTABLISHED, _S.CLOSE_WAIT),
        ("send", "shutdown", "close", "abort", *_ALWAYS),
    ),
    **dict.fromkeys(
        (_S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT),
        ("abort", *_ALWAYS),
    ),
}
"""The calls that RFC 9293 section 3.10 does not refuse in a state; those of UDP know no state. `host.Host.
possible_calls` has on top what one connection allows and another in the same state does not."""


class ApplicationState(NamedTuple):
    """What a program knows of its connection; a new OPEN begins it anew."""

    established: bool = False
    peer_closed: bool = False
    closed: bool = False
    received: int = 0
    """Octets delivered so far."""
    last_text: bytes = b""
    """The text delivered last."""
    last_call: str = ""
    last_response: str = ""
    last_signal: str = ""
    datagrams: tuple[tuple[int, bytes], ...] = ()
    """The latest texts that UDP has delivered, in that order, each with its endpoint's number."""

    def after(self, events: list[Event]) -> "ApplicationState":
        """What it knows after a step that reported `events`."""
        known = self
        for event in events:
            if isinstance(event, Delivered):
                known = known._replace(received=known.received + len(event.data), last_text=event.data)
            elif isinstance(event, DatagramDelivered):
                known = known._got(event)
            elif isinstance(event, Signalled):
                known = known._told(event.signal)
            elif isinstance(event, StateChanged):
                known = known._replace(closed=known.closed or event.new is State.CLOSED)
            elif isinstance(event, Returned) and event.response is Response.NO_CONNECTION:
                known = known._replace(closed=True)
        return known

    def met(self, act: ScriptedCall) -> bool:
        """Whether the trigger of `act` has come true; "at" always has, its time is looked at elsewhere."""
        match act.trigger:
            case "established":
                return self.established
            case "peer closed":
                return self.peer_closed
            case "closed":
                return self.closed
            case "received":
                return self.received >= act.amount
            case _:
                return True

    def _got(self, event: DatagramDelivered) -> "ApplicationState":
        data = event.datagram.data
        datagrams = (*self.datagrams[1 - LATEST :], (event.endpoint, data))
        return self._replace(received=self.received + len(data), last_text=data, datagrams=datagrams)

    def _told(self, signal: Signal) -> "ApplicationState":
        return self._replace(
            established=self.established or signal is Signal.OPENED,
            peer_closed=self.peer_closed or signal is Signal.CLOSING,
            last_signal=signal.value,
        )
