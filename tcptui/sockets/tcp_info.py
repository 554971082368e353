"""TCP_INFO: a connection in numbers, by the names and in the units of each system's `struct tcp_info`.

Linux counts congestion window and threshold in segments, FreeBSD in octets, and each numbers the states its
own way. Only what the core knows has a name here.
"""

from __future__ import annotations

from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.packet.seq import distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.congestion import DUPLICATES
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.core.tcp.tcb import Tcb
from tcptui.sockets.answers import TcpInfo
from tcptui.sockets.semantics import SocketSemantics

STATES = {
    State.ESTABLISHED: 1,
    State.SYN_SENT: 2,
    State.SYN_RECEIVED: 3,
    State.FIN_WAIT_1: 4,
    State.FIN_WAIT_2: 5,
    State.TIME_WAIT: 6,
    State.CLOSED: 7,
    State.CLOSE_WAIT: 8,
    State.LAST_ACK: 9,
    State.LISTEN: 10,
    State.CLOSING: 11,
}
"""Linux's numbers (include/net/tcp_states.h)."""

FREEBSD_STATES = {
    State.CLOSED: 0,
    State.LISTEN: 1,
    State.SYN_SENT: 2,
    State.SYN_RECEIVED: 3,
    State.ESTABLISHED: 4,
    State.CLOSE_WAIT: 5,
    State.FIN_WAIT_1: 6,
    State.CLOSING: 7,
    State.LAST_ACK: 8,
    State.FIN_WAIT_2: 9,
    State.TIME_WAIT: 10,
}
"""FreeBSD's (sys/netinet/tcp_fsm.h)."""

OPTION_TIMESTAMPS, OPTION_SACK, OPTION_WINDOW_SCALE, OPTION_ECN = 1, 2, 4, 8
"""Bits of tcpi_options."""
OPEN, DISORDER, RECOVERY, LOSS = 0, 1, 3, 4
"""Numbers of tcpi_ca_state."""
_NEW_SOCKET_CWND = 10
_FIELDS = (
    "tcpi_ca_state", "tcpi_retransmits", "tcpi_probes", "tcpi_backoff", "tcpi_options", "tcpi_snd_wscale",
    "tcpi_rcv_wscale", "tcpi_rto", "tcpi_snd_mss", "tcpi_unacked", "tcpi_sacked", "tcpi_rtt", "tcpi_rttvar",
    "tcpi_snd_ssthresh", "tcpi_snd_cwnd", "tcpi_advmss", "tcpi_notsent_bytes", "tcpi_snd_wnd", "tcpi_ato",
    "tcpi_rcv_mss", "tcpi_rcv_ssthresh", "tcpi_reordering", "tcpi_bytes_acked", "tcpi_bytes_received",
    "tcpi_rcv_wnd",
)  # fmt: skip
"""All but the state."""
_NO_THRESHOLD, _LINUX_NO_THRESHOLD = 1 << 30, 0x7FFFFFFF
FREEBSD_NO_LIMIT = 65_535 << 14
"""FreeBSD's snd_cwnd and snd_ssthresh at first: TCP_MAXWIN << TCP_MAX_WINSHIFT."""


def tcp_info(
    tcb: Tcb | None, status: ConnectionStatus | None, profile: Profile, semantics: SocketSemantics
) -> TcpInfo:
    """The fields of TCP_INFO; of a connection that is deleted (None), or of none, only its state is known."""
    if semantics.info_counts_octets:
        return _freebsd(tcb)
    if tcb is None or status is None:
        return {"tcpi_state": STATES[State.CLOSED]}
    closed = tcb.state is State.TIME_WAIT and semantics.time_wait_is_closed
    info = {"tcpi_state": STATES[State.CLOSED if closed else tcb.state]}
    if tcb.state is State.LISTEN:
        return info | _of_listener(status)
    return info | _of_connection(tcb, profile)


def _freebsd(tcb: Tcb | None) -> TcpInfo:
    """tcp_fill_info(), and TCP_INFO's options in tcp_ctloutput()."""
    if tcb is None or tcb.state is State.LISTEN:
        return {"tcpi_state": FREEBSD_STATES[State.CLOSED if tcb is None else State.LISTEN]}
    estimate = tcb.estimate
    mss = tcb.snd_mss + (TIMESTAMPS_SPACE if tcb.timestamps else 0)
    return {
        "tcpi_state": FREEBSD_STATES[tcb.state],
        "tcpi_options": _options(tcb),
        "tcpi_snd_wscale": tcb.snd_shift,
        "tcpi_rcv_wscale": tcb.rcv_shift,
        "tcpi_rto": estimate.rto,
        "tcpi_rtt": estimate.srtt or 0,
        "tcpi_rttvar": estimate.rttvar if estimate.srtt is not None else 0,
        "tcpi_snd_ssthresh": FREEBSD_NO_LIMIT if tcb.ssthresh >= _NO_THRESHOLD else tcb.ssthresh,
        "tcpi_snd_cwnd": tcb.cwnd or FREEBSD_NO_LIMIT,
        "tcpi_snd_mss": mss,
        "tcpi_rcv_mss": mss,
        "tcpi_snd_wnd": tcb.snd_wnd,
        "tcpi_rcv_space": max(tcb.rcv_wnd, tcb.rcv_buff - len(tcb.receive_buffer)),
        "tcpi_snd_una": tcb.snd_una,
        "tcpi_snd_nxt": tcb.snd_nxt,
        "tcpi_snd_max": tcb.snd_nxt,
        "tcpi_rcv_nxt": tcb.rcv_nxt,
        "tcpi_rcv_adv": seq_add(tcb.rcv_nxt, tcb.rcv_wnd),
        "tcpi_dupacks": tcb.duplicate_acks,
    }


