"""The name and the place of every rule that can decide what a connection does, and the kinds of its numbers.

A rule is named in the step that it decided (`events.RuleApplied`); its sentence for a reader is made in
`explain`. The section is where the rule is written, in RFC 9293 unless `rfc` says otherwise; an ordinal after
it ("3.10.7.4, fifth") is the RFC's own numbering of its checks. What no RFC says has no number of one: then
the section is the name of what says it, a function of a kernel, a sysctl or a function of POSIX.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Rule(Enum):
    """A rule of the protocol, with its section and the number of its RFC; None: it is no RFC's."""

    section: str
    rfc: int | None

    def __new__(cls, section: str, rfc: int | None = 9293) -> Rule:
        rule = object.__new__(cls)
        rule._value_ = len(cls.__members__)
        rule.section = section
        rule.rfc = rfc
        return rule

    @property
    def source(self) -> str:
        """Where the rule is written: ``RFC 9293 3.10.7.4, first``, ``POSIX accept()``."""
        return self.section if self.rfc is None else f"RFC {self.rfc} {self.section}"

    # User calls.
    OPEN_PASSIVE = "3.10.1"
    OPEN_ACTIVE = "3.10.1"
    OPEN_TURNS_ACTIVE = "3.10.1, LISTEN"
    SEND_OPENS = "3.10.2, LISTEN"
    SEND_QUEUED = "3.10.2, SYN-SENT"
    SEND_TAKEN = "3.10.2, ESTABLISHED"
    CLOSE_DELETES = "3.10.4, LISTEN and SYN-SENT"
    CLOSE_SENDS_FIN = "3.10.4"
    CLOSE_QUEUED = "3.10.4"
    ABORT_SENDS_RST = "3.10.5"
    ABORT_DELETES = "3.10.5"
    OPEN_REFUSED = "3.10.1"
    SEND_REFUSED = "3.10.2"
    RECEIVE_REFUSED = "3.10.3"
    CLOSE_REFUSED = "3.10.4"
    ABORT_REFUSED = "3.10.5"
    STATUS_REFUSED = "3.10.6"
    CONFIGURE_REFUSED = "POSIX setsockopt()", None
    ACCEPT_REFUSED = "POSIX accept()", None
    ACCEPTED = "POSIX accept()", None
    UNREAD_RESETS = "3.6.1, SHLD-3"
    ABORT_DISCARDS = "3.10.5"
    LISTENER_CLOSED_RESETS = "Linux inet_csk_listen_stop()", None

    # SEGMENT ARRIVES, before any connection is looked for.
    NOT_A_SINGLE_HOST = "3.9.2.3, MUST-57 and MUST-63"

    # CLOSED.
    CLOSED_RST = "3.10.7.1"
    CLOSED_NO_ACK = "3.10.7.1"
    CLOSED_ACK = "3.10.7.1"
    BLACKHOLE = "3.10.7.1"

    # A listener with a backlog.
    ACCEPT_QUEUE_FULL = "POSIX listen()", None
    SYN_QUEUE_FULL = "3.3", 4987
    COOKIE_SENT = "3.6", 4987
    COOKIE_GOOD = "3.6", 4987

    # LISTEN.
    LISTEN_RST = "3.10.7.2, first"
    LISTEN_ACK = "3.10.7.2, second"
    LISTEN_SYN = "3.10.7.2, third"
    LISTEN_SYN_FIN_DROPPED = "3.10.7.2, third"
    LISTEN_OTHER = "3.10.7.2, fourth"
    DATA_ON_SYN_QUEUED = "3.10.7.2, third"
    DATA_ON_SYN_IGNORED = "3.10.7.2, third"

    # SYN-SENT.
    SYN_SENT_BAD_ACK = "3.10.7.3, first"
    SYN_SENT_RST = "3.10.7.3, second"
    SYN_SENT_BLIND_RST = "3.10.7.3, second"
    SYN_SENT_SYN_ACK = "3.10.7.3, fourth"
    SYN_SENT_SYN = "3.10.7.3, fourth"
    SYN_SENT_NEITHER = "3.10.7.3, fifth"

    # Other states, before all else: timestamps.
    TIMESTAMP_MISSING = "3.2", 7323
    TIMESTAMP_OLD = "5.3", 7323
    # First: the sequence number.
    NOT_ACCEPTABLE = "3.10.7.4, first"
    NOT_ACCEPTABLE_RST = "3.10.7.4, first"
    ZERO_WINDOW = "3.10.7.4, first"
    OLD_SEGMENT_TRIMMED = "3.10.7.4, first"
    REPEATED_SYN = "3.10.7.4, first"
    KNOWN_SYN_TRIMMED = "A.2"
    CHALLENGE_THROTTLED = "7", 5961
    # Second: RST.
    RST_OUTSIDE = "3.10.7.4, second"
    RST_CHALLENGED = "3.10.7.4, second"
    RST_TO_LISTEN = "3.10.7.4, second"
    RST_REFUSES = "3.10.7.4, second"
    RST_RESETS = "3.10.7.4, second"
    RST_IN_WINDOW_RESETS = "3.4, Reset Processing", 793
    RST_ENDS_CLOSING = "3.10.7.4, second"
    RST_IN_TIME_WAIT_IGNORED = "3", 1337
    RST_WITH_ACK_DROPPED = "FreeBSD syncache_chkrst()", None
    # Fourth: SYN.
    SYN_TO_LISTEN = "3.10.7.4, fourth"
    SYN_RESETS_HALF_OPEN = "Linux tcp_check_req()", None
    SYN_CHALLENGED = "3.10.7.4, fourth"
    SYN_RESETS = "3.10.7.4, fourth"
    # Fifth: ACK.
    ACK_MISSING = "3.10.7.4, fifth"
    ACK_TOO_OLD = "3.10.7.4, fifth"
    ACK_OPENS = "3.10.7.4, fifth"
    ACK_BAD = "3.10.7.4, fifth"
    ACK_NEW = "3.10.7.4, fifth"
    ACK_DUPLICATE = "3.10.7.4, fifth"
    ACK_COUNTED = "2", 5681
    ACK_IN_RECOVERY = "3.2", 5681
    ZERO_WINDOW_ANSWERED = "3.8.6.1"
    KEEP_ALIVE_ANSWERED = "3.8.4"
    ACK_UNSENT = "3.10.7.4, fifth"
    WINDOW_UPDATED = "3.10.7.4, fifth"
    FIN_ACKED = "3.10.7.4, fifth"
    FIN_ACKED_CLOSING = "3.10.7.4, fifth"
    FIN_ACKED_LAST = "3.10.7.4, fifth"
    CLOSING_IGNORES = "3.10.7.4, fifth"
    FIN_IN_TIME_WAIT = "3.10.7.4, fifth"
    # Sixth: URG.
    URGENT = "3.10.7.4, sixth"
    # Seventh: data.
    DATA_AFTER_CLOSE = "3.6.1, SHLD-3"
    TIME_WAIT_ACKED = "3.10.7.4, first"
    TIME_WAIT_IGNORED = "3.10.7.4"
    DATA_ACCEPTED = "3.10.7.4, seventh"
    DATA_HELD = "3.10.7.4, SHLD-31"
    DATA_IGNORED = "3.10.7.4, seventh"
    # Eighth: FIN.
    FIN_TO_CLOSE_WAIT = "3.10.7.4, eighth"
    FIN_TO_CLOSING = "3.10.7.4, eighth"
    FIN_TO_TIME_WAIT = "3.10.7.4, eighth"
    FIN_AGAIN = "3.10.7.4, eighth"

    TIME_WAIT_REOPENED = "3.6.1, MAY-2"

    # What goes, and what waits.
    NAGLE = "3.7.4"
    SILLY_WINDOW_OVERRIDDEN = "3.8.6.2.1"
    WINDOW_OPENED = "3.8.6.2.2"
    ACK_DELAYED = "3.8.6.3"
    ACK_DELAYED_LONG_ENOUGH = "3.8.6.3"
    ZERO_WINDOW_PROBE = "3.8.6.1"
    KEEP_ALIVE_PROBE = "3.8.4"
    KEEP_ALIVE_UNANSWERED = "3.8.4"
    FAST_RETRANSMIT = "3.2", 5681
    PARTIAL_ACK = "3.2", 6582
    RETRANSMITTED_AS_LOST = "3.1", 5681

    # Errors from below.
    ERROR_NOT_OURS = "3.9.2.2"
    SOURCE_QUENCH_IGNORED = "3.9.2.2, MUST-55"
    SOFT_ERROR = "3.9.2.2, MUST-56"
    HARD_ERROR = "3.9.2.2, SHLD-26"
    PATH_MTU = "3.7.2"

    # Timeouts and the RTO.
    FIN_WAIT_2_OVER = "Linux tcp_fin_timeout", None
    USER_TIMEOUT = "3.10.8"
    RETRANSMISSION = "3.10.8"
    TIME_WAIT_OVER = "3.10.8"
    DELIVERY_PROBLEM = "3.8.3"
    GIVE_UP = "3.8.3"
    GIVE_UP_ON_SYN_ACK = "3.8.3"
    GIVE_UP_ON_SYN_ACK_WITH_RST = "3.8.3"
    RTT_SAMPLED = "2.2-2.3", 6298
    RTT_AMBIGUOUS = "3", 6298
    RTO_AFTER_SYN_TIMEOUT = "5.7", 6298

    # Broken on purpose (`tcp.broken`), with the section that each breaks.
    BROKEN_TWO_WAY_HANDSHAKE = "3.5, broken on purpose"
    BROKEN_FIXED_ISN = "3.4.1, MUST-8, broken on purpose"
    BROKEN_ACCEPT_ANY_ACK = "3.10.7.4, fifth, broken on purpose"
    BROKEN_FIN_ENDS_BOTH = "3.6, broken on purpose"
    BROKEN_NO_RETRANSMISSION = "3.8.1, MUST-18, broken on purpose"
    BROKEN_NO_TIME_WAIT = "3.4.3, MUST-13, broken on purpose"
    BROKEN_TIME_WAIT_1_MSL = "3.4.3, MUST-13, broken on purpose"

    # UDP. RFC 768's sections have headings instead of numbers.
    UDP_BOUND = "User Interface", 768
    UDP_SENT = "Introduction", 768
    UDP_DELIVERED = "Introduction", 768
    UDP_NO_PORT = "4.1.3.1", 1122
    UDP_ERROR_PASSED = "4.1.3.3", 1122
    UDP_ERROR_UNCLAIMED = "4.1.3.3", 1122
    UDP_GROUP_DELIVERED = "7.1", 1112
    UDP_GROUP_EMPTY = "7.2", 1112


