"""The name and the place of every rule that can decide what a connection does, and the kinds of its numbers.

A rule is named in the step that it decided (`events.RuleApplied`); its sentence for a reader is made in
`explain`. The section is where the rule is written, in RFC 9293 unless `rfc` says otherwise; an ordinal after
it ("3.10.7.4, fifth") is the RFC's own numbering of its checks. What no RFC says has no number of one: then
the section is the name of what says it, a function of a kernel, a sysctl or a function of POSIX. Where two
stacks depart from the RFC in the same way, the rule is one, and each has its own source (`Rule.source_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tcptui.enumeration import Enum, auto


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

    def source_of(self, stack: str) -> str:
        """Where the rule is written for the hosts of `stack` (`Profile.stack`)."""
        return _SOURCES.get((self.name, stack)) or self.source

    # User calls.
    OPEN_PASSIVE = "3.10.1"
    OPEN_ACTIVE = "3.10.1"
    OPEN_TURNS_ACTIVE = "3.10.1, LISTEN"
    SEND_OPENS = "3.10.2, LISTEN"
    SEND_QUEUED = "3.10.2, SYN-SENT"
    SEND_TAKEN = "3.10.2, ESTABLISHED"
    SEND_WAITS_FOR_CWND = "2", 5681
    CLOSE_DELETES = "3.10.4, SYN-SENT"
    CLOSE_DELETES_HALF_OPEN = "FreeBSD tcp_disconnect()", None
    CLOSE_ENDS_LISTEN = "3.10.4, LISTEN"
    CLOSE_SENDS_FIN = "3.10.4"
    CLOSE_SENDS_REST = "3.10.4"
    CLOSE_QUEUED = "3.10.4"
    CLOSE_WAITS_FOR_WINDOW = "3.10.4"
    CLOSE_WAITS_FOR_CWND = "Linux tcp_cwnd_test()", None
    CLOSE_WAITS_TO_OPEN = "3.10.4, SYN-RECEIVED"
    CLOSE_OF_BOTH_WAYS = "3.6.1, MAY-1"
    ABORT_SENDS_RST = "3.10.5"
    ABORT_DELETES = "3.10.5"
    ABORT_DELETES_HALF_OPEN = "FreeBSD tcp_drop()", None
    OPEN_REFUSED = "3.10.1"
    SEND_REFUSED = "3.10.2"
    RECEIVE_REFUSED = "3.10.3"
    CLOSE_REFUSED = "3.10.4"
    ABORT_REFUSED = "3.10.5"
    STATUS_REFUSED = "3.10.6"
    CONFIGURE_REFUSED = "POSIX setsockopt()", None
    ACCEPT_REFUSED = "POSIX accept()", None
    ACCEPTED = "POSIX accept()", None
    ACCEPT_OF_RESET = "POSIX accept()", None
    UNREAD_RESETS = "3.6.1, SHLD-3"
    UNSENT_DISCARDED = "3.10.5, 3.10.8"
    UNACKNOWLEDGED_DISCARDED = "3.10.5, 3.10.8"
    LISTENER_CLOSED_RESETS = "3.10.5"

    # SEGMENT ARRIVES, before any connection is looked for.
    NOT_A_SINGLE_HOST = "3.9.2.3, MUST-57 and MUST-63"

    # CLOSED.
    CLOSED_RST = "3.10.7.1"
    CLOSED_NO_ACK = "3.10.7.1"
    CLOSED_ACK = "3.10.7.1"
    BLACKHOLE = "FreeBSD net.inet.tcp.blackhole", None

    # A listener with a backlog.
    ACCEPT_QUEUE_FULL = "POSIX listen()", None
    ACCEPT_QUEUE_FULL_FOR_ACK = "POSIX listen()", None
    ACCEPT_QUEUE_FULL_RESETS = "POSIX listen()", None
    SYN_QUEUE_FULL = "3.3", 4987
    COOKIE_SENT = "3.6", 4987
    COOKIE_GOOD = "3.6", 4987

    # LISTEN.
    LISTEN_RST = "3.10.7.2, first"
    LISTEN_ACK = "3.10.7.2, second"
    LISTEN_SYN_ACK_IGNORED = "FreeBSD tcp_input()", None
    LISTEN_SYN = "3.10.7.2, third"
    LISTEN_SYN_FIN_DROPPED = "3.10.7.2, third"
    LISTEN_OTHER = "3.10.7.2, fourth"
    DATA_ON_SYN_QUEUED = "3.10.7.2, third"
    DATA_ON_SYN_IGNORED = "3.10.7.2, third"
    DATA_ON_SYN_ACK_IGNORED = "Linux tcp_rcv_synsent_state_process()", None

    # SYN-SENT.
    SYN_SENT_BAD_ACK = "3.10.7.3, first"
    SYN_SENT_BAD_RST = "3.10.7.3, first"
    SYN_RESENT_SOON = "Linux tcp_rcv_synsent_state_process()", None
    ECHO_OF_NO_SYN = "Linux tcp_rcv_synsent_state_process()", None
    SYN_SENT_RST = "3.10.7.3, second"
    SYN_SENT_BLIND_RST = "3.10.7.3, second"
    SYN_SENT_SYN_ACK = "3.10.7.3, fourth"
    SYN_SENT_SYN = "3.10.7.3, fourth"
    SYN_SENT_NEITHER = "3.10.7.3, fifth"

    # Other states, before all else: timestamps.
    TIMESTAMP_MISSING = "3.2", 7323
    TIMESTAMP_OLD = "5.3", 7323
    ECHO_OF_NO_SYN_ACK = "Linux tcp_check_req()", None
    # First: the sequence number.
    NOT_ACCEPTABLE = "3.10.7.4, first"
    NOT_ACCEPTABLE_RST = "3.10.7.4, first"
    ZERO_WINDOW = "3.10.7.4, first"
    OLD_SEGMENT_TRIMMED = "FreeBSD tcp_do_segment()", None
    REPEATED_SYN = "3.10.7.4, first"
    KNOWN_SYN_TRIMMED = "A.2"
    ANSWERS_COUNTED = "7", 5961
    CHALLENGE_THROTTLED = "7", 5961
    # Second: RST.
    RST_OUTSIDE = "3.10.7.4, second"
    RST_CHALLENGED = "3.10.7.4, second"
    RST_TO_LISTEN = "3.10.7.4, second"
    RST_REFUSES = "3.10.7.4, second"
    RST_RESETS = "3.10.7.4, second"
    RST_IN_WINDOW_RESETS = "3.4, Reset Processing", 793
    RST_ENDS_CLOSING = "3.10.7.4, second"
    RST_ENDS_TIME_WAIT = "3.10.7.4, second"
    RST_IN_TIME_WAIT_IGNORED = "3", 1337
    HALF_OPEN_DROPS = "FreeBSD tcp_input()", None
    SYN_ACK_AGAIN = "FreeBSD tcp_output()", None
    # Fourth: SYN.
    SYN_TO_LISTEN = "3.10.7.4, fourth"
    SYN_RESETS_HALF_OPEN = "Linux tcp_check_req()", None
    SYN_CHALLENGED = "3.10.7.4, fourth"
    SYN_RESETS = "3.10.7.4, fourth"
    # Fifth: ACK.
    ACK_MISSING = "3.10.7.4, fifth"
    ACK_TOO_OLD = "3.10.7.4, fifth"
    ACK_OPENS = "3.10.7.4, fifth"
    ACK_DEFERRED = "Linux tcp_check_req()", None
    ACK_BAD = "3.10.7.4, fifth"
    ACK_NEW = "3.10.7.4, fifth"
    ACK_DUPLICATE = "3.10.7.4, fifth"
    SACK_NEW = "5", 2018
    SACK_KNOWN = "5", 2018
    SACK_TWICE = "4", 2883
    ACK_COUNTED = "2", 5681
    ACK_IN_RECOVERY = "3.2", 5681
    ZERO_WINDOW_ANSWERED = "3.8.6.1"
    KEEP_ALIVE_ANSWERED = "3.8.4"
    ACK_UNSENT = "3.10.7.4, fifth"
    ACK_UNSENT_IGNORED = "3.10.7.4, fifth"
    WINDOW_UPDATED = "3.10.7.4, fifth"
    FIN_ACKED = "3.10.7.4, fifth"
    FIN_ACKED_CLOSING = "3.10.7.4, fifth"
    FIN_ACKED_LAST = "3.10.7.4, fifth"
    UNREAD_DELETED = "3.10.7.4, fifth"
    CLOSING_IGNORES = "3.10.7.4, fifth"
    FIN_IN_TIME_WAIT = "3.10.7.4, fifth"
    # Sixth: URG.
    URGENT = "3.10.7.4, sixth"
    # Seventh: data.
    DATA_AFTER_CLOSE = "3.6.1, SHLD-3"
    TIME_WAIT_ACKED = "3.10.7.4, first"
    TIME_WAIT_IGNORED = "3.10.7.4"
    TIME_WAIT_RESTARTED = "Linux tcp_timewait_state_process()", None
    DATA_ACCEPTED = "3.10.7.4, seventh"
    OUT_OF_ORDER_DATA_ACCEPTED = "3.10.7.4, SHLD-31"
    OUT_OF_ORDER_DATA_QUEUED = "3.10.7.4, SHLD-31"
    DATA_OLD = "Linux tcp_data_queue()", None
    DATA_BEYOND_WINDOW = "Linux tcp_data_queue()", None
    DATA_IGNORED = "3.10.7.4, seventh"
    # Eighth: FIN.
    FIN_TO_CLOSE_WAIT = "3.10.7.4, eighth"
    FIN_TO_CLOSING = "3.10.7.4, eighth"
    FIN_TO_TIME_WAIT = "3.10.7.4, eighth"
    FIN_AGAIN = "3.10.7.4, eighth"
    FIN_COUNTED_TWICE = "Linux tcp_queue_rcv()", None

    TIME_WAIT_MAY_END = "3.6.1, MAY-2"
    TIME_WAIT_REOPENED = "3.6.1, MAY-2"
    OPEN_ENDS_TIME_WAIT = "Linux tcp_twsk_unique()", None
    TIME_WAIT_GOES_ON = "3.6.1, MAY-2"

    # What goes, and what waits.
    NAGLE = "3.7.4"
    NAGLE_RELEASED = "3.7.4"
    CORKED = "Linux tcp_nagle_check()", None
    CORK_OVERRIDDEN = "Linux tcp_write_wakeup()", None
    DATA_RELEASED = "3.8.6.2.1"
    CWND_RELEASED = "3.1", 5681
    FIN_RELEASED = "3.10.4"
    SILLY_WINDOW_OVERRIDDEN = "3.8.6.2.1"
    WINDOW_OPENED = "3.8.6.2.2"
    WINDOW_EDGE_STAYS = "3.8.6.2.2"
    ACK_DELAYED = "3.8.6.3"
    ACK_DELAYED_LONG_ENOUGH = "3.8.6.3"
    ACK_AFTER_READING = "Linux __tcp_cleanup_rbuf()", None
    QUICKACK_SET = "Linux __tcp_sock_set_quickack()", None
    ACK_SOON_DUE = "Linux tcp_send_delayed_ack()", None
    SYN_ACK_ACKED_LATER = "Linux tcp_rcv_synsent_state_process()", None
    ZERO_WINDOW_PROBE = "3.8.6.1"
    KEEP_ALIVE_PROBE = "3.8.4"
    KEEP_ALIVE_UNANSWERED = "3.8.4"
    FAST_RETRANSMIT = "3.2", 5681
    PARTIAL_ACK = "3.2", 6582
    RETRANSMITTED_AS_LOST = "3.1", 5681
    LOSS_PROBE = "7.3", 8985
    LOSS_PROBE_OF_NEW_DATA = "7.3", 8985
    LOSS_PROBE_WAITS = "7.3", 8985
    LOSS_PROBE_NEEDLESS = "7.4", 8985
    LOSS_PROBE_REPAIRED = "7.4", 8985
    LOSS_PROBE_SACKED = "7.4", 8985

    # Errors from below.
    ERROR_NOT_OURS = "3.9.2.2"
    ERROR_IGNORED = "FreeBSD tcp_ctlinput()", None
    SOURCE_QUENCH_IGNORED = "3.9.2.2, MUST-55"
    SOFT_ERROR = "3.9.2.2, MUST-56"
    SOFT_ERROR_ENDS_OPEN = "Linux tcp_v4_err()", None
    HARD_ERROR = "3.9.2.2, SHLD-26"
    HARD_ERROR_NOTED = "Linux tcp_v4_err()", None
    PATH_MTU = "3.7.2"

    # Timeouts and the RTO.
    FIN_WAIT_2_OVER = "Linux tcp_fin_timeout", None
    USER_TIMEOUT = "3.10.8"
    CONNECT_TIMEOUT = "FreeBSD net.inet.tcp.keepinit", None
    RETRANSMISSION = "3.10.8"
    RETRANSMISSION_IN_TIME = "3.8.3, MUST-21"
    TIME_WAIT_OVER = "3.10.8"
    DELIVERY_PROBLEM = "3.8.3"
    SYN_ACK_NOT_AGAIN = "Linux syn_ack_recalc()", None
    GIVE_UP = "3.8.3"
    GIVE_UP_ON_PROBES = "3.8.3"
    GIVE_UP_ON_ORPHAN = "Linux tcp_probe_timer()", None
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
    BROKEN_NO_TIME_WAIT = "3.6.1, MUST-13, broken on purpose"
    BROKEN_TIME_WAIT_1_MSL = "3.6.1, MUST-13, broken on purpose"

    # UDP. RFC 768's sections have headings instead of numbers.
    UDP_BOUND = "User Interface", 768
    UDP_SENT = "Introduction", 768
    UDP_DELIVERED = "Introduction", 768
    UDP_NO_PORT = "4.1.3.1", 1122
    UDP_ERROR_PASSED = "4.1.3.3", 1122
    UDP_ERROR_UNCLAIMED = "4.1.3.3", 1122
    UDP_GROUP_DELIVERED = "7.1", 1112
    UDP_GROUP_EMPTY = "7.2", 1112


_SOURCES: Mapping[tuple[str, str], str] = MappingProxyType({
    ("CLOSE_WAITS_TO_OPEN", "linux"): "Linux tcp_shutdown()",
    ("CLOSE_WAITS_TO_OPEN", "freebsd"): "FreeBSD tcp_usrclosed()",
    ("LISTENER_CLOSED_RESETS", "linux"): "Linux inet_csk_listen_stop()",
    ("LISTENER_CLOSED_RESETS", "freebsd"): "FreeBSD soclose()",
    ("ACCEPT_QUEUE_FULL", "linux"): "Linux tcp_conn_request()",
    ("ACCEPT_QUEUE_FULL_FOR_ACK", "linux"): "Linux tcp_check_req()",
    ("ACCEPT_QUEUE_FULL_RESETS", "linux"): "Linux tcp_abort_on_overflow",
    ("ACCEPT_QUEUE_FULL_FOR_ACK", "freebsd"): "FreeBSD syncache_socket()",
    ("ACCEPT_QUEUE_FULL_RESETS", "freebsd"): "FreeBSD syncache_socket()",
    ("LISTEN_SYN_FIN_DROPPED", "linux"): "Linux tcp_rcv_state_process()",
    ("LISTEN_SYN_FIN_DROPPED", "freebsd"): "FreeBSD net.inet.tcp.drop_synfin",
    ("DATA_ON_SYN_IGNORED", "linux"): "Linux tcp_conn_request()",
    ("DATA_ON_SYN_IGNORED", "freebsd"): "FreeBSD syncache_add()",
    ("REPEATED_SYN", "linux"): "Linux tcp_check_req()",
    ("REPEATED_SYN", "freebsd"): "FreeBSD syncache_add()",
    ("TIME_WAIT_ACKED", "linux"): "Linux tcp_timewait_state_process()",
    ("TIME_WAIT_ACKED", "freebsd"): "FreeBSD tcp_twcheck()",
    ("TIME_WAIT_IGNORED", "linux"): "Linux tcp_timewait_state_process()",
    ("TIME_WAIT_IGNORED", "freebsd"): "FreeBSD tcp_twcheck()",
    ("LOSS_PROBE", "linux"): "Linux tcp_send_loss_probe()",
    ("LOSS_PROBE_OF_NEW_DATA", "linux"): "Linux tcp_send_loss_probe()",
    ("LOSS_PROBE_WAITS", "linux"): "Linux tcp_send_loss_probe()",
    ("LOSS_PROBE_NEEDLESS", "linux"): "Linux tcp_process_tlp_ack()",
    ("LOSS_PROBE_REPAIRED", "linux"): "Linux tcp_process_tlp_ack()",
    ("LOSS_PROBE_SACKED", "linux"): "Linux tcp_rack_mark_lost()",
    ("WINDOW_EDGE_STAYS", "linux"): "Linux __tcp_select_window()",
    ("WINDOW_EDGE_STAYS", "freebsd"): "FreeBSD tcp_output()",
    ("HARD_ERROR_NOTED", "freebsd"): "FreeBSD tcp_notify()",
    ("HARD_ERROR", "freebsd"): "FreeBSD tcp_drop_syn_sent()",
    ("SOFT_ERROR", "freebsd"): "FreeBSD tcp_notify()",
    ("SOFT_ERROR_ENDS_OPEN", "freebsd"): "FreeBSD tcp_ctlinput()",
    ("FIN_WAIT_2_OVER", "freebsd"): "FreeBSD tcp_timer_2msl()",
})  # fmt: skip
"""Of a rule by name, what says it in a stack that departs from its first source."""


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
    **dict.fromkeys(("ack", "snd_una", "snd_nxt", "iss", "recover", "left", "right"), NumberKind.OWN_SEQ),
    **dict.fromkeys(("seq", "end", "rcv_nxt", "rcv_up", "irs"), NumberKind.PEER_SEQ),
    **dict.fromkeys(("rto", "rtt", "msl", "timeout", "delay", "interval"), NumberKind.DURATION),
    **dict.fromkeys(
        ("len", "notsent", "rcv_queue", "unacknowledged", "snd_wnd", "rcv_wnd", "max_snd_wnd", "old", "cwnd",
         "mss", "mtu"), NumberKind.OCTETS),
    **dict.fromkeys(
        ("retries", "limit", "most", "probes", "duplicates", "waiting", "count", "answers"),
        NumberKind.COUNT),
    **dict.fromkeys(("tsval", "tsecr", "ts_recent", "port"), NumberKind.VALUE),
})  # fmt: skip
_EXCEPTIONS: Mapping[tuple[Rule, str], NumberKind] = MappingProxyType({
    # SEG.SEQ of a segment that this end has sent.
    (Rule.RETRANSMITTED_AS_LOST, "seq"): NumberKind.OWN_SEQ,
    (Rule.LOSS_PROBE, "seq"): NumberKind.OWN_SEQ,
    (Rule.ERROR_NOT_OURS, "seq"): NumberKind.OWN_SEQ,
})  # fmt: skip


def kind_of(rule: Rule, name: str) -> NumberKind:
    """The kind of the number that `rule` gives by that name. KeyError where no rule gives such a number."""
    return _EXCEPTIONS.get((rule, name)) or _KINDS[name]
