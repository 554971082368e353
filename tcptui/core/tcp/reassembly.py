"""Receiving: putting data in order, handing it to RECEIVEs, and what a FIN of the peer does.

The seventh and eighth checks of RFC 9293 section 3.10.7.4, and what they share with RECEIVE.
"""

from __future__ import annotations

from tcptui.core.events import Delivered, Response, Signal
from tcptui.core.packet.segment import FIN, URG, Segment
from tcptui.core.packet.seq import distance, le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken
from tcptui.core.tcp.acceptability import note_duplicate
from tcptui.core.tcp.delayed_ack import due_after_reading, enter_pingpong_mode, enter_quickack_mode, note_data
from tcptui.core.tcp.sack import out_of_order_blocks
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import OutOfOrderData, Tcb
from tcptui.core.tcp.time_wait import enter_time_wait, restart_time_wait
from tcptui.named_tuple import tuple_of

_FIN_OR_URG = FIN | URG
RECEIVES_DATA = (State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2)


def process_data_and_fin(tcb: Tcb, segment: Segment, seq: int, step: Step) -> None:
    """Seventh and eighth: the data of `segment`, which begins at `seq`, and its FIN.

    Data on a SYN was put aside until now; whatever has become in order is delivered.
    """
    if not (segment.data or segment.flags & _FIN_OR_URG or tcb.out_of_order or tcb.receive_buffer):
        return  # A bare ACK, as every other segment is.
    fin = bool(segment.flags & FIN)
    if segment.flags & URG and tcb.state in RECEIVES_DATA:
        _check_urgent(tcb, segment, step)
    if tcb.state not in RECEIVES_DATA:
        _after_fin(tcb, segment, seq, step)
        return
    fin_reached = False
    if segment.data or fin:
        arrived = piece = tuple_of(OutOfOrderData, (seq, segment.data, fin))
        answered = False
        if seq != tcb.rcv_nxt or len(segment.data) + fin > tcb.rcv_wnd:
            if step.hooks.trims_to_window():
                piece = _fit_to_window(tcb, arrived, step.hooks)
            else:
                piece = _as_a_whole(tcb, segment, arrived, step)
                answered = piece is not arrived
        if (arrived.seq != tcb.rcv_nxt or tcb.out_of_order) and (piece.data or piece.fin):
            _note_overlap(tcb, arrived, piece, step)
        if not answered:
            if step.hooks.ack_may_wait(tcb, arrived, piece, step.profile):
                step.ack_later = True
            else:
                step.ack_due = True
        if piece.seq == tcb.rcv_nxt:
            taken, fin_reached = _take(tcb, piece, step), piece.fin
            if segment.data and (taken or fin_reached):
                if tcb.receive_memory is not None:
                    tcb.receive_memory = step.hooks.receive_memory_after(tcb, segment, True)
                if step.profile.pingpong:
                    note_data(tcb, segment, step)
            if taken:
                step.rule(tcb, Rule.DATA_ACCEPTED, len=taken, rcv_nxt=tcb.rcv_nxt)
        elif piece.data or piece.fin:
            step.rule(tcb, Rule.OUT_OF_ORDER_DATA_QUEUED, seq=piece.seq, rcv_nxt=tcb.rcv_nxt)
            queue_out_of_order(tcb, piece)
            if tcb.receive_memory is not None:
                tcb.receive_memory = step.hooks.receive_memory_after(tcb, segment, tcb.sack)
            tcb.sack_recency = (piece.seq, *[one for one in tcb.sack_recency if one != piece.seq])
    if tcb.out_of_order and not fin_reached:
        fin_reached = _take_held(tcb, step)
    if tcb.receive_buffer:
        if tcb.half_duplex:
            tcb.receive_buffer = b""  # No RECEIVE will come.
        satisfy_receives(tcb, step)
    if not tcb.out_of_order:
        tcb.sack_recency = ()
    if fin_reached:
        _take_fin(tcb, step)


