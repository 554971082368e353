"""The user calls of RFC 9293 sections 3.10.1 to 3.10.6, on a connection that exists.

What a call on no connection returns is the stack's to say. Each function appends to the step the
call's response and whatever the call brought about.
"""

from typing import NamedTuple, TypeAlias

from tcptui.core.events import Response, TimerKind
from tcptui.core.input import satisfy_receives
from tcptui.core.output import fin_may_go, send_syn, start_user_timer, transmit
from tcptui.core.rules import Rule
from tcptui.core.segment import RST, Socket
from tcptui.core.state import State
from tcptui.core.step import Step
from tcptui.core.tcb import Tcb


class Open(NamedTuple):
    """OPEN: active to `remote`, or passive, for any peer if `remote` is None (3.9.1.1)."""

    local: Socket
    remote: Socket | None = None
    passive: bool = False
    user_timeout: int | None = None
    """Microseconds; None: the profile's."""


class Send(NamedTuple):
    connection: int
    data: bytes


class Receive(NamedTuple):
    connection: int
    octets: int = 65_535


class Close(NamedTuple):
    connection: int


class Abort(NamedTuple):
    connection: int


class Status(NamedTuple):
    connection: int


Call: TypeAlias = Open | Send | Receive | Close | Abort | Status
"""A call of RFC 9293 section 3.9.1; `connection` is the local connection name."""

_S = State
_CLOSING_STATES = (_S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT)


def open_connection(tcb: Tcb, call: Open, step: Step) -> None:
    """3.10.1: a fresh block becomes LISTEN or SYN-SENT; LISTEN may become SYN-SENT."""
    if tcb.state not in (_S.CLOSED, _S.LISTEN) or (tcb.state is _S.LISTEN and call.passive):
        _refuse(tcb, step, "OPEN", Response.EXISTS)
        return
    if not call.passive and call.remote is None:
        _refuse(tcb, step, "OPEN", Response.REMOTE_UNSPECIFIED)
        return
    wanted = call.user_timeout
    tcb.user_timeout = step.profile.user_timeout if wanted is None else wanted
    if call.passive:
        tcb.passive = True
        tcb.wanted_remote = call.remote
        step.rule(tcb, Rule.OPEN_PASSIVE)
        step.set_state(tcb, _S.LISTEN)
    else:
        tcb.remote = call.remote
        fresh = tcb.state is _S.CLOSED
        _go_active(tcb, Rule.OPEN_ACTIVE if fresh else Rule.OPEN_TURNS_ACTIVE, step)
    step.returned(tcb.connection, "OPEN", Response.OK)


def send(tcb: Tcb, call: Send, step: Step) -> None:
    """3.10.2"""
    if tcb.state in _CLOSING_STATES or tcb.close_called:
        _refuse(tcb, step, "SEND", Response.CLOSING)
        return
    if tcb.state is _S.LISTEN and tcb.remote is None:
        _refuse(tcb, step, "SEND", Response.REMOTE_UNSPECIFIED)
        return
    if len(tcb.unsent) + len(call.data) > step.profile.send_buffer:
        _refuse(tcb, step, "SEND", Response.RESOURCES)
        return
    tcb.unsent += call.data
    if tcb.state is _S.LISTEN:
        _go_active(tcb, Rule.SEND_OPENS, step)
    elif tcb.state in (_S.SYN_SENT, _S.SYN_RECEIVED):
        step.rule(tcb, Rule.SEND_QUEUED, len=len(call.data))
    else:
        step.rule(tcb, Rule.SEND_TAKEN, len=len(call.data), snd_wnd=tcb.snd_wnd)
        transmit(tcb, step)
        if tcb.unsent and tcb.user_timer is None:
            start_user_timer(tcb, step)
    step.returned(tcb.connection, "SEND", Response.OK)


def receive(tcb: Tcb, call: Receive, step: Step) -> None:
    """3.10.3: text that is there is delivered at once, else the request is queued."""
    if tcb.state in (_S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT):
        _refuse(tcb, step, "RECEIVE", Response.CLOSING)
        return
    if tcb.state is _S.CLOSE_WAIT and not tcb.unread:
        _refuse(tcb, step, "RECEIVE", Response.CLOSING)
        return
    window_was_closed = tcb.rcv_wnd == 0 and bool(tcb.unread)
    tcb.receives += (call.octets,)
    step.returned(tcb.connection, "RECEIVE", Response.OK if tcb.unread else Response.QUEUED)
    if tcb.unread:
        satisfy_receives(tcb, step)
    if window_was_closed:
        # The peer may have nothing in flight that would draw an acknowledgment with the new window.
        step.send_ack(tcb)


def close(tcb: Tcb, step: Step) -> None:
    """3.10.4"""
    if tcb.state in _CLOSING_STATES or tcb.close_called:
        _refuse(tcb, step, "CLOSE", Response.CLOSING)
        return
    if tcb.state in (_S.LISTEN, _S.SYN_SENT):
        step.rule(tcb, Rule.CLOSE_DELETES)
        step.returned(tcb.connection, "CLOSE", Response.OK)
        step.delete(tcb, Response.CLOSING)
        return
    tcb.close_called = True
    if tcb.state is _S.SYN_RECEIVED and tcb.unsent:
        step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.unsent))
    else:
        if tcb.unsent or not fin_may_go(tcb):
            step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.unsent))
        else:
            step.rule(tcb, Rule.CLOSE_SENDS_FIN)
        if tcb.state is not _S.CLOSE_WAIT:
            step.set_state(tcb, _S.FIN_WAIT_1)
        transmit(tcb, step)
    step.returned(tcb.connection, "CLOSE", Response.OK)


def abort(tcb: Tcb, step: Step) -> None:
    """3.10.5"""
    if tcb.state in (_S.LISTEN, _S.SYN_SENT, _S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT):
        step.rule(tcb, Rule.ABORT_DELETES)
    else:
        step.rule(tcb, Rule.ABORT_SENDS_RST, snd_nxt=tcb.snd_nxt)
        step.send(tcb, RST, tcb.snd_nxt)
    step.returned(tcb.connection, "ABORT", Response.OK)
    step.delete(tcb, Response.RESET)


def status(tcb: Tcb, step: Step) -> None:
    """3.10.6: the block itself is the stack's `tcb`; this only answers."""
    step.returned(tcb.connection, "STATUS", Response.OK)


def return_to_listen(tcb: Tcb, step: Step) -> None:
    """SYN-RECEIVED gives its peer up and listens again; the user need not be informed (3.10.7.4).

    If the user has called CLOSE meanwhile, there is nobody left to listen for.
    """
    if tcb.close_called:
        step.delete(tcb, Response.CLOSING)
        return
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)
    step.stop_timer(tcb, TimerKind.USER)
    step.set_state(tcb, _S.LISTEN)
    tcb.forget_peer(step.profile)


def _go_active(tcb: Tcb, rule: Rule, step: Step) -> None:
    tcb.passive = False
    step.rule(tcb, rule)
    send_syn(tcb, step)
    step.set_state(tcb, _S.SYN_SENT)


def _refuse(tcb: Tcb, step: Step, call: str, response: Response) -> None:
    step.rule(tcb, Rule[f"{call}_REFUSED"])
    step.returned(tcb.connection, call, response)
