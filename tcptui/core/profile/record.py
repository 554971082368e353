"""Every behaviour that a TCP may choose, as one frozen record of knobs.

A knob stands here where RFC 9293 leaves a choice, where a well-known stack departs from it,
or where its text contradicts itself. The presets are in `presets`, what a stack's own sysctl names
set is in `sysctl`.

What is a knob, and what a hook of `tcp.stacks`. A knob is what a person would set by itself, with all else
as it is: a number or a switch that a stack has as a sysctl or a socket option, that an RFC leaves to the
implementation (a MAY, a SHOULD, a value), or that is off in one preset and on in another and shows by
itself what it is good for, as the broken ones do. Its name and values are read by users, in scenarios,
scripts and ``--set``, so it does not go away. A hook is what makes sense only together with the rest of one
stack: a check of its own, in its own order. It is no choice of anybody but that stack's authors, it reads
blocks and segments, and `stack` picks all of them at once. What a hook decides by a number or a switch of
the profile, it asks of the profile that it is given; the procedure then asks the hook and not the knob.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from tcptui.core.profile.knob import Knob
from tcptui.core.units import DAY, MILLISECOND, SECOND
from tcptui.named_tuple import NamedTuple

Ecn: TypeAlias = Literal["off", "granted", "asked"]
OptionOrder: TypeAlias = Literal["linux", "bsd", "macos"]
ZeroWindowProbe: TypeAlias = Literal["octet", "old_ack"]
BacklogSlack: TypeAlias = Literal["none", "one", "half"]
SynCookies: TypeAlias = Literal["never", "overflow", "always"]
HardErrorAborts: TypeAlias = Literal["any", "opening", "never"]
StackName: TypeAlias = Literal["rfc9293", "linux", "freebsd"]


def _time(text: str, source: str, most: int = DAY, least: int = 0) -> Knob:
    return Knob(text, source, least, most, duration=True)


class Profile(NamedTuple):
    """How one host's TCP behaves; the defaults are RFC 9293 with its SHOULDs and RFC 5961.

    Take a preset and change single knobs with ``_replace``. Durations are microseconds, sizes octets;
    None switches the behaviour off.
    """

    # fmt: off
    name: str = "rfc9293"
    stack: Annotated[StackName, Knob(
        "what is done differently from the letter, beside all numbers: window selection, simultaneous open, "
        "TIME-WAIT input, old duplicates", "Linux net/ipv4/tcp*.c, FreeBSD sys/netinet/tcp_*.c")] = "rfc9293"

    # Sizes and windows.
    mss: Annotated[int, Knob(
        "the MSS option sent over IPv4: the link's MTU less 40; over IPv6 20 less", "RFC 9293 3.7.1", 1,
        65_495)] = 1460
    default_mss: Annotated[int, Knob(
        "a peer's MSS over IPv4 if its SYN names none", "RFC 9293 3.7.1, MUST-15", 1, 65_495)] = 536
    default_mss_ipv6: Annotated[int, Knob(
        "a peer's MSS over IPv6 if its SYN names none", "RFC 9293 3.7.1, MUST-15", 1, 65_475)] = 1220
    min_snd_mss: Annotated[int, Knob(
        "the least MSS that a peer or a path may ask for; less counts as this",
        "Linux tcp_min_snd_mss, FreeBSD net.inet.tcp.minmss", 1, 65_495)] = 1
    receive_buffer: Annotated[int, Knob(
        "octets kept for the application, and so the largest window", "RFC 9293 3.8.6", 1, 1 << 30)] = 65_535
    receive_buffer_whole_segments: Annotated[bool, Knob(
        "the receive buffer and the send buffer are rounded up to a multiple of the MSS",
        "FreeBSD tcp_mss(); on an active OPEN when the SYN names an MSS")] = False
    first_window: Annotated[int | None, Knob(
        "the window announced in a SYN; none: the buffer", "Linux, FreeBSD", 1, 65_535)] = None
    send_buffer: Annotated[int, Knob(
        "octets that SEND takes before insufficient resources", "RFC 9293 3.10.2", 1, 1 << 30)] = 1 << 20
    min_tso_segs: Annotated[int, Knob(
        "segments that share a buffer of the send buffer, whose overhead counts too",
        "Linux tcp_tso_autosize()", 1, 65_535)] = 2

    # Options.
    window_scale: Annotated[int | None, Knob(
        "shift offered with the window scale option", "RFC 7323 2.2", 0, 14)] = None
    timestamps: Annotated[bool, Knob("timestamps are offered and taken", "RFC 7323 3.2")] = False
    sack: Annotated[bool, Knob("SACK-permitted is offered and taken", "RFC 2018 2")] = False
    dsack: Annotated[bool, Knob("a duplicate is reported in the first SACK block", "RFC 2883 4")] = False
    ecn: Annotated[Ecn, Knob(
        "ECN: off, granted when the peer asks, or asked for too", "RFC 3168 6.1.1")] = "off"
    ecn_retries: Annotated[int | None, Knob(
        "retransmissions of a SYN or SYN,ACK that still ask for ECN, or grant it",
        "FreeBSD net.inet.tcp.ecn.maxretries: tcp_ecn_output_syn_sent(), syncache_timer()", 0, 255)] = None
    option_order: Annotated[OptionOrder, Knob(
        "how options are laid out: linux is mss, sackOK, TS, nop, wscale; bsd is mss, nop, wscale, "
        "sackOK, TS, padded with eol; macos is mss, nop, wscale, nop, nop, TS, sackOK, padded with eol",
        "Linux, FreeBSD, XNU")] = "linux"
    options_dropped_after: Annotated[int | None, Knob(
        "retransmissions of a SYN after which it goes without options but MSS",
        "FreeBSD net.inet.tcp.rexmit_drop_options", 1, 255)] = None
    missing_timestamp_drops: Annotated[bool, Knob(
        "a segment without the timestamp that was agreed on is dropped", "RFC 7323 3.2")] = True

    # Sending.
    nagle: Annotated[bool, Knob(
        "less than a full segment waits while data is unacknowledged", "RFC 9293 3.7.4, SHLD-7")] = True
    nagle_minshall: Annotated[bool, Knob(
        "Nagle's algorithm lets the end of a SEND go while only full segments are unacknowledged",
        "Linux tcp_minshall_check()")] = False
    delayed_ack: Annotated[int, _time(
        "how long an acknowledgment of data may wait", "RFC 9293 3.8.6.3, MUST-40", SECOND // 2 - 1
    )] = 200 * MILLISECOND
    quickack: Annotated[int, Knob(
        "acknowledgments at the start of a connection that are not delayed",
        "Linux tcp_enter_quickack_mode()", 0, 1 << 16)] = 0
    pingpong: Annotated[bool, Knob(
        "a connection that answers data with data, or whose peer has closed, delays its ACKs",
        "Linux inet_csk_enter_pingpong_mode()")] = False
    sws_override: Annotated[int | None, _time(
        "how long data waits while the window is open, but too small for a full segment; none: as long as "
        "from one zero-window probe to the next", "RFC 9293 3.8.6.2.1, (4)", SECOND, 100 * MILLISECOND
    )] = SECOND
    initial_window: Annotated[int | None, Knob(
        "segments that may be sent at first; none: 2 to 4, by their size", "RFC 5681 3.1, RFC 6928", 1,
        1 << 16)] = None
    slow_start_limit: Annotated[int | None, Knob(
        "segments by which one ACK may open cwnd in slow start; none: as many as it acknowledges",
        "RFC 5681 3.1; RFC 3465, Linux tcp_slow_start()", 1, 1 << 16)] = 1
    cwnd_validation: Annotated[bool, Knob(
        "cwnd grows only while what was sent comes near it", "Linux tcp_is_cwnd_limited()")] = False
    cwnd_stops_at_window: Annotated[bool, Knob(
        "cwnd grows only while it is not above the peer's window", "FreeBSD cc_ack_received()")] = False
    restart_after_idle: Annotated[bool, Knob(
        "after an RTO without sending cwnd is at most the initial one",
        "RFC 5681 4.1; Linux tcp_cwnd_restart(), FreeBSD cc_after_idle()")] = True
    limited_transmit: Annotated[bool, Knob(
        "the first two duplicate ACKs let new segments go", "RFC 3042 2")] = True
    fast_retransmit: Annotated[bool, Knob(
        "three duplicate ACKs bring the segment again", "RFC 5681 3.2")] = True

    tail_loss_probe: Annotated[bool, Knob(
        "with SACK, the last segment goes once more two round trips after it, before the RTO",
        "RFC 8985 7; Linux tcp_schedule_loss_probe(), since 3.10")] = False

    # Retransmission.
    first_rto: Annotated[int, _time("RTO while there is no sample", "RFC 6298 2.1", least=1_000)] = SECOND
    min_rto: Annotated[int, _time("least RTO", "RFC 6298 2.4")] = SECOND
    min_rto_is_variance: Annotated[bool, Knob(
        "the least RTO is the least that is added to SRTT", "Linux tcp_rtt_estimator()")] = False
    rto_slop: Annotated[int, _time("what is added to every RTO", "FreeBSD tcp_rexmit_slop")] = 0
    max_rto: Annotated[int, _time("greatest RTO", "RFC 6298 2.5", least=1_000)] = 60 * SECOND
    clock_granularity: Annotated[int, _time("granularity of the clock, G", "RFC 6298 2.3")] = MILLISECOND
    rto_after_syn_timeout: Annotated[int | None, _time(
        "RTO when data begins after a SYN had timed out; none: left as it is", "RFC 6298 5.7")] = 3 * SECOND
    syn_linear_timeouts: Annotated[int, Knob(
        "first retransmissions of a SYN without backoff", "Linux tcp_syn_linear_timeouts", 0, 255)] = 0
    syn_retries: Annotated[int, Knob(
        "R2 for a SYN, in retransmissions beside the linear ones", "RFC 9293 3.8.3, MUST-23", 0, 255)] = 8
    syn_ack_retries: Annotated[int, Knob("R2 for a SYN,ACK", "RFC 9293 3.8.3, MUST-23", 0, 255)] = 8
    connect_timeout: Annotated[int | None, _time(
        "how long an OPEN may take, whatever R2 says", "FreeBSD net.inet.tcp.keepinit")] = None
    data_r1: Annotated[int, Knob(
        "R1: the application is told of the delivery problem", "RFC 9293 3.8.3, SHLD-9, SHLD-10", 1, 255)] = 3
    data_retries: Annotated[int, Knob("R2 for all else", "RFC 9293 3.8.3, SHLD-11", 0, 255)] = 6
    orphan_retries: Annotated[int | None, Knob(
        "R2 once the application has closed both ways", "Linux tcp_orphan_retries", 0, 255)] = None
    user_timeout: Annotated[int | None, _time(
        "for data not delivered, where OPEN names no other", "RFC 9293 3.9.1.1")] = 300 * SECOND
    reset_on_timeout: Annotated[bool, Knob(
        "giving up on a synchronized connection sends a RST", "FreeBSD tcp_drop()")] = False
    zero_window_probe: Annotated[ZeroWindowProbe, Knob(
        "what probes a closed window: one octet of data, or an ACK with a SEQ that is known already",
        "RFC 9293 3.8.6.1, MUST-36")] = "octet"
    persist_min: Annotated[int, _time(
        "least time between two zero-window probes", "FreeBSD net.inet.tcp.persmin")] = 0
    persist_max: Annotated[int, _time(
        "longest time between two zero-window probes", "RFC 9293 3.8.6.1", least=SECOND)] = 60 * SECOND

    # Keep-alive, for connections that ask for it.
    keep_alive_always: Annotated[bool, Knob(
        "on without being asked for", "FreeBSD net.inet.tcp.always_keepalive")] = False
    keep_idle: Annotated[int, _time(
        "idle time before the first probe", "RFC 9293 3.8.4, MUST-28", 30 * DAY, SECOND)] = 7_200 * SECOND
    keep_interval: Annotated[int, _time(
        "time between two probes", "RFC 9293 3.8.4", least=SECOND)] = 75 * SECOND
    keep_count: Annotated[int, Knob(
        "probes without an answer before it gives up", "RFC 9293 3.8.4, MUST-29", 1, 255)] = 9
    user_timeout_ends_keep_alive: Annotated[bool, Knob(
        "the user timeout of a connection says when unanswered probes end it, not their number",
        "Linux tcp_keepalive_timer()")] = False

    # Opening.
    listen_ignores_syn_ack: Annotated[bool, Knob(
        "a SYN,ACK in LISTEN is dropped silently, not answered by RST", "RFC 9293 3.10.7.2, second")] = False
    repeated_syn_draws_syn_ack: Annotated[bool, Knob(
        "a SYN that SYN-RECEIVED has already draws the same SYN,ACK, not a bare ACK",
        "RFC 9293 3.10.7.4, first")] = False
    syn_returns_to_listen: Annotated[bool, Knob(
        "a SYN in the window in SYN-RECEIVED after a passive OPEN returns to LISTEN",
        "RFC 9293 3.10.7.4, fourth")] = True
    refused_in_syn_received: Annotated[bool, Knob(
        "a RST in SYN-RECEIVED after an active OPEN says refused, not reset", "RFC 9293 3.10.7.4, second"
    )] = True
    bad_ack_resends_syn: Annotated[int | None, _time(
        "how soon a SYN goes again when an ACK in SYN-SENT was wrong", "Linux TCP_TIMEOUT_MIN")] = None
    data_on_syn_ack: Annotated[bool, Knob(
        "data and FIN on a SYN,ACK are taken", "RFC 9293 3.10.7.3, fourth")] = True
    drop_syn_fin: Annotated[bool, Knob(
        "SYN with FIN in LISTEN is dropped, else the FIN is queued", "RFC 9293 3.10.7.2, third")] = False
    queue_data_on_syn: Annotated[bool, Knob(
        "data on a SYN is queued until ESTABLISHED", "RFC 9293 3.10.7.2, third")] = True
    simultaneous_open_trims_syn: Annotated[bool, Knob(
        "the SYN,ACK of a simultaneous open loses the SYN that is known already and is accepted",
        "RFC 9293 A.2")] = True
    rst_on_give_up: Annotated[bool, Knob("giving up on a SYN,ACK sends a RST", "textbooks")] = False
    blackhole: Annotated[int, Knob(
        "a closed port answers: 0 everything by RST, 1 no SYN, 2 nothing", "FreeBSD net.inet.tcp.blackhole",
        0, 2)] = 0

    # A listener with a backlog.
    somaxconn: Annotated[int, Knob(
        "the backlog that a listener may ask for", "Linux somaxconn", 0, 1 << 20)] = 4_096
    backlog_slack: Annotated[BacklogSlack, Knob(
        "how many more than the backlog wait to be accepted", "none: exactly; one: Linux; half: FreeBSD"
    )] = "none"
    syn_queue: Annotated[int, Knob(
        "half-open connections of one listener", "Linux tcp_max_syn_backlog", 1, 1 << 20)] = 256
    backlog_limits_syn_queue: Annotated[bool, Knob(
        "half-open connections of one listener: one more than its backlog, and only without cookies no more "
        "than three quarters of syn_queue", "Linux inet_csk_reqsk_queue_is_full(), since 4.3")] = False
    accept_overflow_resets: Annotated[bool, Knob(
        "with the accept queue full the last ACK of a handshake draws a RST, else it is dropped",
        "Linux tcp_abort_on_overflow")] = False
    full_queue_drops_syn: Annotated[bool, Knob(
        "with the accept queue full a SYN is dropped", "Linux tcp_conn_request()")] = False
    syn_cookies: Annotated[SynCookies, Knob(
        "a SYN is answered without keeping state: never, when the queue is full, always", "RFC 4987 3.6"
    )] = "never"

    # Closing.
    msl: Annotated[int, _time("Maximum Segment Lifetime", "RFC 9293 3.4.2")] = 120 * SECOND
    rfc1337: Annotated[bool, Knob("RST in TIME-WAIT is ignored, against assassination", "RFC 1337 3")] = False
    time_wait_reopens: Annotated[bool, Knob(
        "a SYN with a newer number or timestamp opens anew out of TIME-WAIT", "RFC 9293 3.6.1, MAY-2")] = True
    fin_wait_2_timeout: Annotated[int | None, _time(
        "how long FIN-WAIT-2 lasts once closed both ways", "Linux tcp_fin_timeout")] = None
    acks_carry_fin: Annotated[bool, Knob(
        "an ACK carries our FIN again while that is unacknowledged, as when both close at once",
        "FreeBSD tcp_output()")] = False
    old_segments_acknowledge: Annotated[bool, Knob(
        "the ACK of a segment that lies left of the window counts", "FreeBSD tcp_do_segment()")] = False
    unread_close_resets: Annotated[bool, Knob(
        "a half-duplex CLOSE with data unread resets", "RFC 9293 3.6.1, SHLD-3")] = True
    reset_carries_ack: Annotated[bool, Knob("the RST of an ABORT has an ACK", "Linux, FreeBSD")] = False

    # Protection against forged segments (RFC 5961). False: as RFC 793 had it.
    rfc5961_rst: Annotated[bool, Knob(
        "RST in the window that is not exactly RCV.NXT draws a challenge ACK", "RFC 5961 3.2")] = True
    rfc5961_syn: Annotated[bool, Knob(
        "SYN in a synchronized state draws a challenge ACK", "RFC 5961 4.2")] = True
    rfc5961_ack: Annotated[bool, Knob(
        "SEG.ACK left of SND.UNA - MAX.SND.WND is answered and dropped", "RFC 5961 5.2, MAY-12")] = True
    unsent_ack_is_answered: Annotated[bool, Knob(
        "SEG.ACK > SND.NXT is answered with an ACK", "RFC 9293 3.10.7.4, fifth")] = True
    challenge_acks: Annotated[int, Knob(
        "ACKs without need that one connection sends in a challenge interval", "RFC 5961 7", 1, 1 << 20)] = 10
    challenge_interval: Annotated[int, _time("how long a challenge interval is", "RFC 5961 7")] = 5 * SECOND

    # Errors from below.
    soft_error_aborts_open: Annotated[bool, Knob(
        "an unreachable network or host ends an OPEN", "RFC 9293 3.9.2.2, MUST-56")] = False
    hard_error_aborts: Annotated[HardErrorAborts, Knob(
        "an unreachable port or protocol ends: any connection, one that opens, or none",
        "RFC 9293 3.9.2.2, SHLD-26; Linux tcp_v4_err(), FreeBSD tcp_ctlinput(), icmp_may_rst")] = "any"

    # Broken on purpose, to show the harm.
    two_way_handshake: Annotated[bool, Knob(
        "ESTABLISHED on a SYN: an old SYN opens a connection", "RFC 9293 3.5")] = False
    no_time_wait: Annotated[bool, Knob(
        "no TIME-WAIT: a FIN that comes again is answered by a RST", "RFC 9293 3.6.1, MUST-13")] = False
    time_wait_1_msl: Annotated[bool, Knob(
        "half the TIME-WAIT: an answer to a late FIN may still be underway", "RFC 9293 3.6.1, MUST-13"
    )] = False
    fixed_isn: Annotated[int | None, Knob(
        "every connection begins here: old segments fit into new ones", "RFC 9293 3.4.1, MUST-8", 0,
        (1 << 32) - 1)] = None
    no_retransmission: Annotated[bool, Knob(
        "what is lost is not sent again: both ends wait without end", "RFC 9293 3.8.1, MUST-18")] = False
    fin_acked_with_fin_only: Annotated[bool, Knob(
        "a FIN ends both ways at once: what was still to be sent is cut off", "RFC 9293 3.6")] = False
    accept_any_ack: Annotated[bool, Knob(
        "the ACK of the SYN is not checked: anybody can open in another's name", "RFC 9293 3.10.7.4, fifth"
    )] = False
    # fmt: on
