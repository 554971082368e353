"""One host's UDP: the sockets that are bound, and what waits in each to be received (RFC 768).

All there is: no connection, no state of one, no timer, no number, no copy of what was sent.

The table of rules is imported by what makes a step: who only shows sockets needs none of it.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.events import (
    DatagramDelivered,
    DatagramSent,
    Event,
    Response,
    Returned,
    RuleApplied,
    Signal,
    Signalled,
)
from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.segment import Socket
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.rules import Rule


class UdpEndpoint(NamedTuple):
    """A bound socket."""

    local: Socket
    queue: tuple[Datagram, ...] = ()
    """What has arrived and was not received yet, the oldest first."""


UdpStep: TypeAlias = "tuple[UdpSockets, list[Event]]"
"""A host's sockets after a step, and what the step reports."""


class UdpSockets(NamedTuple):
    """A host's bound sockets, in the order in which they were bound: an immutable value.

    An endpoint's number is its place in `endpoints`.
    """

    endpoints: tuple[UdpEndpoint, ...] = ()

    def bind(self, local: Socket) -> UdpStep:
        """Binds a socket; one at a group's address may be bound several times, any other once."""
        from tcptui.core.rules import Rule

        if self._bound(local) and not for_many(local.host):
            return self, [Returned(0, "BIND", Response.ADDRESS_IN_USE)]
        bound = UdpSockets((*self.endpoints, UdpEndpoint(local)))
        return bound, [_rule(Rule.UDP_BOUND, port=local.port), Returned(0, "BIND", Response.OK)]

    def send(self, local: Socket, remote: Socket, data: bytes) -> UdpStep:
        """Sends a datagram from `local`, a single host's socket, which is bound on the way if it was not."""
        from tcptui.core.rules import Rule

        sockets = self if self._bound(local) else UdpSockets((*self.endpoints, UdpEndpoint(local)))
        return sockets, [
            _rule(Rule.UDP_SENT, len=len(data)),
            DatagramSent(0, Datagram(local, remote, data)),
            Returned(0, "SENDTO", Response.OK),
        ]

    def arrives(self, payload: Datagram | PortUnreachable) -> UdpStep:
        """A datagram for this host, its checksum found good, or an ICMP message about one of its own."""
        from tcptui.core.rules import Rule

        if isinstance(payload, PortUnreachable):
            src, dst, _ = payload.about
            if not self._bound(src):
                return self, [_rule(Rule.UDP_ERROR_UNCLAIMED, port=src.port)]
            return self, [_rule(Rule.UDP_ERROR_PASSED, port=dst.port), Signalled(0, Signal.PORT_UNREACHABLE)]
        host, port = payload.dst
        bound = self._bound(payload.dst)
        if for_many(host):
            rule = _rule(Rule.UDP_GROUP_DELIVERED, count=bound) if bound else _rule(Rule.UDP_GROUP_EMPTY)
            return self._queue(payload), [rule]
        if bound:
            return self._queue(payload), [_rule(Rule.UDP_DELIVERED, len=len(payload.data), port=port)]
        return self, [_rule(Rule.UDP_NO_PORT, port=port), DatagramSent(0, PortUnreachable(payload))]

    def receive(self, number: int) -> UdpStep:
        """The oldest datagram that waits in endpoint `number`; without any, nothing happens."""
        endpoint = self.endpoints[number]
        if not endpoint.queue:
            return self, []
        read = endpoint._replace(queue=endpoint.queue[1:])
        endpoints = (*self.endpoints[:number], read, *self.endpoints[number + 1 :])
        return UdpSockets(endpoints), [DatagramDelivered(0, number, endpoint.queue[0])]

    def _bound(self, local: Socket) -> int:
        """How many endpoints have this local socket."""
        return sum(endpoint.local == local for endpoint in self.endpoints)

    def _queue(self, datagram: Datagram) -> UdpSockets:
        return UdpSockets(
            tuple(
                endpoint._replace(queue=(*endpoint.queue, datagram))
                if endpoint.local == datagram.dst
                else endpoint
                for endpoint in self.endpoints
            )
        )


def for_many(host: str) -> bool:
    """Whether an address is that of many hosts: a multicast group, or IPv4's broadcast."""
    return ip_address(host).is_multicast or host == "255.255.255.255"


def _rule(rule: Rule, **numbers: int) -> RuleApplied:
    return RuleApplied(0, rule, tuple(numbers.items()))