def _after_fin(tcb: Tcb, segment: Segment, seq: int, step: Step) -> None:
    """Seventh and eighth, once the peer's FIN has come: data is ignored, and that FIN may come again."""
    fin = bool(segment.flags & FIN)
    old = segment.length and lt(seq, tcb.rcv_nxt) and tcb.state is not State.TIME_WAIT
    if old and not step.hooks.trims_to_window():
        if _as_a_whole(tcb, segment, OutOfOrderData(seq, segment.data, fin), step).fin:
            _count_second_fin(tcb, segment, step)
    elif segment.data:
        step.rule(tcb, Rule.DATA_IGNORED, len=len(segment.data))
    if fin and step.hooks.acknowledges_fin_again():
        _fin_again(tcb, step)
    elif fin and not segment.data and not old:
        step.rule(tcb, Rule.DATA_IGNORED, len=0)


def _count_second_fin(tcb: Tcb, segment: Segment, step: Step) -> None:
    """A FIN right behind the FIN, with data that is old: Linux' tcp_queue_rcv() moves RCV.NXT over its
    number, too, and tcp_fin() only schedules an ACK."""
    tcb.rcv_nxt, tcb.rcv_wnd = seq_add(tcb.rcv_nxt, 1), max(0, tcb.rcv_wnd - 1)
    step.rule(tcb, Rule.FIN_COUNTED_TWICE, rcv_nxt=tcb.rcv_nxt)
    if tcb.receive_memory is not None:
        tcb.receive_memory = step.hooks.receive_memory_after(tcb, segment, True)
    if step.profile.pingpong:
        note_data(tcb, segment, step)
        tcb.delack = tcb.delack._replace(pushed=0)  # Nobody will read it.


def queue_out_of_order(tcb: Tcb, piece: OutOfOrderData) -> None:
    """Keeps a piece until its turn comes (SHLD-31), sorted, none within another."""
    before = [held for held in tcb.out_of_order if le(held.seq, piece.seq) and not _covers(piece, held)]
    if any(_covers(held, piece) for held in before):
        return
    after = [held for held in tcb.out_of_order if lt(piece.seq, held.seq) and not _covers(piece, held)]
    tcb.out_of_order = (*before, piece, *after)


def queue_data_on_syn(tcb: Tcb, syn: Segment, step: Step) -> None:
    """Data, FIN and urgent pointer that came with a SYN wait for ESTABLISHED; until then only the SYN is
    acknowledged."""
    queues = step.hooks.queues_data_on_syn(tcb, step.profile)
    if syn.flags & URG and queues:
        urgent_end = step.hooks.urgent_end(syn)
        tcb.rcv_up = urgent_end if lt(tcb.rcv_nxt, urgent_end) else None
    fin = bool(syn.flags & FIN) and step.hooks.queues_fin_on_syn()
    if not syn.data and not fin:
        return
    if queues:
        step.rule(tcb, Rule.DATA_ON_SYN_QUEUED, len=len(syn.data))
        fin = fin and len(syn.data) < tcb.rcv_wnd
        queue_out_of_order(tcb, OutOfOrderData(tcb.rcv_nxt, syn.data[: tcb.rcv_wnd], fin))
    else:
        step.rule(tcb, Rule.DATA_ON_SYN_IGNORED, len=len(syn.data))


def satisfy_receives(tcb: Tcb, step: Step) -> None:
    """Hands unread data to the RECEIVEs that wait for it, first come first served (3.10.3)."""
    while tcb.receives and tcb.receive_buffer:
        wanted = tcb.receives[0]
        tcb.receives = tcb.receives[1:]
        data, tcb.receive_buffer = tcb.receive_buffer[:wanted], tcb.receive_buffer[wanted:]
        step.events.append(Delivered(tcb.connection, data))
    if tcb.rcv_up is not None and not tcb.urgent_unread:
        tcb.rcv_up = None  # All is read: "normal mode" (3.8.5). After 2^31 octets it would seem to lie ahead.


def update_window(tcb: Tcb, step: Step) -> None:
    """Tells the peer when the application has made room that is worth an ACK (3.8.6.2.2), or reading brings
    an ACK that waits."""
    if due_after_reading(tcb):
        step.rule(tcb, Rule.ACK_AFTER_READING, rcv_nxt=tcb.rcv_nxt)
        step.send_ack(tcb)
    elif tcb.state in RECEIVES_DATA and step.hooks.window_update_due(tcb):
        step.rule(tcb, Rule.WINDOW_OPENED, old=tcb.rcv_wnd)
        step.send_ack(tcb)


