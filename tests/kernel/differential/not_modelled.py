"""What the running kernel does and the preset `linux` does not, on purpose: each with a name and the reason.

A script to which one of these applies is played, but its difference is counted under that name. Whether one
applies is asked of the script and of what the kernel did, never of the core, so that no difference of another
cause can hide behind a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from tcptui.core.packet.segment import ACK, FIN, SYN, URG
from tests.kernel.differential.record import Record, Sent
from tests.kernel.differential.script import Do, Place, Put, Role, Script

_FIN_HAS_COME = ("CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT")
_FULL_FIELD = 65_535
_LITTLE = 40_000
_HEADER = 20


class NotModelled(NamedTuple):
    """One behaviour of the kernel that the core leaves out."""

    name: str
    because: str
    applies: Callable[[Script, Record], bool]


def name_of(script: Script, kernel: Record) -> str | None:
    """The name under which a difference of this script is left out; None: there is none."""
    return next((one.name for one in NOT_MODELLED if one.applies(script, kernel)), None)


def _puts(script: Script, kernel: Record) -> Iterator[tuple[int, Put, str]]:
    """The segments of the peer, by the number of the step, and the kernel's state in which each arrived."""
    for number, step in enumerate(script.steps[: len(kernel.looked)]):
        if isinstance(step, Put):
            yield number, step, kernel.looked[number].state


def _cut_window(script: Script, kernel: Record) -> bool:
    windows = [sent.window for sent in kernel.sent if "." in sent.flags and "S" not in sent.flags]
    return any(before == _FULL_FIELD and after < _LITTLE for before, after in pairwise(windows))


def _urgent_after_fin(script: Script, kernel: Record) -> bool:
    return any(
        put.flags & URG and (state in _FIN_HAS_COME or put.flags & FIN)
        for _, put, state in _puts(script, kernel)
    )


def _beyond_a_fin_that_was_read(script: Script, kernel: Record) -> bool:
    read = [number for number, returned in kernel.returned.items() if returned.value == 0]
    return any(
        state in _FIN_HAS_COME and put.length and put.seq.base == "edge" and any(n < number for n in read)
        for number, put, state in _puts(script, kernel)
    )


def _undone_timeout(script: Script, kernel: Record) -> bool:
    return any(block[1] == Place("una") for _, put, _ in _puts(script, kernel) for block in put.sack)


def _old_ack_with_data(script: Script, kernel: Record) -> bool:
    return any(
        put.flags & ACK and put.length and put.times is not None and put.ack != Place("all")
        for _, put, _ in _puts(script, kernel)
    )


def _held_before_accept(script: Script, kernel: Record) -> bool:
    accepted = next((n for n, one in kernel.returned.items() if one.value == 0), len(script.steps))
    early = [put for number, put, _ in _puts(script, kernel) if number < accepted and not put.flags & SYN]
    return script.role is Role.SERVER and any(put.seq.base == "edge" or put.seq.offset > 0 for put in early)


class _Ack(NamedTuple):
    """An ACK of the peer as it arrives, in numbers from ISS."""

    put: Put
    begun: int
    una: int
    """SND.UNA before it."""
    ack: int
    end: int
    """The number after all that has been sent."""
    flight: list[Sent]
    """What has been sent of that from `una` on, sent again or not."""

    def number(self, place: Place) -> int:
        return {"all": self.end, "una": self.una}[place.base] + place.offset


def _acks(script: Script, kernel: Record) -> Iterator[_Ack]:
    una = counted = 1  # What the script counts from: `Peer` knows only ACKs that are not beyond `una`.
    for number, put, _ in _puts(script, kernel):
        begun = kernel.begun[number]
        sent = [one for one in kernel.sent if one.high <= begun]
        end = max((one.end for one in sent), default=1)
        ack = {"all": end, "una": counted}.get(put.ack.base, 0) + put.ack.offset
        if put.flags & ACK:
            yield _Ack(put, begun, una, ack, end, [one for one in sent if one.end > una])
            if una < ack <= end:
                una = ack
                counted = ack if put.ack.offset <= 0 else counted


def _scale(script: Script, kernel: Record) -> int:
    scale = next((put.scale for _, put, _ in _puts(script, kernel) if put.flags & SYN), None)
    return scale or 0 if any("wscale" in sent.options for sent in kernel.sent) else 0


def _largest_window(script: Script, kernel: Record, at: int) -> int:
    """The largest window that the peer has announced until then: a segment is at most half of it."""
    scale = _scale(script, kernel)
    return max(
        put.window << (0 if put.flags & SYN else scale)
        for number, put, _ in _puts(script, kernel)
        if put.flags & SYN or (put.ack.offset <= 0 and kernel.begun[number] <= at)
    )


def _edge(script: Script, kernel: Record, at: int) -> int:
    """The right edge of the peer's window then."""
    scale, edge = _scale(script, kernel), 0
    for one in _acks(script, kernel):
        if one.begun <= at and one.una <= one.ack <= one.end:
            edge = one.ack + (one.put.window << (0 if one.put.flags & SYN else scale))
    return edge


