"""A complete TCP endpoint (RFC 9293) that is stepped from outside: no clock, no I/O, no chance.

Everything works without a terminal, and without any package but Python's own. The names in `__all__`, here
and in `packet`, are what others may build on and find again in the next version; all else is the machine's
inside. UDP, for comparison, is beside it in `udp`.

A `Stack` is one host's TCP. Its owner makes calls, hands over what arrives, and looks at the clock:

* ``stack.call(calls.Open(...), now)``: a user call of RFC 9293 section 3.9.1,
* ``stack.arrives(segment, now)`` and ``stack.error(icmp_error, now)``: something has come from the network,
* ``stack.expire(now)``, wanted at ``stack.next_deadline()``: a timer is due.

What it knows is asked by name: ``stack.state(connection)``, ``stack.status(connection)``, a small record, and
``stack.tcb(connection)``, a copy of the whole block. Each of the calls above is one step and returns its
events, in the order in which they happened; those of type `events.Sent` hold the segments for the network,
and there is no other way out. `now` is an integer of microseconds that never decreases; sequence numbers are
integers modulo 2^32. A client's SYN, and the answer of a server:

>>> from tcptui.core import LINUX, Socket, Stack, calls, decode, encode, events
>>> client, server = Socket("192.0.2.1", 49152), Socket("192.0.2.2", 80)
>>> a, b = Stack(LINUX, isns=[100]), Stack(isns=[300])
>>> def sent(happened):
...     return [event.segment for event in happened if isinstance(event, events.Sent)]
>>> _ = b.call(calls.Open(server, passive=True), now=0)
>>> [syn] = sent(a.call(calls.Open(client, server), now=0))
>>> octets = encode(syn)
>>> [answer] = sent(b.arrives(decode(octets, client.host, server.host), now=50_000))
>>> print(answer)
SYN,ACK seq=300 ack=101 win=65535
>>> [ack] = sent(a.arrives(answer, now=100_000))
>>> a.state(1)
<State.ESTABLISHED: 'ESTABLISHED'>
>>> a.status(1).snd_queue, a.tcb(1).rcv_nxt
(0, 301)
>>> a.next_deadline() is None
True

`Profile` has every behaviour that a TCP may choose; `RFC9293`, `LINUX` and `FREEBSD` are whole stacks, and
``LINUX._replace(msl=5_000_000)`` changes one knob. What a step decided, and by which rule of which section,
is told by `events.RuleApplied`; `Profile.stack` says whose behaviour it is beside all numbers. Octets that
are no segment raise `MalformedSegment`; a segment raises nothing, whatever stands in it: it is answered or
dropped. An argument that can't be what it is called (a port of 70000, a time that goes back) raises
ValueError or TypeError, and nothing has changed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tcptui.core import events
from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG, Option, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import TRANSITIONS, State, Transition
from tcptui.core.tcp import calls
from tcptui.core.tcp.settings import Settings

if TYPE_CHECKING:
    from tcptui.core.packet.tcp_format import MalformedSegment, decode, encode
    from tcptui.core.rules import Rule
    from tcptui.core.tcp.icmp import IcmpError
    from tcptui.core.tcp.stack import Stack
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb
    from tcptui.core.tcp.unreachable import Unreachable

__all__ = [
    "ACK",
    "CWR",
    "ECE",
    "FIN",
    "FREEBSD",
    "LINUX",
    "PRESETS",
    "PSH",
    "RFC9293",
    "RST",
    "SYN",
    "TRANSITIONS",
    "URG",
    "ConnectionStatus",
    "IcmpError",
    "MalformedSegment",
    "Option",
    "Profile",
    "Rule",
    "Segment",
    "Settings",
    "Socket",
    "Stack",
    "State",
    "Tcb",
    "Transition",
    "Unreachable",
    "calls",
    "decode",
    "encode",
    "events",
]

_LATE = {
    "ConnectionStatus": "tcp.status",
    "IcmpError": "tcp.icmp",
    "MalformedSegment": "packet.tcp_format",
    "Rule": "rules",
    "Stack": "tcp.stack",
    "Tcb": "tcp.tcb",
    "Unreachable": "tcp.unreachable",
    "decode": "packet.tcp_format",
    "encode": "packet.tcp_format",
}
"""Names of the modules that are loaded when one is asked for (PEP 562), as in `packet`: every module of this
package loads this one, and who shows what a stack reports (events, states) needs no stack for it."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
