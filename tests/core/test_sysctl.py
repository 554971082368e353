"""Sysctls of Linux and FreeBSD: what each sets, in its unit, and what is no value or no name."""

from __future__ import annotations

import pytest

from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.profile.sysctl import (
    SYSCTLS,
    BadValue,
    UnknownSysctl,
    apply_sysctl,
    has_effect,
    stack_of,
    sysctls_of,
)
from tcptui.core.units import MILLISECOND, SECOND
from tests.messages import refused

V4 = "net.ipv4.tcp_"
BSD = "net.inet.tcp."

SETS: list[tuple[str, str, dict[str, object]]] = [
    (f"{V4}syn_retries", "2", {"syn_retries": 2}),
    (f"{V4}synack_retries", "3", {"syn_ack_retries": 3}),
    (f"{V4}retries1", "5", {"data_r1": 5}),
    (f"{V4}retries2", "8", {"data_retries": 8}),
    (f"{V4}orphan_retries", "1", {"orphan_retries": 1}),
    (f"{V4}orphan_retries", "0", {"orphan_retries": 8}),
    (f"{V4}fin_timeout", "15", {"fin_wait_2_timeout": 15 * SECOND}),
    (f"{V4}keepalive_time", "60", {"keep_idle": 60 * SECOND}),
    (f"{V4}keepalive_intvl", "7", {"keep_interval": 7 * SECOND}),
    (f"{V4}keepalive_probes", "4", {"keep_count": 4}),
    (f"{V4}rfc1337", "1", {"rfc1337": True}),
    (f"{V4}syncookies", "0", {"syn_cookies": "never"}),
    (f"{V4}syncookies", "1", {"syn_cookies": "overflow"}),
    (f"{V4}syncookies", "2", {"syn_cookies": "always"}),
    (f"{V4}max_syn_backlog", "64", {"syn_queue": 64}),
    ("net.core.somaxconn", "128", {"somaxconn": 128}),
    (f"{V4}abort_on_overflow", "1", {"accept_overflow_resets": True}),
    (f"{V4}window_scaling", "0", {"window_scale": None}),
    (f"{V4}window_scaling", "1", {"window_scale": 7}),
    (f"{V4}timestamps", "0", {"timestamps": False}),
    (f"{V4}timestamps", "2", {"timestamps": True}),
    (f"{V4}sack", "0", {"sack": False}),
    (f"{V4}dsack", "0", {"dsack": False}),
    (f"{V4}ecn", "0", {"ecn": "off"}),
    (f"{V4}ecn", "1", {"ecn": "asked"}),
    (f"{V4}ecn", "2", {"ecn": "granted"}),
    (f"{V4}syn_linear_timeouts", "0", {"syn_linear_timeouts": 0}),
    (f"{V4}rto_min_us", "5000", {"min_rto": 5 * MILLISECOND}),
    (f"{V4}rto_max_ms", "30000", {"max_rto": 30 * SECOND, "persist_max": 30 * SECOND}),
    (f"{V4}min_snd_mss", "500", {"min_snd_mss": 500}),
    (f"{V4}min_tso_segs", "10", {"min_tso_segs": 10}),
    (f"{V4}invalid_ratelimit", "0", {"challenge_interval": 0, "challenge_acks": 1}),
    (f"{V4}slow_start_after_idle", "0", {"restart_after_idle": False}),
    (f"{V4}wmem", "4096\t16384\t4194304", {"send_buffer": 4_194_304}),
    (f"{BSD}msl", "2500", {"msl": 2_500 * MILLISECOND}),
    (f"{BSD}keepidle", "10000", {"keep_idle": 10 * SECOND}),
    (f"{V4}early_retrans", "0", {"tail_loss_probe": False}),
    (f"{V4}early_retrans", "3", {"tail_loss_probe": True}),
    (f"{BSD}keepintvl", "1500", {"keep_interval": 1_500 * MILLISECOND}),
    (f"{BSD}keepinit", "30000", {"connect_timeout": 30 * SECOND}),
    (f"{BSD}keepcnt", "3", {"keep_count": 3}),
    (f"{BSD}always_keepalive", "0", {"keep_alive_always": False}),
    (f"{BSD}delayed_ack", "0", {"delayed_ack": 0}),
    (f"{BSD}delacktime", "100", {"delayed_ack": 100 * MILLISECOND}),
    (f"{BSD}rexmit_min", "100", {"min_rto": 100 * MILLISECOND}),
    (f"{BSD}rexmit_max", "32000", {"max_rto": 32 * SECOND}),
    (f"{BSD}rexmit_initial", "3000", {"first_rto": 3 * SECOND}),
    (f"{BSD}rexmit_slop", "20", {"rto_slop": 20 * MILLISECOND}),
    (f"{BSD}finwait2_timeout", "6000", {"fin_wait_2_timeout": 6 * SECOND}),
    (f"{BSD}fast_finwait2_recycle", "1", {"fin_wait_2_timeout": 60 * SECOND}),
    (f"{BSD}persmin", "1000", {"persist_min": 1 * SECOND}),
    (f"{BSD}persmax", "30000", {"persist_max": 30 * SECOND}),
    (f"{BSD}recvspace", "32768", {"receive_buffer": 32_768}),
    (f"{BSD}sendspace", "8192", {"send_buffer": 8_192}),
    (f"{BSD}rfc1323", "0", {"window_scale": None, "timestamps": False}),
    (f"{BSD}rfc1323", "1", {"window_scale": 6, "timestamps": True}),
    (f"{BSD}rfc1323", "2", {"window_scale": 6, "timestamps": False}),
    (f"{BSD}rfc1323", "3", {"window_scale": None, "timestamps": True}),
    (f"{BSD}sack.enable", "0", {"sack": False}),
    (f"{BSD}ecn.enable", "0", {"ecn": "off"}),
    (f"{BSD}ecn.enable", "1", {"ecn": "asked"}),
    (f"{BSD}ecn.enable", "2", {"ecn": "granted"}),
    (f"{BSD}ecn.maxretries", "3", {"ecn_retries": 3}),
    (f"{BSD}icmp_may_rst", "0", {"hard_error_aborts": "never"}),
    (f"{BSD}icmp_may_rst", "1", {"hard_error_aborts": "opening"}),
    (f"{BSD}drop_synfin", "1", {"drop_syn_fin": True}),
    (f"{BSD}blackhole", "2", {"blackhole": 2}),
    (f"{BSD}insecure_rst", "1", {"rfc5961_rst": False}),
    (f"{BSD}insecure_syn", "1", {"rfc5961_syn": False}),
    (f"{BSD}insecure_ack", "1", {"rfc5961_ack": False}),
    (f"{BSD}rexmit_drop_options", "1", {"options_dropped_after": 3}),
    (f"{BSD}mssdflt", "1000", {"default_mss": 1_000}),
    (f"{BSD}v6mssdflt", "1024", {"default_mss_ipv6": 1_024}),
    (f"{BSD}minmss", "300", {"min_snd_mss": 300}),
    (f"{BSD}syncookies", "0", {"syn_cookies": "never"}),
    (f"{BSD}syncookies_only", "1", {"syn_cookies": "always"}),
    (f"{BSD}syncache.rexmtlimit", "1", {"syn_ack_retries": 1}),
    (f"{BSD}syncache.rst_on_sock_fail", "0", {"accept_overflow_resets": False}),
    (f"{BSD}tolerate_missing_ts", "1", {"missing_timestamp_drops": False}),
    (f"{BSD}initcwnd_segments", "3", {"initial_window": 3}),
    (f"{BSD}initcwnd_segments", "0", {"initial_window": None}),
    (f"{BSD}rfc3042", "0", {"limited_transmit": False}),
    (f"{BSD}retries", "5", {"data_retries": 5, "syn_retries": 5}),
    (f"{BSD}ack_war_timewindow", "200", {"challenge_interval": 200 * MILLISECOND}),
    (f"{BSD}ack_war_cnt", "9", {"challenge_acks": 9}),
    (f"{BSD}ack_war_cnt", "0", {"challenge_interval": 0}),
    ("kern.ipc.soacceptqueue", "16", {"somaxconn": 16}),
    ("kern.ipc.somaxconn", "16", {"somaxconn": 16}),
    ("kern.ipc.maxsockbuf", "65535", {"window_scale": 0}),
    ("kern.ipc.maxsockbuf", "65536", {"window_scale": 1}),
    ("kern.ipc.maxsockbuf", "3000000000", {"window_scale": 14}),
]

