"""What is said of one knob of `Profile`, beside its type and its default.

The knobs themselves are in `profile`; by name they are found in `knobs`.
"""

from __future__ import annotations

from tcptui.named_tuple import NamedTuple


class Knob(NamedTuple):
    """What a field of `Profile` means: in a sentence, where that is written, and what it may be."""

    text: str
    source: str
    least: int = 0
    most: int = 0
    """For numbers, the range."""
    duration: bool = False
    """The number is microseconds."""
