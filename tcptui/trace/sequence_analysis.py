"""What Wireshark says of the frames of a capture: its TCP sequence analysis, as version 4.0 makes it.

Wireshark has only what was captured, in the order in which it was captured, so its labels differ from one
point to another, and can be wrong. Nothing here asks what really happened, or draws anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from tcptui.core.packet.options import Block, read_offer, read_sack
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment, Socket
from tcptui.core.packet.seq import MASK, le, lt, relative, seq_add
from tcptui.enumeration import Enum
from tcptui.named_tuple import NamedTuple
from tcptui.trace.capture import Frame

DEFAULT_ROUND_TRIP = 3_000
"""Microseconds; stands in for the initial round trip where no handshake has been seen."""
FAST = 20_000
"""Within how many microseconds of the other side's last word a retransmission may be a fast one."""

_UNKNOWN_SCALE, _NO_SCALE = -1, -2
_BEYOND = -1
"""In place of a count of duplicate ACKs, see `_Flow.duplicates`."""


class Label(Enum):
    """A label in Wireshark's words, in the order in which it writes several."""

    ZERO_WINDOW_PROBE_ACK = "TCP ZeroWindowProbeAck"
    ZERO_WINDOW = "TCP ZeroWindow"
    ZERO_WINDOW_PROBE = "TCP ZeroWindowProbe"
    DUP_ACK = "TCP Dup ACK"
    KEEP_ALIVE_ACK = "TCP Keep-Alive ACK"
    KEEP_ALIVE = "TCP Keep-Alive"
    WINDOW_FULL = "TCP Window Full"
    WINDOW_UPDATE = "TCP Window Update"
    ACKED_UNSEEN = "TCP ACKed unseen segment"
    PREVIOUS_NOT_CAPTURED = "TCP Previous segment not captured"
    OUT_OF_ORDER = "TCP Out-Of-Order"
    RETRANSMISSION = "TCP Retransmission"
    FAST_RETRANSMISSION = "TCP Fast Retransmission"
    SPURIOUS_RETRANSMISSION = "TCP Spurious Retransmission"
    PORTS_REUSED = "TCP Port numbers reused"
    REQUEST = "Connection establish request (SYN)"
    ACKNOWLEDGE = "Connection establish acknowledge (SYN+ACK)"
    FINISH = "Connection finish (FIN)"
    RESET = "Connection reset (RST)"


FLAG_LABELS = (Label.REQUEST, Label.ACKNOWLEDGE, Label.FINISH, Label.RESET)
"""What the control bits alone tell; Wireshark's list shows these bits, not these labels."""

_ORDER = {label: place for place, label in enumerate(Label)}


class Analysis(NamedTuple):
    """How one frame looks to Wireshark."""

    seq: int
    """Relative to the sender's ISN; without its SYN, to the number before the first that was seen."""
    ack: int
    """Relative to the other side's ISN, or to the number before its first acknowledgment; 0 without ACK."""
    window: int
    """In octets, scaled if the handshake was seen to agree on that."""
    labels: tuple[Label, ...]
    duplicate_of: int = 0
    """For a Dup ACK: the frame, from 1, that said the same first."""
    duplicates: int = 0
    """For a Dup ACK: 1 for the first, 2 for the second."""
    sack: tuple[Block, ...] = ()
    """The SACK blocks, relative as `ack` is."""

    def texts(self) -> list[str]:
        """The labels but those of the control bits: ``TCP Dup ACK 5#1``."""
        return [
            f"{label.value} {self.duplicate_of}#{self.duplicates}" if label is Label.DUP_ACK else label.value
            for label in self.labels
            if label not in FLAG_LABELS
        ]


def analyse(frames: Iterable[Frame]) -> list[Analysis | None]:
    """The analysis of a capture, frame by frame; None for what is no TCP segment."""
    return [*map(Analyser().add, frames)]


class Analyser:
    """What Wireshark keeps of the frames of a capture that it has seen. Who looks at a part of a long capture
    goes on from a copy of what was kept before it."""

    def __init__(self) -> None:
        self.count = 0
        """The frames seen."""
        self._conversations: dict[frozenset[Socket], _Conversation] = {}

    def add(self, frame: Frame) -> Analysis | None:
        """The analysis of the next frame; None for what is no TCP segment."""
        self.count += 1
        segment = frame.transmission.payload
        if not isinstance(segment, Segment):
            return None
        return _analyse(self._conversations, self.count, frame.at, segment)

    def copy(self) -> Analyser:
        """Another one that goes on from here by itself."""
        other = Analyser()
        other.count = self.count
        other._conversations = {key: one.copy() for key, one in self._conversations.items()}
        return other


