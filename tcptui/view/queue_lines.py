"""The queues of a listener as rows of its pane, a box for each place there is."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.view.cells import cell_len
from tcptui.view.end_rows import Row, row
from tcptui.view.subject import Host

_MOST_BOXES = 8
"""So many places of a queue are drawn; of more only the number is told."""
TAKEN, FREE = "■", "□"


def queue_rows(host: Host, width: int) -> list[Row]:
    """What stands where a connection has its sequence spaces: how many connections are half open and how many
    wait to be accepted; nothing of a block in LISTEN, which has no queues."""
    listener = host.listener
    if listener is None or listener.backlog is None:
        return []
    made: list[Row] = []
    for key, taken, places in (
        ("ui.end.syn_queue", listener.half_open, host.half_open_places),
        ("ui.end.accept_queue", len(listener.accept_queue), listener.places),
    ):
        count = say("ui.end.of", one=taken, count=max(places, taken))
        boxes = _boxes(taken, places, width - 2)
        made.append(row(say(key), "label", ("queue heading", key)))
        made.append(row(boxes or count, "plain", (key, taken, places)))
        if boxes:
            made.append(row(count, "dim", (key, "count", taken, places)))
    return made


def listener_texts(host: Host, room: int) -> list[str]:
    """Both queues of the listener that a connection came from, in at most `room` cells each."""
    listener = host.listener
    if listener is None or listener.backlog is None:
        return []
    half_open = f"SYN {_brief(listener.half_open, host.half_open_places)}"
    waiting = f"accept {_brief(len(listener.accept_queue), listener.places)}"
    both = f"{half_open} {waiting}"
    if cell_len(both) > room and not (listener.half_open and TAKEN in half_open):
        both = f"SYN {listener.half_open} {waiting}"
        if cell_len(both) > room and not listener.accept_queue:
            both = f"SYN {listener.half_open} accept 0/{listener.places}"
    return [both] if cell_len(both) <= room else [half_open, waiting]


def _brief(taken: int, places: int) -> str:
    return _boxes(taken, places, _MOST_BOXES) or f"{taken}/{max(places, taken)}"


def _boxes(taken: int, places: int, room: int) -> str:
    places = max(places, taken)
    return TAKEN * taken + FREE * (places - taken) if places <= room else ""
