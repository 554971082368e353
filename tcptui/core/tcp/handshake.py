"""What both ends tell each other while a connection opens: numbers, window, options; and when it is open."""

from __future__ import annotations

from tcptui.core.events import AcceptReady, Signal, TimerKind
from tcptui.core.packet.options import TIMESTAMPS_SPACE, Offer, read_offer, syn_layout
from tcptui.core.packet.segment import ACK, CWR, ECE, SYN, Option, Segment, Socket
from tcptui.core.packet.seq import seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken
from tcptui.core.tcp.congestion import initial_cwnd
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import DelayedAck, Tcb
from tcptui.core.tcp.timers import first_estimate

LEAST_MSS = 1


def prepare(tcb: Tcb, step: Step, iss: int | None = None) -> None:
    """Fills the block with what a connection begins with; selects an ISS, if there is none yet."""
    assert tcb.remote is not None
    profile = step.profile
    if iss is None and profile.fixed_isn is not None:
        iss = broken.reuse_isn(tcb, profile.fixed_isn, step)
    if iss is None:  # A block that follows on a TIME-WAIT has been given one.
        iss = tcb.iss or step.host.choose_iss(tcb.local, tcb.remote, step.now)
    tcb.iss = iss
    tcb.snd_una = tcb.snd_nxt = tcb.recover = tcb.iss
    tcb.pushed_seq, tcb.snd_sml = seq_add(tcb.iss, 1), tcb.iss
    wanted = tcb.settings.receive_buffer
    tcb.rcv_buff = profile.receive_buffer if wanted is None else wanted
    tcb.estimate = first_estimate(profile)
    tcb.quickack = 0 if profile.pingpong else profile.quickack  # There data begins it.
    if tcb.settings.pingpong:
        tcb.delack = DelayedAck(pingpong=profile.pingpong)
    advmss = own_mss(tcb.local, tcb.settings, profile)
    mss = advmss - (TIMESTAMPS_SPACE if tcb.timestamps else 0)
    tcb.rcv_wnd = step.hooks.initial_rcv_wnd(tcb.rcv_buff, profile, max(LEAST_MSS, mss))
    tcb.receive_memory = step.hooks.initial_receive_memory(tcb, advmss)


def own_mss(local: Socket, settings: Settings, profile: Profile) -> int:
    """The MTU less the fixed headers (3.7.1), in octets: IPv6's is 20 octets longer than IPv4's."""
    mss = max(LEAST_MSS, profile.mss - 20) if ":" in local.host else profile.mss
    return mss if settings.mss is None else min(mss, settings.mss)


def own_shift(tcb: Tcb, step: Step) -> int | None:
    """The shift that our windows are to have (RFC 7323 2.2); None: they are not scaled."""
    shift = step.profile.window_scale
    return shift if shift is None else step.hooks.window_shift(tcb.settings.receive_buffer, shift)


def offered_mss(syn: Segment, profile: Profile) -> int:
    """The largest segment that the sender of `syn` says it takes, or is taken to take (MUST-15)."""
    mss = read_offer(syn).mss
    if mss:
        return max(mss, profile.min_snd_mss)
    return profile.default_mss_ipv6 if ":" in syn.src.host else profile.default_mss


def syn_options(tcb: Tcb, step: Step, answer: bool) -> tuple[Option, ...]:
    """The options of a SYN, or, with `answer`, of a SYN,ACK: of what the SYN offered, what we can do.

    Always with MSS (SHLD-5, MAY-3).
    """
    profile = step.profile
    if tcb.settings.no_options:
        return ()  # FreeBSD tcp_output(), syncache_respond(): TF_NOOPT
    offer = Offer(own_mss(tcb.local, tcb.settings, profile))
    if step.hooks.offers_path_mss() and offer.mss is not None:
        offer = offer._replace(mss=min(offer.mss, tcb.path_mss))
    if answer and not tcb.passive and step.hooks.simultaneous_open_offers_all():
        times = (step.timestamp, tcb.ts_recent if tcb.timestamps else 0) if profile.timestamps else None
        offer = offer._replace(window_scale=own_shift(tcb, step), sack=profile.sack, timestamps=times)
    elif answer:
        offer = offer._replace(
            window_scale=tcb.rcv_shift if tcb.scaling else None,
            sack=tcb.sack,
            timestamps=(step.timestamp, tcb.ts_recent) if tcb.timestamps else None,
        )
    elif tcb.offers_options:
        times = (step.timestamp, tcb.ts_recent) if profile.timestamps else None
        offer = offer._replace(window_scale=own_shift(tcb, step), sack=profile.sack, timestamps=times)
    return syn_layout(offer, profile.option_order)


def ecn_bits(tcb: Tcb, profile: Profile, answer: bool) -> int:
    """ECE and CWR on a SYN ask for ECN, ECE on a SYN,ACK grants it (RFC 3168 6.1.1); not any more where so
    many went unanswered that something on the path may drop what has them (6.1.1.1)."""
    queue, most = tcb.retransmission_queue, profile.ecn_retries
    if most is not None and queue and queue[0].timeouts > most:
        tcb.ecn = False
        return 0
    if answer:
        return ECE if tcb.ecn else 0
    return ECE | CWR if profile.ecn == "asked" and tcb.offers_options else 0


