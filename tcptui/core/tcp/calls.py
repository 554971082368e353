"""The user calls of RFC 9293 sections 3.10.1 to 3.10.6, on a connection that exists.

What a call on no connection returns is the stack's to say. Each function appends to the step the
call's response and whatever the call brought about.
"""

from typing import NamedTuple, TypeAlias

from tcptui.core.events import Response, TimerKind
from tcptui.core.packet.segment import ACK, RST, Socket
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.handshake import keeps_alive, start_keep_alive
from tcptui.core.tcp.reassembly import satisfy_receives, update_window
from tcptui.core.tcp.send import fin_may_go, send_syn, start_user_timer, transmit
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


class Open(NamedTuple):
    """OPEN: active to `remote`, or passive, for any peer if `remote` is None (3.9.1.1)."""

    local: Socket
    remote: Socket | None = None
    passive: bool = False
    backlog: int | None = None
    """With a number, a passive OPEN stays in LISTEN, and every peer gets a connection of its own, to be taken
    by ACCEPT; so many may wait. None: the OPEN's own block becomes the connection."""
    settings: Settings = NO_SETTINGS


class Accept(NamedTuple):
    """Takes the connection that has waited longest at a listener; its name is in `Returned`."""

    connection: int


class Configure(NamedTuple):
    """Other wishes for a connection from here on."""

    connection: int
    settings: Settings
    backlog: int | None = None
    """Of a listener that was opened with one: another; None: as it is."""


class Send(NamedTuple):
    """SEND: `data` is put in order behind what was given before (3.9.1.2)."""

    connection: int
    data: bytes
    urgent: bool = False
    """The text up to its end is urgent (MUST-30)."""


class Receive(NamedTuple):
    """RECEIVE: up to so many octets; it waits until there are any (3.9.1.3)."""

    connection: int
    octets: int = 65_535


class Close(NamedTuple):
    """ "I have no more to send"; with `half_duplex` also "nor shall I read" (3.6.1, MAY-1)."""

    connection: int
    half_duplex: bool = False


class Abort(NamedTuple):
    """ABORT: everything is given up at once, and the peer gets a RST (3.9.1.6)."""

    connection: int


class Status(NamedTuple):
    """STATUS: only whether there is such a connection; `Stack.tcb` has its variables (3.9.1.5)."""

    connection: int


Call: TypeAlias = Open | Accept | Configure | Send | Receive | Close | Abort | Status
"""A call of RFC 9293 section 3.9.1; `connection` is the local connection name."""

_S = State
_PEER_HAS_CLOSED = (_S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT)
_CLOSING_STATES = (_S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT)


def open_connection(tcb: Tcb, call: Open, step: Step) -> None:
    """3.10.1: a fresh block becomes LISTEN or SYN-SENT; LISTEN may become SYN-SENT."""
    if tcb.state not in (_S.CLOSED, _S.LISTEN) or (tcb.state is _S.LISTEN and call.passive):
        _refuse(tcb, step, "OPEN", Response.EXISTS)
        return
    if not call.passive and call.remote is None:
        _refuse(tcb, step, "OPEN", Response.REMOTE_UNSPECIFIED)
        return
    _take_settings(tcb, call.settings, step)
    if call.passive:
        tcb.passive = True
        tcb.wanted_remote = call.remote
        if call.backlog is not None:
            _take_backlog(tcb, call.backlog, step)
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
    wanted = tcb.settings.send_buffer
    room = step.profile.send_buffer if wanted is None else wanted
    if tcb.backlog is not None or len(tcb.send_buffer) + len(call.data) > room:
        _refuse(tcb, step, "SEND", Response.RESOURCES)
        return
    tcb.send_buffer += call.data
    if tcb.state is _S.LISTEN:
        _go_active(tcb, Rule.SEND_OPENS, step)
    elif tcb.state in (_S.SYN_SENT, _S.SYN_RECEIVED):
        step.rule(tcb, Rule.SEND_QUEUED, len=len(call.data))
    else:
        step.rule(tcb, Rule.SEND_TAKEN, len=len(call.data), snd_wnd=tcb.snd_wnd)
    if call.urgent:
        tcb.snd_up = seq_add(tcb.snd_nxt, len(tcb.send_buffer))
    if tcb.state not in (_S.SYN_SENT, _S.SYN_RECEIVED):
        transmit(tcb, step)
        if tcb.send_buffer and tcb.user_timer is None:
            start_user_timer(tcb, step)
    step.returned(tcb.connection, "SEND", Response.OK)