class _Flow:
    """What Wireshark keeps of one direction. Numbers are raw; 0 also means that there is none yet."""

    def __init__(self) -> None:
        self.base: int | None = None
        """What makes numbers relative; None before any."""
        self.next_seq = 0
        """The highest number after any segment, and when that was seen."""
        self.next_seq_at = 0
        self.contiguous = 0
        """The number after the highest segment without a gap before it: as far as an ACK should go."""
        self.ack = 0
        """The last segment's acknowledgment number, and when that was seen."""
        self.ack_at = 0
        self.ack_frame = 0
        """The first frame with this acknowledgment number."""
        self.duplicates = 0
        """Duplicate ACKs since then; `_BEYOND`: the other side has acknowledged what nobody saw."""
        self.window = MASK
        """The last segment's window, unscaled; before any, Wireshark has 2^32-1 there."""
        self.scale = _UNKNOWN_SCALE
        self.window_on_syn = True
        """The last window stood on a SYN, where it is never scaled."""
        self.labels: frozenset[Label] = frozenset()
        """The last segment's labels."""

    def relative(self, number: int) -> int:
        return relative(number, self.base)

    def window_in_octets(self) -> int:
        """The last window."""
        return self.window << (0 if self.window_on_syn else max(0, self.scale))


class _Conversation:
    """Both directions between two sockets."""

    def __init__(self, first: Socket) -> None:
        self._first = first
        self._flows = (_Flow(), _Flow())
        self.syn_at: int | None = None
        """When the latest SYN was seen."""
        self.round_trip = 0
        """From a SYN to the first ACK after it, in microseconds; 0: not known."""

    def copy(self) -> _Conversation:
        """One of its own; the values that a direction has are immutable."""
        other = copy(self)
        other._flows = (copy(self._flows[0]), copy(self._flows[1]))
        return other

    def flows(self, source: Socket) -> tuple[_Flow, _Flow]:
        """The direction from `source`, and the other one."""
        there, back = self._flows
        return (there, back) if source == self._first else (back, there)

    def has_another_isn(self, syn: Segment) -> bool:
        """The sender of `syn` has begun with another number before."""
        base = self.flows(syn.src)[0].base
        return base is not None and base != syn.seq


def _analyse(
    conversations: dict[frozenset[Socket], _Conversation], number: int, at: int, segment: Segment
) -> Analysis:
    key = frozenset((segment.src, segment.dst))
    conversation = conversations.setdefault(key, _Conversation(segment.src))
    labels = _by_flags(segment.flags)
    if segment.flags & SYN and conversation.has_another_isn(segment):
        labels.add(Label.PORTS_REUSED)
        if not segment.flags & ACK:
            conversation = conversations[key] = _Conversation(segment.src)
    flow, other = conversation.flows(segment.src)
    _begin(segment, flow, other)
    labels |= _window_labels(segment, flow, other)
    duplicate = _count_duplicates(segment, flow, number, Label.DUP_ACK in labels)
    labels |= _acked_unseen(segment, other)
    labels |= _repetition(segment, flow, other, at, labels, conversation.round_trip or DEFAULT_ROUND_TRIP)
    _remember(segment, flow, at, labels)
    _remember_handshake(segment, flow, other, at, conversation)
    sack = tuple((other.relative(left), other.relative(right)) for left, right in read_sack(segment))
    return Analysis(
        flow.relative(segment.seq),
        other.relative(segment.ack) if segment.flags & ACK else 0,
        segment.wnd << (0 if segment.flags & SYN else max(0, flow.scale)),
        tuple(sorted(labels, key=_ORDER.__getitem__)),
        *duplicate,
        sack,
    )


def _begin(segment: Segment, flow: _Flow, other: _Flow) -> None:
    """Settles what numbers are relative to: the SYNs' or, without them, what comes first."""
    if segment.flags & SYN and segment.flags & ACK:
        flow.base = segment.seq
    elif flow.base is None:
        flow.base = segment.seq if segment.flags & SYN else seq_add(segment.seq, -1)
    elif segment.flags & SYN:
        flow.next_seq = flow.contiguous  # The same SYN again; a RST may have moved it.
    if other.base is None and segment.flags & ACK:
        other.base = seq_add(segment.ack, -1)


def _by_flags(flags: int) -> set[Label]:
    labels = {label for bit, label in ((FIN, Label.FINISH), (RST, Label.RESET)) if flags & bit}
    if flags & SYN:
        labels.add(Label.ACKNOWLEDGE if flags & ACK else Label.REQUEST)
    return labels