def _check_urgent(tcb: Tcb, segment: Segment, step: Step) -> None:
    """Sixth: RCV.UP <- max(RCV.UP, SEG.UP). The application is told whenever it advances beyond what has been
    consumed (MUST-31, MUST-32), though 3.8.5 and this check would do so only once until all is read."""
    urgent_end = step.hooks.urgent_end(segment)
    known = step.hooks.urgent_from(tcb)
    if tcb.rcv_up is not None and lt(known, tcb.rcv_up):
        known = tcb.rcv_up
    if lt(known, urgent_end):
        step.rule(tcb, Rule.URGENT, rcv_up=urgent_end, rcv_nxt=tcb.rcv_nxt)
        step.signal(tcb, Signal.URGENT)
        tcb.rcv_up = urgent_end


def _covers(outer: OutOfOrderData, inner: OutOfOrderData) -> bool:
    return le(outer.seq, inner.seq) and le(inner.end, outer.end) and outer.fin >= inner.fin


def _note_overlap(tcb: Tcb, arrived: OutOfOrderData, piece: OutOfOrderData, step: Step) -> None:
    """What of a piece with news has come before, for the next SACK option: what lies before RCV.NXT, else
    what the first block that is out of order has of it (RFC 2883 section 4)."""
    if not (tcb.sack and step.profile.dsack):
        return
    if arrived.data and lt(arrived.seq, tcb.rcv_nxt):
        tcb.duplicate = (arrived.seq, tcb.rcv_nxt)
        return
    end = seq_add(piece.seq, len(piece.data))
    for left, right in out_of_order_blocks(tcb, step.hooks.sack_covers_fin()):
        start = left if lt(piece.seq, left) else piece.seq
        stop = right if lt(right, end) else end
        if lt(start, stop):
            tcb.duplicate = (start, stop)
            return


def _fit_to_window(tcb: Tcb, piece: OutOfOrderData, hooks: Rfc9293) -> OutOfOrderData:
    """Trims off what lies outside the window, FIN included (3.10.7.4, first)."""
    seq, data, fin = piece
    if lt(seq, tcb.rcv_nxt):
        data = data[distance(seq, tcb.rcv_nxt) :]
        seq = tcb.rcv_nxt
    room = max(0, hooks.receive_window(tcb) - distance(tcb.rcv_nxt, seq))
    if len(data) + (fin and hooks.fin_takes_room()) > room:
        data, fin = data[:room], False
    return OutOfOrderData(seq, data, fin)


def _as_a_whole(tcb: Tcb, segment: Segment, piece: OutOfOrderData, step: Step) -> OutOfOrderData:
    """The piece, or what lies from RCV.NXT on, without a look at the right edge; nothing, where there is
    nothing new or no room at all: Linux' tcp_data_queue()."""
    seq, data, fin = piece
    nothing = OutOfOrderData(tcb.rcv_nxt, b"", False)
    if not lt(tcb.rcv_nxt, piece.end):
        step.ack_due = True
        step.rule(tcb, Rule.DATA_OLD, end=piece.end, rcv_nxt=tcb.rcv_nxt)
        note_duplicate(tcb, segment, step)
        enter_quickack_mode(tcb, step)
        return nothing
    bare_fin = seq == tcb.rcv_nxt and not data
    if not lt(seq, seq_add(tcb.rcv_nxt, tcb.rcv_wnd)) and not bare_fin:
        step.ack_due = True
        step.rule(tcb, Rule.DATA_BEYOND_WINDOW, seq=seq)
        enter_quickack_mode(tcb, step)
        return nothing
    if not lt(seq, tcb.rcv_nxt):
        return piece
    # tcp_fin() sends an ACK in FIN-WAIT-1 and FIN-WAIT-2, and empties the queue before that counts.
    in_fin_wait = tcb.state in (State.FIN_WAIT_1, State.FIN_WAIT_2)
    step.ack_due = in_fin_wait if fin else bool(tcb.out_of_order)
    step.ack_later = not step.ack_due
    return OutOfOrderData(tcb.rcv_nxt, data[distance(seq, tcb.rcv_nxt) :], fin)