DEFAULTS = {
    # Documentation/networking/ip-sysctl.rst; 2 MSL is fixed there.
    "linux": {
        f"{V4}syn_retries": 6, f"{V4}syn_linear_timeouts": 4, f"{V4}synack_retries": 5, f"{V4}retries1": 3,
        f"{V4}retries2": 15, f"{V4}orphan_retries": 0, f"{V4}fin_timeout": 60, f"{V4}keepalive_time": 7200,
        f"{V4}keepalive_intvl": 75, f"{V4}keepalive_probes": 9, f"{V4}rfc1337": 0, f"{V4}syncookies": 1,
        f"{V4}abort_on_overflow": 0, "net.core.somaxconn": 4096, f"{V4}ecn": 2, f"{V4}window_scaling": 1,
        f"{V4}timestamps": 1, f"{V4}sack": 1, f"{V4}dsack": 1, f"{V4}early_retrans": 3,
        f"{V4}rto_min_us": 200_000,
        f"{V4}rto_max_ms": 120_000, f"{V4}min_snd_mss": 48, f"{V4}invalid_ratelimit": 500,
        f"{V4}slow_start_after_idle": 1,
    },
    # tcp(4), with its times in milliseconds.
    "freebsd": {
        f"{BSD}msl": 30_000, f"{BSD}keepidle": 7_200_000, f"{BSD}keepintvl": 75_000, f"{BSD}keepinit": 75_000,
        f"{BSD}keepcnt": 8, f"{BSD}always_keepalive": 1, f"{BSD}delayed_ack": 1, f"{BSD}delacktime": 40,
        f"{BSD}rexmit_min": 30, f"{BSD}rexmit_max": 64_000, f"{BSD}rexmit_initial": 1_000,
        f"{BSD}rexmit_slop": 200, f"{BSD}fast_finwait2_recycle": 0, f"{BSD}persmin": 5_000,
        f"{BSD}persmax": 60_000, f"{BSD}recvspace": 65_536, f"{BSD}rfc1323": 1, f"{BSD}sack.enable": 1,
        f"{BSD}ecn.enable": 2, f"{BSD}drop_synfin": 0, f"{BSD}blackhole": 0, f"{BSD}insecure_rst": 0,
        f"{BSD}insecure_syn": 0, f"{BSD}insecure_ack": 0, f"{BSD}rexmit_drop_options": 0,
        f"{BSD}mssdflt": 536, f"{BSD}v6mssdflt": 1_220, f"{BSD}minmss": 216, f"{BSD}syncookies": 1,
        f"{BSD}syncookies_only": 0, f"{BSD}syncache.rexmtlimit": 3, f"{BSD}syncache.rst_on_sock_fail": 1,
        f"{BSD}tolerate_missing_ts": 0, f"{BSD}initcwnd_segments": 10, f"{BSD}rfc3042": 1,
        f"{BSD}retries": 12, f"{BSD}ack_war_timewindow": 1_000, f"{BSD}ack_war_cnt": 5,
        f"{BSD}ecn.maxretries": 1, f"{BSD}icmp_may_rst": 1, f"{BSD}sendspace": 32_768,
        "kern.ipc.soacceptqueue": 128, "kern.ipc.maxsockbuf": 2_097_152,
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "knobs"), SETS, ids=[f"{one[0]}={one[1]}" for one in SETS])
def test_a_sysctl_sets_its_knobs_and_no_other(name: str, value: str, knobs: dict[str, object]) -> None:
    own = LINUX if stack_of(name) == "linux" else FREEBSD
    for profile in (own, RFC9293._replace(window_scale=None if name.endswith("sockbuf") else 9)):
        expected = dict(knobs)
        if profile is not own and expected.get("window_scale") is not None:
            expected["window_scale"] = None if name.endswith("sockbuf") else 9  # Its own shift is kept.
        assert apply_sysctl(profile, name, value) == profile._replace(**expected)  # type: ignore[arg-type]