class NumberKind(Enum):
    """What a number of a rule is, and so how a reader wants it."""

    OWN_SEQ = auto()
    """A sequence number of this end's direction: relative to ISS."""
    PEER_SEQ = auto()
    """A sequence number of the peer's direction: relative to IRS."""
    DURATION = auto()
    """Microseconds."""
    OCTETS = auto()
    COUNT = auto()
    """How many, or how often."""
    VALUE = auto()
    """A number that is told as it is: a port, a timestamp."""


_KINDS: Mapping[str, NumberKind] = MappingProxyType({
    **dict.fromkeys(("ack", "snd_una", "snd_nxt", "iss", "recover"), NumberKind.OWN_SEQ),
    **dict.fromkeys(("seq", "rcv_nxt", "rcv_up", "irs"), NumberKind.PEER_SEQ),
    **dict.fromkeys(("rto", "rtt", "msl", "timeout", "delay"), NumberKind.DURATION),
    **dict.fromkeys(
        ("len", "notsent", "rcv_queue", "unacknowledged", "snd_wnd", "rcv_wnd", "max_snd_wnd", "old", "cwnd",
         "mss", "mtu"), NumberKind.OCTETS),
    **dict.fromkeys(
        ("retries", "limit", "most", "probes", "duplicates", "waiting", "count"), NumberKind.COUNT),
    **dict.fromkeys(("tsval", "ts_recent", "port"), NumberKind.VALUE),
})  # fmt: skip
_EXCEPTIONS: Mapping[tuple[Rule, str], NumberKind] = MappingProxyType({
    # SEG.SEQ of a segment that this end has sent.
    (Rule.RETRANSMITTED_AS_LOST, "seq"): NumberKind.OWN_SEQ,
    (Rule.ERROR_NOT_OURS, "seq"): NumberKind.OWN_SEQ,
})  # fmt: skip


def kind_of(rule: Rule, name: str) -> NumberKind:
    """The kind of the number that `rule` gives by that name. KeyError where no rule gives such a number."""
    return _EXCEPTIONS.get((rule, name)) or _KINDS[name]
