"""The connections of a script, and how its numbers and the stack's own become each other.

A script counts from its own initial numbers and knows its own timestamps and ports; the stack picks others.
What it picks is learned from what it sends.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from tcptui.core.events import Sent
from tcptui.core.packet.segment import ACK, OPTION_TIMESTAMPS, RST, SYN, Option, Segment, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.tcp.ports import EPHEMERAL
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.syntax import AE, OUTBOUND, SegmentSpec, TcpOption
from tcptui.formats.packetdrill.text import segment_spec
from tcptui.formats.packetdrill.wire_options import BadOptions, to_wire

REMOTE_PORT = 49_152
"""The peer's port where a script names none and the peer opens."""
_IGNORED_IP = ("noecn", "ect0", "ect1", "ect01", "tos", "dscp", "flowlabel", "ttl", "hlim", "id")
"""Of an inbound segment's IP header what no TCP looks at; congestion experienced (CE) is not among it."""


@dataclass(slots=True)
class Flow:
    """One pair of sockets."""

    local: Socket
    """Of the stack under test."""
    remote: Socket
    local_port: int
    """What the script calls the local port; the remote one is called as it is."""
    inbound_isn: int | None = None
    """The peer's initial number, which is the script's."""
    last_syn: int | None = None
    """The number of the peer's latest SYN."""
    outbound_isn: int | None = None
    """The stack's initial number."""
    script_isn: int | None = None
    """What the script calls it, in a SYN; everywhere else it is 0."""
    timestamp_offset: int | None = None
    """The stack's TSval less the script's."""
    timestamps: dict[int, int] = field(default_factory=dict)
    """The stack's TSvals by what the script calls them."""

    def copy(self) -> Flow:
        other = copy(self)
        other.timestamps = self.timestamps.copy()
        return other

    def key(self) -> tuple[Any, ...]:
        """What its future depends on, hashable."""
        return (
            self.local, self.remote, self.local_port, self.inbound_isn, self.last_syn, self.outbound_isn,
            self.script_isn, self.timestamp_offset, tuple(self.timestamps.items()),
        )  # fmt: skip

    def learn(self, sent: Sent) -> None:
        """Takes note of the numbers that the stack picks."""
        segment = sent.segment
        if not segment.flags & SYN:
            return
        if sent.attempt == 1 and segment.seq != self.outbound_isn:
            self.outbound_isn, self.script_isn = segment.seq, None
        if segment.flags & ACK and self.last_syn is not None and segment.ack == self.last_syn + 1 & MASK:
            self.inbound_isn = self.last_syn

    def seen(self, sent: Sent, absolute_seq: bool = False, absolute_ack: bool = False) -> SegmentSpec:
        """A segment that the stack sent, in the script's numbers and with all that a script can check.

        The numbers of a SYN are as they stand, its acknowledgment number too: so packetdrill has it
        (remote_seq_live_to_script_offset()).
        """
        segment = sent.segment
        flags = segment.flags
        if absolute_seq:
            base = 0
        elif flags & SYN and sent.attempt == 1:
            # It begins where the script says, and until the script has said so, at 0.
            base = segment.seq - (self.script_isn or 0)
        elif flags & SYN:
            base = (self.outbound_isn or 0) - (self.script_isn or 0)
        elif segment.seq == 0 and flags & (RST | ACK) == RST | ACK:
            base = 0  # The answer to a segment without ACK: its number is 0 itself (RFC 9293 3.10.7.1).
        else:
            base = self.outbound_isn or 0
        ports = self.local_port, self.remote.port
        ack_base = 0 if flags & SYN or absolute_ack else self.inbound_isn or 0
        spec = segment_spec(segment, OUTBOUND, base, ack_base, ports)
        if absolute_seq or absolute_ack:
            spec = spec._replace(absolute_seq=absolute_seq, absolute_ack=absolute_ack)
        if self.timestamp_offset is None or not spec.options:
            return spec
        return spec._replace(options=tuple(map(self._script_option, spec.options)))

    def _script_option(self, option: TcpOption) -> TcpOption:
        if option.name != "TS" or self.timestamp_offset is None:
            return option
        value, echo = option.numbers
        assert value is not None
        return option._replace(numbers=(value - self.timestamp_offset & MASK, echo))

    def match_timestamp(self, sent: Sent, spec: SegmentSpec, tolerance: int) -> bool:
        """Whether the TSval is the script's, within `tolerance` microseconds; the first one always is."""
        if not spec.options:
            return True
        expected = next((option.numbers[0] for option in spec.options if option.name == "TS"), None)
        live = _timestamp_value(sent.segment)
        if expected is None or live is None:
            return True
        if self.timestamp_offset is None:
            self.timestamp_offset = live - expected & MASK
        self.timestamps[expected] = live
        difference = (live - expected - self.timestamp_offset) & MASK
        return min(difference, MASK + 1 - difference) * 1_000 <= tolerance

    def learn_inbound(self, spec: SegmentSpec, opening: bool) -> None:
        """Takes note of the number of the script's SYN; `opening`: there is no connection yet that it could
        be within. One that replaces a connection is known by the SYN,ACK that answers it."""
        if spec.flags & SYN:
            self.last_syn = spec.seq
            if opening:
                self.inbound_isn = spec.seq

    def name(self, sent: Sent, spec: SegmentSpec) -> None:
        """A SYN meets what the script expects: from now on its numbers are called as the script does."""
        if sent.segment.flags & SYN and self.script_isn is None:
            self.script_isn = spec.seq or 0
            if spec.source_port is not None and self.local.port in EPHEMERAL:
                self.local_port = spec.source_port

    def inbound(self, spec: SegmentSpec) -> Segment:
        """The segment that a script sends to the stack. Raises NotSupported."""
        _check_headers(spec)
        flags, seq, window, base = spec.flags, spec.seq, spec.window, self.outbound_isn or 0
        assert seq is not None
        assert window is not None
        if flags & SYN:
            base -= self.script_isn or 0
        elif not spec.absolute_seq:
            seq = seq + (self.inbound_isn or 0) & MASK
        ack = spec.ack or 0
        if flags & ACK and not spec.absolute_ack:
            ack = ack + base & MASK
        options: tuple[Option, ...] = ()
        if spec.options:
            try:
                options = to_wire(map(self._live_option, spec.options), base)
            except BadOptions as error:
                raise NotSupported(error.message) from None
        data = bytes(spec.length)
        return Segment(self.remote, self.local, seq, ack, flags, window, data, options, spec.urgent or 0)

    def _live_option(self, option: TcpOption) -> TcpOption:
        """Its TSecr is the stack's own TSval."""
        if option.name != "TS" or self.timestamp_offset is None or option.text:
            return option
        value, echo = option.numbers
        assert echo is not None
        if echo in self.timestamps:
            echo = self.timestamps[echo]
        elif echo:
            echo = echo + self.timestamp_offset & MASK
        return option._replace(numbers=(value, echo))


