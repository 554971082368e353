"""How a script ended: it passed, it failed, or it needs what there is not."""

from __future__ import annotations

from tcptui.core.message import Message, MessageError, Value
from tcptui.explain.catalogue import text
from tcptui.named_tuple import NamedTuple

NO_DIFFERENCE = Message.of("difference.other")


class Passed(NamedTuple):
    """All that the script expects has happened, and nothing else."""

    file: str
    notes: tuple[Message, ...] = ()
    """What was passed over: ``file:line: ...``."""


class Failed(NamedTuple):
    """The first thing that was not as the script expects."""

    file: str
    line: int
    expected: str | Message
    """As the script writes it, or a message; `got` likewise."""
    got: str | Message
    why: str
    """The rule by which the core did so, and the numbers that decided it; "" where no rule did."""
    profile: Message
    """The stack that was asked, and what has chosen it."""
    notes: tuple[Message, ...] = ()
    difference: Message = NO_DIFFERENCE
    """In what both differ, without their numbers: alike for failures of one kind."""

    @property
    def rule(self) -> str:
        """The name of the rule that decided; "" for none."""
        return self.why.partition(",")[0]

    def __str__(self) -> str:
        numbers: dict[str, Value] = {"expected": self.expected, "got": self.got, "profile": self.profile}
        if self.why:
            return _line(self.file, self.line, Message.of("check.failed_by", why=self.why, **numbers))
        return _line(self.file, self.line, Message.of("check.failed", **numbers))


class Unsupported(NamedTuple):
    """The script needs what the runner or the core does not have."""

    file: str
    line: int
    needs: Message
    notes: tuple[Message, ...] = ()

    def __str__(self) -> str:
        return _line(self.file, self.line, Message.of("check.unsupported", needs=self.needs))


class Unusable(NamedTuple):
    """A file that is no script, or can't be read: there is nothing to run."""

    file: str
    why: Message
    """It names the file."""
    notes: tuple[Message, ...] = ()

    def __str__(self) -> str:
        return text(self.why)


Outcome = Passed | Failed | Unsupported
"""How a script ended that was run."""


def verdict(outcome: Outcome) -> Message:
    """How a script ended, in a sentence."""
    match outcome:
        case Passed():
            return Message.of("verdict.passes")
        case Failed(file, line, expected, got):
            return at_line(file, line, Message.of("verdict.fails", expected=expected, got=got))
        case Unsupported(file, line, needs):
            return at_line(file, line, Message.of("check.unsupported", needs=needs))


def at_line(file: str, line: int, what: Message) -> Message:
    """What is said of a line of a script."""
    return Message.of("error.at_line", file=file, line=line, what=what)


def _line(file: str, line: int, what: Message) -> str:
    return text(at_line(file, line, what))


class NotSupported(MessageError):
    """Raised where a script needs what there is not; the message says what."""

    def __init__(self, key: str | Message, /, line: int | None = None, **numbers: Value) -> None:
        super().__init__(key, **numbers)
        self.line = line
        """None: of the event that is being played."""


class Mismatch(Exception):
    """Raised where something is not as the script expects."""

    def __init__(
        self,
        line: int,
        expected: str | Message,
        got: str | Message,
        why: str = "",
        difference: Message = NO_DIFFERENCE,
    ) -> None:
        super().__init__(expected, got)
        self.line = line
        self.expected = expected
        self.got = got
        self.why = why
        self.difference = difference
