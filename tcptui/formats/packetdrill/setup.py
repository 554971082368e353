"""What a script is run on: the options at its head, and the stack that it was written for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from tcptui.core.message import Message
from tcptui.core.packet.segment import SYN, Socket
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.formats.packetdrill.call_arguments import Addresses
from tcptui.formats.packetdrill.commands import stack_spoken_of
from tcptui.formats.packetdrill.matching import TOLERANCE, TOLERANCE_PER_CENT, Tolerance
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.syntax import (
    OUTBOUND,
    CommandEvent,
    Script,
    ScriptOption,
    SegmentEvent,
    SegmentSpec,
)
from tcptui.named_tuple import NamedTuple

PORT = 8080
"""Of bind() and connect() where a script leaves it open."""
IP_HEADERS = 40
"""Octets of IPv4's and TCP's headers: what the MTU has beyond the MSS."""

SCRIPT_ADDRESSES = (("192.168.0.1", "192.0.2.1"), ("fd3d:fa7b:d17d::1", "2001:db8::1"))
"""Those of the host under test and of its peer where a script gives none: of IPv4, and of IPv6."""
_WITHOUT_EFFECT = re.compile(
    r"(gateway_ip|netmask_ip|remote_network|send_omit_free|verbose|debug|speed|init_scripts|hash_seed"
    r"|(persistent_)?tun_dev|wire_\w+|no_cleanup|code_\w+|so_filename|so_flags|is_anyip|mss)"
)
"""Options about how packetdrill reaches a kernel: ``--mss`` is what the TUN device says of how a segment
longer than a packet was put together (gso_size of its virtio_net_hdr)."""
_SYSTEMS = {"linux": "Linux", "freebsd": "FreeBSD"}
"""What packetdrill defines on each system for ``#ifdef``: freebsd-net's does, in set_default_config()."""
_PROFILE_LINE = re.compile(r"^//[ \t]*profile:[ \t]*(\S+)[ \t]*$", re.MULTILINE)


class Setup(NamedTuple):
    """The surroundings of one script."""

    addresses: Addresses
    tolerance: Tolerance
    mss: int | None
    """What the link allows over IPv4; None: the profile's."""
    checks_tsval: bool
    """Whether TSvals have to go with the clock; packetdrill itself asks for that only where it is told to."""
    strict: bool = False
    """Whether nothing may be sent after the last segment that is expected."""
    strict_segments: bool = False
    """Whether what is expected as one segment must be sent as one."""
    dry_run: bool = False
    """Whether the script is only read."""


class Choice(NamedTuple):
    """A preset, and what has chosen it."""

    profile: Profile
    reason: Message


def read_for_stack(
    text: str, file: str, defines: Mapping[str, str], wanted: Profile | None
) -> tuple[Script, Choice]:
    """A script, and the stack to run it on: the one that is asked for; else the one that a line
    ``// profile: NAME`` names; else the one whose sysctls it sets or whose programs it calls; else the one
    that lays out the options of a SYN as the script expects them; else Linux, which packetdrill mostly runs
    on. Raises BadScript, and NotSupported with a line.

    A script for several systems has ``#ifdef FreeBSD`` in it, so that what it says depends on the stack.
    """
    named = Choice(wanted, Message.of("check.as_asked_for")) if wanted is not None else _named(text)
    system = _SYSTEMS.get(named.profile.name, "") if named is not None else _SYSTEMS["linux"]
    script = parse_script(text, file, defines, system)
    if named is not None:
        return script, named
    choice = _chosen(script)
    of_choice = _SYSTEMS.get(choice.profile.name, "")
    if of_choice != system and "#if" in text:
        script = parse_script(text, file, defines, of_choice)
    return script, choice


def _named(text: str) -> Choice | None:
    """The stack that a script names. Raises NotSupported."""
    line = _PROFILE_LINE.search(text)
    if line is None:
        return None
    name = line[1]
    if name not in PRESETS:
        at = text.count("\n", 0, line.start()) + 1
        raise NotSupported("needs.profile", line=at, name=name[:60], allowed=tuple(PRESETS))
    return Choice(PRESETS[name], Message.of("check.as_the_script_says"))


