"""Short ways to a syntax tree, for the tests of the language."""

from __future__ import annotations

from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.syntax import CallEvent, Event, Expression, SegmentEvent, SegmentSpec


def event(text: str) -> Event:
    """The only event of a script."""
    (only,) = parse_script(text, "x.pkt").events
    return only


def segment(text: str) -> SegmentSpec:
    """The segment of a script that has nothing else; `text` begins with its direction."""
    only = event(f"0 {text}")
    assert isinstance(only, SegmentEvent)
    return only.segment


def call(text: str) -> CallEvent:
    """The call of a script that has nothing else; `text` begins with its name."""
    only = event(f"0 {text}")
    assert isinstance(only, CallEvent)
    return only


def argument(text: str) -> Expression:
    """The only argument of a call."""
    (only,) = call(f"f({text}) = 0").args
    return only
