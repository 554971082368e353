"""What sockets read of the stack's connections: the one place where this layer looks at a TCB.

Everything here is read. What changes a connection is a call of `core.tcp.calls`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import distance, lt
from tcptui.core.state import State
from tcptui.core.tcp.keys import stack_key
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.tcb import Tcb


class Status(NamedTuple):
    """STATUS (RFC 9293 section 3.9.1.5), as far as sockets need it."""

    connection: int
    state: State
    local: Socket
    remote: Socket | None
    rcv_queue: int
    """Octets in order that were not read."""
    snd_queue: int
    """Octets, and a FIN, that were not sent or not acknowledged."""
    urgent: int
    """Octets from the first unread one to the end of urgent data; 0: there is none."""
    urgent_arrived: bool
    """The end of the urgent data has arrived."""
    backlog: int | None
    """None: no listener that stays one."""
    accept_queue: tuple[int, ...]
    listener: int
    """The listener that made it; 0: none."""


def state(stack: Stack, connection: int) -> State:
    """CLOSED where there is no connection."""
    tcb = block(stack, connection)
    return State.CLOSED if tcb is None else tcb.state


def status(stack: Stack, connection: int) -> Status | None:
    """None where there is no connection."""
    tcb = block(stack, connection)
    return None if tcb is None else _status(tcb)


def statuses(stack: Stack) -> list[Status]:
    """Every connection that is not CLOSED, the oldest first."""
    return [_status(tcb) for tcb in stack.tcbs()]


def block(stack: Stack, connection: int) -> Tcb | None:
    """The whole block, to be read and not kept: for TCP_INFO and MSG_PEEK."""
    return stack.tcb(connection) if connection else None


def key(stack: Stack, now: int) -> tuple[Any, ...]:
    """What the stack's future depends on."""
    return stack_key(stack, now)


def _status(tcb: Tcb) -> Status:
    return Status(
        tcb.connection,
        tcb.state,
        tcb.local,
        tcb.remote,
        len(tcb.receive_buffer),
        len(tcb.send_buffer) + distance(tcb.snd_una, tcb.snd_nxt),
        0 if tcb.rcv_up is None else tcb.urgent_unread,
        tcb.rcv_up is None or not lt(tcb.rcv_nxt, tcb.rcv_up),
        tcb.backlog,
        tcb.accept_queue,
        tcb.listener,
    )