class Flows:
    """All connections of a script; where it names no ports, the one it spoke of last is meant."""

    def __init__(self, local: str, remote: str, local_port: int) -> None:
        self.local_port = local_port
        """Of the listener that a SYN without ports is for."""
        self._local, self._remote = local, remote
        self._flows: list[Flow] = []
        self._current = -1
        """The place of the one that was spoken of last; -1: there is none."""

    def copy(self) -> Flows:
        other = copy(self)
        other._flows = [flow.copy() for flow in self._flows]
        return other

    def key(self) -> tuple[Any, ...]:
        """What their future depends on, hashable."""
        return self.local_port, self._current, tuple(flow.key() for flow in self._flows)

    def listens(self) -> None:
        """A socket listens: what comes next without ports is from a new port of the peer (packetdrill's
        handle_listen_for_script_packet())."""
        self._current = -1

    def of_inbound(self, spec: SegmentSpec) -> Flow:
        """The connection that a segment of the script belongs to."""
        self._current = place = self._find(spec)
        return self._flows[place]

    def of_sent(self, segment: Segment) -> Flow:
        """The connection that a segment of the stack belongs to."""
        src, dst = segment.src, segment.dst
        for flow in self._flows:
            if flow.remote == dst and flow.local == src:
                return flow
        flow = self._new(src, dst)
        self._current = len(self._flows) - 1
        return flow

    def of_icmp(self) -> Flow:
        """The connection that an ICMP message is about."""
        if self._current < 0:
            raise NotSupported("needs.icmp_without_connection")
        return self._flows[self._current]

    def _find(self, spec: SegmentSpec) -> int:
        """The place of the connection that a segment of the script belongs to."""
        source, destination = spec.source_port, spec.destination_port
        if source is None or destination is None:
            if self._current >= 0:
                return self._current
            source, destination = self._free_port(), self.local_port
        else:
            for place, flow in enumerate(self._flows):
                if flow.remote.port == source and flow.local_port == destination:
                    return place
        self._new(Socket(self._local, destination), Socket(self._remote, source))
        return len(self._flows) - 1

    def _free_port(self) -> int:
        """A port of the peer that no connection of the script has had."""
        used = {flow.remote.port for flow in self._flows}
        return next(port for port in range(REMOTE_PORT, 1 << 16) if port not in used)

    def _new(self, local: Socket, remote: Socket) -> Flow:
        flow = Flow(local, remote, local.port)
        self._flows.append(flow)
        return flow


def _check_headers(spec: SegmentSpec) -> None:
    """What the core has no notion of."""
    if spec.descriptor is not None:
        raise NotSupported("needs.sock", descriptor=spec.descriptor)
    if spec.encapsulation:
        raise NotSupported("needs.encapsulation", name=spec.encapsulation[0])
    for item in spec.ip:
        if item.name not in _IGNORED_IP:
            raise NotSupported("needs.ip_header_in", name=item.name)
    if spec.flags & AE:
        raise NotSupported("needs.accurate_ecn")


def _timestamp_value(segment: Segment) -> int | None:
    for option in segment.options:
        if option.kind == OPTION_TIMESTAMPS and len(option.data) == 8:
            return int.from_bytes(option.data[:4], "big")
    return None
