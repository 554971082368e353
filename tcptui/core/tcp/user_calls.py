"""What the user calls do: RFC 9293 sections 3.10.1 to 3.10.6, on a connection that exists.

What a call on no connection returns is the stack's to say. Each function appends to the step the
call's response and whatever the call brought about.
"""

from tcptui.core.events import Response, TimerKind
from tcptui.core.packet.seq import seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.calls import Abort, Accept, Call, Close, Configure, Open, Receive, Send, Status
from tcptui.core.tcp.delayed_ack import set_quickack
from tcptui.core.tcp.endings import send_reset, start_fin_wait_2_timer, tell_discarded
from tcptui.core.tcp.handshake import keeps_alive, start_keep_alive
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.reassembly import satisfy_receives, update_window
from tcptui.core.tcp.send import (
    change_user_timeout,
    held_by_cwnd,
    send_syn,
    start_user_timer,
    tell_send_room,
    transmit,
)
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb

_PEER_HAS_CLOSED = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
_CLOSE_DELETES = {
    State.LISTEN: Rule.CLOSE_ENDS_LISTEN,
    State.SYN_SENT: Rule.CLOSE_DELETES,
    State.SYN_RECEIVED: Rule.CLOSE_DELETES_HALF_OPEN,
}
_CLOSING_STATES = (State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)


def open_connection(tcb: Tcb, call: Open, step: Step) -> None:
    """3.10.1: a fresh block becomes LISTEN or SYN-SENT; LISTEN may become SYN-SENT."""
    if tcb.state not in (State.CLOSED, State.LISTEN) or (tcb.state is State.LISTEN and call.passive):
        refuse(tcb, step, "OPEN", Response.EXISTS)
        return
    if not call.passive and call.remote is None:
        refuse(tcb, step, "OPEN", Response.REMOTE_UNSPECIFIED)
        return
    _take_settings(tcb, call.settings, step)
    if call.passive:
        tcb.passive = True
        tcb.wanted_remote = call.remote
        step.rule(tcb, Rule.OPEN_PASSIVE)
        step.set_state(tcb, State.LISTEN)
    else:
        tcb.remote = call.remote
        fresh = tcb.state is State.CLOSED
        _go_active(tcb, Rule.OPEN_ACTIVE if fresh else Rule.OPEN_TURNS_ACTIVE, step)
    step.returned(tcb.connection, "OPEN", Response.OK)


def open_listener(listener: Listener, call: Open, step: Step) -> None:
    """3.10.1, CLOSED, with a backlog: a fresh listener."""
    _take_settings(listener, call.settings, step)
    _take_backlog(listener, call.backlog, step)
    step.rule(listener, Rule.OPEN_PASSIVE)
    step.set_listening(listener, True)
    step.returned(listener.connection, "OPEN", Response.OK)


def send(tcb: Tcb, call: Send, step: Step) -> None:
    """3.10.2"""
    if tcb.state in _CLOSING_STATES or tcb.close_called:
        refuse(tcb, step, "SEND", Response.CLOSING)
        return
    if tcb.state is State.LISTEN and tcb.remote is None:
        refuse(tcb, step, "SEND", Response.REMOTE_UNSPECIFIED)
        return
    room = tcb.send_room(step.profile)
    if len(call.data) >= room:
        room = max(room, step.hooks.write_room(tcb, step.profile)[0])  # Some stacks take more than fits.
        tcb.wants_room = len(call.data) >= room or tcb.wants_room
        if len(call.data) > room:
            refuse(tcb, step, "SEND", Response.RESOURCES)
            return
    tcb.send_buffer += call.data
    tcb.more = call.more
    if tcb.state is State.LISTEN:
        _go_active(tcb, Rule.SEND_OPENS, step)
    elif tcb.state in (State.SYN_SENT, State.SYN_RECEIVED):
        step.rule(tcb, Rule.SEND_QUEUED, len=len(call.data))
    else:
        step.rule(tcb, Rule.SEND_TAKEN, len=len(call.data), snd_wnd=tcb.snd_wnd)
    if call.urgent:
        tcb.snd_up = seq_add(tcb.snd_nxt, len(tcb.send_buffer))
    if tcb.state not in (State.SYN_SENT, State.SYN_RECEIVED):
        transmit(tcb, step, corked=tcb.settings.cork or call.more)
        if tcb.send_buffer:
            if held_by_cwnd(tcb, step):
                step.rule(tcb, Rule.SEND_WAITS_FOR_CWND, len=len(tcb.send_buffer), cwnd=tcb.cwnd)
            if tcb.user_timer is None:
                start_user_timer(tcb, step)
    step.returned(tcb.connection, "SEND", Response.OK)