def learn_from_syn(tcb: Tcb, syn: Segment, step: Step) -> None:
    """What a SYN or SYN,ACK tells of the peer: IRS, RCV.NXT, and the options that both ends have."""
    profile = step.profile
    tcb.irs = syn.seq
    tcb.rcv_nxt = tcb.last_ack_sent = seq_add(syn.seq, 1)
    offer = read_offer(syn)
    if tcb.settings.no_options:
        offer = Offer(offer.mss)  # FreeBSD tcp_do_segment(), syncache_add(): TF_NOOPT
    tcb.snd_mss = max(
        LEAST_MSS, min(offered_mss(syn, profile), own_mss(tcb.local, tcb.settings, profile), tcb.path_mss)
    )
    both = tcb.offers_options
    tcb.scaling = both and offer.window_scale is not None and profile.window_scale is not None
    if tcb.scaling:
        tcb.snd_shift, tcb.rcv_shift = offer.window_scale or 0, own_shift(tcb, step) or 0
    tcb.sack = both and offer.sack and profile.sack
    tcb.timestamps = both and offer.timestamps is not None and profile.timestamps
    if offer.timestamps is not None and tcb.timestamps:
        tcb.ts_recent, tcb.ts_recent_at = offer.timestamps[0], step.now
        tcb.snd_mss = max(LEAST_MSS, tcb.snd_mss - TIMESTAMPS_SPACE)  # MUST-16
    if not tcb.passive and offer.mss is not None and profile.receive_buffer_whole_segments:
        fit_buffers(tcb, profile)
    asked = ECE if syn.flags & ACK else ECE | CWR
    tcb.ecn = (
        profile.ecn != "off"
        and syn.flags & (ECE | CWR) == asked
        and (not syn.flags & ACK or profile.ecn == "asked")
    )


def fit_buffers(tcb: Tcb, profile: Profile) -> None:
    """ "Make the socket buffers an integral number of mss units" (FreeBSD tcp_mss()): rounded up."""
    mss = tcb.snd_mss + (TIMESTAMPS_SPACE if tcb.timestamps else 0)
    tcb.rcv_buff = -(-tcb.rcv_buff // mss) * mss
    tcb.snd_buff = -(-tcb.send_buffer_size(profile) // mss) * mss


def learn_window(tcb: Tcb, segment: Segment) -> None:
    """SND.WND <- SEG.WND, with the two numbers that guard it. A SYN's is not scaled (RFC 7323 2.2)."""
    tcb.snd_wnd = segment.wnd if segment.flags & SYN else segment.wnd << tcb.snd_shift
    tcb.snd_wl1 = segment.seq
    tcb.snd_wl2 = segment.ack
    if tcb.snd_wnd > tcb.max_snd_wnd:
        tcb.max_snd_wnd = tcb.snd_wnd


def enter_established(tcb: Tcb, step: Step) -> None:
    """The connection is open: buffers, congestion window and timers of a connection that carries data."""
    profile = step.profile
    step.set_state(tcb, State.ESTABLISHED)
    step.signal(tcb, Signal.OPENED)
    if tcb.rcv_up is not None:  # The SYN's, put aside until now.
        step.rule(tcb, Rule.URGENT, rcv_up=tcb.rcv_up, rcv_nxt=tcb.rcv_nxt)
        step.signal(tcb, Signal.URGENT)
    if tcb.listener and step.hooks.counts_answers_anew():
        tcb.challenges = 0
    rto = profile.rto_after_syn_timeout
    if tcb.syn_timed_out and rto is not None and profile.first_rto < rto:
        step.rule(tcb, Rule.RTO_AFTER_SYN_TIMEOUT, rto=rto)
        tcb.estimate = tcb.estimate._replace(rto=rto)
    tcb.cwnd = initial_cwnd(tcb, profile)
    if profile.pingpong:
        tcb.data_received_at = step.now  # tcp_create_openreq_child(), tcp_finish_connect()
    if tcb.syn_timed_out and step.hooks.initial_cwnd_after_loss():
        tcb.cwnd = tcb.snd_mss
    listener = step.host.listener(tcb.listener) if tcb.listener else None
    if listener is not None:
        listener.accept_queue += (tcb.connection,)
        step.events.append(AcceptReady(listener.connection, tcb.connection))
    if tcb.passive and profile.receive_buffer_whole_segments:
        fit_buffers(tcb, profile)  # FreeBSD syncache_socket()
    tcb.receive_memory = step.hooks.opened_receive_memory(tcb)
    if keeps_alive(tcb, profile):
        start_keep_alive(tcb, step)


def keeps_alive(tcb: Tcb, profile: Profile) -> bool:
    """Off unless it is asked for (MUST-24, MUST-25)."""
    return tcb.settings.keep_alive or profile.keep_alive_always


def start_keep_alive(tcb: Tcb, step: Step) -> None:
    """Waits for a connection to have been idle (MUST-26 to MUST-28)."""
    idle = tcb.settings.keep_idle
    step.start_timer(tcb, TimerKind.KEEP_ALIVE, step.profile.keep_idle if idle is None else idle)
