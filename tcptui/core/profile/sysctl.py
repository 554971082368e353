"""The names by which Linux and FreeBSD themselves set what a knob of `Profile` sets, and their units.

What a name sets here is what it sets there, as far as the core has it. Many names that people write down
have no part in that: they are known, and change nothing. Nothing here asks a machine for its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from tcptui.core.message import MessageError
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.units import MILLISECOND, SECOND
from tcptui.named_tuple import NamedTuple

SysctlStack: TypeAlias = Literal["linux", "freebsd"]
_Change: TypeAlias = Callable[[Profile, Sequence[int]], dict[str, Any]]


class UnknownSysctl(MessageError):
    """Neither Linux nor FreeBSD has a sysctl of that name; its sentence is to follow the name."""


class BadValue(MessageError):
    """A sysctl can't have that value; its sentence, to follow the name, says what is allowed."""


class _Sysctl(NamedTuple):
    """The knobs that a sysctl sets, and the numbers that it takes."""

    knobs: tuple[str, ...]
    least: int
    most: int
    change: _Change
    """From the profile so far and the numbers to the knobs' new values."""
    numbers: int = 1


def apply_sysctl(profile: Profile, name: str, value: str) -> Profile:
    """The profile of a host on which ``sysctl NAME=VALUE`` was done.

    A name without effect here leaves it as it is. Raises UnknownSysctl and BadValue.
    """
    sysctl = _find(name)
    if sysctl is None:
        return profile
    words = value.split()
    if len(words) != sysctl.numbers or not all(_is_number(word) for word in words):
        numbers: list[int] = []
    else:
        numbers = [number for number in map(int, words) if sysctl.least <= number <= sysctl.most]
    if len(numbers) != sysctl.numbers:
        if sysctl.numbers == 1:
            raise BadValue("error.value.number", least=sysctl.least, most=sysctl.most)
        raise BadValue("error.value.numbers", count=sysctl.numbers, least=sysctl.least, most=sysctl.most)
    return profile._replace(**sysctl.change(profile, numbers))


def has_effect(name: str) -> bool:
    """Whether a sysctl sets any knob; False: it is known, and nothing here depends on it. Raises
    UnknownSysctl."""
    return _find(name) is not None


def stack_of(name: str) -> SysctlStack | None:
    """Whose sysctl a name would be, known or not, by its first parts; None: no sysctl of TCP's."""
    if name.startswith(("net.ipv4.", "net.ipv6.", "net.core.")):
        return "linux"
    if name.startswith(("net.inet.", "net.inet6.", "kern.ipc.")):
        return "freebsd"
    return None


def sysctls_of(knob: str) -> list[str]:
    """The sysctls that set a knob."""
    return [name for name, sysctl in SYSCTLS.items() if knob in sysctl.knobs]


def _find(name: str) -> _Sysctl | None:
    sysctl = SYSCTLS.get(name)
    if sysctl is not None or name in _WITHOUT_EFFECT or name.startswith(_FAMILIES_WITHOUT_EFFECT):
        return sysctl
    from difflib import get_close_matches

    near = get_close_matches(name, (*SYSCTLS, *_WITHOUT_EFFECT), 3)
    if near:
        raise UnknownSysctl("error.sysctl.unknown_near", near=tuple(near))
    raise UnknownSysctl("error.sysctl.unknown")


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 19


