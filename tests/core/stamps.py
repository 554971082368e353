"""A connection whose ends have agreed on timestamps, and segments of the peer that carry them."""

from __future__ import annotations

from tcptui.core.packet.options import timestamps_option
from tcptui.core.packet.segment import Segment
from tcptui.core.profile.record import Profile
from tests.core.build import Site, connected

STAMPS = 10
"""The timestamp of the peer's SYN, so TS.Recent of the connection."""


def with_stamps(profile: Profile) -> Site:
    """An active open to a peer whose SYN,ACK had a timestamp; its window is 20,000 octets."""
    return connected(profile, timestamps_option(STAMPS, 0))


def stamped(segment: Segment, value: int) -> Segment:
    """The segment with this timestamp; it echoes nothing."""
    return segment._replace(options=(timestamps_option(value, 0),))
