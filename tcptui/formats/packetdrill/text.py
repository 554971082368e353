"""Segments, options and times in the words of the language: for failures, and for writing a script."""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.packet.segment import ACK, URG, Segment
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.syntax import (
    FLAG_LETTERS,
    Direction,
    EventTime,
    SegmentSpec,
    TcpOption,
    TimeKind,
)
from tcptui.formats.packetdrill.wire_options import from_wire


def segment_spec(
    segment: Segment,
    direction: Direction,
    seq_base: int,
    ack_base: int,
    ports: tuple[int | None, int | None] = (None, None),
) -> SegmentSpec:
    """A segment that was sent, as a script would write it, with all that a script can check.

    `seq_base` is the raw sequence number that is 0 for its sender's numbers, `ack_base` for its receiver's:
    those of the acknowledgment and of SACK's edges. `ports` are what the script calls the source's and the
    destination's.
    """
    _, _, seq, ack, flags, window, data, options, up = segment
    return SegmentSpec(
        direction,
        flags,
        (seq - seq_base) & MASK,
        len(data),
        (ack - ack_base) & MASK if flags & ACK else None,
        window,
        up if flags & URG else None,
        from_wire(options, ack_base),
        *ports,
    )


def spec_text(spec: SegmentSpec) -> str:
    """``> S. 0:0(0) ack 1 win 65535 <mss 1460>``: a segment in the language."""
    parts: list[str] = [spec.direction]
    parts += [f"{header}:" for header in spec.encapsulation]
    if spec.ip:
        items = (name if value is None else f"{name} {_ip_number(name, value)}" for name, value in spec.ip)
        parts.append(f"[{', '.join(items)}]")
    if spec.source_port is not None:
        parts.append(f"{spec.source_port} > {spec.destination_port}")
    parts.append(flags_text(spec.flags))
    if spec.seq is None:
        parts.append(f"...:...({spec.length})")
    else:
        mark = "!" if spec.absolute_seq else ""
        parts.append(f"{spec.seq}:{(spec.seq + spec.length) & MASK}({spec.length}){mark}")
    mark = "!" if spec.absolute_ack else ""
    for word, number, behind in (("ack", spec.ack, mark), ("win", spec.window, ""), ("urg", spec.urgent, "")):
        if number is not None:
            parts.append(f"{word} {number}{behind}")
    if spec.options is None:
        parts.append("<...>")
    elif spec.options:
        parts.append(f"<{options_text(spec.options)}>")
    return " ".join(parts)


def flags_text(flags: int) -> str:
    """``S.``, ``FP.``, ``SEWA``; ``-`` where no bit is set."""
    return "".join(letter for letter, bit in FLAG_LETTERS if flags & bit) or "-"


def options_text(options: Iterable[TcpOption]) -> str:
    """``mss 1460,nop,wscale 7``, without the angle brackets."""
    return ",".join(map(_option_text, options))


def time_text(time: EventTime) -> str:
    """``0.100``, ``+0.100``, ``+0.100~+0.200``, ``*``"""
    if time.kind is TimeKind.ANY:
        return "*"
    sign = "+" if time.kind is TimeKind.RELATIVE else ""
    text = sign + seconds_text(time.earliest)
    return text if time.latest is None else f"{text}~{sign}{seconds_text(time.latest)}"


def seconds_text(microseconds: int) -> str:
    """Seconds with milliseconds, and microseconds where there are any."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{seconds}.{rest // 1000:03d}" if rest % 1000 == 0 else f"{seconds}.{rest:06d}"


def _ip_number(name: str, value: int) -> str:
    return f"{value:#x}" if name in ("tos", "flowlabel") else str(value)


def _option_text(option: TcpOption) -> str:
    name, numbers, text = option
    words = ["..." if number is None else str(number) for number in numbers]
    if name == "TS":
        return f"TS val {words[0]} ecr {words[1]}{text}"
    if name == "sack":
        return " ".join(
            ("sack", *(f"{left}:{right}" for left, right in zip(words[::2], words[1::2], strict=True)))
        )
    if name == "ECN":
        return " ".join(
            ("ECN", *(f"{counter} {word}" for counter, word in zip(text.split(), words, strict=True)))
        )
    return " ".join((name, *words, *([text] if text else [])))
