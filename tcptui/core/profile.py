"""Every behaviour that a TCP may choose, as one frozen record of knobs.

A knob stands here where RFC 9293 leaves a choice, where a well-known stack departs from it,
or where its text contradicts itself. Durations are microseconds, sizes octets.
"""

from typing import NamedTuple

MILLISECOND = 1_000
SECOND = 1_000_000


class Profile(NamedTuple):
    """How one host's TCP behaves; the defaults are RFC 9293 with its SHOULDs and RFC 5961.

    Take a preset (`RFC9293`, `LINUX`) and change single knobs with ``_replace``.
    """

    name: str = "rfc9293"

    # Sizes.
    mss: int = 1460
    """The MSS option that this host sends over IPv4: its link's MTU less 40; over IPv6 20 less (3.7.1)."""
    receive_buffer: int = 65_535
    """The window announced while nothing waits to be read; 65,535 at most, unscaled."""
    send_buffer: int = 1 << 20
    """Octets that SEND takes before "insufficient resources" (3.10.2)."""

    # Retransmission: RFC 6298, RFC 9293 sections 3.8.1 and 3.8.3.
    first_rto: int = 1 * SECOND
    """RTO while there is no sample (RFC 6298 2.1)."""
    min_rto: int = 1 * SECOND
    """RFC 6298 2.4; Linux takes 200 ms."""
    max_rto: int = 60 * SECOND
    """RFC 6298 2.5; Linux takes 120 s."""
    clock_granularity: int = 1 * MILLISECOND
    """G of RFC 6298 2.3."""
    rto_after_syn_timeout: int | None = 3 * SECOND
    """RTO when data begins after a SYN had timed out (RFC 6298 5.7); None: left as it is."""
    syn_linear_timeouts: int = 0
    """First retransmissions of a SYN without backoff; Linux since 6.5 (tcp_syn_linear_timeouts): 4."""
    syn_retries: int = 8
    """R2 for a SYN, in retransmissions beside the linear ones: the last one after 183 s, so the
    3 minutes of MUST-23 are kept. Linux (tcp_syn_retries): 6."""
    syn_ack_retries: int = 8
    """R2 for a SYN,ACK; Linux (tcp_synack_retries): 5."""
    data_r1: int = 3
    """R1: the application is told of the delivery problem (SHLD-9, SHLD-10)."""
    data_retries: int = 6
    """R2 for all else: gives up after 123 s or more (SHLD-11). Linux (tcp_retries2): 15."""
    user_timeout: int | None = 300 * SECOND
    """For data not delivered, where OPEN names none (3.9.1.1); None: no such timeout."""

    # Closing.
    msl: int = 120 * SECOND
    """Maximum Segment Lifetime (3.4.1); Linux's TIME-WAIT of 60 s is twice 30 s."""
    rfc1337: bool = False
    """Ignore RST in TIME-WAIT, against assassination (RFC 1337; Linux tcp_rfc1337)."""
    closing_resends_fin: bool = False
    """A FIN that meets our unacknowledged FIN is answered with our FIN again (FreeBSD), not a bare ACK."""

    # Opening.
    listen_ignores_syn_ack: bool = False
    """A SYN,ACK in LISTEN is dropped silently (FreeBSD), not answered by RST (3.10.7.2)."""
    repeated_syn_draws_syn_ack: bool = False
    """A SYN that SYN-RECEIVED has already draws the same SYN,ACK (Linux), not a bare ACK (3.10.7.4,
    first)."""
    syn_returns_to_listen: bool = True
    """A SYN in the window in SYN-RECEIVED after a passive OPEN returns to LISTEN (3.10.7.4, fourth);
    Linux sends a challenge ACK."""
    refused_in_syn_received: bool = True
    """A RST in SYN-RECEIVED after an active OPEN is "connection refused" (3.10.7.4, second); Linux: reset."""
    drop_syn_fin: bool = False
    """SYN with FIN in LISTEN is dropped (Linux); the letter takes the SYN and queues the FIN."""
    queue_data_on_syn: bool = True
    """Text on a SYN is queued until ESTABLISHED (3.10.7.2); Linux has it sent again."""
    simultaneous_open_trims_syn: bool = True
    """The SYN,ACK of a simultaneous open loses the SYN that is known already and is accepted; else Figure 7,
    line 6 is not acceptable by Table 6 (Appendix A.2)."""
    rst_on_give_up: bool = False
    """Giving up on a SYN,ACK sends a RST, as textbooks say."""

    # RFC 5961. False: as RFC 793 had it.
    rfc5961_rst: bool = True
    """RST in the window that is not exactly RCV.NXT draws a challenge ACK (3.10.7.4, second)."""
    rfc5961_syn: bool = True
    """SYN in a synchronized state draws a challenge ACK (3.10.7.4, fourth)."""
    rfc5961_ack: bool = True
    """SEG.ACK left of SND.UNA - MAX.SND.WND is answered and dropped (3.10.7.4, fifth, MAY-12)."""
    unsent_ack_is_answered: bool = True
    """SEG.ACK > SND.NXT is answered with an ACK (3.10.7.4, fifth); Linux before 2026: silence."""


RFC9293 = Profile()

LINUX = Profile(
    name="linux",
    receive_buffer=64_240,
    min_rto=200 * MILLISECOND,
    max_rto=120 * SECOND,
    rto_after_syn_timeout=None,
    syn_linear_timeouts=4,
    syn_retries=6,
    syn_ack_retries=5,
    data_retries=15,
    user_timeout=None,
    msl=30 * SECOND,
    repeated_syn_draws_syn_ack=True,
    syn_returns_to_listen=False,
    refused_in_syn_received=False,
    drop_syn_fin=True,
    queue_data_on_syn=False,
)

PRESETS = {profile.name: profile for profile in (RFC9293, LINUX)}
