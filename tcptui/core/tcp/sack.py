"""Selective acknowledgment: the blocks that a receiver reports, and the scoreboard that a sender keeps.

RFC 2018, with RFC 2883's report of what came twice. When the scoreboard brings a segment again is
`retransmission`'s.
"""

from __future__ import annotations

from tcptui.core.packet.options import Block
from tcptui.core.packet.seq import distance, le, lt, seq_add
from tcptui.core.tcp.tcb import Tcb

_SACK_HEADER = 4
"""Octets of a SACK option before its blocks: two NOPs, kind and length (RFC 7323 appendix A)."""


def out_of_order_blocks(tcb: Tcb, with_fin: bool) -> list[Block]:
    """What has come ahead of RCV.NXT, joined, in the order of sequence numbers; `with_fin`: a FIN is part of
    its block."""
    blocks: list[Block] = []
    for piece in tcb.out_of_order:
        piece_end = piece.end if with_fin else seq_add(piece.seq, len(piece.data))
        if blocks and le(piece.seq, blocks[-1][1]):
            start, end = blocks[-1]
            blocks[-1] = (start, piece_end if lt(end, piece_end) else end)
        elif piece_end != piece.seq:
            blocks.append((piece.seq, piece_end))
    return blocks


def sack_blocks(tcb: Tcb, with_fin: bool) -> list[Block]:
    """What the next SACK option may say: what has come twice, and what has come ahead of RCV.NXT, the block
    of the latest arrival first (RFC 2018 section 4, RFC 2883 section 4)."""
    blocks = out_of_order_blocks(tcb, with_fin)
    ordered: list[Block] = [] if tcb.duplicate is None else [tcb.duplicate]
    for seq in tcb.sack_recency:
        block = next((one for one in blocks if distance(one[0], seq) < distance(*one)), None)
        if block is not None:
            blocks.remove(block)
            ordered.append(block)
    room = 3 if tcb.timestamps else 4
    return (ordered + blocks)[:room]


def sack_space(tcb: Tcb, with_fin: bool) -> int:
    """Octets that the next segment's SACK option will take, its padding included."""
    blocks = len(sack_blocks(tcb, with_fin)) if tcb.sack and (tcb.out_of_order or tcb.duplicate) else 0
    return _SACK_HEADER + 8 * blocks if blocks else 0


def blocks_that_fit(octets: int) -> int:
    """How many SACK blocks so many octets of options hold."""
    return max(0, octets - _SACK_HEADER) // 8


def is_report_of_duplicate(blocks: list[Block], ack: int) -> bool:
    """Whether the first block says what came twice: it lies below the ACK, or within the second block
    (RFC 2883 section 4)."""
    start, end = blocks[0]
    if le(end, ack):
        return True
    return len(blocks) > 1 and le(blocks[1][0], start) and le(end, blocks[1][1])


def update_scoreboard(tcb: Tcb, block: Block) -> int | None:
    """Notes on the retransmission queue that the peer has `block`; the sequence numbers among it that are
    news. None: the block says nothing of what is in flight."""
    start, end = block
    if not (lt(tcb.snd_una, start) and lt(start, end) and le(end, tcb.snd_nxt)):
        return None
    queue = []
    news = 0
    for entry in tcb.retransmission_queue:
        if not entry.sacked and le(start, entry.seq) and le(entry.end, end):
            entry = entry._replace(sacked=True)
            news += distance(entry.seq, entry.end)
        queue.append(entry)
    if news:
        tcb.retransmission_queue = tuple(queue)
    return news


def is_lost(blocks: int, octets: int, duplicates: int, mss: int) -> bool:
    """IsLost of RFC 6675 section 4: a segment counts as lost if the peer has reported `duplicates` blocks
    above it, or more data than `duplicates` - 1 segments hold."""
    return blocks >= duplicates or octets > (duplicates - 1) * mss


def end_of_lost(tcb: Tcb, duplicates: int) -> int | None:
    """The number after the last segment for which `is_lost` holds; None: for none."""
    blocks = octets = 0
    above = False
    for entry in reversed(tcb.retransmission_queue):
        if entry.sacked:
            blocks += not above
            octets += len(entry.data)
        elif is_lost(blocks, octets, duplicates, tcb.snd_mss):
            return entry.end
        above = entry.sacked
    return None
