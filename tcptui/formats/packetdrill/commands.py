"""What a script's shell commands would set: sysctls. Nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from tcptui.core.message import Message, MessageError
from tcptui.core.profile.record import Profile
from tcptui.core.profile.sysctl import BadValue, UnknownSysctl, apply_sysctl, stack_of
from tcptui.formats.packetdrill.assertions import calculate
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.lab.knob_values import BadKnob, set_knob_from_text
from tcptui.named_tuple import NamedTuple

_SEPARATORS = re.compile(r"\n|;|&&|\|\|")
_ARITHMETIC = re.compile(r"\$\(\(([\d\s+*/()-]{1,100})\)\)", re.ASCII)
"""``$((15*1024*1024))``, which a shell replaces by a number."""
_PROC = "/proc/sys/"
_DEFAULTS = (
    ("net.ipv4.tcp_rmem", "4096 540000 15728640"),
    ("net.ipv4.tcp_wmem", "4096 262144 4194304"),
    ("net.ipv4.tcp_timestamps", "1"),
    ("net.ipv4.tcp_syn_retries", "5"),
    ("net.ipv4.tcp_synack_retries", "5"),
    ("net.ipv4.tcp_sack", "1"),
    ("net.ipv4.tcp_dsack", "1"),
    ("net.ipv4.tcp_ecn", "0"),
)
"""What the ``defaults.sh`` does with which most scripts for Linux begin, packetdrill's own and the kernel's:
of its settings, those that have an effect here. The file itself is never looked for."""
_FREEBSD_PROGRAMS = ("kldload", "kldstat", "kldunload")
KNOB_PREFIX = "tcptui."
"""With it, a knob of `Profile` is set like a sysctl: ``sysctl -q tcptui.nagle=false``."""


class Settings(NamedTuple):
    """What a command does to the stack, and what of it is passed over."""

    sysctls: tuple[tuple[str, str], ...]
    """Names and values."""
    ignored: tuple[str, ...]
    """Each as the script has it."""


def read_command(text: str) -> Settings:
    """``sysctl -w NAME=VALUE``, ``echo VALUE > /proc/sys/...``, and whatever else there is."""
    sysctls: list[tuple[str, str]] = []
    ignored: list[str] = []
    text = _ARITHMETIC.sub(_calculated, text.replace("\\\n", " "))
    for command in _SEPARATORS.split(text):
        command = command.strip()
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            words = [command]
        if not words:
            continue
        settings = _sysctls(words) or _echo(words) or _helper(words)
        sysctls += settings
        if not settings:
            ignored.append(command)
    return Settings(tuple(sysctls), tuple(ignored))


def _calculated(arithmetic: re.Match[str]) -> str:
    """A shell divides whole numbers."""
    number = calculate(arithmetic[1].replace("/", "//"))
    return arithmetic[0] if number is None else str(number)


def stack_spoken_of(commands: Iterable[str]) -> str | None:
    """Whose sysctls the commands set, or whose programs they are, if they are one stack's."""
    stacks: set[str | None] = set()
    for command in commands:
        settings = read_command(command)
        stacks |= {stack_of(name) for name, _ in settings.sysctls}
        stacks |= {"freebsd" for one in settings.ignored if one.partition(" ")[0] in _FREEBSD_PROGRAMS}
    stacks.discard(None)
    return stacks.pop() if len(stacks) == 1 else None


def apply(profile: Profile, settings: Settings) -> tuple[Profile, tuple[Message, ...]]:
    """The profile afterwards, and what has been passed over. Raises NotSupported."""
    ignored = [Message.of("check.ignored", what=command) for command in settings.ignored]
    for name, value in settings.sysctls:
        try:
            profile = _set(profile, name, value)
        except UnknownSysctl as error:
            ignored.append(Message.of("check.ignored", what=_at(name, error)))
        except (BadKnob, BadValue) as error:
            raise NotSupported(_at(name, error)) from None
    return profile, tuple(ignored)


def _at(name: str, error: MessageError) -> Message:
    return Message.of("error.at", where=name, why=error.message)


def _set(profile: Profile, name: str, value: str) -> Profile:
    """One sysctl, or one knob by its own name."""
    if name.startswith(KNOB_PREFIX):
        return set_knob_from_text(profile, name.removeprefix(KNOB_PREFIX), value)
    return apply_sysctl(profile, name, value)


def _sysctls(words: list[str]) -> list[tuple[str, str]]:
    if words[0] == "sudo":
        words = words[1:]
    if not words or words[0].rpartition("/")[2] != "sysctl":
        return []
    settings = []
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals and not word.startswith("-"):
            settings.append((name.strip(), value.strip()))
    return settings


def _helper(words: list[str]) -> list[tuple[str, str]]:
    """``../common/defaults.sh``, ``set_sysctls.py /proc/sys/NAME=VALUE ...``"""
    program = words[0].rpartition("/")[2]
    if program == "defaults.sh":
        return list(_DEFAULTS)
    if program != "set_sysctls.py":
        return []
    settings = [word.partition("=") for word in words[1:] if word.startswith(_PROC)]
    return [(_by_dots(path), value.strip()) for path, _, value in settings]


def _by_dots(path: str) -> str:
    """``/proc/sys/net/ipv4/tcp_rmem`` as sysctl(8) calls it."""
    return path.removeprefix(_PROC).replace("/", ".")


def _echo(words: list[str]) -> list[tuple[str, str]]:
    """``echo 4096 8192 > /proc/sys/net/ipv4/tcp_rmem``"""
    text = " ".join(words[1:])
    value, arrow, path = text.partition(">")
    path = path.strip().strip(">").strip()
    if words[0] != "echo" or not arrow or not path.startswith(_PROC):
        return []
    return [(_by_dots(path), value.strip())]