def receive(tcb: Tcb, call: Receive, step: Step) -> None:
    """3.10.3: text that is there is delivered at once, else the request is queued."""
    if tcb.half_duplex or (tcb.state in _PEER_HAS_CLOSED and not tcb.receive_buffer):
        # In CLOSING, LAST-ACK and TIME-WAIT too, what is on hand is handed over: 3.10.3 would refuse, but it
        # has been acknowledged, and 3.6 lets who has closed go on receiving.
        _refuse(tcb, step, "RECEIVE", Response.CLOSING)
        return
    tcb.receives += (call.octets,)
    step.returned(tcb.connection, "RECEIVE", Response.OK if tcb.receive_buffer else Response.QUEUED)
    if tcb.receive_buffer:
        satisfy_receives(tcb, step)
        update_window(tcb, step)


def close(tcb: Tcb, call: Close, step: Step) -> None:
    """3.10.4, and the half-duplex close of 3.6.1."""
    closed_before = tcb.state in _CLOSING_STATES or tcb.close_called
    if call.half_duplex and not tcb.half_duplex and tcb.state is not _S.LISTEN:
        if tcb.receive_buffer and step.profile.unread_close_resets and tcb.state is not _S.TIME_WAIT:
            step.rule(tcb, Rule.UNREAD_RESETS, unread=len(tcb.receive_buffer))
            step.returned(tcb.connection, "CLOSE", Response.OK)
            reset(tcb, step)
            return
        tcb.half_duplex = True
        tcb.receive_buffer = b""
        if closed_before:
            start_fin_wait_2_timer(tcb, step)
            step.returned(tcb.connection, "CLOSE", Response.OK)
            return
    if closed_before:
        _refuse(tcb, step, "CLOSE", Response.CLOSING)
        return
    style = step.profile.crossing_style
    if _waits_for_established(tcb, call, style):
        tcb.close_called = True
        step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.send_buffer))
        step.returned(tcb.connection, "CLOSE", Response.OK)
        return
    forgotten = call.half_duplex and style == "bsd"
    if tcb.state in (_S.LISTEN, _S.SYN_SENT) or (tcb.state is _S.SYN_RECEIVED and forgotten):
        step.rule(tcb, Rule.CLOSE_DELETES)
        step.returned(tcb.connection, "CLOSE", Response.OK)
        step.delete(tcb, Response.CLOSING)
        return
    tcb.close_called = True
    if tcb.state is _S.SYN_RECEIVED and tcb.send_buffer:
        step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.send_buffer))
    else:
        if tcb.send_buffer or not fin_may_go(tcb):
            step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.send_buffer))
        else:
            step.rule(tcb, Rule.CLOSE_SENDS_FIN)
        if tcb.state is not _S.CLOSE_WAIT:
            step.set_state(tcb, _S.FIN_WAIT_1)
        transmit(tcb, step)
    step.returned(tcb.connection, "CLOSE", Response.OK)


def _waits_for_established(tcb: Tcb, call: Close, style: str) -> bool:
    """Whether a stack puts off the end of sending until there is a connection: FreeBSD's TF_NEEDFIN, Linux's
    tcp_shutdown()."""
    if call.half_duplex or style == "rfc":
        return False
    return tcb.state is _S.SYN_RECEIVED or (tcb.state is _S.SYN_SENT and style == "bsd")


def abort(tcb: Tcb, step: Step) -> None:
    """3.10.5"""
    step.returned(tcb.connection, "ABORT", Response.OK)
    reset(tcb, step)