def _number(*knobs: str, unit: int = 1) -> _Sysctl:
    """A sysctl that is its knobs' value in another unit."""
    ranges = [all_knobs()[knob].knob for knob in knobs]
    least = max(-(-one.least // unit) for one in ranges)
    most = min(one.most // unit for one in ranges)
    return _Sysctl(knobs, least, most, lambda _, numbers: dict.fromkeys(knobs, numbers[0] * unit))


def _choice(knob: str, *values: object) -> _Sysctl:
    """A sysctl whose 0, 1, 2 ... stand for these values."""
    return _Sysctl((knob,), 0, len(values) - 1, lambda _, numbers: {knob: values[numbers[0]]})


def _switch(knob: str) -> _Sysctl:
    return _choice(knob, False, True)


def _negated(knob: str) -> _Sysctl:
    return _choice(knob, True, False)


# Linux: Documentation/networking/ip-sysctl.rst.

_LARGEST_INT = (1 << 31) - 1


def _shift(profile: Profile, default: int | None) -> int | None:
    """The shift that a host offers once windows are scaled: its own, if they were already."""
    return default if profile.window_scale is None else profile.window_scale


def _window_scaling(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    return {"window_scale": _shift(profile, LINUX.window_scale) if numbers[0] else None}


def _orphan_retries(_: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    return {"orphan_retries": numbers[0] or LINUX.orphan_retries}


def _rmem(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """Half of the default is the window, the other half for the records that segments are kept in; the
    largest size says how far the window is scaled: tcp_select_initial_window()."""
    shift = max(0, min(14, numbers[2].bit_length() - 16))
    return {
        "receive_buffer": max(1, numbers[1] // 2),
        "window_scale": None if profile.window_scale is None else shift,
    }


def _wmem(_: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """The send buffer grows by itself up to the last number."""
    return {"send_buffer": min(numbers[2], 1 << 30)}


def _invalid_rate(_: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    return {"challenge_interval": numbers[0] * MILLISECOND, "challenge_acks": LINUX.challenge_acks}


_LINUX: dict[str, _Sysctl] = {
    "net.core.somaxconn": _number("somaxconn"),
    "net.ipv4.tcp_abort_on_overflow": _switch("accept_overflow_resets"),
    "net.ipv4.tcp_dsack": _switch("dsack"),
    "net.ipv4.tcp_early_retrans": _choice("tail_loss_probe", False, False, False, True, True),
    "net.ipv4.tcp_ecn": _choice("ecn", "off", "asked", "granted"),
    "net.ipv4.tcp_fin_timeout": _number("fin_wait_2_timeout", unit=SECOND),
    "net.ipv4.tcp_invalid_ratelimit": _number("challenge_interval", unit=MILLISECOND)._replace(
        knobs=("challenge_interval", "challenge_acks"), change=_invalid_rate
    ),
    "net.ipv4.tcp_keepalive_intvl": _number("keep_interval", unit=SECOND),
    "net.ipv4.tcp_keepalive_probes": _number("keep_count"),
    "net.ipv4.tcp_keepalive_time": _number("keep_idle", unit=SECOND),
    "net.ipv4.tcp_max_syn_backlog": _number("syn_queue"),
    "net.ipv4.tcp_min_snd_mss": _number("min_snd_mss"),
    "net.ipv4.tcp_min_tso_segs": _number("min_tso_segs"),
    "net.ipv4.tcp_orphan_retries": _Sysctl(("orphan_retries",), 0, 255, _orphan_retries),
    "net.ipv4.tcp_retries1": _number("data_r1"),
    "net.ipv4.tcp_retries2": _number("data_retries"),
    "net.ipv4.tcp_rfc1337": _switch("rfc1337"),
    "net.ipv4.tcp_rmem": _Sysctl(("receive_buffer", "window_scale"), 1, _LARGEST_INT, _rmem, numbers=3),
    "net.ipv4.tcp_rto_max_ms": _number("max_rto", "persist_max", unit=MILLISECOND),
    "net.ipv4.tcp_rto_min_us": _number("min_rto"),
    "net.ipv4.tcp_sack": _switch("sack"),
    "net.ipv4.tcp_slow_start_after_idle": _switch("restart_after_idle"),
    "net.ipv4.tcp_syn_linear_timeouts": _number("syn_linear_timeouts"),
    "net.ipv4.tcp_syn_retries": _number("syn_retries"),
    "net.ipv4.tcp_synack_retries": _number("syn_ack_retries"),
    "net.ipv4.tcp_syncookies": _choice("syn_cookies", "never", "overflow", "always"),
    "net.ipv4.tcp_timestamps": _choice("timestamps", False, True, True),
    "net.ipv4.tcp_window_scaling": _Sysctl(("window_scale",), 0, 1, _window_scaling),
    "net.ipv4.tcp_wmem": _Sysctl(("send_buffer",), 1, _LARGEST_INT, _wmem, numbers=3),
}


# FreeBSD: tcp(4), syncookies(4), blackhole(4).


def _rfc1323(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    scaled, stamped = ((False, False), (True, True), (True, False), (False, True))[numbers[0]]
    shift = _shift(profile, FREEBSD.window_scale) if scaled else None
    return {"window_scale": shift, "timestamps": stamped}


def _delayed_ack(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    return {"delayed_ack": (profile.delayed_ack or FREEBSD.delayed_ack) if numbers[0] else 0}


def _delacktime(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """How long, not whether: that is delayed_ack's."""
    return {"delayed_ack": numbers[0] * MILLISECOND if profile.delayed_ack else 0}


def _syncookies(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """Without effect where nothing but cookies is sent."""
    only = profile.syn_cookies == "always"
    return {"syn_cookies": "always" if only else ("never", "overflow")[numbers[0]]}


def _syncookies_only(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    before = "overflow" if profile.syn_cookies == "always" else profile.syn_cookies
    return {"syn_cookies": "always" if numbers[0] else before}


def _fast_recycle(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """Off, an orphan in FIN-WAIT-2 may be idle as long as keep-alive allows."""
    longest = min(profile.keep_count * profile.keep_interval, all_knobs()["fin_wait_2_timeout"].knob.most)
    return {"fin_wait_2_timeout": 60 * SECOND if numbers[0] else longest}


def _max_sockbuf(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """The smallest shift with which a whole buffer can be announced, if windows are scaled at all."""
    shift = next((shift for shift in range(14) if 65_535 << shift >= numbers[0]), 14)
    return {"window_scale": None if profile.window_scale is None else shift}


def _initial_window(_: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """0: as many segments as RFC 5681 allows."""
    return {"initial_window": numbers[0] or None}


def _ack_war_count(profile: Profile, numbers: Sequence[int]) -> dict[str, Any]:
    """0: there is no limit."""
    if not numbers[0]:
        return {"challenge_interval": 0}
    return {"challenge_acks": numbers[0], "challenge_interval": profile.challenge_interval or 1 * SECOND}


_TCP = "net.inet.tcp."
_LARGEST_LONG = (1 << 63) - 1
_FREEBSD: dict[str, _Sysctl] = {
    "kern.ipc.maxsockbuf": _Sysctl(("window_scale",), 1, _LARGEST_LONG, _max_sockbuf),
    "kern.ipc.soacceptqueue": _number("somaxconn"),
    "kern.ipc.somaxconn": _number("somaxconn"),
    f"{_TCP}ack_war_cnt": _Sysctl(("challenge_acks", "challenge_interval"), 0, 1 << 20, _ack_war_count),
    f"{_TCP}ack_war_timewindow": _number("challenge_interval", unit=MILLISECOND),
    f"{_TCP}always_keepalive": _switch("keep_alive_always"),
    f"{_TCP}blackhole": _number("blackhole"),
    f"{_TCP}delacktime": _number("delayed_ack", unit=MILLISECOND)._replace(change=_delacktime),
    f"{_TCP}delayed_ack": _Sysctl(("delayed_ack",), 0, 1, _delayed_ack),
    f"{_TCP}drop_synfin": _switch("drop_syn_fin"),
    f"{_TCP}ecn.enable": _choice("ecn", "off", "asked", "granted"),
    f"{_TCP}ecn.maxretries": _number("ecn_retries"),
    f"{_TCP}fast_finwait2_recycle": _Sysctl(("fin_wait_2_timeout",), 0, 1, _fast_recycle),
    f"{_TCP}finwait2_timeout": _number("fin_wait_2_timeout", unit=MILLISECOND),
    f"{_TCP}icmp_may_rst": _choice("hard_error_aborts", "never", "opening"),
    f"{_TCP}initcwnd_segments": _Sysctl(("initial_window",), 0, 65_535, _initial_window),
    f"{_TCP}insecure_ack": _negated("rfc5961_ack"),
    f"{_TCP}insecure_rst": _negated("rfc5961_rst"),
    f"{_TCP}insecure_syn": _negated("rfc5961_syn"),
    f"{_TCP}keepcnt": _number("keep_count"),
    f"{_TCP}keepidle": _number("keep_idle", unit=MILLISECOND),
    f"{_TCP}keepinit": _number("connect_timeout", unit=MILLISECOND),
    f"{_TCP}keepintvl": _number("keep_interval", unit=MILLISECOND),
    f"{_TCP}minmss": _number("min_snd_mss"),
    f"{_TCP}msl": _number("msl", unit=MILLISECOND),
    f"{_TCP}mssdflt": _number("default_mss"),
    f"{_TCP}persmax": _number("persist_max", unit=MILLISECOND),
    f"{_TCP}persmin": _number("persist_min", unit=MILLISECOND),
    f"{_TCP}recvspace": _number("receive_buffer"),
    f"{_TCP}retries": _number("data_retries", "syn_retries"),
    f"{_TCP}rexmit_drop_options": _choice("options_dropped_after", None, 3),
    f"{_TCP}rexmit_initial": _number("first_rto", unit=MILLISECOND),
    f"{_TCP}rexmit_max": _number("max_rto", unit=MILLISECOND),
    f"{_TCP}rexmit_min": _number("min_rto", unit=MILLISECOND),
    f"{_TCP}rexmit_slop": _number("rto_slop", unit=MILLISECOND),
    f"{_TCP}rfc1323": _Sysctl(("window_scale", "timestamps"), 0, 3, _rfc1323),
    f"{_TCP}rfc3042": _switch("limited_transmit"),
    f"{_TCP}sack.enable": _switch("sack"),
    f"{_TCP}sendspace": _number("send_buffer"),
    f"{_TCP}syncache.rexmtlimit": _number("syn_ack_retries"),
    f"{_TCP}syncache.rst_on_sock_fail": _switch("accept_overflow_resets"),
    f"{_TCP}syncookies": _Sysctl(("syn_cookies",), 0, 1, _syncookies),
    f"{_TCP}syncookies_only": _Sysctl(("syn_cookies",), 0, 1, _syncookies_only),
    f"{_TCP}tolerate_missing_ts": _negated("missing_timestamp_drops"),
    f"{_TCP}v6mssdflt": _number("default_mss_ipv6"),
}

SYSCTLS: Mapping[str, _Sysctl] = {**_LINUX, **_FREEBSD}

_WITHOUT_EFFECT = frozenset((
    "kern.timecounter.alloweddeviation",
    "net.core.default_qdisc", "net.core.netdev_max_backlog", "net.core.optmem_max", "net.core.rmem_default",
    "net.core.rmem_max", "net.core.wmem_default", "net.core.wmem_max",
    "net.ipv4.ip_default_ttl", "net.ipv4.ip_local_port_range", "net.ipv4.ip_no_pmtu_disc",
    "net.ipv4.tcp_adv_win_scale", "net.ipv4.tcp_allowed_congestion_control", "net.ipv4.tcp_app_win",
    "net.ipv4.tcp_autocorking", "net.ipv4.tcp_available_congestion_control", "net.ipv4.tcp_available_ulp",
    "net.ipv4.tcp_backlog_ack_defer", "net.ipv4.tcp_base_mss", "net.ipv4.tcp_challenge_ack_limit",
    "net.ipv4.tcp_child_ehash_entries", "net.ipv4.tcp_comp_sack_delay_ns", "net.ipv4.tcp_comp_sack_nr",
    "net.ipv4.tcp_comp_sack_slack_ns", "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_early_demux",
    "net.ipv4.tcp_ecn_fallback", "net.ipv4.tcp_ecn_option",
    "net.ipv4.tcp_ecn_option_beacon", "net.ipv4.tcp_ehash_entries", "net.ipv4.tcp_fack",
    "net.ipv4.tcp_fastopen", "net.ipv4.tcp_fastopen_blackhole_timeout_sec", "net.ipv4.tcp_fastopen_key",
    "net.ipv4.tcp_frto", "net.ipv4.tcp_fwmark_accept", "net.ipv4.tcp_l3mdev_accept",
    "net.ipv4.tcp_limit_output_bytes", "net.ipv4.tcp_low_latency", "net.ipv4.tcp_max_orphans",
    "net.ipv4.tcp_max_reordering", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_mem",
    "net.ipv4.tcp_migrate_req", "net.ipv4.tcp_min_rtt_wlen",
    "net.ipv4.tcp_moderate_rcvbuf", "net.ipv4.tcp_mtu_probe_floor", "net.ipv4.tcp_mtu_probing",
    "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_no_ssthresh_metrics_save", "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_pacing_ca_ratio", "net.ipv4.tcp_pacing_ss_ratio", "net.ipv4.tcp_pingpong_thresh",
    "net.ipv4.tcp_plb_enabled", "net.ipv4.tcp_probe_interval", "net.ipv4.tcp_probe_threshold",
    "net.ipv4.tcp_recovery", "net.ipv4.tcp_reflect_tos", "net.ipv4.tcp_reordering",
    "net.ipv4.tcp_retrans_collapse", "net.ipv4.tcp_shrink_window",
    "net.ipv4.tcp_stdurg", "net.ipv4.tcp_thin_dupack", "net.ipv4.tcp_thin_linear_timeouts",
    "net.ipv4.tcp_tso_rtt_log", "net.ipv4.tcp_tso_win_divisor", "net.ipv4.tcp_tw_recycle",
    "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_workaround_signed_windows",
    "net.inet.tcp.abc_l_var", "net.inet.tcp.blackhole_local", "net.inet.tcp.do_lrd", "net.inet.tcp.do_prr",
    "net.inet.tcp.do_prr_conservative", "net.inet.tcp.do_tcpdrain",
    "net.inet.tcp.functions_available", "net.inet.tcp.functions_default",
    "net.inet.tcp.functions_inherit_listen_socket_stack",
    "net.inet.tcp.isn_reseed_interval", "net.inet.tcp.log_debug", "net.inet.tcp.log_in_vain",
    "net.inet.tcp.map_limit", "net.inet.tcp.maxtcptw", "net.inet.tcp.maxunacktime",
    "net.inet.tcp.msl_local", "net.inet.tcp.newcwv", "net.inet.tcp.nolocaltimewait",
    "net.inet.tcp.path_mtu_discovery", "net.inet.tcp.per_cpu_timers",
    "net.inet.tcp.pmtud_blackhole_detection", "net.inet.tcp.pmtud_blackhole_mss",
    "net.inet.tcp.recvbuf_auto", "net.inet.tcp.recvbuf_inc", "net.inet.tcp.recvbuf_max",
    "net.inet.tcp.rfc3390", "net.inet.tcp.rfc3465", "net.inet.tcp.rfc6675_pipe",
    "net.inet.tcp.sack.globalmaxholes", "net.inet.tcp.sack.lrd", "net.inet.tcp.sack.maxholes",
    "net.inet.tcp.sack.revised", "net.inet.tcp.sack.tso", "net.inet.tcp.sendbuf_auto",
    "net.inet.tcp.sendbuf_auto_lowat", "net.inet.tcp.sendbuf_inc", "net.inet.tcp.sendbuf_max",
    "net.inet.tcp.soreceive_stream", "net.inet.tcp.split_limit", "net.inet.tcp.syncache.bucketlimit",
    "net.inet.tcp.syncache.cachelimit", "net.inet.tcp.syncache.hashsize", "net.inet.tcp.syncache.see_other",
    "net.inet.tcp.tcbhashsize", "net.inet.tcp.ts_offset_per_conn", "net.inet.tcp.tso",
    "net.inet.tcp.udp_tunneling_overhead", "net.inet.tcp.udp_tunneling_port",
))  # fmt: skip
_FAMILIES_WITHOUT_EFFECT = tuple(
    f"{_TCP}{family}."
    for family in ("bb", "bbr", "cc", "fastopen", "hostcache", "hpts", "lro", "rack", "reass")
)
