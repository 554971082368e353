"""How Linux selects the window that it announces (net/ipv4/tcp_input.c and tcp_output.c).

SO_RCVBUF counts memory, not data, and a short segment takes several times its octets. `Tcb.rcv_buff` is the
data that it is worth at first, half of it; what it is worth later follows from the memory that segments of
some size really take (scaling_ratio), and the window follows that: tcp_measure_rcv_mss(), since 6.7. How much
memory a segment takes is the driver's choice; here it is what a TUN device takes, one kmalloc() each.
"""

from __future__ import annotations

from tcptui.core.packet.segment import FIN, PSH, SYN, URG, Segment
from tcptui.core.packet.seq import distance, lt
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.tcb import ReceiveMemory, Tcb
from tcptui.core.tcp.window import UNSCALED

_RATIO_SHIFT = 8
"""TCP_RMEM_TO_WIN_SCALE: a scaling_ratio of 256 would be memory without overhead."""
_FIRST_RATIO = 128
"""TCP_DEFAULT_SCALING_RATIO"""
_LEAST_TO_GROW = 128
"""Octets of data in a segment below which tcp_event_data_recv() does not call tcp_grow_window()."""
_LEAST_MSS, _DEFAULT_MSS = 88, 536
"""TCP_MIN_MSS and TCP_MSS_DEFAULT."""
_MOST_SHIFT = 14
_LARGEST_BUFFER = 6_291_456
"""The last number of tcp_rmem."""
_FIRST_SEGMENTS = 10
"""TCP_INIT_CWND: what tp->rcvq_space.space begins with, in segments."""
_FIN_IS_QUEUED = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
"""The peer's FIN has come; whether its program has read as far is not known, and taken to be not so."""
_REMNANT = FIN | SYN | URG | PSH
"""TCP_REMNANT: a segment with one of them may be the end of something, and so no full one."""
_IP_HEADER, _TCP_HEADER, _TIMESTAMPS = 20, 20, 12
_HEADERS_AND_INFO = _IP_HEADER + _TCP_HEADER + 64 + 320
"""Octets of an sk_buff beside options and data: the headers, NET_SKB_PAD and struct skb_shared_info."""
_SK_BUFF = 256
_HALF_A_PAGE = 600
"""Octets of data above which a segment takes about as much memory as is taken to be for it."""
_SMALL_HEAD = 576
"""SKB_SMALL_HEAD_CACHE_SIZE, as skb_end_offset() counts it."""


