"""The segments of one end as a script has them: its ports, its sequence numbers, its timestamps.

A script has one peer. Whoever else speaks with the host under test does so from another port of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tcptui.core.events import Event, Sent, StateChanged
from tcptui.core.packet.datagram import IcmpMessage
from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.state import State
from tcptui.formats.packetdrill.syntax import INBOUND, OUTBOUND, SegmentSpec, TcpOption
from tcptui.formats.packetdrill.text import segment_spec

_FREE_PORTS = range(1_024, 1 << 16)
_WITHOUT_NUMBERS = (State.CLOSED, State.LISTEN, State.SYN_SENT)
"""States in which no number of the peer is known yet, or any more."""
_ICMP = {
    "time exceeded": "time_exceeded ttl_exceeded_in_transit",
    "administratively prohibited": "unreachable packet_filtered",
    "fragmentation needed": "unreachable frag_needed mtu",
    "source quench": "source_quench",
}
_ICMPV6 = {
    "time exceeded": "time_exceeded exceed_hop_limit",
    "administratively prohibited": "unreachable admin_prohibited",
    "fragmentation needed": "packet_too_big mtu",
}


class Ports:
    """The ports of the script's one peer, which the host `peer` has, by the sockets that it stands for."""

    def __init__(self, peer: Socket, pairs: Iterable[tuple[Socket, Socket]], named: bool) -> None:
        """`pairs` are those of the segments, the host's own socket first; `named`: they have to be told apart
        from others in any case."""
        pairs = list(dict.fromkeys(pairs))
        self.written = named or len(pairs) > 1
        """Whether segments have their ports: they are not all of the same two sockets."""
        remotes = list(dict.fromkeys(remote for _, remote in pairs))
        self._ports = {remote: remote.port for remote in remotes if remote.host == peer.host}
        self.others = len(self._ports) < len(remotes)
        """Whether other hosts than the peer are among them."""
        for remote in remotes:
            if remote not in self._ports:
                used = self._ports.values()
                port = remote.port if remote.port not in used else next(
                    port for port in _FREE_PORTS if port not in used
                )  # fmt: skip
                self._ports[remote] = port

    def of(self, remote: Socket) -> int:
        return self._ports.get(remote, remote.port)


class ScriptSegments:
    """The segments of one host, in a script whose time is so many milliseconds ahead of the world's."""

    def __init__(self, milliseconds_ahead: int, ports: Ports) -> None:
        self._ahead = milliseconds_ahead
        self._ports = ports
        self._numbers: dict[tuple[Socket, Socket], _Numbers] = {}
        self._states: dict[int, State] = {}
        self._pairs: dict[int, tuple[Socket, Socket]] = {}

    def inbound(self, segment: Segment, begins: bool) -> SegmentSpec:
        """A segment that arrives; `begins`: a SYN would be a connection's first, whatever there is."""
        pair = segment.dst, segment.src
        spec = self._of(pair).inbound(segment, begins or self._opens(pair))
        if self._ports.written:
            remote = self._ports.of(segment.src)
            spec = spec._replace(source_port=remote, destination_port=segment.dst.port)
        return self._with_script_time(spec)

    def outbound(self, sent: Sent, refuses: bool) -> SegmentSpec:
        """A segment that leaves; `refuses`: to reset a SYN. Its window is not told: a script's program reads
        only afterwards."""
        segment = sent.segment
        spec = self._of((segment.src, segment.dst)).outbound(sent, refuses)
        if self._ports.written:
            remote = self._ports.of(segment.dst)
            spec = spec._replace(source_port=segment.src.port, destination_port=remote)
        return self._with_script_time(spec._replace(window=None))

    def icmp(self, message: IcmpMessage) -> str | None:
        """An ICMP error about a segment; None: about something else."""
        about = message.about
        if not isinstance(about, Segment):
            return None
        v6 = ":" in about.src.host
        protocol, words = ("icmpv6", _ICMPV6) if v6 else ("icmp", _ICMP)
        seq = self._of((about.src, about.dst)).own(about.seq)
        size = len(about.data)
        kind = f"{words[message.kind]} {message.mtu or ''}".rstrip()
        return f"{INBOUND} {protocol} {kind} [{seq}:{(seq + size) & MASK}({size})]"

    def after(self, events: Sequence[Event]) -> None:
        """Takes note of a step."""
        for event in events:
            if isinstance(event, Sent) and event.connection:
                self._pairs[event.connection] = event.segment.src, event.segment.dst
            elif isinstance(event, StateChanged):
                self._states[event.connection] = event.new

    def _of(self, pair: tuple[Socket, Socket]) -> _Numbers:
        return self._numbers.setdefault(pair, _Numbers())

    def _opens(self, pair: tuple[Socket, Socket]) -> bool:
        """Whether no number of the peer is known between two sockets."""
        names = (name for name, one in self._pairs.items() if one == pair)
        return all(self._states.get(name, State.CLOSED) in _WITHOUT_NUMBERS for name in names)

    def _with_script_time(self, spec: SegmentSpec) -> SegmentSpec:
        # Without an ACK there is nothing that TSecr could echo (RFC 7323 section 3.2).
        ahead = (self._ahead, self._ahead if spec.flags & ACK else 0)

        def moved(option: TcpOption) -> TcpOption:
            if option.name != "TS":
                return option
            numbers = tuple(
                (number or 0) + more & MASK for number, more in zip(option.numbers, ahead, strict=True)
            )
            return option._replace(numbers=numbers)

        return spec._replace(options=tuple(map(moved, spec.options or ())))


class _Numbers:
    """How the sequence numbers between two sockets become the script's.

    The peer's first SYN is 0, and a later one keeps its distance to that. All else is relative to the SYN
    that the connection began with.
    """

    def __init__(self) -> None:
        self._own: int | None = None
        self._peer: int | None = None
        self._zero: int | None = None
        """The raw number of the peer that a SYN of 0 stands for."""

    def own(self, number: int) -> int:
        """A number of the host under test."""
        return number - (self._own or 0) & MASK

    def inbound(self, segment: Segment, begins: bool) -> SegmentSpec:
        """A segment that arrives; `begins`: a SYN would be a connection's first."""
        if segment.flags & SYN and self._zero is None:
            self._zero = segment.seq
        base = self._zero if segment.flags & SYN else self._peer_base
        spec = segment_spec(segment, INBOUND, base or 0, self._own or 0)
        if segment.flags & SYN and begins:
            self._peer = segment.seq
        return spec

    def outbound(self, sent: Sent, refuses: bool) -> SegmentSpec:
        segment = sent.segment
        if segment.flags & SYN and sent.attempt == 1:
            self._own = segment.seq
        base = self._own or 0
        if (refuses or not sent.connection or not segment.seq) and segment.flags & (RST | ACK) == RST | ACK:
            base = 0  # It answers a segment without ACK: SEQ is 0 by itself (RFC 9293 3.10.7.1).
        # A SYN,ACK acknowledges the peer's SYN by the number that the script gives that.
        peer_base = (self._zero or 0) if segment.flags & SYN else self._peer_base
        return segment_spec(segment, OUTBOUND, base, peer_base)

    @property
    def _peer_base(self) -> int:
        return (self._zero or 0) if self._peer is None else self._peer