def receive(tcb: Tcb, call: Receive, step: Step) -> None:
    """3.10.3: data that is there is delivered at once, else the request is queued."""
    if tcb.half_duplex or (tcb.state in _PEER_HAS_CLOSED and not tcb.receive_buffer):
        # In CLOSING, LAST-ACK and TIME-WAIT too, what is on hand is handed over: 3.10.3 would refuse, but it
        # has been acknowledged, and 3.6 lets who has closed go on receiving.
        refuse(tcb, step, "RECEIVE", Response.CLOSING)
        return
    tcb.receives += (call.octets,)
    step.returned(tcb.connection, "RECEIVE", Response.OK if tcb.receive_buffer else Response.QUEUED)
    if tcb.receive_buffer:
        satisfy_receives(tcb, step)
        update_window(tcb, step)


def close(tcb: Tcb, call: Close, step: Step) -> None:
    """3.10.4, and the half-duplex close of 3.6.1."""
    closed_before = tcb.state in _CLOSING_STATES or (tcb.close_called and not _ends_wait(tcb, call, step))
    if call.half_duplex and not tcb.half_duplex and tcb.state is not State.LISTEN:
        if tcb.receive_buffer and step.profile.unread_close_resets and tcb.state is not State.TIME_WAIT:
            step.returned(tcb.connection, "CLOSE", Response.OK)
            reset(tcb, Rule.UNREAD_RESETS, step, rcv_queue=len(tcb.receive_buffer))
            return
        tcb.half_duplex = True
        tcb.receive_buffer = b""
        if closed_before:
            step.rule(tcb, Rule.CLOSE_OF_BOTH_WAYS)
            start_fin_wait_2_timer(tcb, step)
            step.returned(tcb.connection, "CLOSE", Response.OK)
            return
    if closed_before:
        refuse(tcb, step, "CLOSE", Response.CLOSING)
        return
    if step.hooks.close_waits(tcb, call.half_duplex):
        tcb.close_called = True
        step.rule(tcb, Rule.CLOSE_WAITS_TO_OPEN, notsent=len(tcb.send_buffer))
        step.returned(tcb.connection, "CLOSE", Response.OK)
        return
    if step.hooks.close_deletes(tcb, call.half_duplex):
        step.rule(tcb, _CLOSE_DELETES[tcb.state])
        step.returned(tcb.connection, "CLOSE", Response.OK)
        step.delete(tcb, Response.CLOSING)
        return
    tcb.close_called = True
    if tcb.state is State.SYN_RECEIVED and tcb.send_buffer:
        step.rule(tcb, Rule.CLOSE_WAITS_TO_OPEN, notsent=len(tcb.send_buffer))
    else:
        if tcb.state is not State.CLOSE_WAIT:
            step.set_state(tcb, State.FIN_WAIT_1)
        waiting, at = len(tcb.send_buffer), len(step.events)
        transmit(tcb, step)
        _tell_fin(tcb, step, waiting, at)
        if tcb.state is State.CLOSE_WAIT and step.hooks.close_wait_ends_at_close():
            step.set_state(tcb, State.LAST_ACK)
    step.returned(tcb.connection, "CLOSE", Response.OK)


def _ends_wait(tcb: Tcb, call: Close, step: Step) -> bool:
    """Whether an earlier CLOSE waits for ESTABLISHED, and this one, of both ways, does not."""
    waits = step.hooks.close_waits
    return waits(tcb, half_duplex=False) and not waits(tcb, call.half_duplex)


def _tell_fin(tcb: Tcb, step: Step, waiting: int, at: int) -> None:
    """What became of the FIN of a CLOSE that found `waiting` octets not sent: the rule comes before the
    segments that it decided, the events from `at` on."""
    if not tcb.fin_sent:
        if tcb.send_buffer:
            step.rule_at(at, tcb, Rule.CLOSE_QUEUED, notsent=len(tcb.send_buffer))
        elif held_by_cwnd(tcb, step):
            step.rule_at(at, tcb, Rule.CLOSE_WAITS_FOR_CWND, cwnd=tcb.cwnd)
        else:
            step.rule_at(at, tcb, Rule.CLOSE_WAITS_FOR_WINDOW, snd_wnd=tcb.snd_wnd)
    elif waiting:
        step.rule_at(at, tcb, Rule.CLOSE_SENDS_REST, len=waiting)
    else:
        step.rule_at(at, tcb, Rule.CLOSE_SENDS_FIN)


def call_connection(tcb: Tcb, call: Call, step: Step) -> None:
    """Any call but OPEN on a connection that exists."""
    match call:
        case Send():
            send(tcb, call, step)
        case Receive():
            receive(tcb, call, step)
        case Close():
            close(tcb, call, step)
        case Configure():
            configure(tcb, call, step)
        case Abort():
            abort(tcb, step)
        case Status():
            step.returned(tcb.connection, "STATUS", Response.OK)
        case Accept():
            refuse(tcb, step, "ACCEPT", Response.NOT_LISTENING)


def abort(tcb: Tcb, step: Step) -> None:
    """3.10.5"""
    step.returned(tcb.connection, "ABORT", Response.OK)
    reset(tcb, Rule.ABORT_SENDS_RST, step, snd_nxt=tcb.snd_nxt)