class LinuxReceiving(Rfc9293):
    """Window selection."""

    __slots__ = ()

    def initial_rcv_wnd(self, buffer: int, profile: Profile, mss: int) -> int:
        """tcp_select_initial_window(): whole segments of the buffer, also where that is more than a SYN can
        say."""
        whole = buffer - buffer % mss if buffer > mss else buffer
        return whole if profile.first_window is None else min(whole, profile.first_window)

    def window_shift(self, buffer: int | None, shift: int) -> int:
        """tcp_select_initial_window(): SO_RCVBUF is the window's clamp, which the shift has to reach; else
        the buffer may grow to the last number of tcp_rmem."""
        return shift if buffer is None else max(0, min(_MOST_SHIFT, buffer.bit_length() - 16))

    def initial_receive_memory(self, tcb: Tcb, advmss: int) -> ReceiveMemory:
        """tcp_select_initial_window(): tp->rcv_ssthresh is the first window."""
        return ReceiveMemory(tcb.rcv_wnd, UNSCALED << _MOST_SHIFT, advmss, _DEFAULT_MSS, 0, _FIRST_RATIO)

    def opened_receive_memory(self, tcb: Tcb) -> ReceiveMemory | None:
        """tcp_init_buffer_space(), which reserves a segment, and tcp_initialize_rcv_mss();
        before them, with timestamps, tp->advmss has become less."""
        memory = tcb.receive_memory
        if memory is None:
            return None
        most = full_space(tcb, memory)
        advmss = memory.advmss - (_TIMESTAMPS if tcb.timestamps else 0)
        clamp = min(UNSCALED << tcb.rcv_shift, most)
        if clamp > 2 * advmss and clamp + advmss > most:
            clamp = max(2 * advmss, most - advmss)
        rcv_mss = max(_LEAST_MSS, min(advmss, _mss_cache(tcb), tcb.rcv_wnd // 2, _DEFAULT_MSS))
        ssthresh = min(memory.rcv_ssthresh, clamp)
        return ReceiveMemory(ssthresh, clamp, advmss, rcv_mss, 0, memory.scaling_ratio)

    def receive_memory_after(self, tcb: Tcb, segment: Segment, grows: bool) -> ReceiveMemory | None:
        """tcp_measure_rcv_mss(); tcp_queue_rcv(); and, if the window `grows` with the segment,
        tcp_grow_window()."""
        memory, octets = tcb.receive_memory, len(segment.data)
        if memory is None or not octets:
            return memory
        held = lt(tcb.rcv_nxt, segment.seq)
        if octets != memory.rcv_mss:
            memory = _measured(tcb, memory, segment)
        counts = octets <= _HALF_A_PAGE or memory.tailroom or tcb.settings.receive_buffer is not None
        if counts and not (held or tcb.receives):  # A RECEIVE that waits reads it at once.
            memory = _charged(tcb, memory, segment)
        if grows and (held or octets >= _LEAST_TO_GROW):
            room = min(memory.window_clamp, _space(tcb, memory)) - memory.rcv_ssthresh
            more = _growth(tcb, memory, segment) if room > 0 else 0
            if more:
                ssthresh = memory.rcv_ssthresh + min(room, max(more, 2 * octets))
                memory = memory._replace(rcv_ssthresh=ssthresh)
        return _with_room_for_what_is_held(tcb, memory) if held else memory

    def little_is_free(self, tcb: Tcb) -> bool:
        """__tcp_select_window(): icsk_ack.quick becomes 0 where free_space < full_space >> 1."""
        memory = tcb.receive_memory
        if memory is None:
            return False
        return _space(tcb, memory) < min(memory.window_clamp, full_space(tcb, memory)) >> 1

    def select_window(self, tcb: Tcb) -> int:
        """tcp_select_window(); a request socket, and the small block of TIME-WAIT and of an orphan in
        FIN-WAIT-2, keep the window that there was (rsk_rcv_wnd, tw_rcv_wnd)."""
        small_block = tcb.half_open or tcb.state is State.TIME_WAIT or tcb.fin_wait_2_timer is not None
        return tcb.rcv_wnd if small_block else _announced(tcb, tcb.rcv_wnd)

    def keeps_right_edge(self, tcb: Tcb, acknowledged: int) -> bool:
        """__tcp_select_window(), "Get the largest window that is a nice multiple of mss": not where it is
        tp->rcv_ssthresh that limits the window."""
        memory = tcb.receive_memory
        free = memory is None or memory.rcv_ssthresh >= full_space(tcb, memory)
        return free and super().keeps_right_edge(tcb, acknowledged)

    def window_update_due(self, tcb: Tcb) -> bool:
        """__tcp_cleanup_rbuf(): the window has at least doubled."""
        clamp = tcb.rcv_buff if tcb.receive_memory is None else tcb.receive_memory.window_clamp
        if 2 * tcb.rcv_wnd > clamp:
            return False
        opened = _select_window(tcb, tcb.rcv_wnd)
        return opened > 0 and opened >= 2 * tcb.rcv_wnd

    def fin_ends_dsack(self, tcb: Tcb) -> bool:
        """tcp_fin(): tcp_sack_reset(), behind the ACKs that it sends itself in FIN-WAIT-1 and FIN-WAIT-2."""
        return tcb.state is State.ESTABLISHED

    def window_after_fin(self, tcb: Tcb) -> int:
        """tcp_receive_window(), counted from RCV.NXT, which a FIN moves too; tcp_fin(), FIN_WAIT2: the ACK is
        sent before tcp_time_wait()."""
        window = max(0, tcb.rcv_wnd - 1)
        sent_in_time_wait = tcb.state is State.FIN_WAIT_2 and not tcb.out_of_order
        return _announced(tcb, window, fin=True) if sent_in_time_wait else window


def _mss_cache(tcb: Tcb) -> int:
    """tcp_sync_mss(): at most half of the largest window, unless that is small anyway. After a passive OPEN
    the window of the SYN does not count (tcp_create_openreq_child())."""
    largest = tcb.snd_wnd if tcb.passive else tcb.max_snd_wnd
    bound = largest >> 1 if largest > _DEFAULT_MSS else largest
    return min(tcb.snd_mss, bound) if bound else tcb.snd_mss


def full_space(tcb: Tcb, memory: ReceiveMemory) -> int:
    """tcp_full_space(): octets of data that the whole buffer is worth."""
    return max(tcb.rcv_buff, memory.grown) * memory.scaling_ratio // _FIRST_RATIO


def _space(tcb: Tcb, memory: ReceiveMemory, fin: bool = False) -> int:
    """tcp_space(): what is free of it. `fin`: the peer's has just come; where no data is unread it takes a
    segment's memory, too."""
    free, unread = full_space(tcb, memory), len(tcb.receive_buffer)
    if unread:
        return free - unread - memory.overhead
    if fin or tcb.state in _FIN_IS_QUEUED:
        free -= (_SMALL_HEAD + _SK_BUFF) * memory.scaling_ratio >> _RATIO_SHIFT
    return free


def _announced(tcb: Tcb, window: int, fin: bool = False) -> int:
    """tcp_select_window(): never less than what has been announced, rounded up to what the field says."""
    selected, unit = _select_window(tcb, window, fin), 1 << tcb.rcv_shift
    return selected if selected >= window else -(-window // unit) * unit


def _select_window(tcb: Tcb, window: int, fin: bool = False) -> int:
    """__tcp_select_window(): whole segments, or what is free where the window is scaled."""
    memory = tcb.receive_memory
    if memory is None:
        memory = ReceiveMemory(tcb.rcv_buff, tcb.rcv_buff, tcb.snd_mss, tcb.snd_mss, 0, _FIRST_RATIO)
    whole, free, unit = full_space(tcb, memory), _space(tcb, memory, fin), 1 << tcb.rcv_shift
    most = min(memory.window_clamp, whole)
    mss = min(memory.rcv_mss, most)
    if free < most >> 1:
        free -= free % unit
        if free < whole >> 4 or free < mss:
            return 0
    free = min(free, memory.rcv_ssthresh)
    if tcb.rcv_shift:
        return -(-free // unit) * unit
    offered = _offered(tcb, memory, window)
    if offered <= free - mss or offered > free:
        return free - free % mss
    return free if mss == most and free > offered + (most >> 1) else offered


def _offered(tcb: Tcb, memory: ReceiveMemory, window: int) -> int:
    """tp->rcv_wnd, counted from the last ACK; what has come may go beyond it."""
    since = distance(tcb.last_ack_sent, tcb.rcv_nxt)
    return window + since if window else min(since, memory.rcv_ssthresh)


def _measured(tcb: Tcb, memory: ReceiveMemory, segment: Segment) -> ReceiveMemory:
    """tcp_measure_rcv_mss()"""
    octets, last = len(segment.data), memory.last_seg_size
    if octets < memory.rcv_mss:
        header = _TCP_HEADER + _option_octets(segment)
        full = octets + header >= _DEFAULT_MSS + _TCP_HEADER
        if full or (octets + header >= _LEAST_MSS + _TCP_HEADER and not segment.flags & _REMNANT):
            size = octets + header - _TCP_HEADER - (_TIMESTAMPS if tcb.timestamps else 0)
            return memory._replace(rcv_mss=size if size == last else memory.rcv_mss, last_seg_size=size)
        return memory if not last else memory._replace(last_seg_size=0)
    ratio = min(255, max(1, (octets << _RATIO_SHIFT) // _truesize(segment)))
    if ratio != memory.scaling_ratio:
        memory = memory._replace(scaling_ratio=ratio)
        clamp = full_space(tcb, memory)  # tcp_set_window_clamp()
        if clamp < memory.window_clamp:
            ssthresh = min(memory.rcv_ssthresh, clamp)
        else:
            ssthresh = max(memory.rcv_ssthresh, min(_offered(tcb, memory, tcb.rcv_wnd), clamp))
        memory = memory._replace(rcv_ssthresh=ssthresh, window_clamp=clamp)
    return memory._replace(rcv_mss=min(octets, memory.advmss), last_seg_size=0)


def _charged(tcb: Tcb, memory: ReceiveMemory, segment: Segment) -> ReceiveMemory:
    """tcp_queue_rcv(): the memory of one more unread segment, whose data tcp_try_coalesce() copies behind
    that of the last where it has room. Of what is read in part, all is taken to be there still."""
    octets, unread = len(segment.data), len(tcb.receive_buffer)
    overhead, tailroom = (memory.overhead, memory.tailroom) if octets < unread else (0, 0)
    if octets <= tailroom:
        return memory._replace(overhead=overhead - octets, tailroom=tailroom - octets)
    size = octets + _HEADERS_AND_INFO
    if segment.options:
        size += _option_octets(segment)
    memory_taken = _SMALL_HEAD if size <= _SMALL_HEAD else 1 << (size - 1).bit_length()
    worth = (memory_taken + _SK_BUFF) * memory.scaling_ratio >> _RATIO_SHIFT
    overhead, tailroom = overhead + worth - min(octets, unread), memory_taken - size
    if (overhead, tailroom) == (memory.overhead, memory.tailroom):
        return memory
    return ReceiveMemory(*memory[:-2], overhead, tailroom)


def _with_room_for_what_is_held(tcb: Tcb, memory: ReceiveMemory) -> ReceiveMemory:
    """tcp_data_queue_ofo() calls tcp_rcvbuf_grow(), since 6.17: what a round trip is taken to bring, twice,
    and all up to the end of what is held."""
    if tcb.half_duplex or tcb.settings.receive_buffer is not None:
        return memory
    window = 2 * min(memory.rcv_ssthresh, _FIRST_SEGMENTS * memory.advmss)
    window += distance(tcb.rcv_nxt, tcb.out_of_order[-1].end) if tcb.out_of_order else 0
    grown = min(window * _FIRST_RATIO // memory.scaling_ratio, _LARGEST_BUFFER // 2)
    if grown <= max(tcb.rcv_buff, memory.grown):
        return memory
    memory = memory._replace(grown=grown)
    return memory._replace(window_clamp=full_space(tcb, memory))


def _growth(tcb: Tcb, memory: ReceiveMemory, segment: Segment) -> int:
    """What tcp_grow_window() adds: two segments, or, where the buffer is too small for more segments with so
    much overhead, what __tcp_grow_window() says."""
    octets, ratio = len(segment.data), memory.scaling_ratio
    worth = _truesize(segment) * ratio >> _RATIO_SHIFT
    if worth <= octets:
        return 2 * memory.advmss
    worth, window = worth >> 1, (_LARGEST_BUFFER * ratio >> _RATIO_SHIFT) >> 1
    while memory.rcv_ssthresh <= window:
        if worth <= octets:
            return 2 * memory.rcv_mss
        worth, window = worth >> 1, window >> 1
    return 0


def _option_octets(segment: Segment) -> int:
    if not segment.options:
        return 0
    octets = 0
    for kind, data in segment.options:
        octets += 1 if kind < 2 else 2 + len(data)
    return -(-octets // 4) * 4


def _truesize(segment: Segment) -> int:
    """skb->truesize of a packet from a TUN device: struct sk_buff, and kmalloc()'s next size."""
    octets = len(segment.data) + _HEADERS_AND_INFO + _option_octets(segment)
    if octets <= _SMALL_HEAD:
        return _SMALL_HEAD + _SK_BUFF
    return (1 << (octets - 1).bit_length()) + _SK_BUFF