def _chosen(script: Script) -> Choice:
    """The stack that a script seems to be for."""
    commands = [command.text for command in script.init]
    commands += [event.text for event in script.events if isinstance(event, CommandEvent)]
    name = stack_spoken_of(commands) or ""
    if name:
        return Choice(PRESETS[name], Message.of("check.by_commands"))
    syns = [
        event.segment
        for event in script.events
        if isinstance(event, SegmentEvent) and event.segment.flags & SYN
    ]
    layouts = {layout for segment in syns if (layout := _layout_of(segment))}
    if len(layouts) == 1:
        return Choice(PRESETS[layouts.pop()], Message.of("check.by_syn_options"))
    return Choice(PRESETS["linux"], Message.of("check.by_default"))


def _layout_of(syn: SegmentSpec) -> str | None:
    """Whose layout the options of a SYN have that the script expects; None where both would do, and for one
    that the script sends."""
    if syn.direction != OUTBOUND:
        return None
    names = [option.name for option in syn.options or ()]
    words = [name for name in names if name not in ("nop", "eol")]
    if "eol" in names or ("wscale" in words[:-1] and words[0] == "mss"):
        return "freebsd"
    return "linux" if "wscale" in words[2:] or "nop,nop,sackOK" in ",".join(names) else None


def read_setup(script: Script, given: Mapping[str, str], strict: bool) -> Setup:
    """What the options of a script say, and those that were `given` for all scripts, which go before them.
    Raises NotSupported."""
    options: dict[str, ScriptOption] = {option.name: option for option in script.options}
    options |= {name: ScriptOption(script.events[0].line, name, value) for name, value in given.items()}
    for name, option in options.items():
        if name not in _KNOWN and not _WITHOUT_EFFECT.fullmatch(name):
            raise NotSupported("needs.option", line=option.line, name=name)
    version = _text(options, "ip_version", "ipv4")
    if version not in ("ipv4", "ipv6", "ipv4-mapped-ipv6"):
        raise NotSupported("needs.value", line=options["ip_version"].line, name="ip_version", value=version)
    local, remote = SCRIPT_ADDRESSES[version == "ipv6"]
    local = _address(options, "local_ip", local, version)
    remote = _address(options, "remote_ip", remote, version)
    tick = _number(options, "tcp_ts_tick_usecs", 0)
    if tick not in (0, 1_000):
        raise NotSupported("needs.tick", line=options["tcp_ts_tick_usecs"].line)
    tolerance = Tolerance(
        int(_number(options, "tolerance_usecs", TOLERANCE)),
        _number(options, "tolerance_percent", TOLERANCE_PER_CENT),
    )
    addresses = Addresses(
        Socket(local, int(_number(options, "bind_port", PORT))),
        Socket(remote, int(_number(options, "connect_port", PORT))),
    )
    mtu = int(_number(options, "mtu", 0))
    if mtu and not IP_HEADERS < mtu <= 0xFFFF:
        raise NotSupported("needs.value", line=options["mtu"].line, name="mtu", value=mtu)
    mss = mtu - IP_HEADERS if mtu else None
    segments, dry_run = "strict_segments" in options, "dry_run" in options
    return Setup(addresses, tolerance, mss, tick != 0, strict, segments, dry_run)


_KNOWN = (
    "ip_version", "local_ip", "remote_ip", "bind_port", "connect_port", "mtu",
    "tolerance_usecs", "tolerance_percent", "tcp_ts_tick_usecs", "strict_segments", "dry_run",
)  # fmt: skip


def _text(options: Mapping[str, ScriptOption], name: str, default: str) -> str:
    return (options[name].value or "") if name in options else default


def _number(options: Mapping[str, ScriptOption], name: str, default: float) -> float:
    if name not in options:
        return default
    text = _text(options, name, "")
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        raise NotSupported("needs.value", line=options[name].line, name=name, value=text[:40])
    return float(text)


def _address(options: Mapping[str, ScriptOption], name: str, default: str, version: str) -> str:
    if name not in options:
        return default
    text = _text(options, name, "")
    try:
        address = ip_address(text)
    except ValueError:
        raise NotSupported("needs.value", line=options[name].line, name=name, value=text[:40]) from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv4Address) == (version == "ipv6"):
        raise NotSupported(
            "needs.value_with_version", line=options[name].line, name=name, value=text[:40], version=version
        )
    return str(address)
