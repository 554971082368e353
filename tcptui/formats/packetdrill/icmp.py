"""The ICMP messages of a script, as the errors that the core knows."""

from __future__ import annotations

from tcptui.core.packet.segment import SYN
from tcptui.core.packet.seq import MASK
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.formats.packetdrill.flows import Flow
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.syntax import IcmpEvent, Quoted

_U = Unreachable
_CODES = {
    "net_unreachable": _U.NETWORK, "net_unreachable_for_tos": _U.NETWORK, "no_route": _U.NETWORK,
    "net_unknown": _U.NETWORK,
    "host_unreachable": _U.HOST, "host_unreachable_for_tos": _U.HOST, "host_unknown": _U.HOST,
    "source_host_isolated": _U.HOST, "address_unreachable": _U.HOST,
    "protocol_unreachable": _U.PROTOCOL,
    "port_unreachable": _U.PORT,
    "frag_needed": _U.TOO_BIG,
    "source_route_failed": _U.SOURCE_ROUTE,
    "net_prohibited": _U.PROHIBITED, "host_prohibited": _U.PROHIBITED,
    "communication_prohibited": _U.PROHIBITED, "admin_prohibited": _U.PROHIBITED,
    "packet_filtered": _U.PROHIBITED,
    "precedence_violation": _U.PRECEDENCE, "precedence_cutoff": _U.PRECEDENCE,
    "host_precedence_violation": _U.PRECEDENCE,
}  # fmt: skip
"""Codes of "destination unreachable", of ICMP and ICMPv6."""
_TYPES = {
    "time_exceeded": _U.TIME_EXCEEDED,
    "parameter_problem": _U.PARAMETER,
    "param_problem": _U.PARAMETER,
    "packet_too_big": _U.TOO_BIG,
}


_KINDS = {
    "frag_reass_exceeded": _U.REASSEMBLY, "frag_reassembly_exceeded": _U.REASSEMBLY,
    "frag_reassembly_time_exceeded": _U.REASSEMBLY, "fragment_reassembly_time_exceeded": _U.REASSEMBLY,
    "exceed_fragtime": _U.REASSEMBLY,
    "unknown_next_header": _U.PROTOCOL, "unrecognized_next_header": _U.PROTOCOL,
    "unrecognized_next_header_type_encountered": _U.PROTOCOL,
}  # fmt: skip
"""Codes of other types that say something else than their type."""


_FIRST = Quoted("tcp", 0, 0)
"""What a message quotes where the script does not say: packetdrill's opt_icmp_echoed."""


def icmp_error(event: IcmpEvent, flow: Flow) -> IcmpError | None:
    """What a message tells the core; None: nothing. Raises NotSupported."""
    if event.type in ("source_quench", "redirect"):
        return None  # Discarded silently (RFC 9293 MUST-55); IP's matter (RFC 1122 3.2.2.2).
    if event.type in ("unreachable", "destination_unreachable"):
        kind = _CODES.get(event.code or "")
    else:
        kind = _KINDS.get(event.code or "") or _TYPES.get(event.type)
    if kind is None:
        raise NotSupported("needs.icmp", what=f"{event.type} {event.code or ''}".rstrip())
    quoted = event.quoted or _FIRST
    if quoted.protocol != "tcp" or quoted.seq is None:
        raise NotSupported("needs.icmp_quote")
    base = flow.outbound_isn or 0
    if quoted.flags is not None and quoted.flags & SYN:
        base -= flow.script_isn or 0
    return IcmpError(kind, flow.local, flow.remote, quoted.seq + base & MASK, event.mtu or 0)