def test_every_sysctl_of_the_table_is_tested() -> None:
    assert set(SYSCTLS) - {name for name, _, _ in SETS} == {f"{V4}rmem"}


@pytest.mark.parametrize(
    ("stack", "name", "value"),
    [(stack, name, value) for stack, values in DEFAULTS.items() for name, value in values.items()],
)
def test_a_stacks_own_default_changes_nothing_in_its_preset(stack: str, name: str, value: int) -> None:
    assert stack_of(name) == stack
    assert apply_sysctl(PRESETS[stack], name, str(value)) == PRESETS[stack]


def test_the_receive_memory_of_linux_gives_window_and_shift() -> None:
    """Half of 131072; 6291456 is above 2^22, and 22 - 15 is 7. Without scaling there is no shift to set."""
    changed = apply_sysctl(LINUX._replace(window_scale=3), f"{V4}rmem", "4096 131072 6291456")
    assert (changed.receive_buffer, changed.window_scale) == (65_536, 7)
    assert apply_sysctl(LINUX, f"{V4}rmem", "1 1 1") == LINUX._replace(receive_buffer=1, window_scale=0)
    assert apply_sysctl(RFC9293, f"{V4}rmem", "1 2 3").window_scale is None


def test_sysctls_that_go_together_do() -> None:
    def after(profile: Profile, *settings: str) -> Profile:
        for setting in settings:
            name, _, value = setting.partition("=")
            profile = apply_sysctl(profile, BSD + name, value)
        return profile

    assert after(FREEBSD, "delayed_ack=0", "delacktime=100").delayed_ack == 0
    assert after(FREEBSD, "delayed_ack=0", "delayed_ack=1").delayed_ack == 40 * MILLISECOND
    assert after(FREEBSD, "syncookies_only=1", "syncookies=0").syn_cookies == "always"
    assert after(FREEBSD, "syncookies_only=1", "syncookies_only=0").syn_cookies == "overflow"
    assert after(FREEBSD, "syncookies=0", "syncookies_only=0").syn_cookies == "never"
    recycled = after(FREEBSD, "keepcnt=2", "keepintvl=5000", "fast_finwait2_recycle=0")
    assert recycled.fin_wait_2_timeout == 10 * SECOND