def reset(tcb: Tcb, step: Step) -> None:
    """3.10.5: a RST where the state asks for one, and the block is gone."""
    profile = step.profile
    if (
        tcb.state in (_S.LISTEN, _S.SYN_SENT, _S.TIME_WAIT)
        or (tcb.state in (_S.CLOSING, _S.LAST_ACK) and profile.closing_style != "bsd")
        or (tcb.state is _S.SYN_RECEIVED and profile.crossing_style == "bsd")
    ):
        step.rule(tcb, Rule.ABORT_DELETES)
    else:
        step.rule(tcb, Rule.ABORT_SENDS_RST, snd_nxt=tcb.snd_nxt)
        send_reset(tcb, step)
    step.delete(tcb, Response.RESET)


def send_reset(tcb: Tcb, step: Step) -> None:
    """``<SEQ=SND.NXT><CTL=RST>``; some stacks acknowledge with it."""
    step.send(tcb, RST | ACK if step.profile.reset_carries_ack else RST, tcb.snd_nxt)


def configure(tcb: Tcb, call: Configure, step: Step) -> None:
    """Takes new settings at once, also those of a running connection."""
    _take_settings(tcb, call.settings, step)
    if call.backlog is not None and tcb.backlog is not None:
        _take_backlog(tcb, call.backlog, step)
    if call.settings.receive_buffer is not None and tcb.rcv_buff:
        tcb.rcv_buff = call.settings.receive_buffer
        update_window(tcb, step)
    if tcb.state in SYNCHRONIZED and tcb.state is not _S.TIME_WAIT:
        if not keeps_alive(tcb, step.profile):
            step.stop_timer(tcb, TimerKind.KEEP_ALIVE)
        else:
            start_keep_alive(tcb, step)
        transmit(tcb, step)  # Nagle may have been switched off.
    step.returned(tcb.connection, "CONFIGURE", Response.OK)


def _take_backlog(tcb: Tcb, backlog: int, step: Step) -> None:
    tcb.backlog = min(backlog, step.profile.somaxconn)


def _take_settings(tcb: Tcb, settings: Settings, step: Step) -> None:
    tcb.settings = settings
    timeout = settings.user_timeout
    tcb.user_timeout = step.profile.user_timeout if timeout is None else timeout


def start_fin_wait_2_timer(tcb: Tcb, step: Step) -> None:
    """A connection that nobody holds any more does not wait for the peer's FIN for ever."""
    wanted = tcb.settings.fin_wait_2_timeout
    timeout = step.profile.fin_wait_2_timeout if wanted is None else wanted
    if tcb.state is _S.FIN_WAIT_2 and tcb.half_duplex and timeout is not None:
        step.start_timer(tcb, TimerKind.FIN_WAIT_2, timeout)


def status(tcb: Tcb, step: Step) -> None:
    """3.10.6: the block itself is the stack's `tcb`; this only answers."""
    step.returned(tcb.connection, "STATUS", Response.OK)


def return_to_listen(tcb: Tcb, step: Step) -> None:
    """SYN-RECEIVED gives its peer up and listens again; the user need not be informed (3.10.7.4).

    If the user has called CLOSE meanwhile, there is nobody left to listen for; and where a listener stands
    behind it, that one listens.
    """
    if tcb.close_called or tcb.listener:
        step.delete(tcb, Response.CLOSING)
        return
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)
    step.stop_timer(tcb, TimerKind.USER)
    step.set_state(tcb, _S.LISTEN)
    tcb.reset_to_listen(step.profile)


def _go_active(tcb: Tcb, rule: Rule, step: Step) -> None:
    tcb.passive = False
    step.rule(tcb, rule)
    send_syn(tcb, step)
    step.set_state(tcb, _S.SYN_SENT)


def _refuse(tcb: Tcb, step: Step, call: str, response: Response) -> None:
    step.rule(tcb, Rule[f"{call}_REFUSED"])
    step.returned(tcb.connection, call, response)
