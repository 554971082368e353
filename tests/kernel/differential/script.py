"""A script as values: how a connection begins, and what its program and its peer then do, and when."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from tcptui.core.packet.segment import ACK, FLAG_NAMES

MILLISECOND = 1_000
STEP_TEXT = 12
"""Where a step's text says what it is, behind its gap."""


class Role(Enum):
    """What the program does before the first step."""

    SERVER = "server"
    """socket(), bind(), listen()."""
    CLIENT = "client"
    """socket(), bind(), connect()."""


class Place(NamedTuple):
    """A sequence number by what it is counted from."""

    base: str
    """Of the peer's own numbers: ``irs``, ``next`` (what it sends next), ``acked`` (the last ACK received)
    or ``edge`` (of the window it was given); of the other end's: ``iss``, ``una`` (the last number the peer
    has acknowledged) or ``all`` (that after the last one received)."""
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.base}{self.offset:+d}" if self.offset else self.base


NEXT, ALL = Place("next"), Place("all")


class Times(NamedTuple):
    """The timestamps of a segment."""

    value: int = 0
    """Milliseconds beside the peer's clock."""
    echo: int = 0
    """Milliseconds beside the TSval received last."""
    no_echo: bool = False
    """TSecr is 0."""


class Put(NamedTuple):
    """The peer sends a segment."""

    gap: int
    """Microseconds since the step before."""
    flags: int
    seq: Place = NEXT
    ack: Place = ALL
    length: int = 0
    window: int = 30_000
    """The 16-bit field."""
    times: Times | None = None
    sack: tuple[tuple[Place, Place], ...] = ()
    mss: int | None = None
    scale: int | None = None
    sack_permitted: bool = False
    up: int = 0

    def __str__(self) -> str:
        names = ",".join(name for bit, name in reversed(FLAG_NAMES) if self.flags & bit) or "none"
        text = f"{self.gap / 1000:7g} ms  < {names} seq {self.seq} len {self.length}"
        if self.flags & ACK:
            text += f" ack {self.ack}"
        text += f" win {self.window}"
        for name in ("mss", "scale", "up"):
            if value := getattr(self, name):
                text += f" {name} {value}"
        if self.sack_permitted:
            text += " sackOK"
        if self.times is not None:
            echo = "0" if self.times.no_echo else f"last{self.times.echo:+d}"
            text += f" TS now{self.times.value:+d} ecr {echo}"
        return text + "".join(f" sack {start}:{end}" for start, end in self.sack)


class Do(NamedTuple):
    """The program makes a call on its connection: ``accept``, ``write`` (octets), ``read`` (octets),
    ``shutdown`` (0 read, 1 write, 2 both), ``close``, ``set`` (an option, its value)."""

    gap: int
    call: str
    argument: int = 0
    option: str = ""

    def __str__(self) -> str:
        return f"{self.gap / 1000:7g} ms  {self.call}({self.option}{' ' * bool(self.option)}{self.argument})"


Step: TypeAlias = Put | Do


class Script(NamedTuple):
    """A connection from its beginning to `tail` microseconds after the last step."""

    role: Role
    steps: tuple[Step, ...]
    tail: int
    irs: int = 0
    """The peer's initial sequence number."""
    options: tuple[tuple[str, int], ...] = ()
    """What the program sets on its socket before all else."""
    seed: int = -1

    def __str__(self) -> str:
        lines = [f"{self.role.value}, irs {self.irs}, {dict(self.options)}, seed {self.seed}"]
        lines += [f"{number:2} {step}" for number, step in enumerate(self.steps)]
        return "\n".join([*lines, f"   {self.tail / 1000:7g} ms"])