@pytest.mark.parametrize("name", SYSCTLS)
def test_the_least_and_the_greatest_value_make_a_profile_that_fits(name: str) -> None:
    sysctl = SYSCTLS[name]
    for profile in PRESETS.values():
        for number in (sysctl.least, sysctl.most):
            changed = apply_sysctl(profile, name, " ".join([str(number)] * sysctl.numbers))
            for knob, field in all_knobs().items():
                assert field.fits(getattr(changed, knob))
                assert knob in sysctl.knobs or getattr(changed, knob) == getattr(profile, knob)
    for number in (sysctl.least - 1, sysctl.most + 1):
        with refused(BadValue, match=f"from {sysctl.least} to {sysctl.most}$"):
            apply_sysctl(RFC9293, name, " ".join([str(number)] * sysctl.numbers))


@pytest.mark.parametrize("value", ["", "x", "1.5", "-1", "1 1", "²", "0x1", "9" * 5_000, "true"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with refused(BadValue, match=r"^must be a whole number from 0 to 1$"):
        apply_sysctl(FREEBSD, f"{BSD}drop_synfin", value)


@pytest.mark.parametrize("value", ["", "4096", "1 2", "1 2 x", "0 1 2", "1 2 3 4"])
def test_three_numbers_are_three(value: str) -> None:
    with refused(BadValue, match=r"^must be 3 whole numbers from 1 to 2147483647$"):
        apply_sysctl(LINUX, f"{V4}rmem", value)


@pytest.mark.parametrize(
    "name",
    [
        f"{V4}congestion_control", f"{V4}no_metrics_save", f"{V4}tw_reuse", "net.core.rmem_max",
        f"{BSD}maxtcptw", f"{BSD}nolocaltimewait", f"{BSD}functions_default", f"{BSD}cc.algorithm",
        f"{BSD}hostcache.enable", f"{BSD}path_mtu_discovery",
    ],
)  # fmt: skip
def test_a_sysctl_without_effect_is_known_and_changes_nothing(name: str) -> None:
    assert not has_effect(name)
    assert apply_sysctl(LINUX, name, "whatever") == LINUX


def test_an_unknown_name_is_refused_and_near_ones_are_told() -> None:
    assert has_effect(f"{BSD}drop_synfin")
    with refused(UnknownSysctl, match=r"is no sysctl that is known; near: net\.inet\.tcp\.drop_synfin"):
        apply_sysctl(FREEBSD, f"{BSD}drop_sinfin", "1")
    with refused(UnknownSysctl, match=r"is no sysctl that is known$"):
        has_effect("vm.swappiness")


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        (f"{V4}sack", "linux"),
        (f"{V4}no_such_name", "linux"),
        ("net.core.somaxconn", "linux"),
        (f"{BSD}sack.enable", "freebsd"),
        (f"{BSD}cc.algorithm", "freebsd"),
        ("kern.ipc.soacceptqueue", "freebsd"),
        ("vm.swappiness", None),
        ("msl", None),
    ],
)
def test_whose_name_it_is_can_be_asked(name: str, stack: str | None) -> None:
    assert stack_of(name) == stack


def test_a_knob_knows_its_sysctls() -> None:
    assert sysctls_of("rfc1337") == [f"{V4}rfc1337"]
    assert sysctls_of("sack") == [f"{V4}sack", f"{BSD}sack.enable"]
    assert sysctls_of("two_way_handshake") == []
    for name, sysctl in SYSCTLS.items():
        assert stack_of(name) is not None
        assert set(sysctl.knobs) <= set(all_knobs())
