"""What a program's act is to its host: a call of the core, or what befalls the host as a whole.

UDP's calls are in `datagrams`.
"""

from __future__ import annotations

from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Accept, Call, Close, Open, Receive, Send
from tcptui.core.udp import UdpSockets
from tcptui.lab.application import ApplicationState, CallName, ScriptedCall
from tcptui.lab.host import Host


def core_call(act: ScriptedCall, host: Host, peer: Socket) -> Call:
    """The call of RFC 9293 section 3.9.1 that `act` makes; `peer` is the other end."""
    if act.exact is not None:
        return act.exact
    local, connection = host.setup.socket, host.connection
    match act.call:
        case "listen":
            return Open(local, passive=True, backlog=act.backlog)
        case "accept":
            return Accept(host.listener or connection)
        case "connect":
            return Open(local, peer)
        case "send":
            return Send(connection, act.data)
        case "read":
            return Receive(connection)
        case "shutdown":
            return Close(connection)
        case "close":
            return Close(connection, half_duplex=True)
        case _:
            return Abort(connection)


def apply_host_event(host: Host, name: CallName, now: int) -> None:
    """Its cable is pulled or put back, or it crashes; its TCP is not asked."""
    if name != "reboot":
        host.plugged = name == "plug"
        host.application = host.application._replace(last_call=name, last_response="")
        return
    host.stack = host.stack.rebooted()
    host.udp = UdpSockets()
    host.listener = 0
    if host.path[-1][0] is not State.CLOSED:
        host.enters(State.CLOSED, now)
    host.application = ApplicationState(last_call=name, closed=True)
