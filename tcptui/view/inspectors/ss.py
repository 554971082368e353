"""A host's sockets in the words of ss(8), as ``ss -tano`` prints them: states, queues, timers.

Its timers are those of the kernel's inet_diag: "on" for a retransmission and a loss probe, "persist" for a
zero window, "keepalive", and "timewait"; a delayed ACK and the RFC's user timeout are none. The third number
counts retransmissions, or of "keepalive" and "persist" probes.
"""

from __future__ import annotations

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tcptui.lab.ends.host import HostEnd
from tcptui.named_tuple import NamedTuple

STATES = {
    State.CLOSED: "UNCONN",
    State.SYN_RECEIVED: "SYN-RECV",
    State.ESTABLISHED: "ESTAB",
}
"""Where ss says it otherwise than the RFC."""
_TIMERS = (
    (TimerKind.RETRANSMISSION, "on"),
    (TimerKind.LOSS_PROBE, "on"),
    (TimerKind.PERSIST, "persist"),
    (TimerKind.TIME_WAIT, "timewait"),
    (TimerKind.FIN_WAIT_2, "timewait"),
    (TimerKind.KEEP_ALIVE, "keepalive"),
)
"""In the order in which inet_sk_diag_fill() looks for one that runs: only that is told."""


class SocketLine(NamedTuple):
    """A line of ss."""

    connection: int
    """Its name in the stack; 0: UDP's."""
    state: str
    recv_q: int
    """Octets not read; of a listener, connections that wait for accept()."""
    send_q: int
    """Octets, SYN and FIN not acknowledged; of a listener, how many connections may wait."""
    local: Socket
    remote: Socket | None
    timer: str
    """``on,200ms,0``; empty: none runs."""


def socket_lines(host: HostEnd, now: int) -> list[SocketLine]:
    """The sockets of a host, TCP's first, the oldest first; `now` by the world's clock."""
    lines = []
    for entry in host.sockets.connections() if host.statuses() else ():
        tcb = host.tcb_of(entry.connection)
        lines.append(
            SocketLine(
                entry.connection,
                STATES.get(entry.state, entry.state.value),
                entry.recv_q,
                entry.send_q,
                entry.local,
                entry.remote,
                "" if tcb is None else timer_text(host, tcb, now),
            )
        )
    return [*lines, *(SocketLine(0, "UNCONN", 0, 0, one.local, None, "") for one in host.udp.endpoints)]


def timer_text(host: HostEnd, tcb: Tcb, now: int) -> str:
    """The timer of a connection that ss tells; empty if it tells none."""
    running = host.timers_of(tcb)
    for kind, name in _TIMERS:
        if kind in running:
            left = max(0, running[kind].due - now) // 1_000
            return f"{name},{time_text(left)},{_count(tcb, name)}"
    return ""


def _count(tcb: Tcb, name: str) -> int:
    if name == "on":
        return tcb.retransmission_queue[0].timeouts if tcb.retransmission_queue else 0
    return 0 if name == "timewait" else tcb.probes


def time_text(milliseconds: int) -> str:
    """As print_ms_timer() of ss writes it: ``980ms``, ``1.912ms`` for 1,912 ms, ``59sec``, ``119min``."""
    seconds, left = divmod(milliseconds, 1_000)
    minutes, seconds = divmod(seconds, 60)
    text = ""
    if minutes:
        text, left = f"{minutes}min", 0
        if minutes > 9:
            seconds = 0
    if seconds:
        if seconds > 9:
            left = 0
        text += f"{seconds}{'.' if left else 'sec'}"
    return f"{text}{left:03}ms" if left else text