def _buffers(script: Script, kernel: Record) -> bool:
    data = [sent for sent in kernel.sent if sent.length]
    for begun, step in zip(kernel.begun, script.steps, strict=False):
        before = [sent for sent in data if sent.high <= begun]
        end = max((sent.end for sent in before), default=1)
        behind = [sent for sent in data[len(before) :] if sent.end > end]
        if not behind or _written(script, kernel, begun - 1) + 1 <= end:
            continue  # Nothing that was written waits, or it never goes.
        if isinstance(step, Do) and step.call in ("write", "urgent"):
            return True
        if 2 * behind[0].length > _largest_window(script, kernel, begun - 1):
            return True
        if "sack" in behind[0].options or 0 < _edge(script, kernel, begun - 1) - end < behind[0].length:
            return True
    return False


def _rack(script: Script, kernel: Record) -> bool:
    for one in _acks(script, kernel):
        for left, right in one.put.sack:
            start, end = one.number(left), one.number(right)
            if any(start <= sent.seq and sent.end <= end for sent in one.flight if sent.length):
                return True
    return False


def _f_rto(script: Script, kernel: Record) -> bool:
    sack = any("sackOK" in sent.options for sent in kernel.sent) and any(
        put.sack_permitted for _, put, _ in _puts(script, kernel)
    )
    for one in _acks(script, kernel):
        times = Counter(sent.seq for sent in one.flight)
        if times[one.una] < 2 or not one.una < one.ack <= one.end:
            continue
        if sack and any(sent.end <= one.ack for sent in one.flight if times[sent.seq] == 1):
            return True
        answer = next((sent for sent in kernel.sent if sent.high > one.begun), None)
        if one.ack < one.end and answer and answer.length and answer.seq == one.end:
            return True
    return False


def _written(script: Script, kernel: Record, at: int) -> int:
    """The octets that write() has taken until then."""
    values = [
        kernel.returned[number].value
        for number, step in enumerate(script.steps[: len(kernel.begun)])
        if isinstance(step, Do) and step.call in ("write", "urgent") and kernel.begun[number] <= at
    ]
    return sum(value for value in values if isinstance(value, int))


def _urgent_and_refused(script: Script, kernel: Record) -> bool:
    return any(
        put.flags & URG
        and put.length
        and state in ("FIN-WAIT-1", "FIN-WAIT-2")
        and number in _after_shutdown(script)
        for number, put, state in _puts(script, kernel)
    )


def _after_shutdown(script: Script) -> range:
    """The steps behind a shutdown() of reading."""
    calls = [n for n, step in enumerate(script.steps) if isinstance(step, Do) and step.call == "shutdown"]
    reads = [n for n in calls if getattr(script.steps[n], "argument", 1) != 1]
    return range(min(reads, default=len(script.steps)), len(script.steps))


def _urgent_octet_of_a_header(script: Script, kernel: Record) -> bool:
    puts = [put for _, put, _ in _puts(script, kernel)]
    announced = next((n for n, put in enumerate(puts) if put.flags & URG and put.up > put.length), len(puts))
    return any(put.seq.base == "next" and 0 < put.seq.offset < _HEADER for put in puts[announced:])


def _orphan_and_old_fin(script: Script, kernel: Record) -> bool:
    closed = [
        number for number, step in enumerate(script.steps) if isinstance(step, Do) and step.call == "close"
    ]
    return any(
        put.flags & FIN and state == "FIN-WAIT-1" and put.seq.offset < 0 and any(n < number for n in closed)
        for number, put, state in _puts(script, kernel)
    )


def _half_open_child(script: Script, kernel: Record) -> bool:
    return script.role is Role.SERVER and any(
        put.flags & SYN
        and put.flags & ACK
        and put.length
        and put.seq == Place("irs")
        and state == "SYN-RECEIVED"
        for _, put, state in _puts(script, kernel)
    )


def _close_after_a_second_fin(script: Script, kernel: Record) -> bool:
    again = [
        number
        for number, put, state in _puts(script, kernel)
        if put.flags & FIN and put.length and put.seq == Place("next", -put.length) and state in _FIN_HAS_COME
    ]
    return any(isinstance(step, Do) and step.call == "close" for n in again[:1] for step in script.steps[n:])


def _read_in_part(script: Script, kernel: Record) -> bool:
    """Whether a read() left some of the data that was there."""
    unread = 0
    for number, step in enumerate(script.steps[: len(kernel.begun)]):
        if isinstance(step, Put):
            unread += step.length
        elif step.call == "read" and isinstance(value := kernel.returned[number].value, int):
            if 0 < value < unread and value == step.argument:
                return True
            unread = 0
    return False


def _close_with_unread_data(script: Script, kernel: Record) -> bool:
    return any(name == "SO_RCVBUF" for name, _ in script.options) and any(
        sent.flags == "R." for sent in kernel.sent
    )


def _buffers_of_one_segment(script: Script, kernel: Record) -> bool:
    wanted = dict(script.options).get("SO_SNDBUF")
    return wanted is not None and 3 * _written(script, kernel, kernel.end) > wanted


