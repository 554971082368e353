"""TCP's options as an inspector tells them: what each says, the boxes that it takes in the figure, and what
it is for."""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.core.packet.segment import (
    OPTION_END,
    OPTION_MSS,
    OPTION_NOP,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
)
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text

_FOR = {
    OPTION_END: "ui.header.for.end",
    OPTION_NOP: "ui.header.for.nop",
    OPTION_MSS: "ui.header.for.mss",
    OPTION_WINDOW_SCALE: "ui.header.for.window_scale",
    OPTION_SACK_PERMITTED: "ui.header.for.sack_permitted",
    OPTION_SACK: "ui.header.for.sack",
    OPTION_TIMESTAMPS: "ui.header.for.timestamps",
}


def option_runs(area: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The options of the header: kind, octets in all, and value; padding between or behind them in one run.
    What can be no option is one of its kind up to the end."""
    at = 0
    while at < len(area):
        kind = area[at]
        if kind == OPTION_NOP:
            stop = next((place for place in range(at, len(area)) if area[place] != kind), len(area))
            yield kind, stop - at, b""
        elif kind == OPTION_END:
            stop = len(area)
            yield kind, stop - at, b""
        else:
            length = area[at + 1] if at + 1 < len(area) else 0
            stop = at + length if 2 <= length <= len(area) - at else len(area)
            yield kind, stop - at, area[at + 2 : stop]
        at = stop


def option_purpose(kind: int) -> str:
    """The key of what an option is for."""
    return _FOR.get(kind, "ui.header.for.option")


def option_text(kind: int, length: int, data: bytes, base: int | None, raw: bool) -> str:
    """An option in words: ``MSS 1460``. An edge of a SACK block is the other end's number, as an
    acknowledgment is: relative to `base`. One of a wrong length is told as one that is not known."""
    if kind == OPTION_NOP:
        return say("ui.header.nop", count=length)
    if kind == OPTION_END:
        return say("ui.header.end", count=length)
    if kind == OPTION_MSS and len(data) == 2:
        return f"MSS {int.from_bytes(data, 'big')}"
    if kind == OPTION_SACK_PERMITTED and not data:
        return say("ui.header.sack_permitted")
    if kind == OPTION_WINDOW_SCALE and len(data) == 1:
        return say("ui.header.window_scale", shift=data[0])
    if kind == OPTION_TIMESTAMPS and len(data) == 8:
        value, echo = _words(data)
        return f"TSval {value} TSecr {echo}"
    if kind == OPTION_SACK and data and len(data) % 8 == 0:
        edges = [seq_text(edge, base, raw) for edge in _words(data)]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return " ".join(["SACK", *(f"{left}:{right}" for left, right in pairs)])
    return f"{say('ui.header.option', kind=kind)} {data.hex()}".rstrip()


def option_boxes(
    kind: int, length: int, data: bytes, base: int | None, raw: bool
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The boxes of an option in the figure: how many bits each has, and its wordings, the fullest first."""
    if kind in (OPTION_NOP, OPTION_END):
        name = "NOP" if kind == OPTION_NOP else "EOL"
        for _ in range(length):
            yield 8, (f"{say('ui.header.kind')} {kind} {name}", f"{kind} {name}", name)
        return
    yield 8, (f"{say('ui.header.kind')} {kind}", str(kind))
    if length < 2:
        return  # The header ends before its length.
    yield 8, (f"{say('ui.header.length')} {length}", f"{say('ui.header.len')} {length}", str(length))
    if kind == OPTION_SACK and data and len(data) % 8 == 0:
        for number, edge in enumerate(_words(data)):
            name = say("ui.header.right_edge" if number % 2 else "ui.header.left_edge")
            yield 32, (f"{name} {seq_text(edge, base, raw)}",)
    elif kind == OPTION_TIMESTAMPS and len(data) == 8:
        for name, value in zip(("TSval", "TSecr"), _words(data), strict=True):
            yield 32, (f"{name} {value}",)
    elif kind == OPTION_WINDOW_SCALE and len(data) == 1:
        yield 8, (say("ui.header.shift", shift=data[0]), str(data[0]))
    elif kind == OPTION_MSS and len(data) == 2:
        yield 16, (f"MSS {int.from_bytes(data, 'big')}",)
    elif data:
        yield 8 * len(data), (data.hex(),)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]
