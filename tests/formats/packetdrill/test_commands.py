"""Shell commands: which sysctls they would set. None is run."""

from __future__ import annotations

import pytest

from tcptui.core.profile.presets import LINUX
from tcptui.explain.catalogue import text
from tcptui.formats.packetdrill.commands import apply, read_command, stack_spoken_of
from tcptui.formats.packetdrill.outcome import NotSupported
from tests.messages import refused


@pytest.mark.parametrize(
    ("text", "sysctls"),
    [
        ("sysctl -q net.ipv4.tcp_sack=0", [("net.ipv4.tcp_sack", "0")]),
        ("sysctl -w net.ipv4.tcp_sack=0 net.ipv4.tcp_dsack=1",
         [("net.ipv4.tcp_sack", "0"), ("net.ipv4.tcp_dsack", "1")]),
        ("sudo /sbin/sysctl net.inet.tcp.sack.enable=0", [("net.inet.tcp.sack.enable", "0")]),
        ("sysctl a=1; sysctl b=2 && sysctl c=3\nsysctl d=4",
         [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]),
        ("sysctl -q net.ipv4.tcp_rmem=\"4096 8192 16384\"", [("net.ipv4.tcp_rmem", "4096 8192 16384")]),
        ("sysctl -q \\\n a=1", [("a", "1")]),
        ("sysctl a=\"4096 $((7 / 2)) $((15*(1024 + 1)))\"", [("a", "4096 3 15375")]),
        ("sysctl a=$((2**3))", [("a", "$((2**3))")]),
        ("echo 0 > /proc/sys/net/ipv4/tcp_sack", [("net.ipv4.tcp_sack", "0")]),
        ("echo \"4096 8192 16384\" >/proc/sys/net/ipv4/tcp_rmem", [("net.ipv4.tcp_rmem", "4096 8192 16384")]),
    ],
)  # fmt: skip
def test_what_sets_something(text: str, sysctls: list[tuple[str, str]]) -> None:
    settings = read_command(text)
    assert list(settings.sysctls) == sysctls
    assert settings.ignored == ()


@pytest.mark.parametrize(
    "text",
    ["./prepare.sh", "ip route add 1.2.3.4", "echo 1 > /tmp/x", "echo hello", "sysctl net.ipv4.tcp_sack",
     "echo 'unclosed"],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert read_command(text) == ((), (text,))


def test_the_helpers_of_scripts_for_linux() -> None:
    """packetdrill's defaults.sh asks for buffers whose window is scaled by 8 and turns ECN off; its
    set_sysctls.py takes paths of /proc."""
    linux = LINUX._replace(ecn="asked")
    profile, ignored = apply(
        linux, read_command("../../common/defaults.sh\n./set_sysctls.py \\\n /proc/sys/net/ipv4/tcp_sack=0")
    )
    assert ignored == ()
    assert (profile.window_scale, profile.ecn, profile.sack) == (8, "off", False)
    assert profile.syn_retries == 5
    own = read_command("set_sysctls.py '/proc/sys/net/ipv4/tcp_rmem=4096 8192 65536' --quiet")
    assert own.sysctls == (("net.ipv4.tcp_rmem", "4096 8192 65536"),)


def test_comments_are_nothing() -> None:
    assert read_command(" # a=1\n\n") == ((), ())


@pytest.mark.parametrize(
    ("commands", "stack"),
    [
        ([], None),
        (["ls", "sysctl x.y=1"], None),
        (["sysctl net.ipv4.tcp_sack=0", "sysctl net.core.somaxconn=9"], "linux"),
        (["sysctl net.inet.tcp.sack.enable=0"], "freebsd"),
        (["kldload -n tcp_rack"], "freebsd"),
        (["../common/defaults.sh"], "linux"),
        (["sysctl net.inet.tcp.sack.enable=0 net.ipv4.tcp_sack=0"], None),
    ],
)
def test_whose_sysctls_they_are(commands: list[str], stack: str | None) -> None:
    assert stack_spoken_of(commands) == stack


def test_a_setting_is_applied_and_an_unknown_one_told() -> None:
    profile, ignored = apply(LINUX, read_command("sysctl net.ipv4.tcp_sack=0 net.ipv4.tcp_none=1; ls"))
    assert profile == LINUX._replace(sack=False)
    assert text(ignored[0]) == "ignored: ls"
    assert text(ignored[1]).startswith("ignored: net.ipv4.tcp_none: ")


def test_a_value_that_can_not_be() -> None:
    with refused(NotSupported, match=r"net\.ipv4\.tcp_sack: "):
        apply(LINUX, read_command("sysctl net.ipv4.tcp_sack=many"))
