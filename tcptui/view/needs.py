"""What an end waits for: what would let its connection go on, by state.

An end that has nothing to wait for needs nothing, and then nothing is said. Of several things the one that
holds up the others comes first: an acknowledgment of what was sent, then a gap in what has come, then a
window, then what only its program can do. Each is told in several wordings, the fullest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import TimerKind
from tcptui.core.packet.seq import distance
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text
from tcptui.view.subject import Host

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb
    from tcptui.view.sequence_space import Space

_FIN_SENT = (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)


class _Ends:
    """Names and numbers as this end's pane has them."""

    def __init__(self, tcb: Tcb, peer: str, raw: bool) -> None:
        self.tcb, self.peer, self._raw = tcb, peer, raw

    def sent(self, number: int) -> str:
        return seq_text(number, self.tcb.iss, self._raw)

    def received(self, number: int) -> str:
        return seq_text(number, self.tcb.irs, self._raw)


def needs(host: Host, peer: str, raw: bool, send: Space | None, receive: Space | None) -> list[str]:
    """What would let the connection that is shown go on; empty: nothing has to. `peer` is the other end's
    name."""
    tcb = host.tcb
    if host.state is State.LISTEN:
        return _of_listener(host)
    if tcb is None:
        return _without_connection(host)
    ends = _Ends(tcb, peer, raw)
    state = tcb.state
    if state is State.SYN_SENT:
        return [say("ui.end.needs.syn_ack")]
    if tcb.ack_deferred:
        return [say("ui.end.needs.data_of_syn"), say("ui.end.needs.data_of_syn_brief")]
    if state is State.TIME_WAIT:
        return []
    # What is in flight while the persist timer runs is a probe, and its ACK alone lets nothing go.
    probes = not tcb.snd_wnd and any(kind is TimerKind.PERSIST for kind, _ in tcb.timers())
    return (
        (_window(ends) if probes else [])
        or _acknowledgment(ends, send)
        or _missing(ends, receive)
        or _window(ends)
        or _program(host, tcb)
        or _peers_fin(ends)
    )


def why_time_wait(peer: str, number: int) -> list[str]:
    """Why a connection stays in TIME-WAIT: nobody acknowledges its last ACK (RFC 9293 section 3.6.1).
    `number`: the segment that was; 0: it is not known."""
    if not number:
        return [say("ui.end.may_not_have_ack", peer=peer), say("ui.end.may_not_have_ack_brief")]
    return [
        say("ui.end.may_not_have", peer=peer, number=number),
        say("ui.end.may_not_have_brief", number=number),
    ]


def _of_listener(host: Host) -> list[str]:
    listener = host.listener
    if (
        listener is not None
        and listener.backlog is not None
        and len(listener.accept_queue) >= listener.places
    ):
        return [say("ui.end.needs.accept"), say("ui.end.needs.accept_brief")]
    return [say("ui.end.needs.syn")]


def _without_connection(host: Host) -> list[str]:
    if host.total or not host.link_up:
        return []
    if host.answers_closed:
        return [say("ui.end.no_connection_rst"), say("ui.end.no_connection")]
    return [say("ui.end.no_connection_silent"), say("ui.end.no_connection")]


def _acknowledgment(ends: _Ends, send: Space | None) -> list[str]:
    """Of what was sent: which number, and of which segment."""
    queue = [entry for entry in ends.tcb.retransmission_queue if not entry.sacked]
    if not queue:
        return []
    front = queue[0]
    number = 0 if send is None else next((part.number for part in send.after if part.kind != "known"), 0)
    if len(queue) > 1:
        ack = ends.sent(ends.tcb.snd_una)
        texts = [say("ui.end.needs.ack_above_for", ack=ack, number=number)] if number else []
        return [*texts, say("ui.end.needs.ack_above", ack=ack), say("ui.end.needs.ack_above_brief", ack=ack)]
    ack = ends.sent(front.end)
    if ends.tcb.fin_sent and ends.tcb.state in _FIN_SENT and not front.data:
        wordings = ("ui.end.needs.ack_of_fin_brief", "ui.end.needs.ack_of_fin_least")
        return [say("ui.end.needs.ack_of_fin", ack=ack), *map(say, wordings)]
    texts = [say("ui.end.needs.ack_for", ack=ack, number=number)] if number else []
    return [*texts, say("ui.end.needs.ack", ack=ack), say("ui.end.needs.ack_brief", ack=ack)]


def _missing(ends: _Ends, receive: Space | None) -> list[str]:
    """Of what has come out of order: what is missing before it."""
    if not ends.tcb.out_of_order or receive is None:
        return []
    seq = ends.received(ends.tcb.rcv_nxt)
    number = next((part.number for part in receive.after if part.number), 0)
    texts = [say("ui.end.needs.data_from", seq=seq, number=number)] if number else []
    return [*texts, say("ui.end.needs.data_from_brief", seq=seq)]


def _window(ends: _Ends) -> list[str]:
    """Of what waits to be sent, with nothing in flight: a window that is large enough."""
    tcb = ends.tcb
    left = max(0, tcb.snd_wnd - distance(tcb.snd_una, tcb.snd_nxt))
    if not tcb.send_buffer or left >= len(tcb.send_buffer):
        return []
    return [say("ui.end.needs.window", peer=ends.peer, window=left), say("ui.end.needs.window_brief")]


def _program(host: Host, tcb: Tcb) -> list[str]:
    if tcb.receive_buffer and not tcb.rcv_wnd:
        return [say("ui.end.needs.read"), say("ui.end.needs.read_brief")]
    if tcb.state is State.CLOSE_WAIT and not tcb.close_called:
        return [say("ui.end.needs.close"), say("ui.end.needs.close_brief")]
    return []


def _peers_fin(ends: _Ends) -> list[str]:
    if ends.tcb.state is State.FIN_WAIT_2:
        return [say("ui.end.needs.fin", peer=ends.peer)]
    return []