def _window_labels(segment: Segment, flow: _Flow, other: _Flow) -> set[Label]:
    """Everything that the place in the sequence and the windows tell."""
    seq, window, octets = segment.seq, segment.wnd, len(segment.data)
    plain = not segment.flags & (SYN | FIN | RST)
    if octets == 1 and seq == flow.next_seq and other.window == 0:
        return {Label.ZERO_WINDOW_PROBE}
    labels = set()
    if plain and window == 0:
        labels.add(Label.ZERO_WINDOW)
    if flow.next_seq and lt(flow.next_seq, seq) and not segment.flags & RST:
        labels.add(Label.PREVIOUS_NOT_CAPTURED)
    if plain and octets <= 1 and seq == seq_add(flow.next_seq, -1):
        labels.add(Label.KEEP_ALIVE)
    window_end = seq_add(other.ack, other.window_in_octets())
    if plain and octets and other.scale != _UNKNOWN_SCALE and seq_add(seq, octets) == window_end:
        labels.add(Label.WINDOW_FULL)
    if plain and octets == 0 and seq == flow.next_seq and segment.ack == flow.ack:
        # Nothing but, perhaps, the window is new.
        if window and window != flow.window:
            labels.add(Label.WINDOW_UPDATE)
        elif window:
            alive = Label.KEEP_ALIVE in other.labels
            labels.add(Label.KEEP_ALIVE_ACK if alive else Label.DUP_ACK)
        elif flow.window == 0 and Label.ZERO_WINDOW_PROBE in other.labels:
            labels.add(Label.ZERO_WINDOW_PROBE_ACK)
    return labels


def _count_duplicates(segment: Segment, flow: _Flow, number: int, is_duplicate: bool) -> tuple[int, int]:
    """What the duplicate ACK repeats and which one it is; zeros if it is none."""
    if is_duplicate:
        flow.duplicates = max(0, flow.duplicates) + 1
        return flow.ack_frame, flow.duplicates
    if segment.ack != flow.ack:
        flow.ack_frame = number
        flow.duplicates = 0
    return 0, 0


def _acked_unseen(segment: Segment, other: _Flow) -> set[Label]:
    """An ACK beyond what was seen without a gap.

    The user's guide says no more. But where there is no gap, tshark says it once for each acknowledgment
    number of the other side, and not once that has been repeated; from then on it counts as repeated often.
    """
    if not (segment.flags & ACK and other.contiguous and lt(other.contiguous, segment.ack)):
        return set()
    gap = other.contiguous != other.next_seq
    said = bool(other.duplicates) and not gap
    if not gap:
        other.duplicates = _BEYOND
    other.contiguous = other.next_seq
    return set() if said else {Label.ACKED_UNSEEN}


def _repetition(
    segment: Segment, flow: _Flow, other: _Flow, at: int, labels: set[Label], round_trip: int
) -> set[Label]:
    """Whether a segment that occupies numbers has been there before; no more than one label."""
    octets = len(segment.data)
    if Label.KEEP_ALIVE in labels or not segment.length:
        return set()
    # The user's guide says "never SYN or FIN": their own numbers don't count, but the octets beside them do.
    if octets and other.ack and le(seq_add(segment.seq, octets), other.ack):
        return {Label.SPURIOUS_RETRANSMISSION}
    # One octet less than expected, and more than that one: what follows a probe of a zero window.
    after_probe = octets > 1 and segment.seq == seq_add(flow.next_seq, -1)
    if not flow.next_seq or not lt(segment.seq, flow.next_seq) or after_probe:
        return set()
    repeated = other.duplicates >= 2 or other.duplicates == _BEYOND
    if repeated and other.ack == segment.seq and at - other.ack_at < FAST:
        return {Label.FAST_RETRANSMISSION}
    # The guide leaves out that the last segment of all, sent again, is never out of order.
    if at - flow.next_seq_at < round_trip and flow.next_seq != _end(segment):
        return {Label.OUT_OF_ORDER}
    return {Label.RETRANSMISSION}


def _end(segment: Segment) -> int:
    """The number after the segment, where SYN and FIN together count as one."""
    return seq_add(segment.seq, len(segment.data) + bool(segment.flags & (SYN | FIN)))


def _remember(segment: Segment, flow: _Flow, at: int, labels: set[Label]) -> None:
    if Label.ZERO_WINDOW_PROBE not in labels:
        end = _end(segment)
        if not flow.next_seq or lt(flow.next_seq, end):
            flow.next_seq, flow.next_seq_at = end, at
        if not flow.contiguous or flow.contiguous == segment.seq:
            flow.contiguous = flow.next_seq
    flow.window = segment.wnd
    if segment.flags & (SYN | ACK):
        flow.window_on_syn = bool(segment.flags & SYN)
    flow.ack, flow.ack_at = segment.ack, at
    flow.labels = frozenset(labels)


def _remember_handshake(
    segment: Segment, flow: _Flow, other: _Flow, at: int, conversation: _Conversation
) -> None:
    """The round trip, and whether windows are scaled (RFC 7323 section 2.2: if both SYNs say so)."""
    flags = segment.flags
    if not flags & SYN:
        if flags & ACK and not conversation.round_trip and conversation.syn_at is not None:
            conversation.round_trip = at - conversation.syn_at
        return
    if not flags & ACK:
        conversation.syn_at = at
    scale = read_offer(segment).window_scale
    if scale is not None:
        flow.scale = scale
    if flow.scale == _UNKNOWN_SCALE and not (flags & ACK and other.scale == _NO_SCALE):
        flow.scale = other.scale = _NO_SCALE
    elif flags & ACK and other.scale == _NO_SCALE:
        flow.scale = _NO_SCALE
