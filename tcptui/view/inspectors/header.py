"""The inspector of the selected segment: its header with every bit, its octets, why it was sent and what came
of it.

What draws it is imported once there is a segment, and what only larger rooms need once there is such room:
the first frame has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row

LEAST_BOXES = 5
"""Rows below which a segment's header is told in words."""


def places(inspected: Inspected) -> Sequence[str]:
    """The fields, in the order of the header."""
    one = inspected.transmission
    if one is None:
        return ()
    from tcptui.view.inspectors.fields import header_of

    return header_of(one, inspected.raw).places


def about(inspected: Inspected) -> str:
    """Which segment it is, and from where to where."""
    one = inspected.transmission
    if one is None:
        return ""
    from tcptui.explain.labels import name_of  # Late: the first frame has no segment.

    return f"{name_of(one)}  {one.sender} → {one.receiver}"


def draw(inspected: Inspected, width: int, height: int) -> Sequence[Row]:
    """At most `height` rows of at most `width` cells."""
    one = inspected.transmission
    if one is None:
        return [[Part(f" {say('ui.header.none')}", "dim")]]
    if height < LEAST_BOXES and isinstance(one.payload, Segment) and not inspected.place:
        # Why it was sent, and what came of it, stands below the panes once it is selected.
        from tcptui.view.inspectors.brief import brief_rows

        return brief_rows(one, inspected.raw, width, height)
    from tcptui.view.inspectors.header_forms import header_rows

    return header_rows(inspected, one, width, height)
