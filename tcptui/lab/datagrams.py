"""What one host's program does over UDP: its calls, and that it waits at every socket and receives at once.

What follows on the wire is the world's.
"""

from __future__ import annotations

from tcptui.core.events import Event, Returned
from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import socket_of
from tcptui.lab.application import CallName
from tcptui.lab.host import Host


def udp_call(host: Host, name: CallName, data: bytes, address: Socket | None, peer: Socket) -> list[Event]:
    """One of `application.UDP_CALLS`; `peer` is the other end's socket. BadMove: nothing changed."""
    own = host.setup.socket
    target = socket_of(name, address, own, peer)
    if name == "bind":
        host.udp, events = host.udp.bind(target)
    else:
        # From the first socket that can be answered, which no group's address can.
        bound = (endpoint.local for endpoint in host.udp.endpoints if endpoint.local.host == own.host)
        host.udp, events = host.udp.send(next(bound, own), target, data)
    response = next(event.response.value for event in events if isinstance(event, Returned))
    host.application = host.application._replace(last_call=name, last_response=response)
    return events


def udp_arrival(host: Host, payload: Datagram | PortUnreachable) -> list[Event]:
    host.udp, events = host.udp.arrives(payload)
    for number in range(len(host.udp.endpoints)):
        host.udp, received = host.udp.receive(number)
        events += received
    host.application = host.application.after(events)
    return events
