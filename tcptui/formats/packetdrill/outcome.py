"""How a script ended: it passed, it failed, or it needs what there is not."""

from __future__ import annotations

from typing import NamedTuple

from tcptui.formats.packetdrill.syntax import printable


class Passed(NamedTuple):
    """All that the script expects has happened, and nothing else."""

    file: str
    notes: tuple[str, ...] = ()
    """What was passed over: ``file:line: ...``."""


class Failed(NamedTuple):
    """The first thing that was not as the script expects."""

    file: str
    line: int
    expected: str
    got: str
    why: str
    """The rule by which the core did so, and the numbers that decided it; "" where no rule did."""
    profile: str
    """The stack that was asked, and what has chosen it."""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f"; why: {self.why}" if self.why else ""
        text = f"{self.file}:{self.line}: expected {self.expected}; got {self.got}{why} [{self.profile}]"
        return printable(text)


class Unsupported(NamedTuple):
    """The script needs what the runner or the core does not have."""

    file: str
    line: int
    needs: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}: unsupported: {self.needs}")


Outcome = Passed | Failed | Unsupported


class NotSupported(Exception):
    """Raised where a script needs what there is not; the text says what."""

    def __init__(self, needs: str, line: int | None = None) -> None:
        super().__init__(needs)
        self.line = line
        """None: of the event that is being played."""


class Mismatch(Exception):
    """Raised where something is not as the script expects."""

    def __init__(self, line: int, expected: str, got: str, why: str = "") -> None:
        super().__init__(expected, got)
        self.line = line
        self.expected = expected
        self.got = got
        self.why = why