def _options(tcb: Tcb) -> int:
    return (
        tcb.timestamps * OPTION_TIMESTAMPS
        | tcb.sack * OPTION_SACK
        | tcb.scaling * OPTION_WINDOW_SCALE
        | tcb.ecn * OPTION_ECN
    )


def _of_listener(status: ConnectionStatus) -> TcpInfo:
    """tcp_get_info(): sk_ack_backlog and sk_max_ack_backlog in the place of two counts of segments, and of
    the rest what a new socket has, which is zero but for the initial window (TCP_INIT_CWND)."""
    queues = {"tcpi_unacked": len(status.accept_queue), "tcpi_sacked": status.backlog or 0}
    return (
        dict.fromkeys(_FIELDS, 0)
        | queues
        | {"tcpi_snd_cwnd": _NEW_SOCKET_CWND, "tcpi_reordering": DUPLICATES}
    )


def _of_connection(tcb: Tcb, profile: Profile) -> TcpInfo:
    queue = tcb.retransmission_queue
    front = queue[0] if queue else None
    timeouts = front.timeouts if front is not None else 0
    estimate = tcb.estimate
    threshold = tcb.ssthresh
    info = {
        "tcpi_ca_state": _congestion_state(tcb, timeouts),
        "tcpi_retransmits": timeouts,
        "tcpi_probes": tcb.probes,
        "tcpi_backoff": tcb.persist_backoff if tcb.persist_timer is not None else timeouts,
        "tcpi_options": _options(tcb),
        "tcpi_snd_wscale": tcb.snd_shift,
        "tcpi_rcv_wscale": tcb.rcv_shift,
        "tcpi_rto": estimate.rto,
        "tcpi_snd_mss": mss_cache(tcb, profile),
        "tcpi_unacked": len(queue),
        "tcpi_sacked": sum(entry.sacked for entry in queue),
        "tcpi_snd_ssthresh": (
            _LINUX_NO_THRESHOLD if threshold >= _NO_THRESHOLD else threshold // tcb.snd_mss
        ),
        "tcpi_notsent_bytes": len(tcb.send_buffer),
        "tcpi_snd_wnd": tcb.snd_wnd,
        "tcpi_reordering": DUPLICATES,
        "tcpi_bytes_acked": distance(tcb.iss, tcb.snd_una) - tcb.passive * (tcb.snd_una != tcb.iss),
    }
    info |= _of_receiving(tcb, profile)
    if tcb.cwnd:
        info["tcpi_snd_cwnd"] = tcb.cwnd // tcb.snd_mss
    if estimate.srtt is not None:
        deviation = estimate.deviation  # tcp_get_info(): tp->mdev_us, not what the RTO is made of.
        info |= {"tcpi_rtt": estimate.srtt}
        info |= {"tcpi_rttvar": estimate.rttvar if deviation is None else deviation.mean}
    return info


def _of_receiving(tcb: Tcb, profile: Profile) -> TcpInfo:
    """tcp_get_info(), of what comes in: tp->bytes_received counts a FIN, and no SYN."""
    opening = tcb.state in (State.SYN_SENT, State.SYN_RECEIVED)
    memory, announced = tcb.receive_memory, tcb.rcv_wnd
    if tcb.state is not State.SYN_SENT:
        announced += distance(tcb.last_ack_sent, tcb.rcv_nxt)
    mss = profile.mss if tcb.settings.mss is None else min(profile.mss, tcb.settings.mss)
    return {
        "tcpi_ato": tcb.delack.ato,
        "tcpi_advmss": mss if memory is None else memory.advmss,
        "tcpi_rcv_mss": tcb.snd_mss if memory is None else memory.rcv_mss,
        "tcpi_rcv_ssthresh": announced if memory is None else memory.rcv_ssthresh,
        "tcpi_bytes_received": 0 if opening else distance(tcb.irs, tcb.rcv_nxt) - 1,
        "tcpi_rcv_wnd": announced,
    }


def mss_cache(tcb: Tcb, profile: Profile) -> int:
    """tcp_sync_mss(): what a segment carries, by the peer's MSS and largest window; in SYN-SENT by its
    default MSS (MUST-15) or the program's own, the timestamps that are offered taken off."""
    if tcb.state is not State.SYN_SENT:
        return STACKS[profile.stack].full_segment(tcb)
    offered = tcb.settings.mss or profile.default_mss
    return offered - (TIMESTAMPS_SPACE if profile.timestamps and tcb.offers_options else 0)


def _congestion_state(tcb: Tcb, timeouts: int) -> int:
    """Linux's tcp_fastretrans_alert(): Recovery and Loss last until what was in flight when they began is
    acknowledged, which `Tcb.recover` notes for both as Linux's high_seq does.

    Two of Linux's reasons to stay or to leave are not known here: without SACK it keeps the state until
    something beyond high_seq is acknowledged, and it undoes a Loss whose timeout was needless.
    """
    if timeouts:
        return LOSS
    if tcb.recovering:
        return RECOVERY
    if tcb.retransmission_queue and lt(tcb.snd_una, tcb.recover):
        return LOSS
    reported = any(entry.sacked for entry in tcb.retransmission_queue) if tcb.sack else tcb.duplicate_acks
    return DISORDER if reported else OPEN
