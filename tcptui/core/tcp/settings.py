"""What an application may ask of one connection, beside what OPEN itself names.

These are the socket options of RFC 9293's "other parameters" and of BSD sockets; None leaves the matter
to the host's `Profile`.
"""

from __future__ import annotations

from tcptui.named_tuple import NamedTuple


class Settings(NamedTuple):
    """The settings of one connection. Times are microseconds, sizes octets."""

    receive_buffer: int | None = None
    """SO_RCVBUF"""
    send_buffer: int | None = None
    """SO_SNDBUF"""
    mss: int | None = None
    """TCP_MAXSEG: no larger segments, in either direction."""
    no_delay: bool = False
    """TCP_NODELAY: Nagle's algorithm off (MUST-17)."""
    cork: bool = False
    """TCP_CORK: less than a full segment waits."""
    keep_alive: bool = False
    """SO_KEEPALIVE (MUST-24)"""
    keep_idle: int | None = None
    """TCP_KEEPIDLE (MUST-27)"""
    keep_interval: int | None = None
    """TCP_KEEPINTVL"""
    keep_count: int | None = None
    """TCP_KEEPCNT"""
    user_timeout: int | None = None
    """TCP_USER_TIMEOUT, the timeout of OPEN (3.9.1.1), and R2 of this connection, however long (MUST-21)"""
    fin_wait_2_timeout: int | None = None
    """TCP_LINGER2"""
    open_timeout: int | None = None
    """TCP_KEEPINIT: how long an OPEN may take."""
    syn_retries: int | None = None
    """TCP_SYNCNT: how often the SYN of an active OPEN goes again."""
    no_options: bool = False
    """TCP_NOOPT: no options on any segment, and none of the peer's but its MSS are used."""
    notsent_lowat: int = 0
    """TCP_NOTSENT_LOWAT: octets not sent from which on no more are taken; 0: as many as there is room for."""
    defer_accept: int = 0
    """TCP_DEFER_ACCEPT: without data an ACK opens nothing until the SYN,ACK's timer has fired so often."""
    pingpong: bool = False
    """TCP_QUICKACK of 0 before the connection begins: ACKs wait for data, that of the SYN,ACK too."""
    reads_no_more: bool = False
    """shutdown(SHUT_RD): after a CLOSE, data that comes is refused as after a half-duplex one (MAY-1)."""


NO_SETTINGS = Settings()