def _take(tcb: Tcb, piece: OutOfOrderData, step: Step) -> int:
    """Advances RCV.NXT over the data of a piece that begins at it or before; how many octets were new."""
    fresh = piece.data[distance(piece.seq, tcb.rcv_nxt) :]
    if fresh:
        tcb.rcv_nxt = seq_add(tcb.rcv_nxt, len(fresh))
        tcb.rcv_wnd = max(0, tcb.rcv_wnd - len(fresh))
        tcb.receive_buffer += fresh
    return len(fresh)


def _take_held(tcb: Tcb, step: Step) -> bool:
    """Takes of the pieces that are kept those whose turn has come; whether a FIN is next."""
    octets, fin = 0, False
    due = step.hooks.acknowledges_data_on_syn()
    while tcb.out_of_order and not fin and le(tcb.out_of_order[0].seq, tcb.rcv_nxt):
        piece, *rest = tcb.out_of_order
        tcb.out_of_order = tuple(rest)
        if lt(tcb.rcv_nxt, piece.end):
            step.ack_due = step.ack_due or due
            octets += _take(tcb, piece, step)
            fin = piece.fin
    if octets:
        step.rule(tcb, Rule.OUT_OF_ORDER_DATA_ACCEPTED, len=octets, rcv_nxt=tcb.rcv_nxt)
    return fin


def _take_fin(tcb: Tcb, step: Step) -> None:
    """Eighth, for the states in which no FIN has come yet."""
    tcb.rcv_nxt = seq_add(tcb.rcv_nxt, 1)
    tcb.rcv_wnd = step.hooks.window_after_fin(tcb)
    if step.hooks.acknowledges_fin_first(tcb):
        step.send_ack(tcb)
    tcb.out_of_order = ()
    if tcb.duplicate is not None and step.hooks.fin_ends_dsack(tcb):
        tcb.duplicate = None
    if tcb.state is State.ESTABLISHED:
        enter_pingpong_mode(tcb, step)
        if step.profile.fin_acked_with_fin_only:
            broken.close_with_peer(tcb, step)
        else:
            step.rule(tcb, Rule.FIN_TO_CLOSE_WAIT, rcv_nxt=tcb.rcv_nxt)
        step.set_state(tcb, State.CLOSE_WAIT)
    elif tcb.state is State.FIN_WAIT_1:
        # Had our FIN been acknowledged in this segment, the fifth check would have left FIN-WAIT-1.
        step.rule(tcb, Rule.FIN_TO_CLOSING, snd_una=tcb.snd_una, snd_nxt=tcb.snd_nxt)
        step.set_state(tcb, State.CLOSING)
    elif step.profile.no_time_wait:
        _tell_closing(tcb, step)  # Before the end of the connection, which comes at once.
        enter_time_wait(tcb, Rule.FIN_TO_TIME_WAIT, step, rcv_nxt=tcb.rcv_nxt)
        return
    else:
        enter_time_wait(tcb, Rule.FIN_TO_TIME_WAIT, step, rcv_nxt=tcb.rcv_nxt)
    _tell_closing(tcb, step)


def _tell_closing(tcb: Tcb, step: Step) -> None:
    """ "Connection closing" for the user, and for every RECEIVE that waits (3.10.7.4, eighth)."""
    step.signal(tcb, Signal.CLOSING)
    for _ in tcb.receives:
        step.returned(tcb.connection, "RECEIVE", Response.CLOSING)
    tcb.receives = ()


def _fin_again(tcb: Tcb, step: Step) -> None:
    """Eighth, after the peer's FIN: acknowledge and stay. RCV.NXT has passed the one FIN that there is,
    so it does not move for another."""
    step.rule(tcb, Rule.FIN_AGAIN, rcv_nxt=tcb.rcv_nxt)
    step.ack_due = True
    if tcb.state is State.TIME_WAIT:
        restart_time_wait(tcb, step)