def reset(tcb: Tcb, rule: Rule | None, step: Step, **numbers: int) -> None:
    """3.10.5: by `rule` a RST, where the state asks for one, and the block is deleted in any case. None: the
    rule has been named, for this connection and others."""
    tell_discarded(tcb, step)
    if step.hooks.abort_deletes(tcb, unread=bool(tcb.receive_buffer)):
        half_open = tcb.state is State.SYN_RECEIVED
        step.rule(tcb, Rule.ABORT_DELETES_HALF_OPEN if half_open else Rule.ABORT_DELETES)
    else:
        if rule is not None:
            step.rule(tcb, rule, **numbers)
        send_reset(tcb, step)
    step.delete(tcb, Response.RESET)


def configure(tcb: Tcb, call: Configure, step: Step) -> None:
    """Takes new settings at once, also those of a running connection."""
    before, timeout = tcb.settings, tcb.user_timeout
    _take_settings(tcb, call.settings, step)
    if tcb.user_timeout != timeout:
        change_user_timeout(tcb, step)
    if call.settings.send_buffer != before.send_buffer:
        tcb.snd_buff = 0
    if tcb.wants_room:
        tell_send_room(tcb, step)
    if call.quickack is not None:
        set_quickack(tcb, call.quickack, step)
    buffer = call.settings.receive_buffer
    if buffer != before.receive_buffer and buffer is not None and tcb.rcv_buff:
        tcb.rcv_buff = buffer
        update_window(tcb, step)
    opening = tcb.state in (State.SYN_SENT, State.SYN_RECEIVED)
    if opening and call.settings.open_timeout != before.open_timeout:
        start_user_timer(tcb, step)
    if tcb.state in SYNCHRONIZED and tcb.state is not State.TIME_WAIT:
        if not keeps_alive(tcb, step.profile):
            step.stop_timer(tcb, TimerKind.KEEP_ALIVE)
        else:
            start_keep_alive(tcb, step)
        # Nagle may have been switched off, which in Linux, tcp_sock_set_nodelay(), pushes corked data, too.
        push = tcb.settings.no_delay and not before.no_delay
        transmit(tcb, step, corked=tcb.settings.cork and not push)
    step.returned(tcb.connection, "CONFIGURE", Response.OK)


def _take_settings(block: Tcb | Listener, settings: Settings, step: Step) -> None:
    block.settings = settings
    timeout = settings.user_timeout
    block.user_timeout = step.profile.user_timeout if timeout is None else timeout


def _go_active(tcb: Tcb, rule: Rule, step: Step) -> None:
    tcb.passive = False
    step.rule(tcb, rule)
    send_syn(tcb, step)
    step.set_state(tcb, State.SYN_SENT)


# The calls on a listener.


def call_listener(listener: Listener, call: Call, step: Step) -> bool:
    """Any call but OPEN on a listener, which never becomes a connection; whether it still listens."""
    match call:
        case Accept():
            _accept(listener, step)
        case Configure():
            _take_settings(listener, call.settings, step)
            _take_backlog(listener, call.backlog, step)
            step.returned(listener.connection, "CONFIGURE", Response.OK)
        case Status():
            step.returned(listener.connection, "STATUS", Response.OK)
        case Send():
            unspecified = listener.wanted_remote is None
            refuse(listener, step, "SEND", Response.REMOTE_UNSPECIFIED if unspecified else Response.RESOURCES)
        case Receive():
            # 3.10.3 queues it until ESTABLISHED, which does not come: "no room to queue this request".
            refuse(listener, step, "RECEIVE", Response.RESOURCES)
        case Close():
            step.rule(listener, Rule.CLOSE_ENDS_LISTEN)
            step.returned(listener.connection, "CLOSE", Response.OK)
            step.set_listening(listener, False)
            return False
        case Abort():
            step.returned(listener.connection, "ABORT", Response.OK)
            step.rule(listener, Rule.ABORT_DELETES)
            step.set_listening(listener, False)
            return False
    return True


def _accept(listener: Listener, step: Step) -> None:
    """ACCEPT: the connection that has waited longest, by name in the response."""
    if not listener.accept_queue:
        step.returned(listener.connection, "ACCEPT", Response.NOTHING_TO_ACCEPT)
        return
    name, *rest = listener.accept_queue
    listener.accept_queue = tuple(rest)
    if step.host.state(name) is State.CLOSED:
        step.rule(listener, Rule.ACCEPT_OF_RESET, waiting=len(rest))
        step.returned(name, "ACCEPT", Response.RESET)
    else:
        step.rule(listener, Rule.ACCEPTED, waiting=len(rest))
        step.returned(name, "ACCEPT", Response.OK)


def _take_backlog(listener: Listener, backlog: int | None, step: Step) -> None:
    if backlog is not None:
        listener.backlog = min(backlog, step.profile.somaxconn)


def refuse(block: Tcb | Listener, step: Step, call: str, response: Response) -> None:
    """The call has no effect, and returns `response`."""
    step.rule(block, Rule[f"{call}_REFUSED"])
    step.returned(block.connection, call, response)
