"""Wrong arguments of the public interface are refused in one line, before anything changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tcptui.core import LINUX, RFC9293, Segment, Socket, Stack, calls, decode, encode, events
from tcptui.core.packet import (
    Datagram,
    Packet,
    decode_datagram,
    decode_packet,
    encode_datagram,
    encode_packet,
)
from tcptui.core.packet.segment import ACK, Option
from tcptui.core.state import State
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.unreachable import Unreachable
from tests.core.build import PEER, US, reach, responses

GOOD = Segment(PEER, US, 5001, 1001, ACK, 100)
ANY: Any = object()


def opened(call: Any) -> Callable[[Stack], object]:
    return lambda stack: stack.call(call, 10)


def arrived(segment: Any) -> Callable[[Stack], object]:
    return lambda stack: stack.arrives(segment, 10)


WRONG: list[tuple[Callable[[Stack], object], type[Exception], str]] = [
    (lambda _: Stack("linux"), TypeError, "profile: 'linux' is no Profile"),  # type: ignore[arg-type]
    (lambda _: Stack(isns=[-1]), ValueError, "isns: -1 is not 0 to 4294967295"),
    (lambda _: Stack(isns=[1 << 32]), ValueError, "isns: 4294967296 is not 0 to 4294967295"),
    (lambda _: Stack(isns=["1"]), TypeError, "isns: '1' is no whole number"),  # type: ignore[list-item]
    (lambda _: Stack(secret=b""), ValueError, "secret: 0 octets are not 1 to 64"),
    (lambda _: Stack(secret=bytes(65)), ValueError, "secret: 65 octets are not 1 to 64"),
    (lambda _: Stack(secret="s"), TypeError, "secret: 's' is no bytes"),  # type: ignore[arg-type]
    (opened(None), TypeError, "call: None is none of calls.Open, calls.Send and the others"),
    (opened(calls.Open(Socket("10.0.0.1", -1))), ValueError, "local.port: -1 is not 0 to 65535"),
    (opened(calls.Open(Socket("10.0.0.1", 65_536))), ValueError, "local.port: 65536 is not 0 to 65535"),
    (opened(calls.Open(Socket("10.0.0.1", ANY))), TypeError, "local.port: <object "),
    (
        opened(calls.Open(Socket("nowhere", 1))),
        ValueError,
        "local.host: 'nowhere' is no IPv4 or IPv6 address",
    ),
    (opened(calls.Open(Socket(ANY, 1))), TypeError, "local.host: <object "),
    (opened(calls.Open(ANY)), TypeError, "local: <object "),
    (opened(calls.Open(US, Socket("fd00::1", 80))), ValueError, "are not of one IP version"),
    (opened(calls.Open(US, settings=ANY)), TypeError, "settings: <object "),
    (opened(calls.Configure(1, Settings(), quickack=-1)), ValueError, "quickack: -1 is not 0 to 4294967295"),
    (opened(calls.Open(US, passive=True, backlog=ANY)), TypeError, "backlog: <object "),
    (opened(calls.Send(1, ANY)), TypeError, "data: <object "),
    (opened(calls.Receive(1, -1)), ValueError, "octets: -1 is not 0 or more"),
    (opened(calls.Close(ANY)), TypeError, "connection: <object "),
    (opened(calls.Configure(1, ANY)), TypeError, "settings: <object "),
    (arrived(b"octets"), TypeError, "segment: b'octets' is no Segment"),
    (arrived(None), TypeError, "segment: None is no Segment"),
    (arrived(GOOD._replace(seq=1 << 32)), ValueError, "seq: 4294967296 is not 0 to 4294967295"),
    (arrived(GOOD._replace(seq=-1)), ValueError, "seq: -1 is not 0 to 4294967295"),
    (arrived(GOOD._replace(ack=-1)), ValueError, "ack: -1 is not 0 to 4294967295"),
    (arrived(GOOD._replace(wnd=1 << 16)), ValueError, "wnd: 65536 is not 0 to 65535"),
    (arrived(GOOD._replace(up=1 << 16)), ValueError, "up: 65536 is not 0 to 65535"),
    (arrived(GOOD._replace(flags=256)), ValueError, "flags: 256 is not 0 to 255"),
    (arrived(GOOD._replace(flags=-1)), ValueError, "flags: -1 is not 0 to 255"),
    (arrived(GOOD._replace(seq=ANY)), TypeError, "seq: <object "),
    (arrived(GOOD._replace(data="text")), TypeError, "data: 'text' is no bytes"),  # type: ignore[arg-type]
    (arrived(GOOD._replace(data=bytearray(3))), TypeError, "data: bytearray"),  # type: ignore[arg-type]
    (arrived(GOOD._replace(src=Socket("192.0.2.9", 1 << 16))), ValueError, "src.port: 65536"),
    (arrived(GOOD._replace(dst=Socket("192.0.2.9", -1))), ValueError, "dst.port: -1"),
    (arrived(GOOD._replace(src=None)), TypeError, "src: None is no Socket"),  # type: ignore[arg-type]
    (arrived(GOOD._replace(src=Socket("::1", 1))), ValueError, "src: [::1]:1 and 192.0.2."),
    (arrived(GOOD._replace(options=ANY)), TypeError, "options: <object "),
    (arrived(GOOD._replace(options=(ANY,))), TypeError, "options: (<object "),
    (arrived(GOOD._replace(options=(Option(2, "ab"),))), TypeError, "options: "),  # type: ignore[arg-type]
    (arrived(GOOD._replace(options=(Option(256),))), TypeError, "options: "),
    (lambda stack: stack.error(ANY, 10), TypeError, "error: object is no IcmpError"),
    (lambda stack: stack.expire(4), ValueError, "now: 4 is before 5, when the last step was"),
    (lambda stack: stack.arrives(GOOD, 4), ValueError, "now: 4 is before 5"),
    (lambda stack: stack.call(calls.Status(1), 4), ValueError, "now: 4 is before 5"),
    (lambda stack: stack.expire(5.5), TypeError, "now: 5.5 is no whole number"),  # type: ignore[arg-type]
]

WRONG_SETTINGS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"receive_buffer": "x"}, TypeError, "settings.receive_buffer: 'x' is no whole number"),
    ({"receive_buffer": 0}, ValueError, "settings.receive_buffer: 0 is not 1 to 2147483647"),
    ({"receive_buffer": True}, TypeError, "settings.receive_buffer: True is no whole number"),
    ({"send_buffer": -1}, ValueError, "settings.send_buffer: -1 is not 1 to 2147483647"),
    ({"mss": -9}, ValueError, "settings.mss: -9 is not 1 to 65535"),
    ({"mss": 0}, ValueError, "settings.mss: 0 is not 1 to 65535"),
    ({"mss": 1 << 16}, ValueError, "settings.mss: 65536 is not 1 to 65535"),
    ({"keep_idle": 0}, ValueError, "settings.keep_idle: 0 is not 1 or more"),
    ({"keep_interval": 0.5}, TypeError, "settings.keep_interval: 0.5 is no whole number"),
    ({"keep_count": 0}, ValueError, "settings.keep_count: 0 is not 1 or more"),
    ({"user_timeout": -5}, ValueError, "settings.user_timeout: -5 is not 0 or more"),
    ({"fin_wait_2_timeout": -1}, ValueError, "settings.fin_wait_2_timeout: -1 is not 0 or more"),
    ({"open_timeout": 0}, ValueError, "settings.open_timeout: 0 is not 1 or more"),
    ({"syn_retries": -1}, ValueError, "settings.syn_retries: -1 is not 0 or more"),
    ({"no_options": "yes"}, TypeError, "settings.no_options: 'yes' is no True or False"),
    ({"notsent_lowat": -1}, ValueError, "settings.notsent_lowat: -1 is not 0 or more"),
    ({"defer_accept": -1}, ValueError, "settings.defer_accept: -1 is not 0 to 255"),
    ({"cork": 1}, TypeError, "settings.cork: 1 is no True or False"),
    ({"no_delay": 1}, TypeError, "settings.no_delay: 1 is no True or False"),
    ({"keep_alive": None}, TypeError, "settings.keep_alive: None is no True or False"),
    ({"pingpong": 0}, TypeError, "settings.pingpong: 0 is no True or False"),
    ({"reads_no_more": "no"}, TypeError, "settings.reads_no_more: 'no' is no True or False"),
]
OUR_ERROR = IcmpError(Unreachable.TOO_BIG, US, PEER, 1000, 576)
WRONG_ERRORS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"kind": "port"}, TypeError, "kind: 'port' is no Unreachable"),
    ({"local": ("192.0.2.1", 1025)}, TypeError, "local: ('192.0.2.1', 1025) is no Socket"),
    ({"remote": None}, TypeError, "remote: None is no Socket"),
    ({"seq": "1000"}, TypeError, "seq: '1000' is no whole number"),
    ({"seq": -1}, ValueError, "seq: -1 is not 0 to 4294967295"),
    ({"mtu": -1}, ValueError, "mtu: -1 is not 0 to 4294967295"),
    ({"mtu": None}, TypeError, "mtu: None is no whole number"),
]
WRONG += [
    (opened(call), error, message)
    for values, error, message in WRONG_SETTINGS
    for call in (
        calls.Open(US, Socket("192.0.2.3", 7), settings=Settings(**values)),
        calls.Open(Socket("192.0.2.1", 7), passive=True, backlog=1, settings=Settings(**values)),
        calls.Configure(1, Settings(**values)),
    )
]
WRONG += [
    (lambda stack, values=values: stack.error(OUR_ERROR._replace(**values), 10), error, message)  # type: ignore[misc]
    for values, error, message in WRONG_ERRORS
]


def test_every_setting_is_checked() -> None:
    assert {name for values, _, _ in WRONG_SETTINGS for name in values} == set(Settings._fields)
    assert {name for values, _, _ in WRONG_ERRORS for name in values} == set(IcmpError._fields)


@pytest.mark.parametrize(("act", "error", "message"), WRONG)
def test_a_wrong_argument_is_refused_and_nothing_changes(
    act: Callable[[Stack], object], error: type[Exception], message: str
) -> None:
    stack = reach(State.ESTABLISHED).stack
    stack.expire(5)
    before = stack.copy()
    with pytest.raises(error) as raised:
        act(stack)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert stack == before
    stack.expire(5)  # The time of a call that was refused does not count.


def test_a_remote_that_is_no_single_host_is_answered_whatever_its_family() -> None:
    """3.9.2.3: that is no misuse, and it has its response."""
    stack = Stack()
    for host in ("224.0.0.1", "ff02::1"):
        happened = stack.call(calls.Open(US, Socket(host, 80)), 0)
        assert responses(happened) == [("OPEN", events.Response.REMOTE_INVALID)]


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_what_is_decoded_has_octets_of_its_own(kind: type[Any]) -> None:
    segment = GOOD._replace(data=b"hello")
    datagram = Datagram(PEER, US, b"hello")
    packet = Packet(PEER.host, US.host, 17, b"hello")
    buffers = [
        bytearray(octets) for octets in (encode(segment), encode_datagram(datagram), encode_packet(packet))
    ]
    views = [kind(buffer) for buffer in buffers]
    found = (
        decode(views[0], PEER.host, US.host),
        decode_datagram(views[1], PEER.host, US.host),
        decode_packet(views[2]),
    )
    for buffer in buffers:
        buffer[:] = bytes(len(buffer))
    assert found == (segment, datagram, packet)
    assert hash(found) == hash((segment, datagram, packet))


def test_time_does_not_go_back_for_a_copy_or_after_a_reboot_either() -> None:
    stack = Stack()
    stack.expire(-7)
    for other in (stack.copy(), stack.rebooted()):
        with pytest.raises(ValueError, match="now: -8 is before -7"):
            other.expire(-8)
        other.expire(-7)


def test_presets_are_profiles() -> None:
    for profile in (RFC9293, LINUX):
        assert Stack(profile).profile is profile


@pytest.mark.parametrize("octets", [20, [0] * 20, "text"])
def test_what_is_no_buffer_is_not_decoded(octets: Any) -> None:
    """`bytes` would take a number for so many octets of zero."""
    with pytest.raises(TypeError):
        decode(octets, "192.0.2.1", "192.0.2.2", verify=False)
