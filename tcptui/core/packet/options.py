"""What the TCP options say and how they are laid out: MSS, window scale, SACK, timestamps.

RFC 9293 section 3.2, RFC 7323, RFC 2018. An option of a wrong length is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import TypeAlias

from tcptui.core.packet.segment import (
    OPTION_END,
    OPTION_MSS,
    OPTION_NOP,
    OPTION_SACK,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    Option,
    Segment,
)
from tcptui.core.packet.seq import MASK
from tcptui.named_tuple import NamedTuple

Block: TypeAlias = tuple[int, int]
"""A SACK block: its first sequence number, and the one after its last."""

MOST_SHIFT = 14
"""RFC 7323 section 2.3"""
TIMESTAMPS_SPACE = 12
"""Octets that timestamps take in every segment, padding included."""

_LENGTHS = {OPTION_MSS: 2, OPTION_WINDOW_SCALE: 1, OPTION_SACK_PERMITTED: 0, OPTION_TIMESTAMPS: 8}
_TIMES = Struct(">II")
_NOP = Option(OPTION_NOP)
_EOL = Option(OPTION_END)


class Offer(NamedTuple):
    """The options of a SYN or SYN,ACK; None and False: not there."""

    mss: int | None = None
    window_scale: int | None = None
    sack: bool = False
    timestamps: Block | None = None
    """TSval and TSecr."""


def read_offer(syn: Segment) -> Offer:
    """What a SYN offers; a shift above 14 counts as 14 (RFC 7323 2.3)."""
    found = {one.kind: one.data for one in syn.options if _LENGTHS.get(one.kind) == len(one.data)}
    mss = found.get(OPTION_MSS)
    shift = found.get(OPTION_WINDOW_SCALE)
    return Offer(
        None if mss is None else int.from_bytes(mss, "big"),
        None if shift is None else min(shift[0], MOST_SHIFT),
        OPTION_SACK_PERMITTED in found,
        _timestamps(found.get(OPTION_TIMESTAMPS)),
    )


def read_timestamps(segment: Segment) -> tuple[int, int] | None:
    """TSval and TSecr (RFC 7323 3.2); None if there are none."""
    for kind, data in segment.options:
        if kind == OPTION_TIMESTAMPS:
            return _timestamps(data)
    return None


def read_sack(segment: Segment) -> list[Block]:
    """The SACK blocks (RFC 2018 section 3), in their order."""
    for kind, data in segment.options:
        if kind == OPTION_SACK and data and len(data) % 8 == 0:
            edges = [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]
            return list(zip(edges[::2], edges[1::2], strict=True))
    return []


def syn_layout(offer: Offer, order: str) -> tuple[Option, ...]:
    """The options of a SYN in the order that a stack writes them; `order` is `Profile.option_order`."""
    mss = () if offer.mss is None else (Option(OPTION_MSS, offer.mss.to_bytes(2, "big")),)
    scale = None
    if offer.window_scale is not None:
        scale = Option(OPTION_WINDOW_SCALE, bytes((offer.window_scale,)))
    sack = Option(OPTION_SACK_PERMITTED) if offer.sack else None
    times = None if offer.timestamps is None else timestamps_option(*offer.timestamps)
    if order == "bsd":
        return _bsd_layout(mss, scale, sack, times)
    if order == "macos":
        return _macos_layout(mss, scale, sack, times)
    options = [*mss]
    if sack is not None:
        options += [sack] if times is not None else [_NOP, _NOP, sack]
    if times is not None:
        options += [times] if sack is not None else [_NOP, _NOP, times]
    if scale is not None:
        options += [_NOP, scale]
    return tuple(options)


def data_options(timestamps: tuple[int, int] | None, blocks: Iterable[Block]) -> tuple[Option, ...]:
    """The options of any other segment, each aligned as RFC 7323 appendix A has it."""
    options: list[Option] = []
    if timestamps is not None:
        options += [_NOP, _NOP, timestamps_option(*timestamps)]
    edges = [edge for block in blocks for edge in block]
    if edges:
        data = b"".join(edge.to_bytes(4, "big") for edge in edges)
        options += [_NOP, _NOP, Option(OPTION_SACK, data)]
    return tuple(options)


def mss_option(octets: int) -> Option:
    """The Maximum Segment Size option (RFC 9293 section 3.2)."""
    return Option(OPTION_MSS, octets.to_bytes(2, "big"))


def timestamps_option(value: int, echo: int) -> Option:
    """TSval and TSecr (RFC 7323 section 3.2)."""
    return Option(OPTION_TIMESTAMPS, _TIMES.pack(value & MASK, echo & MASK))


def _timestamps(data: bytes | None) -> tuple[int, int] | None:
    if data is None or len(data) != 8:
        return None
    value, echo = _TIMES.unpack(data)
    return value, echo


def _bsd_layout(
    mss: tuple[Option, ...], scale: Option | None, sack: Option | None, times: Option | None
) -> tuple[Option, ...]:
    """FreeBSD's tcp_addoptions(): each option behind the NOPs that align it, the rest padded with zeros."""
    options = [*mss]
    octets = 4 * len(mss)
    for option, modulus, remainder in ((scale, 2, 1), (sack, 2, 0), (times, 4, 2)):
        if option is not None:
            padding = (remainder - octets) % modulus
            options += [_NOP] * padding + [option]
            octets += padding + 2 + len(option.data)
    return (*options, *[_EOL] * (-octets % 4))


def _macos_layout(
    mss: tuple[Option, ...], scale: Option | None, sack: Option | None, times: Option | None
) -> tuple[Option, ...]:
    """XNU's tcp_output(): NOPs before window scale and timestamps, the rest padded with zeros."""
    options = [*mss]
    options += [] if scale is None else [_NOP, scale]
    options += [] if times is None else [_NOP, _NOP, times]
    options += [] if sack is None else [sack, _EOL, _EOL]
    return tuple(options)