def _urgent_octet_of_before(script: Script, kernel: Record) -> bool:
    puts = [put for _, put, _ in _puts(script, kernel)]
    ahead = [n for n, put in enumerate(puts) if put.length and (put.seq.base == "edge" or put.seq.offset > 0)]
    return any(put.flags & URG and put.up > put.length for n in ahead[:1] for put in puts[n:])


NOT_MODELLED = (
    NotModelled(
        "held before accept()",
        "tcp_data_queue_ofo() lets the receive buffer grow only once the program has accepted the connection;"
        " the core does not know of sockets",
        _held_before_accept,
    ),
    NotModelled(
        "window of TIME-WAIT in 16 bits",
        "without a window scale tcp_v4_send_ack() cuts tw_rcv_wnd, which may be above 65,535, to its lower 16"
        " bits; that is a slip of the kernel's, and no other segment shows it",
        _cut_window,
    ),
    NotModelled(
        "urgent after a FIN",
        "tcp_urg() looks at the urgent pointer of a segment behind the peer's FIN too, though no urgent data"
        " can come any more",
        _urgent_after_fin,
    ),
    NotModelled(
        "beyond a FIN that was read",
        "whether tcp_sequence() takes what goes beyond the window depends on whether the program has read the"
        " end of the data; the core does not know what a socket's program has read when there is none left",
        _beyond_a_fin_that_was_read,
    ),
    NotModelled(
        "undone timeout",
        "a D-SACK that proves a retransmission needless takes back what the timeout did to cwnd and RTO"
        " (tcp_try_undo_dsack()); the core has no undo",
        _undone_timeout,
    ),
    NotModelled(
        "old ACK with data",
        "whether data goes the fast path, which takes its timestamp though the ACK is old, depends on the"
        " memory that the socket has been charged for (sk_forward_alloc)",
        _old_ack_with_data,
    ),
    NotModelled(
        "buffers of the write queue",
        "tcp_sendmsg_locked() cuts what is written into buffers of whole segments, and sets PSH there"
        " (forced_push()); where they have to wait, later writes and tcp_grow_skb() fill them, and PSH stays."
        " The core keeps octets and cuts when it sends, as if a buffer had several segments, which here it"
        " has not (gso_max_segs)",
        _buffers,
    ),
    NotModelled(
        "RACK",
        "with SACK, which segment is lost follows from when it and what was reported were sent, from the"
        " least round trip and a timer (tcp_rack_detect_loss(), tcp_rack_advance()); the core counts",
        _rack,
    ),
    NotModelled(
        "F-RTO",
        "behind a timeout tcp_process_loss() sends new data before what else may be lost, and takes the"
        " timeout back when an ACK is of something that was not sent again; the core has no undo",
        _f_rto,
    ),
    NotModelled(
        "urgent data that is refused",
        "tcp_rcv_state_process() looks at the urgent pointer (step 6) before it resets for data behind"
        " shutdown() (step 7): POLLPRI stays; the core resets first, and keeps nothing of the segment",
        _urgent_and_refused,
    ),
    NotModelled(
        "urgent octet of a header",
        "tcp_urg() counts the offset of the urgent octet from the TCP header on: of a segment that begins"
        " behind that octet it takes one of the header; that is a slip of the kernel's",
        _urgent_octet_of_a_header,
    ),
    NotModelled(
        "orphan and old FIN",
        "in tcp_rcv_state_process() a FIN left of RCV.NXT that acknowledges an orphan's FIN leaves the whole"
        " socket in FIN-WAIT-2; the core has the small block there. No TCP sends such a FIN",
        _orphan_and_old_fin,
    ),
    NotModelled(
        "child in SYN-RECEIVED",
        "tcp_check_req() cuts the SYN off a SYN,ACK with data and makes the socket, which challenges the same"
        " SYN and stays in SYN-RECEIVED with another window; the core has one half-open block",
        _half_open_child,
    ),
    NotModelled(
        "close() after a second FIN",
        "what tcp_queue_rcv() has queued of a FIN behind the FIN counts as unread data in __tcp_close(); the"
        " core keeps no data that is old",
        _close_after_a_second_fin,
    ),
    NotModelled(
        "memory of what is read in part",
        "the window follows the memory of unread segments (sk_rmem_alloc), free where a whole one is read;"
        " the core takes it to be in use until all is read",
        _read_in_part,
    ),
    NotModelled(
        "receive queue of a close()",
        "__tcp_close() empties the receive queue before it resets, so that the window of the RST knows of no"
        " unread memory; with the core the data is there until the connection is deleted",
        _close_with_unread_data,
    ),
    NotModelled(
        "buffers of one segment",
        "the device of this test is told to take one segment a packet (gso_max_segs), so that"
        " tcp_xmit_size_goal() begins a buffer, and its 832 octets of memory, for each; the core's send"
        " buffer is that of a device with segmentation offload",
        _buffers_of_one_segment,
    ),
    NotModelled(
        "urgent octet that came before",
        "tcp_urg() looks for the urgent octet in the segment that announces it and in later ones; the core"
        " finds it also in what is held out of order",
        _urgent_octet_of_before,
    ),
)
