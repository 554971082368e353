"""The knobs as a whole: each is described, decides something, and stands in the presets as was decided.

What a single knob does to a connection is tested elsewhere.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tcptui.core
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, SYN, Segment, Socket
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import FREEBSD, LINUX, PRESETS, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import ISS, PEER, PROMPT, US, Site, sent

CORE = Path(tcptui.core.__file__).parent
DESCRIPTION = {"record.py", "presets.py", "knobs.py", "sysctl.py"}
BROKEN = {
    "two_way_handshake", "no_time_wait", "time_wait_1_msl", "fixed_isn", "no_retransmission",
    "fin_acked_with_fin_only", "accept_any_ack",
}  # fmt: skip

DECIDED: list[tuple[str, tuple[object, object, object]]] = [
    ("listen_ignores_syn_ack", (False, False, True)),
    ("repeated_syn_draws_syn_ack", (False, True, ...)),
    ("syn_returns_to_listen", (True, False, ...)),
    ("refused_in_syn_received", (True, False, ...)),
    ("rfc5961_syn", (True, True, ...)),
    ("rfc5961_rst", (True, True, ...)),
    ("unsent_ack_is_answered", (True, True, ...)),
    ("rfc5961_ack", (True, True, ...)),
    ("rfc1337", (False, False, True)),
    ("time_wait_reopens", (True, True, ...)),
    ("acks_carry_fin", (False, False, True)),
    ("drop_syn_fin", (False, True, False)),
    ("queue_data_on_syn", (True, False, ...)),
    ("rto_after_syn_timeout", (3 * SECOND, None, ...)),
    ("first_rto", (1 * SECOND, 1 * SECOND, ...)),
    ("syn_linear_timeouts", (0, 4, ...)),
    ("rst_on_give_up", (False, False, ...)),
    ("fin_wait_2_timeout", (None, 60 * SECOND, ...)),
    ("msl", (120 * SECOND, 30 * SECOND, ...)),
    ("unread_close_resets", (True, True, ...)),
    ("accept_overflow_resets", (..., False, ...)),
    ("option_order", ("linux", "linux", "bsd")),
    ("receive_buffer", (65_535, 65_536, 65_536)),
    ("receive_buffer_whole_segments", (False, False, True)),
    ("first_window", (None, None, 65_535)),
    ("window_scale", (None, 7, 6)),
    ("delayed_ack", (..., 40 * MILLISECOND, ...)),
    ("simultaneous_open_trims_syn", (True, True, True)),
]
"""Where stacks differ, by knob: the RFC's letter, Linux, FreeBSD; an ellipsis: nothing is known to differ."""


def test_every_field_is_described_by_one_knob() -> None:
    assert [*all_knobs()] == [name for name in Profile._fields if name != "name"]
    for field in all_knobs().values():
        assert field.knob.text
        assert field.knob.source
        assert field.type in (bool, int, str)
        assert bool(field.choices) == (field.type is str)
        assert (field.knob.least < field.knob.most) == (field.type is int), field.name
        assert not field.knob.duration or field.type is int


@pytest.mark.parametrize("profile", PRESETS.values(), ids=PRESETS)
def test_a_preset_keeps_to_what_its_knobs_may_be(profile: Profile) -> None:
    assert [name for name, field in all_knobs().items() if not field.fits(getattr(profile, name))] == []


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("rfc1337", True, True),
        ("rfc1337", 1, False),
        ("rfc1337", None, False),
        ("mss", 1, True),
        ("mss", 0, False),
        ("mss", 65_495, True),
        ("mss", 65_496, False),
        ("mss", True, False),
        ("mss", "1460", False),
        ("window_scale", None, True),
        ("window_scale", 14, True),
        ("window_scale", 15, False),
        ("ecn", "asked", True),
        ("ecn", "on", False),
        ("ecn", None, False),
    ],
)
def test_what_fits_is_of_the_type_and_in_the_range(name: str, value: object, fits: bool) -> None:
    assert all_knobs()[name].fits(value) is fits


def _read_in(path: Path) -> set[str]:
    """The attributes that a module reads from something called profile."""
    reads: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            base = node.value
            name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            if name == "profile":
                reads.add(node.attr)
    return reads


def test_every_knob_is_read_by_the_core() -> None:
    modules = [path for path in CORE.rglob("*.py") if path.name not in DESCRIPTION]
    read = set().union(*map(_read_in, modules))
    assert set(all_knobs()) - read == set()


@pytest.mark.parametrize(("knob", "values"), DECIDED, ids=[knob for knob, _ in DECIDED])
def test_the_presets_are_as_decided(knob: str, values: tuple[object, object, object]) -> None:
    for profile, value in zip((RFC9293, LINUX, FREEBSD), values, strict=True):
        assert value is ... or getattr(profile, knob) == value


def test_the_rfc_delays_an_ack_less_than_half_a_second() -> None:
    assert 0 < RFC9293.delayed_ack < SECOND // 2  # MUST-40


def test_no_preset_is_broken_on_purpose() -> None:
    for profile in PRESETS.values():
        assert {name for name in BROKEN if getattr(profile, name) not in (False, None)} == set()


# The MSS that a peer is taken to have.


def _mss_of(profile: Profile, *offered: int, peer: Socket = PEER, us: Socket = US) -> int:
    """SND.MSS after a SYN with these MSS options."""
    stack = Stack(profile, (ISS,))
    stack.call(Open(us, passive=True), 0)
    stack.arrives(Segment(peer, us, 5000, 0, SYN, 100, b"", tuple(map(mss_option, offered))), 0)
    tcb = stack.tcb(1)
    assert tcb is not None
    return tcb.snd_mss


def test_a_peer_that_names_no_mss_has_the_default_one() -> None:
    """MUST-15: 536 over IPv4, 1220 over IPv6; an option of 0 says nothing."""
    v6 = {"peer": Socket("2001:db8::2", 80), "us": Socket("2001:db8::1", 1025)}
    assert (_mss_of(RFC9293), _mss_of(RFC9293, **v6)) == (536, 1220)
    assert _mss_of(RFC9293, 0) == 536
    changed = RFC9293._replace(default_mss=600, default_mss_ipv6=1300)
    assert (_mss_of(changed), _mss_of(changed, **v6)) == (600, 1300)
    assert _mss_of(changed, 1000) == 1000


@pytest.mark.parametrize(("profile", "mss"), [(RFC9293, 1), (LINUX, 48), (FREEBSD, 216)])
def test_a_peer_can_ask_for_no_smaller_segments_than_that(profile: Profile, mss: int) -> None:
    assert _mss_of(profile._replace(timestamps=False), 1) == mss
    assert _mss_of(profile._replace(timestamps=False), 500) == 500


def test_our_own_mss_is_the_most_all_the_same() -> None:
    assert _mss_of(RFC9293._replace(mss=100, min_snd_mss=200), 1460) == 100


@pytest.mark.parametrize(("mtu", "mss"), [(540, 500), (100, 216)])
def test_a_path_can_ask_for_no_smaller_segments_either(mtu: int, mss: int) -> None:
    """The headers take 40 octets of the MTU."""
    site = Site(PROMPT._replace(min_snd_mss=216))
    site.call(Open(US, PEER))
    site.receives(site.peer(SYN | ACK, 0, 1, wnd=10_000)._replace(options=(mss_option(1000),)))
    site.call(Send(1, bytes(1000)))
    again = sent(site.stack.error(IcmpError(Unreachable.TOO_BIG, US, PEER, ISS + 1, mtu), site.now))
    assert site.tcb.snd_mss == mss
    assert [len(segment.data) for segment in again][:1] == [mss]
