"""Which knobs decide a rule: that it is applied, or by what numbers.

A stack that departs from its preset is told as ``rfc9293 but msl=5s``, and of several knobs those come first
that have to do with what was just done.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tcptui.core.rules import Rule

RULE_KNOBS: Mapping[Rule, tuple[str, ...]] = MappingProxyType(
    {
        # Broken on purpose: one knob each, without which there is no such rule.
        Rule.BROKEN_TWO_WAY_HANDSHAKE: ("two_way_handshake",),
        Rule.BROKEN_FIXED_ISN: ("fixed_isn",),
        Rule.BROKEN_ACCEPT_ANY_ACK: ("accept_any_ack",),
        Rule.BROKEN_FIN_ENDS_BOTH: ("fin_acked_with_fin_only",),
        Rule.BROKEN_NO_RETRANSMISSION: ("no_retransmission",),
        Rule.BROKEN_NO_TIME_WAIT: ("no_time_wait",),
        Rule.BROKEN_TIME_WAIT_1_MSL: ("time_wait_1_msl",),
        # Opening.
        Rule.LISTEN_ACK: ("listen_ignores_syn_ack",),
        Rule.LISTEN_SYN_FIN_DROPPED: ("drop_syn_fin",),
        Rule.DATA_ON_SYN_QUEUED: ("queue_data_on_syn",),
        Rule.DATA_ON_SYN_IGNORED: ("queue_data_on_syn", "data_on_syn_ack"),
        Rule.SYN_RESENT_SOON: ("bad_ack_resends_syn",),
        Rule.REPEATED_SYN: ("repeated_syn_draws_syn_ack",),
        Rule.KNOWN_SYN_TRIMMED: ("simultaneous_open_trims_syn",),
        Rule.SYN_TO_LISTEN: ("syn_returns_to_listen",),
        Rule.RST_REFUSES: ("refused_in_syn_received",),
        Rule.BLACKHOLE: ("blackhole",),
        # A listener's queues.
        Rule.SYN_QUEUE_FULL: ("syn_queue", "backlog_limits_syn_queue", "syn_cookies"),
        Rule.COOKIE_SENT: ("syn_cookies", "syn_queue", "backlog_limits_syn_queue"),
        Rule.COOKIE_GOOD: ("syn_cookies",),
        Rule.ACCEPT_QUEUE_FULL: (
            "backlog_slack", "somaxconn", "accept_overflow_resets", "full_queue_drops_syn",
        ),
        # Protection against forged segments.
        Rule.RST_CHALLENGED: ("rfc5961_rst",),
        Rule.RST_IN_WINDOW_RESETS: ("rfc5961_rst",),
        Rule.SYN_CHALLENGED: ("rfc5961_syn",),
        Rule.SYN_RESETS: ("rfc5961_syn",),
        Rule.ACK_TOO_OLD: ("rfc5961_ack",),
        Rule.ACK_UNSENT: ("unsent_ack_is_answered",),
        Rule.CHALLENGE_THROTTLED: ("challenge_acks", "challenge_interval"),
        Rule.TIMESTAMP_MISSING: ("missing_timestamp_drops", "timestamps"),
        Rule.TIMESTAMP_OLD: ("timestamps",),
        # What goes, and what waits.
        Rule.NAGLE: ("nagle", "nagle_minshall"),
        Rule.ACK_DELAYED: ("delayed_ack", "pingpong", "quickack"),
        Rule.ACK_DELAYED_LONG_ENOUGH: ("delayed_ack", "pingpong", "quickack"),
        Rule.ZERO_WINDOW: ("receive_buffer",),
        Rule.WINDOW_OPENED: ("receive_buffer",),
        Rule.SEND_TAKEN: ("send_buffer",),
        Rule.OLD_SEGMENT_TRIMMED: ("old_segments_acknowledge",),
        Rule.ACK_COUNTED: ("fast_retransmit", "limited_transmit"),
        Rule.LOSS_PROBE: ("tail_loss_probe", "min_rto"),
        Rule.LOSS_PROBE_OF_NEW_DATA: ("tail_loss_probe", "min_rto"),
        Rule.FAST_RETRANSMIT: ("fast_retransmit",),
        # Timers.
        Rule.RETRANSMISSION: (
            "first_rto", "min_rto", "max_rto", "rto_slop", "syn_linear_timeouts", "syn_retries",
            "syn_ack_retries", "data_retries", "orphan_retries",
        ),
        Rule.RTO_AFTER_SYN_TIMEOUT: ("rto_after_syn_timeout",),
        Rule.RTT_SAMPLED: ("min_rto", "min_rto_is_variance", "rto_slop", "clock_granularity"),
        Rule.DELIVERY_PROBLEM: ("data_r1",),
        Rule.GIVE_UP: ("data_retries", "syn_retries", "orphan_retries", "reset_on_timeout"),
        Rule.GIVE_UP_ON_SYN_ACK: ("syn_ack_retries", "rst_on_give_up"),
        Rule.GIVE_UP_ON_SYN_ACK_WITH_RST: ("rst_on_give_up", "syn_ack_retries"),
        Rule.USER_TIMEOUT: ("user_timeout", "connect_timeout"),
        Rule.ZERO_WINDOW_PROBE: ("zero_window_probe", "persist_min", "persist_max"),
        Rule.KEEP_ALIVE_PROBE: ("keep_alive_always", "keep_idle", "keep_interval"),
        Rule.KEEP_ALIVE_UNANSWERED: ("keep_count", "user_timeout_ends_keep_alive", "keep_interval"),
        # Closing.
        Rule.UNREAD_RESETS: ("unread_close_resets",),
        Rule.ABORT_SENDS_RST: ("reset_carries_ack",),
        Rule.FIN_WAIT_2_OVER: ("fin_wait_2_timeout",),
        Rule.FIN_TO_TIME_WAIT: ("msl", "time_wait_1_msl"),
        Rule.FIN_ACKED_CLOSING: ("msl", "time_wait_1_msl"),
        Rule.FIN_IN_TIME_WAIT: ("msl", "time_wait_1_msl"),
        Rule.TIME_WAIT_OVER: ("msl", "time_wait_1_msl"),
        Rule.TIME_WAIT_REOPENED: ("time_wait_reopens",),
        Rule.RST_IN_TIME_WAIT_IGNORED: ("rfc1337",),
        Rule.RST_ENDS_TIME_WAIT: ("rfc1337",),
        # Errors from below.
        Rule.SOFT_ERROR: ("soft_error_aborts_open",),
        Rule.HARD_ERROR: ("hard_error_aborts",),
    }
)  # fmt: skip
"""The knobs of `core.profile.record.Profile`, the one that decides most first. A rule that is not here holds
for every profile."""
